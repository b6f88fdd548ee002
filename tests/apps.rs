//! Whole applications, unmodified, in dx and in Bun: the same requests, equal answers.
//!
//! `tests/apps/NAME/app.ts` prints `port N`; `requests.txt` beside it lists what is sent, a line
//! each: method, path, and for POST the content type and the body. `replies.txt` is what Bun
//! 1.4.5 answered; where Bun is found it is asked again.

#![forbid(unsafe_code)]

mod support;

use std::{
    fmt::Write as _,
    path::{Path, PathBuf},
};

use support::{Server, exchange};

/// Header fields that say how, not what: framing, time, and the connection's fate.
const NOT_COMPARED: &[&str] =
    &["date", "content-length", "transfer-encoding", "connection", "keep-alive"];

fn folder(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/apps").join(name)
}

fn to_bytes(line: &str) -> Vec<u8> {
    let mut words = line.splitn(4, ' ');
    let mut word = || words.next().unwrap_or("");
    let (method, path, content_type, body) = (word(), word(), word(), word());
    let mut text = format!("{method} {path} HTTP/1.1\r\nHost: localhost\r\nUser-Agent: test\r\n");
    if !content_type.is_empty() {
        let length = body.len();
        let _ = write!(text, "Content-Type: {content_type}\r\nContent-Length: {length}\r\n");
    }
    text.push_str("\r\n");
    text.push_str(body);
    text.into_bytes()
}

/// What a runtime answers to each line of the list, as text.
fn answers(runtime: &Path, name: &str) -> String {
    let folder = folder(name);
    let server = Server::start_in(runtime, &folder, "app.ts", &[], &[]);
    let requests = std::fs::read_to_string(folder.join("requests.txt")).expect("the requests");
    let mut text = String::new();
    for line in requests.lines() {
        let head_only = line.starts_with("HEAD ");
        let reply = if head_only {
            support::exchange_head(&server, &to_bytes(line))
        } else {
            exchange(&server, &to_bytes(line))
        };
        let mut fields: Vec<String> = reply
            .head
            .lines()
            .skip(1)
            .filter_map(|field| field.split_once(": "))
            .map(|(name, value)| format!("{}: {value}", name.to_lowercase()))
            .filter(|field| !NOT_COMPARED.iter().any(|name| field.starts_with(name)))
            .collect();
        fields.sort();
        let _ = writeln!(text, "{line}\n  {} {}", reply.status, fields.join(" | "));
        let _ = writeln!(text, "  {:?}", reply.text());
    }
    text
}

fn compare(name: &str) {
    let dx = Path::new(env!("CARGO_BIN_EXE_dx"));
    let recorded = folder(name).join("replies.txt");
    if let Some(bun) = support::bun() {
        let wanted = answers(&bun, name);
        if std::env::var_os("DX_RECORD").is_some() {
            std::fs::write(&recorded, &wanted).expect("the recording can be written");
        }
        assert_eq!(answers(dx, name), wanted, "{name}: dx and Bun differ");
    }
    let wanted = std::fs::read_to_string(recorded).expect("the recorded replies");
    assert_eq!(answers(dx, name), wanted, "{name}: dx differs from what Bun once answered");
}

#[test]
fn an_application_on_hono_answers_as_in_bun() {
    compare("hono");
}

#[test]
fn an_application_of_many_modules_answers_as_in_bun() {
    compare("modules");
}
