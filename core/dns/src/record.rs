//! Answers and their records.

use std::net::{Ipv4Addr, Ipv6Addr};

use crate::reader::{Malformed, Reader};

/// What can be asked for.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[allow(missing_docs)] // the names are those of the registry of record types
pub enum Kind {
    A,
    Ns,
    Cname,
    Soa,
    Ptr,
    Mx,
    Txt,
    Aaaa,
    Srv,
    Naptr,
    Tlsa,
    Any,
    Caa,
}

const KINDS: &[(Kind, u16, &str)] = &[
    (Kind::A, 1, "A"),
    (Kind::Ns, 2, "NS"),
    (Kind::Cname, 5, "CNAME"),
    (Kind::Soa, 6, "SOA"),
    (Kind::Ptr, 12, "PTR"),
    (Kind::Mx, 15, "MX"),
    (Kind::Txt, 16, "TXT"),
    (Kind::Aaaa, 28, "AAAA"),
    (Kind::Srv, 33, "SRV"),
    (Kind::Naptr, 35, "NAPTR"),
    (Kind::Tlsa, 52, "TLSA"),
    (Kind::Any, 255, "ANY"),
    (Kind::Caa, 257, "CAA"),
];

impl Kind {
    /// The kind of a name such as `MX`, in capital letters.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        KINDS.iter().find(|(_, _, known)| *known == name).map(|(kind, _, _)| *kind)
    }

    /// The inverse of [`Kind::from_name`].
    #[must_use]
    pub fn name(self) -> &'static str {
        KINDS.iter().find(|(kind, _, _)| *kind == self).map_or("", |(_, _, name)| name)
    }

    /// Its number on the wire.
    #[must_use]
    pub fn number(self) -> u16 {
        KINDS.iter().find(|(kind, _, _)| *kind == self).map_or(0, |(_, number, _)| *number)
    }

    fn from_number(number: u16) -> Option<Self> {
        KINDS.iter().find(|(_, known, _)| *known == number).map(|(kind, _, _)| *kind)
    }
}

/// What a record says.
#[derive(Clone, PartialEq, Eq, Debug)]
#[allow(missing_docs)] // the fields are those of RFC 1035, 2782, 3403, 6698 and 8659
pub enum Data {
    A(Ipv4Addr),
    Aaaa(Ipv6Addr),
    Ns(String),
    Cname(String),
    Ptr(String),
    Mx { priority: u16, exchange: String },
    Txt(Vec<Vec<u8>>),
    Srv { priority: u16, weight: u16, port: u16, name: String },
    Soa { name: String, host: String, numbers: [u32; 5] },
    Naptr { order: u16, preference: u16, texts: [Vec<u8>; 3], replacement: String },
    Tlsa { usage: u8, selector: u8, matching: u8, data: Vec<u8> },
    Caa { critical: u8, tag: Vec<u8>, value: Vec<u8> },
}

/// One record of an answer.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Record {
    /// Whose it is.
    pub name: String,
    /// Seconds it may be remembered.
    pub ttl_seconds: u32,
    /// What it says.
    pub data: Data,
}

/// How a server answered (RFC 1035 section 4.1.1).
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[allow(missing_docs)] // the names are the standard's
pub enum ResponseCode {
    NoError,
    FormatError,
    ServerFailure,
    NameError,
    NotImplemented,
    Refused,
    Other(u8),
}

/// A message that answers a question.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Response {
    /// The question's.
    pub id: u16,
    /// How the server answered.
    pub code: ResponseCode,
    /// Whether there is more than the message could hold: to be asked for over TCP.
    pub is_truncated: bool,
    /// The records of kinds that are known here.
    pub answers: Vec<Record>,
}

const FLAG_RESPONSE: u16 = 0x8000;
const FLAG_TRUNCATED: u16 = 0x0200;
const CLASS_INTERNET: u16 = 1;

impl Response {
    /// Reads a message. The records of a truncated one are not read.
    ///
    /// # Errors
    /// Where the message is no answer, or breaks the format.
    pub fn parse(message: &[u8]) -> Result<Self, Malformed> {
        let mut reader = Reader::new(message);
        let (id, flags) = (reader.word()?, reader.word()?);
        if flags & FLAG_RESPONSE == 0 {
            return Err(Malformed);
        }
        let (questions, answers) = (reader.word()?, reader.word()?);
        reader.bytes(4)?;
        let code = code_of((flags & 0xF) as u8);
        let is_truncated = flags & FLAG_TRUNCATED != 0;
        let mut response = Self { id, code, is_truncated, answers: Vec::new() };
        if is_truncated {
            return Ok(response);
        }
        for _ in 0..questions {
            reader.name()?;
            reader.bytes(4)?;
        }
        for _ in 0..answers {
            response.answers.extend(read_record(&mut reader)?);
        }
        Ok(response)
    }
}

fn code_of(number: u8) -> ResponseCode {
    match number {
        0 => ResponseCode::NoError,
        1 => ResponseCode::FormatError,
        2 => ResponseCode::ServerFailure,
        3 => ResponseCode::NameError,
        4 => ResponseCode::NotImplemented,
        5 => ResponseCode::Refused,
        other => ResponseCode::Other(other),
    }
}

fn read_record(reader: &mut Reader<'_>) -> Result<Option<Record>, Malformed> {
    let name = reader.name()?;
    let (number, class) = (reader.word()?, reader.word()?);
    let ttl_seconds = reader.double()?;
    let length = reader.word()?;
    let mut data = reader.part(length.into())?;
    let kind = Kind::from_number(number).filter(|_| class == CLASS_INTERNET);
    let data = match kind {
        Some(kind) => read_data(kind, &mut data)?,
        None => None,
    };
    Ok(data.map(|data| Record { name, ttl_seconds, data }))
}

fn array<const N: usize>(reader: &mut Reader<'_>) -> Result<[u8; N], Malformed> {
    reader.bytes(N)?.try_into().map_err(|_| Malformed)
}

fn read_data(kind: Kind, reader: &mut Reader<'_>) -> Result<Option<Data>, Malformed> {
    Ok(Some(match kind {
        Kind::A => Data::A(Ipv4Addr::from(array::<4>(reader)?)),
        Kind::Aaaa => Data::Aaaa(Ipv6Addr::from(array::<16>(reader)?)),
        Kind::Ns => Data::Ns(reader.name()?),
        Kind::Cname => Data::Cname(reader.name()?),
        Kind::Ptr => Data::Ptr(reader.name()?),
        Kind::Mx => Data::Mx { priority: reader.word()?, exchange: reader.name()? },
        Kind::Txt => {
            let mut texts = Vec::new();
            while !reader.is_empty() {
                texts.push(reader.counted()?.to_vec());
            }
            Data::Txt(texts)
        }
        Kind::Srv => {
            let (priority, weight, port) = (reader.word()?, reader.word()?, reader.word()?);
            Data::Srv { priority, weight, port, name: reader.name()? }
        }
        Kind::Soa => {
            let (name, host) = (reader.name()?, reader.name()?);
            let mut numbers = [0; 5];
            for number in &mut numbers {
                *number = reader.double()?;
            }
            Data::Soa { name, host, numbers }
        }
        Kind::Naptr => {
            let (order, preference) = (reader.word()?, reader.word()?);
            let mut text = || reader.counted().map(<[u8]>::to_vec);
            let texts = [text()?, text()?, text()?];
            Data::Naptr { order, preference, texts, replacement: reader.name()? }
        }
        Kind::Tlsa => {
            let [usage, selector, matching] = array::<3>(reader)?;
            Data::Tlsa { usage, selector, matching, data: reader.rest().to_vec() }
        }
        Kind::Caa => {
            let critical = reader.byte()?;
            let tag = reader.counted()?.to_vec();
            Data::Caa { critical, tag, value: reader.rest().to_vec() }
        }
        Kind::Any => return Ok(None),
    }))
}

#[cfg(test)]
mod tests {
    use super::{Data, Kind, Malformed, Response, ResponseCode};
    use crate::write_query;

    /// An answer to the question for `example.org`, its records behind it.
    fn answer(records: &[&[u8]]) -> Vec<u8> {
        let mut message = write_query(7, "example.org", Kind::Any).unwrap();
        message[2] |= 0x80;
        message[7] = records.len() as u8;
        records.iter().for_each(|record| message.extend_from_slice(record));
        message
    }

    const MAIL: &[u8] = b"\xc0\x0c\0\x0f\0\x01\0\0\0\x0a\0\x09\0\x05\x04mail\xc0\x0c";

    #[test]
    fn names_follow_pointers() {
        let response = Response::parse(&answer(&[MAIL])).unwrap();
        assert_eq!((response.id, response.code), (7, ResponseCode::NoError));
        assert_eq!(response.answers[0].name, "example.org");
        let expected = Data::Mx { priority: 5, exchange: "mail.example.org".into() };
        assert_eq!(response.answers[0].data, expected);
        assert_eq!(response.answers[0].ttl_seconds, 10);
    }

    #[test]
    fn unknown_kinds_are_passed_over() {
        let unknown = b"\0\xff\xfe\0\x01\0\0\0\0\0\x02ab";
        let response = Response::parse(&answer(&[unknown, MAIL])).unwrap();
        assert_eq!(response.answers.len(), 1);
    }

    #[test]
    fn every_cut_is_malformed_or_shorter() {
        let message = answer(&[MAIL]);
        for length in 0..message.len() {
            assert_eq!(Response::parse(&message[..length]), Err(Malformed), "{length}");
        }
    }

    #[test]
    fn pointers_cannot_go_in_circles() {
        let own = b"\xc0\x1d\0\x01\0\x01\0\0\0\0\0\x04abcd";
        assert_eq!(Response::parse(&answer(&[own])), Err(Malformed));
    }

    #[test]
    fn counts_that_promise_too_much_are_malformed() {
        let mut message = answer(&[MAIL]);
        message[7] = 2;
        assert_eq!(Response::parse(&message), Err(Malformed));
    }
}
