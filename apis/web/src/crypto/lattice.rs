//! ML-DSA (FIPS 204) and ML-KEM (FIPS 203). A private key is its seed, a public key its encoding;
//! JavaScript wraps them in the fixed headers of their formats.

use ml_dsa::{
    B32, EncodedVerifyingKey, Keypair, MlDsa44, MlDsa65, MlDsa87, MlDsaParams, Signature,
    SigningKey, VerifyingKey,
};
use ml_kem::{
    FromSeed, Kem, KeyExport, MlKem768, MlKem1024,
    kem::{Decapsulate, Encapsulate, TryKeyInit},
};

use super::{Answer, Refused, Task, truth};

/// The longest context a signature can have (FIPS 204, algorithm 2).
const CONTEXT_BYTES_MAX: usize = 255;
const DSA_SEED_BYTES: usize = 32;
const KEM_SEED_BYTES: usize = 64;

/// - `mldsa.generate(set)`, `mldsa.private(set; seed)`: seed, public key
/// - `mldsa.public(set; public key)`: the public key, where it has the length of one
/// - `mldsa.sign(set; seed, data, context)`,
///   `mldsa.verify(set; public key, data, signature, context)`
pub(crate) fn perform_signature(task: &Task) -> Answer {
    match task.variant.as_str() {
        "ML-DSA-44" => sign_with::<MlDsa44>(task),
        "ML-DSA-65" => sign_with::<MlDsa65>(task),
        "ML-DSA-87" => sign_with::<MlDsa87>(task),
        _ => Err(Refused),
    }
}

/// - `mlkem.generate(set)`, `mlkem.private(set; seed)`: seed, public key
/// - `mlkem.public(set; public key)`: the public key, where it is one
/// - `mlkem.encapsulate(set; public key)`: shared key, ciphertext
/// - `mlkem.decapsulate(set; seed, ciphertext)`: shared key
pub(crate) fn perform_encapsulation(task: &Task) -> Answer {
    match task.variant.as_str() {
        "ML-KEM-768" => encapsulate_with::<MlKem768>(task),
        "ML-KEM-1024" => encapsulate_with::<MlKem1024>(task),
        _ => Err(Refused),
    }
}

fn random<const LENGTH: usize>() -> Result<[u8; LENGTH], Refused> {
    let mut bytes = [0; LENGTH];
    getrandom::fill(&mut bytes).map_err(|_| Refused)?;
    Ok(bytes)
}

fn sign_with<P: MlDsaParams>(task: &Task) -> Answer {
    match task.name.as_str() {
        "mldsa.generate" => signing_pair::<P>(&random::<DSA_SEED_BYTES>()?),
        "mldsa.private" => signing_pair::<P>(task.bytes(0)),
        "mldsa.public" => Ok(vec![verifying_key::<P>(task.bytes(0))?.encode().to_vec()]),
        "mldsa.sign" => sign::<P>(task),
        "mldsa.verify" => verify::<P>(task),
        _ => Err(Refused),
    }
}

fn signing_key<P: MlDsaParams>(seed: &[u8]) -> Result<SigningKey<P>, Refused> {
    Ok(SigningKey::from_seed(&B32::try_from(seed).map_err(|_| Refused)?))
}

fn verifying_key<P: MlDsaParams>(bytes: &[u8]) -> Result<VerifyingKey<P>, Refused> {
    let encoded = EncodedVerifyingKey::<P>::try_from(bytes).map_err(|_| Refused)?;
    Ok(VerifyingKey::decode(&encoded))
}

fn signing_pair<P: MlDsaParams>(seed: &[u8]) -> Answer {
    let public = signing_key::<P>(seed)?.verifying_key().encode();
    Ok(vec![seed.to_vec(), public.to_vec()])
}

/// The message of the internal algorithms: a zero, the context with its length, the data.
fn header(context: &[u8]) -> Result<[u8; 2], Refused> {
    if context.len() > CONTEXT_BYTES_MAX {
        return Err(Refused);
    }
    Ok([0, u8::try_from(context.len()).map_err(|_| Refused)?])
}

/// Hedged: fresh randomness enters each signature.
fn sign<P: MlDsaParams>(task: &Task) -> Answer {
    let (data, context) = (task.bytes(1), task.bytes(2));
    let header = header(context)?;
    let randomness = B32::from(random::<32>()?);
    let key = signing_key::<P>(task.bytes(0))?;
    let signature = key.expanded_key().sign_internal(&[&header, context, data], &randomness);
    Ok(vec![signature.encode().to_vec()])
}

fn verify<P: MlDsaParams>(task: &Task) -> Answer {
    let context = task.bytes(3);
    header(context)?;
    let key = verifying_key::<P>(task.bytes(0))?;
    let Ok(signature) = Signature::<P>::try_from(task.bytes(2)) else {
        return truth(false);
    };
    truth(key.verify_with_context(task.bytes(1), context, &signature))
}

fn encapsulate_with<K>(task: &Task) -> Answer
where
    K: FromSeed,
    K::DecapsulationKey: Decapsulate,
{
    match task.name.as_str() {
        "mlkem.generate" => decapsulation_pair::<K>(&random::<KEM_SEED_BYTES>()?),
        "mlkem.private" => decapsulation_pair::<K>(task.bytes(0)),
        "mlkem.public" => Ok(vec![encapsulation_key::<K>(task.bytes(0))?.to_bytes().to_vec()]),
        "mlkem.encapsulate" => {
            let (ciphertext, shared) = encapsulation_key::<K>(task.bytes(0))?.encapsulate();
            Ok(vec![shared.to_vec(), ciphertext.to_vec()])
        }
        "mlkem.decapsulate" => {
            let (key, _) = pair_from_seed::<K>(task.bytes(0))?;
            let shared = key.decapsulate_slice(task.bytes(1)).map_err(|_| Refused)?;
            Ok(vec![shared.to_vec()])
        }
        _ => Err(Refused),
    }
}

fn pair_from_seed<K: FromSeed>(
    seed: &[u8],
) -> Result<(K::DecapsulationKey, K::EncapsulationKey), Refused> {
    Ok(K::from_seed(&seed.try_into().map_err(|_| Refused)?))
}

fn encapsulation_key<K: Kem>(bytes: &[u8]) -> Result<K::EncapsulationKey, Refused> {
    K::EncapsulationKey::new_from_slice(bytes).map_err(|_| Refused)
}

fn decapsulation_pair<K: FromSeed>(seed: &[u8]) -> Answer {
    let (_, public) = pair_from_seed::<K>(seed)?;
    Ok(vec![seed.to_vec(), public.to_bytes().to_vec()])
}

#[cfg(test)]
mod tests {
    use crate::crypto::tests::{first, task};

    #[test]
    fn a_signature_holds_for_its_data_and_context_only() {
        for set in ["ML-DSA-44", "ML-DSA-65", "ML-DSA-87"] {
            let keys = task("mldsa.generate", set, 0, &[]).expect("a pair of keys");
            let signature = first(task("mldsa.sign", set, 0, &[&keys[0], b"data", b"context"]));
            let holds = |data: &[u8], context: &[u8]| {
                first(task("mldsa.verify", set, 0, &[&keys[1], data, &signature, context]))[0]
            };
            let answers =
                [holds(b"data", b"context"), holds(b"date", b"context"), holds(b"data", b"")];
            assert_eq!(answers, [1, 0, 0], "{set}");
            assert!(task("mldsa.sign", set, 0, &[&keys[0], b"", &[0; 256]]).is_err());
        }
    }

    #[test]
    fn what_is_encapsulated_for_a_key_it_decapsulates() {
        for set in ["ML-KEM-768", "ML-KEM-1024"] {
            let keys = task("mlkem.generate", set, 0, &[]).expect("a pair of keys");
            let sent = task("mlkem.encapsulate", set, 0, &[&keys[1]]).expect("a shared key");
            assert_eq!(first(task("mlkem.decapsulate", set, 0, &[&keys[0], &sent[1]])), sent[0]);
            assert!(task("mlkem.decapsulate", set, 0, &[&keys[0], b"short"]).is_err());
            // The modulus is 3329: coefficients above it are no key's.
            assert!(task("mlkem.public", set, 0, &[&vec![0xff; keys[1].len()]]).is_err());
        }
    }
}
