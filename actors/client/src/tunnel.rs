//! CONNECT: a proxy's connection becomes one to the target (RFC 9110 section 9.3.6).

use dx_http::{HeadScratch, Limits, MAX_HEADERS, Method, ParsedResponse, parse_response};

use crate::{
    HEAD_BYTES_MAX,
    connection::Connection,
    error::{ClientError, Malformed},
    exchange::{Proxy, Target},
};

/// Asks `proxy`, whom `connection` leads to, to connect to `target`.
pub(crate) async fn open_tunnel(
    connection: Box<Connection>,
    target: &Target,
    proxy: &Proxy,
) -> Result<Box<Connection>, ClientError> {
    let (host, port) = (&target.host, target.port);
    let mut head =
        format!("CONNECT {host}:{port} HTTP/1.1\r\nHost: {host}:{port}\r\n").into_bytes();
    head.extend_from_slice(&proxy.fields);
    head.extend_from_slice(b"\r\n");
    let closed = |error: std::io::Error| ClientError::of_connection(&error);
    connection.write(head).await.map_err(closed)?;
    let limits = Limits { head_bytes: HEAD_BYTES_MAX, headers: MAX_HEADERS };
    let (mut scratch, mut seen) = (HeadScratch::new(), Vec::new());
    loop {
        let chunk = connection.read().await.map_err(closed)?;
        if chunk.is_empty() {
            return Err(ClientError::Closed);
        }
        seen.extend_from_slice(&chunk);
        match parse_response(&seen, Method::Connect, &limits, &mut scratch) {
            ParsedResponse::Partial => {}
            ParsedResponse::Reject(rejection) => {
                return Err(ClientError::Malformed(Malformed::of_head(rejection)));
            }
            ParsedResponse::Complete(head) if !(200..300).contains(&head.status) => {
                seen.truncate(head.head_len as usize);
                return Err(ClientError::Tunnel(seen));
            }
            // The target speaks only after the client has begun TLS.
            ParsedResponse::Complete(head) if head.head_len as usize != seen.len() => {
                return Err(ClientError::Malformed(Malformed::Content));
            }
            ParsedResponse::Complete(_) => return Ok(connection),
        }
    }
}
