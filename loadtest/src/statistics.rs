//! What one thread counts, and the sum of all.

use hdrhistogram::Histogram;

/// Requests that got no answer.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Errors {
    /// Connections refused or not established.
    pub connect: u64,
    /// Requests whose connection ended before the answer.
    pub disconnect: u64,
    /// Requests, or connections, that took longer than the timeout.
    pub timeout: u64,
    /// Requests answered by something that is not HTTP/1.
    pub protocol: u64,
}

impl Errors {
    /// All of them.
    #[must_use]
    pub fn total(&self) -> u64 {
        self.connect + self.disconnect + self.timeout + self.protocol
    }
}

/// Times in nanoseconds, to three digits, up to an hour.
pub type Times = Histogram<u64>;

const TIME_MAX_NS: u64 = 3_600_000_000_000;

fn times() -> Times {
    // Three significant digits up to a constant are always valid bounds.
    Histogram::new_with_bounds(1, TIME_MAX_NS, 3).unwrap_or_else(|_| unreachable!())
}

/// What was counted while measuring.
#[derive(Clone, Debug)]
pub struct Statistics {
    /// Responses received in the measured time.
    pub requests: u64,
    /// Requests due or sent in the measured time and not answered in it.
    pub unfinished: u64,
    /// Responses by status code; index: the status.
    pub statuses: Vec<u64>,
    /// Requests that got no answer.
    pub errors: Errors,
    /// Connections opened again after the server had ended them between two requests.
    pub reconnects: u64,
    /// Bytes received, heads included.
    pub bytes_received: u64,
    /// Bytes sent, heads included.
    pub bytes_sent: u64,
    /// Time from when a request should have been sent (open loop: by the schedule; closed loop:
    /// when it was) until its response was complete.
    pub latency: Times,
    /// Open loop: time from when a request was sent until its response was complete.
    pub uncorrected: Times,
    /// How late the generator itself was. Open loop: from when a request was due and a
    /// connection free until it was sent. Closed loop: how long a turn's responses took to be
    /// handled and the next requests to be handed over.
    pub lag: Times,
}

impl Statistics {
    /// Nothing counted yet.
    #[must_use]
    pub fn new() -> Self {
        const STATUSES: usize = 1_000; // a status has three digits
        Self {
            requests: 0,
            unfinished: 0,
            statuses: vec![0; STATUSES],
            errors: Errors::default(),
            reconnects: 0,
            bytes_received: 0,
            bytes_sent: 0,
            latency: times(),
            uncorrected: times(),
            lag: times(),
        }
    }

    /// Adds what another thread counted.
    pub fn add(&mut self, other: &Self) {
        self.requests += other.requests;
        self.unfinished += other.unfinished;
        for (sum, count) in self.statuses.iter_mut().zip(&other.statuses) {
            *sum += count;
        }
        self.errors.connect += other.errors.connect;
        self.errors.disconnect += other.errors.disconnect;
        self.errors.timeout += other.errors.timeout;
        self.errors.protocol += other.errors.protocol;
        self.reconnects += other.reconnects;
        self.bytes_received += other.bytes_received;
        self.bytes_sent += other.bytes_sent;
        for (sum, times) in [
            (&mut self.latency, &other.latency),
            (&mut self.uncorrected, &other.uncorrected),
            (&mut self.lag, &other.lag),
        ] {
            // All have the same bounds, so adding cannot fail.
            let _ = sum.add(times);
        }
    }
}

impl Default for Statistics {
    fn default() -> Self {
        Self::new()
    }
}
