//! Measurements: kept as JSON lines as they are made, and asked for their medians afterwards.
//!
//! Invariant: a record is in the file before it counts. Fails as writing files fails.

use std::{
    fmt::Write as _,
    fs::File,
    io::{self, Write as _},
    path::Path,
};

use crate::stats::median;

/// What one run measured.
#[derive(Debug, Clone)]
pub(crate) struct Record {
    /// The kind of measurement.
    pub(crate) section: &'static str,
    /// Who was measured.
    pub(crate) contender: String,
    /// What it did.
    pub(crate) case: String,
    /// The round, from 0: records of one round were made within the same minute or so.
    pub(crate) round: usize,
    /// Named values; the unit is in the name.
    pub(crate) values: Vec<(String, f64)>,
}

/// Text between quotes, as JSON has it.
pub(crate) fn quoted(text: &str) -> String {
    let mut output = String::from("\"");
    for character in text.chars() {
        match character {
            '"' | '\\' => output.extend(['\\', character]),
            control if control < ' ' => {
                let _ = write!(output, "\\u{:04x}", u32::from(control));
            }
            other => output.push(other),
        }
    }
    output.push('"');
    output
}

impl Record {
    fn to_json(&self) -> String {
        let mut line = format!(
            "{{\"section\":{},\"contender\":{},\"case\":{},\"round\":{}",
            quoted(self.section),
            quoted(&self.contender),
            quoted(&self.case),
            self.round
        );
        for (name, value) in &self.values {
            let value = if value.is_finite() { *value } else { 0.0 };
            let _ = write!(line, ",{}:{value}", quoted(name));
        }
        line.push_str("}\n");
        line
    }

    fn value(&self, name: &str) -> Option<f64> {
        self.values.iter().find(|(key, _)| key == name).map(|(_, value)| *value)
    }
}

/// All records of a run of this program.
pub(crate) struct Results {
    file: Option<File>,
    records: Vec<Record>,
}

impl Results {
    /// Keeps the records at the end of the file at `path`, behind the line `about`.
    pub(crate) fn create(path: &Path, about: &str) -> io::Result<Self> {
        let mut file = File::options().create(true).append(true).open(path)?;
        writeln!(file, "{about}")?;
        Ok(Self { file: Some(file), records: Vec::new() })
    }

    /// Writes a record down.
    pub(crate) fn add(&mut self, record: Record) -> io::Result<()> {
        if let Some(file) = &mut self.file {
            file.write_all(record.to_json().as_bytes())?;
        }
        self.records.push(record);
        Ok(())
    }

    fn of(&self, section: &str, contender: &str, case: &str) -> impl Iterator<Item = &Record> {
        self.records.iter().filter(move |record| {
            record.section == section && record.contender == contender && record.case == case
        })
    }

    /// The median over the rounds of one named value.
    pub(crate) fn median(&self, at: (&str, &str, &str), name: &str) -> Option<f64> {
        let values: Vec<f64> =
            self.of(at.0, at.1, at.2).filter_map(|record| record.value(name)).collect();
        median(&values)
    }

    /// The median over the rounds of the ratio of two contenders' values in the same round.
    pub(crate) fn ratio(&self, at: (&str, &str, &str), other: &str, name: &str) -> Option<f64> {
        let ratios: Vec<f64> = self
            .of(at.0, at.1, at.2)
            .filter_map(|record| {
                let pair = self.of(at.0, other, at.2).find(|pair| pair.round == record.round)?;
                Some(record.value(name)? / pair.value(name).filter(|value| *value > 0.0)?)
            })
            .collect();
        median(&ratios)
    }

    /// Cases of a section in the order in which they were first measured.
    pub(crate) fn cases(&self, section: &str, contender: &str) -> Vec<String> {
        let mut found: Vec<String> = Vec::new();
        for record in &self.records {
            let wanted = record.section == section && record.contender == contender;
            if wanted && !found.contains(&record.case) {
                found.push(record.case.clone());
            }
        }
        found
    }

    /// Contenders of a section in the order in which they were first measured.
    pub(crate) fn contenders(&self, section: &str) -> Vec<String> {
        let mut found: Vec<String> = Vec::new();
        for record in self.records.iter().filter(|record| record.section == section) {
            if !found.contains(&record.contender) {
                found.push(record.contender.clone());
            }
        }
        found
    }

    /// Names of the values of a case, in the order of its first record.
    pub(crate) fn names(&self, at: (&str, &str, &str)) -> Vec<String> {
        let first = self.of(at.0, at.1, at.2).next();
        first.map_or(Vec::new(), |record| {
            record.values.iter().map(|(name, _)| name.clone()).collect()
        })
    }

    /// Whether anything was measured in this section.
    pub(crate) fn has(&self, section: &str) -> bool {
        self.records.iter().any(|record| record.section == section)
    }

    /// Records that are kept nowhere, for tests of what is made of them.
    #[cfg(test)]
    pub(crate) fn of_records(records: Vec<Record>) -> Self {
        Self { file: None, records }
    }
}

/// The number behind the first `"key":` of a JSON text made by a program of this project.
pub(crate) fn json_number(text: &str, key: &str) -> Option<f64> {
    let mark = format!("\"{key}\":");
    let rest = text[text.find(&mark)? + mark.len()..].trim_start();
    let end = rest.find([',', '}', ']', ' ', '\n']).unwrap_or(rest.len());
    rest[..end].parse().ok()
}

#[cfg(test)]
mod tests {
    use super::{Record, Results, json_number};

    fn record(contender: &str, round: usize, value: f64) -> Record {
        Record {
            section: "http",
            contender: contender.to_owned(),
            case: "hello \"64\"".to_owned(),
            round,
            values: vec![("us".to_owned(), value)],
        }
    }

    #[test]
    fn a_record_is_one_line_of_json() {
        let expected = "{\"section\":\"http\",\"contender\":\"dx\",\"case\":\"hello \\\"64\\\"\",\
                        \"round\":2,\"us\":1.5}\n";
        assert_eq!(record("dx", 2, 1.5).to_json(), expected);
    }

    #[test]
    fn ratios_are_taken_pair_by_pair() {
        let mut results = Results::of_records(Vec::new());
        for (round, (ours, theirs)) in [(1.0, 2.0), (8.0, 10.0), (3.0, 4.0)].iter().enumerate() {
            results.add(record("dx", round, *ours)).expect("kept in memory");
            results.add(record("Bun", round, *theirs)).expect("kept in memory");
        }
        let at = ("http", "dx", "hello \"64\"");
        assert_eq!(results.ratio(at, "Bun", "us"), Some(0.75));
        assert_eq!(results.median(at, "us"), Some(3.0));
        assert_eq!(results.ratio(at, "Node", "us"), None);
    }

    #[test]
    fn numbers_are_found_in_json() {
        let text = "{\"a\":{\"p50\":12.5,\"p99\":20},\"errors\":{\"total\":0}}";
        assert_eq!(json_number(text, "p50"), Some(12.5));
        assert_eq!(json_number(text, "p99"), Some(20.0));
        assert_eq!(json_number(text, "total"), Some(0.0));
        assert_eq!(json_number(text, "p9"), None);
    }
}
