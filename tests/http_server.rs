//! `Bun.serve` as its clients see it: bytes on the wire, on every driver and topology.

#![forbid(unsafe_code)]

mod support;

use std::{
    io::{Read as _, Write as _},
    time::{Duration, Instant},
};

use support::{Server, exchange, on_every_driver, read_reply, request};

const SIGTERM: i32 = 15;

/// Runs a test against each way to serve that there is.
fn everywhere(test: impl Fn(&Server)) {
    on_every_driver("everything.ts", &[], &[], |server| test(&server));
    let split = ["--threads", "2", "--topology", "split"];
    test(&Server::start("everything.ts", &[], &split));
}

#[test]
fn requests_of_every_kind_are_answered() {
    let cases: &[(&str, &str, u16, &str)] = &[
        ("GET", "/", 200, "hello"),
        ("GET", "/sync", 200, "sync"),
        ("GET", "/static", 200, "static"),
        ("GET", "/param/a%20b", 200, "id a b"),
        ("GET", "/method", 200, "got"),
        ("GET", "/wild/x/y", 200, "wild"),
        ("GET", "/stream", 200, "part 0;part 1;part 2;"),
        ("GET", "/throw", 500, "Something went wrong!"),
        ("GET", "/empty", 204, ""),
        ("GET", "/headers", 200, "[[\"host\",\"test\"]]"),
    ];
    everywhere(|server| {
        for (method, path, status, body) in cases {
            let reply = exchange(server, &request(method, path, b""));
            assert_eq!((reply.status, reply.text().as_str()), (*status, *body), "{method} {path}");
        }
    });
}

#[test]
fn what_a_handler_enters_is_not_seen_by_later_requests() {
    everywhere(|server| {
        let once = request("GET", "/context", b"");
        let mut stream = server.connect();
        stream.write_all(&once.repeat(8)).expect("pipelined requests");
        for _ in 0..8 {
            assert_eq!(read_reply(&mut stream).text(), "undefined true");
        }
    });
}

#[test]
fn replicas_of_a_program_share_its_port() {
    let free = std::net::TcpListener::bind("[::]:0").and_then(|socket| socket.local_addr());
    let port = free.expect("a free port").port().to_string();
    let options = ["--threads", "2", "--topology", "replicated"];
    let mut server = Server::start("everything.ts", &[("PORT", port.as_str())], &options);
    let mut second = String::new();
    std::io::BufRead::read_line(&mut server.lines, &mut second).expect("the second replica prints");
    assert_eq!(second.trim(), format!("port {port}"));
    for _ in 0..20 {
        assert_eq!(exchange(&server, &request("GET", "/sync", b"")).text(), "sync");
    }
}

#[test]
fn every_replica_hears_the_signal_and_stops_by_itself() {
    let options = ["--threads", "2", "--topology", "replicated"];
    for delay in 0..10 {
        let delay = (delay * 3).to_string();
        let mut server = Server::start("replica.ts", &[("DELAY_MS", delay.as_str())], &options);
        let mut line = String::new();
        std::io::BufRead::read_line(&mut server.lines, &mut line).expect("the second replica");
        let pid = server.child.id() as i32;
        dx_sys::signal::send(pid, SIGTERM).expect("a signal");
        let mut rest = String::new();
        server.lines.read_to_string(&mut rest).expect("output up to the end");
        assert_eq!(rest, "stopped\nstopped\n");
        assert_eq!(server.child.wait().expect("an end").code(), Some(3));
    }
}

#[test]
fn bodies_come_back_whole() {
    let large: Vec<u8> = (0..900_000_u32).map(|n| (n * 7) as u8).collect();
    everywhere(|server| {
        for path in ["/echo", "/echo-stream"] {
            for body in [&b""[..], b"hello", &large[..20_000], &large] {
                let reply = exchange(server, &request("POST", path, body));
                assert_eq!(reply.status, 200, "{path}, {} bytes", body.len());
                assert!(reply.body == body, "{path}, {} bytes", body.len());
            }
        }
        let posted = exchange(server, &request("POST", "/method", b"abc"));
        assert_eq!(posted.text(), "posted abc");
        let json = exchange(server, &request("POST", "/json", b"{\"a\":[1,2]}"));
        assert_eq!(json.text(), "{\"got\":{\"a\":[1,2]}}");
    });
}

#[test]
fn a_body_that_has_come_is_not_kept_waiting() {
    // Handed over only when something else wakes the shard, each would take half a second.
    const ROUNDS: usize = 60;
    everywhere(|server| {
        let start = Instant::now();
        let text = b"POST /echo HTTP/1.1\r\nHost: test\r\nTransfer-Encoding: chunked\r\n\r\n\
                     5\r\nhello\r\n0\r\n\r\n";
        for _ in 0..ROUNDS {
            assert_eq!(exchange(server, text).text(), "hello");
        }
        assert!(start.elapsed() < Duration::from_secs(15), "{:?}", start.elapsed());
    });
}

#[test]
fn a_chunked_body_may_be_cut_anywhere() {
    everywhere(|server| {
        let text = b"POST /echo HTTP/1.1\r\nHost: test\r\nTransfer-Encoding: chunked\r\n\r\n\
                 5\r\nhello\r\n6;x=y\r\n world\r\n0\r\nTrailer: 1\r\n\r\n";
        for cut in 1..text.len() {
            let mut stream = server.connect();
            stream.write_all(&text[..cut]).expect("the server reads");
            std::thread::sleep(Duration::from_micros(300));
            stream.write_all(&text[cut..]).expect("the server reads");
            let reply = read_reply(&mut stream);
            assert_eq!((reply.status, reply.text().as_str()), (200, "hello world"), "cut at {cut}");
        }
    });
}

#[test]
fn pipelined_requests_are_answered_in_order() {
    everywhere(|server| {
        let mut stream = server.connect();
        let paths = ["/slow", "/static", "/sync", "/stream", "/param/1", "/big?n=100000", "/"];
        let wanted = ["slow", "static", "sync", "part 0;part 1;part 2;", "id 1", "", "hello"];
        let all: Vec<u8> = paths.iter().flat_map(|path| request("GET", path, b"")).collect();
        stream.write_all(&all).expect("the server reads");
        for (path, wanted) in paths.iter().zip(wanted) {
            let reply = read_reply(&mut stream);
            let wanted = if path.starts_with("/big") { "x".repeat(100_000) } else { wanted.into() };
            assert!(reply.text() == wanted, "{path}: {:.40}", reply.text());
        }
    });
}

#[test]
fn a_thousand_pipelined_requests_are_all_answered() {
    everywhere(|server| {
        let mut stream = server.connect();
        let mut writer = stream.try_clone().expect("a second handle");
        let sender = std::thread::spawn(move || {
            for _ in 0..1000 {
                writer.write_all(&request("GET", "/sync", b"")).expect("the server reads");
            }
        });
        for at in 0..1000 {
            assert_eq!(read_reply(&mut stream).text(), "sync", "reply {at}");
        }
        sender.join().expect("everything was sent");
    });
}

#[test]
fn a_chunked_body_over_the_limit_is_refused() {
    everywhere(|server| {
        let mut stream = server.connect();
        stream
            .write_all(b"POST /echo HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n")
            .expect("the server reads");
        let chunk = format!("10000\r\n{}\r\n", "x".repeat(0x10000));
        for _ in 0..32 {
            if stream.write_all(chunk.as_bytes()).is_err() {
                break;
            }
        }
        assert_eq!(read_reply(&mut stream).status, 413);
    });
}

#[test]
fn a_client_that_leaves_aborts_its_signal_and_holds_nobody_up() {
    everywhere(|server| {
        for _ in 0..10 {
            let mut stream = server.connect();
            stream.write_all(&request("GET", "/never", b"")).expect("the server reads");
            assert_eq!(exchange(server, &request("GET", "/sync", b"")).text(), "sync");
        }
        let deadline = Instant::now() + Duration::from_secs(5);
        loop {
            let aborted = exchange(server, &request("GET", "/aborted", b"")).text();
            if aborted == "10" {
                break;
            }
            assert!(Instant::now() < deadline, "{aborted} of 10 signals aborted");
            std::thread::sleep(Duration::from_millis(10));
        }
        assert_eq!(exchange(server, &request("GET", "/pending", b"")).text(), "1");
    });
}

#[test]
fn head_and_old_clients_are_served() {
    everywhere(|server| {
        let mut stream = server.connect();
        stream.write_all(&request("HEAD", "/static", b"")).expect("the server reads");
        stream.write_all(&request("GET", "/sync", b"")).expect("the server reads");
        let both = read_until_quiet(&mut stream);
        assert!(both.contains("Content-Length: 6") && both.ends_with("\r\n\r\nsync"), "{both}");
        let mut stream = server.connect();
        stream.write_all(b"GET /sync HTTP/1.0\r\nHost: a\r\n\r\n").expect("the server reads");
        let mut reply = String::new();
        stream.read_to_string(&mut reply).expect("the server closes");
        assert!(reply.ends_with("\r\n\r\nsync"), "{reply}");
    });
}

fn read_until_quiet(stream: &mut std::net::TcpStream) -> String {
    stream.set_read_timeout(Some(Duration::from_millis(500))).expect("a timeout");
    let mut bytes = Vec::new();
    let mut buffer = [0; 4096];
    while let Ok(count @ 1..) = stream.read(&mut buffer) {
        bytes.extend_from_slice(&buffer[..count]);
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

/// Connections that break under the server, and descriptors that run out: what a client gets is
/// right or nothing, and the server lives on.
#[test]
fn broken_connections_are_borne() {
    const EXCHANGES: usize = 150;
    const SEEDS: [&str; 4] = ["1", "2", "3", "4"];
    let mut whole = 0;
    for seed in SEEDS {
        println!("seed {seed}");
        let harsh = [("DX_DRIVER", "sim"), ("DX_SIM_FAULTS", "harsh"), ("DX_SIM_SEED", seed)];
        let server = Server::start("everything.ts", &harsh, &[]);
        for _ in 0..EXCHANGES {
            let mut stream = server.connect();
            stream.write_all(b"GET /sync HTTP/1.0\r\nHost: a\r\n\r\n").expect("the gate reads");
            let mut reply = Vec::new();
            let ended = stream.read_to_end(&mut reply);
            let is_whole = reply.ends_with(b"\r\n\r\nsync");
            // The end is told only behind a whole reply.
            assert!(ended.is_err() || is_whole || reply.is_empty(), "{reply:?}");
            whole += usize::from(is_whole);
        }
    }
    let all = EXCHANGES * SEEDS.len();
    assert!(whole > all / 2 && whole < all, "{whole} of {all}");
}

#[test]
fn silent_connections_are_closed() {
    on_every_driver("everything.ts", &[("IDLE_S", "1")], &[], |server| {
        let mut stream = server.connect();
        stream.write_all(b"GET / HT").expect("the server reads");
        stream.set_read_timeout(Some(Duration::from_secs(10))).expect("a timeout");
        let mut reply = Vec::new();
        stream.read_to_end(&mut reply).expect("the server closes");
    });
}
