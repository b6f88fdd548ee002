//! What waking a sleeping shard costs: an event descriptor polled by the ring, against a message
//! posted straight into it (`IORING_REGISTER_SEND_MSG_RING`, Linux 6.13, for threads without a
//! ring; `IORING_OP_MSG_RING` for those that have one).
//!
//! Goal: choose what stands behind [`dx_driver::Doorbell`]. Not a goal: what a busy shard costs
//! to ring, which is one atomic operation either way.
//!
//! Two threads on two processors wake each other in turn. Printed for each way: nanoseconds from
//! ring to answer and back, halved, and the processor time a ring costs the ringer.

#![allow(unsafe_code)]

use std::{
    os::fd::AsRawFd,
    sync::{
        Arc, Barrier, Mutex,
        atomic::{AtomicU64, Ordering},
    },
    time::Instant,
};

use dx_sys::{clock::thread_cpu_ns, event::Event};
use io_uring::{IoUring, opcode, types::Fd};

const ROUNDS: u64 = 20_000;

#[derive(Clone, Copy, PartialEq, Debug)]
enum Way {
    EventDescriptor,
    RegisterMessage,
    RingMessage,
}

fn ring() -> IoUring {
    let mut builder = IoUring::builder();
    builder.setup_single_issuer().setup_defer_taskrun();
    builder.build(64).expect("a ring of the kernel's newest sort")
}

/// Posts a completion into another ring without having one.
fn register_message(target: i32) {
    let entry = opcode::MsgRingData::new(Fd(target), 0, 1, None).build();
    const SEND_MSG_RING: u32 = 31;
    let entry = std::ptr::from_ref(&entry);
    // SAFETY: the call reads one submission entry, and keeps nothing of it.
    let result = unsafe { libc::syscall(libc::SYS_io_uring_register, -1, SEND_MSG_RING, entry, 1) };
    assert_eq!(result, 0, "{}", std::io::Error::last_os_error());
}

struct Side {
    ring: IoUring,
    event: Arc<Event>,
    way: Way,
}

impl Side {
    fn new(way: Way) -> Self {
        let (mut ring, event) = (ring(), Arc::new(Event::new().expect("an event descriptor")));
        let poll = opcode::PollAdd::new(Fd(event.as_raw_fd()), libc::POLLIN as u32);
        let poll = poll.multi(true).build().user_data(1);
        // SAFETY: a poll points at nothing.
        unsafe { ring.submission().push(&poll).expect("an empty queue") };
        ring.submit().expect("a poll is taken");
        Self { ring, event, way }
    }

    fn wait(&mut self) {
        self.ring.submit_and_wait(1).expect("a wait");
        // The completion of an own message counts as well, and is not what is waited for.
        let mut heard = false;
        while !heard {
            for entry in self.ring.completion() {
                heard |= entry.user_data() == 1;
            }
            if !heard {
                self.ring.submit_and_wait(1).expect("a wait");
            }
        }
    }

    fn ring(&mut self, target: i32, event: &Event) {
        match self.way {
            Way::EventDescriptor => event.signal(),
            Way::RegisterMessage => register_message(target),
            Way::RingMessage => {
                let message = opcode::MsgRingData::new(Fd(target), 0, 1, None).build();
                // SAFETY: a message points at nothing.
                unsafe { self.ring.submission().push(&message).expect("room in the queue") };
                self.ring.submit().expect("a message is taken");
            }
        }
    }
}

fn measure(way: Way) {
    let descriptors: [AtomicU64; 2] = Default::default();
    let shared = Arc::new((descriptors, Barrier::new(2)));
    let events = Arc::new(Mutex::new(Vec::<(usize, Arc<Event>)>::new()));
    let threads: Vec<_> = (0..2_usize)
        .map(|me| {
            let (shared, events) = (shared.clone(), events.clone());
            std::thread::spawn(move || {
                let _ = dx_sys::affinity::pin_current_thread(me);
                let mut side = Side::new(way);
                shared.0[me].store(side.ring.as_raw_fd() as u64, Ordering::Release);
                events.lock().expect("no panics").push((me, side.event.clone()));
                shared.1.wait();
                let target = shared.0[1 - me].load(Ordering::Acquire) as i32;
                let event = events
                    .lock()
                    .expect("no panics")
                    .iter()
                    .find(|(owner, _)| *owner != me)
                    .map(|(_, event)| event.clone())
                    .expect("both are there");
                let (start, used) = (Instant::now(), thread_cpu_ns());
                for _ in 0..ROUNDS {
                    if me == 0 {
                        side.ring(target, &event);
                        side.wait();
                    } else {
                        side.wait();
                        side.ring(target, &event);
                    }
                }
                shared.1.wait();
                (start.elapsed().as_nanos() as u64, thread_cpu_ns() - used)
            })
        })
        .collect();
    let figures: Vec<_> = threads.into_iter().map(|thread| thread.join().expect("ends")).collect();
    let one_way = figures[0].0 / ROUNDS / 2;
    let used = (figures[0].1 + figures[1].1) / ROUNDS / 2;
    println!("{way:?}: {one_way} ns one way, {used} ns of processor time a ring and wake");
}

fn main() {
    for _ in 0..3 {
        for way in [Way::EventDescriptor, Way::RegisterMessage, Way::RingMessage] {
            measure(way);
        }
    }
}
