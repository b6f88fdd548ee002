//! A peer that asks for much and reads nothing has little prepared for it.

#![forbid(unsafe_code)]

use std::{
    io::{Read, Write},
    net::{SocketAddr, TcpStream},
    sync::Arc,
    thread,
    time::{Duration, Instant},
};

use dx_driver::{DriverKind, ListenOptions, probe_and_open};
use dx_net::{
    HttpShard, LargeBody, RecordKind, Router, Site, SiteSettings, record_word, word, write_record,
};
use dx_reactor::Reactor;
use dx_ring::Key;

const REPLY_BYTES: usize = 1 << 20;
const REQUESTS: usize = 60;
/// What the kernel holds of replies nobody reads: 4 MiB to send and 6 MiB received at its
/// defaults, three times over.
const REPLIES_MAX: usize = 30;

fn site() -> Site {
    let settings =
        SiteSettings { body_bytes_max: 1 << 20, idle_timeout_s: 0, tls: None, is_local: false };
    Site { number: 0, settings, router: Router::default(), targets: Vec::new() }
}

/// Takes a turn and answers every request there is; how many there were.
fn turn(reactor: &Reactor, shard: &mut HttpShard) -> usize {
    reactor.turn(Some(Duration::from_millis(2))).unwrap();
    while let Some(event) = reactor.next_event() {
        shard.handle(event);
    }
    let batch = shard.take_batch();
    let (mut records, mut large) = (Vec::new(), Vec::new());
    for arrival in &batch.arrivals {
        let (index, generation) = (arrival[word::EXCHANGE], arrival[word::GENERATION]);
        let place = records.len() + record_word::BODY * 4;
        write_record(&mut records, Key { index, generation }, RecordKind::Large, 200, &[], b"");
        records[place..place + 4].copy_from_slice(&(large.len() as u32).to_ne_bytes());
        large.push(LargeBody::copy_of(&vec![b'x'; REPLY_BYTES]));
    }
    shard.apply(&records, &mut large);
    shard.flush();
    batch.arrivals.len()
}

/// Takes turns until as many requests have come, or for a second.
fn turn_until(reactor: &Reactor, shard: &mut HttpShard, wanted: usize) -> usize {
    let start = Instant::now();
    let mut count = 0;
    while count < wanted && start.elapsed() < Duration::from_secs(1) {
        count += turn(reactor, shard);
    }
    count
}

fn read_replies(peer: &mut TcpStream, count: usize) {
    let mut seen = 0;
    let mut bytes = vec![0; 1 << 16];
    while seen < count * REPLY_BYTES {
        let length = peer.read(&mut bytes).unwrap();
        assert!(length > 0, "the connection ended");
        seen += bytes[..length].iter().filter(|byte| **byte == b'x').count();
    }
}

#[test]
fn large_replies_wait_for_their_reader() {
    for kind in [DriverKind::Uring, DriverKind::Epoll] {
        let Ok((driver, _)) = probe_and_open(Some(kind)) else { continue };
        let reactor = Reactor::new(driver);
        let mut shard = HttpShard::new(reactor.clone(), 0);
        let options = ListenOptions { backlog: 4, reuse_port: false, ipv6_only: false };
        let address = SocketAddr::from(([127, 0, 0, 1], 0));
        let (_, address) = shard.listen(address, &options, Arc::new(site())).unwrap();
        let mut peer = TcpStream::connect(address).unwrap();
        let request = b"GET / HTTP/1.1\r\nHost: a\r\n\r\n";

        // The first reply tells that replies are large.
        peer.write_all(request).unwrap();
        let mut first = peer.try_clone().unwrap();
        let reader = thread::spawn(move || read_replies(&mut first, 1));
        assert_eq!(turn_until(&reactor, &mut shard, 1), 1, "{kind:?}");
        while !reader.is_finished() {
            turn(&reactor, &mut shard);
        }
        reader.join().unwrap();

        peer.write_all(&request.repeat(REQUESTS)).unwrap();
        let unread = turn_until(&reactor, &mut shard, REQUESTS);
        assert!(unread <= REPLIES_MAX, "{kind:?}: {unread} replies were made for nobody");

        let reader = thread::spawn(move || read_replies(&mut peer, REQUESTS));
        let mut answered = unread;
        while !reader.is_finished() {
            answered += turn(&reactor, &mut shard);
        }
        reader.join().unwrap();
        assert_eq!(answered, REQUESTS, "{kind:?}");
        reactor.shutdown().unwrap();
    }
}
