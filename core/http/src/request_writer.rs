//! The request writer, for clients.

use crate::{
    response_writer::{HeaderError, write_header},
    text,
};

/// What a request's content is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum RequestBody {
    /// None, and no framing field.
    None,
    /// This many bytes; also for an empty POST.
    Length(u64),
    /// Chunks: [`crate::write_chunk`], [`crate::write_last_chunk`].
    Chunked,
}

/// One request's head.
#[derive(Clone, Copy, Debug)]
pub struct RequestOptions<'a> {
    /// The method, a token.
    pub method: &'a [u8],
    /// The target in any of its forms.
    pub target: &'a [u8],
    /// The Host field, written first unless the headers have one.
    pub host: &'a [u8],
    /// What follows the head.
    pub body: RequestBody,
    /// Whether the connection is to stay; otherwise `Connection: close` is written.
    pub keep_alive: bool,
}

/// Appends a request head. The program's own Content-Length and Transfer-Encoding are left out:
/// the framing is `options.body`'s.
///
/// # Errors
/// [`HeaderError`] if a line cannot be written safely; `out` is then as it was.
pub fn write_request_head<'h>(
    out: &mut Vec<u8>,
    options: &RequestOptions<'_>,
    headers: impl IntoIterator<Item = (&'h [u8], &'h [u8])> + Clone,
) -> Result<(), HeaderError> {
    let before = out.len();
    let result = write_parts(out, options, headers);
    if result.is_err() {
        out.truncate(before);
    }
    result
}

fn write_parts<'h>(
    out: &mut Vec<u8>,
    options: &RequestOptions<'_>,
    headers: impl IntoIterator<Item = (&'h [u8], &'h [u8])> + Clone,
) -> Result<(), HeaderError> {
    if !text::is_token(options.method) {
        return Err(HeaderError::Name);
    }
    let target_is_valid = options.target.iter().all(|byte| *byte > b' ' && *byte != 0x7f);
    if options.target.is_empty() || !target_is_valid {
        return Err(HeaderError::Line);
    }
    out.extend_from_slice(options.method);
    out.push(b' ');
    out.extend_from_slice(options.target);
    out.extend_from_slice(b" HTTP/1.1\r\n");
    let names_host = |(name, _): (&[u8], &[u8])| name.eq_ignore_ascii_case(b"host");
    if !headers.clone().into_iter().any(names_host) {
        write_header(out, b"Host", options.host)?;
    }
    let mut connection = false;
    for (name, value) in headers {
        let framing = name.eq_ignore_ascii_case(b"content-length")
            || name.eq_ignore_ascii_case(b"transfer-encoding");
        connection |= name.eq_ignore_ascii_case(b"connection");
        if !framing {
            write_header(out, name, value)?;
        }
    }
    match options.body {
        RequestBody::None => {}
        RequestBody::Chunked => out.extend_from_slice(b"Transfer-Encoding: chunked\r\n"),
        RequestBody::Length(length) => {
            out.extend_from_slice(b"Content-Length: ");
            text::push_decimal(out, length);
            out.extend_from_slice(b"\r\n");
        }
    }
    if !options.keep_alive && !connection {
        out.extend_from_slice(b"Connection: close\r\n");
    }
    out.extend_from_slice(b"\r\n");
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::{RequestBody, RequestOptions, write_request_head};
    use crate::response_writer::HeaderError;

    const PLAIN: RequestOptions<'_> = RequestOptions {
        method: b"GET",
        target: b"/",
        host: b"a:1",
        body: RequestBody::None,
        keep_alive: true,
    };

    fn write(
        options: &RequestOptions<'_>,
        headers: &[(&str, &str)],
    ) -> Result<String, HeaderError> {
        let mut out = Vec::new();
        let pairs = headers.iter().map(|(name, value)| (name.as_bytes(), value.as_bytes()));
        write_request_head(&mut out, options, pairs)?;
        Ok(String::from_utf8_lossy(&out).into_owned())
    }

    /// Options, the program's headers, the head with bars for line ends.
    type Case<'a> = (&'a RequestOptions<'a>, &'a [(&'a str, &'a str)], &'a str);

    #[test]
    fn heads_as_they_go_out() {
        let post = RequestOptions { method: b"POST", body: RequestBody::Length(0), ..PLAIN };
        let chunked = RequestOptions { body: RequestBody::Chunked, keep_alive: false, ..post };
        let cases: [Case<'_>; 4] = [
            (&PLAIN, &[], "GET / HTTP/1.1|Host: a:1"),
            (&PLAIN, &[("hOST", "b"), ("x", "y")], "GET / HTTP/1.1|hOST: b|x: y"),
            (&post, &[("content-length", "7")], "POST / HTTP/1.1|Host: a:1|Content-Length: 0"),
            (
                &chunked,
                &[],
                "POST / HTTP/1.1|Host: a:1|Transfer-Encoding: chunked|Connection: close",
            ),
        ];
        for (options, headers, expected) in cases {
            let expected = format!("{}\r\n\r\n", expected.replace('|', "\r\n"));
            assert_eq!(write(options, headers), Ok(expected));
        }
    }

    #[test]
    fn nothing_can_be_injected() {
        assert_eq!(write(&PLAIN, &[("a", "b\r\nc")]), Err(HeaderError::Value));
        assert_eq!(write(&PLAIN, &[("a b", "c")]), Err(HeaderError::Name));
        for target in [&b"/ HTTP/1.1"[..], b"/\r\n", b""] {
            assert_eq!(write(&RequestOptions { target, ..PLAIN }, &[]), Err(HeaderError::Line));
        }
        let method = RequestOptions { method: b"GET /", ..PLAIN };
        assert_eq!(write(&method, &[]), Err(HeaderError::Name));
        let host = RequestOptions { host: b"a\r\nb: c", ..PLAIN };
        assert_eq!(write(&host, &[]), Err(HeaderError::Value));
    }
}
