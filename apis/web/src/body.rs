//! Text and bytes of bodies: UTF-8 both ways. Engine-free but for the operation signatures.
//!
//! Decoding answers an 8-bit string where the bytes are ASCII, which the engine takes over without
//! widening it.

use std::{
    hash::{BuildHasher, RandomState},
    time::{SystemTime, UNIX_EPOCH},
};

use dx_ops::{Call, Exception, Value};

const BYTE_ORDER_MARK: &[u8] = b"\xEF\xBB\xBF";

/// The text of `bytes` as a string value: a byte order mark is dropped, invalid sequences become
/// U+FFFD.
#[must_use]
pub fn text_value(mut bytes: Vec<u8>) -> Value {
    if bytes.is_ascii() {
        return Value::Latin1(bytes);
    }
    if bytes.starts_with(BYTE_ORDER_MARK) {
        bytes.drain(..BYTE_ORDER_MARK.len());
        if bytes.is_ascii() {
            return Value::Latin1(bytes);
        }
    }
    match String::from_utf8(bytes) {
        Ok(text) => Value::String(text),
        Err(error) => Value::String(String::from_utf8_lossy(error.as_bytes()).into_owned()),
    }
}

/// `utf8Encode(text)`: the bytes of a string, lone surrogates replaced.
pub(crate) fn utf8_encode(call: &mut Call<'_>) -> Result<Value, Exception> {
    Ok(Value::Bytes(call.expect_string(0, "text")?.into_bytes()))
}

/// `utf8Decode(bytes)`: the text of bytes, as [`text_value`].
pub(crate) fn utf8_decode(call: &mut Call<'_>) -> Result<Value, Exception> {
    Ok(text_value(call.expect_bytes(0, "bytes")?.to_vec()))
}

/// `utf8Length(text)`: how many bytes `utf8Encode` would give.
pub(crate) fn utf8_length(call: &mut Call<'_>) -> Result<Value, Exception> {
    let length = call.expect_string(0, "text")?.len();
    Ok(Value::Number(length as f64))
}

/// `randomHex()`: 32 hexadecimal digits that no two bodies share; not a secret.
pub(crate) fn random_hex(_call: &mut Call<'_>) -> Result<Value, Exception> {
    let now = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_nanos());
    let first = RandomState::new().hash_one(now);
    let second = RandomState::new().hash_one(first);
    Ok(Value::Latin1(format!("{first:016x}{second:016x}").into_bytes()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ascii_stays_eight_bit() {
        assert!(matches!(text_value(b"abc".to_vec()), Value::Latin1(text) if text == b"abc"));
        assert!(
            matches!(text_value(b"\xEF\xBB\xBFa".to_vec()), Value::Latin1(text) if text == b"a")
        );
    }

    #[test]
    fn other_text_is_decoded() {
        let text = |bytes: &[u8]| match text_value(bytes.to_vec()) {
            Value::String(text) => text,
            other => panic!("not text: {other:?}"),
        };
        assert_eq!(text("\u{e9}".as_bytes()), "\u{e9}");
        assert_eq!(text(b"a\xFFb"), "a\u{FFFD}b");
        assert_eq!(text(b"\xEF\xBB\xBF\xC3\xA9"), "\u{e9}");
    }
}
