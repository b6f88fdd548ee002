"use strict";
// ResourceUsage: what a child has used, as Subprocess.resourceUsage() and spawnSync tell it.

const { setTag } = require("web/fetch-errors");

const KIB = 1024;

function plain(members) {
  return Object.assign(Object.create(null), members);
}

class ResourceUsage {
  #figures;

  // User and system time in us, memory in KiB, blocks read and written, context switches.
  constructor(figures) {
    this.#figures = figures;
  }

  get contextSwitches() {
    return plain({ voluntary: this.#figures[5], involuntary: this.#figures[6] });
  }

  get cpuTime() {
    const [user, system] = this.#figures;
    return plain({ user: BigInt(user), system: BigInt(system), total: BigInt(user + system) });
  }

  get maxRSS() { return this.#figures[2] * KIB; }
  get messages() { return plain({ sent: 0, received: 0 }); }
  get ops() { return plain({ in: this.#figures[3], out: this.#figures[4] }); }
  get shmSize() { return 0; }
  get signalCount() { return 0; }
  get swapCount() { return 0; }
}

const { prototype } = ResourceUsage;
delete prototype.constructor;
for (const name of Object.getOwnPropertyNames(prototype)) {
  Object.defineProperty(prototype, name, { enumerable: true, configurable: false });
}
setTag(prototype, "ResourceUsage");

module.exports = { ResourceUsage };
