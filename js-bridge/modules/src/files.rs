//! The file system as the resolver sees it: a blank package.json is one that says nothing.

use std::{
    io,
    path::{Path, PathBuf},
};

use oxc_resolver::{FileMetadata, FileSystem, FileSystemOs, ResolveError};

/// Reads from the operating system.
pub(crate) struct Files(FileSystemOs);

impl FileSystem for Files {
    fn new() -> Self {
        Self(FileSystemOs::new())
    }

    fn read(&self, path: &Path) -> io::Result<Vec<u8>> {
        let bytes = self.0.read(path)?;
        let says_nothing = path.ends_with("package.json") && bytes.trim_ascii().is_empty();
        Ok(if says_nothing { b"{}".to_vec() } else { bytes })
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
    fn a_blank_package_json_reads_as_an_empty_object() {
        let folder = std::env::temp_dir().join(format!("dx-files-{}", std::process::id()));
        std::fs::create_dir_all(&folder).expect("a folder");
        for (name, text) in [("package.json", "\n"), ("other.json", "\n")] {
            std::fs::write(folder.join(name), text).expect("a file");
        }
        let read = |name: &str| Files::new().read(&folder.join(name)).ok();
        assert_eq!(read("package.json").as_deref(), Some(&b"{}"[..]));
        assert_eq!(read("other.json").as_deref(), Some(&b"\n"[..]));
        std::fs::remove_dir_all(&folder).expect("removable");
    }
}
