//! The methods node:http takes.

use super::Fault;

/// Method names, in llhttp's order.
pub const METHODS: &[&str] = &[
    "DELETE",
    "GET",
    "HEAD",
    "POST",
    "PUT",
    "CONNECT",
    "OPTIONS",
    "TRACE",
    "COPY",
    "LOCK",
    "MKCOL",
    "MOVE",
    "PROPFIND",
    "PROPPATCH",
    "SEARCH",
    "UNLOCK",
    "BIND",
    "REBIND",
    "UNBIND",
    "ACL",
    "REPORT",
    "MKACTIVITY",
    "CHECKOUT",
    "MERGE",
    "M-SEARCH",
    "NOTIFY",
    "SUBSCRIBE",
    "UNSUBSCRIBE",
    "PATCH",
    "PURGE",
    "MKCALENDAR",
    "LINK",
    "UNLINK",
    "SOURCE",
    "QUERY",
];

pub(super) const INVALID: Fault = Fault::new("HPE_INVALID_METHOD", "Invalid method encountered");

/// The place of a whole name.
pub(super) fn place(name: &[u8]) -> Option<u8> {
    match name {
        b"GET" => Some(1),
        b"POST" => Some(3),
        _ => METHODS.iter().position(|each| each.as_bytes() == name).map(|place| place as u8),
    }
}

/// Methods llhttp knows of other protocols: what begins like one of them is read to its end.
const OTHERS: &[&str] = &[
    "PRI",
    "DESCRIBE",
    "ANNOUNCE",
    "SETUP",
    "PLAY",
    "PAUSE",
    "TEARDOWN",
    "GET_PARAMETER",
    "SET_PARAMETER",
    "REDIRECT",
    "RECORD",
    "FLUSH",
];

/// How many of the bytes begin some method's name.
pub(super) fn longest_prefix(bytes: &[u8]) -> usize {
    let shared = |name: &&str| name.bytes().zip(bytes).take_while(|(a, b)| a == *b).count();
    METHODS.iter().chain(OTHERS).map(shared).max().unwrap_or(0)
}
