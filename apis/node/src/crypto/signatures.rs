//! Signatures, and RSA's encryption.

use dx_ops::{Call, Deferred, ErrorClass, Exception, Value};
use openssl::{
    bn::BigNum,
    ecdsa::EcdsaSig,
    hash::MessageDigest,
    pkey::{HasParams, Id, PKey, PKeyRef, Private, Public},
    rsa::Padding,
    sign::{RsaPssSaltlen, Signer, Verifier},
};

use super::{
    failure::{Outcome, coded, failed, named, of},
    keys::key_at,
};

const PADDING_PKCS1: u32 = 1;
const PADDING_NONE: u32 = 3;
const PADDING_OAEP: u32 = 4;
const PADDING_PSS: u32 = 6;

/// How to sign: arguments `digest, padding, saltLength, isRaw`.
#[derive(Clone)]
struct Manner {
    digest: Option<MessageDigest>,
    padding: Option<u32>,
    salt_length: Option<i32>,
    /// Two numbers of fixed length (IEEE P1363) in place of DER.
    is_raw: bool,
}

fn optional(call: &Call<'_>, index: usize) -> Option<f64> {
    Some(call.arguments.number(index)).filter(|number| !number.is_nan())
}

fn manner(call: &Call<'_>, at: usize) -> Outcome<Manner> {
    let digest = match call.arguments.string(at) {
        None => None,
        Some(name) => Some(digest_named(&name)?),
    };
    Ok(Manner {
        digest,
        padding: optional(call, at + 1).map(|number| number as u32),
        salt_length: optional(call, at + 2).map(|number| number as i32),
        is_raw: call.arguments.boolean(at + 3),
    })
}

/// A digest by name, or the error of one that is unknown.
pub(super) fn digest_named(name: &str) -> Outcome<MessageDigest> {
    MessageDigest::from_name(name).ok_or_else(|| {
        let message = format!("Invalid digest: {name}");
        coded(ErrorClass::TypeError, "ERR_CRYPTO_INVALID_DIGEST", &message)
    })
}

fn padding_of(number: u32) -> Padding {
    match number {
        PADDING_NONE => Padding::NONE,
        PADDING_OAEP => Padding::PKCS1_OAEP,
        PADDING_PSS => Padding::PKCS1_PSS,
        _ => Padding::PKCS1,
    }
}

fn salt(length: i32) -> RsaPssSaltlen {
    match length {
        -1 => RsaPssSaltlen::DIGEST_LENGTH,
        -2 => RsaPssSaltlen::MAXIMUM_LENGTH,
        -3 => RsaPssSaltlen::custom(-2),
        length => RsaPssSaltlen::custom(length),
    }
}

/// The digest a key is used with: Edwards curves have one of their own.
fn digest_for(id: Id, digest: Option<MessageDigest>) -> Option<MessageDigest> {
    match id {
        Id::ED25519 | Id::ED448 => None,
        _ => Some(digest.unwrap_or_else(MessageDigest::sha256)),
    }
}

impl Manner {
    fn sign(&self, key: &PKey<Private>, data: &[u8]) -> Outcome<Vec<u8>> {
        let digest = digest_for(key.id(), self.digest);
        let mut signer = match digest {
            Some(digest) => Signer::new(digest, key),
            None => Signer::new_without_digest(key),
        }
        .map_err(|_| unsupported())?;
        if matches!(key.id(), Id::RSA | Id::RSA_PSS) {
            let padding = padding_of(self.padding.unwrap_or(PADDING_PKCS1));
            signer.set_rsa_padding(padding).map_err(illegal_padding)?;
            if self.padding == Some(PADDING_PSS) {
                let length = self.salt_length.unwrap_or(-2);
                signer.set_rsa_pss_saltlen(salt(length)).map_err(of)?;
            }
        }
        let signature = signer.sign_oneshot_to_vec(data).map_err(|stack| {
            if self.padding == Some(PADDING_PSS) { too_small() } else { of(stack) }
        })?;
        match (self.is_raw, field_bytes(key)) {
            (true, Some(length)) => to_raw(&signature, length),
            _ => Ok(signature),
        }
    }

    fn verify(&self, key: &PKey<Public>, data: &[u8], signature: &[u8]) -> Outcome<bool> {
        let digest = digest_for(key.id(), self.digest);
        let mut verifier = match digest {
            Some(digest) => Verifier::new(digest, key),
            None => Verifier::new_without_digest(key),
        }
        .map_err(|_| unsupported())?;
        if matches!(key.id(), Id::RSA | Id::RSA_PSS) {
            let padding = padding_of(self.padding.unwrap_or(PADDING_PKCS1));
            verifier.set_rsa_padding(padding).map_err(illegal_padding)?;
            if self.padding == Some(PADDING_PSS) {
                let length = match self.salt_length.unwrap_or(-2) {
                    -2 => -3,
                    length => length,
                };
                verifier.set_rsa_pss_saltlen(salt(length)).map_err(of)?;
            }
        }
        let signature = match (self.is_raw, field_bytes(key)) {
            (true, Some(length)) => match from_raw(signature, length) {
                Some(signature) => signature,
                None => return Ok(false),
            },
            _ => signature.to_vec(),
        };
        Ok(verifier.verify_oneshot(&signature, data).unwrap_or(false))
    }
}

fn unsupported() -> Exception {
    named("digital envelope routines", "OPERATION_NOT_SUPPORTED_FOR_THIS_KEYTYPE")
}

fn illegal_padding(_stack: openssl::error::ErrorStack) -> Exception {
    named("rsa routines", "ILLEGAL_OR_UNSUPPORTED_PADDING_MODE")
}

fn too_small() -> Exception {
    named("rsa routines", "DATA_TOO_LARGE_FOR_KEY_SIZE")
}

/// How long each number of an elliptic curve's signature is.
fn field_bytes<T: HasParams>(key: &PKeyRef<T>) -> Option<usize> {
    let curve = key.ec_key().ok()?;
    let mut order = BigNum::new().ok()?;
    let mut context = openssl::bn::BigNumContext::new().ok()?;
    curve.group().order(&mut order, &mut context).ok()?;
    Some(order.num_bytes() as usize)
}

fn to_raw(der: &[u8], length: usize) -> Outcome<Vec<u8>> {
    let signature = EcdsaSig::from_der(der).map_err(of)?;
    let mut raw = signature.r().to_vec_padded(length as i32).map_err(of)?;
    raw.extend(signature.s().to_vec_padded(length as i32).map_err(of)?);
    Ok(raw)
}

fn from_raw(raw: &[u8], length: usize) -> Option<Vec<u8>> {
    if raw.len() != length * 2 {
        return None;
    }
    let number = |part: &[u8]| BigNum::from_slice(part).ok();
    let (r, s) = raw.split_at(length);
    EcdsaSig::from_private_components(number(r)?, number(s)?).ok()?.to_der().ok()
}

/// `signNow(key, data, digest, padding, saltLength, isRaw)`
pub(super) fn sign_now(call: &mut Call<'_>) -> Outcome<Value> {
    let manner = manner(call, 2)?;
    let key = key_at(call, 0)?;
    manner.sign(key.private()?, call.expect_bytes(1, "data")?).map(Value::Bytes)
}

/// `signElsewhere(...)`
pub(super) fn sign_elsewhere(call: &mut Call<'_>, deferred: Deferred) -> Outcome<()> {
    let manner = manner(call, 2)?;
    let key = key_at(call, 0)?.private()?.clone();
    let data = call.expect_bytes(1, "data")?.to_vec();
    super::run_elsewhere(call.host, deferred, Value::Bytes, move || manner.sign(&key, &data));
    Ok(())
}

/// `verifyNow(key, data, digest, padding, saltLength, isRaw, signature)`
pub(super) fn verify_now(call: &mut Call<'_>) -> Outcome<Value> {
    let manner = manner(call, 2)?;
    let key = key_at(call, 0)?.public()?;
    let (data, signature) = (call.expect_bytes(1, "data")?, call.expect_bytes(6, "signature")?);
    manner.verify(&key, data, signature).map(Value::from)
}

/// `verifyElsewhere(...)`
pub(super) fn verify_elsewhere(call: &mut Call<'_>, deferred: Deferred) -> Outcome<()> {
    let manner = manner(call, 2)?;
    let key = key_at(call, 0)?.public()?;
    let data = call.expect_bytes(1, "data")?.to_vec();
    let signature = call.expect_bytes(6, "signature")?.to_vec();
    super::run_elsewhere(call.host, deferred, Value::Boolean, move || {
        manner.verify(&key, &data, &signature)
    });
    Ok(())
}

// ---- RSA -------------------------------------------------------------------------------------

fn oaep(call: &Call<'_>, context: &mut openssl::pkey_ctx::PkeyCtxRef<impl Sized>) -> Outcome<()> {
    let name = call.arguments.string(4).unwrap_or_else(|| "sha1".to_owned());
    let digest = openssl::md::Md::fetch(None, &name, None).map_err(|_| {
        coded(
            ErrorClass::TypeError,
            "ERR_CRYPTO_INVALID_DIGEST",
            &format!("Invalid digest: {name}"),
        )
    })?;
    context.set_rsa_oaep_md(&digest).map_err(of)?;
    match call.arguments.bytes(5) {
        Some(label) if !label.is_empty() => context.set_rsa_oaep_label(label).map_err(of),
        _ => Ok(()),
    }
}

/// `rsaCrypt(how, key, data, padding, hash, label)`: `how` is one of `publicEncrypt`,
/// `privateDecrypt`, `privateEncrypt` and `publicDecrypt`.
pub(super) fn crypt(call: &mut Call<'_>) -> Outcome<Value> {
    let how = call.expect_string(0, "how")?;
    let key = key_at(call, 1)?;
    let data = call.expect_bytes(2, "data")?;
    let number = call.arguments.number(3) as u32;
    if key.id() != Id::RSA {
        return Err(named("digital envelope routines", "OPERATION_NOT_SUPPORTED_FOR_THIS_KEYTYPE"));
    }
    let padding = padding_of(number);
    match how.as_str() {
        "publicEncrypt" | "privateDecrypt" => {
            let mut out = Vec::new();
            if how == "publicEncrypt" {
                let public = key.public()?;
                let mut context = openssl::pkey_ctx::PkeyCtx::new(&public).map_err(of)?;
                context.encrypt_init().map_err(of)?;
                context.set_rsa_padding(padding).map_err(illegal_padding)?;
                if number == PADDING_OAEP {
                    oaep(call, &mut context)?;
                }
                context.encrypt_to_vec(data, &mut out).map_err(of)?;
            } else {
                let private = key.private()?;
                let mut context = openssl::pkey_ctx::PkeyCtx::new(private).map_err(of)?;
                context.decrypt_init().map_err(of)?;
                context.set_rsa_padding(padding).map_err(illegal_padding)?;
                if number == PADDING_OAEP {
                    oaep(call, &mut context)?;
                }
                context.decrypt_to_vec(data, &mut out).map_err(|_| undecipherable(number))?;
            }
            Ok(Value::Bytes(out))
        }
        "privateEncrypt" => {
            let rsa = key.private()?.rsa().map_err(of)?;
            let mut out = vec![0; rsa.size() as usize];
            let length = rsa.private_encrypt(data, &mut out, padding).map_err(of)?;
            out.truncate(length);
            Ok(Value::Bytes(out))
        }
        _ => {
            let rsa = key.public()?.rsa().map_err(of)?;
            let mut out = vec![0; rsa.size() as usize];
            let length = rsa.public_decrypt(data, &mut out, padding).map_err(of)?;
            out.truncate(length);
            Ok(Value::Bytes(out))
        }
    }
}

fn undecipherable(padding: u32) -> Exception {
    match padding {
        PADDING_OAEP => named("rsa routines", "OAEP_DECODING_ERROR"),
        PADDING_PKCS1 => named("rsa routines", "PKCS_DECODING_ERROR"),
        _ => failed("Decryption"),
    }
}
