//! What the servers are asked: routes, numbers of connections, requests in flight.

/// A route of the compared servers.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Route {
    /// What the tables call it.
    pub(crate) name: &'static str,
    /// The path asked for.
    pub(crate) path: &'static str,
    /// The request's method.
    pub(crate) method: &'static str,
    /// Bytes of the request's body, all `x`.
    pub(crate) body_bytes: usize,
    /// How the answer's body begins.
    pub(crate) answer_start: &'static str,
    /// The length of the answer's body in bytes.
    pub(crate) answer_bytes: usize,
}

const fn get(
    name: &'static str,
    path: &'static str,
    answer_start: &'static str,
    answer_bytes: usize,
) -> Route {
    Route { name, path, method: "GET", body_bytes: 0, answer_start, answer_bytes }
}

/// All routes, `hello` first.
pub(crate) const ROUTES: &[Route] = &[
    get("hello", "/", "Hello, World!", 13),
    get("static", "/static", "Hello, World!", 13),
    get("json", "/json", "{\"message\":\"Hello, World!\"", 66),
    get("parameter", "/users/12345", "12345", 5),
    get("64 KiB", "/large", "xxxx", 65_536),
    Route {
        name: "POST echo",
        path: "/echo",
        method: "POST",
        body_bytes: 1024,
        answer_start: "xxxx",
        answer_bytes: 1024,
    },
];

/// How a route is driven: connections, and requests in flight on each.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Shape {
    /// Connections open at a time.
    pub(crate) connections: usize,
    /// Requests in flight on each connection.
    pub(crate) depth: usize,
}

/// The shape everything is driven in.
pub(crate) const USUAL: Shape = Shape { connections: 64, depth: 1 };
/// The pipelined shape.
pub(crate) const PIPELINED: Shape = Shape { connections: 64, depth: 16 };
/// All shapes.
pub(crate) const SHAPES: &[Shape] = &[
    Shape { connections: 1, depth: 1 },
    USUAL,
    Shape { connections: 256, depth: 1 },
    Shape { connections: 1024, depth: 1 },
    PIPELINED,
];

impl Route {
    /// The bytes of one request.
    pub(crate) fn request(&self) -> Vec<u8> {
        let mut text = format!("{} {} HTTP/1.1\r\nHost: 127.0.0.1\r\n", self.method, self.path);
        if self.body_bytes > 0 {
            text.push_str(&format!("Content-Length: {}\r\n", self.body_bytes));
        }
        text.push_str("\r\n");
        text.push_str(&"x".repeat(self.body_bytes));
        text.into_bytes()
    }
}

impl Shape {
    /// `64` or `64 x 16`.
    pub(crate) fn label(self) -> String {
        match self.depth {
            1 => self.connections.to_string(),
            depth => format!("{} x {depth}", self.connections),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{PIPELINED, ROUTES, USUAL};

    #[test]
    fn requests_carry_their_bodies() {
        let echo = ROUTES.iter().find(|route| route.body_bytes > 0).expect("one posts");
        let request = echo.request();
        assert!(request.starts_with(b"POST /echo HTTP/1.1\r\n"));
        assert!(request.len() > 1024);
    }

    #[test]
    fn shapes_have_labels() {
        assert_eq!((USUAL.label(), PIPELINED.label()), ("64".to_owned(), "64 x 16".to_owned()));
    }
}
