//! The command: exit codes, and one JSON object.

mod common;

use std::process::ExitCode;

use common::{HELLO, Server, drivers};
use dx_loadtest::{run, to_json, to_text};

fn exit_code(arguments: &[&str]) -> String {
    let code = dx_loadtest::main(arguments.iter().map(|argument| (*argument).to_owned()));
    format!("{code:?}")
}

#[test]
fn exit_codes() {
    let server = Server::hello();
    let url = format!("http://{}/", server.address);
    let expected = |code: u8| format!("{:?}", ExitCode::from(code));
    assert_eq!(exit_code(&["-n", "3", "-c", "1", &url]), expected(0));
    assert_eq!(exit_code(&["--json", "-n", "3", "-c", "1", &url]), expected(0));
    assert_eq!(exit_code(&["--help"]), expected(0));
    assert_eq!(exit_code(&["--frobnicate", &url]), expected(2));
    assert_eq!(exit_code(&[]), expected(2));
    let silent = Server::start(|_, exchange| exchange.close());
    let silent = format!("http://{}/", silent.address);
    assert_eq!(exit_code(&["-d", "100ms", "-c", "1", &silent]), expected(1));
    let closed = std::net::TcpListener::bind("127.0.0.1:0").and_then(|one| one.local_addr());
    let closed = format!("http://{}/", closed.expect("a free port"));
    assert_eq!(exit_code(&["-n", "1", &closed]), expected(1));
}

#[test]
fn json_is_one_object_with_its_figures() {
    let server = Server::start(|_, exchange| exchange.send(HELLO));
    for (rate, mode) in [(None, "\"closed\""), (Some(500.0), "\"open\"")] {
        let mut plan = server.plan(drivers()[0]);
        plan.rate = rate;
        plan.requests = Some(50);
        let report = run(&plan, false).expect("a report");
        let json = to_json(&report);
        let rest = value(json.trim_end().as_bytes());
        assert_eq!(rest.map(<[u8]>::len), Some(0), "not one JSON value: {json}");
        for key in ["requests_per_second", "requests", "valid", "latency_us", "statuses"] {
            assert!(top_level(&json, key).is_some(), "{key} of {json}");
        }
        assert_eq!(top_level(&json, "requests"), Some("50"));
        assert_eq!(top_level(&json, "mode"), Some(mode));
        let rate: f64 = top_level(&json, "requests_per_second").unwrap_or("").parse().expect("f64");
        assert!((rate - report.requests_per_second()).abs() < 1.0);
        assert!(json.contains("\"statuses\":{\"200\":50}"), "{json}");
        let text = to_text(&report);
        assert!(text.contains("requests   50") && text.contains("200: 50"), "{text}");
    }
}

/// The scalar value of a key of the outermost object.
fn top_level<'a>(json: &'a str, key: &str) -> Option<&'a str> {
    let (mut depth, mut start) = (0, 0);
    for (index, byte) in json.bytes().enumerate() {
        match byte {
            b'{' | b'[' => depth += 1,
            b'}' | b']' => depth -= 1,
            _ => {}
        }
        if depth == 1 && matches!(byte, b'{' | b',') || depth == 0 {
            let member = &json[start..index];
            let member = member.trim_start_matches(['{', ',']);
            if let Some(found) = member.strip_prefix(&format!("\"{key}\":")) {
                return Some(found);
            }
            start = index;
        }
    }
    None
}

/// What follows the JSON value at the start of `text`; `None` where there is none.
fn value(text: &[u8]) -> Option<&[u8]> {
    match *text.first()? {
        b'{' => members(&text[1..], b'}', |text| {
            let rest = string(text)?.strip_prefix(b":")?;
            value(rest)
        }),
        b'[' => members(&text[1..], b']', value),
        b'"' => string(text),
        _ => {
            let end = text.iter().position(|byte| b",]}".contains(byte)).unwrap_or(text.len());
            let word = std::str::from_utf8(&text[..end]).ok()?;
            let known = ["true", "false", "null"].contains(&word) || word.parse::<f64>().is_ok();
            known.then_some(&text[end..])
        }
    }
}

fn members(mut text: &[u8], end: u8, member: impl Fn(&[u8]) -> Option<&[u8]>) -> Option<&[u8]> {
    if text.first() == Some(&end) {
        return Some(&text[1..]);
    }
    loop {
        text = member(text)?;
        match text.split_first()? {
            (b',', rest) => text = rest,
            (byte, rest) if *byte == end => return Some(rest),
            _ => return None,
        }
    }
}

fn string(text: &[u8]) -> Option<&[u8]> {
    let mut rest = text.strip_prefix(b"\"")?;
    loop {
        match rest {
            [b'"', after @ ..] => return Some(after),
            [b'\\', _, after @ ..] | [_, after @ ..] => rest = after,
            [] => return None,
        }
    }
}
