//! Rewriters as operations.

use std::{
    cell::{Cell, RefCell},
    collections::HashMap,
    rc::Rc,
};

use dx_ops::{
    Call, ErrorClass, Exception, Extension, Global, Op, PreludeModule, Value, prelude_module,
};
use lol_html::{HtmlRewriter, OutputSink};

use crate::{
    pass::{Pass, rewriter},
    plan::{Plan, selector_error},
    record::Recording,
    replay::{Command, Replay},
};

/// Everything this crate adds to an isolate.
pub const EXTENSION: Extension =
    Extension { name: "html", modules: MODULES, ops: OPS, globals: GLOBALS, builtins: &[] };

const MODULES: &[PreludeModule] = &[
    prelude_module!("html/index", "apis/html/js/index.js"),
    prelude_module!("html/events", "apis/html/js/events.js"),
    prelude_module!("html/transform", "apis/html/js/transform.js"),
    prelude_module!("html/units", "apis/html/js/units.js"),
];

const OPS: &[Op] = &[
    Op::sync("htmlSelectorError", wrong_selector),
    Op::sync("htmlOpen", open),
    Op::sync("htmlRead", read),
    Op::sync("htmlWrite", write),
    Op::sync("htmlClose", close),
];

const GLOBALS: &[Global] = &[Global { name: "HTMLRewriter", module: "html/index" }];

/// The documents being rewritten.
#[derive(Default)]
struct Documents {
    open: RefCell<HashMap<u32, Document>>,
    next: Cell<u32>,
}

type Passes<V, O> = (Rc<RefCell<Pass<V>>>, Option<HtmlRewriter<'static, O>>);

/// Both passes over a document, and the piece that the second has not seen.
struct Document {
    recording: Passes<Recording, Nowhere>,
    replay: Passes<Replay, Output>,
    output: Rc<RefCell<Vec<u8>>>,
    piece: Vec<u8>,
    is_last: bool,
}

struct Nowhere;

impl OutputSink for Nowhere {
    fn handle_chunk(&mut self, _chunk: &[u8]) {}
}

struct Output(Rc<RefCell<Vec<u8>>>);

impl OutputSink for Output {
    fn handle_chunk(&mut self, chunk: &[u8]) {
        self.0.borrow_mut().extend_from_slice(chunk);
    }
}

impl Document {
    fn new(plan: &Plan) -> Self {
        let recording = Rc::new(RefCell::new(Pass::new(Recording::default())));
        let replay = Rc::new(RefCell::new(Pass::new(Replay::default())));
        let output = Rc::new(RefCell::new(Vec::new()));
        let reader = rewriter(plan, &recording, Nowhere);
        let writer = rewriter(plan, &replay, Output(Rc::clone(&output)));
        Self {
            recording: (recording, Some(reader)),
            replay: (replay, Some(writer)),
            output,
            piece: Vec::new(),
            is_last: false,
        }
    }

    fn read(&mut self, piece: Vec<u8>, is_last: bool) -> Result<(Vec<u32>, String), Exception> {
        self.piece = piece;
        self.is_last = is_last;
        run(&mut self.recording.1, &self.piece, is_last)?;
        Ok(self.recording.0.borrow_mut().visitor.take())
    }

    fn write(&mut self, commands: Vec<Command>) -> Result<Vec<u8>, Exception> {
        self.replay.0.borrow_mut().visitor.expect(commands);
        run(&mut self.replay.1, &self.piece, self.is_last)?;
        self.piece = Vec::new();
        Ok(std::mem::take(&mut *self.output.borrow_mut()))
    }
}

fn run<O: OutputSink>(
    rewriter: &mut Option<HtmlRewriter<'static, O>>,
    piece: &[u8],
    is_last: bool,
) -> Result<(), Exception> {
    let Some(mut running) = rewriter.take() else { return Ok(()) };
    let failed = |error: lol_html::errors::RewritingError| failure(error.to_string());
    if !piece.is_empty() {
        running.write(piece).map_err(failed)?;
    }
    if is_last {
        return running.end().map_err(failed);
    }
    *rewriter = Some(running);
    Ok(())
}

fn failure(message: String) -> Exception {
    Exception::new(ErrorClass::Error, message)
}

/// `htmlSelectorError(selector)`: what is wrong with it, or undefined.
fn wrong_selector(call: &mut Call<'_>) -> Result<Value, Exception> {
    Ok(selector_error(&call.expect_string(0, "selector")?).into())
}

/// `htmlOpen(plan)`: the number of a document.
fn open(call: &mut Call<'_>) -> Result<Value, Exception> {
    let plan = Plan::read(&call.expect_string(0, "plan")?).map_err(failure)?;
    let documents = call.host.state::<Documents>();
    let number = documents.next.get().wrapping_add(1);
    documents.next.set(number);
    documents.open.borrow_mut().insert(number, Document::new(&plan));
    Ok(number.into())
}

/// `htmlRead(document, bytes, isLast)`: `[numbers, text]` of the events in a piece.
fn read(call: &mut Call<'_>) -> Result<Value, Exception> {
    let number = call.arguments.number(0) as u32;
    let piece = call.arguments.bytes(1).unwrap_or_default().to_vec();
    let is_last = call.arguments.boolean(2);
    let documents = call.host.state::<Documents>();
    let mut open = documents.open.borrow_mut();
    let Some(document) = open.get_mut(&number) else { return Ok(Value::Undefined) };
    let (numbers, text) = document.read(piece, is_last)?;
    let numbers = numbers.into_iter().flat_map(u32::to_ne_bytes).collect();
    Ok(Value::Array(vec![Value::ArrayBuffer(numbers), Value::String(text)]))
}

/// `htmlWrite(document, commands)`: what the piece read last becomes.
fn write(call: &mut Call<'_>) -> Result<Value, Exception> {
    let number = call.arguments.number(0) as u32;
    let commands = call.arguments.string(1).unwrap_or_default();
    let commands = if commands.is_empty() { Ok(Vec::new()) } else { Command::read_all(&commands) };
    let documents = call.host.state::<Documents>();
    let mut open = documents.open.borrow_mut();
    let Some(document) = open.get_mut(&number) else { return Ok(Value::Undefined) };
    let output = document.write(commands.map_err(failure)?)?;
    if document.is_last {
        open.remove(&number);
    }
    Ok(Value::Bytes(output))
}

/// `htmlClose(document)`: gives a document up.
fn close(call: &mut Call<'_>) -> Result<Value, Exception> {
    let number = call.arguments.number(0) as u32;
    call.host.state::<Documents>().open.borrow_mut().remove(&number);
    Ok(Value::Undefined)
}
