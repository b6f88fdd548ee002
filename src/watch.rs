//! `--watch`: the process starts anew when a file that it has loaded changes.
//!
//! A thread of its own waits for the kernel's word (inotify on the folders of the files), so that
//! a program that never comes to rest is restarted too. The process is replaced in place: its
//! number, its terminal and its standard streams stay.

use std::{
    collections::{HashMap, HashSet},
    ffi::OsStr,
    io::Write as _,
    mem::MaybeUninit,
    os::{
        fd::OwnedFd,
        unix::{ffi::OsStrExt as _, process::CommandExt as _},
    },
    path::{Path, PathBuf},
    process::Command,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use rustix::{
    event::{PollFd, PollFlags, poll},
    fs::inotify::{self, CreateFlags, Reader, WatchFlags},
};

/// Changes that come this soon after another belong to it.
const SETTLE: Duration = Duration::from_millis(20);

/// By this variable the new process knows which files have changed: paths, a line each.
const CHANGED: &str = "DX_WATCH_CHANGED";

const EVENTS: WatchFlags = WatchFlags::CLOSE_WRITE
    .union(WatchFlags::MOVED_TO)
    .union(WatchFlags::MODIFY)
    .union(WatchFlags::DELETE);

#[derive(Default)]
struct Watched {
    folders: HashMap<PathBuf, i32>,
    files: HashMap<i32, HashSet<Vec<u8>>>,
}

/// The files that are watched.
#[derive(Clone)]
pub(crate) struct Watcher {
    inotify: Arc<OwnedFd>,
    watched: Arc<Mutex<Watched>>,
}

impl Watcher {
    /// Starts a thread that restarts the process once a watched file changes.
    ///
    /// # Errors
    /// When the kernel has no more watches to give.
    pub(crate) fn start(clears_screen: bool) -> std::io::Result<Self> {
        let inotify = Arc::new(inotify::init(CreateFlags::CLOEXEC)?);
        let watcher = Self { inotify, watched: Arc::default() };
        let own = watcher.clone();
        std::thread::Builder::new().name("dx-watch".to_owned()).spawn(move || {
            let mut changed = own.wait();
            std::thread::sleep(SETTLE);
            changed.extend(own.ready());
            restart(clears_screen, &changed);
        })?;
        Ok(watcher)
    }

    /// Watches a file, there or not.
    pub(crate) fn add(&self, path: &Path) {
        let (Some(folder), Some(name)) = (path.parent(), path.file_name()) else { return };
        let mut watched = self.watched.lock().unwrap_or_else(PoisonError::into_inner);
        let number = match watched.folders.get(folder) {
            Some(number) => *number,
            None => {
                let added = inotify::add_watch(&self.inotify, folder, EVENTS);
                // A folder that cannot be watched changes unseen.
                let Ok(number) = added else { return };
                watched.folders.insert(folder.to_path_buf(), number);
                number
            }
        };
        let names = watched.files.entry(number).or_default();
        names.insert(name.as_encoded_bytes().to_vec());
    }

    /// Answers when a watched file has changed: which.
    fn wait(&self) -> HashSet<PathBuf> {
        let mut changed = HashSet::new();
        while changed.is_empty() {
            changed = self.read();
        }
        changed
    }

    /// The watched files that have changed by now.
    fn ready(&self) -> HashSet<PathBuf> {
        let mut changed = HashSet::new();
        let now = rustix::time::Timespec { tv_sec: 0, tv_nsec: 0 };
        loop {
            let mut polled = [PollFd::new(&*self.inotify, PollFlags::IN)];
            if poll(&mut polled, Some(&now)) != Ok(1) {
                return changed;
            }
            changed.extend(self.read());
        }
    }

    /// Waits for the kernel's word of changes: the watched files among them.
    fn read(&self) -> HashSet<PathBuf> {
        let mut changed = HashSet::new();
        let mut buffer = [MaybeUninit::uninit(); 4096];
        let mut reader = Reader::new(&*self.inotify, &mut buffer);
        loop {
            if let Ok(event) = reader.next() {
                let watched = self.watched.lock().unwrap_or_else(PoisonError::into_inner);
                let name = event.file_name().map(|name| name.to_bytes().to_vec());
                changed.extend(name.and_then(|name| watched.path_of(event.wd(), &name)));
            }
            if reader.is_buffer_empty() {
                return changed;
            }
        }
    }
}

impl Watched {
    fn path_of(&self, number: i32, name: &[u8]) -> Option<PathBuf> {
        self.files.get(&number)?.get(name)?;
        let folder = self.folders.iter().find(|(_, known)| **known == number)?.0;
        Some(folder.join(OsStr::from_bytes(name)))
    }
}

/// Replaces this process by a new one with the same arguments, which is told what has changed.
fn restart(clears_screen: bool, changed: &HashSet<PathBuf>) -> ! {
    if clears_screen && rustix::termios::isatty(rustix::stdio::stdout()) {
        let mut output = std::io::stdout();
        // A terminal that has gone needs no clearing.
        let _gone = output.write_all(b"\x1b[2J\x1b[3J\x1b[H").and_then(|()| output.flush());
    }
    let mut words = std::env::args_os();
    let called = words.next().unwrap_or_default();
    let own = std::env::current_exe().unwrap_or_else(|_| PathBuf::from(&called));
    let paths: Vec<&OsStr> = changed.iter().map(|path| path.as_os_str()).collect();
    let paths = paths.join(OsStr::new("\n"));
    let error = Command::new(own).arg0(called).args(words).env(CHANGED, paths).exec();
    eprintln!("error: could not start again: {error}");
    dx_sys::exit::now(1)
}

/// Waits for ever: a program that has ended is restarted when a file changes.
pub(crate) fn park() -> ! {
    loop {
        std::thread::park();
    }
}
