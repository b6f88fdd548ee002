//! The packages of a workspace, and which of them `--filter` names.

use std::path::{Path, PathBuf};

use dx_compat_test::glob_matches;

use super::package::Package;

/// All packages found, and those that could not be read.
pub(crate) struct Workspace {
    pub(crate) root: PathBuf,
    pub(crate) packages: Vec<Package>,
    pub(crate) unreadable: Vec<PathBuf>,
}

impl Workspace {
    /// The workspace that `directory` lies in; without one, every package below it.
    pub(crate) fn find(directory: &Path) -> Self {
        let root = directory.ancestors().find_map(|folder| {
            let workspaces = Package::read(folder)?.workspaces?;
            Some((folder.to_path_buf(), workspaces))
        });
        let (root, patterns) =
            root.unwrap_or_else(|| (directory.to_path_buf(), vec!["**".to_owned()]));
        let mut found = Self { root, packages: Vec::new(), unreadable: Vec::new() };
        found.search(&found.root.clone(), &patterns);
        found
    }

    fn search(&mut self, folder: &Path, patterns: &[String]) {
        let relative = folder.strip_prefix(&self.root).unwrap_or(folder).to_string_lossy();
        let is_named = patterns.iter().any(|pattern| {
            let pattern = pattern.trim_start_matches("./").trim_end_matches('/');
            pattern == "**" || glob_matches(pattern, &relative)
        });
        if is_named && folder.join("package.json").is_file() {
            match Package::read(folder) {
                Some(package) => self.packages.push(package),
                None => self.unreadable.push(folder.to_path_buf()),
            }
        }
        let Ok(entries) = std::fs::read_dir(folder) else { return };
        let mut folders: Vec<PathBuf> = entries.flatten().map(|entry| entry.path()).collect();
        folders.sort();
        for folder in folders.into_iter().filter(|path| path.is_dir()) {
            let name = folder.file_name().unwrap_or_default();
            if name != "node_modules" && !name.to_string_lossy().starts_with('.') {
                self.search(&folder, patterns);
            }
        }
    }

    /// What a package is called where it has no name: its folder below the root.
    pub(crate) fn label(&self, package: &Package) -> String {
        if !package.name.is_empty() {
            return package.name.clone();
        }
        let folder = package.directory.strip_prefix(&self.root);
        folder.unwrap_or(&package.directory).to_string_lossy().into_owned()
    }
}

/// Filters: names of packages, or paths where they begin with a dot. Either may be a glob.
pub(crate) struct Filters {
    names: Vec<String>,
    paths: Vec<String>,
    all: bool,
}

impl Filters {
    pub(crate) fn new(filters: &[String], directory: &Path) -> Self {
        let mut made = Self { names: Vec::new(), paths: Vec::new(), all: false };
        for filter in filters {
            match filter.as_str() {
                "*" | "**" => made.all = true,
                path if path.starts_with('.') => made.paths.push(absolute(directory, path)),
                name => made.names.push(name.to_owned()),
            }
        }
        made
    }

    /// Whether a package is meant. All packages are those with a name.
    pub(crate) fn matches(&self, package: &Package) -> bool {
        if self.all && !package.name.is_empty() {
            return true;
        }
        let path = package.directory.to_string_lossy();
        self.names.iter().any(|pattern| glob_matches(pattern, &package.name))
            || self.paths.iter().any(|pattern| glob_matches(pattern, &path))
    }
}

/// The path without `.` and `..`, whatever globs it holds.
fn absolute(directory: &Path, path: &str) -> String {
    let mut parts: Vec<&str> = Vec::new();
    let directory = directory.to_string_lossy();
    for part in directory.split('/').chain(path.split('/')) {
        match part {
            "" | "." => {}
            ".." => drop(parts.pop()),
            other => parts.push(other),
        }
    }
    format!("/{}", parts.join("/"))
}

#[cfg(test)]
mod tests {
    use std::path::{Path, PathBuf};

    use super::{Filters, Package, absolute};

    #[test]
    fn names_and_paths_are_told_apart_by_the_dot() {
        let package = |name: &str, path: &str| Package {
            name: name.to_owned(),
            directory: PathBuf::from(path),
            ..Package::default()
        };
        let filters = |list: &[&str]| {
            let list: Vec<String> = list.iter().map(|item| (*item).to_owned()).collect();
            Filters::new(&list, Path::new("/w/app"))
        };
        assert!(filters(&["pkg*"]).matches(&package("pkga", "/w/packages/a")));
        assert!(filters(&["../packages/*"]).matches(&package("", "/w/packages/a")));
        assert!(!filters(&["*"]).matches(&package("", "/w/packages/a")));
        assert!(!filters(&["./**"]).matches(&package("x", "/w/packages/a")));
        assert_eq!(absolute(Path::new("/a/b"), "./../c/*"), "/a/c/*");
    }
}
