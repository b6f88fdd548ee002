//! Text both ways: what JavaScript binds, and what rows hold.

use dx_ops::Text;

/// Appends the characters of a JavaScript string as UTF-8, lone surrogates replaced.
pub(crate) fn append_utf8(text: Text<'_>, into: &mut Vec<u8>) {
    match text {
        Text::Latin1(bytes) if bytes.is_ascii() => into.extend_from_slice(bytes),
        Text::Latin1(bytes) => {
            for &byte in bytes {
                let mut encoded = [0; 2];
                into.extend_from_slice(char::from(byte).encode_utf8(&mut encoded).as_bytes());
            }
        }
        Text::Utf16(units) => {
            into.reserve(units.len() * 3);
            for character in char::decode_utf16(units.iter().copied()) {
                let character = character.unwrap_or(char::REPLACEMENT_CHARACTER);
                let mut encoded = [0; 4];
                into.extend_from_slice(character.encode_utf8(&mut encoded).as_bytes());
            }
        }
    }
}

/// Appends UTF-8 as UTF-16, what is no UTF-8 replaced.
pub(crate) fn append_utf16(text: &[u8], into: &mut Vec<u16>) {
    if text.is_ascii() {
        into.extend(text.iter().map(|&byte| u16::from(byte)));
    } else {
        into.extend(String::from_utf8_lossy(text).encode_utf16());
    }
}

#[cfg(test)]
mod tests {
    use super::{append_utf8, append_utf16};
    use dx_ops::Text;

    fn utf8(text: Text<'_>) -> Vec<u8> {
        let mut bytes = Vec::new();
        append_utf8(text, &mut bytes);
        bytes
    }

    #[test]
    fn strings_become_utf8() {
        assert_eq!(utf8(Text::Latin1(b"plain")), b"plain");
        assert_eq!(utf8(Text::Latin1(b"caf\xe9")), "caf\u{e9}".as_bytes());
        assert_eq!(utf8(Text::Utf16(&[0x65e5, 0xd83d, 0xde00])), "\u{65e5}\u{1f600}".as_bytes());
        assert_eq!(utf8(Text::Utf16(&[0xd800])), "\u{fffd}".as_bytes());
    }

    #[test]
    fn what_is_no_utf8_is_replaced() {
        let mut units = Vec::new();
        append_utf16(b"a\xff", &mut units);
        assert_eq!(units, [u16::from(b'a'), 0xfffd]);
    }
}
