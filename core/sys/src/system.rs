//! What the C library says of itself.

use std::ffi::CStr;

/// The version of the GNU C library the process runs on, as `2.36`.
#[must_use]
pub fn c_library_version() -> String {
    // SAFETY: takes nothing and answers a static string that ends in a zero byte.
    let version = unsafe { CStr::from_ptr(libc::gnu_get_libc_version()) };
    version.to_string_lossy().into_owned()
}

#[cfg(test)]
mod tests {
    #[test]
    fn the_version_has_two_numbers() {
        let version = super::c_library_version();
        assert!(version.split('.').filter(|part| part.parse::<u32>().is_ok()).count() >= 2);
    }
}
