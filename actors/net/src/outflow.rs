//! From records to bytes on the wire: replies in order, streams with credit.

use dx_http::{
    BodyCoding, HttpDate, LAST_CHUNK, ResponseBody, ResponseOptions, Version, write_chunk,
    write_response_head,
};
use dx_ring::Key;

use crate::{
    arrival::Notice,
    connection::{Claim, Closing, Exchange, Reply},
    large::LargeBody,
    record::{Record, RecordKind},
    shard::HttpShard,
};

/// Appended to a connection in place of a reply that cannot be written.
const BROKEN_REPLY: &[u8] =
    b"HTTP/1.1 500 Internal Server Error\r\nConnection: close\r\nContent-Length: 0\r\n\r\n";

/// What to do with a connection once its replies are written.
enum Next {
    Nothing,
    Close,
    EndAfterSend,
}

impl HttpShard {
    /// Carries out records, which refer to `large` for bodies they do not hold. Records for
    /// exchanges that are gone are dropped; the script side learns of those by a notice.
    pub fn apply(&mut self, mut records: &[u8], large: &mut [LargeBody]) {
        while let Some((record, rest)) = Record::parse(records) {
            self.apply_one(&record, large);
            records = rest;
        }
        debug_assert!(records.is_empty(), "a malformed record");
    }

    fn apply_one(&mut self, record: &Record<'_>, large: &mut [LargeBody]) {
        if record.is_plain_text() && self.reply_plain(record) {
            return;
        }
        let Some(exchange) = self.exchanges.get(record.exchange) else {
            return;
        };
        let connection = exchange.connection;
        let fresh = exchange.reply == Reply::Waiting;
        let mut take = || {
            let body = large.get_mut(record.body_word as usize);
            body.map(std::mem::take).unwrap_or_default()
        };
        match record.kind {
            RecordKind::Whole if fresh => self.reply_whole(record, record.body),
            RecordKind::Large if fresh => self.reply_large(record, take()),
            RecordKind::StreamStart if fresh => self.start_stream(record, ResponseBody::Stream),
            RecordKind::StreamSized if fresh => {
                self.start_stream(record, ResponseBody::Length(u64::from(record.body_word)));
            }
            RecordKind::StreamChunk => self.stream(record.exchange, record.body),
            RecordKind::StreamLarge => self.stream(record.exchange, take().content()),
            RecordKind::StreamEnd => self.end_stream(record.exchange),
            RecordKind::StreamFail => self.close(connection),
            // A second reply to the same request: the first one stands.
            _ => {}
        }
        self.advance(connection);
    }

    /// The most frequent reply, on the shortest way: a text with status 200 and no fields of its
    /// own, to the oldest request of a 1.1 connection that stays. `false`: it is not that.
    fn reply_plain(&mut self, record: &Record<'_>) -> bool {
        let key = record.exchange;
        let Some(exchange) = self.exchanges.get(key) else {
            return false;
        };
        let simple = exchange.version == Version::Http11
            && exchange.keep_alive
            && !exchange.head_request
            && exchange.reply == Reply::Waiting
            && exchange.upload.is_none();
        let connection_key = exchange.connection;
        let Some(connection) = self.connections.get_mut(connection_key) else {
            return false;
        };
        if !simple || connection.last_request || connection.exchanges.front() != Some(&key) {
            return false;
        }
        if connection.out.capacity() == 0 {
            connection.out = self.buffers.pop().unwrap_or_default();
        }
        write_plain_text(&mut connection.out, &self.date, record.body);
        connection.large_replies = false;
        connection.exchanges.pop_front();
        let waiting = !connection.exchanges.is_empty();
        let stuck = connection.paused || (!connection.input.is_empty() && !connection.partial);
        if !connection.dirty {
            connection.dirty = true;
            self.dirty.push(connection_key);
        }
        self.exchanges.remove(key);
        if waiting && self.front_is_ready(connection_key) {
            self.advance(connection_key);
        } else if stuck {
            self.go_on(connection_key);
        }
        true
    }

    /// Whether something of the oldest reply has been held back for its turn.
    fn front_is_ready(&self, connection: Key) -> bool {
        let front = self.connections.get(connection).and_then(|c| c.exchanges.front());
        let front = front.and_then(|front| self.exchanges.get(*front));
        front.is_none_or(|exchange| !exchange.held.is_empty() || exchange.reply == Reply::Done)
    }

    fn reply_whole(&mut self, record: &Record<'_>, body: &[u8]) {
        let length = ResponseBody::Length(body.len() as u64);
        let keep_alive = match self.write_head(record, length) {
            Some((coding, keep_alive)) => {
                if coding != BodyCoding::None {
                    self.write_to(record.exchange, |out| out.extend_from_slice(body));
                }
                keep_alive
            }
            None => false,
        };
        self.finish_reply(record.exchange, keep_alive);
        let connection = self.exchanges.get(record.exchange).map(|exchange| exchange.connection);
        if let Some(connection) = connection.and_then(|key| self.connections.get_mut(key)) {
            connection.large_replies = false;
        }
    }

    fn reply_large(&mut self, record: &Record<'_>, body: LargeBody) {
        if !body.goes_in_place() {
            return self.reply_whole(record, body.content());
        }
        let length = ResponseBody::Length(body.content().len() as u64);
        let keep_alive = match self.write_head(record, length) {
            Some((coding, keep_alive)) => {
                if coding != BodyCoding::None {
                    self.send_in_place(record.exchange, body);
                }
                keep_alive
            }
            None => false,
        };
        self.finish_reply(record.exchange, keep_alive);
    }

    /// Puts the content of a reply behind its head, which is written: the content becomes the
    /// connection's out buffer, unless the reply waits for others.
    fn send_in_place(&mut self, key: Key, body: LargeBody) {
        let Some(exchange) = self.exchanges.get_mut(key) else {
            return;
        };
        let Some(connection) = self.connections.get_mut(exchange.connection) else {
            return;
        };
        connection.large_replies = true;
        if connection.exchanges.front() != Some(&key) {
            exchange.held.extend_from_slice(body.content());
            return;
        }
        let (bytes, from, fits) = body.into_buffer(&connection.out[connection.out_start..]);
        let before = std::mem::replace(&mut connection.out, bytes);
        let before_start = std::mem::replace(&mut connection.out_start, from);
        if fits {
            self.keep_buffer(before);
        } else {
            connection.full.push_back((before, before_start));
        }
    }

    fn start_stream(&mut self, record: &Record<'_>, body: ResponseBody) {
        let Some((coding, keep_alive)) = self.write_head(record, body) else {
            self.finish_reply(record.exchange, false);
            return;
        };
        if let Some(exchange) = self.exchanges.get_mut(record.exchange) {
            exchange.reply = Reply::Streaming(coding);
            exchange.keep_alive = keep_alive;
            exchange.promised_bytes = match body {
                ResponseBody::Length(length) => Some(length),
                ResponseBody::Stream => None,
            };
        }
    }

    /// Writes a head; `None`, with an error reply in its place, where it cannot be written.
    fn write_head(
        &mut self,
        record: &Record<'_>,
        body: ResponseBody,
    ) -> Option<(BodyCoding, bool)> {
        let date = self.date;
        let exchange = self.exchanges.get(record.exchange)?;
        let connection = self.connections.get(exchange.connection)?;
        let last = connection.last_request && connection.exchanges.back() == Some(&record.exchange);
        let options = ResponseOptions {
            status: record.status,
            status_text: record.reason,
            body,
            date: &date,
            version: exchange.version,
            head_request: exchange.head_request,
            keep_alive: exchange.keep_alive && !last,
        };
        let mut written = None;
        self.write_to(record.exchange, |out| {
            match write_response_head(out, &options, record.headers()) {
                Ok(delivery) => written = Some((delivery.coding, delivery.keep_alive)),
                Err(_) => out.extend_from_slice(BROKEN_REPLY),
            }
        });
        written
    }

    fn stream(&mut self, key: Key, mut bytes: &[u8]) {
        let Some(exchange) = self.exchanges.get_mut(key) else {
            return;
        };
        let Reply::Streaming(coding) = exchange.reply else {
            return;
        };
        exchange.queued_bytes = exchange.queued_bytes.saturating_add(bytes.len() as u32);
        if let Some(promised) = &mut exchange.promised_bytes {
            // More than promised would be read as the next reply.
            bytes = &bytes[..bytes.len().min(usize::try_from(*promised).unwrap_or(usize::MAX))];
            *promised -= bytes.len() as u64;
        }
        match coding {
            BodyCoding::None => {
                let bytes = std::mem::take(&mut exchange.queued_bytes);
                self.batch.notices.push(Notice::Drained { exchange: key, bytes });
            }
            BodyCoding::Raw => self.write_to(key, |out| out.extend_from_slice(bytes)),
            BodyCoding::Chunked => self.write_to(key, |out| write_chunk(out, bytes)),
        }
    }

    fn end_stream(&mut self, key: Key) {
        let Some(exchange) = self.exchanges.get(key) else {
            return;
        };
        let Reply::Streaming(coding) = exchange.reply else {
            return;
        };
        let (connection, keep_alive) = (exchange.connection, exchange.keep_alive);
        if coding == BodyCoding::Chunked {
            self.write_to(key, |out| out.extend_from_slice(LAST_CHUNK));
        }
        let short = exchange_is_short(self.exchanges.get(key), coding);
        self.finish_reply(key, keep_alive);
        if short {
            // The promised length was not kept; only the connection's end can say so.
            self.close(connection);
        }
    }

    /// Appends to a reply: straight to the connection's out buffer where it is the first due.
    pub(crate) fn write_to(&mut self, key: Key, write: impl FnOnce(&mut Vec<u8>)) {
        let Some(exchange) = self.exchanges.get_mut(key) else {
            return;
        };
        let Some(connection) = self.connections.get_mut(exchange.connection) else {
            return;
        };
        if connection.exchanges.front() != Some(&key) {
            write(&mut exchange.held);
            return;
        }
        let connection_key = exchange.connection;
        if connection.out.capacity() == 0 {
            let buffer = self.buffer();
            if let Some(connection) = self.connections.get_mut(connection_key) {
                connection.out = buffer;
            }
        }
        if let Some(connection) = self.connections.get_mut(connection_key) {
            write(&mut connection.out);
        }
        self.mark_dirty(connection_key);
    }

    /// Marks a reply as written to its end.
    pub(crate) fn finish_reply(&mut self, key: Key, keep_alive: bool) {
        let Some(exchange) = self.exchanges.get_mut(key) else {
            return;
        };
        exchange.reply = Reply::Done;
        exchange.keep_alive = keep_alive;
        let connection = exchange.connection;
        let mut dropping = false;
        if let Some(upload) = exchange.upload.as_deref_mut() {
            if upload.ended {
                exchange.upload = None;
            } else {
                upload.claim = Claim::Discard;
                upload.bytes = Vec::new();
                dropping = true;
            }
        }
        if !keep_alive && let Some(connection) = self.connections.get_mut(connection) {
            connection.last_request = true;
        }
        if dropping {
            self.resume(connection);
        }
    }

    /// Lets replies follow whose turn has come, then goes on with waiting input.
    pub(crate) fn advance(&mut self, key: Key) {
        let mut advanced = false;
        let next = loop {
            let Some(connection) = self.connections.get_mut(key) else {
                return;
            };
            let Some(front) = connection.exchanges.front().copied() else {
                break Next::Nothing;
            };
            let Some(exchange) = self.exchanges.get_mut(front) else {
                break Next::Close;
            };
            if !exchange.held.is_empty() {
                let held = std::mem::take(&mut exchange.held);
                if connection.out.is_empty() {
                    connection.out = held;
                } else {
                    connection.out.extend_from_slice(&held);
                }
                self.mark_dirty(key);
                continue;
            }
            if exchange.reply != Reply::Done {
                break Next::Nothing;
            }
            connection.exchanges.pop_front();
            advanced = true;
            let keep_alive = exchange.keep_alive;
            if exchange.is_over() {
                self.exchanges.remove(front);
            }
            if !keep_alive {
                break Next::EndAfterSend;
            }
        };
        match next {
            Next::Close => self.close(key),
            Next::EndAfterSend => self.end_after_send(key),
            Next::Nothing if advanced => self.go_on(key),
            Next::Nothing => {}
        }
    }

    /// Takes up input that waited for replies to leave.
    pub(crate) fn go_on(&mut self, key: Key) {
        let Some(connection) = self.connections.get(key) else {
            return;
        };
        if connection.last_request
            && connection.exchanges.is_empty()
            && connection.uploading.is_none()
        {
            self.end_after_send(key);
            return;
        }
        if !connection.input.is_empty() && !connection.partial {
            self.take_stashed(key);
        }
        if self.connections.get(key).is_some_and(|c| c.paused && c.input.is_empty()) {
            self.resume(key);
        }
    }

    /// Ends a connection whose last reply has been written.
    pub(crate) fn end_after_send(&mut self, key: Key) {
        if let Some(connection) = self.connections.get_mut(key)
            && connection.closing == Closing::No
        {
            connection.closing = Closing::AfterSend;
            self.mark_dirty(key);
        }
    }
}

/// Appends a 200 reply with a text; the same bytes `write_response_head` would have written.
fn write_plain_text(out: &mut Vec<u8>, date: &HttpDate, body: &[u8]) {
    const BEFORE_DATE: &[u8] =
        b"HTTP/1.1 200 OK\r\ncontent-type: text/plain;charset=utf-8\r\nDate: ";
    const AFTER_DATE: &[u8] = b"\r\nContent-Length: ";
    const END: &[u8] = b"\r\n\r\n";
    let mut digits = [0; 20];
    let mut at = digits.len();
    let mut left = body.len();
    loop {
        at -= 1;
        digits[at] = b'0' + (left % 10) as u8;
        left /= 10;
        if left == 0 {
            break;
        }
    }
    let head = BEFORE_DATE.len() + date.len() + AFTER_DATE.len() + END.len();
    out.reserve(head + digits.len() + body.len());
    out.extend_from_slice(BEFORE_DATE);
    out.extend_from_slice(date);
    out.extend_from_slice(AFTER_DATE);
    out.extend_from_slice(&digits[at..]);
    out.extend_from_slice(END);
    out.extend_from_slice(body);
}

/// Whether a reply of known length ends before it.
fn exchange_is_short(exchange: Option<&Exchange>, coding: BodyCoding) -> bool {
    let promised = exchange.and_then(|exchange| exchange.promised_bytes);
    coding == BodyCoding::Raw && promised.is_some_and(|bytes| bytes > 0)
}

#[cfg(test)]
mod tests {
    use super::write_plain_text;
    use dx_http::{ResponseBody, ResponseOptions, Version, format_date, write_response_head};

    #[test]
    fn the_short_way_writes_what_the_long_way_writes() {
        for length in [0, 1, 13, 9_999, 100_000] {
            let body = vec![b'x'; length];
            let date = format_date(0);
            let mut short = Vec::new();
            write_plain_text(&mut short, &date, &body);
            let options = ResponseOptions {
                status: 200,
                status_text: b"",
                body: ResponseBody::Length(length as u64),
                date: &date,
                version: Version::Http11,
                head_request: false,
                keep_alive: true,
            };
            let mut long = Vec::new();
            let headers = [(&b"content-type"[..], &b"text/plain;charset=utf-8"[..])];
            write_response_head(&mut long, &options, headers).unwrap();
            long.extend_from_slice(&body);
            assert_eq!(short, long);
        }
    }
}
