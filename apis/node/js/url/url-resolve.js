// Resolving one legacy URL against another, as node:url did before the URL Standard. The cases are
// those of RFC 3986, section 5.2, with exceptions for protocols without slashes, whose host counts
// as the first part of the path.
"use strict";

const { Url, urlParse, SLASHED, isScript } = require("node/url-parse");

const { Object } = globalThis;

function copyOf(url) {
  return Object.assign(new Url(), url);
}

function pathOf({ pathname, search }) {
  return `${pathname || ""}${search || ""}`;
}

function finished(url) {
  url.href = url.format();
  return url;
}

/** The relative URL has slashes but no protocol: all of it but the protocol counts. */
function withHost(result, relative) {
  for (const key of Object.keys(relative)) if (key !== "protocol") result[key] = relative[key];
  if (SLASHED.has(result.protocol) && result.hostname && !result.pathname) {
    result.pathname = "/";
    result.path = "/";
  }
  return finished(result);
}

/** A host that stands in the path of a URL whose protocol demands one. */
function hostFromPath(relative) {
  const parts = (relative.pathname || "").split("/");
  while (parts.length > 0 && !(relative.host = parts.shift()));
  relative.host ||= "";
  relative.hostname ||= "";
  if (parts[0] !== "") parts.unshift("");
  if (parts.length < 2) parts.unshift("");
  return parts.join("/");
}

/** The relative URL has another protocol. */
function withProtocol(result, relative) {
  const { protocol } = relative;
  if (!SLASHED.has(protocol)) return finished(Object.assign(result, relative));
  result.protocol = protocol;
  const needsHost = !relative.host && protocol !== "file:" && !isScript(protocol);
  result.pathname = needsHost ? hostFromPath(relative) : relative.pathname;
  result.search = relative.search;
  result.query = relative.query;
  result.host = relative.host || "";
  result.auth = relative.auth;
  result.hostname = relative.hostname || relative.host;
  result.port = relative.port;
  if (result.pathname || result.search) result.path = pathOf(result);
  result.slashes = result.slashes || relative.slashes;
  return finished(result);
}

/** Gives a URL without slashes its host back from the front of the path. */
function restoreHost(result, host) {
  result.hostname = result.host = host;
  if (!host || !(host.indexOf("@") > 0)) return;
  const [auth, name] = host.split("@");
  result.auth = auth;
  result.hostname = result.host = name;
}

function onlySearch(result, relative, parts, isOdd) {
  if (isOdd) restoreHost(result, parts.shift());
  result.search = relative.search;
  result.query = relative.query;
  if (result.pathname !== null || result.search !== null) result.path = pathOf(result);
  return finished(result);
}

function takeHost(result, relative) {
  if (relative.host || relative.host === "") {
    if (result.host !== relative.host) result.auth = null;
    result.host = relative.host;
    result.port = relative.port;
  }
  if (relative.hostname || relative.hostname === "") {
    if (result.hostname !== relative.hostname) result.auth = null;
    result.hostname = relative.hostname;
  }
}

/** Removes "." and "..", in place; answers how many ".." went above the start. */
function removeDots(parts) {
  let above = 0;
  for (let index = parts.length - 1; index >= 0; index--) {
    const part = parts[index];
    if (part === ".") parts.splice(index, 1);
    else if (part === "..") {
      parts.splice(index, 1);
      above++;
    } else if (above > 0) {
      parts.splice(index, 1);
      above--;
    }
  }
  return above;
}

function moveHosts(result, relative, parts, relativeParts) {
  result.hostname = "";
  result.port = null;
  if (result.host) {
    if (parts[0] === "") parts[0] = result.host;
    else parts.unshift(result.host);
  }
  result.host = "";
  if (!relative.protocol) return;
  relative.hostname = null;
  relative.port = null;
  result.auth = null;
  if (relative.host) {
    if (relativeParts[0] === "") relativeParts[0] = relative.host;
    else relativeParts.unshift(relative.host);
  }
  relative.host = null;
}

function isRooted(parts) {
  return parts[0] === "" || Boolean(parts[0] && parts[0][0] === "/");
}

function settlePath(result, relative, parts, mustBeRooted, keepsNoDots, isOdd) {
  const last = parts[parts.length - 1];
  const isDots = last === "." || last === "..";
  const isFolder =
    ((result.host || relative.host || parts.length > 1) && isDots) || last === "";
  const above = removeDots(parts);
  if (!mustBeRooted && !keepsNoDots) for (let left = above; left > 0; left--) parts.unshift("..");
  if (mustBeRooted && parts[0] !== "" && (!parts[0] || parts[0][0] !== "/")) parts.unshift("");
  if (isFolder && !parts.join("/").endsWith("/")) parts.push("");
  const rooted = isRooted(parts);
  if (isOdd) restoreHost(result, rooted ? "" : parts.length > 0 ? parts.shift() : "");
  if ((mustBeRooted || (result.host && parts.length > 0)) && !rooted) parts.unshift("");
  if (parts.length > 0) result.pathname = parts.join("/");
  else result.pathname = result.path = null;
  if (result.pathname !== null || result.search !== null) result.path = pathOf(result);
  result.auth = relative.auth || result.auth;
  result.slashes = result.slashes || relative.slashes;
  return finished(result);
}

function resolvePath(result, relative) {
  let parts = result.pathname ? result.pathname.split("/") : [];
  const relativeParts = relative.pathname ? relative.pathname.split("/") : [];
  const isRelativeRooted = Boolean(relative.host) || relative.pathname?.[0] === "/";
  const isSourceRooted = result.pathname?.[0] === "/";
  let mustBeRooted =
    isRelativeRooted || isSourceRooted || Boolean(result.host && relative.pathname);
  const keepsNoDots = mustBeRooted;
  const isOdd = Boolean(result.protocol) && !SLASHED.has(result.protocol);
  if (isOdd) {
    moveHosts(result, relative, parts, relativeParts);
    mustBeRooted = mustBeRooted && (relativeParts[0] === "" || parts[0] === "");
  }
  if (isRelativeRooted) {
    takeHost(result, relative);
    parts = relativeParts;
  } else if (relativeParts.length > 0) {
    parts = [...parts.slice(0, -1), ...relativeParts];
  } else if (relative.search !== null && relative.search !== undefined) {
    return onlySearch(result, relative, parts, isOdd);
  }
  if (isRelativeRooted || relativeParts.length > 0) {
    result.search = relative.search;
    result.query = relative.query;
  }
  if (parts.length > 0) {
    return settlePath(result, relative, parts, mustBeRooted, keepsNoDots, isOdd);
  }
  result.pathname = null;
  result.path = result.search ? `/${result.search}` : null;
  return finished(result);
}

Url.prototype.resolve = function resolve(relative) {
  return this.resolveObject(urlParse(relative, false, true)).format();
};

Url.prototype.resolveObject = function resolveObject(given) {
  const relative = typeof given === "string" ? new Url().parse(given, false, true) : given;
  const result = copyOf(this);
  result.hash = relative.hash;
  if (relative.href === "") return finished(result);
  if (relative.slashes && !relative.protocol) return withHost(result, relative);
  if (relative.protocol && relative.protocol !== result.protocol) {
    return withProtocol(result, relative);
  }
  return resolvePath(result, relative);
};

function urlResolve(source, relative) {
  return urlParse(source, false, true).resolve(relative);
}

function urlResolveObject(source, relative) {
  return source ? urlParse(source, false, true).resolveObject(relative) : relative;
}

// Programs see the methods in this order.
const { parse, format, resolve, resolveObject, parseHost } = Url.prototype;
for (const name of Object.keys(Url.prototype)) delete Url.prototype[name];
Object.assign(Url.prototype, { parse, format, resolve, resolveObject, parseHost });

module.exports = { urlResolve, urlResolveObject };
