//! Any bytes are a request, part of one, or refused; and cutting them changes nothing.

#![no_main]

use dx_http::{HeadScratch, Limits, Parsed, TargetForm, Version, parse_request};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|input: (u16, &[u8])| {
    let (cut, bytes) = input;
    let limits = Limits { head_bytes: 4 * 1024, headers: 32 };
    let mut scratch = HeadScratch::new();
    let cut = usize::from(cut) % (bytes.len() + 1);
    let prefix = parse_request(&bytes[..cut], &limits, &mut scratch);
    let whole = parse_request(bytes, &limits, &mut scratch);
    assert!(prefix == Parsed::Partial || prefix == whole, "{prefix:?} {whole:?}");
    let Parsed::Complete(head) = whole else {
        return;
    };
    let head_bytes = &bytes[..head.head_len as usize];
    assert!(head_bytes.ends_with(b"\r\n\r\n") && head_bytes.len() <= limits.head_bytes);
    let feeds = head_bytes.iter().filter(|byte| **byte == b'\n').count();
    let line_ends = head_bytes.windows(2).filter(|pair| pair == b"\r\n").count();
    let returns = head_bytes.iter().filter(|byte| **byte == b'\r').count();
    assert_eq!((feeds, returns), (line_ends, line_ends), "a bare CR or LF was let through");
    assert!(!head_bytes.contains(&0));
    assert!(head.version == Version::Http10 || head.host_field.is_some());
    assert!(head.target_form != TargetForm::Origin || head.target.of(head_bytes)[0] == b'/');
    for (name, value) in scratch.iter(head_bytes) {
        assert!(!name.is_empty() && value.trim_ascii() == value);
    }
});
