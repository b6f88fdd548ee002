"use strict";
// Bun.openInEditor: starts the program's editor at a place of a file, and does not wait for it.

const { process: theProcess } = globalThis;

// How editors are told a line and a column: by a flag before the place, by parts of the name.
const PLACES = new Map([
  ["code", (place) => ["--goto", place]],
  ["code-insiders", (place) => ["--goto", place]],
  ["codium", (place) => ["--goto", place]],
  ["cursor", (place) => ["--goto", place]],
  ["subl", (place) => [place]],
  ["zed", (place) => [place]],
  ["vim", (_place, path, line) => [`+${line ?? 1}`, path]],
  ["nvim", (_place, path, line) => [`+${line ?? 1}`, path]],
  ["nano", (_place, path, line) => [`+${line ?? 1}`, path]],
  ["emacs", (_place, path, line) => [`+${line ?? 1}`, path]],
]);

function editorOf(options) {
  const { env } = theProcess;
  const wanted = options?.editor ?? env.VISUAL ?? env.EDITOR;
  if (wanted !== undefined && wanted !== "") return wanted;
  return [...PLACES.keys()].find((name) => Bun.which(name) !== null);
}

function openInEditor(path) {
  const options = arguments[1];
  if (path === undefined || path === null || `${path}` === "") {
    throw new Error("No file path specified");
  }
  const editor = editorOf(options);
  const found = editor === undefined ? null : Bun.which(editor);
  if (found === null) return;
  const { line, column } = options ?? {};
  const place = `${path}${line === undefined ? "" : `:${line}`}` +
    `${line === undefined || column === undefined ? "" : `:${column}`}`;
  const name = found.slice(found.lastIndexOf("/") + 1);
  const words = PLACES.get(name)?.(place, `${path}`, line) ?? [`${path}`];
  Bun.spawn([found, ...words], { stdio: ["inherit", "inherit", "inherit"] }).unref();
}

module.exports = { openInEditor };
