//! Several scripts at a time: processes with what waits for them, their output line by line.
//!
//! Every process has three threads, two that read its output and one that waits for its end;
//! all of them report to the thread that called [`run`]. Where one fails to start, the run ends.

use std::{
    ffi::OsString,
    io::Read,
    path::PathBuf,
    process::{Command, ExitStatus, Stdio},
    sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel},
    time::{Duration, Instant},
};

use rustix::process::{Pid, Signal, kill_process};

/// One process to be.
pub(crate) struct Job {
    pub(crate) command: String,
    pub(crate) directory: PathBuf,
    pub(crate) path: OsString,
    pub(crate) variables: Vec<(String, OsString)>,
    /// What waits for it and is not started where it failed.
    pub(crate) chained: Vec<usize>,
    /// What waits for it, however it ends.
    pub(crate) followers: Vec<usize>,
}

/// How a job went.
pub(crate) struct Ended {
    pub(crate) status: ExitStatus,
    pub(crate) took: Duration,
}

/// What hears of a run.
pub(crate) trait Board {
    /// Output of a job, in lines with their ends; the last one may lack it.
    fn line(&mut self, job: usize, is_error: bool, line: &[u8]);
    /// A job has ended; answers whether all others are to be interrupted.
    fn ended(&mut self, job: usize, ended: &Ended) -> bool;
}

enum Event {
    Output { job: usize, is_error: bool, bytes: Vec<u8> },
    Closed { job: usize },
    Exit { job: usize, status: std::io::Result<ExitStatus> },
}

/// How long output is waited for after its process has ended: it may have left children.
const LINGER: Duration = Duration::from_secs(1);

/// How often a run looks whether it has waited long enough.
const TICK: Duration = Duration::from_millis(100);

#[derive(Default)]
struct Progress {
    process: Option<Pid>,
    started: Option<Instant>,
    waits: usize,
    open_streams: usize,
    pending: [Vec<u8>; 2],
    exit: Option<(ExitStatus, Instant)>,
    is_done: bool,
}

/// Runs jobs to their ends; the code to end with: that of the first job, in their order, that
/// failed.
pub(crate) fn run(jobs: &[Job], board: &mut dyn Board) -> std::io::Result<i32> {
    let (sender, receiver) = channel();
    let mut run = Run { jobs, sender, progress: Vec::new(), is_aborted: false };
    run.progress.resize_with(jobs.len(), Progress::default);
    for job in jobs {
        for &next in job.chained.iter().chain(&job.followers) {
            run.progress[next].waits += 1;
        }
    }
    for index in 0..jobs.len() {
        if run.progress[index].waits == 0 {
            run.start(index)?;
        }
    }
    run.pump(&receiver, board)?;
    let exits = run.progress.iter().filter_map(|it| it.exit.as_ref());
    Ok(exits.map(|(status, _)| code_of(*status)).find(|code| *code != 0).unwrap_or(0))
}

/// The code a shell would give.
pub(crate) fn code_of(status: ExitStatus) -> i32 {
    use std::os::unix::process::ExitStatusExt as _;
    status.code().unwrap_or_else(|| 128 + status.signal().unwrap_or(0))
}

struct Run<'a> {
    jobs: &'a [Job],
    sender: Sender<Event>,
    progress: Vec<Progress>,
    /// Whether nothing new is started any more.
    is_aborted: bool,
}

impl Run<'_> {
    fn start(&mut self, index: usize) -> std::io::Result<()> {
        let job = &self.jobs[index];
        let mut child = Command::new(super::surroundings::shell())
            .arg("-c")
            .arg(&job.command)
            .current_dir(&job.directory)
            .envs(job.variables.iter().map(|(name, value)| (name, value)))
            .env("PATH", &job.path)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()?;
        let progress = &mut self.progress[index];
        progress.started = Some(Instant::now());
        progress.process = Pid::from_raw(i32::try_from(child.id()).unwrap_or(0));
        progress.open_streams = 2;
        if let Some(out) = child.stdout.take() {
            read(out, index, false, self.sender.clone());
        }
        if let Some(error) = child.stderr.take() {
            read(error, index, true, self.sender.clone());
        }
        let sender = self.sender.clone();
        std::thread::spawn(move || {
            let _ended = sender.send(Event::Exit { job: index, status: child.wait() });
        });
        Ok(())
    }

    fn is_over(&self) -> bool {
        self.progress.iter().all(|it| it.started.is_none() || it.is_done)
    }

    fn pump(&mut self, receiver: &Receiver<Event>, board: &mut dyn Board) -> std::io::Result<()> {
        while !self.is_over() {
            match receiver.recv_timeout(TICK) {
                Ok(Event::Output { job, is_error, bytes }) => {
                    let pending = &mut self.progress[job].pending[usize::from(is_error)];
                    pending.extend_from_slice(&bytes);
                    while let Some(end) = pending.iter().position(|&byte| byte == b'\n') {
                        let line: Vec<u8> = pending.drain(..=end).collect();
                        board.line(job, is_error, &line);
                    }
                }
                Ok(Event::Closed { job }) => self.progress[job].open_streams -= 1,
                Ok(Event::Exit { job, status }) => {
                    self.progress[job].exit = Some((status?, Instant::now()));
                }
                Err(RecvTimeoutError::Timeout | RecvTimeoutError::Disconnected) => {}
            }
            for job in 0..self.jobs.len() {
                self.settle(job, board)?;
            }
        }
        Ok(())
    }

    /// Goes on where a job has ended and said all it had to say.
    fn settle(&mut self, job: usize, board: &mut dyn Board) -> std::io::Result<()> {
        let progress = &mut self.progress[job];
        let Some((status, at)) = progress.exit.filter(|_| !progress.is_done) else {
            return Ok(());
        };
        if progress.open_streams > 0 && at.elapsed() < LINGER {
            return Ok(());
        }
        progress.is_done = true;
        for (which, pending) in std::mem::take(&mut progress.pending).into_iter().enumerate() {
            if !pending.is_empty() {
                board.line(job, which == 1, &pending);
            }
        }
        let took = progress.started.map_or(Duration::ZERO, |started| at - started);
        if board.ended(job, &Ended { status, took }) {
            self.interrupt();
        }
        if self.is_aborted {
            return Ok(());
        }
        if status.success() {
            self.release(self.jobs[job].chained.clone())?;
        } else {
            self.skip(&self.jobs[job].chained.clone())?;
        }
        self.release(self.jobs[job].followers.clone())
    }

    /// Starts those that wait for nothing more.
    fn release(&mut self, waiting: Vec<usize>) -> std::io::Result<()> {
        for job in waiting {
            self.progress[job].waits -= 1;
            if self.progress[job].waits == 0 {
                self.start(job)?;
            }
        }
        Ok(())
    }

    /// Leaves out those that were chained to a failed job; what follows them goes on.
    fn skip(&mut self, chained: &[usize]) -> std::io::Result<()> {
        for &job in chained {
            self.progress[job].waits -= 1;
            if self.progress[job].waits == 0 {
                self.skip(&self.jobs[job].chained.clone())?;
                self.release(self.jobs[job].followers.clone())?;
            }
        }
        Ok(())
    }

    fn interrupt(&mut self) {
        self.is_aborted = true;
        for progress in self.progress.iter().filter(|it| it.exit.is_none()) {
            if let Some(process) = progress.process {
                // One that has just ended needs no signal.
                let _gone = kill_process(process, Signal::INT);
            }
        }
    }
}

fn read(mut stream: impl Read + Send + 'static, job: usize, is_error: bool, sender: Sender<Event>) {
    std::thread::spawn(move || {
        let mut buffer = [0; 8192];
        while let Ok(count @ 1..) = stream.read(&mut buffer) {
            let bytes = buffer[..count].to_vec();
            if sender.send(Event::Output { job, is_error, bytes }).is_err() {
                return;
            }
        }
        let _over = sender.send(Event::Closed { job });
    });
}
