//! What a run does: the library's input.

use std::time::Duration;

use dx_driver::DriverKind;
use dx_http::{HeaderError, RequestBody, RequestOptions, write_request_head};

use crate::target::Target;

/// One run against one URL.
#[derive(Clone, PartialEq, Debug)]
pub struct Plan {
    /// Where to.
    pub target: Target,
    /// The request method.
    pub method: String,
    /// Further header lines, in order; a Host among them replaces the URL's.
    pub headers: Vec<(String, String)>,
    /// The request's content.
    pub body: Vec<u8>,
    /// Generator threads, each with its own reactor; at most one a connection is used.
    pub threads: usize,
    /// Connections of all threads together.
    pub connections: usize,
    /// Requests in flight on one connection. In a closed loop they are sent at once, and the
    /// next when all are answered.
    pub pipeline: usize,
    /// Requests a second of all threads together: an open loop. `None`: a closed loop.
    pub rate: Option<f64>,
    /// How long to measure; `None`: until `requests` are answered.
    pub duration: Option<Duration>,
    /// How many requests to measure; `None`: as many as fit into `duration`.
    pub requests: Option<u64>,
    /// How long to run before anything is counted.
    pub warm_up: Duration,
    /// How long a connection or an answer may take.
    pub timeout: Duration,
    /// Whether connections are used again.
    pub keep_alive: bool,
    /// The generator's own driver; `None`: the best the kernel allows.
    pub driver: Option<DriverKind>,
}

impl Plan {
    /// The defaults: GET in a closed loop on 64 connections for ten seconds.
    ///
    /// Half of the processors generate load by default: the other half is left to the server,
    /// which a first run usually has on the same machine.
    #[must_use]
    pub fn new(target: Target) -> Self {
        const CONNECTIONS: usize = 64;
        let processors = std::thread::available_parallelism().map_or(1, usize::from);
        Self {
            target,
            method: "GET".to_owned(),
            headers: Vec::new(),
            body: Vec::new(),
            threads: (processors / 2).max(1),
            connections: CONNECTIONS,
            pipeline: 1,
            rate: None,
            duration: Some(Duration::from_secs(10)),
            requests: None,
            warm_up: Duration::ZERO,
            timeout: Duration::from_secs(10),
            keep_alive: true,
            driver: None,
        }
    }

    /// The bytes of one request.
    ///
    /// # Errors
    /// Where the method or a header line cannot be written as HTTP.
    pub fn request_bytes(&self) -> Result<Vec<u8>, HeaderError> {
        let expects_length = ["POST", "PUT", "PATCH"].contains(&self.method.as_str());
        let body = match self.body.len() as u64 {
            0 if !expects_length => RequestBody::None,
            length => RequestBody::Length(length),
        };
        let options = RequestOptions {
            method: self.method.as_bytes(),
            target: self.target.path.as_bytes(),
            host: self.target.authority.as_bytes(),
            body,
            keep_alive: self.keep_alive,
        };
        let headers = self.headers.iter();
        let headers = headers.map(|(name, value)| (name.as_bytes(), value.as_bytes()));
        let mut bytes = Vec::new();
        write_request_head(&mut bytes, &options, headers)?;
        bytes.extend_from_slice(&self.body);
        Ok(bytes)
    }
}

#[cfg(test)]
mod tests {
    use super::Plan;
    use crate::target::Target;

    #[test]
    fn requests_as_they_go_out() {
        let target = Target::parse("http://a:1/x").expect("a URL");
        let mut plan = Plan::new(target);
        let text = |plan: &Plan| String::from_utf8(plan.request_bytes().expect("valid")).ok();
        assert_eq!(text(&plan).as_deref(), Some("GET /x HTTP/1.1\r\nHost: a:1\r\n\r\n"));
        plan.method = "POST".to_owned();
        plan.headers.push(("X".to_owned(), "y".to_owned()));
        plan.body = b"abc".to_vec();
        plan.keep_alive = false;
        let expected = "POST /x HTTP/1.1\r\nHost: a:1\r\nX: y\r\nContent-Length: 3\r\n\
            Connection: close\r\n\r\nabc";
        assert_eq!(text(&plan).as_deref(), Some(expected));
        plan.headers.push(("X".to_owned(), "y\r\nz".to_owned()));
        assert!(plan.request_bytes().is_err());
    }
}
