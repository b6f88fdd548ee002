//! From bytes to messages.

use crate::{
    close::{Violation, read_close},
    deflate::{Decompressor, Extension},
    frame::{FrameHeader, Opcode, mask},
};

/// Which side this is: clients mask what they send, servers do not.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[allow(missing_docs)] // the names say it
pub enum Role {
    Client,
    Server,
}

/// Something whole that has come.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Event {
    /// A text message.
    Text(String),
    /// A binary message.
    Binary(Vec<u8>),
    /// A ping, to be answered with its payload.
    Ping(Vec<u8>),
    /// A pong.
    Pong(Vec<u8>),
    /// The peer closes: code (1005: none) and reason.
    Close(u16, String),
}

/// A message that comes in pieces.
#[derive(Debug)]
struct Partial {
    opcode: Opcode,
    is_compressed: bool,
    payload: Vec<u8>,
}

/// Reads the frames of one connection.
#[derive(Debug)]
pub struct Reader {
    role: Role,
    message_bytes_max: usize,
    inflate: Option<Decompressor>,
    buffer: Vec<u8>,
    start: usize,
    partial: Option<Partial>,
}

impl Reader {
    /// A reader whose messages are of at most `message_bytes_max` bytes.
    #[must_use]
    pub fn new(role: Role, message_bytes_max: usize, extension: Option<Extension>) -> Self {
        let forgets = |extension: Extension| match role {
            Role::Client => extension.server_no_context_takeover,
            Role::Server => extension.client_no_context_takeover,
        };
        let inflate = extension.map(|extension| Decompressor::new(forgets(extension)));
        Self { role, message_bytes_max, inflate, buffer: Vec::new(), start: 0, partial: None }
    }

    /// Adds received bytes.
    pub fn feed(&mut self, bytes: &[u8]) {
        if self.start == self.buffer.len() {
            self.buffer.clear();
            self.start = 0;
        } else if self.start > self.buffer.len() / 2 {
            self.buffer.drain(..self.start);
            self.start = 0;
        }
        self.buffer.extend_from_slice(bytes);
    }

    /// The next event of what has come; `None` where more is needed.
    ///
    /// # Errors
    /// [`Violation`], after which nothing more may be read.
    pub fn next_event(&mut self) -> Result<Option<Event>, Violation> {
        loop {
            let rest = &mut self.buffer[self.start..];
            let Some(header) = FrameHeader::parse(rest)? else { return Ok(None) };
            check(&header, self.role, self.inflate.is_some(), self.partial.as_ref())?;
            let held = self.partial.as_ref().map_or(0, |partial| partial.payload.len());
            let room = self.message_bytes_max.saturating_sub(held) as u64;
            if !header.opcode.is_control() && header.length > room {
                return Err(Violation::TooLarge);
            }
            // Within the limit, which is a usize.
            let end = header.header_length + header.length as usize;
            let Some(payload) = rest.get_mut(header.header_length..end) else {
                return Ok(None);
            };
            if let Some(key) = header.mask {
                mask(payload, key);
            }
            let payload = payload.to_vec();
            self.start += end;
            if let Some(event) = self.take(&header, payload)? {
                return Ok(Some(event));
            }
        }
    }

    fn take(&mut self, header: &FrameHeader, payload: Vec<u8>) -> Result<Option<Event>, Violation> {
        let opcode = header.opcode;
        match opcode {
            Opcode::Ping => return Ok(Some(Event::Ping(payload))),
            Opcode::Pong => return Ok(Some(Event::Pong(payload))),
            Opcode::Close => {
                let (code, reason) = read_close(&payload)?;
                return Ok(Some(Event::Close(code, reason)));
            }
            _ => {}
        }
        let is_compressed = header.is_compressed;
        let mut message = match self.partial.take() {
            None => Partial { opcode, is_compressed, payload },
            Some(mut partial) => {
                partial.payload.extend_from_slice(&payload);
                partial
            }
        };
        if !header.is_final {
            self.partial = Some(message);
            return Ok(None);
        }
        if let (true, Some(inflate)) = (message.is_compressed, &mut self.inflate) {
            message.payload = inflate.decompress(&message.payload, self.message_bytes_max)?;
        }
        match message.opcode {
            Opcode::Text => match String::from_utf8(message.payload) {
                Ok(text) => Ok(Some(Event::Text(text))),
                Err(_) => Err(Violation::Text),
            },
            _ => Ok(Some(Event::Binary(message.payload))),
        }
    }
}

/// The rules that need more than the header's own bits.
fn check(
    header: &FrameHeader,
    role: Role,
    inflates: bool,
    partial: Option<&Partial>,
) -> Result<(), Violation> {
    let is_data = matches!(header.opcode, Opcode::Text | Opcode::Binary);
    let broken = match () {
        () if (role == Role::Server) != header.mask.is_some() => "wrong masking",
        () if header.is_compressed && !(inflates && is_data) => "unexpected compression",
        () if is_data && partial.is_some() => "a message inside another",
        () if header.opcode == Opcode::Continuation && partial.is_none() => "nothing to continue",
        () => return Ok(()),
    };
    Err(Violation::Protocol(broken))
}

#[cfg(test)]
mod tests {
    use super::{Event, Reader, Role};
    use crate::{
        close::Violation,
        deflate::{Compressor, Extension},
        frame::Opcode,
        writer::write_frame,
    };

    const KEY: Option<[u8; 4]> = Some([1, 2, 3, 4]);

    fn server() -> Reader {
        Reader::new(Role::Server, 1_000, None)
    }

    fn read(reader: &mut Reader, bytes: &[u8]) -> Result<Vec<Event>, Violation> {
        reader.feed(bytes);
        std::iter::from_fn(|| reader.next_event().transpose()).collect()
    }

    #[test]
    fn messages_come_back_wherever_the_bytes_are_cut() {
        let mut bytes = Vec::new();
        write_frame(&mut bytes, Opcode::Text, false, "h\u{e9}llo".as_bytes(), KEY);
        write_frame(&mut bytes, Opcode::Ping, false, b"p", KEY);
        write_frame(&mut bytes, Opcode::Binary, false, &[9; 300], KEY);
        write_frame(&mut bytes, Opcode::Close, false, b"\x03\xe8bye", KEY);
        let expected = [
            Event::Text("h\u{e9}llo".into()),
            Event::Ping(b"p".to_vec()),
            Event::Binary(vec![9; 300]),
            Event::Close(1000, "bye".into()),
        ];
        assert_eq!(read(&mut server(), &bytes).unwrap(), expected);
        let mut reader = server();
        let single = bytes.iter().flat_map(|byte| read(&mut reader, &[*byte]).unwrap());
        assert_eq!(single.collect::<Vec<_>>(), expected);
    }

    #[test]
    fn pieces_are_joined_and_control_frames_come_between() {
        let bytes = [
            &[0x01, 0x81, 0, 0, 0, 0, b'a'][..],
            &[0x89, 0x80, 0, 0, 0, 0],
            &[0x80, 0x81, 0, 0, 0, 0, b'b'],
        ]
        .concat();
        let expected = [Event::Ping(Vec::new()), Event::Text("ab".into())];
        assert_eq!(read(&mut server(), &bytes).unwrap(), expected);
    }

    #[test]
    fn violations_are_named_by_their_codes() {
        let cases: [(&[u8], u16); 9] = [
            (&[0x81, 0x01, b'a'], 1002),
            (&[0x83, 0x80, 0, 0, 0, 0], 1002),
            (&[0xc1, 0x80, 0, 0, 0, 0], 1002),
            (&[0x09, 0x80, 0, 0, 0, 0], 1002),
            (&[0x80, 0x80, 0, 0, 0, 0], 1002),
            (&[0x88, 0x81, 0, 0, 0, 0, 1], 1002),
            (&[0x88, 0x82, 0, 0, 0, 0, 3, 0xed], 1002),
            (&[0x81, 0x81, 0, 0, 0, 0, 0xff], 1007),
            (&[0x82, 0xfe, 0xff, 0xff, 0, 0, 0, 0], 1009),
        ];
        for (bytes, code) in cases {
            assert_eq!(read(&mut server(), bytes).unwrap_err().code(), code, "{bytes:?}");
        }
    }

    #[test]
    fn compressed_messages_are_read() {
        let mut reader = Reader::new(Role::Client, 1_000, Some(Extension::default()));
        let payload = Compressor::new(false).compress(b"hello hello hello");
        let mut bytes = Vec::new();
        write_frame(&mut bytes, Opcode::Text, true, &payload, None);
        let expected = [Event::Text("hello hello hello".into())];
        assert_eq!(read(&mut reader, &bytes).unwrap(), expected);
    }
}
