// Domain names in ASCII and in Unicode, as URLs have them; the empty text for what is no domain.
"use strict";

const { makeError } = require("node/errors");

function hostOf(domain, count) {
  if (count === 0) {
    const message = 'The "domain" argument must be specified';
    throw makeError("TypeError", "ERR_MISSING_ARGS", message);
  }
  const { URL } = require("web/url");
  const text = `${domain}`;
  if (text === "" || /[/?#@\\:]/.test(text) && !text.startsWith("[")) return "";
  const url = `ws://${text}`;
  return URL.canParse(url) ? new URL(url).hostname : "";
}

function domainToASCII(domain) {
  return hostOf(domain, arguments.length);
}

function domainToUnicode(domain) {
  const host = hostOf(domain, arguments.length);
  return host.includes("xn--") ? require("web/url/host").domainToUnicode(host) : host;
}

Object.defineProperty(domainToASCII, "name", { value: "domainToAscii" });

module.exports = { domainToASCII, domainToUnicode };
