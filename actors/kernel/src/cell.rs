//! An actor with its mailbox and its supervisor.
//!
//! Invariants: `state` is borrowed only while a handler runs, and handlers never nest, because
//! sending only queues; `scheduled` is true exactly while the cell is in the shard's ready list.

use std::{
    any::Any,
    cell::{Cell, RefCell},
    collections::VecDeque,
    panic::{AssertUnwindSafe, catch_unwind},
    rc::{Rc, Weak},
    sync::{Arc, atomic::Ordering},
};

use dx_reactor::Event;
use dx_ring::Key;

use crate::{
    Actor, ActorOptions, CallError, Cause, Context, Recovery, Refused, Reply, Shard, Supervision,
    directory::ActorShared, mesh::Letter,
};

/// Messages one actor handles before others have their turn.
const MESSAGES_A_RUN: usize = 256;

/// Builds an actor, and builds it anew after a panic.
pub(crate) type Factory<A> = Box<dyn FnMut(&Context<'_, A>) -> A>;

struct Envelope<M> {
    message: M,
    source: usize,
    reply_to: Key,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Mode {
    Running,
    Restarting,
    Closed,
}

/// An actor as its shard sees it, whatever its type.
pub(crate) trait AnyActor {
    /// Puts a letter of another shard into the mailbox; whether the cell must be scheduled.
    fn deliver(&self, shard: &Shard, source: usize, letter: Letter) -> bool;
    /// Handles messages; whether the actor ran.
    fn run(&self, shard: &Shard) -> bool;
    /// Handles an event; whether the cell must be scheduled.
    fn event(&self, shard: &Shard, event: Event) -> bool;
    /// Calls `room`; whether the cell must be scheduled.
    fn room(&self, shard: &Shard) -> bool;
    /// Calls `stopping`; whether the cell must be scheduled.
    fn stopping(&self, shard: &Shard) -> bool;
    /// Builds the actor anew; whether the cell must be scheduled.
    fn revive(&self, shard: &Shard) -> bool;
    /// Ends the actor.
    fn close(&self, shard: &Shard);
    /// Marks the cell as being in the ready list; whether it was not before.
    fn mark_scheduled(&self, shard: &Shard) -> bool;
    /// Notes the latency of the batch that ended now.
    fn record_latency(&self, now_ns: u64);
    fn as_any(self: Rc<Self>) -> Rc<dyn Any>;
}

pub(crate) struct ActorCell<A: Actor> {
    this: Weak<Self>,
    shared: Arc<ActorShared>,
    state: RefCell<Option<A>>,
    mailbox: RefCell<VecDeque<Envelope<A::Message>>>,
    /// Events that came while the actor was being restarted.
    events_kept: RefCell<VecDeque<Event>>,
    /// `None` for an actor that is closed by its first panic.
    factory: RefCell<Option<Factory<A>>>,
    supervision: Supervision,
    mode: Cell<Mode>,
    scheduled: Cell<bool>,
    hook_due: Cell<bool>,
    /// A message of this shard was refused and nobody was told of room since.
    refused: Cell<bool>,
    close_due: Cell<bool>,
    cause: Cell<Cause>,
    reply_cause: Rc<Cell<CallError>>,
    restart_streak: Cell<u32>,
    restarted_ns: Cell<u64>,
    /// When the actor was put into the ready list, and when it was for the batch that ran last.
    queued_ns: Cell<u64>,
    batch_ns: Cell<u64>,
}

impl<A: Actor> ActorCell<A> {
    pub(crate) fn new(
        shared: Arc<ActorShared>,
        options: &ActorOptions,
        factory: Option<Factory<A>>,
        state: Option<A>,
    ) -> Rc<Self> {
        Rc::new_cyclic(|this| Self {
            this: this.clone(),
            shared,
            mode: Cell::new(if state.is_some() { Mode::Running } else { Mode::Restarting }),
            state: RefCell::new(state),
            mailbox: RefCell::default(),
            events_kept: RefCell::default(),
            factory: RefCell::new(factory),
            supervision: options.supervision.clone(),
            scheduled: Cell::new(false),
            hook_due: Cell::new(false),
            refused: Cell::new(false),
            close_due: Cell::new(false),
            cause: Cell::new(Cause::Hook),
            reply_cause: Rc::new(Cell::new(CallError::Unanswered)),
            restart_streak: Cell::new(0),
            restarted_ns: Cell::new(0),
            queued_ns: Cell::new(0),
            batch_ns: Cell::new(0),
        })
    }

    pub(crate) fn shared(&self) -> &Arc<ActorShared> {
        &self.shared
    }

    pub(crate) fn request_close(&self) {
        self.close_due.set(true);
    }

    pub(crate) fn schedule_hook(&self) {
        self.hook_due.set(true);
    }

    /// Queues a message of this shard.
    #[inline]
    pub(crate) fn post_local(
        &self,
        shard: &Shard,
        message: A::Message,
        reply_to: Key,
    ) -> Result<(), Refused<A::Message>> {
        if self.mode.get() == Mode::Closed {
            return Err(Refused::Closed(message));
        }
        let mut mailbox = self.mailbox.borrow_mut();
        if mailbox.len() >= self.shared.capacity as usize {
            if !self.refused.replace(true) {
                shard.note_local_refusal();
            }
            return Err(Refused::Full(message));
        }
        mailbox.push_back(Envelope { message, source: shard.index(), reply_to });
        drop(mailbox);
        if self.mark_scheduled(shard)
            && let Some(this) = self.this.upgrade()
        {
            shard.push_ready(this);
        }
        Ok(())
    }

    /// Runs `action` on the state, catching panics; whether it ran to its end.
    fn guarded(
        &self,
        shard: &Shard,
        cause: Cause,
        action: impl FnOnce(&mut A, &Context<'_, A>),
    ) -> bool {
        if self.mode.get() != Mode::Running {
            return false;
        }
        let Some(this) = self.this.upgrade() else { return false };
        self.cause.set(cause);
        let context = Context { shard, cell: &this };
        let outcome = catch_unwind(AssertUnwindSafe(|| {
            if let Some(actor) = self.state.borrow_mut().as_mut() {
                action(actor, &context);
            }
        }));
        if outcome.is_err() {
            self.recover(&context);
        }
        if self.close_due.get() {
            self.close(shard);
        }
        outcome.is_ok()
    }

    fn run_batch(&self, shard: &Shard, actor: &mut A, context: &Context<'_, A>) {
        let here = shard.index();
        let counters = &self.shared.counters;
        let mut depth = self.mailbox.borrow().len();
        counters.depth_max.raise(depth as u64);
        let mut left = MESSAGES_A_RUN;
        while left > 0 && !self.close_due.get() {
            let Some(envelope) = self.mailbox.borrow_mut().pop_front() else { break };
            left -= 1;
            counters.messages.add(1);
            if envelope.source != here {
                self.shared.quotas[envelope.source].count_handled();
                shard.note_drained(envelope.source);
            }
            let reply = self.reply(shard, envelope.source, envelope.reply_to);
            actor.handle(envelope.message, reply, context);
        }
        self.cause.set(Cause::Hook);
        self.hook_due.set(false);
        actor.batch_ended(context);
        depth = self.mailbox.borrow().len();
        counters.depth.set(depth as u64);
        self.lift_refusal(shard);
    }

    fn reply(&self, shard: &Shard, source: usize, reply_to: Key) -> Reply<A::Reply> {
        if reply_to == Key::NONE {
            return Reply::inert();
        }
        Reply::new(shard, source, reply_to, &self.reply_cause)
    }

    /// Decides what becomes of the actor after a panic.
    fn recover(&self, context: &Context<'_, A>) {
        self.shared.counters.panics.add(1);
        let cause = self.cause.get();
        let recovery = catch_unwind(AssertUnwindSafe(|| match &mut *self.state.borrow_mut() {
            Some(actor) => actor.panicked(cause, context),
            None => Recovery::Restart,
        }));
        match recovery {
            Ok(Recovery::Keep) => {
                // The rest of the mailbox, and the batch's end, are still to be handled.
                self.hook_due.set(true);
                context.shard.schedule_cell(context.cell);
            }
            Ok(Recovery::Restart) | Err(_) => self.restart_later(context.shard),
        }
    }

    /// Drops the state, fails the calls it holds or that wait, and sets the restart's time.
    fn restart_later(&self, shard: &Shard) {
        self.mode.set(Mode::Restarting);
        self.drop_state(CallError::Panicked);
        self.fail_waiting_calls(shard, CallError::Panicked);
        let now_ns = shard.round_ns();
        let calm_ns = self.supervision.calm_after.as_nanos() as u64;
        if now_ns.saturating_sub(self.restarted_ns.get()) >= calm_ns {
            self.restart_streak.set(0);
        }
        let streak = self.restart_streak.get();
        self.restart_streak.set(streak.saturating_add(1));
        let exhausted = self.supervision.give_up_after.is_some_and(|limit| streak >= limit);
        if exhausted || self.factory.borrow().is_none() {
            self.close(shard);
            return;
        }
        if let Some(this) = self.this.upgrade() {
            shard.revive_later(this, self.supervision.delay(streak));
        }
    }

    /// Builds the state when the actor is spawned; whether the cell must be scheduled.
    pub(crate) fn first_build(&self, shard: &Shard) -> bool {
        self.build(shard) && self.has_work() && self.mark_scheduled(shard)
    }

    /// Builds the state; whether the actor runs now. If not, a later try is set.
    fn build(&self, shard: &Shard) -> bool {
        let Some(this) = self.this.upgrade() else { return false };
        let context = Context { shard, cell: &this };
        let built = catch_unwind(AssertUnwindSafe(|| {
            self.factory.borrow_mut().as_mut().map(|factory| factory(&context))
        }));
        self.restarted_ns.set(shard.round_ns());
        match built {
            Ok(Some(actor)) => {
                *self.state.borrow_mut() = Some(actor);
                self.mode.set(Mode::Running);
                if self.close_due.get() {
                    self.close(shard);
                }
                self.mode.get() == Mode::Running
            }
            Ok(None) => false,
            Err(_) => {
                self.shared.counters.panics.add(1);
                self.restart_later(shard);
                false
            }
        }
    }

    fn drop_state(&self, reason: CallError) {
        self.reply_cause.set(reason);
        let state = self.state.borrow_mut().take();
        // A panic in the destructor of a state that panicked before adds nothing.
        let _ = catch_unwind(AssertUnwindSafe(|| drop(state)));
        self.reply_cause.set(CallError::Unanswered);
    }

    fn fail_waiting_calls(&self, shard: &Shard, reason: CallError) {
        for envelope in self.mailbox.borrow_mut().iter_mut() {
            let reply_to = std::mem::replace(&mut envelope.reply_to, Key::NONE);
            if reply_to != Key::NONE {
                shard.fail_call(envelope.source, reply_to, reason);
            }
        }
    }

    fn lift_refusal(&self, shard: &Shard) {
        if self.refused.replace(false) {
            shard.note_local_room();
        }
    }

    fn has_work(&self) -> bool {
        self.mode.get() == Mode::Running
            && (self.hook_due.get() || !self.mailbox.borrow().is_empty())
    }
}

impl<A: Actor> AnyActor for ActorCell<A> {
    fn deliver(&self, shard: &Shard, source: usize, letter: Letter) -> bool {
        let reply_to = letter.reply_to;
        let Ok(message) = letter.body.take::<A::Message>() else {
            debug_assert!(false, "a letter for {} carries another type", self.shared.name);
            return false;
        };
        if self.mode.get() == Mode::Closed {
            if reply_to != Key::NONE {
                shard.fail_call(source, reply_to, CallError::Closed);
            }
            return false;
        }
        let mut mailbox = self.mailbox.borrow_mut();
        // There is room: the sender counted it in its quota.
        mailbox.push_back(Envelope { message, source, reply_to });
        self.mark_scheduled(shard)
    }

    fn run(&self, shard: &Shard) -> bool {
        self.scheduled.set(false);
        if self.mode.get() != Mode::Running {
            return false;
        }
        self.batch_ns.set(self.queued_ns.get());
        self.guarded(shard, Cause::Message, |actor, context| {
            self.run_batch(shard, actor, context);
        });
        if self.has_work()
            && self.mark_scheduled(shard)
            && let Some(this) = self.this.upgrade()
        {
            shard.push_ready(this);
        }
        true
    }

    fn event(&self, shard: &Shard, event: Event) -> bool {
        match self.mode.get() {
            Mode::Running => {}
            Mode::Restarting => {
                self.events_kept.borrow_mut().push_back(event);
                return false;
            }
            Mode::Closed => {
                shard.dispose(event);
                return false;
            }
        }
        self.shared.counters.events.add(1);
        let token = match &event {
            Event::Completion(completion) => completion.token,
            Event::Timer(token) => *token,
        };
        self.guarded(shard, Cause::Event(token), |actor, context| actor.event(event, context));
        self.hook_due.set(true);
        self.mark_scheduled(shard)
    }

    fn room(&self, shard: &Shard) -> bool {
        self.guarded(shard, Cause::Hook, |actor, context| actor.room(context));
        self.hook_due.set(true);
        self.mark_scheduled(shard)
    }

    fn stopping(&self, shard: &Shard) -> bool {
        self.guarded(shard, Cause::Hook, |actor, context| actor.stopping(context));
        self.hook_due.set(true);
        self.mark_scheduled(shard)
    }

    fn revive(&self, shard: &Shard) -> bool {
        if self.mode.get() != Mode::Restarting || !self.build(shard) {
            return false;
        }
        self.shared.counters.restarts.add(1);
        let kept = std::mem::take(&mut *self.events_kept.borrow_mut());
        for event in kept {
            self.event(shard, event);
        }
        self.hook_due.set(true);
        // `event` may have marked the cell without anyone queueing it.
        self.scheduled.set(false);
        self.mark_scheduled(shard)
    }

    fn close(&self, shard: &Shard) {
        if self.mode.replace(Mode::Closed) == Mode::Closed {
            return;
        }
        self.shared.closed.store(true, Ordering::Release);
        self.drop_state(CallError::Closed);
        self.fail_waiting_calls(shard, CallError::Closed);
        self.mailbox.borrow_mut().clear();
        let kept = std::mem::take(&mut *self.events_kept.borrow_mut());
        kept.into_iter().for_each(|event| shard.dispose(event));
        // The factory may be running: an actor can end itself while it is built.
        if let Ok(mut factory) = self.factory.try_borrow_mut() {
            *factory = None;
        }
        self.lift_refusal(shard);
        shard.forget_actor(&self.shared);
    }

    fn mark_scheduled(&self, shard: &Shard) -> bool {
        if self.scheduled.replace(true) {
            return false;
        }
        self.queued_ns.set(shard.round_ns());
        true
    }

    fn record_latency(&self, now_ns: u64) {
        self.shared.counters.record_latency(now_ns.saturating_sub(self.batch_ns.get()));
    }

    fn as_any(self: Rc<Self>) -> Rc<dyn Any> {
        self
    }
}
