// The rarer codes of Node's errors, in the words of Bun 1.4.5: a maker a code, which returns the
// error. The common ones are in node/errors and are here too, so that one require brings all.
"use strict";

const errors = require("node/errors");
const { makeError } = errors;

// Codes whose message never changes: [class, message, name of the error if not the class's].
const FIXED = {
  ERR_ACCESS_DENIED: ["Error", "Access denied"],
  ERR_CHILD_CLOSED_BEFORE_REPLY: ["Error", "Child closed before reply received"],
  ERR_CLOSED_MESSAGE_PORT: ["Error", "Cannot send data on closed MessagePort"],
  ERR_CRYPTO_HASH_FINALIZED: ["Error", "Digest already called"],
  ERR_CRYPTO_HASH_UPDATE_FAILED: ["Error", "Hash update failed"],
  ERR_CRYPTO_INVALID_IV: ["TypeError", "Invalid initialization vector"],
  ERR_CRYPTO_INVALID_KEYLEN: ["RangeError", "Invalid key length"],
  ERR_CRYPTO_INVALID_MESSAGELEN: ["RangeError", "Invalid message length"],
  ERR_DIR_CLOSED: ["Error", "Directory handle was closed"],
  ERR_DIR_CONCURRENT_OPERATION: [
    "Error",
    "Cannot do synchronous work on directory handle with concurrent asynchronous operations",
  ],
  ERR_FALSY_VALUE_REJECTION: ["Error", "Promise was rejected with a falsy value"],
  ERR_HTTP_BODY_NOT_ALLOWED: [
    "Error", "Adding content for this request method or response status is not allowed.",
  ],
  ERR_HTTP_REQUEST_TIMEOUT: ["Error", "Request timeout"],
  ERR_HTTP_SOCKET_ENCODING: [
    "Error", "Changing the socket encoding is not allowed per RFC7230 Section 3.",
  ],
  ERR_HTTP_TRAILER_INVALID: [
    "Error", "Trailers are invalid with this transfer encoding",
  ],
  ERR_HTTP_SOCKET_ASSIGNED: ["Error", "Socket already assigned"],
  ERR_ILLEGAL_CONSTRUCTOR: ["TypeError", "Illegal constructor"],
  ERR_INVALID_CURSOR_POS: ["TypeError", "Cannot set cursor row without setting its column"],
  ERR_INVALID_HANDLE_TYPE: ["TypeError", "This handle type cannot be sent"],
  ERR_INVALID_URI: ["URIError", "URI malformed"],
  ERR_IPC_CHANNEL_CLOSED: ["Error", "Channel closed."],
  ERR_IPC_DISCONNECTED: ["Error", "IPC channel is already disconnected"],
  ERR_IPC_ONE_PIPE: ["Error", "Child process can have only one IPC pipe"],
  ERR_MULTIPLE_CALLBACK: ["Error", "Callback called multiple times"],
  ERR_SERVER_ALREADY_LISTEN: [
    "Error", "Listen method has been called more than once without closing.",
  ],
  ERR_SERVER_NOT_RUNNING: ["Error", "Server is not running."],
  ERR_SOCKET_ALREADY_BOUND: ["Error", "Socket is already bound"],
  ERR_SOCKET_BAD_BUFFER_SIZE: ["TypeError", "Buffer size must be a positive integer"],
  ERR_SOCKET_BAD_TYPE: [
    "TypeError", "Bad socket type specified. Valid types are: udp4, udp6",
  ],
  ERR_SOCKET_CLOSED: ["Error", "Socket is closed"],
  ERR_SOCKET_CLOSED_BEFORE_CONNECTION: [
    "Error", "Socket closed before the connection was established",
  ],
  ERR_SOCKET_CONNECTION_TIMEOUT: ["Error", "Socket connection timeout"],
  ERR_SOCKET_DGRAM_IS_CONNECTED: ["Error", "Already connected"],
  ERR_SOCKET_DGRAM_NOT_CONNECTED: ["Error", "Not connected"],
  ERR_SOCKET_DGRAM_NOT_RUNNING: ["Error", "Socket is not running"],
  ERR_STREAM_CANNOT_PIPE: ["Error", "Cannot pipe, not readable"],
  ERR_STREAM_NULL_VALUES: ["TypeError", "May not write null values to stream"],
  ERR_STREAM_PREMATURE_CLOSE: ["Error", "Premature close"],
  ERR_STREAM_PUSH_AFTER_EOF: ["Error", "stream.push() after EOF"],
  ERR_STREAM_RELEASE_LOCK: [
    "Error", "Stream reader cancelled via releaseLock()", "AbortError",
  ],
  ERR_STREAM_UNABLE_TO_PIPE: ["Error", "Cannot pipe to a closed or destroyed stream"],
  ERR_STREAM_UNSHIFT_AFTER_END_EVENT: ["Error", "stream.unshift() after end event"],
  ERR_STREAM_WRITE_AFTER_END: ["Error", "write after end"],
  ERR_TLS_ALPN_CALLBACK_WITH_PROTOCOLS: [
    "TypeError", "The ALPNCallback and ALPNProtocols TLS options are mutually exclusive",
  ],
  ERR_TLS_CERT_ALTNAME_FORMAT: ["SyntaxError", "Invalid subject alternative name string"],
  ERR_TLS_HANDSHAKE_TIMEOUT: ["Error", "TLS handshake timeout"],
  ERR_TLS_INVALID_CONTEXT: ["TypeError", "SNI callback must be a SecureContext"],
  ERR_TLS_INVALID_STATE: [
    "Error", "TLS socket connection must be securely established",
  ],
  ERR_TLS_RENEGOTIATION_DISABLED: [
    "Error", "TLS session renegotiation disabled for this socket",
  ],
  ERR_TLS_REQUIRED_SERVER_NAME: [
    "Error", "\"servername\" is required parameter for Server.addContext",
  ],
  ERR_TLS_SNI_FROM_SERVER: ["Error", "Cannot issue SNI from a TLS server-side socket"],
  ERR_UNAVAILABLE_DURING_EXIT: ["Error", "Cannot call function in process exit handler"],
  ERR_UNCAUGHT_EXCEPTION_CAPTURE_ALREADY_SET: [
    "Error",
    "`process.setupUncaughtExceptionCapture()` was called while a capture callback was already " +
      "active",
  ],
  ERR_VM_DYNAMIC_IMPORT_CALLBACK_MISSING: [
    "TypeError", "A dynamic import callback was not specified.",
  ],
  ERR_VM_MODULE_ALREADY_LINKED: ["Error", "Module has already been linked"],
  ERR_VM_MODULE_CANNOT_CREATE_CACHED_DATA: [
    "Error", "Cached data cannot be created for a module which has been evaluated",
  ],
  ERR_VM_MODULE_DIFFERENT_CONTEXT: ["Error", "Linked modules must use the same context"],
  ERR_VM_MODULE_NOT_MODULE: ["Error", "Provided module is not an instance of Module"],
  ERR_ZLIB_INITIALIZATION_FAILED: ["Error", "Initialization failed"],
};

// Codes whose message is made of the parts given: [class, words].
const WORDED = {
  ERR_AMBIGUOUS_ARGUMENT: [
    "TypeError", (name, reason) => `The "${name}" argument is ambiguous. ${reason}`,
  ],
  ERR_ARG_NOT_ITERABLE: ["TypeError", (name) => `${name} must be iterable`],
  ERR_ASYNC_CALLBACK: ["TypeError", (name) => `${name} must be a function`],
  ERR_ASYNC_TYPE: ["TypeError", (type) => `Invalid name for async "type": ${type}`],
  ERR_BROTLI_INVALID_PARAM: ["RangeError", (name) => `${name} is not a valid Brotli parameter`],
  ERR_BUFFER_OUT_OF_BOUNDS: [
    "RangeError",
    (name) => name === undefined
      ? "Attempt to access memory outside buffer bounds"
      : `"${name}" is outside of buffer bounds`,
  ],
  ERR_BUFFER_TOO_LARGE: [
    "RangeError", (limit) => `Cannot create a Buffer larger than ${limit} bytes`,
  ],
  ERR_CHILD_PROCESS_IPC_REQUIRED: [
    "Error",
    (name) => `Forked processes must have an IPC channel, missing value 'ipc' in ${name}`,
  ],
  ERR_CHILD_PROCESS_STDIO_MAXBUFFER: [
    "RangeError", (name) => `${name} maxBuffer length exceeded`,
  ],
  ERR_ENCODING_NOT_SUPPORTED: [
    "RangeError", (encoding) => `The "${encoding}" encoding is not supported`,
  ],
  ERR_HTTP_CONTENT_LENGTH_MISMATCH: [
    "Error",
    (actual, expected) =>
      `Response body's content-length of ${actual} byte(s) does not match the content-length ` +
      `of ${expected} byte(s) set in header`,
  ],
  ERR_HTTP_HEADERS_SENT: [
    "Error", (action) => `Cannot ${action} headers after they are sent to the client`,
  ],
  ERR_HTTP_INVALID_HEADER_VALUE: [
    "TypeError", (value, name) => `Invalid value "${value}" for header "${name}"`,
  ],
  ERR_HTTP_INVALID_STATUS_CODE: ["RangeError", (status) => `Invalid status code: ${status}`],
  ERR_INCOMPATIBLE_OPTION_PAIR: [
    "TypeError",
    (one, other) => `Option "${one}" cannot be used in combination with option "${other}"`,
  ],
  ERR_INVALID_ADDRESS_FAMILY: [
    "RangeError", (family, host, port) => `Invalid address family: ${family} ${host}:${port}`,
  ],
  ERR_INVALID_ASYNC_ID: ["RangeError", (name, value) => `Invalid ${name} value: ${value}`],
  ERR_INVALID_CHAR: [
    "TypeError",
    (name, field) => `Invalid character in ${name}${field === undefined ? "" : ` ["${field}"]`}`,
  ],
  ERR_INVALID_FD_TYPE: ["TypeError", (type) => `Unsupported fd type: ${type}`],
  ERR_INVALID_FILE_URL_HOST: [
    "TypeError", (platform) => `File URL host must be "localhost" or empty on ${platform}`,
  ],
  ERR_INVALID_FILE_URL_PATH: ["TypeError", (reason) => `File URL path ${reason}`],
  ERR_INVALID_HTTP_TOKEN: [
    "TypeError", (name, value) => `${name} must be a valid HTTP token ["${value}"]`,
  ],
  ERR_INVALID_IP_ADDRESS: ["TypeError", (address) => `Invalid IP address: ${address}`],
  ERR_INVALID_MIME_SYNTAX: [
    "TypeError",
    (part, text, position) =>
      `The MIME syntax for a ${part} in ${text} is invalid` +
      `${position === -1 ? "" : ` at ${position}`}`,
  ],
  ERR_INVALID_PROTOCOL: [
    "TypeError",
    (actual, expected) => `Protocol "${actual}" not supported. Expected "${expected}"`,
  ],
  ERR_INVALID_URL_SCHEME: ["TypeError", (scheme) => `The URL must be of scheme ${scheme}`],
  ERR_IP_BLOCKED: ["Error", (address) => `IP(${address}) is blocked by net.BlockList`],
  ERR_METHOD_NOT_IMPLEMENTED: ["Error", (name) => `The ${name} method is not implemented`],
  ERR_MISSING_OPTION: ["TypeError", (name) => `${name} is required`],
  ERR_STREAM_ALREADY_FINISHED: [
    "Error", (name) => `Cannot call ${name} after a stream was finished`,
  ],
  ERR_STREAM_DESTROYED: ["Error", (name) => `Cannot call ${name} after a stream was destroyed`],
  ERR_TLS_ALPN_CALLBACK_INVALID_RESULT: [
    "TypeError",
    (value, protocols) =>
      `ALPN callback returned a value (${value}) that did not match any of the client's offered ` +
      `protocols (${protocols.join(", ")})`,
  ],
  ERR_TLS_INVALID_PROTOCOL_METHOD: ["TypeError", (message) => message],
  ERR_TLS_INVALID_PROTOCOL_VERSION: [
    "TypeError", (version, which) => `"${version}" is not a valid ${which} TLS protocol version`,
  ],
  ERR_TLS_PROTOCOL_VERSION_CONFLICT: [
    "TypeError",
    (version, method) =>
      `TLS protocol version "${version}" conflicts with secureProtocol "${method}"`,
  ],
  ERR_UNESCAPED_CHARACTERS: ["TypeError", (name) => `${name} contains unescaped characters`],
  ERR_UNHANDLED_ERROR: [
    "Error",
    (shown) => shown === undefined ? "Unhandled error." : `Unhandled error. (${shown})`,
  ],
  ERR_UNKNOWN_SIGNAL: ["TypeError", (signal) => `Unknown signal: ${signal}`],
  ERR_USE_AFTER_CLOSE: ["Error", (name) => `${name} was closed`],
  ERR_VM_MODULE_STATUS: ["Error", (status) => `Module status ${status}`],
  ERR_ZSTD_INVALID_PARAM: ["RangeError", (name) => `${name} is not a valid zstd parameter`],
};

// Codes whose message the caller words.
const FREE = {
  ERR_ASSERTION: "Error",
  ERR_CONSOLE_WRITABLE_STREAM: "TypeError",
  ERR_CONSTRUCT_CALL_INVALID: "TypeError",
  ERR_CONSTRUCT_CALL_REQUIRED: "TypeError",
  ERR_ENCODING_INVALID_ENCODED_DATA: "TypeError",
  ERR_EVENT_RECURSION: "Error",
  ERR_FEATURE_UNAVAILABLE_ON_PLATFORM: "TypeError",
  ERR_FS_CP_DIR_TO_NON_DIR: "Error",
  ERR_FS_CP_EEXIST: "Error",
  ERR_FS_CP_EINVAL: "Error",
  ERR_FS_CP_FIFO_PIPE: "Error",
  ERR_FS_CP_NON_DIR_TO_DIR: "Error",
  ERR_FS_CP_SOCKET: "Error",
  ERR_FS_CP_SYMLINK_TO_SUBDIRECTORY: "Error",
  ERR_FS_CP_UNKNOWN: "Error",
  ERR_FS_EISDIR: "Error",
  ERR_FS_FILE_TOO_LARGE: "RangeError",
  ERR_INTERNAL_ASSERTION: "Error",
  ERR_INVALID_ADDRESS: "Error",
  ERR_INVALID_MODULE: "Error",
  ERR_INVALID_OBJECT_DEFINE_PROPERTY: "TypeError",
  ERR_INVALID_PACKAGE_CONFIG: "Error",
  ERR_MODULE_NOT_FOUND: "Error",
  ERR_PARSE_ARGS_INVALID_OPTION_VALUE: "TypeError",
  ERR_PARSE_ARGS_UNEXPECTED_POSITIONAL: "TypeError",
  ERR_PARSE_ARGS_UNKNOWN_OPTION: "TypeError",
  ERR_REQUIRE_ASYNC_MODULE: "Error",
  ERR_SCRIPT_EXECUTION_INTERRUPTED: "Error",
  ERR_SCRIPT_EXECUTION_TIMEOUT: "Error",
  ERR_SOCKET_BUFFER_SIZE: "Error",
  ERR_STREAM_WRAP: "Error",
  ERR_STRING_TOO_LONG: "Error",
  ERR_UNKNOWN_BUILTIN_MODULE: "Error",
  ERR_UNSUPPORTED_DIR_IMPORT: "Error",
  ERR_VM_MODULE_CACHED_DATA_REJECTED: "Error",
  ERR_WORKER_INIT_FAILED: "Error",
  ERR_WORKER_NOT_RUNNING: "Error",
  ERR_WORKER_UNSUPPORTED_OPERATION: "TypeError",
};

/** A certificate that is not the host's. */
function certificateNameError(reason, host, cert) {
  const message = `Hostname/IP does not match certificate's altnames: ${reason}`;
  const error = makeError("Error", "ERR_TLS_CERT_ALTNAME_INVALID", message);
  return globalThis.Object.assign(error, { reason, host, cert });
}

function makers() {
  const made = { ...errors, ERR_TLS_CERT_ALTNAME_INVALID: certificateNameError };
  for (const [code, [className, message, name]] of globalThis.Object.entries(FIXED)) {
    made[code] = () => makeError(className, code, message, name);
  }
  for (const [code, [className, words]] of globalThis.Object.entries(WORDED)) {
    made[code] = (...parts) => makeError(className, code, words(...parts));
  }
  for (const [code, className] of globalThis.Object.entries(FREE)) {
    made[code] = (message) => makeError(className, code, message);
  }
  return made;
}

module.exports = makers();
