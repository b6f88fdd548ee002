//! The file system as the resolver sees it: a package.json may have comments and trailing commas,
//! and a blank one says nothing.

use std::{
    io,
    path::{Path, PathBuf},
};

use oxc_resolver::{FileMetadata, FileSystem, FileSystemOs, ResolveError};

use crate::data::plain_json;

/// Reads from the operating system.
pub(crate) struct Files(FileSystemOs);

impl FileSystem for Files {
    fn new() -> Self {
        Self(FileSystemOs::new())
    }

    fn read(&self, path: &Path) -> io::Result<Vec<u8>> {
        let bytes = self.0.read(path)?;
        if !path.ends_with("package.json") {
            return Ok(bytes);
        }
        if bytes.trim_ascii().is_empty() {
            return Ok(b"{}".to_vec());
        }
        Ok(match std::str::from_utf8(&bytes) {
            Ok(text) => plain_json(text).into_bytes(),
            Err(_) => bytes,
        })
    }

    fn read_to_string(&self, path: &Path) -> io::Result<String> {
        self.0.read_to_string(path)
    }

    fn metadata(&self, path: &Path) -> io::Result<FileMetadata> {
        self.0.metadata(path)
    }

    fn symlink_metadata(&self, path: &Path) -> io::Result<FileMetadata> {
        self.0.symlink_metadata(path)
    }

    fn read_link(&self, path: &Path) -> Result<PathBuf, ResolveError> {
        self.0.read_link(path)
    }

    fn canonicalize(&self, path: &Path) -> io::Result<PathBuf> {
        self.0.canonicalize(path)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_relaxed_package_json_reads_as_plain_json() {
        let folder = std::env::temp_dir().join(format!("dx-files-{}", std::process::id()));
        std::fs::create_dir_all(&folder).expect("a folder");
        for (name, text) in [("package.json", "\n"), ("other.json", "\n")] {
            std::fs::write(folder.join(name), text).expect("a file");
        }
        let read = |name: &str| Files::new().read(&folder.join(name)).ok();
        assert_eq!(read("package.json").as_deref(), Some(&b"{}"[..]));
        std::fs::write(folder.join("package.json"), "{\"a\": 1, // b\n}").expect("a file");
        let plain = read("package.json").map(|bytes| String::from_utf8_lossy(&bytes).into_owned());
        let words: Option<String> = plain.map(|text| text.split_whitespace().collect());
        assert_eq!(words.as_deref(), Some("{\"a\":1}"));
        assert_eq!(read("other.json").as_deref(), Some(&b"\n"[..]));
        std::fs::remove_dir_all(&folder).expect("removable");
    }
}
