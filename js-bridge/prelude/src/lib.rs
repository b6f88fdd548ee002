//! The JavaScript that every isolate starts from.
//!
//! [`BOOTSTRAP`] is evaluated when an isolate is made, [`CORE`] when something needs more than
//! that; the modules of [`MODULES`] are when they are first required. They belong to the
//! extension `runtime`, whose operations the runtime crate brings. Nothing here knows the engine.

#![forbid(unsafe_code)]

use dx_ops::{Global, PreludeModule, prelude_module};

/// The first script of an isolate, with `exports` and `native` as members of its `this`. A block
/// rather than a function, which the engine would parse once when it is made and once more when it
/// is called: each start of a program waits for that.
pub const BOOTSTRAP: PreludeModule = PreludeModule {
    name: "runtime/bootstrap",
    key: dx_ops::key_of("runtime/bootstrap"),
    source: concat!(
        "\"use strict\"; { const { exports, native } = this;",
        include_str!("../js/bootstrap.js"),
        "\n}"
    ),
    path: "js-bridge/prelude/js/bootstrap.js",
};

/// The second script of an isolate, evaluated when something first asks for what it has; a block as
/// the first, with `given`, `native` and `exports`.
pub const CORE: PreludeModule = PreludeModule {
    name: "runtime/core",
    key: dx_ops::key_of("runtime/core"),
    source: concat!(
        "\"use strict\"; { const { given, native, exports } = this;",
        include_str!("../js/core.js"),
        "\n}"
    ),
    path: "js-bridge/prelude/js/core.js",
};

/// The modules of the extension `runtime`.
pub const MODULES: &[PreludeModule] = &[
    prelude_module!("runtime/errors", "js-bridge/prelude/js/errors.js"),
    prelude_module!("runtime/rejections", "js-bridge/prelude/js/rejections.js"),
    prelude_module!("runtime/promise-context", "js-bridge/prelude/js/promise-context.js"),
    prelude_module!("runtime/function-texts", "js-bridge/prelude/js/function-texts.js"),
    prelude_module!("runtime/code-context", "js-bridge/prelude/js/code-context.js"),
    prelude_module!("runtime/iterators", "js-bridge/prelude/js/iterators.js"),
    prelude_module!("runtime/immediates", "js-bridge/prelude/js/immediates.js"),
    prelude_module!("runtime/timers", "js-bridge/prelude/js/timers.js"),
    prelude_module!("runtime/microtasks", "js-bridge/prelude/js/microtasks.js"),
];

/// The globals of the extension `runtime`.
pub const GLOBALS: &[Global] = &[
    Global { name: "setTimeout", module: "runtime/timers" },
    Global { name: "setInterval", module: "runtime/timers" },
    Global { name: "setImmediate", module: "runtime/timers" },
    Global { name: "clearTimeout", module: "runtime/timers" },
    Global { name: "clearInterval", module: "runtime/timers" },
    Global { name: "clearImmediate", module: "runtime/timers" },
    Global { name: "queueMicrotask", module: "runtime/microtasks" },
];

/// What programs may import by name from the extension `runtime`.
pub const BUILTINS: &[(&str, &str)] = &[];

#[cfg(test)]
mod tests {
    #[test]
    fn sources_are_ascii() {
        for module in super::MODULES.iter().chain([&super::BOOTSTRAP, &super::CORE]) {
            assert!(module.source.is_ascii(), "{} holds more than ASCII", module.path);
        }
    }
}
