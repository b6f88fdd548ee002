//! The encodings a Buffer knows.

/// How text stands for bytes. The discriminants are what JavaScript passes.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Encoding {
    Utf8 = 0,
    Utf16Le = 1,
    /// One byte a character, for those below 256.
    Latin1 = 2,
    /// As Latin-1, but bytes are read without their highest bit.
    Ascii = 3,
    Base64 = 4,
    Base64Url = 5,
    Hex = 6,
}

impl Encoding {
    /// The encoding a number stands for; UTF-8 for any other number.
    pub(crate) fn of(number: f64) -> Self {
        match number as u8 {
            1 => Self::Utf16Le,
            2 => Self::Latin1,
            3 => Self::Ascii,
            4 => Self::Base64,
            5 => Self::Base64Url,
            6 => Self::Hex,
            _ => Self::Utf8,
        }
    }
}
