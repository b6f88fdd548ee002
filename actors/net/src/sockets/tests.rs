//! Sockets on the machine's own driver.

use std::{io::IoSlice, net::SocketAddr, rc::Rc, time::Duration};

use dx_driver::probe_and_open;
use dx_reactor::Reactor;
use dx_ring::Key;

use super::{ListenAt, SocketEvent, Sockets, What};

struct Shard {
    reactor: Reactor,
    sockets: Sockets,
    holds: Rc<()>,
}

impl Shard {
    fn new() -> Self {
        let reactor = Reactor::new(probe_and_open(None).unwrap().0);
        let holds = Rc::new(());
        let held = Rc::clone(&holds);
        let sockets = Sockets::new(&reactor, move || Box::new(Rc::clone(&held)));
        Self { reactor, sockets, holds }
    }

    /// The next thing that happens.
    fn next(&self) -> SocketEvent {
        for _ in 0..1000 {
            if let Some(event) = self.sockets.next_event() {
                return event;
            }
            self.reactor.turn(Some(Duration::from_millis(10))).unwrap();
            while let Some(event) = self.reactor.next_event() {
                self.sockets.handle(event);
            }
        }
        panic!("nothing happens");
    }

    /// Whether something keeps the event loop alive: `holds` itself and what makes more are two.
    fn is_alive(&self) -> bool {
        Rc::strong_count(&self.holds) > 2
    }

    fn close(&self, key: Key) {
        self.sockets.close(key);
        loop {
            let event = self.next();
            if event.key == key && matches!(event.what, What::Closed) {
                return self.sockets.release(key);
            }
        }
    }
}

/// A listener, a client and the server's end of it.
fn connected(shard: &Shard) -> [Key; 3] {
    let address: SocketAddr = ([127, 0, 0, 1], 0).into();
    let at = ListenAt::Internet { address, reuse_port: false, ipv6_only: false };
    let listener = shard.sockets.listen(&at, 8).unwrap();
    shard.sockets.accept(listener);
    let descriptor = shard.sockets.descriptor(listener).unwrap();
    let bound = dx_sys::socket::local_address(descriptor.0).unwrap();
    let client = shard.sockets.open_internet(bound).unwrap();
    shard.sockets.connect(client, bound);
    let mut server = None;
    let mut is_connected = false;
    while server.is_none() || !is_connected {
        match shard.next().what {
            What::Accepted(accepted) => server = Some(accepted),
            What::Connected(errno) => is_connected = errno == 0,
            what => panic!("unexpected {what:?}"),
        }
    }
    [listener, client, server.unwrap()]
}

#[test]
fn nothing_written_is_lost_while_nobody_reads() {
    const BYTES: usize = 8 << 20;
    let shard = Shard::new();
    let [_, client, server] = connected(&shard);
    let bytes = vec![7; BYTES];
    assert!(!shard.sockets.write(client, &[IoSlice::new(&bytes)]).unwrap());
    assert!(shard.sockets.unsent_bytes(client) > 0);
    shard.sockets.read(server, true);
    let mut received = 0;
    let mut is_sent = false;
    while received < BYTES || !is_sent {
        match shard.next().what {
            What::Received(piece) => {
                received += piece.len();
                // What comes between is kept for the next reading.
                shard.sockets.read(server, false);
                shard.sockets.read(server, true);
            }
            What::Sent(errno) => is_sent = errno == 0,
            what => panic!("unexpected {what:?}"),
        }
    }
    assert_eq!(received, BYTES);
    shard.close(client);
    assert!(matches!(shard.next().what, What::Ended));
}

#[test]
fn closed_sockets_leave_nothing_behind() {
    let shard = Shard::new();
    let keys = connected(&shard);
    assert!(shard.is_alive());
    for key in keys {
        shard.close(key);
        assert!(shard.sockets.write(key, &[IoSlice::new(b"late")]).is_err());
    }
    assert!(shard.sockets.is_empty() && !shard.is_alive());
}

#[test]
fn a_listener_that_is_let_go_keeps_nothing_alive() {
    let shard = Shard::new();
    let [listener, client, server] = connected(&shard);
    shard.close(client);
    shard.close(server);
    assert!(shard.is_alive());
    shard.sockets.reference(listener, false);
    assert!(!shard.is_alive());
}
