//! Children that run, and those run to their end at once.

use std::{
    cell::{Cell, RefCell},
    collections::HashMap,
    time::{Duration, Instant},
};

use dx_ops::{Call, Deferred, Exception, KeepAlive, Value};
use dx_proc::{Child, Ended, Known, Limits, Outcome};

use super::{
    command::{Prepared, failure, prepare},
    streams::Streams,
};

/// The children of an isolate that have not ended, by id.
#[derive(Default)]
pub(super) struct Children {
    entries: RefCell<HashMap<u32, Entry>>,
    last: Cell<u32>,
    /// When children that are run to their end at once are killed.
    deadline: Cell<Option<Instant>>,
    /// Those that were.
    killed: Cell<u32>,
}

struct Entry {
    /// With the one who waits for its end, from the moment on that somebody does.
    child: Option<Child>,
    pid: i32,
    /// What the program called it, for what is told late of its start.
    name: String,
    /// There while the child keeps the event loop alive.
    alive: Option<KeepAlive>,
}

impl Children {
    fn add(&self, entry: Entry) -> u32 {
        let id = self.last.get().wrapping_add(1);
        self.last.set(id);
        self.entries.borrow_mut().insert(id, entry);
        id
    }
}

fn id(call: &Call<'_>) -> u32 {
    call.arguments.number(0) as u32
}

/// `childStart(...)`, the arguments being those of `prepare`: id, pid, and the parent's ends of
/// the child's pipes by number, -1 where there is none. Each end is a stream from now on.
pub(super) fn start(call: &mut Call<'_>) -> Result<Value, Exception> {
    let Prepared { command, name } = prepare(call)?;
    let started = command.start_known(&call.host.state::<Known>());
    let (child, ends) = match started {
        Ok(started) => started,
        Err(failed) => return Err(failure(failed, name)),
    };
    let pid = child.pid();
    let alive = Some(call.host.keep_alive());
    let id = call.host.state::<Children>().add(Entry { child: Some(child), pid, name, alive });
    let streams = call.host.state::<Streams>();
    let ends = ends.into_iter().map(|end| match end {
        Some(end) => Value::from(streams.add(call.host, end)),
        None => Value::from(-1),
    });
    Ok(Value::Array([Value::from(id), Value::from(pid)].into_iter().chain(ends).collect()))
}

/// Code, signal (-1 where there is none), then the figures of its use.
fn describe(ended: &Ended) -> Vec<Value> {
    let usage = &ended.usage;
    let figures = [
        usage.user_us,
        usage.system_us,
        usage.resident_max_kib,
        usage.blocks_read,
        usage.blocks_written,
        usage.voluntary_switches,
        usage.involuntary_switches,
    ];
    let code = [ended.code.unwrap_or(-1), ended.signal.unwrap_or(-1)].map(Value::from);
    code.into_iter().chain(figures.map(|figure| Value::Number(figure as f64))).collect()
}

/// `childEnded(id)`: how the child ended; asked for once. Fails where it turns out that the child
/// has not become its program.
pub(super) fn ended(call: &mut Call<'_>, deferred: Deferred) -> Result<(), Exception> {
    let id = id(call);
    let children = call.host.state::<Children>();
    let child = children.entries.borrow_mut().get_mut(&id).and_then(|entry| entry.child.take());
    let Some(mut child) = child else {
        return Err(Exception::type_error("The child's end is awaited already"));
    };
    deferred.let_loop_end();
    let reactor = call.host.reactor().clone();
    call.host.spawn(async move {
        // Whoever has waited for it in our stead has taken its exit code along.
        let ended = child.ended(&reactor).await.unwrap_or_default();
        let entry = children.entries.borrow_mut().remove(&id);
        let name = entry.map(|entry| entry.name).unwrap_or_default();
        deferred.settle(match child.failure() {
            Some(failed) => Err(failure(failed, name)),
            None => Ok(Value::Array(describe(&ended))),
        });
    });
    Ok(())
}

/// `childReference(id, alive)`: whether the child keeps the event loop alive.
pub(super) fn reference(call: &mut Call<'_>) -> Result<Value, Exception> {
    let children = call.host.state::<Children>();
    let mut entries = children.entries.borrow_mut();
    if let Some(entry) = entries.get_mut(&id(call)) {
        match (call.arguments.boolean(1), entry.alive.is_some()) {
            (true, false) => entry.alive = Some(call.host.keep_alive()),
            (false, true) => entry.alive = None,
            _ => {}
        }
    }
    Ok(Value::Undefined)
}

/// `childKill(id, signal)`: 0, or the errno; `ESRCH` for one that has ended.
pub(super) fn kill(call: &mut Call<'_>) -> Result<Value, Exception> {
    const NO_SUCH_PROCESS: i32 = 3;
    let children = call.host.state::<Children>();
    let pid = children.entries.borrow().get(&id(call)).map(|entry| entry.pid);
    let Some(pid) = pid else { return Ok(Value::from(NO_SUCH_PROCESS)) };
    let sent = dx_sys::signal::send(pid, call.arguments.number(1) as i32);
    Ok(Value::from(sent.map_or_else(|error| error.raw_os_error().unwrap_or(-1), |()| 0)))
}

/// `childrenWatch(milliseconds)`: the last child's id. Until they are watched anew, children that
/// are run to their end at once are killed when so much time has passed; 0 for no limit.
pub(super) fn watch(call: &mut Call<'_>) -> Result<Value, Exception> {
    let children = call.host.state::<Children>();
    let time = Duration::try_from_secs_f64(call.arguments.number(0) / 1e3).unwrap_or_default();
    children.deadline.set((!time.is_zero()).then(|| Instant::now() + time));
    children.killed.set(0);
    Ok(Value::from(children.last.get()))
}

/// `childrenEnd(after)`: kills the children started after the one of that id; how many were
/// killed, those run to their end at once included.
pub(super) fn end(call: &mut Call<'_>) -> Result<Value, Exception> {
    let after = id(call);
    let children = call.host.state::<Children>();
    let entries = children.entries.borrow();
    let late = entries.iter().filter(|(id, _)| **id > after);
    let sent = late.filter(|(_, entry)| dx_sys::signal::send(entry.pid, SIGKILL).is_ok());
    let count = u32::try_from(sent.count()).unwrap_or(u32::MAX);
    Ok(Value::from(count.saturating_add(children.killed.take())))
}

const SIGKILL: i32 = 9;

/// Puts the limit of [`watch`] in place of a later one; answers whether it did.
fn keep_deadline(children: &Children, limits: &mut Limits) -> bool {
    let Some(deadline) = children.deadline.get() else { return false };
    let left = deadline.saturating_duration_since(Instant::now()).max(Duration::from_millis(1));
    if limits.time.is_some_and(|time| time <= left) {
        return false;
    }
    (limits.time, limits.signal) = (Some(left), SIGKILL);
    true
}

/// Where the arguments of [`run_to_end`] that follow those of `prepare` begin.
const LIMITS_AT: usize = 9;

/// `childRunToEnd(..., input or undefined, milliseconds, bytes, signal)`; a limit that is not
/// above zero is none. Pid, whether the time was up, the descriptor that overflowed or -1, then
/// how it ended and what came through each descriptor.
pub(super) fn run_to_end(call: &mut Call<'_>) -> Result<Value, Exception> {
    let Prepared { command, name } = prepare(call)?;
    let input = call.arguments.bytes(LIMITS_AT).map(<[u8]>::to_vec);
    let limit = |index: usize| Some(call.arguments.number(index)).filter(|limit| *limit >= 0.0);
    let milliseconds = limit(LIMITS_AT + 1).filter(|limit| *limit > 0.0);
    let mut limits = Limits {
        time: milliseconds.and_then(|time| Duration::try_from_secs_f64(time / 1e3).ok()),
        output_bytes: limit(LIMITS_AT + 2).map(|bytes| bytes as usize),
        signal: call.arguments.number(LIMITS_AT + 3) as i32,
    };
    let children = call.host.state::<Children>();
    let is_watched = keep_deadline(&children, &mut limits);
    let outcome = dx_proc::run_to_end(&command, vec![input], limits);
    let Outcome { pid, ended, output, timed_out, overflowed } =
        outcome.map_err(|failed| failure(failed, name))?;
    let killed = u32::from(is_watched && timed_out);
    children.killed.set(children.killed.get() + killed);
    let overflowed = overflowed.map_or(-1, |index| index as i32);
    let mut answer = vec![Value::from(pid), Value::from(timed_out), Value::from(overflowed)];
    answer.extend(describe(&ended));
    answer.extend(output.into_iter().map(|bytes| bytes.map_or(Value::Undefined, Value::Bytes)));
    Ok(Value::Array(answer))
}
