//! RSA: OAEP, PSS and PKCS #1 v1.5 (RFC 8017).

use openssl::{
    bn::{BigNum, BigNumContext, BigNumRef},
    encrypt::{Decrypter, Encrypter},
    pkey::{HasPublic, Id, PKey, Private, Public},
    rsa::{Padding, Rsa, RsaPrivateKeyBuilder},
    sign::{RsaPssSaltlen, Signer, Verifier},
};

use super::{Answer, Refused, Task, digests, truth};

/// Bits of the shortest modulus: shorter ones hold no padded digest.
const MODULUS_BITS_MIN: i32 = 256;

/// The number that asks for PSS with a salt of `n` bytes is `n + 1`; zero is PKCS #1 v1.5.
fn salt(number: usize) -> Option<RsaPssSaltlen> {
    let length = number.checked_sub(1)?;
    Some(RsaPssSaltlen::custom(i32::try_from(length).unwrap_or(i32::MAX)))
}

/// - `rsa.generate(bits; exponent)`, `rsa.pkcs8(; der)`, `rsa.private(; n, e, d, p, q, dp, dq,
///   qi)`:
///   private key, public key, modulus, exponent
/// - `rsa.spki(; der)`, `rsa.public(; n, e)`: public key, modulus, exponent
/// - `rsa.parts(; private key)`: n, e, d, p, q, dp, dq, qi
/// - `rsa.sign(hash, salt; key, data)`, `rsa.verify(hash, salt; key, data, signature)`
/// - `rsa.encrypt(hash; key, data, label)`, `rsa.decrypt(hash; key, data, label)`
pub(crate) fn perform(task: &Task) -> Answer {
    match task.name.as_str() {
        "rsa.generate" => {
            let bits = u32::try_from(task.number).map_err(|_| Refused)?;
            let exponent = BigNum::from_slice(task.bytes(0))?;
            private(&PKey::from_rsa(Rsa::generate_with_e(bits, &exponent)?)?)
        }
        "rsa.pkcs8" => private(&private_key(task.bytes(0))?),
        "rsa.spki" => public(&public_key(task.bytes(0))?),
        "rsa.private" => private(&from_private_parts(task)?),
        "rsa.public" => {
            let (n, e) = (number(task, 0)?, number(task, 1)?);
            public(&PKey::from_rsa(Rsa::from_public_components(n, e)?)?)
        }
        "rsa.parts" => parts(&private_key(task.bytes(0))?.rsa()?),
        "rsa.sign" => sign(task),
        "rsa.verify" => verify(task),
        "rsa.encrypt" | "rsa.decrypt" => crypt(task),
        _ => Err(Refused),
    }
}

fn private_key(der: &[u8]) -> Result<PKey<Private>, Refused> {
    let key = PKey::private_key_from_pkcs8(der)?;
    if key.id() == Id::RSA { Ok(key) } else { Err(Refused) }
}

fn public_key(der: &[u8]) -> Result<PKey<Public>, Refused> {
    let key = PKey::public_key_from_der(der)?;
    if key.id() == Id::RSA { Ok(key) } else { Err(Refused) }
}

fn number(task: &Task, index: usize) -> Result<BigNum, Refused> {
    Ok(BigNum::from_slice(task.bytes(index))?)
}

fn from_private_parts(task: &Task) -> Result<PKey<Private>, Refused> {
    let part = |index| number(task, index);
    let key = RsaPrivateKeyBuilder::new(part(0)?, part(1)?, part(2)?)?
        .set_factors(part(3)?, part(4)?)?
        .set_crt_params(part(5)?, part(6)?, part(7)?)?
        .build();
    // That the factors are the modulus's is what tells mixed-up parts; whether they are prime
    // would take as long as making a key.
    let (mut product, mut context) = (BigNum::new()?, BigNumContext::new()?);
    product.checked_mul(&*part(3)?, &*part(4)?, &mut context)?;
    if &*product != key.n() {
        return Err(Refused);
    }
    Ok(PKey::from_rsa(key)?)
}

fn private(key: &PKey<Private>) -> Answer {
    let mut answer = vec![key.private_key_to_pkcs8()?];
    answer.extend(public(key)?);
    Ok(answer)
}

fn public<T: HasPublic>(key: &PKey<T>) -> Answer {
    let rsa = key.rsa()?;
    if rsa.n().num_bits() < MODULUS_BITS_MIN {
        return Err(Refused);
    }
    Ok(vec![key.public_key_to_der()?, rsa.n().to_vec(), rsa.e().to_vec()])
}

fn parts(key: &Rsa<Private>) -> Answer {
    let crt = [key.p(), key.q(), key.dmp1(), key.dmq1(), key.iqmp()];
    let mut answer = vec![key.n().to_vec(), key.e().to_vec(), key.d().to_vec()];
    for part in crt {
        answer.push(part.map(BigNumRef::to_vec).ok_or(Refused)?);
    }
    Ok(answer)
}

fn sign(task: &Task) -> Answer {
    let (hash, key) = (digests::by_name(&task.variant)?, private_key(task.bytes(0))?);
    let mut signer = Signer::new(hash, &key)?;
    if let Some(salt) = salt(task.number) {
        signer.set_rsa_padding(Padding::PKCS1_PSS)?;
        signer.set_rsa_pss_saltlen(salt)?;
        signer.set_rsa_mgf1_md(hash)?;
    }
    Ok(vec![signer.sign_oneshot_to_vec(task.bytes(1))?])
}

fn verify(task: &Task) -> Answer {
    let (hash, key) = (digests::by_name(&task.variant)?, public_key(task.bytes(0))?);
    let mut verifier = Verifier::new(hash, &key)?;
    if let Some(salt) = salt(task.number) {
        verifier.set_rsa_padding(Padding::PKCS1_PSS)?;
        verifier.set_rsa_pss_saltlen(salt)?;
        verifier.set_rsa_mgf1_md(hash)?;
    }
    truth(verifier.verify_oneshot(task.bytes(2), task.bytes(1)).unwrap_or(false))
}

fn crypt(task: &Task) -> Answer {
    let hash = digests::by_name(&task.variant)?;
    let (data, label) = (task.bytes(1), task.bytes(2));
    let (mut output, length);
    if task.name == "rsa.encrypt" {
        let key = public_key(task.bytes(0))?;
        let mut encrypter = Encrypter::new(&key)?;
        encrypter.set_rsa_padding(Padding::PKCS1_OAEP)?;
        encrypter.set_rsa_oaep_md(hash)?;
        encrypter.set_rsa_mgf1_md(hash)?;
        if !label.is_empty() {
            encrypter.set_rsa_oaep_label(label)?;
        }
        output = vec![0; encrypter.encrypt_len(data)?];
        length = encrypter.encrypt(data, &mut output)?;
    } else {
        let key = private_key(task.bytes(0))?;
        let mut decrypter = Decrypter::new(&key)?;
        decrypter.set_rsa_padding(Padding::PKCS1_OAEP)?;
        decrypter.set_rsa_oaep_md(hash)?;
        decrypter.set_rsa_mgf1_md(hash)?;
        if !label.is_empty() {
            decrypter.set_rsa_oaep_label(label)?;
        }
        output = vec![0; decrypter.decrypt_len(data)?];
        length = decrypter.decrypt(data, &mut output)?;
    }
    output.truncate(length);
    Ok(vec![output])
}
