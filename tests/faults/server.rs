//! A server that answers as the path of a request asks: cut short, with lies, or not at all.

use std::{
    io::{Read as _, Write as _},
    net::{TcpListener, TcpStream},
    sync::{Arc, Condvar, Mutex, PoisonError},
    thread,
    time::Duration,
};

const OK: &str = "HTTP/1.1 200 OK\r\n";

/// What a path makes the server do.
enum Answer {
    /// Send this, then close.
    Close(Vec<u8>),
    /// Send this and go on.
    Stay(Vec<u8>),
    /// Send this, then reset the connection.
    Reset(Vec<u8>),
    /// Send this, then nothing more.
    Stall(Vec<u8>),
}

fn head(lines: &str) -> Vec<u8> {
    format!("{OK}{}\r\n\r\n", lines.replace('|', "\r\n")).into_bytes()
}

fn with_body(lines: &str, body: &[u8]) -> Vec<u8> {
    let mut bytes = head(lines);
    bytes.extend_from_slice(body);
    bytes
}

fn chunked(body: &str) -> Vec<u8> {
    with_body("Transfer-Encoding: chunked", body.as_bytes())
}

fn raw(text: &str) -> Answer {
    Answer::Close(text.replace('|', "\r\n").into_bytes())
}

fn answer(path: &str) -> Answer {
    let cut = |lines: &str| Answer::Close(with_body(lines, b"abc"));
    match path {
        "/close" => Answer::Close(Vec::new()),
        "/reset" => Answer::Reset(Vec::new()),
        "/garbage" => raw("hello, this is no HTTP||"),
        "/cut-head" => raw("HTTP/1.1 200 OK|Content-"),
        "/short" => cut("Content-Length: 100"),
        "/short-reset" => Answer::Reset(with_body("Content-Length: 100", b"abc")),
        "/long" => Answer::Close(with_body("Content-Length: 3", b"abcdef")),
        "/length-words" => cut("Content-Length: three"),
        "/length-negative" => cut("Content-Length: -1"),
        "/length-twice" => cut("Content-Length: 3|Content-Length: 3"),
        "/length-differs" => cut("Content-Length: 3|Content-Length: 4"),
        "/coding-unknown" => cut("Transfer-Encoding: foo"),
        "/chunk-size" => Answer::Close(chunked("zz\r\nabc\r\n0\r\n\r\n")),
        "/chunk-huge" => Answer::Close(chunked("fffffffffffffffff\r\nabc")),
        "/chunk-cut" => Answer::Close(chunked("5\r\nabc")),
        "/chunk-no-end" => Answer::Close(chunked("3\r\nabc\r\n")),
        "/chunk-extension" => Answer::Close(chunked("3;a=b\r\nabc\r\n0\r\nX-T: 1\r\n\r\n")),
        "/until-close" => Answer::Close(with_body("X-A: 1", b"abc")),
        "/version-1.0" => raw("HTTP/1.0 200 OK||abc"),
        "/version-2.0" => raw("HTTP/2.0 200 OK|Content-Length: 3||abc"),
        "/no-reason" => raw("HTTP/1.1 200|Content-Length: 3||abc"),
        "/status-99" => raw("HTTP/1.1 99 X|Content-Length: 3||abc"),
        "/status-999" => raw("HTTP/1.1 999 X|Content-Length: 3||abc"),
        "/continue" => raw("HTTP/1.1 100 Continue||HTTP/1.1 200 OK|Content-Length: 3||abc"),
        "/hints" => raw("HTTP/1.1 103 Hints|Link: a||HTTP/1.1 200 OK|Content-Length: 3||abc"),
        "/upgrade" => raw("HTTP/1.1 101 Switching|Upgrade: foo|Connection: upgrade||raw"),
        "/no-content" => raw("HTTP/1.1 204 No Content|Content-Length: 3||abc"),
        "/not-modified" => raw("HTTP/1.1 304 Not Modified|Content-Length: 3||"),
        "/line-feeds" => Answer::Close(b"HTTP/1.1 200 OK\nContent-Length: 3\n\nabc".to_vec()),
        "/folded" => raw("HTTP/1.1 200 OK|X-A: 1|  more|Content-Length: 3||abc"),
        "/space-before-colon" => raw("HTTP/1.1 200 OK|X-A : 1|Content-Length: 3||abc"),
        "/nul" => raw("HTTP/1.1 200 OK|X-A: a\0b|Content-Length: 3||abc"),
        "/large-head" => cut(&format!("X-Large: {}|Content-Length: 3", "a".repeat(100_000))),
        "/gzip-corrupt" => {
            Answer::Close(with_body("Content-Encoding: gzip|Content-Length: 10", b"0123456789"))
        }
        "/gzip-empty" => Answer::Close(head("Content-Encoding: gzip|Content-Length: 0")),
        "/loop" => Answer::Stay(
            b"HTTP/1.1 302 Found\r\nLocation: /loop\r\nContent-Length: 0\r\n\r\n".to_vec(),
        ),
        "/stall" => Answer::Stall(Vec::new()),
        "/stall-body" => Answer::Stall(with_body("Content-Length: 100", b"abc")),
        _ => Answer::Stay(with_body("Content-Length: 2", b"ok")),
    }
}

/// Lets the program under test wait at `/pause` until it has been looked at.
#[derive(Default)]
pub(crate) struct Gate {
    /// How many requests have come to it, and how many may go on.
    counts: Mutex<(u32, u32)>,
    changed: Condvar,
}

impl Gate {
    fn pass(&self) {
        let mut counts = self.counts.lock().unwrap_or_else(PoisonError::into_inner);
        counts.0 += 1;
        let number = counts.0;
        self.changed.notify_all();
        while counts.1 < number {
            counts = self.changed.wait(counts).unwrap_or_else(PoisonError::into_inner);
        }
    }

    /// Waits for the program to come to its `number`th pause; false where it takes too long.
    pub(crate) fn wait(&self, number: u32, limit: Duration) -> bool {
        let counts = self.counts.lock().unwrap_or_else(PoisonError::into_inner);
        let waited = self.changed.wait_timeout_while(counts, limit, |counts| counts.0 < number);
        waited.is_ok_and(|(_, waited)| !waited.timed_out())
    }

    pub(crate) fn open(&self, number: u32) {
        self.counts.lock().unwrap_or_else(PoisonError::into_inner).1 = number;
        self.changed.notify_all();
    }
}

/// Starts the server; its port.
pub(crate) fn start(gate: &Arc<Gate>) -> u16 {
    let listener = TcpListener::bind(("127.0.0.1", 0)).expect("a port is free");
    let port = listener.local_addr().expect("an address").port();
    let gate = Arc::clone(gate);
    thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            let gate = Arc::clone(&gate);
            // A client that leaves ends its thread.
            thread::spawn(move || serve(stream, &gate));
        }
    });
    port
}

fn serve(mut stream: TcpStream, gate: &Gate) -> Option<()> {
    loop {
        let path = read_path(&mut stream)?;
        if path == "/pause" {
            gate.pass();
        }
        match answer(&path) {
            Answer::Stay(bytes) => stream.write_all(&bytes).ok()?,
            Answer::Close(bytes) => return stream.write_all(&bytes).ok(),
            Answer::Reset(bytes) => {
                stream.write_all(&bytes).ok()?;
                thread::sleep(Duration::from_millis(20));
                return rustix::net::sockopt::set_socket_linger(&stream, Some(Duration::ZERO)).ok();
            }
            Answer::Stall(bytes) => {
                stream.write_all(&bytes).ok()?;
                // Until the client gives up.
                let _ = stream.read(&mut [0; 64]);
                return Some(());
            }
        }
    }
}

fn read_path(stream: &mut TcpStream) -> Option<String> {
    let mut head = Vec::new();
    let mut byte = [0];
    while !head.ends_with(b"\r\n\r\n") {
        if stream.read(&mut byte).ok()? == 0 {
            return None;
        }
        head.push(byte[0]);
    }
    let text = String::from_utf8_lossy(&head).into_owned();
    text.split(' ').nth(1).map(str::to_owned)
}
