//! What this side sends.

use super::{
    Connection, Event, Role,
    stream::{Side, Stream},
};
use crate::frame::{code, flag, kind, write_head};
use crate::hpack::Fields;
use crate::settings::Settings;

/// Streams end here: the numbers have 31 bits.
const STREAM_MAX: u32 = 0x7fff_ffff;

/// Output that is ready is taken before more content is framed.
const OUTPUT_BYTES: usize = 256 * 1024;

impl Connection {
    /// Says settings: parameters as they go over the wire. They hold once the peer agrees.
    pub fn send_settings(&mut self, parameters: &[u8]) {
        write_head(&mut self.output, parameters.len(), kind::SETTINGS, 0, 0);
        self.output.extend_from_slice(parameters);
        self.unagreed.push_back(parameters.to_vec());
    }

    /// The peer has agreed to the oldest settings.
    pub(super) fn agreed(&mut self) -> Result<(), u32> {
        let parameters = self.unagreed.pop_front().ok_or(code::PROTOCOL_ERROR)?;
        let before = self.local.initial_window_size;
        for (number, value) in Settings::parameters(&parameters) {
            // Programs may say what the standard forbids; they are held to what they can mean.
            let _ = self.local.take(number, value);
        }
        let difference = i64::from(self.local.initial_window_size) - i64::from(before);
        for stream in self.streams.values_mut() {
            stream.window.size += difference;
            stream.window.left += difference;
        }
        self.decoder.set_size_limit(self.local.header_table_size as usize);
        self.events.push(Event::SettingsAck(self.local));
        Ok(())
    }

    /// Opens a stream of this side's; `None` where no number is left or the peer takes none.
    pub fn request(&mut self, fields: Fields, is_end: bool) -> Option<u32> {
        let number = self.next_stream;
        if number > STREAM_MAX || self.failed.is_some() {
            return None;
        }
        self.next_stream += 2;
        let mut stream =
            Stream::new(self.remote.initial_window_size, self.local.initial_window_size);
        stream.is_ending = is_end;
        let method = fields.iter().find(|field| field.name == b":method");
        stream.is_lengthless =
            method.is_some_and(|field| matches!(field.value, b"HEAD" | b"CONNECT"));
        stream.unopened = Some(fields);
        self.streams.insert(number, stream);
        self.unopened.push_back(number);
        self.open_waiting();
        Some(number)
    }

    /// Sends the fields of streams as long as the peer takes more streams.
    pub(super) fn open_waiting(&mut self) {
        while self.own_open < self.remote.max_concurrent_streams {
            let Some(number) = self.unopened.pop_front() else { return };
            let Some(stream) = self.streams.get_mut(&number) else { continue };
            let Some(fields) = stream.unopened.take() else { continue };
            stream.counts = true;
            let is_end = stream.is_ending && stream.waiting_bytes() == 0;
            self.own_open += 1;
            self.send_headers(number, &fields, is_end);
            self.wait(number);
        }
    }

    /// Sends fields of a stream: a response's, informational ones, trailers.
    pub fn send_headers(&mut self, number: u32, fields: &Fields, is_end: bool) {
        let Some(stream) = self.streams.get_mut(&number) else { return };
        if stream.local == Side::Closed {
            return;
        }
        let becomes_open = stream.is_promised && stream.local == Side::Idle && !stream.counts;
        stream.local = if is_end { Side::Closed } else { Side::Open };
        stream.counts |= becomes_open;
        let mut block = Vec::new();
        self.encoder.encode(fields, &mut block);
        self.own_open += u32::from(becomes_open);
        let flags = if is_end { flag::END_STREAM } else { 0 };
        self.write_block(kind::HEADERS, flags, number, &block);
        self.close_if_done(number);
    }

    /// Announces a response; its stream's number, or `None` where the client takes none.
    pub fn promise(&mut self, number: u32, fields: &Fields) -> Option<u32> {
        if self.role == Role::Client || !self.remote.enable_push || self.next_stream > STREAM_MAX {
            return None;
        }
        self.streams.get(&number).filter(|stream| stream.local != Side::Closed)?;
        let promised = self.next_stream;
        self.next_stream += 2;
        let mut stream =
            Stream::new(self.remote.initial_window_size, self.local.initial_window_size);
        stream.is_promised = true;
        stream.remote = Side::Closed;
        self.streams.insert(promised, stream);
        let mut block = promised.to_be_bytes().to_vec();
        self.encoder.encode(fields, &mut block);
        self.write_block(kind::PUSH_PROMISE, 0, number, &block);
        Some(promised)
    }

    fn write_block(&mut self, first: u8, flags: u8, number: u32, block: &[u8]) {
        let frame_max = self.remote.max_frame_size as usize;
        let (head, mut rest) = block.split_at(block.len().min(frame_max));
        let ends = |rest: &[u8]| if rest.is_empty() { flag::END_HEADERS } else { 0 };
        write_head(&mut self.output, head.len(), first, flags | ends(rest), number);
        self.output.extend_from_slice(head);
        while !rest.is_empty() {
            let (piece, behind) = rest.split_at(rest.len().min(frame_max));
            rest = behind;
            write_head(&mut self.output, piece.len(), kind::CONTINUATION, ends(rest), number);
            self.output.extend_from_slice(piece);
        }
    }

    /// Takes content of a stream, and whether it is the last. [`Event::Drained`] follows when
    /// it is in the output.
    pub fn send_data(&mut self, number: u32, content: &[u8], is_end: bool) {
        let Some(stream) = self.streams.get_mut(&number) else { return };
        if stream.local == Side::Closed {
            return;
        }
        stream.content.extend_from_slice(content);
        stream.is_ending |= is_end;
        stream.tells |= !content.is_empty();
        self.wait(number);
    }

    pub(super) fn wait(&mut self, number: u32) {
        let Some(stream) = self.streams.get_mut(&number) else { return };
        if !stream.is_waiting && stream.has_to_send() {
            stream.is_waiting = true;
            self.waiting.push_back(number);
        }
    }

    /// What is to be written to the socket now.
    pub fn take_output(&mut self) -> Vec<u8> {
        let mut left = self.waiting.len();
        while left > 0 && self.output.len() < OUTPUT_BYTES {
            left -= 1;
            let Some(number) = self.waiting.pop_front() else { break };
            if self.send_frame(number) {
                self.waiting.push_back(number);
                left += 1;
            }
        }
        self.answers = 0;
        std::mem::take(&mut self.output)
    }

    /// Whether output or content that may go out waits.
    #[must_use]
    pub fn has_output(&self) -> bool {
        !self.output.is_empty() || !self.waiting.is_empty()
    }

    /// Writes one frame of a stream's content; whether more could follow.
    fn send_frame(&mut self, number: u32) -> bool {
        let Some(stream) = self.streams.get_mut(&number) else { return false };
        stream.is_waiting = false;
        if !stream.has_to_send() {
            return false;
        }
        let room = self.send_window.min(stream.send_window).max(0);
        let room = room.min(i64::from(self.remote.max_frame_size)) as usize;
        let waiting = stream.waiting_bytes();
        let length = waiting.min(room);
        if length == 0 && waiting > 0 {
            // A window that opens calls again.
            return false;
        }
        let is_end = stream.is_ending && length == waiting;
        let flags = if is_end { flag::END_STREAM } else { 0 };
        write_head(&mut self.output, length, kind::DATA, flags, number);
        self.output.extend_from_slice(&stream.content[stream.sent..stream.sent + length]);
        stream.sent += length;
        stream.send_window -= length as i64;
        self.send_window -= length as i64;
        if stream.waiting_bytes() == 0 {
            stream.content.clear();
            stream.sent = 0;
            if std::mem::take(&mut stream.tells) {
                self.events.push(Event::Drained { stream: number });
            }
        }
        if is_end {
            stream.local = Side::Closed;
            self.close_if_done(number);
            return false;
        }
        let goes_on = stream.has_to_send();
        stream.is_waiting = goes_on;
        goes_on
    }

    /// All streams a wider window of the connection may set going again.
    pub(super) fn wake_all(&mut self) {
        let mut numbers: Vec<u32> = self.streams.keys().copied().collect();
        numbers.sort_unstable();
        for number in numbers {
            self.wait(number);
        }
    }

    pub(super) fn write_reset(&mut self, number: u32, code: u32) {
        write_head(&mut self.output, 4, kind::RST_STREAM, 0, number);
        self.output.extend_from_slice(&code.to_be_bytes());
    }

    /// Gives a stream up.
    pub fn reset(&mut self, number: u32, code: u32) {
        let Some(stream) = self.streams.get(&number) else { return };
        if stream.unopened.is_none() {
            self.write_reset(number, code);
        }
        self.close(number, code);
    }

    /// Asks, or answers, whether the connection lives.
    pub fn ping(&mut self, payload: [u8; 8], is_ack: bool) {
        let flags = if is_ack { flag::ACK } else { 0 };
        write_head(&mut self.output, 8, kind::PING, flags, 0);
        self.output.extend_from_slice(&payload);
    }

    /// Says that this side takes no new streams after `last`.
    pub fn go_away(&mut self, code: u32, last: u32, opaque: &[u8]) {
        write_head(&mut self.output, 8 + opaque.len(), kind::GOAWAY, 0, 0);
        self.output.extend_from_slice(&last.to_be_bytes());
        self.output.extend_from_slice(&code.to_be_bytes());
        self.output.extend_from_slice(opaque);
    }

    /// Sends a frame of an extension.
    pub fn send_frame_of(&mut self, frame_kind: u8, flags: u8, stream: u32, payload: &[u8]) {
        write_head(&mut self.output, payload.len(), frame_kind, flags, stream);
        self.output.extend_from_slice(payload);
    }

    pub(super) fn write_window_update(&mut self, stream: u32, increment: u32) {
        write_head(&mut self.output, 4, kind::WINDOW_UPDATE, 0, stream);
        self.output.extend_from_slice(&increment.to_be_bytes());
    }

    /// Content of a stream is used up: the peer may send more.
    pub fn consume(&mut self, number: u32, bytes: u32) {
        let Some(stream) = self.streams.get_mut(&number) else { return };
        if stream.remote == Side::Closed {
            return;
        }
        if let Some(increment) = stream.window.consume(i64::from(bytes)) {
            self.write_window_update(number, increment);
        }
    }

    /// Sets how many bytes the peer may send on the connection at a time.
    pub fn set_window(&mut self, size: u32) {
        let difference = i64::from(size) - self.window.size;
        if difference > 0 {
            self.window.left += difference;
            self.write_window_update(0, difference as u32);
        } else {
            // What was allowed stays allowed; less is given back until it is used up.
            self.window.used += difference;
        }
        self.window.size = i64::from(size);
    }
}
