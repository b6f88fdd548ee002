//! Simulated files: paths, contents and statuses in memory.

use std::collections::BTreeMap;

use crate::FileStatus;

/// The start of simulated time since the Unix epoch.
const EPOCH_NS: i128 = 1_700_000_000_000_000_000;
const BLOCK_BYTES: u64 = 4096;

pub(super) type InodeNumber = u64;

#[derive(Debug)]
struct Inode {
    bytes: Vec<u8>,
    mode: u32,
    links: u64,
    accessed_ns: i128,
    modified_ns: i128,
    born_ns: i128,
}

/// All files there are.
pub(super) struct Disk {
    names: BTreeMap<Vec<u8>, InodeNumber>,
    inodes: BTreeMap<InodeNumber, Inode>,
    next: InodeNumber,
    used: u64,
    /// Bytes that all files together may hold.
    pub(super) bytes_max: u64,
}

/// A path without `.`, `..` and doubled slashes; relative ones start at the root.
fn normalise(path: &[u8]) -> Vec<u8> {
    let mut parts: Vec<&[u8]> = Vec::new();
    for part in path.split(|byte| *byte == b'/') {
        match part {
            b"" | b"." => {}
            b".." => drop(parts.pop()),
            part => parts.push(part),
        }
    }
    let mut normal = Vec::with_capacity(path.len());
    for part in parts {
        normal.push(b'/');
        normal.extend_from_slice(part);
    }
    if normal.is_empty() { b"/".to_vec() } else { normal }
}

fn parent(path: &[u8]) -> &[u8] {
    match path.iter().rposition(|byte| *byte == b'/') {
        None | Some(0) => b"/",
        Some(slash) => &path[..slash],
    }
}

impl Disk {
    /// A root and the folder for temporary files.
    pub(super) fn new(bytes_max: u64) -> Self {
        let mut disk =
            Self { names: BTreeMap::new(), inodes: BTreeMap::new(), next: 2, used: 0, bytes_max };
        disk.enter(b"/".to_vec(), libc::S_IFDIR | 0o755, 0);
        let temporary = std::env::temp_dir();
        disk.make_folders(temporary.as_os_str().as_encoded_bytes());
        disk
    }

    fn enter(&mut self, path: Vec<u8>, mode: u32, now_ns: u64) -> InodeNumber {
        let number = self.next;
        self.next += 1;
        let now = EPOCH_NS + i128::from(now_ns);
        let times = (now, now, now);
        self.inodes.insert(
            number,
            Inode {
                bytes: Vec::new(),
                mode,
                links: 1,
                accessed_ns: times.0,
                modified_ns: times.1,
                born_ns: times.2,
            },
        );
        self.names.insert(path, number);
        number
    }

    /// Makes a folder and those above it.
    pub(super) fn make_folders(&mut self, path: &[u8]) {
        let path = normalise(path);
        if !self.names.contains_key(&path) {
            self.make_folders(parent(&path));
            self.enter(path, libc::S_IFDIR | 0o755, 0);
        }
    }

    fn is_folder(&self, number: InodeNumber) -> bool {
        self.inodes.get(&number).is_some_and(|inode| inode.mode & libc::S_IFMT == libc::S_IFDIR)
    }

    /// As `open(2)`.
    pub(super) fn open(
        &mut self,
        path: &[u8],
        flags: i32,
        mode: u32,
        now_ns: u64,
    ) -> Result<InodeNumber, i32> {
        let path = normalise(path);
        let writes = flags & libc::O_ACCMODE != libc::O_RDONLY;
        let Some(number) = self.names.get(&path).copied() else {
            if flags & libc::O_CREAT == 0 {
                return Err(libc::ENOENT);
            }
            return match self.names.get(parent(&path)) {
                Some(folder) if self.is_folder(*folder) => {
                    Ok(self.enter(path, libc::S_IFREG | (mode & 0o7777), now_ns))
                }
                Some(_) => Err(libc::ENOTDIR),
                None => Err(libc::ENOENT),
            };
        };
        if flags & libc::O_CREAT != 0 && flags & libc::O_EXCL != 0 {
            return Err(libc::EEXIST);
        }
        if self.is_folder(number) {
            return if writes { Err(libc::EISDIR) } else { Ok(number) };
        }
        if flags & libc::O_DIRECTORY != 0 {
            return Err(libc::ENOTDIR);
        }
        let Some(inode) = self.inodes.get_mut(&number) else { return Err(libc::EIO) };
        let needed = if writes { libc::S_IWUSR } else { libc::S_IRUSR };
        if inode.mode & needed == 0 {
            return Err(libc::EACCES);
        }
        if flags & libc::O_TRUNC != 0 && writes {
            self.used -= inode.bytes.len() as u64;
            inode.bytes.clear();
        }
        Ok(number)
    }

    /// The bytes at `offset`, at most `most`.
    pub(super) fn read(&self, number: InodeNumber, offset: u64, most: usize) -> Result<&[u8], i32> {
        if self.is_folder(number) {
            return Err(libc::EISDIR);
        }
        let inode = self.inodes.get(&number).ok_or(libc::EIO)?;
        let start = usize::try_from(offset).unwrap_or(usize::MAX).min(inode.bytes.len());
        let end = start.saturating_add(most).min(inode.bytes.len());
        Ok(&inode.bytes[start..end])
    }

    /// Where the file ends.
    pub(super) fn size(&self, number: InodeNumber) -> u64 {
        self.inodes.get(&number).map_or(0, |inode| inode.bytes.len() as u64)
    }

    /// Writes as much as fits on the disk.
    pub(super) fn write(
        &mut self,
        number: InodeNumber,
        offset: u64,
        bytes: &[u8],
        now_ns: u64,
    ) -> Result<usize, i32> {
        let left = self.bytes_max.saturating_sub(self.used);
        let inode = self.inodes.get_mut(&number).ok_or(libc::EIO)?;
        let size = inode.bytes.len() as u64;
        let end_max = size.saturating_add(left);
        if offset >= end_max && !bytes.is_empty() && offset >= size {
            return Err(libc::ENOSPC);
        }
        let count = (bytes.len() as u64).min(end_max - offset) as usize;
        let (start, end) = (offset as usize, offset as usize + count);
        if end > inode.bytes.len() {
            self.used += (end - inode.bytes.len()) as u64;
            inode.bytes.resize(end, 0);
        }
        inode.bytes[start..end].copy_from_slice(&bytes[..count]);
        inode.modified_ns = EPOCH_NS + i128::from(now_ns);
        Ok(count)
    }

    pub(super) fn status_of_path(&self, path: &[u8]) -> Result<FileStatus, i32> {
        let number = self.names.get(&normalise(path)).ok_or(libc::ENOENT)?;
        self.status(*number)
    }

    pub(super) fn status(&self, number: InodeNumber) -> Result<FileStatus, i32> {
        let inode = self.inodes.get(&number).ok_or(libc::EIO)?;
        let size = inode.bytes.len() as u64;
        Ok(FileStatus {
            device: 1,
            inode: number,
            mode: inode.mode,
            links: inode.links,
            size,
            block_size: BLOCK_BYTES,
            blocks: size.div_ceil(BLOCK_BYTES) * (BLOCK_BYTES / 512),
            accessed_ns: inode.accessed_ns,
            modified_ns: inode.modified_ns,
            changed_ns: inode.modified_ns,
            born_ns: inode.born_ns,
            ..FileStatus::default()
        })
    }

    /// What a file holds, for the outside.
    pub(super) fn contents(&self, path: &[u8]) -> Option<Vec<u8>> {
        let number = self.names.get(&normalise(path))?;
        Some(self.inodes.get(number)?.bytes.clone())
    }

    /// Makes or replaces a file, from outside.
    pub(super) fn put(&mut self, path: &[u8], bytes: &[u8], mode: u32, now_ns: u64) {
        self.make_folders(parent(&normalise(path)));
        self.remove(path);
        let number = self.enter(normalise(path), libc::S_IFREG | mode, now_ns);
        self.used += bytes.len() as u64;
        if let Some(inode) = self.inodes.get_mut(&number) {
            inode.bytes = bytes.to_vec();
        }
    }

    /// Takes a name away; whether it was there. Open files keep what it named, and its bytes
    /// stay in use: a simulation does not last long enough to need them back.
    pub(super) fn remove(&mut self, path: &[u8]) -> bool {
        let Some(number) = self.names.remove(&normalise(path)) else { return false };
        if let Some(inode) = self.inodes.get_mut(&number) {
            inode.links = 0;
        }
        true
    }
}
