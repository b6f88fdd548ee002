//! Questions.

use crate::record::Kind;

/// The longest message of one question: header, name, type and class.
pub const QUERY_BYTES_MAX: usize = 12 + NAME_BYTES_MAX + 4;

/// The longest name on the wire (RFC 1035 section 2.3.4).
const NAME_BYTES_MAX: usize = 255;
const LABEL_BYTES_MAX: usize = 63;

const FLAGS_RECURSION_DESIRED: u16 = 0x0100;
const CLASS_INTERNET: u16 = 1;

/// A name that no message can hold: a label is empty or too long, or all of it is too long.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct BadName;

fn write_name(name: &str, message: &mut Vec<u8>) -> Result<(), BadName> {
    let start = message.len();
    let name = name.strip_suffix('.').unwrap_or(name);
    for label in name.split('.').filter(|_| !name.is_empty()) {
        if label.is_empty() || label.len() > LABEL_BYTES_MAX {
            return Err(BadName);
        }
        message.push(label.len() as u8);
        message.extend_from_slice(label.as_bytes());
    }
    message.push(0);
    if message.len() - start > NAME_BYTES_MAX { Err(BadName) } else { Ok(()) }
}

/// The message that asks for the records of one kind of `name`, which an answer with the same
/// `id` follows.
///
/// # Errors
/// Where no message can hold the name.
pub fn write_query(id: u16, name: &str, kind: Kind) -> Result<Vec<u8>, BadName> {
    let mut message = Vec::with_capacity(QUERY_BYTES_MAX);
    for word in [id, FLAGS_RECURSION_DESIRED, 1, 0, 0, 0] {
        message.extend_from_slice(&word.to_be_bytes());
    }
    write_name(name, &mut message)?;
    for word in [kind.number(), CLASS_INTERNET] {
        message.extend_from_slice(&word.to_be_bytes());
    }
    Ok(message)
}

#[cfg(test)]
mod tests {
    use super::{BadName, Kind, write_query};

    #[test]
    fn a_question_has_its_name_in_labels() {
        let message = write_query(0x1234, "example.org", Kind::Mx).unwrap();
        assert_eq!(&message[..6], [0x12, 0x34, 1, 0, 0, 1]);
        assert_eq!(&message[12..], b"\x07example\x03org\0\0\x0f\0\x01");
        assert_eq!(write_query(0, "example.org.", Kind::Mx).unwrap()[12..], message[12..]);
    }

    #[test]
    fn names_that_do_not_fit_are_refused() {
        for name in ["a..b", ".a", &"x".repeat(64), &"abc.".repeat(70)] {
            assert_eq!(write_query(0, name, Kind::A), Err(BadName), "{name}");
        }
    }
}
