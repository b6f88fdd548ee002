//! Bytes of a message, taken one after the other.

/// A message that breaks the format.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Malformed;

/// Pointers a name may follow; each has to go back, so that none goes in circles.
const POINTERS_MAX: usize = 127;

const POINTER_BITS: u8 = 0xC0;

pub(crate) struct Reader<'a> {
    message: &'a [u8],
    at: usize,
    end: usize,
}

impl<'a> Reader<'a> {
    pub(crate) fn new(message: &'a [u8]) -> Self {
        Self { message, at: 0, end: message.len() }
    }

    pub(crate) fn bytes(&mut self, count: usize) -> Result<&'a [u8], Malformed> {
        let end = self.at.checked_add(count).filter(|end| *end <= self.end).ok_or(Malformed)?;
        let bytes = &self.message[self.at..end];
        self.at = end;
        Ok(bytes)
    }

    pub(crate) fn byte(&mut self) -> Result<u8, Malformed> {
        Ok(self.bytes(1)?[0])
    }

    pub(crate) fn word(&mut self) -> Result<u16, Malformed> {
        let bytes = self.bytes(2)?;
        Ok(u16::from_be_bytes([bytes[0], bytes[1]]))
    }

    pub(crate) fn double(&mut self) -> Result<u32, Malformed> {
        Ok(u32::from(self.word()?) << 16 | u32::from(self.word()?))
    }

    /// A byte of length and as many bytes.
    pub(crate) fn counted(&mut self) -> Result<&'a [u8], Malformed> {
        let length = self.byte()?;
        self.bytes(length.into())
    }

    /// All that is left.
    pub(crate) fn rest(&mut self) -> &'a [u8] {
        let rest = &self.message[self.at..self.end];
        self.at = self.end;
        rest
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.at == self.end
    }

    /// The next `length` bytes as a reader of their own, in which names may still point back.
    pub(crate) fn part(&mut self, length: usize) -> Result<Self, Malformed> {
        let at = self.at;
        self.bytes(length)?;
        Ok(Self { message: self.message, at, end: self.at })
    }

    /// A name, its labels joined by dots (RFC 1035 section 4.1.4).
    pub(crate) fn name(&mut self) -> Result<String, Malformed> {
        let mut name = String::new();
        let mut pointers = 0;
        let mut from = None;
        loop {
            let length = self.byte()?;
            match length {
                0 => break,
                1..=63 => {
                    if !name.is_empty() {
                        name.push('.');
                    }
                    let label = self.bytes(length.into())?;
                    name.push_str(&String::from_utf8_lossy(label));
                }
                length if length & POINTER_BITS == POINTER_BITS => {
                    let low = self.byte()?;
                    let target = usize::from(length & !POINTER_BITS) << 8 | usize::from(low);
                    from.get_or_insert((self.at, self.end));
                    pointers += 1;
                    if target + 2 > self.at || pointers > POINTERS_MAX {
                        return Err(Malformed);
                    }
                    (self.at, self.end) = (target, self.message.len());
                }
                _ => return Err(Malformed),
            }
        }
        if let Some(from) = from {
            (self.at, self.end) = from;
        }
        Ok(name)
    }
}
