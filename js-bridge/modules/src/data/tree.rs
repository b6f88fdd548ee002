//! The tree that data files become, and its two forms as text.

use std::{collections::HashMap, fmt::Write as _};

/// A value of a data file.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Data {
    Null,
    Boolean(bool),
    Number(f64),
    String(String),
    Array(Vec<Data>),
    /// Of two entries with one key the last counts.
    Object(Vec<(String, Data)>),
    /// A value that has a number, for [`Data::Alias`].
    Anchored(usize, Box<Data>),
    /// The very value with this number.
    Alias(usize),
}

/// A document as JSON, and what JSON cannot say of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DataText {
    /// Valid JSON, where `1e999` stands for infinity.
    pub json: String,
    /// What to set in the parsed value, in this order.
    pub fixes: Vec<Fix>,
}

/// One place of a parsed document that JSON cannot express.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fix {
    /// The way there from the root.
    pub place: Vec<Step>,
    /// The way to the value that stands there too; `None` for NaN.
    pub same_as: Option<Vec<Step>>,
}

/// One step from an array or object to a member.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Step {
    /// An element, from 0.
    Index(u32),
    /// A property.
    Key(String),
}

/// As JSON with fixes.
pub(super) fn text_of(data: &Data) -> DataText {
    let mut writer = Writer::new(data, Some(Fixes::default()));
    writer.write(data);
    let fixes = writer.fixes.map(|fixes| fixes.found).unwrap_or_default();
    DataText { json: writer.out, fixes }
}

/// As a JavaScript expression; what has an alias is written out again.
pub(super) fn expression_of(data: &Data) -> String {
    let mut writer = Writer::new(data, None);
    writer.write(data);
    writer.out
}

#[derive(Default)]
struct Fixes {
    path: Vec<Step>,
    places: HashMap<usize, Vec<Step>>,
    found: Vec<Fix>,
}

struct Writer<'a> {
    out: String,
    anchored: HashMap<usize, &'a Data>,
    /// Anchors being written, so that a cycle ends.
    under_way: Vec<usize>,
    /// Present where the text is for `JSON.parse`.
    fixes: Option<Fixes>,
}

fn find_anchors<'a>(data: &'a Data, found: &mut HashMap<usize, &'a Data>) {
    match data {
        Data::Array(items) => items.iter().for_each(|item| find_anchors(item, found)),
        Data::Object(entries) => entries.iter().for_each(|(_, item)| find_anchors(item, found)),
        Data::Anchored(number, inner) => {
            found.insert(*number, inner);
            find_anchors(inner, found);
        }
        _ => {}
    }
}

impl<'a> Writer<'a> {
    fn new(data: &'a Data, fixes: Option<Fixes>) -> Self {
        let mut anchored = HashMap::new();
        find_anchors(data, &mut anchored);
        Self { out: String::new(), anchored, under_way: Vec::new(), fixes }
    }

    fn write(&mut self, data: &Data) {
        match data {
            Data::Null => self.out.push_str("null"),
            Data::Boolean(value) => self.out.push_str(if *value { "true" } else { "false" }),
            Data::Number(number) => self.write_number(*number),
            Data::String(text) => write_string(&mut self.out, text),
            Data::Array(items) => {
                self.out.push('[');
                for (index, item) in (0..).zip(items) {
                    self.separate(index);
                    self.write_member(Step::Index(index), item);
                }
                self.out.push(']');
            }
            Data::Object(entries) => {
                self.out.push('{');
                for (index, (key, item)) in (0..).zip(entries) {
                    self.separate(index);
                    self.write_key(key);
                    self.write_member(Step::Key(key.clone()), item);
                }
                self.out.push('}');
            }
            Data::Anchored(number, inner) => {
                if let Some(fixes) = &mut self.fixes {
                    fixes.places.insert(*number, fixes.path.clone());
                }
                self.under_way.push(*number);
                self.write(inner);
                self.under_way.pop();
            }
            Data::Alias(number) => self.write_alias(*number),
        }
    }

    fn separate(&mut self, index: u32) {
        if index > 0 {
            self.out.push(',');
        }
    }

    /// In an expression, `__proto__` is an own property only where it is computed.
    fn write_key(&mut self, key: &str) {
        let is_computed = key == "__proto__" && self.fixes.is_none();
        self.out.push_str(if is_computed { "[" } else { "" });
        write_string(&mut self.out, key);
        self.out.push_str(if is_computed { "]:" } else { ":" });
    }

    fn write_member(&mut self, step: Step, item: &Data) {
        match &mut self.fixes {
            Some(fixes) => {
                fixes.path.push(step);
                self.write(item);
                self.fixes.as_mut().and_then(|fixes| fixes.path.pop());
            }
            None => self.write(item),
        }
    }

    fn write_number(&mut self, number: f64) {
        let _infallible = match (&mut self.fixes, number) {
            (Some(fixes), number) if number.is_nan() => {
                fixes.found.push(Fix { place: fixes.path.clone(), same_as: None });
                write!(self.out, "null")
            }
            (None, number) if number.is_nan() => write!(self.out, "NaN"),
            (_, number) if number.is_infinite() => {
                write!(self.out, "{}1e999", if number < 0.0 { "-" } else { "" })
            }
            // Integers without the point that they would be printed with.
            (_, number) if number.fract() == 0.0 && number.abs() < 1e15 && number != 0.0 => {
                write!(self.out, "{number}")
            }
            (_, number) if number == 0.0 && number.is_sign_positive() => write!(self.out, "0"),
            _ => write!(self.out, "{number:?}"),
        };
    }

    fn write_alias(&mut self, number: usize) {
        let target = self.anchored.get(&number).copied();
        if let Some(fixes) = &mut self.fixes
            && !matches!(target, Some(Data::Null | Data::Boolean(_) | Data::String(_)))
            && let Some(same_as) = fixes.places.get(&number)
        {
            fixes.found.push(Fix { place: fixes.path.clone(), same_as: Some(same_as.clone()) });
            self.out.push_str("null");
            return;
        }
        match target {
            Some(data) if !self.under_way.contains(&number) => {
                self.under_way.push(number);
                self.write(data);
                self.under_way.pop();
            }
            _ => self.out.push_str("null"),
        }
    }
}

/// A JSON string, which is a JavaScript literal too.
fn write_string(out: &mut String, text: &str) {
    out.push('"');
    for character in text.chars() {
        match character {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            control if control < ' ' => {
                let _infallible = write!(out, "\\u{:04x}", u32::from(control));
            }
            other => out.push(other),
        }
    }
    out.push('"');
}
