//! Header blocks the peer has sent: to which stream they belong, and whether they are a
//! message's (RFC 9113, section 8).

use super::{
    Connection, Event, Refusal, Role,
    receive::Block,
    stream::{Side, Stream},
};
use crate::frame::code;
use crate::hpack::{Field, Fields};

/// What fields say, once they are known to be well formed.
#[derive(Default)]
struct Facts {
    status: Option<u16>,
    is_lengthless: bool,
    content_length: Option<u64>,
}

impl Connection {
    /// Whether the stream has not been opened by either side.
    pub(super) fn is_idle(&self, number: u32) -> bool {
        if self.is_own(number) {
            number >= self.next_stream
        } else {
            number > self.last_peer_stream
        }
    }

    /// A block has come whole.
    pub(super) fn headers(&mut self, block: Block) -> Result<(), u32> {
        let mut fields = Fields::default();
        let list_max = self.local.max_header_list_size as usize;
        self.decoder
            .decode(&block.bytes, list_max, &mut fields)
            .map_err(|_| code::COMPRESSION_ERROR)?;
        if let Some(promised) = block.promised {
            return self.promised(block.stream, promised, fields);
        }
        let is_known = self.streams.contains_key(&block.stream);
        let is_new = !is_known && self.is_idle(block.stream);
        if is_new {
            if self.role == Role::Client || self.is_own(block.stream) {
                return Err(code::PROTOCOL_ERROR);
            }
            self.open_by_peer(block.stream);
        } else if !is_known {
            // Closed here while this was on its way.
            return Ok(());
        }
        if fields.list_size > list_max || fields.len() > self.pairs_max {
            self.refuse(block.stream, Refusal::ListTooLong);
            return Ok(());
        }
        if is_new && self.peer_open > self.local.max_concurrent_streams {
            self.refuse(block.stream, Refusal::TooMany);
            return Ok(());
        }
        self.message(block.stream, is_new, block.is_end, fields);
        Ok(())
    }

    fn open_by_peer(&mut self, number: u32) {
        self.last_peer_stream = number;
        let mut stream =
            Stream::new(self.remote.initial_window_size, self.local.initial_window_size);
        stream.counts = true;
        self.peer_open += 1;
        self.streams.insert(number, stream);
    }

    fn message(&mut self, number: u32, is_new: bool, is_end: bool, fields: Fields) {
        let Some(stream) = self.streams.get_mut(&number) else { return };
        if stream.remote == Side::Closed {
            self.refuse(number, Refusal::Ended);
            return;
        }
        let is_trailer = match self.role {
            Role::Server => !is_new,
            Role::Client => stream.has_final,
        };
        let Some(facts) = self.role.check(&fields, is_trailer, is_end) else {
            self.refuse(number, Refusal::Malformed);
            return;
        };
        stream.remote = Side::Open;
        let is_final = facts.status.is_none_or(|status| status >= 200);
        if !is_trailer && is_final {
            stream.has_final = true;
            stream.is_lengthless |= facts.is_lengthless;
            let is_bare = matches!(facts.status, Some(204 | 304)) || stream.is_lengthless;
            stream.expected = facts.content_length.filter(|_| !is_bare);
        }
        self.events.push(Event::Headers { stream: number, is_new, is_end, fields });
        if is_end {
            self.remote_ended(number);
        }
    }

    fn promised(&mut self, number: u32, promised: u32, fields: Fields) -> Result<(), u32> {
        let is_next = !self.is_own(promised) && self.is_idle(promised);
        if !is_next || self.is_idle(number) {
            return Err(code::PROTOCOL_ERROR);
        }
        self.last_peer_stream = promised;
        if Role::Server.check(&fields, false, false).is_none() {
            self.write_reset(promised, code::PROTOCOL_ERROR);
            return Ok(());
        }
        let mut stream =
            Stream::new(self.remote.initial_window_size, self.local.initial_window_size);
        stream.is_promised = true;
        stream.local = Side::Closed;
        self.streams.insert(promised, stream);
        self.events.push(Event::Promise { stream: number, promised, fields });
        Ok(())
    }
}

impl Role {
    /// What the fields say to this side; `None` where they are malformed.
    fn check(self, fields: &Fields, is_trailer: bool, is_end: bool) -> Option<Facts> {
        let mut facts = Facts::default();
        let mut pseudo = Pseudo::default();
        let mut is_behind = false;
        for field in fields.iter() {
            if !is_value(field.value) {
                return None;
            }
            if field.name.first() == Some(&b':') {
                if is_behind || is_trailer || !pseudo.take(field, &mut facts) {
                    return None;
                }
                continue;
            }
            is_behind = true;
            if !is_name(field.name) || is_of_connection(field) {
                return None;
            }
            if field.name == b"content-length" {
                let text = std::str::from_utf8(field.value).ok()?;
                let length = text.parse().ok()?;
                if facts.content_length.is_some_and(|known| known != length) {
                    return None;
                }
                facts.content_length = Some(length);
            }
        }
        let is_whole = match self {
            _ if is_trailer => is_end,
            Self::Server => pseudo.is_request(),
            Self::Client => facts.status.is_some_and(|status| status >= 200 || !is_end),
        };
        is_whole.then_some(facts)
    }
}

/// Pseudo-header fields seen.
#[derive(Default)]
struct Pseudo {
    method: bool,
    scheme: bool,
    path: bool,
    authority: bool,
    protocol: bool,
    is_connect: bool,
}

impl Pseudo {
    fn take(&mut self, field: Field<'_>, facts: &mut Facts) -> bool {
        let seen = match field.name {
            b":status" => {
                let is_new = facts.status.is_none();
                let text = std::str::from_utf8(field.value).unwrap_or("");
                facts.status = text.parse().ok().filter(|status| (100..1000).contains(status));
                return is_new && facts.status.is_some() && text.len() == 3;
            }
            b":method" => {
                self.is_connect = field.value == b"CONNECT";
                facts.is_lengthless = self.is_connect;
                &mut self.method
            }
            b":scheme" => &mut self.scheme,
            b":path" => &mut self.path,
            b":authority" => &mut self.authority,
            b":protocol" => &mut self.protocol,
            _ => return false,
        };
        !std::mem::replace(seen, true)
    }

    fn is_request(&self) -> bool {
        if self.is_connect && !self.protocol {
            return self.authority && !self.scheme && !self.path;
        }
        self.method && self.scheme && self.path
    }
}

fn is_name(name: &[u8]) -> bool {
    let is_token =
        |byte: &u8| matches!(byte, b'a'..=b'z' | b'0'..=b'9') || b"!#$%&'*+-.^_`|~".contains(byte);
    !name.is_empty() && name.iter().all(is_token)
}

fn is_value(value: &[u8]) -> bool {
    value.iter().all(|byte| *byte == b'\t' || (*byte >= 0x20 && *byte != 0x7f))
}

/// Fields that belong to a connection of HTTP/1.1.
fn is_of_connection(field: Field<'_>) -> bool {
    match field.name {
        b"connection" | b"keep-alive" | b"proxy-connection" | b"transfer-encoding" | b"upgrade" => {
            true
        }
        b"te" => field.value != b"trailers",
        _ => false,
    }
}
