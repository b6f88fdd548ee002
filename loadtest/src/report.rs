//! What a run found, and whether it may be believed.

use dx_driver::DriverKind;

use crate::{
    plan::Plan,
    saturation::ThreadUsage,
    statistics::{Statistics, Times},
};

/// Share of its time a generator thread must have had nothing to do in for a closed loop to
/// count: less, and the server may be faster than the figures say.
pub const IDLE_MIN: f64 = 0.03;
/// Share of the asked rate an open loop has to reach.
pub const ACHIEVED_MIN: f64 = 0.98;
/// The generator's lag (p99) may be this share of the latency (p99) ...
pub const LAG_SHARE_MAX: f64 = 0.1;
/// ... or this long, what waking up costs on a busy machine, in nanoseconds.
pub const LAG_ALLOWED_NS: u64 = 250_000;

/// What a run found.
#[derive(Clone, Debug)]
pub struct Report {
    /// What was asked for.
    pub plan: Plan,
    /// What was counted, all threads together.
    pub statistics: Statistics,
    /// How busy each generator thread was.
    pub usage: Vec<ThreadUsage>,
    /// How long was measured, in seconds.
    pub seconds: f64,
    /// The driver the generator ran on.
    pub driver: DriverKind,
}

/// A summary of times, in microseconds.
#[derive(Clone, Copy, PartialEq, Debug)]
#[allow(missing_docs)] // the names are those of the statistics
pub struct Summary {
    pub min: f64,
    pub mean: f64,
    pub deviation: f64,
    pub max: f64,
}

/// The percentiles reported, with their names.
pub const PERCENTILES: [(&str, f64); 7] = [
    ("p50", 50.0),
    ("p75", 75.0),
    ("p90", 90.0),
    ("p95", 95.0),
    ("p99", 99.0),
    ("p99_9", 99.9),
    ("p99_99", 99.99),
];

/// Summarises times kept in nanoseconds.
#[must_use]
pub fn summarise(times: &Times) -> Summary {
    const NS_A_US: f64 = 1e3;
    Summary {
        min: times.min() as f64 / NS_A_US,
        mean: times.mean() / NS_A_US,
        deviation: times.stdev() / NS_A_US,
        max: times.max() as f64 / NS_A_US,
    }
}

/// A percentile in microseconds.
#[must_use]
pub fn percentile(times: &Times, percentile: f64) -> f64 {
    times.value_at_percentile(percentile) as f64 / 1e3
}

impl Report {
    /// Responses a second.
    #[must_use]
    pub fn requests_per_second(&self) -> f64 {
        if self.seconds > 0.0 { self.statistics.requests as f64 / self.seconds } else { 0.0 }
    }

    /// Processor time of the generator for each response, in microseconds.
    #[must_use]
    pub fn cpu_us_per_request(&self) -> f64 {
        let running_ns: u64 = self.usage.iter().map(|usage| usage.running_ns).sum();
        running_ns as f64 / 1e3 / self.statistics.requests.max(1) as f64
    }

    /// Share of its time the busiest thread was not idle in.
    #[must_use]
    pub fn saturation(&self) -> f64 {
        self.usage.iter().map(|usage| 1.0 - usage.idle()).fold(0.0, f64::max)
    }

    /// Whether the figures are the server's and not the generator's: `Err` with each reason why
    /// not.
    ///
    /// # Errors
    /// The reasons, for people.
    pub fn validity(&self) -> Result<(), Vec<String>> {
        let mut reasons = Vec::new();
        if self.statistics.requests == 0 {
            reasons.push("no request was answered".to_owned());
        } else if let Some(rate) = self.plan.rate {
            self.check_open_loop(rate, &mut reasons);
        } else {
            self.check_closed_loop(&mut reasons);
        }
        if reasons.is_empty() { Ok(()) } else { Err(reasons) }
    }

    /// In a closed loop the server is known to be the limit only if the generator waited for it.
    fn check_closed_loop(&self, reasons: &mut Vec<String>) {
        for (thread, usage) in self.usage.iter().enumerate() {
            if usage.idle() < IDLE_MIN {
                reasons.push(format!(
                    "generator thread {thread} was never idle ({:.0} % running, {:.0} % waiting \
                     for a processor), so the server may be faster than this: use more threads, \
                     or processors the server does not use",
                    usage.running() * 100.0,
                    usage.waiting() * 100.0
                ));
            }
        }
    }

    /// An open loop must send what was asked for, when it was asked for.
    fn check_open_loop(&self, rate: f64, reasons: &mut Vec<String>) {
        let achieved = self.requests_per_second();
        let is_timed = self.plan.requests.is_none();
        if is_timed && achieved < rate * ACHIEVED_MIN {
            let cause = if self.saturation() > 1.0 - IDLE_MIN {
                "the generator had no time left"
            } else {
                "every connection was waiting for the server, or lost"
            };
            reasons.push(format!(
                "{achieved:.0} of {rate:.0} requests a second were answered: {cause}; latencies \
                 depend on how long the run was"
            ));
        }
        let lag_ns = self.statistics.lag.value_at_percentile(99.0);
        let latency_ns = self.statistics.latency.value_at_percentile(99.0);
        if lag_ns > LAG_ALLOWED_NS && lag_ns as f64 > latency_ns as f64 * LAG_SHARE_MAX {
            reasons.push(format!(
                "the generator was {:.3} ms late (p99), too much of a latency of {:.3} ms (p99)",
                lag_ns as f64 / 1e6,
                latency_ns as f64 / 1e6
            ));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Report, ThreadUsage};
    use crate::{plan::Plan, statistics::Statistics, target::Target};
    use dx_driver::DriverKind;

    fn report(rate: Option<f64>, requests: u64, running_ns: u64) -> Report {
        let mut plan = Plan::new(Target::parse("http://a/").expect("a URL"));
        plan.rate = rate;
        let mut statistics = Statistics::new();
        statistics.requests = requests;
        for _ in 0..requests {
            statistics.latency.saturating_record(1_000_000);
            statistics.lag.saturating_record(10_000);
        }
        let usage = vec![ThreadUsage { wall_ns: 1_000, running_ns, waiting_ns: 100 }];
        Report { plan, statistics, usage, seconds: 1.0, driver: DriverKind::Epoll }
    }

    #[test]
    fn a_run_is_valid_where_the_generator_had_time() {
        assert_eq!(report(None, 1_000, 800).validity(), Ok(()));
        assert_eq!(report(Some(1_000.0), 1_000, 890).validity(), Ok(()));
    }

    #[test]
    fn a_run_is_invalid_where_the_generator_was_the_limit() {
        let reasons = |report: &Report| report.validity().expect_err("invalid").join("; ");
        assert!(reasons(&report(None, 1_000, 890)).contains("never idle"));
        assert!(reasons(&report(None, 0, 0)).contains("no request"));
        assert!(reasons(&report(Some(2_000.0), 1_000, 890)).contains("no time left"));
        assert!(reasons(&report(Some(2_000.0), 1_000, 100)).contains("waiting for the server"));
        let mut late = report(Some(1_000.0), 1_000, 100);
        for _ in 0..50 {
            late.statistics.lag.saturating_record(900_000);
        }
        assert!(reasons(&late).contains("late"));
        // The same lag does not matter to a slow server.
        for _ in 0..1_000 {
            late.statistics.latency.saturating_record(90_000_000);
        }
        assert_eq!(late.validity(), Ok(()));
    }
}
