//! One call of an operation: its arguments and the host it runs on.

use crate::{
    exception::Exception,
    host::{Handle, Host},
    value::{SharedMemory, ValueKind},
};

/// The arguments of a call, as the engine presents them. Indices past the end are `undefined`.
pub trait Arguments {
    /// How many were passed.
    fn count(&self) -> usize;
    /// The type of one.
    fn kind(&self, index: usize) -> ValueKind;
    /// A boolean by JavaScript's truthiness.
    fn boolean(&self, index: usize) -> bool;
    /// A number; NaN where it is not one.
    fn number(&self, index: usize) -> f64;
    /// A string as UTF-8, lone surrogates replaced; `None` where it is not a string.
    fn string(&self, index: usize) -> Option<String>;
    /// A string as UTF-16; `None` where it is not a string.
    fn utf16(&self, index: usize) -> Option<Vec<u16>>;
    /// Runs `visit` on the code units of a string where they lie; `false` where it is not a
    /// string.
    fn text(&self, index: usize, visit: &mut dyn FnMut(Text<'_>)) -> bool;
    /// Runs `visit` on the code units of the string at `text` and the bytes of the view at
    /// `view`; `false` where they are not such.
    fn write_text(&mut self, text: usize, view: usize, visit: TextWriter<'_>) -> bool;
    /// The bytes of a buffer or view, valid for the call; `None` where it is none.
    fn bytes(&self, index: usize) -> Option<&[u8]>;
    /// The same, to be written to.
    fn bytes_mut(&mut self, index: usize) -> Option<&mut [u8]>;
    /// Appends the bytes of every argument from `first` on; `false` where one is no buffer or view.
    fn append_bytes(&self, first: usize, into: &mut Vec<u8>) -> bool;
    /// The memory of a `SharedArrayBuffer`; `None` where the value is none or the engine does
    /// not give it.
    fn shared_memory(&self, index: usize) -> Option<SharedMemory> {
        let _ = index;
        None
    }
    /// Keeps the value alive beyond the call.
    fn hold(&self, index: usize) -> Handle;
    /// The state of a promise, read without running anything; `None` where the value is no
    /// promise or the engine does not tell.
    fn promise_state(&self, index: usize) -> Option<PromiseState> {
        let _ = index;
        None
    }
    /// The value a settled promise was fulfilled or rejected with; `None` as above, and while it
    /// is pending.
    fn promise_result(&self, index: usize) -> Option<Handle> {
        let _ = index;
        None
    }
    /// The target of a `Proxy`, read without running a trap; `None` where the value is none or
    /// was revoked.
    fn proxy_target(&self, index: usize) -> Option<Handle> {
        let _ = index;
        None
    }
    /// Has the engine's next collection come as if `bytes` more had been allocated; nothing where
    /// the engine cannot be told.
    fn hasten_collection(&self, bytes: usize) {
        let _ = bytes;
    }
}

/// What [`Arguments::write_text`] runs.
pub type TextWriter<'a> = &'a mut dyn FnMut(Text<'_>, &mut [u8]);

/// The code units of a string, looked at where they lie.
#[derive(Clone, Copy, Debug)]
pub enum Text<'a> {
    /// Each byte is one code unit.
    Latin1(&'a [u8]),
    /// UTF-16, lone surrogates allowed.
    Utf16(&'a [u16]),
}

/// Where a promise stands.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[allow(missing_docs)] // named after the states of the language
pub enum PromiseState {
    Pending,
    Fulfilled,
    Rejected,
}

/// One call of an operation.
pub struct Call<'a> {
    /// What JavaScript passed.
    pub arguments: &'a mut dyn Arguments,
    /// The shard.
    pub host: &'a Host,
}

impl Call<'_> {
    /// The string at `index`, or a `TypeError` that names `what`.
    ///
    /// # Errors
    /// When the argument is not a string.
    pub fn expect_string(&self, index: usize, what: &str) -> Result<String, Exception> {
        self.arguments
            .string(index)
            .ok_or_else(|| Exception::type_error(format!("{what} must be a string")))
    }

    /// The bytes at `index`, or a `TypeError` that names `what`.
    ///
    /// # Errors
    /// When the argument is neither a buffer nor a view.
    pub fn expect_bytes(&self, index: usize, what: &str) -> Result<&[u8], Exception> {
        self.arguments.bytes(index).ok_or_else(|| {
            Exception::type_error(format!("{what} must be an ArrayBuffer or a typed array"))
        })
    }
}
