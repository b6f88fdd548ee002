//! Scripts that node:vm evaluates: classic scripts, in a realm whose globals live in an object.
//!
//! The engine keeps what a script declares with `var` and `function` apart from that object, so
//! these become assignments, after the names are defined there; declared functions are taken out
//! into a script of their own that runs first. `import()` becomes a call that knows its script.
//! Everything else stays where it was, so that positions in errors do too; a script that does
//! not parse is passed on for the engine to refuse.

use memchr::memmem;
use oxc_allocator::Allocator;
use oxc_ast::ast::*;
use oxc_ast_visit::{
    Visit,
    walk::{
        walk_do_while_statement, walk_for_statement, walk_function, walk_import_expression,
        walk_unary_expression, walk_variable_declaration, walk_while_statement,
    },
};
use oxc_parser::Parser;
use oxc_span::{GetSpan, SourceType};
use oxc_syntax::scope::ScopeFlags;
use rustc_hash::FxHashSet;

use crate::{edits, names};

/// What a script holds that is not evaluated as it is where its realm has a sandbox.
const REWRITTEN: [&str; 4] = ["var", "function", "delete", "use strict"];

/// A script made ready.
#[derive(Clone, Default, PartialEq, Eq, Debug)]
pub struct Script {
    /// What to evaluate.
    pub code: String,
    /// What to evaluate before, where the script declares functions.
    pub functions: Option<String>,
    /// The globals it declares, to be defined before either.
    pub names: Vec<String>,
    /// Whether it calls `import()`.
    pub imports: bool,
    /// Whether it may suspend functions, which then ask for the async context.
    pub suspends: bool,
    /// Whether it is in strict mode; looked at only where its realm has a sandbox.
    pub is_strict: bool,
}

/// The name of the function that `import()` calls, with the script's number before its arguments.
pub(crate) const IMPORT: &str = "$dx_import";

/// What a loop and a function of a limited script call first.
const TICK: &str = "$dx_tick();";

/// How to make a script ready.
#[derive(Clone, Copy, Default, Debug)]
pub struct Preparation {
    /// What names it to `import()`.
    pub number: u32,
    /// Whether its realm has a sandbox, for which declarations are rewritten.
    pub has_sandbox: bool,
    /// Whether its time is limited: its loops and functions then ask whether it is over. The
    /// engine can only end a program as a whole.
    pub is_limited: bool,
}

/// Code that is no module - a script, or what `eval` is given - with what its async context
/// needs put in. The body of a function is told by its `head`, up to the brace. Code that does not
/// parse stays as it is, for the engine to refuse.
#[must_use]
pub(crate) fn rewrite_code(code: &str, head: &str) -> String {
    let tail = if head.is_empty() { "" } else { "\n}" };
    let source = [head, code, tail].concat();
    let allocator = Allocator::default();
    let parsed = Parser::new(&allocator, &source, SourceType::script()).parse();
    if parsed.diagnostics.errors().next().is_some() {
        return code.to_owned();
    }
    let edited = edits::edit_free(&parsed.program, &source);
    edited[head.len()..edited.len() - tail.len()].to_owned()
}

/// Whether a script may suspend functions.
fn suspends(source: &str) -> bool {
    ["async", "await"].iter().any(|word| memmem::find(source.as_bytes(), word.as_bytes()).is_some())
}

/// Makes a script ready.
#[must_use]
pub fn prepare_script(source: &str, preparation: Preparation) -> Script {
    // A module's code has been through that already.
    if suspends(source) && !source.contains(names::BODY) {
        let rewritten = rewrite_code(source, "");
        return Script { suspends: true, ..prepare_rewritten(&rewritten, preparation) };
    }
    prepare_rewritten(source, preparation)
}

fn prepare_rewritten(source: &str, preparation: Preparation) -> Script {
    let Preparation { number, has_sandbox, is_limited } = preparation;
    let has = |text: &str| memmem::find(source.as_bytes(), text.as_bytes()).is_some();
    let may_declare = is_limited || has_sandbox && REWRITTEN.iter().any(|text| has(text));
    let unchanged = || Script { code: source.to_owned(), ..Script::default() };
    if !may_declare && !has("import") {
        return unchanged();
    }
    let allocator = Allocator::default();
    let parsed = Parser::new(&allocator, source, SourceType::script()).parse();
    if parsed.diagnostics.errors().next().is_some() {
        return unchanged();
    }
    let mut editor = Editor { number, has_sandbox, is_limited, ..Editor::default() };
    editor.visit_program(&parsed.program);
    if has_sandbox {
        editor.take_functions(&parsed.program);
    }
    let is_strict = parsed.program.directives.iter().any(|it| it.directive == "use strict");
    Script { is_strict, ..editor.finish(source) }
}

/// A part of the text to be replaced.
struct Edit {
    start: u32,
    end: u32,
    text: String,
}

#[derive(Default)]
struct Editor {
    number: u32,
    has_sandbox: bool,
    is_limited: bool,
    edits: Vec<Edit>,
    names: Vec<String>,
    /// Where declared functions stand, with their names.
    functions: Vec<(u32, u32, String)>,
    /// Where directives end.
    directives_end: u32,
    imports: bool,
    depth: usize,
    /// Where names are deleted outside of functions: those the script declares stay, the others
    /// are the sandbox's.
    deletions: Vec<(u32, u32, String)>,
}

impl Editor {
    fn replace(&mut self, start: u32, end: u32, text: impl Into<String>) {
        self.edits.push(Edit { start, end, text: text.into() });
    }

    /// Takes note of the functions that the script declares at top level.
    fn take_functions(&mut self, program: &Program<'_>) {
        self.directives_end = program.directives.last().map_or(0, |it| it.span.end);
        let variables = std::mem::take(&mut self.names);
        for statement in &program.body {
            let Statement::FunctionDeclaration(function) = statement else { continue };
            let Some(id) = &function.id else { continue };
            self.names.push(id.name.to_string());
            self.functions.push((function.span.start, function.span.end, id.name.to_string()));
        }
        self.names.extend(variables);
    }

    fn finish(mut self, source: &str) -> Script {
        for (start, end, name) in std::mem::take(&mut self.deletions) {
            if self.names.contains(&name) {
                self.replace(start, end, "(false)");
            } else {
                self.replace(start, end, format!("delete this.{name}"));
            }
        }
        self.edits.sort_by_key(|edit| (edit.start, edit.end > edit.start));
        let code = self.text(source, |place| self.function_at(place).is_none());
        let functions = (!self.functions.is_empty()).then(|| {
            self.text(source, |place| {
                place < self.directives_end || self.function_at(place).is_some()
            })
        });
        let Self { mut names, imports, .. } = self;
        let mut seen = FxHashSet::default();
        names.retain(|name| seen.insert(name.clone()));
        Script { code, functions, names, imports, ..Script::default() }
    }

    fn function_at(&self, place: u32) -> Option<&(u32, u32, String)> {
        self.functions.iter().find(|(start, end, _)| (*start..*end).contains(&place))
    }

    /// The edited text, with all but line ends blank where `is_kept` says no.
    fn text(&self, source: &str, is_kept: impl Fn(u32) -> bool) -> String {
        let mut text = String::with_capacity(source.len() + 32);
        let mut edits = self.edits.iter().peekable();
        let mut skipped_to = 0;
        for (place, character) in source.char_indices() {
            let place = place as u32;
            if place < skipped_to {
                continue;
            }
            if !is_kept(place) {
                // Line ends stay; the rest becomes as many columns.
                let is_line_end = matches!(character, '\n' | '\r' | '\u{2028}' | '\u{2029}');
                if is_line_end {
                    text.push(character);
                } else {
                    text.extend(std::iter::repeat_n(' ', character.len_utf16()));
                }
                while edits.peek().is_some_and(|edit| edit.start <= place) {
                    edits.next();
                }
                continue;
            }
            if let Some((start, _, name)) = self.function_at(place)
                && *start == place
            {
                text.push_str(&format!(";{name}="));
            }
            while let Some(edit) = edits.peek().filter(|edit| edit.start == place) {
                text.push_str(&edit.text);
                skipped_to = skipped_to.max(edit.end);
                edits.next();
            }
            if place >= skipped_to {
                text.push(character);
            }
        }
        for edit in edits {
            text.push_str(&edit.text);
        }
        text
    }

    /// Notes the names of a declaration that is the script's own, and whether it was one.
    fn declares(&mut self, declaration: &VariableDeclaration<'_>) -> bool {
        if !self.has_sandbox || self.depth > 0 || declaration.kind != VariableDeclarationKind::Var {
            return false;
        }
        for declarator in &declaration.declarations {
            let names = declarator.id.get_binding_identifiers();
            self.names.extend(names.iter().map(|id| id.name.to_string()));
        }
        true
    }

    /// Takes the `var` of a loop's head away.
    fn strip(&mut self, declaration: &VariableDeclaration<'_>) {
        if self.declares(declaration) {
            let start = declaration.span.start;
            self.replace(start, start + VAR_LENGTH, "   ");
        }
    }
}

/// Length of `var`.
const VAR_LENGTH: u32 = 3;

impl<'a> Visit<'a> for Editor {
    fn visit_function(&mut self, function: &Function<'a>, flags: ScopeFlags) {
        self.depth += 1;
        function.body.iter().for_each(|body| self.tick_in_function(body));
        walk_function(self, function, flags);
        self.depth -= 1;
    }

    fn visit_arrow_function_expression(&mut self, arrow: &ArrowFunctionExpression<'a>) {
        self.depth += 1;
        if let ArrowFunctionBody::FunctionBody(body) = &arrow.body {
            self.tick_in_function(body);
        }
        oxc_ast_visit::walk::walk_arrow_function_expression(self, arrow);
        self.depth -= 1;
    }

    fn visit_static_block(&mut self, block: &StaticBlock<'a>) {
        self.depth += 1;
        oxc_ast_visit::walk::walk_static_block(self, block);
        self.depth -= 1;
    }

    fn visit_variable_declaration(&mut self, declaration: &VariableDeclaration<'a>) {
        // Those in the heads of loops are seen by their loops.
        if self.declares(declaration) {
            let start = declaration.span.start;
            self.replace(start, start + VAR_LENGTH, "void(");
            if let Some(last) = declaration.declarations.last() {
                self.replace(last.span.end, last.span.end, ")");
            }
        }
        walk_variable_declaration(self, declaration);
    }

    fn visit_unary_expression(&mut self, unary: &UnaryExpression<'a>) {
        if let (UnaryOperator::Delete, Expression::Identifier(name)) =
            (unary.operator, &unary.argument)
            && self.has_sandbox
            && self.depth == 0
        {
            self.deletions.push((unary.span.start, unary.span.end, name.name.to_string()));
        }
        walk_unary_expression(self, unary);
    }

    fn visit_while_statement(&mut self, statement: &WhileStatement<'a>) {
        self.tick_in_loop(&statement.body);
        walk_while_statement(self, statement);
    }

    fn visit_do_while_statement(&mut self, statement: &DoWhileStatement<'a>) {
        self.tick_in_loop(&statement.body);
        walk_do_while_statement(self, statement);
    }

    fn visit_for_statement(&mut self, statement: &ForStatement<'a>) {
        self.tick_in_loop(&statement.body);
        if let Some(ForStatementInit::VariableDeclaration(declaration)) = &statement.init {
            self.strip(declaration);
            walk_variable_declaration(self, declaration);
            statement.test.iter().for_each(|test| self.visit_expression(test));
            statement.update.iter().for_each(|update| self.visit_expression(update));
            self.visit_statement(&statement.body);
        } else {
            walk_for_statement(self, statement);
        }
    }

    fn visit_for_in_statement(&mut self, statement: &ForInStatement<'a>) {
        self.tick_in_loop(&statement.body);
        self.visit_left(&statement.left);
        self.visit_expression(&statement.right);
        self.visit_statement(&statement.body);
    }

    fn visit_for_of_statement(&mut self, statement: &ForOfStatement<'a>) {
        self.tick_in_loop(&statement.body);
        self.visit_left(&statement.left);
        self.visit_expression(&statement.right);
        self.visit_statement(&statement.body);
    }

    fn visit_import_expression(&mut self, import: &ImportExpression<'a>) {
        self.imports = true;
        let start = import.span.start;
        let source = import.source.span().start;
        self.replace(start, source, format!("{IMPORT}({}, ", self.number));
        walk_import_expression(self, import);
    }
}

impl Editor {
    /// Has a function of a limited script ask first, after its directives.
    fn tick_in_function(&mut self, body: &FunctionBody<'_>) {
        if let Some(first) = body.statements.first().filter(|_| self.is_limited) {
            self.replace(first.span().start, first.span().start, TICK);
        }
    }

    /// Has each round of a loop ask first.
    fn tick_in_loop(&mut self, body: &Statement<'_>) {
        if !self.is_limited {
            return;
        }
        let span = body.span();
        if let Statement::BlockStatement(_) = body {
            self.replace(span.start + 1, span.start + 1, TICK);
        } else {
            self.replace(span.start, span.start, format!("{{{TICK}"));
            self.replace(span.end, span.end, "}");
        }
    }

    fn visit_left(&mut self, left: &ForStatementLeft<'_>) {
        match left {
            ForStatementLeft::VariableDeclaration(declaration) => {
                self.strip(declaration);
                walk_variable_declaration(self, declaration);
            }
            other => oxc_ast_visit::walk::walk_for_statement_left(self, other),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn prepared(source: &str) -> Script {
        prepare_script(source, Preparation { number: 7, has_sandbox: true, is_limited: false })
    }

    #[test]
    fn declarations_become_assignments() {
        let cases = [
            ("var x = 1; x", "void( x = 1); x", &["x"][..]),
            ("var {a, b: [c]} = o", "void( {a, b: [c]} = o)", &["a", "c"]),
            ("for (var i = 0; i < 3; i++) {}", "for (    i = 0; i < 3; i++) {}", &["i"]),
            ("for (var k in o) var v = k", "for (    k in o) void( v = k)", &["k", "v"]),
            ("for (var k of o);", "for (    k of o);", &["k"]),
            ("var c; delete c; delete d", "void( c); (false); delete this.d", &["c"]),
            ("let a = 1; function f() { var b; }", "let a = 1;                        ", &["f"]),
            ("(() => { var x; })()", "(() => { var x; })()", &[]),
            ("var =", "var =", &[]),
        ];
        for (source, code, names) in cases {
            let script = prepared(source);
            assert_eq!(
                (script.code.as_str(), script.names.as_slice().join(",")),
                (code, names.join(",")),
                "{source}"
            );
        }
    }

    #[test]
    fn functions_run_before_the_rest_and_keep_their_places() {
        let script = prepared("'use strict';\nf();\n  function f() {\n return 1; }\nvar x;");
        let functions = "'use strict';\n    \n  ;f=function f() {\n return 1; }\n      ";
        assert_eq!(script.functions.as_deref(), Some(functions));
        assert_eq!(script.code, "'use strict';\nf();\n                \n            \nvoid( x);");
    }

    #[test]
    fn imports_know_their_script() {
        let numbered = Preparation { number: 7, ..Preparation::default() };
        let script = prepare_script("async () => import('x', {})", numbered);
        assert_eq!(script.code, "async () => $dx.carry($dx_import(7, 'x', {}))");
        assert!(script.imports);
        assert!(!prepare_script("'import'", numbered).imports);
    }

    #[test]
    fn loops_and_functions_of_limited_scripts_ask_for_the_time() {
        let limited = Preparation { is_limited: true, ..Preparation::default() };
        let cases = [
            ("for(;;);", "for(;;){$dx_tick();;}"),
            ("while (1) { a }", "while (1) {$dx_tick(); a }"),
            ("do a(); while (1)", "do {$dx_tick();a();} while (1)"),
            ("function f() { 'x'; g() }", "function f() { 'x'; $dx_tick();g() }"),
            ("for (;;) while (1) a", "for (;;) {$dx_tick();while (1) {$dx_tick();a}}"),
        ];
        for (source, code) in cases {
            assert_eq!(prepare_script(source, limited).code, code);
        }
    }
}
