// Signals as events of `process`: watched from the first listener on, until the last has gone.
"use strict";

const { Object } = globalThis;

const signals = {
  SIGHUP: 1, SIGINT: 2, SIGQUIT: 3, SIGILL: 4, SIGTRAP: 5, SIGABRT: 6, SIGIOT: 6, SIGBUS: 7,
  SIGFPE: 8, SIGKILL: 9, SIGUSR1: 10, SIGSEGV: 11, SIGUSR2: 12, SIGPIPE: 13, SIGALRM: 14,
  SIGTERM: 15, SIGSTKFLT: 16, SIGCHLD: 17, SIGCONT: 18, SIGSTOP: 19, SIGTSTP: 20, SIGTTIN: 21,
  SIGTTOU: 22, SIGURG: 23, SIGXCPU: 24, SIGXFSZ: 25, SIGVTALRM: 26, SIGPROF: 27, SIGWINCH: 28,
  SIGIO: 29, SIGPOLL: 29, SIGPWR: 30, SIGSYS: 31,
};

const names = [];
for (const name of Object.keys(signals)) names[signals[name]] ??= name;

let receiving = false;

// Has `emit(name, number)` called for each signal that arrives.
function watch(name, emit) {
  try {
    ops.watchSignal(signals[name]);
  } catch {
    // SIGKILL and SIGSTOP never arrive.
    return;
  }
  if (receiving) return;
  receiving = true;
  receive(emit);
}

async function receive(emit) {
  for (;;) {
    const number = await ops.nextSignal();
    const name = names[number];
    if (name !== undefined) emit(name, name, number);
  }
}

function unwatch(name) {
  ops.unwatchSignal(signals[name]);
}

module.exports = { signals, names, watch, unwatch };
