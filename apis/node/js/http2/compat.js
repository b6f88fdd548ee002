// The compatibility API: requests and responses as node:http has them, over streams.
"use strict";

const { Http2ServerRequest } = require("node/http2/compat-request");
const { Http2ServerResponse } = require("node/http2/compat-response");

function onServerStream(ServerRequest, ServerResponse, stream, headers, flags, rawHeaders) {
  const request = new ServerRequest(stream, headers, undefined, rawHeaders);
  const response = new ServerResponse(stream);
  const { expect } = headers;
  if (headers[":method"] === "CONNECT") {
    if (this.emit("connect", request, response)) return;
    response.statusCode = 405;
    response.end();
  } else if (expect === undefined) {
    this.emit("request", request, response);
  } else if (expect === "100-continue") {
    if (this.emit("checkContinue", request, response)) return;
    response.writeContinue();
    this.emit("request", request, response);
  } else if (!this.emit("checkExpectation", request, response)) {
    response.statusCode = 417;
    response.end();
  }
}

module.exports = { Http2ServerRequest, Http2ServerResponse, onServerStream };
