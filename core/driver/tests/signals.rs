//! Signals during a wait, in a process of its own because handlers are the process's.

#![allow(unsafe_code)]

use std::{
    collections::VecDeque,
    net::{SocketAddr, TcpStream},
    sync::atomic::{AtomicBool, AtomicU32, Ordering},
    time::Duration,
};

use dx_driver::{Driver, DriverKind, ListenOptions, Operation, Payload, Token, probe_and_open};

static CAUGHT: AtomicU32 = AtomicU32::new(0);

extern "C" fn count(_signal: libc::c_int) {
    CAUGHT.fetch_add(1, Ordering::Relaxed);
}

/// Installs `count` without `SA_RESTART`, so that calls are interrupted.
fn handle(signal: libc::c_int) {
    // SAFETY: zeroes are a valid sigaction, and `count` does nothing a handler must not.
    unsafe {
        let mut action: libc::sigaction = std::mem::zeroed();
        action.sa_sigaction = count as *const () as usize;
        assert_eq!(libc::sigaction(signal, &raw const action, std::ptr::null_mut()), 0);
    }
}

/// A thousand signals while connections are accepted: none of them shows.
fn wait_under_signals(mut driver: Box<dyn Driver>) {
    const CONNECTIONS: usize = 50;
    let options = ListenOptions { backlog: 64, reuse_port: false, ipv6_only: false };
    let listener = driver.listen(SocketAddr::from(([127, 0, 0, 1], 0)), &options).unwrap();
    let address = driver.local_address(listener).unwrap();
    driver.submit(Token::new(1, 0, 0), Operation::Accept { listener });
    // SAFETY: names the calling thread.
    let waiter = unsafe { libc::pthread_self() };
    let stop = AtomicBool::new(false);
    let before = CAUGHT.load(Ordering::Relaxed);
    let mut accepted = 0;
    std::thread::scope(|scope| {
        scope.spawn(|| {
            while !stop.load(Ordering::Relaxed) {
                // SAFETY: the waiting thread outlives this one.
                unsafe { libc::pthread_kill(waiter, libc::SIGUSR1) };
                std::thread::sleep(Duration::from_micros(200));
            }
        });
        scope.spawn(|| {
            for _ in 0..CONNECTIONS {
                TcpStream::connect(address).unwrap();
                std::thread::sleep(Duration::from_millis(2));
            }
        });
        let mut completions = VecDeque::new();
        while accepted < CONNECTIONS || CAUGHT.load(Ordering::Relaxed) - before < 100 {
            driver.wait(Some(Duration::from_secs(10)), &mut completions).unwrap();
            for completion in completions.drain(..) {
                let Payload::Socket(socket) = completion.payload else { panic!("{completion:?}") };
                dx_sys::close(socket.0).unwrap();
                accepted += 1;
            }
        }
        stop.store(true, Ordering::Relaxed);
    });
    assert_eq!(accepted, CONNECTIONS);
    driver.shutdown(&mut VecDeque::new()).unwrap();
    dx_sys::close(listener.0).unwrap();
}

#[test]
fn interrupted_waits_return_and_lose_nothing() {
    handle(libc::SIGUSR1);
    for kind in [DriverKind::Uring, DriverKind::Epoll] {
        match probe_and_open(Some(kind)) {
            Ok((driver, _)) => wait_under_signals(driver),
            Err(error) => eprintln!("{kind:?} skipped: {error}"),
        }
    }
}
