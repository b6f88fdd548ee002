//! The request head parsed last, kept because the next one is often the same, byte for byte:
//! clients repeat themselves within a connection, and load balancers between connections.
//!
//! What a head says depends on its own bytes and the limits alone, so that an equal one needs no
//! second reading. A head with credentials is not kept: nothing of it stays behind, and the time
//! another head takes says nothing about it.

use crate::{head::Limits, request_head::RequestHead};

/// The longest head that is kept, in bytes: what a browser sends without credentials. The copy
/// that a head costs is bounded by it too.
const KEPT_BYTES_MAX: usize = 1_024;

/// The head parsed last, if it was kept.
#[derive(Debug, Default)]
pub(crate) struct Recent {
    bytes: Vec<u8>,
    read: Option<(RequestHead, Limits)>,
}

impl Recent {
    /// What `buffer` begins with, if that is the head kept here.
    #[inline]
    pub(crate) fn find(&self, buffer: &[u8], limits: &Limits) -> Option<RequestHead> {
        let (head, kept_limits) = self.read.as_ref()?;
        (buffer.starts_with(&self.bytes) && kept_limits == limits).then_some(*head)
    }

    /// Keeps a head, whose bytes `buffer` begins with.
    pub(crate) fn keep(&mut self, buffer: &[u8], head: &RequestHead, limits: &Limits) {
        let length = head.head_len as usize;
        if length <= KEPT_BYTES_MAX {
            self.bytes.clear();
            self.bytes.extend_from_slice(&buffer[..length]);
            self.read = Some((*head, *limits));
        }
    }

    /// Forgets the head: the header table no longer is its own.
    #[inline]
    pub(crate) fn forget(&mut self) {
        self.read = None;
    }
}

#[cfg(test)]
mod tests {
    use crate::{HeadScratch, Limits, Parsed, RequestHead, parse_request};

    const FIRST: &[u8] = b"GET /a HTTP/1.1\r\nHost: one\r\nX: 1\r\n\r\n";
    const SECOND: &[u8] = b"POST /b HTTP/1.1\r\nHost: two\r\nContent-Length: 1\r\n\r\n";

    fn parse(buffer: &[u8], scratch: &mut HeadScratch) -> RequestHead {
        match parse_request(buffer, &Limits::default(), scratch) {
            Parsed::Complete(head) => head,
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn an_equal_head_is_read_as_the_first_time_whatever_follows_it() {
        let mut scratch = HeadScratch::new();
        let first = parse(FIRST, &mut scratch);
        let table = scratch.headers().to_vec();
        let followed = [FIRST, b"\r\0anything"].concat();
        assert_eq!(parse(&followed, &mut scratch), first);
        assert_eq!(scratch.headers(), table);
    }

    #[test]
    fn other_heads_and_other_limits_are_read_anew() {
        let mut scratch = HeadScratch::new();
        let first = parse(FIRST, &mut scratch);
        let second = parse(SECOND, &mut scratch);
        assert_ne!(first, second);
        assert_eq!(scratch.find(SECOND, "host"), Some(&b"two"[..]));
        assert_eq!(parse(FIRST, &mut scratch), first);
        let strict = Limits { headers: 1, ..Limits::default() };
        assert!(matches!(parse_request(FIRST, &strict, &mut scratch), Parsed::Reject(_)));
        let cut = &FIRST[..FIRST.len() - 1];
        assert_eq!(parse_request(cut, &Limits::default(), &mut scratch), Parsed::Partial);
    }

    #[test]
    fn a_rejected_head_leaves_no_table_to_an_earlier_one() {
        let mut scratch = HeadScratch::new();
        let first = parse(FIRST, &mut scratch);
        let bad = b"GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\nY: 1\r\n\r\n";
        let rejected = parse_request(bad, &Limits::default(), &mut scratch);
        assert!(matches!(rejected, Parsed::Reject(_)));
        assert_eq!(parse(FIRST, &mut scratch), first);
        assert_eq!(scratch.find(FIRST, "x"), Some(&b"1"[..]));
    }

    #[test]
    fn a_head_with_credentials_is_not_kept() {
        for field in ["Cookie: a=b", "authorization: Basic YTpi", "Proxy-Authorization: x"] {
            let mut scratch = HeadScratch::new();
            let head = format!("GET / HTTP/1.1\r\nHost: a\r\n{field}\r\n\r\n");
            parse(head.as_bytes(), &mut scratch);
            assert!(scratch.recent.find(head.as_bytes(), &Limits::default()).is_none(), "{field}");
        }
    }
}
