//! Files.

use std::{
    ffi::CString,
    sync::atomic::{AtomicU32, Ordering},
};

use dx_driver::{Completion, Descriptor, Driver, FileStatus, Operation, Outgoing, Payload};

use crate::world::{World, pattern};

/// A path nobody else uses.
fn fresh_path() -> CString {
    static NUMBER: AtomicU32 = AtomicU32::new(0);
    let number = NUMBER.fetch_add(1, Ordering::Relaxed);
    let name = format!("dx-conformance-{}-{number}", std::process::id());
    CString::new(std::env::temp_dir().join(name).to_str().unwrap()).unwrap()
}

fn create(world: &mut World, path: &CString) -> Descriptor {
    let flags = libc::O_RDWR | libc::O_CREAT | libc::O_TRUNC;
    let opened = world.run(Operation::Open { path: path.clone(), flags, mode: 0o600 });
    Descriptor(opened.result.unwrap() as i32)
}

fn write(world: &mut World, file: Descriptor, offset: u64, bytes: &[u8]) {
    let mut from = 0;
    while from < bytes.len() {
        let at = if offset == u64::MAX { offset } else { offset + from as u64 };
        let outgoing = Outgoing::Owned(bytes.to_vec());
        let written = world.run(Operation::Write { file, offset: at, bytes: outgoing, from });
        assert!(matches!(written.payload, Payload::Outgoing(_)));
        from += written.result.unwrap() as usize;
    }
}

fn read(world: &mut World, file: Descriptor, offset: u64, into: Vec<u8>) -> Vec<u8> {
    incoming(world.run(Operation::Read { file, offset, into }))
}

fn incoming(completion: Completion) -> Vec<u8> {
    completion.result.unwrap();
    let Payload::Incoming(bytes) = completion.payload else { panic!("no buffer") };
    bytes
}

fn remove(path: &CString) {
    let _ = std::fs::remove_file(path.to_str().unwrap());
}

pub(crate) fn a_file_is_written_and_read_back(driver: Box<dyn Driver>) {
    let mut world = World::new(driver);
    let path = fresh_path();
    let file = create(&mut world, &path);
    write(&mut world, file, 0, &pattern(100_000));
    world.run(Operation::Sync { file, data_only: true }).result.unwrap();
    world.run(Operation::Sync { file, data_only: false }).result.unwrap();
    let mut bytes = b"kept".to_vec();
    while bytes.len() < 4 + 100_000 {
        bytes.reserve_exact(4 + 100_000 - bytes.len());
        let offset = bytes.len() as u64 - 4;
        bytes = read(&mut world, file, offset, bytes);
    }
    assert!(bytes[..4] == *b"kept" && bytes[4..100_004] == pattern(100_000));
    world.close(file);
    remove(&path);
    world.finish();
}

pub(crate) fn the_own_position_moves(driver: Box<dyn Driver>) {
    let mut world = World::new(driver);
    let path = fresh_path();
    let file = create(&mut world, &path);
    write(&mut world, file, u64::MAX, b"first");
    write(&mut world, file, u64::MAX, b"second");
    assert_eq!(read(&mut world, file, 0, Vec::with_capacity(64)), b"firstsecond");
    world.close(file);
    let flags = libc::O_RDONLY;
    let opened = world.run(Operation::Open { path: path.clone(), flags, mode: 0 });
    let file = Descriptor(opened.result.unwrap() as i32);
    assert_eq!(read(&mut world, file, u64::MAX, Vec::with_capacity(5)), b"first");
    assert_eq!(read(&mut world, file, u64::MAX, Vec::with_capacity(6)), b"second");
    world.close(file);
    remove(&path);
    world.finish();
}

pub(crate) fn the_end_of_a_file_is_zero_bytes(driver: Box<dyn Driver>) {
    let mut world = World::new(driver);
    let path = fresh_path();
    let file = create(&mut world, &path);
    write(&mut world, file, 0, b"abc");
    let end = world.run(Operation::Read { file, offset: 3, into: Vec::with_capacity(8) });
    assert_eq!(end.result.as_ref().unwrap(), &0);
    assert!(incoming(end).is_empty());
    assert_eq!(read(&mut world, file, 1, Vec::with_capacity(8)), b"bc");
    world.close(file);
    remove(&path);
    world.finish();
}

pub(crate) fn a_missing_file_is_an_error(driver: Box<dyn Driver>) {
    let mut world = World::new(driver);
    let path = fresh_path();
    let flags = libc::O_RDONLY;
    let opened = world.run(Operation::Open { path: path.clone(), flags, mode: 0 });
    assert_eq!(opened.result.unwrap_err().raw_os_error(), Some(libc::ENOENT));
    let status = world.run(Operation::StatPath { path, follow: true });
    assert_eq!(status.result.unwrap_err().raw_os_error(), Some(libc::ENOENT));
    let nothing = Descriptor(-1);
    let read = world.run(Operation::Read { file: nothing, offset: 0, into: vec![0; 1] });
    assert!(matches!(read.payload, Payload::Incoming(_)));
    let closed = world.run(Operation::Close { descriptor: nothing });
    assert_eq!(closed.result.unwrap_err().raw_os_error(), Some(libc::EBADF));
    world.finish();
}

pub(crate) fn status_is_told_by_path_and_by_descriptor(driver: Box<dyn Driver>) {
    fn status(completion: Completion) -> FileStatus {
        completion.result.unwrap();
        let Payload::Status(status) = completion.payload else { panic!("no status") };
        *status
    }
    let mut world = World::new(driver);
    let path = fresh_path();
    let file = create(&mut world, &path);
    write(&mut world, file, 0, &[1; 1234]);
    let by_file = status(world.run(Operation::StatFile { file }));
    let by_path = status(world.run(Operation::StatPath { path: path.clone(), follow: true }));
    assert_eq!(by_file, by_path);
    assert_eq!((by_file.size, by_file.links), (1234, 1));
    assert_eq!(by_file.mode & libc::S_IFMT, libc::S_IFREG);
    assert!(by_file.modified_ns > 0);
    world.close(file);
    remove(&path);
    world.finish();
}

pub(crate) fn reads_at_depth_do_not_mix(driver: Box<dyn Driver>) {
    const BLOCK: usize = 4096;
    const BLOCKS: usize = 64;
    let mut world = World::new(driver);
    let path = fresh_path();
    let file = create(&mut world, &path);
    let bytes = pattern(BLOCK * BLOCKS);
    write(&mut world, file, 0, &bytes);
    let reads: Vec<_> = (0..BLOCKS)
        .map(|block| {
            let offset = (block * BLOCK) as u64;
            world.submit(Operation::Read { file, offset, into: Vec::with_capacity(BLOCK) })
        })
        .collect();
    assert_eq!(world.driver.in_flight(), BLOCKS);
    for (block, read) in reads.into_iter().enumerate() {
        let completion = world.next(read);
        let got = incoming(completion);
        assert!(!got.is_empty() && bytes[block * BLOCK..].starts_with(&got));
    }
    world.close(file);
    remove(&path);
    world.finish();
}

pub(crate) fn a_read_into_a_full_buffer_is_empty(driver: Box<dyn Driver>) {
    let mut world = World::new(driver);
    let path = fresh_path();
    let file = create(&mut world, &path);
    write(&mut world, file, 0, b"abc");
    let read = world.run(Operation::Read { file, offset: 0, into: Vec::new() });
    assert_eq!(read.result.unwrap(), 0);
    world.close(file);
    remove(&path);
    world.finish();
}
