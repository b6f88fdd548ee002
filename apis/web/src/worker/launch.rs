//! Starting and stopping workers: each an isolate on a thread of its own.
//!
//! Who makes isolates gives the [`Launcher`]; this side keeps the threads it started, and joins
//! each once it has said that it has ended. A worker is stopped by a flag: its event loop looks
//! at it when it is woken, its watchdog while JavaScript runs.

use std::{
    cell::{OnceCell, RefCell},
    collections::HashMap,
    io,
    sync::{
        Arc, OnceLock,
        atomic::{AtomicBool, AtomicU32, Ordering},
    },
    thread::JoinHandle,
};

use super::{mailbox::Mailbox, port::End};

/// Asks a worker to end, from any thread.
#[derive(Debug, Default)]
pub struct Stop {
    flag: Arc<AtomicBool>,
    mailbox: OnceLock<Arc<Mailbox>>,
}

impl Stop {
    /// The flag, for the worker's watchdog.
    #[must_use]
    pub fn flag(&self) -> Arc<AtomicBool> {
        Arc::clone(&self.flag)
    }

    /// Whether the worker was asked.
    #[must_use]
    pub fn is_set(&self) -> bool {
        self.flag.load(Ordering::Acquire)
    }

    /// Asks.
    pub fn set(&self) {
        self.flag.store(true, Ordering::Release);
        if let Some(mailbox) = self.mailbox.get() {
            mailbox.ring();
        }
    }

    /// Where the worker's thread is woken.
    pub(super) fn wakes(&self, mailbox: &Arc<Mailbox>) {
        // A worker has one mailbox.
        let _ = self.mailbox.set(Arc::clone(mailbox));
    }
}

/// What a worker starts from.
#[derive(Clone, Debug)]
pub struct Start {
    /// Its number in the process, from 1.
    pub thread: u32,
    /// Its end of the channel to who started it; the first message says what to run.
    pub control: Arc<End>,
    /// Asks it to end.
    pub stop: Arc<Stop>,
}

/// Starts a thread with an isolate that runs a worker, and delivers
/// [`super::port::Delivery::Ended`] to the peer of its control end as the last thing it does.
pub type Launcher = Arc<dyn Fn(Start) -> io::Result<JoinHandle<()>> + Send + Sync>;

struct Running {
    stop: Arc<Stop>,
    thread: JoinHandle<()>,
}

/// The workers an isolate has started.
#[derive(Default)]
pub struct Workers {
    launcher: OnceCell<Launcher>,
    /// What this isolate was started from, where it is a worker.
    start: OnceCell<Start>,
    running: RefCell<HashMap<u32, Running>>,
}

impl Workers {
    /// Lets the isolate start workers; `start` where it is one itself.
    pub fn install(&self, launcher: Launcher, start: Option<Start>) {
        // Installed once, when the isolate is made.
        let _ = self.launcher.set(launcher);
        if let Some(start) = start {
            let _ = self.start.set(start);
        }
    }

    /// What this isolate was started from, where it is a worker.
    #[must_use]
    pub fn own(&self) -> Option<&Start> {
        self.start.get()
    }

    /// Starts a worker; its number.
    pub(super) fn start(&self, control: Arc<End>) -> io::Result<u32> {
        static THREADS: AtomicU32 = AtomicU32::new(1);
        let launcher = self
            .launcher
            .get()
            .ok_or_else(|| io::Error::other("this isolate cannot start workers"))?;
        let thread = THREADS.fetch_add(1, Ordering::Relaxed);
        let stop = Arc::new(Stop::default());
        let handle = launcher(Start { thread, control, stop: Arc::clone(&stop) })?;
        self.running.borrow_mut().insert(thread, Running { stop, thread: handle });
        Ok(thread)
    }

    /// Asks a worker to end; one that has is left alone.
    pub(super) fn stop(&self, thread: u32) {
        if let Some(running) = self.running.borrow().get(&thread) {
            running.stop.set();
        }
    }

    /// Waits for the thread of a worker that has said it has ended.
    pub(super) fn join(&self, thread: u32) {
        let running = self.running.borrow_mut().remove(&thread);
        if let Some(running) = running {
            // Its panic has been reported on its own thread.
            let _ = running.thread.join();
        }
    }
}

impl Drop for Workers {
    /// The workers of an isolate end with it.
    fn drop(&mut self) {
        let running = self.running.take();
        for worker in running.values() {
            worker.stop.set();
        }
        for worker in running.into_values() {
            let _ = worker.thread.join();
        }
    }
}
