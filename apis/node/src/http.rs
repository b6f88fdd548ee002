//! node:http: the parsers of its connections, by numbers that JavaScript holds.
//!
//! A step looks at bytes and says one thing about them: in words that all parsers share, and
//! where a head, trailers or a fault have come, in the text the operation answers. Belongs to
//! the script's shard.

use std::cell::RefCell;

use dx_http::incremental::{Event, Fault, Follows, Kind, METHODS, Parser};
use dx_mem::Scratch;
use dx_ops::{Call, Exception, Extension, Op, PreludeModule, Value, prelude_module};

/// What this family adds to an isolate.
pub(crate) const EXTENSION: Extension = Extension {
    name: "node-http",
    modules: MODULES,
    ops: &[
        Op::sync("httpAttach", attach),
        Op::sync("httpMethods", methods),
        Op::sync("httpOpen", open),
        Op::sync("httpStep", step),
        Op::sync("httpFinish", finish),
        Op::sync("httpClose", close),
    ],
    globals: &[],
    builtins: &[
        ("node:http", "node/http"),
        ("node:https", "node/https"),
        ("node:_http_agent", "node/http/agent"),
        ("node:_http_client", "node/http/client-module"),
        ("node:_http_common", "node/http/common"),
        ("node:_http_incoming", "node/http/incoming"),
        ("node:_http_outgoing", "node/http/outgoing"),
        ("node:_http_server", "node/http/server"),
    ],
};

const MODULES: &[PreludeModule] = &[
    prelude_module!("node/http", "apis/node/js/http/http.js"),
    prelude_module!("node/https", "apis/node/js/http/https.js"),
    prelude_module!("node/http/agent", "apis/node/js/http/agent.js"),
    prelude_module!("node/http/binding", "apis/node/js/http/binding.js"),
    prelude_module!("node/http/client", "apis/node/js/http/client.js"),
    prelude_module!("node/http/client-events", "apis/node/js/http/client-events.js"),
    prelude_module!("node/http/client-module", "apis/node/js/http/client-module.js"),
    prelude_module!("node/http/client-options", "apis/node/js/http/client-options.js"),
    prelude_module!("node/http/common", "apis/node/js/http/common.js"),
    prelude_module!("node/http/connection", "apis/node/js/http/connection.js"),
    prelude_module!("node/http/date", "apis/node/js/http/date.js"),
    prelude_module!("node/http/errors", "apis/node/js/http/errors.js"),
    prelude_module!("node/http/header-lines", "apis/node/js/http/header-lines.js"),
    prelude_module!("node/http/incoming", "apis/node/js/http/incoming.js"),
    prelude_module!("node/http/outgoing", "apis/node/js/http/outgoing.js"),
    prelude_module!("node/http/outgoing-write", "apis/node/js/http/outgoing-write.js"),
    prelude_module!("node/http/parser", "apis/node/js/http/parser.js"),
    prelude_module!("node/http/response", "apis/node/js/http/response.js"),
    prelude_module!("node/http/server", "apis/node/js/http/server.js"),
    prelude_module!("node/http/status-codes", "apis/node/js/http/status-codes.js"),
];

/// Words a step writes, in the order of `apis/node/js/http/parser.js`.
const WORDS: usize = 11;

// What a step has found.
const NEED: u32 = 0;
const HEAD: u32 = 1;
const CONTENT: u32 = 2;
const COMPLETE: u32 = 3;
const UPGRADE: u32 = 4;
const FAULT: u32 = 5;

// What else is true, a bit each.
const KEEPS_ALIVE: u32 = 1;
const ASKS_UPGRADE: u32 = 2;
const IS_COMPLETE: u32 = 4;
const IS_WITHIN: u32 = 8;
const HAS_HOST: u32 = 16;
const HAS_EXPECT: u32 = 32;

/// The parsers of an isolate.
#[derive(Default)]
struct Parsers {
    words: RefCell<Option<Scratch>>,
    open: RefCell<Vec<Option<Box<Parser>>>>,
    free: RefCell<Vec<usize>>,
}

/// `httpAttach()`: the words that steps write.
fn attach(call: &mut Call<'_>) -> Result<Value, Exception> {
    let scratch = Scratch::new(WORDS * 4);
    let shared = Value::Shared(scratch.external());
    call.host.state::<Parsers>().words.replace(Some(scratch));
    Ok(shared)
}

/// `httpMethods()`: their names; a head says which by its place here.
fn methods(_call: &mut Call<'_>) -> Result<Value, Exception> {
    Ok(Value::Array(METHODS.iter().map(|name| Value::from(*name)).collect()))
}

/// `httpOpen(isResponse, lenient, headBytesMax)`: a parser's number.
fn open(call: &mut Call<'_>) -> Result<Value, Exception> {
    let kind = if call.arguments.boolean(0) { Kind::Response } else { Kind::Request };
    let lenient = call.arguments.number(1) as u32;
    let parser = Parser::new(kind, lenient, call.arguments.number(2) as u32);
    let parsers = call.host.state::<Parsers>();
    let mut open = parsers.open.borrow_mut();
    let free = parsers.free.borrow_mut().pop();
    let number = free.unwrap_or_else(|| {
        open.push(None);
        open.len() - 1
    });
    open[number] = Some(Box::new(parser));
    Ok(Value::Number(number as f64))
}

/// `httpClose(number)`
fn close(call: &mut Call<'_>) -> Result<Value, Exception> {
    let number = call.arguments.number(0) as usize;
    let parsers = call.host.state::<Parsers>();
    let mut open = parsers.open.borrow_mut();
    if open.get_mut(number).and_then(Option::take).is_some() {
        parsers.free.borrow_mut().push(number);
    }
    Ok(Value::Undefined)
}

fn follows_of(word: f64) -> Follows {
    match word as u32 {
        1 => Follows::Nothing,
        2 => Follows::Tunnel,
        _ => Follows::Content,
    }
}

fn fault_text(fault: Fault) -> Value {
    Value::String(format!("{}\n{}", fault.code, fault.reason))
}

fn flags_of(parser: &Parser) -> u32 {
    let mut flags = 0;
    if parser.keeps_alive() {
        flags |= KEEPS_ALIVE;
    }
    if parser.asks_upgrade() {
        flags |= ASKS_UPGRADE;
    }
    if parser.head().has_host {
        flags |= HAS_HOST;
    }
    if parser.head().has_expect {
        flags |= HAS_EXPECT;
    }
    flags
}

/// What one step came to: the words, and the text that goes with them.
fn look(
    parser: &mut Parser,
    input: &[u8],
    mut at: usize,
    follows: Follows,
) -> ([u32; WORDS], Value) {
    let mut words = [0; WORDS];
    let mut text = Value::Undefined;
    words[0] = match parser.next(input, &mut at, follows) {
        Event::Need => NEED,
        Event::Head => {
            let head = parser.head();
            let (major, minor) = head.version;
            words[2] = flags_of(parser);
            words[3..9].copy_from_slice(&[
                u32::from(head.method),
                u32::from(major),
                u32::from(minor),
                u32::from(head.status),
                head.first_len,
                head.lines,
            ]);
            text = Value::Latin1(head.text.clone());
            HEAD
        }
        Event::Content(range) => {
            (words[9], words[10]) = (range.start as u32, range.end as u32);
            CONTENT
        }
        Event::Complete => {
            let head = parser.head();
            if head.lines > 0 {
                words[8] = head.lines;
                text = Value::Latin1(head.text.clone());
            }
            COMPLETE
        }
        Event::Upgrade => UPGRADE,
        Event::Fault(fault) => {
            text = fault_text(fault);
            FAULT
        }
    };
    if matches!(words[0], HEAD | CONTENT) && parser.ends_here() {
        // Ends the message before the next one is looked at.
        while parser.next(&[], &mut 0, Follows::Content) != Event::Complete {}
        words[2] |= IS_COMPLETE;
    }
    if parser.is_within() {
        words[2] |= IS_WITHIN;
    }
    words[1] = at as u32;
    (words, text)
}

/// `httpStep(number, bytes, at, follows)`: what comes next, in the words; the head's or the
/// trailers' text, or code and reason of a fault.
fn step(call: &mut Call<'_>) -> Result<Value, Exception> {
    let number = call.arguments.number(0) as usize;
    let at = call.arguments.number(2) as usize;
    let follows = follows_of(call.arguments.number(3));
    let parsers = call.host.state::<Parsers>();
    let mut open = parsers.open.borrow_mut();
    let parser = open.get_mut(number).and_then(Option::as_mut);
    let parser = parser.ok_or_else(|| Exception::type_error("The parser is closed"))?;
    let input = call.expect_bytes(1, "bytes")?;
    let (words, text) = look(parser, input, at.min(input.len()), follows);
    if let Some(shared) = parsers.words.borrow_mut().as_mut() {
        shared.copy_words_in(0, &words);
    }
    Ok(text)
}

/// `httpFinish(number)`: the connection has ended: whether a message has too, or the fault.
fn finish(call: &mut Call<'_>) -> Result<Value, Exception> {
    let number = call.arguments.number(0) as usize;
    let parsers = call.host.state::<Parsers>();
    let mut open = parsers.open.borrow_mut();
    let Some(parser) = open.get_mut(number).and_then(Option::as_mut) else {
        return Ok(Value::Boolean(false));
    };
    Ok(parser.finish().map_or_else(fault_text, Value::Boolean))
}
