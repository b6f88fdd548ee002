// "internal/linkedlist": lists whose items hold their own links; the list is one of the ring.
"use strict";

function init(list) {
  list._idleNext = list;
  list._idlePrev = list;
  return list;
}

function isEmpty(list) {
  return list._idleNext === list;
}

/** The item that has waited longest, or null. */
function peek(list) {
  return list._idlePrev === list ? null : list._idlePrev;
}

function remove(item) {
  if (item._idleNext) item._idleNext._idlePrev = item._idlePrev;
  if (item._idlePrev) item._idlePrev._idleNext = item._idleNext;
  item._idleNext = null;
  item._idlePrev = null;
}

/** Puts an item, which leaves the list it is in, where `peek` comes to it last. */
function append(list, item) {
  if (item._idleNext || item._idlePrev) remove(item);
  const first = list._idleNext;
  item._idleNext = first;
  item._idlePrev = list;
  first._idlePrev = item;
  list._idleNext = item;
}

module.exports = { init, isEmpty, peek, remove, append };
