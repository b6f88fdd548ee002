"use strict";
// What a worker tells of itself when it is asked.

module.exports = {
  figures: {
    heapStatistics: () => require("node/v8").getHeapStatistics(),
    cpuUsage: () => require("node/process").process.threadCpuUsage(),
  },
};
