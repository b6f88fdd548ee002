//! The operations `apis/web/js/fetch/*.js` calls.

use std::{io::Write as _, rc::Rc};

use dx_client::{Claim, ClientError};
use dx_ops::{Call, Deferred, Exception, Op, Value, ValueKind};

use super::{Fetches, failure::exception, start, tls};
use crate::body::text_value;

pub(super) const OPS: &[Op] = &[
    Op::asynchronous("fetchStart", start::start),
    Op::asynchronous("fetchBody", body),
    Op::sync("fetchDiscard", discard),
    Op::sync("fetchGiveUp", give_up),
    Op::asynchronous("fetchPush", push),
    Op::sync("fetchPushEnd", push_end),
    Op::sync("fetchPreconnect", preconnect),
    Op::sync("fetchPrefetch", prefetch),
    Op::sync("fetchCloseIdle", close_idle),
    Op::sync("fetchTls", tls::settings),
    Op::asynchronous("fetchCertificate", tls::certificate),
    Op::sync("fetchApprove", tls::approve),
    Op::sync("fetchLog", log),
    Op::sync("fetchStatistics", statistics),
];

/// Forms in which content is asked for.
const NEXT: u32 = 0;
const TEXT: u32 = 2;

fn number(call: &Call<'_>) -> u32 {
    call.arguments.number(0) as u32
}

/// `fetchBody(number, form)`: the next piece (0; null at the end), all bytes (1), or text (2).
fn body(call: &mut Call<'_>, deferred: Deferred) -> Result<(), Exception> {
    let fetches = call.host.state::<Fetches>();
    let (number, form) = (number(call), call.arguments.number(1) as u32);
    let Some(flow) = fetches.flow(number) else {
        deferred.settle(Err(exception(ClientError::Cancelled)));
        return Ok(());
    };
    let claim = if form == NEXT { Claim::Next } else { Claim::All };
    let for_end = Rc::clone(&fetches);
    flow.claim(claim, move |taken| {
        if claim == Claim::All || !matches!(taken, Ok(Some(_))) {
            for_end.forget(number);
        }
        deferred.settle(taken.map_err(exception).map(|content| match (content, form) {
            (Some(content), TEXT) => text_value(content),
            (Some(content), _) => Value::Bytes(content),
            (None, _) => Value::Null,
        }));
    });
    Ok(())
}

/// `fetchDiscard(number)`: nobody will read the content.
fn discard(call: &mut Call<'_>) -> Result<Value, Exception> {
    let fetches = call.host.state::<Fetches>();
    let number = number(call);
    if let Some(flow) = fetches.flow(number) {
        fetches.forget(number);
        flow.discard();
    }
    Ok(Value::Undefined)
}

/// `fetchGiveUp(number)`: the connection is closed.
fn give_up(call: &mut Call<'_>) -> Result<Value, Exception> {
    let fetches = call.host.state::<Fetches>();
    let number = number(call);
    if let Some(flow) = fetches.flow(number) {
        fetches.forget(number);
        flow.give_up(ClientError::Cancelled);
    }
    Ok(Value::Undefined)
}

/// `fetchPush(number, piece)`: true when more is wanted, false where none ever will be.
fn push(call: &mut Call<'_>, deferred: Deferred) -> Result<(), Exception> {
    let fetches = call.host.state::<Fetches>();
    let piece = match call.arguments.kind(1) {
        ValueKind::String => call.expect_string(1, "piece")?.into_bytes(),
        _ => call.expect_bytes(1, "piece")?.to_vec(),
    };
    match fetches.flow(number(call)) {
        Some(flow) => {
            flow.push(piece, move |more| deferred.settle(Ok(Value::Boolean(more))));
        }
        None => deferred.settle(Ok(Value::Boolean(false))),
    }
    Ok(())
}

/// `fetchPushEnd(number)`: the content of the request is complete.
fn push_end(call: &mut Call<'_>) -> Result<Value, Exception> {
    if let Some(flow) = call.host.state::<Fetches>().flow(number(call)) {
        flow.finish_upload();
    }
    Ok(Value::Undefined)
}

/// `fetchPreconnect(...)`, with the arguments of `fetchStart` as far as they say where.
fn preconnect(call: &mut Call<'_>) -> Result<Value, Exception> {
    let fetches = call.host.state::<Fetches>();
    let target = start::target(call, &fetches)?;
    let client = fetches.client(call.host);
    call.host.spawn(async move { client.preconnect(&target).await });
    Ok(Value::Undefined)
}

/// `fetchPrefetch(host)`: looks a name up ahead of its use.
fn prefetch(call: &mut Call<'_>) -> Result<Value, Exception> {
    let host = call.expect_string(0, "hostname")?;
    let client = call.host.state::<Fetches>().client(call.host);
    call.host.spawn(async move {
        // A name without an address is found out again when it is used.
        let _ = client.resolve(&host).await;
    });
    Ok(Value::Undefined)
}

/// `fetchCloseIdle()`
fn close_idle(call: &mut Call<'_>) -> Result<Value, Exception> {
    call.host.state::<Fetches>().client(call.host).close_idle();
    Ok(Value::Undefined)
}

/// `fetchLog(text)`: to standard error.
fn log(call: &mut Call<'_>) -> Result<Value, Exception> {
    let text = call.expect_string(0, "text")?;
    // A closed standard error has nobody to tell.
    let _ = std::io::stderr().write_all(text.as_bytes());
    Ok(Value::Undefined)
}

/// `fetchStatistics()`: exchanges known, exchanges under way, idle connections, and of HTTP/2 the
/// connections and their streams.
fn statistics(call: &mut Call<'_>) -> Result<Value, Exception> {
    let fetches = call.host.state::<Fetches>();
    let statistics = fetches.client(call.host).statistics();
    let known = fetches.flows.borrow().len();
    let count = |count: usize| Value::Number(count as f64);
    let dx_client::ClientStatistics { exchanges, idle, sessions, streams } = statistics;
    Ok(Value::Array([known, exchanges, idle, sessions, streams].map(count).into()))
}
