// process.setuid and its kin: ids by number or by name.
"use strict";

const { invalidType, ERR_INVALID_ARG_TYPE, ERR_OUT_OF_RANGE, makeError } = require("node/errors");
const { Array, Number, Object } = globalThis;

const ID_MAX = 2147483647;
const GROUP_MAX = 4294967295;

function unknown(isGroup, name) {
  const message = `${isGroup ? "Group" : "User"} identifier does not exist: ${name}`;
  return makeError("Error", "ERR_UNKNOWN_CREDENTIAL", message);
}

// The number of an id; names are looked up.
function idOf(value, name, isGroup, max) {
  if (typeof value === "string") {
    const number = ops.identityNumber(isGroup, value);
    if (number === undefined) throw unknown(isGroup, value);
    return number;
  }
  if (typeof value !== "number") throw invalidType(name, "of type number or string", value);
  if (!Number.isInteger(value)) throw ERR_OUT_OF_RANGE(name, "an integer", value);
  if (value < 0 || value > max) throw ERR_OUT_OF_RANGE(name, `>= 0 && <= ${max}`, value);
  return value;
}

const setter = (call, isGroup) => ({
  [call](id) { ops.setIdentity(call, idOf(id, "id", isGroup, ID_MAX)); return 0; },
}[call]);

const functions = {
  setegid: setter("setegid", true),
  seteuid: setter("seteuid", false),
  setgid: setter("setgid", true),
  setgroups(groups) {
    if (!Array.isArray(groups)) throw ERR_INVALID_ARG_TYPE("groups", "Array", groups);
    // Holes are values too.
    const numbers = Array.from(groups, (group, index) => {
      const name = `groups[${index}]`;
      if (typeof group !== "number" && typeof group !== "string") {
        throw invalidType(`"${name}" argument`, "of type number or string", group);
      }
      return idOf(group, name, true, GROUP_MAX);
    });
    ops.setGroups(numbers.join(","));
  },
  initgroups(user, extraGroup) {
    for (const [value, name] of [[user, "user"], [extraGroup, "extraGroup"]]) {
      if (typeof value !== "number" && typeof value !== "string") {
        throw ERR_INVALID_ARG_TYPE(name, ["number", "string"], value);
      }
    }
    const group = idOf(extraGroup, "extraGroup", true, GROUP_MAX);
    const name = typeof user === "string" ? user : ops.identityName(false, user);
    if (name === undefined || ops.identityNumber(false, name) === undefined) {
      throw unknown(false, user);
    }
    ops.initGroups(name, group);
  },
  setuid: setter("setuid", false),
};

module.exports = Object.assign({}, functions);
