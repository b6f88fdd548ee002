//! What the baseline servers share: the command line, the answer, and a parser for keep-alive
//! GET requests without bodies. Anything else ends the connection. No I/O here.

#![forbid(unsafe_code)]

use std::net::SocketAddr;

/// Requests larger than this end the connection, in bytes.
pub const REQUEST_BYTES_MAX: usize = 16 * 1024;

/// The whole answer of the servers that write bytes themselves.
pub const ANSWER: &[u8] = b"HTTP/1.1 200 OK\r\ncontent-type: text/plain;charset=utf-8\r\n\
Date: Thu, 01 Jan 1970 00:00:00 GMT\r\nContent-Length: 13\r\n\r\nHello, World!";

/// The loopback address with the port of the command line (3000 without one).
#[must_use]
pub fn address() -> SocketAddr {
    let port = std::env::args().nth(1).and_then(|port| port.parse().ok()).unwrap_or(3000);
    SocketAddr::from(([127, 0, 0, 1], port))
}

/// Appends an answer to `output` for each whole request at the front of `input` and returns the
/// number of bytes read of it, or nothing when the input is no HTTP request.
pub fn answer_requests(input: &[u8], output: &mut Vec<u8>) -> Option<usize> {
    let mut taken = 0;
    while taken < input.len() {
        let mut headers = [httparse::EMPTY_HEADER; 32];
        let mut request = httparse::Request::new(&mut headers);
        match request.parse(&input[taken..]).ok()? {
            httparse::Status::Complete(length) => {
                output.extend_from_slice(ANSWER);
                taken += length;
            }
            httparse::Status::Partial if input.len() - taken > REQUEST_BYTES_MAX => return None,
            httparse::Status::Partial => break,
        }
    }
    Some(taken)
}

#[cfg(test)]
mod tests {
    use super::{ANSWER, answer_requests};

    #[test]
    fn whole_requests_are_answered_and_the_rest_is_left() {
        let mut output = Vec::new();
        let input = b"GET / HTTP/1.1\r\nHost: a\r\n\r\nGET / HTTP/1.1\r\nHost: a\r\n\r\nGET /";
        let taken = answer_requests(input, &mut output);
        assert_eq!(taken, Some(input.len() - 5));
        assert_eq!(output, [ANSWER, ANSWER].concat());
    }

    #[test]
    fn what_is_no_request_is_refused() {
        assert_eq!(answer_requests(b"\0\0\0\0 nothing", &mut Vec::new()), None);
    }
}
