// toMatchSnapshot, toMatchInlineSnapshot and their relatives for thrown errors.
"use strict";

const { runner, counters, isOnBuildMachine } = require("test/state");
const { paint } = require("test/paint");
const { inspect } = require("bun/inspect");
const { compare, isAsymmetric } = require("test/asymmetric");
const { matches } = require("bun/deep-equals");
const { pretty } = require("test/pretty");
const { textDiff } = require("test/diff");
const { isObject } = require("test/matchers-kinds");
const { outcomeOf } = require("test/matchers-throw");
const snapshots = require("test/snapshots");
const { EXPECTED } = require("test/matchers-values");

const MATCHER_ERROR = paint`<b>Matcher error<r>: `;

const fails = (context, params, text) => context.fail({ params, text });

function checkUse(context) {
  if (context.isNot) {
    const text = paint`Snapshot matchers cannot be used with <b>not<r>\n`;
    throw fails(context, "", MATCHER_ERROR + text);
  }
  if (runner.file !== undefined && runner.file === context.state.file) return;
  throw fails(context, "", `${MATCHER_ERROR}Snapshot matchers cannot be used outside of a test\n`);
}

// ---- Arguments -------------------------------------------------------------------------------

const bare = (context, text) => {
  const { label } = context.state;
  return new Error(`${label}\n\nMatcher error: ${text}\n`);
};

// { properties, text } of (), (text), (properties), (properties, text).
function readArguments(args, context, second) {
  if (args.length === 0) return {};
  const [first, text] = args;
  if (args.length === 1) {
    if (typeof first === "string") return { text: first };
    if (isObject(first)) return { properties: first };
    throw bare(context, "Expected first argument to be a string or object");
  }
  if (!isObject(first)) {
    const params = "<green>properties<r><d>, <r>hint";
    const message = paint`Matcher error: Expected <green>properties<r> must be an object\n`;
    throw fails(context, params, message);
  }
  if (typeof text === "string") return { properties: first, text };
  if (second === "hint") throw bare(context, "Expected second argument to be a string");
  return { properties: first };
}

function readText(args, context) {
  if (args.length > 1) throw bare(context, "Expected zero or one arguments");
  if (args.length === 0 || typeof args[0] === "string") return { text: args[0] };
  throw bare(context, "Expected first argument to be a string");
}

// ---- Values ----------------------------------------------------------------------------------

// The value with what property matchers stand for replaced by them.
function withMatchers(value, properties) {
  if (isAsymmetric(properties) || !isObject(value) || !isObject(properties)) return properties;
  const copy = Array.isArray(value)
    ? [...value]
    : Object.assign(Object.create(Object.getPrototypeOf(value)), value);
  for (const key of Reflect.ownKeys(properties)) {
    if (key === "length" && Array.isArray(value)) continue;
    copy[key] = withMatchers(value[key], properties[key]);
  }
  return copy;
}

function shown(value, properties, context) {
  if (properties === undefined) return pretty(value);
  if (!isObject(value)) {
    const text = paint`<b>Matcher error: <red>received<r> values must be an object when the ` +
      paint`matcher has <green>properties<r>\n`;
    throw fails(context, "<green>properties<r><d>, <r>hint", text);
  }
  if (!matches(properties, value, compare)) {
    const text = paint`Expected <green>propertyMatchers<r> to match properties from received ` +
      `object\n\nReceived: ${inspect(value)}\n`;
    throw fails(context, "<green>propertyMatchers<r>", text);
  }
  return pretty(withMatchers(value, properties));
}

// The message of what a function throws; undefined for what is no error.
function thrownMessage(received, context) {
  const outcome = outcomeOf(received, context);
  if ("thrown" in outcome) {
    return outcome.thrown instanceof Error ? outcome.thrown.message : undefined;
  }
  throw fails(context, "", `${MATCHER_ERROR}Received function did not throw\n`);
}

function differs(context, received, expected) {
  counters.snapshots.failed++;
  return fails(context, EXPECTED, `${textDiff(received, expected, false)}\n`);
}

// ---- Matching --------------------------------------------------------------------------------

function matchFile(value, { properties, text: hint = "" }, context) {
  const { sequence } = context.state;
  const received = shown(value, properties, context);
  if (sequence === undefined) {
    throw new Error("Snapshot matchers are not supported in concurrent tests");
  }
  if (sequence.active === undefined) {
    throw new Error("Snapshot matchers are not supported after the test has finished executing");
  }
  const expected = snapshots.expectedFor(sequence.active.entry, received, hint);
  if (expected === undefined) return true;
  if (expected !== received) throw differs(context, received, expected);
  counters.snapshots.passed++;
  return true;
}

function matchInline(value, { properties, text }, context) {
  snapshots.countInline(context.state.sequence?.active?.entry);
  const received = shown(value, properties, context);
  const { updateSnapshots } = runner.options;
  const known = text === undefined ? {} : snapshots.withoutIndent(text);
  if (text !== undefined) {
    if (known.text !== received && !updateSnapshots) throw differs(context, received, known.text);
    counters.snapshots.passed++;
    if (known.text === received) return true;
  } else if (isOnBuildMachine() && !updateSnapshots) {
    const why = "Inline snapshot creation is disabled in CI environments unless " +
      "--update-snapshots is used.\nTo override, set the environment variable CI=false.";
    throw fails(context, "", `${MATCHER_ERROR}${why}\n\nReceived: ${received}`);
  }
  addInline(context, properties !== undefined, text === undefined, received, known);
  return true;
}

const PLACE = /(?:\(|at )(\/[^()]*?):(\d+):(\d+)\)?$/;

// Where the matcher was called: the first place outside of the runner.
function addInline(context, hasMatchers, isAdded, value, { startIndent, endIndent }) {
  const lines = String(new Error().stack).split("\n").slice(1);
  const place = lines.map((line) => PLACE.exec(line)).find((found) => found !== null);
  if (place === undefined) {
    throw new Error("Failed to update inline snapshot: the caller's file is not known");
  }
  const [, path, line, column] = place;
  const { name: kind } = context;
  if (path !== runner.file.path) {
    const text = "Inline snapshot matchers must be called from the test file:\n" +
      paint`  Expected to be called from file: <green>"${runner.file.path}"<r>\n` +
      paint`  ${kind} called from file: <red>"${path}"<r>\n`;
    throw fails(context, "", MATCHER_ERROR + text);
  }
  snapshots.addInline(path, {
    line: Number(line), column: Number(column), kind, hasMatchers, isAdded, value, startIndent,
    endIndent,
  });
}

const matcher = (read, receive, match) => ({
  params: "<green>properties<r><d>, <r>hint",
  length: 1,
  check(received, args, context) {
    checkUse(context);
    const given = read(args, context);
    return match(receive(received, context), given, context);
  },
  message: () => "",
});

const asItIs = (value) => value;

module.exports = {
  matchers: {
    toMatchSnapshot: matcher(
      (args, context) => readArguments(args, context, "hint"), asItIs, matchFile),
    toMatchInlineSnapshot: matcher(
      (args, context) => readArguments(args, context, "text"), asItIs, matchInline),
    toThrowErrorMatchingSnapshot: matcher(readText, thrownMessage, matchFile),
    toThrowErrorMatchingInlineSnapshot: matcher(readText, thrownMessage, matchInline),
  },
};
