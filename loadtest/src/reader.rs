//! Reads a connection's responses, at as little cost as it can.
//!
//! A server under load answers with the same head again and again. The last head is kept with
//! what it meant, and a response that begins with the same bytes is not parsed again: the parser
//! is a function of those bytes, which end with the head's empty line.

use dx_http::{
    BodyDecoder, BodyEvent, BodyLength, BodyLimits, HeadScratch, Limits, Method, ParsedResponse,
    Rejection, ResponseHead, parse_response,
};

/// Heads are not limited by policy here, only against a server that never ends one.
const LIMITS: Limits = Limits { head_bytes: 1024 * 1024, headers: dx_http::MAX_HEADERS };

/// The last head seen by a thread, and what it meant.
#[derive(Debug)]
pub(crate) struct HeadCache {
    method: Method,
    bytes: Vec<u8>,
    head: Option<ResponseHead>,
    scratch: HeadScratch,
}

impl HeadCache {
    pub(crate) fn new(method: Method) -> Self {
        Self { method, bytes: Vec::new(), head: None, scratch: HeadScratch::new() }
    }

    #[inline]
    fn parse(&mut self, buffer: &[u8]) -> ParsedResponse {
        match self.head {
            Some(head) if buffer.starts_with(&self.bytes) => ParsedResponse::Complete(head),
            _ => self.parse_anew(buffer),
        }
    }

    fn parse_anew(&mut self, buffer: &[u8]) -> ParsedResponse {
        let parsed = parse_response(buffer, self.method, &LIMITS, &mut self.scratch);
        if let ParsedResponse::Complete(head) = parsed {
            self.bytes.clear();
            self.bytes.extend_from_slice(&buffer[..head.head_len as usize]);
            self.head = Some(head);
        }
        parsed
    }
}

/// One complete response.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) keep_alive: bool,
}

/// What the end of a connection means to the response it interrupts.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum AtEnd {
    /// Nothing was being received.
    Between,
    /// The response was delimited by the end.
    Completes(Answer),
    /// The response is incomplete.
    Truncates,
}

#[derive(Debug)]
enum State {
    Head,
    /// Content whose bytes only need to be counted.
    Skip(u64),
    Decode(BodyDecoder),
}

/// The receiving side of one connection.
#[derive(Debug)]
pub(crate) struct ResponseReader {
    state: State,
    answer: Answer,
    /// The beginning of a head that has not come whole.
    partial: Vec<u8>,
}

impl ResponseReader {
    pub(crate) fn new() -> Self {
        let answer = Answer { status: 0, keep_alive: true };
        Self { state: State::Head, answer, partial: Vec::new() }
    }

    /// Takes received bytes and reports each response they complete.
    pub(crate) fn feed(
        &mut self,
        cache: &mut HeadCache,
        input: &[u8],
        sink: &mut impl FnMut(Answer),
    ) -> Result<(), Rejection> {
        if self.partial.is_empty() {
            let used = self.consume(cache, input, sink)?;
            self.partial.extend_from_slice(&input[used..]);
            return Ok(());
        }
        let mut whole = std::mem::take(&mut self.partial);
        whole.extend_from_slice(input);
        let used = self.consume(cache, &whole, sink)?;
        whole.drain(..used);
        self.partial = whole;
        Ok(())
    }

    pub(crate) fn at_end(&self) -> AtEnd {
        match &self.state {
            State::Head if self.partial.is_empty() => AtEnd::Between,
            State::Decode(decoder) if decoder.may_end_here() => AtEnd::Completes(self.answer),
            _ => AtEnd::Truncates,
        }
    }

    /// Returns how many bytes were used: all but the beginning of a head.
    fn consume(
        &mut self,
        cache: &mut HeadCache,
        input: &[u8],
        sink: &mut impl FnMut(Answer),
    ) -> Result<usize, Rejection> {
        let mut position = 0;
        while position < input.len() {
            let rest = &input[position..];
            let (used, ended) = match &mut self.state {
                State::Head => match cache.parse(rest) {
                    ParsedResponse::Partial => return Ok(position),
                    ParsedResponse::Reject(rejection) => return Err(rejection),
                    ParsedResponse::Complete(head) => self.begin(&head, rest.len()),
                },
                State::Skip(left) => {
                    let used = rest.len().min(usize::try_from(*left).unwrap_or(usize::MAX));
                    *left -= used as u64;
                    (used, *left == 0)
                }
                State::Decode(decoder) => match decoder.next(rest) {
                    BodyEvent::Data(range) => (range.end, false),
                    BodyEvent::Need => (rest.len(), false),
                    BodyEvent::End { consumed } => (consumed, true),
                    BodyEvent::Reject(rejection) => return Err(rejection),
                },
            };
            position += used;
            if ended {
                self.state = State::Head;
                sink(self.answer);
            }
        }
        Ok(position)
    }

    /// Acts on a complete head: how many bytes it used, and whether its response is over.
    fn begin(&mut self, head: &ResponseHead, available: usize) -> (usize, bool) {
        let head_len = head.head_len as usize;
        if head.status < 200 && head.status != 101 {
            return (head_len, false); // interim: the final response is still to come
        }
        self.answer = Answer { status: head.status, keep_alive: head.keep_alive };
        match head.body {
            BodyLength::None => (head_len, true),
            BodyLength::Length(length) if length <= (available - head_len) as u64 => {
                (head_len + length as usize, true)
            }
            BodyLength::Length(length) => {
                self.state = State::Skip(length);
                (head_len, false)
            }
            framing => {
                self.state = State::Decode(BodyDecoder::new(framing, &BodyLimits::default()));
                (head_len, false)
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Answer, AtEnd, HeadCache, ResponseReader};
    use dx_http::Method;

    const WIRE: &[u8] = b"HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nabc\
        HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nHTT\
        HTTP/1.1 100 Continue\r\n\r\n\
        HTTP/1.1 201 Created\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n\
        HTTP/1.1 204 No Content\r\n\r\n\
        HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n\
        HTTP/1.1 404 Not Found\r\nContent-Length: 2\r\nConnection: close\r\n\r\nno";

    fn statuses(pieces: &[&[u8]]) -> (Vec<u16>, bool, AtEnd) {
        let mut cache = HeadCache::new(Method::Get);
        let mut reader = ResponseReader::new();
        let mut answers: Vec<Answer> = Vec::new();
        for piece in pieces {
            let fed = reader.feed(&mut cache, piece, &mut |answer| answers.push(answer));
            fed.expect("well-formed responses");
        }
        let keep_alive = answers.last().is_some_and(|answer| answer.keep_alive);
        (answers.iter().map(|answer| answer.status).collect(), keep_alive, reader.at_end())
    }

    #[test]
    fn responses_cut_anywhere_are_counted_alike() {
        let expected = (vec![200, 200, 201, 204, 200, 404], false, AtEnd::Between);
        assert_eq!(statuses(&[WIRE]), expected);
        let bytes: Vec<_> = WIRE.chunks(1).collect();
        assert_eq!(statuses(&bytes), expected);
        for cut in 1..WIRE.len() {
            let (first, second) = WIRE.split_at(cut);
            assert_eq!(statuses(&[first, second]), expected, "cut at {cut}");
        }
    }

    #[test]
    fn the_end_of_a_connection_has_a_meaning() {
        let open = statuses(&[b"HTTP/1.1 200 OK\r\n\r\nabc"]).2;
        assert_eq!(open, AtEnd::Completes(Answer { status: 200, keep_alive: false }));
        assert_eq!(statuses(&[b"HTTP/1.1 200"]).2, AtEnd::Truncates);
        assert_eq!(statuses(&[&WIRE[..40]]).2, AtEnd::Truncates);
        assert_eq!(statuses(&[]).2, AtEnd::Between);
    }

    #[test]
    fn a_different_head_is_not_taken_for_the_last() {
        let mut cache = HeadCache::new(Method::Get);
        let mut reader = ResponseReader::new();
        let mut seen = Vec::new();
        for status in [200, 500, 200, 503, 503] {
            let wire = format!("HTTP/1.1 {status} X\r\nContent-Length: 1\r\n\r\nx");
            let fed = reader.feed(&mut cache, wire.as_bytes(), &mut |a| seen.push(a.status));
            fed.expect("well-formed responses");
        }
        assert_eq!(seen, [200, 500, 200, 503, 503]);
    }

    #[test]
    fn what_is_not_http_is_an_error() {
        let mut cache = HeadCache::new(Method::Get);
        let fed = ResponseReader::new().feed(&mut cache, b"SSH-2.0-x\r\n", &mut |_| {});
        assert!(fed.is_err());
    }
}
