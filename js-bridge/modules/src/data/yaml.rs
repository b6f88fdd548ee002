//! YAML 1.2 as a tree: the core schema, merge keys, anchors that keep their identity.

use std::collections::HashMap;

use saphyr_parser::{Event, Parser, ScalarStyle, ScanError, Tag};

use super::Data;
use crate::error::BuildError;

/// Collections inside each other at most: the tree is walked by recursion.
const NESTING_MAX: usize = 2_000;

/// The message for every syntax error, as in Bun.
const UNEXPECTED: &str = "Unexpected token";

/// A collection under way.
enum Frame {
    Sequence(usize, Vec<Data>),
    /// The last is a key that waits for its value.
    Mapping(usize, Vec<(Key, Data)>, Option<Key>),
}

struct Key {
    text: String,
    /// An unquoted `<<`.
    is_merge: bool,
}

#[derive(Default)]
struct Builder {
    stack: Vec<Frame>,
    documents: Vec<Data>,
    anchors: HashMap<usize, Data>,
}

pub(super) fn parse(text: &str) -> Result<Data, BuildError> {
    let mut builder = Builder::default();
    for event in Parser::new_from_str(text) {
        let (event, span) = event.map_err(|error| failure(&error, text))?;
        if !builder.take(event) {
            let is_deep = builder.stack.len() > NESTING_MAX;
            let message = if is_deep { super::TOO_DEEP } else { UNEXPECTED };
            return Err(BuildError::at(message, text, offset(text, span.start.index()), 0));
        }
    }
    let mut documents = builder.documents;
    Ok(match documents.len() {
        0 => Data::Null,
        1 => documents.swap_remove(0),
        _ => Data::Array(documents),
    })
}

fn failure(error: &ScanError, text: &str) -> BuildError {
    let is_alias = error.info().contains("unknown anchor");
    let message = match error.info() {
        _ if is_alias => "Unresolved alias",
        "recursion limit exceeded" => super::TOO_DEEP,
        _ => UNEXPECTED,
    };
    BuildError::at(message, text, offset(text, error.marker().index()), 0)
}

/// The parser counts characters.
fn offset(text: &str, characters: usize) -> usize {
    text.char_indices().nth(characters).map_or(text.len(), |(offset, _)| offset)
}

impl Builder {
    /// `false` where the document is too deep.
    fn take(&mut self, event: Event<'_>) -> bool {
        match event {
            Event::Scalar(text, style, anchor, tag) => {
                let is_merge = style == ScalarStyle::Plain && text == "<<" && tag.is_none();
                self.value(anchor, scalar(&text, style, tag.as_deref()), is_merge);
            }
            Event::Alias(number) => {
                let data = match self.anchors.get(&number) {
                    Some(Data::Array(_) | Data::Object(_)) | None => Data::Alias(number),
                    Some(scalar) => scalar.clone(),
                };
                self.value(0, data, false);
            }
            Event::SequenceStart(anchor, _) => self.stack.push(Frame::Sequence(anchor, Vec::new())),
            Event::MappingStart(anchor, _) => {
                self.stack.push(Frame::Mapping(anchor, Vec::new(), None));
            }
            Event::SequenceEnd | Event::MappingEnd => match self.stack.pop() {
                Some(Frame::Sequence(anchor, items)) => {
                    self.value(anchor, Data::Array(items), false);
                }
                Some(Frame::Mapping(anchor, entries, _)) => {
                    let entries = self.merged(entries);
                    self.value(anchor, Data::Object(entries), false);
                }
                None => return false,
            },
            _ => {}
        }
        self.stack.len() <= NESTING_MAX
    }

    fn value(&mut self, anchor: usize, data: Data, is_merge: bool) {
        if let Some(Frame::Mapping(_, _, key @ None)) = self.stack.last_mut() {
            let text = key_text(self.anchors.get(&anchor_of(&data)).unwrap_or(&data));
            *key = Some(Key { text, is_merge });
            if anchor != 0 {
                self.anchors.insert(anchor, data);
            }
            return;
        }
        let data = if anchor == 0 {
            data
        } else {
            self.anchors.insert(anchor, data.clone());
            Data::Anchored(anchor, Box::new(data))
        };
        match self.stack.last_mut() {
            Some(Frame::Sequence(_, items)) => items.push(data),
            Some(Frame::Mapping(_, entries, key)) => {
                entries.extend(key.take().map(|key| (key, data)));
            }
            None => self.documents.push(data),
        }
    }

    /// The entries with those that merge keys bring in, which count less than the mapping's own.
    fn merged(&self, entries: Vec<(Key, Data)>) -> Vec<(String, Data)> {
        let mut all: Vec<(String, Data)> = Vec::with_capacity(entries.len());
        let own: Vec<String> = entries
            .iter()
            .filter(|(key, _)| !key.is_merge)
            .map(|(key, _)| key.text.clone())
            .collect();
        for (key, data) in entries {
            if !key.is_merge {
                all.push((key.text, data));
                continue;
            }
            match self.mappings(&data) {
                None => all.push((key.text, data)),
                Some(sources) => {
                    for source in sources {
                        let before = all.len();
                        for (name, item) in source {
                            match all.iter().position(|(other, _)| *other == name) {
                                _ if own.contains(&name) => {}
                                None => all.push((name, item)),
                                // Of two entries of one source the last counts.
                                Some(place) if place >= before => all[place].1 = item,
                                Some(_) => {}
                            }
                        }
                    }
                }
            }
        }
        all
    }

    /// The entries of a mapping or of a list of mappings; `None` for everything else.
    fn mappings(&self, data: &Data) -> Option<Vec<Vec<(String, Data)>>> {
        match data {
            Data::Object(entries) => Some(vec![entries.clone()]),
            Data::Alias(number) => self.mappings(self.anchors.get(number)?),
            Data::Anchored(_, inner) => self.mappings(inner),
            Data::Array(items) => {
                let all: Option<Vec<_>> = items.iter().map(|item| self.mappings(item)).collect();
                all.map(|lists| lists.into_iter().flatten().collect())
            }
            _ => None,
        }
    }
}

const fn anchor_of(data: &Data) -> usize {
    match data {
        Data::Alias(number) => *number,
        _ => 0,
    }
}

/// A key of any kind as a property's name, as JavaScript would make a string of it.
fn key_text(data: &Data) -> String {
    match data {
        Data::Null => "null".to_owned(),
        Data::Boolean(value) => value.to_string(),
        Data::Number(number) => number.to_string(),
        Data::String(text) => text.clone(),
        Data::Array(items) => items.iter().map(key_text).collect::<Vec<_>>().join(","),
        Data::Anchored(_, inner) => key_text(inner),
        Data::Object(_) | Data::Alias(_) => "[object Object]".to_owned(),
    }
}

/// A scalar by its tag; text where the tag's kind cannot be had from it, as in Bun.
fn scalar(text: &str, style: ScalarStyle, tag: Option<&Tag>) -> Data {
    let string = || Data::String(text.to_owned());
    let Some(tag) = tag else {
        return if style == ScalarStyle::Plain { plain(text) } else { string() };
    };
    if !tag.is_yaml_core_schema() {
        let is_unspecific = tag.handle.is_empty() && tag.suffix == "!";
        let is_plain = style == ScalarStyle::Plain && !is_unspecific;
        return if is_plain { plain(text) } else { string() };
    }
    if style != ScalarStyle::Plain {
        return string();
    }
    match (tag.suffix.as_str(), plain(text)) {
        ("float" | "int", Data::Number(number)) => Data::Number(number),
        ("bool", Data::Boolean(value)) => Data::Boolean(value),
        ("null", Data::Null) => Data::Null,
        _ => string(),
    }
}

/// An unquoted scalar by the core schema (YAML 1.2.2, section 10.3.2).
fn plain(text: &str) -> Data {
    match text {
        "" | "~" | "null" | "Null" | "NULL" => Data::Null,
        "true" | "True" | "TRUE" => Data::Boolean(true),
        "false" | "False" | "FALSE" => Data::Boolean(false),
        ".nan" | ".NaN" | ".NAN" => Data::Number(f64::NAN),
        _ => number(text).map_or_else(|| Data::String(text.to_owned()), Data::Number),
    }
}

fn number(text: &str) -> Option<f64> {
    let radix = |digits: &str, radix| u64::from_str_radix(digits, radix).ok().map(|n| n as f64);
    let is_digit = |byte: u8| byte.is_ascii_digit();
    if let Some(digits) = text.strip_prefix("0x") {
        return digits.bytes().all(|byte| byte.is_ascii_hexdigit()).then(|| radix(digits, 16))?;
    }
    if let Some(digits) = text.strip_prefix("0o") {
        return digits.bytes().all(is_digit).then(|| radix(digits, 8))?;
    }
    let unsigned = text.strip_prefix(['+', '-']).unwrap_or(text);
    if matches!(unsigned, ".inf" | ".Inf" | ".INF") {
        return Some(if text.starts_with('-') { f64::NEG_INFINITY } else { f64::INFINITY });
    }
    let begins = unsigned.trim_start_matches('.').starts_with(|first: char| first.is_ascii_digit());
    let fits = |byte| is_digit(byte) || matches!(byte, b'.' | b'e' | b'E' | b'+' | b'-');
    let is_plausible = begins && unsigned.bytes().all(fits);
    if is_plausible { text.parse().ok() } else { None }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> String {
        let data = parse(text).map(|data| super::super::text_of(&data));
        data.map_or_else(|error| error.message, |text| format!("{} {:?}", text.json, text.fixes))
    }

    #[test]
    fn scalars_follow_the_core_schema() {
        let text = "- ~\n- yes\n- 0x1F\n- 0o17\n- 1e3\n- !!str 1\n- '1'\n- -.inf\n- 1.5\n- 12:30\n";
        let json = "[null,\"yes\",31,15,1000,\"1\",\"1\",-1e999,1.5,\"12:30\"] []";
        assert_eq!(read(text), json);
    }

    #[test]
    fn merge_keys_count_less_than_keys_of_the_mapping() {
        let text = "a: &a {x: 1, y: 2}\nb:\n  <<: *a\n  x: 3\n";
        assert_eq!(read(text), "{\"a\":{\"x\":1,\"y\":2},\"b\":{\"y\":2,\"x\":3}} []");
    }

    #[test]
    fn an_alias_is_the_same_value() {
        let same = "[Fix { place: [Key(\"b\")], same_as: Some([Key(\"a\")]) }]";
        assert_eq!(read("a: &x [1]\nb: *x\n"), format!("{{\"a\":[1],\"b\":null}} {same}"));
        assert_eq!(read("&x a: 1\nb: *x\n"), "{\"a\":1,\"b\":\"a\"} []");
    }

    #[test]
    fn several_documents_are_an_array_and_none_is_null() {
        assert_eq!(read("--- 1\n--- 2\n"), "[1,2] []");
        assert_eq!(read(""), "null []");
    }

    #[test]
    fn unknown_aliases_and_unfinished_lists_are_errors() {
        assert_eq!(read("*x"), "Unresolved alias");
        assert_eq!(read("a: ["), UNEXPECTED);
        assert_eq!(read(&"[".repeat(NESTING_MAX + 2)), super::super::TOO_DEEP);
    }
}
