//! Finding bytes in bytes, from a place on or back from it.

use memchr::memmem;

/// Where a search for `needle_length` bytes begins, from the offset a program gave: negative ones
/// count from the end. `None` where nothing can be found.
pub(crate) fn start(
    length: usize,
    offset: f64,
    needle_length: usize,
    forward: bool,
) -> Option<usize> {
    let whole = length as f64;
    if offset < 0.0 {
        return match offset + whole {
            from_start if from_start >= 0.0 => Some(from_start as usize),
            _ if forward || needle_length == 0 => Some(0),
            _ => None,
        };
    }
    if offset + needle_length as f64 <= whole {
        return Some(offset as usize);
    }
    match (needle_length, forward) {
        (0, _) => Some(length),
        (_, true) => None,
        (_, false) => Some(length.saturating_sub(1)),
    }
}

/// The first place of `needle` at or after `from`.
pub(crate) fn first(bytes: &[u8], needle: &[u8], from: usize) -> Option<usize> {
    let rest = bytes.get(from..)?;
    let found = match needle {
        [] => Some(0),
        [byte] => memchr::memchr(*byte, rest),
        _ => memmem::find(rest, needle),
    };
    found.map(|at| from + at)
}

/// The last place of `needle` that begins at or before `from`.
pub(crate) fn last(bytes: &[u8], needle: &[u8], from: usize) -> Option<usize> {
    let end = (from + needle.len()).min(bytes.len());
    match needle {
        [] => Some(from.min(bytes.len())),
        [byte] => memchr::memrchr(*byte, &bytes[..end]),
        _ => memmem::rfind(&bytes[..end], needle),
    }
}

/// The first place of `needle` at or after `from` that is even.
pub(crate) fn first_pair(bytes: &[u8], needle: &[u8], from: usize) -> Option<usize> {
    if needle.len() < 2 {
        return None;
    }
    let needle = &needle[..needle.len() & !1];
    let mut at = from & !1;
    loop {
        at = first(bytes, needle, at)?;
        if at % 2 == 0 {
            return Some(at);
        }
        at += 1;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn offsets_count_from_either_end() {
        assert_eq!(start(10, -3.0, 1, true), Some(7));
        assert_eq!(start(10, -30.0, 1, true), Some(0));
        assert_eq!(start(10, -30.0, 1, false), None);
        assert_eq!(start(10, 9.0, 2, true), None);
        assert_eq!(start(10, 9.0, 2, false), Some(9));
        assert_eq!(start(10, 99.0, 0, true), Some(10));
    }

    #[test]
    fn places_are_the_first_and_the_last() {
        assert_eq!(first(b"abcabc", b"bc", 2), Some(4));
        assert_eq!(last(b"abcabc", b"bc", 5), Some(4));
        assert_eq!(last(b"abcabc", b"bc", 3), Some(1));
        assert_eq!(first(b"abc", b"", 1), Some(1));
        assert_eq!(first_pair(b"\0aa\0a\0", b"a\0", 0), Some(4));
    }
}
