//! A WebSocket after its handshake, on either side of its connection.
//!
//! The owner sends through [`Socket`], which never waits, and takes events in batches. One task a
//! socket reads and writes. Closing follows RFC 6455 section 7: a close frame each way, then the
//! connection.

use std::{
    cell::{Cell, RefCell},
    collections::VecDeque,
    future::poll_fn,
    hash::{BuildHasher as _, RandomState},
    pin::pin,
    rc::Rc,
    task::{Context, Poll, Waker},
    time::Duration,
};

use dx_reactor::Reactor;
use dx_ws::{Compressor, Event, Extension, Opcode, Reader, Role, close_payload, write_frame};

use crate::connection::Connection;

/// Bytes of events that wait for their owner before receiving stops.
const EVENT_BYTES_MAX: usize = 1024 * 1024;
/// How long a peer may take to answer a close frame.
const CLOSE_WAIT: Duration = Duration::from_secs(5);
/// Messages smaller than this are not worth compressing.
const COMPRESS_BYTES_MIN: usize = 32;

/// How a socket behaves.
#[derive(Clone, Copy, Debug)]
pub struct SocketOptions {
    /// Which side it is.
    pub role: Role,
    /// Bytes a message may have.
    pub message_bytes_max: usize,
    /// What was agreed on compression.
    pub extension: Option<Extension>,
    /// How long the peer may be silent; zero: for ever.
    pub idle: Duration,
}

/// What can be sent.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[allow(missing_docs)] // the names are the standard's
pub enum Message {
    Text,
    Binary,
    Ping,
    Pong,
}

/// What happens to a socket.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum SocketEvent {
    /// A text message.
    Text(String),
    /// A binary message.
    Binary(Vec<u8>),
    /// A ping, already answered.
    Ping(Vec<u8>),
    /// A pong.
    Pong(Vec<u8>),
    /// Everything that was queued is sent, after more had been queued than wanted.
    Drained,
    /// The end: code, reason, and whether both sides agreed to it.
    Closed(u16, String, bool),
}

type Deliver = Box<dyn FnOnce(Vec<SocketEvent>)>;

#[derive(Clone, Copy, PartialEq, Eq)]
enum State {
    Open,
    /// Our close frame is queued or sent.
    Closing,
    Over,
}

/// One side of a WebSocket, as its owner has it.
pub struct Socket {
    options: SocketOptions,
    compressor: RefCell<Option<Compressor>>,
    out: RefCell<Vec<u8>>,
    sending_bytes: Cell<usize>,
    events: RefCell<VecDeque<SocketEvent>>,
    event_bytes: Cell<usize>,
    deliver: RefCell<Option<Deliver>>,
    state: Cell<State>,
    terminated: Cell<bool>,
    wants_drain: Cell<bool>,
    task: Cell<Option<Waker>>,
    keys: RandomState,
    frames: Cell<u64>,
}

impl Socket {
    /// A socket whose connection is still to come.
    #[must_use]
    pub fn new(options: SocketOptions) -> Rc<Self> {
        let forgets = |extension: Extension| match options.role {
            Role::Client => extension.client_no_context_takeover,
            Role::Server => extension.server_no_context_takeover,
        };
        let compressor = options.extension.map(|extension| Compressor::new(forgets(extension)));
        Rc::new(Self {
            options,
            compressor: RefCell::new(compressor),
            out: RefCell::default(),
            sending_bytes: Cell::new(0),
            events: RefCell::default(),
            event_bytes: Cell::new(0),
            deliver: RefCell::default(),
            state: Cell::new(State::Open),
            terminated: Cell::new(false),
            wants_drain: Cell::new(false),
            task: Cell::default(),
            keys: RandomState::new(),
            frames: Cell::new(0),
        })
    }

    /// Queues a message; false where the socket is closing or closed.
    pub fn send(&self, message: Message, payload: &[u8], compress: bool) -> bool {
        if self.state.get() != State::Open {
            return false;
        }
        let opcode = match message {
            Message::Text => Opcode::Text,
            Message::Binary => Opcode::Binary,
            Message::Ping => Opcode::Ping,
            Message::Pong => Opcode::Pong,
        };
        let compress = compress && !opcode.is_control() && payload.len() >= COMPRESS_BYTES_MIN;
        match &mut *self.compressor.borrow_mut() {
            Some(compressor) if compress => {
                self.queue(opcode, true, &compressor.compress(payload));
            }
            _ => self.queue(opcode, false, payload),
        }
        true
    }

    fn queue(&self, opcode: Opcode, is_compressed: bool, payload: &[u8]) {
        let key = (self.options.role == Role::Client).then(|| {
            self.frames.set(self.frames.get().wrapping_add(1));
            (self.keys.hash_one(self.frames.get()) as u32).to_ne_bytes()
        });
        write_frame(&mut self.out.borrow_mut(), opcode, is_compressed, payload, key);
        self.wake();
    }

    /// Sends `bytes`, which are no frame, before everything that was queued so far.
    pub fn greet(&self, bytes: Vec<u8>) {
        let mut out = self.out.borrow_mut();
        let queued = std::mem::replace(&mut *out, bytes);
        out.extend_from_slice(&queued);
    }

    /// Begins to close, once; 1005 and such stand for no code.
    pub fn close(&self, code: Option<u16>, reason: &str) {
        if self.state.get() == State::Open {
            self.state.set(State::Closing);
            self.queue(Opcode::Close, false, &close_payload(code, reason));
        }
    }

    /// Ends the connection at once.
    pub fn terminate(&self) {
        self.terminated.set(true);
        self.wake();
    }

    /// Bytes queued and not yet taken by the system.
    #[must_use]
    pub fn buffered_bytes(&self) -> usize {
        self.out.borrow().len() + self.sending_bytes.get()
    }

    /// Asks for [`SocketEvent::Drained`] when everything queued is sent.
    pub fn want_drain(&self) {
        self.wants_drain.set(true);
    }

    /// Asks for what happens next; at least one event. One asker at a time: an earlier one is
    /// answered with nothing.
    pub fn next_events(&self, deliver: impl FnOnce(Vec<SocketEvent>) + 'static) {
        let earlier = self.deliver.borrow_mut().replace(Box::new(deliver));
        if let Some(earlier) = earlier {
            earlier(Vec::new());
        }
        self.hand_over();
    }

    fn push(&self, event: SocketEvent) {
        let bytes = match &event {
            SocketEvent::Text(text) => text.len(),
            SocketEvent::Binary(bytes) => bytes.len(),
            _ => 0,
        };
        self.event_bytes.set(self.event_bytes.get() + bytes);
        self.events.borrow_mut().push_back(event);
    }

    /// Gives what has happened to whom has asked.
    fn hand_over(&self) {
        if self.events.borrow().is_empty() {
            return;
        }
        let deliver = self.deliver.borrow_mut().take();
        if let Some(deliver) = deliver {
            let events = self.events.borrow_mut().drain(..).collect();
            self.event_bytes.set(0);
            self.wake();
            deliver(events);
        }
    }

    fn wake(&self) {
        if let Some(task) = self.task.take() {
            task.wake();
        }
    }

    /// The socket never came to be, or is over.
    pub fn fail(&self) {
        self.finish(1006, String::new(), false);
    }

    fn finish(&self, code: u16, reason: String, clean: bool) {
        if self.state.replace(State::Over) != State::Over {
            self.push(SocketEvent::Closed(code, reason, clean));
            self.hand_over();
        }
    }

    /// Runs the socket on its connection to its end. `received` has come already.
    pub async fn run(
        self: Rc<Self>,
        reactor: Reactor,
        connection: Box<Connection>,
        received: Vec<u8>,
    ) {
        let (code, reason, clean) = self.exchange(&reactor, &connection, &received).await;
        drop(connection);
        self.finish(code, reason, clean);
    }

    async fn exchange(
        &self,
        reactor: &Reactor,
        connection: &Connection,
        received: &[u8],
    ) -> (u16, String, bool) {
        let mut reading = pin!(self.read(connection, received));
        let mut writing = pin!(self.write(connection));
        let mut waiting = pin!(self.watch(reactor, connection));
        poll_fn(|context| {
            self.task.set(Some(context.waker().clone()));
            let lost = (1006, String::new(), false);
            if self.terminated.get() {
                return Poll::Ready(lost);
            }
            let failed = writing.as_mut().poll(context).is_ready();
            if let Poll::Ready(end) = reading.as_mut().poll(context) {
                return Poll::Ready(end);
            }
            if failed || waiting.as_mut().poll(context).is_ready() {
                return Poll::Ready(lost);
            }
            Poll::Pending
        })
        .await
    }

    async fn read(&self, connection: &Connection, received: &[u8]) -> (u16, String, bool) {
        let SocketOptions { role, message_bytes_max, extension, .. } = self.options;
        let mut reader = Reader::new(role, message_bytes_max, extension);
        reader.feed(received);
        loop {
            match self.take_events(&mut reader) {
                Ok(None) => {}
                Ok(Some((code, reason))) => {
                    self.close(Some(code).filter(|code| *code != 1005), &reason);
                    self.sent().await;
                    return (code, reason, true);
                }
                Err(violation) => {
                    self.close(Some(violation.code()), "");
                    self.sent().await;
                    return (violation.code(), String::new(), false);
                }
            }
            self.hand_over();
            poll_fn(|context| self.poll_room(connection, context)).await;
            match connection.read().await {
                Ok(chunk) if !chunk.is_empty() => reader.feed(&chunk),
                _ => return (1006, String::new(), false),
            }
        }
    }

    /// Takes the events of what has come; code and reason where the peer closes.
    fn take_events(&self, reader: &mut Reader) -> Result<Option<(u16, String)>, dx_ws::Violation> {
        while let Some(event) = reader.next_event()? {
            match event {
                Event::Text(text) => self.push(SocketEvent::Text(text)),
                Event::Binary(bytes) => self.push(SocketEvent::Binary(bytes)),
                Event::Ping(payload) => {
                    if self.state.get() == State::Open {
                        self.queue(Opcode::Pong, false, &payload);
                    }
                    self.push(SocketEvent::Ping(payload));
                }
                Event::Pong(payload) => self.push(SocketEvent::Pong(payload)),
                Event::Close(code, reason) => return Ok(Some((code, reason))),
            }
        }
        Ok(None)
    }

    fn poll_room(&self, connection: &Connection, context: &mut Context<'_>) -> Poll<()> {
        if self.event_bytes.get() < EVENT_BYTES_MAX {
            return Poll::Ready(());
        }
        connection.pause();
        self.task.set(Some(context.waker().clone()));
        Poll::Pending
    }

    /// Sends what is queued; ends only where the connection does.
    async fn write(&self, connection: &Connection) {
        loop {
            let bytes = std::mem::take(&mut *self.out.borrow_mut());
            if bytes.is_empty() {
                if self.wants_drain.replace(false) {
                    self.push(SocketEvent::Drained);
                    self.hand_over();
                }
                poll_fn(|_| match self.out.borrow().is_empty() {
                    true => Poll::Pending,
                    false => Poll::Ready(()),
                })
                .await;
                continue;
            }
            self.sending_bytes.set(bytes.len());
            let sent = connection.write(bytes).await;
            self.sending_bytes.set(0);
            if sent.is_err() {
                return;
            }
        }
    }

    /// Waits until everything queued is sent.
    async fn sent(&self) {
        poll_fn(|_| match self.buffered_bytes() {
            0 => Poll::Ready(()),
            _ => Poll::Pending,
        })
        .await;
    }

    /// Ends when the peer has been silent for too long, or does not answer a close frame.
    async fn watch(&self, reactor: &Reactor, connection: &Connection) {
        let idle = self.options.idle;
        loop {
            let closing = self.state.get() != State::Open;
            let limit = if closing { CLOSE_WAIT } else { idle };
            if limit.is_zero() {
                // Until the state changes.
                poll_fn(|_| match self.state.get() {
                    State::Open => Poll::Pending,
                    _ => Poll::Ready(()),
                })
                .await;
                continue;
            }
            let nanoseconds = u64::try_from(limit.as_nanos()).unwrap_or(u64::MAX);
            let until = connection.active_ns.get().saturating_add(nanoseconds);
            if reactor.now_ns() >= until {
                return;
            }
            let mut sleeping = pin!(reactor.sleep_until(until));
            poll_fn(|context| {
                let changed = (self.state.get() != State::Open) != closing;
                if changed { Poll::Ready(()) } else { sleeping.as_mut().poll(context) }
            })
            .await;
        }
    }
}

impl std::fmt::Debug for Socket {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter
            .debug_struct("Socket")
            .field("options", &self.options)
            .field("buffered_bytes", &self.buffered_bytes())
            .finish_non_exhaustive()
    }
}
