//! The io_uring driver.
//!
//! One ring a shard, entered once a turn: the entry hands over what was submitted, waits, and
//! runs the kernel's deferred work, all in the shard's own thread (`DEFER_TASKRUN`), so that no
//! interrupt of another core touches the shard's completions.
//!
//! What the kernel carries with an operation is the owner's token itself for operations that own
//! no memory (accept, receive, poll, close, sync) and the name of a slot for those that do
//! (send, read, write, open, stat, connect). Neither path allocates: slots are reused.
//!
//! Invariants:
//! - memory the kernel may touch is owned by a slot or by the pool until the completion is in;
//! - a multishot the kernel ends on its own without an error is armed again unseen;
//! - entries reach the kernel in the order of their calls, cancellations included.

mod complete;
mod entries;
mod registry;
mod setup;
mod slots;
mod submit;

#[cfg(test)]
mod tests;

use std::{
    collections::VecDeque,
    io,
    net::SocketAddr,
    os::fd::AsRawFd,
    sync::Arc,
    time::{Duration, Instant},
};

use dx_mem::{Pool, PoolOptions};
use dx_sys::{clock, socket};
use io_uring::{
    IoUring, squeue,
    types::{CancelBuilder, Timespec},
};

use crate::{
    Completion, Descriptor, Doorbell, Driver, DriverKind, ListenOptions, Operation, Patience,
    Payload, Token,
    bell::Bell,
    loopback::{Loopback, LoopbackStatistics},
};
use registry::Registry;
use slots::{SlotName, Slots};

/// How long [`Driver::shutdown`] waits for what cannot be cancelled: a write on a hung disk, or
/// a zero-copy send whose peer does not acknowledge.
const SHUTDOWN_WAIT: Duration = Duration::from_secs(10);

/// Longest wait the kernel is asked for; it refuses seconds beyond an `i64`.
const WAIT_MAX: Duration = Duration::from_secs(1 << 31);

/// The argument of `io_uring_enter(2)` with `IORING_ENTER_EXT_ARG`.
#[repr(C)]
#[derive(Default)]
struct EnterArgument {
    signal_mask: u64,
    signal_mask_bytes: u32,
    wait_min_microseconds: u32,
    timeout: u64,
}

const ENTER_GET_EVENTS: u32 = 1;
const ENTER_EXTENDED_ARGUMENT: u32 = 8;

/// The io_uring driver of one shard. Stays on the thread that opened it.
pub struct Uring {
    ring: IoUring,
    pool: Pool,
    /// Connections that the kernel never sees.
    loopback: Loopback,
    slots: Slots,
    armed: Registry,
    /// Receives held back until buffers are free.
    parked: Vec<(Token, i32)>,
    /// Entries the submission queue had no room for, in order.
    backlog: VecDeque<squeue::Entry>,
    /// Completions made without the kernel.
    ready: VecDeque<Completion>,
    /// Operations the kernel has, or finds in the submission queue.
    in_flight: usize,
    /// Whether a receive found no buffer since the last turn with enough of them.
    starved: bool,
    /// Whether [`Driver::shutdown`] is under way, so that nothing is armed or sent again.
    closing: bool,
    zero_copy: bool,
    /// Whether the kernel can wait for several completions without missing the first.
    patient: bool,
    /// As [`Driver::set_patience`].
    patience: Patience,
    /// Sends queued since the kernel was entered last.
    sends_queued: u32,
    /// Quiet sends that have been queued and are not known to have ended.
    quiet: Vec<SlotName>,
    /// As [`Driver::hurry_sends`].
    hurried: bool,
    bell: Arc<Bell>,
    bell_armed: bool,
    description: String,
}

impl Uring {
    /// Opens a ring with a default pool for the current thread.
    ///
    /// # Errors
    /// With a text that says why io_uring cannot be used here.
    pub fn open() -> io::Result<Self> {
        Self::with_pool(PoolOptions::default())
    }

    /// As [`Uring::open`], with a pool of another size.
    ///
    /// # Errors
    /// As [`Uring::open`]; `EINVAL` for options out of bounds.
    pub fn with_pool(options: PoolOptions) -> io::Result<Self> {
        let setup::Setup { ring, pool, description, zero_copy, patient } = setup::open(options)?;
        Ok(Self {
            ring,
            pool,
            loopback: Loopback::new(options),
            slots: Slots::new(),
            armed: Registry::default(),
            parked: Vec::new(),
            backlog: VecDeque::new(),
            ready: VecDeque::new(),
            in_flight: 0,
            starved: false,
            closing: false,
            zero_copy,
            patient,
            patience: Patience::NONE,
            sends_queued: 0,
            quiet: Vec::new(),
            hurried: false,
            bell: Arc::new(Bell::new()?),
            bell_armed: false,
            description,
        })
    }

    /// What was set up, for people.
    #[must_use]
    pub fn description(&self) -> &str {
        &self.description
    }

    /// Hands the submission queue over and, for `want` of one, waits for a completion.
    fn enter(&mut self, want: u32, timeout: Option<Duration>) -> io::Result<()> {
        let pending = self.ring.submission().len() as u32;
        let time = timeout.map(|timeout| Timespec::from(timeout.min(WAIT_MAX)));
        let sends = std::mem::take(&mut self.sends_queued);
        let Patience { events, longest } = self.patience;
        let longest = timeout.map_or(longest, |timeout| timeout.min(longest));
        let wait_min_microseconds = u32::try_from(longest.as_micros()).unwrap_or(u32::MAX);
        // Sends complete as they are submitted, so they come on top of what is waited for.
        let want = match want {
            0 => 0,
            _ if wait_min_microseconds == 0 => 1,
            _ => events.saturating_add(sends),
        };
        let argument = EnterArgument {
            wait_min_microseconds,
            timeout: time.as_ref().map_or(0, |time| std::ptr::from_ref(time) as u64),
            ..EnterArgument::default()
        };
        let flags = ENTER_GET_EVENTS | ENTER_EXTENDED_ARGUMENT;
        // SAFETY: every queued entry points at memory that a slot owns until its completion;
        // the argument is laid out as the kernel's and outlives the call, as does the time.
        let result = unsafe { self.ring.submitter().enter(pending, want, flags, Some(&argument)) };
        match result.map_err(|error| (error.raw_os_error(), error)) {
            // A signal, the timeout, or a kernel short of memory or of completion room: the
            // caller reaps and comes again with whatever is still queued.
            Ok(_) | Err((Some(libc::EINTR | libc::ETIME | libc::EBUSY | libc::EAGAIN), _)) => {
                Ok(())
            }
            Err((_, error)) => Err(error),
        }
    }

    /// Hands the submission queue over without waiting or reaping.
    fn submit_now(&mut self) {
        let pending = self.ring.submission().len() as u32;
        // SAFETY: as in `enter`. A failure leaves the entries queued for the next entry.
        let _ = unsafe { self.ring.submitter().enter::<EnterArgument>(pending, 0, 0, None) };
    }

    /// Queues an entry; one the queue has no room for even after a submission waits in the
    /// backlog.
    fn push(&mut self, entry: squeue::Entry) {
        if self.backlog.is_empty() {
            // SAFETY: what the entry points at is owned by a slot until its completion.
            if unsafe { self.ring.submission().push(&entry) }.is_ok() {
                return;
            }
            self.submit_now();
            // SAFETY: as above.
            if unsafe { self.ring.submission().push(&entry) }.is_ok() {
                return;
            }
        }
        self.backlog.push_back(entry);
    }

    fn flush_backlog(&mut self) {
        while let Some(entry) = self.backlog.front() {
            // SAFETY: as in `push`.
            if unsafe { self.ring.submission().push(entry) }.is_ok() {
                self.backlog.pop_front();
                continue;
            }
            let queued = self.ring.submission().len();
            self.submit_now();
            if self.ring.submission().len() == queued {
                return;
            }
        }
    }

    /// Whether entering the kernel now would achieve anything without waiting.
    fn has_kernel_work(&mut self) -> bool {
        let queue = self.ring.submission();
        !queue.is_empty() || queue.taskrun() || queue.cq_overflow()
    }

    fn arm_bell(&mut self) {
        if !self.bell_armed && !self.closing {
            self.bell_armed = true;
            self.push(entries::bell(self.bell.event().as_raw_fd()));
        }
    }

    fn cancel_everything(&mut self, completions: &mut VecDeque<Completion>) {
        for (token, _) in std::mem::take(&mut self.parked) {
            self.end_locally(token, Err(libc::ECANCELED), Payload::None);
        }
        self.loopback.cancel_everything(completions);
        completions.append(&mut self.ready);
        self.flush_backlog();
        self.submit_now();
        let wait = Timespec::new().sec(1);
        // Nothing to cancel, or not all of it in time: reaping decides.
        let _ = self.ring.submitter().register_sync_cancel(Some(wait), CancelBuilder::any());
    }
}

impl Driver for Uring {
    fn kind(&self) -> DriverKind {
        DriverKind::Uring
    }

    fn listen(&mut self, address: SocketAddr, options: &ListenOptions) -> io::Result<Descriptor> {
        let options = socket::ListenerOptions {
            backlog: options.backlog,
            reuse_port: options.reuse_port,
            ipv6_only: options.ipv6_only,
            nonblocking: false,
        };
        Ok(Descriptor(socket::into_raw(socket::listener(address, options)?)))
    }

    fn socket(&mut self, peer: SocketAddr) -> io::Result<Descriptor> {
        Ok(Descriptor(socket::into_raw(socket::stream(peer, false)?)))
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
            self.start(token, operation);
        }
    }

    fn submit_unhurried(&mut self, token: Token, operation: Operation) {
        match self.loopback.take(token, operation) {
            Some(Operation::Send { socket, bytes, from }) => {
                self.start_send(token, socket.0, bytes, from, true);
            }
            Some(other) => self.start(token, other),
            None => {}
        }
    }

    fn hurry_sends(&mut self) {
        self.hurried = !self.quiet.is_empty();
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
        self.arm_bell();
        self.unpark();
        self.flush_backlog();
        // A backlog that is left is the kernel's refusal of the moment: no reason to sleep.
        let before = completions.len();
        self.loopback.collect(completions);
        let nothing_yet = completions.len() == before
            && self.ready.is_empty()
            && self.backlog.is_empty()
            && self.ring.completion().is_empty()
            && !std::mem::take(&mut self.hurried);
        completions.append(&mut self.ready);
        if nothing_yet && timeout != Some(Duration::ZERO) && self.bell.may_sleep() {
            self.enter(1, timeout)?;
        } else if self.has_kernel_work() {
            self.enter(0, None)?;
        }
        self.bell.awake();
        self.reap(completions);
        self.settle(completions);
        Ok(())
    }

    fn in_flight(&self) -> usize {
        self.in_flight + self.ready.len() + self.parked.len() + self.loopback.in_flight()
    }

    fn buffers_free(&self) -> usize {
        self.pool.free()
    }

    fn set_patience(&mut self, patience: Patience) {
        if self.patient {
            self.patience = Patience { events: patience.events.max(1), ..patience };
        }
    }

    fn doorbell(&self) -> Arc<dyn Doorbell> {
        self.bell.clone()
    }

    fn now_ns(&self) -> u64 {
        clock::monotonic_ns()
    }

    fn shutdown(&mut self, completions: &mut VecDeque<Completion>) -> io::Result<()> {
        let deadline = Instant::now() + SHUTDOWN_WAIT;
        self.closing = true;
        let mut result = Ok(());
        loop {
            self.cancel_everything(completions);
            self.reap(completions);
            self.settle(completions);
            if self.in_flight() == 0 {
                break;
            }
            if Instant::now() >= deadline {
                result = Err(io::ErrorKind::TimedOut.into());
                break;
            }
            self.enter(1, Some(Duration::from_millis(100)))?;
            self.reap(completions);
        }
        self.closing = false;
        result
    }
}

impl Drop for Uring {
    fn drop(&mut self) {
        let mut last = VecDeque::new();
        let ended = self.in_flight() == 0 || self.shutdown(&mut last).is_ok();
        for completion in last {
            if let Payload::Socket(socket) = completion.payload
                && !socket.is_virtual()
            {
                let _ = dx_sys::close(socket.0);
            }
        }
        if ended && self.ring.submitter().unregister_buf_ring(setup::BUFFER_GROUP).is_ok() {
            return;
        }
        // The kernel may still touch this memory: it is never freed.
        std::mem::forget(std::mem::replace(&mut self.slots, Slots::new()));
        std::mem::forget(self.pool.clone());
    }
}

impl std::fmt::Debug for Uring {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter
            .debug_struct("Uring")
            .field("description", &self.description)
            .field("in_flight", &self.in_flight())
            .finish_non_exhaustive()
    }
}
