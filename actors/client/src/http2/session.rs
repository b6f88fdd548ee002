//! One connection: the machine, the socket under it, and what has come of its streams.

use std::{
    cell::{Cell, RefCell},
    future::poll_fn,
    rc::Rc,
    task::{Context, Poll, Waker},
};

use dx_http2::{Connection as Machine, Event, Refusal, Role, code, hpack::Fields};
use dx_reactor::Reactor;
use rustc_hash::FxHashMap;

use super::{CONNECTION_WINDOW_BYTES, FIELDS_MAX, LIST_BYTES_MAX, STREAM_WINDOW_BYTES, translate};
use crate::{
    connection::Connection,
    error::{ClientError, Http2Fault},
    exchange::INTERIM_MAX,
};

/// Streams that may be open before the server has said how many, as Bun.
const STREAMS_UNSAID: usize = 100;

/// Numbers of the settings that are said (RFC 9113, section 6.5.2).
const ENABLE_PUSH: u16 = 2;
const INITIAL_WINDOW_SIZE: u16 = 4;
const MAX_HEADER_LIST_SIZE: u16 = 6;

/// What has come of a stream.
#[derive(Default)]
pub(super) struct Inbox {
    /// The fields of the final response.
    pub(super) head: Option<Fields>,
    interim: u32,
    /// The server wants the content of the request (100).
    pub(super) is_continued: bool,
    /// Content that has not been taken.
    pub(super) content: Vec<u8>,
    pub(super) has_ended: bool,
    pub(super) failure: Option<ClientError>,
    /// Neither side sends any more.
    pub(super) is_closed: bool,
    /// The exchange.
    pub(super) waiting: Option<Waker>,
}

/// One connection that speaks HTTP/2.
pub(crate) struct Session {
    connection: Connection,
    reactor: Reactor,
    pub(super) machine: RefCell<Machine>,
    pub(super) inboxes: RefCell<FxHashMap<u32, Inbox>>,
    /// The task that drives it.
    task: Cell<Option<Waker>>,
    /// Who waits for the server's settings.
    unsettled: RefCell<Vec<Waker>>,
    is_settled: Cell<bool>,
    /// The server takes no more streams.
    is_draining: Cell<bool>,
    failure: RefCell<Option<ClientError>>,
    /// When the last stream ended.
    idle_since_ns: Cell<u64>,
}

impl Session {
    /// A session on a connection whose sides have agreed on HTTP/2, and its task.
    pub(crate) fn start(connection: Connection, reactor: &Reactor) -> Rc<Self> {
        let mut machine = Machine::new(Role::Client);
        machine.set_pairs_max(FIELDS_MAX);
        let mut settings = Vec::new();
        for (number, value) in [
            (ENABLE_PUSH, 0),
            (INITIAL_WINDOW_SIZE, STREAM_WINDOW_BYTES),
            (MAX_HEADER_LIST_SIZE, LIST_BYTES_MAX),
        ] {
            settings.extend_from_slice(&number.to_be_bytes());
            settings.extend_from_slice(&value.to_be_bytes());
        }
        machine.send_settings(&settings);
        machine.set_window(CONNECTION_WINDOW_BYTES);
        let session = Rc::new(Self {
            connection,
            reactor: reactor.clone(),
            machine: RefCell::new(machine),
            inboxes: RefCell::default(),
            task: Cell::default(),
            unsettled: RefCell::default(),
            is_settled: Cell::new(false),
            is_draining: Cell::new(false),
            failure: RefCell::default(),
            idle_since_ns: Cell::new(reactor.now_ns()),
        });
        let weak = Rc::downgrade(&session);
        reactor.spawn(poll_fn(move |context| match weak.upgrade() {
            Some(session) => session.poll(context),
            None => Poll::Ready(()),
        }));
        session
    }

    /// Carries bytes both ways; ready once there is nothing left to carry for ever.
    fn poll(&self, context: &mut Context<'_>) -> Poll<()> {
        self.task.set(Some(context.waker().clone()));
        while self.failure.borrow().is_none() {
            match self.connection.poll_read(context) {
                Poll::Pending => break,
                Poll::Ready(Ok(chunk)) if chunk.is_empty() => self.fail(&ClientError::Closed),
                Poll::Ready(Ok(chunk)) => self.take(&chunk),
                Poll::Ready(Err(error)) => self.fail(&ClientError::of_connection(&error)),
            }
        }
        match self.connection.poll_write(context, || self.next_output()) {
            Poll::Ready(Err(error)) => {
                self.fail(&ClientError::of_connection(&error));
                Poll::Ready(())
            }
            Poll::Ready(Ok(())) if self.failure.borrow().is_some() => Poll::Ready(()),
            _ => Poll::Pending,
        }
    }

    fn next_output(&self) -> Vec<u8> {
        let output = self.machine.borrow_mut().take_output();
        // Content that is on its way makes room for more.
        self.note_events(&[]);
        output
    }

    fn take(&self, input: &[u8]) {
        self.machine.borrow_mut().receive(input);
        self.note_events(input);
    }

    fn note_events(&self, input: &[u8]) {
        let events = self.machine.borrow_mut().take_events();
        let is_abrupt = events
            .iter()
            .any(|event| matches!(event, Event::GoAway { code, .. } if *code != code::NO_ERROR));
        for event in events {
            self.note(event, input, is_abrupt);
        }
    }

    fn note(&self, event: Event, input: &[u8], is_abrupt: bool) {
        match event {
            Event::Headers { stream, fields, .. } => {
                self.with_inbox(stream, |inbox| inbox.headers(fields));
            }
            Event::Data { stream, range } => self.with_inbox(stream, |inbox| {
                inbox.content.extend_from_slice(&input[range]);
            }),
            Event::End { stream } => self.with_inbox(stream, |inbox| inbox.has_ended = true),
            Event::Drained { stream } => self.with_inbox(stream, |_| {}),
            Event::Refused { stream, refusal } => self.with_inbox(stream, |inbox| {
                inbox.failure = Some(ClientError::Http2(fault_of(refusal)));
            }),
            Event::Closed { stream, code } => self.with_inbox(stream, |inbox| {
                inbox.is_closed = true;
                inbox.fail_unless_ended(match code {
                    code::REFUSED_STREAM if is_abrupt => Http2Fault::GoAway,
                    code::REFUSED_STREAM => Http2Fault::Refused,
                    _ => Http2Fault::Reset,
                });
            }),
            Event::Settings { .. } => {
                self.is_settled.set(true);
                self.wake_unsettled();
            }
            Event::GoAway { .. } => {
                self.is_draining.set(true);
                if is_abrupt {
                    self.fail_streams(&ClientError::Http2(Http2Fault::GoAway));
                }
            }
            // Pushing was ruled out; the server may not have known yet.
            Event::Promise { promised, .. } => {
                self.machine.borrow_mut().reset(promised, code::CANCEL);
            }
            Event::Failed { code, is_list_too_long } => {
                self.machine.borrow_mut().go_away(code, 0, &[]);
                self.fail(&ClientError::Http2(match code {
                    _ if is_list_too_long => Http2Fault::ListTooLong,
                    code::FRAME_SIZE_ERROR => Http2Fault::FrameSize,
                    code::FLOW_CONTROL_ERROR => Http2Fault::FlowControl,
                    code::COMPRESSION_ERROR => Http2Fault::Compression,
                    code::ENHANCE_YOUR_CALM => Http2Fault::Calm,
                    _ => Http2Fault::Protocol,
                }));
            }
            Event::SettingsAck(_) | Event::Ping { .. } => {}
            Event::AltSvc { .. } | Event::Origins(_) => {}
        }
    }

    /// Changes what is known of a stream that somebody waits for.
    fn with_inbox(&self, stream: u32, change: impl FnOnce(&mut Inbox)) {
        let mut inboxes = self.inboxes.borrow_mut();
        let Some(inbox) = inboxes.get_mut(&stream) else { return };
        change(inbox);
        if let Some(waiting) = inbox.waiting.take() {
            waiting.wake();
        }
    }

    fn fail(&self, error: &ClientError) {
        self.failure.borrow_mut().get_or_insert(error.clone());
        self.fail_streams(error);
        self.wake_unsettled();
    }

    fn fail_streams(&self, error: &ClientError) {
        for inbox in self.inboxes.borrow_mut().values_mut() {
            if !inbox.has_ended {
                inbox.failure.get_or_insert(error.clone());
            }
            inbox.is_closed = true;
            if let Some(waiting) = inbox.waiting.take() {
                waiting.wake();
            }
        }
    }

    fn wake_unsettled(&self) {
        for waker in self.unsettled.take() {
            waker.wake();
        }
    }

    /// The machine has something to send.
    pub(super) fn kick(&self) {
        if let Some(task) = self.task.take() {
            task.wake();
        }
    }

    /// Waits until the server has said its settings, and with them how many streams it takes.
    pub(crate) async fn settled(&self) -> Result<(), ClientError> {
        poll_fn(|context| {
            if let Some(error) = &*self.failure.borrow() {
                return Poll::Ready(Err(error.clone()));
            }
            if self.is_settled.get() {
                return Poll::Ready(Ok(()));
            }
            self.unsettled.borrow_mut().push(context.waker().clone());
            Poll::Pending
        })
        .await
    }

    /// Whether new streams may be opened now or later.
    pub(crate) fn is_open(&self) -> bool {
        !self.is_draining.get() && self.failure.borrow().is_none()
    }

    /// Whether another stream may be opened now.
    pub(crate) fn has_room(&self) -> bool {
        let max = match self.is_settled.get() {
            true => self.machine.borrow().remote_settings().max_concurrent_streams as usize,
            false => STREAMS_UNSAID,
        };
        self.is_open() && self.streams() < max
    }

    /// Whether the server's settings have come.
    pub(crate) fn is_settled(&self) -> bool {
        self.is_settled.get()
    }

    /// Streams under way.
    pub(crate) fn streams(&self) -> usize {
        self.inboxes.borrow().len()
    }

    /// Whether there has been no stream for so long.
    pub(crate) fn is_idle_for(&self, duration_ns: u64) -> bool {
        let since_ns = self.idle_since_ns.get();
        self.streams() == 0 && self.reactor.now_ns().saturating_sub(since_ns) >= duration_ns
    }

    /// A stream is nobody's any more.
    pub(super) fn forget(&self, stream: u32) {
        self.inboxes.borrow_mut().remove(&stream);
        self.idle_since_ns.set(self.reactor.now_ns());
        let mut machine = self.machine.borrow_mut();
        machine.reset(stream, code::CANCEL);
        if machine.has_output() {
            drop(machine);
            self.kick();
        }
    }

    pub(super) fn active_ns(&self) -> u64 {
        self.connection.active_ns.get()
    }

    /// Why it is over.
    pub(crate) fn failure(&self) -> Option<ClientError> {
        self.failure.borrow().clone()
    }
}

impl Drop for Session {
    fn drop(&mut self) {
        // The task finds nobody and ends.
        self.kick();
    }
}

impl Inbox {
    fn headers(&mut self, fields: Fields) {
        if self.head.is_some() {
            // Trailers, which nobody reads.
            return;
        }
        match translate::status_of(&fields) {
            Some(status) if status >= 200 => self.head = Some(fields),
            status => {
                self.is_continued |= status == Some(100);
                self.interim += 1;
                if self.interim > INTERIM_MAX {
                    self.failure = Some(ClientError::Http2(Http2Fault::Protocol));
                }
            }
        }
    }

    fn fail_unless_ended(&mut self, fault: Http2Fault) {
        if !self.has_ended {
            self.failure.get_or_insert(ClientError::Http2(fault));
        }
    }
}

fn fault_of(refusal: Refusal) -> Http2Fault {
    match refusal {
        Refusal::Malformed | Refusal::Ended | Refusal::TooMany => Http2Fault::Protocol,
        Refusal::Length => Http2Fault::ContentLength,
        Refusal::ListTooLong => Http2Fault::ListTooLong,
        Refusal::Window => Http2Fault::FlowControl,
    }
}
