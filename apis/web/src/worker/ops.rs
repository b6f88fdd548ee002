//! The operations of web/worker: ends of channels by their numbers, and workers by theirs.

use std::{
    cell::{OnceCell, RefCell},
    collections::{HashMap, VecDeque},
    rc::Rc,
    sync::{Arc, Mutex, PoisonError, Weak},
};

use dx_ops::{Call, Dispatch, ErrorClass, Exception, ExitHandle, Host, Value};
use dx_reactor::Lookout;

use super::{
    launch::Workers,
    mailbox::{Announced, Asleep, Mailbox},
    messages::{channel_message, message_of},
    port::{Delivery, End},
};

/// Exit code of a worker that was stopped.
const STOPPED: i32 = 1;

/// The ends that belong to an isolate, and close with it where nobody else holds them.
#[derive(Default)]
pub(super) struct Ends {
    by_number: RefCell<HashMap<u64, Arc<End>>>,
    mailbox: OnceCell<Arc<Mailbox>>,
    announced: OnceCell<Rc<RefCell<Announced>>>,
    /// Ends that have something, in the batch JavaScript is looking at.
    ready: RefCell<VecDeque<u64>>,
}

impl Ends {
    /// The isolate's mailbox, made when first needed.
    fn mailbox(&self, host: &Host) -> &Arc<Mailbox> {
        self.mailbox.get_or_init(|| {
            let (mailbox, announced) = Mailbox::new(host.reactor().doorbell());
            let announced = Rc::new(RefCell::new(announced));
            let asleep =
                Asleep { mailbox: Arc::clone(&mailbox), announced: Rc::downgrade(&announced) };
            host.reactor().add_source(Box::new(asleep));
            let _ = self.announced.set(announced);
            if let Some(start) = host.state::<Workers>().own() {
                start.stop.wakes(&mailbox);
            }
            mailbox
        })
    }

    /// Takes an end over; its number.
    pub(super) fn adopt(&self, host: &Host, end: Arc<End>) -> Value {
        let number = end.number();
        end.attach(self.mailbox(host));
        self.by_number.borrow_mut().insert(number, end);
        Value::Number(number as f64)
    }

    pub(super) fn get(&self, number: f64) -> Option<Arc<End>> {
        self.by_number.borrow().get(&(number as u64)).cloned()
    }

    pub(super) fn release(&self, number: f64) -> Option<Arc<End>> {
        let end = self.by_number.borrow_mut().remove(&(number as u64))?;
        end.detach();
        Some(end)
    }
}

/// What JavaScript takes batches from.
struct Source {
    ends: Rc<Ends>,
    workers: Rc<Workers>,
    exit: ExitHandle,
    lookout: Lookout,
}

impl Dispatch for Source {
    fn take(&self) -> u32 {
        if self.workers.own().is_some_and(|start| start.stop.is_set()) {
            self.exit.exit(STOPPED);
            return 0;
        }
        let (Some(mailbox), Some(announced)) = (self.ends.mailbox.get(), self.ends.announced.get())
        else {
            return 0;
        };
        let mut ready = self.ends.ready.borrow_mut();
        mailbox.awake();
        let mut announced = announced.borrow_mut();
        if announced.is_empty() && self.lookout.begins() {
            self.lookout.wait(|| !announced.is_empty());
        }
        while let Some(number) = announced.take() {
            ready.push_back(number);
        }
        ready.extend(mailbox.take_behind());
        self.lookout.saw(!ready.is_empty());
        ready.len() as u32
    }
}

/// The ends of the isolate that calls.
pub(super) fn ends(call: &Call<'_>) -> Rc<Ends> {
    call.host.state::<Ends>()
}

/// `portsWatch(function)`: has the function called with a count when ends have something.
pub(super) fn watch(call: &mut Call<'_>) -> Result<Value, Exception> {
    let function = call.arguments.hold(0);
    let ends = ends(call);
    ends.mailbox(call.host);
    let workers = call.host.state::<Workers>();
    let exit = call.host.exit_handle();
    let source = Source { ends, workers, exit, lookout: Lookout::default() };
    call.host.register_dispatch(function, Rc::new(source));
    Ok(Value::Undefined)
}

/// `portNext()`: the next end of the batch, which may be gone.
pub(super) fn next(call: &mut Call<'_>) -> Result<Value, Exception> {
    let ends = ends(call);
    let Some(number) = ends.ready.borrow_mut().pop_front() else { return Ok(Value::Undefined) };
    if let Some(end) = ends.get(number as f64) {
        end.heard();
    }
    Ok(Value::Number(number as f64))
}

/// `portPair()`: the two ends of a channel.
pub(super) fn pair(call: &mut Call<'_>) -> Result<Value, Exception> {
    let (first, second) = End::pair();
    let ends = ends(call);
    Ok(vec![ends.adopt(call.host, first), ends.adopt(call.host, second)].into())
}

/// `portClose(end)`
pub(super) fn close(call: &mut Call<'_>) -> Result<Value, Exception> {
    if let Some(end) = ends(call).release(call.arguments.number(0)) {
        end.close();
    }
    Ok(Value::Undefined)
}

// ---- Broadcast channels

/// The ends of each name's channels, of all isolates.
static CHANNELS: Mutex<Option<HashMap<String, Vec<Weak<End>>>>> = Mutex::new(None);

fn with_channels<R>(action: impl FnOnce(&mut HashMap<String, Vec<Weak<End>>>) -> R) -> R {
    let mut channels = CHANNELS.lock().unwrap_or_else(PoisonError::into_inner);
    action(channels.get_or_insert_default())
}

/// `channelOpen(name)`: an end that hears what is sent to the name.
pub(super) fn channel_open(call: &mut Call<'_>) -> Result<Value, Exception> {
    let name = call.expect_string(0, "The name")?;
    let end = End::alone();
    with_channels(|channels| channels.entry(name).or_default().push(Arc::downgrade(&end)));
    Ok(ends(call).adopt(call.host, end))
}

/// `channelPost(end, bytes, length, text, 0, shared, ...memories, name)`: sends to all of the name
/// but `end`.
pub(super) fn channel_post(call: &mut Call<'_>) -> Result<Value, Exception> {
    let own = call.arguments.number(0) as u64;
    let name = call.expect_string(call.arguments.count().saturating_sub(1), "The name")?;
    let message = channel_message(call)?;
    let others: Vec<Arc<End>> = with_channels(|channels| {
        channels.get(&name).into_iter().flatten().filter_map(Weak::upgrade).collect()
    });
    for other in others.iter().filter(|other| other.number() != own) {
        other.deliver(Delivery::Message(Box::new(message.clone())));
    }
    Ok(Value::Undefined)
}

/// `channelSend(name, bytes, length, text, ends, shared, ...)`: sends to the end opened under the
/// name first; false where there is none.
pub(super) fn channel_send(call: &mut Call<'_>) -> Result<Value, Exception> {
    let name = call.expect_string(0, "The name")?;
    let receiver =
        with_channels(|channels| channels.get(&name).into_iter().flatten().find_map(Weak::upgrade));
    let Some(receiver) = receiver else { return Ok(false.into()) };
    let message = message_of(call, &ends(call))?;
    receiver.deliver(Delivery::Message(Box::new(message)));
    Ok(true.into())
}

/// `channelClose(end, name)`
pub(super) fn channel_close(call: &mut Call<'_>) -> Result<Value, Exception> {
    let name = call.expect_string(1, "The name")?;
    let Some(end) = ends(call).release(call.arguments.number(0)) else {
        return Ok(Value::Undefined);
    };
    end.close();
    with_channels(|channels| {
        if let Some(members) = channels.get_mut(&name) {
            members.retain(|member| {
                member.upgrade().is_some_and(|member| member.number() != end.number())
            });
            if members.is_empty() {
                channels.remove(&name);
            }
        }
    });
    Ok(Value::Undefined)
}

// ---- Workers

/// `workerStart(end)`: starts a worker whose control end it is; the worker's number.
pub(super) fn start(call: &mut Call<'_>) -> Result<Value, Exception> {
    let control = ends(call).release(call.arguments.number(0));
    let control = control.ok_or_else(|| Exception::type_error("No such end"))?;
    let started = call.host.state::<Workers>().start(control);
    started.map(Value::from).map_err(|error| {
        Exception::new(ErrorClass::Error, format!("The worker could not be started: {error}"))
            .with_code("ERR_WORKER_INIT_FAILED")
    })
}

/// `workerStop(number)`
pub(super) fn stop(call: &mut Call<'_>) -> Result<Value, Exception> {
    call.host.state::<Workers>().stop(call.arguments.number(0) as u32);
    Ok(Value::Undefined)
}

/// `workerJoin(number)`: waits for the thread of a worker that has said it has ended.
pub(super) fn join(call: &mut Call<'_>) -> Result<Value, Exception> {
    call.host.state::<Workers>().join(call.arguments.number(0) as u32);
    Ok(Value::Undefined)
}

/// `ownThread()`: `[number, end]` of a worker; `undefined` on the main thread.
pub(super) fn own_thread(call: &mut Call<'_>) -> Result<Value, Exception> {
    let workers = call.host.state::<Workers>();
    let Some(start) = workers.own() else { return Ok(Value::Undefined) };
    let control = ends(call).adopt(call.host, Arc::clone(&start.control));
    Ok(vec![Value::from(start.thread), control].into())
}
