//! A report for people.

use std::fmt::Write;

use crate::{
    report::{PERCENTILES, Report, percentile, summarise},
    statistics::Times,
};

/// The report in lines of text.
#[must_use]
pub fn to_text(report: &Report) -> String {
    let mut out = String::new();
    // Writing to a String cannot fail.
    let _ = write_all(&mut out, report);
    out
}

fn write_all(out: &mut String, report: &Report) -> std::fmt::Result {
    let (plan, statistics) = (&report.plan, &report.statistics);
    let mode = match plan.rate {
        Some(rate) => format!("open loop, {rate} requests a second"),
        None => "closed loop".to_owned(),
    };
    writeln!(out, "{} {}", plan.method, plan.target.url)?;
    writeln!(
        out,
        "  {mode}; {} connections, {} in flight on each, {} threads, {}",
        plan.connections,
        plan.pipeline,
        report.usage.len(),
        report.driver.name()
    )?;
    let seconds = report.seconds;
    writeln!(out, "  requests   {} in {seconds:.2} s", grouped(statistics.requests))?;
    writeln!(out, "  rate       {} a second", grouped(report.requests_per_second() as u64))?;
    if plan.rate.is_some() {
        write_times(out, "latency    from when due", &statistics.latency)?;
        write_times(out, "           from when sent (uncorrected)", &statistics.uncorrected)?;
    } else {
        write_times(out, "latency   ", &statistics.latency)?;
    }
    let received = statistics.bytes_received as f64 / f64::from(1 << 20);
    writeln!(out, "  received   {received:.1} MiB, {:.1} MiB a second", received / seconds)?;
    write!(out, "  statuses  ")?;
    for (status, count) in statistics.statuses.iter().enumerate().filter(|(_, n)| **n > 0) {
        write!(out, " {status}: {}", grouped(*count))?;
    }
    writeln!(out)?;
    write_failures(out, report)?;
    writeln!(
        out,
        "  generator  {:.0} % busy, {:.2} us of processor time a request, lag p99 {}",
        report.saturation() * 100.0,
        report.cpu_us_per_request(),
        time(percentile(&statistics.lag, 99.0))
    )?;
    for reason in report.validity().err().unwrap_or_default() {
        writeln!(out, "  INVALID    {reason}")?;
    }
    Ok(())
}

fn write_failures(out: &mut String, report: &Report) -> std::fmt::Result {
    let (statistics, errors) = (&report.statistics, &report.statistics.errors);
    if errors.total() > 0 {
        writeln!(
            out,
            "  errors     {}: {} connect, {} disconnect, {} timeout, {} protocol",
            grouped(errors.total()),
            errors.connect,
            errors.disconnect,
            errors.timeout,
            errors.protocol
        )?;
    }
    if statistics.unfinished > 0 && report.plan.rate.is_some() {
        writeln!(out, "  unfinished {}, counted by their age", grouped(statistics.unfinished))?;
    }
    Ok(())
}

fn write_times(out: &mut String, title: &str, times: &Times) -> std::fmt::Result {
    let summary = summarise(times);
    writeln!(
        out,
        "  {title} mean {}, deviation {}, max {}",
        time(summary.mean),
        time(summary.deviation),
        time(summary.max)
    )?;
    write!(out, "            ")?;
    for (name, value) in PERCENTILES {
        write!(out, " {} {}", name.replace('_', "."), time(percentile(times, value)))?;
    }
    writeln!(out)
}

/// Microseconds in the unit that reads best.
fn time(microseconds: f64) -> String {
    match microseconds {
        short if short < 1e3 => format!("{short:.1}us"),
        middle if middle < 1e6 => format!("{:.2}ms", middle / 1e3),
        long => format!("{:.2}s", long / 1e6),
    }
}

/// With commas between thousands.
pub(crate) fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut out = String::new();
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::{grouped, time};

    #[test]
    fn numbers_read_well() {
        assert_eq!([0, 999, 1_000, 1_234_567].map(grouped), ["0", "999", "1,000", "1,234,567"]);
        assert_eq!([12.34, 1_234.0, 2e6].map(time), ["12.3us", "1.23ms", "2.00s"]);
    }
}
