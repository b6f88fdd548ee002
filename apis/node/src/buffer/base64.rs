//! Base64 as a Buffer reads it: both alphabets at once, what belongs to neither is skipped, and
//! the first `=` ends it.

use base64_simd::{AsOut, STANDARD_NO_PAD, URL_SAFE_NO_PAD};
use dx_ops::Text;

const SKIPPED: u8 = 0xff;
const PADDING: u8 = 0xfe;

/// Values of the characters of both alphabets.
const VALUES: [u8; 256] = {
    let mut table = [SKIPPED; 256];
    let alphabet = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut value = 0;
    while value < 64 {
        table[alphabet[value] as usize] = value as u8;
        value += 1;
    }
    table[b'-' as usize] = 62;
    table[b'_' as usize] = 63;
    table[b'=' as usize] = PADDING;
    table
};

/// Decodes a text to the start of `into` and says how many bytes that took.
pub(crate) fn decode(text: Text<'_>, into: &mut [u8]) -> usize {
    match text {
        Text::Latin1(bytes) => decode_bytes(bytes, into),
        Text::Utf16(units) => {
            // As in Node, a wide character counts as its low byte.
            decode_values(units.iter().map(|&unit| unit as u8), into)
        }
    }
}

fn decode_bytes(bytes: &[u8], into: &mut [u8]) -> usize {
    let padding = bytes.iter().rev().take(2).take_while(|&&byte| byte == b'=').count();
    let whole = &bytes[..bytes.len() - padding];
    // The strict decoders are fast; what they refuse is decoded with patience.
    if into.len() >= whole.len() / 4 * 3 + 2 || into.len() == whole.len() * 3 / 4 {
        for alphabet in [&STANDARD_NO_PAD, &URL_SAFE_NO_PAD] {
            // Checked beforehand, since a decoder that fails leaves bytes behind.
            if alphabet.check(whole).is_ok() {
                return alphabet.decode(whole, into.as_out()).map_or(0, |decoded| decoded.len());
            }
        }
    }
    decode_values(bytes.iter().copied(), into)
}

fn decode_values(bytes: impl Iterator<Item = u8>, into: &mut [u8]) -> usize {
    let (mut bits, mut held, mut end) = (0_u32, 0_u32, 0);
    for byte in bytes {
        match VALUES[usize::from(byte)] {
            SKIPPED => {}
            PADDING => break,
            value => {
                bits = bits << 6 | u32::from(value);
                held += 6;
                if held >= 8 {
                    held -= 8;
                    let Some(place) = into.get_mut(end) else { return end };
                    *place = (bits >> held) as u8;
                    end += 1;
                }
            }
        }
    }
    end
}

#[cfg(test)]
mod tests {
    use super::*;

    fn decoded(text: &str) -> Vec<u8> {
        let mut into = vec![0; text.len()];
        let count = decode(Text::Latin1(text.as_bytes()), &mut into);
        into.truncate(count);
        let units: Vec<u16> = text.encode_utf16().collect();
        let mut wide = vec![0; text.len()];
        let count = decode(Text::Utf16(&units), &mut wide);
        wide.truncate(count);
        assert_eq!(into, wide, "{text}");
        into
    }

    #[test]
    fn both_alphabets_and_noise_are_read() {
        assert_eq!(decoded("aGVsbG8="), b"hello");
        assert_eq!(decoded("aGVsbG8"), b"hello");
        assert_eq!(decoded("aG Vs\nbG8=="), b"hello");
        assert_eq!(decoded("-_-_"), [0xfb, 0xff, 0xbf]);
        assert_eq!(decoded("+/-_"), [0xfb, 0xff, 0xbf]);
        assert_eq!(decoded("aGVs=bG8="), b"hel");
        assert_eq!(decoded("a"), b"");
        assert_eq!(decoded("="), b"");
    }

    #[test]
    fn what_does_not_fit_is_left_out() {
        let mut into = [0; 2];
        assert_eq!(decode(Text::Latin1(b"aGVsbG8="), &mut into), 2);
        assert_eq!(&into, b"he");
    }
}
