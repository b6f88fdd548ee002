//! Secrets that two sides agree on: Diffie-Hellman over numbers (RFC 2631), and over curves.

use dx_ops::{Call, Deferred, ErrorClass, Value};
use openssl::{
    bn::{BigNum, BigNumContext},
    derive::Deriver,
    ec::{EcGroup, EcKey, EcPoint, PointConversionForm},
    pkey::{PKey, Private, Public},
};

use super::{
    failure::{Outcome, coded, failed, of},
    keys::{curve_by_name, key_at},
};

const PRIME_CHECKS: i32 = 64;

// ---- Numbers ---------------------------------------------------------------------------------

fn number(call: &Call<'_>, index: usize) -> Outcome<BigNum> {
    BigNum::from_slice(call.arguments.bytes(index).unwrap_or_default()).map_err(of)
}

fn padded(number: &openssl::bn::BigNumRef, length: i32) -> Value {
    Value::Bytes(number.to_vec_padded(length).unwrap_or_else(|_| number.to_vec()))
}

/// The least bits of a safe prime that leaves the remainders asked for.
const PRIME_BITS_MIN: i32 = 13;

/// `dhPrime(bits, generator)`: a safe prime, whose remainder makes the generator one.
pub(super) fn prime(call: &mut Call<'_>) -> Outcome<Value> {
    let bits = (call.arguments.number(0) as i32).max(PRIME_BITS_MIN);
    let (modulus, remainder) = match call.arguments.number(1) as u32 {
        2 => (24, 11),
        5 => (10, 3),
        _ => (12, 11),
    };
    let (modulus, remainder) = (BigNum::from_u32(modulus), BigNum::from_u32(remainder));
    let (modulus, remainder) = (modulus.map_err(of)?, remainder.map_err(of)?);
    let mut prime = BigNum::new().map_err(of)?;
    prime.generate_prime(bits, true, Some(&modulus), Some(&remainder)).map_err(of)?;
    Ok(Value::Bytes(prime.to_vec()))
}

/// `dhGroup(name)`: the prime of a group of RFC 3526; undefined where there is none of the name.
pub(super) fn known_group(call: &mut Call<'_>) -> Outcome<Value> {
    let prime = match call.expect_string(0, "group")?.to_ascii_lowercase().as_str() {
        "modp5" => BigNum::get_rfc3526_prime_1536(),
        "modp14" => BigNum::get_rfc3526_prime_2048(),
        "modp15" => BigNum::get_rfc3526_prime_3072(),
        "modp16" => BigNum::get_rfc3526_prime_4096(),
        "modp17" => BigNum::get_rfc3526_prime_6144(),
        "modp18" => BigNum::get_rfc3526_prime_8192(),
        _ => return Ok(Value::Undefined),
    };
    prime.map(|prime| Value::Bytes(prime.to_vec())).map_err(of)
}

/// `dhGenerate(prime, generator, private or undefined)`: `[public, private]`.
pub(super) fn generate(call: &mut Call<'_>) -> Outcome<Value> {
    let (prime, generator) = (number(call, 0)?, number(call, 1)?);
    let length = prime.num_bytes();
    let mut context = BigNumContext::new().map_err(of)?;
    let private = match call.arguments.bytes(2) {
        Some(bytes) => BigNum::from_slice(bytes).map_err(of)?,
        None => {
            let mut private = BigNum::new().map_err(of)?;
            while private.num_bits() < 2 {
                prime.rand_range(&mut private).map_err(of)?;
            }
            private
        }
    };
    let mut public = BigNum::new().map_err(of)?;
    public.mod_exp(&generator, &private, &prime, &mut context).map_err(of)?;
    Ok(Value::Array(vec![padded(&public, length), Value::Bytes(private.to_vec())]))
}

/// `dhSecret(prime, private, public)`: the secret, as long as the prime; -1 where the other's
/// number is too small, 1 where it is too large.
pub(super) fn secret(call: &mut Call<'_>) -> Outcome<Value> {
    let (prime, private, public) = (number(call, 0)?, number(call, 1)?, number(call, 2)?);
    if public.num_bits() < 2 {
        return Ok(Value::from(-1));
    }
    let mut most = BigNum::new().map_err(of)?;
    let two = BigNum::from_u32(2).map_err(of)?;
    most.checked_sub(&prime, &two).map_err(of)?;
    if public > most {
        return Ok(Value::from(1));
    }
    let mut context = BigNumContext::new().map_err(of)?;
    let mut secret = BigNum::new().map_err(of)?;
    secret.mod_exp(&public, &private, &prime, &mut context).map_err(of)?;
    Ok(padded(&secret, prime.num_bytes()))
}

/// `dhCheck(prime, generator)`: the bits of what is wrong with the two, as BoringSSL numbers them;
/// undefined where they cannot be checked.
pub(super) fn check(call: &mut Call<'_>) -> Outcome<Value> {
    const NOT_PRIME: u32 = 1;
    const NOT_SAFE: u32 = 2;
    const UNKNOWN_GENERATOR: u32 = 4;
    const UNSUITABLE_GENERATOR: u32 = 8;
    const BITS_MAX: i32 = 10_000;
    let (prime, generator) = (number(call, 0)?, number(call, 1)?);
    if !prime.is_bit_set(0) || prime.num_bits() > BITS_MAX || generator >= prime {
        return Ok(Value::Undefined);
    }
    let remainder = |modulus| prime.mod_word(modulus).map_err(of);
    let mut wrong = match generator.mod_word(u32::MAX).map_err(of)? {
        2 if remainder(24)? == 11 => 0,
        5 if matches!(remainder(10)?, 3 | 7) => 0,
        2 | 5 => UNSUITABLE_GENERATOR,
        _ => UNKNOWN_GENERATOR,
    };
    let mut context = BigNumContext::new().map_err(of)?;
    if !prime.is_prime(PRIME_CHECKS, &mut context).map_err(of)? {
        wrong |= NOT_PRIME;
    } else {
        let mut half = BigNum::new().map_err(of)?;
        half.rshift1(&prime).map_err(of)?;
        if !half.is_prime(PRIME_CHECKS, &mut context).map_err(of)? {
            wrong |= NOT_SAFE;
        }
    }
    Ok(Value::from(wrong))
}

// ---- Curves ----------------------------------------------------------------------------------

fn group(call: &Call<'_>) -> Outcome<EcGroup> {
    let name = call.expect_string(0, "curve")?;
    let unknown =
        || coded(ErrorClass::TypeError, "ERR_CRYPTO_INVALID_CURVE", "Invalid EC curve name");
    EcGroup::from_curve_name(curve_by_name(&name).ok_or_else(unknown)?).map_err(of)
}

fn form(call: &Call<'_>, index: usize) -> PointConversionForm {
    match call.arguments.string(index).as_deref() {
        Some("compressed") => PointConversionForm::COMPRESSED,
        Some("hybrid") => PointConversionForm::HYBRID,
        _ => PointConversionForm::UNCOMPRESSED,
    }
}

/// `ecdhGenerate(curve)`: `[private, public]`.
pub(super) fn curve_generate(call: &mut Call<'_>) -> Outcome<Value> {
    let group = group(call)?;
    let key = EcKey::generate(&group).map_err(of)?;
    let mut context = BigNumContext::new().map_err(of)?;
    let uncompressed = PointConversionForm::UNCOMPRESSED;
    let public = key.public_key().to_bytes(&group, uncompressed, &mut context).map_err(of)?;
    Ok(Value::Array(vec![Value::Bytes(key.private_key().to_vec()), Value::Bytes(public)]))
}

/// `ecdhPublic(curve, private)`: the public point; undefined where the number is none of the
/// curve's.
pub(super) fn curve_public(call: &mut Call<'_>) -> Outcome<Value> {
    let group = group(call)?;
    let private = number(call, 1)?;
    let mut context = BigNumContext::new().map_err(of)?;
    let mut order = BigNum::new().map_err(of)?;
    group.order(&mut order, &mut context).map_err(of)?;
    if private.num_bits() == 0 || private >= order {
        return Ok(Value::Undefined);
    }
    let mut point = EcPoint::new(&group).map_err(of)?;
    point.mul_generator2(&group, &private, &mut context).map_err(of)?;
    let uncompressed = PointConversionForm::UNCOMPRESSED;
    point.to_bytes(&group, uncompressed, &mut context).map(Value::Bytes).map_err(of)
}

/// `ecdhConvert(curve, point, form)`: undefined where the point is none of the curve's.
pub(super) fn curve_convert(call: &mut Call<'_>) -> Outcome<Value> {
    let group = group(call)?;
    let form = form(call, 2);
    let bytes = call.arguments.bytes(1).unwrap_or_default();
    let mut context = BigNumContext::new().map_err(of)?;
    let Ok(point) = EcPoint::from_bytes(&group, bytes, &mut context) else {
        return Ok(Value::Undefined);
    };
    point.to_bytes(&group, form, &mut context).map(Value::Bytes).map_err(of)
}

/// `ecdhSecret(curve, private, otherPublic)`: undefined where the point is none of the curve's.
pub(super) fn curve_secret(call: &mut Call<'_>) -> Outcome<Value> {
    let group = group(call)?;
    let private = number(call, 1)?;
    let bytes = call.arguments.bytes(2).unwrap_or_default();
    let mut context = BigNumContext::new().map_err(of)?;
    let Ok(other) = EcPoint::from_bytes(&group, bytes, &mut context) else {
        return Ok(Value::Undefined);
    };
    let mut shared = EcPoint::new(&group).map_err(of)?;
    shared.mul2(&group, &other, &private, &mut context).map_err(of)?;
    let (mut x, mut y) = (BigNum::new().map_err(of)?, BigNum::new().map_err(of)?);
    shared.affine_coordinates(&group, &mut x, &mut y, &mut context).map_err(of)?;
    Ok(padded(&x, (group.degree() as i32 + 7) / 8))
}

// ---- Keys ------------------------------------------------------------------------------------

fn derive(private: &PKey<Private>, public: &PKey<Public>) -> Outcome<Vec<u8>> {
    let run = || {
        let mut deriver = Deriver::new(private)?;
        deriver.set_peer(public)?;
        deriver.derive_to_vec()
    };
    run().map_err(|_: openssl::error::ErrorStack| failed("diffieHellman"))
}

/// `agreeNow(private, public)`: the secret of two keys.
pub(super) fn agree_now(call: &mut Call<'_>) -> Outcome<Value> {
    let (private, public) = (key_at(call, 0)?, key_at(call, 1)?);
    derive(private.private()?, &public.public()?).map(Value::Bytes)
}

/// `agreeElsewhere(private, public)`
pub(super) fn agree_elsewhere(call: &mut Call<'_>, deferred: Deferred) -> Outcome<()> {
    let (private, public) = (key_at(call, 0)?, key_at(call, 1)?);
    let (private, public) = (private.private()?.clone(), public.public()?);
    super::run_elsewhere(call.host, deferred, Value::Bytes, move || derive(&private, &public));
    Ok(())
}
