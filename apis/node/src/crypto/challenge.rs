//! Signed public keys and challenges (SPKAC), as browsers once sent them.

use dx_ops::{Call, Value};
use openssl::{hash::MessageDigest, pkey::PKey, sign::Verifier};

use super::failure::Outcome;

/// The tag of what holds several elements.
pub(super) const SEQUENCE: u8 = 0x30;

/// One element of DER.
#[derive(Clone, Copy)]
pub(super) struct Element<'a> {
    pub(super) tag: u8,
    pub(super) contents: &'a [u8],
    /// The element with its tag and length.
    whole: &'a [u8],
    /// What follows it.
    pub(super) rest: &'a [u8],
}

impl<'a> Element<'a> {
    /// The element that `der` begins with; `None` where it is cut short.
    pub(super) fn read(der: &'a [u8]) -> Option<Self> {
        let [tag, first, rest @ ..] = der else { return None };
        let (length, header) = match *first {
            short @ 0..0x80 => (usize::from(short), 2),
            long => {
                let count = usize::from(long & 0x7F);
                let digits = rest.get(..count).filter(|digits| digits.len() <= 4)?;
                let length = digits.iter().fold(0, |sum, byte| sum << 8 | usize::from(*byte));
                (length, 2 + count)
            }
        };
        let contents = der.get(header..header + length)?;
        let (whole, rest) = der.split_at(header + length);
        Some(Self { tag: *tag, contents, whole, rest })
    }
}

fn sequence(der: &[u8]) -> Option<Element<'_>> {
    Element::read(der).filter(|element| element.tag == SEQUENCE)
}

struct Challenge<'a> {
    signed: &'a [u8],
    key: &'a [u8],
    text: &'a [u8],
    algorithm: &'a [u8],
    signature: &'a [u8],
}

fn parse(der: &[u8]) -> Option<Challenge<'_>> {
    let signed = sequence(sequence(der)?.contents)?;
    let key = Element::read(signed.contents)?;
    let text = Element::read(key.rest)?;
    let algorithm = Element::read(signed.rest)?;
    let signature = Element::read(algorithm.rest)?;
    Some(Challenge {
        signed: signed.whole,
        key: key.whole,
        text: text.contents,
        algorithm: Element::read(algorithm.contents)?.contents,
        signature: signature.contents.get(1..)?,
    })
}

/// Digests of RSA's signatures by the last byte of their identifiers, 1.2.840.113549.1.1.x.
fn digest_of(algorithm: &[u8]) -> Option<MessageDigest> {
    Some(match algorithm.last()? {
        4 => MessageDigest::md5(),
        5 => MessageDigest::sha1(),
        11 => MessageDigest::sha256(),
        12 => MessageDigest::sha384(),
        13 => MessageDigest::sha512(),
        _ => return None,
    })
}

fn is_valid(challenge: &Challenge<'_>) -> Option<bool> {
    let key = PKey::public_key_from_der(challenge.key).ok()?;
    let mut verifier = Verifier::new(digest_of(challenge.algorithm)?, &key).ok()?;
    verifier.verify_oneshot(challenge.signature, challenge.signed).ok()
}

/// `challengeRead(der)`: `[isValid, publicKeyPem, challenge]`; undefined where it is none.
pub(super) fn read(call: &mut Call<'_>) -> Outcome<Value> {
    let der = call.expect_bytes(0, "spkac")?;
    let Some(challenge) = parse(der) else { return Ok(Value::Undefined) };
    let pem = PKey::public_key_from_der(challenge.key).and_then(|key| key.public_key_to_pem());
    Ok(Value::Array(vec![
        is_valid(&challenge).unwrap_or(false).into(),
        pem.map_or(Value::Undefined, Value::Bytes),
        Value::Bytes(challenge.text.to_vec()),
    ]))
}
