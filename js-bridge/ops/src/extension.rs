//! How an API crate describes itself to the runtime.

use crate::{call::Call, exception::Exception, host::Deferred, value::Value};

/// Everything one API crate adds to an isolate.
#[derive(Clone, Copy, Debug)]
pub struct Extension {
    /// Short name; its modules are called `name/...`.
    pub name: &'static str,
    /// JavaScript modules, evaluated when first required.
    pub modules: &'static [PreludeModule],
    /// Native operations, given to the extension's modules as the object `ops`.
    pub ops: &'static [Op],
    /// Globals, evaluated when first read.
    pub globals: &'static [Global],
    /// What programs import by name (`node:path`, `bun`), and the module that provides it.
    pub builtins: &'static [(&'static str, &'static str)],
}

/// A JavaScript source file inside the binary.
#[derive(Clone, Copy, Debug)]
pub struct PreludeModule {
    /// What other modules `require` it by, such as `web/headers`.
    pub name: &'static str,
    /// The source: a function `(require, module, exports, ops)` in parentheses, whose body is
    /// the file. ASCII only.
    pub source: &'static str,
    /// The file it came from, relative to the workspace.
    pub path: &'static str,
}

/// A property of the global object (or of `Bun`) that loads its module when first read.
#[derive(Clone, Copy, Debug)]
pub struct Global {
    /// The property's name; `Bun.x` defines `x` on the `Bun` object.
    pub name: &'static str,
    /// The module that exports it under the last part of the name.
    pub module: &'static str,
}

/// A native operation.
#[derive(Clone, Copy, Debug)]
pub struct Op {
    /// Its name on the extension's `ops` object.
    pub name: &'static str,
    /// How it answers.
    pub kind: OpKind,
}

/// How an operation answers.
#[derive(Clone, Copy, Debug)]
pub enum OpKind {
    /// At once.
    Sync(fn(&mut Call<'_>) -> Result<Value, Exception>),
    /// Through a promise. `Err` rejects it; otherwise the operation has taken the
    /// [`Deferred`] to settle it later.
    Async(fn(&mut Call<'_>, Deferred) -> Result<(), Exception>),
}

impl Op {
    /// An operation that answers at once.
    pub const fn sync(
        name: &'static str,
        run: fn(&mut Call<'_>) -> Result<Value, Exception>,
    ) -> Self {
        Self { name, kind: OpKind::Sync(run) }
    }

    /// An operation that answers through a promise.
    pub const fn asynchronous(
        name: &'static str,
        run: fn(&mut Call<'_>, Deferred) -> Result<(), Exception>,
    ) -> Self {
        Self { name, kind: OpKind::Async(run) }
    }
}

/// Declares a [`PreludeModule`] from its name and its file, relative to the workspace:
/// `prelude_module!("web/headers", "apis/web/js/headers.js")`. The calling crate lies two
/// folders below the workspace.
#[macro_export]
macro_rules! prelude_module {
    ($name:literal, $path:literal) => {
        $crate::PreludeModule {
            name: $name,
            source: concat!(
                "(function (require, module, exports, ops) {",
                include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/../../", $path)),
                "\n})"
            ),
            path: $path,
        }
    };
}
