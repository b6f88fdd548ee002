//! The end of a driver.

use std::collections::HashMap;

use bytes::Bytes;
use dx_driver::{Descriptor, Driver, Operation, Outgoing, Payload, Token};

use crate::world::{Pair, World, pattern};

/// Everything at once: an accept, idle receives, busy receives, blocked sends, file reads.
struct Load {
    world: World,
    /// Submitted operations, and how often each has ended.
    ended: HashMap<Token, u32>,
    descriptors: Vec<Descriptor>,
}

impl Load {
    fn submit(&mut self, operation: Operation) -> Token {
        let token = self.world.submit(operation);
        self.ended.insert(token, 0);
        token
    }

    fn new(driver: Box<dyn Driver>) -> Self {
        let world = World::new(driver);
        let mut load = Self { world, ended: HashMap::new(), descriptors: Vec::new() };
        let bytes = Bytes::from(pattern(16 << 20));
        let (listener, _) = load.world.listen();
        load.submit(Operation::Accept { listener });
        load.descriptors.push(listener);
        for number in 0..20 {
            let Pair { near, far } = load.world.pair();
            load.descriptors.extend([near, far]);
            load.submit(Operation::Receive { socket: near });
            if number % 2 == 0 {
                load.submit(Operation::Receive { socket: far });
            }
            // To those that read, and to those that do not.
            let bytes = Outgoing::Shared(bytes.clone());
            load.submit(Operation::Send { socket: near, bytes, from: 0 });
        }
        load
    }

    fn record(&mut self) {
        for completion in self.world.seen.drain(..) {
            let ended = self.ended.get_mut(&completion.token).expect("a token that was submitted");
            assert_eq!(*ended, 0, "nothing comes after the end");
            *ended += u32::from(!completion.more);
            if let Payload::Socket(socket) = completion.payload {
                self.descriptors.push(socket);
            }
        }
    }

    fn finish(mut self) {
        self.record();
        assert!(self.ended.values().all(|ended| *ended == 1), "each operation ends once");
        for descriptor in std::mem::take(&mut self.descriptors) {
            self.world.close(descriptor);
        }
        self.world.finish();
    }
}

pub(crate) fn everything_ends_and_everything_comes_back(driver: Box<dyn Driver>) {
    let mut load = Load::new(driver);
    for _ in 0..20 {
        load.world.turn();
        load.record();
    }
    // Some submitted and not yet seen by the kernel.
    let socket = load.descriptors[1];
    let bytes = Outgoing::Owned(vec![1; 100]);
    load.submit(Operation::Send { socket, bytes, from: 0 });
    assert!(load.world.driver.in_flight() > 20);
    let World { driver, seen, .. } = &mut load.world;
    driver.shutdown(seen).unwrap();
    assert_eq!(driver.in_flight(), 0);
    load.finish();
}

pub(crate) fn a_driver_is_dropped_with_operations_in_flight(driver: Box<dyn Driver>) {
    let mut load = Load::new(driver);
    for _ in 0..3 {
        load.world.turn();
        load.record();
    }
    let Load { world, descriptors, .. } = load;
    let World { driver, seen, .. } = world;
    assert!(driver.in_flight() > 20);
    let real = driver.kind() != dx_driver::DriverKind::Sim;
    drop(driver);
    drop(seen);
    for descriptor in descriptors.into_iter().filter(|_| real) {
        dx_sys::close(descriptor.0).unwrap();
    }
}

pub(crate) fn a_driver_works_on_after_a_shutdown(driver: Box<dyn Driver>) {
    let mut world = World::new(driver);
    let Pair { near, far } = world.pair();
    let receive = world.submit(Operation::Receive { socket: far });
    let World { driver, seen, .. } = &mut world;
    driver.shutdown(seen).unwrap();
    let ended = world.next(receive);
    assert_eq!(ended.result.unwrap_err().raw_os_error(), Some(libc::ECANCELED));
    world.send(near, b"still here");
    let receive = world.submit(Operation::Receive { socket: far });
    assert_eq!(world.receive(receive, 10), b"still here");
    world.cancel(receive);
    world.close(near);
    world.close(far);
    world.finish();
}

pub(crate) fn leases_outlive_the_driver(driver: Box<dyn Driver>) {
    let mut world = World::new(driver);
    let Pair { near, far } = world.pair();
    let receive = world.submit(Operation::Receive { socket: far });
    world.send(near, b"kept");
    let Payload::Lease(lease) = world.next(receive).payload else { panic!("no lease") };
    world.cancel(receive);
    world.close(near);
    world.close(far);
    drop(world);
    assert_eq!(&lease[..], b"kept");
}
