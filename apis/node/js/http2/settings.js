// Settings as programs write them, checked, and as they go over the wire.
"use strict";

const errors = require("node/errors");
const http2Errors = require("node/http2/errors");
const { Buffer } = require("node/buffer");
const { Array, ArrayBuffer, DataView, Number, Object } = globalThis;

const WORD_MAX = 2 ** 32 - 1;
const CUSTOM_MAX = 10;
const SETTING_BYTES = 6;

// Names by number; what is not said has the default.
const NUMBERS = {
  headerTableSize: 1,
  enablePush: 2,
  maxConcurrentStreams: 3,
  initialWindowSize: 4,
  maxFrameSize: 5,
  maxHeaderListSize: 6,
  enableConnectProtocol: 8,
};
const NAMES = Object.fromEntries(
  Object.entries(NUMBERS).map(([name, number]) => [number, name]));

const BOOLEANS = new globalThis.Set(["enablePush", "enableConnectProtocol"]);
const RANGES = {
  headerTableSize: [0, WORD_MAX],
  maxConcurrentStreams: [0, WORD_MAX],
  initialWindowSize: [0, WORD_MAX],
  maxFrameSize: [16384, 2 ** 24 - 1],
  maxHeaderListSize: [0, WORD_MAX],
  maxHeaderSize: [0, WORD_MAX],
};

function checkRange(name, value, [lowest, highest]) {
  if (typeof value === "number" && value >= lowest && value <= highest) return;
  throw http2Errors.settingValue("RangeError", name, value);
}

function checkCustom(custom) {
  if (typeof custom !== "object" || custom === null) {
    throw http2Errors.settingValue("RangeError", "customSettings", custom);
  }
  const entries = Object.entries(custom);
  if (entries.length > CUSTOM_MAX) throw http2Errors.ERR_HTTP2_TOO_MANY_CUSTOM_SETTINGS();
  for (const [key, value] of entries) {
    const number = Number(key);
    if (!Number.isInteger(number)) throw http2Errors.settingValue("RangeError", key, value);
    checkRange(key, number, [0, 0xffff]);
    checkRange(key, value, [0, WORD_MAX]);
  }
}

function validateSettings(settings) {
  if (settings === undefined) return;
  if (typeof settings !== "object" || settings === null || Array.isArray(settings)) {
    throw errors.ERR_INVALID_ARG_TYPE("settings", "object", settings);
  }
  for (const name of Object.keys(RANGES)) {
    if (settings[name] !== undefined) checkRange(name, settings[name], RANGES[name]);
  }
  for (const name of BOOLEANS) {
    const value = settings[name];
    if (value !== undefined && typeof value !== "boolean") {
      throw http2Errors.settingValue("TypeError", name, value);
    }
  }
  if (settings.customSettings !== undefined) checkCustom(settings.customSettings);
}

/** The parameters of a SETTINGS frame that says these settings. */
function pack(settings) {
  const entries = [];
  for (const name of Object.keys(NUMBERS)) {
    let value = settings[name];
    if (name === "maxHeaderListSize") value ??= settings.maxHeaderSize;
    if (value !== undefined) entries.push([NUMBERS[name], Number(value)]);
  }
  const custom = Object.entries(settings.customSettings ?? {});
  custom.sort((one, other) => one[0] - other[0]);
  for (const [number, value] of custom) entries.push([Number(number), value]);
  const bytes = Buffer.alloc(entries.length * SETTING_BYTES);
  entries.forEach(([number, value], index) => {
    bytes.writeUInt16BE(number, index * SETTING_BYTES);
    bytes.writeUInt32BE(value, index * SETTING_BYTES + 2);
  });
  return bytes;
}

function getPackedSettings(settings) {
  if (settings === undefined) return Buffer.alloc(0);
  validateSettings(settings);
  return pack(settings);
}

/** Settings by name, of the seven numbers native code tells. */
function settingsOf(numbers, custom) {
  const [table, push, streams, window, frame, list, connect] = numbers;
  const settings = {
    headerTableSize: table,
    enablePush: push !== 0,
    maxConcurrentStreams: streams,
    initialWindowSize: window,
    maxFrameSize: frame,
    maxHeaderListSize: list,
    maxHeaderSize: list,
    enableConnectProtocol: connect !== 0,
  };
  if (custom !== undefined) settings.customSettings = custom;
  return settings;
}

const DEFAULTS = [4096, 1, WORD_MAX, 65535, 16384, 65535, 0];

function getDefaultSettings() {
  return settingsOf(DEFAULTS);
}

function isTypedArray(value) {
  return ArrayBuffer.isView(value) && !(value instanceof DataView);
}

function getUnpackedSettings(bytes, options = {}) {
  if (bytes === undefined) return getDefaultSettings();
  if (!isTypedArray(bytes)) {
    throw errors.ERR_INVALID_ARG_TYPE("buf", ["Buffer", "TypedArray"], bytes);
  }
  if (bytes.length % SETTING_BYTES !== 0) {
    throw http2Errors.ERR_HTTP2_INVALID_PACKED_SETTINGS_LENGTH();
  }
  const settings = {};
  for (let at = 0; at < bytes.length; at += SETTING_BYTES) {
    const number = bytes[at] * 256 + bytes[at + 1];
    const value =
      ((bytes[at + 2] << 24) | (bytes[at + 3] << 16) | (bytes[at + 4] << 8) | bytes[at + 5]) >>> 0;
    const name = NAMES[number];
    if (name === undefined) {
      settings.customSettings ??= {};
      settings.customSettings[number] = value;
    } else {
      settings[name] = BOOLEANS.has(name) ? value !== 0 : value;
      if (name === "maxHeaderListSize") settings.maxHeaderSize = value;
    }
  }
  if (options?.validate) validateSettings(settings);
  return settings;
}

module.exports = {
  validateSettings, pack, settingsOf, getPackedSettings, getUnpackedSettings, getDefaultSettings,
};
