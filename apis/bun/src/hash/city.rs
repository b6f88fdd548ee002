//! CityHash 1.1 by Geoff Pike and Jyrki Alakuijala: 32 bits, and 64 bits with a seed.

use super::{
    murmur::{FACTORS_3, finish_3},
    word32, word64,
};

const K0: u64 = 0xc3a5_c85c_97cb_3127;
const K1: u64 = 0xb492_b66f_be98_f273;
const K2: u64 = 0x9ae1_6a3b_2f90_404f;
const PAIR_MULTIPLIER: u64 = 0x9ddf_ea08_eb38_2d69;

/// The step that ends every round of the 32-bit hash.
const fn stir(hash: u32) -> u32 {
    hash.wrapping_mul(5).wrapping_add(0xe654_6b64)
}

const fn scramble(part: u32) -> u32 {
    part.wrapping_mul(FACTORS_3[0]).rotate_right(17).wrapping_mul(FACTORS_3[1])
}

const fn blend(part: u32, hash: u32) -> u32 {
    stir((hash ^ scramble(part)).rotate_right(19))
}

pub(super) fn city32(input: &[u8]) -> u32 {
    let length = input.len();
    let size = length as u32;
    let at = |offset| word32(input, offset);
    match length {
        0..=4 => {
            let (mut sum, mut check) = (0_u32, 9_u32);
            for &byte in input {
                let byte = i32::from(byte.cast_signed()).cast_unsigned();
                sum = sum.wrapping_mul(FACTORS_3[0]).wrapping_add(byte);
                check ^= sum;
            }
            finish_3(blend(sum, blend(size, check)))
        }
        5..=12 => {
            let seed = size.wrapping_mul(5);
            let first = size.wrapping_add(at(0));
            let last = seed.wrapping_add(at(length - 4));
            let middle = 9_u32.wrapping_add(at((length >> 1) & 4));
            finish_3(blend(middle, blend(last, blend(first, seed))))
        }
        13..=24 => {
            let half = length >> 1;
            let offsets = [half - 4, 4, length - 8, half, 0, length - 4];
            finish_3(offsets.iter().fold(size, |hash, &offset| blend(at(offset), hash)))
        }
        _ => city32_long(input),
    }
}

fn city32_long(input: &[u8]) -> u32 {
    let length = input.len();
    let size = length as u32;
    let from_end = |distance| scramble(word32(input, length - distance));
    let mut h = size;
    let mut g = FACTORS_3[0].wrapping_mul(size);
    let mut f = g;
    h = stir((h ^ from_end(4)).rotate_right(19));
    h = stir((h ^ from_end(16)).rotate_right(19));
    g = stir((g ^ from_end(8)).rotate_right(19));
    g = stir((g ^ from_end(12)).rotate_right(19));
    f = stir(f.wrapping_add(from_end(20)).rotate_right(19));
    for round in 0..(length - 1) / 20 {
        let at = |index: usize| word32(input, round * 20 + 4 * index);
        let first = scramble(at(0));
        h = stir((h ^ first).rotate_right(18));
        f = f.wrapping_add(at(1)).rotate_right(19).wrapping_mul(FACTORS_3[0]);
        g = stir(g.wrapping_add(scramble(at(2))).rotate_right(18));
        h = stir((h ^ scramble(at(3)).wrapping_add(at(1))).rotate_right(19));
        g = (g ^ at(4)).swap_bytes().wrapping_mul(5);
        h = h.wrapping_add(at(4).wrapping_mul(5)).swap_bytes();
        f = f.wrapping_add(first);
        (f, g, h) = (g, h, f);
    }
    let spin = |hash: u32, by| hash.rotate_right(by).wrapping_mul(FACTORS_3[0]);
    g = spin(spin(g, 11), 17);
    f = spin(spin(f, 11), 17);
    h = spin(stir(h.wrapping_add(g).rotate_right(19)), 17);
    spin(stir(h.wrapping_add(f).rotate_right(19)), 17)
}

const fn shift_mix(value: u64) -> u64 {
    value ^ value >> 47
}

const fn pair(low: u64, high: u64, multiplier: u64) -> u64 {
    let first = shift_mix((low ^ high).wrapping_mul(multiplier));
    let second = shift_mix((high ^ first).wrapping_mul(multiplier));
    second.wrapping_mul(multiplier)
}

/// The 64-bit hash with one seed; `K2` is its other.
pub(super) fn city64_with_seed(input: &[u8], seed: u64) -> u64 {
    pair(city64(input).wrapping_sub(K2), seed, PAIR_MULTIPLIER)
}

fn city64(input: &[u8]) -> u64 {
    match input.len() {
        0..=16 => city64_tiny(input),
        17..=32 => city64_short(input),
        33..=64 => city64_middle(input),
        _ => city64_long(input),
    }
}

fn multiplier_of(input: &[u8]) -> u64 {
    K2.wrapping_add((input.len() as u64).wrapping_mul(2))
}

fn city64_tiny(input: &[u8]) -> u64 {
    let length = input.len();
    let multiplier = multiplier_of(input);
    match length {
        0 => K2,
        1..=3 => {
            let byte = |index: usize| u32::from(input[index]);
            let low = byte(0).wrapping_add(byte(length >> 1) << 8);
            let high = (length as u32).wrapping_add(byte(length - 1) << 2);
            let both = u64::from(low).wrapping_mul(K2) ^ u64::from(high).wrapping_mul(K0);
            shift_mix(both).wrapping_mul(K2)
        }
        4..=7 => {
            let first = u64::from(word32(input, 0)) << 3;
            let last = u64::from(word32(input, length - 4));
            pair((length as u64).wrapping_add(first), last, multiplier)
        }
        _ => {
            let first = word64(input, 0).wrapping_add(K2);
            let last = word64(input, length - 8);
            let low = last.rotate_right(37).wrapping_mul(multiplier).wrapping_add(first);
            let high = first.rotate_right(25).wrapping_add(last).wrapping_mul(multiplier);
            pair(low, high, multiplier)
        }
    }
}

fn city64_short(input: &[u8]) -> u64 {
    let length = input.len();
    let multiplier = multiplier_of(input);
    let a = word64(input, 0).wrapping_mul(K1);
    let b = word64(input, 8);
    let c = word64(input, length - 8).wrapping_mul(multiplier);
    let d = word64(input, length - 16).wrapping_mul(K2);
    let low = a.wrapping_add(b).rotate_right(43).wrapping_add(c.rotate_right(30)).wrapping_add(d);
    let high = a.wrapping_add(b.wrapping_add(K2).rotate_right(18)).wrapping_add(c);
    pair(low, high, multiplier)
}

fn city64_middle(input: &[u8]) -> u64 {
    let length = input.len();
    let multiplier = multiplier_of(input);
    let at = |offset| word64(input, offset);
    let a = at(0).wrapping_mul(K2);
    let b = at(8);
    let c = at(length - 24);
    let d = at(length - 32);
    let e = at(16).wrapping_mul(K2);
    let f = at(24).wrapping_mul(9);
    let g = at(length - 8);
    let h = at(length - 16).wrapping_mul(multiplier);
    let lifted = b.rotate_right(30).wrapping_add(c).wrapping_mul(9);
    let u = a.wrapping_add(g).rotate_right(43).wrapping_add(lifted);
    let v = (a.wrapping_add(g) ^ d).wrapping_add(f).wrapping_add(1);
    let w = u.wrapping_add(v).wrapping_mul(multiplier).swap_bytes().wrapping_add(h);
    let x = e.wrapping_add(f).rotate_right(42).wrapping_add(c);
    let swapped = v.wrapping_add(w).wrapping_mul(multiplier).swap_bytes();
    let y = swapped.wrapping_add(g).wrapping_mul(multiplier);
    let z = e.wrapping_add(f).wrapping_add(c);
    let sum = x.wrapping_add(z).wrapping_mul(multiplier).wrapping_add(y);
    let a = sum.swap_bytes().wrapping_add(b);
    let last = z.wrapping_add(a).wrapping_mul(multiplier).wrapping_add(d).wrapping_add(h);
    shift_mix(last).wrapping_mul(multiplier).wrapping_add(x)
}

/// 32 bytes at `offset` and two seeds, made into two words.
fn weak(input: &[u8], offset: usize, first: u64, second: u64) -> (u64, u64) {
    let at = |index: usize| word64(input, offset + 8 * index);
    let start = first.wrapping_add(at(0));
    let turned = second.wrapping_add(start).wrapping_add(at(3)).rotate_right(21);
    let sum = start.wrapping_add(at(1)).wrapping_add(at(2));
    let turned = turned.wrapping_add(sum.rotate_right(44));
    (sum.wrapping_add(at(3)), turned.wrapping_add(start))
}

fn city64_long(input: &[u8]) -> u64 {
    let length = input.len();
    let from_end = |distance| word64(input, length - distance);
    let hash16 = |low, high| pair(low, high, PAIR_MULTIPLIER);
    let mut x = from_end(40);
    let mut y = from_end(16).wrapping_add(from_end(56));
    let mut z = hash16(from_end(48).wrapping_add(length as u64), from_end(24));
    let mut v = weak(input, length - 64, length as u64, z);
    let mut w = weak(input, length - 32, y.wrapping_add(K1), x);
    x = x.wrapping_mul(K1).wrapping_add(word64(input, 0));
    for offset in (0..(length - 1) & !63).step_by(64) {
        let at = |index: usize| word64(input, offset + 8 * index);
        x = x.wrapping_add(y).wrapping_add(v.0).wrapping_add(at(1)).rotate_right(37);
        x = x.wrapping_mul(K1) ^ w.1;
        y = y.wrapping_add(v.1).wrapping_add(at(6)).rotate_right(42).wrapping_mul(K1);
        y = y.wrapping_add(v.0).wrapping_add(at(5));
        z = z.wrapping_add(w.0).rotate_right(33).wrapping_mul(K1);
        v = weak(input, offset, v.1.wrapping_mul(K1), x.wrapping_add(w.0));
        w = weak(input, offset + 32, z.wrapping_add(w.1), y.wrapping_add(at(2)));
        std::mem::swap(&mut z, &mut x);
    }
    let low = hash16(v.0, w.0).wrapping_add(shift_mix(y).wrapping_mul(K1)).wrapping_add(z);
    hash16(low, hash16(v.1, w.1).wrapping_add(x))
}
