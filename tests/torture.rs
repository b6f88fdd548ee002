//! Servers under ill treatment: thousands of slow peers, cut connections, signals under load,
//! no descriptors left.

#![forbid(unsafe_code)]

mod support;

use std::{
    io::{BufRead as _, Read as _, Write as _},
    net::TcpStream,
    process::Command,
    time::{Duration, Instant},
};

use support::{Server, exchange, read_reply, request};

/// Slow peers of each kind.
const SLOW_PEERS: usize = 1_000;
/// Bytes the server may have produced for one reader that reads nothing: the window of a
/// streamed reply (256 KiB), what a producer has queued, and what the kernel's two socket
/// buffers take (4 MiB and 6 MiB by default).
const BYTES_FOR_ONE_READER_MAX: u64 = 12 * 1024 * 1024;

#[test]
fn a_fast_client_is_served_beside_thousands_of_slow_ones() {
    let server = Server::start("everything.ts", &[("IDLE_S", "0")], &[]);
    let mut slow: Vec<TcpStream> = Vec::new();
    for at in 0..SLOW_PEERS {
        let mut writer = server.connect();
        writer
            .write_all(b"POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 1000\r\n\r\n")
            .unwrap();
        let mut reader = server.connect();
        reader.write_all(&request("GET", "/big?n=300000", b"")).unwrap();
        if at % 10 == 0 {
            writer.write_all(b"a few bytes").unwrap();
        }
        slow.push(writer);
        slow.push(reader);
    }
    let start = Instant::now();
    for _ in 0..500 {
        assert_eq!(exchange(&server, &request("GET", "/sync", b"")).text(), "sync");
    }
    assert!(start.elapsed() < Duration::from_secs(20), "{:?}", start.elapsed());
    let pending = exchange(&server, &request("GET", "/pending", b"")).text();
    let pending: usize = pending.parse().expect("a number");
    assert!(pending > SLOW_PEERS, "{pending} requests are pending: the writers were cut");
}

#[test]
fn a_reader_that_does_not_read_stops_its_producer() {
    let server = Server::start("everything.ts", &[("IDLE_S", "0"), ("REPORT_MS", "200")], &[]);
    let mut stream = server.connect();
    stream.write_all(&request("GET", "/endless", b"")).unwrap();
    let mut server = server;
    let mut produced = 0;
    let mut same = 0;
    while same < 5 {
        let mut line = String::new();
        server.lines.read_line(&mut line).expect("the server reports");
        let now: u64 = line.trim().trim_start_matches("produced ").parse().expect("a number");
        assert!(now <= BYTES_FOR_ONE_READER_MAX, "{now} bytes were produced for nobody");
        same = if now == produced && now > 0 { same + 1 } else { 0 };
        produced = now;
    }
}

#[test]
fn requests_cut_at_every_byte_leave_the_server_well() {
    let server = Server::start("everything.ts", &[], &[]);
    let whole = request("POST", "/echo", b"twenty bytes of body");
    for end in 0..whole.len() {
        let mut stream = server.connect();
        stream.write_all(&whole[..end]).unwrap();
    }
    assert_eq!(exchange(&server, &request("GET", "/sync", b"")).text(), "sync");
    let pending = exchange(&server, &request("GET", "/pending", b"")).text();
    assert!(pending == "1", "{pending} requests pending after their clients left");
}

#[test]
fn replies_cut_at_every_byte_leave_the_server_well() {
    let server = Server::start("everything.ts", &[], &[]);
    let reply_length = 140;
    for length in 0..reply_length {
        let mut stream = server.connect();
        stream.write_all(&request("GET", "/stream", b"")).unwrap();
        let mut part = vec![0; length];
        // The reply may be shorter than this; what counts is that the client leaves in it.
        let _ = stream.set_read_timeout(Some(Duration::from_millis(30)));
        let _ = stream.read_exact(&mut part);
    }
    assert_eq!(exchange(&server, &request("GET", "/sync", b"")).text(), "sync");
}

fn signal(server: &Server, name: &str) {
    let process = server.child.id().to_string();
    // The shell's own: a small system has no program of that name.
    let status = Command::new("sh")
        .args(["-c", "kill \"$1\" \"$2\"", "sh", name, &process])
        .status()
        .expect("a shell runs");
    assert!(status.success());
}

#[test]
fn by_default_sigterm_ends_the_process_at_once() {
    let mut server = Server::start("everything.ts", &[("SLOW_MS", "5000")], &[]);
    let mut stream = server.connect();
    stream.write_all(&request("GET", "/slow", b"")).unwrap();
    std::thread::sleep(Duration::from_millis(100));
    signal(&server, "-TERM");
    let status = server.child.wait().expect("it ends");
    assert_eq!(status.code(), None, "it should have died of the signal");
}

#[test]
fn a_graceful_server_answers_what_it_has_received() {
    for options in [&["--graceful"][..], &["--graceful", "--threads", "2"]] {
        let mut server = Server::start("everything.ts", &[("SLOW_MS", "600")], options);
        let mut streams: Vec<TcpStream> = (0..50).map(|_| server.connect()).collect();
        for stream in &mut streams {
            stream.write_all(&request("GET", "/slow", b"")).unwrap();
        }
        std::thread::sleep(Duration::from_millis(200));
        signal(&server, "-TERM");
        for stream in &mut streams {
            assert_eq!(read_reply(stream).text(), "slow", "{options:?}");
        }
        drop(streams);
        let status = server.child.wait().expect("it ends");
        assert_eq!(status.code(), Some(0), "{options:?}");
    }
}

#[test]
fn a_server_without_descriptors_recovers() {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/servers");
    let limited = format!(
        "ulimit -n 64; cd '{}'; exec '{}' everything.ts",
        folder.display(),
        env!("CARGO_BIN_EXE_dx")
    );
    let mut child = Command::new("sh")
        .args(["-c", &limited])
        .stdout(std::process::Stdio::piped())
        .stderr(std::process::Stdio::null())
        .spawn()
        .expect("sh runs");
    let mut lines = std::io::BufReader::new(child.stdout.take().expect("a pipe"));
    let mut line = String::new();
    lines.read_line(&mut line).expect("dx prints");
    let port = line.trim().trim_start_matches("port ").parse().expect("a port");
    let server = Server { child, port, lines };
    let held: Vec<TcpStream> = (0..200).map(|_| server.connect()).collect();
    std::thread::sleep(Duration::from_millis(300));
    drop(held);
    assert_eq!(exchange(&server, &request("GET", "/sync", b"")).text(), "sync");
}
