//! One connection of the generator: its socket, its reader, and what it waits for.

use std::collections::VecDeque;

use dx_driver::Descriptor;

use crate::reader::ResponseReader;

/// Where a connection stands.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum State {
    /// No socket.
    Closed,
    /// No socket until this time: the last attempt failed.
    Resting { until_ns: u64 },
    /// The handshake is under way.
    Connecting { since_ns: u64 },
    /// Requests may be sent.
    Open,
}

/// Requests that were sent together. Times are nanoseconds of the thread's clock.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct Flight {
    /// When they should have been sent.
    pub(crate) due_ns: u64,
    /// When they were.
    pub(crate) sent_ns: u64,
    /// How many are unanswered.
    pub(crate) count: u32,
}

#[derive(Debug)]
pub(crate) struct Connection {
    pub(crate) state: State,
    pub(crate) socket: Descriptor,
    /// Which tenant of this slot the socket is; part of the tokens.
    pub(crate) generation: u32,
    pub(crate) reader: ResponseReader,
    /// Unanswered requests, oldest first.
    pub(crate) flights: VecDeque<Flight>,
    /// Their number.
    pub(crate) in_flight: u32,
    /// Requests that wait for the send under way to end.
    pub(crate) unsent: u32,
    /// One send at a time: two could be cut short and interleave.
    pub(crate) sending: bool,
    /// Since when it could take a request.
    pub(crate) free_since_ns: u64,
    /// Whether it stands in the queue of free connections.
    pub(crate) queued: bool,
    /// Whether the current or last socket brought an answer.
    pub(crate) answered: bool,
    /// Sockets in a row that did not.
    pub(crate) failures: u32,
}

impl Connection {
    pub(crate) fn new() -> Self {
        Self {
            state: State::Closed,
            socket: Descriptor(-1),
            generation: 0,
            reader: ResponseReader::new(),
            flights: VecDeque::new(),
            in_flight: 0,
            unsent: 0,
            sending: false,
            free_since_ns: 0,
            queued: false,
            answered: false,
            failures: 0,
        }
    }

    /// Notes requests that are sent now.
    pub(crate) fn launch(&mut self, flight: Flight) {
        self.in_flight += flight.count;
        self.unsent += flight.count;
        self.flights.push_back(flight);
    }

    /// Takes the oldest requests that went out together, at most `count` of them.
    pub(crate) fn land(&mut self, count: u32) -> Option<Flight> {
        let front = self.flights.front_mut()?;
        let landed = Flight { count: front.count.min(count), ..*front };
        front.count -= landed.count;
        if front.count == 0 {
            self.flights.pop_front();
        }
        self.in_flight -= landed.count;
        Some(landed)
    }

    /// Forgets the socket and everything about it; completions that name it are stale from now
    /// on. Returns the requests that were unanswered.
    pub(crate) fn reset(&mut self) -> VecDeque<Flight> {
        self.state = State::Closed;
        self.socket = Descriptor(-1);
        self.generation = self.generation.wrapping_add(1);
        self.reader = ResponseReader::new();
        self.in_flight = 0;
        self.unsent = 0;
        self.sending = false;
        std::mem::take(&mut self.flights)
    }

    /// Since when the oldest of what it waits for has been waited for.
    pub(crate) fn waiting_since_ns(&self) -> Option<u64> {
        match self.state {
            State::Connecting { since_ns } => Some(since_ns),
            _ => self.flights.front().map(|flight| flight.sent_ns),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Connection, Flight};

    #[test]
    fn answers_land_in_the_order_of_their_requests() {
        let mut connection = Connection::new();
        for (sent_ns, count) in [(1, 3), (2, 1)] {
            connection.launch(Flight { due_ns: 0, sent_ns, count });
        }
        assert_eq!((connection.in_flight, connection.unsent), (4, 4));
        let landed: Vec<_> = std::iter::from_fn(|| connection.land(2))
            .map(|flight| (flight.sent_ns, flight.count))
            .collect();
        assert_eq!(landed, [(1, 2), (1, 1), (2, 1)]);
        assert_eq!(connection.in_flight, 0);
    }

    #[test]
    fn a_reset_returns_what_was_unanswered() {
        let mut connection = Connection::new();
        let flight = Flight { due_ns: 0, sent_ns: 1, count: 2 };
        connection.launch(flight);
        let before = connection.generation;
        assert_eq!(connection.reset(), [flight]);
        assert_ne!(connection.generation, before);
        assert_eq!(connection.land(1), None);
    }
}
