//! The walk of Bun.Glob's scans: folders are read only where the pattern can still match.
//!
//! The pattern is taken apart at its slashes; a folder is visited with the set of components
//! that its entries may match, so that `**` never visits a folder twice.

use rustix::{
    fs::{AtFlags, CWD, Dir, FileType, Mode, OFlags, openat, statat},
    io::Errno,
};

/// Folders inside each other at most.
const DEPTH_MAX: usize = 512;

pub(super) struct Scan {
    pub(super) pattern: String,
    pub(super) cwd: String,
    pub(super) dot: bool,
    pub(super) absolute: bool,
    pub(super) follow_links: bool,
    pub(super) refuse_broken_links: bool,
    pub(super) only_files: bool,
}

/// What ended a scan, and where.
pub(super) struct Failure {
    pub(super) error: Errno,
    pub(super) path: String,
}

enum Component {
    /// `**`
    Any,
    /// A name without special characters.
    Name(String),
    Pattern(String),
}

/// A pattern taken apart.
struct Plan {
    /// What every result begins with: `/`, `../`, `a/b/` or nothing.
    prefix: String,
    components: Vec<Component>,
    /// The pattern ends in a slash: folders only.
    only_folders: bool,
}

impl Plan {
    fn of(pattern: &str) -> Self {
        let mut prefix = String::new();
        if pattern.starts_with('/') {
            prefix.push('/');
        }
        let parts: Vec<&str> = pattern.split('/').filter(|part| !part.is_empty()).collect();
        let mut components = Vec::new();
        for (index, part) in parts.iter().enumerate() {
            let is_last = index + 1 == parts.len();
            let is_plain = !part.contains(['*', '?', '[', ']', '{', '}', '\\', '!']);
            if components.is_empty() && is_plain && !is_last {
                prefix.push_str(part);
                prefix.push('/');
            } else if *part == "**" {
                if !matches!(components.last(), Some(Component::Any)) {
                    components.push(Component::Any);
                }
            } else if is_plain {
                components.push(Component::Name((*part).to_owned()));
            } else {
                components.push(Component::Pattern((*part).to_owned()));
            }
        }
        Self { prefix, components, only_folders: pattern.ends_with('/') }
    }

    /// The components that can be matched where `index` can: `**` stands for nothing too.
    fn with_skips(&self, index: usize, set: &mut Vec<usize>) {
        if !set.contains(&index) {
            set.push(index);
        }
        if matches!(self.components.get(index), Some(Component::Any)) {
            self.with_skips(index + 1, set);
        }
    }
}

struct Walk<'a> {
    scan: &'a Scan,
    plan: Plan,
    found: Vec<String>,
}

impl Scan {
    pub(super) fn run(&self) -> Result<Vec<String>, Failure> {
        let plan = Plan::of(&self.pattern);
        let mut first = Vec::new();
        plan.with_skips(0, &mut first);
        let prefix = plan.prefix.clone();
        if !prefix.starts_with('/') {
            open(&self.cwd).map_err(|error| Failure { error, path: self.cwd.clone() })?;
        }
        let mut walk = Walk { scan: self, plan, found: Vec::new() };
        if walk.plan.components.is_empty() {
            return Ok(walk.found);
        }
        walk.folder(&prefix, &first, 0)?;
        Ok(walk.found)
    }

    /// Where a path of the results lies.
    fn place(&self, path: &str) -> String {
        match path {
            "" => self.cwd.clone(),
            path if path.starts_with('/') => path.to_owned(),
            path if self.cwd.ends_with('/') => format!("{}{path}", self.cwd),
            path => format!("{}/{path}", self.cwd),
        }
    }
}

fn open(path: &str) -> Result<rustix::fd::OwnedFd, Errno> {
    let flags = OFlags::RDONLY | OFlags::DIRECTORY | OFlags::CLOEXEC;
    openat(CWD, path, flags, Mode::empty())
}

impl Walk<'_> {
    /// Visits one folder, `path` being empty or ending in a slash.
    fn folder(&mut self, path: &str, active: &[usize], depth: usize) -> Result<(), Failure> {
        let place = self.scan.place(path);
        let Ok(descriptor) = open(&place) else { return Ok(()) };
        let Ok(folder) = Dir::new(descriptor) else { return Ok(()) };
        for entry in folder.flatten() {
            let Ok(name) = entry.file_name().to_str() else { continue };
            if name == "." || name == ".." {
                continue;
            }
            self.entry(path, name, entry.file_type(), active, depth)?;
        }
        Ok(())
    }

    fn entry(
        &mut self,
        path: &str,
        name: &str,
        kind: FileType,
        active: &[usize],
        depth: usize,
    ) -> Result<(), Failure> {
        let (mut next, mut is_result, mut is_named) = (Vec::new(), false, false);
        for &index in active {
            let is_last = index + 1 == self.plan.components.len();
            match self.plan.components.get(index) {
                Some(Component::Any) if self.scan.dot || !name.starts_with('.') => {
                    self.plan.with_skips(index, &mut next);
                    is_result |= is_last;
                }
                Some(component) if self.matches(component, name) => {
                    is_named |= matches!(component, Component::Name(_));
                    is_result |= is_last;
                    if !is_last {
                        self.plan.with_skips(index + 1, &mut next);
                    }
                }
                _ => {}
            }
        }
        if !is_result && next.is_empty() {
            return Ok(());
        }
        let full = format!("{path}{name}");
        let kind = self.kind_of(&full, kind, is_named && !next.is_empty())?;
        let is_folder = kind == FileType::Directory;
        let is_wanted = if self.scan.only_files {
            kind == FileType::RegularFile || !is_folder && kind != FileType::Symlink
        } else {
            true
        };
        if is_result && is_wanted && (is_folder || !self.plan.only_folders) {
            let shown = if self.scan.absolute { self.scan.place(&full) } else { full.clone() };
            self.found.push(shown);
        }
        if is_folder && !next.is_empty() && depth < DEPTH_MAX {
            self.folder(&format!("{full}/"), &next, depth + 1)?;
        }
        Ok(())
    }

    fn matches(&self, component: &Component, name: &str) -> bool {
        match component {
            Component::Any => false,
            Component::Name(own) => own == name,
            Component::Pattern(pattern) => {
                let shows = self.scan.dot || !name.starts_with('.') || pattern.starts_with('.');
                shows && super::matches_text(pattern, name)
            }
        }
    }

    /// The kind of an entry: of what a link leads to, where links are followed.
    fn kind_of(&self, path: &str, kind: FileType, is_named: bool) -> Result<FileType, Failure> {
        let follows = self.scan.follow_links || is_named;
        if kind != FileType::Unknown && (kind != FileType::Symlink || !follows) {
            return Ok(kind);
        }
        let flags = if follows { AtFlags::empty() } else { AtFlags::SYMLINK_NOFOLLOW };
        match statat(CWD, self.scan.place(path), flags) {
            Ok(status) => Ok(FileType::from_raw_mode(status.st_mode)),
            Err(error) if self.scan.refuse_broken_links => {
                Err(Failure { error, path: path.to_owned() })
            }
            Err(_) => Ok(FileType::Symlink),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn scanned(pattern: &str, cwd: &std::path::Path, only_files: bool) -> Vec<String> {
        let scan = Scan {
            pattern: pattern.to_owned(),
            cwd: cwd.to_string_lossy().into_owned(),
            dot: false,
            absolute: false,
            follow_links: false,
            refuse_broken_links: false,
            only_files,
        };
        let mut found = scan.run().unwrap_or_else(|failure| panic!("{}", failure.error));
        found.sort();
        found
    }

    #[test]
    fn every_kind_of_component_finds_its_files() {
        let root = std::env::temp_dir().join(format!("dx-glob-{}", std::process::id()));
        std::fs::create_dir_all(root.join("a/b/.hidden")).expect("a folder");
        for file in ["x.ts", "a/y.ts", "a/b/z.ts", "a/b/.hidden/h.ts", ".dot.ts"] {
            std::fs::write(root.join(file), "").expect("a file");
        }
        let cases: [(&str, bool, &[&str]); 7] = [
            ("**/*.ts", true, &["a/b/z.ts", "a/y.ts", "x.ts"]),
            ("*", false, &["a", "x.ts"]),
            ("./*.ts", true, &["./x.ts"]),
            ("a/../*.ts", true, &["a/../x.ts"]),
            ("**/.hidden/*", true, &["a/b/.hidden/h.ts"]),
            ("a/*/", false, &["a/b"]),
            ("**/b/**", true, &["a/b/z.ts"]),
        ];
        for (pattern, only_files, expected) in cases {
            assert_eq!(scanned(pattern, &root, only_files), expected, "{pattern}");
        }
        std::fs::remove_dir_all(&root).expect("removable");
    }
}
