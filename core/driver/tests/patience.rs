//! A patient driver waits for several completions, but never long, and loses none.

use std::{
    collections::VecDeque,
    io::Write,
    net::{SocketAddr, TcpListener, TcpStream},
    thread,
    time::{Duration, Instant},
};

use dx_driver::{Descriptor, Driver, DriverKind, Operation, Patience, Token, probe_and_open};

/// Two sockets the driver receives from, and their peers.
fn receiving(driver: &mut dyn Driver) -> [(Descriptor, TcpStream); 2] {
    let listener = TcpListener::bind(SocketAddr::from(([127, 0, 0, 1], 0))).unwrap();
    let address = listener.local_addr().unwrap();
    let mut seen = VecDeque::new();
    [0, 1].map(|index| {
        let socket = driver.socket(address).unwrap();
        driver.submit(Token::new(1, 0, index), Operation::Connect { socket, address });
        while seen.pop_front().is_none() {
            driver.wait(None, &mut seen).unwrap();
        }
        let (peer, _) = listener.accept().unwrap();
        driver.submit(Token::new(2, 0, index), Operation::Receive { socket });
        driver.wait(Some(Duration::ZERO), &mut seen).unwrap();
        assert!(seen.is_empty());
        (socket, peer)
    })
}

/// Waits until something comes; a wait may return without anything.
fn wait_for_some(driver: &mut dyn Driver, timeout: Option<Duration>) -> usize {
    let mut seen = VecDeque::new();
    while seen.is_empty() {
        driver.wait(timeout, &mut seen).unwrap();
    }
    seen.len()
}

fn finish(mut driver: Box<dyn Driver>, sockets: [(Descriptor, TcpStream); 2]) {
    driver.shutdown(&mut VecDeque::new()).unwrap();
    for (socket, _) in sockets {
        dx_sys::close(socket.0).unwrap();
    }
}

/// Whether this kernel has what patience needs.
fn is_patient(kind: DriverKind) -> bool {
    let release = std::fs::read_to_string("/proc/sys/kernel/osrelease").unwrap();
    let mut numbers = release.split(['.', '-']).map(|part| part.parse().unwrap_or(0));
    let version: (u32, u32) = (numbers.next().unwrap(), numbers.next().unwrap());
    kind == DriverKind::Uring && version >= (6, 12)
}

#[test]
fn patience_ends_with_the_events_it_is_for() {
    for kind in [DriverKind::Uring, DriverKind::Epoll] {
        let Ok((mut driver, _)) = probe_and_open(Some(kind)) else { continue };
        let sockets = receiving(&mut *driver);
        driver.set_patience(Patience { events: 2, longest: Duration::from_secs(5) });
        let peers = [sockets[0].1.try_clone().unwrap(), sockets[1].1.try_clone().unwrap()];
        let writer = thread::spawn(move || {
            for mut peer in peers {
                thread::sleep(Duration::from_millis(50));
                peer.write_all(b"x").unwrap();
            }
        });
        let start = Instant::now();
        let count = wait_for_some(&mut *driver, None);
        assert!(start.elapsed() < Duration::from_secs(4), "{kind:?} waited too long");
        assert_eq!(count, if is_patient(kind) { 2 } else { 1 }, "{kind:?}");
        writer.join().unwrap();
        finish(driver, sockets);
    }
}

#[test]
fn patience_runs_out() {
    for kind in [DriverKind::Uring, DriverKind::Epoll] {
        let Ok((mut driver, _)) = probe_and_open(Some(kind)) else { continue };
        let mut sockets = receiving(&mut *driver);
        driver.set_patience(Patience { events: 2, longest: Duration::from_millis(100) });
        sockets[0].1.write_all(b"x").unwrap();
        let start = Instant::now();
        assert_eq!(wait_for_some(&mut *driver, None), 1, "{kind:?}");
        let waited = start.elapsed() >= Duration::from_millis(99);
        assert_eq!(waited, is_patient(kind), "{kind:?}: {:?}", start.elapsed());
        // With nothing there it sleeps on after that, until the first completion.
        let mut peer = sockets[1].1.try_clone().unwrap();
        let writer = thread::spawn(move || {
            thread::sleep(Duration::from_millis(250));
            peer.write_all(b"x").unwrap();
        });
        assert_eq!(wait_for_some(&mut *driver, Some(Duration::from_secs(5))), 1, "{kind:?}");
        writer.join().unwrap();
        driver.set_patience(Patience { events: 2, longest: Duration::from_secs(5) });
        let start = Instant::now();
        driver.wait(Some(Duration::from_millis(20)), &mut VecDeque::new()).unwrap();
        assert!(start.elapsed() < Duration::from_secs(2), "{kind:?}: the timeout was missed");
        finish(driver, sockets);
    }
}
