//! Arguments of the file operations. JavaScript has checked them; what is wrong here is a
//! mistake of ours, told as a `TypeError`.

use std::ffi::{CStr, CString};

use dx_ops::{Call, Exception, Text, ValueKind};

/// The path at `index`: a string or the bytes of one.
pub(crate) fn path(call: &Call<'_>, index: usize) -> Result<CString, Exception> {
    let bytes = match call.arguments.kind(index) {
        ValueKind::Bytes => call.expect_bytes(index, "path")?.to_vec(),
        _ => call.expect_string(index, "path")?.into_bytes(),
    };
    CString::new(bytes).map_err(|_| Exception::type_error("A path must be without null bytes"))
}

/// Room for a short path, with the zero byte at its end.
const SHORT_PATH_BYTES: usize = 256;

/// A path for one call of the kernel: a short one of ASCII lies here, with zeros behind it.
pub(crate) struct KernelPath {
    short: [u8; SHORT_PATH_BYTES],
    long: Option<CString>,
}

impl KernelPath {
    /// As [`path`].
    pub(crate) fn from_argument(call: &Call<'_>, index: usize) -> Result<Self, Exception> {
        let mut short = [0; SHORT_PATH_BYTES];
        let mut is_short = false;
        call.arguments.text(index, &mut |text| {
            let Text::Latin1(units) = text else { return };
            let is_plain = units.iter().all(|&unit| unit.is_ascii() && unit != 0);
            if is_plain && units.len() < SHORT_PATH_BYTES {
                short[..units.len()].copy_from_slice(units);
                is_short = true;
            }
        });
        let long = if is_short { None } else { Some(path(call, index)?) };
        Ok(Self { short, long })
    }

    /// The path as the kernel takes it.
    pub(crate) fn as_c_str(&self) -> &CStr {
        // There is always a zero byte at the end of a short one.
        let short = || CStr::from_bytes_until_nul(&self.short).unwrap_or_default();
        self.long.as_deref().unwrap_or_else(short)
    }
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
