//! Arguments of the file operations. JavaScript has checked them; what is wrong here is a
//! mistake of ours, told as a `TypeError`.

use std::ffi::CString;

use dx_ops::{Call, Exception, ValueKind};

/// The path at `index`: a string or the bytes of one.
pub(crate) fn path(call: &Call<'_>, index: usize) -> Result<CString, Exception> {
    let bytes = match call.arguments.kind(index) {
        ValueKind::Bytes => call.expect_bytes(index, "path")?.to_vec(),
        _ => call.expect_string(index, "path")?.into_bytes(),
    };
    CString::new(bytes).map_err(|_| Exception::type_error("A path must be without null bytes"))
}

/// The integer at `index`, as the kernel's calls take descriptors.
pub(crate) fn descriptor(call: &Call<'_>, index: usize) -> i32 {
    call.arguments.number(index) as i32
}

/// The unsigned integer at `index`: modes, users, groups. -1 is all ones.
pub(crate) fn unsigned(call: &Call<'_>, index: usize) -> u32 {
    call.arguments.number(index) as i64 as u32
}

/// The position in a file at `index`; negative and absent are the file's own.
pub(crate) fn position(call: &Call<'_>, index: usize) -> u64 {
    // The last positions have no room for a read behind them, which the kernel refuses.
    const POSITION_MAX: u64 = i64::MAX as u64 - (1 << 32);
    let position = call.arguments.number(index);
    if position >= 0.0 { (position as u64).min(POSITION_MAX) } else { u64::MAX }
}

/// The bytes of the string or buffer at `index`.
pub(crate) fn data(call: &Call<'_>, index: usize) -> Result<Vec<u8>, Exception> {
    match call.arguments.kind(index) {
        ValueKind::String => Ok(call.expect_string(index, "data")?.into_bytes()),
        _ => Ok(call.expect_bytes(index, "data")?.to_vec()),
    }
}
