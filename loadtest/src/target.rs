//! The URL a run is aimed at.

use std::{
    fmt,
    net::{SocketAddr, TcpStream, ToSocketAddrs},
    time::Duration,
};

/// An `http:` URL taken apart.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Target {
    /// The URL as given, without its fragment.
    pub url: String,
    /// Host name or address, an IPv6 address without its brackets.
    pub host: String,
    /// The port, 80 where none was given.
    pub port: u16,
    /// What goes into the Host field: the URL's own host and port.
    pub authority: String,
    /// Path and query, at least `/`.
    pub path: String,
}

/// Why a URL cannot be used.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct TargetError(pub String);

impl fmt::Display for TargetError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

impl std::error::Error for TargetError {}

impl Target {
    /// Takes a URL apart; `http://` may be left out.
    ///
    /// # Errors
    /// A message for the user where this is no URL that can be loaded.
    pub fn parse(url: &str) -> Result<Self, TargetError> {
        let wrong = |what: &str| TargetError(format!("{what} in {url:?}"));
        let rest = match url.split_once("://") {
            Some((scheme, rest)) if scheme.eq_ignore_ascii_case("http") => rest,
            Some((scheme, _)) => return Err(wrong(&format!("unsupported scheme {scheme:?}"))),
            None => url,
        };
        let rest = rest.split('#').next().unwrap_or_default();
        let split = rest.find(['/', '?']).unwrap_or(rest.len());
        let (authority, path) = rest.split_at(split);
        let (host, port) = split_authority(authority).ok_or_else(|| wrong("no valid host"))?;
        let is_clean = |byte: u8| byte > b' ' && byte != 0x7f;
        if !rest.bytes().all(is_clean) || authority.contains('@') {
            return Err(wrong("characters that are not allowed"));
        }
        let slash = if path.starts_with('/') { "" } else { "/" };
        Ok(Self {
            url: format!("http://{authority}{slash}{path}"),
            host: host.to_owned(),
            port,
            authority: authority.to_owned(),
            path: format!("{slash}{path}"),
        })
    }

    /// Finds an address that accepts connections, by connecting to each in turn.
    ///
    /// # Errors
    /// A message for the user where the name does not resolve or nothing accepts.
    pub fn reach(&self, timeout: Duration) -> Result<SocketAddr, TargetError> {
        let addresses = (self.host.as_str(), self.port)
            .to_socket_addrs()
            .map_err(|error| TargetError(format!("cannot resolve {:?}: {error}", self.host)))?;
        let mut reason = "it has no address".to_owned();
        for address in addresses {
            match TcpStream::connect_timeout(&address, timeout) {
                Ok(_) => return Ok(address),
                Err(error) => reason = format!("{address}: {error}"),
            }
        }
        Err(TargetError(format!("cannot connect to {}: {reason}", self.authority)))
    }
}

fn split_authority(authority: &str) -> Option<(&str, u16)> {
    const DEFAULT_PORT: u16 = 80;
    let (host, port) = match authority.strip_prefix('[') {
        Some(rest) => {
            let (address, after) = rest.split_once(']')?;
            (address, after)
        }
        None => authority.split_at(authority.find(':').unwrap_or(authority.len())),
    };
    let port = match port.strip_prefix(':') {
        Some(digits) => digits.parse().ok()?,
        None if port.is_empty() => DEFAULT_PORT,
        None => return None,
    };
    (!host.is_empty()).then_some((host, port))
}

#[cfg(test)]
mod tests {
    use super::Target;

    #[test]
    fn urls_are_taken_apart() {
        for (url, host, port, authority, path) in [
            ("http://127.0.0.1:3000/", "127.0.0.1", 3000, "127.0.0.1:3000", "/"),
            ("HTTP://example.com", "example.com", 80, "example.com", "/"),
            ("localhost:1/a?b#c", "localhost", 1, "localhost:1", "/a?b"),
            ("http://a?b", "a", 80, "a", "/?b"),
            ("http://[::1]:8080/x", "::1", 8080, "[::1]:8080", "/x"),
            ("http://[::1]", "::1", 80, "[::1]", "/"),
        ] {
            let target = Target::parse(url).expect(url);
            assert_eq!(
                (target.host.as_str(), target.port, target.authority.as_str()),
                (host, port, authority)
            );
            assert_eq!(target.path, path, "{url}");
        }
    }

    #[test]
    fn what_is_not_a_url_is_refused() {
        for url in [
            "",
            "http://",
            "https://a/",
            "ftp://a/",
            "http://a:x/",
            "http://a:70000/",
            "http://[::1/",
            "http://[::1]x/",
            "http://a/b c",
            "http://user@a/",
            "http://:80/",
            "http://a/\r\nX: y",
        ] {
            assert!(Target::parse(url).is_err(), "{url}");
        }
    }
}
