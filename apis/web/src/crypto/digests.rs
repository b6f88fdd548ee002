//! Hash functions and HMAC.

use openssl::{hash::MessageDigest, memcmp, pkey::PKey, sign::Signer};

use super::{Answer, Refused, Task, truth};

/// The hash with this name in Web Cryptography.
pub(crate) fn by_name(name: &str) -> Result<MessageDigest, Refused> {
    match name {
        "SHA-1" => Ok(MessageDigest::sha1()),
        "SHA-224" => Ok(MessageDigest::sha224()),
        "SHA-256" => Ok(MessageDigest::sha256()),
        "SHA-384" => Ok(MessageDigest::sha384()),
        "SHA-512" => Ok(MessageDigest::sha512()),
        "SHA3-256" => Ok(MessageDigest::sha3_256()),
        "SHA3-384" => Ok(MessageDigest::sha3_384()),
        "SHA3-512" => Ok(MessageDigest::sha3_512()),
        _ => Err(Refused),
    }
}

pub(crate) fn digest(name: &str, data: &[u8]) -> Result<Vec<u8>, Refused> {
    Ok(openssl::hash::hash(by_name(name)?, data)?.to_vec())
}

/// HMAC (RFC 2104).
pub(crate) fn mac(hash: MessageDigest, key: &[u8], data: &[&[u8]]) -> Result<Vec<u8>, Refused> {
    // A key of zero bytes means the same as no key, which alone the library takes.
    let key = PKey::hmac(if key.is_empty() { &[0] } else { key })?;
    let mut signer = Signer::new(hash, &key)?;
    for part in data {
        signer.update(part)?;
    }
    Ok(signer.sign_to_vec()?)
}

/// `hmac.sign(hash; key, data)`: the code. `hmac.verify(hash; key, data, code)`: whether it is.
pub(crate) fn hmac(task: &Task) -> Answer {
    let code = mac(by_name(&task.variant)?, task.bytes(0), &[task.bytes(1)])?;
    if task.name == "hmac.sign" {
        return Ok(vec![code]);
    }
    let given = task.bytes(2);
    truth(given.len() == code.len() && memcmp::eq(given, &code))
}
