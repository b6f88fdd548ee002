//! ECDSA and ECDH on P-256, P-384 and P-521 (FIPS 186, SEC 1).

use openssl::{
    bn::{BigNum, BigNumContext},
    derive::Deriver,
    ec::{Asn1Flag, EcGroup, EcKey, EcKeyRef, EcPoint, PointConversionForm},
    ecdsa::EcdsaSig,
    nid::Nid,
    pkey::{HasPublic, PKey, Private, Public},
};

use super::{Answer, Refused, Task, digests, truth};

fn curve(name: &str) -> Result<EcGroup, Refused> {
    let nid = match name {
        "P-256" => Nid::X9_62_PRIME256V1,
        "P-384" => Nid::SECP384R1,
        "P-521" => Nid::SECP521R1,
        _ => return Err(Refused),
    };
    let mut group = EcGroup::from_curve_name(nid)?;
    group.set_asn1_flag(Asn1Flag::NAMED_CURVE);
    Ok(group)
}

/// Where a named curve is asked for, the key must lie on it.
fn on_curve<T>(key: EcKey<T>, name: &str) -> Result<EcKey<T>, Refused>
where
    T: openssl::pkey::HasParams,
{
    let named = key.group().curve_name();
    if named.is_some() && named == curve(name)?.curve_name() { Ok(key) } else { Err(Refused) }
}

/// - `ec.generate(curve)`, `ec.pkcs8(curve; der)`, `ec.private(curve; x, y, d)`: private key,
///   public key
/// - `ec.spki(curve; der)`, `ec.raw(curve; point)`, `ec.public(curve; x, y)`: public key
/// - `ec.parts(; private key)`, `ec.point(; public key)`: x, y, and the private number; the point
///   uncompressed last
/// - `ec.sign(hash; key, data)`, `ec.verify(hash; key, data, signature)`
/// - `ec.derive(; private key, public key)`
pub(crate) fn perform(task: &Task) -> Answer {
    match task.name.as_str() {
        "ec.generate" => private(EcKey::generate(&*curve(&task.variant)?)?),
        "ec.pkcs8" => {
            let key = PKey::private_key_from_pkcs8(task.bytes(0))?.ec_key()?;
            let key = on_curve(key, &task.variant)?;
            key.check_key()?;
            private(key)
        }
        "ec.spki" => {
            let key = PKey::public_key_from_der(task.bytes(0))?.ec_key()?;
            public(on_curve(key, &task.variant)?)
        }
        "ec.raw" => {
            let (group, mut context) = (curve(&task.variant)?, BigNumContext::new()?);
            let point = EcPoint::from_bytes(&group, task.bytes(0), &mut context)?;
            public(EcKey::from_public_key(&group, &point)?)
        }
        "ec.public" => public(public_from_parts(task)?),
        "ec.private" => {
            let key = public_from_parts(task)?;
            let number = BigNum::from_slice(task.bytes(2))?;
            let key = EcKey::from_private_components(key.group(), &number, key.public_key())?;
            key.check_key()?;
            private(key)
        }
        "ec.parts" => parts(&*PKey::private_key_from_pkcs8(task.bytes(0))?.ec_key()?, true),
        "ec.point" => parts(&*PKey::public_key_from_der(task.bytes(0))?.ec_key()?, false),
        "ec.sign" => sign(task),
        "ec.verify" => verify(task),
        "ec.derive" => {
            let own = PKey::private_key_from_pkcs8(task.bytes(0))?;
            let other = PKey::public_key_from_der(task.bytes(1))?;
            let mut deriver = Deriver::new(&own)?;
            deriver.set_peer(&other)?;
            Ok(vec![deriver.derive_to_vec()?])
        }
        _ => Err(Refused),
    }
}

fn public_from_parts(task: &Task) -> Result<EcKey<Public>, Refused> {
    let (x, y) = (BigNum::from_slice(task.bytes(0))?, BigNum::from_slice(task.bytes(1))?);
    Ok(EcKey::from_public_key_affine_coordinates(&*curve(&task.variant)?, &x, &y)?)
}

fn private(key: EcKey<Private>) -> Answer {
    let key = PKey::from_ec_key(key)?;
    Ok(vec![key.private_key_to_pkcs8()?, key.public_key_to_der()?])
}

fn public(key: EcKey<Public>) -> Answer {
    key.check_key()?;
    Ok(vec![PKey::from_ec_key(key)?.public_key_to_der()?])
}

/// Bytes of a coordinate.
fn field_bytes<T: HasPublic>(key: &EcKeyRef<T>) -> usize {
    (key.group().degree() as usize).div_ceil(8)
}

fn parts<T: PartsOf>(key: &EcKeyRef<T>, with_private: bool) -> Answer {
    let (mut x, mut y) = (BigNum::new()?, BigNum::new()?);
    let mut context = BigNumContext::new()?;
    let (group, point) = (key.group(), key.public_key());
    point.affine_coordinates(group, &mut x, &mut y, &mut context)?;
    let bytes = i32::try_from(field_bytes(key)).map_err(|_| Refused)?;
    let mut answer = vec![x.to_vec_padded(bytes)?, y.to_vec_padded(bytes)?];
    if with_private {
        answer.push(T::number(key).ok_or(Refused)??);
    }
    answer.push(point.to_bytes(group, PointConversionForm::UNCOMPRESSED, &mut context)?);
    Ok(answer)
}

/// Keys that may hold a private number.
trait PartsOf: HasPublic + Sized {
    fn number(key: &EcKeyRef<Self>) -> Option<Result<Vec<u8>, Refused>>;
}

impl PartsOf for Private {
    fn number(key: &EcKeyRef<Self>) -> Option<Result<Vec<u8>, Refused>> {
        let bytes = i32::try_from(field_bytes(key)).ok()?;
        Some(key.private_key().to_vec_padded(bytes).map_err(Refused::from))
    }
}

impl PartsOf for Public {
    fn number(_key: &EcKeyRef<Self>) -> Option<Result<Vec<u8>, Refused>> {
        None
    }
}

/// A signature is its two numbers, one behind the other, each as long as a coordinate.
fn sign(task: &Task) -> Answer {
    let key = PKey::private_key_from_pkcs8(task.bytes(0))?.ec_key()?;
    let digest = digests::digest(&task.variant, task.bytes(1))?;
    let signature = EcdsaSig::sign(&digest, &key)?;
    let bytes = i32::try_from(field_bytes(&*key)).map_err(|_| Refused)?;
    let (mut output, second) =
        (signature.r().to_vec_padded(bytes)?, signature.s().to_vec_padded(bytes)?);
    output.extend(second);
    Ok(vec![output])
}

fn verify(task: &Task) -> Answer {
    let key = PKey::public_key_from_der(task.bytes(0))?.ec_key()?;
    let digest = digests::digest(&task.variant, task.bytes(1))?;
    let bytes = field_bytes(&*key);
    if task.bytes(2).len() != 2 * bytes {
        return truth(false);
    }
    let (first, second) = task.bytes(2).split_at(bytes);
    let (r, s) = (BigNum::from_slice(first)?, BigNum::from_slice(second)?);
    let signature = EcdsaSig::from_private_components(r, s)?;
    truth(signature.verify(&digest, &key).unwrap_or(false))
}
