//! Data files as JavaScript: relaxed JSON, TOML and YAML, and Markdown as HTML.
//!
//! TOML and YAML become a tree of [`Data`], which is written either as a JavaScript expression
//! (an imported file) or as [`DataText`] for `JSON.parse` (`Bun.TOML.parse`, `Bun.YAML.parse`).

mod markdown;
mod toml;
mod tree;
mod yaml;

use crate::error::BuildError;
pub(crate) use markdown::html_of_markdown;
use tree::{Data, expression_of, text_of};
pub use tree::{DataText, Fix, Step};

/// JSON with comments and trailing commas, one behind the whole value too, taken out (spaces stand
/// in their place, so that positions in errors stay right).
#[must_use]
pub fn plain_json(text: &str) -> String {
    let mut bytes = text.as_bytes().to_vec();
    if bytes.starts_with("\u{FEFF}".as_bytes()) {
        bytes[..3].fill(b' ');
    }
    let mut index = 0;
    let mut comma = None;
    while index < bytes.len() {
        match bytes[index] {
            b'"' => {
                comma = None;
                index = end_of_string(&bytes, index);
                continue;
            }
            b'/' => {
                let end = end_of_comment(&bytes, index);
                if end > index {
                    blank(&mut bytes[index..end]);
                    index = end;
                    continue;
                }
                comma = None;
            }
            b',' => comma = Some(index),
            b'}' | b']' => {
                if let Some(comma) = comma.take() {
                    bytes[comma] = b' ';
                }
            }
            byte if byte.is_ascii_whitespace() => {}
            _ => comma = None,
        }
        index += 1;
    }
    // One behind the whole value.
    if let Some(comma) = comma {
        bytes[comma] = b' ';
    }
    String::from_utf8(bytes).unwrap_or_else(|_| text.to_owned())
}

fn end_of_string(bytes: &[u8], start: usize) -> usize {
    let mut index = start + 1;
    while index < bytes.len() && bytes[index] != b'"' {
        index += if bytes[index] == b'\\' { 2 } else { 1 };
    }
    index + 1
}

/// The end of the comment at `start`, or `start` where there is none.
fn end_of_comment(bytes: &[u8], start: usize) -> usize {
    let rest = &bytes[start..];
    if rest.starts_with(b"//") {
        rest.iter().position(|&byte| byte == b'\n').map_or(bytes.len(), |length| start + length)
    } else if rest.starts_with(b"/*") {
        memchr::memmem::find(&rest[2..], b"*/").map_or(bytes.len(), |length| start + length + 4)
    } else {
        start
    }
}

fn blank(bytes: &mut [u8]) {
    for byte in bytes {
        if *byte != b'\n' {
            *byte = b' ';
        }
    }
}

/// The message of the error for documents nested deeper than can be read.
pub const TOO_DEEP: &str = "Maximum call stack size exceeded.";

/// A TOML document for `JSON.parse`. Dates and times are strings.
///
/// # Errors
/// The first syntax error.
pub fn toml_data(text: &str) -> Result<DataText, BuildError> {
    toml::parse(text).map(|data| text_of(&data))
}

/// A stream of YAML documents for `JSON.parse`: the one document, or an array of several.
///
/// # Errors
/// The first syntax error.
pub fn yaml_data(text: &str) -> Result<DataText, BuildError> {
    yaml::parse(text).map(|data| text_of(&data))
}

/// A TOML document as a JavaScript expression. Dates and times are strings.
///
/// # Errors
/// The first syntax error.
pub(crate) fn toml_expression(text: &str) -> Result<String, BuildError> {
    toml::parse(text).map(|data| expression_of(&data))
}

/// A stream of YAML documents as a JavaScript expression.
///
/// # Errors
/// The first syntax error.
pub(crate) fn yaml_expression(text: &str) -> Result<String, BuildError> {
    yaml::parse(text).map(|data| expression_of(&data))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn comments_and_trailing_commas_leave_json() {
        let cases = [
            ("{\"a\": 1, // c\n}", "{\"a\": 1      \n}"),
            ("[1,/* x */]", "[1        ]"),
            ("{\"u\": \"http://x,}\", }", "{\"u\": \"http://x,}\"  }"),
            ("[1,2]", "[1,2]"),
            ("{\"a\\\"/*\": [],\n}", "{\"a\\\"/*\": [] \n}"),
        ];
        for (relaxed, plain) in cases {
            assert_eq!(plain_json(relaxed), plain);
        }
    }

    #[test]
    fn toml_becomes_an_expression() {
        let text = "a = 1\nb = [1.5, inf]\n[c]\n\"d e\" = \"x\\n\"\nwhen = 1979-05-27\n";
        assert_eq!(
            toml_expression(text),
            Ok("{\"a\":1,\"b\":[1.5,1e999],\"c\":{\"d e\":\"x\\n\",\"when\":\"1979-05-27\"}}"
                .to_owned())
        );
        let error = toml_expression("a = \n").err().and_then(|error| error.position);
        assert_eq!(error.map(|position| position.line), Some(1));
    }

    #[test]
    fn yaml_becomes_an_expression() {
        assert_eq!(
            yaml_expression("a: 1\nb: [x, null, 1.5]\n2: y\n"),
            Ok("{\"a\":1,\"b\":[\"x\",null,1.5],\"2\":\"y\"}".to_owned())
        );
    }
}
