//! Worker, MessagePort and BroadcastChannel across threads.
//!
//! A worker is an isolate of its own on its own thread. What isolates send each other is written
//! to bytes by JavaScript (`web/serialize`), goes through the ring of the receiving [`port::End`]
//! and is read in the receiver's next turn. Owns nothing process-wide but the names of broadcast
//! channels and the numbers of threads and ends. An isolate that ends closes its ends, which
//! their peers are told.

use dx_ops::{Extension, Op, PreludeModule, prelude_module};

mod launch;
mod mailbox;
mod messages;
mod ops;
mod port;

pub use launch::{Launcher, Start, Stop, Workers};
pub use port::{Characters, Delivery, End, Message, Plain};

/// What this family adds to an isolate.
pub(crate) const EXTENSION: Extension =
    Extension { name: "web-worker", modules: MODULES, ops: OPS, globals: &[], builtins: &[] };

const MODULES: &[PreludeModule] = &[
    prelude_module!("web/worker", "apis/web/js/worker/worker.js"),
    prelude_module!("web/worker/scope", "apis/web/js/worker/scope.js"),
    prelude_module!("web/worker/globals", "apis/web/js/worker/globals.js"),
    prelude_module!("web/worker/environment", "apis/web/js/worker/environment.js"),
    prelude_module!("web/worker/events", "apis/web/js/worker/events.js"),
    prelude_module!("web/worker/figures", "apis/web/js/worker/figures.js"),
    prelude_module!("web/worker/thread", "apis/web/js/worker/thread.js"),
    prelude_module!("web/worker/uncaught", "apis/web/js/worker/uncaught.js"),
    prelude_module!("web/worker/json", "apis/web/js/worker/json.js"),
    prelude_module!("web/worker/ends", "apis/web/js/worker/ends.js"),
];

const OPS: &[Op] = &[
    Op::sync("portsWatch", ops::watch),
    Op::sync("portNext", ops::next),
    Op::sync("portPair", ops::pair),
    Op::sync("portTake", messages::take),
    Op::sync("portPost", messages::post),
    Op::sync("portPostPlain", messages::post_plain),
    Op::sync("portPostJson", messages::post_json),
    Op::sync("portPutBack", messages::put_back),
    Op::sync("portClose", ops::close),
    Op::sync("channelOpen", ops::channel_open),
    Op::sync("channelSend", ops::channel_send),
    Op::sync("channelPost", ops::channel_post),
    Op::sync("channelClose", ops::channel_close),
    Op::sync("workerStart", ops::start),
    Op::sync("workerStop", ops::stop),
    Op::sync("workerJoin", ops::join),
    Op::sync("ownThread", ops::own_thread),
];
