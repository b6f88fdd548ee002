// How many colors a terminal shows, in bits, as the environment tells. FORCE_COLOR is heeded
// before all else.
"use strict";

const { Object } = globalThis;

const NONE = 1;
const COLORS_16 = 4;
const COLORS_256 = 8;
const COLORS_16M = 24;

const TERMINALS = new Map(Object.entries({
  "xterm-kitty": COLORS_16M, mosh: COLORS_16M, "rxvt-unicode-24bit": COLORS_16M,
  terminator: COLORS_16M,
}));
const TERMINALS_16 =
  /^(?:eterm|cons25|console|cygwin|dtterm|gnome|hurd|jfbterm|konsole|kterm|mlterm|putty|st)$/;
const TERMINAL_FAMILIES_16 = /ansi|color|linux|direct|^con[0-9]*x[0-9]|^rxvt|^screen|^xterm|^vt100/;

const BUILD_SERVERS = {
  APPVEYOR: COLORS_256, BUILDKITE: COLORS_256, CIRCLECI: COLORS_16M, DRONE: COLORS_256,
  GITEA_ACTIONS: COLORS_16M, GITHUB_ACTIONS: COLORS_16M, GITLAB_CI: COLORS_256, TRAVIS: COLORS_256,
};
const PROGRAMS = new Map(Object.entries({
  HyperTerm: COLORS_16M, ghostty: COLORS_16M, WezTerm: COLORS_16M, MacTerm: COLORS_16M,
  Apple_Terminal: COLORS_256,
}));

let hasWarned = false;

/** Says once that variables which turn colors off are overridden. */
function warnOverridden(env) {
  if (hasWarned) return;
  const names = ["NODE_DISABLE_COLORS", "NO_COLOR"].filter((name) => env[name] !== undefined);
  if (names.length === 0) return;
  hasWarned = true;
  const text =
    `The '${names.join("' and '")}' env is ignored due to the 'FORCE_COLOR' env being set.`;
  globalThis.process.emitWarning(text, "Warning");
}

function forcedDepth(env) {
  const levels = { "": COLORS_16, 1: COLORS_16, true: COLORS_16, 2: COLORS_256, 3: COLORS_16M };
  if (!Object.hasOwn(levels, env.FORCE_COLOR)) return NONE;
  warnOverridden(env);
  return levels[env.FORCE_COLOR];
}

function buildServerDepth(env) {
  for (const [name, depth] of Object.entries(BUILD_SERVERS)) if (name in env) return depth;
  return env.CI_NAME === "codeship" ? COLORS_256 : NONE;
}

function programDepth({ TERM_PROGRAM: program, TERM_PROGRAM_VERSION: version }) {
  if (program !== "iTerm.app") return PROGRAMS.get(program);
  return !version || /^[0-2]\./.test(version) ? COLORS_256 : COLORS_16M;
}

function terminalDepth(terminal) {
  if (/truecolor/.test(terminal)) return COLORS_16M;
  if (/^xterm-256/.test(terminal)) return COLORS_256;
  const name = terminal.toLowerCase();
  if (TERMINALS.has(name)) return TERMINALS.get(name);
  return TERMINALS_16.test(name) || TERMINAL_FAMILIES_16.test(name) ? COLORS_16 : undefined;
}

function colorDepth(env) {
  if (env.FORCE_COLOR !== undefined) return forcedDepth(env);
  if (env.NODE_DISABLE_COLORS !== undefined || env.NO_COLOR !== undefined ||
      env.TERM === "dumb") {
    return NONE;
  }
  if (env.TMUX) return COLORS_16M;
  if ("TF_BUILD" in env && "AGENT_NAME" in env) return COLORS_16;
  if ("CI" in env) return buildServerDepth(env);
  if ("TEAMCITY_VERSION" in env) {
    return /^(?:9\.0*[1-9]\d*\.|\d{2,}\.)/.test(env.TEAMCITY_VERSION) ? COLORS_16 : NONE;
  }
  const program = programDepth(env);
  if (program !== undefined) return program;
  if (env.COLORTERM === "truecolor" || env.COLORTERM === "24bit") return COLORS_16M;
  return (env.TERM ? terminalDepth(env.TERM) : undefined) ?? (env.COLORTERM ? COLORS_16 : NONE);
}

module.exports = { colorDepth };
