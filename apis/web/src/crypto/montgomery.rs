//! Ed25519 (RFC 8032) and X25519 (RFC 7748).

use openssl::{
    derive::Deriver,
    pkey::{Id, PKey, Private, Public},
    sign::{Signer, Verifier},
};

use super::{Answer, Refused, Task, truth};

fn curve(name: &str) -> Result<Id, Refused> {
    match name {
        "Ed25519" => Ok(Id::ED25519),
        "X25519" => Ok(Id::X25519),
        _ => Err(Refused),
    }
}

fn own(task: &Task) -> Result<PKey<Private>, Refused> {
    Ok(PKey::private_key_from_raw_bytes(task.bytes(0), curve(&task.variant)?)?)
}

fn other(task: &Task, index: usize) -> Result<PKey<Public>, Refused> {
    Ok(PKey::public_key_from_raw_bytes(task.bytes(index), curve(&task.variant)?)?)
}

/// The variant is the curve; keys are raw.
/// - `okp.generate`, `okp.pkcs8(der)`, `okp.private(raw)`: private key, public key
/// - `okp.spki(der)`, `okp.public(raw)`: public key
/// - `okp.toPkcs8(private key)`, `okp.toSpki(public key)`: DER
/// - `okp.sign(key, data)`, `okp.verify(key, data, signature)`
/// - `okp.derive(private key, public key)`
pub(crate) fn perform(task: &Task) -> Answer {
    let id = curve(&task.variant)?;
    match task.name.as_str() {
        "okp.generate" if id == Id::ED25519 => pair(&PKey::generate_ed25519()?),
        "okp.generate" => pair(&PKey::generate_x25519()?),
        "okp.private" => pair(&own(task)?),
        "okp.pkcs8" => {
            let key = PKey::private_key_from_pkcs8(task.bytes(0))?;
            if key.id() == id { pair(&key) } else { Err(Refused) }
        }
        "okp.spki" => {
            let key = PKey::public_key_from_der(task.bytes(0))?;
            if key.id() == id { Ok(vec![key.raw_public_key()?]) } else { Err(Refused) }
        }
        "okp.public" => Ok(vec![other(task, 0)?.raw_public_key()?]),
        "okp.toPkcs8" => Ok(vec![own(task)?.private_key_to_pkcs8()?]),
        "okp.toSpki" => Ok(vec![other(task, 0)?.public_key_to_der()?]),
        "okp.sign" => {
            let key = own(task)?;
            Ok(vec![Signer::new_without_digest(&key)?.sign_oneshot_to_vec(task.bytes(1))?])
        }
        "okp.verify" => {
            let key = other(task, 0)?;
            let mut verifier = Verifier::new_without_digest(&key)?;
            truth(verifier.verify_oneshot(task.bytes(2), task.bytes(1)).unwrap_or(false))
        }
        "okp.derive" => {
            let (key, peer) = (own(task)?, other(task, 1)?);
            let mut deriver = Deriver::new(&key)?;
            deriver.set_peer(&peer)?;
            Ok(vec![deriver.derive_to_vec()?])
        }
        _ => Err(Refused),
    }
}

fn pair(key: &PKey<Private>) -> Answer {
    Ok(vec![key.raw_private_key()?, key.raw_public_key()?])
}
