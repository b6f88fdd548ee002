//! What a call of the file system answers, before JavaScript sees it.

use std::io;

use dx_ops::Value;

/// A failed step of an operation of several calls is numbered from 0; each takes this much room
/// before the errno, so that one negative number says both.
const STEP: i32 = 1000;

/// The result of a call, made on any thread.
#[derive(Debug, PartialEq)]
pub(crate) enum Answer {
    /// The errno, and which of the operation's calls failed.
    Failed(i32, i32),
    /// As `Failed` in the first step, on another path than the operation was called with.
    FailedAt(i32, Vec<u8>),
    /// Nothing but success.
    Done,
    /// A count, a descriptor.
    Number(f64),
    /// `undefined` or a path.
    Maybe(Option<Vec<u8>>),
    /// Bytes as a `Uint8Array`.
    Bytes(Vec<u8>),
    /// Bytes as a string, what is no UTF-8 replaced.
    Text(Vec<u8>),
    /// Integers as the bytes of a `BigInt64Array`.
    Integers(Vec<i64>),
    /// Integers as the bytes of a `Float64Array`.
    Floats(Vec<i64>),
}

impl Answer {
    /// The failure of the first, or only, call.
    pub(crate) fn failed(error: &io::Error) -> Self {
        Self::failed_step(error, 0)
    }

    /// The failure of the call that is numbered `step`.
    pub(crate) fn failed_step(error: &io::Error, step: i32) -> Self {
        Self::Failed(errno_of(error), step)
    }

    /// Bytes as a string or as they are.
    pub(crate) fn path(bytes: Vec<u8>, as_bytes: bool) -> Self {
        if as_bytes { Self::Bytes(bytes) } else { Self::Text(bytes) }
    }
}

/// The number of an error; what the library refuses by itself is an invalid argument.
pub(crate) fn errno_of(error: &io::Error) -> i32 {
    const INVALID: i32 = 22;
    const OUT_OF_MEMORY: i32 = 12;
    error.raw_os_error().unwrap_or(match error.kind() {
        io::ErrorKind::OutOfMemory => OUT_OF_MEMORY,
        _ => INVALID,
    })
}

/// Bytes as a string: without a copy where they are ASCII.
pub(crate) fn text(bytes: Vec<u8>) -> Value {
    if bytes.is_ascii() {
        return Value::Latin1(bytes);
    }
    Value::String(match String::from_utf8(bytes) {
        Ok(text) => text,
        Err(error) => String::from_utf8_lossy(error.as_bytes()).into_owned(),
    })
}

impl From<io::Result<()>> for Answer {
    fn from(result: io::Result<()>) -> Self {
        match result {
            Ok(()) => Self::Done,
            Err(error) => Self::failed(&error),
        }
    }
}

impl From<Result<(), rustix::io::Errno>> for Answer {
    fn from(result: Result<(), rustix::io::Errno>) -> Self {
        result.map_err(io::Error::from).into()
    }
}

impl From<io::Result<usize>> for Answer {
    fn from(result: io::Result<usize>) -> Self {
        match result {
            Ok(count) => Self::Number(count as f64),
            Err(error) => Self::failed(&error),
        }
    }
}

impl From<Answer> for Value {
    fn from(answer: Answer) -> Self {
        match answer {
            Answer::Failed(errno, step) => Self::Number(f64::from(-(errno + step * STEP))),
            Answer::FailedAt(errno, path) => {
                Self::Array(vec![Self::Number(f64::from(-errno)), text(path)])
            }
            Answer::Done => Self::Number(0.0),
            Answer::Number(number) => Self::Number(number),
            Answer::Maybe(path) => path.map_or(Self::Undefined, text),
            Answer::Bytes(bytes) => Self::Bytes(bytes),
            Answer::Text(bytes) => text(bytes),
            Answer::Integers(integers) => {
                Self::ArrayBuffer(integers.iter().flat_map(|value| value.to_ne_bytes()).collect())
            }
            Answer::Floats(integers) => Self::ArrayBuffer(
                integers.iter().flat_map(|&value| (value as f64).to_ne_bytes()).collect(),
            ),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn number(answer: Answer) -> f64 {
        match Value::from(answer) {
            Value::Number(number) => number,
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn failures_are_negative_and_carry_their_step() {
        let error = io::Error::from_raw_os_error(2);
        assert_eq!(number(Answer::failed(&error)), -2.0);
        assert_eq!(number(Answer::failed_step(&error, 3)), -3002.0);
        assert_eq!(number(Answer::Done), 0.0);
    }

    #[test]
    fn ascii_stays_bytes_and_the_rest_is_decoded() {
        assert!(matches!(text(b"plain".to_vec()), Value::Latin1(_)));
        assert!(matches!(text("\u{e9}".into()), Value::String(text) if text == "\u{e9}"));
        assert!(matches!(text(vec![0xff]), Value::String(text) if text == "\u{fffd}"));
    }
}
