// Paths as file: URLs and back, as node:url and Bun have them. Pure but for relative paths, which
// are taken from the working directory.
"use strict";

const {
  invalidType, makeError, validateString,
} = require("node/errors");

function invalidPath(text) {
  return makeError("TypeError", "ERR_INVALID_FILE_URL_PATH", `File URL path must ${text}`);
}

/** Undoes escapes; those that stand for no UTF-8 are replaced, those that are none stay. */
function unescaped(text) {
  if (!text.includes("%")) return text;
  try {
    return decodeURIComponent(text);
  } catch {
    return require("node/querystring").unescapeBuffer(text).toString();
  }
}

function parsedFileUrl(url) {
  const { URL, isUrl } = require("web/url");
  let parsed = url;
  if (typeof url === "string") {
    parsed = URL.canParse(url) ? new URL(url) : undefined;
  } else if (!isUrl(url)) {
    throw invalidType("url", "of type string", url);
  }
  if (parsed === undefined || parsed.protocol !== "file:") {
    throw makeError("TypeError", "ERR_INVALID_URL_SCHEME", "The URL must be of scheme file");
  }
  return parsed;
}

/** The path of a file: URL, escapes in place. */
function escapedPosixPath(input) {
  const { hostname, pathname } = input;
  if (hostname !== "") {
    const message = `File URL host must be "localhost" or empty on ${process.platform}`;
    throw makeError("TypeError", "ERR_INVALID_FILE_URL_HOST", message);
  }
  if (/%2f/i.test(pathname)) {
    throw Object.assign(invalidPath("not include encoded / characters"), { input });
  }
  return pathname;
}

function windowsPath({ hostname, pathname }) {
  if (/%2f|%5c/i.test(pathname)) throw invalidPath("not include encoded \\ or / characters");
  const path = unescaped(pathname.replaceAll("/", "\\"));
  if (hostname !== "") {
    return `\\\\${require("node/url-domains").domainToUnicode(hostname)}${path}`;
  }
  if (!/^.[a-zA-Z]:/.test(path)) throw invalidPath("be absolute");
  return path.slice(1);
}

function fileURLToPath(url, options) {
  const parsed = parsedFileUrl(url);
  return options?.windows ? windowsPath(parsed) : unescaped(escapedPosixPath(parsed));
}

function fileURLToPathBuffer(url, options) {
  const { Buffer } = require("node/buffer-class");
  const parsed = parsedFileUrl(url);
  if (options?.windows) return Buffer.from(windowsPath(parsed));
  return require("node/querystring").unescapeBuffer(escapedPosixPath(parsed));
}

function escapeOne(character) {
  return `%${character.charCodeAt(0).toString(16).toUpperCase().padStart(2, "0")}`;
}

function escaped(path, characters) {
  return path.replace(characters, escapeOne);
}

function shareUrl(path) {
  const { URL } = require("web/url");
  const isExtended = path.startsWith("\\\\?\\UNC\\");
  const start = isExtended ? 8 : 2;
  const end = path.indexOf("\\", start);
  const shown = path.replaceAll("\\", "\\\\");
  const invalid = (reason) => makeError(
    "TypeError", "ERR_INVALID_ARG_VALUE", `The argument 'path' ${reason}. Received '${shown}'`,
  );
  if (end < 0) throw invalid("Missing UNC resource path");
  if (end === start) throw invalid("Empty UNC servername");
  const url = new URL("file://");
  url.hostname = require("node/url-domains").domainToASCII(path.slice(start, end));
  url.pathname = escaped(path.slice(end).replaceAll("\\", "/"), /[\0- %?#[\]^|~]/g);
  return url;
}

function pathToFileURL(path, options) {
  const { URL } = require("web/url");
  validateString(path, "path");
  const isWindows = options?.windows === true;
  if (isWindows && path.startsWith("\\\\")) return shareUrl(path);
  const kind = require("node/path");
  let resolved = (isWindows ? kind.win32 : kind.posix).resolve(path);
  const last = path[path.length - 1];
  const isFolder = last === "/" || (isWindows && last === "\\");
  if (isFolder && !resolved.endsWith(isWindows ? "\\" : "/")) resolved += "/";
  if (isWindows) {
    return new URL(`file:///${escaped(resolved.replaceAll("\\", "/"), /[\0- %?#[\]^|~]/g)}`);
  }
  return new URL(`file://${escaped(resolved, /[\0- %\\?#[\]^|~]/g)}`);
}

Object.defineProperty(fileURLToPath, "length", { value: 2 });
module.exports = { fileURLToPath, fileURLToPathBuffer, pathToFileURL };
