//! A dx server as a child process, and a small HTTP client.

#![allow(dead_code)] // each test file uses a part of it

pub(crate) mod folder;

use std::{
    io::{BufRead as _, BufReader, Read as _, Write as _},
    net::TcpStream,
    path::{Path, PathBuf},
    process::{Child, ChildStdout, Command, Stdio},
    time::Duration,
};

/// The environments that put a program on each driver. The simulation has what no client may
/// notice: everything comes in pieces, late, in another order, and buffers run out.
pub(crate) const DRIVERS: [&[(&str, &str)]; 4] = [
    &[("DX_DRIVER", "uring")],
    &[("DX_DRIVER", "epoll")],
    &[("DX_DRIVER", "sim"), ("DX_SIM_FAULTS", "gentle"), ("DX_SIM_SEED", "1")],
    &[("DX_DRIVER", "sim"), ("DX_SIM_FAULTS", "gentle"), ("DX_SIM_SEED", "2")],
];

/// Starts a program of `tests/servers` on each driver and tests it there.
pub(crate) fn on_every_driver(
    program: &str,
    environment: &[(&str, &str)],
    options: &[&str],
    test: impl Fn(Server),
) {
    for driver in DRIVERS {
        // Shown where the test fails.
        println!("on {driver:?}");
        test(Server::start(program, &[driver, environment].concat(), options));
    }
}

/// A server that ends with its test.
pub(crate) struct Server {
    pub(crate) child: Child,
    pub(crate) port: u16,
    pub(crate) lines: BufReader<ChildStdout>,
}

impl Server {
    /// Starts a program of `tests/servers` that prints `port N`.
    pub(crate) fn start(program: &str, environment: &[(&str, &str)], options: &[&str]) -> Self {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/servers");
        let dx = Path::new(env!("CARGO_BIN_EXE_dx"));
        Self::start_in(dx, &folder, program, environment, options)
    }

    /// Starts a program of `folder` in a runtime.
    pub(crate) fn start_in(
        runtime: &Path,
        folder: &Path,
        program: &str,
        environment: &[(&str, &str)],
        options: &[&str],
    ) -> Self {
        let mut child = Command::new(runtime)
            .args(options)
            .arg(program)
            .current_dir(folder)
            .envs(environment.iter().copied())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .expect("dx starts");
        let mut lines = BufReader::new(child.stdout.take().expect("a pipe"));
        let mut line = String::new();
        lines.read_line(&mut line).expect("dx prints");
        let port = line.trim().strip_prefix("port ").and_then(|port| port.parse().ok());
        let Some(port) = port else {
            panic!("{program} {environment:?} {options:?} printed {line:?} instead of its port");
        };
        Self { child, port, lines }
    }

    pub(crate) fn connect(&self) -> TcpStream {
        let stream = TcpStream::connect(("127.0.0.1", self.port)).expect("the server accepts");
        stream.set_read_timeout(Some(Duration::from_secs(20))).expect("a timeout");
        stream.set_write_timeout(Some(Duration::from_secs(20))).expect("a timeout");
        stream
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // It may have ended by itself, which its test has then looked at.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// The reference runtime, where it is installed: `DX_BUN`, or the tests' npm packages.
pub(crate) fn bun() -> Option<PathBuf> {
    let installed = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/node_modules/.bin/bun");
    let given = std::env::var_os("DX_BUN").map(PathBuf::from);
    given.or(Some(installed)).filter(|path| path.exists())
}

/// A reply, its content decoded.
pub(crate) struct Reply {
    pub(crate) status: u16,
    pub(crate) head: String,
    pub(crate) body: Vec<u8>,
}

impl Reply {
    pub(crate) fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }
}

/// The bytes of a request with a body of known length.
pub(crate) fn request(method: &str, path: &str, body: &[u8]) -> Vec<u8> {
    let mut bytes = format!("{method} {path} HTTP/1.1\r\nHost: test\r\n").into_bytes();
    if method == "POST" {
        bytes.extend_from_slice(format!("Content-Length: {}\r\n", body.len()).as_bytes());
    }
    bytes.extend_from_slice(b"\r\n");
    bytes.extend_from_slice(body);
    bytes
}

/// Sends one request on a connection of its own and reads the reply.
pub(crate) fn exchange(server: &Server, request: &[u8]) -> Reply {
    let mut stream = server.connect();
    let mut writer = stream.try_clone().expect("a second handle");
    let request = request.to_vec();
    // Large bodies are sent beside the reading: the server may answer while they come.
    let sender = std::thread::spawn(move || {
        // A refusal may close the connection before everything is sent.
        let _ = writer.write_all(&request);
    });
    let reply = read_reply(&mut stream);
    sender.join().expect("the sender ends");
    reply
}

fn read_line(stream: &mut TcpStream) -> String {
    let mut line = Vec::new();
    let mut byte = [0];
    while !line.ends_with(b"\r\n") {
        // Not `read`: a call that a signal has interrupted goes on.
        if let Err(error) = stream.read_exact(&mut byte) {
            panic!("{error} in {:?}", String::from_utf8_lossy(&line));
        }
        line.push(byte[0]);
    }
    String::from_utf8_lossy(&line[..line.len() - 2]).into_owned()
}

fn read_exactly(stream: &mut TcpStream, length: usize) -> Vec<u8> {
    let mut bytes = vec![0; length];
    stream.read_exact(&mut bytes).expect("the content comes whole");
    bytes
}

/// Sends a HEAD request, whose reply has no content whatever its fields say.
pub(crate) fn exchange_head(server: &Server, request: &[u8]) -> Reply {
    let mut stream = server.connect();
    stream.write_all(request).expect("the server reads");
    let (status, head) = read_head(&mut stream);
    Reply { status, head, body: Vec::new() }
}

fn read_head(stream: &mut TcpStream) -> (u16, String) {
    let mut head = String::new();
    loop {
        let line = read_line(stream);
        if line.is_empty() {
            break;
        }
        head.push_str(&line);
        head.push('\n');
    }
    let status = head.get(9..12).and_then(|status| status.parse().ok()).unwrap_or(0);
    (status, head)
}

/// Reads one reply with a known length or in chunks.
pub(crate) fn read_reply(stream: &mut TcpStream) -> Reply {
    let (status, head) = read_head(stream);
    let field = |name: &str| {
        let lower = head.to_lowercase();
        let found = lower.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(": "));
        found.map(str::to_owned)
    };
    let mut body = Vec::new();
    if field("transfer-encoding").as_deref() == Some("chunked") {
        loop {
            let size = usize::from_str_radix(&read_line(stream), 16).expect("a chunk size");
            body.extend(read_exactly(stream, size));
            assert_eq!(read_line(stream), "");
            if size == 0 {
                break;
            }
        }
    } else if let Some(length) = field("content-length") {
        body = read_exactly(stream, length.parse().expect("a length"));
    }
    Reply { status, head, body }
}
