// The module node:v8, over another engine: its figures are those of this one, and what has no
// meaning here is refused as Bun refuses it.
"use strict";

const { Math, Object, Symbol } = globalThis;
const engine = require("runtime/engine");
const { makeError, validateString } = require("node/errors");

const DISPOSE = Symbol.dispose;

// ---- What is not there -----------------------------------------------------------------------

function notImplemented(name) {
  const message = `node:v8 ${name} is not yet implemented in Bun.`;
  return makeError("Error", "ERR_NOT_IMPLEMENTED", message, "NotImplementedError");
}

// What Bun has and this engine's interface does not give.
function withoutSnapshots(name) {
  const message = `node:v8 ${name} is not available in dx: its engine gives no heap snapshots.`;
  return makeError("Error", "ERR_NOT_IMPLEMENTED", message, "NotImplementedError");
}

function refusing(name, length = 0, makeReason = notImplemented) {
  const refuse = () => { throw makeReason(name); };
  Object.defineProperty(refuse, "length", { value: length, configurable: true });
  return refuse;
}

class Serializer {
  constructor() { throw notImplemented("Serializer"); }
}

class Deserializer {
  constructor() { throw notImplemented("Deserializer"); }
}

class DefaultSerializer extends Serializer {}
class DefaultDeserializer extends Deserializer {}

// ---- The heap --------------------------------------------------------------------------------

const NATIVE_CONTEXTS = 1;
// What only V8 has is what Bun says in its place.
const HANDLES_TOTAL_BYTES = 8192;
const HANDLES_USED_BYTES = 2208;

function getHeapStatistics() {
  const { size, capacity, extra } = engine.heapStatistics();
  const { process } = require("node/process");
  const resident = process.memoryUsage.rss();
  const available = process.availableMemory();
  return {
    total_heap_size: capacity,
    total_heap_size_executable: Math.floor(capacity / 2),
    total_physical_size: resident,
    total_available_size: available,
    used_heap_size: size,
    total_allocated_bytes: size + extra,
    heap_size_limit: Math.max(available, capacity),
    malloced_memory: extra,
    peak_malloced_memory: resident,
    does_zap_garbage: 0,
    number_of_native_contexts: NATIVE_CONTEXTS,
    number_of_detached_contexts: 0,
    total_global_handles_size: HANDLES_TOTAL_BYTES,
    used_global_handles_size: HANDLES_USED_BYTES,
    external_memory: extra,
  };
}

const SPACES = [
  "read_only_space", "new_space", "old_space", "code_space", "shared_space", "trusted_space",
  "shared_trusted_space", "new_large_object_space", "large_object_space",
  "code_large_object_space", "shared_large_object_space", "shared_trusted_large_object_space",
  "trusted_large_object_space",
];

// This engine's heap has no such spaces.
function getHeapSpaceStatistics() {
  return SPACES.map((name) => ({
    space_name: name,
    space_size: 0,
    space_used_size: 0,
    space_available_size: 0,
    physical_space_size: 0,
  }));
}

function getHeapCodeStatistics() {
  return {
    code_and_metadata_size: 0,
    bytecode_and_metadata_size: 0,
    external_script_source_size: 0,
    cpu_profiler_metadata_size: 0,
  };
}

function getCppHeapStatistics() {
  return {
    committed_size_bytes: 0,
    resident_size_bytes: 0,
    used_size_bytes: 0,
    space_statistics: [],
    type_names: [],
    detail_level: "detailed",
  };
}

// ---- The rest --------------------------------------------------------------------------------

let cachedDataVersion = 1685672815;

function cachedDataVersionTag() {
  return cachedDataVersion;
}

function isStringOneByteRepresentation(content) {
  validateString(content, "content");
  for (let index = 0; index < content.length; index++) {
    if (content.charCodeAt(index) > 255) return false;
  }
  return true;
}

// The engine's options are fixed before the first program runs.
function setFlagsFromString(flags) {
  validateString(flags, "flags");
  // Flags change what compiled code is good for; what they ask of another engine is not done.
  cachedDataVersion = (cachedDataVersion + 1) >>> 0;
}

function notBuildingSnapshot() {
  throw makeError("Error", "ERR_NOT_BUILDING_SNAPSHOT",
    "Operation cannot be invoked when not building startup snapshot");
}

const startupSnapshot = {
  addDeserializeCallback: notBuildingSnapshot,
  addSerializeCallback: notBuildingSnapshot,
  setDeserializeMainFunction: notBuildingSnapshot,
  isBuildingSnapshot: () => false,
};

const promiseHooks = {};
for (const name of ["createHook", "onInit", "onBefore", "onAfter", "onSettled"]) {
  promiseHooks[name] = refusing(name);
}

// Times between start and stop; the engine tells nothing of its collections.
class GCProfiler {
  #startTime;

  start() {
    this.#startTime ??= Date.now();
  }

  stop() {
    if (this.#startTime === undefined) return undefined;
    const startTime = this.#startTime;
    this.#startTime = undefined;
    return { version: 1, startTime, statistics: [], endTime: Date.now() };
  }

  [DISPOSE]() {
    this.stop();
  }
}

module.exports = {
  cachedDataVersionTag,
  GCProfiler,
  isStringOneByteRepresentation,
  getHeapSnapshot: refusing("getHeapSnapshot", 0, withoutSnapshots),
  getHeapStatistics,
  getHeapSpaceStatistics,
  getHeapCodeStatistics,
  getCppHeapStatistics,
  setFlagsFromString,
  deserialize: (value) => require("web/serialize/engine-read").deserialize(value),
  takeCoverage: refusing("takeCoverage"),
  stopCoverage: refusing("stopCoverage"),
  serialize: (value) => require("web/serialize/engine-write").serialize(value),
  writeHeapSnapshot: refusing("writeHeapSnapshot", 2, withoutSnapshots),
  setHeapSnapshotNearHeapLimit: refusing("setHeapSnapshotNearHeapLimit"),
  promiseHooks,
  startupSnapshot,
  Deserializer,
  Serializer,
  DefaultDeserializer,
  DefaultSerializer,
};
