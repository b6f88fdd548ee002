//! What to start, and starting it.

use std::{
    ffi::CString,
    io,
    os::fd::{AsRawFd, OwnedFd, RawFd},
    rc::Rc,
    sync::OnceLock,
};

use dx_sys::process::{CLOSED, Program, StartError, Step, Strings, begin};
use rustix::fs::{Mode, OFlags, open};

use crate::{Child, Known, Pair, known::Knowledge, pipe, socket_pair};

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
    pub arguments: Rc<Strings>,
    /// `NAME=value` each.
    pub environment: Rc<Strings>,
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

/// The parent's ends of a child's pipes and sockets, by number.
pub type Ends = Vec<Option<OwnedFd>>;

/// The files of a child about to be started.
struct Files {
    parents: Ends,
    /// The child's ends, to be closed once it has copies of them.
    children: Vec<OwnedFd>,
    numbers: Vec<RawFd>,
}

impl Files {
    fn open(descriptors: &[Stdio]) -> io::Result<Self> {
        let mut files = Self {
            parents: Vec::with_capacity(descriptors.len()),
            children: Vec::new(),
            numbers: Vec::with_capacity(descriptors.len()),
        };
        for stdio in descriptors {
            let pair = pair_for(*stdio)?;
            files.numbers.push(match (&pair, stdio) {
                (Some(pair), _) => pair.child.as_raw_fd(),
                (None, Stdio::Inherit(number)) if *number >= 0 => *number,
                (None, Stdio::Inherit(_)) => CLOSED,
                (None, _) => null_device()?,
            });
            let (parent, child) = pair.map(|pair| (pair.parent, pair.child)).unzip();
            files.parents.push(parent);
            files.children.extend(child);
        }
        Ok(files)
    }
}

impl Command {
    /// Starts the child and waits until it has become its program.
    ///
    /// # Errors
    /// Why it did not start; nothing is left open then.
    pub fn start(&self) -> Result<(Child, Ends), StartError> {
        let files = Files::open(&self.descriptors).map_err(setup)?;
        let (started, starting) = begin(self.program(files.numbers))?;
        starting.finish()?;
        Ok((Child::new(started, None), files.parents))
    }

    /// As [`Command::start`]; a program that has just been started so is not waited for. Should
    /// it fail after all, [`Child::failure`] tells.
    ///
    /// # Errors
    /// As [`Command::start`].
    pub fn start_known(&self, known: &Known) -> Result<(Child, Ends), StartError> {
        let files = Files::open(&self.descriptors).map_err(setup)?;
        let program = self.program(files.numbers);
        let knowledge = known.look_up(&program);
        let is_certain = matches!(knowledge, Knowledge::Certain) && self.inherits_open_files();
        let (started, starting) = begin(program)?;
        if is_certain {
            return Ok((Child::new(started, Some(starting)), files.parents));
        }
        starting.finish()?;
        if let Knowledge::Uncertain(identity) = knowledge {
            known.remember(self.path.clone(), self.directory.clone(), identity);
        }
        Ok((Child::new(started, None), files.parents))
    }

    fn inherits_open_files(&self) -> bool {
        self.descriptors.iter().all(|stdio| match stdio {
            Stdio::Inherit(number) => *number < 0 || dx_sys::descriptor::is_open(*number),
            _ => true,
        })
    }

    fn program(&self, descriptors: Vec<RawFd>) -> Program {
        Program {
            path: self.path.clone(),
            arguments: Rc::clone(&self.arguments),
            environment: Rc::clone(&self.environment),
            directory: self.directory.clone(),
            descriptors,
            new_session: self.new_session,
            takes_terminal: self.takes_terminal,
            user: self.user,
            group: self.group,
            control_group: self.control_group,
        }
    }
}
