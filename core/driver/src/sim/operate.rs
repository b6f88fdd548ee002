//! What operations do when their time has come.

use std::collections::BTreeSet;

use super::{
    network::{Arrived, EndName},
    world::{Object, Pending, World},
};
use crate::{Descriptor, FileStatus, Interest, Operation, Payload};

/// How an attempt went.
enum Outcome {
    /// Nothing could be done.
    Blocked,
    /// Something was done; more is to do.
    Progress,
    /// The operation has ended.
    Ended(Result<u32, i32>, Payload),
}

use Outcome::{Blocked, Ended, Progress};

fn failed(errno: i32) -> Outcome {
    Ended(Err(errno), Payload::None)
}

fn poll_mask(interest: Interest) -> u32 {
    let readable = if interest.readable { libc::POLLIN } else { 0 };
    let writable = if interest.writable { libc::POLLOUT } else { 0 };
    (readable | writable) as u32
}

impl World {
    /// Gives every operation one attempt, in an order the dice decide; whether any got on.
    pub(super) fn attempt_all(&mut self) -> bool {
        let mut orders: Vec<u64> = self.pending.keys().copied().collect();
        let waits_for_its_turn = self.queued_sends(&orders);
        if self.faults.delays > 0 {
            self.dice.shuffle(&mut orders);
        }
        let mut progress = false;
        for order in orders {
            if waits_for_its_turn.contains(&order) {
                continue;
            }
            let Some(mut pending) = self.pending.remove(&order) else { continue };
            if pending.not_before_ns > self.now_ns {
                self.pending.insert(order, pending);
                continue;
            }
            let outcome = self.attempt(&mut pending);
            progress |= !matches!(outcome, Blocked);
            match outcome {
                Ended(result, payload) => self.finish(&mut pending, result, payload),
                Blocked | Progress => drop(self.pending.insert(order, pending)),
            }
        }
        progress
    }

    /// Sends that have another of the same socket before them.
    fn queued_sends(&self, orders: &[u64]) -> BTreeSet<u64> {
        let mut sending = BTreeSet::new();
        let mut queued = BTreeSet::new();
        for order in orders {
            let Some(pending) = self.pending.get(order) else { continue };
            let sends = matches!(
                pending.operation,
                Operation::Send { .. } | Operation::ShutdownWrite { .. }
            );
            if sends && !sending.insert(pending.object) {
                queued.insert(*order);
            }
        }
        queued
    }

    fn attempt(&mut self, pending: &mut Pending) -> Outcome {
        match pending.operation {
            Operation::Accept { .. } => self.attempt_accept(pending),
            Operation::Receive { .. } => self.attempt_receive(pending),
            Operation::Send { .. } => self.attempt_send(pending),
            Operation::Connect { address, .. } => self.attempt_connect(pending, address),
            Operation::ShutdownWrite { .. } => match self.stream(pending) {
                Ok(end) => Ended(self.network.end_writing(end).map(|()| 0), Payload::None),
                Err(errno) => failed(errno),
            },
            Operation::Read { offset, .. } => self.attempt_read(pending, offset),
            Operation::Write { offset, from, .. } => self.attempt_write(pending, offset, from),
            Operation::Sync { .. } => Ended(self.file(pending).map(|_| 0), Payload::None),
            Operation::Open { .. } => self.attempt_open(pending),
            Operation::StatPath { ref path, .. } => {
                Self::status(self.disk.status_of_path(path.to_bytes()))
            }
            Operation::StatFile { .. } => {
                let status = self.file(pending).and_then(|(inode, ..)| self.disk.status(inode));
                Self::status(status)
            }
            // Done as it was submitted.
            Operation::Close { .. } => Ended(Ok(0), Payload::None),
            Operation::Poll { descriptor, interest } => {
                self.attempt_poll(pending, descriptor.0, interest)
            }
        }
    }

    fn target(&self, pending: &Pending) -> Result<Object, i32> {
        pending.object.and_then(|number| self.object(number)).ok_or(libc::EBADF)
    }

    fn stream(&self, pending: &Pending) -> Result<EndName, i32> {
        match self.target(pending)? {
            Object::Stream(end) => Ok(end),
            Object::Unconnected => Err(libc::ENOTCONN),
            Object::Listener(_) => Err(libc::EINVAL),
            Object::File { .. } => Err(libc::ENOTSOCK),
        }
    }

    fn file(&self, pending: &Pending) -> Result<(u64, u64, i32), i32> {
        match self.target(pending)? {
            Object::File { inode, position, flags } => Ok((inode, position, flags)),
            Object::Stream(_) | Object::Listener(_) | Object::Unconnected => Err(libc::ESPIPE),
        }
    }

    fn status(status: Result<FileStatus, i32>) -> Outcome {
        match status {
            Ok(status) => Ended(Ok(0), Payload::Status(Box::new(status))),
            Err(errno) => failed(errno),
        }
    }

    /// Breaks a connection now and then, as bytes are about to move.
    fn breaks(&mut self, end: EndName) -> bool {
        let breaks = self.faulty(self.faults.resets);
        if breaks {
            self.network.reset(end);
        }
        breaks
    }

    /// All of `most`, or now and then a part.
    fn part(&mut self, most: usize, chance: u32) -> usize {
        let count = self.dice.part(most, chance);
        self.statistics.faults += u64::from(count < most);
        count
    }

    fn attempt_accept(&mut self, pending: &mut Pending) -> Outcome {
        let listener = match self.target(pending) {
            Ok(Object::Listener(listener)) => listener,
            Ok(_) => return failed(libc::EINVAL),
            Err(errno) => return failed(errno),
        };
        if !self.network.has_waiting(listener) {
            return Blocked;
        }
        if self.faulty(self.faults.no_descriptors) {
            return failed(libc::EMFILE);
        }
        // The number first: without one the connection goes on waiting.
        let socket = match self.open(Object::Unconnected) {
            Ok(socket) => socket,
            Err(errno) => return failed(errno),
        };
        match self.network.accept(listener) {
            Some(end) => self.become_stream(socket, end),
            None => return Blocked,
        }
        self.announce(pending, Ok(socket.0 as u32), true, Payload::Socket(socket));
        Progress
    }

    fn attempt_receive(&mut self, pending: &mut Pending) -> Outcome {
        let end = match self.stream(pending) {
            Ok(end) => end,
            Err(errno) => return failed(errno),
        };
        let arrived = self.network.arrived(end);
        if arrived == 0 {
            return match self.network.receive(end, 0) {
                Ok(Arrived::End) => Ended(Ok(0), Payload::None),
                Ok(_) => Blocked,
                Err(errno) => failed(errno),
            };
        }
        if self.breaks(end) {
            return failed(libc::ECONNRESET);
        }
        let denied = self.faulty(self.faults.no_buffers);
        let lease = if denied { None } else { self.pool.take() };
        let Some(mut lease) = lease else {
            self.starve();
            return failed(libc::ENOBUFS);
        };
        let count = self.part(arrived.min(lease.len()), self.faults.short_reads);
        let Ok(Arrived::Bytes(bytes)) = self.network.receive(end, count) else { return Blocked };
        lease.truncate(bytes.len());
        lease.copy_from_slice(&bytes);
        pending.not_before_ns = self.now_ns + self.delay_ns();
        self.announce(pending, Ok(bytes.len() as u32), true, Payload::Lease(lease));
        Progress
    }

    fn attempt_send(&mut self, pending: &mut Pending) -> Outcome {
        let Operation::Send { ref bytes, from, .. } = pending.operation else { return Blocked };
        let len = bytes.as_slice().len();
        let at = from.saturating_add(pending.sent);
        if at >= len {
            let result = if from > len { Err(libc::EINVAL) } else { Ok(pending.sent as u32) };
            return Ended(result, Payload::Outgoing(pending.take_outgoing()));
        }
        let end = match self.stream(pending) {
            Ok(end) => end,
            Err(errno) => return Ended(Err(errno), Payload::Outgoing(pending.take_outgoing())),
        };
        let room = self.network.room(end);
        if room == Some(0) {
            return Blocked;
        }
        if self.breaks(end) {
            return Ended(Err(libc::ECONNRESET), Payload::Outgoing(pending.take_outgoing()));
        }
        let most = room.unwrap_or(usize::MAX).min(len - at);
        let count = self.part(most, self.faults.short_writes);
        let Operation::Send { ref bytes, .. } = pending.operation else { return Blocked };
        match self.network.send(end, &bytes.as_slice()[at..at + count]) {
            Ok(count) => pending.sent += count,
            Err(errno) => return Ended(Err(errno), Payload::Outgoing(pending.take_outgoing())),
        }
        if from + pending.sent == len {
            let sent = pending.sent as u32;
            return Ended(Ok(sent), Payload::Outgoing(pending.take_outgoing()));
        }
        pending.not_before_ns = self.now_ns + self.delay_ns();
        Progress
    }

    fn attempt_connect(&mut self, pending: &Pending, address: std::net::SocketAddr) -> Outcome {
        match self.target(pending) {
            Ok(Object::Unconnected) => {}
            Ok(Object::Stream(_)) => return failed(libc::EISCONN),
            Ok(_) => return failed(libc::EINVAL),
            Err(errno) => return failed(errno),
        }
        let connected = match (self.network.connect(address), &mut self.gate) {
            (Err(libc::ECONNREFUSED), Some(gate)) => {
                gate.connect(&mut self.network, address).map(Some)
            }
            (connected, _) => connected,
        };
        match connected {
            Ok(Some(end)) => {
                if let Some(number) = pending.object {
                    self.set_object(number, Object::Stream(end));
                }
                Ended(Ok(0), Payload::None)
            }
            Ok(None) => Blocked,
            Err(errno) => failed(errno),
        }
    }

    fn attempt_read(&mut self, pending: &mut Pending, offset: u64) -> Outcome {
        let Operation::Read { mut into, .. } = pending.take_operation() else { return Blocked };
        let spare = into.capacity() - into.len();
        let (inode, position, flags) = match self.file(pending) {
            Ok(file) => file,
            Err(errno) => return Ended(Err(errno), Payload::Incoming(into)),
        };
        if flags & libc::O_ACCMODE == libc::O_WRONLY {
            return Ended(Err(libc::EBADF), Payload::Incoming(into));
        }
        if self.faulty(self.faults.interrupts) {
            return Ended(Err(libc::EINTR), Payload::Incoming(into));
        }
        let at = if offset == u64::MAX { position } else { offset };
        let result = self.disk.read(inode, at, spare).map(|bytes| {
            let count = self.dice.part(bytes.len(), self.faults.short_reads);
            self.statistics.faults += u64::from(count < bytes.len());
            into.extend_from_slice(&bytes[..count]);
            count as u32
        });
        if let (Ok(count), Some(number), u64::MAX) = (result, pending.object, offset) {
            let position = at + u64::from(count);
            self.set_object(number, Object::File { inode, position, flags });
        }
        Ended(result, Payload::Incoming(into))
    }

    fn attempt_write(&mut self, pending: &mut Pending, offset: u64, from: usize) -> Outcome {
        let bytes = pending.take_outgoing();
        let (inode, position, flags) = match self.file(pending) {
            Ok(file) => file,
            Err(errno) => return Ended(Err(errno), Payload::Outgoing(bytes)),
        };
        let Some(rest) = bytes.as_slice().get(from..) else {
            return Ended(Err(libc::EINVAL), Payload::Outgoing(bytes));
        };
        if flags & libc::O_ACCMODE == libc::O_RDONLY {
            return Ended(Err(libc::EBADF), Payload::Outgoing(bytes));
        }
        if self.faulty(self.faults.interrupts) {
            return Ended(Err(libc::EINTR), Payload::Outgoing(bytes));
        }
        let at = match offset {
            _ if flags & libc::O_APPEND != 0 => self.disk.size(inode),
            u64::MAX => position,
            offset => offset,
        };
        let count = self.part(rest.len(), self.faults.short_writes);
        let now_ns = self.now_ns;
        let result = self.disk.write(inode, at, &rest[..count], now_ns).map(|count| count as u32);
        if let (Ok(count), Some(number), u64::MAX) = (result, pending.object, offset) {
            let position = at + u64::from(count);
            self.set_object(number, Object::File { inode, position, flags });
        }
        Ended(result, Payload::Outgoing(bytes))
    }

    fn attempt_open(&mut self, pending: &mut Pending) -> Outcome {
        let Operation::Open { ref path, flags, mode } = pending.operation else { return Blocked };
        if self.dice.happens(self.faults.interrupts) {
            self.statistics.faults += 1;
            return failed(libc::EINTR);
        }
        if self.dice.happens(self.faults.no_descriptors) {
            self.statistics.faults += 1;
            return failed(libc::EMFILE);
        }
        let now_ns = self.now_ns;
        let opened = self
            .disk
            .open(path.to_bytes(), flags, mode, now_ns)
            .and_then(|inode| self.open(Object::File { inode, position: 0, flags }));
        Ended(opened.map(|descriptor| descriptor.0 as u32), Payload::None)
    }

    fn attempt_poll(&self, pending: &Pending, descriptor: i32, interest: Interest) -> Outcome {
        let Interest { readable, writable } = interest;
        let ready = match self.target(pending) {
            Ok(Object::Stream(end)) => {
                (readable && self.network.is_readable(end))
                    || (writable && self.network.room(end) != Some(0))
            }
            Ok(Object::Listener(listener)) => readable && self.network.has_waiting(listener),
            Ok(Object::Unconnected | Object::File { .. }) => true,
            // A descriptor of the real system, such as another event loop's.
            Err(_) if (0..Descriptor::FIRST_SIMULATED).contains(&descriptor) => {
                dx_sys::file::is_ready(descriptor, readable, writable)
            }
            Err(errno) => return failed(errno),
        };
        if ready { Ended(Ok(poll_mask(interest)), Payload::None) } else { Blocked }
    }
}
