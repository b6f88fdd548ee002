//! TOML 1.1 as a tree.

use ::toml::{
    Table, Value,
    de::Error,
    value::{Date, Datetime, Offset, Time},
};

use super::Data;
use crate::error::BuildError;

pub(super) fn parse(text: &str) -> Result<Data, BuildError> {
    let table: Table = text.parse().map_err(|error: Error| {
        let span = error.span().unwrap_or(0..0);
        let is_deep = error.message().contains("recursion depth");
        let message = if is_deep { super::TOO_DEEP } else { error.message() };
        BuildError::at(message, text, span.start, span.len())
    })?;
    Ok(tree(Value::Table(table)))
}

fn tree(value: Value) -> Data {
    match value {
        Value::String(text) => Data::String(text),
        Value::Integer(number) => Data::Number(number as f64),
        Value::Float(number) => Data::Number(number),
        Value::Boolean(value) => Data::Boolean(value),
        Value::Datetime(date) => Data::String(date_text(date)),
        Value::Array(items) => Data::Array(items.into_iter().map(tree).collect()),
        Value::Table(table) => {
            Data::Object(table.into_iter().map(|(key, value)| (key, tree(value))).collect())
        }
    }
}

const MINUTES_A_DAY: i64 = 24 * 60;

/// A date or time as it reads in JSON: seconds always there, what has an offset in UTC.
fn date_text(when: Datetime) -> String {
    match (when.date, when.time, when.offset) {
        (Some(date), Some(time), Some(offset)) => {
            let (date, time) = in_utc(date, time, offset);
            format!("{date}T{}Z", time_text(time))
        }
        (Some(date), Some(time), None) => format!("{date}T{}", time_text(time)),
        (None, Some(time), _) => time_text(time),
        _ => when.to_string(),
    }
}

fn time_text(time: Time) -> String {
    let mut text =
        format!("{:02}:{:02}:{:02}", time.hour, time.minute, time.second.unwrap_or_default());
    let fraction = format!("{:09}", time.nanosecond.unwrap_or_default());
    let fraction = fraction.trim_end_matches('0');
    if !fraction.is_empty() {
        text.push('.');
        text.push_str(fraction);
    }
    text
}

fn in_utc(date: Date, time: Time, offset: Offset) -> (Date, Time) {
    let Offset::Custom { minutes } = offset else { return (date, time) };
    let total = i64::from(time.hour) * 60 + i64::from(time.minute) - i64::from(minutes);
    let moved = days_moved(date, total.div_euclid(MINUTES_A_DAY));
    let left = total.rem_euclid(MINUTES_A_DAY);
    (moved, Time { hour: (left / 60) as u8, minute: (left % 60) as u8, ..time })
}

/// The date some days later, an offset being one day at most.
fn days_moved(date: Date, days: i64) -> Date {
    let (mut year, mut month, mut day) = (date.year, date.month, i64::from(date.day) + days);
    if day < 1 {
        month -= 1;
        if month == 0 {
            (year, month) = (year.saturating_sub(1), 12);
        }
        day += days_of(year, month);
    } else if day > days_of(year, month) {
        day -= days_of(year, month);
        month += 1;
        if month == 13 {
            (year, month) = (year + 1, 1);
        }
    }
    Date { year, month, day: day as u8 }
}

const fn days_of(year: u16, month: u8) -> i64 {
    match month {
        2 if year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400)) => {
            29
        }
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_has_an_offset_is_told_in_utc() {
        let cases = [
            ("1979-05-27T00:32:00.500-07:00", "1979-05-27T07:32:00.5Z"),
            ("2000-03-01T00:10:00+01:00", "2000-02-29T23:10:00Z"),
            ("1999-12-31 23:30Z", "1999-12-31T23:30:00Z"),
            ("1999-12-31 23:30-00:30", "2000-01-01T00:00:00Z"),
            ("07:32", "07:32:00"),
            ("1979-05-27", "1979-05-27"),
        ];
        for (source, expected) in cases {
            let parsed = parse(&format!("a = {source}"));
            let date = Data::Object(vec![("a".to_owned(), Data::String(expected.to_owned()))]);
            assert_eq!(parsed, Ok(date), "{source}");
        }
    }
}
