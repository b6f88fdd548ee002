//! Data files as JavaScript: relaxed JSON, TOML and YAML.

use std::fmt::Write as _;

use crate::{error::BuildError, names::quoted};

/// JSON with comments and trailing commas taken out (spaces stand in their place, so that
/// positions in errors stay right).
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

/// A TOML document as a JavaScript expression. Dates and times are strings.
///
/// # Errors
/// The first syntax error.
pub(crate) fn toml_expression(text: &str) -> Result<String, BuildError> {
    let table: toml::Table = text.parse().map_err(|error: toml::de::Error| {
        let span = error.span().unwrap_or(0..0);
        BuildError::at(error.message(), text, span.start, span.len())
    })?;
    let mut expression = String::with_capacity(text.len() * 2);
    write_toml(&mut expression, &toml::Value::Table(table));
    Ok(expression)
}

fn write_toml(out: &mut String, value: &toml::Value) {
    match value {
        toml::Value::String(text) => out.push_str(&quoted(text)),
        toml::Value::Integer(number) => {
            let _infallible = write!(out, "{number}");
        }
        toml::Value::Float(number) => write_float(out, *number),
        toml::Value::Boolean(value) => out.push_str(if *value { "true" } else { "false" }),
        toml::Value::Datetime(date) => out.push_str(&quoted(&date.to_string())),
        toml::Value::Array(items) => {
            out.push('[');
            for item in items {
                write_toml(out, item);
                out.push(',');
            }
            out.push(']');
        }
        toml::Value::Table(table) => {
            out.push('{');
            for (key, item) in table {
                write_key(out, key);
                write_toml(out, item);
                out.push(',');
            }
            out.push('}');
        }
    }
}

fn write_float(out: &mut String, number: f64) {
    let _infallible = if number.is_nan() {
        write!(out, "NaN")
    } else if number.is_infinite() {
        write!(out, "{}Infinity", if number < 0.0 { "-" } else { "" })
    } else {
        write!(out, "{number:?}")
    };
}

fn write_key(out: &mut String, key: &str) {
    let _infallible = match key {
        "__proto__" => write!(out, "[{}]:", quoted(key)),
        _ => write!(out, "{}:", quoted(key)),
    };
}

/// A YAML document as a JavaScript expression.
///
/// # Errors
/// The first syntax error.
pub(crate) fn yaml_expression(text: &str) -> Result<String, BuildError> {
    let value: serde_yaml_ng::Value = serde_yaml_ng::from_str(text).map_err(|error| {
        let offset = error.location().map_or(0, |location| location.index());
        BuildError::at(error.to_string(), text, offset, 0)
    })?;
    let mut expression = String::with_capacity(text.len() * 2);
    write_yaml(&mut expression, &value);
    Ok(expression)
}

fn write_yaml(out: &mut String, value: &serde_yaml_ng::Value) {
    use serde_yaml_ng::Value;
    match value {
        Value::Null => out.push_str("null"),
        Value::Bool(value) => out.push_str(if *value { "true" } else { "false" }),
        Value::Number(number) => write_float_or_integer(out, number),
        Value::String(text) => out.push_str(&quoted(text)),
        Value::Sequence(items) => {
            out.push('[');
            for item in items {
                write_yaml(out, item);
                out.push(',');
            }
            out.push(']');
        }
        Value::Mapping(mapping) => {
            out.push('{');
            for (key, item) in mapping {
                write_key(out, &yaml_key(key));
                write_yaml(out, item);
                out.push(',');
            }
            out.push('}');
        }
        Value::Tagged(tagged) => write_yaml(out, &tagged.value),
    }
}

fn write_float_or_integer(out: &mut String, number: &serde_yaml_ng::Number) {
    match number.as_i64() {
        Some(integer) => {
            let _infallible = write!(out, "{integer}");
        }
        None => write_float(out, number.as_f64().unwrap_or(f64::NAN)),
    }
}

fn yaml_key(key: &serde_yaml_ng::Value) -> String {
    match key {
        serde_yaml_ng::Value::String(text) => text.clone(),
        other => {
            let mut text = String::new();
            write_yaml(&mut text, other);
            text
        }
    }
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
            Ok("{\"a\":1,\"b\":[1.5,Infinity,],\"c\":{\"d e\":\"x\\n\",\"when\":\"1979-05-27\",},}"
                .to_owned())
        );
        let error = toml_expression("a = \n").err().and_then(|error| error.position);
        assert_eq!(error.map(|position| position.line), Some(1));
    }

    #[test]
    fn yaml_becomes_an_expression() {
        assert_eq!(
            yaml_expression("a: 1\nb: [x, null, 1.5]\n2: y\n"),
            Ok("{\"a\":1,\"b\":[\"x\",null,1.5,],\"2\":\"y\",}".to_owned())
        );
    }
}
