//! What the peer sends: frames, put together where they come in pieces.

use super::{Connection, Event, Refusal, Role, stream::Side};
use crate::frame::{FrameHead, HEAD_BYTES, PREFACE, code, flag, kind, word};
use crate::settings::Settings;

/// Bytes of payload kept of a frame that is not content; more is a fault, since this side
/// never allows larger frames than this by default.
const HEADER_BLOCK_BYTES: usize = 256 * 1024;

/// Frames that continue one block.
const CONTINUATIONS_MAX: u32 = 64;

/// What is read next.
#[derive(Debug)]
pub(super) enum Step {
    Preface,
    Head,
    Payload(FrameHead),
    Content(Content),
}

/// A DATA frame on its way.
#[derive(Clone, Copy, Debug)]
pub(super) struct Content {
    stream: u32,
    /// Bytes of content to come.
    left: u32,
    /// Bytes of padding to come, once their number is known.
    padding: Option<u32>,
    is_end: bool,
    /// Whether anyone wants it.
    is_wanted: bool,
}

/// A header block on its way.
#[derive(Debug)]
pub(super) struct Block {
    pub(super) stream: u32,
    pub(super) promised: Option<u32>,
    pub(super) is_end: bool,
    pub(super) bytes: Vec<u8>,
    continuations: u32,
}

#[derive(Debug)]
pub(super) struct Reading {
    step: Step,
    /// Bytes of the preface, a head or a payload that has not come whole.
    partial: Vec<u8>,
    block: Option<Block>,
    has_settings: bool,
}

impl Reading {
    pub(super) fn new(role: Role) -> Self {
        let step = if role == Role::Server { Step::Preface } else { Step::Head };
        Self { step, partial: Vec::new(), block: None, has_settings: false }
    }

    /// The next `count` bytes, once they are there.
    fn gather(&mut self, input: &[u8], at: &mut usize, count: usize) -> bool {
        let missing = count - self.partial.len();
        let taken = missing.min(input.len() - *at);
        self.partial.extend_from_slice(&input[*at..*at + taken]);
        *at += taken;
        taken == missing
    }
}

impl Connection {
    /// Takes what has come from the socket; [`Self::take_events`] says what it means.
    pub fn receive(&mut self, input: &[u8]) {
        let mut at = 0;
        while self.failed.is_none() {
            let goes_on = match self.reading.step {
                Step::Preface => self.read_preface(input, &mut at),
                Step::Head => self.read_head(input, &mut at),
                Step::Payload(head) => self.read_payload(head, input, &mut at),
                Step::Content(content) => self.read_content(content, input, &mut at),
            };
            match goes_on {
                Ok(true) => {}
                Ok(false) => return,
                Err(code) => self.fail(code),
            }
        }
    }

    fn read_preface(&mut self, input: &[u8], at: &mut usize) -> Result<bool, u32> {
        let is_whole = self.reading.gather(input, at, PREFACE.len());
        if !PREFACE.starts_with(&self.reading.partial) {
            return Err(code::PROTOCOL_ERROR);
        }
        if is_whole {
            self.reading.partial.clear();
            self.reading.step = Step::Head;
        }
        Ok(is_whole)
    }

    fn read_head(&mut self, input: &[u8], at: &mut usize) -> Result<bool, u32> {
        if !self.reading.gather(input, at, HEAD_BYTES) {
            return Ok(false);
        }
        let bytes: [u8; HEAD_BYTES] =
            self.reading.partial[..].try_into().map_err(|_| code::INTERNAL_ERROR)?;
        self.reading.partial.clear();
        let head = FrameHead::read(&bytes);
        let frame_max = self.local.max_frame_size.max(16_384);
        if head.length > frame_max {
            return Err(code::FRAME_SIZE_ERROR);
        }
        if !self.reading.has_settings && head.kind != kind::SETTINGS {
            return Err(code::PROTOCOL_ERROR);
        }
        if let Some(block) = &self.reading.block
            && (head.kind != kind::CONTINUATION || head.stream != block.stream)
        {
            return Err(code::PROTOCOL_ERROR);
        }
        self.reading.step = match head.kind {
            kind::DATA => Step::Content(self.begin_content(head)?),
            _ => Step::Payload(head),
        };
        Ok(true)
    }

    // ---- Content --------------------------------------------------------------------------

    fn begin_content(&mut self, head: FrameHead) -> Result<Content, u32> {
        if head.stream == 0 || self.is_idle(head.stream) {
            return Err(code::PROTOCOL_ERROR);
        }
        let length = i64::from(head.length);
        self.window.left -= length;
        if self.window.left < 0 {
            return Err(code::FLOW_CONTROL_ERROR);
        }
        if let Some(increment) = self.window.consume(length) {
            self.write_window_update(0, increment);
        }
        let mut is_wanted = false;
        if let Some(stream) = self.streams.get_mut(&head.stream) {
            if stream.remote != Side::Open {
                self.refuse(head.stream, Refusal::Ended);
            } else if self.role == Role::Client && !stream.has_final {
                self.refuse(head.stream, Refusal::Malformed);
            } else {
                stream.window.left -= length;
                is_wanted = stream.window.left >= 0;
                if !is_wanted {
                    self.refuse(head.stream, Refusal::Window);
                }
            }
        } else if self.role == Role::Client && self.ended.contains(&head.stream) {
            self.events.push(Event::Refused { stream: head.stream, refusal: Refusal::Ended });
        }
        Ok(Content {
            stream: head.stream,
            left: head.length,
            padding: if head.has(flag::PADDED) { None } else { Some(0) },
            is_end: head.has(flag::END_STREAM),
            is_wanted,
        })
    }

    fn read_content(
        &mut self,
        mut content: Content,
        input: &[u8],
        at: &mut usize,
    ) -> Result<bool, u32> {
        let padding = match content.padding {
            Some(padding) => padding,
            None => {
                let Some(first) = input.get(*at) else { return Ok(false) };
                *at += 1;
                let padding = u32::from(*first);
                content.left = content.left.checked_sub(1 + padding).ok_or(code::PROTOCOL_ERROR)?;
                if content.is_wanted {
                    self.consume(content.stream, 1 + padding);
                }
                content.padding = Some(padding);
                padding
            }
        };
        let taken = (content.left as usize).min(input.len() - *at);
        if taken > 0 {
            if content.is_wanted {
                self.content_came(content.stream, *at, taken);
            }
            *at += taken;
            content.left -= taken as u32;
        }
        if content.left > 0 {
            self.reading.step = Step::Content(content);
            return Ok(false);
        }
        let skipped = (padding as usize).min(input.len() - *at);
        *at += skipped;
        content.padding = Some(padding - skipped as u32);
        if content.padding != Some(0) {
            self.reading.step = Step::Content(content);
            return Ok(false);
        }
        self.reading.step = Step::Head;
        if content.is_end && content.is_wanted {
            self.remote_ended(content.stream);
        }
        Ok(true)
    }

    fn content_came(&mut self, number: u32, start: usize, length: usize) {
        let Some(stream) = self.streams.get_mut(&number) else { return };
        stream.received += length as u64;
        if stream.expected.is_some_and(|expected| stream.received > expected) {
            self.refuse(number, Refusal::Length);
            return;
        }
        self.events.push(Event::Data { stream: number, range: start..start + length });
    }

    /// The peer has sent all of a stream.
    pub(super) fn remote_ended(&mut self, number: u32) {
        let Some(stream) = self.streams.get_mut(&number) else { return };
        if stream.expected.is_some_and(|expected| stream.received != expected) {
            self.refuse(number, Refusal::Length);
            return;
        }
        stream.remote = Side::Closed;
        self.events.push(Event::End { stream: number });
        self.close_if_done(number);
    }

    // ---- Other frames ---------------------------------------------------------------------

    fn read_payload(&mut self, head: FrameHead, input: &[u8], at: &mut usize) -> Result<bool, u32> {
        let length = head.length as usize;
        let is_whole = self.reading.partial.is_empty() && input.len() - *at >= length;
        if is_whole {
            let payload = &input[*at..*at + length];
            *at += length;
            self.reading.step = Step::Head;
            self.frame(head, payload)?;
            return Ok(true);
        }
        if !self.reading.gather(input, at, length) {
            return Ok(false);
        }
        let payload = std::mem::take(&mut self.reading.partial);
        self.reading.step = Step::Head;
        self.frame(head, &payload)?;
        Ok(true)
    }

    fn frame(&mut self, head: FrameHead, payload: &[u8]) -> Result<(), u32> {
        match head.kind {
            kind::HEADERS => self.headers_frame(head, payload),
            kind::PRIORITY => match (head.stream, payload.len()) {
                (0, _) => Err(code::PROTOCOL_ERROR),
                (_, 5) => Ok(()),
                _ => Err(code::FRAME_SIZE_ERROR),
            },
            kind::RST_STREAM => self.reset_frame(head, payload),
            kind::SETTINGS => self.settings_frame(head, payload),
            kind::PUSH_PROMISE => self.promise_frame(head, payload),
            kind::PING => self.ping_frame(head, payload),
            kind::GOAWAY => self.goaway_frame(head, payload),
            kind::WINDOW_UPDATE => self.window_frame(head, payload),
            kind::CONTINUATION => self.continuation_frame(head, payload),
            kind::ALTSVC => self.altsvc_frame(head, payload),
            kind::ORIGIN => self.origin_frame(head, payload),
            _ => Ok(()),
        }
    }

    /// What padding and priority leave of a payload.
    fn without_padding(head: FrameHead, payload: &[u8]) -> Result<&[u8], u32> {
        let mut rest = payload;
        if head.has(flag::PADDED) {
            let (padding, behind) = rest.split_first().ok_or(code::FRAME_SIZE_ERROR)?;
            let end = behind.len().checked_sub(usize::from(*padding));
            rest = &behind[..end.ok_or(code::PROTOCOL_ERROR)?];
        }
        if head.kind == kind::HEADERS && head.has(flag::PRIORITY) {
            rest = rest.get(5..).ok_or(code::FRAME_SIZE_ERROR)?;
        }
        Ok(rest)
    }

    fn headers_frame(&mut self, head: FrameHead, payload: &[u8]) -> Result<(), u32> {
        if head.stream == 0 {
            return Err(code::PROTOCOL_ERROR);
        }
        let block = Block {
            stream: head.stream,
            promised: None,
            is_end: head.has(flag::END_STREAM),
            bytes: Self::without_padding(head, payload)?.to_vec(),
            continuations: 0,
        };
        self.block_came(head, block)
    }

    fn promise_frame(&mut self, head: FrameHead, payload: &[u8]) -> Result<(), u32> {
        if head.stream == 0 || self.role == Role::Server || !self.local.enable_push {
            return Err(code::PROTOCOL_ERROR);
        }
        let rest = Self::without_padding(head, payload)?;
        let promised = word(rest).ok_or(code::FRAME_SIZE_ERROR)? & 0x7fff_ffff;
        let block = Block {
            stream: head.stream,
            promised: Some(promised),
            is_end: false,
            bytes: rest[4..].to_vec(),
            continuations: 0,
        };
        self.block_came(head, block)
    }

    fn continuation_frame(&mut self, head: FrameHead, payload: &[u8]) -> Result<(), u32> {
        let mut block = self.reading.block.take().ok_or(code::PROTOCOL_ERROR)?;
        block.bytes.extend_from_slice(payload);
        block.continuations += 1;
        if block.bytes.len() > HEADER_BLOCK_BYTES || block.continuations > CONTINUATIONS_MAX {
            let code = code::ENHANCE_YOUR_CALM;
            self.failed = Some(code);
            self.events.push(Event::Failed { code, is_list_too_long: true });
            return Err(code);
        }
        self.block_came(head, block)
    }

    fn block_came(&mut self, head: FrameHead, block: Block) -> Result<(), u32> {
        if head.has(flag::END_HEADERS) {
            return self.headers(block);
        }
        self.reading.block = Some(block);
        Ok(())
    }

    fn reset_frame(&mut self, head: FrameHead, payload: &[u8]) -> Result<(), u32> {
        if head.stream == 0 || self.is_idle(head.stream) {
            return Err(code::PROTOCOL_ERROR);
        }
        if payload.len() != 4 {
            return Err(code::FRAME_SIZE_ERROR);
        }
        let code = word(payload).unwrap_or(code::PROTOCOL_ERROR);
        self.given_up(head.stream);
        self.close(head.stream, code);
        Ok(())
    }

    fn settings_frame(&mut self, head: FrameHead, payload: &[u8]) -> Result<(), u32> {
        if head.stream != 0 {
            return Err(code::PROTOCOL_ERROR);
        }
        let is_ack = head.has(flag::ACK);
        if !payload.len().is_multiple_of(6) || (is_ack && !payload.is_empty()) {
            return Err(code::FRAME_SIZE_ERROR);
        }
        // Peers there are whose first frame agrees to what they were sent.
        self.reading.has_settings = true;
        if is_ack {
            return self.agreed();
        }
        let before = self.remote.initial_window_size;
        let mut unknown = Vec::new();
        for (number, value) in Settings::parameters(payload) {
            self.remote.take(number, value)?;
            if !(1..=6).contains(&number) && number != 8 {
                unknown.push((number, value));
            }
        }
        self.encoder.set_size_limit(self.remote.header_table_size as usize);
        let difference = i64::from(self.remote.initial_window_size) - i64::from(before);
        for stream in self.streams.values_mut() {
            stream.send_window += difference;
            if stream.send_window > 0x7fff_ffff {
                return Err(code::FLOW_CONTROL_ERROR);
            }
        }
        self.send_frame_of(kind::SETTINGS, flag::ACK, 0, &[]);
        self.answered();
        self.events.push(Event::Settings { settings: self.remote, unknown });
        self.open_waiting();
        if difference > 0 {
            self.wake_all();
        }
        Ok(())
    }

    fn ping_frame(&mut self, head: FrameHead, payload: &[u8]) -> Result<(), u32> {
        if head.stream != 0 {
            return Err(code::PROTOCOL_ERROR);
        }
        let payload: [u8; 8] = payload.try_into().map_err(|_| code::FRAME_SIZE_ERROR)?;
        let is_ack = head.has(flag::ACK);
        if !is_ack {
            self.ping(payload, true);
            self.answered();
        }
        self.events.push(Event::Ping { payload, is_ack });
        Ok(())
    }

    fn goaway_frame(&mut self, head: FrameHead, payload: &[u8]) -> Result<(), u32> {
        if head.stream != 0 {
            return Err(code::PROTOCOL_ERROR);
        }
        let (Some(last), Some(code)) = (word(payload), payload.get(4..).and_then(word)) else {
            return Err(code::FRAME_SIZE_ERROR);
        };
        let last = last & 0x7fff_ffff;
        self.goaway_last = last;
        let opaque = payload[8..].to_vec();
        let mut refused: Vec<u32> =
            self.streams.keys().copied().filter(|id| self.is_own(*id) && *id > last).collect();
        refused.sort_unstable();
        for number in refused {
            self.close(number, code::REFUSED_STREAM);
        }
        self.events.push(Event::GoAway { last, code, opaque });
        Ok(())
    }

    fn window_frame(&mut self, head: FrameHead, payload: &[u8]) -> Result<(), u32> {
        if payload.len() != 4 {
            return Err(code::FRAME_SIZE_ERROR);
        }
        let increment = i64::from(word(payload).unwrap_or(0) & 0x7fff_ffff);
        if head.stream == 0 {
            self.send_window += increment;
            if increment == 0 {
                return Err(code::PROTOCOL_ERROR);
            }
            if self.send_window > 0x7fff_ffff {
                return Err(code::FLOW_CONTROL_ERROR);
            }
            self.wake_all();
            return Ok(());
        }
        if self.is_idle(head.stream) {
            return Err(code::PROTOCOL_ERROR);
        }
        let Some(stream) = self.streams.get_mut(&head.stream) else { return Ok(()) };
        stream.send_window += increment;
        let is_over = stream.send_window > 0x7fff_ffff;
        if increment == 0 {
            self.refuse(head.stream, Refusal::Malformed);
        } else if is_over {
            self.refuse(head.stream, Refusal::Window);
        } else {
            self.wait(head.stream);
        }
        Ok(())
    }

    fn altsvc_frame(&mut self, head: FrameHead, payload: &[u8]) -> Result<(), u32> {
        let Some((length, rest)) = payload.split_first_chunk() else { return Ok(()) };
        let length = usize::from(u16::from_be_bytes(*length));
        if self.role == Role::Client && length <= rest.len() {
            let (origin, value) = rest.split_at(length);
            self.events.push(Event::AltSvc {
                stream: head.stream,
                origin: origin.to_vec(),
                value: value.to_vec(),
            });
        }
        Ok(())
    }

    fn origin_frame(&mut self, head: FrameHead, payload: &[u8]) -> Result<(), u32> {
        let mut rest = payload;
        let mut origins = Vec::new();
        while let Some((length, behind)) = rest.split_first_chunk() {
            let length = usize::from(u16::from_be_bytes(*length));
            if length > behind.len() {
                return Ok(());
            }
            let (origin, next) = behind.split_at(length);
            origins.extend_from_slice(origin);
            origins.push(b'\n');
            rest = next;
        }
        if self.role == Role::Client && head.stream == 0 {
            self.events.push(Event::Origins(origins));
        }
        Ok(())
    }
}
