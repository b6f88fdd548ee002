// _http_client.
"use strict";

module.exports = { ClientRequest: require("node/http/client").ClientRequest };
