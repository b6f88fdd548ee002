//! A tiny HTTP server on loopback with a thread for each connection, well- or ill-behaved.

#![allow(dead_code, unreachable_pub)] // each test binary uses its part

use std::{
    io::{Read, Write},
    net::{SocketAddr, TcpListener, TcpStream},
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicU64, Ordering},
    },
    thread,
    time::{Duration, Instant},
};

use dx_driver::{DriverKind, probe_and_open};
use dx_loadtest::{Plan, Target};

/// What the server does with each request; each gets its head and content.
pub type Handler = dyn Fn(&[u8], &mut Exchange<'_>) + Send + Sync;

/// What a handler can do.
pub struct Exchange<'a> {
    stream: &'a mut TcpStream,
    /// The number of the request on its connection, from 0.
    pub number: u64,
    /// Time since the server started.
    pub age: Duration,
    closing: bool,
}

impl Exchange<'_> {
    pub fn send(&mut self, bytes: &[u8]) {
        let _ = self.stream.write_all(bytes);
    }

    pub fn close(&mut self) {
        self.closing = true;
    }
}

#[derive(Default)]
pub struct Counts {
    pub connections: AtomicU64,
    pub requests: AtomicU64,
}

pub struct Server {
    pub address: SocketAddr,
    pub counts: Arc<Counts>,
    stop: Arc<AtomicBool>,
}

pub const HELLO: &[u8] = b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello";

impl Server {
    pub fn start(handler: impl Fn(&[u8], &mut Exchange<'_>) + Send + Sync + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
        let address = listener.local_addr().expect("bound");
        let (counts, stop) = (Arc::new(Counts::default()), Arc::new(AtomicBool::new(false)));
        let (handler, start): (Arc<Handler>, _) = (Arc::new(handler), Instant::now());
        let server = Self { address, counts: counts.clone(), stop: stop.clone() };
        thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                if stop.load(Ordering::Acquire) {
                    return;
                }
                counts.connections.fetch_add(1, Ordering::Relaxed);
                let (counts, handler) = (counts.clone(), handler.clone());
                thread::spawn(move || serve(stream, &counts, &*handler, start));
            }
        });
        server
    }

    /// A server that answers everything with [`HELLO`].
    pub fn hello() -> Self {
        Self::start(|_, exchange| exchange.send(HELLO))
    }

    pub fn requests(&self) -> u64 {
        self.counts.requests.load(Ordering::Relaxed)
    }

    /// The connections accepted, once they are as many as expected or a second has passed: the
    /// listening thread may be behind.
    pub fn connections(&self, expected: u64) -> u64 {
        let start = Instant::now();
        loop {
            let accepted = self.counts.connections.load(Ordering::Relaxed);
            if accepted >= expected || start.elapsed() > Duration::from_secs(1) {
                return accepted;
            }
            thread::sleep(Duration::from_millis(1));
        }
    }

    /// A plan for a short run against this server.
    pub fn plan(&self, driver: DriverKind) -> Plan {
        let target = Target::parse(&format!("http://{}/", self.address)).expect("a URL");
        let mut plan = Plan::new(target);
        plan.driver = Some(driver);
        plan.threads = 1;
        plan.connections = 8;
        plan.duration = None;
        plan.timeout = Duration::from_secs(5);
        plan
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.stop.store(true, Ordering::Release);
        let _ = TcpStream::connect(self.address); // wakes the listener
    }
}

fn serve(mut stream: TcpStream, counts: &Counts, handler: &Handler, start: Instant) {
    let _ = stream.set_nodelay(true);
    let mut bytes = Vec::new();
    let mut number = 0;
    loop {
        while let Some(length) = request_length(&bytes) {
            counts.requests.fetch_add(1, Ordering::Relaxed);
            let mut exchange =
                Exchange { stream: &mut stream, number, age: start.elapsed(), closing: false };
            handler(&bytes[..length], &mut exchange);
            if exchange.closing {
                return;
            }
            bytes.drain(..length);
            number += 1;
        }
        let mut piece = [0; 4096];
        match stream.read(&mut piece) {
            Ok(0) | Err(_) => return,
            Ok(length) => bytes.extend_from_slice(&piece[..length]),
        }
    }
}

/// The length of the first request, if it is all there.
fn request_length(bytes: &[u8]) -> Option<usize> {
    let head = bytes.windows(4).position(|end| end == b"\r\n\r\n")? + 4;
    let text = std::str::from_utf8(&bytes[..head]).expect("an ASCII head");
    let length = text.lines().find_map(|line| line.strip_prefix("Content-Length: "));
    let length = length.map_or(0, |length| length.parse().expect("a length"));
    (bytes.len() >= head + length).then_some(head + length)
}

/// The drivers this machine allows.
pub fn drivers() -> Vec<DriverKind> {
    let kinds = [DriverKind::Uring, DriverKind::Epoll];
    let allowed: Vec<_> =
        kinds.into_iter().filter(|kind| probe_and_open(Some(*kind)).is_ok()).collect();
    assert!(allowed.contains(&DriverKind::Epoll), "epoll is always there");
    allowed
}
