//! Folders: listing, making with parents, removing with content, names that are not taken yet.

use std::{
    collections::VecDeque,
    ffi::{CStr, CString, OsStr},
    io,
    os::unix::ffi::OsStrExt,
    path::Path,
    thread,
    time::Duration,
};

use dx_ops::{Call, Exception};
use rustix::fs::{self, AtFlags, CWD, Dir, FileType, Mode, OFlags};

use crate::fs::{
    answer::{Answer, errno_of},
    arguments::{path, unsigned},
    calls::work,
};

/// Names tried for a temporary folder before giving up.
const NAMES_TRIED_MAX: usize = 100;
const NAME_LENGTH: usize = 6;
const NAME_ALPHABET: &[u8; 62] = b"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789";

/// libuv's number of a kind of entry, as a digit.
fn kind_digit(kind: FileType) -> u8 {
    match kind {
        FileType::RegularFile => b'1',
        FileType::Directory => b'2',
        FileType::Symlink => b'3',
        FileType::Fifo => b'4',
        FileType::Socket => b'5',
        FileType::CharacterDevice => b'6',
        FileType::BlockDevice => b'7',
        FileType::Unknown => b'0',
    }
}

/// The kind of an entry whose folder does not say it.
fn kind_of(folder: &Dir, name: &CStr) -> FileType {
    let status = folder.fd().and_then(|folder| fs::statat(folder, name, AtFlags::SYMLINK_NOFOLLOW));
    status.map_or(FileType::Unknown, |status| FileType::from_raw_mode(status.st_mode))
}

fn open_folder(path: &CStr) -> io::Result<Dir> {
    let flags = OFlags::RDONLY | OFlags::DIRECTORY | OFlags::CLOEXEC;
    Ok(Dir::new(fs::open(path, flags, Mode::empty())?)?)
}

/// A folder still to be listed.
struct Below {
    /// Its path, relative to the first.
    relative: Vec<u8>,
    /// The folders above it, as devices and inodes.
    above: Vec<(u64, u64)>,
}

/// What a listing gathers: names, each behind the digit of its kind if wanted and the folder it
/// is in if that is not the first, and closed by a zero byte. Links to folders are followed, but
/// not into a folder that the link lies in.
struct Listing {
    with_kinds: bool,
    recursive: bool,
    gathered: Vec<u8>,
    folders: VecDeque<Below>,
}

impl Listing {
    fn new(with_kinds: bool, recursive: bool) -> Self {
        Self { with_kinds, recursive, gathered: Vec::new(), folders: VecDeque::new() }
    }

    fn gather(&mut self, folder: &mut Dir, at: &Below) -> io::Result<()> {
        while let Some(entry) = folder.read() {
            let entry = entry?;
            let name = entry.file_name();
            if matches!(name.to_bytes(), b"." | b"..") {
                continue;
            }
            let mut kind = entry.file_type();
            if kind == FileType::Unknown && (self.with_kinds || self.recursive) {
                kind = kind_of(folder, name);
            }
            if self.with_kinds {
                self.gathered.push(kind_digit(kind));
            }
            let start = self.gathered.len();
            if !at.relative.is_empty() {
                self.gathered.extend_from_slice(&at.relative);
                self.gathered.push(b'/');
            }
            self.gathered.extend_from_slice(name.to_bytes());
            if self.recursive && matches!(kind, FileType::Directory | FileType::Symlink) {
                let relative = self.gathered[start..].to_vec();
                self.folders.push_back(Below { relative, above: at.above.clone() });
            }
            self.gathered.push(0);
        }
        Ok(())
    }

    /// Lists one folder; nothing where it is one of those above.
    fn list_one(&mut self, path: &CStr, mut at: Below) -> io::Result<()> {
        let mut folder = open_folder(path)?;
        if self.recursive {
            let status = folder.stat()?;
            let identity = (status.st_dev, status.st_ino);
            if at.above.contains(&identity) {
                return Ok(());
            }
            at.above.push(identity);
        }
        self.gather(&mut folder, &at)
    }

    fn list(&mut self, root: &CStr) -> Result<(), (io::Error, Vec<u8>)> {
        let first = Below { relative: Vec::new(), above: Vec::new() };
        self.list_one(root, first).map_err(|error| (error, root.to_bytes().to_vec()))?;
        while let Some(below) = self.folders.pop_front() {
            let mut path = root.to_bytes().to_vec();
            if path.last() != Some(&b'/') {
                path.push(b'/');
            }
            path.extend_from_slice(&below.relative);
            let failed = |error: io::Error| (error, path.clone());
            let name = CString::new(path.clone()).map_err(|error| failed(error.into()))?;
            match self.list_one(&name, below) {
                // Removed since its name was read, or a link to no folder: it has nothing to list.
                Err(error) if is_nothing_to_list(&error) => {}
                result => result.map_err(failed)?,
            }
        }
        self.gathered.pop();
        Ok(())
    }
}

fn is_nothing_to_list(error: &io::Error) -> bool {
    matches!(error.kind(), io::ErrorKind::NotFound | io::ErrorKind::NotADirectory)
}

/// `readdir(path, withKinds, recursive, asBytes)`: names, separated by zero bytes.
pub(crate) fn readdir(call: &Call<'_>) -> work!() {
    let root = path(call, 0)?;
    let mut listing = Listing::new(call.arguments.boolean(1), call.arguments.boolean(2));
    let as_bytes = call.arguments.boolean(3);
    Ok(move || match listing.list(&root) {
        Ok(()) => Answer::path(listing.gathered, as_bytes),
        Err((error, path)) if path == root.to_bytes() => Answer::failed(&error),
        Err((error, path)) => Answer::FailedAt(errno_of(&error), path),
    })
}

fn is_folder(path: &Path) -> bool {
    path.metadata().is_ok_and(|status| status.is_dir())
}

fn make(path: &Path, mode: u32) -> io::Result<()> {
    Ok(fs::mkdir(path, Mode::from_raw_mode(mode))?)
}

/// Makes a folder and those above it; the first that was made, or the one that cannot be.
fn make_all(path: &Path, mode: u32) -> Result<Option<&Path>, (io::Error, &Path)> {
    match make(path, mode) {
        Ok(()) => Ok(Some(path)),
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {
            if is_folder(path) {
                Ok(None)
            } else {
                Err((error, path))
            }
        }
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err((error, path)),
        Err(error) => match path.parent() {
            Some(parent) if !parent.as_os_str().is_empty() => {
                let first = make_all(parent, mode)?;
                match make(path, mode) {
                    Err(error)
                        if error.kind() != io::ErrorKind::AlreadyExists || !is_folder(path) =>
                    {
                        Err((error, path))
                    }
                    _ => Ok(first.or(Some(path))),
                }
            }
            _ => Err((error, path)),
        },
    }
}

/// `mkdir(path, mode)`
pub(crate) fn mkdir(call: &Call<'_>) -> work!() {
    let (path, mode) = (path(call, 0)?, unsigned(call, 1));
    Ok(move || fs::mkdir(&path, Mode::from_raw_mode(mode)).into())
}

/// `mkdirAll(path, mode)`: the first folder made, `undefined` where all were there.
pub(crate) fn mkdir_all(call: &Call<'_>) -> work!() {
    let (path, mode) = (path(call, 0)?, unsigned(call, 1));
    Ok(move || {
        let path = Path::new(OsStr::from_bytes(path.as_bytes()));
        match make_all(path, mode) {
            Ok(first) => Answer::Maybe(first.map(|path| path.as_os_str().as_bytes().to_vec())),
            Err((error, at)) => {
                Answer::FailedAt(errno_of(&error), at.as_os_str().as_bytes().to_vec())
            }
        }
    })
}

/// `mkdtemp(prefix, asBytes)`: the folder made; the failure names the last one tried.
pub(crate) fn mkdtemp(call: &Call<'_>) -> work!() {
    let (prefix, as_bytes) = (path(call, 0)?, call.arguments.boolean(1));
    Ok(move || {
        let mut name = Vec::new();
        for _ in 0..NAMES_TRIED_MAX {
            name = prefix.to_bytes().to_vec();
            name.extend(random_name());
            match make(Path::new(OsStr::from_bytes(&name)), 0o700) {
                Ok(()) => return Answer::path(name, as_bytes),
                Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
                Err(error) => return Answer::FailedAt(errno_of(&error), name),
            }
        }
        const EXISTS: i32 = 17;
        Answer::FailedAt(EXISTS, name)
    })
}

/// Six letters that the next caller does not guess.
fn random_name() -> [u8; NAME_LENGTH] {
    let mut bytes = [0_u8; NAME_LENGTH * 2];
    // Names that repeat are tried again; nothing rests on their being random.
    let _ = rustix::rand::getrandom(&mut bytes, rustix::rand::GetRandomFlags::empty());
    let mut name = [0; NAME_LENGTH];
    for (letter, pair) in name.iter_mut().zip(bytes.chunks_exact(2)) {
        let number = usize::from(u16::from_ne_bytes([pair[0], pair[1]]));
        *letter = NAME_ALPHABET[number % NAME_ALPHABET.len()];
    }
    name
}

/// How often and how patiently a removal is tried again.
#[derive(Clone, Copy)]
struct Patience {
    tries: u32,
    delay: Duration,
}

/// EBUSY, EMFILE, ENFILE, ENOTEMPTY and EPERM may pass.
fn may_pass(error: &io::Error) -> bool {
    matches!(errno_of(error), 16 | 24 | 23 | 39 | 1)
}

impl Patience {
    fn attempt(self, mut action: impl FnMut() -> io::Result<()>) -> io::Result<()> {
        let mut tried = 0;
        loop {
            match action() {
                Err(error) if tried < self.tries && may_pass(&error) => {
                    tried += 1;
                    thread::sleep(self.delay * tried);
                }
                result => return result,
            }
        }
    }
}

/// `remove(path, recursive, tries, delayMilliseconds)`: whatever is there, folders only where
/// `recursive`.
pub(crate) fn remove(call: &Call<'_>) -> work!() {
    let (path, recursive) = (path(call, 0)?, call.arguments.boolean(1));
    let patience = Patience {
        tries: call.arguments.number(2) as u32,
        delay: Duration::from_millis(call.arguments.number(3).max(0.0) as u64),
    };
    Ok(move || {
        let removed = patience.attempt(|| remove_at(CWD, &path, recursive));
        removed.into()
    })
}

fn remove_at(folder: impl std::os::fd::AsFd, name: &CStr, recursive: bool) -> io::Result<()> {
    const IS_FOLDER: i32 = 21;
    const NOT_PERMITTED: i32 = 1;
    match fs::unlinkat(&folder, name, AtFlags::empty()) {
        Ok(()) => return Ok(()),
        Err(error) => {
            let error = io::Error::from(error);
            if !recursive || !matches!(errno_of(&error), IS_FOLDER | NOT_PERMITTED) {
                return Err(error);
            }
        }
    }
    match fs::unlinkat(&folder, name, AtFlags::REMOVEDIR) {
        Ok(()) => return Ok(()),
        Err(rustix::io::Errno::NOTEMPTY | rustix::io::Errno::EXIST) => {}
        Err(error) => return Err(error.into()),
    }
    let flags = OFlags::RDONLY | OFlags::DIRECTORY | OFlags::NOFOLLOW | OFlags::CLOEXEC;
    let opened = fs::openat(&folder, name, flags, Mode::empty())?;
    remove_content(opened)?;
    Ok(fs::unlinkat(&folder, name, AtFlags::REMOVEDIR)?)
}

fn remove_content(folder: std::os::fd::OwnedFd) -> io::Result<()> {
    let names = Dir::read_from(&folder)?
        .map(|entry| entry.map(|entry| entry.file_name().to_owned()))
        .collect::<Result<Vec<_>, _>>()?;
    for name in names.iter().filter(|name| !matches!(name.to_bytes(), b"." | b"..")) {
        match remove_at(&folder, name, true) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
            _ => {}
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn scratch(name: &str) -> std::path::PathBuf {
        std::env::temp_dir().join(format!("dx-folders-{}-{name}", std::process::id()))
    }

    #[test]
    fn folders_are_made_with_their_parents_and_removed_with_their_content() {
        let root = scratch("tree");
        let deep = root.join("a/b");
        assert_eq!(make_all(&deep, 0o777).unwrap(), Some(root.as_path()));
        assert_eq!(make_all(&deep, 0o777).unwrap(), None);
        std::fs::write(deep.join("file"), b"x").unwrap();
        std::os::unix::fs::symlink("/", root.join("link")).unwrap();
        assert!(make_all(&deep.join("file"), 0o777).is_err());
        let name = CString::new(root.as_os_str().as_bytes()).unwrap();
        assert!(remove_at(CWD, &name, false).is_err());
        remove_at(CWD, &name, true).unwrap();
        assert!(!root.exists() && Path::new("/").exists());
    }

    #[test]
    fn listings_name_kinds_and_what_is_below() {
        let root = scratch("listing");
        std::fs::create_dir_all(root.join("below")).unwrap();
        std::fs::write(root.join("below/file"), b"x").unwrap();
        let name = CString::new(root.as_os_str().as_bytes()).unwrap();
        std::os::unix::fs::symlink("..", root.join("below/up")).unwrap();
        let mut listing = Listing::new(true, true);
        listing.list(&name).unwrap();
        let mut found: Vec<&[u8]> = listing.gathered.split(|&byte| byte == 0).collect();
        found.sort();
        assert_eq!(found, [b"1below/file".as_slice(), b"2below", b"3below/up"]);
        remove_at(CWD, &name, true).unwrap();
    }
}
