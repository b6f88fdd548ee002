// process.report: a report of the process and its system, as Node writes them.
//
// What the engine or the system does not tell is zero or empty, as in Bun.
"use strict";

const SPACES = [
  "read_only_space", "new_space", "old_space", "code_space", "shared_space",
  "new_large_object_space", "large_object_space", "code_large_object_space",
  "shared_large_object_space",
];

function networkInterfaces(os) {
  const list = [];
  for (const [name, addresses] of Object.entries(os.networkInterfaces())) {
    for (const { internal, mac, address, netmask, family, scopeid } of addresses) {
      const entry = { name, internal, mac, address, netmask, family };
      if (scopeid !== undefined) entry.scopeid = scopeid;
      list.push(entry);
    }
  }
  return list;
}

const cpuTimes = ({ model, speed, times: { user, nice, sys, idle, irq } }) =>
  ({ model, speed, user, nice, sys, idle, irq });

function header(process, os, filename) {
  const now = new Date();
  const [compiler, runtime] = ops.libraryVersions();
  return {
    reportVersion: 3,
    event: "JavaScript API",
    trigger: "GetReport",
    filename,
    dumpEventTime: String(now.getTime()),
    dumpEventTimeStamp: now.toISOString(),
    processId: process.pid,
    threadId: 0,
    cwd: process.cwd(),
    commandLine: [process.execPath, ...process.argv.slice(1)],
    nodejsVersion: process.versions.node,
    wordSize: 64,
    arch: process.arch,
    platform: process.platform,
    componentVersions: { ...process.versions },
    release: { ...process.release },
    osName: os.type(),
    osRelease: os.release(),
    osVersion: os.version(),
    osMachine: os.machine(),
    host: os.hostname(),
    glibcVersionCompiler: compiler,
    glibcVersionRuntime: runtime,
    cpus: os.cpus().map(cpuTimes),
    networkInterfaces: networkInterfaces(os),
  };
}

function callStack() {
  const lines = String(new Error().stack).split("\n").slice(1);
  return {
    message: "Error [ERR_SYNTHETIC]: JavaScript Callstack",
    stack: lines.map((line) => line.trim()),
    errorProperties: { code: "ERR_SYNTHETIC" },
  };
}

function heap({ heapSize, heapCapacity, extraMemorySize }, limit) {
  return {
    totalMemory: heapCapacity,
    executableMemory: 0,
    totalCommittedMemory: heapCapacity,
    availableMemory: limit,
    totalGlobalHandlesMemory: 0,
    usedGlobalHandlesMemory: 0,
    usedMemory: heapSize,
    memoryLimit: limit,
    mallocedMemory: 0,
    externalMemory: extraMemorySize,
    peakMallocedMemory: 0,
    nativeContextCount: 1,
    detachedContextCount: 0,
    doesZapGarbage: 0,
    heapSpaces: Object.fromEntries(SPACES.map((name) => [name, {}])),
  };
}

const SECOND_MICROSECONDS = 1e6;

function resources(process, os) {
  const usage = process.resourceUsage();
  const userCpuSeconds = usage.userCPUTime / SECOND_MICROSECONDS;
  const kernelCpuSeconds = usage.systemCPUTime / SECOND_MICROSECONDS;
  const share = (seconds) => (seconds / Math.max(process.uptime(), 0.001)) * 100;
  return {
    free_memory: os.freemem(),
    total_memory: os.totalmem(),
    rss: process.memoryUsage.rss?.() ?? process.memoryUsage().rss,
    available_memory: os.freemem(),
    userCpuSeconds,
    kernelCpuSeconds,
    cpuConsumptionPercent: share(userCpuSeconds + kernelCpuSeconds),
    userCpuConsumptionPercent: share(userCpuSeconds),
    kernelCpuConsumptionPercent: share(kernelCpuSeconds),
    maxRss: usage.maxRSS * 1024,
    pageFaults: { IORequired: usage.majorPageFault, IONotRequired: usage.minorPageFault },
    fsActivity: { reads: usage.fsRead, writes: usage.fsWrite },
  };
}

const NO_THREAD_USAGE = {
  userCpuSeconds: 0,
  kernelCpuSeconds: 0,
  cpuConsumptionPercent: 0,
  userCpuConsumptionPercent: 0,
  kernelCpuConsumptionPercent: 0,
  fsActivity: { reads: 0, writes: 0 },
};

// The limits of /proc/self/limits by the names of reports; sizes in the units these say.
const LIMITS = [
  ["core_file_size_blocks", "Max core file size"],
  ["data_seg_size_kbytes", "Max data size"],
  ["file_size_blocks", "Max file size"],
  ["max_locked_memory_bytes", "Max locked memory"],
  ["max_memory_size_kbytes", "Max resident set"],
  ["open_files", "Max open files"],
  ["stack_size_bytes", "Max stack size"],
  ["cpu_time_seconds", "Max cpu time"],
  ["max_user_processes", "Max processes"],
  ["virtual_memory_kbytes", "Max address space"],
];

function limits() {
  const lines = ops.limits().split("\n");
  const read = (text) => (text === "unlimited" ? text : Number(text));
  return Object.fromEntries(LIMITS.map(([name, label]) => {
    const line = lines.find((text) => text.startsWith(label)) ?? "";
    const [soft = "unlimited", hard = "unlimited"] = line.slice(label.length).trim().split(/\s+/);
    return [name, { soft: read(soft), hard: read(hard) }];
  }));
}

function makeReport(filename) {
  const { process } = require("node/process");
  const os = require("node/os");
  const engine = require("runtime/engine");
  return {
    header: header(process, os, filename),
    javascriptStack: callStack(),
    javascriptHeap: heap(engine.memoryStatistics(), os.totalmem()),
    nativeStack: [],
    resourceUsage: resources(process, os),
    uvthreadResourceUsage: { ...NO_THREAD_USAGE },
    libuv: [],
    workers: [],
    environmentVariables: { ...process.env },
    userLimits: limits(),
    sharedObjects: ops.sharedObjects(),
    cpus: os.cpus().map(cpuTimes),
    networkInterfaces: networkInterfaces(os),
  };
}

const functions = {
  getReport() {
    return makeReport(null);
  },
  writeReport(file) {
    const { process } = require("node/process");
    const stamp = new Date().toISOString().replace(/[-:]/g, "").replace("T", ".").slice(0, 15);
    const name = typeof file === "string"
      ? file
      : report.filename || `report.${stamp}.${process.pid}.0.001.json`;
    const path = require("node/path").resolve(report.directory || process.cwd(), name);
    const text = JSON.stringify(makeReport(name), null, report.compact ? 0 : 2);
    require("node/fs").writeFileSync(path, text);
    return name;
  },
};

const report = {
  compact: false,
  directory: "",
  filename: "",
  getReport: functions.getReport,
  reportOnFatalError: false,
  reportOnSignal: false,
  reportOnUncaughtException: false,
  excludeEnv: "SIGUSR2",
  writeReport: functions.writeReport,
};

module.exports = { report };
