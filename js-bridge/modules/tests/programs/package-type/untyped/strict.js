"use strict";
globalThis.ran = true;
