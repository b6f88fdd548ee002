// Evaluation of linked modules, as ECMA-262 says in 16.2.1.5.3 (Cyclic Module Records): depth
// first, cycles as one, modules with top-level await and their importers asynchronously. A graph
// without top-level await is evaluated before `evaluate` returns.
"use strict";

const { Promise, Math } = globalThis;
const { apply } = require("runtime/primordials");
const { min } = Math;
const then = Promise.prototype.then;

const LINKED = 3;
const EVALUATING = 4;
const EVALUATING_ASYNC = 5;
const EVALUATED = 6;

let asyncOrder = 0;

// Evaluates a module. Throws its error; answers a promise where it is still under way.
function evaluate(record) {
  if (record.status >= EVALUATING_ASYNC && record.cycleRoot !== undefined) {
    record = record.cycleRoot;
  }
  if (record.status === EVALUATED) {
    if (record.error !== undefined) throw record.error.reason;
    return undefined;
  }
  if (record.status === EVALUATING) return undefined;
  if (record.status === LINKED) {
    const stack = [];
    try {
      evaluateInner(record, stack, 0);
    } catch (reason) {
      failAll(stack, reason);
      throw reason;
    }
    if (record.status === EVALUATED) return undefined;
    // A cycle's member answers by its root.
    record = record.cycleRoot;
  }
  return capabilityOf(record).promise;
}

function failAll(stack, reason) {
  for (const member of stack) {
    member.status = EVALUATED;
    member.cycleRoot = member;
    member.error = { reason };
  }
}

function capabilityOf(record) {
  if (record.capability === undefined) {
    const capability = {};
    capability.promise = new Promise((resolve, reject) => {
      capability.resolve = resolve;
      capability.reject = reject;
    });
    record.capability = capability;
  }
  return record.capability;
}

function evaluateInner(record, stack, index) {
  if (record.status >= EVALUATING_ASYNC) {
    if (record.error !== undefined) throw record.error.reason;
    return index;
  }
  if (record.status === EVALUATING) return index;
  record.status = EVALUATING;
  record.index = index;
  record.ancestorIndex = index;
  record.pending = 0;
  index++;
  stack[stack.length] = record;
  const { dependencies } = record;
  for (let next = 0; next < dependencies.length; next++) {
    index = evaluateDependency(record, dependencies[next], stack, index);
  }
  if (record.pending > 0 || record.asynchronous) {
    record.asyncOrder = ++asyncOrder;
    if (record.pending === 0) executeAsync(record);
  } else {
    record.execute();
  }
  if (record.ancestorIndex === record.index) closeCycle(record, stack);
  return index;
}

function evaluateDependency(record, dependency, stack, index) {
  index = evaluateInner(dependency, stack, index);
  if (dependency.status === EVALUATING) {
    record.ancestorIndex = min(record.ancestorIndex, dependency.ancestorIndex);
  } else {
    dependency = dependency.cycleRoot ?? dependency;
    if (dependency.error !== undefined) throw dependency.error.reason;
  }
  if (dependency.asyncOrder !== 0 && dependency.status !== EVALUATED) {
    record.pending++;
    dependency.asyncParents[dependency.asyncParents.length] = record;
  }
  return index;
}

function closeCycle(root, stack) {
  let member;
  do {
    member = stack[stack.length - 1];
    stack.length -= 1;
    member.status = member.asyncOrder === 0 ? EVALUATED : EVALUATING_ASYNC;
    member.cycleRoot = root;
  } while (member !== root);
}

function executeAsync(record) {
  apply(then, record.executeAsync(), [
    () => fulfilled(record),
    (reason) => rejected(record, reason),
  ]);
}

function settle(record) {
  record.status = EVALUATED;
  record.capability?.resolve();
}

function fulfilled(record) {
  if (record.status === EVALUATED) return;
  settle(record);
  const available = [];
  gatherAvailable(record, available);
  available.sort((left, right) => left.asyncOrder - right.asyncOrder);
  for (const ancestor of available) {
    if (ancestor.status === EVALUATED) continue;
    if (ancestor.asynchronous) {
      executeAsync(ancestor);
      continue;
    }
    try {
      ancestor.execute();
    } catch (reason) {
      rejected(ancestor, reason);
      continue;
    }
    settle(ancestor);
  }
}

function gatherAvailable(record, available) {
  for (const parent of record.asyncParents) {
    if (available.includes(parent) || parent.cycleRoot?.error !== undefined) continue;
    parent.pending--;
    if (parent.pending > 0) continue;
    available[available.length] = parent;
    if (!parent.asynchronous) gatherAvailable(parent, available);
  }
}

function rejected(record, reason) {
  if (record.status === EVALUATED) return;
  record.status = EVALUATED;
  record.error = { reason };
  for (const parent of record.asyncParents) rejected(parent, reason);
  record.capability?.reject(reason);
}

module.exports = { EVALUATED, EVALUATING, EVALUATING_ASYNC, LINKED, evaluate };
