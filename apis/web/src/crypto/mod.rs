//! Web Cryptography: what SubtleCrypto's algorithms compute, over OpenSSL.
//!
//! JavaScript normalizes algorithms and keeps the keys: secret keys and those of Curve25519 as raw
//! bytes, RSA and elliptic-curve keys as DER (PKCS #8 when private, SubjectPublicKeyInfo when
//! public). A task gets copies of all it works on and answers byte strings, so it can run on any
//! thread: what takes long is done by the process's pool. A task that cannot be done answers
//! nothing, and JavaScript throws the `DOMException` that fits the operation.

mod ciphers;
mod derivation;
mod digests;
mod elliptic;
mod lattice;
mod montgomery;
mod rsa;

use dx_ops::{Call, Deferred, Exception, Value};

/// Bytes of input from which a task is done by another thread.
const ELSEWHERE_BYTES: usize = 64 * 1024;

/// What a task works on.
pub(crate) struct Task {
    name: String,
    /// The hash by its name in Web Cryptography, or the curve.
    variant: String,
    /// A length or count; each task says of what.
    number: usize,
    bytes: Vec<Vec<u8>>,
}

impl Task {
    /// The byte string at `index`; an absent one is empty.
    pub(crate) fn bytes(&self, index: usize) -> &[u8] {
        self.bytes.get(index).map_or(&[], Vec::as_slice)
    }

    /// Whether it may take longer than a turn of the event loop should.
    fn is_long(&self) -> bool {
        let generates = self.name == "rsa.generate" || self.name == "pbkdf2";
        let private = matches!(self.name.as_str(), "rsa.sign" | "rsa.decrypt");
        generates || private || self.bytes.iter().map(Vec::len).sum::<usize>() >= ELSEWHERE_BYTES
    }
}

/// A task that cannot be done: wrong key material, wrong lengths, data that does not verify.
#[derive(Debug)]
pub(crate) struct Refused;

impl From<openssl::error::ErrorStack> for Refused {
    fn from(_: openssl::error::ErrorStack) -> Self {
        Self
    }
}

/// Byte strings, in the order each task documents.
pub(crate) type Answer = Result<Vec<Vec<u8>>, Refused>;

/// `crypto(task, variant, number, ...bytes)`: an array of byte strings; `undefined` where it
/// cannot be done.
pub(crate) fn run(call: &mut Call<'_>, deferred: Deferred) -> Result<(), Exception> {
    let arguments = &call.arguments;
    let bytes = (3..arguments.count())
        .map(|index| arguments.bytes(index).unwrap_or_default().to_vec())
        .collect();
    let task = Task {
        name: call.expect_string(0, "task")?,
        variant: call.expect_string(1, "variant")?,
        number: arguments.number(2) as usize,
        bytes,
    };
    if !task.is_long() {
        deferred.settle(Ok(value(perform(&task))));
        return Ok(());
    }
    call.host.spawn(async move {
        let answer = dx_blocking::shared().run_when_free(move || perform(&task)).await;
        deferred.settle(Ok(value(answer.unwrap_or(Err(Refused)))));
    });
    Ok(())
}

fn value(answer: Answer) -> Value {
    answer.map_or(Value::Undefined, |parts| {
        Value::Array(parts.into_iter().map(Value::Bytes).collect())
    })
}

fn perform(task: &Task) -> Answer {
    let family = task.name.split('.').next().unwrap_or_default();
    match family {
        "digest" => Ok(vec![digests::digest(&task.variant, task.bytes(0))?]),
        "hmac" => digests::hmac(task),
        "aes" | "chacha" => ciphers::perform(task),
        "hkdf" | "pbkdf2" => derivation::perform(task),
        "rsa" => rsa::perform(task),
        "ec" => elliptic::perform(task),
        "okp" => montgomery::perform(task),
        "mldsa" => lattice::perform_signature(task),
        "mlkem" => lattice::perform_encapsulation(task),
        _ => Err(Refused),
    }
}

/// One byte string that says yes or no.
pub(crate) fn truth(holds: bool) -> Answer {
    Ok(vec![vec![u8::from(holds)]])
}

#[cfg(test)]
mod tests {
    use super::*;

    pub(crate) fn task(name: &str, variant: &str, number: usize, bytes: &[&[u8]]) -> Answer {
        perform(&Task {
            name: name.to_owned(),
            variant: variant.to_owned(),
            number,
            bytes: bytes.iter().map(|bytes| bytes.to_vec()).collect(),
        })
    }

    pub(crate) fn first(answer: Answer) -> Vec<u8> {
        answer.expect("a task that can be done").remove(0)
    }

    #[test]
    fn the_counter_of_ctr_wraps_in_its_own_bits() {
        let (key, data) = ([7; 16], [0; 48]);
        let mut counter = [0xff; 16];
        counter[0] = 1;
        let whole = first(task("aes.ctr", "", 8, &[&key, &counter, &data]));
        counter[15] = 0;
        let after = first(task("aes.ctr", "", 8, &[&key, &counter, &data[..32]]));
        assert_eq!(whole[16..], after, "the last byte starts again at zero");
        counter[15] = 0xff;
        let refused = task("aes.ctr", "", 1, &[&key, &counter, &data]);
        assert!(refused.is_err(), "three blocks have two counters");
    }

    #[test]
    fn derived_bits_are_those_of_the_rfcs() {
        // RFC 5869, test case 3: no salt, no info. RFC 6070, second vector.
        let okm = first(task("hkdf", "SHA-256", 8, &[&[0x0b; 22], &[], &[]]));
        assert_eq!(okm, [0x8d, 0xa4, 0xe7, 0x75, 0xa5, 0x63, 0xc1, 0x8f]);
        let key = task("pbkdf2", "SHA-1", 4, &[b"password", b"salt", &2_u32.to_be_bytes()]);
        assert_eq!(first(key), [0xea, 0x6c, 0x01, 0x4d]);
    }

    #[test]
    fn signatures_verify_and_others_do_not() {
        let data = b"signed";
        for (generate, variant, number, sign, verify) in [
            ("rsa.generate", "", 1024, "rsa.sign", "rsa.verify"),
            ("ec.generate", "P-256", 0, "ec.sign", "ec.verify"),
            ("okp.generate", "Ed25519", 0, "okp.sign", "okp.verify"),
        ] {
            let keys = task(generate, variant, number, &[&[1, 0, 1]]).expect("a pair of keys");
            let hash = if sign == "okp.sign" { "Ed25519" } else { "SHA-256" };
            let signature = first(task(sign, hash, 0, &[&keys[0], data]));
            let holds = |data: &[u8]| first(task(verify, hash, 0, &[&keys[1], data, &signature]));
            assert_eq!((holds(data), holds(b"other")), (vec![1], vec![0]), "{generate}");
        }
    }
}
