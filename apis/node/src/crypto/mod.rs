//! node:crypto: what its hashes, random values and derivations of keys need beside Bun's.
//!
//! Derivations run at once for the Sync forms and on the process's pool otherwise. They fail with
//! the codes and texts that Bun's library gives.

mod agreement;
mod certificate;
mod challenge;
mod ciphers;
mod failure;
mod generate;
mod keys;
mod signatures;

use argon2::{Algorithm, Argon2};
use dx_ops::{
    Call, Deferred, ErrorClass, Exception, Extension, Host, Op, PreludeModule, Value,
    prelude_module,
};
use openssl::hash::{Hasher, MessageDigest};

/// What this family adds to an isolate.
pub(crate) const EXTENSION: Extension = Extension {
    name: "node-crypto",
    modules: MODULES,
    ops: OPS,
    globals: &[],
    builtins: &[("node:crypto", "node/crypto")],
};

const OPS: &[Op] = &[
    Op::sync("deriveNow", derive_now),
    Op::asynchronous("deriveElsewhere", derive_elsewhere),
    Op::sync("digestOfLength", digest_of_length),
    Op::sync("certificateDescribe", certificate::describe),
    Op::sync("certificateRead", certificate::read),
    Op::sync("certificateKey", certificate::key),
    Op::sync("certificateIssued", certificate::issued),
    Op::sync("certificateVerify", certificate::verify),
    Op::sync("challengeRead", challenge::read),
    Op::sync("cipherOpen", ciphers::open),
    Op::sync("cipherClose", ciphers::close),
    Op::sync("cipherUpdate", ciphers::update),
    Op::sync("cipherAad", ciphers::additional),
    Op::sync("cipherPadding", ciphers::padding),
    Op::sync("cipherSetTag", ciphers::set_tag),
    Op::sync("cipherTag", ciphers::tag),
    Op::sync("cipherFinal", ciphers::finish),
    Op::sync("keyRead", keys::read),
    Op::sync("keyPublic", keys::public_of),
    Op::sync("keyFromParts", keys::from_parts),
    Op::sync("keyWrite", keys::write),
    Op::sync("keyParts", keys::parts),
    Op::sync("keyDetails", keys::details),
    Op::sync("keyEquals", keys::equals),
    Op::sync("keyClose", keys::close),
    Op::sync("keyGenerateNow", generate::now),
    Op::asynchronous("keyGenerateElsewhere", generate::elsewhere),
    Op::sync("primeNow", generate::prime_now),
    Op::asynchronous("primeElsewhere", generate::prime_elsewhere),
    Op::sync("isPrimeNow", generate::is_prime_now),
    Op::asynchronous("isPrimeElsewhere", generate::is_prime_elsewhere),
    Op::sync("signNow", signatures::sign_now),
    Op::asynchronous("signElsewhere", signatures::sign_elsewhere),
    Op::sync("verifyNow", signatures::verify_now),
    Op::asynchronous("verifyElsewhere", signatures::verify_elsewhere),
    Op::sync("rsaCrypt", signatures::crypt),
    Op::sync("dhPrime", agreement::prime),
    Op::sync("dhGroup", agreement::known_group),
    Op::sync("dhGenerate", agreement::generate),
    Op::sync("dhSecret", agreement::secret),
    Op::sync("dhCheck", agreement::check),
    Op::sync("ecdhGenerate", agreement::curve_generate),
    Op::sync("ecdhPublic", agreement::curve_public),
    Op::sync("ecdhConvert", agreement::curve_convert),
    Op::sync("ecdhSecret", agreement::curve_secret),
    Op::sync("agreeNow", agreement::agree_now),
    Op::asynchronous("agreeElsewhere", agreement::agree_elsewhere),
];

/// Runs `job` on the process's pool and answers with what it says.
fn run_elsewhere<T: Send + 'static>(
    host: &Host,
    deferred: Deferred,
    present: fn(T) -> Value,
    job: impl FnOnce() -> Result<T, Exception> + Send + 'static,
) {
    host.spawn(async move {
        let answer = dx_blocking::shared().run_when_free(job).await;
        let answer = answer.unwrap_or_else(|error| Err(failed(&error.to_string())));
        deferred.settle(answer.map(present));
    });
}

const MODULES: &[PreludeModule] = &[
    prelude_module!("node/crypto", "apis/node/js/crypto/crypto.js"),
    prelude_module!("node/crypto/argon", "apis/node/js/crypto/argon.js"),
    prelude_module!("node/crypto/certificate", "apis/node/js/crypto/certificate.js"),
    prelude_module!("node/crypto/challenge", "apis/node/js/crypto/challenge.js"),
    prelude_module!("node/crypto/ciphers", "apis/node/js/crypto/ciphers.js"),
    prelude_module!("node/crypto/diffie-hellman", "apis/node/js/crypto/diffie-hellman.js"),
    prelude_module!("node/crypto/ecdh", "apis/node/js/crypto/ecdh.js"),
    prelude_module!("node/crypto/generate", "apis/node/js/crypto/generate.js"),
    prelude_module!("node/crypto/jwk", "apis/node/js/crypto/jwk.js"),
    prelude_module!("node/crypto/web-keys", "apis/node/js/crypto/web-keys.js"),
    prelude_module!("node/crypto/key-input", "apis/node/js/crypto/key-input.js"),
    prelude_module!("node/crypto/keys", "apis/node/js/crypto/keys.js"),
    prelude_module!("node/crypto/lazy-transform", "apis/node/js/crypto/lazy-transform.js"),
    prelude_module!("node/crypto/primes", "apis/node/js/crypto/primes.js"),
    prelude_module!("node/crypto/rsa", "apis/node/js/crypto/rsa.js"),
    prelude_module!("node/crypto/signatures", "apis/node/js/crypto/signatures.js"),
    prelude_module!("node/crypto/certificate-object", "apis/node/js/crypto/certificate-object.js"),
    prelude_module!("node/crypto-hash", "apis/node/js/crypto/hash.js"),
    prelude_module!("node/crypto-derive", "apis/node/js/crypto/derive.js"),
    prelude_module!("node/crypto-random", "apis/node/js/crypto/random.js"),
];

/// What scrypt may take where the program sets no limit, in bytes: the default of its library.
const SCRYPT_MEMORY: u64 = 32 * 1024 * 1024;

/// A derivation of a key.
enum Derivation {
    /// PBKDF2, RFC 8018.
    Pbkdf2 { hash: MessageDigest, iterations: usize },
    /// HKDF, RFC 5869.
    Hkdf { hash: MessageDigest, info: Vec<u8> },
    /// Argon2, RFC 9106, with its secret and its associated data.
    Argon { algorithm: Algorithm, parameters: [u32; 3], secret: Vec<u8>, data: Vec<u8> },
    /// scrypt, RFC 7914.
    Scrypt { cost: u64, block: u64, parallel: u64, memory: u64 },
}

struct Job {
    derivation: Derivation,
    secret: Vec<u8>,
    salt: Vec<u8>,
    length: usize,
}

/// `kind, secret, salt, length, ...`: for PBKDF2 the hash and the iterations, for HKDF the hash
/// and the info, for scrypt cost, block size, parallelization and memory.
fn job(call: &Call<'_>) -> Result<Job, Exception> {
    let bytes = |index| call.arguments.bytes(index).unwrap_or_default().to_vec();
    let number = |index| call.arguments.number(index);
    let hash = || {
        let name = call.arguments.string(4).unwrap_or_default();
        MessageDigest::from_name(&name).ok_or_else(|| {
            Exception::type_error(format!("Invalid digest: {name}"))
                .with_code("ERR_CRYPTO_INVALID_DIGEST")
        })
    };
    let derivation = match call.expect_string(0, "kind")?.as_str() {
        "pbkdf2" => Derivation::Pbkdf2 { hash: hash()?, iterations: number(5) as usize },
        "argon2d" | "argon2i" | "argon2id" => Derivation::Argon {
            algorithm: match call.expect_string(0, "kind")?.as_str() {
                "argon2d" => Algorithm::Argon2d,
                "argon2i" => Algorithm::Argon2i,
                _ => Algorithm::Argon2id,
            },
            parameters: [number(4) as u32, number(5) as u32, number(6) as u32],
            secret: bytes(7),
            data: bytes(8),
        },
        "hkdf" => Derivation::Hkdf { hash: hash()?, info: bytes(5) },
        _ => Derivation::Scrypt {
            cost: number(4) as u64,
            block: number(5) as u64,
            parallel: number(6) as u64,
            memory: if number(7) > 0.0 { number(7) as u64 } else { SCRYPT_MEMORY },
        },
    };
    Ok(Job { derivation, secret: bytes(1), salt: bytes(2), length: number(3) as usize })
}

impl Job {
    fn run(&self) -> Result<Vec<u8>, Exception> {
        let Self { derivation, secret, salt, length } = self;
        match derivation {
            Derivation::Pbkdf2 { hash, iterations } => {
                let mut key = vec![0; *length];
                let mut run =
                    || openssl::pkcs5::pbkdf2_hmac(secret, salt, *iterations, *hash, &mut key);
                let done = run().or_else(|_| {
                    dx_tls::legacy::load();
                    run()
                });
                done.map_err(|_| failed("PBKDF2 failed"))?;
                Ok(key)
            }
            Derivation::Hkdf { hash, info } => {
                let run = || hkdf(*hash, secret, salt, info, *length);
                let done = run().or_else(|_| {
                    dx_tls::legacy::load();
                    run()
                });
                done.map_err(|_| failed("HKDF failed"))
            }
            Derivation::Argon { algorithm, parameters, secret: own, data } => {
                argon(*algorithm, *parameters, [secret, salt, own, data], *length)
                    .ok_or_else(|| failed("Argon2 failed"))
            }
            Derivation::Scrypt { cost, block, parallel, memory } => {
                let mut key = vec![0; *length];
                openssl::pkcs5::scrypt(secret, salt, *cost, *block, *parallel, *memory, &mut key)
                    .map_err(|_| wrong_parameters(*cost, *block, *parallel))?;
                Ok(key)
            }
        }
    }
}

/// Argon2 with `[memory in KiB, passes, lanes]` of `[message, nonce, secret, data]`.
fn argon(
    algorithm: Algorithm,
    [memory, passes, lanes]: [u32; 3],
    [message, nonce, secret, data]: [&[u8]; 4],
    length: usize,
) -> Option<Vec<u8>> {
    let mut parameters = argon2::ParamsBuilder::new();
    parameters.m_cost(memory).t_cost(passes).p_cost(lanes).output_len(length);
    if !data.is_empty() {
        parameters.data(argon2::AssociatedData::new(data).ok()?);
    }
    let parameters = parameters.build().ok()?;
    let version = argon2::Version::V0x13;
    let argon = match secret.is_empty() {
        true => Argon2::new(algorithm, version, parameters),
        false => Argon2::new_with_secret(secret, algorithm, version, parameters).ok()?,
    };
    let mut key = vec![0; length];
    argon.hash_password_into(message, nonce, &mut key).ok()?;
    Some(key)
}

fn hkdf(
    hash: MessageDigest,
    secret: &[u8],
    salt: &[u8],
    info: &[u8],
    length: usize,
) -> Result<Vec<u8>, openssl::error::ErrorStack> {
    let mac = |key: &[u8], parts: &[&[u8]]| {
        let key = openssl::pkey::PKey::hmac(key)?;
        let mut signer = openssl::sign::Signer::new(hash, &key)?;
        parts.iter().try_for_each(|part| signer.update(part))?;
        signer.sign_to_vec()
    };
    // No salt is one of zeros, which the library takes where it takes no empty key.
    let zeros = vec![0; hash.size()];
    let extracted = mac(if salt.is_empty() { &zeros } else { salt }, &[secret])?;
    let mut key = Vec::with_capacity(length + hash.size());
    let mut block = Vec::new();
    for number in 1..=u8::MAX {
        if key.len() >= length {
            break;
        }
        block = mac(&extracted, &[&block, info, &[number]])?;
        key.extend_from_slice(&block);
    }
    key.truncate(length);
    Ok(key)
}

fn failed(message: &str) -> Exception {
    Exception::new(ErrorClass::Error, message).with_code("ERR_CRYPTO_OPERATION_FAILED")
}

/// Why scrypt refuses: numbers it cannot work with, or more memory than allowed.
fn wrong_parameters(cost: u64, block: u64, parallel: u64) -> Exception {
    let possible = cost >= 2 && cost.is_power_of_two() && block > 0 && parallel > 0;
    let reason = match possible {
        true => "error:06000072:public key routines:OPENSSL_internal:MEMORY_LIMIT_EXCEEDED",
        false => "error:06000085:public key routines:OPENSSL_internal:INVALID_PARAMETERS",
    };
    Exception::new(ErrorClass::RangeError, format!("Invalid scrypt params: {reason}"))
        .with_code("ERR_CRYPTO_INVALID_SCRYPT_PARAMS")
}

/// `deriveNow(kind, secret, salt, length, ...)`: the key.
fn derive_now(call: &mut Call<'_>) -> Result<Value, Exception> {
    Ok(Value::Bytes(job(call)?.run()?))
}

/// `deriveElsewhere(...)`: the same, on another thread.
fn derive_elsewhere(call: &mut Call<'_>, deferred: Deferred) -> Result<(), Exception> {
    let job = job(call)?;
    run_elsewhere(call.host, deferred, Value::Bytes, move || job.run());
    Ok(())
}

/// `digestOfLength(name, data, length)`: the first bytes of SHAKE128 or SHAKE256; `undefined` for
/// hashes whose length is fixed.
fn digest_of_length(call: &mut Call<'_>) -> Result<Value, Exception> {
    let digest = match call.expect_string(0, "name")?.as_str() {
        "shake128" => MessageDigest::shake_128(),
        "shake256" => MessageDigest::shake_256(),
        _ => return Ok(Value::Undefined),
    };
    let mut output = vec![0; call.arguments.number(2) as usize];
    let data = call.expect_bytes(1, "data")?;
    let done = Hasher::new(digest).and_then(|mut hasher| {
        hasher.update(data)?;
        hasher.finish_xof(&mut output)
    });
    done.map_err(|error| failed(&error.to_string()))?;
    Ok(Value::Bytes(output))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_are_those_of_the_rfcs() {
        // RFC 5869, test case 1.
        let salt: Vec<u8> = (0..=0x0c).collect();
        let info: Vec<u8> = (0xf0..=0xf9).collect();
        let key = hkdf(MessageDigest::sha256(), &[0x0b; 22], &salt, &info, 42).expect("a key");
        assert_eq!(key[..4], [0x3c, 0xb2, 0x5f, 0x25]);
        assert_eq!(key.len(), 42);
        // RFC 7914, section 12.
        let derivation = Derivation::Scrypt { cost: 16, block: 1, parallel: 1, memory: 1 << 20 };
        let job = Job { derivation, secret: vec![], salt: vec![], length: 64 };
        assert_eq!(job.run().expect("a key")[..4], [0x77, 0xd6, 0x57, 0x62]);
    }

    #[test]
    fn scrypt_says_what_it_cannot_do() {
        let refused = |cost| {
            let derivation = Derivation::Scrypt { cost, block: 8, parallel: 1, memory: 1024 };
            Job { derivation, secret: vec![], salt: vec![], length: 8 }.run().expect_err("refused")
        };
        assert!(refused(3).message.contains("INVALID_PARAMETERS"));
        assert!(refused(1024).message.contains("MEMORY_LIMIT_EXCEEDED"));
    }
}
