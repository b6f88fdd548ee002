//! Bun.password: argon2 in the PHC string format and bcrypt in its own.
//!
//! Both are slow on purpose; the asynchronous forms run on the process's pool of threads.

use argon2::{
    Algorithm, Argon2, Params, Version,
    password_hash::{
        Error as PhcError, PasswordHash, PasswordHasher as _, PasswordVerifier as _, SaltString,
    },
};
use dx_ops::{Call, Deferred, ErrorClass, Exception, Value};

use crate::elsewhere;

/// Longer passwords are hashed before bcrypt sees them, which alone would cut them off.
const BCRYPT_BYTES_MAX: usize = 72;
const SALT_BYTES: usize = 16;

/// What is asked for: an algorithm and its costs.
struct Recipe {
    algorithm: String,
    /// Rounds of bcrypt as a power of two, or passes of argon2.
    time: u32,
    /// Memory of argon2 in KiB.
    memory: u32,
}

/// `passwordHash(password, algorithm, time, memory)`
pub(crate) fn hash(call: &mut Call<'_>, deferred: Deferred) -> Result<(), Exception> {
    let (password, recipe) = hash_arguments(call)?;
    let present = |done: Result<_, _>| done.map(Value::String);
    elsewhere::run(call, deferred, move || make(&password, &recipe), present);
    Ok(())
}

/// `passwordHashSync(password, algorithm, time, memory)`
pub(crate) fn hash_now(call: &mut Call<'_>) -> Result<Value, Exception> {
    let (password, recipe) = hash_arguments(call)?;
    make(&password, &recipe).map(Value::String)
}

/// `passwordVerify(password, hash, algorithm)`
pub(crate) fn verify(call: &mut Call<'_>, deferred: Deferred) -> Result<(), Exception> {
    let (password, hash, algorithm) = verify_arguments(call)?;
    let present = |done: Result<_, _>| done.map(Value::Boolean);
    elsewhere::run(call, deferred, move || check(&password, &hash, &algorithm), present);
    Ok(())
}

/// `passwordVerifySync(password, hash, algorithm)`
pub(crate) fn verify_now(call: &mut Call<'_>) -> Result<Value, Exception> {
    let (password, hash, algorithm) = verify_arguments(call)?;
    check(&password, &hash, &algorithm).map(Value::Boolean)
}

fn hash_arguments(call: &Call<'_>) -> Result<(Vec<u8>, Recipe), Exception> {
    let recipe = Recipe {
        algorithm: call.expect_string(1, "algorithm")?,
        time: call.arguments.number(2) as u32,
        memory: call.arguments.number(3) as u32,
    };
    Ok((call.expect_bytes(0, "password")?.to_vec(), recipe))
}

fn verify_arguments(call: &Call<'_>) -> Result<(Vec<u8>, String, String), Exception> {
    let hash = String::from_utf8_lossy(call.expect_bytes(1, "hash")?).into_owned();
    let algorithm = call.arguments.string(2).unwrap_or_default();
    Ok((call.expect_bytes(0, "password")?.to_vec(), hash, algorithm))
}

fn argon2_by_name(name: &str) -> Option<Algorithm> {
    Algorithm::new(name).ok()
}

/// What bcrypt gets to see: it reads 72 bytes at most and nothing behind a zero.
fn bcrypt_input(password: &[u8]) -> Vec<u8> {
    if password.len() <= BCRYPT_BYTES_MAX {
        return password.to_vec();
    }
    openssl::sha::sha512(password).to_vec()
}

fn make(password: &[u8], recipe: &Recipe) -> Result<String, Exception> {
    let mut salt = [0; SALT_BYTES];
    getrandom::fill(&mut salt).map_err(|_| failure("hashing", "Unexpected"))?;
    let Some(algorithm) = argon2_by_name(&recipe.algorithm) else {
        let parts = bcrypt::hash_with_salt(bcrypt_input(password), recipe.time, salt);
        let parts = parts.map_err(|_| failure("hashing", "InvalidEncoding"))?;
        return Ok(parts.format_for_version(bcrypt::Version::TwoB));
    };
    let parameters = Params::new(recipe.memory, recipe.time, 1, None)
        .map_err(|_| failure("hashing", "WeakParameters"))?;
    let salt = SaltString::encode_b64(&salt).map_err(|error| phc("hashing", error))?;
    let argon2 = Argon2::new(algorithm, Version::V0x13, parameters);
    let hash = argon2.hash_password(password, &salt).map_err(|error| phc("hashing", error))?;
    Ok(hash.to_string())
}

fn check(password: &[u8], hash: &str, algorithm: &str) -> Result<bool, Exception> {
    if hash.starts_with("$argon2") && algorithm != "bcrypt" {
        let parsed = PasswordHash::new(hash).map_err(|error| phc("verification", error))?;
        return match Argon2::default().verify_password(password, &parsed) {
            Ok(()) => Ok(true),
            Err(PhcError::Password) => Ok(false),
            Err(error) => Err(phc("verification", error)),
        };
    }
    let is_bcrypt = hash.starts_with("$2") || hash.starts_with("$bcrypt");
    if !is_bcrypt || algorithm.starts_with("argon2") {
        let (name, code) = ("UnsupportedAlgorithm", "PASSWORD_UNSUPPORTED_ALGORITHM");
        return Err(failure_with("verification", name, code));
    }
    bcrypt::verify(bcrypt_input(password), hash)
        .map_err(|_| failure("verification", "InvalidEncoding"))
}

fn phc(what: &str, error: PhcError) -> Exception {
    match error {
        PhcError::OutputSize { .. } | PhcError::ParamsMaxExceeded => {
            failure_with(what, "WeakParameters", "PASSWORD_WEAK_PARAMETERS")
        }
        _ => failure(what, "InvalidEncoding"),
    }
}

fn failure(what: &str, name: &'static str) -> Exception {
    let code = match name {
        "InvalidEncoding" => "PASSWORD_INVALID_ENCODING",
        "WeakParameters" => "PASSWORD_WEAK_PARAMETERS",
        _ => "PASSWORD_UNEXPECTED",
    };
    failure_with(what, name, code)
}

fn failure_with(what: &str, name: &str, code: &'static str) -> Exception {
    let message = format!("Password {what} failed with error \"{name}\"");
    Exception::new(ErrorClass::Error, message).with_code(code)
}
