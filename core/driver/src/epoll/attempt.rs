//! The attempts: what a descriptor that may be ready is tried for.

use std::io;

use dx_sys::{
    file::{self, is_ready},
    socket,
};

use super::{Epoll, files::filled, start::poll_mask};
use crate::{Descriptor, Payload};

/// Receives of one socket in one round, so that a fast sender does not keep others waiting.
const RECEIVES_MAX: usize = 16;
/// Accepts of one listener in one round.
const ACCEPTS_MAX: usize = 64;
/// Bytes written at once to what cannot say how much fits: a page, which a pipe that is ready
/// has room for.
const BLIND_WRITE_BYTES_MAX: usize = 4096;

fn would_wait(error: &io::Error) -> bool {
    error.kind() == io::ErrorKind::WouldBlock
}

fn interrupted(error: &io::Error) -> bool {
    error.kind() == io::ErrorKind::Interrupted
}

impl Epoll {
    /// Tries everything a descriptor is waited on for.
    pub(super) fn attempt(&mut self, descriptor: i32) {
        // First, before an attempt takes what made it ready.
        if !self.watched[descriptor as usize].polls.is_empty() {
            self.answer_polls(descriptor);
        }
        let watched = &self.watched[descriptor as usize];
        if watched.connect.is_some() && watched.writable {
            self.attempt_connect(descriptor);
        }
        if self.watched[descriptor as usize].accept.is_some() {
            self.attempt_accepts(descriptor);
        }
        if self.watched[descriptor as usize].receive.is_some() {
            self.attempt_receives(descriptor);
        }
        self.attempt_reads(descriptor);
        self.attempt_sends(descriptor);
        self.attempt_writes(descriptor);
    }

    fn attempt_connect(&mut self, descriptor: i32) {
        let result = socket::take_error(descriptor);
        if result.is_ok() && socket::peer_address(descriptor).is_err() {
            // Told too early: still on its way.
            self.watched[descriptor as usize].writable = false;
            return;
        }
        if let Some(token) = self.watched[descriptor as usize].connect.take() {
            self.complete(token, result.map(|()| 0), false, Payload::None);
        }
    }

    fn attempt_accepts(&mut self, descriptor: i32) {
        for _ in 0..ACCEPTS_MAX {
            let watched = &mut self.watched[descriptor as usize];
            let Some(token) = watched.accept.filter(|_| watched.readable) else { return };
            match socket::accept(descriptor) {
                Ok(socket) => {
                    self.forget(socket);
                    let payload = Payload::Socket(Descriptor(socket));
                    self.complete(token, Ok(socket as u32), true, payload);
                }
                Err(error) if would_wait(&error) => watched.readable = false,
                Err(error)
                    if interrupted(&error) || error.raw_os_error() == Some(libc::ECONNABORTED) => {}
                Err(error) => {
                    watched.accept = None;
                    self.loopback.accept_ended(token);
                    return self.complete(token, Err(error), false, Payload::None);
                }
            }
        }
        self.enqueue(descriptor);
    }

    fn attempt_receives(&mut self, descriptor: i32) {
        for _ in 0..RECEIVES_MAX {
            let watched = &mut self.watched[descriptor as usize];
            let Some(token) = watched.receive.filter(|_| watched.readable) else { return };
            let Some(mut lease) = self.pool.take() else {
                watched.receive = None;
                self.starved = true;
                let error = io::Error::from_raw_os_error(libc::ENOBUFS);
                return self.complete(token, Err(error), false, Payload::None);
            };
            match socket::receive(descriptor, &mut lease) {
                Ok(0) => {
                    watched.receive = None;
                    return self.complete(token, Ok(0), false, Payload::None);
                }
                Ok(count) => {
                    // Less than there was room for: no more is there, until the kernel says so,
                    // which it has done already where the peer has ended.
                    watched.readable = count == lease.len() || watched.ended;
                    lease.truncate(count);
                    self.complete(token, Ok(count as u32), true, Payload::Lease(lease));
                }
                Err(error) if would_wait(&error) => watched.readable = false,
                Err(error) if interrupted(&error) => {}
                Err(error) => {
                    watched.receive = None;
                    return self.complete(token, Err(error), false, Payload::None);
                }
            }
        }
        self.enqueue(descriptor);
    }

    /// Sends what fits, in the order of submission.
    pub(super) fn attempt_sends(&mut self, descriptor: i32) {
        loop {
            let watched = &mut self.watched[descriptor as usize];
            let Some(sending) = watched.sends.front_mut().filter(|_| watched.writable) else {
                return;
            };
            let rest = &sending.bytes.as_slice()[sending.at..];
            let result = match socket::send(descriptor, rest) {
                Ok(count) => {
                    sending.at += count;
                    sending.sent += count;
                    if sending.at < sending.bytes.as_slice().len() {
                        continue;
                    }
                    Ok(u32::try_from(sending.sent).unwrap_or(u32::MAX))
                }
                Err(error) if would_wait(&error) => {
                    watched.writable = false;
                    return;
                }
                Err(error) if interrupted(&error) => continue,
                Err(error) => Err(error),
            };
            let Some(sending) = watched.sends.pop_front() else { return };
            self.complete(sending.token, result, false, Payload::Outgoing(sending.bytes));
        }
    }

    fn attempt_reads(&mut self, descriptor: i32) {
        loop {
            let watched = &mut self.watched[descriptor as usize];
            let Some(reading) = watched.reads.front_mut().filter(|_| watched.readable) else {
                return;
            };
            let spare = reading.into.spare_capacity_mut();
            let mut result = file::read_without_waiting(descriptor, spare, u64::MAX);
            if knows_no_flag(&result) {
                result = match is_ready(descriptor, true, false) {
                    true => file::read(descriptor, spare, u64::MAX),
                    false => Err(io::ErrorKind::WouldBlock.into()),
                };
            }
            let result = match result {
                Ok(count) => Ok(filled(&mut reading.into, count)),
                Err(error) if would_wait(&error) => {
                    watched.readable = false;
                    return;
                }
                Err(error) if interrupted(&error) => continue,
                Err(error) => Err(error),
            };
            let Some(reading) = watched.reads.pop_front() else { return };
            self.complete(reading.token, result, false, Payload::Incoming(reading.into));
        }
    }

    fn attempt_writes(&mut self, descriptor: i32) {
        loop {
            let watched = &mut self.watched[descriptor as usize];
            let Some(writing) = watched.writes.front().filter(|_| watched.writable) else {
                return;
            };
            let rest = &writing.bytes.as_slice()[writing.from..];
            let mut result = file::write_without_waiting(descriptor, rest);
            if knows_no_flag(&result) {
                let some = &rest[..rest.len().min(BLIND_WRITE_BYTES_MAX)];
                result = match is_ready(descriptor, false, true) {
                    true => file::write(descriptor, some, u64::MAX),
                    false => Err(io::ErrorKind::WouldBlock.into()),
                };
            }
            let result = match result {
                Err(error) if would_wait(&error) => {
                    watched.writable = false;
                    return;
                }
                Err(error) if interrupted(&error) => continue,
                result => result.map(|count| count as u32),
            };
            let Some(writing) = watched.writes.pop_front() else { return };
            self.complete(writing.token, result, false, Payload::Outgoing(writing.bytes));
        }
    }

    /// Answers the polls whose descriptor is ready at this moment.
    fn answer_polls(&mut self, descriptor: i32) {
        let polls = std::mem::take(&mut self.watched[descriptor as usize].polls);
        for (token, interest) in polls {
            if is_ready(descriptor, interest.readable, interest.writable) {
                self.complete(token, Ok(poll_mask(interest)), false, Payload::None);
            } else {
                self.watched[descriptor as usize].polls.push((token, interest));
            }
        }
    }
}

/// Whether the kernel cannot say, for this sort of file, what would wait.
fn knows_no_flag<R>(result: &io::Result<R>) -> bool {
    let errno = result.as_ref().err().and_then(io::Error::raw_os_error);
    matches!(errno, Some(libc::EOPNOTSUPP | libc::EINVAL | libc::ENOSYS))
}
