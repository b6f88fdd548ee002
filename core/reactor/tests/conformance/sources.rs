//! Wait sources.

use std::{
    cell::{Cell, RefCell},
    io::{PipeReader, Read, Write},
    os::fd::{AsRawFd, RawFd},
    rc::Rc,
    time::{Duration, Instant},
};

use dx_driver::{Interest, Token};
use dx_reactor::{Event, Reactor, WaitSource};

const READABLE: Interest = Interest { readable: true, writable: false };

#[derive(Clone, Default)]
struct Seen {
    prepared: Rc<Cell<u32>>,
    dispatched: Rc<Cell<u32>>,
    bytes: Rc<RefCell<Vec<u8>>>,
}

struct Pipe {
    reader: PipeReader,
    wait: Option<Duration>,
    seen: Seen,
}

impl WaitSource for Pipe {
    fn prepare(&mut self, watch: &mut Vec<(RawFd, Interest)>) -> Option<Duration> {
        self.seen.prepared.set(self.seen.prepared.get() + 1);
        watch.push((self.reader.as_raw_fd(), READABLE));
        self.wait
    }

    fn dispatch(&mut self) {
        self.seen.dispatched.set(self.seen.dispatched.get() + 1);
        if self.wait.is_none() {
            let mut byte = [0];
            self.reader.read_exact(&mut byte).unwrap();
            self.seen.bytes.borrow_mut().push(byte[0]);
        }
    }
}

pub(crate) fn a_source_is_dispatched_when_its_descriptor_is_ready(reactor: &Reactor) {
    let (reader, mut writer) = std::io::pipe().unwrap();
    let seen = Seen::default();
    reactor.add_source(Box::new(Pipe { reader, wait: None, seen: seen.clone() }));
    for _ in 0..3 {
        reactor.turn(Some(Duration::from_millis(1))).unwrap();
    }
    assert_eq!((seen.prepared.get(), seen.dispatched.get()), (3, 0));
    // Armed once, not with every turn.
    assert_eq!(reactor.statistics().submissions, 1);
    let thread = std::thread::spawn(move || {
        for byte in 1..=5_u8 {
            std::thread::sleep(Duration::from_millis(2));
            writer.write_all(&[byte, byte + 100]).unwrap();
        }
        writer
    });
    while seen.bytes.borrow().len() < 10 {
        reactor.turn(None).unwrap();
    }
    drop(thread.join().unwrap());
    assert_eq!(*seen.bytes.borrow(), [1, 101, 2, 102, 3, 103, 4, 104, 5, 105]);
}

pub(crate) fn a_source_is_dispatched_when_its_time_is_up(reactor: &Reactor) {
    let (reader, _writer) = std::io::pipe().unwrap();
    let seen = Seen::default();
    let wait = Some(Duration::from_millis(10));
    reactor.add_source(Box::new(Pipe { reader, wait, seen: seen.clone() }));
    let start = Instant::now();
    while seen.dispatched.get() < 3 {
        reactor.turn(None).unwrap();
    }
    assert!((30..2000).contains(&start.elapsed().as_millis()));
    assert!(seen.prepared.get() <= 9, "{} looks", seen.prepared.get());
}

pub(crate) fn a_source_is_asked_now_and_then_on_a_busy_shard(reactor: &Reactor) {
    let (reader, mut writer) = std::io::pipe().unwrap();
    let seen = Seen::default();
    reactor.add_source(Box::new(Pipe { reader, wait: None, seen: seen.clone() }));
    let start = Instant::now();
    let mut turns = 0;
    writer.write_all(b"x").unwrap();
    while start.elapsed() < Duration::from_millis(60) {
        reactor.turn(Some(Duration::ZERO)).unwrap();
        turns += 1;
    }
    assert_eq!(*seen.bytes.borrow(), b"x");
    assert!((1..=14).contains(&seen.prepared.get()), "{} of {turns}", seen.prepared.get());
}

pub(crate) fn a_source_may_use_the_reactor(reactor: &Reactor) {
    struct Meddler(Reactor, bool);
    impl WaitSource for Meddler {
        fn prepare(&mut self, _watch: &mut Vec<(RawFd, Interest)>) -> Option<Duration> {
            (!self.1).then_some(Duration::ZERO)
        }

        fn dispatch(&mut self) {
            self.1 = true;
            let (now, reactor) = (self.0.now_ns(), self.0.clone());
            self.0.set_timer(now, Token::new(1, 2, 3));
            self.0
                .spawn(async move { reactor.add_source(Box::new(Meddler(reactor.clone(), true))) });
        }
    }
    reactor.add_source(Box::new(Meddler(reactor.clone(), false)));
    loop {
        reactor.turn(None).unwrap();
        if let Some(event) = reactor.next_event() {
            assert!(matches!(event, Event::Timer(token) if token == Token::new(1, 2, 3)));
            return;
        }
    }
}
