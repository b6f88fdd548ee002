//! Measures what a message costs: within a shard, and between two over their ring.
//!
//! `cargo run -p dx-kernel --profile quick --example message_cost`
//!
//! Between shards it counts the receiving thread's processor time, which is what the shard that
//! runs JavaScript pays: with a full ring the reactor's turns are shared by many messages, with
//! `batch` messages at a time and a pause each batch also wakes the shard.

use std::{
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::{Duration, Instant},
};

use dx_kernel::{
    Actor, ActorOptions, Addr, Context, Plan, Refused, Reply, Shard, ShardRole, ShardSet, Topology,
};

const MESSAGES: u64 = 2_000_000;
const PAUSES: u64 = 500;

fn driver(_shard: usize) -> std::io::Result<Box<dyn dx_driver::Driver>> {
    dx_driver::probe_and_open(None).map(|(driver, _)| driver)
}

/// Processor time of this thread so far.
fn thread_time() -> Duration {
    let time = rustix::time::clock_gettime(rustix::time::ClockId::ThreadCPUTime);
    Duration::new(time.tv_sec as u64, time.tv_nsec as u32)
}

/// Takes messages of 32 bytes.
struct Sink {
    left: u64,
    sum: u64,
    start: Option<(Duration, Instant)>,
    what: String,
    total: Arc<AtomicU64>,
}

impl Actor for Sink {
    type Message = [u64; 4];
    type Reply = ();

    fn handle(&mut self, message: [u64; 4], _reply: Reply<()>, context: &Context<'_, Self>) {
        let (used, start) = *self.start.get_or_insert_with(|| (thread_time(), Instant::now()));
        self.sum = self.sum.wrapping_add(message[0] ^ message[3]);
        self.left -= 1;
        if self.left == 0 {
            let count = self.total.load(Ordering::Relaxed);
            let used = (thread_time() - used).as_nanos() as f64 / count as f64;
            let wall = start.elapsed().as_nanos() as f64 / count as f64;
            let (what, sum) = (&self.what, self.sum);
            println!("{what}: {used:.1} ns of the receiver, {wall:.1} ns of time (sum {sum:x})");
            context.shard().set().stop(Duration::ZERO);
        }
    }
}

/// Sends `batch` messages a run, or as many as there is room for.
struct Source {
    sink: Addr<Sink>,
    left: u64,
    batch: u64,
}

impl Source {
    fn push(&mut self, context: &Context<'_, Self>) {
        for _ in 0..self.batch.min(self.left) {
            match self.sink.try_send([self.left, 1, 2, 3]) {
                Ok(()) => self.left -= 1,
                Err(Refused::Full(_)) => return context.notify_when_room(),
                Err(Refused::Closed(_)) => return,
            }
        }
        if self.left > 0 {
            // One message to itself makes the next run.
            let _ = context.address().try_send(());
        }
    }
}

impl Actor for Source {
    type Message = ();
    type Reply = ();

    fn handle(&mut self, (): (), _reply: Reply<()>, context: &Context<'_, Self>) {
        self.push(context);
    }

    fn room(&mut self, context: &Context<'_, Self>) {
        self.push(context);
    }
}

/// Sends batches with a pause after each, in which the receiver falls asleep.
fn send_slowly(shard: &Shard, sink: Addr<Sink>, batch: u64) {
    let reactor = shard.reactor().clone();
    shard.reactor().spawn(async move {
        for _ in 0..PAUSES {
            for number in 0..batch {
                if sink.send([number, 1, 2, 3]).await.is_err() {
                    return;
                }
            }
            reactor.sleep(Duration::from_millis(1)).await;
        }
    });
}

fn measure(topology: Topology, batch: u64, pause: bool) {
    let count = if pause { PAUSES * batch } else { MESSAGES };
    let what = match (topology, pause) {
        (Topology::Inline, _) => "one shard".to_owned(),
        (_, false) => "two shards, full ring".to_owned(),
        (_, true) => format!("two shards, {batch} at a time"),
    };
    let body = move |shard: &Shard| {
        if shard.index() == 0 {
            let total = Arc::new(AtomicU64::new(count));
            let sink = Sink { left: count, sum: 0, start: None, what: what.clone(), total };
            shard.spawn_value(&ActorOptions::named("sink"), sink);
        }
        shard.synchronize()?;
        if shard.role() != ShardRole::JavaScript {
            let Some(sink) = shard.find(0, "sink") else { return Err("no sink".into()) };
            if pause {
                send_slowly(shard, sink, batch);
            } else {
                let source = Source { sink, left: count, batch };
                let source = shard.spawn_value(&ActorOptions::named("source"), source);
                source.try_send(()).map_err(|_| "the source is full")?;
            }
        }
        Ok(shard.run()?)
    };
    if let Err(error) = ShardSet::run(&Plan { topology, pin: true }, driver, body) {
        println!("{error}");
    }
}

fn main() {
    let split = Topology::Split { io_shards: 1 };
    for _ in 0..3 {
        measure(Topology::Inline, 256, false);
        measure(split, 256, false);
        for batch in [1, 16, 64] {
            measure(split, batch, true);
        }
    }
}
