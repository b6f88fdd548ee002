//! What stands in a program in place of what its file says: `--define`, `--drop` and the features
//! of `bun:bundle`.
//!
//! Done before anything else looks at the program, so that later steps see only what is left.
//! Names count where they are globals; a program's own of the same name are left alone. Fails
//! where `feature()` stands where its answer cannot be known while the file is read.

use memchr::memmem;
use oxc_allocator::{Allocator, ArenaVec, TakeIn};
use oxc_ast::{ast::*, builder::AstBuilder};
use oxc_ast_visit::{VisitMut, walk_mut};
use oxc_semantic::Scoping;
use oxc_span::{GetSpan, SPAN};
use oxc_syntax::{identifier::is_identifier_name, symbol::SymbolId};
use oxc_transformer_plugins::{ReplaceGlobalDefines, ReplaceGlobalDefinesConfig};

use crate::{error::BuildError, transform::scoping_of};

/// The module that tells features.
const FEATURES: &str = "bun:bundle";

/// What is put in place of names and calls.
#[derive(Clone, Debug, Default)]
pub struct Replacements {
    defines: Vec<(String, String)>,
    dropped: Vec<Vec<String>>,
    features: Vec<String>,
    /// Made of `defines`, which the library checks as a whole.
    config: Option<ReplaceGlobalDefinesConfig>,
}

impl Replacements {
    /// Puts `value` in place of the global `name`, which may have dots: an expression in JSON or
    /// a name; any other text stands for itself. The first value of a name counts.
    ///
    /// # Errors
    /// Where `name` is none; then nothing is put in its place.
    pub fn define(&mut self, name: &str, value: &str) -> Result<(), String> {
        if !name.split('.').all(is_identifier_name) {
            return Err(format!("define key \"{name}\" must be a valid identifier"));
        }
        let json_text = || format!("\"{}\"", value.escape_default());
        let expression = if is_value(value) { value.to_owned() } else { json_text() };
        self.defines.push((name.to_owned(), expression));
        let config = ReplaceGlobalDefinesConfig::new(&self.defines);
        self.config = Some(config.map_err(|_| format!("define \"{name}\" has no valid value"))?);
        Ok(())
    }

    /// Leaves out the calls of a global and of what it has, or `debugger` statements.
    pub fn drop_calls(&mut self, name: &str) {
        self.dropped.push(name.split('.').map(str::to_owned).collect());
    }

    /// Has `feature(name)` of `bun:bundle` be true.
    pub fn enable(&mut self, feature: &str) {
        self.features.push(feature.to_owned());
    }

    /// Whether a program may have to be changed.
    pub(crate) fn concern(&self, source: &str) -> bool {
        self.config.is_some()
            || !self.dropped.is_empty()
            || memmem::find(source.as_bytes(), FEATURES.as_bytes()).is_some()
    }

    /// Puts everything in its place.
    ///
    /// # Errors
    /// Where the program's names clash, or `feature()` is used as a value.
    pub(crate) fn apply<'a>(
        &self,
        allocator: &'a Allocator,
        program: &mut Program<'a>,
        source: &str,
    ) -> Result<(), BuildError> {
        let mut scoping = scoping_of(program, source, false)?;
        if let Some(config) = &self.config {
            let mut replace = ReplaceGlobalDefines::new(allocator, config.clone());
            scoping = replace.build(scoping, program).scoping;
        }
        let feature = take_import(allocator, program);
        let mut leaving = Leaving {
            builder: AstBuilder::new(allocator),
            scoping: &scoping,
            wanted: self,
            feature,
            misused: None,
        };
        leaving.visit_program(program);
        match leaving.misused {
            Some(span) => Err(BuildError::at(
                "feature() from \"bun:bundle\" can only be used directly in an if statement or \
                 ternary condition",
                source,
                span.start as usize,
                span.size() as usize,
            )),
            None => Ok(()),
        }
    }
}

/// Whether a definition's text is a value of JSON or a name, possibly with dots.
fn is_value(text: &str) -> bool {
    text.split('.').all(is_identifier_name) || is_json(text)
}

fn is_json(text: &str) -> bool {
    let allocator = Allocator::default();
    let source = oxc_parser::Parser::new(&allocator, text, SourceType::default());
    source.parse_expression().is_ok_and(|expression| is_literal(&expression))
}

fn is_literal(expression: &Expression<'_>) -> bool {
    match expression {
        Expression::UnaryExpression(negated) => negated.argument.is_number_literal(),
        Expression::ArrayExpression(list) => {
            list.elements.iter().all(|item| item.as_expression().is_some_and(is_literal))
        }
        Expression::ObjectExpression(object) => object.properties.iter().all(|property| {
            matches!(property, ObjectPropertyKind::ObjectProperty(it) if is_literal(&it.value))
        }),
        other => other.is_literal(),
    }
}

/// Takes the imports of `bun:bundle` out of a program: the local name of `feature`.
fn take_import<'a>(allocator: &'a Allocator, program: &mut Program<'a>) -> Option<SymbolId> {
    let mut feature = None;
    let body = program.body.take_in(&allocator);
    let kept = body.into_iter().filter(|statement| {
        let Statement::ImportDeclaration(import) = statement else { return true };
        if import.source.value != FEATURES {
            return true;
        }
        for specifier in import.specifiers.iter().flatten() {
            if let ImportDeclarationSpecifier::ImportSpecifier(it) = specifier
                && it.imported.name() == "feature"
            {
                feature = it.local.symbol_id.get();
            }
        }
        false
    });
    program.body = ArenaVec::from_iter_in(kept, &allocator);
    feature
}

/// Takes out what is dropped, and answers `feature()`.
struct Leaving<'a, 'w> {
    builder: AstBuilder<'a>,
    scoping: &'w Scoping,
    wanted: &'w Replacements,
    /// What the program calls `feature`.
    feature: Option<SymbolId>,
    /// Where it is used as a value.
    misused: Option<Span>,
}

impl<'a> Leaving<'a, '_> {
    /// Whether a callee is a dropped global, or something such a one has.
    fn is_dropped(&self, callee: &Expression<'a>) -> bool {
        let mut path = Vec::new();
        let mut place = callee;
        while let Expression::StaticMemberExpression(member) = place {
            path.push((member.property.name.as_str(), member.optional));
            place = &member.object;
        }
        let Expression::Identifier(root) = place else { return false };
        // What TypeScript only declares is a global all the same.
        let own = self.symbol(root).filter(|id| !self.scoping.symbol_flags(*id).is_ambient());
        if own.is_some() {
            return false;
        }
        path.push((root.name.as_str(), false));
        path.reverse();
        self.wanted.dropped.iter().any(|dropped| {
            let begins = dropped.len() <= path.len();
            let same =
                |(part, (name, optional)): (&String, &(&str, bool))| part == name && !*optional;
            begins && dropped.iter().zip(&path).all(same)
        })
    }

    fn is_dropped_call(&self, expression: &Expression<'a>) -> bool {
        match expression {
            Expression::CallExpression(call) => self.is_dropped(&call.callee),
            Expression::ChainExpression(chain) => match &chain.expression {
                ChainElement::CallExpression(call) => self.is_dropped(&call.callee),
                _ => false,
            },
            _ => false,
        }
    }

    fn is_feature(&self, callee: &Expression<'a>) -> bool {
        let Expression::Identifier(name) = callee else { return false };
        self.feature.is_some() && self.symbol(name) == self.feature
    }

    /// What a name is bound to in the program.
    fn symbol(&self, name: &IdentifierReference<'a>) -> Option<SymbolId> {
        self.scoping.get_reference(name.reference_id.get()?).symbol_id()
    }

    /// Answers the features that a condition asks for.
    fn answer(&self, condition: &mut Expression<'a>) {
        match condition {
            Expression::ParenthesizedExpression(inner) => self.answer(&mut inner.expression),
            Expression::UnaryExpression(not) if not.operator == UnaryOperator::LogicalNot => {
                self.answer(&mut not.argument);
            }
            Expression::LogicalExpression(both) => {
                self.answer(&mut both.left);
                self.answer(&mut both.right);
            }
            Expression::CallExpression(call) if self.is_feature(&call.callee) => {
                if let Some(Argument::StringLiteral(name)) = call.arguments.first() {
                    let enabled = self.wanted.features.iter().any(|it| it == name.value.as_str());
                    *condition = Expression::new_boolean_literal(SPAN, enabled, &self.builder);
                }
            }
            _ => {}
        }
    }
}

impl<'a> VisitMut<'a> for Leaving<'a, '_> {
    fn visit_statement(&mut self, statement: &mut Statement<'a>) {
        let debugger = || self.wanted.dropped.iter().any(|it| it == &["debugger"]);
        if matches!(statement, Statement::DebuggerStatement(_)) && debugger() {
            *statement = Statement::new_empty_statement(SPAN, &self.builder);
        }
        walk_mut::walk_statement(self, statement);
    }

    fn visit_if_statement(&mut self, statement: &mut IfStatement<'a>) {
        self.answer(&mut statement.test);
        walk_mut::walk_if_statement(self, statement);
    }

    fn visit_conditional_expression(&mut self, expression: &mut ConditionalExpression<'a>) {
        self.answer(&mut expression.test);
        walk_mut::walk_conditional_expression(self, expression);
    }

    fn visit_expression(&mut self, expression: &mut Expression<'a>) {
        if self.is_dropped_call(expression) {
            *expression = Expression::new_void_0(SPAN, &self.builder);
            return;
        }
        if let Expression::CallExpression(call) = expression
            && self.is_feature(&call.callee)
        {
            self.misused.get_or_insert(call.span());
        }
        walk_mut::walk_expression(self, expression);
    }
}
