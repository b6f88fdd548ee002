//! MurmurHash 2 (32 bits, and 64 bits in its "A" form) and MurmurHash 3 (32 bits), by Austin
//! Appleby.

use super::{word32, word64};

const MULTIPLIER_2: u32 = 0x5bd1_e995;
const MULTIPLIER_2_LONG: u64 = 0xc6a4_a793_5bd1_e995;
/// The two factors of MurmurHash 3, which CityHash has taken over.
pub(super) const FACTORS_3: [u32; 2] = [0xcc9e_2d51, 0x1b87_3593];

/// Up to 7 bytes as a little-endian number.
fn tail(bytes: &[u8]) -> u64 {
    bytes.iter().rev().fold(0, |number, &byte| number << 8 | u64::from(byte))
}

pub(super) fn murmur2_32(input: &[u8], seed: u32) -> u32 {
    let mut hash = seed ^ input.len() as u32;
    let words = input.chunks_exact(4);
    let rest = words.remainder();
    for word in words {
        let mut part = word32(word, 0).wrapping_mul(MULTIPLIER_2);
        part ^= part >> 24;
        hash = hash.wrapping_mul(MULTIPLIER_2) ^ part.wrapping_mul(MULTIPLIER_2);
    }
    if !rest.is_empty() {
        hash = (hash ^ tail(rest) as u32).wrapping_mul(MULTIPLIER_2);
    }
    hash = (hash ^ hash >> 13).wrapping_mul(MULTIPLIER_2);
    hash ^ hash >> 15
}

pub(super) fn murmur2_64(input: &[u8], seed: u64) -> u64 {
    let mut hash = seed ^ (input.len() as u64).wrapping_mul(MULTIPLIER_2_LONG);
    let words = input.chunks_exact(8);
    let rest = words.remainder();
    for word in words {
        let mut part = word64(word, 0).wrapping_mul(MULTIPLIER_2_LONG);
        part ^= part >> 47;
        hash = (hash ^ part.wrapping_mul(MULTIPLIER_2_LONG)).wrapping_mul(MULTIPLIER_2_LONG);
    }
    if !rest.is_empty() {
        hash = (hash ^ tail(rest)).wrapping_mul(MULTIPLIER_2_LONG);
    }
    hash = (hash ^ hash >> 47).wrapping_mul(MULTIPLIER_2_LONG);
    hash ^ hash >> 47
}

pub(super) fn murmur3_32(input: &[u8], seed: u32) -> u32 {
    let scramble =
        |part: u32| part.wrapping_mul(FACTORS_3[0]).rotate_left(15).wrapping_mul(FACTORS_3[1]);
    let mut hash = seed;
    let words = input.chunks_exact(4);
    let rest = words.remainder();
    for word in words {
        hash = (hash ^ scramble(word32(word, 0))).rotate_left(13);
        hash = hash.wrapping_mul(5).wrapping_add(0xe654_6b64);
    }
    hash ^= scramble(tail(rest) as u32);
    finish_3(hash ^ input.len() as u32)
}

/// The last step of MurmurHash 3: every bit of the input touches every bit of the hash.
pub(super) const fn finish_3(mut hash: u32) -> u32 {
    hash = (hash ^ hash >> 16).wrapping_mul(0x85eb_ca6b);
    hash = (hash ^ hash >> 13).wrapping_mul(0xc2b2_ae35);
    hash ^ hash >> 16
}
