//! Actors: addresses, mailboxes, credits, supervision and topology.
//!
//! A shard is one thread with one reactor. Actors live on a shard, own their state and are
//! reached through an [`Addr`]; nothing is shared between shards but the rings they talk over.
//!
//! - [`Actor`] handles messages and reactor events; [`Context`] is what it can do meanwhile;
//! - [`Addr::try_send`] gives the message back when it is refused, [`Addr::call`] returns a
//!   [`Ticket`] whose reply has its place reserved before the message leaves;
//! - [`Shard::turn`] is one round of a shard: run actors, publish, wait, dispatch, run, publish;
//! - [`ShardSet`] starts the shards of a [`Topology`], meshes them and joins them.
//!
//! Invariants:
//! - a shard runs its actors one at a time, never one inside another: sends only queue;
//! - messages from one shard to one actor arrive in order; replies never wait for room;
//! - every accepted call is answered once: by its actor, or with a [`CallError`];
//! - whatever is pushed to another shard is published before its sender waits.
//!
//! How it fails: a panic in a handler restarts its actor ([`Supervision`]); a shard whose
//! driver breaks stops the set.

#![forbid(unsafe_code)]

mod actor;
mod address;
mod barrier;
mod call;
mod cell;
mod directory;
mod mesh;
mod metrics;
mod set;
mod shard;
mod topology;

pub use actor::{Actor, ActorOptions, Cause, Context, DrainGuard, Recovery, Supervision};
pub use address::{Addr, PortableAddr, Refused, Sending};
pub use call::{CallError, Reply, Ticket};
pub use mesh::{Job, REPLY_LANE, REQUEST_LANE};
pub use metrics::{ActorSnapshot, LATENCY_BUCKETS};
pub use set::{BoxError, Plan, SetError, SetHandle, ShardSet};
pub use shard::{RunState, Shard};
pub use topology::{CpuSet, SHARDS_MAX, ShardRole, Threads, Topology, TopologyError, TopologyKind};
