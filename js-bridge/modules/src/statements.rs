//! Takes import and export statements out of a program and writes down what they say.

use oxc_allocator::{Allocator, ArenaVec, TakeIn};
use oxc_ast::{ast::*, builder::AstBuilder};
use oxc_semantic::Scoping;
use oxc_span::SPAN;
use oxc_syntax::symbol::SymbolId;
use rustc_hash::FxHashMap;

use crate::{
    names,
    record::{IndirectExport, ModuleRecord},
    rewrite::Binding,
};

/// What the module statements of a program amount to.
#[derive(Default, Debug)]
pub(crate) struct Statements<'a> {
    pub(crate) record: ModuleRecord,
    /// Exported name and the local binding behind it.
    pub(crate) locals: Vec<(String, String)>,
    /// What the imported local names stand for.
    pub(crate) imports: FxHashMap<SymbolId, Binding<'a>>,
    /// An anonymous default function, to be given its name.
    pub(crate) default_function: bool,
}

pub(crate) struct Collector<'a, 's> {
    allocator: &'a Allocator,
    builder: AstBuilder<'a>,
    scoping: &'s Scoping,
    found: Statements<'a>,
}

impl<'a, 's> Collector<'a, 's> {
    pub(crate) fn new(allocator: &'a Allocator, scoping: &'s Scoping) -> Self {
        let builder = AstBuilder::new(allocator);
        Self { allocator, builder, scoping, found: Statements::default() }
    }

    /// Removes the module statements from `program`, leaving the declarations they hold.
    pub(crate) fn run(mut self, program: &mut Program<'a>) -> Statements<'a> {
        for statement in &program.body {
            self.collect_requests(statement);
        }
        let body = program.body.take_in(&self.allocator);
        let mut kept = ArenaVec::with_capacity_in(body.len(), &self.allocator);
        for statement in body {
            if let Some(statement) = self.keep(statement) {
                kept.push(statement);
            }
        }
        program.body = kept;
        self.found
    }

    /// First pass: requests in source order, and the names imported from them.
    fn collect_requests(&mut self, statement: &Statement<'a>) {
        match statement {
            Statement::ImportDeclaration(import) if import.import_kind.is_value() => {
                let request = self.request(&import.source, import.with_clause.as_deref());
                for specifier in import.specifiers.iter().flatten() {
                    self.collect_import(request, specifier);
                }
            }
            Statement::ExportAllDeclaration(export) if export.export_kind.is_value() => {
                self.request(&export.source, export.with_clause.as_deref());
            }
            Statement::ExportFromDeclaration(export) if export.export_kind.is_value() => {
                self.request(&export.source, export.with_clause.as_deref());
            }
            _ => {}
        }
    }

    fn request(&mut self, source: &StringLiteral<'a>, with: Option<&WithClause<'a>>) -> usize {
        let pair = |entry: &ImportAttribute<'a>| {
            let name = match &entry.key {
                ImportAttributeKey::Identifier(name) => name.name.as_str(),
                ImportAttributeKey::StringLiteral(name) => name.value.as_str(),
            };
            (name.to_owned(), entry.value.value.as_str().to_owned())
        };
        let entries = with.iter().flat_map(|clause| clause.with_entries.iter());
        self.found.record.request(source.value.as_str(), entries.map(pair).collect())
    }

    fn collect_import(&mut self, request: usize, specifier: &ImportDeclarationSpecifier<'a>) {
        let (local, imported) = match specifier {
            ImportDeclarationSpecifier::ImportSpecifier(specifier) => {
                if specifier.import_kind.is_type() {
                    return;
                }
                (&specifier.local, Some(name_of(&specifier.imported)))
            }
            ImportDeclarationSpecifier::ImportDefaultSpecifier(specifier) => {
                (&specifier.local, Some("default"))
            }
            ImportDeclarationSpecifier::ImportNamespaceSpecifier(specifier) => {
                (&specifier.local, None)
            }
        };
        if let Some(name) = imported {
            self.found.record.imports.push((request, name.to_owned()));
        }
        if let Some(symbol) = local.symbol_id.get() {
            self.found.imports.insert(symbol, Binding { request, imported });
        }
    }

    /// Second pass: what stays of a statement.
    fn keep(&mut self, statement: Statement<'a>) -> Option<Statement<'a>> {
        match statement {
            Statement::ImportDeclaration(_) | Statement::TSNamespaceExportDeclaration(_) => None,
            Statement::ExportAllDeclaration(export) => {
                if export.export_kind.is_value() {
                    self.export_all(&export);
                }
                None
            }
            Statement::ExportFromDeclaration(export) => {
                if export.export_kind.is_value() {
                    self.export_from(&export);
                }
                None
            }
            Statement::ExportNamedDeclaration(export) => {
                if export.export_kind.is_value() {
                    export.specifiers.iter().for_each(|specifier| self.export_local(specifier));
                }
                None
            }
            Statement::ExportDeclaration(export) => {
                let declaration = export.unbox().declaration;
                self.export_declared(&declaration);
                Some(Statement::from(declaration))
            }
            Statement::ExportDefaultDeclaration(export) => {
                self.export_default(export.unbox().declaration)
            }
            other => Some(other),
        }
    }

    fn export_all(&mut self, export: &ExportAllDeclaration<'a>) {
        let request = self.request(&export.source, export.with_clause.as_deref());
        match &export.exported {
            Some(name) => {
                let exported = name_of(name).to_owned();
                let indirect = IndirectExport { exported, request, imported: None };
                self.found.record.indirect.push(indirect);
            }
            None => self.found.record.stars.push(request),
        }
    }

    fn export_from(&mut self, export: &ExportFromDeclaration<'a>) {
        let request = self.request(&export.source, export.with_clause.as_deref());
        for specifier in &export.specifiers {
            if specifier.export_kind.is_type() {
                continue;
            }
            self.found.record.indirect.push(IndirectExport {
                exported: name_of(&specifier.exported).to_owned(),
                request,
                imported: Some(name_of(&specifier.local).to_owned()),
            });
        }
    }

    fn export_local(&mut self, specifier: &ExportSpecifier<'a>) {
        if specifier.export_kind.is_type() {
            return;
        }
        let local = name_of(&specifier.local);
        let exported = name_of(&specifier.exported).to_owned();
        let symbol = self.scoping.get_root_binding(local.into());
        match symbol.and_then(|symbol| self.found.imports.get(&symbol)) {
            Some(binding) => self.found.record.indirect.push(IndirectExport {
                exported,
                request: binding.request,
                imported: binding.imported.map(str::to_owned),
            }),
            None => self.found.locals.push((exported, local.to_owned())),
        }
    }

    fn export_declared(&mut self, declaration: &Declaration<'a>) {
        let mut export = |identifier: &BindingIdentifier<'a>| {
            let name = identifier.name.to_string();
            self.found.locals.push((name.clone(), name));
        };
        match declaration {
            Declaration::VariableDeclaration(variables) => {
                for declarator in &variables.declarations {
                    declarator.id.get_binding_identifiers().into_iter().for_each(&mut export);
                }
            }
            Declaration::FunctionDeclaration(function) => {
                function.id.iter().for_each(&mut export);
            }
            Declaration::ClassDeclaration(class) => class.id.iter().for_each(&mut export),
            _ => {}
        }
    }

    fn export_default(
        &mut self,
        declaration: ExportDefaultDeclarationKind<'a>,
    ) -> Option<Statement<'a>> {
        let export = |found: &mut Statements<'a>, local: &str| {
            found.locals.push(("default".to_owned(), local.to_owned()));
        };
        match declaration {
            ExportDefaultDeclarationKind::FunctionDeclaration(mut function) => {
                if function.id.is_none() {
                    self.found.default_function = true;
                    let id = BindingIdentifier::new(SPAN, names::DEFAULT, &self.builder);
                    function.id = Some(id);
                }
                let name = function.id.as_ref().map_or("", |id| id.name.as_str());
                export(&mut self.found, name);
                Some(Statement::FunctionDeclaration(function))
            }
            ExportDefaultDeclarationKind::ClassDeclaration(class) => {
                if let Some(id) = &class.id {
                    export(&mut self.found, id.name.as_str());
                    return Some(Statement::ClassDeclaration(class));
                }
                export(&mut self.found, names::DEFAULT);
                let mut class = class;
                class.r#type = ClassType::ClassExpression;
                Some(self.default_binding(Expression::ClassExpression(class)))
            }
            ExportDefaultDeclarationKind::TSInterfaceDeclaration(_) => None,
            other => {
                export(&mut self.found, names::DEFAULT);
                let Ok(expression) = Expression::try_from(other) else { return None };
                Some(self.default_binding(expression))
            }
        }
    }

    /// `const $dx_default = expression`, whose anonymous functions and classes are called
    /// "default".
    fn default_binding(&self, expression: Expression<'a>) -> Statement<'a> {
        let builder = &self.builder;
        let anonymous = match &expression {
            Expression::ArrowFunctionExpression(_) => true,
            Expression::FunctionExpression(function) => function.id.is_none(),
            Expression::ClassExpression(class) => class.id.is_none(),
            _ => false,
        };
        let value = if anonymous { self.named_default(expression) } else { expression };
        let id = BindingPattern::new_binding_identifier(SPAN, names::DEFAULT, builder);
        let declarator = VariableDeclarator::new(SPAN, id, None, Some(value), false, builder);
        let list = ArenaVec::from_iter_in([declarator], &self.allocator);
        let kind = VariableDeclarationKind::Const;
        let declaration = VariableDeclaration::boxed(SPAN, kind, list, false, builder);
        Statement::VariableDeclaration(declaration)
    }

    /// `({ default: expression }).default`
    fn named_default(&self, expression: Expression<'a>) -> Expression<'a> {
        let builder = &self.builder;
        let key = PropertyKey::new_static_identifier(SPAN, "default", builder);
        let property = ObjectPropertyKind::new_object_property(
            SPAN,
            PropertyKind::Init,
            key,
            expression,
            false,
            false,
            false,
            builder,
        );
        let list = ArenaVec::from_iter_in([property], &self.allocator);
        let object = Expression::new_object_expression(SPAN, list, builder);
        let name = IdentifierName::new(SPAN, "default", builder);
        Expression::new_static_member_expression(SPAN, object, name, false, builder)
    }
}

/// The name in an import or export clause.
fn name_of<'a>(name: &ModuleExportName<'a>) -> &'a str {
    match name {
        ModuleExportName::IdentifierName(name) => name.name.as_str(),
        ModuleExportName::IdentifierReference(name) => name.name.as_str(),
        ModuleExportName::StringLiteral(name) => name.value.as_str(),
    }
}
