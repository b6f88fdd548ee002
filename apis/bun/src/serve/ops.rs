//! The operations `apis/bun/js/serve*.js` calls.

use std::{io::Write as _, net::Ipv6Addr, rc::Rc};

use dx_mem::Scratch;
use dx_net::{ARRIVAL_WORDS, Claim, NetMessage, RouteTarget};
use dx_ops::{Call, Deferred, Exception, Op, Value, ValueKind};
use dx_ring::Key;

use super::{
    ExchangeName, INBOX_RECORDS, OUTBOX_BYTES, Serve, Source,
    inbox::{BodyForm, Waiting, text_value},
    sites::{Draft, Wish},
};

pub(super) const OPS: &[Op] = &[
    Op::sync("serveAttach", attach),
    Op::sync("serveShards", shards),
    Op::sync("serveFlush", flush),
    Op::sync("serveLarge", large),
    Op::sync("serveSegment", segment),
    Op::sync("serveText", text),
    Op::sync("serveUtf8", utf8),
    Op::asynchronous("serveBodyText", body_text),
    Op::asynchronous("serveBodyAll", body_all),
    Op::asynchronous("serveBodyNext", body_next),
    Op::sync("serveBodyDiscard", body_discard),
    Op::asynchronous("serveDrained", drained),
    Op::sync("serveForget", forget),
    Op::sync("serveUpgrade", super::upgrade::upgrade),
    Op::sync("serveTls", super::tls::settings),
    Op::sync("serveDraft", draft),
    Op::sync("serveRoute", route),
    Op::sync("serveRouteStatic", route_static),
    Op::sync("serveListen", listen),
    Op::sync("serveReload", reload),
    Op::asynchronous("serveStop", stop),
    Op::sync("serveCloseIdle", close_idle),
    Op::sync("serveTimeout", timeout),
    Op::sync("serveRef", reference),
    Op::sync("serveLog", log),
    Op::sync("servePercentDecode", percent_decode),
    Op::sync("serveDualStack", dual_stack),
    Op::sync("serveAddress", address),
    Op::sync("serveEtag", etag),
];

fn state(call: &Call<'_>) -> Rc<Serve> {
    call.host.state()
}

fn number(call: &Call<'_>, index: usize) -> u32 {
    call.arguments.number(index) as u32
}

/// The exchange named by three arguments from `first` on.
fn exchange(call: &Call<'_>, first: usize) -> ExchangeName {
    let key = Key { index: number(call, first + 1), generation: number(call, first + 2) };
    (number(call, first), key)
}

fn attach(call: &mut Call<'_>) -> Result<Value, Exception> {
    let serve = state(call);
    let inbox = Scratch::new(INBOX_RECORDS * ARRIVAL_WORDS * 4);
    let outbox = Scratch::new(OUTBOX_BYTES);
    let shared = [inbox.external(), outbox.external()].map(Value::Shared);
    serve.inbox.replace(Some(inbox));
    serve.outbox.replace(Some(outbox));
    let function = call.arguments.hold(0);
    let source = Rc::new(Source(Rc::clone(&serve)));
    serve.dispatch.set(Some(call.host.register_dispatch(function, source)));
    Ok(Value::Array(shared.into()))
}

fn shards(call: &mut Call<'_>) -> Result<Value, Exception> {
    Ok(Value::from(state(call).shard_count()))
}

fn flush(call: &mut Call<'_>) -> Result<Value, Exception> {
    state(call).empty_outbox();
    Ok(Value::Undefined)
}

fn large(call: &mut Call<'_>) -> Result<Value, Exception> {
    state(call).keep_large(call)
}

fn segment(call: &mut Call<'_>) -> Result<Value, Exception> {
    let name = (number(call, 0), number(call, 1));
    let found = state(call).segments.borrow_mut().remove(&name);
    let segment = found.ok_or_else(|| Exception::type_error("No such segment"))?;
    Ok(Value::Shared(segment.external()))
}

/// The bytes that a buffer, an offset and a length name.
fn part<'a>(call: &'a Call<'_>) -> Result<&'a [u8], Exception> {
    let (start, length) = (number(call, 1) as usize, number(call, 2) as usize);
    let bytes = call.expect_bytes(0, "segment")?;
    let part = start.checked_add(length).and_then(|end| bytes.get(start..end));
    part.ok_or_else(|| Exception::range_error("Out of the segment's bounds"))
}

fn text(call: &mut Call<'_>) -> Result<Value, Exception> {
    Ok(Value::Latin1(part(call)?.to_vec()))
}

fn utf8(call: &mut Call<'_>) -> Result<Value, Exception> {
    Ok(text_value(part(call)?))
}

fn claim(call: &Call<'_>, deferred: Deferred, form: BodyForm) -> Result<(), Exception> {
    let serve = state(call);
    let (shard, key) = exchange(call, 0);
    let claim = if form == BodyForm::Piece { Claim::Next } else { Claim::All };
    serve.claims.borrow_mut().insert((shard, key), Waiting { form, deferred });
    serve.with_port(shard, |port| port.send(NetMessage::Claim(key, claim)));
    Ok(())
}

fn body_text(call: &mut Call<'_>, deferred: Deferred) -> Result<(), Exception> {
    claim(call, deferred, BodyForm::Text)
}

fn body_all(call: &mut Call<'_>, deferred: Deferred) -> Result<(), Exception> {
    claim(call, deferred, BodyForm::Bytes)
}

fn body_next(call: &mut Call<'_>, deferred: Deferred) -> Result<(), Exception> {
    claim(call, deferred, BodyForm::Piece)
}

fn body_discard(call: &mut Call<'_>) -> Result<Value, Exception> {
    let (shard, key) = exchange(call, 0);
    state(call).with_port(shard, |port| port.send(NetMessage::Claim(key, Claim::Discard)));
    Ok(Value::Undefined)
}

fn drained(call: &mut Call<'_>, deferred: Deferred) -> Result<(), Exception> {
    let serve = state(call);
    let mut drains = serve.drains.borrow_mut();
    let drain = drains.entry(exchange(call, 0)).or_default();
    if drain.bytes > 0 {
        deferred.settle(Ok(Value::from(std::mem::take(&mut drain.bytes))));
    } else {
        drain.waiter = Some(deferred);
    }
    Ok(())
}

fn forget(call: &mut Call<'_>) -> Result<Value, Exception> {
    state(call).drains.borrow_mut().remove(&exchange(call, 0));
    Ok(Value::Undefined)
}

fn draft(call: &mut Call<'_>) -> Result<Value, Exception> {
    let serve = state(call);
    let tls = serve.tls.borrow().get(number(call, 2) as usize).cloned();
    let tls = tls.filter(|_| call.arguments.kind(2) == ValueKind::Number);
    let body_max = call.arguments.number(0) as u64;
    let draft = Draft::new(body_max, number(call, 1), tls, call.arguments.boolean(3));
    Ok(Value::from(serve.drafts.borrow_mut().insert(draft).index))
}

fn route(call: &mut Call<'_>) -> Result<Value, Exception> {
    let pattern = call.expect_string(1, "pattern")?;
    let method = call.expect_string(2, "method")?;
    let target = RouteTarget::Script(number(call, 3));
    state(call).with_draft(number(call, 0), |draft| draft.add(&pattern, &method, target))?;
    Ok(Value::Undefined)
}

fn route_static(call: &mut Call<'_>) -> Result<Value, Exception> {
    let pattern = call.expect_string(1, "pattern")?;
    let method = call.expect_string(2, "method")?;
    let reason = call.expect_string(4, "status text")?;
    let body = match call.arguments.bytes(5) {
        Some(bytes) => bytes.to_vec(),
        None => call.expect_string(5, "body")?.into_bytes(),
    };
    let mut headers = Vec::new();
    for at in (6..call.arguments.count()).step_by(2) {
        let name = call.expect_string(at, "header name")?;
        let value = call.expect_string(at + 1, "header value")?;
        headers.push((name.into_bytes(), latin1(&value)));
    }
    let target = Draft::static_target(number(call, 3) as u16, &reason, headers, body)?;
    state(call).with_draft(number(call, 0), |draft| draft.add(&pattern, &method, target))?;
    Ok(Value::Undefined)
}

/// Header values are byte strings: one byte a code point, which their class has checked.
fn latin1(value: &str) -> Vec<u8> {
    value.chars().map(|character| u8::try_from(u32::from(character)).unwrap_or(b'?')).collect()
}

fn listen(call: &mut Call<'_>) -> Result<Value, Exception> {
    let serve = state(call);
    let draft = serve.take_draft(number(call, 0))?;
    let wish = Wish {
        hostname: call.expect_string(1, "hostname")?,
        port: number(call, 2) as u16,
        reuse_port: call.arguments.boolean(3),
        ipv6_only: call.arguments.boolean(4),
        path: call.arguments.string(5),
    };
    serve.listen(call.host, draft, &wish)
}

fn reload(call: &mut Call<'_>) -> Result<Value, Exception> {
    let serve = state(call);
    let draft = serve.take_draft(number(call, 1))?;
    serve.reload(number(call, 0), draft);
    Ok(Value::Undefined)
}

fn stop(call: &mut Call<'_>, deferred: Deferred) -> Result<(), Exception> {
    let stopped = state(call).stop(number(call, 0), call.arguments.boolean(1));
    call.host.spawn(async move {
        stopped.await;
        deferred.settle(Ok(Value::Undefined));
    });
    Ok(())
}

fn close_idle(call: &mut Call<'_>) -> Result<Value, Exception> {
    let site = number(call, 0);
    for port in state(call).ports.borrow().iter() {
        port.send(NetMessage::CloseIdle(site));
    }
    Ok(Value::Undefined)
}

fn timeout(call: &mut Call<'_>) -> Result<Value, Exception> {
    let (shard, key) = exchange(call, 0);
    let seconds = number(call, 3);
    state(call).with_port(shard, |port| port.send(NetMessage::Timeout(key, seconds)));
    Ok(Value::Undefined)
}

fn reference(call: &mut Call<'_>) -> Result<Value, Exception> {
    state(call).set_referenced(call.host, number(call, 0), call.arguments.boolean(1));
    Ok(Value::Undefined)
}

fn log(call: &mut Call<'_>) -> Result<Value, Exception> {
    let line = call.expect_string(0, "line")?;
    // Where nobody reads the log, requests are still served.
    let _ = writeln!(std::io::stderr(), "{line}");
    Ok(Value::Undefined)
}

fn percent_decode(call: &mut Call<'_>) -> Result<Value, Exception> {
    let text = call.expect_string(0, "text")?.into_bytes();
    let mut decoded = Vec::with_capacity(text.len());
    let mut rest = &text[..];
    while let [first, tail @ ..] = rest {
        let hexadecimal = |byte: u8| (byte as char).to_digit(16);
        match (first, tail) {
            (b'%', [high, low, after @ ..]) => {
                match (hexadecimal(*high), hexadecimal(*low)) {
                    (Some(high), Some(low)) => decoded.push((high * 16 + low) as u8),
                    _ => decoded.extend_from_slice("\u{fffd}".as_bytes()),
                }
                rest = after;
            }
            _ => {
                decoded.push(*first);
                rest = tail;
            }
        }
    }
    Ok(Value::String(String::from_utf8_lossy(&decoded).into_owned()))
}

fn dual_stack(call: &mut Call<'_>) -> Result<Value, Exception> {
    Ok(Value::Boolean(state(call).dual_stack.get()))
}

/// An IPv6 address from its four words.
fn address(call: &mut Call<'_>) -> Result<Value, Exception> {
    let mut octets = [0; 16];
    for (at, quad) in octets.chunks_exact_mut(4).enumerate() {
        quad.copy_from_slice(&number(call, at).to_be_bytes());
    }
    Ok(Value::from(Ipv6Addr::from(octets).to_string()))
}

/// The entity tag of a static response: the XXH64 of its content, as Bun has it.
fn etag(call: &mut Call<'_>) -> Result<Value, Exception> {
    let hash = match call.arguments.bytes(0) {
        Some(bytes) => xxhash_rust::xxh64::xxh64(bytes, 0),
        None => xxhash_rust::xxh64::xxh64(call.expect_string(0, "body")?.as_bytes(), 0),
    };
    Ok(Value::from(format!("\"{hash:016x}\"")))
}
