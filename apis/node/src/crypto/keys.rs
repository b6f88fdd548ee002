//! Keys of two halves: read from text and bytes, written again, and kept under numbers.

use std::{cell::RefCell, collections::HashMap};

use dx_ops::{Call, ErrorClass, Exception, Host, Value};
use openssl::{
    bn::{BigNum, BigNumContext, BigNumRef},
    ec::{EcGroup, EcKey},
    nid::Nid,
    pkey::{Id, PKey, Private, Public},
    rsa::Rsa,
    symm::Cipher,
    x509::X509,
};

use super::{
    challenge::{Element, SEQUENCE},
    failure::{Outcome, coded, named, of},
};

/// One half, or both.
#[derive(Clone)]
pub(super) enum Key {
    Public(PKey<Public>),
    Private(PKey<Private>),
}

#[derive(Default)]
struct Keys {
    next: RefCell<u32>,
    open: RefCell<HashMap<u32, Key>>,
}

impl Key {
    pub(super) fn id(&self) -> Id {
        match self {
            Self::Public(key) => key.id(),
            Self::Private(key) => key.id(),
        }
    }

    /// The public half.
    pub(super) fn public(&self) -> Outcome<PKey<Public>> {
        match self {
            Self::Public(key) => Ok(key.clone()),
            Self::Private(key) => {
                let der = key.public_key_to_der().map_err(of)?;
                PKey::public_key_from_der(&der).map_err(of)
            }
        }
    }

    /// The private half.
    pub(super) fn private(&self) -> Outcome<&PKey<Private>> {
        match self {
            Self::Private(key) => Ok(key),
            Self::Public(_) => Err(coded(
                ErrorClass::TypeError,
                "ERR_CRYPTO_INVALID_KEY_OBJECT_TYPE",
                "Invalid key object type public, expected private.",
            )),
        }
    }
}

/// Keeps a key; its number.
pub(super) fn keep(host: &Host, key: Key) -> Value {
    let keys = host.state::<Keys>();
    let number = keys.next.replace_with(|number| number.wrapping_add(1)).wrapping_add(1);
    keys.open.borrow_mut().insert(number, key);
    Value::from(number)
}

/// The key that the argument at `index` names.
pub(super) fn key_at(call: &Call<'_>, index: usize) -> Outcome<Key> {
    let number = call.arguments.number(index) as u32;
    let keys = call.host.state::<Keys>();
    let key = keys.open.borrow().get(&number).cloned();
    key.ok_or_else(|| Exception::type_error("The key is gone"))
}

/// `keyClose(key)`
pub(super) fn close(call: &mut Call<'_>) -> Outcome<Value> {
    let number = call.arguments.number(0) as u32;
    call.host.state::<Keys>().open.borrow_mut().remove(&number);
    Ok(Value::Undefined)
}

// ---- Reading ---------------------------------------------------------------------------------

fn contains(text: &[u8], part: &[u8]) -> bool {
    text.windows(part.len()).any(|window| window == part)
}

fn no_start_line() -> Exception {
    named("PEM routines", "NO_START_LINE")
}

fn missing_passphrase() -> Exception {
    let message = "Passphrase required for encrypted key";
    coded(ErrorClass::TypeError, "ERR_MISSING_PASSPHRASE", message)
}

fn private_from_pem(pem: &[u8], passphrase: Option<&[u8]>) -> Outcome<PKey<Private>> {
    if !contains(pem, b"PRIVATE KEY-----") {
        return Err(no_start_line());
    }
    let is_encrypted = contains(pem, b"ENCRYPTED");
    if is_encrypted && passphrase.is_none() {
        return Err(missing_passphrase());
    }
    if is_encrypted && passphrase.is_some_and(|given| given.len() > PASSPHRASE_BYTES_MAX) {
        return Err(named("PEM routines", "BAD_PASSWORD_READ"));
    }
    let open = || PKey::private_key_from_pem_passphrase(pem, passphrase.unwrap_or_default());
    open()
        .or_else(|_| {
            dx_tls::legacy::load();
            open()
        })
        .map_err(|stack| match is_encrypted {
            true => named("Provider routines", "BAD_DECRYPT"),
            false => unreadable(pem, stack),
        })
}

/// The longest passphrase of a PEM file.
const PASSPHRASE_BYTES_MAX: usize = 1024;

/// Why a PEM file is no key: its kind is unknown, or it is damaged.
fn unreadable(pem: &[u8], stack: openssl::error::ErrorStack) -> Exception {
    if !contains(pem, b"BEGIN PRIVATE KEY") && !contains(pem, b"BEGIN PUBLIC KEY") {
        return of(stack);
    }
    let text = String::from_utf8_lossy(pem);
    let body: String = text.lines().filter(|line| !line.starts_with("-----")).collect();
    let der = openssl::base64::decode_block(&body).unwrap_or_default();
    let is_whole = Element::read(&der).is_some_and(|outer| {
        let first = Element::read(outer.contents);
        first.is_some_and(|first| first.tag == SEQUENCE || Element::read(first.rest).is_some())
    });
    match (is_whole, contains(pem, b"PRIVATE")) {
        (true, _) => named("digital envelope routines", "UNSUPPORTED_ALGORITHM"),
        (false, true) => named("asn1 encoding routines", "DECODE_ERROR"),
        (false, false) => of(stack),
    }
}

fn private_from_der(der: &[u8], kind: &str, passphrase: Option<&[u8]>) -> Outcome<PKey<Private>> {
    let read = match (kind, passphrase) {
        ("pkcs1", _) => Rsa::private_key_from_der(der).and_then(PKey::from_rsa),
        ("sec1", _) => EcKey::private_key_from_der(der).and_then(PKey::from_ec_key),
        (_, Some(passphrase)) => PKey::private_key_from_pkcs8_passphrase(der, passphrase)
            .or_else(|_| PKey::private_key_from_pkcs8(der)),
        _ => PKey::private_key_from_pkcs8(der),
    };
    read.map_err(|_| {
        let outer = Element::read(der);
        let first = outer.and_then(|outer| Element::read(outer.contents));
        match (outer, first) {
            (None, _) if der.is_empty() => named("asn1 encoding routines", "HEADER_TOO_LONG"),
            (None, _) => named("asn1 encoding routines", "NOT_ENOUGH_DATA"),
            (_, Some(first)) if kind == "pkcs8" && first.tag == SEQUENCE => match passphrase {
                Some(_) => named("Provider routines", "BAD_DECRYPT"),
                None => missing_passphrase(),
            },
            _ if kind == "pkcs8" => named("asn1 encoding routines", "DECODE_ERROR"),
            _ => named("digital envelope routines", "DECODE_ERROR"),
        }
    })
}

fn public_from_pem(pem: &[u8], passphrase: Option<&[u8]>) -> Outcome<PKey<Public>> {
    if contains(pem, b"BEGIN CERTIFICATE") {
        return X509::from_pem(pem).and_then(|it| it.public_key()).map_err(of);
    }
    if contains(pem, b"BEGIN RSA PUBLIC KEY") {
        return Rsa::public_key_from_pem_pkcs1(pem).and_then(PKey::from_rsa).map_err(of);
    }
    if contains(pem, b"BEGIN PUBLIC KEY") {
        return PKey::public_key_from_pem(pem).map_err(|stack| unreadable(pem, stack));
    }
    Key::Private(private_from_pem(pem, passphrase)?).public()
}

fn public_from_der(der: &[u8], kind: &str, passphrase: Option<&[u8]>) -> Outcome<PKey<Public>> {
    let read = match kind {
        "pkcs1" => Rsa::public_key_from_der_pkcs1(der).and_then(PKey::from_rsa),
        "pkcs8" | "sec1" => return Key::Private(private_from_der(der, kind, passphrase)?).public(),
        _ => PKey::public_key_from_der(der),
    };
    read.or_else(|_| Key::Private(private_from_der(der, kind, passphrase)?).public())
        .map_err(|_: Exception| Exception::new(ErrorClass::Error, "Failed to read asymmetric key"))
}

/// `keyRead(isPrivate, bytes, format, kind, passphrase)`: a key of PEM or DER.
pub(super) fn read(call: &mut Call<'_>) -> Outcome<Value> {
    let is_private = call.arguments.boolean(0);
    let bytes = call.expect_bytes(1, "key")?;
    let is_pem = call.arguments.string(2).as_deref() != Some("der");
    let kind = call.arguments.string(3).unwrap_or_default();
    let passphrase = call.arguments.bytes(4);
    let key = match (is_private, is_pem) {
        (true, true) => Key::Private(private_from_pem(bytes, passphrase)?),
        (true, false) => Key::Private(private_from_der(bytes, &kind, passphrase)?),
        (false, true) => Key::Public(public_from_pem(bytes, passphrase)?),
        (false, false) => Key::Public(public_from_der(bytes, &kind, passphrase)?),
    };
    Ok(keep(call.host, key))
}

/// `keyPublic(key)`: the public half of a key.
pub(super) fn public_of(call: &mut Call<'_>) -> Outcome<Value> {
    let key = key_at(call, 0)?.public()?;
    Ok(keep(call.host, Key::Public(key)))
}

fn invalid_jwk(what: &str) -> Exception {
    coded(ErrorClass::TypeError, "ERR_CRYPTO_INVALID_JWK", &format!("Invalid JWK {what}"))
}

/// `keyFromParts(kind, curve, ...parts)`: a key of a JWK's numbers: for RSA `n e [d p q dp dq
/// qi]`, for elliptic curves `x y [d]`, for the others `x [d]`.
pub(super) fn from_parts(call: &mut Call<'_>) -> Outcome<Value> {
    let curve = call.arguments.string(1).unwrap_or_default();
    let bytes = |index: usize| call.arguments.bytes(2 + index);
    let number = |index: usize| {
        let bytes = bytes(index).ok_or_else(|| invalid_jwk("data"))?;
        BigNum::from_slice(bytes).map_err(of)
    };
    let key = match call.expect_string(0, "kind")?.as_str() {
        "RSA" if bytes(2).is_some() => Rsa::from_private_components(
            number(0)?,
            number(1)?,
            number(2)?,
            number(3)?,
            number(4)?,
            number(5)?,
            number(6)?,
            number(7)?,
        )
        .and_then(PKey::from_rsa)
        .map(Key::Private)
        .map_err(|_| invalid_jwk("RSA key"))?,
        "RSA" => Rsa::from_public_components(number(0)?, number(1)?)
            .and_then(PKey::from_rsa)
            .map(Key::Public)
            .map_err(|_| invalid_jwk("RSA key"))?,
        "EC" => elliptic(&curve, number(0)?, number(1)?, bytes(2).map(|_| number(2)).transpose()?)?,
        _ => {
            let id = if curve == "X25519" { Id::X25519 } else { Id::ED25519 };
            let made = match bytes(1) {
                Some(d) => PKey::private_key_from_raw_bytes(d, id).map(Key::Private),
                None => PKey::public_key_from_raw_bytes(bytes(0).unwrap_or_default(), id)
                    .map(Key::Public),
            };
            made.map_err(|_| invalid_jwk("data"))?
        }
    };
    Ok(keep(call.host, key))
}

fn elliptic(curve: &str, x: BigNum, y: BigNum, d: Option<BigNum>) -> Outcome<Key> {
    let invalid = |_| invalid_jwk("EC key");
    let group = EcGroup::from_curve_name(curve_by_name(curve).unwrap_or(Nid::X9_62_PRIME256V1));
    let group = group.map_err(of)?;
    let public = EcKey::from_public_key_affine_coordinates(&group, &x, &y).map_err(invalid)?;
    let Some(d) = d else {
        return PKey::from_ec_key(public).map(Key::Public).map_err(of);
    };
    let private = EcKey::from_private_components(&group, &d, public.public_key());
    private.and_then(PKey::from_ec_key).map(Key::Private).map_err(invalid)
}

/// A curve by OpenSSL's name or the standard's.
pub(super) fn curve_by_name(name: &str) -> Option<Nid> {
    Some(match name {
        "P-256" | "prime256v1" | "secp256r1" => Nid::X9_62_PRIME256V1,
        "P-224" | "secp224r1" => Nid::SECP224R1,
        "P-384" | "secp384r1" => Nid::SECP384R1,
        "P-521" | "secp521r1" => Nid::SECP521R1,
        "secp256k1" => Nid::SECP256K1,
        _ => return None,
    })
}

// ---- Writing ---------------------------------------------------------------------------------

fn cipher_named(name: &str) -> Outcome<Cipher> {
    let cipher = match name.to_ascii_lowercase().as_str() {
        "aes-128-cbc" | "aes128" => Cipher::aes_128_cbc(),
        "aes-192-cbc" | "aes192" => Cipher::aes_192_cbc(),
        "aes-256-cbc" | "aes256" => Cipher::aes_256_cbc(),
        "des-ede3-cbc" => Cipher::des_ede3_cbc(),
        "des-cbc" => Cipher::des_cbc(),
        _ => return Err(coded(ErrorClass::Error, "ERR_CRYPTO_UNKNOWN_CIPHER", "Unknown cipher")),
    };
    Ok(cipher)
}

fn only_rsa() -> Exception {
    let message = "The selected key encoding pkcs1 can only be used for RSA keys.";
    coded(ErrorClass::Error, "ERR_CRYPTO_INCOMPATIBLE_KEY_OPTIONS", message)
}

fn only_curves() -> Exception {
    let message = "The selected key encoding sec1 can only be used for EC keys.";
    coded(ErrorClass::Error, "ERR_CRYPTO_INCOMPATIBLE_KEY_OPTIONS", message)
}

fn write_public(key: &PKey<Public>, is_pem: bool, kind: &str) -> Outcome<Vec<u8>> {
    if kind == "pkcs1" {
        let rsa = key.rsa().map_err(|_| only_rsa())?;
        let written =
            if is_pem { rsa.public_key_to_pem_pkcs1() } else { rsa.public_key_to_der_pkcs1() };
        return written.map_err(of);
    }
    if is_pem { key.public_key_to_pem() } else { key.public_key_to_der() }.map_err(of)
}

fn write_private(
    key: &PKey<Private>,
    is_pem: bool,
    kind: &str,
    sealed: Option<(Cipher, &[u8])>,
) -> Outcome<Vec<u8>> {
    let written = match (kind, is_pem, sealed) {
        ("pkcs1", ..) => {
            let rsa = key.rsa().map_err(|_| only_rsa())?;
            match (is_pem, sealed) {
                (false, _) => rsa.private_key_to_der(),
                (true, None) => rsa.private_key_to_pem(),
                (true, Some((cipher, secret))) => rsa.private_key_to_pem_passphrase(cipher, secret),
            }
        }
        ("sec1", ..) => {
            let ec = key.ec_key().map_err(|_| only_curves())?;
            match (is_pem, sealed) {
                (false, _) => ec.private_key_to_der(),
                (true, None) => ec.private_key_to_pem(),
                (true, Some((cipher, secret))) => ec.private_key_to_pem_passphrase(cipher, secret),
            }
        }
        (_, true, None) => key.private_key_to_pem_pkcs8(),
        (_, true, Some((cipher, secret))) => {
            key.private_key_to_pem_pkcs8_passphrase(cipher, secret)
        }
        (_, false, None) => key.private_key_to_pkcs8(),
        (_, false, Some((cipher, secret))) => key.private_key_to_pkcs8_passphrase(cipher, secret),
    };
    written.map_err(of)
}

/// `keyWrite(key, format, kind, cipher, passphrase)`: PEM or DER.
pub(super) fn write(call: &mut Call<'_>) -> Outcome<Value> {
    let key = key_at(call, 0)?;
    let is_pem = call.arguments.string(1).as_deref() == Some("pem");
    let kind = call.arguments.string(2).unwrap_or_default();
    let sealed = match (call.arguments.string(3), call.arguments.bytes(4)) {
        (Some(name), Some(passphrase)) => Some((cipher_named(&name)?, passphrase)),
        _ => None,
    };
    let written = match &key {
        Key::Public(key) => write_public(key, is_pem, &kind)?,
        Key::Private(key) => write_private(key, is_pem, &kind, sealed)?,
    };
    Ok(Value::Bytes(written))
}

fn bytes_of(number: &BigNumRef) -> Value {
    Value::Bytes(number.to_vec())
}

fn padded(number: &BigNumRef, length: usize) -> Value {
    Value::Bytes(number.to_vec_padded(length as i32).unwrap_or_else(|_| number.to_vec()))
}

/// `keyParts(key)`: a JWK's numbers, in the order of `keyFromParts`.
pub(super) fn parts(call: &mut Call<'_>) -> Outcome<Value> {
    let key = key_at(call, 0)?;
    let public = key.public()?;
    let private = match &key {
        Key::Private(key) => Some(key),
        Key::Public(_) => None,
    };
    Ok(Value::Array(match key.id() {
        Id::RSA | Id::RSA_PSS => rsa_parts(&public, private)?,
        Id::EC => curve_parts(&public, private)?,
        _ => {
            let mut parts = vec![Value::Bytes(public.raw_public_key().map_err(of)?)];
            if let Some(private) = private {
                parts.push(Value::Bytes(private.raw_private_key().map_err(of)?));
            }
            parts
        }
    }))
}

fn rsa_parts(public: &PKey<Public>, private: Option<&PKey<Private>>) -> Outcome<Vec<Value>> {
    let rsa = public.rsa().map_err(of)?;
    let mut parts = vec![bytes_of(rsa.n()), bytes_of(rsa.e())];
    if let Some(private) = private {
        let rsa = private.rsa().map_err(of)?;
        parts.push(bytes_of(rsa.d()));
        for number in [rsa.p(), rsa.q(), rsa.dmp1(), rsa.dmq1(), rsa.iqmp()] {
            parts.push(number.map_or(Value::Undefined, bytes_of));
        }
    }
    Ok(parts)
}

fn curve_parts(public: &PKey<Public>, private: Option<&PKey<Private>>) -> Outcome<Vec<Value>> {
    let ec = public.ec_key().map_err(of)?;
    let length = (ec.group().degree() as usize).div_ceil(8);
    let (mut x, mut y) = (BigNum::new().map_err(of)?, BigNum::new().map_err(of)?);
    let mut context = BigNumContext::new().map_err(of)?;
    let point = ec.public_key();
    point.affine_coordinates(ec.group(), &mut x, &mut y, &mut context).map_err(of)?;
    let mut parts = vec![padded(&x, length), padded(&y, length)];
    if let Some(private) = private {
        let ec = private.ec_key().map_err(of)?;
        parts.push(padded(ec.private_key(), length));
    }
    Ok(parts)
}

/// `keyDetails(key)`: `[kind]` with bits and exponent of RSA, the curve's name of others.
pub(super) fn details(call: &mut Call<'_>) -> Outcome<Value> {
    let key = key_at(call, 0)?;
    let public = key.public()?;
    let kind = |name: &str| vec![Value::from(name)];
    Ok(Value::Array(match key.id() {
        Id::RSA | Id::RSA_PSS => {
            let rsa = public.rsa().map_err(of)?;
            let name = if key.id() == Id::RSA { "rsa" } else { "rsa-pss" };
            let exponent = rsa.e().to_dec_str().map_err(of)?.to_string();
            vec![name.into(), public.bits().into(), exponent.into()]
        }
        Id::EC => {
            let curve = public.ec_key().map_err(of)?.group().curve_name();
            let name = curve.and_then(|nid| nid.short_name().ok());
            vec!["ec".into(), name.into()]
        }
        Id::ED25519 => kind("ed25519"),
        Id::X25519 => kind("x25519"),
        Id::ED448 => kind("ed448"),
        Id::X448 => kind("x448"),
        Id::DSA => {
            let bits = public.dsa().map_err(of)?;
            let lengths = [bits.p().num_bits() as u32, bits.q().num_bits() as u32];
            vec!["dsa".into(), lengths[0].into(), lengths[1].into()]
        }
        Id::DH => kind("dh"),
        _ => kind("unknown"),
    }))
}

/// `keyEquals(key, other)`
pub(super) fn equals(call: &mut Call<'_>) -> Outcome<Value> {
    let (one, other) = (key_at(call, 0)?, key_at(call, 1)?);
    Ok(Value::from(match (&one, &other) {
        (Key::Private(_), Key::Private(_)) | (Key::Public(_), Key::Public(_)) => {
            one.public()?.public_eq(&*other.public()?)
        }
        _ => false,
    }))
}
