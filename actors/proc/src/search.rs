//! Finding an executable as a shell would.

use std::path::{Path, PathBuf};

use rustix::fs::{Access, access};

/// Where to look.
#[derive(Clone, Copy, Debug)]
pub struct Search<'a> {
    /// Folders parted by colons, as in `$PATH`.
    pub path: &'a str,
    /// What relative names and folders are relative to.
    pub directory: &'a Path,
}

fn is_executable(path: &Path) -> bool {
    path.is_file() && access(path, Access::EXEC_OK).is_ok()
}

/// The executable called `name`: the path itself where it has a slash, otherwise the first of
/// that name in a folder of the search path.
#[must_use]
pub fn find_executable(name: &str, search: &Search<'_>) -> Option<PathBuf> {
    if name.is_empty() || name.contains('\0') {
        return None;
    }
    if name.contains('/') {
        let path = search.directory.join(name.strip_prefix("./").unwrap_or(name));
        return is_executable(&path).then_some(path);
    }
    let folders = search.path.split(':').filter(|folder| !folder.is_empty());
    folders.map(|folder| search.directory.join(folder).join(name)).find(|path| is_executable(path))
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::{Search, find_executable};

    fn find(name: &str, path: &str, directory: &str) -> Option<String> {
        let search = Search { path, directory: Path::new(directory) };
        find_executable(name, &search).map(|path| path.to_string_lossy().into_owned())
    }

    #[test]
    fn the_first_folder_that_has_it_counts() {
        assert_eq!(find("sh", "/no/such::/bin:/usr/bin", "/").as_deref(), Some("/bin/sh"));
        assert_eq!(find("sh", "", "/bin"), None);
        assert_eq!(find("sh", "bin", "/").as_deref(), Some("/bin/sh"));
        assert_eq!(find("bin/sh", "", "/").as_deref(), Some("/bin/sh"));
        assert_eq!(find("/etc/passwd", "/bin", "/"), None);
        assert_eq!(find("etc", "/", "/"), None);
        assert_eq!(find("", "/bin", "/"), None);
    }
}
