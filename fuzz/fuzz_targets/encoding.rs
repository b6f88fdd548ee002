//! Any bytes are text in every encoding, or refused where that is fatal; and cutting them changes
//! nothing.

#![no_main]

use dx_compat_web::encoding::{new_decoder, units_of_step};
use encoding_rs::Encoding;
use libfuzzer_sys::fuzz_target;

/// A label of each encoding of the Encoding Standard, the replacement among them.
const LABELS: &str = "utf-8 ibm866 iso-8859-2 iso-8859-3 iso-8859-4 iso-8859-5 iso-8859-6 \
    iso-8859-7 iso-8859-8 iso-8859-8-i iso-8859-10 iso-8859-13 iso-8859-14 iso-8859-15 \
    iso-8859-16 koi8-r koi8-u macintosh windows-874 windows-1250 windows-1251 windows-1252 \
    windows-1253 windows-1254 windows-1255 windows-1256 windows-1257 windows-1258 \
    x-mac-cyrillic gbk gb18030 big5 euc-jp iso-2022-jp shift_jis euc-kr replacement utf-16be \
    utf-16le x-user-defined";

/// All of the text, decoded in pieces; `None` where it was refused.
fn decode(
    encoding: &'static Encoding,
    pieces: &[&[u8]],
    fatal: bool,
    ignores_mark: bool,
) -> Option<Vec<u16>> {
    let mut decoder = new_decoder(encoding, ignores_mark);
    let mut units = Vec::new();
    for piece in pieces {
        units.extend(units_of_step(&mut decoder, piece, fatal, false)?);
    }
    units.extend(units_of_step(&mut decoder, &[], fatal, true)?);
    Some(units)
}

fuzz_target!(|input: (u8, u8, u16, bool, &[u8])| {
    let (label, piece, cut, ignores_mark, bytes) = input;
    let Some(label) = LABELS.split(' ').nth(usize::from(label)) else { return };
    let encoding = Encoding::for_label(label.as_bytes()).expect("a label that is known");
    let (head, tail) = bytes.split_at(usize::from(cut) % (bytes.len() + 1));
    let chunks: Vec<&[u8]> = bytes.chunks(usize::from(piece) + 1).collect();
    for fatal in [false, true] {
        let whole = decode(encoding, &[bytes], fatal, ignores_mark);
        for pieces in [&[head, tail][..], &[head, &[], tail], &chunks] {
            assert_eq!(whole, decode(encoding, pieces, fatal, ignores_mark), "{label} {fatal}");
        }
        assert!(fatal || whole.is_some());
        // Text that was not refused is the same whether malformed bytes would be.
        if let (true, Some(whole)) = (fatal, whole) {
            assert_eq!(decode(encoding, &[bytes], false, ignores_mark), Some(whole));
        }
    }
});
