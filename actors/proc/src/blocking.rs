//! A child run to its end in one call that blocks: the synchronous forms.
//!
//! What the child writes is collected, what it is to read is written, until its pipes and its
//! life have ended, a limit has been passed, or the time is up; then it is killed and what is
//! left in its pipes is taken.

use std::{
    io,
    os::fd::{AsFd, AsRawFd, OwnedFd},
    time::{Duration, Instant},
};

use dx_sys::process::{Ended, StartError};
use rustix::{
    buffer::spare_capacity,
    event::{PollFd, PollFlags, Timespec, poll},
};

use crate::{Child, Command};

const READ_BYTES: usize = 64 * 1024;

/// What ends a child early.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// How long it may run.
    pub time: Option<Duration>,
    /// How much it may write to one descriptor, in bytes.
    pub output_bytes: Option<usize>,
    /// What it is killed with.
    pub signal: i32,
}

/// How a child ended, and what it has written.
#[derive(Debug)]
pub struct Outcome {
    /// Its number.
    pub pid: i32,
    /// How it ended.
    pub ended: Ended,
    /// What came through each descriptor that was a pipe or socket.
    pub output: Vec<Option<Vec<u8>>>,
    /// Whether the time was up.
    pub timed_out: bool,
    /// The first descriptor through which too much came.
    pub overflowed: Option<usize>,
}

/// One of the parent's ends.
struct Channel {
    end: Option<OwnedFd>,
    /// What is still to be written, from the second on.
    input: Vec<u8>,
    written: usize,
    output: Option<Vec<u8>>,
}

struct Run {
    child: Child,
    channels: Vec<Channel>,
    limits: Limits,
    deadline: Option<Instant>,
    ended: Option<Ended>,
    timed_out: bool,
    overflowed: Option<usize>,
}

/// Starts a child, writes `inputs` (by descriptor) to it and waits for its end.
///
/// # Errors
/// Why it did not start. What goes wrong with its pipes ends them.
pub fn run_to_end(
    command: &Command,
    mut inputs: Vec<Option<Vec<u8>>>,
    limits: Limits,
) -> Result<Outcome, StartError> {
    let (child, ends) = command.start()?;
    inputs.resize_with(ends.len(), || None);
    let pipes_in = command.descriptors.iter().map(|stdio| *stdio == crate::Stdio::PipeIn);
    let channels = ends.into_iter().zip(inputs).zip(pipes_in);
    let channels = channels.map(|((end, input), is_input)| Channel {
        output: (end.is_some() && !is_input).then(Vec::new),
        // Nothing to write: the child is at the end of its input from the start.
        end: end.filter(|_| !is_input || input.as_ref().is_some_and(|input| !input.is_empty())),
        input: input.unwrap_or_default(),
        written: 0,
    });
    let run = Run {
        child,
        channels: channels.collect(),
        limits,
        deadline: limits.time.and_then(|time| Instant::now().checked_add(time)),
        ended: None,
        timed_out: false,
        overflowed: None,
    };
    Ok(run.finish())
}

impl Run {
    fn finish(mut self) -> Outcome {
        while self.ended.is_none() || self.channels.iter().any(|channel| channel.end.is_some()) {
            if self.wait().is_err() {
                break;
            }
            if self.ended.is_some() && (self.timed_out || self.overflowed.is_some()) {
                // Whoever else holds the pipes is not waited for.
                break;
            }
        }
        let ended = match self.ended {
            Some(ended) => ended,
            None => self.child.try_wait(true).ok().flatten().unwrap_or_default(),
        };
        Outcome {
            pid: self.child.pid(),
            ended,
            output: self.channels.into_iter().map(|channel| channel.output).collect(),
            timed_out: self.timed_out,
            overflowed: self.overflowed,
        }
    }

    /// Waits for something to happen, and handles all that has.
    fn wait(&mut self) -> io::Result<()> {
        let ready = self.poll()?;
        let mut ready = ready.into_iter();
        let mut next = || ready.next().unwrap_or(PollFlags::empty());
        let exited = self.ended.is_none() && !next().is_empty();
        for index in 0..self.channels.len() {
            let flags = match self.channels[index].end {
                Some(_) => next(),
                None => continue,
            };
            if !flags.is_empty() {
                self.serve(index, flags);
            }
        }
        if exited {
            self.ended = self.child.try_wait(false)?;
        }
        let is_late = self.deadline.is_some_and(|deadline| Instant::now() >= deadline);
        if is_late && !self.timed_out {
            self.timed_out = true;
            self.kill();
        }
        Ok(())
    }

    /// What is ready: the child's end (while it runs), then each open channel.
    fn poll(&self) -> io::Result<Vec<PollFlags>> {
        let mut polled = Vec::with_capacity(self.channels.len() + 1);
        if self.ended.is_none() {
            polled.push(PollFd::new(self.child.pidfd(), PollFlags::IN));
        }
        for channel in &self.channels {
            let Some(end) = &channel.end else { continue };
            let mut wanted = PollFlags::empty();
            wanted.set(PollFlags::IN, channel.output.is_some());
            wanted.set(PollFlags::OUT, channel.written < channel.input.len());
            polled.push(PollFd::from_borrowed_fd(end.as_fd(), wanted));
        }
        let left = self.deadline.filter(|_| !self.timed_out);
        let left = left.map(|deadline| deadline.saturating_duration_since(Instant::now()));
        let left = left.map(|left| Timespec {
            tv_sec: i64::try_from(left.as_secs()).unwrap_or(i64::MAX),
            tv_nsec: i64::from(left.subsec_nanos()),
        });
        match poll(&mut polled, left.as_ref()) {
            Ok(_) => Ok(polled.iter().map(PollFd::revents).collect()),
            Err(rustix::io::Errno::INTR) => Ok(vec![PollFlags::empty(); polled.len()]),
            Err(error) => Err(error.into()),
        }
    }

    fn serve(&mut self, index: usize, flags: PollFlags) {
        let channel = &mut self.channels[index];
        let is_readable = flags.intersects(PollFlags::IN | PollFlags::HUP | PollFlags::ERR);
        let goes_on = channel.write() && (!is_readable || channel.read());
        if !goes_on {
            channel.end = None;
        }
        let too_much = match (&channel.output, self.limits.output_bytes) {
            (Some(output), Some(limit)) => output.len() > limit,
            _ => false,
        };
        if too_much && self.overflowed.is_none() {
            self.overflowed = Some(index);
            self.kill();
        }
    }

    fn kill(&self) {
        if self.ended.is_none() {
            // A child that has just ended needs no killing.
            let _ = dx_sys::signal::send(self.child.pid(), self.limits.signal);
        }
    }
}

impl Channel {
    /// Writes what fits; whether the channel stays open.
    fn write(&mut self) -> bool {
        let Some(end) = &self.end else { return false };
        if self.written == self.input.len() {
            return true;
        }
        let rest = &self.input[self.written..];
        match dx_sys::file::write_without_waiting(end.as_raw_fd(), rest) {
            Ok(count) => self.written += count,
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => {}
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(_) => return false,
        }
        self.written < self.input.len() || self.output.is_some()
    }

    /// Reads what has come; whether the channel stays open.
    fn read(&mut self) -> bool {
        let (Some(end), Some(output)) = (&self.end, &mut self.output) else { return true };
        output.reserve(READ_BYTES);
        match rustix::io::read(end, spare_capacity(output)) {
            Ok(count) => count > 0,
            Err(error) => matches!(error, rustix::io::Errno::AGAIN | rustix::io::Errno::INTR),
        }
    }
}
