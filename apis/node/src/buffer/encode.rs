//! Text to bytes, into memory that is there already: what does not fit is left out, whole
//! characters at a time.

use dx_ops::Text;
use encoding_rs::mem;
use hex_simd::AsOut;

use super::{base64, encoding::Encoding};

/// How many bytes UTF-8 takes for a text, lone surrogates replaced.
pub(crate) fn utf8_length(text: Text<'_>) -> usize {
    match text {
        Text::Latin1(bytes) if bytes.is_ascii() => bytes.len(),
        Text::Latin1(bytes) => bytes.len() + bytes.iter().filter(|&&byte| byte > 0x7f).count(),
        Text::Utf16(units) => utf16_as_utf8_length(units),
    }
}

fn utf16_as_utf8_length(units: &[u16]) -> usize {
    // Counted without branches, so that the compiler can use wide registers; each half of a
    // surrogate pair counts three bytes here, of which the pair takes back two.
    let mut length = units.len();
    let mut surrogates = 0;
    for chunk in units.chunks(COUNTED_AT_ONCE) {
        let (mut two, mut three, mut halves) = (0_u16, 0_u16, 0_u16);
        for &unit in chunk {
            two += u16::from(unit >= 0x80);
            three += u16::from(unit >= 0x800);
            halves += u16::from(unit & 0xf800 == 0xd800);
        }
        length += usize::from(two) + usize::from(three);
        surrogates += usize::from(halves);
    }
    if surrogates == 0 { length } else { length - 2 * surrogate_pairs(units) }
}

/// So many that 16 bits can count them.
const COUNTED_AT_ONCE: usize = 32 * 1024;

fn is_high(unit: u16) -> bool {
    unit & 0xfc00 == 0xd800
}

fn is_low(unit: u16) -> bool {
    unit & 0xfc00 == 0xdc00
}

fn surrogate_pairs(units: &[u16]) -> usize {
    // Pairs cannot overlap: a unit is never both halves.
    units.windows(2).filter(|pair| is_high(pair[0]) && is_low(pair[1])).count()
}

/// The most bytes that a text of this many code units can take.
pub(crate) fn length_max(text: Text<'_>, encoding: Encoding) -> usize {
    let units = match text {
        Text::Latin1(bytes) => bytes.len(),
        Text::Utf16(units) => units.len(),
    };
    match encoding {
        Encoding::Utf8 => utf8_length(text),
        Encoding::Utf16Le => units * 2,
        Encoding::Latin1 | Encoding::Ascii => units,
        Encoding::Base64 | Encoding::Base64Url => units.div_ceil(4) * 3,
        Encoding::Hex => units / 2,
    }
}

/// Writes a text to the start of `into` and says how many bytes that took.
pub(crate) fn write(text: Text<'_>, encoding: Encoding, into: &mut [u8]) -> usize {
    match (encoding, text) {
        (Encoding::Utf8, Text::Latin1(bytes)) => utf8_from_latin1(bytes, into),
        (Encoding::Utf8, Text::Utf16(units)) => utf8_from_utf16(units, into),
        (Encoding::Utf16Le, Text::Latin1(bytes)) => {
            let units = bytes.iter().map(|&byte| u16::from(byte));
            write_units(units, into)
        }
        (Encoding::Utf16Le, Text::Utf16(units)) => write_units(units.iter().copied(), into),
        (Encoding::Latin1 | Encoding::Ascii, Text::Latin1(bytes)) => {
            let count = bytes.len().min(into.len());
            into[..count].copy_from_slice(&bytes[..count]);
            count
        }
        (Encoding::Latin1 | Encoding::Ascii, Text::Utf16(units)) => {
            for (place, &unit) in into.iter_mut().zip(units) {
                *place = unit as u8;
            }
            units.len().min(into.len())
        }
        (Encoding::Base64 | Encoding::Base64Url, text) => base64::decode(text, into),
        (Encoding::Hex, Text::Latin1(bytes)) => {
            let wanted = &bytes[..(bytes.len() & !1).min(into.len() * 2)];
            // Checked beforehand, since a decoder that fails leaves bytes behind.
            if hex_simd::check(wanted).is_ok() {
                return hex_simd::decode(wanted, into.as_out()).map_or(0, |decoded| decoded.len());
            }
            hex_pairs(bytes.chunks_exact(2).map(|pair| (pair[0].into(), pair[1].into())), into)
        }
        (Encoding::Hex, Text::Utf16(units)) => {
            hex_pairs(units.chunks_exact(2).map(|pair| (pair[0], pair[1])), into)
        }
    }
}

fn utf8_from_latin1(bytes: &[u8], into: &mut [u8]) -> usize {
    if bytes.is_ascii() {
        let count = bytes.len().min(into.len());
        into[..count].copy_from_slice(&bytes[..count]);
        return count;
    }
    mem::convert_latin1_to_utf8_partial(bytes, into).1
}

/// The most bytes that a code unit takes in UTF-8.
const UTF8_BYTES_A_UNIT: usize = 3;

fn utf8_from_utf16(units: &[u16], into: &mut [u8]) -> usize {
    let safe = units.len().min(into.len() / UTF8_BYTES_A_UNIT);
    let (mut read, mut end) = (0, 0);
    // As long as each unit has room for its worst case, nothing is checked but its kind.
    while read < safe && into.len() - end > UTF8_BYTES_A_UNIT {
        let unit = units[read];
        let place = &mut into[end..end + 4];
        read += 1;
        if unit < 0x80 {
            place[0] = unit as u8;
            end += 1;
        } else if unit < 0x800 {
            place[0] = 0xc0 | (unit >> 6) as u8;
            place[1] = 0x80 | (unit & 0x3f) as u8;
            end += 2;
        } else if unit & 0xf800 != 0xd800 {
            place[0] = 0xe0 | (unit >> 12) as u8;
            place[1] = 0x80 | (unit >> 6 & 0x3f) as u8;
            place[2] = 0x80 | (unit & 0x3f) as u8;
            end += 3;
        } else {
            read -= 1;
            break;
        }
    }
    for character in char::decode_utf16(units[read..].iter().copied()) {
        let character = character.unwrap_or(char::REPLACEMENT_CHARACTER);
        if into.len() - end < character.len_utf8() {
            break;
        }
        end += character.encode_utf8(&mut into[end..]).len();
    }
    end
}

fn write_units(units: impl ExactSizeIterator<Item = u16>, into: &mut [u8]) -> usize {
    let count = units.len().min(into.len() / 2);
    for (place, unit) in into.chunks_exact_mut(2).zip(units) {
        place.copy_from_slice(&unit.to_le_bytes());
    }
    count * 2
}

/// Values of the hexadecimal digits; 0xff for what is none.
const HEX_VALUES: [u8; 256] = {
    let mut table = [0xff; 256];
    let mut digit = 0;
    while digit < 16 {
        table[b"0123456789abcdef"[digit] as usize] = digit as u8;
        table[b"0123456789ABCDEF"[digit] as usize] = digit as u8;
        digit += 1;
    }
    table
};

/// Decodes pairs of digits up to the first that is none.
fn hex_pairs(pairs: impl Iterator<Item = (u16, u16)>, into: &mut [u8]) -> usize {
    let value = |unit: u16| if unit < 256 { HEX_VALUES[usize::from(unit)] } else { 0xff };
    let mut count = 0;
    for (place, (high, low)) in into.iter_mut().zip(pairs) {
        let (high, low) = (value(high), value(low));
        if high == 0xff || low == 0xff {
            break;
        }
        *place = high << 4 | low;
        count += 1;
    }
    count
}

#[cfg(test)]
mod tests {
    use super::*;

    fn encoded(text: &str, encoding: Encoding, room: usize) -> Vec<u8> {
        let units: Vec<u16> = text.encode_utf16().collect();
        let mut into = vec![0; room];
        let count = write(Text::Utf16(&units), encoding, &mut into);
        into.truncate(count);
        into
    }

    #[test]
    fn no_character_is_written_by_halves() {
        for room in 0..12 {
            let bytes = encoded("a\u{e9}\u{20ac}\u{1f600}z", Encoding::Utf8, room);
            let text = std::str::from_utf8(&bytes).expect("whole characters");
            assert!("a\u{e9}\u{20ac}\u{1f600}z".starts_with(text), "{room}: {text}");
            let next = "a\u{e9}\u{20ac}\u{1f600}z"[text.len()..].chars().next();
            assert!(next.is_none_or(|next| bytes.len() + next.len_utf8() > room), "{room}");
        }
        assert_eq!(encoded("\u{e9}\u{e9}", Encoding::Utf16Le, 3), [0xe9, 0]);
    }

    #[test]
    fn lone_surrogates_become_the_replacement_character() {
        let mut into = [0; 16];
        let units = [0x61, 0xd800, 0x62, 0xdc00];
        let count = write(Text::Utf16(&units), Encoding::Utf8, &mut into);
        assert_eq!(&into[..count], "a\u{fffd}b\u{fffd}".as_bytes());
        assert_eq!(utf8_length(Text::Utf16(&units)), count);
    }

    #[test]
    fn hex_ends_at_the_first_bad_pair() {
        assert_eq!(encoded("0aFFzz11", Encoding::Hex, 9), [0x0a, 0xff]);
        assert_eq!(encoded("abc", Encoding::Hex, 9), [0xab]);
        assert_eq!(encoded("\u{130}1", Encoding::Hex, 9), [0_u8; 0]);
    }

    #[test]
    fn latin1_text_takes_two_bytes_beyond_ascii() {
        let mut into = [0; 4];
        assert_eq!(write(Text::Latin1(b"a\xe9b"), Encoding::Utf8, &mut into), 4);
        assert_eq!(&into, "a\u{e9}b".as_bytes());
        assert_eq!(write(Text::Latin1(b"ab\xe9"), Encoding::Utf8, &mut into[..3]), 2);
    }
}
