//! The local executor: futures that stay on one thread, and wakers that need not.
//!
//! A task is a slot with a boxed future and one waker made for it at its start. Waking on the
//! reactor's own thread appends the task to a queue that thread keeps; from any other thread it
//! goes through a locked queue and the doorbell. A task is queued at most once at a time, and is
//! taken out of its slot while it runs, so that it may spawn, wake and end others.

use std::{
    cell::{Cell, RefCell},
    collections::VecDeque,
    pin::Pin,
    rc::Rc,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicBool, AtomicU64, Ordering},
    },
    task::{Context, Poll, Wake, Waker},
};

use dx_driver::Doorbell;

/// Polls of tasks in one go, so that tasks that wake each other cannot keep the shard from its
/// completions; the rest runs in the next turn, which does not wait.
pub const TASK_POLLS_MAX: u64 = 1024;

type BoxedTask = Pin<Box<dyn Future<Output = ()>>>;

/// A tenant of a slot.
#[derive(Clone, Copy)]
struct TaskName {
    index: u32,
    generation: u32,
}

type ReadyQueue = Rc<RefCell<VecDeque<TaskName>>>;

thread_local! {
    /// The queues of the reactors of this thread, by their number.
    static QUEUES: RefCell<Vec<(u64, ReadyQueue)>> = const { RefCell::new(Vec::new()) };
}

static REACTORS: AtomicU64 = AtomicU64::new(0);

/// What wakers of other threads share with the reactor.
struct Remote {
    reactor: u64,
    woken: Mutex<Vec<TaskName>>,
    any: AtomicBool,
    doorbell: Arc<dyn Doorbell>,
}

struct TaskWaker {
    remote: Arc<Remote>,
    name: TaskName,
    queued: AtomicBool,
}

impl TaskWaker {
    /// Queues the task if this is the reactor's thread.
    fn wake_here(&self) -> bool {
        QUEUES
            .try_with(|queues| {
                let queues = queues.borrow();
                let queue = queues.iter().find(|(reactor, _)| *reactor == self.remote.reactor);
                queue.map(|(_, queue)| queue.borrow_mut().push_back(self.name)).is_some()
            })
            .unwrap_or(false)
    }
}

impl Wake for TaskWaker {
    fn wake(self: Arc<Self>) {
        self.wake_by_ref();
    }

    fn wake_by_ref(self: &Arc<Self>) {
        if self.queued.swap(true, Ordering::AcqRel) || self.wake_here() {
            return;
        }
        let mut woken = self.remote.woken.lock().unwrap_or_else(PoisonError::into_inner);
        woken.push(self.name);
        self.remote.any.store(true, Ordering::Release);
        drop(woken);
        self.remote.doorbell.ring();
    }
}

struct Task {
    future: BoxedTask,
    handle: Arc<TaskWaker>,
    waker: Waker,
}

struct Slot {
    generation: u32,
    /// Absent while the task runs, and in a free slot.
    task: Option<Task>,
}

#[derive(Default)]
struct Slots {
    slots: Vec<Slot>,
    free: Vec<u32>,
}

pub(crate) struct Tasks {
    slots: RefCell<Slots>,
    ready: ReadyQueue,
    remote: Arc<Remote>,
    len: Cell<usize>,
    /// How many have ended since the start.
    ended: Cell<u64>,
    /// Raised by `clear`, so that a task that is running then is dropped when it returns.
    epoch: Cell<u64>,
}

impl Tasks {
    pub(crate) fn new(doorbell: Arc<dyn Doorbell>) -> Self {
        let reactor = REACTORS.fetch_add(1, Ordering::Relaxed);
        let ready = ReadyQueue::default();
        QUEUES.with_borrow_mut(|queues| queues.push((reactor, ready.clone())));
        let remote =
            Remote { reactor, woken: Mutex::default(), any: AtomicBool::new(false), doorbell };
        Self {
            slots: RefCell::default(),
            ready,
            remote: Arc::new(remote),
            len: Cell::new(0),
            ended: Cell::new(0),
            epoch: Cell::new(0),
        }
    }

    pub(crate) fn len(&self) -> usize {
        self.len.get()
    }

    pub(crate) fn spawn(&self, future: BoxedTask) {
        let mut slots = self.slots.borrow_mut();
        let index = slots.free.pop().unwrap_or(slots.slots.len() as u32);
        if index as usize == slots.slots.len() {
            slots.slots.push(Slot { generation: 0, task: None });
        }
        let slot = &mut slots.slots[index as usize];
        let name = TaskName { index, generation: slot.generation };
        let queued = AtomicBool::new(true);
        let handle = Arc::new(TaskWaker { remote: self.remote.clone(), name, queued });
        let waker = Waker::from(handle.clone());
        slot.task = Some(Task { future, handle, waker });
        self.len.set(self.len.get() + 1);
        self.ready.borrow_mut().push_back(name);
    }

    pub(crate) fn has_ready(&self) -> bool {
        !self.ready.borrow().is_empty() || self.remote.any.load(Ordering::Acquire)
    }

    /// Runs tasks that were woken, those woken meanwhile included; how many polls that took.
    pub(crate) fn run(&self) -> u64 {
        let mut polls = 0;
        self.take_remote();
        while polls < TASK_POLLS_MAX {
            let Some(name) = self.ready.borrow_mut().pop_front() else { break };
            if self.run_one(name) {
                polls += 1;
            }
        }
        polls
    }

    /// How many tasks have ended since the start.
    pub(crate) fn ended(&self) -> u64 {
        self.ended.get()
    }

    fn take_remote(&self) {
        if !self.remote.any.load(Ordering::Acquire) {
            return;
        }
        let mut woken = self.remote.woken.lock().unwrap_or_else(PoisonError::into_inner);
        self.remote.any.store(false, Ordering::Release);
        self.ready.borrow_mut().extend(woken.drain(..));
    }

    fn take(&self, name: TaskName) -> Option<Task> {
        let mut slots = self.slots.borrow_mut();
        let slot = slots.slots.get_mut(name.index as usize)?;
        if slot.generation == name.generation { slot.task.take() } else { None }
    }

    fn run_one(&self, name: TaskName) -> bool {
        let Some(mut task) = self.take(name) else { return false };
        task.handle.queued.store(false, Ordering::Release);
        let epoch = self.epoch.get();
        let outcome = task.future.as_mut().poll(&mut Context::from_waker(&task.waker));
        if epoch != self.epoch.get() {
            return true;
        }
        let mut slots = self.slots.borrow_mut();
        let slot = &mut slots.slots[name.index as usize];
        if outcome == Poll::Pending {
            slot.task = Some(task);
            return true;
        }
        slot.generation = slot.generation.wrapping_add(1);
        slots.free.push(name.index);
        self.len.set(self.len.get() - 1);
        self.ended.set(self.ended.get() + 1);
        // Last, with nothing borrowed: what the future owns may use the reactor as it goes.
        drop(slots);
        drop(task);
        true
    }

    /// Drops all tasks.
    pub(crate) fn clear(&self) {
        let slots = std::mem::take(&mut *self.slots.borrow_mut());
        self.epoch.set(self.epoch.get() + 1);
        self.ready.borrow_mut().clear();
        self.len.set(0);
        drop(slots);
    }
}

impl Drop for Tasks {
    fn drop(&mut self) {
        let _ = QUEUES.try_with(|queues| {
            queues.borrow_mut().retain(|(reactor, _)| *reactor != self.remote.reactor);
        });
    }
}
