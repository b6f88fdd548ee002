// What a test file declares: scopes (`describe`), tests and hooks, and the order in which the
// callbacks of `describe` run. A callback runs when the file, or the callback around it, is done.
// One that fails, or any uncaught error meanwhile, takes the tests of its scope out.
"use strict";

const { runner } = require("test/state");

class Base {
  constructor(settings, name, parent, hasCallback) {
    this.parent = parent;
    this.name = name;
    this.mode = parent !== undefined && parent.mode !== "normal" ? parent.mode : settings.mode;
    this.only = settings.only ? "yes" : "no";
    this.concurrent = settings.concurrent ?? (parent === undefined ? false : parent.concurrent);
    this.line = settings.line;
    this.hasCallback = hasCallback;
  }

  // Tells the scopes around of a test that runs and of `.only`.
  propagate() {
    const { parent } = this;
    if (parent === undefined) return;
    if (this.only !== "no") parent.containsOnly();
    if (this.hasCallback) parent.containsCallback();
  }
}

const PLAIN = { mode: "normal", only: false, concurrent: undefined, line: 0 };

class Scope extends Base {
  constructor(settings, name, parent) {
    super(settings, name, parent, false);
    this.entries = [];
    this.beforeAll = [];
    this.beforeEach = [];
    this.afterEach = [];
    this.afterAll = [];
    this.failed = false;
  }

  // `.only` inside `.only`: the inner one counts.
  containsOnly() {
    let scope = this;
    while (scope !== undefined && scope.only !== "contains") {
      scope.only = "contains";
      scope = scope.parent;
    }
  }

  containsCallback() {
    let scope = this;
    while (scope !== undefined && !scope.hasCallback) {
      scope.hasCallback = true;
      scope = scope.parent;
    }
  }
}

// A test or a hook.
class Entry extends Base {
  constructor(settings, name, parent, callback, options) {
    super(settings, name, parent, callback !== undefined);
    const runs = this.mode !== "skip" && (this.mode !== "todo" || runner.options?.todo === true);
    this.callback = runs ? callback : undefined;
    this.hasCallback = this.callback !== undefined;
    this.takesDone = options.takesDone;
    this.timeout = options.timeout;
    this.retry = options.retry ?? 0;
    this.repeats = options.repeats ?? 0;
  }
}

// One test file, from its loading to its last hook.
class FileRun {
  constructor(path, title, place) {
    this.path = path;
    this.title = title;
    this.isFirst = place.isFirst;
    this.isLast = place.isLast;
    this.isConcurrent = place.isConcurrent;
    this.phase = "collection";
    this.root = new Scope({ ...PLAIN, only: false }, undefined, runner.preloadScope);
    if (runner.only) this.root.only = "contains";
    this.activeScope = this.root;
    // Callbacks of `describe` met since the last one ran, and those that wait.
    this.met = [];
    this.waiting = [];
    this.execution = undefined;
  }

  addScope(settings, name, callback) {
    const scope = new Scope(settings, name, this.activeScope);
    scope.propagate();
    this.activeScope.entries.push(scope);
    if (callback !== undefined) this.met.push({ outer: this.activeScope, scope, callback });
  }

  addTest(settings, name, callback, options) {
    const entry = new Entry(settings, name, this.activeScope, callback, options);
    entry.propagate();
    this.activeScope.entries.push(entry);
  }

  // The next callback of `describe` to run, or undefined.
  nextDescribe() {
    for (let index = this.met.length - 1; index >= 0; index--) {
      if (!this.met[index].scope.failed) this.waiting.push(this.met[index]);
    }
    this.met = [];
    for (;;) {
      const next = this.waiting.pop();
      if (next === undefined || !next.outer.failed) return next;
    }
  }
}

const newPreloadScope = () => new Scope(PLAIN, undefined, undefined);
const newHook = (callback, options, parent) =>
  new Entry(PLAIN, undefined, parent, callback, options);

module.exports = { FileRun, Scope, newHook, newPreloadScope };
