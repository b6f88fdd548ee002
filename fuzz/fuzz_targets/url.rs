//! The native part of URLs, their domains: any text is a domain in ASCII or refused, what is in
//! ASCII stays as it is, and what is shown of it leads back to it. (The parser is JavaScript:
//! `fuzz/url.ts`.)

#![no_main]

use dx_compat_web::domain::{to_ascii, to_unicode};
use libfuzzer_sys::fuzz_target;

/// What no domain may contain (URL Standard, forbidden domain code points).
const FORBIDDEN: &[u8] = b"\0\t\n\r #/:<>?@[\\]^|%\x7f";

fuzz_target!(|text: &str| {
    let shown = to_unicode(text);
    let Some(ascii) = to_ascii(text) else { return };
    assert!(ascii.is_ascii() && !ascii.bytes().any(|byte| byte.is_ascii_uppercase()));
    assert!(!ascii.bytes().any(|byte| FORBIDDEN.contains(&byte) || byte < 0x20), "{ascii:?}");
    assert_eq!(to_ascii(&ascii).as_deref(), Some(&*ascii));
    assert_eq!(to_ascii(&shown).as_deref(), Some(&*ascii), "{shown:?}");
});
