//! Small byte-string tools: character classes of RFC 9110 section 5.6, numbers, lists.

/// `tchar` of RFC 9110 section 5.6.2.
const TOKEN: [bool; 256] = class(b"!#$%&'*+-.^_`|~", true);

/// What a `uri-host [":" port]` may consist of (RFC 3986 section 3.2): unreserved, sub-delims,
/// percent signs, colons and the brackets of an IP literal.
const AUTHORITY: [bool; 256] = class(b"-._~!$&'()*+,;=%:[]", true);

const fn class(extra: &[u8], alphanumeric: bool) -> [bool; 256] {
    let mut table = [false; 256];
    let mut byte = 0;
    while byte < 256 {
        table[byte] = alphanumeric && (byte as u8).is_ascii_alphanumeric();
        byte += 1;
    }
    let mut index = 0;
    while index < extra.len() {
        table[extra[index] as usize] = true;
        index += 1;
    }
    table
}

/// Whether `bytes` is a `token`.
pub(crate) fn is_token(bytes: &[u8]) -> bool {
    !bytes.is_empty() && bytes.iter().all(|byte| TOKEN[*byte as usize])
}

/// Whether `bytes` may be a host with an optional port; the empty string may.
pub(crate) fn is_authority(bytes: &[u8]) -> bool {
    bytes.iter().all(|byte| AUTHORITY[*byte as usize])
}

/// Whether a field value or reason phrase can be written without ending its line.
pub(crate) fn is_writable(bytes: &[u8]) -> bool {
    !bytes.iter().fold(false, |bad, byte| bad | matches!(byte, b'\r' | b'\n' | 0))
}

/// Without spaces and tabs at both ends (`OWS`, RFC 9110 section 5.6.3).
pub(crate) fn trim(mut bytes: &[u8]) -> &[u8] {
    while let [b' ' | b'\t', rest @ ..] = bytes {
        bytes = rest;
    }
    while let [rest @ .., b' ' | b'\t'] = bytes {
        bytes = rest;
    }
    bytes
}

/// The trimmed members of a comma-separated list, empty ones included.
pub(crate) fn list(bytes: &[u8]) -> impl Iterator<Item = &[u8]> {
    bytes.split(|byte| *byte == b',').map(trim)
}

/// A decimal number of digits only.
pub(crate) fn parse_decimal(bytes: &[u8]) -> Option<u64> {
    if bytes.is_empty() {
        return None;
    }
    bytes.iter().try_fold(0_u64, |value, byte| {
        let digit = byte.wrapping_sub(b'0');
        if digit > 9 {
            return None;
        }
        value.checked_mul(10)?.checked_add(u64::from(digit))
    })
}

/// Appends a number in decimal.
pub(crate) fn push_decimal(out: &mut Vec<u8>, mut value: u64) {
    const DIGITS_MAX: usize = 20; // of u64::MAX
    let mut digits = [0_u8; DIGITS_MAX];
    let mut start = DIGITS_MAX;
    loop {
        start -= 1;
        digits[start] = b'0' + (value % 10) as u8;
        value /= 10;
        if value == 0 {
            break;
        }
    }
    out.extend_from_slice(&digits[start..]);
}

/// Appends a number in lower-case hexadecimal.
pub(crate) fn push_hexadecimal(out: &mut Vec<u8>, value: u64) {
    let digits = (u64::BITS - value.leading_zeros()).div_ceil(4).max(1);
    for index in (0..digits).rev() {
        out.push(b"0123456789abcdef"[(value >> (index * 4)) as usize & 15]);
    }
}

#[cfg(test)]
mod tests {
    use super::{is_token, is_writable, list, parse_decimal, push_decimal, push_hexadecimal};

    #[test]
    fn numbers() {
        for value in [0, 7, 10, 4_096, u64::MAX] {
            let mut out = Vec::new();
            push_decimal(&mut out, value);
            assert_eq!(out, value.to_string().as_bytes());
            assert_eq!(parse_decimal(&out), Some(value));
            out.clear();
            push_hexadecimal(&mut out, value);
            assert_eq!(out, format!("{value:x}").as_bytes());
        }
        for bad in ["", "+1", "-1", "1 ", "0x1", "18446744073709551616", "1,1"] {
            assert_eq!(parse_decimal(bad.as_bytes()), None, "{bad}");
        }
    }

    #[test]
    fn classes_and_lists() {
        assert!(is_token(b"x-Header_1!") && !is_token(b"") && !is_token(b"a b"));
        assert!(is_writable(b"caf\xe9\t") && !is_writable(b"a\r") && !is_writable(b"a\0"));
        assert_eq!(list(b" a ,b,, c\t").collect::<Vec<_>>(), [&b"a"[..], b"b", b"", b"c"]);
    }
}
