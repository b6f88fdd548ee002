//! The native router: which route of a server a request path belongs to.
//!
//! Routes are a trie of path segments. At each segment a literal is tried before a parameter and
//! a parameter before a wildcard, and a dead end backtracks, so that the most specific route
//! wins whatever the order of declaration. A parameter needs at least one byte; a wildcard
//! takes the rest of the path, which may be empty after the slash. Matching allocates nothing.

use std::collections::HashMap;

use dx_http::Method;

/// Index of a route in the table it was made from.
pub type RouteId = u32;

/// A route cannot have more parameters than this; the constant bounds the match's fixed array.
pub const PARAMETERS_MAX: usize = 16;

/// A set of routes, ready to match.
#[derive(Debug, Default)]
pub struct Router {
    root: Node,
}

#[derive(Debug, Default)]
struct Node {
    literals: Literals,
    parameter: Option<Box<Node>>,
    wildcard: Option<Targets>,
    end: Option<Targets>,
}

/// The children of a node by their literal segment: a list where they are few, which is faster
/// to search than hashing the segment, else a table.
#[derive(Debug)]
enum Literals {
    Few(Vec<(Box<[u8]>, Node)>),
    Many(HashMap<Box<[u8]>, Node>),
}

/// Children up to this many are searched one by one.
const FEW_LITERALS: usize = 8;

impl Default for Literals {
    fn default() -> Self {
        Self::Few(Vec::new())
    }
}

impl Literals {
    fn is_empty(&self) -> bool {
        matches!(self, Self::Few(list) if list.is_empty())
    }

    fn get(&self, segment: &[u8]) -> Option<&Node> {
        match self {
            Self::Few(list) => {
                list.iter().find(|(literal, _)| **literal == *segment).map(|(_, node)| node)
            }
            Self::Many(table) => table.get(segment),
        }
    }

    fn entry(&mut self, segment: &[u8]) -> &mut Node {
        if let Self::Few(list) = self
            && list.len() >= FEW_LITERALS
            && list.iter().all(|(literal, _)| **literal != *segment)
        {
            *self = Self::Many(std::mem::take(list).into_iter().collect());
        }
        match self {
            Self::Few(list) => {
                let at = list.iter().position(|(literal, _)| **literal == *segment);
                let at = at.unwrap_or_else(|| {
                    list.push((segment.into(), Node::default()));
                    list.len() - 1
                });
                &mut list[at].1
            }
            Self::Many(table) => table.entry(segment.into()).or_default(),
        }
    }
}

/// What a path leads to, by method.
#[derive(Debug, Default)]
struct Targets {
    any: Option<RouteId>,
    methods: Vec<(Method, RouteId)>,
}

impl Targets {
    /// The route for `method`. A HEAD request falls back to the GET route.
    fn pick(&self, method: Method) -> Option<RouteId> {
        let exact = |wanted| self.methods.iter().find(|(m, _)| *m == wanted).map(|(_, id)| *id);
        let get = || if method == Method::Head { exact(Method::Get) } else { None };
        exact(method).or_else(get).or(self.any)
    }

    fn set(&mut self, method: Option<Method>, route: RouteId) {
        match method {
            None => self.any = Some(route),
            Some(method) => {
                self.methods.retain(|(m, _)| *m != method);
                self.methods.push((method, route));
            }
        }
    }
}

/// Why a route pattern was refused.
#[derive(Debug, PartialEq, Eq)]
pub enum PatternError {
    /// Patterns start with a slash.
    NotAbsolute,
    /// A wildcard stands before the end.
    WildcardNotLast,
    /// More than [`PARAMETERS_MAX`] parameters.
    TooManyParameters,
}

impl Router {
    /// Whether no route was added.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        let root = &self.root;
        root.literals.is_empty()
            && root.parameter.is_none()
            && root.wildcard.is_none()
            && root.end.is_none()
    }

    /// Adds a route; `method == None` takes every method.
    ///
    /// # Errors
    /// [`PatternError`] where the pattern is malformed.
    pub fn add(
        &mut self,
        pattern: &[u8],
        method: Option<Method>,
        route: RouteId,
    ) -> Result<(), PatternError> {
        let rest = pattern.strip_prefix(b"/").ok_or(PatternError::NotAbsolute)?;
        let mut node = &mut self.root;
        let mut parameters = 0;
        let mut segments = rest.split(|byte| *byte == b'/').peekable();
        while let Some(segment) = segments.next() {
            if segment == b"*" {
                if segments.peek().is_some() {
                    return Err(PatternError::WildcardNotLast);
                }
                node.wildcard.get_or_insert_default().set(method, route);
                return Ok(());
            }
            if segment.len() > 1 && segment[0] == b':' {
                parameters += 1;
                if parameters > PARAMETERS_MAX {
                    return Err(PatternError::TooManyParameters);
                }
                node = node.parameter.get_or_insert_default();
            } else {
                node = node.literals.entry(segment);
            }
        }
        node.end.get_or_insert_default().set(method, route);
        Ok(())
    }

    /// The route of `path` (no query) for `method`.
    #[must_use]
    pub fn find(&self, method: Method, path: &[u8]) -> Option<RouteId> {
        // Repeated slashes in front are one: "//" is the root.
        let slashes = path.iter().take_while(|byte| **byte == b'/').count();
        if slashes == 0 {
            return None;
        }
        find_in(&self.root, method, &path[slashes..])
    }
}

fn find_in(node: &Node, method: Method, rest: &[u8]) -> Option<RouteId> {
    let end = rest.iter().position(|byte| *byte == b'/');
    let (segment, tail) = match end {
        Some(at) => (&rest[..at], Some(&rest[at + 1..])),
        None => (rest, None),
    };
    let descend = |child: &Node| match tail {
        Some(tail) => find_in(child, method, tail),
        None => child.end.as_ref().and_then(|targets| targets.pick(method)),
    };
    node.literals
        .get(segment)
        .and_then(descend)
        .or_else(|| {
            let parameter = node.parameter.as_deref().filter(|_| !segment.is_empty());
            parameter.and_then(descend)
        })
        .or_else(|| node.wildcard.as_ref().and_then(|targets| targets.pick(method)))
}

#[cfg(test)]
mod tests {
    use super::{PARAMETERS_MAX, PatternError, Router};
    use dx_http::Method;

    const ROUTES: &[&str] = &[
        "/",
        "/foo/*",
        "/foo",
        "/a/:id",
        "/a/b",
        "/a/:id/c",
        "/a/*",
        "/x/:p/:q",
        "/x/:p/lit",
        "/x/lit/:q",
    ];

    fn router() -> Router {
        let mut router = Router::default();
        for (id, pattern) in (0..).zip(ROUTES) {
            router.add(pattern.as_bytes(), None, id).unwrap();
        }
        router
    }

    #[test]
    fn the_most_specific_route_wins() {
        let cases: &[(&str, Option<&str>)] = &[
            ("/", Some("/")),
            ("//", Some("/")),
            ("/foo", Some("/foo")),
            ("/foo/", Some("/foo/*")),
            ("/foo/bar/baz", Some("/foo/*")),
            ("/foo//x", Some("/foo/*")),
            ("/a", None),
            ("/a/", Some("/a/*")),
            ("/a/5", Some("/a/:id")),
            ("/a/b", Some("/a/b")),
            ("/a/b/", Some("/a/*")),
            ("/a/5/c", Some("/a/:id/c")),
            ("/a/b/c", Some("/a/:id/c")),
            ("/a/5/d", Some("/a/*")),
            ("/x/lit/lit", Some("/x/lit/:q")),
            ("/x/1/lit", Some("/x/:p/lit")),
            ("/x/1/2", Some("/x/:p/:q")),
            ("/A/b", None),
            ("*", None),
            ("", None),
        ];
        let router = router();
        for (path, wanted) in cases {
            let found = router.find(Method::Get, path.as_bytes());
            assert_eq!(found.map(|id| ROUTES[id as usize]), *wanted, "{path}");
        }
    }

    #[test]
    fn methods_fall_back_from_head_to_get_and_then_to_any() {
        let mut router = Router::default();
        router.add(b"/m", Some(Method::Get), 1).unwrap();
        router.add(b"/m", Some(Method::Post), 2).unwrap();
        assert_eq!(router.find(Method::Head, b"/m"), Some(1));
        assert_eq!(router.find(Method::Post, b"/m"), Some(2));
        assert_eq!(router.find(Method::Put, b"/m"), None);
        router.add(b"/m", None, 3).unwrap();
        assert_eq!(router.find(Method::Put, b"/m"), Some(3));
    }

    #[test]
    fn many_literals_are_found_too() {
        let mut router = Router::default();
        for id in 0..100 {
            router.add(format!("/r{id}/x").as_bytes(), None, id).unwrap();
        }
        for id in 0..100 {
            assert_eq!(router.find(Method::Get, format!("/r{id}/x").as_bytes()), Some(id));
        }
        assert_eq!(router.find(Method::Get, b"/r100/x"), None);
    }

    #[test]
    fn malformed_patterns_are_refused() {
        let mut router = Router::default();
        assert_eq!(router.add(b"x", None, 0), Err(PatternError::NotAbsolute));
        assert_eq!(router.add(b"/*/x", None, 0), Err(PatternError::WildcardNotLast));
        let many = "/:p".repeat(PARAMETERS_MAX + 1);
        assert_eq!(router.add(many.as_bytes(), None, 0), Err(PatternError::TooManyParameters));
    }
}
