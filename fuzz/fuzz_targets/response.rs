//! Any bytes are a response, part of one, or refused; and cutting them changes nothing.

#![no_main]

use dx_http::{HeadScratch, Limits, Method, ParsedResponse, parse_response};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|input: (u16, bool, &[u8])| {
    let (cut, head_request, bytes) = input;
    let limits = Limits { head_bytes: 4 * 1024, headers: 32 };
    let method = if head_request { Method::Head } else { Method::Get };
    let mut scratch = HeadScratch::new();
    let cut = usize::from(cut) % (bytes.len() + 1);
    let prefix = parse_response(&bytes[..cut], method, &limits, &mut scratch);
    let whole = parse_response(bytes, method, &limits, &mut scratch);
    assert!(prefix == ParsedResponse::Partial || prefix == whole, "{prefix:?} {whole:?}");
    let ParsedResponse::Complete(head) = whole else {
        return;
    };
    let head_bytes = &bytes[..head.head_len as usize];
    assert!(head_bytes.ends_with(b"\n") && head_bytes.len() <= limits.head_bytes);
    assert!((100..1_000).contains(&head.status));
    let _ = head.reason.of(head_bytes);
    for (name, value) in scratch.iter(head_bytes) {
        assert!(!name.is_empty() && value.trim_ascii() == value);
    }
});
