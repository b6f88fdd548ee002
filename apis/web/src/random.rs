//! Random bytes from the kernel, for `crypto` of the web.

use dx_ops::{Call, ErrorClass, Exception, Value};

fn unavailable(error: getrandom::Error) -> Exception {
    Exception::new(ErrorClass::Error, format!("No random bytes: {error}"))
}

/// `randomFill(bytes)`: fills a buffer or view.
pub(crate) fn random_fill(call: &mut Call<'_>) -> Result<Value, Exception> {
    let bytes = call
        .arguments
        .bytes_mut(0)
        .ok_or_else(|| Exception::type_error("The data argument must be a buffer"))?;
    getrandom::fill(bytes).map_err(unavailable)?;
    Ok(Value::Undefined)
}

/// `randomUuid()`: a version 4 UUID.
pub(crate) fn random_uuid(_call: &mut Call<'_>) -> Result<Value, Exception> {
    let mut bytes = [0_u8; 16];
    getrandom::fill(&mut bytes).map_err(unavailable)?;
    bytes[6] = (bytes[6] & 0x0f) | 0x40;
    bytes[8] = (bytes[8] & 0x3f) | 0x80;
    Ok(Value::Latin1(format_uuid(bytes).into_bytes()))
}

fn format_uuid(bytes: [u8; 16]) -> String {
    let hex = |range: std::ops::Range<usize>| -> String {
        bytes[range].iter().map(|byte| format!("{byte:02x}")).collect()
    };
    [hex(0..4), hex(4..6), hex(6..8), hex(8..10), hex(10..16)].join("-")
}

#[cfg(test)]
mod tests {
    #[test]
    fn a_uuid_has_its_five_groups() {
        let text = super::format_uuid([0xab; 16]);
        assert_eq!(text, "abababab-abab-abab-abab-abababababab");
    }
}
