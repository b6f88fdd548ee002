//! One socket: what it is, what is under way, and what waits.

use std::{
    collections::VecDeque,
    ffi::OsString,
    io::{self, IoSlice},
    net::SocketAddr,
    os::unix::ffi::OsStringExt,
};

use dx_driver::{Descriptor, Interest, Operation};
use dx_sys::endpoint;

use super::{Hold, What, outgoing};

const AGAIN: i32 = 11;
const INTERRUPTED: i32 = 4;
const BAD_DESCRIPTOR: i32 = 9;
const UNSUPPORTED: i32 = 95;

/// What a descriptor is read and written by.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Form {
    /// A connected or connecting stream socket.
    Stream,
    /// Something without `recv(2)`; non-blocking, waited for by readiness.
    Pipe,
    /// A socket of messages; non-blocking, waited for by readiness.
    Datagrams,
    Listener,
}

pub(super) struct Entry {
    pub(super) descriptor: Descriptor,
    pub(super) form: Form,
    /// The file of a listener on a path, removed with it.
    pub(super) path: Option<OsString>,
    pub(super) is_referenced: bool,
    /// A listener that other processes have too.
    pub(super) is_shared: bool,
    pub(super) is_accepting: bool,
    /// Whether the readiness of a shared listener is watched.
    pub(super) is_nudged: bool,
    pub(super) is_connecting: bool,
    pub(super) wants_input: bool,
    pub(super) is_receiving: bool,
    pub(super) is_input_over: bool,
    pub(super) is_sending: bool,
    pub(super) is_closing: bool,
    /// What has come while nobody wanted it.
    pub(super) held: VecDeque<What>,
    /// What is still to be sent, and from which byte on.
    pub(super) unsent: VecDeque<(Vec<u8>, usize)>,
    /// Messages that wait for room, and whom they are for.
    pub(super) messages: VecDeque<(Vec<u8>, Option<SocketAddr>)>,
    /// Bytes of the send under way.
    pub(super) sending_bytes: usize,
    alive: Option<Hold>,
}

impl Entry {
    pub(super) fn new(descriptor: Descriptor, form: Form) -> Self {
        Self {
            descriptor,
            form,
            path: None,
            is_referenced: true,
            is_shared: false,
            is_accepting: false,
            is_nudged: false,
            is_connecting: false,
            wants_input: false,
            is_receiving: false,
            is_input_over: false,
            is_sending: false,
            is_closing: false,
            held: VecDeque::new(),
            unsent: VecDeque::new(),
            messages: VecDeque::new(),
            sending_bytes: 0,
            alive: None,
        }
    }

    /// Holds the event loop while the socket has something to wait for. What was written, a
    /// connect and a close are waited for even where the program has let the socket go.
    pub(super) fn keep_alive(&mut self, hold: &dyn Fn() -> Hold) {
        let waits = self.is_accepting || (self.wants_input && !self.is_input_over);
        let requests =
            self.is_connecting || self.is_sending || self.has_unsent() || self.is_closing;
        match (requests || (waits && self.is_referenced), self.alive.is_some()) {
            (true, false) => self.alive = Some(hold()),
            (false, true) => self.alive = None,
            _ => {}
        }
    }

    pub(super) fn has_unsent(&self) -> bool {
        !self.unsent.is_empty() || !self.messages.is_empty()
    }

    pub(super) fn unsent_bytes(&self) -> usize {
        let waiting: usize = self.unsent.iter().map(|(bytes, from)| bytes.len() - from).sum();
        let messages: usize = self.messages.iter().map(|(message, _)| message.len()).sum();
        waiting + messages + self.sending_bytes
    }

    pub(super) fn receive_operation(&self) -> Operation {
        let descriptor = self.descriptor;
        match self.form {
            Form::Pipe | Form::Datagrams => {
                let interest = Interest { readable: true, writable: false };
                Operation::Poll { descriptor, interest }
            }
            _ => Operation::Receive { socket: descriptor },
        }
    }

    /// The send of the next of what waits.
    pub(super) fn send_operation(&mut self) -> Option<Operation> {
        let descriptor = self.descriptor;
        if matches!(self.form, Form::Pipe | Form::Datagrams) {
            let interest = Interest { readable: false, writable: true };
            return self.has_unsent().then_some(Operation::Poll { descriptor, interest });
        }
        let (bytes, from) = self.unsent.pop_front()?;
        self.sending_bytes = bytes.len() - from;
        Some(Operation::Send { socket: descriptor, bytes: outgoing(bytes), from })
    }

    /// Sends what fits without waiting.
    pub(super) fn send_now(&self, pieces: &[IoSlice<'_>]) -> io::Result<usize> {
        if self.descriptor.is_virtual() {
            return Ok(0);
        }
        let descriptor = self.descriptor.0;
        let sent = match self.form {
            Form::Pipe => dx_sys::descriptor::write_vectors(descriptor, pieces, u64::MAX),
            _ => endpoint::send_pieces(descriptor, pieces),
        };
        none_where_it_would_wait(sent)
    }

    /// Sends a message where there is room for it; whether there was.
    pub(super) fn send_message_now(
        &self,
        message: &[u8],
        to: Option<SocketAddr>,
    ) -> io::Result<bool> {
        match dx_sys::datagram::send_to(self.descriptor.0, message, to) {
            Ok(_) => Ok(true),
            Err(error) => match error.raw_os_error() {
                Some(AGAIN | INTERRUPTED) => Ok(false),
                _ => Err(error),
            },
        }
    }

    /// Sends the messages that wait, as far as there is room; one that fails is given up.
    pub(super) fn send_waiting_messages(&mut self) -> io::Result<()> {
        while let Some((message, to)) = self.messages.pop_front() {
            if !self.send_message_now(&message, to)? {
                self.messages.push_front((message, to));
                break;
            }
        }
        Ok(())
    }

    /// Writes what waits for a pipe; whether all of it is written.
    pub(super) fn write_waiting(&mut self) -> io::Result<bool> {
        while let Some((bytes, from)) = self.unsent.front_mut() {
            let rest = [IoSlice::new(&bytes[*from..])];
            let written = dx_sys::descriptor::write_vectors(self.descriptor.0, &rest, u64::MAX);
            let written = none_where_it_would_wait(written)?;
            *from += written;
            if *from < bytes.len() {
                return Ok(false);
            }
            self.unsent.pop_front();
        }
        Ok(true)
    }
}

fn none_where_it_would_wait(written: io::Result<usize>) -> io::Result<usize> {
    match written {
        Err(error) => match error.raw_os_error() {
            Some(AGAIN | INTERRUPTED | UNSUPPORTED) => Ok(0),
            _ => Err(error),
        },
        written => written,
    }
}

/// What is left of `pieces` after the first `sent` bytes, as one piece.
pub(super) fn rest_of(pieces: &[IoSlice<'_>], mut sent: usize) -> Option<Vec<u8>> {
    let total: usize = pieces.iter().map(|piece| piece.len()).sum();
    if sent >= total {
        return None;
    }
    let mut rest = Vec::with_capacity(total - sent);
    for piece in pieces {
        let skipped = sent.min(piece.len());
        sent -= skipped;
        rest.extend_from_slice(&piece[skipped..]);
    }
    Some(rest)
}

/// The file of a listener's name; an abstract name has none.
pub(super) fn path_of(name: &[u8]) -> Option<OsString> {
    (name.first() != Some(&0)).then(|| OsString::from_vec(name.to_vec()))
}

/// The error of a socket that is closed.
pub(super) fn gone() -> io::Error {
    io::Error::from_raw_os_error(BAD_DESCRIPTOR)
}

#[cfg(test)]
mod tests {
    use std::io::IoSlice;

    use super::{path_of, rest_of};

    #[test]
    fn the_rest_begins_where_sending_stopped() {
        let pieces = [IoSlice::new(b"abc"), IoSlice::new(b""), IoSlice::new(b"defg")];
        assert_eq!(rest_of(&pieces, 0).unwrap(), b"abcdefg");
        assert_eq!(rest_of(&pieces, 3).unwrap(), b"defg");
        assert_eq!(rest_of(&pieces, 5).unwrap(), b"fg");
        assert_eq!(rest_of(&pieces, 7), None);
    }

    #[test]
    fn abstract_names_have_no_file() {
        assert_eq!(path_of(b"\0name"), None);
        assert_eq!(path_of(b"/tmp/x").unwrap(), "/tmp/x");
    }
}
