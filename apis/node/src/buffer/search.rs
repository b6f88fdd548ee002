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
        [head, ..] => last_from_head(&bytes[..end], needle, *head),
    }
}

/// How many wrong places with the right first byte are tried one by one.
const TRIES_MAX: usize = 64;

fn last_from_head(bytes: &[u8], needle: &[u8], head: u8) -> Option<usize> {
    let mut limit = (bytes.len() + 1).saturating_sub(needle.len());
    for _ in 0..TRIES_MAX {
        let at = memchr::memrchr(head, &bytes[..limit])?;
        if bytes[at..].starts_with(needle) {
            return Some(at);
        }
        limit = at;
    }
    memmem::rfind(&bytes[..limit + needle.len() - 1], needle)
}

/// The place of `needle` that is even: the first from `from` on, or the last back from it.
pub(crate) fn pair(bytes: &[u8], needle: &[u8], from: usize, forward: bool) -> Option<usize> {
    match needle {
        [] => return Some(from),
        [_] => return None,
        _ => {}
    }
    let mut from = from & !1;
    let needle = &needle[..needle.len() & !1];
    loop {
        let at = if forward { first(bytes, needle, from)? } else { last(bytes, needle, from)? };
        if at % 2 == 0 {
            return Some(at);
        }
        // An odd place is at least 1.
        from = if forward { at + 1 } else { at - 1 };
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
        assert_eq!(pair(b"\0aa\0a\0", b"a\0", 0, true), Some(2));
        assert_eq!(pair(b"0a\0aa\0", b"a\0", 0, true), Some(4));
        assert_eq!(pair(b"a\0a\0a\0a", b"\0a", 7, false), None);
        assert_eq!(pair(b"a\0ba\0\0", b"a\0", 5, false), Some(0));
    }
}
