//! Connections within the process: the cases of sockets on them, and what only they have.

use std::time::Duration;

use dx_driver::{Driver, Operation, Outgoing, Payload};

use crate::{
    shutdown, sockets,
    world::{Pair, WITHIN_PROCESS, World, pattern},
};

/// The same case with both ends in the process.
macro_rules! also_within {
    ($($module:ident :: $case:ident),* $(,)?) => {
        $(pub(crate) fn $case(driver: Box<dyn Driver>) {
            WITHIN_PROCESS.set(true);
            $module::$case(driver);
        })*
    };
}

also_within!(
    sockets::bytes_arrive_and_the_end_is_seen,
    sockets::a_large_send_arrives_whole,
    sockets::a_send_starts_where_it_is_told,
    sockets::unhurried_sends_end_with_something_else,
    sockets::unhurried_sends_to_a_full_socket_arrive_whole,
    sockets::empty_sends_end_at_once,
    sockets::shared_and_owned_buffers_come_back,
    sockets::many_connections_are_served_at_once,
    sockets::addresses_agree,
    sockets::writing_ends_while_reading_goes_on,
    sockets::sending_to_a_closed_peer_fails,
    sockets::an_accept_is_cancelled,
    sockets::a_receive_is_cancelled_and_taken_up_again,
    sockets::a_blocked_send_is_cancelled_and_gives_its_buffer_back,
    sockets::cancelling_what_has_ended_does_nothing,
    sockets::a_poll_fires_once,
    sockets::a_poll_is_cancelled,
    shutdown::everything_ends_and_everything_comes_back,
    shutdown::a_driver_works_on_after_a_shutdown,
    shutdown::leases_outlive_the_driver,
);

fn world(driver: Box<dyn Driver>) -> World {
    WITHIN_PROCESS.set(true);
    World::new(driver)
}

pub(crate) fn only_listeners_that_were_offered_and_accept_are_found(driver: Box<dyn Driver>) {
    let mut world = World::new(driver);
    let any = std::net::SocketAddr::from(([127, 0, 0, 1], 0));
    let listener = world.driver.listen(any, &crate::world::LISTEN).unwrap();
    let address = world.driver.local_address(listener).unwrap();
    let accept = world.submit(Operation::Accept { listener });
    assert_eq!(world.driver.connect_loopback(address), None, "not offered");
    world.cancel(accept);
    world.driver.offer_loopback(listener).unwrap();
    assert_eq!(world.driver.connect_loopback(address), None, "nobody accepts");
    let accept = world.submit(Operation::Accept { listener });
    let near = world.driver.connect_loopback(address).unwrap();
    let Payload::Socket(far) = world.next(accept).payload else { panic!("no socket") };
    assert!(near.is_virtual() && far.is_virtual() && near != far);
    assert_eq!(world.driver.loopback_statistics().connections, 1);
    world.cancel(accept);
    assert_eq!(world.driver.connect_loopback(address), None, "nobody accepts any more");
    world.close(listener);
    assert_eq!(world.driver.connect_loopback(address), None, "nobody listens any more");
    world.close(near);
    world.close(far);
    world.finish();
}

pub(crate) fn a_driver_told_so_makes_no_connection_within_the_process(driver: Box<dyn Driver>) {
    let mut world = World::new(driver);
    world.driver.allow_loopback(false);
    let (listener, address) = world.listen();
    let accept = world.submit(Operation::Accept { listener });
    assert_eq!(world.driver.connect_loopback(address), None);
    world.cancel(accept);
    world.close(listener);
    world.finish();
}

pub(crate) fn a_closed_descriptor_is_not_mistaken_for_its_successor(driver: Box<dyn Driver>) {
    let mut world = world(driver);
    let old = world.pair();
    world.close(old.near);
    world.close(old.far);
    let Pair { near, far } = world.pair();
    assert!(old.near != near && old.far != far);
    let errno = |result: std::io::Result<u32>| result.unwrap_err().raw_os_error();
    let stale = world.run(Operation::Receive { socket: old.near });
    assert_eq!(errno(stale.result), Some(libc::EBADF));
    let bytes = Outgoing::Owned(vec![1]);
    let stale = world.run(Operation::Send { socket: old.near, bytes, from: 0 });
    assert_eq!(errno(stale.result), Some(libc::EBADF));
    assert!(matches!(stale.payload, Payload::Outgoing(_)));
    assert!(world.driver.local_address(old.near).is_err());
    world.close(near);
    world.close(far);
    world.finish();
}

pub(crate) fn closing_with_unread_bytes_resets_the_peer(driver: Box<dyn Driver>) {
    let mut world = world(driver);
    let Pair { near, far } = world.pair();
    world.send(far, b"readable still");
    world.send(near, b"never read");
    world.close(far);
    let receive = world.submit(Operation::Receive { socket: near });
    assert_eq!(world.receive(receive, 14), b"readable still");
    let reset = world.next(receive);
    assert!(!reset.more);
    assert_eq!(reset.result.unwrap_err().raw_os_error(), Some(libc::ECONNRESET));
    let bytes = Outgoing::Owned(vec![1]);
    let sent = world.run(Operation::Send { socket: near, bytes, from: 0 });
    assert_eq!(sent.result.unwrap_err().raw_os_error(), Some(libc::EPIPE));
    world.close(near);
    world.finish();
}

pub(crate) fn a_sender_hears_before_its_reader_does(driver: Box<dyn Driver>) {
    let mut world = world(driver);
    let Pair { near, far } = world.pair();
    let receive = world.submit(Operation::Receive { socket: far });
    let bytes = Outgoing::Owned(pattern(50_000));
    let send = world.submit(Operation::Send { socket: near, bytes, from: 0 });
    world.turn();
    let tokens: Vec<_> = world.seen.iter().map(|seen| seen.token).collect();
    assert_eq!(tokens, [send, receive, receive, receive, receive]);
    world.seen.clear();
    world.cancel(receive);
    world.close(near);
    world.close(far);
    world.finish();
}

pub(crate) fn leases_that_run_out_hold_receives_back(driver: Box<dyn Driver>) {
    const LEN: usize = 32 << 20;
    let mut world = world(driver);
    let Pair { near, far } = world.pair();
    let receive = world.submit(Operation::Receive { socket: far });
    let bytes = Outgoing::Owned(pattern(LEN));
    let send = world.submit(Operation::Send { socket: near, bytes, from: 0 });
    // Nobody gives a lease back, so they run out.
    for _ in 0..200 {
        world.turn();
    }
    let held = world.seen.len();
    assert!(held * (16 << 10) < LEN);
    world.turn();
    assert_eq!(world.seen.len(), held);
    assert!(world.receive(receive, LEN) == pattern(LEN), "the bytes differ");
    world.next(send).result.unwrap();
    world.cancel(receive);
    world.close(near);
    world.close(far);
    world.finish();
}

pub(crate) fn a_bell_is_heard_between_completions(driver: Box<dyn Driver>) {
    let mut world = world(driver);
    let Pair { near, far } = world.pair();
    let receive = world.submit(Operation::Receive { socket: far });
    let bell = world.driver.doorbell();
    for _ in 0..100 {
        bell.ring();
        world.send(near, b"x");
        assert_eq!(world.receive(receive, 1), b"x");
    }
    // Rung while nothing comes: the wait returns all the same.
    bell.ring();
    world.driver.wait(Some(Duration::from_secs(100)), &mut world.seen).unwrap();
    world.cancel(receive);
    world.close(near);
    world.close(far);
    world.finish();
}
