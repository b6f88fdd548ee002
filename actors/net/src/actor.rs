//! The network actor: one [`HttpShard`] behind an address.
//!
//! One lives on each shard that does I/O. Servers are known by the number the script side gave
//! them; their sockets are opened there, so that `Bun.serve` can answer at once, and handed over.
//! What has come is sent as one [`Batch`] a round to the actor named [`SCRIPT_ACTOR`] on the
//! shard that runs the script; a batch that is refused waits here, and receiving with it, since
//! its requests stay unanswered.

use std::{
    collections::{HashMap, VecDeque},
    sync::Arc,
};

use dx_driver::Descriptor;
use dx_kernel::{Actor, Addr, Cause, Context, DrainGuard, Recovery, Refused, Reply, Shard};
use dx_reactor::Event;
use dx_ring::Key;

use crate::{
    arrival::Batch,
    connection::Claim,
    large::LargeBody,
    shard::{HttpShard, kind},
    site::Site,
};

/// Name of the network actor on each I/O shard.
pub const NET_ACTOR: &str = "net";
/// Name of the actor that takes batches on the script's shard.
pub const SCRIPT_ACTOR: &str = "serve";

/// What the network actor can be told.
#[derive(Debug)]
pub enum NetMessage {
    /// Carry out these records, which refer to these large bodies.
    Apply(Box<Records>),
    /// Hand over, or drop, the content of a request.
    Claim(Key, Claim),
    /// Serve this site on this listening socket.
    Listen(Box<Listening>),
    /// Serve another version of the site from now on.
    Replace(Arc<Site>),
    /// Stop listening; cut the connections too where the flag says so. Answered when the last
    /// connection is gone.
    Stop(u32, bool),
    /// Close the connections of this server on which nothing is under way.
    CloseIdle(u32),
    /// Let the connection of this exchange go; a notice brings it.
    Detach(Key),
    /// Set the silence, in seconds, allowed on this exchange's connection.
    Timeout(Key, u32),
}

/// Reply records of one turn.
#[derive(Debug, Default)]
pub struct Records {
    /// The records, one behind the other.
    pub bytes: Vec<u8>,
    /// The bodies they refer to.
    pub large: Vec<LargeBody>,
}

/// A listening socket and what it serves.
#[derive(Debug)]
pub struct Listening {
    /// The socket, which now belongs to the actor.
    pub socket: Descriptor,
    /// The site; its number names the server.
    pub site: Arc<Site>,
    /// Whether connections to its address can lead to no other socket, so that those of this
    /// shard may be made within the process.
    pub is_alone: bool,
}

/// The actor that takes batches on the script's shard.
pub struct ScriptActor {
    take: Box<dyn FnMut(Batch)>,
}

impl ScriptActor {
    /// An actor that hands every batch to `take`.
    #[must_use]
    pub fn new(take: impl FnMut(Batch) + 'static) -> Self {
        Self { take: Box::new(take) }
    }
}

impl Actor for ScriptActor {
    type Message = Box<Batch>;
    type Reply = ();

    fn handle(&mut self, message: Box<Batch>, _reply: Reply<()>, _context: &Context<'_, Self>) {
        (self.take)(*message);
    }
}

/// See the module's description.
pub struct NetActor {
    http: HttpShard,
    script: Option<Addr<ScriptActor>>,
    script_shard: usize,
    listeners: HashMap<u32, Key>,
    stopping: Vec<(Key, Reply<()>)>,
    refused: VecDeque<Box<Batch>>,
    draining: Option<DrainGuard>,
}

impl NetActor {
    /// An actor for `shard` whose batches go to shard `script_shard`.
    #[must_use]
    pub fn new(shard: &Shard, script_shard: usize) -> Self {
        let number = u32::try_from(shard.index()).unwrap_or(u32::MAX);
        let mut http = HttpShard::new(shard.reactor().clone(), number);
        if script_shard != shard.index() {
            http.hand_on();
        }
        Self {
            http,
            script: None,
            script_shard,
            listeners: HashMap::new(),
            stopping: Vec::new(),
            refused: VecDeque::new(),
            draining: None,
        }
    }

    /// Gives the actor the reactor's events of its kinds.
    pub fn route(shard: &Shard, address: &Addr<Self>) {
        for kind in kind::FIRST..=kind::LAST {
            shard.route_events(kind, address);
        }
    }

    fn hand_over(&mut self, context: &Context<'_, Self>) {
        if self.http.has_batch() {
            self.refused.push_back(Box::new(self.http.take_batch()));
        }
        if self.script.is_none() && !self.refused.is_empty() {
            self.script = context.shard().find(self.script_shard, SCRIPT_ACTOR);
        }
        let Some(script) = self.script.clone() else {
            return;
        };
        while let Some(batch) = self.refused.pop_front() {
            match script.try_send(batch) {
                Ok(()) => {}
                Err(Refused::Full(batch)) => {
                    self.refused.push_front(batch);
                    context.notify_when_room();
                    return;
                }
                Err(Refused::Closed(_)) => {
                    self.script = None;
                    return;
                }
            }
        }
    }

    fn answer_stopped(&mut self) {
        for (listener, reply) in std::mem::take(&mut self.stopping) {
            if self.http.has_listener(listener) {
                self.stopping.push((listener, reply));
            } else {
                reply.send(());
            }
        }
    }
}

impl Actor for NetActor {
    type Message = NetMessage;
    type Reply = ();

    fn handle(&mut self, message: NetMessage, reply: Reply<()>, _context: &Context<'_, Self>) {
        match message {
            NetMessage::Apply(mut records) => {
                self.http.apply(&records.bytes, &mut records.large);
            }
            NetMessage::Claim(exchange, claim) => self.http.claim(exchange, claim),
            NetMessage::Listen(listening) => {
                let number = listening.site.number;
                let key = self.http.adopt(listening.socket, listening.site, listening.is_alone);
                self.listeners.insert(number, key);
            }
            NetMessage::Replace(site) => {
                if let Some(listener) = self.listeners.get(&site.number) {
                    self.http.replace_site(*listener, site);
                }
            }
            NetMessage::Stop(number, force) => {
                if let Some(listener) = self.listeners.get(&number) {
                    self.http.stop(*listener, force);
                    self.stopping.push((*listener, reply));
                }
            }
            NetMessage::CloseIdle(number) => {
                if let Some(listener) = self.listeners.get(&number) {
                    self.http.close_idle(*listener);
                }
            }
            NetMessage::Detach(exchange) => self.http.detach(exchange),
            NetMessage::Timeout(exchange, seconds) => self.http.set_timeout(exchange, seconds),
        }
    }

    fn event(&mut self, event: Event, _context: &Context<'_, Self>) {
        let _others = self.http.handle(event);
    }

    fn batch_ended(&mut self, context: &Context<'_, Self>) {
        self.http.flush();
        self.hand_over(context);
        if !self.stopping.is_empty() {
            self.answer_stopped();
        }
        if self.draining.is_some() && self.http.open_connections() == 0 {
            self.draining = None;
        }
    }

    fn room(&mut self, context: &Context<'_, Self>) {
        self.hand_over(context);
    }

    /// A panic while one connection's event was handled costs that connection, not the shard.
    fn panicked(&mut self, cause: Cause, _context: &Context<'_, Self>) -> Recovery {
        let Cause::Event(token) = cause else {
            return Recovery::Restart;
        };
        self.http.abandon(token);
        Recovery::Keep
    }

    fn stopping(&mut self, context: &Context<'_, Self>) {
        for listener in self.listeners.values() {
            self.http.stop(*listener, false);
        }
        self.http.flush();
        if self.http.open_connections() > 0 {
            self.draining = Some(context.hold_shutdown());
        }
    }
}
