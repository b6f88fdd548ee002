//! The walk over a program that puts counters in and takes note of lines.

use oxc_ast::ast::*;
use oxc_ast_visit::{Visit, walk};
use oxc_semantic::Scoping;
use oxc_span::{GetSpan, Span};
use oxc_syntax::scope::ScopeFlags;

use super::{Counts, Observed, Observing, edits::Edits, throws};

pub(super) struct Observer<'s> {
    source: &'s str,
    /// Offsets at which lines begin.
    starts: Vec<u32>,
    observing: Observing,
    number: u32,
    /// Bindings, for what TypeScript leaves out.
    scoping: Option<Scoping>,
    edits: Edits,
    counts: Counts,
    /// The counter of the code that is walked over.
    block: u32,
    /// Whether something has been waited for since a statement began.
    has_waited: bool,
    /// The start of a method's name, which belongs to the function that follows.
    key: Option<u32>,
}

impl<'s> Observer<'s> {
    pub(super) fn new(
        source: &'s str,
        observing: Observing,
        number: u32,
        scoping: Option<Scoping>,
    ) -> Self {
        let ends = source.bytes().enumerate().filter(|(_, byte)| *byte == b'\n');
        let starts = std::iter::once(0).chain(ends.map(|(at, _)| at as u32 + 1)).collect();
        let (edits, counts) = (Edits::default(), Counts { number, ..Counts::default() });
        Self {
            source,
            starts,
            observing,
            number,
            scoping,
            edits,
            counts,
            block: 0,
            has_waited: false,
            key: None,
        }
    }

    pub(super) fn run(mut self, program: &Program<'_>) -> Observed {
        self.block = self.counts.add();
        if let Some(first) = program.body.first() {
            self.count_statement(statement_start(first), self.block);
        }
        // Modules are strict without saying so: Bun leaves the words out there.
        if !program.body.iter().any(Statement::is_module_declaration) {
            program.directives.iter().for_each(|directive| self.mark(directive.span.start));
        }
        self.visit_statements(&program.body);
        self.counts.finish();
        let (text, shifts) = self.edits.apply(self.source);
        let counts = self.observing.counts.then_some(self.counts);
        Observed { text, shifts, counts }
    }

    fn line(&self, at: u32) -> u32 {
        self.starts.partition_point(|start| *start <= at) as u32
    }

    /// Takes note of code at a place.
    fn mark(&mut self, at: u32) {
        if self.observing.counts {
            self.counts.lines.push((self.line(at), self.block));
        }
    }

    fn hit(&self, block: u32) -> String {
        format!("$dx_hits{}[{block}]++", self.number)
    }

    fn count_statement(&mut self, at: u32, block: u32) {
        if self.observing.counts {
            let text = self.hit(block) + ";";
            self.edits.insert(at, text);
        }
    }

    /// Walks with another counter.
    fn within(&mut self, block: u32, walk: impl FnOnce(&mut Self)) {
        let outer = std::mem::replace(&mut self.block, block);
        walk(self);
        self.block = outer;
    }

    /// An expression that may not be evaluated where what stands around it is.
    fn part(&mut self, expression: &Expression<'_>) {
        let span = expression.span();
        self.wrapped(span, |own| own.visit_expression(expression));
    }

    fn wrapped(&mut self, span: Span, walk: impl FnOnce(&mut Self)) {
        if !self.observing.counts {
            return walk(self);
        }
        let block = self.counts.add();
        let text = format!("({},", self.hit(block));
        self.edits.insert(span.start, text);
        self.within(block, walk);
        self.edits.insert(span.end, ")");
    }

    /// A statement that may not run where the one around it does. `head` is a word that goes with
    /// it.
    fn branch(&mut self, statement: &Statement<'_>, head: Option<u32>) {
        let block = self.counts.add();
        self.within(block, |own| {
            head.inspect(|&at| own.mark(at));
            if let Statement::BlockStatement(body) = statement {
                own.count_statement(body.span.start + 1, block);
                return own.visit_statements(&body.body);
            }
            let span = statement.span();
            if own.observing.counts {
                own.edits.insert(span.start, "{");
            }
            own.count_statement(span.start, block);
            own.visit_statement(statement);
            if own.observing.counts {
                own.edits.insert(span.end, "}");
            }
        });
    }

    fn body_of_function(&mut self, body: &FunctionBody<'_>, block: u32) {
        match body.directives.last() {
            Some(directive) => {
                if self.observing.counts {
                    self.edits.insert(directive.span.end, ";");
                }
                self.count_statement(directive.span.end, block);
            }
            None => self.count_statement(body.span.start + 1, block),
        }
        self.visit_statements(&body.statements);
    }

    fn add_function(&mut self) -> u32 {
        let block = self.counts.add();
        self.counts.functions.push((block, self.block));
        block
    }

    /// Walks over a function: what it waits for is its own affair.
    fn within_function(&mut self, block: u32, walk: impl FnOnce(&mut Self)) {
        let has_waited = self.has_waited;
        self.within(block, walk);
        self.has_waited = has_waited;
    }

    /// Whether an import is one of values: TypeScript leaves others out.
    fn is_used(&self, import: &ImportDeclaration<'_>) -> bool {
        let Some(specifiers) = &import.specifiers else { return true };
        if import.import_kind.is_type() {
            return false;
        }
        let Some(scoping) = &self.scoping else { return true };
        specifiers.iter().any(|specifier| {
            let symbol = specifier.local().symbol_id.get();
            symbol.is_none_or(|id| scoping.get_resolved_references(id).any(|it| it.is_value()))
        })
    }

    /// Whether a statement's start is code of the scope it stands in.
    fn begins_code(&self, statement: &Statement<'_>) -> bool {
        match statement {
            Statement::BlockStatement(_)
            | Statement::EmptyStatement(_)
            | Statement::FunctionDeclaration(_)
            | Statement::TSTypeAliasDeclaration(_)
            | Statement::TSInterfaceDeclaration(_) => false,
            Statement::ImportDeclaration(import) => self.is_used(import),
            Statement::ExportAllDeclaration(export) => !export.export_kind.is_type(),
            Statement::ExportDefaultDeclaration(export) => !matches!(
                export.declaration,
                ExportDefaultDeclarationKind::FunctionDeclaration(_)
                    | ExportDefaultDeclarationKind::TSInterfaceDeclaration(_)
            ),
            Statement::ExportDeclaration(export) => {
                !export.declaration.declare()
                    && !matches!(
                        export.declaration,
                        Declaration::FunctionDeclaration(_)
                            | Declaration::TSTypeAliasDeclaration(_)
                            | Declaration::TSInterfaceDeclaration(_)
                    )
            }
            Statement::ExportNamedDeclaration(export) => !export.export_kind.is_type(),
            Statement::ExportFromDeclaration(export) => !export.export_kind.is_type(),
            other => other.as_declaration().is_none_or(|declaration| !declaration.declare()),
        }
    }
}

/// Where a statement begins, decorators of a class with it.
fn statement_start(statement: &Statement<'_>) -> u32 {
    let class = match statement {
        Statement::ClassDeclaration(class) => Some(class),
        Statement::ExportDeclaration(export) => match &export.declaration {
            Declaration::ClassDeclaration(class) => Some(class),
            _ => None,
        },
        Statement::ExportDefaultDeclaration(export) => match &export.declaration {
            ExportDefaultDeclarationKind::ClassDeclaration(class) => Some(class),
            _ => None,
        },
        _ => None,
    };
    let decorators = class.and_then(|class| class.decorators.first()).map(|it| it.span.start);
    decorators.map_or(statement.span().start, |start| start.min(statement.span().start))
}

/// Whether what follows a statement may run less often than what comes before it.
fn may_leave(statement: &Statement<'_>) -> bool {
    !matches!(
        statement,
        Statement::ExpressionStatement(_)
            | Statement::EmptyStatement(_)
            | Statement::DebuggerStatement(_)
    ) && statement.as_declaration().is_none()
        && statement.as_module_declaration().is_none()
}

/// Whether a statement only declares: it runs before all others.
fn is_hoisted(statement: &Statement<'_>) -> bool {
    matches!(
        statement,
        Statement::FunctionDeclaration(_)
            | Statement::TSTypeAliasDeclaration(_)
            | Statement::TSInterfaceDeclaration(_)
            | Statement::ImportDeclaration(_)
    )
}

/// Whether an expression takes its name from where it stands: it may not be wrapped.
fn takes_name(expression: &Expression<'_>) -> bool {
    match expression {
        Expression::FunctionExpression(function) => function.id.is_none(),
        Expression::ClassExpression(class) => class.id.is_none(),
        Expression::ArrowFunctionExpression(_) => true,
        Expression::ParenthesizedExpression(inner) => takes_name(&inner.expression),
        _ => false,
    }
}

/// Whether a sum is one of two literals, which Bun adds when it reads them.
fn is_folded(sum: &BinaryExpression<'_>) -> bool {
    let is_known = |expression: &Expression<'_>| match expression {
        Expression::BinaryExpression(inner) => is_folded(inner),
        other => {
            matches!(other, Expression::StringLiteral(_) | Expression::NumericLiteral(_))
        }
    };
    sum.operator == BinaryOperator::Addition && is_known(&sum.left) && is_known(&sum.right)
}

impl<'a> Visit<'a> for Observer<'_> {
    fn visit_statements(&mut self, statements: &oxc_allocator::Vec<'a, Statement<'a>>) {
        let mut may_have_left = false;
        let outer = self.block;
        for statement in statements {
            if may_have_left && !is_hoisted(statement) {
                self.block = self.counts.add();
                self.count_statement(statement_start(statement), self.block);
                may_have_left = false;
            }
            self.has_waited = false;
            self.visit_statement(statement);
            may_have_left |= may_leave(statement) || self.has_waited;
        }
        self.block = outer;
    }

    fn visit_statement(&mut self, statement: &Statement<'a>) {
        if self.begins_code(statement) {
            self.mark(statement.span().start);
        }
        walk::walk_statement(self, statement);
    }

    fn visit_import_declaration(&mut self, _import: &ImportDeclaration<'a>) {}
    fn visit_export_specifier(&mut self, _specifier: &ExportSpecifier<'a>) {}
    fn visit_ts_type(&mut self, _type: &TSType<'a>) {}
    fn visit_ts_type_annotation(&mut self, _annotation: &TSTypeAnnotation<'a>) {}
    fn visit_ts_type_alias_declaration(&mut self, _alias: &TSTypeAliasDeclaration<'a>) {}
    fn visit_ts_interface_declaration(&mut self, _interface: &TSInterfaceDeclaration<'a>) {}
    fn visit_ts_class_implements(&mut self, _implements: &TSClassImplements<'a>) {}
    fn visit_ts_type_parameter_declaration(&mut self, _list: &TSTypeParameterDeclaration<'a>) {}
    fn visit_ts_type_parameter_instantiation(&mut self, _: &TSTypeParameterInstantiation<'a>) {}
    fn visit_ts_index_signature(&mut self, _signature: &TSIndexSignature<'a>) {}

    fn visit_variable_declaration(&mut self, declaration: &VariableDeclaration<'a>) {
        if !declaration.declare {
            walk::walk_variable_declaration(self, declaration);
        }
    }

    // ---- Functions and classes ----

    fn visit_function(&mut self, function: &Function<'a>, _flags: ScopeFlags) {
        let Some(body) = &function.body else { return };
        let key = self.key.take();
        let block = self.add_function();
        self.within_function(block, |own| {
            own.mark(key.unwrap_or(function.span.start));
            own.visit_formal_parameters(&function.params);
            own.body_of_function(body, block);
        });
    }

    fn visit_arrow_function_expression(&mut self, arrow: &ArrowFunctionExpression<'a>) {
        let block = self.add_function();
        self.within_function(block, |own| {
            own.visit_formal_parameters(&arrow.params);
            if let ArrowFunctionBody::FunctionBody(body) = &arrow.body {
                return own.body_of_function(body, block);
            }
            let Some(expression) = arrow.get_expression() else { return };
            let span = expression.span();
            if own.observing.counts {
                let text = format!("({},", own.hit(block));
                own.edits.insert(span.start, text);
            }
            own.visit_expression(expression);
            if own.observing.counts {
                own.edits.insert(span.end, ")");
            }
        });
    }

    fn visit_class(&mut self, class: &Class<'a>) {
        if !class.declare {
            walk::walk_class(self, class);
        }
    }

    fn visit_method_definition(&mut self, method: &MethodDefinition<'a>) {
        self.visit_decorators(&method.decorators);
        if method.computed {
            self.visit_property_key(&method.key);
        }
        self.key = Some(method.key.span().start);
        self.visit_function(&method.value, ScopeFlags::Function);
        self.key = None;
    }

    fn visit_property_definition(&mut self, property: &PropertyDefinition<'a>) {
        if property.declare {
            return;
        }
        self.visit_decorators(&property.decorators);
        let start = property.key.span().start;
        if property.computed {
            self.visit_property_key(&property.key);
        }
        match &property.value {
            Some(value) if !property.r#static && !property.computed && !takes_name(value) => {
                self.wrapped(value.span(), |own| {
                    own.mark(start);
                    own.visit_expression(value);
                });
            }
            value => {
                self.mark(start);
                value.iter().for_each(|value| self.visit_expression(value));
            }
        }
    }

    fn visit_ts_enum_declaration(&mut self, declaration: &TSEnumDeclaration<'a>) {
        if !declaration.declare {
            self.counts.functions.push((self.block, self.block));
            declaration.body.members.iter().for_each(|member| self.mark(member.span.start));
        }
    }

    fn visit_ts_namespace_declaration(&mut self, declaration: &TSNamespaceDeclaration<'a>) {
        if !declaration.declare {
            self.counts.functions.push((self.block, self.block));
            walk::walk_ts_namespace_declaration(self, declaration);
        }
    }

    // ---- Statements that branch ----

    fn visit_if_statement(&mut self, statement: &IfStatement<'a>) {
        self.visit_expression(&statement.test);
        self.branch(&statement.consequent, None);
        if let Some(alternate) = &statement.alternate {
            let from = statement.consequent.span().end;
            let between = &self.source[from as usize..alternate.span().start as usize];
            let head = between.rfind("else").map(|at| from + at as u32);
            self.branch(alternate, head);
        }
    }

    fn visit_for_statement(&mut self, statement: &ForStatement<'a>) {
        statement.init.iter().for_each(|init| self.visit_for_statement_init(init));
        statement.test.iter().for_each(|test| self.visit_expression(test));
        statement.update.iter().for_each(|update| self.visit_expression(update));
        self.branch(&statement.body, None);
    }

    fn visit_for_in_statement(&mut self, statement: &ForInStatement<'a>) {
        self.visit_for_statement_left(&statement.left);
        self.visit_expression(&statement.right);
        self.branch(&statement.body, None);
    }

    fn visit_for_of_statement(&mut self, statement: &ForOfStatement<'a>) {
        self.visit_for_statement_left(&statement.left);
        self.visit_expression(&statement.right);
        self.branch(&statement.body, None);
    }

    fn visit_while_statement(&mut self, statement: &WhileStatement<'a>) {
        self.visit_expression(&statement.test);
        self.branch(&statement.body, None);
    }

    fn visit_do_while_statement(&mut self, statement: &DoWhileStatement<'a>) {
        self.branch(&statement.body, None);
        self.part(&statement.test);
    }

    fn visit_switch_case(&mut self, case: &SwitchCase<'a>) {
        let start = case.consequent.first().map_or(case.span.end, statement_start);
        let block = self.counts.add();
        self.within(block, |own| {
            own.mark(case.span.start);
            case.test.iter().for_each(|test| own.visit_expression(test));
            own.count_statement(start, block);
            own.visit_statements(&case.consequent);
        });
    }

    fn visit_try_statement(&mut self, statement: &TryStatement<'a>) {
        self.visit_statements(&statement.block.body);
        if let Some(handler) = &statement.handler {
            let block = self.counts.add();
            self.within(block, |own| {
                own.mark(handler.span.start);
                handler.param.iter().for_each(|param| own.visit_catch_parameter(param));
                own.count_statement(handler.body.span.start + 1, block);
                own.visit_statements(&handler.body.body);
            });
        }
        if let Some(finalizer) = &statement.finalizer {
            let block = self.counts.add();
            self.within(block, |own| {
                own.mark(finalizer.span.start);
                own.count_statement(finalizer.span.start + 1, block);
                own.visit_statements(&finalizer.body);
            });
        }
    }

    fn visit_throw_statement(&mut self, statement: &ThrowStatement<'a>) {
        let span = statement.argument.span();
        if self.observing.throws {
            self.edits.insert(span.start, "$dx_thrown(");
        }
        self.visit_expression(&statement.argument);
        if self.observing.throws {
            let at = throws::place(&statement.argument);
            let line = self.line(at);
            let text = &self.source[self.starts[line as usize - 1] as usize..at as usize];
            let column = text.encode_utf16().count() + 1;
            self.edits.insert(span.end, format!(",{line},{column})"));
        }
    }

    // ---- Expressions ----

    fn visit_expression(&mut self, expression: &Expression<'a>) {
        if !matches!(expression, Expression::ParenthesizedExpression(_)) {
            self.mark(expression.span().start);
        }
        match expression {
            Expression::ArrayExpression(_) | Expression::ObjectExpression(_) => {
                self.mark(expression.span().end - 1)
            }
            Expression::CallExpression(call) if !call.optional => self.mark(call.span.end - 1),
            Expression::NewExpression(new) if !new.arguments.is_empty() => {
                self.mark(new.span.end - 1);
            }
            _ => {}
        }
        walk::walk_expression(self, expression);
    }

    fn visit_await_expression(&mut self, expression: &AwaitExpression<'a>) {
        walk::walk_await_expression(self, expression);
        self.has_waited = true;
    }

    fn visit_yield_expression(&mut self, expression: &YieldExpression<'a>) {
        walk::walk_yield_expression(self, expression);
        self.has_waited = true;
    }

    fn visit_call_expression(&mut self, call: &CallExpression<'a>) {
        let first = call.arguments.first().and_then(Argument::as_expression);
        let Some(first) = first.filter(|first| call.optional && !takes_name(first)) else {
            return walk::walk_call_expression(self, call);
        };
        self.visit_expression(&call.callee);
        self.wrapped(first.span(), |own| {
            own.visit_arguments(&call.arguments);
            own.mark(call.span.end - 1);
        });
    }

    fn visit_static_member_expression(&mut self, member: &StaticMemberExpression<'a>) {
        if member.optional {
            // Nothing can be counted behind it.
            return self.visit_expression(&member.object);
        }
        walk::walk_static_member_expression(self, member);
    }

    fn visit_identifier_name(&mut self, name: &IdentifierName<'a>) {
        self.mark(name.span.start);
    }

    fn visit_binding_identifier(&mut self, identifier: &BindingIdentifier<'a>) {
        self.mark(identifier.span.start);
    }

    fn visit_object_property(&mut self, property: &ObjectProperty<'a>) {
        let is_method = property.method || property.kind != PropertyKind::Init;
        if let Expression::FunctionExpression(function) = &property.value
            && is_method
        {
            if property.computed {
                self.visit_property_key(&property.key);
            }
            self.key = Some(property.span.start);
            self.visit_function(function, ScopeFlags::Function);
            self.key = None;
            return;
        }
        self.mark(property.span.start);
        walk::walk_object_property(self, property);
    }

    fn visit_binary_expression(&mut self, sum: &BinaryExpression<'a>) {
        if !is_folded(sum) {
            walk::walk_binary_expression(self, sum);
        }
    }

    fn visit_logical_expression(&mut self, expression: &LogicalExpression<'a>) {
        self.visit_expression(&expression.left);
        self.part(&expression.right);
    }

    fn visit_conditional_expression(&mut self, expression: &ConditionalExpression<'a>) {
        self.visit_expression(&expression.test);
        self.part(&expression.consequent);
        self.part(&expression.alternate);
    }

    fn visit_assignment_expression(&mut self, assignment: &AssignmentExpression<'a>) {
        self.visit_assignment_target(&assignment.left);
        if assignment.operator.is_logical() && !takes_name(&assignment.right) {
            self.part(&assignment.right);
        } else {
            self.visit_expression(&assignment.right);
        }
    }
}
