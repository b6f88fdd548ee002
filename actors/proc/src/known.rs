//! Programs that have become what they were to be a moment ago, so that starting them again does
//! not have to be waited for.
//!
//! What can go wrong between a clone and the program's first instruction is nearly all a matter
//! of its file, of the folder and of the size of its words. Where all of that is as it was when a
//! start was last seen to succeed, the next one is taken to succeed too; should it not, the
//! child's end tells.

use std::{
    cell::RefCell,
    ffi::CString,
    time::{Duration, Instant},
};

use dx_sys::process::Program;
use rustix::fs::stat;

/// For how long a success counts.
const COUNTS_FOR: Duration = Duration::from_millis(100);
/// How many programs are remembered.
const PROGRAMS_MAX: usize = 8;
/// What words and variables may take together, in bytes: every kernel has room for twice that.
const SIZE_MAX: usize = 64 * 1024;

/// What a path names: device, inode, mode, length, and when it was last changed.
type Identity = [u64; 6];

struct Seen {
    path: CString,
    directory: Option<CString>,
    identity: [Identity; 2],
    at: Instant,
}

/// The programs that an isolate has started lately.
#[derive(Default)]
pub struct Known(RefCell<Vec<Seen>>);

/// What is known of one program.
pub(crate) enum Knowledge {
    /// It has just been started just so.
    Certain,
    /// It is to be remembered once it has been.
    Uncertain([Identity; 2]),
    /// Its start depends on more than is looked at here.
    Incomparable,
}

fn identity(path: &CString) -> Option<Identity> {
    let status = stat(path.as_c_str()).ok()?;
    Some([
        status.st_dev,
        status.st_ino,
        u64::from(status.st_mode),
        status.st_size as u64,
        status.st_ctime as u64,
        status.st_ctime_nsec as u64,
    ])
}

fn is_absolute(path: &CString) -> bool {
    path.as_bytes().starts_with(b"/")
}

/// Whether nothing but file, folder, words and descriptors decides about the start.
fn is_plain(program: &Program) -> bool {
    let size = program.arguments.size() + program.environment.size();
    let is_own = program.user.is_none() && program.group.is_none();
    let is_free = program.control_group.is_none() && !program.takes_terminal;
    let is_placed = is_absolute(&program.path) && program.directory.iter().all(is_absolute);
    is_own && is_free && is_placed && size <= SIZE_MAX
}

impl Known {
    pub(crate) fn look_up(&self, program: &Program) -> Knowledge {
        if !is_plain(program) {
            return Knowledge::Incomparable;
        }
        let folder = program.directory.as_ref().map_or(Some(Identity::default()), identity);
        let (Some(file), Some(folder)) = (identity(&program.path), folder) else {
            return Knowledge::Incomparable;
        };
        let identity = [file, folder];
        let seen = self.0.borrow();
        let is_seen = seen.iter().any(|seen| {
            seen.identity == identity
                && seen.at.elapsed() < COUNTS_FOR
                && seen.path == program.path
                && seen.directory == program.directory
        });
        if is_seen { Knowledge::Certain } else { Knowledge::Uncertain(identity) }
    }

    pub(crate) fn remember(&self, path: CString, directory: Option<CString>, at: [Identity; 2]) {
        let mut seen = self.0.borrow_mut();
        seen.retain(|seen| seen.path != path || seen.directory != directory);
        if seen.len() == PROGRAMS_MAX {
            seen.remove(0);
        }
        seen.push(Seen { path, directory, identity: at, at: Instant::now() });
    }
}
