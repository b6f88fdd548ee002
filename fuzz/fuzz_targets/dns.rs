//! Any bytes are a DNS message or refused; what is read of them stays within the message, and any
//! name is asked for in a message that reads back, or refused.

#![no_main]

use dx_dns::{Kind, Response, write_query};
use libfuzzer_sys::fuzz_target;

/// Of the third byte: the message answers. A question with it is an answer without records.
const FLAG_RESPONSE: u8 = 0x80;
const KINDS: [&str; 5] = ["A", "AAAA", "TXT", "SRV", "PTR"];

fuzz_target!(|input: (u16, &str, &[u8])| {
    let (id, name, message) = input;
    if let Ok(response) = Response::parse(message) {
        // A record takes at least its fixed fields: one name byte, and ten behind it.
        assert!(response.answers.len() <= message.len() / 11);
    }
    for kind in KINDS {
        let kind = Kind::from_name(kind).expect("a kind that is known");
        let Ok(mut message) = write_query(id, name, kind) else { continue };
        message[2] |= FLAG_RESPONSE;
        let read = Response::parse(&message).expect("an own question is well formed");
        assert_eq!((read.id, read.answers.len()), (id, 0));
    }
});
