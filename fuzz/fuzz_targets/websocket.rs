//! Any bytes are WebSocket frames, part of them, or refused; and cutting them changes nothing.

#![no_main]

use dx_ws::{Event, Extension, Reader, Role, Violation};
use libfuzzer_sys::fuzz_target;

fn read(role: Role, bytes: &[u8], piece: usize) -> (Vec<Event>, Option<Violation>) {
    let mut reader = Reader::new(role, 1 << 16, Some(Extension::default()));
    let mut events = Vec::new();
    for part in bytes.chunks(piece) {
        reader.feed(part);
        loop {
            match reader.next_event() {
                Ok(Some(event)) => events.push(event),
                Ok(None) => break,
                Err(violation) => return (events, Some(violation)),
            }
        }
    }
    (events, None)
}

fuzz_target!(|bytes: &[u8]| {
    for role in [Role::Client, Role::Server] {
        let whole = read(role, bytes, bytes.len().max(1));
        assert_eq!(whole, read(role, bytes, 1));
        assert_eq!(whole, read(role, bytes, 7));
    }
});
