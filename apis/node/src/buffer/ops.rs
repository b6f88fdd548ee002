//! The operations behind Buffer. Offsets and lengths were checked by JavaScript; they are held
//! against the views all the same, since a program can shrink a view in between.

use std::cmp::Ordering;

use dx_mem::External;
use dx_ops::{Call, Exception, Value};

use super::{decode as decoding, encode as encoding_text, encoding::Encoding, search as finding};

fn size(call: &Call<'_>, index: usize) -> usize {
    call.arguments.number(index) as usize
}

/// `byteLength(text)`: how many bytes the text takes in UTF-8.
pub(crate) fn byte_length(call: &mut Call<'_>) -> Result<Value, Exception> {
    let mut length = 0;
    call.arguments.text(0, &mut |text| length = encoding_text::utf8_length(text));
    Ok(Value::Number(length as f64))
}

/// `write(encoding, text, view, offset, length)`: how many bytes were written.
pub(crate) fn write(call: &mut Call<'_>) -> Result<Value, Exception> {
    let encoding = Encoding::of(call.arguments.number(0));
    let (offset, length) = (size(call, 3), size(call, 4));
    let mut written = 0;
    call.arguments.write_text(1, 2, &mut |text, view| {
        let start = offset.min(view.len());
        let end = start.saturating_add(length).min(view.len());
        written = encoding_text::write(text, encoding, &mut view[start..end]);
    });
    Ok(Value::Number(written as f64))
}

/// `writeAscii(text, view)`: how many bytes the text takes in UTF-8; written where that is
/// the view's length.
pub(crate) fn write_ascii(call: &mut Call<'_>) -> Result<Value, Exception> {
    let mut length = 0;
    call.arguments.write_text(0, 1, &mut |text, view| {
        length = encoding_text::utf8_length(text);
        if length == view.len() {
            encoding_text::write(text, Encoding::Utf8, view);
        }
    });
    Ok(Value::Number(length as f64))
}

/// `encode(encoding, text)`: a `Uint8Array` of the bytes.
pub(crate) fn encode(call: &mut Call<'_>) -> Result<Value, Exception> {
    let encoding = Encoding::of(call.arguments.number(0));
    let mut bytes = Vec::new();
    call.arguments.text(1, &mut |text| {
        bytes = vec![0; encoding_text::length_max(text, encoding)];
        let written = encoding_text::write(text, encoding, &mut bytes);
        bytes.truncate(written);
    });
    Ok(Value::Bytes(bytes))
}

/// `decode(encoding, view, start, end)`: the text of the bytes.
pub(crate) fn decode(call: &mut Call<'_>) -> Result<Value, Exception> {
    let encoding = Encoding::of(call.arguments.number(0));
    let (start, end) = (size(call, 2), size(call, 3));
    let view = call.expect_bytes(1, "The buffer")?;
    let end = end.min(view.len());
    let start = start.min(end);
    let part = &view[start..end];
    let is_plain = encoding == Encoding::Latin1 || (encoding == Encoding::Utf8 && part.is_ascii());
    if is_plain && part.len() < PLAIN_COPY_MAX {
        return Ok(Value::Latin1Of { argument: 1, start, end });
    }
    Ok(decoding::text(part, encoding))
}

/// Below this length, in bytes, text is copied into a string of the engine's right away; longer
/// text is copied once too, but the string keeps the copy.
const PLAIN_COPY_MAX: usize = 16 * 1024;

/// A processor takes a load for one of bytes that a store before it has yet to write where the two
/// addresses are the same within a page, and waits. Buffers tend to begin at pages, so what they
/// are copied to begins this far from where the first of them does.
const DISTANCE: usize = PAGE / 2;
const PAGE: usize = 4096;
/// What an array of any type is aligned to, and a line of the cache.
const ALIGNMENT: usize = 64;

/// How many bytes to leave out behind `start`, to be at a good distance from `source`.
fn bytes_left_out(start: usize, source: usize) -> usize {
    let wanted = source.wrapping_add(DISTANCE).wrapping_sub(start) % PAGE;
    let aligned = start.wrapping_add(wanted).next_multiple_of(ALIGNMENT);
    aligned.wrapping_sub(start)
}

/// `concat(length, ...views)`: an `ArrayBuffer` of all the bytes, of which there are `length`.
pub(crate) fn concat(call: &mut Call<'_>) -> Result<Value, Exception> {
    let mut bytes: Vec<u8> = Vec::new();
    let room = size(call, 0).saturating_add(PAGE + ALIGNMENT);
    let is_reserved = bytes.try_reserve_exact(room).is_ok();
    let source = call.arguments.bytes(1).map_or(0, |part| part.as_ptr() as usize);
    let from = bytes_left_out(bytes.as_ptr() as usize, source);
    if is_reserved {
        bytes.resize(from, 0);
    }
    if !is_reserved || !call.arguments.append_bytes(1, &mut bytes) {
        return Err(Exception::range_error("Out of memory"));
    }
    Ok(Value::Shared(External::of_vector(bytes, from)))
}

/// `fill(encoding, text, view, start, end)`: repeats the bytes of a text over a part of the view;
/// whether there were any.
pub(crate) fn fill(call: &mut Call<'_>) -> Result<Value, Exception> {
    let encoding = Encoding::of(call.arguments.number(0));
    let (start, end) = (size(call, 3), size(call, 4));
    let mut filled = false;
    call.arguments.write_text(1, 2, &mut |text, view| {
        let end = end.min(view.len());
        let into = &mut view[start.min(end)..end];
        let mut pattern = vec![0; encoding_text::length_max(text, encoding)];
        let size = encoding_text::write(text, encoding, &mut pattern);
        filled = size > 0;
        if filled {
            repeat(&pattern[..size], into);
        }
    });
    Ok(Value::from(filled))
}

fn repeat(pattern: &[u8], into: &mut [u8]) {
    let mut done = pattern.len().min(into.len());
    into[..done].copy_from_slice(&pattern[..done]);
    while done < into.len() {
        let count = done.min(into.len() - done);
        into.copy_within(..count, done);
        done += count;
    }
}

/// `search(view, needle, offset, encoding, forward)`: where a text or a view is found, or -1.
pub(crate) fn search(call: &mut Call<'_>) -> Result<Value, Exception> {
    let offset = call.arguments.number(2);
    let encoding = Encoding::of(call.arguments.number(3));
    let forward = call.arguments.boolean(4);
    let view = call.expect_bytes(0, "The buffer")?;
    let mut encoded = Vec::new();
    let is_text = call.arguments.text(1, &mut |text| {
        encoded = vec![0; encoding_text::length_max(text, encoding)];
        let written = encoding_text::write(text, encoding, &mut encoded);
        encoded.truncate(written);
    });
    let whole = if encoding == Encoding::Utf16Le { view.len() & !1 } else { view.len() };
    let view = &view[..whole];
    let needle = if is_text { &encoded } else { call.expect_bytes(1, "value")? };
    let found = finding::start(view.len(), offset, needle.len(), forward).and_then(|from| {
        match (encoding, forward) {
            (Encoding::Utf16Le, _) => finding::pair(view, needle, from, forward),
            (_, true) => finding::first(view, needle, from),
            (_, false) => finding::last(view, needle, from),
        }
    });
    Ok(Value::Number(found.map_or(-1.0, |at| at as f64)))
}

/// `compare(one, other, oneStart, oneEnd, otherStart, otherEnd)`: -1, 0 or 1.
pub(crate) fn compare(call: &mut Call<'_>) -> Result<Value, Exception> {
    let part = |bytes: usize, start: usize| {
        let view = call.expect_bytes(bytes, "The buffer")?;
        let end = size(call, start + 1).min(view.len());
        Ok(&view[size(call, start).min(end)..end])
    };
    let order = part(0, 2)?.cmp(part(1, 4)?);
    Ok(Value::from(match order {
        Ordering::Less => -1,
        Ordering::Equal => 0,
        Ordering::Greater => 1,
    }))
}

/// `swap(view, size)`: turns each group of 2, 4 or 8 bytes around.
pub(crate) fn swap(call: &mut Call<'_>) -> Result<Value, Exception> {
    let group = size(call, 1);
    let Some(view) = call.arguments.bytes_mut(0) else { return Ok(Value::Undefined) };
    // Each width by itself, so that it becomes one instruction for many groups.
    match group {
        2 => view.as_chunks_mut().0.iter_mut().for_each(|pair: &mut [u8; 2]| pair.reverse()),
        4 => view.as_chunks_mut().0.iter_mut().for_each(|word: &mut [u8; 4]| word.reverse()),
        _ => view.as_chunks_mut().0.iter_mut().for_each(|word: &mut [u8; 8]| word.reverse()),
    }
    Ok(Value::Undefined)
}

pub(crate) fn is_ascii(call: &mut Call<'_>) -> Result<Value, Exception> {
    Ok(Value::from(call.expect_bytes(0, "The input")?.is_ascii()))
}

pub(crate) fn is_utf8(call: &mut Call<'_>) -> Result<Value, Exception> {
    let bytes = call.expect_bytes(0, "The input")?;
    Ok(Value::from(encoding_rs::Encoding::utf8_valid_up_to(bytes) == bytes.len()))
}

#[cfg(test)]
mod tests {
    use super::{ALIGNMENT, DISTANCE, PAGE, bytes_left_out};

    #[test]
    fn joined_bytes_begin_half_a_page_from_their_source_on_a_line_of_the_cache() {
        for (start, source) in [(0, 0), (4096, 0x7000), (0x1238, 0x7000), (0x1240, 0x7003), (7, 0)]
        {
            let from = bytes_left_out(start, source);
            assert!(from < PAGE + ALIGNMENT);
            assert_eq!((start + from) % ALIGNMENT, 0);
            let distance = (start + from).wrapping_sub(source) % PAGE;
            assert!(distance.abs_diff(DISTANCE) < ALIGNMENT, "{start} {source}");
        }
    }
}
