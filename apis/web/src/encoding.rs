//! Text encodings: every encoding of the Encoding Standard through `encoding_rs`, UTF-8 with a
//! path for plain ASCII, base64 in both directions.
//!
//! A decoder that is in the middle of a stream lives in the shard's [`Decoders`] under an id that
//! JavaScript closes. Malformed input in fatal mode is a `TypeError`; unknown ids are one too.

use std::cell::RefCell;

use base64::{
    Engine,
    alphabet::STANDARD,
    engine::{
        DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig,
        general_purpose::STANDARD as STRICT,
    },
};
use dx_ops::{Call, Exception, Text, Value};
use encoding_rs::{CoderResult, Decoder, DecoderResult, Encoding, REPLACEMENT, UTF_8};

const FORGIVING: GeneralPurpose = GeneralPurpose::new(
    &STANDARD,
    GeneralPurposeConfig::new()
        .with_decode_allow_trailing_bits(true)
        .with_decode_padding_mode(DecodePaddingMode::Indifferent),
);

const BYTE_ORDER_MARK: &[u8] = b"\xEF\xBB\xBF";

/// The decoders of streams that have begun and not ended, by id.
#[derive(Default)]
pub(crate) struct Decoders {
    open: RefCell<Vec<Option<Decoder>>>,
}

fn invalid_data(name: &str) -> Exception {
    let message = format!("The encoded data was not valid for encoding {}", name.to_lowercase());
    Exception::type_error(message).with_code("ERR_ENCODING_INVALID_ENCODED_DATA")
}

fn named(call: &Call<'_>, index: usize) -> Result<&'static Encoding, Exception> {
    let name = call.expect_string(index, "encoding")?;
    Encoding::for_label(name.as_bytes())
        .ok_or_else(|| Exception::type_error(format!("Unknown encoding {name}")))
}

/// `encodingForLabel(label)`: the lower-case name of an encoding, `undefined` for an unknown label.
pub(crate) fn encoding_for_label(call: &mut Call<'_>) -> Result<Value, Exception> {
    let label = call.expect_string(0, "label")?;
    let found = Encoding::for_label(label.as_bytes()).filter(|found| *found != REPLACEMENT);
    Ok(found.map(|encoding| encoding.name().to_lowercase()).into())
}

/// The string of UTF-16 code units, narrow where it can be.
fn text_of_units(units: Vec<u16>) -> Value {
    match units.iter().map(|unit| u8::try_from(*unit)).collect::<Result<Vec<u8>, _>>() {
        Ok(bytes) => Value::Latin1(bytes),
        Err(_) => Value::Utf16(units),
    }
}

/// `decode(encoding, bytes, fatal, ignoreBom)`: the text of bytes that are complete.
pub(crate) fn decode(call: &mut Call<'_>) -> Result<Value, Exception> {
    let encoding = named(call, 0)?;
    let fatal = call.arguments.boolean(2);
    let ignore_bom = call.arguments.boolean(3);
    let mut bytes = call.expect_bytes(1, "input")?;
    if encoding == UTF_8 {
        if !ignore_bom && bytes.starts_with(BYTE_ORDER_MARK) {
            bytes = &bytes[BYTE_ORDER_MARK.len()..];
        }
        if bytes.is_ascii() {
            return Ok(Value::Latin1(bytes.to_vec()));
        }
        let mut decoder = encoding.new_decoder_without_bom_handling();
        return step(&mut decoder, bytes, fatal, true).ok_or_else(|| invalid_data("utf-8"));
    }
    let mut decoder = new_decoder(encoding, ignore_bom);
    step(&mut decoder, bytes, fatal, true).ok_or_else(|| invalid_data(encoding.name()))
}

/// A decoder of a stream from its first byte.
#[must_use]
pub fn new_decoder(encoding: &'static Encoding, ignore_bom: bool) -> Decoder {
    if ignore_bom {
        encoding.new_decoder_without_bom_handling()
    } else {
        encoding.new_decoder_with_bom_removal()
    }
}

/// Decodes the next bytes of a stream; `None` when they are malformed and that is fatal.
fn step(decoder: &mut Decoder, bytes: &[u8], fatal: bool, last: bool) -> Option<Value> {
    units_of_step(decoder, bytes, fatal, last).map(text_of_units)
}

/// The next UTF-16 code units of a stream; `None` when its bytes are malformed and that is fatal.
#[must_use]
pub fn units_of_step(
    decoder: &mut Decoder,
    bytes: &[u8],
    fatal: bool,
    last: bool,
) -> Option<Vec<u16>> {
    // The worst case is known; a buffer of that size takes everything in one call.
    let capacity = decoder.max_utf16_buffer_length(bytes.len())?;
    let mut units = vec![0_u16; capacity];
    let written = if fatal {
        let (result, _, written) =
            decoder.decode_to_utf16_without_replacement(bytes, &mut units, last);
        if let DecoderResult::Malformed(..) = result {
            return None;
        }
        written
    } else {
        let (result, _, written, _) = decoder.decode_to_utf16(bytes, &mut units, last);
        debug_assert_eq!(result, CoderResult::InputEmpty);
        written
    };
    units.truncate(written);
    Some(units)
}

/// `decoderOpen(encoding, ignoreBom)`: the id of a decoder for a stream.
pub(crate) fn decoder_open(call: &mut Call<'_>) -> Result<Value, Exception> {
    let decoder = new_decoder(named(call, 0)?, call.arguments.boolean(1));
    let decoders = call.host.state::<Decoders>();
    let mut open = decoders.open.borrow_mut();
    let free = open.iter().position(Option::is_none).unwrap_or_else(|| {
        open.push(None);
        open.len() - 1
    });
    open[free] = Some(decoder);
    Ok(Value::Number(free as f64))
}

/// `decoderStep(id, bytes, fatal, last)`: the text of the next bytes. A fatal error and the last
/// step close the decoder.
pub(crate) fn decoder_step(call: &mut Call<'_>) -> Result<Value, Exception> {
    let id = call.arguments.number(0) as usize;
    let fatal = call.arguments.boolean(2);
    let last = call.arguments.boolean(3);
    let decoders = call.host.state::<Decoders>();
    let mut open = decoders.open.borrow_mut();
    let slot = open.get_mut(id);
    let Some((slot, mut decoder)) = slot.and_then(|slot| slot.take().map(|taken| (slot, taken)))
    else {
        return Err(Exception::type_error("The decoder is closed"));
    };
    let bytes = call.expect_bytes(1, "input")?;
    let text = step(&mut decoder, bytes, fatal, last)
        .ok_or_else(|| invalid_data(decoder.encoding().name()))?;
    if !last {
        *slot = Some(decoder);
    }
    Ok(text)
}

/// `decoderClose(id)`: forgets a decoder.
pub(crate) fn decoder_close(call: &mut Call<'_>) -> Result<Value, Exception> {
    let id = call.arguments.number(0) as usize;
    if let Some(slot) = call.host.state::<Decoders>().open.borrow_mut().get_mut(id) {
        *slot = None;
    }
    Ok(Value::Undefined)
}

/// `encodeInto(text, bytes)`: writes UTF-8 as far as it fits; `[code units read, bytes written]`.
pub(crate) fn encode_into(call: &mut Call<'_>) -> Result<Value, Exception> {
    let units = call.arguments.utf16(0).ok_or_else(|| Exception::type_error("not a string"))?;
    let target =
        call.arguments.bytes_mut(1).ok_or_else(|| Exception::type_error("Expected Uint8Array"))?;
    let (read, written) = encoding_rs::mem::convert_utf16_to_utf8_partial(&units, target);
    Ok(Value::Array(vec![Value::Number(read as f64), Value::Number(written as f64)]))
}

/// Decodes base64 as browsers do: white space is ignored, padding may be missing.
fn forgiving_decode(text: &[u8]) -> Option<Vec<u8>> {
    let is_space = |byte: &u8| matches!(byte, b' ' | b'\t' | b'\n' | b'\r' | 0x0c);
    if text.iter().any(is_space) {
        let digits: Vec<u8> = text.iter().copied().filter(|byte| !is_space(byte)).collect();
        return decode_digits(&digits);
    }
    decode_digits(text)
}

fn decode_digits(mut digits: &[u8]) -> Option<Vec<u8>> {
    if digits.len().is_multiple_of(4) {
        for _ in 0..2 {
            digits = digits.strip_suffix(b"=").unwrap_or(digits);
        }
    }
    if digits.len() % 4 == 1 || digits.ends_with(b"=") {
        return None;
    }
    FORGIVING.decode(digits).ok()
}

/// `base64Decode(text)`: a string of one character a byte, `undefined` when it is not base64.
pub(crate) fn base64_decode(call: &mut Call<'_>) -> Result<Value, Exception> {
    let mut decoded = None;
    call.arguments.text(0, &mut |text| match text {
        Text::Latin1(bytes) => decoded = forgiving_decode(bytes),
        Text::Utf16(units) => {
            let bytes: Option<Vec<u8>> =
                units.iter().map(|&unit| u8::try_from(unit).ok()).collect();
            decoded = bytes.and_then(|bytes| forgiving_decode(&bytes));
        }
    });
    Ok(decoded.map_or(Value::Undefined, Value::Latin1))
}

/// `base64Encode(text)`: base64 of a string of characters below 256, `undefined` for any other.
pub(crate) fn base64_encode(call: &mut Call<'_>) -> Result<Value, Exception> {
    let mut encoded = None;
    call.arguments.text(0, &mut |text| match text {
        Text::Latin1(bytes) => encoded = Some(STRICT.encode(bytes)),
        Text::Utf16(units) => {
            let bytes: Option<Vec<u8>> =
                units.iter().map(|&unit| u8::try_from(unit).ok()).collect();
            encoded = bytes.map(|bytes| STRICT.encode(bytes));
        }
    });
    Ok(encoded.map_or(Value::Undefined, |text| Value::Latin1(text.into_bytes())))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn base64_forgives_white_space_and_missing_padding() {
        assert_eq!(forgiving_decode(b" YQ = =\n"), Some(b"a".to_vec()));
        assert_eq!(forgiving_decode(b"YQ"), Some(b"a".to_vec()));
        assert_eq!(forgiving_decode(b"YR"), Some(b"a".to_vec()));
        assert_eq!(forgiving_decode(b"Y"), None);
        assert_eq!(forgiving_decode(b"YQ="), None);
        assert_eq!(forgiving_decode(b"YQ==="), None);
        assert_eq!(forgiving_decode(b"=YQ="), None);
        assert_eq!(forgiving_decode(b"Y!=="), None);
    }

    #[test]
    fn a_sequence_may_be_split_over_steps() {
        let mut decoder = UTF_8.new_decoder_without_bom_handling();
        let first = step(&mut decoder, b"\xE2\x82", true, false);
        assert!(matches!(first, Some(Value::Latin1(text)) if text.is_empty()));
        let second = step(&mut decoder, b"\xAC", true, true);
        assert!(matches!(second, Some(Value::Utf16(text)) if text == [0x20AC]));
    }

    #[test]
    fn an_unfinished_sequence_is_malformed_at_the_end() {
        let mut decoder = UTF_8.new_decoder_without_bom_handling();
        assert!(step(&mut decoder, b"\xE2\x82", true, true).is_none());
    }
}
