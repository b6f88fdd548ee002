//! The HTTP stack on simulated sockets, over thousands of seeds: requests cut at any byte,
//! replies given late and out of order, faults of the network, clients that leave.
//!
//! A failure names its seed; `DX_SIM_SEED=n` runs that one alone.

#![forbid(unsafe_code)]

use std::{collections::HashSet, net::SocketAddr, sync::Arc, time::Duration};

use bytes::Bytes;
use dx_driver::{Faults, ListenOptions, Sim, SimClient, SimHandle, SimOptions};
use dx_net::{
    Arrival, BodyState, Claim, HttpShard, LargeBody, Notice, RecordKind, RouteTarget, Router, Site,
    SiteSettings, StaticResponse, record_word, word, write_record,
};
use dx_reactor::Reactor;
use dx_ring::Key;

/// Requests on each connection.
const REQUESTS: usize = 12;
/// Rounds after which a run that has not come to its end never will.
const ROUNDS_MAX: usize = 20_000;

/// Dice of the test's own: xorshift64*.
struct Dice(u64);

impl Dice {
    fn roll(&mut self, below: usize) -> usize {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        (self.0.wrapping_mul(0x2545_f491_4f6c_dd1d) >> 33) as usize % below
    }
}

/// A client: what it has still to send, what it must receive, what it has received.
struct Client {
    socket: SimClient,
    unsent: Vec<u8>,
    expected: Vec<u8>,
    received: Vec<u8>,
    leaves: bool,
}

/// A server whose handler answers when the dice say so.
struct Server {
    shard: HttpShard,
    /// Requests not answered yet, and what their reply will say as far as it is known.
    waiting: Vec<(Key, Vec<u8>)>,
    segments: Vec<(u32, Arc<dx_mem::Segment>)>,
    /// Contents that replies may have: one that is not here still lacks a part.
    complete: HashSet<Vec<u8>>,
}

fn site() -> Site {
    let body = Bytes::from_static(b"static");
    let fixed = StaticResponse::new(200, Vec::new(), Vec::new(), body).unwrap();
    let mut router = Router::default();
    router.add(b"/static", None, 0).unwrap();
    Site {
        number: 0,
        settings: SiteSettings {
            body_bytes_max: 1 << 20,
            idle_timeout_s: 0,
            tls: None,
            is_local: false,
        },
        router,
        targets: vec![RouteTarget::Static(Arc::new(fixed))],
    }
}

/// The content of the reply to what a request says: itself, or a lot where that is asked for.
fn reply_to(said: &[u8]) -> Vec<u8> {
    match said.strip_prefix(b"/large/") {
        Some(rest) => rest.iter().copied().cycle().take(16_000 + rest.len() * 1_000).collect(),
        None => said.to_vec(),
    }
}

/// Appends a reply whose content is not in its record.
fn write_large(records: &mut Vec<u8>, key: Key, large: &mut Vec<LargeBody>, content: &[u8]) {
    let start = records.len();
    write_record(records, key, RecordKind::Large, 200, &[(b"x-a", b"1")], b"");
    let place = start + record_word::BODY * 4;
    records[place..place + 4].copy_from_slice(&(large.len() as u32).to_ne_bytes());
    large.push(LargeBody::copy_of(content));
}

/// A request and what it says.
fn request(dice: &mut Dice, at: usize) -> (Vec<u8>, Vec<u8>) {
    let body: Vec<u8> = (0..dice.roll(3000) + 1).map(|byte| (byte + at) as u8).collect();
    let head = |method: &str, path: &str, field: &str| {
        format!("{method} {path} HTTP/1.1\r\nHost: a\r\n{field}\r\n").into_bytes()
    };
    let path = format!("/{at}:");
    let echoed = [path.as_bytes(), &body].concat();
    match dice.roll(9) / 2 {
        4 => {
            let path = format!("/large/{at}");
            (head("GET", &path, ""), path.into_bytes())
        }
        0 => (head("GET", "/static", ""), b"static".to_vec()),
        1 => (head("GET", &format!("/{at}"), ""), format!("/{at}").into_bytes()),
        2 => {
            let length = format!("Content-Length: {}\r\n", body.len());
            ([head("POST", &path, &length), body].concat(), echoed)
        }
        _ => {
            let mut text = head("POST", &path, "Transfer-Encoding: chunked\r\n");
            for chunk in body.chunks(dice.roll(900) + 1) {
                text.extend_from_slice(format!("{:x}\r\n", chunk.len()).as_bytes());
                text.extend_from_slice(chunk);
                text.extend_from_slice(b"\r\n");
            }
            text.extend_from_slice(b"0\r\n\r\n");
            (text, echoed)
        }
    }
}

impl Server {
    fn stored(&self, arrival: &Arrival, start: usize, length: usize) -> Vec<u8> {
        let segment = self.segments.iter().find(|(number, _)| *number == arrival[word::SEGMENT]);
        let start = arrival[start] as usize;
        segment.unwrap().1.read(start..start + arrival[length] as usize).to_vec()
    }

    /// Takes what has come: the reply will be the path and the content, which is claimed.
    fn take(&mut self) {
        while self.shard.has_batch() {
            let mut batch = self.shard.take_batch();
            self.segments.append(&mut batch.segments);
            for arrival in &batch.arrivals {
                let (index, generation) = (arrival[word::EXCHANGE], arrival[word::GENERATION]);
                let key = Key { index, generation };
                let mut content = self.stored(arrival, word::PATH_START, word::PATH_LENGTH);
                let state = (arrival[word::FLAGS] >> 8) as u8;
                if state == BodyState::Whole as u8 {
                    content.extend(self.stored(arrival, word::BODY_START, word::BODY_LENGTH));
                }
                self.waiting.push((key, content));
                if state == BodyState::Pending as u8 {
                    self.shard.claim(key, Claim::All);
                }
            }
            batch.notices.into_iter().for_each(|notice| self.note(notice));
        }
    }

    fn note(&mut self, notice: Notice) {
        match notice {
            Notice::Body { exchange, bytes, .. } => {
                let place = self.waiting.iter_mut().find(|(key, _)| *key == exchange);
                place.expect("content of a request that waits").1.extend(bytes);
            }
            Notice::Aborted { exchange } => self.waiting.retain(|(key, _)| *key != exchange),
            _ => {}
        }
    }

    /// Answers some of the requests whose content is there, in no order.
    fn answer_some(&mut self, dice: &mut Dice) {
        let (mut records, mut large) = (Vec::new(), Vec::new());
        let mut at = 0;
        while at < self.waiting.len() {
            if self.complete.contains(&self.waiting[at].1) && dice.roll(3) > 0 {
                let (key, content) = self.waiting.swap_remove(at);
                let fields: &[(&[u8], &[u8])] = &[(b"x-a", b"1")];
                let reply = reply_to(&content);
                if reply != content {
                    write_large(&mut records, key, &mut large, &reply);
                } else {
                    write_record(&mut records, key, RecordKind::Whole, 200, fields, &content);
                }
            } else {
                at += 1;
            }
        }
        self.shard.apply(&records, &mut large);
    }

    /// One round of the shard's loop.
    fn turn(&mut self, reactor: &Reactor, dice: &mut Dice) {
        reactor.turn(Some(Duration::from_millis(1))).unwrap();
        while let Some(event) = reactor.next_event() {
            self.shard.handle(event);
        }
        self.take();
        self.answer_some(dice);
        self.take();
        self.shard.flush();
    }
}

impl Client {
    fn new(socket: SimClient, dice: &mut Dice, complete: &mut HashSet<Vec<u8>>) -> Self {
        let (mut unsent, mut expected) = (Vec::new(), Vec::new());
        for at in 0..REQUESTS {
            let (text, content) = request(dice, at);
            unsent.extend(text);
            expected.extend_from_slice(&reply_to(&content));
            expected.push(b'|');
            complete.insert(content);
        }
        Self { socket, unsent, expected, received: Vec::new(), leaves: dice.roll(5) == 0 }
    }

    /// Sends a piece, reads a piece, or leaves.
    fn act(&mut self, dice: &mut Dice) {
        if self.leaves && dice.roll(40) == 0 {
            self.socket.reset();
        }
        let piece = (dice.roll(700) + 1).min(self.unsent.len());
        if let Ok(sent) = self.socket.send(&self.unsent[..piece]) {
            self.unsent.drain(..sent);
        }
        self.received.extend(self.socket.read_up_to(dice.roll(8000)));
    }

    /// Whether it has everything it must get, or has been cut off; what it has is checked.
    fn is_over(&self, seed: u64) -> bool {
        let received = contents(&self.received);
        assert!(self.expected.starts_with(&received), "seed {seed}: replies changed places");
        self.socket.is_reset() || received == self.expected
    }
}

/// The contents of the replies in `bytes`, one behind the other, as far as they are complete.
fn contents(mut bytes: &[u8]) -> Vec<u8> {
    let mut all = Vec::new();
    while let Some(end) = bytes.windows(4).position(|four| four == b"\r\n\r\n") {
        let head = String::from_utf8_lossy(&bytes[..end]).to_lowercase();
        assert!(head.starts_with("http/1.1 200 "), "{head}");
        let length = head.lines().find_map(|line| line.strip_prefix("content-length: "));
        let length: usize = length.expect("a length").parse().expect("a number");
        let Some(content) = bytes.get(end + 4..end + 4 + length) else { break };
        all.extend_from_slice(content);
        all.push(b'|');
        bytes = &bytes[end + 4 + length..];
    }
    all
}

/// Runs one seed to its end; how many faults there were.
fn run(seed: u64, options: SimOptions) -> u64 {
    let sim = Sim::new(options).unwrap();
    let outside: SimHandle = sim.handle();
    let reactor = Reactor::new(Box::new(sim));
    let mut server = Server {
        shard: HttpShard::new(reactor.clone(), 0),
        waiting: Vec::new(),
        segments: Vec::new(),
        complete: HashSet::new(),
    };
    let address = SocketAddr::from(([127, 0, 0, 1], 8080));
    let listening = ListenOptions { backlog: 64, reuse_port: false, ipv6_only: false };
    let (listener, address) = server.shard.listen(address, &listening, Arc::new(site())).unwrap();
    let mut dice = Dice(seed.wrapping_mul(2).wrapping_add(1));
    let mut clients: Vec<Client> = (0..=dice.roll(4))
        .map(|_| Client::new(outside.connect(address).unwrap(), &mut dice, &mut server.complete))
        .collect();
    for round in 0.. {
        assert!(round < ROUNDS_MAX, "seed {seed}: the run does not come to its end");
        server.turn(&reactor, &mut dice);
        clients.iter_mut().for_each(|client| client.act(&mut dice));
        if clients.iter().all(|client| client.is_over(seed)) {
            break;
        }
    }
    server.shard.stop(listener, true);
    for _ in 0..200 {
        server.turn(&reactor, &mut dice);
    }
    assert_eq!(server.shard.open_connections(), 0, "seed {seed}: connections are left");
    drop(clients);
    assert_eq!(outside.open_descriptors(), 0, "seed {seed}: descriptors are left open");
    reactor.shutdown().unwrap();
    outside.statistics().faults
}

fn seeds(count: u64) -> Vec<u64> {
    let given = std::env::var("DX_SIM_SEED").ok().and_then(|seed| seed.parse().ok());
    given.map_or_else(|| (0..count).collect(), |seed| vec![seed])
}

#[test]
fn every_request_is_answered_in_order_whatever_the_timing() {
    for seed in seeds(1000) {
        run(seed, SimOptions::gentle(seed));
    }
}

#[test]
fn broken_connections_and_missing_descriptors_are_borne() {
    for seed in seeds(1000) {
        run(seed, SimOptions::harsh(seed));
    }
}

/// None hides behind another, and each has happened.
#[test]
fn every_fault_is_borne_alone() {
    let (none, often) = (Faults::none(), 300);
    let all = [
        Faults { short_reads: often, ..none },
        Faults { short_writes: often, ..none },
        Faults { no_buffers: often, ..none },
        Faults { resets: 30, ..none },
        Faults { interrupts: often, ..none },
        Faults { delays: often, delay_ns_max: 50_000_000, ..none },
        Faults { no_descriptors: often, ..none },
    ];
    for faults in all {
        let run = |seed| run(seed, SimOptions { faults, ..SimOptions::gentle(seed) });
        let happened: u64 = seeds(300).into_iter().map(run).sum();
        assert!(happened > 0, "{faults:?}");
    }
}

#[test]
fn nothing_is_lost_where_nothing_goes_wrong() {
    for seed in seeds(100) {
        run(seed, SimOptions::calm(seed));
    }
}
