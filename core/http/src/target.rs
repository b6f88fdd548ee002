//! The four forms of a request target (RFC 9112 section 3.2).

use crate::{head::Span, method::Method, rejection::Rejection, text};

/// Which form the request target has.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum TargetForm {
    /// `/path?query`.
    Origin,
    /// `http://host/path?query`.
    Absolute,
    /// `host:port`, of CONNECT.
    Authority,
    /// `*`, of OPTIONS.
    Asterisk,
}

/// A request target taken apart.
pub(crate) struct Target {
    pub(crate) form: TargetForm,
    /// Where the target itself names a host.
    pub(crate) authority: Option<Span>,
    /// Path and query; empty in the authority form and in an absolute form without a path.
    pub(crate) path: Span,
}

/// Takes a target apart. The parser has already refused control characters, spaces and bytes
/// that are not UTF-8; other characters RFC 3986 would have escaped are let through, as browsers
/// send them.
pub(crate) fn parse_target(head: &[u8], target: Span, method: Method) -> Result<Target, Rejection> {
    let bytes = target.of(head);
    let (form, authority, path) = match (bytes, method) {
        (_, Method::Connect) => {
            if !is_host_and_port(bytes) {
                return Err(Rejection::bad("CONNECT to something else than host:port"));
            }
            (TargetForm::Authority, Some(target), Span { start: target.start, len: 0 })
        }
        ([b'/', ..], _) => (TargetForm::Origin, None, target),
        (b"*", Method::Options) => (TargetForm::Asterisk, None, target),
        _ => return parse_absolute(head, target),
    };
    Ok(Target { form, authority, path })
}

fn parse_absolute(head: &[u8], target: Span) -> Result<Target, Rejection> {
    const WRONG: Rejection = Rejection::bad("invalid request target");
    let bytes = target.of(head);
    let scheme_end = bytes.iter().position(|byte| *byte == b':').ok_or(WRONG)?;
    let scheme = &bytes[..scheme_end];
    if !scheme.eq_ignore_ascii_case(b"http") && !scheme.eq_ignore_ascii_case(b"https") {
        return Err(WRONG);
    }
    let rest = bytes[scheme_end + 1..].strip_prefix(b"//").ok_or(WRONG)?;
    let authority_end =
        rest.iter().position(|byte| matches!(byte, b'/' | b'?' | b'#')).unwrap_or(rest.len());
    let authority = &rest[..authority_end];
    // An "@" (userinfo) is not an authority character: RFC 9110 section 4.2.4 distrusts it.
    if authority.is_empty() || !text::is_authority(authority) {
        return Err(WRONG);
    }
    let authority_start = target.start as usize + scheme_end + 3;
    let path_start = authority_start + authority_end;
    Ok(Target {
        form: TargetForm::Absolute,
        authority: Some(Span::new(authority_start, authority_end)),
        path: Span::new(path_start, rest.len() - authority_end),
    })
}

fn is_host_and_port(bytes: &[u8]) -> bool {
    let Some(colon) = bytes.iter().rposition(|byte| *byte == b':') else {
        return false;
    };
    let (host, port) = (&bytes[..colon], &bytes[colon + 1..]);
    let port_is_valid = text::parse_decimal(port).is_some_and(|port| port <= u64::from(u16::MAX));
    !host.is_empty() && text::is_authority(host) && port_is_valid
}
