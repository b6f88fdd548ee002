//! A simulation that a whole program runs on: the machine's network through the gate, real pipes
//! and real files, each with the simulation's faults.

use std::{
    collections::VecDeque,
    ffi::CString,
    io::{Read, Write},
    net::{TcpListener, TcpStream},
    os::fd::IntoRawFd,
    time::{Duration, Instant},
};

use dx_driver::{
    Completion, Descriptor, Driver, ListenOptions, Operation, Outgoing, Outside, Payload, Sim,
    SimOptions, Token,
};

const LISTENING: ListenOptions = ListenOptions { backlog: 8, reuse_port: false, ipv6_only: false };
const SEEDS: u64 = 10;

fn simulation(seed: u64) -> Sim {
    let outside = Some(Outside { real_files: true });
    Sim::new(SimOptions { outside, ..SimOptions::gentle(seed) }).unwrap()
}

fn pattern(length: usize) -> Vec<u8> {
    (0..length).map(|index| (index * 31 % 251) as u8).collect()
}

/// The next completion.
fn next(driver: &mut Sim, waiting: &mut VecDeque<Completion>) -> Completion {
    let deadline = Instant::now() + Duration::from_secs(20);
    loop {
        if let Some(completion) = waiting.pop_front() {
            return completion;
        }
        assert!(Instant::now() < deadline, "nothing comes: {driver:?}");
        driver.wait(Some(Duration::from_millis(5)), waiting).unwrap();
    }
}

/// Submits an operation and waits for its end.
fn operate(driver: &mut Sim, operation: Operation) -> Completion {
    driver.submit(Token::new(1, 0, 0), operation);
    let completion = next(driver, &mut VecDeque::new());
    assert!(!completion.more);
    completion
}

/// Sends back what a socket receives, until its end.
fn echo(driver: &mut Sim, socket: Descriptor) {
    const RECEIVE: Token = Token::new(2, 0, 0);
    const SEND: Token = Token::new(3, 0, 0);
    let (mut waiting, mut unsent) = (VecDeque::new(), VecDeque::new());
    let (mut sending, mut ended) = (false, false);
    driver.submit(RECEIVE, Operation::Receive { socket });
    while !ended || sending || !unsent.is_empty() {
        if !sending && let Some(bytes) = unsent.pop_front() {
            sending = true;
            let bytes = Outgoing::Owned(bytes);
            driver.submit(SEND, Operation::Send { socket, bytes, from: 0 });
        }
        let completion = next(driver, &mut waiting);
        match (completion.token, completion.result, completion.payload) {
            (RECEIVE, Ok(_), Payload::Lease(lease)) => unsent.push_back(lease.to_vec()),
            (RECEIVE, Ok(0), _) => ended = true,
            (RECEIVE, Err(error), _) => {
                assert_eq!(error.raw_os_error(), Some(libc::ENOBUFS));
                driver.submit(RECEIVE, Operation::Receive { socket });
            }
            (SEND, Ok(_), _) => sending = false,
            other => panic!("{other:?}"),
        }
    }
    operate(driver, Operation::ShutdownWrite { socket }).result.unwrap();
    operate(driver, Operation::Close { descriptor: socket }).result.unwrap();
}

#[test]
fn the_outside_reaches_simulated_listeners() {
    for seed in 0..SEEDS {
        let mut driver = simulation(seed);
        let listener = driver.listen(([127, 0, 0, 1], 0).into(), &LISTENING).unwrap();
        let address = driver.local_address(listener).unwrap();
        let client = std::thread::spawn(move || {
            let mut stream = TcpStream::connect(address).unwrap();
            let mut writer = stream.try_clone().unwrap();
            let sender = std::thread::spawn(move || {
                writer.write_all(&pattern(200_000)).unwrap();
                writer.shutdown(std::net::Shutdown::Write).unwrap();
            });
            let mut back = Vec::new();
            stream.read_to_end(&mut back).unwrap();
            sender.join().unwrap();
            back
        });
        let accept = Token::new(4, 0, 0);
        driver.submit(accept, Operation::Accept { listener });
        let accepted = next(&mut driver, &mut VecDeque::new());
        let Payload::Socket(socket) = accepted.payload else { panic!("{accepted:?}") };
        driver.cancel(accept);
        assert!(!next(&mut driver, &mut VecDeque::new()).more);
        assert!(driver.peer_address(socket).unwrap().ip().is_loopback());
        echo(&mut driver, socket);
        // The client sees the end only as the gate carries it out.
        while !client.is_finished() {
            driver.wait(Some(Duration::from_millis(1)), &mut VecDeque::new()).unwrap();
        }
        assert!(client.join().unwrap() == pattern(200_000), "seed {seed}");
        operate(&mut driver, Operation::Close { descriptor: listener }).result.unwrap();
        assert!(TcpStream::connect(address).is_err(), "the listener is closed outside too");
    }
}

#[test]
fn simulated_sockets_reach_the_outside() {
    for seed in 0..SEEDS {
        let server = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = server.local_addr().unwrap();
        let asked = std::thread::spawn(move || {
            let (mut stream, _) = server.accept().unwrap();
            stream.write_all(&pattern(100_000)).unwrap();
            stream.shutdown(std::net::Shutdown::Write).unwrap();
            let mut back = Vec::new();
            stream.read_to_end(&mut back).unwrap();
            back
        });
        let mut driver = simulation(seed);
        let socket = driver.socket(address).unwrap();
        operate(&mut driver, Operation::Connect { socket, address }).result.unwrap();
        echo(&mut driver, socket);
        while !asked.is_finished() {
            driver.wait(Some(Duration::from_millis(1)), &mut VecDeque::new()).unwrap();
        }
        assert!(asked.join().unwrap() == pattern(100_000), "seed {seed}");
        let nobody = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
        let socket = driver.socket(nobody).unwrap();
        let refused = operate(&mut driver, Operation::Connect { socket, address: nobody });
        assert_eq!(refused.result.unwrap_err().raw_os_error(), Some(libc::ECONNREFUSED));
    }
}

#[test]
fn real_pipes_are_read_and_polls_of_them_end() {
    let mut driver = simulation(1);
    let (reader, mut writer) = std::io::pipe().unwrap();
    let file = Descriptor(reader.into_raw_fd());
    let (read, into) = (Token::new(5, 0, 0), Vec::with_capacity(64));
    driver.submit(read, Operation::Read { file, offset: u64::MAX, into });
    let mut waiting = VecDeque::new();
    driver.wait(Some(Duration::from_millis(5)), &mut waiting).unwrap();
    assert!(waiting.is_empty());
    writer.write_all(b"through a pipe").unwrap();
    let completion = next(&mut driver, &mut waiting);
    let Payload::Incoming(bytes) = completion.payload else { panic!("no buffer") };
    assert_eq!(bytes, b"through a pipe");
    let into = Vec::with_capacity(64);
    driver.submit(read, Operation::Read { file, offset: u64::MAX, into });
    driver.cancel(read);
    let cancelled = next(&mut driver, &mut waiting);
    assert_eq!(cancelled.result.unwrap_err().raw_os_error(), Some(libc::ECANCELED));
    operate(&mut driver, Operation::Close { descriptor: file }).result.unwrap();
    assert_eq!(driver.in_flight(), 0);
}

#[test]
fn real_files_come_in_pieces() {
    let name = format!("dx-simulated-outside-{}", std::process::id());
    let path = std::env::temp_dir().join(name);
    std::fs::write(&path, pattern(50_000)).unwrap();
    let mut driver = simulation(3);
    let name = CString::new(path.as_os_str().as_encoded_bytes()).unwrap();
    let file = loop {
        let open = Operation::Open { path: name.clone(), flags: libc::O_RDONLY, mode: 0 };
        match operate(&mut driver, open).result {
            Ok(file) => break Descriptor(file as i32),
            Err(error) => assert_eq!(error.raw_os_error(), Some(libc::EINTR)),
        }
    };
    assert!(!file.is_virtual());
    let (mut all, mut steps) = (Vec::new(), 0);
    while all.len() < 50_000 {
        let (offset, into) = (all.len() as u64, Vec::with_capacity(50_000));
        let completion = operate(&mut driver, Operation::Read { file, offset, into });
        let Payload::Incoming(bytes) = completion.payload else { panic!("no buffer") };
        all.extend_from_slice(&bytes);
        steps += 1;
    }
    assert!(all == pattern(50_000));
    assert!(steps > 1, "no read was cut short");
    operate(&mut driver, Operation::Close { descriptor: file }).result.unwrap();
    std::fs::remove_file(&path).unwrap();
}
