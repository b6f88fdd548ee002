//! What only this driver has: zero-copy and quiet sends, and entries the queue has no room for.

use std::{
    collections::VecDeque,
    net::SocketAddr,
    time::{Duration, Instant},
};

use super::{
    Uring, entries,
    setup::SUBMISSION_ENTRIES,
    slots::{Held, Sending},
};
use crate::{
    Completion, Descriptor, Driver, Interest, ListenOptions, Operation, Outgoing, Payload, Token,
};

const ACCEPT: Token = Token::new(1, 0, 0);
const CONNECT: Token = Token::new(2, 0, 0);
const SEND: Token = Token::new(3, 0, 0);
const RECEIVE: Token = Token::new(4, 0, 0);

fn open() -> Option<Uring> {
    Uring::open().map_err(|error| eprintln!("skipped: {error}")).ok()
}

fn wait(driver: &mut Uring) -> VecDeque<Completion> {
    let mut completions = VecDeque::new();
    driver.wait(Some(Duration::from_secs(5)), &mut completions).unwrap();
    completions
}

/// A connected pair, by the driver.
fn pair(driver: &mut Uring) -> [Descriptor; 2] {
    let options = ListenOptions { backlog: 1, reuse_port: false, ipv6_only: false };
    let listener = driver.listen(SocketAddr::from(([127, 0, 0, 1], 0)), &options).unwrap();
    let address = driver.local_address(listener).unwrap();
    let near = driver.socket(address).unwrap();
    driver.submit(ACCEPT, Operation::Accept { listener });
    driver.submit(CONNECT, Operation::Connect { socket: near, address });
    let mut far = None;
    while far.is_none() {
        for completion in wait(driver) {
            if let Payload::Socket(socket) = completion.payload {
                far = Some(socket);
            }
        }
    }
    driver.cancel(ACCEPT);
    while driver.in_flight() > 0 {
        wait(driver);
    }
    dx_sys::close(listener.0).unwrap();
    [near, far.unwrap()]
}

#[test]
fn a_zero_copy_send_ends_once_its_buffer_is_free() {
    const LEN: usize = 1 << 20;
    let Some(mut driver) = open() else { return };
    let [near, far] = pair(&mut driver);
    // As `push_send` does for a peer that is not on this machine.
    let bytes = Outgoing::Owned((0..LEN).map(|place| (place / 7) as u8).collect());
    let sending = Sending {
        bytes,
        at: 0,
        sent: 0,
        socket: near.0,
        cancelled: false,
        quiet: false,
        outcome: None,
    };
    let name = driver.slots.insert(SEND, Held::Send(sending));
    let Some(Held::Send(sending)) = driver.slots.get_mut(name).map(|slot| &slot.held) else {
        panic!("just inserted");
    };
    let entry = entries::send(name, sending, true);
    driver.in_flight += 1;
    driver.push(entry);
    driver.submit(RECEIVE, Operation::Receive { socket: far });
    let (mut received, mut sent) = (0, None);
    while received < LEN || sent.is_none() {
        for completion in wait(&mut driver) {
            match completion.payload {
                Payload::Lease(lease) => {
                    let expected = |place: usize| ((received + place) / 7) as u8;
                    assert!(lease.iter().enumerate().all(|(at, byte)| *byte == expected(at)));
                    received += lease.len();
                }
                Payload::Outgoing(bytes) => {
                    assert!(completion.token == SEND && !completion.more && sent.is_none());
                    assert_eq!(bytes.as_slice().len(), LEN);
                    sent = Some(completion.result.unwrap());
                }
                other => panic!("{other:?}"),
            }
        }
    }
    assert_eq!((received, sent), (LEN, Some(LEN as u32)));
    driver.shutdown(&mut VecDeque::new()).unwrap();
    assert_eq!(driver.in_flight(), 0);
    for socket in [near, far] {
        dx_sys::close(socket.0).unwrap();
    }
}

#[test]
fn a_wait_does_not_return_for_an_unhurried_send() {
    const MOMENT: Duration = Duration::from_millis(300);
    let Some(mut driver) = open() else { return };
    let [near, far] = pair(&mut driver);
    let mut send = |hurried: bool| {
        let bytes = Outgoing::Shared(bytes::Bytes::from_static(b"hello"));
        driver.submit_unhurried(SEND, Operation::Send { socket: near, bytes, from: 0 });
        if hurried {
            driver.hurry_sends();
        }
        let (start, mut completions) = (Instant::now(), VecDeque::new());
        driver.wait(Some(MOMENT), &mut completions).unwrap();
        let ended = completions.iter().any(|completion| completion.token == SEND);
        assert!(ended, "its completion comes with the timeout at the latest");
        start.elapsed()
    };
    assert!(send(false) >= MOMENT);
    assert!(send(true) < MOMENT);
    for socket in [near, far] {
        dx_sys::close(socket.0).unwrap();
    }
}

#[test]
fn entries_without_room_wait_in_order() {
    let Some(mut driver) = open() else { return };
    let [near, far] = pair(&mut driver);
    // As where the kernel takes nothing for a while: entries lie in the backlog.
    let interest = Interest { readable: true, writable: false };
    let count = SUBMISSION_ENTRIES + 100;
    for index in 0..count {
        let token = Token::new(5, 0, index);
        assert!(driver.armed.insert(token, entries::Tag::Poll, far.0));
        driver.in_flight += 1;
        driver.backlog.push_back(entries::poll(token, far.0, interest));
    }
    // A cancellation keeps its place behind what it cancels.
    for index in 0..count {
        driver.cancel(Token::new(5, 0, index));
    }
    assert_eq!(driver.backlog.len(), 2 * count as usize);
    let mut ended = 0;
    while ended < count {
        for completion in wait(&mut driver) {
            let errno = completion.result.unwrap_err().raw_os_error();
            assert_eq!(errno, Some(libc::ECANCELED));
            ended += 1;
        }
    }
    assert!(driver.backlog.is_empty() && driver.in_flight() == 0);
    for socket in [near, far] {
        dx_sys::close(socket.0).unwrap();
    }
}
