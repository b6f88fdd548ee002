//! Splits a multipart/form-data body into its entries. Bytes in, ranges out: no engine, no copies.
//!
//! Tolerant as servers have to be (missing closing quotes, a preamble, text after the end), strict
//! where a wrong guess would lose data: a body without its final boundary is refused.

use std::ops::Range;

use dx_ops::{Call, Exception, Value};

/// The longest boundary RFC 2046 allows is 70; two more are forgiven.
const BOUNDARY_LENGTH_MAX: usize = 72;

/// One part that has a name. Ranges index the body.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Entry {
    /// The field's name, undecoded.
    pub name: Range<usize>,
    /// The file's name where the part is a file, undecoded.
    pub filename: Option<Range<usize>>,
    /// The content type, where one stands before the name is complete.
    pub content_type: Range<usize>,
    /// The part's content.
    pub value: Range<usize>,
}

/// Why a body is not multipart/form-data; the text completes "FormData parse error ...".
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Malformed(pub &'static str);

/// The entries of `body` in order. Parts without a name are left out.
///
/// # Errors
/// When the final boundary or the end of a part's head is missing, or a head line has no colon.
pub fn parse(body: &[u8], boundary: &[u8]) -> Result<Vec<Entry>, Malformed> {
    if boundary.len() > BOUNDARY_LENGTH_MAX {
        return Err(Malformed("boundary is too long"));
    }
    let last = [b"--", boundary, b"--"].concat();
    let end = find_last(body, &last).ok_or(Malformed("missing final boundary"))?;
    let separator = [b"--", boundary, b"\r\n"].concat();
    let body = &body[..end];
    let mut entries = Vec::new();
    let mut next = find(body, 0, &separator);
    while let Some(at) = next {
        let start = at + separator.len();
        next = find(body, start, &separator);
        entries.extend(parse_part(body, start..next.unwrap_or(end))?);
    }
    Ok(entries)
}

fn parse_part(body: &[u8], part: Range<usize>) -> Result<Option<Entry>, Malformed> {
    let head_end = find(&body[..part.end], part.start, b"\r\n\r\n")
        .ok_or(Malformed("is missing header end"))?;
    let mut entry = Entry::default();
    let mut line_start = part.start;
    while line_start < head_end + 2 && (entry.filename.is_none() || entry.name.is_empty()) {
        let line_end = find(&body[..head_end + 2], line_start, b"\r\n").unwrap_or(head_end);
        read_head_line(body, line_start..line_end, &mut entry)?;
        line_start = line_end + 2;
    }
    if entry.name.is_empty() {
        return Ok(None);
    }
    let value_start = head_end + 4;
    let ends_with_line = part.end >= value_start + 2 && body[..part.end].ends_with(b"\r\n");
    entry.value = value_start..part.end - if ends_with_line { 2 } else { 0 };
    Ok(Some(entry))
}

fn read_head_line(body: &[u8], line: Range<usize>, entry: &mut Entry) -> Result<(), Malformed> {
    let colon = body[line.clone()]
        .iter()
        .position(|byte| *byte == b':')
        .ok_or(Malformed("is missing header colon separator"))?;
    let key = &body[line.start..line.start + colon];
    let value = line.start + colon + 1..line.end;
    if key.eq_ignore_ascii_case(b"content-disposition") {
        read_disposition(body, trim(body, value, b" "), entry);
    } else if entry.content_type.is_empty() && key.eq_ignore_ascii_case(b"content-type") {
        entry.content_type = trim(body, value, b"; \t");
    }
    Ok(())
}

/// Reads `form-data; name="a"; filename="b"`. A value ends at its closing quote or with the line.
fn read_disposition(body: &[u8], value: Range<usize>, entry: &mut Entry) {
    const KIND: &[u8] = b"form-data;";
    let mut rest = value;
    let kind = body[rest.clone()].get(..KIND.len());
    if kind.is_some_and(|kind| kind.eq_ignore_ascii_case(KIND)) {
        rest = trim(body, rest.start + KIND.len()..rest.end, b" ");
    }
    while let Some(equals) = position(body, &rest, b'=') {
        let key = trim(body, rest.start..equals, b" ;");
        let quoted = body.get(equals + 1) == Some(&b'"') && equals + 1 < rest.end;
        let start = equals + 1 + usize::from(quoted);
        let end = closing_quote(body, start..rest.end);
        if body[key.clone()].eq_ignore_ascii_case(b"name") {
            entry.name = start..end;
        } else if body[key].eq_ignore_ascii_case(b"filename") {
            entry.filename = Some(start..end);
        }
        let after = (end + 1).min(rest.end);
        match position(body, &(after..rest.end), b';') {
            Some(semicolon) if entry.name.is_empty() || entry.filename.is_none() => {
                rest.start = semicolon + 1;
            }
            _ => return,
        }
    }
}

/// Where the value ends: at a quote that no backslash precedes, or at the end of the line.
fn closing_quote(body: &[u8], value: Range<usize>) -> usize {
    let mut index = value.start;
    while index < value.end {
        match body[index] {
            b'"' => return index,
            b'\\' if body[index + 1..value.end].starts_with(b"\"") => index += 2,
            _ => index += 1,
        }
    }
    value.end
}

fn position(body: &[u8], range: &Range<usize>, byte: u8) -> Option<usize> {
    let at = body[range.clone()].iter().position(|other| *other == byte)?;
    Some(range.start + at)
}

fn trim(body: &[u8], range: Range<usize>, set: &[u8]) -> Range<usize> {
    let bytes = &body[range.clone()];
    let Some(first) = bytes.iter().position(|byte| !set.contains(byte)) else {
        return range.end..range.end;
    };
    let last = bytes.iter().rposition(|byte| !set.contains(byte)).unwrap_or(first);
    range.start + first..range.start + last + 1
}

/// The first place of `needle` at or after `from`. Jumps between candidates of its rarest end, the
/// last byte but the line break, so that file contents cost one scan.
fn find(body: &[u8], from: usize, needle: &[u8]) -> Option<usize> {
    let at = memchr::memmem::find(body.get(from..)?, needle)?;
    Some(from + at)
}

fn find_last(body: &[u8], needle: &[u8]) -> Option<usize> {
    memchr::memmem::rfind(body, needle)
}

/// `parseMultipart(bytes, boundary)`: a flat array, five values an entry: name, filename or
/// undefined, content type, text of the value or undefined, bytes of the value or undefined.
pub(crate) fn parse_op(call: &mut Call<'_>) -> Result<Value, Exception> {
    let boundary = call.expect_string(1, "boundary")?;
    let body = call.expect_bytes(0, "body")?;
    let entries = parse(body, boundary.as_bytes()).map_err(|error| {
        Exception::type_error(format!("FormData parse error {}", error.0))
            .with_code("ERR_FORMDATA_PARSE_ERROR")
    })?;
    let text = |range: Range<usize>| String::from_utf8_lossy(&body[range]).into_owned().into();
    let mut values = Vec::with_capacity(entries.len() * 5);
    for entry in entries {
        values.push(text(entry.name));
        let is_file = entry.filename.is_some();
        values.push(entry.filename.map_or(Value::Undefined, text));
        values.push(text(entry.content_type));
        let bytes = body[entry.value].to_vec();
        if is_file {
            values.extend([Value::Undefined, Value::Bytes(bytes)]);
        } else {
            values.extend([crate::body::text_value(bytes), Value::Undefined]);
        }
    }
    Ok(Value::Array(values))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names_and_values(body: &str) -> Result<Vec<(String, Option<String>, String)>, Malformed> {
        let text = |range: Range<usize>| body[range].to_owned();
        let entries = parse(body.as_bytes(), b"X")?;
        Ok(entries
            .into_iter()
            .map(|entry| (text(entry.name), entry.filename.map(text), text(entry.value)))
            .collect())
    }

    fn one(head: &str, value: &str) -> Vec<(String, Option<String>, String)> {
        names_and_values(&format!("--X\r\n{head}\r\n\r\n{value}\r\n--X--\r\n")).unwrap_or_default()
    }

    #[test]
    fn fields_and_files() {
        let field = one("Content-Disposition: form-data; name=\"a\"", "1\r\n2");
        assert_eq!(field, [("a".to_owned(), None, "1\r\n2".to_owned())]);
        let shouted = one("CONTENT-DISPOSITION: FORM-DATA; NAME=\"a\"", "1");
        assert_eq!(shouted[0].0, "a");
        let file = one("content-disposition:form-data; filename=\"f\"; name=\"a\"", "");
        assert_eq!(file, [("a".to_owned(), Some("f".to_owned()), String::new())]);
        assert!(one("Content-Type: text/plain", "x").is_empty());
        assert!(one("Content-Disposition: form-data", "x").is_empty());
    }

    #[test]
    fn quotes() {
        let escaped = one("Content-Disposition: form-data; name=\"a\\\"b\"", "1");
        assert_eq!(escaped[0].0, "a\\\"b");
        let bare = one("Content-Disposition: form-data; name=a; filename=b", "1");
        assert_eq!(bare[0].0, "a; filename=b");
        let open = one("Content-Disposition: form-data; name=\"a", "1");
        assert_eq!(open[0].0, "a");
    }

    #[test]
    fn malformed_bodies() {
        assert_eq!(names_and_values(""), Err(Malformed("missing final boundary")));
        assert_eq!(
            names_and_values("--X\r\nno blank line\r\n--X--"),
            Err(Malformed("is missing header end"))
        );
        assert_eq!(
            names_and_values("--X\r\nno colon\r\n\r\n--X--"),
            Err(Malformed("is missing header colon separator"))
        );
        assert_eq!(parse(b"", &[b'x'; 73]), Err(Malformed("boundary is too long")));
        assert_eq!(names_and_values("--X--"), Ok(Vec::new()));
    }

    /// Bodies of random pieces of the grammar, from a fixed seed: none panics, and every entry
    /// lies inside its body.
    #[test]
    fn random_bodies() {
        const PIECES: [&[u8]; 12] = [
            b"--X",
            b"--X--",
            b"\r\n",
            b"\r\n\r\n",
            b"Content-Disposition:",
            b" form-data;",
            b" name=",
            b" filename=",
            b"\"",
            b"\\",
            b":",
            b"a\xFF;",
        ];
        let mut state = 0x9E37_79B9_7F4A_7C15_u64;
        for _ in 0..20_000 {
            let mut body = b"--X\r\n".to_vec();
            for _ in 0..24 {
                state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
                body.extend_from_slice(PIECES[(state >> 33) as usize % PIECES.len()]);
            }
            body.extend_from_slice(b"--X--");
            for entry in parse(&body, b"X").unwrap_or_default() {
                assert!(!body[entry.name].is_empty());
                assert!(entry.value.end <= body.len());
                let _ = (&body[entry.value], &body[entry.content_type]);
                let _ = entry.filename.map(|filename| &body[filename]);
            }
        }
    }
}
