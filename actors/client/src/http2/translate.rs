//! Between the heads of HTTP/1.1, which exchanges are described by, and fields of HTTP/2.

use dx_http2::hpack::Fields;

/// A request's fields.
pub(super) struct RequestFields {
    pub(super) fields: Fields,
    /// The content waits until the server asks for it (`Expect: 100-continue`).
    pub(super) is_withheld: bool,
}

/// What a field of HTTP/1.1 becomes.
enum Fate {
    /// It belongs to the connection, or to the pseudo-header fields.
    Dropped,
    Kept,
    /// Nobody on the way may remember it.
    Sensitive,
}

/// The fields of a request by its head: request line and field lines up to an empty one. `None`
/// where it is none.
pub(super) fn request(head: &[u8], host: &str) -> Option<RequestFields> {
    let mut lines = head.split(|byte| *byte == b'\n').map(<[u8]>::trim_ascii_end);
    let mut words = lines.next()?.split(|byte| *byte == b' ');
    let (method, path) = (words.next()?, words.next()?);
    let mut authority = host.as_bytes();
    let mut is_withheld = false;
    let mut list = Vec::new();
    for line in lines.take_while(|line| !line.is_empty()) {
        let colon = line.iter().position(|byte| *byte == b':')?;
        let (name, value) = (line[..colon].to_ascii_lowercase(), line[colon + 1..].trim_ascii());
        if name == b"host" {
            authority = value;
        }
        is_withheld |= name == b"expect" && value.eq_ignore_ascii_case(b"100-continue");
        list.push((name, value));
    }
    let mut fields = Fields::default();
    fields.push(b":method", method, false);
    fields.push(b":scheme", b"https", false);
    fields.push(b":authority", authority, false);
    fields.push(b":path", path, false);
    for (name, value) in &list {
        match fate(name, value, is_withheld) {
            Fate::Dropped => {}
            Fate::Kept => fields.push(name, value, false),
            Fate::Sensitive => fields.push(name, value, true),
        }
    }
    Some(RequestFields { fields, is_withheld })
}

fn fate(name: &[u8], value: &[u8], is_withheld: bool) -> Fate {
    match name {
        b"connection" | b"keep-alive" | b"proxy-connection" | b"transfer-encoding" | b"upgrade"
        | b"host" => Fate::Dropped,
        b"te" if !value.eq_ignore_ascii_case(b"trailers") => Fate::Dropped,
        // The content may never follow.
        b"content-length" if is_withheld => Fate::Dropped,
        b"authorization" | b"cookie" | b"set-cookie" => Fate::Sensitive,
        _ => Fate::Kept,
    }
}

/// The status of a response.
pub(super) fn status_of(fields: &Fields) -> Option<u16> {
    let status = fields.iter().find(|field| field.name == b":status")?;
    std::str::from_utf8(status.value).ok()?.parse().ok()
}

/// The value of a response's field, where there is one.
pub(super) fn value_of<'fields>(fields: &'fields Fields, name: &[u8]) -> Option<&'fields [u8]> {
    fields.iter().find(|field| field.name == name).map(|field| field.value)
}

/// The head of a response as [`crate::Head`] has it; no reason goes with a status of HTTP/2.
pub(super) fn head_text(status: u16, fields: &Fields) -> Vec<u8> {
    let mut text = format!("{status} \n").into_bytes();
    for field in fields.iter().filter(|field| field.name.first() != Some(&b':')) {
        text.extend_from_slice(field.name);
        text.push(b':');
        text.extend_from_slice(field.value);
        text.push(b'\n');
    }
    text.push(b'\n');
    text
}

#[cfg(test)]
mod tests {
    use super::{Fields, head_text, request, status_of};

    fn said(head: &str) -> (String, bool) {
        let request = request(head.as_bytes(), "host").expect("a head");
        let text = String::from_utf8(request.fields.into_text()).expect("text");
        (text.replace('\n', "|"), request.is_withheld)
    }

    #[test]
    fn a_head_becomes_fields_without_what_is_the_connections() {
        let head = "POST /p?q HTTP/1.1\r\nHost: other:1\r\nX-A: b: c\r\nConnection: close\r\n\
                    TE: gzip\r\nTransfer-Encoding: chunked\r\nContent-Length: 3\r\n\r\n";
        let expected = ":method|POST|:scheme|https|:authority|other:1|:path|/p?q|x-a|b: c|\
                        content-length|3|";
        assert_eq!(said(head), (expected.to_owned(), false));
    }

    #[test]
    fn content_that_is_withheld_has_no_length() {
        let head = "PUT / HTTP/1.1\r\nExpect: 100-Continue\r\nContent-Length: 3\r\n\r\n";
        let expected = ":method|PUT|:scheme|https|:authority|host|:path|/|expect|100-Continue|";
        assert_eq!(said(head), (expected.to_owned(), true));
    }

    #[test]
    fn a_responses_fields_become_a_head_without_a_reason() {
        let fields = Fields::of_text(b":status\n200\nx-a\nb\n", |_| false);
        assert_eq!(status_of(&fields), Some(200));
        assert_eq!(head_text(200, &fields), b"200 \nx-a:b\n\n");
    }
}
