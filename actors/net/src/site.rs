//! A site: what one listening server serves, as its shards know it.

use std::sync::Arc;

use bytes::Bytes;
use dx_http::{HeaderError, ResponseBody, ResponseOptions, Version, write_response_head};
use dx_tls::ServerSettings;

use crate::router::{RouteId, Router};

/// Where a route leads.
#[derive(Clone, Debug)]
pub enum RouteTarget {
    /// To a handler of the script, by its number.
    Script(u32),
    /// To a response that never changes.
    Static(Arc<StaticResponse>),
}

/// Limits and habits of a site.
#[derive(Clone, Debug)]
pub struct SiteSettings {
    /// Bytes of content a request may have.
    pub body_bytes_max: u64,
    /// Seconds a connection may be silent; 0: for ever.
    pub idle_timeout_s: u32,
    /// TLS, where it is spoken.
    pub tls: Option<ServerSettings>,
    /// It listens on a socket of the file system, whose clients have no address.
    pub is_local: bool,
}

/// One version of a site; replaced as a whole when its server reloads.
#[derive(Debug)]
pub struct Site {
    /// The number the script side knows it by.
    pub number: u32,
    /// Limits.
    pub settings: SiteSettings,
    /// Paths to routes.
    pub router: Router,
    /// What the routes lead to, by route id.
    pub targets: Vec<RouteTarget>,
}

impl Site {
    /// The target of a route.
    pub(crate) fn target(&self, route: RouteId) -> Option<&RouteTarget> {
        self.targets.get(route as usize)
    }
}

/// A response that is the same for every request but for its date.
#[derive(Debug)]
pub struct StaticResponse {
    status: u16,
    status_text: Vec<u8>,
    headers: Vec<(Vec<u8>, Vec<u8>)>,
    etag: Option<Vec<u8>>,
    body: Bytes,
    /// A reply to a plain 1.1 request, up to the date and from its end.
    before_date: Vec<u8>,
    after_date: Vec<u8>,
}

/// Stands where the date goes while a reply is prepared.
const DATE_MARK: [u8; 29] = [b'?'; 29];

/// A request, as far as a static response depends on it.
pub(crate) struct StaticRequest<'a> {
    pub(crate) version: Version,
    pub(crate) head_request: bool,
    pub(crate) keep_alive: bool,
    pub(crate) if_none_match: Option<&'a [u8]>,
}

impl StaticResponse {
    /// A response with these headers, written in this order.
    ///
    /// # Errors
    /// [`HeaderError`] where status or a header cannot be written.
    pub fn new(
        status: u16,
        status_text: Vec<u8>,
        headers: Vec<(Vec<u8>, Vec<u8>)>,
        body: Bytes,
    ) -> Result<Self, HeaderError> {
        let is_etag = |name: &[u8]| name.eq_ignore_ascii_case(b"etag");
        let etag = headers.iter().find(|(name, _)| is_etag(name)).map(|(_, value)| value.clone());
        let mut response = Self {
            status,
            status_text,
            headers,
            etag,
            body,
            before_date: Vec::new(),
            after_date: Vec::new(),
        };
        response.prepare()?;
        Ok(response)
    }

    fn prepare(&mut self) -> Result<(), HeaderError> {
        let plain = StaticRequest {
            version: Version::Http11,
            head_request: false,
            keep_alive: true,
            if_none_match: None,
        };
        let mut whole = Vec::new();
        self.write_slow(&mut whole, &plain, self.status, &DATE_MARK)?;
        if let Some(at) = whole.windows(DATE_MARK.len()).position(|window| window == DATE_MARK) {
            self.after_date = whole.split_off(at + DATE_MARK.len());
            whole.truncate(at);
            self.before_date = whole;
        }
        Ok(())
    }

    fn write_slow(
        &self,
        out: &mut Vec<u8>,
        request: &StaticRequest<'_>,
        status: u16,
        date: &[u8; 29],
    ) -> Result<bool, HeaderError> {
        let options = ResponseOptions {
            status,
            status_text: if status == self.status { &self.status_text } else { b"" },
            body: ResponseBody::Length(self.body.len() as u64),
            date,
            version: request.version,
            head_request: request.head_request,
            keep_alive: request.keep_alive,
        };
        let headers = self.headers.iter().map(|(name, value)| (&name[..], &value[..]));
        let delivery = write_response_head(out, &options, headers)?;
        if delivery.coding != dx_http::BodyCoding::None {
            out.extend_from_slice(&self.body);
        }
        Ok(delivery.keep_alive)
    }

    /// Appends the reply to one request; whether the connection stays open.
    pub(crate) fn write(
        &self,
        out: &mut Vec<u8>,
        request: &StaticRequest<'_>,
        date: &[u8; 29],
    ) -> bool {
        let fresh = self.is_fresh(request.if_none_match);
        let plain = request.version == Version::Http11 && request.keep_alive;
        if plain && !request.head_request && !fresh && !self.before_date.is_empty() {
            out.extend_from_slice(&self.before_date);
            out.extend_from_slice(date);
            out.extend_from_slice(&self.after_date);
            return true;
        }
        let status = if fresh { 304 } else { self.status };
        // `new` has already written the same headers once, so this cannot fail.
        self.write_slow(out, request, status, date).unwrap_or(false)
    }

    /// Whether the client's copy is still good (RFC 9110 section 13.1.2, weak comparison).
    fn is_fresh(&self, if_none_match: Option<&[u8]>) -> bool {
        let (Some(etag), Some(wanted)) = (&self.etag, if_none_match) else {
            return false;
        };
        if self.status != 200 {
            return false;
        }
        let strip = |tag: &[u8]| tag.strip_prefix(b"W/").unwrap_or(tag).to_vec();
        let own = strip(etag);
        wanted
            .split(|byte| *byte == b',')
            .map(<[u8]>::trim_ascii)
            .any(|tag| tag == b"*" || strip(tag) == own)
    }
}

#[cfg(test)]
mod tests {
    use super::{StaticRequest, StaticResponse};
    use bytes::Bytes;
    use dx_http::Version;

    const DATE: &[u8; 29] = b"Thu, 01 Jan 1970 00:00:00 GMT";

    fn response() -> StaticResponse {
        let headers = vec![
            (b"Content-Type".to_vec(), b"text/plain".to_vec()),
            (b"etag".to_vec(), b"\"1\"".to_vec()),
        ];
        StaticResponse::new(200, Vec::new(), headers, Bytes::from_static(b"st")).unwrap()
    }

    fn write(request: &StaticRequest<'_>) -> (String, bool) {
        let mut out = Vec::new();
        let keep_alive = response().write(&mut out, request, DATE);
        (String::from_utf8(out).unwrap(), keep_alive)
    }

    const PLAIN: StaticRequest<'static> = StaticRequest {
        version: Version::Http11,
        head_request: false,
        keep_alive: true,
        if_none_match: None,
    };

    #[test]
    fn a_plain_reply_is_the_prepared_one() {
        let (text, keep_alive) = write(&PLAIN);
        let wanted = "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\netag: \"1\"\r\n\
                      Date: Thu, 01 Jan 1970 00:00:00 GMT\r\nContent-Length: 2\r\n\r\nst";
        assert_eq!((text.as_str(), keep_alive), (wanted, true));
    }

    #[test]
    fn a_head_request_gets_no_content() {
        let (text, _) = write(&StaticRequest { head_request: true, ..PLAIN });
        assert!(text.contains("Content-Length: 2\r\n") && text.ends_with("\r\n\r\n"), "{text}");
    }

    #[test]
    fn a_fresh_copy_is_not_sent_again() {
        for tag in ["\"1\"", "W/\"1\"", "\"0\", \"1\"", "*"] {
            let request = StaticRequest { if_none_match: Some(tag.as_bytes()), ..PLAIN };
            assert!(write(&request).0.starts_with("HTTP/1.1 304 "), "{tag}");
        }
        let other = StaticRequest { if_none_match: Some(b"\"2\""), ..PLAIN };
        assert!(write(&other).0.starts_with("HTTP/1.1 200 "));
    }

    #[test]
    fn a_closing_connection_is_told_so() {
        let (text, keep_alive) = write(&StaticRequest { keep_alive: false, ..PLAIN });
        assert!(text.contains("Connection: close\r\n") && !keep_alive);
    }
}
