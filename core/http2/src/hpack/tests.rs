//! Blocks of RFC 7541's appendix C, and what comes back of blocks written here.

use super::{Decoder, Encoder, Fields, Undecodable};

const LIST_MAX: usize = 65_535;

fn bytes(hex: &str) -> Vec<u8> {
    let digits: Vec<u8> = hex.bytes().filter(u8::is_ascii_hexdigit).collect();
    let pair = |two: &[u8]| u8::from_str_radix(std::str::from_utf8(two).unwrap(), 16).unwrap();
    digits.chunks(2).map(pair).collect()
}

fn text(decoder: &mut Decoder, hex: &str) -> String {
    let mut fields = Fields::default();
    decoder.decode(&bytes(hex), LIST_MAX, &mut fields).unwrap();
    String::from_utf8(fields.into_text()).unwrap()
}

#[test]
fn requests_of_the_standards_examples_are_read_as_there() {
    let mut decoder = Decoder::new(4096);
    let first = text(&mut decoder, "8286 8441 8cf1 e3c2 e5f2 3a6b a0ab 90f4 ff");
    assert_eq!(first, ":method\nGET\n:scheme\nhttp\n:path\n/\n:authority\nwww.example.com\n");
    let second = text(&mut decoder, "8286 84be 5886 a8eb 1064 9cbf");
    assert!(second.ends_with(":authority\nwww.example.com\ncache-control\nno-cache\n"));
    let third = text(&mut decoder, "8287 85bf 4088 25a8 49e9 5ba9 7d7f 8925 a849 e95b b8e8 b4bf");
    assert!(third.starts_with(":method\nGET\n:scheme\nhttps\n:path\n/index.html\n"));
    assert!(third.ends_with("custom-key\ncustom-value\n"));
    assert_eq!(decoder.table_used(), 164);
}

#[test]
fn fields_written_come_back_and_get_shorter() {
    let mut encoder = Encoder::default();
    let mut decoder = Decoder::new(4096);
    let sent = b":status\n200\nx-one\ntwo\nset-cookie\na=b\nx-one\ntwo\n";
    let fields = Fields::of_text(sent, |name| name == b"set-cookie");
    let mut lengths = Vec::new();
    for _ in 0..2 {
        let mut block = Vec::new();
        encoder.encode(&fields, &mut block);
        lengths.push(block.len());
        let mut back = Fields::default();
        decoder.decode(&block, LIST_MAX, &mut back).unwrap();
        assert!(back.iter().eq(fields.iter()));
    }
    assert!(lengths[1] < lengths[0]);
}

#[test]
fn a_smaller_table_is_announced_in_the_next_block() {
    let mut encoder = Encoder::default();
    let mut decoder = Decoder::new(4096);
    let fields = Fields::of_text(b"x-one\ntwo\n", |_| false);
    let mut block = Vec::new();
    encoder.encode(&fields, &mut block);
    encoder.set_size_limit(0);
    encoder.set_size_limit(100);
    let mut second = Vec::new();
    encoder.encode(&fields, &mut second);
    for each in [&block, &second] {
        decoder.decode(each, LIST_MAX, &mut Fields::default()).unwrap();
    }
    assert_eq!(second[0], 0x20);
    assert_eq!(decoder.table_size(), 100);
    assert_eq!(decoder.table_used(), encoder.table_used());
}

#[test]
fn what_breaks_the_standard_is_refused() {
    let mut decoder = Decoder::new(4096);
    for hex in ["80", "ff ff ff ff ff ff", "be", "40 05 61", "82 20", "3f e1 7f", "41 81 ff"] {
        let answer = decoder.decode(&bytes(hex), LIST_MAX, &mut Fields::default());
        assert_eq!(answer, Err(Undecodable), "{hex}");
    }
}

#[test]
fn lists_beyond_their_limit_are_counted_and_not_kept() {
    let mut encoder = Encoder::default();
    let mut block = Vec::new();
    let sent: String = (0..100).map(|number| format!("x-{number}\nvalue\n")).collect();
    encoder.encode(&Fields::of_text(sent.as_bytes(), |_| false), &mut block);
    let mut fields = Fields::default();
    Decoder::new(4096).decode(&block, 200, &mut fields).unwrap();
    assert!(fields.list_size > 200 && fields.len() < 10);
}
