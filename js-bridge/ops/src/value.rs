//! Values that cross from native code into JavaScript.

use std::{any::Any, sync::Arc};

use dx_mem::External;

use crate::{exception::Exception, host::Handle};

/// The memory of a `SharedArrayBuffer`, alive as long as anything holds it.
#[derive(Clone)]
pub struct SharedMemory(pub Arc<dyn Any + Send + Sync>);

impl std::fmt::Debug for SharedMemory {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("SharedMemory")
    }
}

/// What an operation answers.
#[derive(Debug, Default)]
pub enum Value {
    /// `undefined`
    #[default]
    Undefined,
    /// `null`
    Null,
    /// A boolean.
    Boolean(bool),
    /// A number.
    Number(f64),
    /// A bigint of 64 bits, unsigned.
    BigInt(u64),
    /// A string of UTF-8.
    String(String),
    /// A string of ASCII or Latin-1 bytes: each byte is one code unit.
    Latin1(Vec<u8>),
    /// A string whose code units are bytes of the view passed as this argument, from `start` to
    /// `end`; only as the answer of an operation that answers at once.
    Latin1Of {
        /// Which argument.
        argument: usize,
        /// The first byte.
        start: usize,
        /// Behind the last byte.
        end: usize,
    },
    /// A string of UTF-16 code units, lone surrogates allowed.
    Utf16(Vec<u16>),
    /// A `Uint8Array` that takes over the vector without copying it.
    Bytes(Vec<u8>),
    /// An `ArrayBuffer` that takes over the vector without copying it.
    ArrayBuffer(Vec<u8>),
    /// An `ArrayBuffer` over memory that native code shares with JavaScript.
    Shared(External),
    /// A `SharedArrayBuffer` over memory of another isolate's.
    SharedMemory(SharedMemory),
    /// An array.
    Array(Vec<Value>),
    /// A plain object, properties in this order.
    Object(Vec<(&'static str, Value)>),
    /// A value that came from JavaScript.
    Handle(Handle),
    /// An error object, as a value rather than thrown.
    Error(Exception),
}

/// The JavaScript type of an argument.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[allow(missing_docs)] // named after what typeof and Array.isArray tell
pub enum ValueKind {
    Undefined,
    Null,
    Boolean,
    Number,
    BigInt,
    String,
    Symbol,
    Function,
    /// `ArrayBuffer`, `SharedArrayBuffer`, a typed array or a `DataView`.
    Bytes,
    Array,
    Object,
}

macro_rules! value_from {
    ($($type:ty => |$value:ident| $make:expr),+ $(,)?) => {
        $(impl From<$type> for Value { fn from($value: $type) -> Self { $make } })+
    };
}

value_from! {
    () => |_unit| Self::Undefined,
    bool => |value| Self::Boolean(value),
    f64 => |value| Self::Number(value),
    i32 => |value| Self::Number(f64::from(value)),
    u32 => |value| Self::Number(f64::from(value)),
    String => |value| Self::String(value),
    &str => |value| Self::String(value.to_owned()),
    Vec<Value> => |value| Self::Array(value),
}

impl<T: Into<Value>> From<Option<T>> for Value {
    /// `None` is `undefined`.
    fn from(value: Option<T>) -> Self {
        value.map_or(Self::Undefined, Into::into)
    }
}
