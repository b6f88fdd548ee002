//! Splitting a multipart/form-data body: no input panics, and every entry lies inside the body.

#![no_main]

use dx_compat_web::multipart::parse;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|input: (&[u8], &[u8])| {
    let (boundary, body) = input;
    let Ok(entries) = parse(body, boundary) else { return };
    let mut end = 0;
    for entry in entries {
        assert!(!body[entry.name.clone()].is_empty());
        assert!(entry.name.start >= end && entry.value.start > entry.name.end);
        let _ = &body[entry.content_type];
        if let Some(filename) = entry.filename {
            let _ = &body[filename];
        }
        end = entry.value.end;
        let _ = &body[entry.value];
    }
});
