//! What a connection keeps of a stream.

use super::{StreamState, Window};
use crate::hpack::Fields;

/// How far one direction has come.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Debug)]
pub(super) enum Side {
    /// No fields yet.
    Idle,
    /// Fields, and content follows.
    Open,
    /// Nothing follows.
    Closed,
}

#[derive(Debug)]
pub(super) struct Stream {
    pub(super) local: Side,
    pub(super) remote: Side,
    pub(super) send_window: i64,
    pub(super) window: Window,
    /// Content to send, from `sent` on.
    pub(super) content: Vec<u8>,
    pub(super) sent: usize,
    /// Whether the end follows the content.
    pub(super) is_ending: bool,
    /// Whether someone is to be told that the content is gone.
    pub(super) tells: bool,
    /// Whether it stands in the line of those that wait.
    pub(super) is_waiting: bool,
    /// Whether it counts among those its side may have open.
    pub(super) counts: bool,
    /// A request's fields, until the peer takes another stream.
    pub(super) unopened: Option<Fields>,
    /// Whether it was announced by the server.
    pub(super) is_promised: bool,
    /// Whether the fields of a response, not merely informational ones, have come.
    pub(super) has_final: bool,
    /// Bytes of content the fields announce, and how many have come.
    pub(super) expected: Option<u64>,
    pub(super) received: u64,
    /// Whether the request was HEAD or CONNECT, whose lengths say nothing.
    pub(super) is_lengthless: bool,
}

impl Stream {
    pub(super) fn new(send_window: u32, receive_window: u32) -> Self {
        Self {
            local: Side::Idle,
            remote: Side::Idle,
            send_window: i64::from(send_window),
            window: Window::new(i64::from(receive_window)),
            content: Vec::new(),
            sent: 0,
            is_ending: false,
            tells: false,
            is_waiting: false,
            counts: false,
            unopened: None,
            is_promised: false,
            has_final: false,
            expected: None,
            received: 0,
            is_lengthless: false,
        }
    }

    pub(super) fn is_done(&self) -> bool {
        self.local == Side::Closed && self.remote == Side::Closed
    }

    pub(super) fn waiting_bytes(&self) -> usize {
        self.content.len() - self.sent
    }

    /// Whether content or the end can go out as far as the stream is concerned.
    pub(super) fn has_to_send(&self) -> bool {
        self.local == Side::Open && (self.waiting_bytes() > 0 || self.is_ending)
    }

    pub(super) fn state(&self) -> StreamState {
        let state = match (self.local, self.remote) {
            (Side::Idle, _) if self.is_promised => 3,
            (_, Side::Idle) if self.is_promised => 4,
            (Side::Closed, Side::Closed) => 7,
            (Side::Closed, _) => 5,
            (_, Side::Closed) => 6,
            (Side::Idle, Side::Idle) => 1,
            _ => 2,
        };
        StreamState {
            state,
            local_window: self.window.left,
            is_local_closed: self.local == Side::Closed,
            is_remote_closed: self.remote == Side::Closed,
            waiting: self.waiting_bytes(),
        }
    }
}
