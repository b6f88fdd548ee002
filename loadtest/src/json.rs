//! A report as one JSON object.

use std::fmt::Write;

use crate::{
    report::{PERCENTILES, Report, percentile, summarise},
    statistics::Times,
};

/// Writes objects and arrays with their commas.
struct Writer {
    text: String,
}

impl Writer {
    fn comma(&mut self) {
        if !self.text.ends_with(['{', '[']) {
            self.text.push(',');
        }
    }

    fn key(&mut self, key: &str) {
        self.comma();
        self.string_value(key);
        self.text.push(':');
    }

    /// A value that is valid JSON as it is.
    fn raw(&mut self, key: &str, value: impl std::fmt::Display) {
        self.key(key);
        let _ = write!(self.text, "{value}");
    }

    fn number(&mut self, key: &str, value: f64) {
        let value = if value.is_finite() { value } else { 0.0 };
        self.raw(key, format_args!("{value:.3}"));
    }

    fn string(&mut self, key: &str, value: &str) {
        self.key(key);
        self.string_value(value);
    }

    fn string_value(&mut self, value: &str) {
        self.text.push('"');
        for character in value.chars() {
            match character {
                '"' | '\\' => self.text.extend(['\\', character]),
                control if control < ' ' => {
                    let _ = write!(self.text, "\\u{:04x}", u32::from(control));
                }
                other => self.text.push(other),
            }
        }
        self.text.push('"');
    }

    fn object(&mut self, key: &str, fill: impl FnOnce(&mut Self)) {
        self.key(key);
        self.text.push('{');
        fill(self);
        self.text.push('}');
    }
}

fn optional(value: Option<impl std::fmt::Display>) -> String {
    value.map_or_else(|| "null".to_owned(), |value| value.to_string())
}

/// The report on one line, ended by a line feed. Times are in the unit their key ends with.
#[must_use]
pub fn to_json(report: &Report) -> String {
    let mut writer = Writer { text: "{".to_owned() };
    write_plan(&mut writer, report);
    let statistics = &report.statistics;
    writer.number("duration_seconds", report.seconds);
    writer.raw("requests", statistics.requests);
    writer.number("requests_per_second", report.requests_per_second());
    times(&mut writer, "latency_us", &statistics.latency);
    match report.plan.rate {
        Some(_) => times(&mut writer, "uncorrected_latency_us", &statistics.uncorrected),
        None => writer.raw("uncorrected_latency_us", "null"),
    }
    writer.object("statuses", |writer| {
        for (status, count) in statistics.statuses.iter().enumerate().filter(|(_, n)| **n > 0) {
            writer.raw(&status.to_string(), count);
        }
    });
    writer.object("errors", |writer| {
        writer.raw("connect", statistics.errors.connect);
        writer.raw("disconnect", statistics.errors.disconnect);
        writer.raw("timeout", statistics.errors.timeout);
        writer.raw("protocol", statistics.errors.protocol);
        writer.raw("total", statistics.errors.total());
    });
    writer.raw("unfinished", statistics.unfinished);
    writer.raw("reconnects", statistics.reconnects);
    writer.raw("bytes_received", statistics.bytes_received);
    writer.raw("bytes_sent", statistics.bytes_sent);
    writer.object("generator", |writer| write_generator(writer, report));
    let reasons = report.validity().err().unwrap_or_default();
    writer.raw("valid", reasons.is_empty());
    writer.key("invalid_reasons");
    writer.text.push('[');
    for reason in &reasons {
        writer.comma();
        writer.string_value(reason);
    }
    writer.text.push_str("]}\n");
    writer.text
}

fn write_plan(writer: &mut Writer, report: &Report) {
    let plan = &report.plan;
    writer.string("url", &plan.target.url);
    writer.string("method", &plan.method);
    writer.string("mode", if plan.rate.is_some() { "open" } else { "closed" });
    writer.raw("rate", optional(plan.rate));
    writer.raw("connections", plan.connections);
    writer.raw("pipeline", plan.pipeline);
    writer.raw("threads", report.usage.len());
    writer.raw("keep_alive", plan.keep_alive);
    writer.string("driver", report.driver.name());
}

fn write_generator(writer: &mut Writer, report: &Report) {
    times(writer, "lag_us", &report.statistics.lag);
    writer.number("saturation", report.saturation());
    writer.number("cpu_us_per_request", report.cpu_us_per_request());
    writer.key("threads");
    writer.text.push('[');
    for usage in &report.usage {
        writer.comma();
        writer.text.push('{');
        writer.number("running", usage.running());
        writer.number("waiting", usage.waiting());
        writer.number("idle", usage.idle());
        writer.text.push('}');
    }
    writer.text.push(']');
}

fn times(writer: &mut Writer, key: &str, times: &Times) {
    let summary = summarise(times);
    writer.object(key, |writer| {
        writer.raw("count", times.len());
        writer.number("min", summary.min);
        writer.number("mean", summary.mean);
        writer.number("deviation", summary.deviation);
        for (name, value) in PERCENTILES {
            writer.number(name, percentile(times, value));
        }
        writer.number("max", summary.max);
    });
}

#[cfg(test)]
mod tests {
    use super::Writer;

    #[test]
    fn strings_are_escaped_and_commas_placed() {
        let mut writer = Writer { text: "{".to_owned() };
        writer.string("a", "q\"b\\n\n\u{e4}");
        writer.number("b", f64::NAN);
        writer.object("c", |writer| writer.raw("d", 1));
        writer.object("e", |_| {});
        let expected = r#"{"a":"q\"b\\n\u000a"#.to_owned() + "\u{e4}" + r#"","b":0.000,"#;
        assert_eq!(writer.text, expected + r#""c":{"d":1},"e":{}"#);
    }
}
