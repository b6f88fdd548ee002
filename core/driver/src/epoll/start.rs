//! Where a submitted operation goes.

use std::{collections::hash_map::Entry, io};

use dx_sys::{
    file::{self, is_stream, status_of_cached_path, status_of_descriptor},
    socket,
};

use super::{
    Epoll,
    files::{Job, filled},
    watched::{Reading, Sending, Watched, Writing},
};
use crate::{FileStatus, Interest, Operation, Outgoing, Payload, Token};

/// Reads of up to this many bytes are first tried from memory, in the shard's own thread; a
/// longer copy is worth a thread.
const READ_AT_ONCE_BYTES_MAX: usize = 256 * 1024;

fn error(errno: i32) -> io::Error {
    io::Error::from_raw_os_error(errno)
}

impl Epoll {
    /// Takes an operation, already counted as in flight.
    pub(super) fn start(&mut self, token: Token, operation: Operation) {
        match operation {
            Operation::Accept { listener } => self.start_accept(token, listener.0),
            Operation::Receive { socket } => self.start_receive(token, socket.0),
            Operation::Send { socket, bytes, from } => {
                self.start_send(token, socket.0, bytes, from);
            }
            Operation::Connect { socket, address } => self.start_connect(token, socket.0, address),
            Operation::ShutdownWrite { socket } => {
                let result = socket::shutdown_write(socket.0).map(|()| 0);
                self.complete(token, result, false, Payload::None);
            }
            Operation::Read { file, offset, into } => self.start_read(token, file.0, offset, into),
            Operation::Write { file, offset, bytes, from } => {
                self.start_write(token, file.0, offset, bytes, from);
            }
            Operation::Sync { file, data_only } => {
                self.files.submit(token, Job::Sync { file: file.0, data_only });
            }
            Operation::Open { path, flags, mode } => {
                self.files.submit(token, Job::Open { path, flags, mode });
            }
            Operation::StatPath { path, follow } => match status_of_cached_path(&path, follow) {
                Some(status) => self.end_with_status(token, Ok(FileStatus::from(&status))),
                None => self.files.submit(token, Job::Status { path, follow }),
            },
            Operation::StatFile { file } => {
                let status = status_of_descriptor(file.0);
                self.end_with_status(token, status.map(|status| FileStatus::from(&status)));
            }
            Operation::Close { descriptor } => {
                self.forget(descriptor.0);
                let result = dx_sys::close(descriptor.0).map(|()| 0);
                self.complete(token, result, false, Payload::None);
            }
            Operation::Poll { descriptor, interest } => {
                self.start_poll(token, descriptor.0, interest);
            }
        }
    }

    fn fail(&mut self, token: Token, error: io::Error, payload: Payload) {
        self.complete(token, Err(error), false, payload);
    }

    fn end_with_status(&mut self, token: Token, status: io::Result<FileStatus>) {
        match status {
            Ok(status) => {
                let payload = Payload::Status(Box::new(status));
                self.complete(token, Ok(0), false, payload);
            }
            Err(error) => self.fail(token, error, Payload::None),
        }
    }

    /// The state of a descriptor, watched by the kernel from now on.
    fn watch(&mut self, descriptor: i32) -> io::Result<&mut Watched> {
        let index = usize::try_from(descriptor).map_err(|_| error(libc::EBADF))?;
        if self.watched.len() <= index {
            self.watched.resize_with(index + 1, Watched::default);
        }
        let watched = &mut self.watched[index];
        if !watched.registered {
            self.kernel.watch(descriptor)?;
            watched.registered = true;
            // Not known yet, so worth an attempt.
            (watched.readable, watched.writable) = (true, true);
        }
        Ok(watched)
    }

    /// As [`Epoll::watch`], for a descriptor that may have been closed and made anew by others:
    /// the kernel is told again, and tells the present state again.
    fn watch_anew(&mut self, descriptor: i32) -> io::Result<()> {
        self.watch(descriptor)?;
        self.kernel.watch(descriptor)?;
        let watched = &mut self.watched[descriptor as usize];
        (watched.readable, watched.writable) = (true, true);
        Ok(())
    }

    /// Ends what waits on a descriptor and forgets what is known of it: it is about to be
    /// closed, or has just been opened.
    pub(super) fn forget(&mut self, descriptor: i32) {
        let index = usize::try_from(descriptor).unwrap_or(usize::MAX);
        if let Some(watched) = self.watched.get_mut(index) {
            let mut watched = std::mem::take(watched);
            self.watched[index].queued = watched.queued;
            let ended = watched.cancel_all();
            self.end_all(ended);
        }
        if let Some(place) = self.parked.iter().position(|(_, parked)| *parked == descriptor) {
            let (token, _) = self.parked.swap_remove(place);
            self.fail(token, error(libc::ECANCELED), Payload::None);
        }
    }

    /// Enters a token as waiting on a descriptor; the same token cannot wait twice.
    fn take_place(&mut self, token: Token, descriptor: i32) -> io::Result<()> {
        match self.places.entry(token.to_bits()) {
            Entry::Occupied(_) => Err(error(libc::EALREADY)),
            Entry::Vacant(vacant) => {
                vacant.insert(descriptor);
                Ok(())
            }
        }
    }

    /// Ends an operation whose token may be that of another, which goes on.
    fn refuse(&mut self, token: Token, error: io::Error) {
        self.in_flight -= 1;
        self.ready.push_back(crate::Completion {
            token,
            result: Err(error),
            more: false,
            payload: Payload::None,
        });
    }

    fn start_accept(&mut self, token: Token, listener: i32) {
        match self.watch(listener).map(drop).and_then(|()| self.take_place(token, listener)) {
            Ok(()) => {
                self.watched[listener as usize].accept = Some(token);
                self.enqueue(listener);
            }
            Err(error) => self.refuse(token, error),
        }
    }

    fn start_receive(&mut self, token: Token, socket: i32) {
        if self.starved {
            return self.parked.push((token, socket));
        }
        match self.watch(socket).map(drop).and_then(|()| self.take_place(token, socket)) {
            Ok(()) => {
                self.watched[socket as usize].receive = Some(token);
                self.enqueue(socket);
            }
            Err(error) => self.refuse(token, error),
        }
    }

    /// Takes up the receives held back, once an eighth of the buffers are free.
    pub(super) fn unpark(&mut self) {
        let enough = usize::from(self.pool.options().buffers / 8).max(1);
        if !self.starved || self.pool.free() < enough {
            return;
        }
        self.starved = false;
        for (token, socket) in std::mem::take(&mut self.parked) {
            self.start_receive(token, socket);
        }
    }

    fn start_send(&mut self, token: Token, socket: i32, bytes: Outgoing, from: usize) {
        let len = bytes.as_slice().len();
        if from >= len {
            let result = if from == len { Ok(0) } else { Err(error(libc::EINVAL)) };
            return self.complete(token, result, false, Payload::Outgoing(bytes));
        }
        match self.watch(socket).map(|watched| watched.sends.is_empty()) {
            Ok(first) => {
                let sending = Sending { token, bytes, at: from, sent: 0 };
                self.places.insert(token.to_bits(), socket);
                self.watched[socket as usize].sends.push_back(sending);
                if first {
                    self.attempt_sends(socket);
                }
            }
            Err(error) => self.fail(token, error, Payload::Outgoing(bytes)),
        }
    }

    fn start_connect(&mut self, token: Token, socket: i32, address: std::net::SocketAddr) {
        match socket::connect(socket, address) {
            Ok(()) => self.complete(token, Ok(0), false, Payload::None),
            Err(error) if error.raw_os_error() == Some(libc::EINPROGRESS) => {
                // Watched from here on: before it the kernel would tell of a hang-up.
                match self.watch(socket) {
                    Ok(watched) => {
                        watched.connect = Some(token);
                        self.places.insert(token.to_bits(), socket);
                    }
                    Err(error) => self.fail(token, error, Payload::None),
                }
            }
            Err(error) => self.fail(token, error, Payload::None),
        }
    }

    fn start_poll(&mut self, token: Token, descriptor: i32, interest: Interest) {
        match self.watch_anew(descriptor).and_then(|()| self.take_place(token, descriptor)) {
            Ok(()) => {
                let watched = &mut self.watched[descriptor as usize];
                watched.polls.push((token, interest));
            }
            Err(error) if error.raw_os_error() == Some(libc::EPERM) => {
                let mask = poll_mask(interest);
                self.complete(token, Ok(mask), false, Payload::None);
            }
            Err(error) => self.refuse(token, error),
        }
    }

    fn start_read(&mut self, token: Token, file: i32, offset: u64, mut into: Vec<u8>) {
        let spare = into.capacity() - into.len();
        if spare == 0 {
            return self.complete(token, Ok(0), false, Payload::Incoming(into));
        }
        if is_stream(file) && self.watch_anew(file).is_ok() {
            self.places.insert(token.to_bits(), file);
            self.watched[file as usize].reads.push_back(Reading { token, into });
            return self.enqueue(file);
        }
        if spare <= READ_AT_ONCE_BYTES_MAX
            && let Ok(count) = file::read_without_waiting(file, into.spare_capacity_mut(), offset)
        {
            let count = filled(&mut into, count);
            return self.complete(token, Ok(count), false, Payload::Incoming(into));
        }
        self.files.submit(token, Job::Read { file, offset, into });
    }

    fn start_write(&mut self, token: Token, file: i32, offset: u64, bytes: Outgoing, from: usize) {
        if from > bytes.as_slice().len() {
            return self.fail(token, error(libc::EINVAL), Payload::Outgoing(bytes));
        }
        if is_stream(file) && self.watch_anew(file).is_ok() {
            self.places.insert(token.to_bits(), file);
            self.watched[file as usize].writes.push_back(Writing { token, bytes, from });
            return self.enqueue(file);
        }
        self.files.submit(token, Job::Write { file, offset, bytes, from });
    }

    /// Asks for one operation to end.
    pub(super) fn cancel_one(&mut self, token: Token) {
        if let Some(place) = self.parked.iter().position(|(parked, _)| *parked == token) {
            self.parked.swap_remove(place);
            return self.fail(token, error(libc::ECANCELED), Payload::None);
        }
        let Some(descriptor) = self.places.get(&token.to_bits()).copied() else {
            return self.files.cancel(token);
        };
        if let Some(ended) = self.watched[descriptor as usize].cancel(token) {
            self.end_all(vec![ended]);
        }
    }
}

/// What `poll(2)` would say of a descriptor that is ready for all that is asked.
pub(super) fn poll_mask(interest: Interest) -> u32 {
    let readable = if interest.readable { libc::POLLIN } else { 0 };
    let writable = if interest.writable { libc::POLLOUT } else { 0 };
    (readable | writable) as u32
}
