//! Sending requests and taking answers.

use std::{collections::VecDeque, io};

use dx_driver::{Completion, Operation, Outgoing, Payload};

use super::{RECEIVE, SEND, Worker};
use crate::{
    connection::{Flight, State},
    phase::Phase,
    reader::{Answer, AtEnd},
};

impl Worker<'_> {
    pub(super) fn begin_all(&mut self) {
        for index in 0..self.connections.len() as u32 {
            self.begin(index);
        }
    }

    /// Whether a connection could take a request now.
    fn is_ready(&self, index: u32) -> bool {
        let connection = &self.connections[index as usize];
        match connection.state {
            State::Open => connection.in_flight < self.share.pipeline,
            State::Closed => !self.share.keep_alive,
            State::Resting { .. } | State::Connecting { .. } => false,
        }
    }

    /// Gives a connection its next work: at once in a closed loop, by the schedule in an open one.
    pub(super) fn begin(&mut self, index: u32) {
        if !self.is_ready(index) || !self.phase.sends() {
            return;
        }
        if self.schedule.is_none() {
            let wanted = if self.share.keep_alive { self.share.pipeline } else { 1 };
            let count = u64::from(wanted).min(self.allowance) as u32;
            if count > 0 {
                self.launch(index, Flight { due_ns: self.now_ns, sent_ns: self.now_ns, count });
            }
            return;
        }
        let connection = &mut self.connections[index as usize];
        connection.free_since_ns = self.now_ns;
        if !connection.queued {
            connection.queued = true;
            self.free.push_back(index);
        }
    }

    /// Open loop: sends what is due, as far as connections are free.
    pub(super) fn send_due(&mut self) {
        if !self.phase.sends() || self.schedule.is_none() {
            return;
        }
        let until_ns = self.now_ns.min(self.timeline.measure_until_ns.saturating_sub(1));
        while let Some(&index) = self.free.front() {
            let is_ready = self.is_ready(index);
            if is_ready && self.allowance == 0 {
                return;
            }
            let due = match &mut self.schedule {
                Some(schedule) if is_ready => schedule.take(until_ns),
                _ => None,
            };
            if is_ready && due.is_none() {
                return;
            }
            self.free.pop_front();
            self.connections[index as usize].queued = false;
            if let Some(due_ns) = due {
                self.note_lag(index, due_ns);
                self.launch(index, Flight { due_ns, sent_ns: self.now_ns, count: 1 });
                self.begin(index); // a pipelined connection may take another
            }
        }
    }

    /// How late a request is by the generator's fault: a connection was free and it was due.
    fn note_lag(&mut self, index: u32, due_ns: u64) {
        if self.phase == Phase::Measuring {
            let could_ns = due_ns.max(self.connections[index as usize].free_since_ns);
            let lag_ns = self.now_ns.saturating_sub(could_ns).max(1);
            self.statistics.lag.saturating_record(lag_ns);
        }
    }

    #[inline]
    fn launch(&mut self, index: u32, flight: Flight) {
        if self.allowance != u64::MAX {
            self.allowance -= u64::from(flight.count);
        }
        let connection = &mut self.connections[index as usize];
        connection.launch(flight);
        match connection.state {
            State::Open => self.flush(index),
            _ => self.open(index),
        }
    }

    /// Hands over what waits to be sent, unless a send is under way.
    #[inline]
    pub(super) fn flush(&mut self, index: u32) {
        let connection = &mut self.connections[index as usize];
        if connection.sending || connection.unsent == 0 {
            return;
        }
        let length = connection.unsent as usize * self.share.request.len();
        connection.sending = true;
        connection.unsent = 0;
        let socket = connection.socket;
        self.statistics.bytes_sent += length as u64;
        let bytes = Outgoing::Shared(self.batch.slice(..length));
        self.reactor.submit(self.token(SEND, index), Operation::Send { socket, bytes, from: 0 });
    }

    pub(super) fn sent(&mut self, index: u32, result: &io::Result<u32>) {
        self.connections[index as usize].sending = false;
        // A failed send is followed by the end of the receive, which may still bring an answer.
        if result.is_ok() {
            self.flush(index);
        }
    }

    pub(super) fn received(&mut self, index: u32, completion: Completion) {
        match (completion.result, completion.payload) {
            (Ok(0), _) => self.ended(index),
            (Ok(_), Payload::Lease(lease)) => {
                let closing = self.take(index, &lease);
                drop(lease);
                match closing {
                    Ok(false) => {
                        self.receive_again(index, completion.more);
                        self.proceed(index);
                    }
                    Ok(true) => self.declined(index),
                    Err(Garbage) => {
                        let lost = self.close(index);
                        self.statistics.errors.protocol += count(&lost).max(1);
                        self.replace(index);
                    }
                }
            }
            (Err(error), _) if rustix::io::Errno::from_io_error(&error) == OUT_OF_BUFFERS => {
                self.receive_again(index, completion.more);
            }
            _ => self.lost(index),
        }
    }

    /// Counts the responses in received bytes; whether the server will close after them.
    #[inline]
    fn take(&mut self, index: u32, bytes: &[u8]) -> Result<bool, Garbage> {
        self.statistics.bytes_received += bytes.len() as u64;
        let counts = u64::from(self.phase == Phase::Measuring);
        let (mut number, mut closing) = (0, false);
        let statuses = &mut self.statistics.statuses;
        let reader = &mut self.connections[index as usize].reader;
        let fed = reader.feed(&mut self.cache, bytes, &mut |answer: Answer| {
            statuses[usize::from(answer.status)] += counts;
            closing |= !answer.keep_alive;
            number += 1;
        });
        let expected = self.answered(index, number);
        match (fed, expected) {
            (Ok(()), true) => Ok(closing),
            _ => Err(Garbage),
        }
    }

    /// Notes `number` answers; false where that is more than requests were sent.
    fn answered(&mut self, index: u32, mut number: u32) -> bool {
        if number == 0 {
            return true;
        }
        let connection = &mut self.connections[index as usize];
        if number > connection.in_flight - connection.unsent {
            return false;
        }
        connection.answered = true;
        connection.failures = 0;
        self.last_answer_ns = self.now_ns;
        let statistics = &mut self.statistics;
        while number > 0 {
            let Some(flight) = connection.land(number) else { break };
            number -= flight.count;
            let answers = u64::from(flight.count);
            if self.phase == Phase::Measuring {
                statistics.requests += answers;
            }
            if self.schedule.is_none() {
                let latency_ns = self.now_ns.saturating_sub(flight.sent_ns).max(1);
                statistics.latency.saturating_record_n(latency_ns, answers);
                self.recent_latency_ns = latency_ns;
            } else if flight.due_ns >= self.timeline.measure_from_ns {
                let corrected_ns = self.now_ns.saturating_sub(flight.due_ns).max(1);
                let uncorrected_ns = self.now_ns.saturating_sub(flight.sent_ns).max(1);
                statistics.latency.saturating_record_n(corrected_ns, answers);
                statistics.uncorrected.saturating_record_n(uncorrected_ns, answers);
            }
        }
        true
    }

    /// After answers on a connection that stays.
    #[inline]
    fn proceed(&mut self, index: u32) {
        let unanswered = self.connections[index as usize].in_flight;
        if unanswered > 0 && self.schedule.is_none() {
            return;
        }
        if unanswered == 0 && !self.share.keep_alive {
            self.close(index);
        }
        self.begin(index);
    }

    fn receive_again(&mut self, index: u32, more: bool) {
        if !more {
            let socket = self.connections[index as usize].socket;
            self.reactor.submit(self.token(RECEIVE, index), Operation::Receive { socket });
        }
    }

    /// The server ended the connection.
    fn ended(&mut self, index: u32) {
        match self.connections[index as usize].reader.at_end() {
            AtEnd::Completes(answer) => {
                if self.phase == Phase::Measuring {
                    self.statistics.statuses[usize::from(answer.status)] += 1;
                }
                self.answered(index, 1);
                self.declined(index);
            }
            AtEnd::Between if self.connections[index as usize].in_flight == 0 => {
                self.statistics.reconnects += 1;
                self.close(index);
                self.replace(index);
            }
            AtEnd::Between | AtEnd::Truncates => self.lost(index),
        }
    }

    /// The server closes after an answer, as it may; what it did not answer is sent again.
    fn declined(&mut self, index: u32) {
        for flight in self.close(index) {
            if self.allowance != u64::MAX {
                self.allowance += u64::from(flight.count);
            }
            if let Some(schedule) = &mut self.schedule {
                (0..flight.count).for_each(|_| schedule.give_back(flight.due_ns));
            }
        }
        if self.share.keep_alive {
            self.statistics.reconnects += 1;
        }
        self.replace(index);
    }

    /// The connection broke.
    fn lost(&mut self, index: u32) {
        let lost = self.close(index);
        self.statistics.errors.disconnect += count(&lost).max(1);
        self.replace(index);
    }
}

/// What was received is not what was asked for.
struct Garbage;

/// All of the driver's buffers are in use: receive again when some have come back.
const OUT_OF_BUFFERS: Option<rustix::io::Errno> = Some(rustix::io::Errno::NOBUFS);

fn count(flights: &VecDeque<Flight>) -> u64 {
    flights.iter().map(|flight| u64::from(flight.count)).sum()
}
