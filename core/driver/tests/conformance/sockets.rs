//! Sockets.

use std::time::Duration;

use bytes::Bytes;
use dx_driver::{Driver, Interest, Operation, Outgoing, Payload};

use crate::world::{Pair, World, pattern};

pub(crate) fn bytes_arrive_and_the_end_is_seen(driver: Box<dyn Driver>) {
    let mut world = World::new(driver);
    let Pair { near, far } = world.pair();
    let receive = world.submit(Operation::Receive { socket: far });
    world.send(near, b"hello");
    assert_eq!(world.receive(receive, 5), b"hello");
    world.send(near, b"again");
    assert_eq!(world.receive(receive, 5), b"again");
    world.close(near);
    let end = world.next(receive);
    assert!(!end.more && end.result.unwrap() == 0);
    world.close(far);
    world.finish();
}

pub(crate) fn a_large_send_arrives_whole(driver: Box<dyn Driver>) {
    const LEN: usize = 8 << 20;
    let mut world = World::new(driver);
    let Pair { near, far } = world.pair();
    let bytes = Outgoing::Owned(pattern(LEN));
    let send = world.submit(Operation::Send { socket: near, bytes, from: 0 });
    let receive = world.submit(Operation::Receive { socket: far });
    assert!(world.receive(receive, LEN) == pattern(LEN), "the bytes differ");
    let sent = world.next(send);
    assert!(!sent.more && sent.result.unwrap() as usize == LEN);
    assert!(
        matches!(sent.payload, Payload::Outgoing(Outgoing::Owned(bytes)) if bytes.len() == LEN)
    );
    world.cancel(receive);
    world.close(near);
    world.close(far);
    world.finish();
}

pub(crate) fn unhurried_sends_end_with_something_else(driver: Box<dyn Driver>) {
    let mut world = World::new(driver);
    let Pair { near, far } = world.pair();
    let receive = world.submit(Operation::Receive { socket: far });
    let tokens: Vec<_> = (0..3).map(|_| world.token()).collect();
    for (token, piece) in tokens.iter().zip([&b"one"[..], b"two", b"three"]) {
        let bytes = Outgoing::Owned(piece.to_vec());
        world.driver.submit_unhurried(*token, Operation::Send { socket: near, bytes, from: 0 });
        // One at a time on a socket.
        world.driver.hurry_sends();
        let sent = world.next(*token);
        assert!(!sent.more && sent.result.unwrap() as usize == piece.len());
        assert!(
            matches!(sent.payload, Payload::Outgoing(Outgoing::Owned(bytes)) if bytes == piece)
        );
    }
    assert_eq!(world.receive(receive, 11), b"onetwothree");
    world.cancel(receive);
    world.close(near);
    world.close(far);
    world.finish();
}

pub(crate) fn unhurried_sends_to_a_full_socket_arrive_whole(driver: Box<dyn Driver>) {
    const PIECE: usize = 10_000;
    const AFTER_STUCK: usize = 3;
    let mut world = World::new(driver);
    let Pair { near, far } = world.pair();
    let piece = pattern(PIECE);
    let send = |world: &mut World| {
        let token = world.token();
        let bytes = Outgoing::Owned(piece.clone());
        world.driver.submit_unhurried(token, Operation::Send { socket: near, bytes, from: 0 });
        let moment = Some(Duration::from_millis(1));
        world.driver.wait(moment, &mut world.seen).unwrap();
        token
    };
    // Nobody reads until the socket has taken all it can.
    let mut sent = 0;
    let stuck = loop {
        let token = send(&mut world);
        if world.seen.iter().all(|seen| seen.token != token) && world.is_silent(token) {
            break token;
        }
        assert_eq!(world.next(token).result.unwrap() as usize, PIECE);
        sent += 1;
    };
    let receive = world.submit(Operation::Receive { socket: far });
    let mut received = world.receive(receive, sent * PIECE);
    assert_eq!(world.next(stuck).result.unwrap() as usize, PIECE);
    for _ in 0..AFTER_STUCK {
        let token = send(&mut world);
        assert_eq!(world.next(token).result.unwrap() as usize, PIECE);
    }
    let rest = (sent + 1 + AFTER_STUCK) * PIECE - received.len();
    received.extend(world.receive(receive, rest));
    assert!(received.chunks(PIECE).all(|chunk| chunk == piece), "the bytes differ");
    world.cancel(receive);
    world.close(near);
    world.close(far);
    world.finish();
}

pub(crate) fn a_send_starts_where_it_is_told(driver: Box<dyn Driver>) {
    let mut world = World::new(driver);
    let Pair { near, far } = world.pair();
    let receive = world.submit(Operation::Receive { socket: far });
    let bytes = Outgoing::Shared(Bytes::from_static(b"0123456789"));
    let sent = world.run(Operation::Send { socket: near, bytes, from: 7 });
    assert_eq!(sent.result.unwrap(), 3);
    assert_eq!(world.receive(receive, 3), b"789");
    world.cancel(receive);
    world.close(near);
    world.close(far);
    world.finish();
}

pub(crate) fn empty_sends_end_at_once(driver: Box<dyn Driver>) {
    let mut world = World::new(driver);
    let Pair { near, far } = world.pair();
    for (from, expected) in [(0, Ok(0)), (1, Err(Some(libc::EINVAL)))] {
        let bytes = Outgoing::Owned(Vec::new());
        let completion = world.run(Operation::Send { socket: near, bytes, from });
        assert_eq!(completion.result.map_err(|error| error.raw_os_error()), expected);
        assert!(matches!(completion.payload, Payload::Outgoing(_)));
    }
    world.close(near);
    world.close(far);
    world.finish();
}

pub(crate) fn shared_and_owned_buffers_come_back(driver: Box<dyn Driver>) {
    let mut world = World::new(driver);
    let Pair { near, far } = world.pair();
    let mut owned = Vec::with_capacity(4096);
    owned.extend_from_slice(b"owned");
    let address = owned.as_ptr();
    let bytes = Outgoing::Owned(owned);
    let sent = world.run(Operation::Send { socket: near, bytes, from: 0 });
    let Payload::Outgoing(Outgoing::Owned(back)) = sent.payload else { panic!("no buffer") };
    assert_eq!((back.as_ptr(), back.capacity(), &back[..]), (address, 4096, &b"owned"[..]));
    let bytes = Outgoing::Shared(Bytes::from_static(b"shared"));
    let sent = world.run(Operation::Send { socket: near, bytes, from: 0 });
    assert!(matches!(sent.payload, Payload::Outgoing(Outgoing::Shared(_))));
    let receive = world.submit(Operation::Receive { socket: far });
    assert_eq!(world.receive(receive, 11), b"ownedshared");
    world.cancel(receive);
    world.close(near);
    world.close(far);
    world.finish();
}

pub(crate) fn many_connections_are_served_at_once(driver: Box<dyn Driver>) {
    const CONNECTIONS: usize = 200;
    let mut world = World::new(driver);
    let (listener, address) = world.listen();
    let accept = world.submit(Operation::Accept { listener });
    let clients: Vec<_> = (0..CONNECTIONS).map(|_| world.connect(address)).collect();
    let mut servers = Vec::new();
    for _ in 0..CONNECTIONS {
        let completion = world.next(accept);
        assert!(completion.more);
        let Payload::Socket(socket) = completion.payload else { panic!("no socket") };
        servers.push((socket, world.submit(Operation::Receive { socket })));
    }
    let mut sends = Vec::new();
    for (number, client) in clients.iter().enumerate() {
        let bytes = Outgoing::Owned(vec![number as u8; 100 + number]);
        sends.push(world.submit(Operation::Send { socket: *client, bytes, from: 0 }));
    }
    for send in sends {
        world.next(send).result.unwrap();
    }
    for client in &clients {
        world.close(*client);
    }
    let mut total = 0;
    for (socket, receive) in servers {
        loop {
            let completion = world.next(receive);
            let Payload::Lease(lease) = &completion.payload else {
                assert!(!completion.more && completion.result.unwrap() == 0);
                break;
            };
            assert!(lease.iter().all(|byte| *byte == lease[0]));
            total += lease.len();
        }
        world.close(socket);
    }
    assert_eq!(total, (0..CONNECTIONS).map(|number| 100 + number).sum::<usize>());
    world.cancel(accept);
    world.close(listener);
    world.finish();
}

pub(crate) fn addresses_agree(driver: Box<dyn Driver>) {
    let mut world = World::new(driver);
    let Pair { near, far } = world.pair();
    let driver = &world.driver;
    assert_eq!(driver.local_address(near).unwrap(), driver.peer_address(far).unwrap());
    assert_eq!(driver.peer_address(near).unwrap(), driver.local_address(far).unwrap());
    world.close(near);
    world.close(far);
    world.finish();
}

pub(crate) fn a_refused_connection_is_an_error(driver: Box<dyn Driver>) {
    let mut world = World::new(driver);
    let (listener, address) = world.listen();
    world.close(listener);
    let socket = world.driver.socket(address).unwrap();
    let refused = world.run(Operation::Connect { socket, address });
    assert_eq!(refused.result.unwrap_err().raw_os_error(), Some(libc::ECONNREFUSED));
    world.close(socket);
    world.finish();
}

pub(crate) fn writing_ends_while_reading_goes_on(driver: Box<dyn Driver>) {
    let mut world = World::new(driver);
    let Pair { near, far } = world.pair();
    let at_near = world.submit(Operation::Receive { socket: near });
    let at_far = world.submit(Operation::Receive { socket: far });
    world.send(near, b"last");
    world.run(Operation::ShutdownWrite { socket: near }).result.unwrap();
    assert_eq!(world.receive(at_far, 4), b"last");
    assert_eq!(world.next(at_far).result.unwrap(), 0);
    world.send(far, b"answer");
    assert_eq!(world.receive(at_near, 6), b"answer");
    world.close(far);
    assert_eq!(world.next(at_near).result.unwrap(), 0);
    world.close(near);
    world.finish();
}

pub(crate) fn sending_to_a_closed_peer_fails(driver: Box<dyn Driver>) {
    let mut world = World::new(driver);
    let Pair { near, far } = world.pair();
    world.close(far);
    for _ in 0..100 {
        let bytes = Outgoing::Owned(vec![1; 1000]);
        let sent = world.run(Operation::Send { socket: near, bytes, from: 0 });
        assert!(matches!(sent.payload, Payload::Outgoing(_)));
        if let Err(error) = sent.result {
            let errno = error.raw_os_error().unwrap();
            assert!(errno == libc::EPIPE || errno == libc::ECONNRESET, "{error}");
            world.close(near);
            return world.finish();
        }
    }
    panic!("sends to a closed peer succeed for ever");
}

pub(crate) fn an_accept_is_cancelled(driver: Box<dyn Driver>) {
    let mut world = World::new(driver);
    let (listener, address) = world.listen();
    let accept = world.submit(Operation::Accept { listener });
    assert!(world.is_silent(accept));
    world.cancel(accept);
    let again = world.submit(Operation::Accept { listener });
    let near = world.connect(address);
    let Payload::Socket(far) = world.next(again).payload else { panic!("no socket") };
    world.cancel(again);
    for descriptor in [near, far, listener] {
        world.close(descriptor);
    }
    world.finish();
}

pub(crate) fn a_receive_is_cancelled_and_taken_up_again(driver: Box<dyn Driver>) {
    let mut world = World::new(driver);
    let Pair { near, far } = world.pair();
    let receive = world.submit(Operation::Receive { socket: far });
    assert!(world.is_silent(receive));
    world.cancel(receive);
    world.send(near, b"while nobody reads");
    assert!(world.is_silent(receive));
    world.driver.submit(receive, Operation::Receive { socket: far });
    assert_eq!(world.receive(receive, 18), b"while nobody reads");
    // Submitted and cancelled in the same turn.
    world.cancel(receive);
    world.driver.submit(receive, Operation::Receive { socket: far });
    world.cancel(receive);
    world.close(near);
    world.close(far);
    world.finish();
}

pub(crate) fn a_blocked_send_is_cancelled_and_gives_its_buffer_back(driver: Box<dyn Driver>) {
    const LEN: usize = 64 << 20;
    let mut world = World::new(driver);
    let Pair { near, far } = world.pair();
    let bytes = Outgoing::Owned(vec![7; LEN]);
    let send = world.submit(Operation::Send { socket: near, bytes, from: 0 });
    assert!(world.is_silent(send));
    world.driver.cancel(send);
    let sent = world.next(send);
    assert_eq!(sent.result.unwrap_err().raw_os_error(), Some(libc::ECANCELED));
    assert!(
        matches!(sent.payload, Payload::Outgoing(Outgoing::Owned(bytes)) if bytes.len() == LEN)
    );
    world.close(near);
    world.close(far);
    world.finish();
}

pub(crate) fn cancelling_what_has_ended_does_nothing(driver: Box<dyn Driver>) {
    let mut world = World::new(driver);
    let Pair { near, far } = world.pair();
    let receive = world.submit(Operation::Receive { socket: far });
    world.close(near);
    assert_eq!(world.next(receive).result.unwrap(), 0);
    world.driver.cancel(receive);
    let never = world.token();
    world.driver.cancel(never);
    assert!(world.is_silent(receive) && world.is_silent(never));
    world.close(far);
    world.finish();
}

pub(crate) fn a_poll_fires_once(driver: Box<dyn Driver>) {
    let mut world = World::new(driver);
    let Pair { near, far } = world.pair();
    let interest = Interest { readable: false, writable: true };
    world.run(Operation::Poll { descriptor: near, interest }).result.unwrap();
    let interest = Interest { readable: true, writable: false };
    let poll = world.submit(Operation::Poll { descriptor: far, interest });
    assert!(world.is_silent(poll));
    world.send(near, b"x");
    let ready = world.next(poll);
    assert!(!ready.more && ready.result.is_ok());
    assert!(world.is_silent(poll));
    // Nothing has been read, so another poll is answered at once.
    world.run(Operation::Poll { descriptor: far, interest }).result.unwrap();
    world.close(near);
    world.close(far);
    world.finish();
}

pub(crate) fn a_poll_is_cancelled(driver: Box<dyn Driver>) {
    let mut world = World::new(driver);
    let Pair { near, far } = world.pair();
    let interest = Interest { readable: true, writable: false };
    let poll = world.submit(Operation::Poll { descriptor: far, interest });
    assert!(world.is_silent(poll));
    world.cancel(poll);
    world.close(near);
    world.close(far);
    world.finish();
}
