//! The state of a simulation: clock, descriptors, operations under way, completions to come.

use std::{
    collections::{BTreeMap, HashMap, VecDeque},
    io,
    net::SocketAddr,
};

use dx_mem::Pool;

use super::{
    SimOptions,
    disk::{Disk, InodeNumber},
    faults::{Dice, Faults},
    gate::Gate,
    network::{EndName, ListenerNumber, Network},
    reality::{Reality, Returned, cut_short},
};
use crate::{Completion, Descriptor, ListenOptions, Operation, Outgoing, Payload, Token};

/// What has happened so far.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct SimStatistics {
    /// Operations submitted.
    pub operations: u64,
    /// Completions handed over.
    pub completions: u64,
    /// Faults injected.
    pub faults: u64,
    /// Waits for ever with nothing under way that could end them.
    pub idle_waits: u64,
    /// A number that follows from every completion, its time and its order.
    pub trace: u64,
}

pub(super) type ObjectNumber = usize;

/// What a descriptor names.
#[derive(Clone, Copy, Debug)]
pub(super) enum Object {
    Unconnected,
    Stream(EndName),
    Listener(ListenerNumber),
    File { inode: InodeNumber, position: u64, flags: i32 },
}

struct Open {
    object: Object,
    /// Descriptors and operations that keep it open.
    references: usize,
}

/// An operation under way.
pub(super) struct Pending {
    pub(super) token: Token,
    pub(super) operation: Operation,
    pub(super) object: Option<ObjectNumber>,
    pub(super) not_before_ns: u64,
    /// When its last completion so far comes; the next comes later.
    last_due_ns: u64,
    /// Bytes of a send that have gone.
    pub(super) sent: usize,
}

/// Where a token in use stands.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Stage {
    Pending(u64),
    /// In the real world.
    Sent,
    Parked,
    Ended,
}

/// Places completions in time: when, then by lot, then in the order they were made.
type Due = (u64, u64, u64);

pub(super) struct World {
    pub(super) now_ns: u64,
    pub(super) statistics: SimStatistics,
    pub(super) dice: Dice,
    pub(super) faults: Faults,
    pub(super) network: Network,
    pub(super) disk: Disk,
    pub(super) pool: Pool,
    /// The way to the machine's own network.
    pub(super) gate: Option<Gate>,
    /// What is not simulated.
    reality: Option<Reality>,
    options: SimOptions,
    objects: Vec<Option<Open>>,
    descriptors: Vec<Option<ObjectNumber>>,
    /// By order of submission.
    pub(super) pending: BTreeMap<u64, Pending>,
    tokens: HashMap<u64, Stage>,
    /// Completions to come of operations without a place of their own in `tokens`.
    untracked: usize,
    coming: BTreeMap<Due, Completion>,
    parked: Vec<(Token, Descriptor)>,
    starved: bool,
    order: u64,
    started_in_wait: usize,
}

pub(super) fn failure(errno: i32) -> io::Error {
    io::Error::from_raw_os_error(errno)
}

/// The buffer of an operation that ends without having used it.
fn buffer_of(operation: Operation) -> Payload {
    match operation {
        Operation::Send { bytes, .. } | Operation::Write { bytes, .. } => Payload::Outgoing(bytes),
        Operation::Read { into, .. } => Payload::Incoming(into),
        _ => Payload::None,
    }
}

/// The descriptor an operation is about.
pub(super) fn descriptor_of(operation: &Operation) -> Option<Descriptor> {
    Some(match operation {
        Operation::Accept { listener } => *listener,
        Operation::Receive { socket }
        | Operation::Send { socket, .. }
        | Operation::Connect { socket, .. }
        | Operation::ShutdownWrite { socket } => *socket,
        Operation::Read { file, .. }
        | Operation::Write { file, .. }
        | Operation::Sync { file, .. }
        | Operation::StatFile { file } => *file,
        Operation::Close { descriptor } | Operation::Poll { descriptor, .. } => *descriptor,
        Operation::Open { .. } | Operation::StatPath { .. } => return None,
    })
}

impl World {
    pub(super) fn new(options: &SimOptions) -> io::Result<Self> {
        Ok(Self {
            // Not zero, so that a time before the start can be named.
            now_ns: 1_000_000_000,
            statistics: SimStatistics::default(),
            dice: Dice::new(options.seed),
            faults: options.faults,
            network: Network::new(options.pipe_bytes),
            disk: Disk::new(options.disk_bytes),
            pool: Pool::stack(options.pool)?,
            gate: options.outside.map(|_| Gate::default()),
            reality: match options.outside {
                Some(outside) => Some(Reality::new(outside.real_files)?),
                None => None,
            },
            options: *options,
            objects: Vec::new(),
            descriptors: Vec::new(),
            pending: BTreeMap::new(),
            tokens: HashMap::new(),
            untracked: 0,
            coming: BTreeMap::new(),
            parked: Vec::new(),
            starved: false,
            order: 0,
            started_in_wait: 0,
        })
    }

    pub(super) fn seed(&self) -> u64 {
        self.options.seed
    }

    /// Whether a fault with this chance in a thousand happens now.
    pub(super) fn faulty(&mut self, chance: u32) -> bool {
        let happens = self.dice.happens(chance);
        self.statistics.faults += u64::from(happens);
        happens
    }

    /// Opens `object` under the lowest free number, as the kernel does.
    pub(super) fn open(&mut self, object: Object) -> Result<Descriptor, i32> {
        let free = self.descriptors.iter().position(Option::is_none);
        let index = free.unwrap_or(self.descriptors.len());
        if index >= self.options.descriptors {
            return Err(libc::EMFILE);
        }
        let number = self.objects.iter().position(Option::is_none).unwrap_or(self.objects.len());
        if number == self.objects.len() {
            self.objects.push(None);
        }
        self.objects[number] = Some(Open { object, references: 1 });
        if index == self.descriptors.len() {
            self.descriptors.push(None);
        }
        self.descriptors[index] = Some(number);
        Ok(Descriptor(Descriptor::FIRST_SIMULATED + index as i32))
    }

    pub(super) fn open_descriptors(&self) -> usize {
        self.descriptors.iter().flatten().count()
    }

    fn index_of(descriptor: Descriptor) -> usize {
        usize::try_from(descriptor.0.wrapping_sub(Descriptor::FIRST_SIMULATED))
            .unwrap_or(usize::MAX)
    }

    fn number_of(&self, descriptor: Descriptor) -> Option<ObjectNumber> {
        self.descriptors.get(Self::index_of(descriptor)).copied().flatten()
    }

    pub(super) fn object(&self, number: ObjectNumber) -> Option<Object> {
        self.objects.get(number)?.as_ref().map(|open| open.object)
    }

    /// Turns a new socket into the end of a connection.
    pub(super) fn become_stream(&mut self, socket: Descriptor, end: EndName) {
        if let Some(number) = self.number_of(socket) {
            self.set_object(number, Object::Stream(end));
        }
    }

    pub(super) fn set_object(&mut self, number: ObjectNumber, object: Object) {
        if let Some(Some(open)) = self.objects.get_mut(number) {
            open.object = object;
        }
    }

    fn release(&mut self, number: ObjectNumber) {
        let Some(Some(open)) = self.objects.get_mut(number) else { return };
        open.references -= 1;
        if open.references > 0 {
            return;
        }
        let object = open.object;
        self.objects[number] = None;
        match object {
            Object::Stream(end) => self.network.close(end),
            Object::Listener(listener) => {
                self.network.close_listener(listener);
                if let Some(gate) = &mut self.gate {
                    gate.close(listener);
                }
            }
            Object::Unconnected | Object::File { .. } => {}
        }
    }

    fn close(&mut self, descriptor: Descriptor) -> Result<u32, i32> {
        let number = self.number_of(descriptor).ok_or(libc::EBADF)?;
        self.descriptors[Self::index_of(descriptor)] = None;
        self.release(number);
        Ok(0)
    }

    pub(super) fn listen(
        &mut self,
        address: SocketAddr,
        options: &ListenOptions,
    ) -> io::Result<Descriptor> {
        let (address, outside) = match self.gate {
            Some(_) => Gate::listen(address, options).map(|(at, socket)| (at, Some(socket)))?,
            None => (address, None),
        };
        let backlog = options.backlog as usize;
        let listener =
            self.network.listen(address, backlog, options.reuse_port).map_err(failure)?;
        if let (Some(gate), Some(outside)) = (&mut self.gate, outside) {
            gate.open(listener, outside);
        }
        self.open(Object::Listener(listener)).map_err(|errno| {
            self.network.close_listener(listener);
            failure(errno)
        })
    }

    pub(super) fn socket(&mut self) -> io::Result<Descriptor> {
        self.open(Object::Unconnected).map_err(failure)
    }

    pub(super) fn addresses(
        &self,
        socket: Descriptor,
    ) -> io::Result<(SocketAddr, Option<SocketAddr>)> {
        let object = self.number_of(socket).and_then(|number| self.object(number));
        match object.ok_or_else(|| failure(libc::EBADF))? {
            Object::Listener(listener) => {
                let address = self.network.listener_address(listener);
                Ok((address.ok_or_else(|| failure(libc::EBADF))?, None))
            }
            Object::Stream(end) => match self.network.addresses(end) {
                Some((local, peer)) => Ok((local, Some(peer))),
                None => Err(failure(libc::ENOTCONN)),
            },
            Object::Unconnected => Ok((SocketAddr::from(([0, 0, 0, 0], 0)), None)),
            Object::File { .. } => Err(failure(libc::ENOTSOCK)),
        }
    }

    pub(super) fn submit(&mut self, token: Token, operation: Operation) {
        self.statistics.operations += 1;
        if let Operation::Close { descriptor } = operation {
            return self.start_close(token, descriptor);
        }
        if self.tokens.contains_key(&token.to_bits()) {
            // Not entered: the first operation of this token goes on.
            let result = Err(failure(libc::EALREADY));
            let payload = buffer_of(operation);
            let completion = Completion { token, result, more: false, payload };
            self.untracked += 1;
            self.coming.insert((self.now_ns, 0, self.order), completion);
            self.order += 1;
            return;
        }
        if let Operation::Receive { socket } = operation
            && self.starved
        {
            self.tokens.insert(token.to_bits(), Stage::Parked);
            return self.parked.push((token, socket));
        }
        self.start(token, operation);
    }

    /// Closes at once: the number is free from here on, and what is submitted later does not
    /// mean it. Closes that nobody waits for may share a token.
    fn start_close(&mut self, token: Token, descriptor: Descriptor) {
        self.untracked += 1;
        let operation = Operation::Close { descriptor };
        if let Some(reality) = self.reality.as_mut().filter(|reality| reality.takes(&operation)) {
            return reality.submit(token, operation);
        }
        let result = self.close(descriptor);
        let mut pending = Self::parked_operation(token);
        self.announce(&mut pending, result, false, Payload::None);
    }

    fn start(&mut self, token: Token, operation: Operation) {
        self.started_in_wait += 1;
        let operation = match self.send_out(token, operation) {
            Some(operation) => operation,
            None => return,
        };
        let delay_ns = self.delay_ns();
        let full = self.started_in_wait > self.options.submissions_a_wait;
        let not_before_ns = self.now_ns + delay_ns + u64::from(full) * super::WAIT_NS;
        let descriptor = descriptor_of(&operation);
        let object = descriptor.and_then(|descriptor| self.number_of(descriptor));
        let pending = Pending { token, operation, object, not_before_ns, last_due_ns: 0, sent: 0 };
        if let Some(Some(open)) = object.map(|number| &mut self.objects[number]) {
            open.references += 1;
        }
        self.tokens.insert(token.to_bits(), Stage::Pending(self.order));
        self.pending.insert(self.order, pending);
        self.order += 1;
    }

    /// Hands an operation to the real world where it belongs there; otherwise it comes back.
    fn send_out(&mut self, token: Token, operation: Operation) -> Option<Operation> {
        let Some(reality) = self.reality.as_mut().filter(|reality| reality.takes(&operation))
        else {
            return Some(operation);
        };
        self.tokens.insert(token.to_bits(), Stage::Sent);
        if !Reality::may_be_interrupted(&operation) || !self.dice.happens(self.faults.interrupts) {
            reality.submit(token, operation);
            return None;
        }
        self.statistics.faults += 1;
        let object = None;
        let payload = buffer_of(operation);
        let mut pending = Pending { object, ..Self::parked_operation(token) };
        self.finish(&mut pending, Err(libc::EINTR), payload);
        None
    }

    /// Takes in what the real world has done and carries what waits at the gate; whether there
    /// was anything.
    pub(super) fn look_outside(&mut self) -> io::Result<bool> {
        let carried = self.gate.as_mut().is_some_and(|gate| gate.carry(&mut self.network));
        let Some(reality) = &mut self.reality else { return Ok(carried) };
        let returned = reality.collect()?;
        let any = carried || !returned.is_empty();
        returned.into_iter().for_each(|returned| self.take_back(returned));
        Ok(any)
    }

    fn take_back(&mut self, returned: Returned) {
        let Returned { mut completion, may_be_short } = returned;
        if let (true, Ok(count @ 2..)) = (may_be_short, &completion.result) {
            let count = self.dice.part(*count as usize, self.faults.short_reads);
            cut_short(&mut completion, count);
        }
        if !completion.more
            && let Some(stage) = self.tokens.get_mut(&completion.token.to_bits())
            && *stage == Stage::Sent
        {
            *stage = Stage::Ended;
        }
        let due_ns = self.now_ns + self.delay_ns();
        let Some(reality) = &mut self.reality else { return };
        let due_ns = reality.place(&completion, due_ns);
        let lot = if self.faults.delays > 0 { self.dice.next() } else { 0 };
        self.coming.insert((due_ns, lot, self.order), completion);
        self.order += 1;
    }

    /// A delay for the next step of something, mostly none.
    pub(super) fn delay_ns(&mut self) -> u64 {
        if !self.faulty(self.faults.delays) {
            return 0;
        }
        self.dice.below(self.faults.delay_ns_max + 1)
    }

    pub(super) fn cancel(&mut self, token: Token) {
        match self.tokens.get(&token.to_bits()) {
            Some(Stage::Pending(order)) => {
                let order = *order;
                self.end_cancelled(order);
            }
            Some(Stage::Parked) => {
                self.parked.retain(|(parked, _)| *parked != token);
                let mut pending = Self::parked_operation(token);
                self.finish(&mut pending, Err(libc::ECANCELED), Payload::None);
            }
            Some(Stage::Sent) => {
                if let Some(reality) = &mut self.reality {
                    reality.cancel(token);
                }
            }
            Some(Stage::Ended) | None => {}
        }
    }

    fn parked_operation(token: Token) -> Pending {
        let operation = Operation::Receive { socket: Descriptor(-1) };
        Pending { token, operation, object: None, not_before_ns: 0, last_due_ns: 0, sent: 0 }
    }

    fn end_cancelled(&mut self, order: u64) {
        let Some(mut pending) = self.pending.remove(&order) else { return };
        let payload = buffer_of(pending.take_operation());
        self.finish(&mut pending, Err(libc::ECANCELED), payload);
    }

    /// Makes the last completion of an operation that has left `pending`.
    pub(super) fn finish(
        &mut self,
        pending: &mut Pending,
        result: Result<u32, i32>,
        payload: Payload,
    ) {
        self.tokens.insert(pending.token.to_bits(), Stage::Ended);
        if let Some(number) = pending.object.take() {
            self.release(number);
        }
        self.announce(pending, result, false, payload);
    }

    /// Makes a completion, which comes now or after a delay.
    pub(super) fn announce(
        &mut self,
        pending: &mut Pending,
        result: Result<u32, i32>,
        more: bool,
        payload: Payload,
    ) {
        let due_ns = (self.now_ns + self.delay_ns()).max(pending.last_due_ns + 1);
        pending.last_due_ns = due_ns;
        let lot = if self.faults.delays > 0 { self.dice.next() } else { 0 };
        let result = result.map_err(failure);
        let completion = Completion { token: pending.token, result, more, payload };
        self.coming.insert((due_ns, lot, self.order), completion);
        self.order += 1;
    }

    /// Begins a wait; whether it is interrupted at once.
    pub(super) fn begin_wait(&mut self, cost_ns: u64) -> bool {
        self.now_ns += cost_ns;
        self.started_in_wait = 0;
        self.unpark();
        self.faulty(self.faults.interrupts)
    }

    /// Takes up the receives held back, once an eighth of the buffers are free.
    fn unpark(&mut self) {
        let enough = usize::from(self.pool.options().buffers / 8).max(1);
        if !self.starved || self.pool.free() < enough {
            return;
        }
        self.starved = false;
        for (token, socket) in std::mem::take(&mut self.parked) {
            self.tokens.remove(&token.to_bits());
            self.start(token, Operation::Receive { socket });
        }
    }

    /// Receives submitted from now on are held back until buffers are free.
    pub(super) fn starve(&mut self) {
        self.starved = true;
    }

    /// Hands over what is due; how much.
    pub(super) fn deliver(&mut self, completions: &mut VecDeque<Completion>) -> usize {
        let mut count = 0;
        while count < self.options.completions_a_wait {
            let Some(first) = self.coming.first_entry() else { break };
            if first.key().0 > self.now_ns {
                break;
            }
            let completion = first.remove();
            self.note(&completion);
            completions.push_back(completion);
            count += 1;
        }
        count
    }

    fn note(&mut self, completion: &Completion) {
        self.statistics.completions += 1;
        let bits = completion.token.to_bits();
        if !completion.more {
            match self.tokens.get(&bits) {
                Some(Stage::Ended) => drop(self.tokens.remove(&bits)),
                _ => self.untracked = self.untracked.saturating_sub(1),
            }
        }
        let result = match &completion.result {
            Ok(value) => u64::from(*value),
            Err(error) => u64::from(error.raw_os_error().unwrap_or(0).unsigned_abs()) << 32,
        };
        for part in [bits, result, self.now_ns] {
            let mixed = self.statistics.trace.rotate_left(5) ^ part;
            self.statistics.trace = mixed.wrapping_mul(0x517c_c1b7_2722_0a95);
        }
    }

    /// When something happens by itself next.
    pub(super) fn next_event_ns(&self) -> Option<u64> {
        let coming = self.coming.first_key_value().map(|(due, _)| due.0);
        let starts = self.pending.values().map(|pending| pending.not_before_ns);
        starts.filter(|start_ns| *start_ns > self.now_ns).chain(coming).min()
    }

    /// Whether something of the real system is waited for.
    pub(super) fn watches_reality(&self) -> bool {
        let polls = |pending: &Pending| matches!(pending.operation, Operation::Poll { .. });
        let outside = self.gate.as_ref().is_some_and(Gate::is_watched)
            || self.reality.as_ref().is_some_and(Reality::is_watched);
        outside || self.pending.values().any(|pending| pending.object.is_none() && polls(pending))
    }

    pub(super) fn in_flight(&self) -> usize {
        self.tokens.len() + self.untracked
    }

    pub(super) fn buffers_free(&self) -> usize {
        self.pool.free()
    }

    /// Ends everything and hands it over.
    pub(super) fn shut_down(&mut self, completions: &mut VecDeque<Completion>) -> io::Result<()> {
        if let Some(reality) = &mut self.reality {
            let returned = reality.shut_down()?;
            returned.into_iter().for_each(|returned| self.take_back(returned));
        }
        let parked: Vec<Token> = self.parked.iter().map(|(token, _)| *token).collect();
        parked.into_iter().for_each(|token| self.cancel(token));
        let orders: Vec<u64> = self.pending.keys().copied().collect();
        orders.into_iter().for_each(|order| self.end_cancelled(order));
        while let Some(due_ns) = self.coming.last_key_value().map(|(due, _)| due.0) {
            self.now_ns = self.now_ns.max(due_ns);
            self.deliver(completions);
        }
        Ok(())
    }
}

impl Pending {
    /// The operation, with what it owns, once it is not under way any more.
    pub(super) fn take_operation(&mut self) -> Operation {
        let nothing = Operation::Close { descriptor: Descriptor(-1) };
        std::mem::replace(&mut self.operation, nothing)
    }

    /// The bytes of a send or write.
    pub(super) fn take_outgoing(&mut self) -> Outgoing {
        match self.take_operation() {
            Operation::Send { bytes, .. } | Operation::Write { bytes, .. } => bytes,
            _ => Outgoing::Owned(Vec::new()),
        }
    }
}
