//! The epoll driver, for kernels or containers that do not allow io_uring.
//!
//! The same contract over readiness: each descriptor is watched once, edge-triggered, for
//! everything; what is submitted on it waits in its [`Watched`] until the kernel says that an
//! attempt is worth making, and the attempts are made in [`Driver::wait`]. Sends are tried as
//! they are submitted. Multishot accepts and receives stay with their descriptor until they end.
//! Files that are not in memory go to a few threads.
//!
//! Invariants:
//! - an operation lies in exactly one place: a descriptor's `Watched`, the parked receives, the
//!   file threads, or among the completions;
//! - no attempt waits, whatever the flags of the descriptor are;
//! - a descriptor with an attempt left to make is in `runnable`, and no wait blocks while
//!   there is one.

mod attempt;
mod files;
mod start;
mod watched;

pub(crate) use files::FILE_THREADS_MAX;

use std::{
    collections::VecDeque,
    io,
    net::SocketAddr,
    os::fd::AsRawFd,
    sync::Arc,
    time::{Duration, Instant},
};

use dx_mem::{Pool, PoolOptions};
use dx_sys::{
    clock,
    epoll::{Epoll as Kernel, Readiness},
    socket,
};

use crate::{
    Completion, Descriptor, Doorbell, Driver, DriverKind, ListenOptions, Operation, Payload, Token,
    bell::Bell,
    loopback::{Loopback, LoopbackStatistics},
    token_map::TokenMap,
};
use files::FileThreads;
use watched::Watched;

/// How long [`Driver::shutdown`] waits for file operations that have begun.
const SHUTDOWN_WAIT: Duration = Duration::from_secs(10);

/// The epoll driver of one shard. Stays on the thread that opened it.
pub struct Epoll {
    kernel: Kernel,
    pool: Pool,
    /// Connections that the kernel never sees.
    loopback: Loopback,
    /// By descriptor.
    watched: Vec<Watched>,
    /// Descriptors with attempts to make.
    runnable: VecDeque<i32>,
    /// Where the operation of a token waits.
    places: TokenMap<i32>,
    /// Receives held back until buffers are free.
    parked: Vec<(Token, i32)>,
    starved: bool,
    ready: VecDeque<Completion>,
    /// Operations that have not ended, apart from those in `ready`.
    in_flight: usize,
    files: FileThreads,
    readiness: Vec<Readiness>,
    bell: Arc<Bell>,
}

impl Epoll {
    /// Opens a driver with a default pool.
    ///
    /// # Errors
    /// As `epoll_create1(2)`, `eventfd(2)` and `mmap(2)`.
    pub fn open() -> io::Result<Self> {
        Self::with_pool(PoolOptions::default())
    }

    /// As [`Epoll::open`], with a pool of another size.
    ///
    /// # Errors
    /// As [`Epoll::open`]; `EINVAL` for options out of bounds.
    pub fn with_pool(options: PoolOptions) -> io::Result<Self> {
        let kernel = Kernel::new()?;
        let bell = Arc::new(Bell::new()?);
        kernel.watch(bell.event().as_raw_fd())?;
        // The kernel tells the bell's present state first, which is none of a ring's.
        kernel.wait(Some(Duration::ZERO), &mut Vec::new())?;
        Ok(Self {
            kernel,
            pool: Pool::stack(options)?,
            loopback: Loopback::new(options),
            watched: Vec::new(),
            runnable: VecDeque::new(),
            places: TokenMap::default(),
            parked: Vec::new(),
            starved: false,
            ready: VecDeque::new(),
            in_flight: 0,
            files: FileThreads::new(bell.clone()),
            readiness: Vec::new(),
            bell,
        })
    }

    /// Queues a descriptor to be looked at.
    fn enqueue(&mut self, descriptor: i32) {
        let watched = &mut self.watched[descriptor as usize];
        if !watched.queued {
            watched.queued = true;
            self.runnable.push_back(descriptor);
        }
    }

    /// Hands over a completion; the last of an operation ends it.
    fn complete(&mut self, token: Token, result: io::Result<u32>, more: bool, payload: Payload) {
        if !more {
            self.in_flight -= 1;
            self.places.remove(&token.to_bits());
        }
        self.ready.push_back(Completion { token, result, more, payload });
    }

    fn end_all(&mut self, ended: Vec<Completion>) {
        for completion in ended {
            self.complete(completion.token, completion.result, false, completion.payload);
        }
    }

    /// Makes every attempt that is due, once round.
    fn attempt_all(&mut self) {
        for _ in 0..self.runnable.len() {
            let Some(descriptor) = self.runnable.pop_front() else { return };
            self.watched[descriptor as usize].queued = false;
            self.attempt(descriptor);
        }
    }

    /// Takes in what the kernel says, waiting for it where asked to.
    fn learn(&mut self, timeout: Option<Duration>) -> io::Result<()> {
        let mut readiness = std::mem::take(&mut self.readiness);
        let result = self.kernel.wait(timeout, &mut readiness);
        for ready in readiness.drain(..) {
            // The bell's event is no operation: there is nothing watched at its descriptor, or
            // nothing waits there.
            let Some(watched) = self.watched.get_mut(ready.descriptor as usize) else { continue };
            if watched.registered {
                watched.readable |= ready.readable;
                watched.writable |= ready.writable;
                watched.ended |= ready.ended;
                self.enqueue(ready.descriptor);
            }
        }
        self.readiness = readiness;
        result
    }

    fn collect_files(&mut self) {
        self.in_flight -= self.files.collect(&mut self.ready);
    }

    fn cancel_everything(&mut self) {
        for (token, _) in std::mem::take(&mut self.parked) {
            let cancelled = Err(io::Error::from_raw_os_error(libc::ECANCELED));
            self.complete(token, cancelled, false, Payload::None);
        }
        for descriptor in 0..self.watched.len() {
            let ended = self.watched[descriptor].cancel_all();
            self.end_all(ended);
        }
        self.files.cancel_all();
        self.collect_files();
    }
}

impl Driver for Epoll {
    fn kind(&self) -> DriverKind {
        DriverKind::Epoll
    }

    fn listen(&mut self, address: SocketAddr, options: &ListenOptions) -> io::Result<Descriptor> {
        let options = socket::ListenerOptions {
            backlog: options.backlog,
            reuse_port: options.reuse_port,
            ipv6_only: options.ipv6_only,
            nonblocking: true,
        };
        let descriptor = socket::into_raw(socket::listener(address, options)?);
        self.forget(descriptor);
        Ok(Descriptor(descriptor))
    }

    fn socket(&mut self, peer: SocketAddr) -> io::Result<Descriptor> {
        let descriptor = socket::into_raw(socket::stream(peer, true)?);
        self.forget(descriptor);
        Ok(Descriptor(descriptor))
    }

    fn offer_loopback(&mut self, listener: Descriptor) -> io::Result<()> {
        self.loopback.offer(listener)
    }

    fn connect_loopback(&mut self, address: SocketAddr) -> Option<Descriptor> {
        self.loopback.connect(address)
    }

    fn allow_loopback(&mut self, allowed: bool) {
        self.loopback.allow(allowed);
    }

    fn loopback_statistics(&self) -> LoopbackStatistics {
        self.loopback.statistics()
    }

    fn local_address(&self, socket: Descriptor) -> io::Result<SocketAddr> {
        if socket.is_loopback() {
            return self.loopback.addresses(socket).map(|(own, _)| own);
        }
        socket::local_address(socket.0)
    }

    fn peer_address(&self, socket: Descriptor) -> io::Result<SocketAddr> {
        if socket.is_loopback() {
            return self.loopback.addresses(socket).map(|(_, peer)| peer);
        }
        socket::peer_address(socket.0)
    }

    fn submit(&mut self, token: Token, operation: Operation) {
        if let Some(operation) = self.loopback.take(token, operation) {
            self.in_flight += 1;
            self.start(token, operation);
        }
    }

    fn cancel(&mut self, token: Token) {
        if !self.loopback.cancel(token) {
            self.cancel_one(token);
        }
    }

    fn wait(
        &mut self,
        timeout: Option<Duration>,
        completions: &mut VecDeque<Completion>,
    ) -> io::Result<()> {
        self.unpark();
        self.attempt_all();
        self.collect_files();
        let before = completions.len();
        self.loopback.collect(completions);
        let idle = completions.len() == before && self.ready.is_empty() && self.runnable.is_empty();
        let block = idle && timeout != Some(Duration::ZERO);
        // A file thread rings when it has something, so one that ends now is heard.
        let result = if block && self.bell.may_sleep() && !self.files.has_done() {
            self.learn(timeout)
        } else {
            self.learn(Some(Duration::ZERO))
        };
        self.bell.awake();
        self.attempt_all();
        self.collect_files();
        completions.append(&mut self.ready);
        result
    }

    fn in_flight(&self) -> usize {
        self.in_flight + self.ready.len() + self.loopback.in_flight()
    }

    fn buffers_free(&self) -> usize {
        self.pool.free()
    }

    fn doorbell(&self) -> Arc<dyn Doorbell> {
        self.bell.clone()
    }

    fn now_ns(&self) -> u64 {
        clock::monotonic_ns()
    }

    fn shutdown(&mut self, completions: &mut VecDeque<Completion>) -> io::Result<()> {
        let deadline = Instant::now() + SHUTDOWN_WAIT;
        loop {
            self.loopback.cancel_everything(completions);
            self.cancel_everything();
            completions.append(&mut self.ready);
            if self.in_flight == 0 {
                return Ok(());
            }
            if Instant::now() >= deadline {
                return Err(io::ErrorKind::TimedOut.into());
            }
            self.wait(Some(Duration::from_millis(100)), completions)?;
        }
    }
}

impl Drop for Epoll {
    fn drop(&mut self) {
        let mut last = VecDeque::new();
        self.cancel_everything();
        last.append(&mut self.ready);
        for completion in last {
            if let Payload::Socket(socket) = completion.payload
                && !socket.is_virtual()
            {
                let _ = dx_sys::close(socket.0);
            }
        }
    }
}

impl std::fmt::Debug for Epoll {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter
            .debug_struct("Epoll")
            .field("in_flight", &self.in_flight())
            .finish_non_exhaustive()
    }
}
