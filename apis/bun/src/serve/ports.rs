//! The ways to the network actors.

use std::{
    cell::RefCell,
    collections::VecDeque,
    os::fd::RawFd,
    rc::{Rc, Weak},
    time::Duration,
};

use dx_driver::Interest;
use dx_kernel::{ActorOptions, Addr, Refused, Shard, Ticket, Topology};
use dx_net::{NET_ACTOR, NetActor, NetMessage, SCRIPT_ACTOR, ScriptActor};
use dx_ops::Host;
use dx_reactor::WaitSource;

use super::Serve;

/// The way to the network actor of one shard.
pub(super) struct Port {
    pub(super) shard: u32,
    pub(super) address: Addr<NetActor>,
    /// What was refused for lack of room, in order.
    unsent: RefCell<VecDeque<NetMessage>>,
}

impl Port {
    /// Sends, or keeps until there is room. A closed actor's messages are dropped: its
    /// connections are gone with it.
    pub(super) fn send(&self, message: NetMessage) {
        let mut unsent = self.unsent.borrow_mut();
        if !unsent.is_empty() {
            unsent.push_back(message);
            return;
        }
        if let Err(Refused::Full(message)) = self.address.try_send(message) {
            unsent.push_back(message);
        }
    }

    pub(super) fn call(&self, message: NetMessage) -> Option<Ticket<()>> {
        self.address.call(message).ok()
    }

    fn send_again(&self) {
        let mut unsent = self.unsent.borrow_mut();
        while let Some(message) = unsent.pop_front() {
            if let Err(Refused::Full(message)) = self.address.try_send(message) {
                unsent.push_front(message);
                return;
            }
        }
    }
}

/// Keeps the shard from waiting while batches lie here that the script has not seen: actors run
/// right before the wait, and the script looks for batches only after it.
struct UnseenBatches(Weak<Serve>);

impl WaitSource for UnseenBatches {
    fn prepare(&mut self, _watch: &mut Vec<(RawFd, Interest)>) -> Option<Duration> {
        let serve = self.0.upgrade()?;
        let unseen = !serve.batches.borrow().is_empty();
        unseen.then_some(Duration::ZERO)
    }

    fn dispatch(&mut self) {}
}

/// Connects `Bun.serve` on `host` with the network actors of `shards`, which must have been
/// spawned; the calling thread is the script's shard.
///
/// # Errors
/// A message where one of the shards has no network actor.
pub fn install(
    host: &Host,
    shard: &Shard,
    shards: impl IntoIterator<Item = usize>,
) -> Result<(), String> {
    let serve: Rc<Serve> = host.state();
    let replicated = matches!(shard.topology(), Topology::Replicated { .. });
    serve.shares_ports.set(replicated);
    let batches = Rc::clone(&serve);
    let script = ScriptActor::new(move |batch| batches.batches.borrow_mut().push_back(batch));
    shard.spawn_value(&ActorOptions::named(SCRIPT_ACTOR), script);
    host.reactor().add_source(Box::new(UnseenBatches(Rc::downgrade(&serve))));
    let mut ports = serve.ports.borrow_mut();
    for index in shards {
        let address = shard
            .find::<NetActor>(index, NET_ACTOR)
            .ok_or_else(|| format!("shard {index} has no network actor"))?;
        let number = u32::try_from(index).unwrap_or(u32::MAX);
        ports.push(Port { shard: number, address, unsent: RefCell::default() });
    }
    Ok(())
}

impl Serve {
    /// Runs `action` with the port to a shard, if there is one.
    pub(super) fn with_port<R>(&self, shard: u32, action: impl FnOnce(&Port) -> R) -> Option<R> {
        self.ports.borrow().iter().find(|port| port.shard == shard).map(action)
    }

    /// Numbers below this one name shards.
    pub(super) fn shard_count(&self) -> u32 {
        self.ports.borrow().iter().map(|port| port.shard + 1).max().unwrap_or(1)
    }

    pub(super) fn send_again(&self) {
        self.ports.borrow().iter().for_each(Port::send_again);
    }
}
