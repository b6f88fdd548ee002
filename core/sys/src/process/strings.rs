//! Lists of strings as a program is given them: each ends with a NUL, the list with a null pointer.

use std::{ffi::c_char, fmt, ptr};

/// Words or variables of a program.
pub struct Strings {
    bytes: Vec<u8>,
    /// Into `bytes`, which does not change any more.
    pointers: Vec<*const c_char>,
}

impl Strings {
    /// The strings of a text in which they are parted by NULs; an empty text is one empty string.
    #[must_use]
    pub fn parted(text: &str) -> Self {
        let mut bytes = Vec::with_capacity(text.len() + 1);
        bytes.extend_from_slice(text.as_bytes());
        bytes.push(0);
        Self::ended(bytes)
    }

    /// Of strings that end with a NUL each.
    fn ended(bytes: Vec<u8>) -> Self {
        let mut pointers = Vec::new();
        let mut start = 0;
        for (index, byte) in bytes.iter().enumerate() {
            if *byte == 0 {
                pointers.push(ptr::from_ref(&bytes[start]).cast::<c_char>());
                start = index + 1;
            }
        }
        pointers.push(ptr::null());
        Self { bytes, pointers }
    }

    /// These, and behind them those of a text in which they are parted by NULs.
    #[must_use]
    pub fn with(&self, text: &str) -> Self {
        let mut bytes = Vec::with_capacity(self.bytes.len() + text.len() + 1);
        bytes.extend_from_slice(&self.bytes);
        bytes.extend_from_slice(text.as_bytes());
        bytes.push(0);
        Self::ended(bytes)
    }

    /// What they take of the room that the kernel has for a program's words and variables, in
    /// bytes.
    #[must_use]
    pub fn size(&self) -> usize {
        self.bytes.len() + size_of_val(self.pointers.as_slice())
    }

    /// The list as `execve(2)` takes it.
    pub(super) fn pointers(&self) -> *const *const c_char {
        self.pointers.as_ptr()
    }
}

impl Default for Strings {
    fn default() -> Self {
        Self::ended(Vec::new())
    }
}

impl fmt::Debug for Strings {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let parts = self.bytes.split(|byte| *byte == 0).map(String::from_utf8_lossy);
        formatter.debug_list().entries(parts.take(self.pointers.len() - 1)).finish()
    }
}

impl<T: AsRef<[u8]>> FromIterator<T> for Strings {
    /// Strings that hold a NUL are left out.
    fn from_iter<I: IntoIterator<Item = T>>(strings: I) -> Self {
        let mut bytes = Vec::new();
        for string in strings {
            if !string.as_ref().contains(&0) {
                bytes.extend_from_slice(string.as_ref());
                bytes.push(0);
            }
        }
        Self::ended(bytes)
    }
}

#[cfg(test)]
mod tests {
    use super::Strings;

    #[test]
    fn strings_are_parted_by_nuls() {
        assert_eq!(format!("{:?}", Strings::parted("a\0\0bc")), r#"["a", "", "bc"]"#);
        assert_eq!(format!("{:?}", Strings::parted("")), r#"[""]"#);
        assert_eq!(format!("{:?}", Strings::default()), "[]");
        let both = Strings::from_iter(["A=1", "B\0=2", "C=3"]).with("D=4\0E=5");
        assert_eq!(format!("{both:?}"), r#"["A=1", "C=3", "D=4", "E=5"]"#);
    }
}
