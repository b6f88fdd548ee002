//! Rewrites expressions: imported bindings, `import.meta`, `import()`, and the async context
//! around every `await`.
//!
//! Invariants: runs once over a program whose scoping is up to date. Text that is not one
//! identifier is put into the tree as the name of an identifier reference, which the printer
//! copies: that keeps the pass small, and nothing reads the tree afterwards but the printer.
//!
//! The context: `await x` becomes `$dx.resume($dx.current, await x)`, evaluated from the left, so
//! that the context is read before the function is suspended and put back after. What `x` enters
//! while it is evaluated counts, so `await f()` is `$dx.resume($dx.hold(f()), await $dx.held)`.
//! Inside a `try` the saved context is also kept in a variable of the function while the `await`
//! is under way, and catch and finally blocks put it back when they are entered by its rejection.
//! What may be a thenable goes through `$dx.carry` (`hold` does that too), for the engine calls
//! its `then` later; `$dx.carrying` does so for the executor of a promise, `$dx.looping` for what
//! `for await` asks, and `$dx.source` and `$dx.body` rewrite code that is evaluated.
//!
//! Errors: `x.stack` becomes `$dx.adopt(x).stack`, because errors that the engine throws carry
//! its own form of a stack until somebody turns it into the usual one; and so do `e.message` and
//! `e.code` of a caught `e`, because the engine's messages quote the code it runs.

use oxc_allocator::{Allocator, ArenaBox, ArenaVec, ReplaceWith};
use oxc_ast::{ast::*, builder::AstBuilder};
use oxc_ast_visit::{
    VisitMut,
    walk_mut::{
        walk_arrow_function_expression, walk_class, walk_expression, walk_for_of_statement,
        walk_function, walk_program, walk_return_statement, walk_statement,
        walk_static_member_expression,
    },
};
use oxc_semantic::Scoping;
use oxc_span::{GetSpan, SPAN};
use oxc_syntax::{scope::ScopeFlags, symbol::SymbolId};
use rustc_hash::FxHashMap;

use crate::{
    names,
    suspends::{code_argument, extends_promise, may_be_thenable, may_call, missing_constructor},
};

/// What an imported local name stands for.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Binding<'a> {
    /// Index of the request.
    pub(crate) request: usize,
    /// The name in that module; `None` is its namespace.
    pub(crate) imported: Option<&'a str>,
}

/// What the code needs from its wrapper.
#[derive(Clone, Copy, Default, Debug)]
pub(crate) struct Needs {
    /// `await` at top level.
    pub(crate) top_level_await: bool,
    /// A parameter beyond those of plain CommonJS.
    pub(crate) parameters: bool,
    /// The variable that keeps a saved context at top level.
    pub(crate) saved: bool,
    /// How many `for await` loops stand at top level.
    pub(crate) loops: usize,
}

/// The innermost function while visiting.
#[derive(Default)]
pub(crate) struct Frame {
    pub(crate) asynchronous: bool,
    pub(crate) generator: bool,
    /// How many `try` statements surround the current place.
    pub(crate) tries: usize,
    /// How many `await`s were seen.
    pub(crate) awaits: usize,
    /// Whether the variable of a saved context is used.
    pub(crate) saved: bool,
    /// How many `for await` loops were seen.
    pub(crate) loops: usize,
    /// The `for await` loops around the current place.
    pub(crate) open_loops: Vec<usize>,
}

impl Frame {
    /// What the variable of a saved context holds while no `await` is under way.
    pub(crate) fn idle(&self) -> String {
        match self.open_loops.last() {
            Some(index) if self.tries > 0 => format!("{}{index}.current", names::LOOP),
            _ => "null".to_owned(),
        }
    }
}

pub(crate) struct Rewriter<'a, 's> {
    allocator: &'a Allocator,
    builder: AstBuilder<'a>,
    scoping: &'s Scoping,
    imports: FxHashMap<SymbolId, Binding<'a>>,
    /// Free names that mean something else in this kind of module.
    free: &'static [(&'static str, &'static str)],
    frames: Vec<Frame>,
    /// Whether the class around the current place extends `Promise`.
    in_promise: bool,
    needs: Needs,
}

/// Free names of ES modules.
pub(crate) const ES_MODULE_NAMES: &[(&str, &str)] = &[
    ("require", "$dx_module.require"),
    ("__dirname", "$dx_module.meta.dir"),
    ("__filename", "$dx_module.meta.path"),
    ("babelHelpers", "$dx_module.helpers"),
    ("babelHelpers.decorated", "$dx_module.helpers.decorated"),
];

/// Free names of CommonJS modules.
pub(crate) const COMMON_JS_NAMES: &[(&str, &str)] = &[
    ("babelHelpers", "$dx_module.helpers"),
    ("babelHelpers.decorated", "$dx_module.helpers.decorated"),
];

impl<'a, 's> Rewriter<'a, 's> {
    pub(crate) fn new(
        allocator: &'a Allocator,
        scoping: &'s Scoping,
        imports: FxHashMap<SymbolId, Binding<'a>>,
        free: &'static [(&'static str, &'static str)],
    ) -> Self {
        let needs = Needs::default();
        let builder = AstBuilder::new(allocator);
        let frames = Vec::new();
        Self { allocator, builder, scoping, imports, free, frames, in_promise: false, needs }
    }

    /// Rewrites the program; answers what its wrapper must bring.
    pub(crate) fn run(mut self, program: &mut Program<'a>) -> Needs {
        self.frames.push(Frame { asynchronous: true, ..Frame::default() });
        walk_program(&mut self, program);
        if let Some(frame) = self.frames.pop() {
            self.needs.top_level_await = frame.awaits > 0;
            self.needs.saved = frame.saved;
            self.needs.loops = frame.loops;
        }
        self.needs
    }

    fn text(&self, text: &str) -> &'a str {
        self.allocator.alloc_str(text)
    }

    /// An expression that prints as `text`.
    fn raw(&self, text: &str) -> Expression<'a> {
        Expression::new_identifier(SPAN, self.text(text), &self.builder)
    }

    fn raw_statement(&self, text: &str) -> Statement<'a> {
        Statement::new_expression_statement(SPAN, self.raw(text), &self.builder)
    }

    /// An element of a class that prints as `text`.
    fn raw_element(&self, text: &str) -> ClassElement<'a> {
        let key = PropertyKey::new_static_identifier(SPAN, self.text(text), &self.builder);
        let kind = PropertyDefinitionType::PropertyDefinition;
        let none = ArenaVec::new_in(&self.allocator);
        let no = false;
        ClassElement::new_property_definition(
            SPAN,
            kind,
            none,
            key,
            None,
            None,
            no,
            no,
            no,
            no,
            no,
            no,
            no,
            None,
            &self.builder,
        )
    }

    fn call(&self, span: Span, callee: &str, arguments: Vec<Expression<'a>>) -> Expression<'a> {
        let arguments = arguments.into_iter().map(Argument::from);
        let list = ArenaVec::from_iter_in(arguments, &self.allocator);
        Expression::new_call_expression(span, self.raw(callee), None, list, false, &self.builder)
    }

    /// What an identifier is replaced by, if it is.
    fn replacement(&self, identifier: &IdentifierReference<'a>) -> Option<String> {
        let reference = identifier.reference_id.get()?;
        let Some(symbol) = self.scoping.get_reference(reference).symbol_id() else {
            let name = identifier.name.as_str();
            return self
                .free
                .iter()
                .find(|(free, _)| *free == name)
                .map(|(_, replacement)| (*replacement).to_owned());
        };
        let binding = self.imports.get(&symbol)?;
        let namespace = format!("{}{}", names::IMPORT, binding.request);
        let local = identifier.name.as_str();
        let text = match binding.imported {
            Some(name) if name == local => return Some(names::member(&namespace, name)),
            Some(name) => names::member(&namespace, name),
            None => namespace,
        };
        // The engine quotes this in its messages, where the comment tells the program's name.
        Some(format!("{text}/*{local}*/"))
    }

    /// A called import must not get its namespace as `this`.
    fn rewrite_callee(&mut self, callee: &mut Expression<'a>) {
        let Expression::Identifier(identifier) = callee else { return };
        let reference = identifier.reference_id.get();
        let symbol =
            reference.and_then(|reference| self.scoping.get_reference(reference).symbol_id());
        let Some(binding) = symbol.and_then(|symbol| self.imports.get(&symbol)) else { return };
        if binding.imported.is_none() {
            return;
        }
        let Some(replacement) = self.replacement(identifier) else { return };
        identifier.name = self.text(&format!("(0, {replacement})")).into();
        identifier.reference_id.set(None);
    }

    /// Whether an expression is the variable of a catch clause.
    fn is_caught(&self, expression: &Expression<'a>) -> bool {
        let Expression::Identifier(identifier) = expression else { return false };
        let reference = identifier.reference_id.get();
        let symbol =
            reference.and_then(|reference| self.scoping.get_reference(reference).symbol_id());
        symbol.is_some_and(|symbol| self.scoping.symbol_flags(symbol).is_catch_variable())
    }

    fn frame(&mut self) -> &mut Frame {
        let depth = self.frames.len();
        &mut self.frames[depth - 1]
    }

    /// Puts the context back after an expression that suspends the function.
    fn resume(&mut self, expression: &mut Expression<'a>, awaited: Awaited) {
        self.needs.parameters = true;
        let frame = self.frame();
        frame.awaits += 1;
        let guarded = frame.tries > 0;
        frame.saved |= guarded;
        let idle = frame.idle();
        let span = expression.span();
        let mut context = self.raw(&format!("{}.current", names::CONTEXT));
        if let Expression::AwaitExpression(suspending) = expression {
            let argument = &mut suspending.argument;
            match awaited {
                Awaited::Plain => {}
                Awaited::Carried => self.pass(argument, "carry"),
                Awaited::Held => {
                    self.pass(argument, "hold");
                    let held = self.raw(&format!("{}.held", names::CONTEXT));
                    context = std::mem::replace(argument, held);
                }
            }
        }
        let resume = format!("{}.resume", names::CONTEXT);
        expression.replace_with(|suspending| {
            if !guarded {
                return self.call(span, &resume, vec![context, suspending]);
            }
            let save = self.assign(names::SAVED, context);
            let end = self.raw(&format!("{} = {idle}", names::SAVED));
            self.call(span, &resume, vec![save, suspending, end])
        });
    }

    /// `name = value`.
    fn assign(&self, name: &str, value: Expression<'a>) -> Expression<'a> {
        let identifier = IdentifierReference::new(SPAN, self.text(name), &self.builder);
        let target = AssignmentTarget::AssignmentTargetIdentifier(ArenaBox::new_in(
            identifier,
            &self.allocator,
        ));
        let operator = AssignmentOperator::Assign;
        Expression::new_assignment_expression(SPAN, operator, target, value, &self.builder)
    }

    /// Passes what an expression answers through a function of the context's.
    fn pass(&mut self, expression: &mut Expression<'a>, through: &str) {
        self.needs.parameters = true;
        let span = expression.span();
        let through = format!("{}.{through}", names::CONTEXT);
        expression.replace_with(|passed| self.call(span, &through, vec![passed]));
    }

    /// Passes one of a call's arguments through a function of the context's.
    fn pass_argument(
        &mut self,
        arguments: &mut ArenaVec<'a, Argument<'a>>,
        passed: Option<(usize, &str)>,
    ) {
        let Some((index, through)) = passed else { return };
        let Some(argument) = arguments.get_mut(index) else { return };
        if let Some(expression) = argument.as_expression_mut() {
            self.pass(expression, through);
        }
    }

    /// Puts a saved context back at the start of a catch or finally block.
    fn restore_in(&mut self, block: &mut BlockStatement<'a>) {
        let idle = self.frame().idle();
        let (saved, context) = (names::SAVED, names::CONTEXT);
        self.frame().saved = true;
        let text = format!("{saved} !== null && ($dx.current = {saved}, {saved} = {idle})");
        debug_assert_eq!(context, "$dx");
        block.body.insert(0, self.raw_statement(&text));
    }

    /// Declares the variables that a function's rewritten awaits use.
    fn declare(&self, frame: &Frame, statements: &mut ArenaVec<'a, Statement<'a>>) {
        if let Some(text) = declaration(frame.saved, frame.loops) {
            statements.insert(0, self.raw_statement(&text));
        }
    }

    fn rewrite_for_await(&mut self, statement: &mut ForOfStatement<'a>) {
        self.needs.parameters = true;
        let frame = self.frame();
        frame.awaits += 1;
        let index = frame.loops;
        frame.loops += 1;
        frame.saved |= frame.tries > 0;
        let guard = if frame.tries > 0 { "$dx_saved = " } else { "" };
        frame.open_loops.push(index);
        walk_for_of_statement(self, statement);
        self.frame().open_loops.pop();
        let own = format!("{}{index}", names::LOOP);
        self.pass(&mut statement.right, "looping");
        statement.right.replace_with(|looping| {
            let start = self.assign(&own, looping);
            let source = self.raw(&format!("{guard}{own}.current, {own}.source"));
            let list = ArenaVec::from_iter_in([start, source], &self.allocator);
            Expression::new_sequence_expression(SPAN, list, &self.builder)
        });
        let restore = self.raw_statement(&format!("$dx.current = {own}.current"));
        // What the body leaves is what the next step starts from.
        let keep = self.raw_statement(&format!("{guard}{own}.current = $dx.current"));
        statement.body.replace_with(|body| match body {
            Statement::BlockStatement(mut block) => {
                block.body.insert(0, restore);
                block.body.push(keep);
                Statement::BlockStatement(block)
            }
            other => self.block([restore, other, keep]),
        });
    }

    fn block<const N: usize>(&self, statements: [Statement<'a>; N]) -> Statement<'a> {
        let list = ArenaVec::from_iter_in(statements, &self.allocator);
        Statement::new_block_statement(SPAN, list, &self.builder)
    }

    /// Puts the context back after a `for await` loop, labelled or not.
    fn restore_after_loop(&mut self, statement: &mut Statement<'a>, index: usize) {
        let guarded = self.frame().tries > 0;
        let idle = self.frame().idle();
        let mut text = format!("$dx.current = {}{index}.current", names::LOOP);
        if guarded {
            text.push_str(&format!(", {} = {idle}", names::SAVED));
        }
        let restore = self.raw_statement(&text);
        statement.replace_with(|looping| self.block([looping, restore]));
    }
}

/// `let` of the variables that a function's rewritten awaits use.
pub(crate) fn declaration(saved: bool, loops: usize) -> Option<String> {
    if !saved && loops == 0 {
        return None;
    }
    let mut parts = Vec::new();
    if saved {
        parts.push(format!("{} = null", names::SAVED));
    }
    parts.extend((0..loops).map(|index| format!("{}{index}", names::LOOP)));
    Some(format!("let {}", parts.join(", ")))
}

/// Whether an object is the rest of an optional chain, as in `a?.b.stack`: as the argument of a
/// call it would no longer end the whole chain.
pub(crate) fn is_in_chain(object: &Expression<'_>) -> bool {
    match object {
        Expression::CallExpression(call) => call.optional || is_in_chain(&call.callee),
        Expression::StaticMemberExpression(member) => {
            member.optional || is_in_chain(&member.object)
        }
        Expression::ComputedMemberExpression(member) => {
            member.optional || is_in_chain(&member.object)
        }
        Expression::PrivateFieldExpression(member) => {
            member.optional || is_in_chain(&member.object)
        }
        Expression::TSNonNullExpression(inner) => is_in_chain(&inner.expression),
        _ => false,
    }
}

/// Whether a statement is a `for await` loop, below any labels.
pub(crate) fn is_for_await(statement: &Statement<'_>) -> bool {
    match statement {
        Statement::ForOfStatement(statement) => statement.r#await,
        Statement::LabeledStatement(labeled) => is_for_await(&labeled.body),
        _ => false,
    }
}

impl<'a> VisitMut<'a> for Rewriter<'a, '_> {
    fn visit_identifier_reference(&mut self, identifier: &mut IdentifierReference<'a>) {
        if let Some(replacement) = self.replacement(identifier) {
            self.needs.parameters = true;
            identifier.name = self.text(&replacement).into();
        }
    }

    fn visit_expression(&mut self, expression: &mut Expression<'a>) {
        match expression {
            Expression::CallExpression(call) => self.rewrite_callee(&mut call.callee),
            Expression::TaggedTemplateExpression(tagged) => self.rewrite_callee(&mut tagged.tag),
            _ => {}
        }
        let awaited = Awaited::of(expression);
        let passed = match expression {
            Expression::CallExpression(call) => {
                code_argument(&call.callee, &call.arguments, false, self.in_promise)
            }
            Expression::NewExpression(call) => {
                code_argument(&call.callee, &call.arguments, true, false)
            }
            _ => None,
        };
        walk_expression(self, expression);
        match expression {
            Expression::CallExpression(call) => self.pass_argument(&mut call.arguments, passed),
            Expression::NewExpression(call) => self.pass_argument(&mut call.arguments, passed),
            Expression::AwaitExpression(_) => self.resume(expression, awaited),
            Expression::YieldExpression(suspending) => {
                let frame = self.frame();
                if !frame.asynchronous || !frame.generator {
                    return;
                }
                if suspending.delegate {
                    self.resume(expression, Awaited::Plain);
                } else if let (Some(argument), Awaited::Carried) =
                    (&mut suspending.argument, awaited)
                {
                    self.pass(argument, "carry");
                }
            }
            Expression::ImportMeta(_) => {
                self.needs.parameters = true;
                *expression = self.raw(&format!("{}.meta", names::MODULE));
            }
            Expression::ImportExpression(_) => self.rewrite_dynamic_import(expression),
            _ => {}
        }
    }

    fn visit_return_statement(&mut self, statement: &mut ReturnStatement<'a>) {
        let is_async = self.frames.len() > 1 && self.frame().asynchronous;
        let carries = is_async && statement.argument.as_ref().is_some_and(may_be_thenable);
        walk_return_statement(self, statement);
        if let (Some(argument), true) = (&mut statement.argument, carries) {
            self.pass(argument, "carry");
        }
    }

    fn visit_static_member_expression(&mut self, member: &mut StaticMemberExpression<'a>) {
        let is_read = match member.property.name.as_str() {
            "stack" => {
                !matches!(member.object, Expression::ThisExpression(_) | Expression::Super(_))
            }
            "message" | "code" => self.is_caught(&member.object),
            _ => false,
        };
        walk_static_member_expression(self, member);
        if is_read && !is_in_chain(&member.object) {
            self.needs.parameters = true;
            let adopt = format!("{}.adopt", names::CONTEXT);
            member.object.replace_with(|object| self.call(SPAN, &adopt, vec![object]));
        }
    }

    fn visit_statement(&mut self, statement: &mut Statement<'a>) {
        let for_await = is_for_await(statement);
        let index = self.frame().loops;
        walk_statement(self, statement);
        if for_await {
            self.restore_after_loop(statement, index);
        }
    }

    fn visit_labeled_statement(&mut self, statement: &mut LabeledStatement<'a>) {
        // The label has to stay with its loop, so what follows the loop follows the label.
        if is_for_await(&statement.body) {
            walk_statement(self, &mut statement.body);
        } else {
            self.visit_statement(&mut statement.body);
        }
    }

    fn visit_for_of_statement(&mut self, statement: &mut ForOfStatement<'a>) {
        if statement.r#await {
            self.rewrite_for_await(statement);
        } else {
            walk_for_of_statement(self, statement);
        }
    }

    fn visit_try_statement(&mut self, statement: &mut TryStatement<'a>) {
        let before = self.frame().awaits;
        let has_finalizer = statement.finalizer.is_some();
        self.frame().tries += 1;
        self.visit_block_statement(&mut statement.block);
        let block_awaits = self.frame().awaits > before;
        self.frame().tries -= usize::from(!has_finalizer);
        if let Some(handler) = &mut statement.handler {
            self.visit_catch_clause(handler);
            if block_awaits {
                self.restore_in(&mut handler.body);
            }
        }
        self.frame().tries -= usize::from(has_finalizer);
        let awaits = self.frame().awaits > before;
        if let Some(finalizer) = &mut statement.finalizer {
            self.visit_block_statement(finalizer);
            if awaits {
                self.restore_in(finalizer);
            }
        }
    }

    fn visit_function(&mut self, function: &mut Function<'a>, flags: ScopeFlags) {
        let (asynchronous, generator) = (function.r#async, function.generator);
        self.frames.push(Frame { asynchronous, generator, ..Frame::default() });
        walk_function(self, function, flags);
        if let (Some(frame), Some(body)) = (self.frames.pop(), &mut function.body) {
            self.declare(&frame, &mut body.statements);
        }
    }

    fn visit_class(&mut self, class: &mut Class<'a>) {
        let outer = std::mem::replace(&mut self.in_promise, extends_promise(class));
        walk_class(self, class);
        self.in_promise = outer;
        if let Some(text) = missing_constructor(class) {
            self.needs.parameters = true;
            let element = self.raw_element(&text);
            class.body.body.insert(0, element);
        }
    }

    fn visit_arrow_function_expression(&mut self, arrow: &mut ArrowFunctionExpression<'a>) {
        self.frames.push(Frame { asynchronous: arrow.r#async, ..Frame::default() });
        let carries = arrow.r#async && arrow.body.as_expression().is_some_and(may_be_thenable);
        walk_arrow_function_expression(self, arrow);
        let frame = self.frames.pop();
        if let (Some(frame), ArrowFunctionBody::FunctionBody(body)) = (frame, &mut arrow.body) {
            self.declare(&frame, &mut body.statements);
        }
        if let (Some(answer), true) = (arrow.body.as_expression_mut(), carries) {
            self.pass(answer, "carry");
        }
    }
}

/// How the context is kept across an `await`.
#[derive(Clone, Copy)]
enum Awaited {
    /// What is awaited is no thenable.
    Plain,
    /// It may be one, and evaluating it does not change the context.
    Carried,
    /// Evaluating it may change the context.
    Held,
}

impl Awaited {
    /// How that of an expression is, or of what a `yield` gives.
    fn of(expression: &Expression<'_>) -> Self {
        match expression {
            Expression::AwaitExpression(suspending) if may_call(&suspending.argument) => Self::Held,
            Expression::AwaitExpression(suspending) if may_be_thenable(&suspending.argument) => {
                Self::Carried
            }
            Expression::YieldExpression(suspending)
                if suspending.argument.as_ref().is_some_and(may_be_thenable) =>
            {
                Self::Carried
            }
            _ => Self::Plain,
        }
    }
}

impl<'a> Rewriter<'a, '_> {
    fn rewrite_dynamic_import(&mut self, expression: &mut Expression<'a>) {
        self.needs.parameters = true;
        expression.replace_with(|import| {
            let span = import.span();
            let Expression::ImportExpression(import) = import else { return import };
            let import = import.unbox();
            let mut arguments = vec![import.source];
            arguments.extend(import.options);
            self.call(span, &format!("{}.import", names::MODULE), arguments)
        });
    }
}
