//! Rewrites CommonJS where it stands in the file: the rules of [`crate::rewrite`] as insertions
//! into the text.
//!
//! Most of what programs load is JavaScript that needs nothing but the async context around its
//! awaits and the forms of its errors. For that no bindings have to be known and nothing has to
//! be printed, which is most of the work of the other way.
//!
//! Invariants: insertions hold no line ends, so that lines stay what they are; those at one place
//! are made from the outside in where expressions begin and from the inside out where they end.
//! Whatever the text cannot say is left to the other way ([`edit`] answers nothing then).

use std::borrow::Cow;

use oxc_ast::ast::*;
use oxc_ast_visit::{
    Visit,
    walk::{
        walk_arrow_function_expression, walk_catch_clause, walk_class, walk_for_of_statement,
        walk_function, walk_import_expression, walk_program, walk_return_statement, walk_statement,
        walk_static_member_expression, walk_yield_expression,
    },
};
use oxc_span::GetSpan;
use oxc_syntax::scope::ScopeFlags;

use crate::{
    detect, names,
    position::LineColumn,
    rewrite::{Frame, declaration, is_for_await, is_in_chain},
    suspends::{code_argument, extends_promise, may_be_thenable, may_call, missing_constructor},
};

/// A file's text with what it needs put in.
pub(crate) struct Edited {
    /// The text.
    pub(crate) code: String,
    /// Whether anything was put in, which then uses the wrapper's further parameters.
    pub(crate) changed: bool,
    insertions: Vec<Insertion>,
}

struct Insertion {
    at: u32,
    /// What begins a block stands before what begins its first statement.
    begins_block: bool,
    text: Cow<'static, str>,
}

/// Names by which CommonJS is known.
const COMMON_JS_NAMES: [&str; 5] = ["exports", "module", "require", "__dirname", "__filename"];

/// Rewrites a program of no module syntax; `None` where it is not sure to be CommonJS, or where
/// insertions do not do.
pub(crate) fn edit(program: &Program<'_>, source: &str) -> Option<Edited> {
    let is_wrapped = detect::is_wrapped(source);
    let mut editor = Editor { source, is_common_js: is_wrapped, ..Editor::default() };
    editor.frames.push(Frame { asynchronous: true, ..Frame::default() });
    let wrapper = if is_wrapped { wrapper_of(program) } else { None };
    if let Some(span) = wrapper {
        editor.put(span.start, "return ");
    }
    walk_program(&mut editor, program);
    match wrapper {
        Some(span) => editor.put(span.end, CALL_WRAPPER),
        None if is_wrapped => editor.put(program.body.last()?.span().end, REFUSE_WRAPPER),
        None => {}
    }
    let awaits_at_top = editor.frames.first().is_none_or(|frame| frame.awaits > 0);
    if editor.fails || !editor.is_common_js || awaits_at_top {
        return None;
    }
    let mut insertions = editor.insertions;
    insertions.sort_by_key(|insertion| (insertion.at, !insertion.begins_block));
    let code = insert(source, &insertions);
    Some(Edited { code, changed: !insertions.is_empty(), insertions })
}

/// The text of code of no module - a script, or what `eval` is given - with what its async
/// context needs put in.
pub(crate) fn edit_free(program: &Program<'_>, source: &str) -> String {
    let mut editor = Editor { source, is_free: true, ..Editor::default() };
    editor.frames.push(Frame { asynchronous: true, ..Frame::default() });
    walk_program(&mut editor, program);
    let mut insertions = editor.insertions;
    insertions.sort_by_key(|insertion| (insertion.at, !insertion.begins_block));
    insert(source, &insertions)
}

/// Length of `await`.
const AWAIT_LENGTH: u32 = 5;

/// What calls the wrapper that a file brings with it.
const CALL_WRAPPER: &str = ".call(exports, exports, require, module, __filename, __dirname)";

/// What becomes of a file that says it brings one and does not, in Bun's words.
const REFUSE_WRAPPER: &str = ";throw new TypeError(\"Expected CommonJS module to have a function \
    wrapper. If you weren't messing around with Bun's internals, this is a bug in Bun\")";

/// Where the function stands that is all of a program.
fn wrapper_of(program: &Program<'_>) -> Option<Span> {
    let [Statement::ExpressionStatement(statement)] = program.body.as_slice() else { return None };
    let inner = statement.expression.get_inner_expression();
    matches!(inner, Expression::FunctionExpression(_)).then(|| statement.expression.span())
}

fn insert(source: &str, insertions: &[Insertion]) -> String {
    let added: usize = insertions.iter().map(|insertion| insertion.text.len()).sum();
    let mut code = String::with_capacity(source.len() + added);
    let mut done = 0;
    for Insertion { at, text, .. } in insertions {
        code.push_str(&source[done..*at as usize]);
        code.push_str(text);
        done = *at as usize;
    }
    code.push_str(&source[done..]);
    code
}

impl Edited {
    /// Where each insertion stands in the file, and how many columns it takes.
    pub(crate) fn places(&self, source: &str) -> Vec<(LineColumn, u32)> {
        let (mut line, mut line_start, mut done) = (1, 0, 0);
        let mut places = Vec::with_capacity(self.insertions.len());
        for Insertion { at, text, .. } in &self.insertions {
            let at = *at as usize;
            for offset in memchr::memchr_iter(b'\n', &source.as_bytes()[done..at]) {
                line += 1;
                line_start = done + offset + 1;
            }
            done = at;
            let column = source[line_start..at].encode_utf16().count() as u32 + 1;
            places.push((LineColumn { line, column }, text.encode_utf16().count() as u32));
        }
        places
    }
}

#[derive(Default)]
struct Editor<'s> {
    source: &'s str,
    insertions: Vec<Insertion>,
    frames: Vec<Frame>,
    /// Variables of the catch clauses around the current place.
    caught: Vec<String>,
    /// Whether the class around the current place extends `Promise`.
    in_promise: bool,
    is_common_js: bool,
    /// Whether it is code of no module, whose imports and errors stay what they are.
    is_free: bool,
    fails: bool,
    adoptions: usize,
}

impl Editor<'_> {
    fn put(&mut self, at: u32, text: impl Into<Cow<'static, str>>) {
        self.insertions.push(Insertion { at, begins_block: false, text: text.into() });
    }

    fn put_first(&mut self, at: u32, text: String) {
        self.insertions.push(Insertion { at, begins_block: true, text: text.into() });
    }

    /// Begins an expression; a word right before it must not become part of what is put in.
    fn begin(&mut self, at: u32, text: String) {
        let before = self.source.as_bytes().get((at as usize).wrapping_sub(1));
        let is_word = before.is_some_and(|byte| byte.is_ascii_alphanumeric() || *byte == b'_');
        self.put(at, if is_word { format!(" {text}") } else { text });
    }

    fn frame(&mut self) -> &mut Frame {
        let depth = self.frames.len();
        &mut self.frames[depth - 1]
    }

    /// Puts the context back after an expression that suspends the function, and visits it by
    /// `walk`; it is held where evaluating what is awaited may change the context.
    fn resume(&mut self, span: Span, is_held: bool, walk: impl FnOnce(&mut Self)) {
        let frame = self.frame();
        let guarded = frame.tries > 0;
        frame.saved |= guarded;
        let (context, saved) = (names::CONTEXT, names::SAVED);
        let guard = if guarded { format!("{saved} = ") } else { String::new() };
        if is_held {
            // The keyword moves behind what it awaits, and a comment tells where it stood.
            self.begin(span.start, format!("{context}.resume({guard}{context}.hold(/*"));
            self.put(span.start + AWAIT_LENGTH, "*/");
        } else {
            self.begin(span.start, format!("{context}.resume({guard}{context}.current, "));
        }
        walk(self);
        let frame = self.frame();
        frame.awaits += 1;
        let idle = frame.idle();
        if is_held {
            self.put(span.end, format!("), await {context}.held"));
        }
        self.put(span.end, if guarded { format!(", {saved} = {idle})") } else { ")".to_owned() });
    }

    /// Passes what an expression answers through a function of the context's.
    fn pass(&mut self, expression: &Expression<'_>, through: &str, walk: impl FnOnce(&mut Self)) {
        let span = expression.span();
        let is_list = matches!(expression, Expression::SequenceExpression(_));
        let (open, close) = if is_list { ("((", "))") } else { ("(", ")") };
        self.begin(span.start, format!("{}.{through}{open}", names::CONTEXT));
        walk(self);
        self.put(span.end, close);
    }

    /// Visits an expression whose value, a thenable perhaps, the engine takes from here.
    fn carry(&mut self, expression: &Expression<'_>) {
        if may_be_thenable(expression) {
            self.pass(expression, "carry", |editor| editor.visit_expression(expression));
        } else {
            self.visit_expression(expression);
        }
    }

    /// Visits arguments, one of which may be code or makes a promise.
    fn visit_passed(&mut self, arguments: &[Argument<'_>], passed: Option<(usize, &str)>) {
        for (index, argument) in arguments.iter().enumerate() {
            match (passed, argument.as_expression()) {
                (Some((place, through)), Some(expression)) if place == index => {
                    self.pass(expression, through, |editor| editor.visit_expression(expression));
                }
                _ => self.visit_argument(argument),
            }
        }
    }

    /// Puts a saved context back at the start of a catch or finally block.
    fn restore_in(&mut self, block: &BlockStatement<'_>) {
        let frame = self.frame();
        frame.saved = true;
        let (saved, idle, context) = (names::SAVED, frame.idle(), names::CONTEXT);
        let restore = format!("{context}.current = {saved}, {saved} = {idle}");
        self.put_first(block.span.start + 1, format!("{saved} !== null && ({restore});"));
    }

    /// Declares the variables that a function's rewritten awaits use.
    fn declare(&mut self, frame: &Frame, body: &FunctionBody<'_>) {
        let Some(text) = declaration(frame.saved, frame.loops) else { return };
        match body.directives.last() {
            Some(directive) => self.put_first(directive.span.end, format!(";{text};")),
            None => self.put_first(body.span.start + 1, format!("{text};")),
        }
    }

    fn visit_for_await(&mut self, statement: &ForOfStatement<'_>) {
        let frame = self.frame();
        frame.awaits += 1;
        let index = frame.loops;
        frame.loops += 1;
        frame.saved |= frame.tries > 0;
        let guarded = frame.tries > 0;
        frame.open_loops.push(index);
        let (context, own) = (names::CONTEXT, format!("{}{index}", names::LOOP));
        let right = statement.right.span();
        self.begin(right.start, format!("({own} = {context}.looping("));
        let body = statement.body.span();
        let restore = format!("{context}.current = {own}.current;");
        let is_block = matches!(statement.body, Statement::BlockStatement(_));
        let start = if is_block { body.start + 1 } else { body.start };
        self.put_first(start, if is_block { restore } else { format!("{{{restore}") });
        walk_for_of_statement(self, statement);
        self.frame().open_loops.pop();
        let guard = if guarded { format!("{} = ", names::SAVED) } else { String::new() };
        let save = if guarded { format!(", {guard}{own}.current, {own}") } else { String::new() };
        self.put(right.end, format!("){save}).source"));
        let keep = format!(";{guard}{own}.current = {context}.current;");
        // What the body leaves is what the next step starts from.
        match is_block {
            true => self.put(body.end - 1, keep),
            false => self.put(body.end, format!("{keep}}}")),
        }
    }

    /// Puts the context back after a `for await` loop, labelled or not.
    fn restore_after_loop(&mut self, span: Span, index: usize) {
        let frame = self.frame();
        let mut text = format!("{}.current = {}{index}.current", names::CONTEXT, names::LOOP);
        if frame.tries > 0 {
            text.push_str(&format!(", {} = {}", names::SAVED, frame.idle()));
        }
        self.put(span.end, format!(";{text};}}"));
    }

    fn is_read_of_error(&self, member: &StaticMemberExpression<'_>) -> bool {
        let is_read = match (member.property.name.as_str(), &member.object) {
            ("stack", object) => {
                !matches!(object, Expression::ThisExpression(_) | Expression::Super(_))
            }
            ("message" | "code", Expression::Identifier(object)) => {
                self.caught.iter().any(|name| *name == object.name.as_str())
            }
            _ => false,
        };
        is_read && !self.is_free && !is_in_chain(&member.object)
    }
}

impl<'a> Visit<'a> for Editor<'_> {
    fn visit_identifier_reference(&mut self, identifier: &IdentifierReference<'a>) {
        self.is_common_js |= COMMON_JS_NAMES.contains(&identifier.name.as_str());
    }

    fn visit_await_expression(&mut self, expression: &AwaitExpression<'a>) {
        let argument = &expression.argument;
        if may_call(argument) {
            self.resume(expression.span, true, |editor| editor.visit_expression(argument));
        } else {
            self.resume(expression.span, false, |editor| editor.carry(argument));
        }
    }

    fn visit_yield_expression(&mut self, expression: &YieldExpression<'a>) {
        let frame = self.frame();
        let is_async = frame.asynchronous && frame.generator;
        match &expression.argument {
            _ if expression.delegate && is_async => {
                self.resume(expression.span, false, |editor| {
                    walk_yield_expression(editor, expression);
                });
            }
            Some(argument) if is_async => self.carry(argument),
            _ => walk_yield_expression(self, expression),
        }
    }

    fn visit_return_statement(&mut self, statement: &ReturnStatement<'a>) {
        let is_async = self.frames.len() > 1 && self.frame().asynchronous;
        match &statement.argument {
            Some(argument) if is_async => self.carry(argument),
            _ => walk_return_statement(self, statement),
        }
    }

    fn visit_call_expression(&mut self, call: &CallExpression<'a>) {
        self.visit_expression(&call.callee);
        let passed = code_argument(&call.callee, &call.arguments, false, self.in_promise);
        self.visit_passed(&call.arguments, passed);
    }

    fn visit_import_meta(&mut self, _: &ImportMeta) {
        self.fails = true;
    }

    fn visit_import_expression(&mut self, import: &ImportExpression<'a>) {
        self.fails |= import.phase.is_some();
        if !self.is_free {
            self.begin(import.span.start, format!("{}.", names::MODULE));
        }
        walk_import_expression(self, import);
    }

    fn visit_new_expression(&mut self, expression: &NewExpression<'a>) {
        let before = self.adoptions;
        self.visit_expression(&expression.callee);
        // A call in the callee of `new` would be taken for its arguments.
        let is_wrapped = matches!(expression.callee, Expression::ParenthesizedExpression(_));
        self.fails |= self.adoptions > before && !is_wrapped;
        let passed = code_argument(&expression.callee, &expression.arguments, true, false);
        self.visit_passed(&expression.arguments, passed);
    }

    fn visit_static_member_expression(&mut self, member: &StaticMemberExpression<'a>) {
        if !self.is_read_of_error(member) {
            return walk_static_member_expression(self, member);
        }
        self.adoptions += 1;
        let object = member.object.span();
        self.begin(object.start, format!("{}.adopt(", names::CONTEXT));
        walk_static_member_expression(self, member);
        self.put(object.end, ")");
    }

    fn visit_statement(&mut self, statement: &Statement<'a>) {
        if !is_for_await(statement) {
            return walk_statement(self, statement);
        }
        let index = self.frame().loops;
        self.put(statement.span().start, "{");
        walk_statement(self, statement);
        self.restore_after_loop(statement.span(), index);
    }

    fn visit_labeled_statement(&mut self, statement: &LabeledStatement<'a>) {
        // The label has to stay with its loop, so what follows the loop follows the label.
        if is_for_await(&statement.body) {
            walk_statement(self, &statement.body);
        } else {
            self.visit_statement(&statement.body);
        }
    }

    fn visit_for_of_statement(&mut self, statement: &ForOfStatement<'a>) {
        if statement.r#await {
            self.visit_for_await(statement);
        } else {
            walk_for_of_statement(self, statement);
        }
    }

    fn visit_catch_clause(&mut self, clause: &CatchClause<'a>) {
        let outer = self.caught.len();
        if let Some(parameter) = &clause.param {
            let names = parameter.pattern.get_binding_identifiers();
            self.caught.extend(names.iter().map(|id| id.name.to_string()));
        }
        walk_catch_clause(self, clause);
        self.caught.truncate(outer);
    }

    fn visit_try_statement(&mut self, statement: &TryStatement<'a>) {
        let before = self.frame().awaits;
        let has_finalizer = statement.finalizer.is_some();
        self.frame().tries += 1;
        self.visit_block_statement(&statement.block);
        let block_awaits = self.frame().awaits > before;
        self.frame().tries -= usize::from(!has_finalizer);
        if let Some(handler) = &statement.handler {
            if block_awaits {
                self.restore_in(&handler.body);
            }
            self.visit_catch_clause(handler);
        }
        self.frame().tries -= usize::from(has_finalizer);
        let awaits = self.frame().awaits > before;
        if let Some(finalizer) = &statement.finalizer {
            if awaits {
                self.restore_in(finalizer);
            }
            self.visit_block_statement(finalizer);
        }
    }

    fn visit_function(&mut self, function: &Function<'a>, flags: ScopeFlags) {
        let (asynchronous, generator) = (function.r#async, function.generator);
        self.frames.push(Frame { asynchronous, generator, ..Frame::default() });
        walk_function(self, function, flags);
        if let (Some(frame), Some(body)) = (self.frames.pop(), &function.body) {
            self.declare(&frame, body);
        }
    }

    fn visit_class(&mut self, class: &Class<'a>) {
        if let Some(text) = missing_constructor(class) {
            self.put_first(class.body.span.start + 1, text);
        }
        let outer = std::mem::replace(&mut self.in_promise, extends_promise(class));
        walk_class(self, class);
        self.in_promise = outer;
    }

    fn visit_arrow_function_expression(&mut self, arrow: &ArrowFunctionExpression<'a>) {
        self.frames.push(Frame { asynchronous: arrow.r#async, ..Frame::default() });
        match arrow.body.as_expression() {
            Some(answer) if arrow.r#async => {
                self.visit_formal_parameters(&arrow.params);
                self.carry(answer);
            }
            _ => walk_arrow_function_expression(self, arrow),
        }
        let frame = self.frames.pop();
        if let (Some(frame), ArrowFunctionBody::FunctionBody(body)) = (frame, &arrow.body) {
            self.declare(&frame, body);
        }
    }
}

#[cfg(test)]
mod tests {
    use oxc_allocator::Allocator;
    use oxc_parser::Parser;
    use oxc_span::SourceType;

    use super::*;

    fn edited(source: &str) -> Option<String> {
        let allocator = Allocator::default();
        let parsed = Parser::new(&allocator, source, SourceType::unambiguous()).parse();
        assert!(parsed.diagnostics.errors().next().is_none(), "{source}");
        edit(&parsed.program, source).map(|edited| edited.code)
    }

    #[test]
    fn what_needs_nothing_stays_as_it_is() {
        for source in ["exports.a = 1;", "// await x.stack\nmodule.exports = 'import()';"] {
            assert_eq!(edited(source).as_deref(), Some(source));
        }
    }

    #[test]
    fn a_wrapper_that_a_file_brings_is_called() {
        let bundled = "// @bun @bun-cjs\n(function(exports, require) {exports.a = 1;})\n// end";
        let called = bundled
            .replace("(function", "return (function")
            .replace("})\n", "}).call(exports, exports, require, module, __filename, __dirname)\n");
        assert_eq!(edited(bundled), Some(called));
        let hashbang =
            format!("#!/usr/bin/env bun\n{}", bundled.replace("@bun ", "@bun @bytecode "));
        assert!(edited(&hashbang).is_some_and(|code| code.contains("return (function")));
        let broken = edited("// @bun @bun-cjs\nconsole.log(1)").expect("CommonJS");
        assert!(broken.starts_with("// @bun @bun-cjs\nconsole.log(1);throw new TypeError("));
        assert_eq!(edited("// @bun\n(function() {})()"), None);
    }

    #[test]
    fn suspensions_keep_the_context() {
        let cases = [
            (
                "exports.a = async x => await x.y;",
                "exports.a = async x => $dx.resume($dx.current, await $dx.carry(x.y));",
            ),
            (
                "exports.a = async () => { await(f(await 1)); return b, c; };",
                "exports.a = async () => { $dx.resume($dx.hold(/*await*/(f(\
                 $dx.resume($dx.current, await 1)))), await $dx.held); \
                 return $dx.carry((b, c)); };",
            ),
            (
                "exports.a = new Promise(a); eval(b, c); new Function('x', f()); new b(Promise);",
                "exports.a = new Promise($dx.carrying(a)); eval($dx.source(b), c); \
                 new Function('x', $dx.body(f())); new b(Promise);",
            ),
            (
                "exports.a = async function () { 'use strict'; try { await b } catch {} };",
                "exports.a = async function () { 'use strict';;let $dx_saved = null; try { \
                 $dx.resume($dx_saved = $dx.current, await $dx.carry(b), $dx_saved = null) } \
                 catch {$dx_saved !== null && ($dx.current = $dx_saved, $dx_saved = null);} };",
            ),
            (
                "exports.a = async () => { for await (const x of y) f(x); };",
                "exports.a = async () => {let $dx_loop_0; {for await (const x of \
                 ($dx_loop_0 = $dx.looping(y)).source) {$dx.current = $dx_loop_0.current;f(x);\
                 ;$dx_loop_0.current = $dx.current;};$dx.current = $dx_loop_0.current;} };",
            ),
            (
                "exports.a = class extends Promise {}; class A extends Promise { \
                 constructor(a) { super(a); class B extends C { constructor() { super(a); } } } }",
                "exports.a = class extends Promise {constructor(...$dx_given) { \
                 super($dx.carrying($dx_given[0])); }}; class A extends Promise { \
                 constructor(a) { super($dx.carrying(a)); class B extends C { \
                 constructor() { super(a); } } } }",
            ),
            ("exports.a = () => import('x');", "exports.a = () => $dx_module.import('x');"),
            (
                "exports.a = async function* () { yield* b; yield c; };",
                "exports.a = async function* () { $dx.resume($dx.current, yield* b); \
                 yield $dx.carry(c); };",
            ),
        ];
        for (source, expected) in cases {
            assert_eq!(edited(source).as_deref(), Some(expected), "{source}");
        }
    }

    #[test]
    fn errors_are_adopted_where_their_text_is_read() {
        let cases = [
            ("exports.a = e.stack;", "exports.a = $dx.adopt(e).stack;"),
            (
                "exports.a = () => { return(e).stack };",
                "exports.a = () => { return $dx.adopt((e)).stack };",
            ),
            ("exports.a = e.b.stack.stack;", "exports.a = $dx.adopt($dx.adopt(e.b).stack).stack;"),
            ("exports.a = e?.stack;", "exports.a = $dx.adopt(e)?.stack;"),
            ("exports.a = e?.b.stack;", "exports.a = e?.b.stack;"),
            ("exports.a = this.stack + e.message;", "exports.a = this.stack + e.message;"),
            (
                "try { exports.a() } catch (e) { f(e.message) }",
                "try { exports.a() } catch (e) { f($dx.adopt(e).message) }",
            ),
            (
                "async () => (await exports.a).stack",
                "async () => $dx.carry($dx.adopt(($dx.resume($dx.current, \
                 await $dx.carry(exports.a)))).stack)",
            ),
        ];
        for (source, expected) in cases {
            assert_eq!(edited(source).as_deref(), Some(expected), "{source}");
        }
    }

    #[test]
    fn what_the_text_cannot_say_is_left_alone() {
        for source in ["var x = 1;", "exports.a = new e.stack();"] {
            assert!(edited(source).is_none(), "{source}");
        }
    }

    #[test]
    fn places_behind_insertions_are_those_of_the_file() {
        let source = "exports.a = 1;\nexports.b = async (e) => { await e.stack; throw e }";
        let allocator = Allocator::default();
        let parsed = Parser::new(&allocator, source, SourceType::unambiguous()).parse();
        let edited = edit(&parsed.program, source).expect("an edited text");
        let insertions = edited.places(source);
        let map = crate::position::PositionMap::Edited { columns: 0, insertions };
        let line = edited.code.lines().nth(1).expect("a second line");
        let own = source.lines().nth(1).expect("a second line");
        for word in ["exports.b", "await", "stack", "throw"] {
            let column = line.find(word).expect("the word") as u32 + 1;
            let place = map.original(LineColumn { line: 2, column }).expect("a place");
            let wanted = own.find(word).expect("the word") as u32 + 1;
            assert_eq!(place.column, wanted, "{word}");
        }
    }
}
