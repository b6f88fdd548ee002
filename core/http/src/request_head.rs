//! What a request head says, by spans of the bytes it was read from.

use crate::{
    body::BodyLength,
    head::{Span, Version},
    method::Method,
    target::TargetForm,
};

/// A request head. Spans are relative to the start of the buffer it was parsed from; the header
/// lines are in the [`HeadScratch`](crate::HeadScratch).
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct RequestHead {
    /// The method, where it is a well-known one.
    pub method: Method,
    /// The method's bytes.
    pub method_span: Span,
    /// The whole request target.
    pub target: Span,
    /// Its form.
    pub target_form: TargetForm,
    /// Path and query of the target, `*` for the asterisk form; empty in the authority form and
    /// where an absolute target has neither (it may then also start with `?`).
    pub path: Span,
    /// The host (and port) the request is for: the target's own where it names one (RFC 9112
    /// section 3.2.2), else the Host field's.
    pub host: Option<Span>,
    /// The Host field's value.
    pub host_field: Option<Span>,
    /// The protocol version.
    pub version: Version,
    /// Whether the client will take another response on this connection.
    pub keep_alive: bool,
    /// How the content is delimited; never [`BodyLength::UntilClose`].
    pub body: BodyLength,
    /// The client waits for `100 Continue` before it sends the content.
    pub expect_continue: bool,
    /// The protocols of the Upgrade field, where the client asks for an upgrade.
    pub upgrade: Option<Span>,
    /// Bytes up to and including the empty line.
    pub head_len: u32,
}
