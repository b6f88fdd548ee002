//! Bytes to text. ASCII becomes a string of bytes, which the engine keeps as it is.

use base64_simd::{STANDARD, URL_SAFE_NO_PAD};
use dx_ops::Value;
use encoding_rs::mem;
use hex_simd::AsciiCase;

use super::encoding::Encoding;

/// The text that bytes stand for.
pub(crate) fn text(bytes: &[u8], encoding: Encoding) -> Value {
    match encoding {
        Encoding::Utf8 => utf8(bytes),
        Encoding::Utf16Le => {
            let (pairs, _) = bytes.as_chunks::<2>();
            Value::Utf16(pairs.iter().map(|pair| u16::from_le_bytes(*pair)).collect())
        }
        Encoding::Latin1 => Value::Latin1(bytes.to_vec()),
        Encoding::Ascii => Value::Latin1(bytes.iter().map(|byte| byte & 0x7f).collect()),
        Encoding::Base64 => Value::Latin1(STANDARD.encode_type(bytes)),
        Encoding::Base64Url => Value::Latin1(URL_SAFE_NO_PAD.encode_type(bytes)),
        Encoding::Hex => Value::Latin1(hex_simd::encode_type(bytes, AsciiCase::Lower)),
    }
}

/// Malformed bytes become U+FFFD, as the Encoding Standard has it; a byte order mark stays.
fn utf8(bytes: &[u8]) -> Value {
    if bytes.is_ascii() {
        return Value::Latin1(bytes.to_vec());
    }
    if mem::is_utf8_latin1(bytes) {
        let mut narrow = vec![0; bytes.len()];
        let length = mem::convert_utf8_to_latin1_lossy(bytes, &mut narrow);
        narrow.truncate(length);
        return Value::Latin1(narrow);
    }
    let mut units = vec![0_u16; bytes.len() + 1];
    let length = mem::convert_utf8_to_utf16(bytes, &mut units);
    units.truncate(length);
    Value::Utf16(units)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(bytes: &[u8], encoding: Encoding) -> String {
        match text(bytes, encoding) {
            Value::Latin1(bytes) => bytes.iter().map(|&byte| char::from(byte)).collect(),
            Value::Utf16(units) => String::from_utf16_lossy(&units),
            other => format!("{other:?}"),
        }
    }

    #[test]
    fn malformed_bytes_are_replaced_part_by_part() {
        assert_eq!(shown(b"a\xff\xe2\x82b\xc3", Encoding::Utf8), "a\u{fffd}\u{fffd}b\u{fffd}");
        assert_eq!(
            shown("\u{e9}\u{20ac}\u{1f600}".as_bytes(), Encoding::Utf8),
            "\u{e9}\u{20ac}\u{1f600}"
        );
        assert_eq!(shown("\u{e9}".as_bytes(), Encoding::Utf8), "\u{e9}");
    }

    #[test]
    fn each_encoding_has_its_text() {
        assert_eq!(shown(b"\xe9\x41", Encoding::Ascii), "iA");
        assert_eq!(shown(b"\xe9\x41", Encoding::Latin1), "\u{e9}A");
        assert_eq!(shown(b"\xac\x20\x41", Encoding::Utf16Le), "\u{20ac}");
        assert_eq!(shown(b"\xfb\xff", Encoding::Base64), "+/8=");
        assert_eq!(shown(b"\xfb\xff", Encoding::Base64Url), "-_8");
        assert_eq!(shown(b"\xfb\x0f", Encoding::Hex), "fb0f");
    }
}
