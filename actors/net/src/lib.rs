//! The network actor: listeners and HTTP connections.
//!
//! An [`HttpShard`] belongs to one I/O shard. It answers what needs no script by itself, hands
//! other requests over as a [`Batch`] of arrivals, and carries out the records that come back.
//! See `shard.rs` for the invariants.

#![forbid(unsafe_code)]

mod actor;
mod arrival;
mod connection;
mod detach;
mod intake;
mod large;
mod outflow;
mod record;
mod router;
mod secure;
mod shard;
mod site;

pub mod sockets;

pub use actor::{Listening, NET_ACTOR, NetActor, NetMessage, Records, SCRIPT_ACTOR, ScriptActor};
pub use arrival::{ARRIVAL_WORDS, Arrival, Batch, BodyFailure, BodyState, Detached, Notice, word};
pub use connection::Claim;
pub use large::LargeBody;
pub use record::{HEADER_WORDS, Record, RecordKind, fields, word as record_word, write_record};
pub use router::{PARAMETERS_MAX, PatternError, RouteId, Router};
pub use shard::{ACCEPT_BACKOFF_NS, HttpShard, INPUT_WINDOW, OUTPUT_WINDOW, PIPELINE_MAX, kind};
pub use site::{RouteTarget, Site, SiteSettings, StaticResponse};
