//! The algorithms by Bun's names: ring's where it has them, which starts a digest without a search
//! for its implementation (a microsecond in OpenSSL), then OpenSSL's, else RustCrypto's.

use std::{cell::RefCell, collections::HashMap};

use blake2::{Blake2b, Blake2b512, Blake2s256, digest::consts::U32};
use digest::{Digest as _, FixedOutputReset as _};
use openssl::hash::{Hasher as OpensslHasher, MessageDigest};
use ring::digest::{Context, SHA1_FOR_LEGACY_USE_ONLY, SHA256, SHA384, SHA512, SHA512_256};

/// The digest that has taken part of its input.
#[derive(Clone)]
pub(super) enum Digest {
    /// One that ring has.
    Ring(Box<Context>),
    /// One that OpenSSL has, and the length of its digest in bytes.
    Openssl(Box<OpensslHasher>, MessageDigest, usize),
    Blake2b256(Box<Blake2b<U32>>),
    Blake2b512(Box<Blake2b512>),
    Blake2s256(Box<Blake2s256>),
    Md4(Box<md4::Md4>),
}

thread_local! {
    /// Hashers that have taken nothing, by number: copies of them need no search.
    static FRESH: RefCell<HashMap<i32, OpensslHasher>> = RefCell::default();
}

fn fresh(kind: MessageDigest) -> Option<OpensslHasher> {
    FRESH.with_borrow_mut(|known| {
        if let Some(hasher) = known.get(&kind.type_().as_raw()) {
            return Some(hasher.clone());
        }
        let hasher = OpensslHasher::new(kind).ok()?;
        known.insert(kind.type_().as_raw(), hasher.clone());
        Some(hasher)
    })
}

/// How long the extendable functions answer by Bun's choice, in bytes.
const SHAKE128_BYTES: usize = 16;
const SHAKE256_BYTES: usize = 32;

impl Digest {
    /// The algorithm with this name, in any case.
    pub(super) fn by_name(name: &str) -> Option<Self> {
        let name = name.to_ascii_lowercase();
        let message_digest = match name.as_str() {
            "sha1" | "sha-1" | "sha128" => return Some(Self::ring(&SHA1_FOR_LEGACY_USE_ONLY)),
            "sha256" | "sha-256" => return Some(Self::ring(&SHA256)),
            "sha384" | "sha-384" => return Some(Self::ring(&SHA384)),
            "sha512" | "sha-512" => return Some(Self::ring(&SHA512)),
            "sha512-256" | "sha-512/256" | "sha-512_256" | "sha-512256" => {
                return Some(Self::ring(&SHA512_256));
            }
            "blake2b256" => return Some(Self::Blake2b256(Box::default())),
            "blake2b512" => return Some(Self::Blake2b512(Box::default())),
            "blake2s256" => return Some(Self::Blake2s256(Box::default())),
            "md4" => return Some(Self::Md4(Box::default())),
            "md5" => MessageDigest::md5(),
            "ripemd160" | "rmd160" => MessageDigest::ripemd160(),
            "sha224" | "sha-224" => MessageDigest::sha224(),
            "sha512-224" | "sha-512/224" | "sha-512_224" | "sha-512224" => {
                MessageDigest::from_name("SHA512-224")?
            }
            "sha3-224" => MessageDigest::sha3_224(),
            "sha3-256" => MessageDigest::sha3_256(),
            "sha3-384" => MessageDigest::sha3_384(),
            "sha3-512" => MessageDigest::sha3_512(),
            "shake128" => MessageDigest::shake_128(),
            "shake256" => MessageDigest::shake_256(),
            _ => return None,
        };
        let length = match name.as_str() {
            "shake128" => SHAKE128_BYTES,
            "shake256" => SHAKE256_BYTES,
            _ => message_digest.size(),
        };
        let hasher = fresh(message_digest)?;
        Some(Self::Openssl(Box::new(hasher), message_digest, length))
    }

    fn ring(algorithm: &'static ring::digest::Algorithm) -> Self {
        Self::Ring(Box::new(Context::new(algorithm)))
    }

    pub(super) fn update(&mut self, bytes: &[u8]) {
        match self {
            Self::Ring(context) => context.update(bytes),
            Self::Openssl(hasher, ..) => {
                // Only memory that cannot be had makes it fail, and that ends the process.
                let _infallible = hasher.update(bytes);
            }
            Self::Blake2b256(hasher) => hasher.update(bytes),
            Self::Blake2b512(hasher) => hasher.update(bytes),
            Self::Blake2s256(hasher) => hasher.update(bytes),
            Self::Md4(hasher) => hasher.update(bytes),
        }
    }

    /// The digest; afterwards there is no input again.
    pub(super) fn finish(&mut self) -> Vec<u8> {
        match self {
            Self::Ring(context) => {
                let fresh = Context::new(context.algorithm());
                std::mem::replace(&mut **context, fresh).finish().as_ref().to_vec()
            }
            Self::Openssl(hasher, kind, length) => {
                let mut out = vec![0; *length];
                let extendable = [MessageDigest::shake_128(), MessageDigest::shake_256()];
                if extendable.iter().any(|other| other.type_() == kind.type_()) {
                    let _infallible = hasher.finish_xof(&mut out);
                } else if let Ok(bytes) = hasher.finish() {
                    out.copy_from_slice(&bytes);
                }
                out
            }
            Self::Blake2b256(hasher) => hasher.finalize_fixed_reset().to_vec(),
            Self::Blake2b512(hasher) => hasher.finalize_fixed_reset().to_vec(),
            Self::Blake2s256(hasher) => hasher.finalize_fixed_reset().to_vec(),
            Self::Md4(hasher) => hasher.finalize_fixed_reset().to_vec(),
        }
    }

    /// The digest's length in bytes.
    pub(super) fn length(&self) -> usize {
        match self {
            Self::Ring(context) => context.algorithm().output_len(),
            Self::Openssl(_, _, length) => *length,
            Self::Blake2b256(_) | Self::Blake2s256(_) => 32,
            Self::Blake2b512(_) => 64,
            Self::Md4(_) => 16,
        }
    }

    /// The block of the algorithm in bytes; `None` where Bun has no HMAC with it.
    fn block(&self) -> Option<usize> {
        match self {
            Self::Ring(context) => Some(context.algorithm().block_len()),
            Self::Openssl(_, kind, length) => match (kind.block_size(), length) {
                (_, &SHAKE128_BYTES) if kind.type_() != MessageDigest::md5().type_() => None,
                _ if kind.type_() == MessageDigest::shake_256().type_() => None,
                (block, _) => Some(block),
            },
            Self::Blake2b256(_) | Self::Blake2b512(_) => Some(128),
            Self::Blake2s256(_) => None,
            Self::Md4(_) => Some(64),
        }
    }
}

/// A digest, or an HMAC over it (RFC 2104).
#[derive(Clone)]
pub(super) struct Hasher {
    digest: Digest,
    /// The outer digest with its key already taken, where there is a key.
    outer: Option<Digest>,
}

impl Hasher {
    pub(super) const fn new(digest: Digest) -> Self {
        Self { digest, outer: None }
    }

    /// An HMAC; `None` where the algorithm has none.
    pub(super) fn with_key(digest: &Digest, key: &[u8]) -> Option<Self> {
        let mut block = vec![0; digest.block()?];
        if key.len() > block.len() {
            let mut shortened = digest.clone();
            shortened.update(key);
            let short = shortened.finish();
            block[..short.len()].copy_from_slice(&short);
        } else {
            block[..key.len()].copy_from_slice(key);
        }
        let padded = |pad: u8| {
            let mut digest = digest.clone();
            digest.update(&block.iter().map(|byte| byte ^ pad).collect::<Vec<_>>());
            digest
        };
        Some(Self { digest: padded(0x36), outer: Some(padded(0x5c)) })
    }

    pub(super) fn update(&mut self, bytes: &[u8]) {
        self.digest.update(bytes);
    }

    pub(super) fn finish(&mut self) -> Vec<u8> {
        let inner = self.digest.finish();
        match &mut self.outer {
            None => inner,
            Some(outer) => {
                outer.update(&inner);
                outer.finish()
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Digest, Hasher};

    fn hexadecimal(bytes: &[u8]) -> String {
        bytes.iter().map(|byte| format!("{byte:02x}")).collect()
    }

    fn of_abc(name: &str) -> String {
        let mut digest = Digest::by_name(name).expect("a known name");
        digest.update(b"abc");
        hexadecimal(&digest.finish())
    }

    #[test]
    fn digests_of_both_libraries_are_the_standard_ones() {
        assert_eq!(of_abc("md4"), "a448017aaf21d8525fc10ae87aa6729d");
        assert_eq!(of_abc("MD5"), "900150983cd24fb0d6963f7d28e17f72");
        let sha = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
        assert_eq!(of_abc("SHA-256"), sha);
        assert_eq!(of_abc("shake128"), "5881092dd818bf5cf8a3ddb793fbcba7");
        let blake = "508c5e8c327c14e2e1a72ba34eeb452f37458b209ed63a294d999b4c86675982";
        assert_eq!(of_abc("blake2s256"), blake);
    }

    #[test]
    fn a_keyed_hasher_is_an_hmac() {
        let digest = Digest::by_name("sha1").expect("a known name");
        let mut hasher = Hasher::with_key(&digest, b"k").expect("an HMAC");
        hasher.update(b"abc");
        assert_eq!(hexadecimal(&hasher.finish()), "f9bef091fe00d9f5128593836dba99e193f08174");
    }

    #[test]
    fn extendable_functions_have_no_hmac() {
        for name in ["shake128", "shake256", "blake2s256"] {
            let digest = Digest::by_name(name).expect("a known name");
            assert!(Hasher::with_key(&digest, b"k").is_none(), "{name}");
        }
    }
}
