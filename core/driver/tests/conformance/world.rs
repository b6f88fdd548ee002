//! What the cases share: a driver, its completions, and tokens that never repeat.

use std::{cell::Cell, collections::VecDeque, net::SocketAddr, time::Duration};

use dx_driver::{
    Completion, Descriptor, Driver, ListenOptions, Operation, Outgoing, Payload, Token,
};

/// Waits of this many times ten milliseconds without the awaited completion fail a case.
const PATIENCE: usize = 1000;

pub(crate) const LISTEN: ListenOptions =
    ListenOptions { backlog: 1024, reuse_port: false, ipv6_only: false };

thread_local! {
    /// Whether the connections of this thread's case are made within the process.
    pub(crate) static WITHIN_PROCESS: Cell<bool> = const { Cell::new(false) };
}

pub(crate) struct World {
    pub(crate) driver: Box<dyn Driver>,
    pub(crate) seen: VecDeque<Completion>,
    buffers: usize,
    tokens: u32,
}

/// Two connected sockets; the accepting one has nothing armed yet.
pub(crate) struct Pair {
    pub(crate) near: Descriptor,
    pub(crate) far: Descriptor,
}

impl World {
    pub(crate) fn new(driver: Box<dyn Driver>) -> Self {
        let buffers = driver.buffers_free();
        Self { driver, seen: VecDeque::new(), buffers, tokens: 0 }
    }

    pub(crate) fn token(&mut self) -> Token {
        self.tokens += 1;
        Token::new((self.tokens % 7) as u8, self.tokens * 31, self.tokens)
    }

    pub(crate) fn submit(&mut self, operation: Operation) -> Token {
        let token = self.token();
        self.driver.submit(token, operation);
        token
    }

    pub(crate) fn turn(&mut self) {
        self.driver.wait(Some(Duration::from_millis(10)), &mut self.seen).unwrap();
    }

    /// The next completion of `token`, leaving others for later.
    pub(crate) fn next(&mut self, token: Token) -> Completion {
        for _ in 0..PATIENCE {
            if let Some(place) = self.seen.iter().position(|seen| seen.token == token) {
                return self.seen.remove(place).unwrap();
            }
            self.turn();
        }
        panic!("no completion of {token:?}; in flight: {}", self.driver.in_flight());
    }

    /// Whether nothing of `token` comes in a few turns.
    pub(crate) fn is_silent(&mut self, token: Token) -> bool {
        for _ in 0..5 {
            self.turn();
        }
        self.seen.iter().all(|seen| seen.token != token)
    }

    /// Submits and waits for the only completion.
    pub(crate) fn run(&mut self, operation: Operation) -> Completion {
        let token = self.submit(operation);
        let completion = self.next(token);
        assert!(!completion.more);
        completion
    }

    pub(crate) fn send(&mut self, socket: Descriptor, bytes: &[u8]) {
        let bytes_len = bytes.len();
        let bytes = Outgoing::Owned(bytes.to_vec());
        let completion = self.run(Operation::Send { socket, bytes, from: 0 });
        assert_eq!(completion.result.unwrap() as usize, bytes_len);
    }

    /// Data of an armed receive until `len` bytes are there.
    pub(crate) fn receive(&mut self, token: Token, len: usize) -> Vec<u8> {
        let mut bytes = Vec::new();
        while bytes.len() < len {
            let completion = self.next(token);
            assert!(completion.more, "{completion:?} after {} of {len} bytes", bytes.len());
            let Payload::Lease(lease) = completion.payload else { panic!("no lease") };
            assert_eq!(completion.result.unwrap() as usize, lease.len());
            bytes.extend_from_slice(&lease);
        }
        bytes
    }

    pub(crate) fn listen(&mut self) -> (Descriptor, SocketAddr) {
        let any = SocketAddr::from(([127, 0, 0, 1], 0));
        let listener = self.driver.listen(any, &LISTEN).unwrap();
        self.driver.offer_loopback(listener).unwrap();
        (listener, self.driver.local_address(listener).unwrap())
    }

    pub(crate) fn connect(&mut self, address: SocketAddr) -> Descriptor {
        if WITHIN_PROCESS.get() {
            return self.driver.connect_loopback(address).expect("a listener that accepts");
        }
        let socket = self.driver.socket(address).unwrap();
        self.run(Operation::Connect { socket, address }).result.unwrap();
        socket
    }

    pub(crate) fn pair(&mut self) -> Pair {
        let (listener, address) = self.listen();
        let accept = self.submit(Operation::Accept { listener });
        let near = self.connect(address);
        let Payload::Socket(far) = self.next(accept).payload else { panic!("no socket") };
        self.driver.cancel(accept);
        assert!(!self.next(accept).more);
        self.close(listener);
        Pair { near, far }
    }

    pub(crate) fn close(&mut self, descriptor: Descriptor) {
        self.run(Operation::Close { descriptor }).result.unwrap();
    }

    pub(crate) fn cancel(&mut self, token: Token) {
        self.driver.cancel(token);
        loop {
            let completion = self.next(token);
            if !completion.more {
                assert_eq!(completion.result.unwrap_err().raw_os_error(), Some(libc::ECANCELED));
                return;
            }
        }
    }

    /// Ends a case: nothing in flight, nothing unexplained, every buffer back.
    pub(crate) fn finish(mut self) {
        self.turn();
        assert_eq!(self.seen.iter().map(|seen| seen.token).collect::<Vec<_>>(), []);
        assert_eq!(self.driver.in_flight(), 0);
        assert_eq!(self.driver.buffers_free(), self.buffers);
    }
}

/// Bytes that differ from place to place.
pub(crate) fn pattern(len: usize) -> Vec<u8> {
    (0..len).map(|place| (place * 31 + place / 251) as u8).collect()
}
