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

use support::{DRIVERS, Server, exchange, on_every_driver, read_reply, request};

/// Slow peers of each kind.
const SLOW_PEERS: usize = 1_000;
/// Bytes the server may have produced for one reader that reads nothing: the window of a
/// streamed reply (256 KiB), what a producer has queued, and what the kernel's two socket
/// buffers take (4 MiB and 6 MiB by default).
const BYTES_FOR_ONE_READER_MAX: u64 = 12 * 1024 * 1024;

/// Bytes of the server's own memory for one slow peer at most: the window of its reply.
const MEMORY_FOR_ONE_PEER_MAX: u64 = 256 * 1024;
/// Bytes that the process grows by as it runs, whoever its peers are.
const MEMORY_FOR_ALL_MAX: u64 = 64 * 1024 * 1024;
/// Requests of the fast client.
const FAST_REQUESTS: usize = 500;
/// Of so many slow readers, one whose reply has no end. The others' end after 300 kB.
const ENDLESS_READER_EVERY: usize = 10;

fn memory(server: &Server) -> u64 {
    exchange(server, &request("GET", "/memory", b"")).text().parse().expect("a number")
}

/// Slow writers and as many slow readers, in turns.
fn slow_peers(server: &Server, count: usize) -> Vec<TcpStream> {
    let mut slow = Vec::new();
    for at in 0..count {
        let mut writer = server.connect();
        let head = b"POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 1000\r\n\r\n";
        writer.write_all(head).unwrap();
        if at % 10 == 0 {
            writer.write_all(b"a few bytes").unwrap();
        }
        let mut reader = server.connect();
        let path = if at % ENDLESS_READER_EVERY == 0 { "/endless" } else { "/big?n=300000" };
        reader.write_all(&request("GET", path, b"")).unwrap();
        slow.push(writer);
        slow.push(reader);
    }
    slow
}

#[test]
fn a_fast_client_is_served_beside_thousands_of_slow_ones() {
    for driver in DRIVERS {
        println!("on {driver:?}");
        // The simulation looks at everything in every turn, so there are fewer.
        let count = if driver[0].1 == "sim" { SLOW_PEERS / 25 } else { SLOW_PEERS };
        let environment = [driver, &[("IDLE_S", "0")]].concat();
        serve_beside_slow_peers(&Server::start("everything.ts", &environment, &[]), count);
    }
}

fn serve_beside_slow_peers(server: &Server, count: usize) {
    let before = memory(server);
    let mut slow = slow_peers(server, count);
    let start = Instant::now();
    for _ in 0..FAST_REQUESTS {
        assert_eq!(exchange(server, &request("GET", "/sync", b"")).text(), "sync");
    }
    assert!(start.elapsed() < Duration::from_secs(30), "{:?}", start.elapsed());
    let pending = exchange(server, &request("GET", "/pending", b"")).text();
    let pending: usize = pending.parse().expect("a number");
    assert!(pending > count, "{pending} requests are pending: the writers were cut");
    let grown = memory(server).saturating_sub(before);
    let most = 2 * count as u64 * MEMORY_FOR_ONE_PEER_MAX + MEMORY_FOR_ALL_MAX;
    assert!(grown <= most, "{grown} bytes of memory for {} slow peers", slow.len());
    // All of them are still open: readers get their reply, writers may go on.
    for (at, stream) in slow.iter_mut().enumerate().rev().step_by(37) {
        if at % 2 == 0 {
            stream.write_all(b"and on").unwrap();
        } else {
            let mut start = [0; 12];
            stream.read_exact(&mut start).unwrap();
            assert_eq!(&start, b"HTTP/1.1 200");
        }
    }
}

#[test]
fn a_reader_that_does_not_read_stops_its_producer() {
    let environment = [("IDLE_S", "0"), ("REPORT_MS", "200")];
    on_every_driver("everything.ts", &environment, &[], |mut server| {
        let mut stream = server.connect();
        stream.write_all(&request("GET", "/endless", b"")).unwrap();
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
    });
}

/// Waits until the server has noticed that its clients are gone.
fn assert_nothing_pending(server: &Server) {
    let deadline = Instant::now() + Duration::from_secs(5);
    loop {
        assert_eq!(exchange(server, &request("GET", "/sync", b"")).text(), "sync");
        let pending = exchange(server, &request("GET", "/pending", b"")).text();
        if pending == "1" {
            return;
        }
        assert!(Instant::now() < deadline, "{pending} requests pending after their clients left");
        std::thread::sleep(Duration::from_millis(10));
    }
}

#[test]
fn requests_cut_at_every_byte_leave_the_server_well() {
    on_every_driver("everything.ts", &[], &[], |server| {
        let sized = request("POST", "/echo", b"twenty bytes of body");
        let chunked =
            b"POST /echo-stream HTTP/1.1\r\nHost: test\r\nTransfer-Encoding: chunked\r\n\r\n\
                        5\r\nhello\r\n6;x=y\r\n world\r\n0\r\nTrailer: 1\r\n\r\n";
        for whole in [&sized[..], chunked] {
            for end in 0..whole.len() {
                let mut stream = server.connect();
                stream.write_all(&whole[..end]).unwrap();
            }
        }
        assert_nothing_pending(&server);
    });
}

#[test]
fn replies_cut_at_every_byte_leave_the_server_well() {
    on_every_driver("everything.ts", &[], &[], |server| {
        for path in ["/stream", "/sync"] {
            let whole = exchange(&server, &request("GET", path, b""));
            // In this form a head's lines end with one byte instead of two, its empty line is gone,
            // and so are the sizes and ends of three chunks and the last.
            let ends = whole.head.lines().count() + 2 + 4 * "7\r\n\r\n".len();
            let length = whole.head.len() + whole.body.len() + ends;
            for length in 0..length {
                let mut stream = server.connect();
                stream.write_all(&request("GET", path, b"")).unwrap();
                let mut part = vec![0; length];
                // The reply may be shorter than this; what counts is that the client leaves in it.
                let _ = stream.set_read_timeout(Some(Duration::from_millis(30)));
                let _ = stream.read_exact(&mut part);
            }
        }
        assert_nothing_pending(&server);
    });
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
    on_every_driver("everything.ts", &[("SLOW_MS", "5000")], &[], |mut server| {
        let mut stream = server.connect();
        stream.write_all(&request("GET", "/slow", b"")).unwrap();
        std::thread::sleep(Duration::from_millis(100));
        signal(&server, "-TERM");
        let status = server.child.wait().expect("it ends");
        assert_eq!(status.code(), None, "it should have died of the signal");
    });
}

/// Fifty requests are under way, and a client that never stops asking adds to the load.
fn end_gracefully(mut server: Server) {
    let mut streams: Vec<TcpStream> = (0..50).map(|_| server.connect()).collect();
    for stream in &mut streams {
        stream.write_all(&request("GET", "/slow", b"")).unwrap();
    }
    let mut busy = server.connect();
    let load = std::thread::spawn(move || {
        let mut answered = 0;
        while busy.write_all(&request("GET", "/sync", b"")).is_ok() {
            let mut first = [0];
            // Between two requests the server may close: this one's head was never received.
            if !matches!(busy.peek(&mut first), Ok(1)) {
                break;
            }
            assert_eq!(read_reply(&mut busy).text(), "sync");
            answered += 1;
        }
        answered
    });
    std::thread::sleep(Duration::from_millis(300));
    signal(&server, "-TERM");
    for stream in &mut streams {
        assert_eq!(read_reply(stream).text(), "slow");
    }
    drop(streams);
    let status = server.child.wait().expect("it ends");
    assert_eq!(status.code(), Some(0));
    assert!(load.join().expect("every reply is whole") > 0);
}

#[test]
fn a_graceful_server_answers_what_it_has_received() {
    let environment = [("SLOW_MS", "900")];
    on_every_driver("everything.ts", &environment, &["--graceful"], end_gracefully);
    let split = ["--graceful", "--threads", "2"];
    end_gracefully(Server::start("everything.ts", &environment, &split));
}

/// Processor time of the server so far, in hundredths of a second.
fn processor_ticks(server: &Server) -> u64 {
    let path = format!("/proc/{}/stat", server.child.id());
    let stat = std::fs::read_to_string(path).expect("the server runs");
    let fields = stat.rsplit_once(") ").expect("a name in brackets").1.split(' ');
    fields.skip(11).take(2).map(|ticks| ticks.parse::<u64>().expect("a number")).sum()
}

/// Real descriptors run out; `broken_connections_are_borne` has the simulated ones.
#[test]
fn a_server_without_descriptors_recovers() {
    for driver in ["uring", "epoll"] {
        println!("on {driver}");
        recover_from_descriptors_running_out(driver);
    }
}

fn recover_from_descriptors_running_out(driver: &str) {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/servers");
    let limited = format!(
        "ulimit -n 64; cd '{}'; exec '{}' everything.ts",
        folder.display(),
        env!("CARGO_BIN_EXE_dx")
    );
    let mut child = Command::new("sh")
        .args(["-c", &limited])
        .env("DX_DRIVER", driver)
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
    std::thread::sleep(Duration::from_millis(100));
    let before = processor_ticks(&server);
    std::thread::sleep(Duration::from_millis(500));
    let spent = processor_ticks(&server) - before;
    assert!(
        spent < 25,
        "{spent} hundredths of a second spent on accepting in vain for half of one"
    );
    drop(held);
    assert_eq!(exchange(&server, &request("GET", "/sync", b"")).text(), "sync");
}
