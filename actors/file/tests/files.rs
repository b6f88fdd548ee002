//! Whole files on the real drivers: contents, faults, descriptors.

use std::{
    future::Future,
    io,
    path::{Path, PathBuf},
    sync::{
        Mutex, MutexGuard, PoisonError,
        atomic::{AtomicU32, Ordering},
    },
};

use dx_driver::Outgoing;
use dx_file::{Files, SMALL_FILE_BYTES, WriteOptions};
use dx_reactor::Reactor;

/// Descriptors are counted, so that tests of one process take turns.
static TURN: Mutex<()> = Mutex::new(());
static NAMES: AtomicU32 = AtomicU32::new(0);

struct Place {
    root: PathBuf,
    _turn: MutexGuard<'static, ()>,
}

impl Place {
    fn new() -> Self {
        let turn = TURN.lock().unwrap_or_else(PoisonError::into_inner);
        let number = NAMES.fetch_add(1, Ordering::Relaxed);
        let root = std::env::temp_dir().join(format!("dx-file-{}-{number}", std::process::id()));
        std::fs::create_dir_all(&root).unwrap();
        Self { root, _turn: turn }
    }

    fn path(&self, name: &str) -> PathBuf {
        self.root.join(name)
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.root);
    }
}

fn open_descriptors() -> usize {
    std::fs::read_dir("/proc/self/fd").unwrap().count()
}

/// Runs `body` on a reactor of each real driver, and checks that it leaves no descriptor open.
fn on_each_driver<F: Future<Output = ()> + 'static>(body: impl Fn(Files) -> F) {
    for kind in [dx_driver::DriverKind::Uring, dx_driver::DriverKind::Epoll] {
        let Ok((driver, _)) = dx_driver::probe_and_open(Some(kind)) else {
            eprintln!("{kind:?} is not to be had here");
            continue;
        };
        let reactor = Reactor::new(driver);
        let files = Files::new(&reactor);
        // Brings what drivers keep open into being.
        let warm = files.clone();
        let warm_up = async move {
            let _ = warm.read(Path::new("/proc/self/stat")).await;
        };
        reactor.block_on(warm_up).unwrap();
        settle(&reactor);
        let before = open_descriptors();
        reactor.block_on(body(files)).unwrap();
        settle(&reactor);
        assert_eq!(open_descriptors(), before, "{kind:?} leaves descriptors open");
        reactor.shutdown().unwrap();
    }
}

/// Lets closings that nobody waits for end.
fn settle(reactor: &Reactor) {
    for _ in 0..20 {
        reactor.turn(Some(std::time::Duration::from_millis(1))).unwrap();
        if reactor.with_driver(|driver| driver.in_flight()) == 0 {
            return;
        }
    }
}

fn pattern(length: usize) -> Vec<u8> {
    (0..length).map(|index| (index * 31 % 251) as u8).collect()
}

fn errno(result: io::Result<impl Sized>) -> i32 {
    result.err().and_then(|error| error.raw_os_error()).unwrap_or(0)
}

#[test]
fn files_of_every_size_are_read_whole_and_exactly() {
    let place = Place::new();
    let sizes = [
        0,
        1,
        4096,
        SMALL_FILE_BYTES - 1,
        SMALL_FILE_BYTES,
        SMALL_FILE_BYTES + 1,
        3 * SMALL_FILE_BYTES + 17,
        9 << 20,
    ];
    for size in sizes {
        std::fs::write(place.path(&size.to_string()), pattern(size)).unwrap();
    }
    let root = place.root.clone();
    on_each_driver(move |files| {
        let root = root.clone();
        async move {
            for size in sizes {
                let bytes = files.read(&root.join(size.to_string())).await.unwrap();
                assert!(bytes == pattern(size), "{size} bytes");
                assert_eq!(bytes.capacity(), bytes.len());
            }
        }
    });
}

#[test]
fn ranges_end_with_the_file() {
    let place = Place::new();
    let (path, whole) = (place.path("ranges"), pattern(100_000));
    std::fs::write(&path, &whole).unwrap();
    on_each_driver(move |files| {
        let (path, whole) = (path.clone(), whole.clone());
        async move {
            for (start, end) in [(0, 10), (99_990, 200_000), (50, 50), (100_000, 100_001), (9, 2)] {
                let bytes = files.read_range(&path, start..end).await.unwrap();
                let end = (end as usize).min(whole.len());
                let expected = whole.get(start as usize..end).unwrap_or(&[]);
                assert_eq!(bytes, expected, "{start}..{end}");
            }
        }
    });
}

#[test]
fn what_has_no_size_is_read_to_its_end() {
    let place = Place::new();
    let fifo = place.path("fifo");
    on_each_driver(move |files| {
        let fifo = fifo.clone();
        async move {
            let expected = std::fs::read("/proc/self/maps").unwrap().len();
            let maps = files.read(Path::new("/proc/self/maps")).await.unwrap();
            // The map changes as memory is used, but not by much.
            assert!(maps.len() > expected / 2 && maps.ends_with(b"\n"));
            assert_eq!(files.read(Path::new("/dev/null")).await.unwrap(), b"");

            let _ = std::fs::remove_file(&fifo);
            let made = std::process::Command::new("mkfifo").arg(&fifo).status().unwrap();
            assert!(made.success());
            let writer = fifo.clone();
            let thread =
                std::thread::spawn(move || std::fs::write(writer, pattern(200_000)).unwrap());
            assert!(files.read(&fifo).await.unwrap() == pattern(200_000));
            thread.join().unwrap();
        }
    });
}

#[test]
fn writes_create_replace_and_append() {
    let place = Place::new();
    let path = place.path("written");
    on_each_driver(move |files| {
        let path = path.clone();
        async move {
            let _ = std::fs::remove_file(&path);
            let options = WriteOptions { mode: 0o640, sync: true, ..WriteOptions::default() };
            let large = pattern(5 << 20);
            let written = files.write(&path, Outgoing::Owned(large.clone()), options).await;
            assert_eq!(written.unwrap(), 5 << 20);
            assert!(std::fs::read(&path).unwrap() == large);
            let status = files.stat(&path, true).await.unwrap();
            assert_eq!((status.mode & 0o777, status.size), (0o640, 5 << 20));

            let short = Outgoing::Owned(b"short".to_vec());
            assert_eq!(files.write(&path, short, WriteOptions::default()).await.unwrap(), 5);
            let more = Outgoing::Owned(b" and more".to_vec());
            assert_eq!(files.append(&path, more).await.unwrap(), 9);
            assert_eq!(std::fs::read(&path).unwrap(), b"short and more");
            let empty = Outgoing::Owned(Vec::new());
            assert_eq!(files.write(&path, empty, WriteOptions::default()).await.unwrap(), 0);
            assert!(files.exists(&path).await);
            let exclusive = WriteOptions { exclusive: true, ..WriteOptions::default() };
            let refused = files.write(&path, Outgoing::Owned(vec![1]), exclusive).await;
            assert_eq!(errno(refused), libc::EEXIST);
        }
    });
}

#[test]
fn positioned_writes_and_reads_share_an_open_file() {
    let place = Place::new();
    let path = place.path("open");
    on_each_driver(move |files| {
        let path = path.clone();
        async move {
            let flags = libc::O_RDWR | libc::O_CREAT | libc::O_TRUNC;
            let file = files.open(&path, flags, 0o600).await.unwrap();
            file.write_all(Outgoing::Owned(b"world".to_vec()), 6).await.unwrap();
            file.write_all(Outgoing::Owned(b"hello ".to_vec()), 0).await.unwrap();
            file.sync(true).await.unwrap();
            assert_eq!(file.stat().await.unwrap().size, 11);
            assert_eq!(file.read_at(3, 5).await.unwrap(), b"lo wo");
            assert_eq!(file.read_at(8, 100).await.unwrap(), b"rld");
            file.close().await.unwrap();
        }
    });
}

#[test]
fn faults_have_their_errno() {
    let place = Place::new();
    let root = place.root.clone();
    on_each_driver(move |files| {
        let root = root.clone();
        async move {
            let missing = root.join("missing");
            assert_eq!(errno(files.read(&missing).await), libc::ENOENT);
            assert_eq!(errno(files.stat(&missing, true).await), libc::ENOENT);
            assert!(!files.exists(&missing).await);
            assert_eq!(errno(files.read(&root).await), libc::EISDIR);
            let bytes = || Outgoing::Owned(vec![1]);
            let options = WriteOptions::default();
            assert_eq!(errno(files.write(&root, bytes(), options).await), libc::EISDIR);
            let below = root.join("no/such/folder");
            assert_eq!(errno(files.write(&below, bytes(), options).await), libc::ENOENT);
            let full = files.write(Path::new("/dev/full"), bytes(), options).await;
            assert_eq!(errno(full), libc::ENOSPC);
            let name = Path::new("nul\0byte");
            let error = files.read(name).await.unwrap_err();
            assert_eq!(error.kind(), io::ErrorKind::InvalidInput);
            let link = root.join("link");
            let _ = std::fs::remove_file(&link);
            std::os::unix::fs::symlink("link", &link).unwrap();
            assert_eq!(errno(files.read(&link).await), libc::ELOOP);
            assert!(files.stat(&link, false).await.is_ok());
        }
    });
}

#[test]
fn a_full_disk_is_reported_after_what_fitted() {
    let place = Place::new();
    let mount = place.path("tiny");
    std::fs::create_dir(&mount).unwrap();
    let mounted = std::process::Command::new("mount")
        .args(["-t", "tmpfs", "-o", "size=256k", "tmpfs"])
        .arg(&mount)
        .status();
    if !mounted.is_ok_and(|status| status.success()) {
        eprintln!("not allowed to mount a tmpfs: skipped");
        return;
    }
    let path = mount.join("large");
    let outcome = std::panic::catch_unwind(|| fill_the_disk(path));
    let unmounted = std::process::Command::new("umount").arg(&mount).status().unwrap();
    assert!(unmounted.success());
    if let Err(panic) = outcome {
        std::panic::resume_unwind(panic);
    }
}

fn fill_the_disk(path: PathBuf) {
    on_each_driver(move |files| {
        let path = path.clone();
        async move {
            let bytes = Outgoing::Owned(pattern(1 << 20));
            let result = files.write(&path, bytes, WriteOptions::default()).await;
            assert_eq!(errno(result), libc::ENOSPC);
            assert_eq!(files.stat(&path, true).await.unwrap().size, 256 << 10);
        }
    });
}

#[test]
fn many_reads_at_once_and_dropped_ones_leave_nothing_open() {
    let place = Place::new();
    let root = place.root.clone();
    for number in 0..16 {
        std::fs::write(root.join(number.to_string()), pattern(4096 + number)).unwrap();
    }
    on_each_driver(move |files| {
        let root = root.clone();
        async move {
            let done = std::rc::Rc::new(std::cell::Cell::new(0));
            let reactor = files.reactor().clone();
            for number in 0..256 {
                let (files, path) = (files.clone(), root.join((number % 16).to_string()));
                let done = done.clone();
                reactor.spawn(async move {
                    let bytes = files.read(&path).await.unwrap();
                    assert!(bytes == pattern(4096 + number % 16));
                    done.set(done.get() + 1);
                });
            }
            for number in 0..64 {
                let path = root.join((number % 16).to_string());
                let mut read = Box::pin(files.read(&path));
                // Dropped at different stages: before, between and after its operations.
                for _ in 0..number % 4 {
                    let polled = std::future::poll_fn(|context| {
                        std::task::Poll::Ready(read.as_mut().poll(context).is_ready())
                    });
                    if polled.await {
                        break;
                    }
                    reactor.sleep(std::time::Duration::from_millis(2)).await;
                }
            }
            while done.get() < 256 {
                reactor.sleep(std::time::Duration::from_millis(1)).await;
            }
        }
    });
}
