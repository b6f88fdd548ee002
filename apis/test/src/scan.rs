//! Finds test files, as Bun does: breadth first, hidden folders and node_modules left out.

use std::{
    collections::VecDeque,
    path::{Component, Path, PathBuf},
};

use crate::glob;

const SUFFIXES: [&str; 4] = [".test", "_test", ".spec", "_spec"];
const EXTENSIONS: [&str; 8] = ["js", "jsx", "ts", "tsx", "mjs", "cjs", "mts", "cts"];

/// What was found.
#[derive(Debug, Default)]
pub(crate) struct Found {
    /// Absolute paths, in the order they were met.
    pub files: Vec<PathBuf>,
    /// Folders and files that were looked at.
    pub searched: usize,
    /// A path that was asked for and is not there.
    pub missing: Option<String>,
}

/// Where to look and what for.
#[derive(Debug)]
pub(crate) struct Search<'a> {
    /// The working directory, absolute.
    pub directory: &'a Path,
    /// The folder to search where patterns are filters.
    pub root: &'a Path,
    /// Filters, or paths.
    pub patterns: &'a [String],
    /// Globs of paths to leave out.
    pub ignored: &'a [String],
}

impl Search<'_> {
    /// Searches.
    #[must_use]
    pub(crate) fn run(&self) -> Found {
        let mut found = Found::default();
        if self.patterns.iter().any(|pattern| is_path(pattern)) {
            for pattern in self.patterns {
                let path = normal(&self.directory.join(pattern));
                if !self.scan(&path, &[], true, &mut found) && self.patterns.len() == 1 {
                    found.missing = Some(pattern.clone());
                }
            }
        } else if !self.scan(self.root, self.patterns, false, &mut found) {
            found.missing = Some(self.root.display().to_string());
        }
        found
    }

    /// Answers whether there is something at `start`.
    fn scan(&self, start: &Path, filters: &[String], named: bool, found: &mut Found) -> bool {
        let Ok(status) = std::fs::metadata(start) else { return false };
        if !status.is_dir() {
            if named && has_script_extension(start) && !self.is_ignored(start) {
                add(start.to_path_buf(), found);
            }
            return true;
        }
        let mut folders = VecDeque::from([start.to_path_buf()]);
        while let Some(folder) = folders.pop_front() {
            for (path, is_folder) in entries(&folder) {
                let name = path.file_name().unwrap_or_default().to_string_lossy();
                if is_folder {
                    if name.starts_with('.') || name == "node_modules" || self.is_ignored(&path) {
                        continue;
                    }
                    found.searched += 1;
                    folders.push_back(path);
                } else {
                    found.searched += 1;
                    if is_test_name(&name) && self.passes(&path, filters) && !self.is_ignored(&path)
                    {
                        add(path, found);
                    }
                }
            }
        }
        true
    }

    fn passes(&self, path: &Path, filters: &[String]) -> bool {
        let relative = self.relative(path);
        let absolute = path.to_string_lossy();
        filters.is_empty()
            || filters.iter().any(|filter| {
                absolute.starts_with(filter.as_str()) || relative.contains(filter.as_str())
            })
    }

    fn relative(&self, path: &Path) -> String {
        path.strip_prefix(self.directory).unwrap_or(path).to_string_lossy().into_owned()
    }

    fn is_ignored(&self, path: &Path) -> bool {
        if self.ignored.is_empty() {
            return false;
        }
        let relative = self.relative(path);
        self.ignored.iter().any(|pattern| {
            glob::matches(pattern, &relative)
                || pattern.contains("**") && glob::matches(pattern, &format!("{relative}/"))
        })
    }
}

fn add(path: PathBuf, found: &mut Found) {
    if !found.files.contains(&path) {
        found.files.push(path);
    }
}

/// The entries of a folder by name, and whether each is a folder.
fn entries(folder: &Path) -> Vec<(PathBuf, bool)> {
    let Ok(listed) = std::fs::read_dir(folder) else { return Vec::new() };
    let mut found: Vec<(PathBuf, bool)> = listed
        .filter_map(|entry| {
            let path = entry.ok()?.path();
            let is_folder = path.is_dir();
            Some((path, is_folder))
        })
        .collect();
    found.sort();
    found
}

fn is_path(pattern: &str) -> bool {
    pattern.starts_with('/') || pattern.starts_with("./") || pattern.starts_with("../")
}

fn has_script_extension(path: &Path) -> bool {
    path.extension().is_some_and(|extension| EXTENSIONS.iter().any(|known| extension == *known))
}

fn is_test_name(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    let Some((stem, extension)) = name.rsplit_once('.') else { return false };
    EXTENSIONS.contains(&extension) && SUFFIXES.iter().any(|suffix| stem.ends_with(suffix))
}

/// The path without `.` and `..`.
fn normal(path: &Path) -> PathBuf {
    let mut made = PathBuf::new();
    for part in path.components() {
        match part {
            Component::CurDir => {}
            Component::ParentDir => {
                made.pop();
            }
            other => made.push(other),
        }
    }
    made
}

#[cfg(test)]
mod tests {
    use super::{is_path, is_test_name, normal};
    use std::path::Path;

    #[test]
    fn names_of_tests_are_known() {
        for name in ["a.test.ts", "a_test.js", "a.spec.tsx", "A_SPEC.mjs", ".test.cts"] {
            assert!(is_test_name(name), "{name}");
        }
        for name in ["test.ts", "a.test.json", "a.tests.ts", "a.test"] {
            assert!(!is_test_name(name), "{name}");
        }
    }

    #[test]
    fn paths_are_told_from_filters() {
        assert!(is_path("./a") && is_path("../a") && is_path("/a"));
        assert!(!is_path("a/b"));
        assert_eq!(normal(Path::new("/a/./b/../c")), Path::new("/a/c"));
    }
}
