//! Random bytes for `crypto` of the web: the kernel's, fetched ahead for small requests, whose
//! system call would be most of their cost.
//!
//! What is fetched ahead lies in memory of the thread until it is handed out, and is wiped then.
//! A process that an addon forks off without executing another would hand it out again: as the
//! identifiers that Node fetches ahead, these are not for programs that do so.

use std::cell::RefCell;

use dx_ops::{Call, ErrorClass, Exception, Value};

/// Bytes fetched at a time.
const POOL_BYTES: usize = 4_096;
/// Larger requests go to the kernel by themselves, which costs them little more.
const POOLED_BYTES_MAX: usize = 256;

struct Pool {
    bytes: [u8; POOL_BYTES],
    /// How many of them, from the start on, have not been handed out.
    left: usize,
}

thread_local! {
    static POOL: RefCell<Pool> =
        const { RefCell::new(Pool { bytes: [0; POOL_BYTES], left: 0 }) };
}

impl Pool {
    fn take(&mut self, into: &mut [u8]) -> Result<(), getrandom::Error> {
        if self.left < into.len() {
            getrandom::fill(&mut self.bytes)?;
            self.left = POOL_BYTES;
        }
        let taken = &mut self.bytes[self.left - into.len()..self.left];
        into.copy_from_slice(taken);
        taken.fill(0);
        self.left -= into.len();
        Ok(())
    }
}

fn fill(bytes: &mut [u8]) -> Result<(), Exception> {
    let filled = if bytes.len() > POOLED_BYTES_MAX {
        getrandom::fill(bytes)
    } else {
        POOL.with_borrow_mut(|pool| pool.take(bytes))
    };
    filled.map_err(|error| Exception::new(ErrorClass::Error, format!("No random bytes: {error}")))
}

/// `randomFill(bytes)`: fills a buffer or view.
pub(crate) fn random_fill(call: &mut Call<'_>) -> Result<Value, Exception> {
    let bytes = call
        .arguments
        .bytes_mut(0)
        .ok_or_else(|| Exception::type_error("The data argument must be a buffer"))?;
    fill(bytes)?;
    Ok(Value::Undefined)
}

/// UUIDs made at a time. A program that keeps one keeps the text of all of them.
const UUIDS: usize = 16;
/// Characters of a UUID.
const UUID_CHARACTERS: usize = 36;

/// `randomUuids()`: the texts of version 4 UUIDs, one behind the other.
pub(crate) fn random_uuids(_call: &mut Call<'_>) -> Result<Value, Exception> {
    let mut random = [[0_u8; 16]; UUIDS];
    fill(random.as_flattened_mut())?;
    let mut text = Vec::with_capacity(UUIDS * UUID_CHARACTERS);
    for bytes in &mut random {
        bytes[6] = (bytes[6] & 0x0f) | 0x40;
        bytes[8] = (bytes[8] & 0x3f) | 0x80;
        append_uuid(*bytes, &mut text);
    }
    Ok(Value::Latin1(text))
}

fn append_uuid(bytes: [u8; 16], text: &mut Vec<u8>) {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    let mut characters = [b'-'; UUID_CHARACTERS];
    let mut at = 0;
    for (index, byte) in bytes.into_iter().enumerate() {
        at += usize::from(matches!(index, 4 | 6 | 8 | 10));
        characters[at] = DIGITS[usize::from(byte >> 4)];
        characters[at + 1] = DIGITS[usize::from(byte & 15)];
        at += 2;
    }
    text.extend_from_slice(&characters);
}

#[cfg(test)]
mod tests {
    use super::{POOL_BYTES, Pool, UUID_CHARACTERS, append_uuid};

    #[test]
    fn a_uuid_has_its_five_groups() {
        let mut text = Vec::new();
        append_uuid([0xab; 16], &mut text);
        assert_eq!(text, b"abababab-abab-abab-abab-abababababab");
        assert_eq!(text.len(), UUID_CHARACTERS);
    }

    #[test]
    fn nothing_is_handed_out_twice_and_nothing_stays_behind() {
        let mut pool = Pool { bytes: [0; POOL_BYTES], left: 0 };
        let mut seen = std::collections::HashSet::new();
        for _ in 0..1_000 {
            let mut bytes = [0; 16];
            pool.take(&mut bytes).unwrap();
            assert!(seen.insert(bytes));
            assert!(pool.bytes[pool.left..].iter().all(|byte| *byte == 0));
        }
    }
}
