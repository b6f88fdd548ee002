//! What has happened to sockets, as JavaScript reads it: three words an event.

use std::{cell::RefCell, net::SocketAddr, rc::Rc};

use dx_mem::Scratch;
use dx_net::sockets::{Received, Sockets, What};
use dx_ops::{Call, Dispatch, Exception, Value};
use dx_ring::Key;
use dx_sys::endpoint::Endpoint;

use super::address::describe;

/// Events JavaScript is given at a time.
const EVENTS: usize = 1024;
/// Words of an event: which socket, what, and a number.
const EVENT_WORDS: usize = 3;
/// Words before the first event: how many bytes [`gather`] brings.
const HEADER_WORDS: usize = 1;
/// What is larger is copied by itself, into memory of its own.
const GATHERED_BYTES_MAX: usize = 4096;
/// What comes for one socket, piece by piece, is one chunk of up to so many bytes.
const CHUNK_BYTES_MAX: usize = 65536;

/// What happened, in words of `apis/node/js/net/handles.js`.
mod code {
    pub(super) const CONNECTED: u32 = 0;
    pub(super) const ACCEPTED: u32 = 1;
    pub(super) const RECEIVED: u32 = 2;
    pub(super) const RECEIVED_LARGE: u32 = 3;
    pub(super) const ENDED: u32 = 4;
    pub(super) const SENT: u32 = 5;
    pub(super) const CLOSED: u32 = 6;
    pub(super) const MESSAGE: u32 = 7;
}

/// The batch JavaScript is reading.
#[derive(Default)]
pub(super) struct Inbox(RefCell<Option<Batch>>);

struct Batch {
    scratch: Scratch,
    gathered: Vec<u8>,
    large: Vec<Vec<Received>>,
    messages: Vec<Option<(Vec<u8>, Option<SocketAddr>)>>,
    closed: Vec<Key>,
}

struct Source {
    inbox: Rc<Inbox>,
    sockets: Rc<Sockets>,
}

impl Batch {
    fn words_of(&mut self, key: Key, what: What) -> [u32; EVENT_WORDS] {
        let (code, value) = match what {
            What::Connected(errno) => (code::CONNECTED, errno as u32),
            What::Accepted(accepted) => (code::ACCEPTED, accepted.index),
            What::Received(bytes) if bytes.len() <= GATHERED_BYTES_MAX => {
                self.gathered.extend_from_slice(&bytes);
                (code::RECEIVED, bytes.len() as u32)
            }
            What::Received(bytes) => {
                let length = bytes.len() as u32;
                self.large.push(vec![bytes]);
                (code::RECEIVED_LARGE, length)
            }
            What::Message(message, sender) => {
                self.messages.push(Some((message, sender)));
                (code::MESSAGE, self.messages.len() as u32 - 1)
            }
            What::Ended => (code::ENDED, 0),
            What::ReceiveFailed(errno) => (code::ENDED, errno as u32),
            What::Sent(errno) => (code::SENT, errno as u32),
            What::Closed => {
                self.closed.push(key);
                (code::CLOSED, 0)
            }
        };
        [key.index, code, value]
    }

    /// Takes what else has come for a socket right behind the large piece just taken, which has
    /// `length` bytes; how many bytes that is.
    fn join(&mut self, sockets: &Sockets, key: Key, length: usize) -> u32 {
        let mut joined = 0;
        let Some(pieces) = self.large.last_mut() else { return 0 };
        while let Some(more) =
            sockets.next_received(key, CHUNK_BYTES_MAX.saturating_sub(length + joined))
        {
            joined += more.len();
            pieces.push(more);
            if length + joined >= CHUNK_BYTES_MAX {
                break;
            }
        }
        joined as u32
    }
}

impl Source {
    /// JavaScript has seen the end of these sockets.
    fn release(&self, closed: Vec<Key>) {
        closed.into_iter().for_each(|key| self.sockets.release(key));
    }
}

impl Dispatch for Source {
    fn take(&self) -> u32 {
        let mut batch = self.inbox.0.borrow_mut();
        let Some(batch) = batch.as_mut() else { return 0 };
        batch.gathered.clear();
        batch.large.clear();
        batch.messages.clear();
        let mut count = 0;
        while count < EVENTS {
            let Some(event) = self.sockets.next_event() else { break };
            let mut words = batch.words_of(event.key, event.what);
            if words[1] == code::RECEIVED_LARGE {
                words[2] += batch.join(&self.sockets, event.key, words[2] as usize);
            }
            batch.scratch.copy_words_in(HEADER_WORDS + count * EVENT_WORDS, &words);
            count += 1;
        }
        batch.scratch.copy_words_in(0, &[batch.gathered.len() as u32]);
        count as u32
    }

    fn flush(&self) {
        let mut batch = self.inbox.0.borrow_mut();
        if let Some(batch) = batch.as_mut() {
            batch.large.clear();
            batch.messages.clear();
            self.release(std::mem::take(&mut batch.closed));
        }
        self.sockets.hurry();
    }
}

/// `netAttach(take)`: the words that `take(count)` finds events in.
pub(super) fn attach(call: &mut Call<'_>) -> Result<Value, Exception> {
    let scratch = Scratch::new((HEADER_WORDS + EVENTS * EVENT_WORDS) * 4);
    let shared = Value::Shared(scratch.external());
    let inbox = call.host.state::<Inbox>();
    inbox.0.replace(Some(Batch {
        scratch,
        gathered: Vec::new(),
        large: Vec::new(),
        messages: Vec::new(),
        closed: Vec::new(),
    }));
    let source = Rc::new(Source { inbox, sockets: super::sockets(call.host) });
    let function = call.arguments.hold(0);
    call.host.register_dispatch(function, source);
    Ok(shared)
}

fn copy(from: &[u8], into: Option<&mut [u8]>, at: usize) -> Result<Value, Exception> {
    let room = into.and_then(|view| view.get_mut(at..)?.get_mut(..from.len()));
    let room = room.ok_or_else(|| Exception::range_error("Too little room for what has come"))?;
    room.copy_from_slice(from);
    Ok(Value::Undefined)
}

/// `netGather(view, at)`: copies all that has come in small pieces, one behind the other.
pub(super) fn gather(call: &mut Call<'_>) -> Result<Value, Exception> {
    let inbox = call.host.state::<Inbox>();
    let batch = inbox.0.borrow();
    let Some(batch) = batch.as_ref() else { return Ok(Value::Undefined) };
    let at = call.arguments.number(1) as usize;
    copy(&batch.gathered, call.arguments.bytes_mut(0), at)
}

/// `netLarge(number, view)`: copies the large chunk of that number.
pub(super) fn large(call: &mut Call<'_>) -> Result<Value, Exception> {
    let inbox = call.host.state::<Inbox>();
    let batch = inbox.0.borrow();
    let number = call.arguments.number(0) as usize;
    let pieces = batch.as_ref().and_then(|batch| batch.large.get(number));
    let mut at = 0;
    for piece in pieces.into_iter().flatten() {
        copy(piece, call.arguments.bytes_mut(1), at)?;
        at += piece.len();
    }
    Ok(Value::Undefined)
}

/// `netMessage(number)`: the message of that number, and its sender: `[address, family, port]`.
pub(super) fn message(call: &mut Call<'_>) -> Result<Value, Exception> {
    let inbox = call.host.state::<Inbox>();
    let mut batch = inbox.0.borrow_mut();
    let number = call.arguments.number(0) as usize;
    let message = batch.as_mut().and_then(|batch| batch.messages.get_mut(number)?.take());
    let Some((bytes, sender)) = message else { return Ok(Value::Undefined) };
    let sender = sender.map(|sender| describe(Endpoint::Internet(sender)));
    Ok(Value::Array(vec![Value::Bytes(bytes), sender.unwrap_or_default()]))
}
