//! The driver's contract on simulations that delay, cut up and reorder, over many seeds; and
//! what only a simulation has: the outside handle, faults, reproducible runs.

#[path = "conformance/files.rs"]
mod files;
#[path = "conformance/limits.rs"]
#[allow(dead_code)] // its other cases need the real system
mod limits;
#[path = "conformance/shutdown.rs"]
mod shutdown;
#[path = "conformance/sockets.rs"]
mod sockets;
#[path = "conformance/world.rs"]
mod world;

use std::{collections::VecDeque, net::SocketAddr, path::Path, time::Duration};

use dx_driver::{
    Completion, Descriptor, Driver, Faults, Operation, Outgoing, Payload, Sim, SimOptions, Token,
};

type Case = fn(Box<dyn Driver>);

/// Delays and small queues only: the order of things changes, what happens does not.
const DELAYS: Faults = Faults { delays: 300, delay_ns_max: 5_000_000, ..Faults::none() };
/// And bytes come in pieces.
const PIECES: Faults = Faults { short_reads: 300, short_writes: 300, ..DELAYS };

fn run_seeds(faults: Faults, cases: &[Case], seeds: u64) {
    for seed in 0..seeds {
        for case in cases {
            let pool = SimOptions::calm(seed).pool;
            let options = SimOptions { faults, pool, ..SimOptions::gentle(seed) };
            case(Box::new(Sim::new(options).unwrap()));
        }
    }
}

#[test]
fn sockets_keep_the_contract_in_pieces_and_late() {
    let cases: [Case; 15] = [
        sockets::bytes_arrive_and_the_end_is_seen,
        sockets::a_send_starts_where_it_is_told,
        sockets::unhurried_sends_end_with_something_else,
        sockets::empty_sends_end_at_once,
        sockets::shared_and_owned_buffers_come_back,
        sockets::addresses_agree,
        sockets::a_refused_connection_is_an_error,
        sockets::writing_ends_while_reading_goes_on,
        sockets::sending_to_a_closed_peer_fails,
        sockets::an_accept_is_cancelled,
        sockets::a_receive_is_cancelled_and_taken_up_again,
        sockets::cancelling_what_has_ended_does_nothing,
        sockets::a_poll_fires_once,
        sockets::a_poll_is_cancelled,
        limits::a_token_in_use_is_refused,
    ];
    run_seeds(PIECES, &cases, 50);
}

#[test]
fn heavy_cases_keep_the_contract() {
    let cases: [Case; 6] = [
        sockets::a_large_send_arrives_whole,
        sockets::unhurried_sends_to_a_full_socket_arrive_whole,
        sockets::many_connections_are_served_at_once,
        sockets::a_blocked_send_is_cancelled_and_gives_its_buffer_back,
        limits::running_out_of_buffers_ends_a_receive_until_leases_return,
        limits::more_operations_than_the_queue_holds,
    ];
    run_seeds(Faults::none(), &cases, 2);
}

#[test]
fn files_keep_the_contract() {
    let cases: [Case; 9] = [
        files::a_file_is_written_and_read_back,
        files::the_own_position_moves,
        files::the_end_of_a_file_is_zero_bytes,
        files::a_missing_file_is_an_error,
        files::status_is_told_by_path_and_by_descriptor,
        files::reads_at_depth_do_not_mix,
        files::a_read_into_a_full_buffer_is_empty,
        limits::a_wait_ends_in_time,
        limits::a_wait_of_zero_returns,
    ];
    run_seeds(DELAYS, &cases, 20);
}

#[test]
fn a_simulation_ends_as_real_drivers_do() {
    let cases: [Case; 4] = [
        shutdown::everything_ends_and_everything_comes_back,
        shutdown::a_driver_is_dropped_with_operations_in_flight,
        shutdown::a_driver_works_on_after_a_shutdown,
        shutdown::leases_outlive_the_driver,
    ];
    run_seeds(DELAYS, &cases, 5);
}

/// A server that sends back what it gets, written straight on the driver.
struct EchoServer {
    driver: Sim,
    address: SocketAddr,
    listener: Descriptor,
    seen: VecDeque<Completion>,
    receives: u32,
    connections: Vec<Option<Descriptor>>,
    sends: u32,
}

const ACCEPT: Token = Token::new(1, 0, 0);
const RECEIVE: u8 = 2;
const SEND: u8 = 3;
const CLOSE: u8 = 4;

impl EchoServer {
    fn new(options: SimOptions) -> Self {
        let mut driver = Sim::new(options).unwrap();
        let any = SocketAddr::from(([127, 0, 0, 1], 0));
        let listener = driver.listen(any, &world::LISTEN).unwrap();
        let address = driver.local_address(listener).unwrap();
        driver.submit(ACCEPT, Operation::Accept { listener });
        let seen = VecDeque::new();
        let connections = Vec::new();
        Self { driver, address, listener, seen, receives: 0, connections, sends: 0 }
    }

    fn receive(&mut self, index: usize) {
        let Some(socket) = self.connections[index] else { return };
        self.receives += 1;
        let token = Token::new(RECEIVE, self.receives, index as u32);
        self.driver.submit(token, Operation::Receive { socket });
    }

    fn turn(&mut self) {
        self.driver.wait(Some(Duration::from_millis(1)), &mut self.seen).unwrap();
        while let Some(completion) = self.seen.pop_front() {
            self.handle(completion);
        }
    }

    fn handle(&mut self, completion: Completion) {
        let index = completion.token.index() as usize;
        match (completion.token.kind(), completion.payload) {
            (1, Payload::Socket(socket)) => {
                self.connections.push(Some(socket));
                self.receive(self.connections.len() - 1);
            }
            // Out of descriptors: later.
            (1, _) => {
                let listener = self.listener;
                self.driver.submit(ACCEPT, Operation::Accept { listener });
            }
            (RECEIVE, Payload::Lease(lease)) => {
                let Some(socket) = self.connections[index] else { return };
                self.sends += 1;
                let bytes = Outgoing::Owned(lease.to_vec());
                let token = Token::new(SEND, self.sends, index as u32);
                self.driver.submit(token, Operation::Send { socket, bytes, from: 0 });
            }
            (RECEIVE, _) => match completion.result {
                Err(error) if error.raw_os_error() == Some(libc::ENOBUFS) => self.receive(index),
                _ => {
                    let Some(descriptor) = self.connections[index].take() else { return };
                    let token = Token::new(CLOSE, 0, index as u32);
                    self.driver.submit(token, Operation::Close { descriptor });
                }
            },
            _ => {}
        }
    }
}

/// One client's conversation: what it got, whether it was broken off, and the run's trace.
fn converse(options: SimOptions) -> (Vec<u8>, bool, u64) {
    let mut server = EchoServer::new(options);
    let outside = server.driver.handle();
    let client = outside.connect(server.address).unwrap();
    let bytes = world::pattern(40_000);
    let (mut sent, mut got) = (0, Vec::new());
    for step in 0..20_000 {
        if sent < bytes.len() {
            // Boundaries that wander through the bytes.
            let end = (sent + 1 + step * 37 % 1500).min(bytes.len());
            match client.send(&bytes[sent..end]) {
                Ok(count) => sent += count,
                Err(_) => break,
            }
            if sent == bytes.len() {
                let _ = client.finish();
            }
        }
        server.turn();
        got.extend(client.read_up_to(700));
        if client.is_finished() && client.arrived() == 0 {
            break;
        }
    }
    assert!(bytes.starts_with(&got), "what comes back is what was sent");
    (got, client.is_reset(), outside.statistics().trace)
}

#[test]
fn gentle_faults_lose_nothing() {
    for seed in 0..200 {
        let (got, reset, _) = converse(SimOptions::gentle(seed));
        assert!(!reset && got.len() == 40_000, "seed {seed}: {} bytes", got.len());
    }
}

#[test]
fn harsh_faults_break_some_connections_and_never_mix_bytes() {
    let ends: Vec<bool> = (0..300).map(|seed| converse(SimOptions::harsh(seed)).1).collect();
    let broken = ends.iter().filter(|broken| **broken).count();
    assert!(broken > 10 && broken < 300, "{broken} of 300");
}

#[test]
fn a_seed_reproduces_its_run() {
    for seed in 0..20 {
        assert_eq!(converse(SimOptions::harsh(seed)), converse(SimOptions::harsh(seed)));
    }
    let traces: std::collections::HashSet<u64> =
        (0..20).map(|seed| converse(SimOptions::harsh(seed)).2).collect();
    assert_eq!(traces.len(), 20, "each seed is another run");
}

#[test]
fn the_outside_resets_refuses_and_listens() {
    let mut server = EchoServer::new(SimOptions::calm(1));
    let outside = server.driver.handle();
    let nowhere = SocketAddr::from(([127, 0, 0, 1], 9));
    let refused = outside.connect(nowhere).err().unwrap();
    assert_eq!(refused.raw_os_error(), Some(libc::ECONNREFUSED));
    let client = outside.connect(server.address).unwrap();
    client.send(b"hello").unwrap();
    server.turn();
    server.turn();
    server.turn();
    assert_eq!(client.read(), b"hello");
    assert_eq!(outside.open_descriptors(), 2);
    client.reset();
    server.turn();
    server.turn();
    assert_eq!(outside.open_descriptors(), 1);

    let listener = outside.listen(nowhere, 4).unwrap();
    let socket = server.driver.socket(nowhere).unwrap();
    let connect = Token::new(9, 0, 0);
    server.driver.submit(connect, Operation::Connect { socket, address: nowhere });
    server.driver.wait(None, &mut server.seen).unwrap();
    assert!(server.seen.pop_front().unwrap().result.is_ok());
    let accepted = listener.accept().unwrap();
    assert_eq!(accepted.send(b"from outside").unwrap(), 12);
    drop(accepted);
    let receive = Token::new(9, 0, 1);
    server.driver.submit(receive, Operation::Receive { socket });
    server.driver.wait(None, &mut server.seen).unwrap();
    let Payload::Lease(lease) = server.seen.pop_front().unwrap().payload else { panic!() };
    assert_eq!(&lease[..], b"from outside");
}

#[test]
fn files_obey_permissions_and_the_size_of_the_disk() {
    let driver = Sim::new(SimOptions { disk_bytes: 1000, ..SimOptions::calm(0) }).unwrap();
    let outside = driver.handle();
    outside.write_file(Path::new("/etc/secret"), b"no", 0o000);
    outside.write_file(Path::new("/etc/known"), b"yes", 0o644);
    let mut world = world::World::new(Box::new(driver));
    let mut open = |path: &str, flags| {
        let path = std::ffi::CString::new(path).unwrap();
        world.run(Operation::Open { path, flags, mode: 0o644 }).result
    };
    let errno = |result: std::io::Result<u32>| result.unwrap_err().raw_os_error().unwrap();
    assert_eq!(errno(open("/etc/secret", libc::O_RDONLY)), libc::EACCES);
    assert_eq!(errno(open("/etc", libc::O_WRONLY)), libc::EISDIR);
    assert_eq!(errno(open("/none/x", libc::O_CREAT | libc::O_WRONLY)), libc::ENOENT);
    let exclusive = libc::O_CREAT | libc::O_EXCL | libc::O_WRONLY;
    assert_eq!(errno(open("/etc/../etc/./known", exclusive)), libc::EEXIST);
    let file = Descriptor(open("/etc/full", exclusive).unwrap() as i32);
    let mut write = |from| {
        let bytes = Outgoing::Owned(vec![1; 2000]);
        world.run(Operation::Write { file, offset: u64::MAX, bytes, from }).result
    };
    assert_eq!(write(0).unwrap(), 995);
    assert_eq!(errno(write(995)), libc::ENOSPC);
    assert_eq!(outside.read_file(Path::new("/etc/full")).unwrap().len(), 995);
    assert!(outside.remove_file(Path::new("/etc/full")));
    assert!(outside.read_file(Path::new("/etc/full")).is_none());
}

#[test]
fn a_wait_for_ever_for_nothing_returns_and_is_counted() {
    let mut driver = Sim::new(SimOptions::calm(0)).unwrap();
    let mut seen = VecDeque::new();
    driver.wait(None, &mut seen).unwrap();
    assert_eq!(driver.handle().statistics().idle_waits, 1);
    let before = driver.now_ns();
    driver.wait(Some(Duration::from_secs(3600)), &mut seen).unwrap();
    assert!(driver.now_ns() - before >= 3_600_000_000_000);
}
