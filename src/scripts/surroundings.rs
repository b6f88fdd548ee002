//! The environment of a script: `npm_*` variables and a PATH with the packages' own programs.
//!
//! Where the machine has no `node`, or it is asked for, a folder with `node` and `bun` that are
//! this runtime stands before everything else. Its names are links to the executable.

use std::{
    ffi::OsString,
    os::unix::fs::{MetadataExt as _, PermissionsExt as _, symlink},
    path::{Path, PathBuf},
};

use super::package::Package;

const USER_AGENT: &str = "bun/1.4.5 npm/? node/v26.3.0 linux x64";

/// What scripts of one package see.
pub(crate) struct Surroundings {
    /// PATH.
    pub(crate) path: OsString,
    /// Variables beside it.
    pub(crate) variables: Vec<(String, OsString)>,
}

impl Surroundings {
    /// Of scripts that run in `directory`, which may lie below the package's own; `forced` makes
    /// `node` this runtime in any case.
    pub(crate) fn new(directory: &Path, package: Option<&Package>, forced: bool) -> Self {
        let old = std::env::var_os("PATH").unwrap_or_default();
        let node = find(&old, directory, "node");
        let own = std::env::current_exe().unwrap_or_default();
        let mut folders = Vec::new();
        let mut variables = vec![("npm_command".to_owned(), "run-script".into())];
        let mut put = |name: &str, value: OsString| {
            if std::env::var_os(name).is_none() {
                variables.push((name.to_owned(), value));
            }
        };
        put("npm_config_local_prefix", directory.into());
        put("npm_config_user_agent", USER_AGENT.into());
        put("npm_execpath", own.clone().into());
        if let Some(node) = node.as_ref().filter(|_| !forced) {
            put("NODE", node.into());
            put("npm_node_execpath", node.into());
        } else if let Some(folder) = own_programs(&own) {
            folders.push(folder);
        }
        if let Some(package) = package {
            put("npm_package_json", package.directory.join("package.json").into());
            for (name, value) in
                [("npm_package_name", &package.name), ("npm_package_version", &package.version)]
            {
                if !value.is_empty() {
                    put(name, value.into());
                }
            }
            for (name, value) in &package.config {
                variables.push((format!("npm_package_config_{name}"), value.into()));
            }
            folders.push(package.directory.clone());
        }
        folders.extend(directory.ancestors().map(|folder| folder.join("node_modules/.bin")));
        folders.extend(std::env::split_paths(&old));
        if node.is_some() && find(&old, directory, "bun").is_none() {
            folders.extend(own_programs(&own));
        }
        let path = std::env::join_paths(folders).unwrap_or(old);
        Self { path, variables }
    }

    /// The file that a command's name stands for: in the packages' own folders, and with
    /// `anywhere` in those of the system too.
    pub(crate) fn program(&self, name: &str, directory: &Path, anywhere: bool) -> Option<PathBuf> {
        let own = std::env::split_paths(&self.path)
            .filter(|folder| anywhere || folder.ends_with("node_modules/.bin"));
        find(&std::env::join_paths(own).ok()?, directory, name)
    }
}

/// The shell that runs scripts.
pub(crate) fn shell() -> PathBuf {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let known = ["bash", "sh", "zsh"].iter().find_map(|name| find(&path, Path::new("/"), name));
    known.unwrap_or_else(|| PathBuf::from("/bin/sh"))
}

/// The first file of this name on a path that may be executed.
fn find(path: &OsString, directory: &Path, name: &str) -> Option<PathBuf> {
    let candidates = std::env::split_paths(path).map(|folder| directory.join(folder).join(name));
    candidates.into_iter().find(|file| {
        let status = std::fs::metadata(file);
        status.is_ok_and(|it| it.is_file() && it.permissions().mode() & 0o111 != 0)
    })
}

/// A folder in which `node` and `bun` are this runtime.
fn own_programs(executable: &Path) -> Option<PathBuf> {
    let user = rustix::process::getuid().as_raw();
    let folder = std::env::temp_dir().join(format!("dx-node-{user}"));
    std::fs::create_dir_all(&folder).ok()?;
    if std::fs::metadata(&folder).ok()?.uid() != user {
        return None;
    }
    for name in ["node", "bun"] {
        let link = folder.join(name);
        if std::fs::read_link(&link).ok().as_deref() != Some(executable) {
            let _absent = std::fs::remove_file(&link);
            // Another process may have made it meanwhile: then it is there.
            let _raced = symlink(executable, &link);
        }
    }
    Some(folder)
}
