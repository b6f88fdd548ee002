//! Watching files and folders through inotify: one descriptor for all watchers of a shard, read
//! when the reactor says it is readable.
//!
//! A recursive watcher follows folders that are made below it; what is in them by the time they
//! are followed is told as new. The descriptor is opened with the first watcher and stays. How it
//! fails: a watcher that cannot be added is an errno; events the kernel had no room for are lost,
//! as they are for every program.

use std::{
    cell::{Cell, OnceCell, RefCell},
    collections::{HashMap, VecDeque},
    ffi::CString,
    io,
    mem::MaybeUninit,
    os::fd::{AsFd, AsRawFd, OwnedFd},
    rc::Rc,
};

use dx_driver::{Descriptor, Interest, Operation};
use dx_ops::{Call, Deferred, Exception, KeepAlive, Value};
use dx_reactor::Reactor;
use rustix::fs::{
    Dir, FileType, Mode, OFlags,
    inotify::{self, CreateFlags, ReadFlags, Reader, WatchFlags},
};

use crate::fs::{
    answer::{Answer, text},
    arguments::path,
};

/// Bytes of events read at once: about 200 events with names of usual length.
const EVENTS_BYTES: usize = 16 * 1024;

/// One `fs.watch`.
struct Watcher {
    root: Vec<u8>,
    recursive: bool,
    as_bytes: bool,
    /// Present while the watcher keeps the event loop alive.
    keep_alive: Option<KeepAlive>,
}

/// Where a watch of the kernel belongs: a watcher, and the folder's path below its root.
struct Place {
    watcher: u32,
    below: Vec<u8>,
}

/// What a listener is told.
struct News {
    watcher: u32,
    is_change: bool,
    /// `None` for the root of a recursive watcher itself.
    name: Option<Vec<u8>>,
    as_bytes: bool,
}

/// The watchers of a shard.
#[derive(Default)]
struct Watchers {
    inotify: OnceCell<OwnedFd>,
    places: RefCell<HashMap<i32, Vec<Place>>>,
    watchers: RefCell<HashMap<u32, Watcher>>,
    numbered: Cell<u32>,
    news: RefCell<VecDeque<News>>,
    waiting: RefCell<Option<Deferred>>,
}

fn watched() -> WatchFlags {
    WatchFlags::ATTRIB
        | WatchFlags::CREATE
        | WatchFlags::MODIFY
        | WatchFlags::DELETE
        | WatchFlags::DELETE_SELF
        | WatchFlags::MOVE_SELF
        | WatchFlags::MOVED_FROM
        | WatchFlags::MOVED_TO
}

fn last_component(path: &[u8]) -> Vec<u8> {
    let trimmed = path.strip_suffix(b"/").unwrap_or(path);
    trimmed.rsplit(|&byte| byte == b'/').next().unwrap_or_default().to_vec()
}

fn joined(folder: &[u8], name: &[u8]) -> Vec<u8> {
    match (folder, name) {
        (b"", _) => name.to_vec(),
        (_, b"") => folder.to_vec(),
        _ if folder.ends_with(b"/") => [folder, name].concat(),
        _ => [folder, b"/", name].concat(),
    }
}

/// Names and kinds in a folder; none where it cannot be read any more.
fn entries(path: &[u8]) -> Vec<(Vec<u8>, bool)> {
    let flags = OFlags::RDONLY | OFlags::DIRECTORY | OFlags::NOFOLLOW | OFlags::CLOEXEC;
    let Ok(folder) = rustix::fs::open(path, flags, Mode::empty()) else { return Vec::new() };
    let Ok(folder) = Dir::read_from(folder) else { return Vec::new() };
    folder
        .filter_map(Result::ok)
        .filter(|entry| !matches!(entry.file_name().to_bytes(), b"." | b".."))
        .map(|entry| {
            let is_folder = entry.file_type() == FileType::Directory;
            (entry.file_name().to_bytes().to_vec(), is_folder)
        })
        .collect()
}

impl Watchers {
    fn descriptor(&self) -> io::Result<&OwnedFd> {
        if let Some(opened) = self.inotify.get() {
            return Ok(opened);
        }
        let opened = inotify::init(CreateFlags::NONBLOCK | CreateFlags::CLOEXEC)?;
        Ok(self.inotify.get_or_init(|| opened))
    }

    /// Watches `root`/`below` for a watcher.
    fn follow(&self, watcher: u32, root: &[u8], below: Vec<u8>) -> io::Result<()> {
        let path = CString::new(joined(root, &below))?;
        let watch = inotify::add_watch(self.descriptor()?.as_fd(), &path, watched())?;
        let mut places = self.places.borrow_mut();
        let places = places.entry(watch).or_default();
        places.retain(|place| place.watcher != watcher);
        places.push(Place { watcher, below });
        Ok(())
    }

    /// Follows the folders below `below`; with `tell`, what is in them is news.
    fn follow_all(&self, watcher: u32, root: &[u8], below: Vec<u8>, as_bytes: bool, tell: bool) {
        let mut folders = VecDeque::from([below]);
        while let Some(below) = folders.pop_front() {
            for (name, is_folder) in entries(&joined(root, &below)) {
                let path = joined(&below, &name);
                if tell {
                    self.tell(News {
                        watcher,
                        is_change: false,
                        name: Some(path.clone()),
                        as_bytes,
                    });
                }
                if is_folder && self.follow(watcher, root, path.clone()).is_ok() {
                    folders.push_back(path);
                }
            }
        }
    }

    fn tell(&self, news: News) {
        self.news.borrow_mut().push_back(news);
    }

    fn add(&self, watcher: Watcher) -> io::Result<u32> {
        let number = self.numbered.get();
        self.numbered.set(number.wrapping_add(1));
        self.follow(number, &watcher.root, Vec::new())?;
        if watcher.recursive {
            self.follow_all(number, &watcher.root, Vec::new(), false, false);
        }
        self.watchers.borrow_mut().insert(number, watcher);
        Ok(number)
    }

    fn remove(&self, number: u32) {
        self.watchers.borrow_mut().remove(&number);
        self.news.borrow_mut().retain(|news| news.watcher != number);
        self.places.borrow_mut().retain(|&watch, places| {
            places.retain(|place| place.watcher != number);
            if places.is_empty()
                && let Some(inotify) = self.inotify.get()
            {
                // It may be gone already, with what it watched.
                let _ = inotify::remove_watch(inotify.as_fd(), watch);
            }
            !places.is_empty()
        });
    }

    /// Makes news of what the kernel tells now.
    fn read(&self) {
        let Some(inotify) = self.inotify.get() else { return };
        let mut buffer = [MaybeUninit::uninit(); EVENTS_BYTES];
        let mut reader = Reader::new(inotify.as_fd(), &mut buffer);
        while let Ok(event) = reader.next() {
            let name = event.file_name().map(|name| name.to_bytes().to_vec());
            self.heard(event.wd(), event.events(), name);
        }
    }

    fn heard(&self, watch: i32, events: ReadFlags, name: Option<Vec<u8>>) {
        let places: Vec<(u32, Vec<u8>)> = match self.places.borrow().get(&watch) {
            Some(places) => {
                places.iter().map(|place| (place.watcher, place.below.clone())).collect()
            }
            None => return,
        };
        for (watcher, below) in places {
            self.heard_by(watcher, below, events, name.as_deref());
        }
        if events.contains(ReadFlags::IGNORED) {
            self.places.borrow_mut().remove(&watch);
        }
    }

    fn heard_by(&self, number: u32, below: Vec<u8>, events: ReadFlags, name: Option<&[u8]>) {
        let (root, recursive, as_bytes) = match self.watchers.borrow().get(&number) {
            Some(watcher) => (watcher.root.clone(), watcher.recursive, watcher.as_bytes),
            None => return,
        };
        let at_root = below.is_empty();
        // A folder below says of itself what the one above it says too.
        let is_self = name.is_none();
        if is_self && (!at_root || (recursive && events.contains(ReadFlags::IGNORED))) {
            return;
        }
        let told = match name {
            Some(name) => Some(joined(&below, name)),
            None if recursive => None,
            None => Some(last_component(&root)),
        };
        let changes = ReadFlags::ATTRIB | ReadFlags::MODIFY;
        let kind = ReadFlags::ISDIR;
        let news = |is_change| News { watcher: number, is_change, name: told.clone(), as_bytes };
        if events.intersects(changes) && !(recursive && is_self) {
            self.tell(news(true));
        }
        if events.difference(changes | kind) != ReadFlags::empty() {
            self.tell(news(false));
        }
        let came = ReadFlags::CREATE | ReadFlags::MOVED_TO;
        if recursive && events.contains(kind) && events.intersects(came) {
            let path = told.unwrap_or_default();
            if self.follow(number, &root, path.clone()).is_ok() {
                self.follow_all(number, &root, path, as_bytes, true);
            }
        }
    }

    /// Answers who waits for news, if there are any.
    fn deliver(&self) {
        if self.news.borrow().is_empty() {
            return;
        }
        let Some(waiting) = self.waiting.borrow_mut().take() else { return };
        let mut batch = Vec::new();
        for news in self.news.borrow_mut().drain(..) {
            batch.push(Value::from(news.watcher));
            batch.push(Value::from(if news.is_change { "change" } else { "rename" }));
            batch.push(match news.name {
                None => Value::Undefined,
                Some(name) if news.as_bytes => Value::Bytes(name),
                Some(name) => text(name),
            });
        }
        waiting.settle(Ok(Value::Array(batch)));
    }
}

/// Whether the path names a folder, followed links included.
fn is_folder(path: &[u8]) -> bool {
    rustix::fs::stat(path)
        .is_ok_and(|status| FileType::from_raw_mode(status.st_mode) == FileType::Directory)
}

/// Reads events for as long as the shard lives.
async fn listen(watchers: Rc<Watchers>, reactor: Reactor) {
    let Some(number) = watchers.inotify.get().map(AsRawFd::as_raw_fd) else { return };
    let interest = Interest { readable: true, writable: false };
    loop {
        let poll = Operation::Poll { descriptor: Descriptor(number), interest };
        if reactor.operate(poll).await.result.is_err() {
            return;
        }
        watchers.read();
        watchers.deliver();
    }
}

/// `watchAdd(path, recursive, persistent, asBytes)`: the watcher's number, or the failure.
pub(crate) fn add(call: &mut Call<'_>) -> Result<Value, Exception> {
    let watchers = call.host.state::<Watchers>();
    let is_first = watchers.inotify.get().is_none();
    let root = path(call, 0)?.into_bytes();
    let watcher = Watcher {
        recursive: call.arguments.boolean(1) && is_folder(&root),
        root,
        as_bytes: call.arguments.boolean(3),
        keep_alive: call.arguments.boolean(2).then(|| call.host.keep_alive()),
    };
    let added = watchers.add(watcher);
    if is_first && watchers.inotify.get().is_some() {
        call.host.spawn(listen(Rc::clone(&watchers), call.host.reactor().clone()));
    }
    Ok(Answer::from(added.map(|number| number as usize)).into())
}

/// `watchRemove(watcher)`
pub(crate) fn remove(call: &mut Call<'_>) -> Result<Value, Exception> {
    call.host.state::<Watchers>().remove(call.arguments.number(0) as u32);
    Ok(Value::Undefined)
}

/// `watchKeepAlive(watcher, alive)`
pub(crate) fn keep_alive(call: &mut Call<'_>) -> Result<Value, Exception> {
    let watchers = call.host.state::<Watchers>();
    let alive = call.arguments.boolean(1).then(|| call.host.keep_alive());
    let number = call.arguments.number(0) as u32;
    if let Some(watcher) = watchers.watchers.borrow_mut().get_mut(&number) {
        watcher.keep_alive = alive;
    }
    Ok(Value::Undefined)
}

/// `watchNext()`: the next news, three by three: watcher, "rename" or "change", name.
pub(crate) fn next(call: &mut Call<'_>, deferred: Deferred) -> Result<(), Exception> {
    let watchers = call.host.state::<Watchers>();
    deferred.let_loop_end();
    *watchers.waiting.borrow_mut() = Some(deferred);
    watchers.deliver();
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_are_joined_and_taken_apart() {
        assert_eq!(joined(b"", b"a"), b"a");
        assert_eq!(joined(b"a", b""), b"a");
        assert_eq!(joined(b"/", b"a"), b"/a");
        assert_eq!(joined(b"a", b"b"), b"a/b");
        assert_eq!(last_component(b"/tmp/x/"), b"x");
        assert_eq!(last_component(b"x"), b"x");
    }

    #[test]
    fn a_recursive_watcher_follows_what_is_made() {
        use std::os::unix::ffi::OsStrExt;
        let root = std::env::temp_dir().join(format!("dx-watch-{}", std::process::id()));
        std::fs::create_dir_all(&root).unwrap();
        let watchers = Watchers::default();
        let bytes = root.as_os_str().as_bytes().to_vec();
        let watcher = Watcher { root: bytes, recursive: true, as_bytes: false, keep_alive: None };
        let number = watchers.add(watcher).unwrap();
        std::fs::create_dir(root.join("below")).unwrap();
        watchers.read();
        std::fs::write(root.join("below/file"), b"x").unwrap();
        watchers.read();
        let names: Vec<_> = watchers.news.borrow().iter().map(|news| news.name.clone()).collect();
        assert!(names.contains(&Some(b"below".to_vec())), "{names:?}");
        assert!(names.contains(&Some(b"below/file".to_vec())), "{names:?}");
        watchers.remove(number);
        assert!(watchers.places.borrow().is_empty() && watchers.news.borrow().is_empty());
        std::fs::remove_dir_all(&root).unwrap();
    }
}
