//! The Huffman code of RFC 7541, appendix B.
//!
//! The code is canonical: the lengths of its words say all of it, so the words and the table
//! that reads them are computed from the lengths when the program is compiled.

/// Bits of each byte's word. The end-of-string word, 30 ones, is not for use.
const LENGTHS: [u8; 256] = [
    13, 23, 28, 28, 28, 28, 28, 28, 28, 24, 30, 28, 28, 30, 28, 28, 28, 28, 28, 28, 28, 28, 30, 28,
    28, 28, 28, 28, 28, 28, 28, 28, 6, 10, 10, 12, 13, 6, 8, 11, 10, 10, 8, 11, 8, 6, 6, 6, 5, 5,
    5, 6, 6, 6, 6, 6, 6, 6, 7, 8, 15, 6, 12, 10, 13, 6, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7,
    7, 7, 7, 7, 7, 7, 7, 7, 8, 7, 8, 13, 19, 13, 14, 6, 15, 5, 6, 5, 6, 5, 6, 6, 6, 5, 7, 7, 6, 6,
    6, 5, 6, 7, 6, 5, 5, 6, 7, 7, 7, 7, 7, 15, 11, 14, 13, 28, 20, 22, 20, 20, 22, 22, 22, 23, 22,
    23, 23, 23, 23, 23, 24, 23, 24, 24, 22, 23, 24, 23, 23, 23, 23, 21, 22, 23, 22, 23, 23, 24, 22,
    21, 20, 22, 22, 23, 23, 21, 23, 22, 22, 24, 21, 22, 23, 23, 21, 21, 22, 21, 23, 22, 23, 23, 20,
    22, 22, 22, 23, 22, 22, 23, 26, 26, 20, 19, 22, 23, 22, 25, 26, 26, 26, 27, 27, 26, 24, 25, 19,
    21, 26, 27, 27, 26, 27, 24, 21, 21, 26, 26, 28, 27, 27, 27, 20, 24, 20, 21, 22, 21, 21, 23, 22,
    22, 25, 25, 24, 24, 26, 23, 26, 27, 26, 26, 27, 27, 27, 27, 27, 28, 27, 27, 27, 27, 27, 26,
];

const BITS_MIN: usize = 5;
const BITS_MAX: usize = 30;

/// What reads words: of each length, the first word (flush left in 32 bits) behind those of
/// this length, the first word itself, and where its bytes begin in `SYMBOLS`.
struct Canonical {
    words: [u32; 256],
    symbols: [u8; 256],
    behind: [u64; BITS_MAX + 1],
    first: [u32; BITS_MAX + 1],
    place: [usize; BITS_MAX + 1],
}

const CODE: Canonical = canonical();

const fn canonical() -> Canonical {
    let mut code = Canonical {
        words: [0; 256],
        symbols: [0; 256],
        behind: [0; BITS_MAX + 1],
        first: [0; BITS_MAX + 1],
        place: [0; BITS_MAX + 1],
    };
    let mut word = 0_u32;
    let mut count = 0;
    let mut bits = BITS_MIN;
    while bits <= BITS_MAX {
        code.first[bits] = word;
        code.place[bits] = count;
        let mut byte = 0;
        while byte < 256 {
            if LENGTHS[byte] as usize == bits {
                code.words[byte] = word;
                code.symbols[count] = byte as u8;
                word += 1;
                count += 1;
            }
            byte += 1;
        }
        code.behind[bits] = (word as u64) << (32 - bits);
        word <<= 1;
        bits += 1;
    }
    code
}

/// How many bytes the text has when encoded.
#[must_use]
pub fn encoded_len(text: &[u8]) -> usize {
    let bits: usize = text.iter().map(|byte| usize::from(LENGTHS[usize::from(*byte)])).sum();
    bits.div_ceil(8)
}

/// Appends the encoded text.
pub fn encode(text: &[u8], output: &mut Vec<u8>) {
    let mut held = 0_u64;
    let mut bits = 0_u32;
    for byte in text {
        let length = u32::from(LENGTHS[usize::from(*byte)]);
        held = held << length | u64::from(CODE.words[usize::from(*byte)]);
        bits += length;
        while bits >= 8 {
            bits -= 8;
            output.push((held >> bits) as u8);
        }
    }
    if bits > 0 {
        // Filled up with the beginning of the end-of-string word.
        output.push((held << (8 - bits)) as u8 | (0xff_u32 >> bits) as u8);
    }
}

/// Appends what the bytes say; `None` where they are no such text.
#[must_use]
pub fn decode(input: &[u8], output: &mut Vec<u8>) -> Option<()> {
    let mut held = 0_u64;
    let mut bits = 0_usize;
    let mut rest = input.iter();
    loop {
        while bits <= 32 {
            let Some(byte) = rest.next() else { break };
            held = held << 8 | u64::from(*byte);
            bits += 8;
        }
        if bits == 0 {
            return Some(());
        }
        let window =
            if bits >= 32 { held >> (bits - 32) } else { held << (32 - bits) } & 0xffff_ffff;
        let length = (BITS_MIN..=BITS_MAX).find(|length| window < CODE.behind[*length]);
        match length {
            Some(length) if length <= bits => {
                let word = (window >> (32 - length)) as u32;
                let place = CODE.place[length] + (word - CODE.first[length]) as usize;
                output.push(CODE.symbols[place]);
                bits -= length;
            }
            _ => {
                // What is left has to be less than a byte of ones.
                let is_filling = bits < 8 && window >> (32 - bits) == (1 << bits) - 1;
                return is_filling.then_some(());
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_of_the_standards_examples_is_encoded_as_there() {
        let mut output = Vec::new();
        encode(b"www.example.com", &mut output);
        assert_eq!(output, b"\xf1\xe3\xc2\xe5\xf2\x3a\x6b\xa0\xab\x90\xf4\xff");
        assert_eq!(encoded_len(b"www.example.com"), output.len());
    }

    #[test]
    fn every_byte_comes_back() {
        let text: Vec<u8> = (0..=255).chain((0..=255).rev()).collect();
        for length in 0..text.len() {
            let (mut output, mut back) = (Vec::new(), Vec::new());
            encode(&text[..length], &mut output);
            assert_eq!(decode(&output, &mut back), Some(()));
            assert_eq!(back, &text[..length]);
        }
    }

    #[test]
    fn filling_of_a_whole_byte_or_of_zeros_is_refused() {
        assert_eq!(decode(b"\xff", &mut Vec::new()), None);
        assert_eq!(decode(b"\x18", &mut Vec::new()), None);
        assert_eq!(decode(b"\xff\xff\xff\xff", &mut Vec::new()), None);
    }
}
