"use strict"; globalThis.seen ??= {}; globalThis.seen.strict = (function () { return typeof this; })();
