//! New keys and primes, at once or on the process's pool.

use dx_ops::{Call, Deferred, Value};
use openssl::{
    bn::{BigNum, BigNumContext},
    dh::Dh,
    ec::{EcGroup, EcKey},
    pkey::{PKey, Private},
    rsa::Rsa,
};

use super::{
    failure::{Outcome, failed, named, of},
    keys::{self, Key, curve_by_name},
};

/// Fewer bits are no size of RSA's to Bun's library, those below `RSA_BITS_MIN` are too few, and
/// others are lowered to a multiple of the step.
const RSA_BITS_KNOWN: u32 = 256;
const RSA_BITS_MIN: u32 = 512;
const RSA_BITS_STEP: u32 = 128;

/// What is asked for.
enum Request {
    Rsa { bits: u32, exponent: u32 },
    Curve(String),
    Edwards,
    Montgomery,
    Group { prime: Vec<u8>, generator: u32 },
    Modulus { bits: u32, generator: u32 },
}

/// `kind, ...`: `rsa, bits, exponent`, `ec, curve`, `ed25519`, `x25519`, `dh, bits or prime,
/// generator`.
fn request(call: &Call<'_>) -> Outcome<Request> {
    let number = |index| call.arguments.number(index) as u32;
    Ok(match call.expect_string(0, "kind")?.as_str() {
        "rsa" => Request::Rsa { bits: number(1), exponent: number(2) },
        "ec" => Request::Curve(call.expect_string(1, "curve")?),
        "ed25519" => Request::Edwards,
        "x25519" => Request::Montgomery,
        _ => match call.arguments.bytes(1) {
            Some(prime) => Request::Group { prime: prime.to_vec(), generator: number(2) },
            None => Request::Modulus { bits: number(1), generator: number(2) },
        },
    })
}

impl Request {
    fn run(&self) -> Outcome<PKey<Private>> {
        let made = match self {
            Self::Rsa { bits, .. } if *bits < RSA_BITS_KNOWN => {
                return Err(named("digital envelope routines", "INVALID_KEYBITS"));
            }
            Self::Rsa { bits, .. } if *bits < RSA_BITS_MIN => {
                return Err(named("rsa routines", "KEY_SIZE_TOO_SMALL"));
            }
            Self::Rsa { bits, exponent } => BigNum::from_u32(*exponent)
                .and_then(|exponent| Rsa::generate_with_e(bits - bits % RSA_BITS_STEP, &exponent))
                .and_then(PKey::from_rsa),
            Self::Curve(name) => {
                let unknown = || named("elliptic curve routines", "UNKNOWN_GROUP");
                let group = EcGroup::from_curve_name(curve_by_name(name).ok_or_else(unknown)?);
                group.and_then(|group| EcKey::generate(&group)).and_then(PKey::from_ec_key)
            }
            Self::Edwards => PKey::generate_ed25519(),
            Self::Montgomery => PKey::generate_x25519(),
            Self::Group { prime, generator } => BigNum::from_slice(prime)
                .and_then(|prime| Dh::from_pqg(prime, None, BigNum::from_u32(*generator)?))
                .and_then(Dh::generate_key)
                .and_then(PKey::from_dh),
            Self::Modulus { bits, generator } => Dh::generate_params(*bits, *generator)
                .and_then(Dh::generate_key)
                .and_then(PKey::from_dh),
        };
        made.map_err(of)
    }
}

/// `keyGenerateNow(kind, ...)`: the number of a private key.
pub(super) fn now(call: &mut Call<'_>) -> Outcome<Value> {
    let key = request(call)?.run()?;
    Ok(keys::keep(call.host, Key::Private(key)))
}

/// `keyGenerateElsewhere(kind, ...)`: the same key in PKCS #8, made on another thread.
pub(super) fn elsewhere(call: &mut Call<'_>, deferred: Deferred) -> Outcome<()> {
    let request = request(call)?;
    super::run_elsewhere(call.host, deferred, Value::Bytes, move || {
        request.run()?.private_key_to_pkcs8().map_err(of)
    });
    Ok(())
}

// ---- Primes ----------------------------------------------------------------------------------

struct Prime {
    bits: i32,
    is_safe: bool,
    add: Option<Vec<u8>>,
    remainder: Option<Vec<u8>>,
}

fn prime(call: &Call<'_>) -> Prime {
    let bytes = |index| call.arguments.bytes(index).map(<[u8]>::to_vec);
    Prime {
        bits: call.arguments.number(0) as i32,
        is_safe: call.arguments.boolean(1),
        add: bytes(2),
        remainder: bytes(3),
    }
}

impl Prime {
    fn run(&self) -> Outcome<Vec<u8>> {
        let number = |bytes: &Option<Vec<u8>>| {
            bytes.as_deref().map(BigNum::from_slice).transpose().map_err(of)
        };
        let (add, remainder) = (number(&self.add)?, number(&self.remainder)?);
        let mut prime = BigNum::new().map_err(of)?;
        prime
            .generate_prime(self.bits, self.is_safe, add.as_deref(), remainder.as_deref())
            .map_err(of)?;
        let length = (self.bits + 7) / 8;
        Ok(prime.to_vec_padded(length).unwrap_or_else(|_| prime.to_vec()))
    }
}

/// `primeNow(bits, isSafe, add, remainder)`: big-endian bytes.
pub(super) fn prime_now(call: &mut Call<'_>) -> Outcome<Value> {
    prime(call).run().map(Value::Bytes)
}

/// `primeElsewhere(...)`
pub(super) fn prime_elsewhere(call: &mut Call<'_>, deferred: Deferred) -> Outcome<()> {
    let prime = prime(call);
    super::run_elsewhere(call.host, deferred, Value::Bytes, move || prime.run());
    Ok(())
}

fn is_prime(candidate: &[u8], checks: i32) -> Outcome<bool> {
    let run = || {
        let mut context = BigNumContext::new()?;
        BigNum::from_slice(candidate)?.is_prime(checks, &mut context)
    };
    run().map_err(|_: openssl::error::ErrorStack| failed("Prime check"))
}

/// `isPrimeNow(candidate, checks)`
pub(super) fn is_prime_now(call: &mut Call<'_>) -> Outcome<Value> {
    let checks = call.arguments.number(1) as i32;
    is_prime(call.expect_bytes(0, "candidate")?, checks).map(Value::from)
}

/// `isPrimeElsewhere(candidate, checks)`
pub(super) fn is_prime_elsewhere(call: &mut Call<'_>, deferred: Deferred) -> Outcome<()> {
    let candidate = call.expect_bytes(0, "candidate")?.to_vec();
    let checks = call.arguments.number(1) as i32;
    super::run_elsewhere(call.host, deferred, Value::Boolean, move || is_prime(&candidate, checks));
    Ok(())
}
