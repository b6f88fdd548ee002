//! What completions do to sockets.

use std::{io, mem::MaybeUninit};

use dx_driver::{Completion, Descriptor, Payload, Token};
use dx_reactor::Event;
use dx_ring::Key;
use dx_sys::datagram::{self, MESSAGE_BYTES_MAX};

use super::{Received, State, What, entry::Form, kind, token};
use crate::ACCEPT_BACKOFF_NS;

const INTERRUPTED: i32 = 4;
const INPUT_OUTPUT: i32 = 5;
const AGAIN: i32 = 11;
const NO_BUFFERS: i32 = 105;
const CANCELLED: i32 = 125;

/// What is read of a pipe at a time: what a pipe holds.
const READ_BYTES: usize = 64 * 1024;
/// Messages taken of one socket in a turn.
const MESSAGES_A_TURN: usize = 64;

fn errno(result: &io::Result<u32>) -> i32 {
    match result {
        Ok(_) => 0,
        Err(error) => error.raw_os_error().unwrap_or(INPUT_OUTPUT),
    }
}

/// After these, receiving is simply taken up again.
fn is_passing(errno: i32) -> bool {
    matches!(errno, NO_BUFFERS | CANCELLED | AGAIN | INTERRUPTED)
}

impl State {
    pub(super) fn handle(&mut self, event: Event) {
        let token = match &event {
            Event::Completion(completion) => completion.token,
            Event::Timer(token) => *token,
        };
        let key = self.key_of(token);
        match (key, event) {
            (Some(key), Event::Timer(_)) => self.accept(key),
            (Some(key), Event::Completion(completion)) => self.completed(key, completion),
            (None, Event::Completion(Completion { payload: Payload::Socket(socket), .. })) => {
                self.reactor.close(socket);
            }
            (None, _) => {}
        }
    }

    /// The tenant the token was made for, if it still lives.
    fn key_of(&self, token: Token) -> Option<Key> {
        let key = self.entries.key_at(token.index())?;
        (key.generation % Token::GENERATIONS == token.generation()).then_some(key)
    }

    fn completed(&mut self, key: Key, completion: Completion) {
        match completion.token.kind() {
            kind::ACCEPT => self.accepted(key, completion),
            kind::CONNECT => self.connected(key, &completion),
            kind::RECEIVE => self.received(key, completion),
            kind::SEND => self.sent(key, &completion),
            kind::CLOSE => self.push(key, What::Closed),
            kind::NUDGE => self.nudged(key),
            _ => {}
        }
    }

    fn accepted(&mut self, key: Key, completion: Completion) {
        let Some(entry) = self.entries.get_mut(key) else {
            if let Payload::Socket(late) = completion.payload {
                self.reactor.close(late);
            }
            return;
        };
        let (is_closing, is_shared) = (entry.is_closing, entry.is_shared);
        if !completion.more {
            entry.is_accepting = false;
        }
        if let Payload::Socket(socket) = completion.payload {
            // Of a shared listener no other process can take it any more.
            if is_closing && !is_shared {
                return self.reactor.close(socket);
            }
            let accepted = self.add(socket, Form::Stream);
            self.push(key, What::Accepted(accepted));
        }
        if completion.more || is_closing {
            return;
        }
        match errno(&completion.result) {
            0 | AGAIN | INTERRUPTED => self.accept(key),
            CANCELLED if is_shared => self.accept(key),
            _ => {
                // Out of descriptors or memory: some may be free again soon.
                let again = self.reactor.now_ns() + ACCEPT_BACKOFF_NS;
                self.reactor.set_timer(again, token(kind::ACCEPT_AGAIN, key));
            }
        }
    }

    /// Connections wait at a shared listener: accepting begins anew, by taking them.
    fn nudged(&mut self, key: Key) {
        let Some(entry) = self.entries.get_mut(key) else { return };
        entry.is_nudged = false;
        if entry.is_accepting && !entry.is_closing {
            self.reactor.cancel(token(kind::ACCEPT, key));
        }
    }

    fn connected(&mut self, key: Key, completion: &Completion) {
        self.change(key, |entry| entry.is_connecting = false);
        // `Closed` is the last event, and may have come before this answer to its cancelling.
        if self.entries.get_mut(key).is_none_or(|entry| entry.is_closing) {
            return;
        }
        self.push(key, What::Connected(errno(&completion.result)));
    }

    fn received(&mut self, key: Key, completion: Completion) {
        let Some(entry) = self.entries.get_mut(key) else { return };
        if !completion.more {
            entry.is_receiving = false;
        }
        if entry.is_closing {
            return;
        }
        let errno = errno(&completion.result);
        let (form, descriptor) = (entry.form, entry.descriptor);
        if matches!(form, Form::Pipe | Form::Datagrams) {
            if !is_passing(errno) && entry.wants_input {
                match form {
                    Form::Pipe => self.read_pipe(key, descriptor),
                    _ => self.receive_messages(key, descriptor),
                }
            }
        } else if let Payload::Lease(lease) = completion.payload {
            self.bring(key, What::Received(Received::Lease(lease)));
        } else if errno == 0 {
            self.bring(key, What::Ended);
        } else if !is_passing(errno) {
            self.bring(key, What::ReceiveFailed(errno));
        }
        self.receive(key);
    }

    fn read_pipe(&mut self, key: Key, descriptor: Descriptor) {
        let mut bytes = Vec::with_capacity(READ_BYTES);
        match dx_sys::descriptor::read_appending(descriptor.0, &mut bytes, u64::MAX) {
            Ok(0) => self.bring(key, What::Ended),
            Ok(_) => {
                bytes.shrink_to_fit();
                self.bring(key, What::Received(Received::Owned(bytes)));
            }
            Err(error) => match error.raw_os_error().unwrap_or(INPUT_OUTPUT) {
                // A terminal whose other side has gone.
                INPUT_OUTPUT => self.bring(key, What::Ended),
                errno if is_passing(errno) => {}
                errno => self.bring(key, What::ReceiveFailed(errno)),
            },
        }
    }

    fn receive_messages(&mut self, key: Key, descriptor: Descriptor) {
        let mut room = Box::new([MaybeUninit::uninit(); MESSAGE_BYTES_MAX]);
        for _ in 0..MESSAGES_A_TURN {
            match datagram::receive(descriptor.0, &mut room) {
                Ok((message, sender)) => self.bring(key, What::Message(message, sender)),
                Err(error) => {
                    let errno = error.raw_os_error().unwrap_or(INPUT_OUTPUT);
                    if !is_passing(errno) {
                        // Of an earlier message that nobody took; the next may come.
                        self.push(key, What::ReceiveFailed(errno));
                    }
                    return;
                }
            }
        }
    }

    /// Queues what came from the peer, or keeps it until it is wanted.
    fn bring(&mut self, key: Key, what: What) {
        let Some(entry) = self.entries.get_mut(key) else { return };
        if !matches!(what, What::Received(_) | What::Message(..)) {
            entry.is_input_over = true;
            entry.keep_alive(&*self.hold);
        }
        if entry.wants_input {
            return self.push(key, what);
        }
        let Some(entry) = self.entries.get_mut(key) else { return };
        entry.held.push_back(match what {
            What::Received(received) => What::Received(Received::Owned(received.to_vec())),
            what => what,
        });
    }

    fn sent(&mut self, key: Key, completion: &Completion) {
        let Some(entry) = self.entries.get_mut(key) else { return };
        entry.is_sending = false;
        entry.sending_bytes = 0;
        if entry.is_closing {
            return;
        }
        let mut errno = errno(&completion.result);
        if errno == 0 {
            let written = match entry.form {
                Form::Pipe => entry.write_waiting().map(drop),
                Form::Datagrams => entry.send_waiting_messages(),
                _ => Ok(()),
            };
            errno =
                written.map_or_else(|error| error.raw_os_error().unwrap_or(INPUT_OUTPUT), |()| 0);
        }
        if errno != 0 {
            entry.unsent.clear();
        }
        let is_done = !entry.has_unsent();
        entry.keep_alive(&*self.hold);
        match is_done {
            true => self.push(key, What::Sent(errno)),
            false => self.send(key),
        }
    }
}
