//! Measures reads: 4 KiB files, one and 64 at a time, and one file of 100 MB.
//!
//! `cargo run -p dx-file --profile quick --example read_speed [uring|epoll]`

use std::{
    cell::Cell,
    path::PathBuf,
    rc::Rc,
    time::{Duration, Instant},
};

use dx_driver::DriverKind;
use dx_file::Files;
use dx_reactor::Reactor;

/// As in the runtime: it keeps what a large read has touched for the next one.
#[global_allocator]
static ALLOCATOR: dx_sys::heap::Allocator = dx_sys::heap::Allocator;

const RUN: Duration = Duration::from_secs(1);

/// Processor time of all threads so far: the figure that holds on a shared machine.
fn processor_time() -> Duration {
    let time = rustix::time::clock_gettime(rustix::time::ClockId::ProcessCPUTime);
    Duration::new(time.tv_sec as u64, time.tv_nsec as u32)
}

fn small_reads(reactor: &Reactor, files: &Files, paths: &[PathBuf], at_once: usize) -> (f64, f64) {
    let total = Rc::new(Cell::new(0_u64));
    let (start, used) = (Instant::now(), processor_time());
    for worker in 0..at_once {
        let (files, total) = (files.clone(), total.clone());
        let path = paths[worker % paths.len()].clone();
        reactor.spawn(async move {
            while start.elapsed() < RUN {
                for _ in 0..16 {
                    let bytes = files.read(&path).await.expect("the file is there");
                    assert_eq!(bytes.len(), 4096);
                    total.set(total.get() + 1);
                }
            }
        });
    }
    while reactor.tasks() > 0 {
        reactor.turn(None).expect("the driver works");
    }
    let reads = total.get() as f64;
    let used = (processor_time() - used).as_secs_f64();
    (reads / start.elapsed().as_secs_f64(), reads / used)
}

fn main() {
    let kind = std::env::args().nth(1).and_then(|name| DriverKind::from_name(&name));
    let (driver, what) = dx_driver::probe_and_open(kind).expect("a driver");
    println!("{what}");
    let reactor = Reactor::new(driver);
    let files = Files::new(&reactor);
    let root = std::env::temp_dir().join(format!("dx-read-speed-{}", std::process::id()));
    std::fs::create_dir_all(&root).expect("a folder");
    let paths: Vec<PathBuf> = (0..64).map(|number| root.join(number.to_string())).collect();
    for path in &paths {
        std::fs::write(path, [7; 4096]).expect("a small file");
    }
    for at_once in [1, 64] {
        for _ in 0..3 {
            let (wall, used) = small_reads(&reactor, &files, &paths, at_once);
            println!("4 KiB, {at_once:2} at a time: {wall:.0}/s, {used:.0} per processor second");
        }
    }
    let large = root.join("large");
    let size = 100_000_000;
    std::fs::write(&large, vec![7; size]).expect("a large file");
    for _ in 0..8 {
        let (files, path) = (files.clone(), large.clone());
        let (start, used) = (Instant::now(), processor_time());
        let bytes = reactor.block_on(async move { files.read(&path).await });
        let seconds = start.elapsed().as_secs_f64();
        let used = (processor_time() - used).as_secs_f64();
        assert_eq!(bytes.expect("the driver works").expect("a large read").len(), size);
        let (wall, used) = (size as f64 / seconds / 1e9, size as f64 / used / 1e9);
        println!("100 MB: {wall:.2} GB/s, {used:.2} GB per processor second");
    }
    std::fs::remove_dir_all(&root).expect("the folder is removed");
}
