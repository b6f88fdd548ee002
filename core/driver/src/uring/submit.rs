//! From operations to submission queue entries.

use dx_sys::{
    file::{empty_status, status_of_cached_path, status_of_descriptor},
    socket::{KernelAddress, is_peer_loopback, shutdown_write},
};

use super::{
    Uring,
    entries::{self, Tag},
    slots::{Held, Sending, Stable},
};
use crate::{Completion, FileStatus, Operation, Outgoing, Payload, Token};

/// From this many bytes on, a send that leaves the machine is made without copying: below it,
/// pinning the pages and the second completion cost more than the copy; on the loopback device
/// the kernel copies anyway.
const ZERO_COPY_BYTES_MIN: usize = 32 * 1024;

/// Up to this many bytes a send whose end nobody waits for is a quiet one: mostly they fit into
/// the socket's buffer at once, and it costs no completion then.
const QUIET_BYTES_MAX: usize = 16 * 1024;

impl Uring {
    /// Queues `operation`.
    pub(super) fn start(&mut self, token: Token, operation: Operation) {
        match operation {
            Operation::Receive { socket } => self.start_receive(token, socket.0),
            Operation::Send { socket, bytes, from } => {
                self.start_send(token, socket.0, bytes, from, false);
            }
            Operation::Accept { listener } => {
                let entry = entries::accept(token, listener.0);
                self.start_armed(token, Tag::Accept, listener.0, entry);
            }
            Operation::Poll { descriptor, interest } => {
                let entry = entries::poll(token, descriptor.0, interest);
                self.start_armed(token, Tag::Poll, descriptor.0, entry);
            }
            Operation::Close { descriptor } => {
                self.start_plain(entries::close(token, descriptor.0))
            }
            Operation::Sync { file, data_only } => {
                self.start_plain(entries::sync(token, file.0, data_only));
            }
            Operation::ShutdownWrite { socket } => {
                // The ring's own shutdown always takes a worker thread; the call never waits.
                // What was sent before goes first.
                self.submit_now();
                let result = shutdown_write(socket.0).map(|()| 0);
                self.end_locally(token, result.map_err(errno), Payload::None);
            }
            other => self.start_owning(token, other),
        }
    }

    /// Operations other than sends that own memory.
    fn start_owning(&mut self, token: Token, operation: Operation) {
        match operation {
            Operation::Connect { socket, address } => {
                let address = Stable::new(KernelAddress::new(address));
                let pointer = address.as_ptr();
                let name = self.slots.insert(token, Held::Connect(address));
                self.start_plain(entries::connect(name, socket.0, pointer));
            }
            Operation::Read { file, offset, into } => self.start_read(token, file.0, offset, into),
            Operation::Write { file, offset, bytes, from } => {
                self.start_write(token, file.0, offset, bytes, from);
            }
            Operation::Open { path, flags, mode } => {
                let entry_path = path.as_ptr();
                let name = self.slots.insert(token, Held::Open(path));
                // SAFETY: the slot keeps the string's heap block, which is where it was.
                let path = unsafe { std::ffi::CStr::from_ptr(entry_path) };
                let entry = entries::open(name, path, flags, mode);
                self.start_plain(entry);
            }
            Operation::StatPath { path, follow } => self.start_status(token, path, follow),
            Operation::StatFile { file } => {
                // An open file's inode is in memory: the call does not wait, where the ring's
                // would always take a worker thread.
                let status = status_of_descriptor(file.0);
                self.end_with_status(token, status.map(|status| FileStatus::from(&status)));
            }
            _ => unreachable!("handled by `start`"),
        }
    }

    fn start_plain(&mut self, entry: io_uring::squeue::Entry) {
        self.in_flight += 1;
        self.push(entry);
    }

    fn start_armed(
        &mut self,
        token: Token,
        tag: Tag,
        descriptor: i32,
        entry: io_uring::squeue::Entry,
    ) {
        if !self.armed.insert(token, tag, descriptor) {
            return self.end_locally(token, Err(libc::EALREADY), Payload::None);
        }
        self.start_plain(entry);
    }

    fn start_receive(&mut self, token: Token, socket: i32) {
        if self.starved {
            return self.parked.push((token, socket));
        }
        self.start_armed(token, Tag::Receive, socket, entries::receive(token, socket));
    }

    /// Buffers that must be free before receives held back are taken up again: an eighth of the
    /// pool, so that a starved shard does not arm for every single buffer.
    fn resume_buffers(&self) -> usize {
        usize::from(self.pool.options().buffers / 8).max(1)
    }

    /// Takes up the receives held back, once enough buffers are free.
    pub(super) fn unpark(&mut self) {
        if !self.starved || self.pool.free() < self.resume_buffers() {
            return;
        }
        self.starved = false;
        for (token, socket) in std::mem::take(&mut self.parked) {
            self.start_receive(token, socket);
        }
    }

    /// Begins a send; see [`Sending::quiet`].
    pub(super) fn start_send(
        &mut self,
        token: Token,
        socket: i32,
        bytes: Outgoing,
        from: usize,
        quiet: bool,
    ) {
        let len = bytes.as_slice().len();
        if from >= len {
            let result = if from == len { Ok(0) } else { Err(libc::EINVAL) };
            return self.end_locally(token, result, Payload::Outgoing(bytes));
        }
        let held = Held::Send(Sending {
            bytes,
            at: from,
            sent: 0,
            socket,
            cancelled: false,
            quiet,
            outcome: None,
        });
        let name = self.slots.insert(token, held);
        self.in_flight += 1;
        self.push_send(name);
    }

    /// Queues what is left of a send.
    pub(super) fn push_send(&mut self, name: super::slots::SlotName) {
        let zero_copy = self.zero_copy;
        let Some(slot) = self.slots.get_mut(name) else { return };
        let Held::Send(sending) = &mut slot.held else { return };
        let len = sending.bytes.as_slice().len() - sending.at;
        let zero_copy =
            zero_copy && len >= ZERO_COPY_BYTES_MIN && !is_peer_loopback(sending.socket);
        sending.outcome = None;
        sending.quiet &= len <= QUIET_BYTES_MAX && !zero_copy;
        match sending.quiet {
            true => self.quiet.push(name),
            false => self.sends_queued = self.sends_queued.saturating_add(1),
        }
        let entry = entries::send(name, sending, zero_copy);
        self.push(entry);
    }

    fn start_read(&mut self, token: Token, file: i32, offset: u64, mut into: Vec<u8>) {
        if into.capacity() == into.len() {
            return self.end_locally(token, Ok(0), Payload::Incoming(into));
        }
        let (start, len) =
            (into.spare_capacity_mut().as_mut_ptr(), into.spare_capacity_mut().len());
        let name = self.slots.insert(token, Held::Read(into));
        // SAFETY: the slot keeps the vector's heap block, which is where it was, untouched.
        let spare = unsafe { std::slice::from_raw_parts_mut(start, len) };
        let entry = entries::read(name, file, spare, offset);
        self.start_plain(entry);
    }

    fn start_write(&mut self, token: Token, file: i32, offset: u64, bytes: Outgoing, from: usize) {
        let Some(rest) = bytes.as_slice().get(from..) else {
            return self.end_locally(token, Err(libc::EINVAL), Payload::Outgoing(bytes));
        };
        let (start, len) = (rest.as_ptr(), rest.len());
        let name = self.slots.insert(token, Held::Write(bytes));
        // SAFETY: the slot keeps the buffer's heap block, which is where it was, unchanged.
        let rest = unsafe { std::slice::from_raw_parts(start, len) };
        let entry = entries::write(name, file, rest, offset);
        self.start_plain(entry);
    }

    fn start_status(&mut self, token: Token, path: std::ffi::CString, follow: bool) {
        // The ring's own statx always takes a worker thread; a path in the kernel's memory is
        // answered without one, and without waiting.
        if let Some(status) = status_of_cached_path(&path, follow) {
            return self.end_with_status(token, Ok(FileStatus::from(&status)));
        }
        let status = Stable::new(empty_status());
        let (entry_path, entry_status) = (path.as_ptr(), status.as_ptr());
        let name = self.slots.insert(token, Held::Status(path, status));
        // SAFETY: the slot keeps the string's heap block, which is where it was.
        let path = unsafe { std::ffi::CStr::from_ptr(entry_path) };
        let entry = entries::status(name, path, follow, entry_status);
        self.start_plain(entry);
    }

    /// Ends an operation the kernel never saw; the owner learns of it after the next wait.
    pub(super) fn end_locally(&mut self, token: Token, result: Result<u32, i32>, payload: Payload) {
        let result = result.map_err(std::io::Error::from_raw_os_error);
        self.ready.push_back(Completion { token, result, more: false, payload });
    }

    fn end_with_status(&mut self, token: Token, status: std::io::Result<FileStatus>) {
        match status {
            Ok(status) => self.end_locally(token, Ok(0), Payload::Status(Box::new(status))),
            Err(error) => self.end_locally(token, Err(errno(error)), Payload::None),
        }
    }

    /// Asks for one operation to end.
    pub(super) fn cancel_one(&mut self, token: Token) {
        if let Some(tag) = self.armed.cancel(token) {
            return self.push(entries::cancel(tag.with(token.to_bits())));
        }
        if let Some(place) = self.parked.iter().position(|(parked, _)| *parked == token) {
            self.parked.swap_remove(place);
            return self.end_locally(token, Err(libc::ECANCELED), Payload::None);
        }
        let Some(name) = self.slots.find(token) else { return };
        if let Some(Held::Send(sending)) = self.slots.get_mut(name).map(|slot| &mut slot.held) {
            sending.cancelled = true;
        }
        self.push(entries::cancel(Tag::Slot.with(name.to_bits())));
    }
}

fn errno(error: std::io::Error) -> i32 {
    error.raw_os_error().unwrap_or(libc::EIO)
}
