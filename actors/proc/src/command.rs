//! What to start, and starting it.

use std::{
    ffi::CString,
    io,
    os::fd::{AsRawFd, OwnedFd, RawFd},
    sync::OnceLock,
};

use dx_sys::process::{CLOSED, Program, StartError, Started, Step, start};
use rustix::fs::{Mode, OFlags, open};

use crate::{Child, Pair, pipe, socket_pair};

/// What becomes of one of the child's descriptors.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Stdio {
    /// Nothing is there: reads end at once, writes vanish.
    Null,
    /// A descriptor of the parent's, which stays the parent's.
    Inherit(RawFd),
    /// A pipe the child reads from.
    PipeIn,
    /// A pipe the child writes to.
    PipeOut,
    /// A socket for both directions.
    Socket,
}

/// A program and the surroundings it is to run in.
#[derive(Clone, Debug, Default)]
pub struct Command {
    /// The executable's path.
    pub path: CString,
    /// `argv`, the name first.
    pub arguments: Vec<CString>,
    /// `NAME=value` each.
    pub environment: Vec<CString>,
    /// The working directory, if not the parent's.
    pub directory: Option<CString>,
    /// What the child has under each number.
    pub descriptors: Vec<Stdio>,
    /// Become the leader of a new session.
    pub new_session: bool,
    /// Take standard input for the controlling terminal.
    pub takes_terminal: bool,
    /// The user to become.
    pub user: Option<u32>,
    /// The group to become.
    pub group: Option<u32>,
    /// `cgroup.procs` of the control group to join, open for writing.
    pub control_group: Option<RawFd>,
}

/// `/dev/null`, opened once for all children.
fn null_device() -> io::Result<RawFd> {
    static NULL: OnceLock<OwnedFd> = OnceLock::new();
    if let Some(null) = NULL.get() {
        return Ok(null.as_raw_fd());
    }
    let opened = open("/dev/null", OFlags::RDWR | OFlags::CLOEXEC, Mode::empty())?;
    Ok(NULL.get_or_init(|| opened).as_raw_fd())
}

fn pair_for(stdio: Stdio) -> io::Result<Option<Pair>> {
    match stdio {
        Stdio::Null | Stdio::Inherit(_) => Ok(None),
        Stdio::PipeIn => pipe(true).map(Some),
        Stdio::PipeOut => pipe(false).map(Some),
        Stdio::Socket => socket_pair().map(Some),
    }
}

fn setup(error: io::Error) -> StartError {
    StartError { error, step: Step::Setup }
}

impl Command {
    /// Starts the child. With it come the parent's ends of its pipes and sockets, by number.
    ///
    /// # Errors
    /// Why it did not start; nothing is left open then.
    pub fn start(&self) -> Result<(Child, Vec<Option<OwnedFd>>), StartError> {
        let mut parents = Vec::with_capacity(self.descriptors.len());
        let mut children = Vec::new();
        let mut numbers = Vec::with_capacity(self.descriptors.len());
        for stdio in &self.descriptors {
            let pair = pair_for(*stdio).map_err(setup)?;
            numbers.push(match (&pair, stdio) {
                (Some(pair), _) => pair.child.as_raw_fd(),
                (None, Stdio::Inherit(number)) if *number >= 0 => *number,
                (None, Stdio::Inherit(_)) => CLOSED,
                (None, _) => null_device().map_err(setup)?,
            });
            let (parent, child) = pair.map(|pair| (pair.parent, pair.child)).unzip();
            parents.push(parent);
            children.extend(child);
        }
        let Started { pid, pidfd } = start(&self.program(&numbers))?;
        Ok((Child::new(pid, pidfd), parents))
    }

    fn program<'a>(&'a self, descriptors: &'a [RawFd]) -> Program<'a> {
        Program {
            path: &self.path,
            arguments: &self.arguments,
            environment: &self.environment,
            directory: self.directory.as_deref(),
            descriptors,
            new_session: self.new_session,
            takes_terminal: self.takes_terminal,
            user: self.user,
            group: self.group,
            control_group: self.control_group,
        }
    }
}
