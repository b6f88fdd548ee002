//! What happens when something runs out, and waits themselves.

use std::{
    os::fd::IntoRawFd,
    sync::{
        Arc,
        atomic::{AtomicU32, Ordering},
    },
    time::{Duration, Instant},
};

use dx_driver::{Descriptor, Driver, Interest, Operation, Outgoing, Payload};

use crate::world::{Pair, World};

pub(crate) fn running_out_of_buffers_ends_a_receive_until_leases_return(driver: Box<dyn Driver>) {
    let mut world = World::new(driver);
    let Pair { near, far } = world.pair();
    let receive = world.submit(Operation::Receive { socket: far });
    let mut leases = Vec::new();
    let ended = loop {
        world.send(near, b"x");
        let completion = world.next(receive);
        match completion.payload {
            Payload::Lease(lease) => leases.push(lease),
            _ => break completion,
        }
    };
    assert!(!ended.more);
    assert_eq!(ended.result.unwrap_err().raw_os_error(), Some(libc::ENOBUFS));
    assert_eq!(world.driver.buffers_free(), 0);
    world.driver.submit(receive, Operation::Receive { socket: far });
    assert!(world.is_silent(receive));
    assert!(world.driver.in_flight() >= 1);
    // One that is held back can be cancelled too.
    world.cancel(receive);
    world.driver.submit(receive, Operation::Receive { socket: far });
    assert!(world.is_silent(receive));
    leases.clear();
    assert_eq!(world.receive(receive, 1), b"x");
    world.cancel(receive);
    world.close(near);
    world.close(far);
    world.finish();
}

pub(crate) fn a_token_in_use_is_refused(driver: Box<dyn Driver>) {
    let mut world = World::new(driver);
    let Pair { near, far } = world.pair();
    let receive = world.submit(Operation::Receive { socket: far });
    assert!(world.is_silent(receive));
    world.driver.submit(receive, Operation::Receive { socket: near });
    let refused = world.next(receive);
    assert_eq!(refused.result.unwrap_err().raw_os_error(), Some(libc::EALREADY));
    world.send(near, b"the first goes on");
    assert_eq!(world.receive(receive, 17), b"the first goes on");
    world.cancel(receive);
    world.close(near);
    world.close(far);
    world.finish();
}

pub(crate) fn more_operations_than_the_queue_holds(driver: Box<dyn Driver>) {
    const COUNT: usize = 20_000;
    let mut world = World::new(driver);
    let Pair { near, far } = world.pair();
    let interest = Interest { readable: false, writable: true };
    let polls: Vec<_> =
        (0..COUNT).map(|_| world.submit(Operation::Poll { descriptor: near, interest })).collect();
    assert_eq!(world.driver.in_flight(), COUNT);
    let mut ended = std::collections::HashSet::new();
    while ended.len() < COUNT {
        world.turn();
        for completion in world.seen.drain(..) {
            assert!(completion.result.is_ok() && !completion.more);
            assert!(ended.insert(completion.token), "a poll ends once");
        }
    }
    assert!(polls.iter().all(|poll| ended.contains(poll)));
    world.close(near);
    world.close(far);
    world.finish();
}

/// So many completions that the kernel has to end multishots to be rid of them: the receive and
/// the accept go on all the same, and not a byte is lost.
pub(crate) fn multishots_survive_a_flood_of_completions(driver: Box<dyn Driver>) {
    const POLLS: usize = 20_000;
    const MESSAGES: usize = 300;
    let mut world = World::new(driver);
    let Pair { near, far } = world.pair();
    let (listener, address) = world.listen();
    let accept = world.submit(Operation::Accept { listener });
    let receive = world.submit(Operation::Receive { socket: far });
    world.turn();
    let interest = Interest { readable: false, writable: true };
    for _ in 0..POLLS {
        world.submit(Operation::Poll { descriptor: near, interest });
    }
    let mut clients = Vec::new();
    for number in 0..MESSAGES {
        let bytes = Outgoing::Owned(vec![number as u8; 3]);
        world.submit(Operation::Send { socket: near, bytes, from: 0 });
        if number % 10 == 0 {
            let socket = world.driver.socket(address).unwrap();
            world.submit(Operation::Connect { socket, address });
            clients.push(socket);
        }
    }
    let (mut bytes, mut accepted) = (Vec::new(), Vec::new());
    while bytes.len() < 3 * MESSAGES || accepted.len() < clients.len() {
        world.turn();
        for completion in std::mem::take(&mut world.seen) {
            completion.result.unwrap();
            match completion.payload {
                Payload::Lease(lease) => bytes.extend_from_slice(&lease),
                Payload::Socket(socket) => accepted.push(socket),
                _ => assert!(completion.token != receive && completion.token != accept),
            }
        }
    }
    assert!(bytes.chunks(3).enumerate().all(|(number, chunk)| chunk == [number as u8; 3]));
    world.seen.clear();
    world.cancel(receive);
    world.cancel(accept);
    for descriptor in clients.into_iter().chain(accepted).chain([near, far, listener]) {
        world.close(descriptor);
    }
    world.seen.clear();
    world.finish();
}

pub(crate) fn a_wait_ends_in_time(driver: Box<dyn Driver>) {
    let mut world = World::new(driver);
    let start = world.driver.now_ns();
    let timeout = Duration::from_millis(20);
    world.driver.wait(Some(timeout), &mut world.seen).unwrap();
    let waited = world.driver.now_ns() - start;
    assert!((20_000_000..2_000_000_000).contains(&waited), "{waited} ns");
    world.finish();
}

pub(crate) fn a_wait_of_zero_returns(driver: Box<dyn Driver>) {
    let mut world = World::new(driver);
    for _ in 0..3 {
        world.driver.wait(Some(Duration::ZERO), &mut world.seen).unwrap();
    }
    world.finish();
}

pub(crate) fn a_ring_of_the_bell_ends_a_wait(driver: Box<dyn Driver>) {
    let mut world = World::new(driver);
    for _ in 0..3 {
        let bell = world.driver.doorbell();
        let ringer = std::thread::spawn(move || {
            std::thread::sleep(Duration::from_millis(20));
            bell.ring();
        });
        let start = Instant::now();
        while start.elapsed() < Duration::from_millis(20) {
            world.driver.wait(None, &mut world.seen).unwrap();
        }
        ringer.join().unwrap();
    }
    world.finish();
}

pub(crate) fn a_bell_rung_before_the_wait_is_not_lost(driver: Box<dyn Driver>) {
    let mut world = World::new(driver);
    world.turn();
    world.driver.doorbell().ring();
    world.driver.doorbell().ring();
    world.driver.wait(None, &mut world.seen).unwrap();
    world.finish();
}

pub(crate) fn rings_of_many_threads_are_all_heard(driver: Box<dyn Driver>) {
    const THREADS: u32 = 4;
    const RINGS: u32 = 5_000;
    let mut world = World::new(driver);
    let messages = Arc::new(AtomicU32::new(0));
    let ringers: Vec<_> = (0..THREADS)
        .map(|_| {
            let (bell, messages) = (world.driver.doorbell(), messages.clone());
            std::thread::spawn(move || {
                for round in 0..RINGS {
                    messages.fetch_add(1, Ordering::Release);
                    bell.ring();
                    if round % 64 == 0 {
                        std::thread::yield_now();
                    }
                }
            })
        })
        .collect();
    // Each wait has no timeout: a lost ring would hang the last of them.
    while messages.load(Ordering::Acquire) < THREADS * RINGS {
        world.driver.wait(None, &mut world.seen).unwrap();
    }
    for ringer in ringers {
        ringer.join().unwrap();
    }
    world.finish();
}

pub(crate) fn a_pipe_is_polled_and_read(driver: Box<dyn Driver>) {
    use std::io::Write;
    let mut world = World::new(driver);
    let (reader, mut writer) = std::io::pipe().unwrap();
    let file = Descriptor(reader.into_raw_fd());
    let interest = Interest { readable: true, writable: false };
    let poll = world.submit(Operation::Poll { descriptor: file, interest });
    let into = Vec::with_capacity(16);
    let read = world.submit(Operation::Read { file, offset: u64::MAX, into });
    assert!(world.is_silent(poll) && world.is_silent(read));
    writer.write_all(b"through").unwrap();
    world.next(poll).result.unwrap();
    assert_eq!(world.next(read).result.unwrap(), 7);
    let into = Vec::with_capacity(16);
    let read = world.submit(Operation::Read { file, offset: u64::MAX, into });
    assert!(world.is_silent(read));
    world.driver.cancel(read);
    let cancelled = world.next(read);
    assert_eq!(cancelled.result.unwrap_err().raw_os_error(), Some(libc::ECANCELED));
    assert!(matches!(cancelled.payload, Payload::Incoming(_)));
    world.close(file);
    world.finish();
}
