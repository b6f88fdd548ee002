//! Two hashes made of 64 by 64 bit multiplications: wyhash (final version 4) and rapidhash.

use super::{word32, word64};

const WY_SECRET: [u64; 4] =
    [0xa076_1d64_78bd_642f, 0xe703_7ed1_a0b4_28db, 0x8ebc_6af0_9c88_c6e3, 0x5899_65cc_7537_4cc3];
const RAPID_SECRET: [u64; 3] =
    [0x2d35_8dcc_aa6c_78a5, 0x8bb8_4b93_962e_acc9, 0x4b33_a62e_d433_d4a3];

/// The low and the high half of a product.
const fn multiply(left: u64, right: u64) -> (u64, u64) {
    let product = left as u128 * right as u128;
    (product as u64, (product >> 64) as u64)
}

const fn mix(left: u64, right: u64) -> u64 {
    let (low, high) = multiply(left, right);
    low ^ high
}

/// The words of 4 bytes at two places as one.
fn pair(input: &[u8], first: usize, second: usize) -> u64 {
    u64::from(word32(input, first)) << 32 | u64::from(word32(input, second))
}

pub(super) fn wyhash(input: &[u8], seed: u64) -> u64 {
    let length = input.len();
    let mut state = seed ^ mix(seed ^ WY_SECRET[0], WY_SECRET[1]);
    let (first, second) = if length <= 16 {
        match length {
            0 => (0, 0),
            1..=3 => {
                let byte = |index: usize| u64::from(input[index]);
                (byte(0) << 16 | byte(length >> 1) << 8 | byte(length - 1), 0)
            }
            _ => {
                let (step, end) = ((length >> 3) << 2, length - 4);
                (pair(input, 0, step), pair(input, end, end - step))
            }
        }
    } else {
        let mut start = 0;
        if length >= 48 {
            let mut lanes = [state; 3];
            while start + 48 < length {
                for (lane, value) in lanes.iter_mut().enumerate() {
                    let at = start + 16 * lane;
                    let left = word64(input, at) ^ WY_SECRET[lane + 1];
                    *value = mix(left, word64(input, at + 8) ^ *value);
                }
                start += 48;
            }
            state = lanes[0] ^ lanes[1] ^ lanes[2];
        }
        while start + 16 < length {
            let left = word64(input, start) ^ WY_SECRET[1];
            state = mix(left, word64(input, start + 8) ^ state);
            start += 16;
        }
        (word64(input, length - 16), word64(input, length - 8))
    };
    let (low, high) = multiply(first ^ WY_SECRET[1], second ^ state);
    mix(low ^ WY_SECRET[0] ^ length as u64, high ^ WY_SECRET[1])
}

pub(super) fn rapidhash(input: &[u8], seed: u64) -> u64 {
    let length = input.len();
    let secret = RAPID_SECRET;
    let mut state = seed ^ mix(seed ^ secret[0], secret[1]) ^ length as u64;
    let (first, second) = match length {
        0 => (0, 0),
        1..=3 => {
            let byte = |index: usize| u64::from(input[index]);
            (byte(0) << 56 | byte(length >> 1) << 32 | byte(length - 1), 0)
        }
        4..=16 => {
            let (step, end) = ((length & 24) >> (length >> 3), length - 4);
            (pair(input, 0, end), pair(input, step, end - step))
        }
        _ => {
            state = rapid_body(input, state);
            (word64(input, length - 16), word64(input, length - 8))
        }
    };
    let (low, high) = multiply(first ^ secret[1], second ^ state);
    mix(low ^ secret[0] ^ length as u64, high ^ secret[1])
}

/// What rapidhash makes of more than 16 bytes, but for the last 16.
fn rapid_body(input: &[u8], mut state: u64) -> u64 {
    let secret = RAPID_SECRET;
    let mut rest = input;
    if input.len() > 48 {
        let mut lanes = [state; 3];
        while rest.len() >= 48 {
            for (lane, value) in lanes.iter_mut().enumerate() {
                let left = word64(rest, 16 * lane) ^ secret[lane];
                *value = mix(left, word64(rest, 16 * lane + 8) ^ *value);
            }
            rest = &rest[48..];
        }
        state = lanes[0] ^ lanes[1] ^ lanes[2];
    }
    if rest.len() > 16 {
        state = mix(word64(rest, 0) ^ secret[2], word64(rest, 8) ^ state ^ secret[1]);
        if rest.len() > 32 {
            state = mix(word64(rest, 16) ^ secret[2], word64(rest, 24) ^ state);
        }
    }
    state
}
