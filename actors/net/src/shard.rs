//! One shard's share of the HTTP servers: accepting, receiving, sending, closing.
//!
//! The shard turns completions into requests ([`Batch`]) and records into replies. It runs no
//! script and knows no engine; the script side may be on this thread or on another.
//!
//! Invariants:
//! - replies leave a connection in the order of its requests, whatever order they come in;
//! - everything written to a connection in a turn leaves in one send (corking);
//! - no demand, no receiving: what a connection buffers is bounded by [`INPUT_WINDOW`] for its
//!   input and [`PIPELINE_MAX`] requests, of which the next are taken up only once no more than
//!   [`OUTPUT_WINDOW`] bytes of replies wait to be sent;
//! - a completion for a connection that is gone is dropped by its generation.
//!
//! Failures end at the connection: a peer's mistake is answered and the connection closed; a
//! full descriptor table pauses accepting for [`ACCEPT_BACKOFF_NS`].

use std::{
    net::SocketAddr,
    sync::Arc,
    time::{SystemTime, UNIX_EPOCH},
};

use dx_driver::{
    Completion, Descriptor, ListenOptions, Moderation, Operation, Outgoing, Pace, Payload, Token,
};
use dx_http::{HeadScratch, HttpDate, Limits, format_date};
use dx_mem::SegmentWriter;
use dx_reactor::{Event, Reactor};
use dx_ring::{Key, Slab};

use crate::{
    arrival::{Batch, Notice},
    connection::{Claim, Closing, Connection, Exchange, Reply},
    secure::Secured,
    site::Site,
};

/// Bytes a connection buffers of what is not wanted yet, before receiving stops. A buffer or two
/// of the driver's pool may arrive on top while the stop takes effect.
pub const INPUT_WINDOW: usize = 64 * 1024;
/// Requests of one connection that may wait for their replies.
pub const PIPELINE_MAX: usize = 64;
/// As [`PIPELINE_MAX`], where the last reply was a large one: what many of them would fill is
/// memory that is cold by the time the kernel takes it.
pub(crate) const LARGE_PIPELINE_MAX: usize = 2;
/// Bytes of replies that may wait to be sent before the next request is taken up.
pub const OUTPUT_WINDOW: usize = 64 * 1024;
/// Out buffers kept for reuse; each at most [`BUFFER_KEEP_BYTES`], so 1 MiB in all.
const BUFFERS_KEPT: usize = 64;
const BUFFER_KEEP_BYTES: usize = 16 * 1024;
/// Bytes of heads that share one segment; four of the largest heads fit.
const SEGMENT_BYTES: usize = 64 * 1024;
/// Nanoseconds for which accepting rests when descriptors have run out.
pub const ACCEPT_BACKOFF_NS: u64 = 100_000_000;
/// Nanoseconds between looks at silent connections.
const SWEEP_NS: u64 = 1_000_000_000;
/// Seconds a closing connection's last bytes are waited for.
const LINGER_S: u32 = 2;

/// Token kinds of a shard; kinds outside this range belong to others on the reactor.
pub mod kind {
    /// First kind used here.
    pub const FIRST: u8 = 0x40;
    pub(crate) const ACCEPT: u8 = 0x40;
    pub(crate) const RECEIVE: u8 = 0x41;
    pub(crate) const SEND: u8 = 0x42;
    pub(crate) const CLOSE: u8 = 0x43;
    pub(crate) const SHUTDOWN: u8 = 0x44;
    pub(crate) const SWEEP: u8 = 0x45;
    pub(crate) const ACCEPT_AGAIN: u8 = 0x46;
    /// Last kind used here.
    pub const LAST: u8 = 0x46;
}

/// A listening socket and what it serves.
struct Listener {
    socket: Descriptor,
    site: Arc<Site>,
    accepting: bool,
    stopped: bool,
    connections: usize,
}

/// One shard's servers.
pub struct HttpShard {
    pub(crate) reactor: Reactor,
    pub(crate) number: u32,
    listeners: Slab<Listener>,
    pub(crate) connections: Slab<Connection>,
    pub(crate) exchanges: Slab<Exchange>,
    pub(crate) batch: Batch,
    pub(crate) scratch: HeadScratch,
    pub(crate) limits: Limits,
    segment: Option<SegmentWriter>,
    segment_number: u32,
    pub(crate) dirty: Vec<Key>,
    pub(crate) buffers: Vec<Vec<u8>>,
    pub(crate) date: HttpDate,
    pub(crate) now_s: u32,
    date_at_ns: u64,
    sweeping: bool,
    /// Lets the reactor's waits gather requests while there are many; looked at after each turn
    /// of the shard, so that waits are short again a sweep after its last request at the latest.
    moderation: Moderation,
}

impl HttpShard {
    /// A shard without servers; `number` names it in arrivals.
    #[must_use]
    pub fn new(reactor: Reactor, number: u32) -> Self {
        Self {
            reactor,
            number,
            listeners: Slab::new(),
            connections: Slab::new(),
            exchanges: Slab::new(),
            batch: Batch { shard: number, ..Batch::default() },
            scratch: HeadScratch::new(),
            limits: Limits::default(),
            segment: None,
            segment_number: 0,
            dirty: Vec::new(),
            buffers: Vec::new(),
            date: format_date(unix_seconds()),
            now_s: 1,
            date_at_ns: 0,
            sweeping: false,
            moderation: Moderation::new(Pace::ANSWERS),
        }
    }

    /// Paces waits for a script side that lives on another shard.
    pub fn hand_on(&mut self) {
        self.moderation = Moderation::new(Pace::HANDS_ON);
    }

    /// Starts to listen and to accept; says where.
    ///
    /// # Errors
    /// As `bind(2)` and `listen(2)`.
    pub fn listen(
        &mut self,
        address: SocketAddr,
        options: &ListenOptions,
        site: Arc<Site>,
    ) -> std::io::Result<(Key, SocketAddr)> {
        let (socket, local) = self.reactor.with_driver(|driver| {
            let socket = driver.listen(address, options)?;
            Ok::<_, std::io::Error>((socket, driver.local_address(socket)?))
        })?;
        Ok((self.adopt(socket, site, !options.reuse_port), local))
    }

    /// Accepts on a socket that already listens; it belongs to the shard from now on. `is_alone`:
    /// as [`Listening`](crate::Listening) has it.
    pub fn adopt(&mut self, socket: Descriptor, site: Arc<Site>, is_alone: bool) -> Key {
        if is_alone {
            // Where its address cannot be told, everybody comes by the kernel.
            let _ = self.reactor.with_driver(|driver| driver.offer_loopback(socket));
        }
        let listener = Listener { socket, site, accepting: false, stopped: false, connections: 0 };
        let key = self.listeners.insert(listener);
        self.accept(key);
        self.start_sweeping();
        key
    }

    /// Whether a listener, or a connection accepted by it, is still there.
    #[must_use]
    pub fn has_listener(&self, listener: Key) -> bool {
        self.listeners.contains(listener)
    }

    /// Serves another version of the site from now on.
    pub fn replace_site(&mut self, listener: Key, site: Arc<Site>) {
        if let Some(listener) = self.listeners.get_mut(listener) {
            listener.site = site;
        }
    }

    /// Stops accepting and closes the listening socket. Connections go on; `close_all` cuts
    /// them, otherwise idle ones are closed and the others after their replies.
    pub fn stop(&mut self, key: Key, close_all: bool) {
        let Some(listener) = self.listeners.get_mut(key) else {
            return;
        };
        if !listener.stopped {
            listener.stopped = true;
            let socket = listener.socket;
            if listener.accepting {
                self.reactor.cancel(token(kind::ACCEPT, key));
            }
            if !socket.is_virtual() {
                // The kernel keeps it until the accept under way is cancelled; who connects from
                // now on is refused all the same.
                let _ = dx_sys::endpoint::shutdown_both(socket.0);
            }
            let closing = Operation::Close { descriptor: socket };
            self.reactor.submit(token(kind::CLOSE, Key::NONE), closing);
        }
        for connection in self.connections_of(key) {
            if close_all {
                self.close(connection);
            } else if let Some(state) = self.connections.get_mut(connection) {
                state.last_request = true;
                if state.is_idle() {
                    self.close(connection);
                }
            }
        }
        self.forget_listener(key);
    }

    /// Closes the connections of a listener on which nothing is under way.
    pub fn close_idle(&mut self, listener: Key) {
        for key in self.connections_of(listener) {
            if self.connections.get(key).is_some_and(Connection::is_idle) {
                self.close(key);
            }
        }
    }

    /// How many connections a listener has; 0 too where it is gone.
    #[must_use]
    pub fn connection_count(&self, listener: Key) -> usize {
        self.listeners.get(listener).map_or(0, |listener| listener.connections)
    }

    /// Sets the silence allowed on an exchange's connection, in seconds; 0: any.
    pub fn set_timeout(&mut self, exchange: Key, seconds: u32) {
        let now_s = self.now_s;
        let connection = self.exchanges.get(exchange).map(|exchange| exchange.connection);
        if let Some(state) = connection.and_then(|key| self.connections.get_mut(key)) {
            state.idle_timeout_s = seconds;
            state.touch(now_s);
        }
    }

    /// What has come for the script side since the last call.
    #[must_use]
    pub fn take_batch(&mut self) -> Batch {
        let next = Batch { shard: self.number, ..Batch::default() };
        std::mem::replace(&mut self.batch, next)
    }

    /// Gives an emptied batch back, to save its allocations.
    pub fn recycle(&mut self, mut batch: Batch) {
        if self.batch.is_empty() {
            batch.arrivals.clear();
            batch.segments.clear();
            batch.notices.clear();
            self.batch = batch;
        }
    }

    /// Whether the script side has something to hear.
    #[must_use]
    pub fn has_batch(&self) -> bool {
        !self.batch.is_empty()
    }

    /// Handles an event of one of this shard's kinds; gives others back.
    pub fn handle(&mut self, event: Event) -> Option<Event> {
        self.refresh_date();
        let token = match &event {
            Event::Completion(completion) => completion.token,
            Event::Timer(token) => *token,
        };
        if !(kind::FIRST..=kind::LAST).contains(&token.kind()) {
            return Some(event);
        }
        let key = Key { index: token.index(), generation: token.generation() };
        match (token.kind(), event) {
            (kind::ACCEPT, Event::Completion(completion)) => self.accepted(key, completion),
            (kind::RECEIVE, Event::Completion(completion)) => self.received(key, completion),
            (kind::SEND, Event::Completion(completion)) => self.sent(key, completion),
            (kind::SWEEP, _) => self.sweep(),
            (kind::ACCEPT_AGAIN, _) => self.accept(key),
            _ => {}
        }
        None
    }

    /// Sends what the turn has written, one send a connection.
    pub fn flush(&mut self) {
        while let Some(key) = self.dirty.pop() {
            self.flush_connection(key);
        }
        if let Some(patience) = self.moderation.review(self.reactor.now_ns()) {
            self.reactor.with_driver(|driver| driver.set_patience(patience));
        }
    }

    fn flush_connection(&mut self, key: Key) {
        let Some(connection) = self.connections.get_mut(key) else {
            return;
        };
        connection.dirty = false;
        if connection.sending {
            self.reactor.hurry_sends();
        }
        if connection.sending || connection.closing == Closing::Now {
            return;
        }
        let full = connection.full.pop_front();
        let is_last = full.is_none();
        let (mut bytes, mut from) = full.unwrap_or_else(|| {
            (std::mem::take(&mut connection.out), std::mem::take(&mut connection.out_start))
        });
        let ending = connection.closing == Closing::AfterSend;
        if let Some(secured) = &mut connection.secured {
            if bytes.is_empty() && ending {
                secured.end();
            }
            if !bytes.is_empty() || secured.has_output() {
                bytes = secured.encrypt(&bytes[from..]);
                from = 0;
            }
        }
        if bytes.is_empty() {
            if ending {
                self.linger(key);
            }
            return;
        }
        connection.sending = true;
        let bytes = Outgoing::Owned(bytes);
        let front = connection.exchanges.front().copied();
        let socket = connection.socket;
        // Nothing waits for the end of a send after which there is nothing to send.
        let mut unhurried =
            is_last && !ending && connection.secured.is_none() && connection.detaching.is_none();
        if is_last && let Some(exchange) = front.and_then(|front| self.exchanges.get_mut(front)) {
            exchange.sending_bytes = std::mem::take(&mut exchange.queued_bytes);
            unhurried &= exchange.sending_bytes == 0;
        }
        let send = Operation::Send { socket, bytes, from };
        match unhurried {
            true => self.reactor.submit_unhurried(token(kind::SEND, key), send),
            false => self.reactor.submit(token(kind::SEND, key), send),
        }
    }

    /// Queues a connection for the turn's end.
    pub(crate) fn mark_dirty(&mut self, key: Key) {
        if let Some(connection) = self.connections.get_mut(key)
            && !connection.dirty
        {
            connection.dirty = true;
            self.dirty.push(key);
        }
    }

    fn sent(&mut self, token_key: Key, completion: Completion) {
        if let Payload::Outgoing(Outgoing::Owned(buffer)) = completion.payload {
            self.keep_buffer(buffer);
        }
        let Some(key) = self.live(token_key) else {
            return;
        };
        let now_s = self.now_s;
        let Some(connection) = self.connections.get_mut(key) else {
            return;
        };
        connection.sending = false;
        connection.touch(now_s);
        if connection.closing == Closing::Now || completion.result.is_err() {
            self.close(key);
            return;
        }
        let secured = connection.secured.as_ref();
        let more = !connection.out.is_empty() || secured.is_some_and(|tls| tls.has_output());
        let front = connection.exchanges.front().copied();
        let ending = connection.closing == Closing::AfterSend;
        let waiting = !connection.input.is_empty() && connection.detaching.is_none();
        if let Some(front) = front
            && let Some(exchange) = self.exchanges.get_mut(front)
            && exchange.sending_bytes > 0
        {
            let bytes = std::mem::take(&mut exchange.sending_bytes);
            self.batch.notices.push(Notice::Drained { exchange: front, bytes });
        }
        if more || ending {
            self.mark_dirty(key);
        }
        if waiting {
            self.go_on(key);
        }
        self.finish_detaching(key);
    }

    fn accept(&mut self, key: Key) {
        let Some(listener) = self.listeners.get_mut(key) else {
            return;
        };
        if listener.stopped || listener.accepting {
            return;
        }
        listener.accepting = true;
        let operation = Operation::Accept { listener: listener.socket };
        self.reactor.submit(token(kind::ACCEPT, key), operation);
    }

    fn accepted(&mut self, key: Key, completion: Completion) {
        if let Payload::Socket(socket) = completion.payload {
            self.admit(key, socket);
        }
        if completion.more {
            return;
        }
        let Some(listener) = self.listeners.get_mut(key) else {
            return;
        };
        listener.accepting = false;
        if listener.stopped {
            self.forget_listener(key);
        } else if completion.result.is_err() {
            // Out of descriptors or memory: the backlog waits until some are free again.
            let again = self.reactor.now_ns() + ACCEPT_BACKOFF_NS;
            self.reactor.set_timer(again, token(kind::ACCEPT_AGAIN, key));
        } else {
            self.accept(key);
        }
    }

    fn admit(&mut self, listener: Key, socket: Descriptor) {
        let now_s = self.now_s;
        let peer = self.reactor.with_driver(|driver| driver.peer_address(socket));
        let serving = self.listeners.get_mut(listener).filter(|listener| !listener.stopped);
        let peer = match serving.as_ref().is_some_and(|serving| serving.site.settings.is_local) {
            true => Ok(SocketAddr::from(([0, 0, 0, 0], 0))),
            false => peer,
        };
        let session = match serving.as_ref().and_then(|serving| serving.site.settings.tls.as_ref())
        {
            None => Ok(None),
            Some(settings) => settings.session().map(|session| Some(Secured::new(session))),
        };
        let (Some(serving), Ok(peer), Ok(secured)) = (serving, peer, session) else {
            let closing = Operation::Close { descriptor: socket };
            self.reactor.submit(token(kind::CLOSE, Key::NONE), closing);
            return;
        };
        serving.connections += 1;
        let mut connection = Connection::new(socket, listener, peer);
        connection.secured = secured.map(Box::new);
        connection.idle_timeout_s = serving.site.settings.idle_timeout_s;
        connection.touch(now_s);
        let key = self.connections.insert(connection);
        self.receive(key);
    }

    /// Receives, unless it already does.
    pub(crate) fn receive(&mut self, key: Key) {
        if let Some(connection) = self.connections.get_mut(key)
            && !connection.receiving
            && connection.closing != Closing::Now
        {
            connection.receiving = true;
            connection.paused = false;
            let operation = Operation::Receive { socket: connection.socket };
            self.reactor.submit(token(kind::RECEIVE, key), operation);
        }
    }

    /// Stops receiving for lack of demand; the kernel's window then stops the peer.
    pub(crate) fn pause(&mut self, key: Key) {
        if let Some(connection) = self.connections.get_mut(key)
            && !connection.paused
        {
            connection.paused = true;
            if connection.receiving {
                self.reactor.cancel(token(kind::RECEIVE, key));
            }
        }
    }

    /// Takes up receiving after a pause.
    pub(crate) fn resume(&mut self, key: Key) {
        if let Some(connection) = self.connections.get_mut(key)
            && connection.paused
        {
            connection.paused = false;
            // Where the cancelled receive has not ended yet, its last completion arms the next.
            if !connection.receiving {
                self.receive(key);
            }
        }
    }

    fn received(&mut self, token_key: Key, completion: Completion) {
        let Some(key) = self.live(token_key) else {
            return;
        };
        let now_s = self.now_s;
        let Some(connection) = self.connections.get_mut(key) else {
            return;
        };
        if !completion.more {
            connection.receiving = false;
        }
        if connection.closing == Closing::Now {
            self.close(key);
            return;
        }
        match (completion.result, completion.payload) {
            (Ok(count), Payload::Lease(lease)) if count > 0 => {
                if connection.closing == Closing::No {
                    connection.touch(now_s);
                    self.moderation.received(&mut connection.seen);
                    if connection.secured.is_some() {
                        self.take_secured(key, &lease);
                    } else if connection.detaching.is_some() {
                        connection.input.extend_from_slice(&lease);
                    } else {
                        self.take_input(key, &lease);
                    }
                }
            }
            (Ok(_), _) => {
                self.close(key);
                return;
            }
            (Err(error), _) if is_passing(&error) => {}
            (Err(_), _) => {
                self.close(key);
                return;
            }
        }
        let Some(connection) = self.connections.get(key) else {
            return;
        };
        if connection.detaching.is_some() {
            self.finish_detaching(key);
        } else if !connection.receiving && !connection.paused {
            self.receive(key);
        }
    }

    /// Ends our side once everything is sent, and waits for the peer to end its own.
    fn linger(&mut self, key: Key) {
        if let Some(connection) = self.connections.get_mut(key) {
            connection.closing = Closing::Lingering;
            connection.deadline_s = self.now_s + LINGER_S;
            connection.input = Vec::new();
            let operation = Operation::ShutdownWrite { socket: connection.socket };
            self.reactor.submit(token(kind::SHUTDOWN, key), operation);
            self.resume(key);
        }
    }

    /// Closes a connection now; it is gone when its operations in flight have ended.
    pub(crate) fn close(&mut self, key: Key) {
        let Some(connection) = self.connections.get_mut(key) else {
            return;
        };
        if connection.closing != Closing::Now {
            connection.closing = Closing::Now;
            if connection.receiving {
                self.reactor.cancel(token(kind::RECEIVE, key));
            }
            if connection.sending {
                self.reactor.cancel(token(kind::SEND, key));
            }
            self.fail_detaching(key);
            self.abort_exchanges(key);
        }
        let Some(connection) = self.connections.get(key) else {
            return;
        };
        if connection.receiving || connection.sending {
            return;
        }
        let Some(connection) = self.connections.remove(key) else {
            return;
        };
        self.keep_buffer(connection.out);
        let closing = Operation::Close { descriptor: connection.socket };
        self.reactor.submit(token(kind::CLOSE, Key::NONE), closing);
        self.left(connection.listener);
    }

    /// A connection of `listener` is gone.
    pub(crate) fn left(&mut self, listener: Key) {
        if let Some(listener) = self.listeners.get_mut(listener) {
            listener.connections -= 1;
        }
        self.forget_listener(listener);
    }

    /// Asks for the receive in flight to end.
    pub(crate) fn stop_receiving(&mut self, key: Key) {
        self.reactor.cancel(token(kind::RECEIVE, key));
    }

    /// Gives up the connection whose event could not be handled to its end.
    pub(crate) fn abandon(&mut self, token: Token) {
        if !(kind::RECEIVE..=kind::SHUTDOWN).contains(&token.kind()) {
            return;
        }
        let key = Key { index: token.index(), generation: token.generation() };
        if let Some(key) = self.live(key) {
            if let Some(connection) = self.connections.get_mut(key) {
                match token.kind() {
                    // The event may have been the operation's last: nothing more is waited for.
                    kind::SEND => connection.sending = false,
                    _ => connection.receiving = false,
                }
            }
            self.close(key);
        }
    }

    fn abort_exchanges(&mut self, key: Key) {
        let Some(connection) = self.connections.get_mut(key) else {
            return;
        };
        let mut ended: Vec<Key> = connection.exchanges.drain(..).collect();
        if let Some(uploading) = connection.uploading.take()
            && !ended.contains(&uploading)
        {
            ended.push(uploading);
        }
        for exchange in ended {
            let Some(state) = self.exchanges.remove(exchange) else {
                continue;
            };
            let claimed = |claim| matches!(claim, Claim::Next | Claim::All);
            if state.upload.is_some_and(|upload| claimed(upload.claim) && !upload.ended) {
                let reason = crate::arrival::BodyFailure::Aborted;
                self.batch.notices.push(Notice::BodyFailed { exchange, reason });
            }
            if state.told && state.reply != Reply::Done {
                self.batch.notices.push(Notice::Aborted { exchange });
            }
        }
    }

    fn forget_listener(&mut self, key: Key) {
        let gone = |listener: &Listener| {
            listener.stopped && !listener.accepting && listener.connections == 0
        };
        if self.listeners.get(key).is_some_and(gone) {
            self.listeners.remove(key);
        }
    }

    fn connections_of(&self, listener: Key) -> Vec<Key> {
        let ours = self.connections.iter().filter(|(_, c)| c.listener == listener);
        ours.map(|(key, _)| key).collect()
    }

    /// The site a connection belongs to.
    pub(crate) fn site_of(&self, connection: &Connection) -> Option<Arc<Site>> {
        self.listeners.get(connection.listener).map(|listener| Arc::clone(&listener.site))
    }

    /// Copies bytes to where the script side can read them: number of the segment and offset.
    pub(crate) fn store(&mut self, bytes: &[u8]) -> (u32, u32) {
        if let Some(writer) = &mut self.segment
            && let Some(at) = writer.append(bytes)
        {
            return (self.segment_number, at as u32);
        }
        let mut writer = SegmentWriter::new(SEGMENT_BYTES.max(bytes.len()));
        self.segment_number = self.segment_number.wrapping_add(1);
        self.batch.segments.push((self.segment_number, Arc::clone(writer.segment())));
        let at = writer.append(bytes).unwrap_or_default();
        self.segment = Some(writer);
        (self.segment_number, at as u32)
    }

    /// An empty buffer, used before where there is one.
    pub(crate) fn buffer(&mut self) -> Vec<u8> {
        self.buffers.pop().unwrap_or_default()
    }

    pub(crate) fn keep_buffer(&mut self, mut buffer: Vec<u8>) {
        let worth = 1..=BUFFER_KEEP_BYTES;
        if self.buffers.len() < BUFFERS_KEPT && worth.contains(&buffer.capacity()) {
            buffer.clear();
            self.buffers.push(buffer);
        }
    }

    fn start_sweeping(&mut self) {
        if !self.sweeping {
            self.sweeping = true;
            let next = self.reactor.now_ns() + SWEEP_NS;
            self.reactor.set_timer(next, token(kind::SWEEP, Key { index: 0, generation: 0 }));
        }
    }

    /// Closes the connections whose silence has lasted too long.
    fn sweep(&mut self) {
        self.sweeping = false;
        self.now_s += 1;
        let now_s = self.now_s;
        let late =
            |connection: &Connection| connection.deadline_s != 0 && connection.deadline_s <= now_s;
        let silent = self.connections.iter().filter(|(_, connection)| late(connection));
        let silent: Vec<Key> = silent.map(|(key, _)| key).collect();
        for key in silent {
            self.close(key);
        }
        if !self.listeners.is_empty() || !self.connections.is_empty() {
            self.start_sweeping();
        }
    }

    /// Formats the date again when a second has passed since the last look.
    fn refresh_date(&mut self) {
        let now_ns = self.reactor.now_ns();
        if now_ns.wrapping_sub(self.date_at_ns) >= SWEEP_NS / 4 {
            self.date_at_ns = now_ns;
            self.date = format_date(unix_seconds());
        }
    }

    /// The full key of a connection named by a token, whose generation is shortened.
    fn live(&self, token_key: Key) -> Option<Key> {
        self.connections.key_at(token_key.index).filter(|key| {
            key.generation % Token::GENERATIONS == token_key.generation % Token::GENERATIONS
        })
    }

    /// Connections open now.
    #[must_use]
    pub fn open_connections(&self) -> usize {
        self.connections.len()
    }
}

fn token(kind: u8, key: Key) -> Token {
    Token::new(kind, key.generation, key.index)
}

fn unix_seconds() -> u64 {
    SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_secs())
}

/// Errors after which receiving is simply taken up again: no buffer was free, a pause took
/// effect, or a signal came.
fn is_passing(error: &std::io::Error) -> bool {
    const ENOBUFS: i32 = 105;
    const ECANCELED: i32 = 125;
    const EINTR: i32 = 4;
    const EAGAIN: i32 = 11;
    matches!(error.raw_os_error(), Some(ENOBUFS | ECANCELED | EINTR | EAGAIN))
}
