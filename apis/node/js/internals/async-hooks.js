// "internal/async_hooks": whether a hook is enabled.
"use strict";

const { hooks } = require("node/async-hooks-storage");

const enabledHooksExist = () => hooks.enabled > 0;

module.exports = { enabledHooksExist };
