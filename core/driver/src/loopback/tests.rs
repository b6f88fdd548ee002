//! Random interleavings of everything two owners may do with a connection, against a model.

use std::{collections::VecDeque, net::SocketAddr, os::fd::AsRawFd as _};

use dx_mem::{Lease, PoolOptions};
use dx_sys::socket::{ListenerOptions, listener, local_address};

use super::{
    Loopback,
    connection::{BUFFER_BYTES, LEASES_MAX},
};
use crate::{Completion, Descriptor, Interest, Operation, Outgoing, Payload, Token};

const POOL: PoolOptions = PoolOptions { buffers: 16, buffer_bytes: 4096 };
const STEPS: usize = 400;
const SEEDS: u64 = 300;

/// Numbers that follow from a seed (SplitMix64).
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mixed = (self.0 ^ self.0 >> 30).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        let mixed = (mixed ^ mixed >> 27).wrapping_mul(0x94D0_49BB_1331_11EB);
        (mixed ^ mixed >> 31) % sides
    }
}

/// What one end has been told, and what it holds.
#[derive(Default)]
struct End {
    sent: Vec<u8>,
    /// Bytes of sends that have ended well.
    taken: usize,
    sending: Option<(Token, usize)>,
    /// A send has failed, or the owner has said that there will be no more.
    silent: bool,
    received: Vec<u8>,
    receiving: Option<Token>,
    finished: bool,
    reset: bool,
    closed: bool,
    leases: Vec<Lease>,
}

struct Model {
    loopback: Loopback,
    sockets: [Descriptor; 2],
    ends: [End; 2],
    tokens: u32,
    /// Of operations that have not ended.
    open: Vec<Token>,
}

impl Model {
    fn new() -> Self {
        let any = SocketAddr::from(([127, 0, 0, 1], 0));
        let options =
            ListenerOptions { backlog: 1, reuse_port: false, ipv6_only: false, nonblocking: true };
        let kernel = listener(any, options).unwrap();
        let listening = Descriptor(kernel.as_raw_fd());
        let mut loopback = Loopback::new(POOL);
        loopback.offer(listening).unwrap();
        let accept = Token::new(9, 9, 9);
        assert!(loopback.take(accept, Operation::Accept { listener: listening }).is_some());
        let near = loopback.connect(local_address(listening.0).unwrap()).unwrap();
        let mut seen = VecDeque::new();
        loopback.collect(&mut seen);
        let Some(Completion { payload: Payload::Socket(far), more: true, .. }) = seen.pop_front()
        else {
            panic!("no connection is accepted")
        };
        let ends = [End::default(), End::default()];
        Self { loopback, sockets: [near, far], ends, tokens: 0, open: Vec::new() }
    }

    fn submit(&mut self, operation: Operation) -> Token {
        self.tokens += 1;
        let token = Token::new(1, 0, self.tokens);
        self.open.push(token);
        assert!(self.loopback.take(token, operation).is_none());
        token
    }

    fn step(&mut self, dice: &mut Dice) {
        let side = dice.roll(2) as usize;
        let socket = self.sockets[side];
        let end = &mut self.ends[side];
        match dice.roll(24) {
            0..=6 if end.sending.is_none() && !end.silent => {
                let len = [1, 300, 5_000, 50_000, 2 * BUFFER_BYTES][dice.roll(5) as usize];
                let from = dice.roll(2) as usize * dice.roll(len as u64) as usize;
                let bytes: Vec<u8> = (0..len).map(|_| dice.roll(256) as u8).collect();
                end.sent.extend_from_slice(&bytes[from..]);
                let bytes = Outgoing::Owned(bytes);
                let token = self.submit(Operation::Send { socket, bytes, from });
                self.ends[side].sending = Some((token, len - from));
            }
            7..=10 if end.receiving.is_none() && !end.finished && !end.reset && !end.closed => {
                let token = self.submit(Operation::Receive { socket });
                self.ends[side].receiving = Some(token);
            }
            11 | 12 => {
                if let Some(token) = end.receiving {
                    self.loopback.cancel(token);
                }
            }
            13 if dice.roll(8) == 0 => {
                if let Some((token, _)) = end.sending {
                    self.loopback.cancel(token);
                    end.silent = true;
                }
            }
            14 if dice.roll(16) == 0 && !end.closed && end.sending.is_none() => {
                end.silent = true;
                self.submit(Operation::ShutdownWrite { socket });
            }
            15 if dice.roll(32) == 0 => self.close(side),
            16..=18 => end.leases.clear(),
            19 if !end.closed => {
                let interest = Interest { readable: dice.roll(2) == 0, writable: true };
                self.submit(Operation::Poll { descriptor: socket, interest });
            }
            _ => self.collect(),
        }
        self.check_bounds();
    }

    fn close(&mut self, side: usize) {
        if !std::mem::replace(&mut self.ends[side].closed, true) {
            self.ends[side].silent = true;
            self.submit(Operation::Close { descriptor: self.sockets[side] });
        }
    }

    fn collect(&mut self) {
        let mut seen = VecDeque::new();
        self.loopback.collect(&mut seen);
        for Completion { token, result, more, payload } in seen {
            let place = self.open.iter().position(|open| *open == token);
            let place = place.expect("nothing comes after the end of an operation");
            if !more {
                self.open.swap_remove(place);
            }
            let Some(end) = self.ends.iter_mut().find(|end| {
                end.receiving == Some(token) || end.sending.is_some_and(|(send, _)| send == token)
            }) else {
                continue;
            };
            if end.receiving != Some(token) {
                assert!(!more && matches!(payload, Payload::Outgoing(_)));
                let (_, len) = end.sending.take().unwrap();
                match result {
                    Ok(count) => {
                        assert_eq!(count as usize, len);
                        end.taken += len;
                    }
                    Err(_) => end.silent = true,
                }
                continue;
            }
            match (result, payload) {
                (Ok(count), Payload::Lease(lease)) => {
                    assert!(more && count as usize == lease.len() && count > 0);
                    end.received.extend_from_slice(&lease);
                    end.leases.push(lease);
                    continue;
                }
                (Ok(0), Payload::None) => end.finished = true,
                (Err(error), Payload::None) => {
                    let errno = error.raw_os_error().unwrap();
                    end.reset |= errno == libc::ECONNRESET;
                    assert!(end.reset || errno == libc::ECANCELED, "{error}");
                }
                other => panic!("a receive does not bring {other:?}"),
            }
            assert!(!more);
            end.receiving = None;
        }
    }

    /// What has been taken and not been received lies in a buffer, in completions or was lost
    /// with its reader.
    fn check_bounds(&self) {
        for side in [0, 1] {
            let (writer, reader) = (&self.ends[side], &self.ends[1 - side]);
            assert!(writer.sent.starts_with(&reader.received), "what is received was sent");
            let leases = 2 * LEASES_MAX as usize * POOL.buffer_bytes as usize;
            let waiting = writer.taken.saturating_sub(reader.received.len());
            let lost = reader.closed || writer.closed || reader.reset;
            assert!(waiting <= BUFFER_BYTES + leases || lost, "{waiting} bytes wait");
            if reader.finished && !writer.reset && !reader.reset && writer.sending.is_none() {
                assert!(reader.received.len() >= writer.taken, "nothing is lost at an end");
            }
        }
    }

    /// Closes both ends: everything has to end and to come back.
    fn finish(mut self) {
        self.close(0);
        self.close(1);
        for _ in 0..3 {
            self.collect();
        }
        assert!(self.open.is_empty() && self.loopback.in_flight() == 0);
        self.ends.iter_mut().for_each(|end| end.leases.clear());
        let opened = self.loopback.open.as_deref().unwrap();
        assert_eq!(opened.outbox.pool.leased(), 0);
        assert_eq!(self.loopback.free.len(), 1);
        assert!(self.loopback.addresses(self.sockets[0]).is_err());
    }
}

#[test]
fn bytes_arrive_in_order_and_operations_end_once_whatever_happens() {
    for seed in 0..SEEDS {
        let mut dice = Dice(seed);
        let mut model = Model::new();
        for _ in 0..STEPS {
            model.step(&mut dice);
        }
        model.finish();
    }
}

#[test]
fn all_of_a_long_stream_arrives_while_leases_are_short() {
    for seed in 0..20 {
        let mut dice = Dice(seed);
        let mut model = Model::new();
        let socket = model.sockets[0];
        let receive = model.submit(Operation::Receive { socket: model.sockets[1] });
        model.ends[1].receiving = Some(receive);
        for _ in 0..20 {
            let len = dice.roll(3 * BUFFER_BYTES as u64) as usize + 1;
            let bytes: Vec<u8> = (0..len).map(|_| dice.roll(256) as u8).collect();
            model.ends[0].sent.extend_from_slice(&bytes);
            let bytes = Outgoing::Owned(bytes);
            let token = model.submit(Operation::Send { socket, bytes, from: 0 });
            model.ends[0].sending = Some((token, len));
            while model.ends[0].sending.is_some() {
                model.collect();
                if dice.roll(3) == 0 {
                    model.ends[1].leases.clear();
                }
                model.check_bounds();
            }
        }
        model.ends[1].leases.clear();
        model.collect();
        assert!(model.ends[1].received == model.ends[0].sent, "seed {seed}");
        model.finish();
    }
}
