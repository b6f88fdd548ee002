//! One connection: bytes both ways, in the clear or through TLS.
//!
//! Reading and writing may go on at the same time, from two futures of one task; neither holds a
//! borrow while it waits. Writes are queued behind each other, since a socket takes one send at a
//! time.

use std::{
    cell::{Cell, RefCell},
    future::poll_fn,
    io::{self, Read as _, Write as _},
    ops::Deref,
    task::{Context, Poll, Waker},
};

use bytes::Bytes;
use dx_driver::{Descriptor, Operation, Outgoing, Payload};
use dx_mem::Lease;
use dx_reactor::{Reactor, Steps};
use dx_sys::endpoint::set_keep_alive;
use dx_tls::Session;

use crate::{dial::Socket, error::ClientError};

const NO_BUFFERS: i32 = 105;
const CANCELLED: i32 = 125;
const AGAIN: i32 = 11;
const INTERRUPTED: i32 = 4;

/// How long a peer may be idle before the kernel asks, as in Bun.
const KEEP_ALIVE_SECONDS: u32 = 60;

/// Received bytes, some of which may have been taken already. Empty: the peer has ended.
#[derive(Debug)]
pub(crate) enum Chunk {
    Lease(Lease),
    Owned(Vec<u8>, usize),
}

impl Chunk {
    pub(crate) const END: Self = Self::Owned(Vec::new(), 0);

    pub(crate) fn advance(&mut self, count: usize) {
        match self {
            Self::Lease(lease) => lease.advance(count),
            Self::Owned(_, start) => *start += count,
        }
    }
}

impl Deref for Chunk {
    type Target = [u8];

    fn deref(&self) -> &[u8] {
        match self {
            Self::Lease(lease) => lease,
            Self::Owned(bytes, start) => &bytes[*start..],
        }
    }
}

/// An established connection.
pub struct Connection {
    // Before the socket, so that receiving is cancelled before the socket is closed.
    receiving: RefCell<Option<Steps>>,
    /// A send whose completion nobody waits for yet.
    sending: RefCell<Option<Steps>>,
    socket: Socket,
    reactor: Reactor,
    /// Boxed: a session is large, and most connections have none.
    tls: Option<Box<RefCell<Session>>>,
    /// The session with a proxy, inside which that with the target runs.
    outer: Option<Box<RefCell<Session>>>,
    /// What has come through TLS and nobody has read yet.
    plain: RefCell<Vec<u8>>,
    /// Whether a future writes, and the one that waits for it.
    writing: Cell<bool>,
    writer: Cell<Option<Waker>>,
    paused: Cell<bool>,
    /// Exchanges begun on it.
    pub(crate) uses: Cell<u32>,
    /// Whether the kernel was told to ask an idle peer.
    kept: Cell<bool>,
    /// When something last came or went.
    pub(crate) active_ns: Cell<u64>,
}

impl Connection {
    pub(crate) fn new(reactor: &Reactor, socket: Socket) -> Self {
        Self {
            receiving: RefCell::default(),
            sending: RefCell::default(),
            socket,
            reactor: reactor.clone(),
            tls: None,
            outer: None,
            plain: RefCell::default(),
            writing: Cell::new(false),
            writer: Cell::default(),
            paused: Cell::new(false),
            uses: Cell::new(0),
            kept: Cell::new(false),
            active_ns: Cell::new(reactor.now_ns()),
        }
    }

    /// A connection that somebody else has made; with its TLS session, whose handshake is over.
    #[must_use]
    pub fn adopt(reactor: &Reactor, descriptor: Descriptor, session: Option<Session>) -> Box<Self> {
        let mut connection = Self::new(reactor, Socket::new(reactor, descriptor));
        if let Some(mut session) = session {
            // What cannot be read is noticed when the session is read on.
            let _ = take_plain(&mut session, &mut connection.plain.borrow_mut());
            connection.tls = Some(Box::new(RefCell::new(session)));
        }
        Box::new(connection)
    }

    /// Starts TLS on it, inside TLS that it speaks already, and waits until both sides have
    /// agreed. `only_http2`: the session offers nothing else.
    pub(crate) async fn secure(
        mut self: Box<Self>,
        session: Session,
        only_http2: bool,
    ) -> Result<Box<Self>, ClientError> {
        self.outer = self.tls.replace(Box::new(RefCell::new(session)));
        self.flush().await.map_err(|error| ClientError::of_connection(&error))?;
        while self.with_tls(|tls| tls.is_handshaking()) {
            let lease = match self.receive().await {
                Ok(Some(lease)) => lease,
                Ok(None) => return Err(ClientError::Closed),
                Err(error) => return Err(ClientError::of_connection(&error)),
            };
            let fed = self.feed(&lease);
            // Also where it failed: the peer is told why.
            let flushed = self.flush().await;
            fed.map_err(|error| ClientError::of_handshake(&error, only_http2))?;
            flushed.map_err(|error| ClientError::of_connection(&error))?;
        }
        Ok(self)
    }

    fn with_tls<R>(&self, action: impl FnOnce(&mut Session) -> R) -> R
    where
        R: Default,
    {
        self.tls.as_ref().map_or_else(R::default, |tls| action(&mut tls.borrow_mut()))
    }

    /// The certificates the peer showed, its own first; none without TLS.
    pub(crate) fn certificates(&self) -> Vec<Vec<u8>> {
        self.with_tls(|tls| {
            let shown = tls.peer_certificates().unwrap_or_default();
            shown.iter().map(|certificate| certificate.as_ref().to_vec()).collect()
        })
    }

    /// Whether both sides have agreed on HTTP/2.
    pub(crate) fn speaks_http2(&self) -> bool {
        self.with_tls(|tls| tls.alpn_protocol() == Some(b"h2"))
    }

    /// Hands ciphertext to TLS.
    fn feed(&self, bytes: &[u8]) -> Result<(), rustls::Error> {
        let Some(tls) = &self.tls else { return Ok(()) };
        let mut plain = self.plain.borrow_mut();
        let Some(outer) = &self.outer else {
            return absorb(&mut tls.borrow_mut(), bytes, &mut plain);
        };
        let mut inner = Vec::new();
        absorb(&mut outer.borrow_mut(), bytes, &mut inner)?;
        absorb(&mut tls.borrow_mut(), &inner, &mut plain)
    }

    /// Whether either session has something to send.
    fn wants_write(&self) -> bool {
        let wants = |tls: &Option<Box<RefCell<Session>>>| {
            tls.as_ref().is_some_and(|tls| tls.borrow().wants_write())
        };
        wants(&self.tls) || wants(&self.outer)
    }

    /// Bytes of the peer; empty where it has ended.
    pub(crate) async fn read(&self) -> io::Result<Chunk> {
        if self.tls.is_none() {
            return Ok(self.receive().await?.map_or(Chunk::END, Chunk::Lease));
        }
        loop {
            let plain = self.plain.take();
            if !plain.is_empty() {
                return Ok(Chunk::Owned(plain, 0));
            }
            let Some(lease) = self.receive().await? else {
                // An end that TLS does not vouch for may have been forged; the framing of the
                // content tells whether anything is missing.
                return Ok(Chunk::END);
            };
            self.feed(&lease).map_err(io::Error::other)?;
            if self.wants_write() {
                self.flush().await?;
            }
        }
    }

    /// As [`Connection::read`], for who also polls [`Connection::poll_write`], which sends what
    /// TLS has to answer.
    pub(crate) fn poll_read(&self, context: &mut Context<'_>) -> Poll<io::Result<Chunk>> {
        loop {
            let plain = self.plain.take();
            if !plain.is_empty() {
                return Poll::Ready(Ok(Chunk::Owned(plain, 0)));
            }
            let received = std::task::ready!(self.poll_receive(context))?;
            let Some(lease) = received else { return Poll::Ready(Ok(Chunk::END)) };
            if self.tls.is_none() {
                return Poll::Ready(Ok(Chunk::Lease(lease)));
            }
            self.feed(&lease).map_err(io::Error::other)?;
        }
    }

    /// Sends what `next` gives, piece after piece, until it has no more.
    pub(crate) fn poll_write(
        &self,
        context: &mut Context<'_>,
        mut next: impl FnMut() -> Vec<u8>,
    ) -> Poll<io::Result<()>> {
        loop {
            std::task::ready!(self.poll_sent(context))?;
            let mut bytes = next();
            if let Some(tls) = &self.tls {
                tls.borrow_mut().writer().write_all(&bytes)?;
                bytes = self.ciphertext()?;
            }
            if bytes.is_empty() {
                return Poll::Ready(Ok(()));
            }
            self.start_send(bytes);
        }
    }

    async fn receive(&self) -> io::Result<Option<Lease>> {
        poll_fn(|context| self.poll_receive(context)).await
    }

    fn poll_receive(&self, context: &mut Context<'_>) -> Poll<io::Result<Option<Lease>>> {
        let mut receiving = self.receiving.borrow_mut();
        loop {
            let steps = receiving.get_or_insert_with(|| {
                self.paused.set(false);
                self.reactor.steps(Operation::Receive { socket: self.socket.descriptor() })
            });
            let Poll::Ready(completion) = steps.poll_next(context) else { return Poll::Pending };
            let Some(completion) = completion else {
                *receiving = None;
                continue;
            };
            self.active_ns.set(self.reactor.now_ns());
            if !completion.more {
                *receiving = None;
            }
            match (completion.result, completion.payload) {
                (Ok(count), Payload::Lease(lease)) if count > 0 => {
                    return Poll::Ready(Ok(Some(lease)));
                }
                (Ok(_), _) => return Poll::Ready(Ok(None)),
                (Err(error), _) if is_passing(&error) => {}
                (Err(error), _) => return Poll::Ready(Err(error)),
            }
        }
    }

    /// Stops receiving until the next read: the peer's window fills up.
    pub(crate) fn pause(&self) {
        if self.paused.replace(true) {
            return;
        }
        if let Some(steps) = &*self.receiving.borrow() {
            steps.cancel();
        }
    }

    /// Has the kernel ask an idle peer whether it is still there.
    pub(crate) fn keep_alive(&self) {
        let socket = self.socket.descriptor();
        if !self.kept.replace(true) && !socket.is_virtual() {
            // Not every socket has the option, and no exchange depends on it.
            let _ = set_keep_alive(socket.0, true, KEEP_ALIVE_SECONDS);
        }
    }

    /// Starts to send without waiting for the end of it; see [`Connection::sent`].
    pub(crate) fn start_send(&self, bytes: Vec<u8>) {
        self.uses.set(self.uses.get() + 1);
        self.begin_send(Outgoing::Owned(bytes));
    }

    /// Waits for what [`Connection::start_send`] began, if anything.
    pub(crate) async fn sent(&self) -> io::Result<()> {
        poll_fn(|context| self.poll_sent(context)).await
    }

    fn poll_sent(&self, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        let mut sending = self.sending.borrow_mut();
        let Some(steps) = &mut *sending else { return Poll::Ready(Ok(())) };
        let completion = std::task::ready!(steps.poll_next(context));
        *sending = None;
        self.active_ns.set(self.reactor.now_ns());
        Poll::Ready(completion.map_or(Ok(()), |completion| completion.result.map(drop)))
    }

    /// Sends all of `bytes`. Who stops waiting for it leaves the send to be waited for by the
    /// next writer: a server may answer before the system says that everything is sent.
    async fn send(&self, bytes: Outgoing) -> io::Result<()> {
        self.sent().await?;
        self.begin_send(bytes);
        self.sent().await
    }

    fn begin_send(&self, bytes: Outgoing) {
        let socket = self.socket.descriptor();
        let mut steps = self.reactor.steps(Operation::Send { socket, bytes, from: 0 });
        steps.start();
        *self.sending.borrow_mut() = Some(steps);
    }

    /// Whether what is sent may be sent as it is.
    pub(crate) fn is_plain(&self) -> bool {
        self.tls.is_none()
    }

    /// Sends all of `bytes`.
    pub(crate) async fn write(&self, bytes: Vec<u8>) -> io::Result<()> {
        if bytes.is_empty() {
            return Ok(());
        }
        if let Some(tls) = &self.tls {
            tls.borrow_mut().writer().write_all(&bytes)?;
            return self.flush().await;
        }
        let _turn = self.lock().await;
        self.send(Outgoing::Owned(bytes)).await
    }

    /// As [`Connection::write`], without taking the bytes.
    pub(crate) async fn write_shared(&self, bytes: &Bytes) -> io::Result<()> {
        if bytes.is_empty() || self.tls.is_some() {
            return self.write(bytes.to_vec()).await;
        }
        let _turn = self.lock().await;
        self.send(Outgoing::Shared(bytes.clone())).await
    }

    /// Sends what TLS has ready.
    async fn flush(&self) -> io::Result<()> {
        let _turn = self.lock().await;
        // The bytes of an earlier send come first.
        self.sent().await?;
        loop {
            let out = self.ciphertext()?;
            if out.is_empty() {
                return Ok(());
            }
            self.send(Outgoing::Owned(out)).await?;
        }
    }

    /// Takes what TLS has ready to be sent.
    fn ciphertext(&self) -> io::Result<Vec<u8>> {
        let mut out = Vec::new();
        let Some(tls) = &self.tls else { return Ok(out) };
        drain(&mut tls.borrow_mut(), &mut out)?;
        if let Some(outer) = &self.outer {
            let mut outer = outer.borrow_mut();
            outer.writer().write_all(&out)?;
            out.clear();
            drain(&mut outer, &mut out)?;
        }
        Ok(out)
    }

    /// Waits for its turn to write.
    async fn lock(&self) -> Turn<'_> {
        poll_fn(|context| {
            if !self.writing.replace(true) {
                return Poll::Ready(());
            }
            self.writer.set(Some(context.waker().clone()));
            Poll::Pending
        })
        .await;
        Turn(self)
    }

    /// Whether nothing has come since the last exchange: neither an end nor bytes nobody asked
    /// for.
    pub(crate) fn is_quiet(&self) -> bool {
        let mut context = Context::from_waker(Waker::noop());
        self.with_receiving(|steps| steps.poll_next(&mut context).is_pending())
    }

    fn with_receiving(&self, action: impl FnOnce(&mut Steps) -> bool) -> bool {
        match &mut *self.receiving.borrow_mut() {
            Some(steps) => action(steps),
            // The kernel has said that receiving is over, or was never asked.
            None => false,
        }
    }

    /// Asks to receive, so that [`Connection::is_quiet`] sees the peer's end.
    pub(crate) fn watch(&self) {
        let mut receiving = self.receiving.borrow_mut();
        if receiving.is_none() {
            let socket = self.socket.descriptor();
            receiving.insert(self.reactor.steps(Operation::Receive { socket })).start();
            self.paused.set(false);
        }
    }
}

/// The right to write, given back also by a future that is dropped while it waits.
struct Turn<'connection>(&'connection Connection);

impl Drop for Turn<'_> {
    fn drop(&mut self) {
        self.0.writing.set(false);
        if let Some(waiting) = self.0.writer.take() {
            waiting.wake();
        }
    }
}

/// Hands ciphertext to a session; what comes out in the clear goes to `plain`. It is taken out
/// after every step, because a session takes no more ciphertext while it holds much that nobody
/// has read.
fn absorb(
    session: &mut Session,
    mut bytes: &[u8],
    plain: &mut Vec<u8>,
) -> Result<(), rustls::Error> {
    while !bytes.is_empty() {
        let taken = session.read_tls(&mut bytes);
        taken.map_err(|_| rustls::Error::General("too much at once".into()))?;
        session.process_new_packets()?;
        let read = take_plain(session, plain);
        read.map_err(|error| rustls::Error::General(error.to_string()))?;
    }
    Ok(())
}

fn take_plain(session: &mut Session, plain: &mut Vec<u8>) -> io::Result<()> {
    match session.reader().read_to_end(plain) {
        Ok(_) => Ok(()),
        Err(error) if error.kind() == io::ErrorKind::WouldBlock => Ok(()),
        // The peer left without saying so; the framing of the content tells what is missing.
        Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => Ok(()),
        Err(error) => Err(error),
    }
}

/// Takes what a session has ready to be sent.
fn drain(session: &mut Session, out: &mut Vec<u8>) -> io::Result<()> {
    while session.wants_write() {
        session.write_tls(out)?;
    }
    Ok(())
}

/// After these, receiving is simply taken up again: no buffer was free, a pause took effect, a
/// signal came.
fn is_passing(error: &io::Error) -> bool {
    matches!(error.raw_os_error(), Some(NO_BUFFERS | CANCELLED | AGAIN | INTERRUPTED))
}

impl std::fmt::Debug for Connection {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let descriptor = self.socket.descriptor();
        formatter.debug_struct("Connection").field("socket", &descriptor).finish_non_exhaustive()
    }
}
