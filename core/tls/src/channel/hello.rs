//! The first message of a client (RFC 8446 section 4.1.2), as far as a server wants to know it
//! before it answers: the name asked for and the protocols offered.

/// What a client asks for.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct ClientHello {
    /// The server's name (RFC 6066 section 3).
    pub server_name: Option<String>,
    /// Protocols (RFC 7301), the best first.
    pub protocols: Vec<Vec<u8>>,
}

/// How far a hello has come.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) enum Progress {
    /// There is more to come.
    Partial,
    /// It is whole.
    Whole(ClientHello),
    /// It is none; the library tells why.
    Foreign,
}

const RECORD_HANDSHAKE: u8 = 22;
const MESSAGE_CLIENT_HELLO: u8 = 1;
const EXTENSION_SERVER_NAME: usize = 0;
const EXTENSION_PROTOCOLS: usize = 16;
const NAME_KIND_HOST: usize = 0;
const RECORD_HEADER_BYTES: usize = 5;
/// A hello that is longer is left to the library.
const HELLO_BYTES_MAX: usize = 65536;
/// Version and random bytes.
const FIXED_BYTES: usize = 2 + 32;

/// Reads the records at the start of a connection.
pub(super) fn read(mut records: &[u8]) -> Progress {
    let mut message = Vec::new();
    loop {
        match records {
            [RECORD_HANDSHAKE, _, _, high, low, rest @ ..] => {
                let length = usize::from(*high) << 8 | usize::from(*low);
                let whole = rest.len() >= length;
                message.extend_from_slice(&rest[..length.min(rest.len())]);
                records = &rest[length.min(rest.len())..];
                if let Some(progress) = of_message(&message) {
                    return progress;
                }
                if !whole {
                    return Progress::Partial;
                }
            }
            [] | [RECORD_HANDSHAKE, ..] if records.len() < RECORD_HEADER_BYTES => {
                return Progress::Partial;
            }
            _ => return Progress::Foreign,
        }
    }
}

fn of_message(message: &[u8]) -> Option<Progress> {
    let [kind, high, middle, low, body @ ..] = message else { return None };
    if *kind != MESSAGE_CLIENT_HELLO {
        return Some(Progress::Foreign);
    }
    let length = usize::from(*high) << 16 | usize::from(*middle) << 8 | usize::from(*low);
    if length > HELLO_BYTES_MAX {
        return Some(Progress::Foreign);
    }
    let body = body.get(..length)?;
    Some(of_body(body).map_or(Progress::Foreign, Progress::Whole))
}

fn of_body(body: &[u8]) -> Option<ClientHello> {
    let mut rest = Reader(body.get(FIXED_BYTES..)?);
    rest.block(1)?; // session
    rest.block(2)?; // cipher suites
    rest.block(1)?; // compression
    let mut hello = ClientHello::default();
    if rest.0.is_empty() {
        return Some(hello);
    }
    let mut extensions = Reader(rest.block(2)?);
    while !extensions.0.is_empty() {
        let kind = extensions.number(2)?;
        let mut data = Reader(extensions.block(2)?);
        match kind {
            EXTENSION_SERVER_NAME => {
                let mut names = Reader(data.block(2)?);
                if names.number(1)? == NAME_KIND_HOST {
                    let name = names.block(2)?.to_vec();
                    hello.server_name = String::from_utf8(name).ok();
                }
            }
            EXTENSION_PROTOCOLS => {
                let mut protocols = Reader(data.block(2)?);
                while !protocols.0.is_empty() {
                    hello.protocols.push(protocols.block(1)?.to_vec());
                }
            }
            _ => {}
        }
    }
    Some(hello)
}

struct Reader<'a>(&'a [u8]);

impl<'a> Reader<'a> {
    fn number(&mut self, bytes: usize) -> Option<usize> {
        let (number, rest) = self.0.split_at_checked(bytes)?;
        self.0 = rest;
        Some(number.iter().fold(0, |sum, byte| sum << 8 | usize::from(*byte)))
    }

    /// What stands behind its own length, which has so many bytes.
    fn block(&mut self, length_bytes: usize) -> Option<&'a [u8]> {
        let length = self.number(length_bytes)?;
        let (block, rest) = self.0.split_at_checked(length)?;
        self.0 = rest;
        Some(block)
    }
}

#[cfg(test)]
mod tests {
    use super::{ClientHello, Progress, read};

    fn hello() -> Vec<u8> {
        let mut extensions = vec![0, 0, 0, 9, 0, 7, 0, 0, 4];
        extensions.extend_from_slice(b"a.bc");
        extensions.extend_from_slice(&[0, 16, 0, 5, 0, 3, 2]);
        extensions.extend_from_slice(b"h2");
        let mut body = vec![3; 34];
        body.extend_from_slice(&[0, 0, 2, 0x13, 1, 1, 0]);
        body.extend_from_slice(&[0, extensions.len() as u8]);
        body.extend_from_slice(&extensions);
        let mut record = vec![22, 3, 1, 0, body.len() as u8 + 4, 1, 0, 0, body.len() as u8];
        record.extend_from_slice(&body);
        record
    }

    #[test]
    fn names_and_protocols_are_read_however_they_come() {
        let record = hello();
        let expected =
            ClientHello { server_name: Some("a.bc".to_owned()), protocols: vec![b"h2".to_vec()] };
        assert_eq!(read(&record), Progress::Whole(expected));
        for end in 0..record.len() {
            assert_eq!(read(&record[..end]), Progress::Partial, "{end}");
        }
    }

    #[test]
    fn what_is_no_hello_is_left_to_the_library() {
        assert_eq!(read(b"GET / HTTP/1.1\r\n"), Progress::Foreign);
        assert_eq!(read(&[22, 3, 1, 0, 4, 2, 0, 0, 0]), Progress::Foreign);
    }
}
