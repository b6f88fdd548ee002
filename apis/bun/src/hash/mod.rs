//! Bun.hash: hash functions for tables and checksums, not for secrets.
//!
//! Everything here is a pure function of bytes and a seed; nothing fails.

mod city;
mod murmur;
mod wy;

use dx_ops::{Call, Exception, Text, Value};
use xxhash_rust::{xxh3::xxh3_64_with_seed, xxh32::xxh32, xxh64::xxh64};

/// The largest run of bytes whose sums of [`adler32`] cannot overflow 32 bits (RFC 1950).
const ADLER_RUN: usize = 5552;
const ADLER_MODULUS: u32 = 65521;

enum Hash {
    Short(u32),
    Long(u64),
}

/// `hash(which, input, seedLow, seedHigh)`: a number for hashes of 32 bits, a bigint for
/// those of 64. A string is hashed as UTF-8.
///
/// # Errors
/// When the input is neither text nor bytes, or `which` is unknown.
pub(crate) fn hash(call: &mut Call<'_>) -> Result<Value, Exception> {
    let which = call.arguments.number(0) as u32;
    let seed = (call.arguments.number(3) as u64) << 32 | call.arguments.number(2) as u64;
    let mut done = None;
    let is_text = call.arguments.text(1, &mut |text| {
        if let Text::Latin1(bytes) = text
            && bytes.is_ascii()
        {
            done = Some(value(which, bytes, seed));
        }
    });
    match done {
        Some(done) => done,
        None if is_text => value(which, call.expect_string(1, "data")?.as_bytes(), seed),
        None => value(which, call.expect_bytes(1, "data")?, seed),
    }
}

fn value(which: u32, input: &[u8], seed: u64) -> Result<Value, Exception> {
    Ok(match by_number(which, input, seed) {
        Some(Hash::Short(hash)) => Value::from(hash),
        Some(Hash::Long(hash)) => Value::BigInt(hash),
        None => return Err(Exception::type_error("Unknown hash")),
    })
}

/// The numbers are those of apis/bun/js/hash.js.
fn by_number(which: u32, input: &[u8], seed: u64) -> Option<Hash> {
    let short_seed = seed as u32;
    Some(match which {
        0 => Hash::Long(wy::wyhash(input, seed)),
        1 => Hash::Short(adler32(input)),
        2 => Hash::Short(crc32(input, short_seed)),
        3 => Hash::Short(city::city32(input)),
        4 => Hash::Long(city::city64_with_seed(input, seed)),
        5 => Hash::Short(xxh32(input, short_seed)),
        6 => Hash::Long(xxh64(input, seed)),
        7 => Hash::Long(xxh3_64_with_seed(input, u64::from(short_seed))),
        8 => Hash::Short(murmur::murmur2_32(input, short_seed)),
        9 => Hash::Short(murmur::murmur3_32(input, short_seed)),
        10 => Hash::Long(murmur::murmur2_64(input, seed)),
        11 => Hash::Long(wy::rapidhash(input, seed)),
        _ => return None,
    })
}

/// Adler-32 (RFC 1950, section 8.2).
fn adler32(input: &[u8]) -> u32 {
    let (mut low, mut high) = (1_u32, 0_u32);
    for run in input.chunks(ADLER_RUN) {
        for &byte in run {
            low += u32::from(byte);
            high += low;
        }
        low %= ADLER_MODULUS;
        high %= ADLER_MODULUS;
    }
    high << 16 | low
}

/// CRC-32 of IEEE 802.3, going on from `seed`.
fn crc32(input: &[u8], seed: u32) -> u32 {
    let mut hasher = crc32fast::Hasher::new_with_initial(seed);
    hasher.update(input);
    hasher.finalize()
}

/// The little-endian word of 8 bytes at `offset`.
fn word64(bytes: &[u8], offset: usize) -> u64 {
    let mut word = [0; 8];
    word.copy_from_slice(&bytes[offset..offset + 8]);
    u64::from_le_bytes(word)
}

/// The little-endian word of 4 bytes at `offset`.
fn word32(bytes: &[u8], offset: usize) -> u32 {
    let mut word = [0; 4];
    word.copy_from_slice(&bytes[offset..offset + 4]);
    u32::from_le_bytes(word)
}

#[cfg(test)]
mod tests {
    use super::{Hash, by_number};

    fn hello(which: u32) -> u64 {
        match by_number(which, b"hello world", 0) {
            Some(Hash::Short(hash)) => u64::from(hash),
            Some(Hash::Long(hash)) => hash,
            None => 0,
        }
    }

    #[test]
    fn every_hash_of_a_known_text_is_the_published_one() {
        let expected = [
            0x668d_5e43_1c3b_2573,
            0x1a0b_045d,
            0x0d4a_1185,
            0x19a7_581a,
            0xc792_0bbd_bece_e42f,
            0xcebb_6622,
            0x45ab_6734_b21e_6968,
            0xd447_b1ea_40e6_988b,
            0x44a8_1419,
            0x5e92_8f0f,
            0xd3ba_2368_a832_afce,
            0x58a8_9bdc_ee89_c08c,
        ];
        for (which, expected) in (0..).zip(expected) {
            assert_eq!(hello(which), expected, "hash {which}");
        }
    }

    #[test]
    fn an_unknown_hash_is_refused() {
        assert!(by_number(12, b"", 0).is_none());
    }

    #[test]
    fn the_checksum_goes_on_from_its_seed() {
        let Some(Hash::Short(first)) = by_number(2, b"hello ", 0) else { unreachable!() };
        let Some(Hash::Short(both)) = by_number(2, b"world", u64::from(first)) else {
            unreachable!()
        };
        assert_eq!(both, 0x0d4a_1185);
    }
}
