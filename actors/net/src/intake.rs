//! From received bytes to requests: heads are parsed where they lie, content is handed on by
//! demand.

use dx_http::{
    BodyDecoder, BodyEvent, BodyLength, BodyLimits, CONTINUE, Method, Parsed, Rejection,
    RequestHead, parse_request, write_rejection,
};
use dx_ring::Key;

use crate::{
    arrival::{ARRIVAL_WORDS, Arrival, BodyFailure, BodyState, Notice, word, write_peer},
    connection::{Claim, Closing, Exchange, Reply, Upload},
    shard::{HttpShard, INPUT_WINDOW, OUTPUT_WINDOW},
    site::{RouteTarget, Site, StaticRequest, StaticResponse},
};

/// Content up to this size is handed over with its head where it came in one piece with it.
const WHOLE_BODY_MAX: usize = 16 * 1024;

/// What became of the bytes offered to an upload.
enum Step {
    /// All taken, more is to come.
    More,
    /// The rest is not wanted yet.
    Blocked,
    /// The content is complete.
    Ended,
    /// The content is broken; the connection is on its way out.
    Broken,
}

impl HttpShard {
    /// Takes what was received, behind what was received before.
    pub(crate) fn take_input(&mut self, key: Key, bytes: &[u8]) {
        let Some(connection) = self.connections.get_mut(key) else {
            return;
        };
        if !connection.input.is_empty() {
            connection.input.extend_from_slice(bytes);
            self.take_stashed(key);
            return;
        }
        let taken = self.consume(key, bytes);
        if taken == bytes.len() {
            return;
        }
        let mut stash = self.buffer();
        stash.extend_from_slice(&bytes[taken..]);
        self.stash(key, stash);
    }

    /// Goes on with bytes that had to wait.
    pub(crate) fn take_stashed(&mut self, key: Key) {
        let Some(connection) = self.connections.get_mut(key) else {
            return;
        };
        if connection.input.is_empty() {
            return;
        }
        let mut input = std::mem::take(&mut connection.input);
        let taken = self.consume(key, &input);
        input.drain(..taken);
        if input.is_empty() {
            self.keep_buffer(input);
        } else {
            self.stash(key, input);
        }
    }

    fn stash(&mut self, key: Key, bytes: Vec<u8>) {
        if let Some(connection) = self.connections.get_mut(key) {
            connection.input = bytes;
            if connection.input.len() >= INPUT_WINDOW {
                self.pause(key);
            }
        }
    }

    /// Reads requests and content from `bytes`; says how many bytes need not be seen again.
    fn consume(&mut self, key: Key, bytes: &[u8]) -> usize {
        let mut at = 0;
        while let Some(connection) = self.connections.get_mut(key) {
            if connection.closing != Closing::No {
                return bytes.len();
            }
            let rest = &bytes[at..];
            if let Some(exchange) = connection.uploading {
                let (taken, step) = self.upload(key, exchange, rest);
                at += taken;
                match step {
                    Step::Ended => continue,
                    Step::Broken => return bytes.len(),
                    Step::More | Step::Blocked => return at,
                }
            }
            if rest.is_empty() {
                return at;
            }
            if connection.exchanges.len() >= connection.pipeline_max() {
                // Not for want of bytes: what lies here is looked at again without new ones.
                connection.partial = false;
                return at;
            }
            if connection.last_request {
                return bytes.len();
            }
            if connection.partial && !connection.progress.should_parse(rest, &self.limits) {
                return at;
            }
            match parse_request(rest, &self.limits, &mut self.scratch) {
                Parsed::Partial => {
                    if !connection.partial {
                        connection.partial = true;
                        connection.progress = dx_http::HeadProgress::new();
                        let _due = connection.progress.should_parse(rest, &self.limits);
                    }
                    return at;
                }
                Parsed::Reject(rejection) => {
                    self.reject(key, rejection);
                    return bytes.len();
                }
                Parsed::Complete(head) => {
                    connection.partial = false;
                    at += self.begin(key, &head, rest);
                }
            }
        }
        bytes.len()
    }

    /// Answers what may not be served, behind the replies that are due, and ends the connection.
    fn reject(&mut self, key: Key, rejection: Rejection) {
        let date = self.date;
        let exchange = Exchange {
            keep_alive: false,
            reply: Reply::Done,
            ..Exchange::waiting(key, dx_http::Version::Http11)
        };
        let exchange = self.open_exchange(key, exchange);
        self.write_to(exchange, |out| write_rejection(out, rejection, &date));
        self.advance(key);
    }

    fn open_exchange(&mut self, key: Key, exchange: Exchange) -> Key {
        let exchange = self.exchanges.insert(exchange);
        if let Some(connection) = self.connections.get_mut(key) {
            connection.exchanges.push_back(exchange);
        }
        exchange
    }

    /// Begins an exchange; says how many bytes of `bytes` the head, and content that came whole
    /// with it, take.
    fn begin(&mut self, key: Key, head: &RequestHead, bytes: &[u8]) -> usize {
        let head_length = head.head_len as usize;
        let Some(connection) = self.connections.get_mut(key) else {
            return head_length;
        };
        connection.last_request |= !head.keep_alive;
        let keep_alive = !connection.last_request;
        let Some(site) = self.connections.get(key).and_then(|c| self.site_of(c)) else {
            self.close(key);
            return head_length;
        };
        let body_max = site.settings.body_bytes_max;
        if matches!(head.body, BodyLength::Length(length) if length > body_max) {
            self.reject(key, Rejection::CONTENT_TOO_LARGE);
            return head_length;
        }
        let mut exchange = Exchange {
            head_request: head.method == Method::Head,
            keep_alive,
            ..Exchange::waiting(key, head.version)
        };
        let path = path_of(head, bytes);
        let target = site.router.find(head.method, path).and_then(|route| site.target(route));
        let after_head = &bytes[head_length..];
        let whole = match head.body {
            BodyLength::None => Some(0),
            BodyLength::Length(length) if length <= after_head.len().min(WHOLE_BODY_MAX) as u64 => {
                Some(length as usize)
            }
            _ => None,
        };
        if let Some(RouteTarget::Static(response)) = target
            && whole == Some(0)
            && keep_alive
            && let Some(taken) = self.reply_at_once(key, response, head, bytes)
        {
            return taken;
        }
        if whole.is_none() {
            exchange.upload = Some(Box::new(new_upload(head.body, body_max)));
        }
        let exchange = self.open_exchange(key, exchange);
        if whole.is_none() {
            self.begin_upload(key, exchange, head.expect_continue && after_head.is_empty());
        }
        match target {
            Some(RouteTarget::Static(response)) => {
                self.reply_static(exchange, &response.clone(), head, bytes);
            }
            Some(RouteTarget::Script(handler)) => {
                self.announce(exchange, &site, *handler, head, bytes, whole);
            }
            None => self.announce(exchange, &site, u32::MAX, head, bytes, whole),
        }
        head_length + whole.unwrap_or(0)
    }

    /// Answers a request that nothing is before, and those behind it with the very same head,
    /// without exchanges of their own; says how many bytes they take. `None`: it has to wait for
    /// its turn.
    fn reply_at_once(
        &mut self,
        key: Key,
        response: &StaticResponse,
        head: &RequestHead,
        bytes: &[u8],
    ) -> Option<usize> {
        let connection = self.connections.get_mut(key)?;
        if !connection.exchanges.is_empty() || head.version != dx_http::Version::Http11 {
            return None;
        }
        if connection.out.capacity() == 0 {
            connection.out = self.buffers.pop().unwrap_or_default();
        }
        let request = StaticRequest {
            version: head.version,
            head_request: head.method == Method::Head,
            keep_alive: true,
            if_none_match: self.scratch.find(bytes, "if-none-match"),
        };
        let reply_start = connection.out.len();
        let stays = response.write(&mut connection.out, &request, &self.date);
        let reply = reply_start..connection.out.len();
        let (head_bytes, mut rest) = bytes.split_at(head.head_len as usize);
        let mut copies_bytes = 0;
        while stays
            && reply.start + copies_bytes < OUTPUT_WINDOW
            && let Some(behind) = rest.strip_prefix(head_bytes)
        {
            copies_bytes += reply.len();
            rest = behind;
        }
        repeat_end(&mut connection.out, reply.start, copies_bytes);
        connection.last_request |= !stays;
        self.mark_dirty(key);
        if !stays {
            self.end_after_send(key);
        }
        Some(bytes.len() - rest.len())
    }

    fn begin_upload(&mut self, key: Key, exchange: Key, expects_continue: bool) {
        if let Some(connection) = self.connections.get_mut(key) {
            connection.uploading = Some(exchange);
        }
        if expects_continue {
            self.write_to(exchange, |out| out.extend_from_slice(CONTINUE));
        }
    }

    fn reply_static(
        &mut self,
        exchange: Key,
        response: &StaticResponse,
        head: &RequestHead,
        bytes: &[u8],
    ) {
        let Some(state) = self.exchanges.get(exchange) else {
            return;
        };
        let connection = state.connection;
        let (head_request, keep_alive) = (state.head_request, state.keep_alive);
        let if_none_match = self.scratch.find(bytes, "if-none-match");
        let version = head.version;
        let request = StaticRequest { version, head_request, keep_alive, if_none_match };
        let date = self.date;
        let mut keep_alive = true;
        self.write_to(exchange, |out| keep_alive = response.write(out, &request, &date));
        self.finish_reply(exchange, keep_alive);
        self.advance(connection);
    }

    /// Tells the script side of a request.
    fn announce(
        &mut self,
        exchange: Key,
        site: &Site,
        handler: u32,
        head: &RequestHead,
        bytes: &[u8],
        whole: Option<usize>,
    ) {
        let head_length = head.head_len as usize;
        let stored = head_length + whole.unwrap_or(0);
        let (segment, start) = self.store(&bytes[..stored]);
        let state = match whole {
            Some(0) => BodyState::None,
            Some(_) => BodyState::Whole,
            None => BodyState::Pending,
        };
        let host = head.host.unwrap_or_default();
        let mut arrival: Arrival = [0; ARRIVAL_WORDS];
        arrival[word::SEGMENT] = segment;
        arrival[word::EXCHANGE] = exchange.index;
        arrival[word::GENERATION] = exchange.generation;
        arrival[word::FLAGS] = head.method as u32 | (state as u32) << 8;
        arrival[word::SITE] = site.number;
        arrival[word::HANDLER] = handler;
        arrival[word::HEAD_START] = start;
        arrival[word::HEAD_LENGTH] = head.head_len;
        arrival[word::PATH_START] = start + head.path.start;
        arrival[word::PATH_LENGTH] = head.path.len;
        arrival[word::HOST_START] = start + host.start;
        arrival[word::HOST_LENGTH] = host.len;
        arrival[word::METHOD_START] = start + head.method_span.start;
        arrival[word::METHOD_LENGTH] = head.method_span.len;
        arrival[word::BODY_START] = start + head.head_len;
        arrival[word::BODY_LENGTH] = match head.body {
            BodyLength::None => 0,
            BodyLength::Length(length) => u32::try_from(length).unwrap_or(u32::MAX),
            BodyLength::Chunked | BodyLength::UntilClose => u32::MAX,
        };
        arrival[word::SHARD] = self.number;
        if let Some(state) = self.exchanges.get_mut(exchange) {
            state.told = true;
            if let Some(connection) = self.connections.get(state.connection) {
                write_peer(&mut arrival, connection.peer);
            }
        }
        self.batch.arrivals.push(arrival);
    }

    /// Takes content from `bytes`.
    fn upload(&mut self, key: Key, exchange: Key, bytes: &[u8]) -> (usize, Step) {
        let Some(state) = self.exchanges.get_mut(exchange) else {
            return (bytes.len(), Step::Broken);
        };
        let Some(upload) = state.upload.as_deref_mut() else {
            return (bytes.len(), Step::Broken);
        };
        let mut at = 0;
        let step = loop {
            let full = upload.bytes.len() >= INPUT_WINDOW;
            if full && matches!(upload.claim, Claim::None | Claim::Next) && at < bytes.len() {
                break Step::Blocked;
            }
            match upload.decoder.next(&bytes[at..]) {
                BodyEvent::Data(range) => {
                    if upload.claim != Claim::Discard {
                        upload.bytes.extend_from_slice(&bytes[at + range.start..at + range.end]);
                    }
                    at += range.end;
                }
                BodyEvent::Need => {
                    at = bytes.len();
                    break Step::More;
                }
                BodyEvent::End { consumed } => {
                    at += consumed;
                    upload.ended = true;
                    break Step::Ended;
                }
                BodyEvent::Reject(rejection) => {
                    self.break_upload(key, exchange, rejection);
                    return (bytes.len(), Step::Broken);
                }
            }
        };
        if let Step::Ended = step
            && let Some(connection) = self.connections.get_mut(key)
        {
            connection.uploading = None;
        }
        self.deliver(exchange);
        (at, step)
    }

    /// Answers a claim as far as there is something to answer it with.
    fn deliver(&mut self, exchange: Key) {
        let Some(state) = self.exchanges.get_mut(exchange) else {
            return;
        };
        let Some(upload) = state.upload.as_deref_mut() else {
            return;
        };
        let due = match upload.claim {
            Claim::None => false,
            Claim::Next => upload.ended || !upload.bytes.is_empty(),
            Claim::All => upload.ended,
            Claim::Discard => upload.ended,
        };
        if !due {
            return;
        }
        let ended = upload.ended;
        let discarded = upload.claim == Claim::Discard;
        let bytes = std::mem::take(&mut upload.bytes);
        upload.claim = Claim::None;
        if ended {
            state.upload = None;
        }
        if state.is_over() {
            self.exchanges.remove(exchange);
        }
        if !discarded {
            self.batch.notices.push(Notice::Body { exchange, bytes, ended });
        }
    }

    /// Content that cannot be completed: the claim fails, and the client hears why if nothing
    /// of the reply has been sent.
    fn break_upload(&mut self, key: Key, exchange: Key, rejection: Rejection) {
        let Some(state) = self.exchanges.get_mut(exchange) else {
            return;
        };
        let claim = state.upload.take().map_or(Claim::Discard, |upload| upload.claim);
        let unanswered = state.reply == Reply::Waiting;
        let told = state.told;
        if matches!(claim, Claim::Next | Claim::All) {
            let too_large = rejection == Rejection::CONTENT_TOO_LARGE;
            let reason = if too_large { BodyFailure::TooLarge } else { BodyFailure::Malformed };
            self.batch.notices.push(Notice::BodyFailed { exchange, reason });
        }
        if let Some(connection) = self.connections.get_mut(key) {
            connection.uploading = None;
            connection.last_request = true;
        }
        if !unanswered {
            return;
        }
        if told {
            self.batch.notices.push(Notice::Aborted { exchange });
        }
        let date = self.date;
        self.write_to(exchange, |out| write_rejection(out, rejection, &date));
        self.finish_reply(exchange, false);
        self.advance(key);
    }

    /// Says what the script side wants of a request's content.
    pub fn claim(&mut self, exchange: Key, claim: Claim) {
        let Some(state) = self.exchanges.get_mut(exchange) else {
            let reason = BodyFailure::Aborted;
            self.batch.notices.push(Notice::BodyFailed { exchange, reason });
            return;
        };
        let connection = state.connection;
        match state.upload.as_deref_mut() {
            Some(upload) => {
                if claim == Claim::Discard {
                    upload.bytes = Vec::new();
                }
                upload.claim = claim;
            }
            None if claim == Claim::Discard => return,
            None => {
                let bytes = Vec::new();
                self.batch.notices.push(Notice::Body { exchange, bytes, ended: true });
                return;
            }
        }
        self.deliver(exchange);
        self.take_stashed(connection);
        let wanting = self.connections.get(connection).is_some_and(|c| c.uploading.is_some());
        if wanting {
            self.resume(connection);
        }
    }
}

impl Exchange {
    /// An exchange of which only the connection is known.
    fn waiting(connection: Key, version: dx_http::Version) -> Self {
        Self {
            connection,
            version,
            head_request: false,
            keep_alive: true,
            reply: Reply::Waiting,
            told: false,
            held: Vec::new(),
            queued_bytes: 0,
            sending_bytes: 0,
            promised_bytes: None,
            upload: None,
        }
    }
}

/// Appends `count` bytes, a multiple of what lies from `start` on, by repeating that.
fn repeat_end(bytes: &mut Vec<u8>, start: usize, count: usize) {
    let end = bytes.len() + count;
    bytes.reserve(count);
    while bytes.len() < end {
        let piece = (bytes.len() - start).min(end - bytes.len());
        bytes.extend_from_within(start..start + piece);
    }
}

/// The path without its query; the root where an absolute target has none.
fn path_of<'a>(head: &RequestHead, bytes: &'a [u8]) -> &'a [u8] {
    let target = head.path.of(bytes);
    let end = target.iter().position(|byte| *byte == b'?').unwrap_or(target.len());
    if end == 0 { b"/" } else { &target[..end] }
}

fn new_upload(length: BodyLength, body_bytes_max: u64) -> Upload {
    let limits = BodyLimits { content_bytes: body_bytes_max, ..BodyLimits::default() };
    Upload {
        decoder: BodyDecoder::new(length, &limits),
        bytes: Vec::new(),
        claim: Claim::None,
        ended: false,
    }
}

#[cfg(test)]
mod tests {
    use super::repeat_end;

    #[test]
    fn the_end_is_repeated_as_often_as_asked() {
        for times in 0..20 {
            let mut bytes = b"before:reply".to_vec();
            repeat_end(&mut bytes, 7, 5 * times);
            assert_eq!(bytes, [&b"before:"[..], &b"reply".repeat(times + 1)].concat());
        }
    }
}
