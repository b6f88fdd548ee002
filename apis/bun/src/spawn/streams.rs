//! The parent's ends of pipes, sockets and terminals, named by their descriptors.
//!
//! A read or write under way keeps the event loop alive where its stream does. Writes leave in
//! the order they were asked for.

use std::{
    cell::{Cell, RefCell},
    collections::{HashMap, VecDeque},
    io,
    os::fd::{IntoRawFd, OwnedFd},
    rc::Rc,
};

use dx_ops::{Call, Deferred, Exception, Host, KeepAlive, Value, ValueKind};
use dx_proc::Stream;

use crate::errno::Failure;

/// The streams of an isolate, by descriptor.
#[derive(Default)]
pub(super) struct Streams(RefCell<HashMap<i32, Rc<Entry>>>);

struct Waiting {
    bytes: Vec<u8>,
    written: usize,
    /// A descriptor that goes with the bytes.
    passed: Option<OwnedFd>,
    deferred: Deferred,
    /// What was written is not lost because nothing else keeps the event loop going.
    _alive: KeepAlive,
}

struct Entry {
    stream: Stream,
    /// Whether operations under way keep the event loop alive.
    is_referenced: Cell<bool>,
    under_way: Cell<usize>,
    alive: RefCell<Option<KeepAlive>>,
    /// Writes not yet begun, while one is under way.
    writes: RefCell<VecDeque<Waiting>>,
    is_writing: Cell<bool>,
    /// Bytes of the next write that have left already.
    offered: Cell<usize>,
}

impl Entry {
    fn keep_alive(&self, host: &Host) {
        let wanted = self.is_referenced.get() && self.under_way.get() > 0;
        let mut alive = self.alive.borrow_mut();
        match (wanted, alive.is_some()) {
            (true, false) => *alive = Some(host.keep_alive()),
            (false, true) => *alive = None,
            _ => {}
        }
    }

    fn begin(&self, host: &Host) {
        self.under_way.set(self.under_way.get() + 1);
        self.keep_alive(host);
    }

    fn finish(&self) {
        self.under_way.set(self.under_way.get().saturating_sub(1));
        if self.under_way.get() == 0 {
            *self.alive.borrow_mut() = None;
        }
    }
}

impl Streams {
    /// Takes a descriptor over; its number.
    pub(super) fn add(&self, host: &Host, descriptor: OwnedFd) -> i32 {
        let stream = Stream::new(host.reactor(), descriptor);
        let number = stream.descriptor().unwrap_or(-1);
        let entry = Entry {
            stream,
            is_referenced: Cell::new(true),
            under_way: Cell::new(0),
            alive: RefCell::default(),
            writes: RefCell::default(),
            is_writing: Cell::new(false),
            offered: Cell::new(0),
        };
        self.0.borrow_mut().insert(number, Rc::new(entry));
        number
    }

    fn get(&self, number: i32) -> Option<Rc<Entry>> {
        self.0.borrow().get(&number).cloned()
    }
}

fn number(call: &Call<'_>) -> i32 {
    call.arguments.number(0) as i32
}

fn failed(error: io::Error, syscall: &'static str) -> Exception {
    Failure { error, syscall, path: None }.into_exception()
}

fn closed(syscall: &'static str) -> Exception {
    const BAD_DESCRIPTOR: i32 = 9;
    failed(io::Error::from_raw_os_error(BAD_DESCRIPTOR), syscall)
}

fn entry(call: &Call<'_>, syscall: &'static str) -> Result<Rc<Entry>, Exception> {
    call.host.state::<Streams>().get(number(call)).ok_or_else(|| closed(syscall))
}

/// `streamAdopt(descriptor)`: makes a stream of a descriptor of the program's.
pub(super) fn adopt(call: &mut Call<'_>) -> Result<Value, Exception> {
    let descriptor = dx_sys::adopt(number(call)).map_err(|error| failed(error, "open"))?;
    Ok(Value::from(call.host.state::<Streams>().add(call.host, descriptor)))
}

/// `streamRead(stream)`: what has come; `null` at the end.
pub(super) fn read(call: &mut Call<'_>, deferred: Deferred) -> Result<(), Exception> {
    let entry = entry(call, "read")?;
    deferred.let_loop_end();
    entry.begin(call.host);
    call.host.spawn(async move {
        let answer = entry.stream.read().await;
        let answer = answer.map(|bytes| match bytes.is_empty() {
            true => Value::Null,
            false => Value::Bytes(bytes),
        });
        deferred.settle(answer.map_err(|error| failed(error, "read")));
        entry.finish();
    });
    Ok(())
}

/// `channelRead(stream, as_text)`: as `streamRead`; an array of the bytes and the descriptors that
/// came with them where there are any, which are the program's from now on. Asked for as text,
/// bytes that are all ASCII come as a string.
pub(super) fn read_passed(call: &mut Call<'_>, deferred: Deferred) -> Result<(), Exception> {
    let entry = entry(call, "read")?;
    let as_text = call.arguments.boolean(1);
    deferred.let_loop_end();
    entry.begin(call.host);
    call.host.spawn(async move {
        let answer = entry.stream.read_passed().await;
        let answer = answer.map(|(bytes, descriptors)| {
            if descriptors.is_empty() {
                return match bytes.is_empty() {
                    true => Value::Null,
                    false if as_text && bytes.is_ascii() => Value::Latin1(bytes),
                    false => Value::Bytes(bytes),
                };
            }
            let numbers = descriptors.into_iter().map(|passed| Value::from(passed.into_raw_fd()));
            Value::Array(std::iter::once(Value::Bytes(bytes)).chain(numbers).collect())
        });
        deferred.settle(answer.map_err(|error| failed(error, "read")));
        entry.finish();
    });
    Ok(())
}

fn chunk(call: &Call<'_>) -> Result<Vec<u8>, Exception> {
    match call.arguments.kind(1) {
        ValueKind::String => Ok(call.expect_string(1, "The chunk")?.into_bytes()),
        _ => Ok(call.expect_bytes(1, "The chunk")?.to_vec()),
    }
}

/// `streamWriteNow(stream, bytes)`: how many were taken without waiting, those from the first on;
/// none while earlier writes are under way.
pub(super) fn write_now(call: &mut Call<'_>) -> Result<Value, Exception> {
    let entry = entry(call, "write")?;
    if entry.is_writing.get() {
        return Ok(Value::from(0));
    }
    let bytes = call.expect_bytes(1, "The chunk")?;
    let written = entry.stream.write_now(bytes).map_err(|error| failed(error, "write"))?;
    Ok(Value::Number(written as f64))
}

/// `streamOffer(stream, bytes or text)`: whether all of it has been written without waiting. What
/// has not is to be written next, by the same chunk.
pub(super) fn offer(call: &mut Call<'_>) -> Result<Value, Exception> {
    let entry = entry(call, "write")?;
    if entry.is_writing.get() {
        return Ok(false.into());
    }
    let bytes = chunk(call)?;
    let written = entry.stream.write_now(&bytes).map_err(|error| failed(error, "write"))?;
    let is_whole = written == bytes.len();
    entry.offered.set(if is_whole { 0 } else { written });
    Ok(is_whole.into())
}

/// The descriptor that a write passes on: one of its own, of the same open file.
fn passed(call: &Call<'_>) -> Result<Option<OwnedFd>, Exception> {
    if call.arguments.kind(2) != ValueKind::Number {
        return Ok(None);
    }
    let descriptor = call.arguments.number(2) as i32;
    dx_sys::duplicate(descriptor).map(Some).map_err(|error| failed(error, "write"))
}

/// `streamWrite(stream, bytes or text, descriptor)`: settles when all of it is written; the
/// descriptor, if any, goes along.
pub(super) fn write(call: &mut Call<'_>, deferred: Deferred) -> Result<(), Exception> {
    let entry = entry(call, "write")?;
    let (bytes, passed) = (chunk(call)?, passed(call)?);
    let mut written = entry.offered.take();
    if written == 0 && !entry.is_writing.get() && passed.is_none() {
        written = entry.stream.write_now(&bytes).map_err(|error| failed(error, "write"))?;
        if written == bytes.len() {
            deferred.settle(Ok(Value::Number(written as f64)));
            return Ok(());
        }
    }
    let waiting = Waiting { bytes, written, passed, deferred, _alive: call.host.keep_alive() };
    entry.writes.borrow_mut().push_back(waiting);
    if !entry.is_writing.replace(true) {
        call.host.spawn(write_waiting(entry));
    }
    Ok(())
}

async fn write_waiting(entry: Rc<Entry>) {
    loop {
        let next = entry.writes.borrow_mut().pop_front();
        let Some(Waiting { bytes, written, passed, deferred, _alive }) = next else { break };
        let length = bytes.len();
        let result = match &passed {
            Some(passed) => entry.stream.write_passing(bytes, passed).await,
            None => entry.stream.write_all(bytes, written).await,
        };
        let answer = result.map(|()| Value::Number(length as f64));
        deferred.settle(answer.map_err(|error| failed(error, "write")));
    }
    entry.is_writing.set(false);
}

/// `streamReference(stream, alive)`: whether what is under way keeps the event loop alive.
pub(super) fn reference(call: &mut Call<'_>) -> Result<Value, Exception> {
    if let Some(entry) = call.host.state::<Streams>().get(number(call)) {
        entry.is_referenced.set(call.arguments.boolean(1));
        entry.keep_alive(call.host);
    }
    Ok(Value::Undefined)
}

/// `streamCallOff(stream)`: a read under way ends with `ECANCELED`; nothing is lost by it.
pub(super) fn call_off(call: &mut Call<'_>) -> Result<Value, Exception> {
    if let Some(entry) = call.host.state::<Streams>().get(number(call)) {
        entry.stream.call_off_reads();
    }
    Ok(Value::Undefined)
}

/// `streamRelease(stream)`: the descriptor is the program's from now on.
pub(super) fn release(call: &mut Call<'_>) -> Result<Value, Exception> {
    let streams = call.host.state::<Streams>();
    let entry = streams.0.borrow_mut().remove(&number(call));
    let released = entry.and_then(|entry| entry.stream.release());
    Ok(Value::from(released.unwrap_or(-1)))
}

/// `streamShutdown(stream)`: a socket's peer sees the end of what was written.
pub(super) fn shutdown(call: &mut Call<'_>) -> Result<Value, Exception> {
    // A peer that has gone sees nothing any more.
    let _ = dx_sys::socket::shutdown_write(number(call));
    Ok(Value::Undefined)
}

/// `streamClose(stream)`: ends what is under way and closes the descriptor.
pub(super) fn close(call: &mut Call<'_>) -> Result<Value, Exception> {
    let streams = call.host.state::<Streams>();
    let entry = streams.0.borrow_mut().remove(&number(call));
    if let Some(entry) = entry {
        entry.stream.close();
    }
    Ok(Value::Undefined)
}
