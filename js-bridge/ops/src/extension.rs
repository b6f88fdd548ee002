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
    /// [`key_of`] the name: a module is looked for among hundreds, whose names lie apart.
    pub key: u64,
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

/// A number that a name is found by (FNV-1a); equal numbers say nothing of equal names.
#[must_use]
pub const fn key_of(name: &str) -> u64 {
    let bytes = name.as_bytes();
    let mut key = 0xcbf2_9ce4_8422_2325;
    let mut index = 0;
    while index < bytes.len() {
        key = (key ^ bytes[index] as u64).wrapping_mul(0x0100_0000_01b3);
        index += 1;
    }
    key
}

/// How long [`globals_text`] is, in bytes.
#[must_use]
pub const fn globals_length(extensions: &[&[Extension]]) -> usize {
    write_globals(extensions, &mut [])
}

/// The names of all globals and the modules they come from, in turn, each followed by a space. Made
/// while the program is compiled: every start reads them all, and a text in one piece lies in two
/// pages where the names by themselves lie all over the binary.
#[must_use]
pub const fn globals_text<const LENGTH: usize>(extensions: &[&[Extension]]) -> [u8; LENGTH] {
    let mut text = [0; LENGTH];
    write_globals(extensions, &mut text);
    text
}

/// Writes the globals into `text`, unless it is empty; answers how long they are.
const fn write_globals(extensions: &[&[Extension]], text: &mut [u8]) -> usize {
    let mut length = 0;
    let mut list = 0;
    while list < extensions.len() {
        let mut extension = 0;
        while extension < extensions[list].len() {
            let globals = extensions[list][extension].globals;
            let mut global = 0;
            while global < globals.len() {
                length = write_word(globals[global].name, text, length);
                length = write_word(globals[global].module, text, length);
                global += 1;
            }
            extension += 1;
        }
        list += 1;
    }
    length
}

/// Writes a word and a space at `start`; answers where they end.
const fn write_word(word: &str, text: &mut [u8], start: usize) -> usize {
    let word = word.as_bytes();
    if !text.is_empty() {
        let mut index = 0;
        while index < word.len() {
            text[start + index] = word[index];
            index += 1;
        }
        text[start + word.len()] = b' ';
    }
    start + word.len() + 1
}

/// Declares a [`PreludeModule`] from its name and its file, relative to the workspace:
/// `prelude_module!("web/headers", "apis/web/js/headers.js")`. The calling crate lies two
/// folders below the workspace.
#[macro_export]
macro_rules! prelude_module {
    ($name:literal, $path:literal) => {
        $crate::PreludeModule {
            name: $name,
            key: $crate::key_of($name),
            source: concat!(
                "(function (require, module, exports, ops) {",
                include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/../../", $path)),
                "\n})"
            ),
            path: $path,
        }
    };
}

#[cfg(test)]
mod tests {
    use super::{Extension, Global, globals_length, globals_text, key_of};

    const fn extension(globals: &'static [Global]) -> Extension {
        Extension { name: "test", modules: &[], ops: &[], globals, builtins: &[] }
    }

    const EXTENSIONS: &[&[Extension]] = &[
        &[extension(&[Global { name: "fetch", module: "web/fetch" }]), extension(&[])],
        &[extension(&[Global { name: "Bun.serve", module: "bun/serve" }])],
    ];

    #[test]
    fn globals_are_one_text() {
        let text = globals_text::<{ globals_length(EXTENSIONS) }>(EXTENSIONS);
        assert_eq!(&text, b"fetch web/fetch Bun.serve bun/serve ");
        assert_eq!(globals_length(&[]), 0);
    }

    #[test]
    fn keys_are_those_of_the_published_function() {
        assert_eq!(key_of(""), 0xcbf2_9ce4_8422_2325);
        assert_eq!(key_of("foobar"), 0x8594_4171_f739_67e8);
    }
}
