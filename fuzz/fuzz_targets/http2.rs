//! Any bytes are HTTP/2, part of it, or refused; and cutting them changes nothing but where
//! content is cut.

#![no_main]

use dx_http2::{Connection, Event, Role};
use libfuzzer_sys::fuzz_target;

/// What was said apart from content, and how much content there was.
fn read(role: Role, bytes: &[u8], piece: usize) -> (Vec<String>, usize) {
    let mut connection = Connection::new(role);
    let (mut said, mut content) = (Vec::new(), 0);
    for part in bytes.chunks(piece) {
        connection.receive(part);
        for event in connection.take_events() {
            match event {
                Event::Data { range, .. } => content += part[range].len(),
                other => said.push(format!("{other:?}")),
            }
        }
        connection.take_output();
    }
    (said, content)
}

fuzz_target!(|bytes: &[u8]| {
    let preface = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\x04\0\0\0\0\0";
    for (role, before) in [(Role::Client, &preface[24..]), (Role::Server, &preface[..])] {
        let input = [before, bytes].concat();
        let whole = read(role, &input, input.len());
        assert_eq!(whole, read(role, &input, 1));
        assert_eq!(whole, read(role, &input, 7));
    }
});
