//! Opening, closing and replacing connections.

use std::{collections::VecDeque, io, time::Duration};

use dx_driver::Operation;

use super::{CLOSE, CONNECT, RECEIVE, SEND, SWEEP_NS, Worker};
use crate::{
    connection::{Flight, State},
    phase::nanoseconds,
};

impl Worker<'_> {
    /// Opens the connections, a bounded number at a time, so that a listen queue is not overrun;
    /// gives up waiting when the timeout has passed.
    pub(super) fn open_all(&mut self) -> io::Result<()> {
        const OPENING_MAX: usize = 64;
        let deadline_ns = self.now_ns.saturating_add(nanoseconds(self.share.timeout));
        let mut started = 0;
        loop {
            let opening = |state| matches!(state, State::Connecting { .. } | State::Resting { .. });
            let count = self.connections.iter().filter(|one| opening(one.state)).count();
            let everything_is_open = count == 0 && started == self.connections.len();
            if everything_is_open || self.now_ns >= deadline_ns {
                return Ok(());
            }
            let room = OPENING_MAX.saturating_sub(count);
            let until = (started + room).min(self.connections.len());
            for index in started..until {
                self.open(index as u32);
            }
            started = until;
            self.turn(Duration::from_nanos(SWEEP_NS))?;
        }
    }

    pub(super) fn open(&mut self, index: u32) {
        let address = self.share.address;
        match self.reactor.with_driver(|driver| driver.socket(address)) {
            Ok(socket) => {
                let connection = &mut self.connections[index as usize];
                connection.socket = socket;
                connection.answered = false;
                connection.state = State::Connecting { since_ns: self.now_ns };
                let token = self.token(CONNECT, index);
                self.reactor.submit(token, Operation::Connect { socket, address });
            }
            Err(_) => {
                self.statistics.errors.connect += 1;
                self.close(index);
                self.rest(index);
            }
        }
    }

    pub(super) fn connected(&mut self, index: u32, result: &io::Result<u32>) {
        if result.is_err() {
            self.statistics.errors.connect += 1;
            self.close(index);
            return self.rest(index);
        }
        let connection = &mut self.connections[index as usize];
        connection.state = State::Open;
        let socket = connection.socket;
        let token = self.token(RECEIVE, index);
        self.reactor.submit(token, Operation::Receive { socket });
        if self.connections[index as usize].in_flight > 0 {
            self.flush(index);
        } else {
            self.begin(index);
        }
    }

    /// Leaves a connection alone for a while after it failed: ten milliseconds, doubled with each
    /// further failure up to a second.
    fn rest(&mut self, index: u32) {
        const FIRST_NS: u64 = 10_000_000;
        const DOUBLINGS_MAX: u32 = 7;
        let connection = &mut self.connections[index as usize];
        let wait_ns = FIRST_NS << connection.failures.min(DOUBLINGS_MAX);
        connection.failures += 1;
        connection.state = State::Resting { until_ns: self.now_ns + wait_ns };
        self.resting.push(index);
    }

    /// Closes the socket, if there is one, and returns the requests that were unanswered.
    pub(super) fn close(&mut self, index: u32) -> VecDeque<Flight> {
        let connection = &self.connections[index as usize];
        let pending = match connection.state {
            State::Connecting { .. } => Some(CONNECT),
            State::Open => Some(RECEIVE),
            State::Closed | State::Resting { .. } => None,
        };
        if let Some(kind) = pending {
            let (descriptor, sending) = (connection.socket, connection.sending);
            self.reactor.cancel(self.token(kind, index));
            if sending {
                self.reactor.cancel(self.token(SEND, index));
            }
            self.reactor.submit(self.token(CLOSE, index), Operation::Close { descriptor });
        }
        self.connections[index as usize].reset()
    }

    /// Goes on with a closed connection: a new socket where connections are kept, the next
    /// request where they are not. One that never brought an answer rests first, so that a server
    /// that accepts and hangs up is not hammered.
    pub(super) fn replace(&mut self, index: u32) {
        let answered = self.connections[index as usize].answered;
        if !answered {
            self.rest(index);
        } else if self.share.keep_alive {
            self.open(index);
        } else {
            self.begin(index);
        }
    }

    /// Ten times a second: what took too long, and what has rested enough.
    pub(super) fn sweep(&mut self) {
        let timeout_ns = nanoseconds(self.share.timeout);
        for index in 0..self.connections.len() {
            let connection = &self.connections[index];
            let since_ns = connection.waiting_since_ns();
            if since_ns.is_some_and(|since| self.now_ns.saturating_sub(since) > timeout_ns) {
                self.statistics.errors.timeout += u64::from(connection.in_flight.max(1));
                self.close(index as u32);
                self.rest(index as u32);
            }
        }
        for index in std::mem::take(&mut self.resting) {
            match self.connections[index as usize].state {
                State::Resting { until_ns } if until_ns > self.now_ns => self.resting.push(index),
                State::Resting { .. } => {
                    self.connections[index as usize].state = State::Closed;
                    if self.share.keep_alive {
                        self.open(index);
                    } else {
                        self.begin(index);
                    }
                }
                _ => {}
            }
        }
    }
}
