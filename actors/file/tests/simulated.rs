//! Whole files on simulations: interruptions, pieces, delays, full disks, over many seeds.

use std::{future::Future, io, path::Path};

use dx_driver::{Faults, Outgoing, Sim, SimHandle, SimOptions};
use dx_file::{Files, WriteOptions};
use dx_reactor::Reactor;

fn on_seeds<F: Future<Output = ()> + 'static>(
    seeds: u64,
    options: fn(u64) -> SimOptions,
    body: impl Fn(Files, SimHandle) -> F,
) {
    for seed in 0..seeds {
        let driver = Sim::new(options(seed)).unwrap();
        let outside = driver.handle();
        let reactor = Reactor::new(Box::new(driver));
        reactor.block_on(body(Files::new(&reactor), outside.clone())).unwrap();
        for _ in 0..100 {
            reactor.turn(Some(std::time::Duration::from_millis(1))).unwrap();
        }
        assert_eq!(outside.open_descriptors(), 0, "seed {seed} leaves descriptors open");
        reactor.shutdown().unwrap();
    }
}

fn pattern(length: usize) -> Vec<u8> {
    (0..length).map(|index| (index * 31 % 251) as u8).collect()
}

fn errno(result: io::Result<impl Sized>) -> i32 {
    result.err().and_then(|error| error.raw_os_error()).unwrap_or(0)
}

#[test]
fn reads_and_writes_bear_pieces_and_interruptions() {
    on_seeds(60, SimOptions::gentle, |files, outside| async move {
        let seed = outside.seed() as usize;
        let bytes = pattern(seed * 7919 % 300_000);
        let path = Path::new("/tmp/file");
        let outgoing = Outgoing::Owned(bytes.clone());
        let written = files.write(path, outgoing, WriteOptions::default()).await.unwrap();
        assert_eq!(written, bytes.len() as u64);
        assert!(outside.read_file(path).unwrap() == bytes, "seed {seed}");
        assert!(files.read(path).await.unwrap() == bytes, "seed {seed}");
        files.append(path, Outgoing::Owned(pattern(1000))).await.unwrap();
        let tail = bytes.len() as u64;
        assert!(files.read_range(path, tail..tail + 5000).await.unwrap() == pattern(1000));
        assert_eq!(files.stat(path, true).await.unwrap().size, tail + 1000);
    });
}

#[test]
fn many_at_once_do_not_mix() {
    on_seeds(20, SimOptions::gentle, |files, outside| async move {
        let reactor = files.reactor().clone();
        let done = std::rc::Rc::new(std::cell::Cell::new(0));
        for number in 0..40_usize {
            let path = format!("/data/{number}");
            outside.write_file(Path::new(&path), &pattern(number * 3000), 0o644);
            let (files, done) = (files.clone(), done.clone());
            reactor.spawn(async move {
                let bytes = files.read(Path::new(&path)).await.unwrap();
                assert!(bytes == pattern(number * 3000));
                done.set(done.get() + 1);
            });
        }
        while done.get() < 40 {
            reactor.sleep(std::time::Duration::from_millis(5)).await;
        }
    });
}

#[test]
fn faults_are_told_and_nothing_stays_open() {
    let options = |seed| SimOptions { disk_bytes: 50_000, ..SimOptions::gentle(seed) };
    on_seeds(40, options, |files, outside| async move {
        outside.write_file(Path::new("/etc/secret"), b"no", 0);
        assert_eq!(errno(files.read(Path::new("/etc/secret")).await), libc::EACCES);
        assert_eq!(errno(files.read(Path::new("/etc/none")).await), libc::ENOENT);
        assert_eq!(errno(files.read(Path::new("/etc")).await), libc::EISDIR);
        let large = Outgoing::Owned(pattern(60_000));
        let path = Path::new("/tmp/large");
        let result = files.write(path, large, WriteOptions::default()).await;
        assert_eq!(errno(result), libc::ENOSPC);
        assert_eq!(outside.read_file(path).unwrap().len(), 50_000 - 2);
        outside.set_faults(Faults { no_descriptors: 1000, ..Faults::none() });
        assert_eq!(errno(files.read(path).await), libc::EMFILE);
    });
}
