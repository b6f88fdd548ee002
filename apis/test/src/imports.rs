//! What a file imports, found without running it.

use std::path::Path;

use oxc_allocator::Allocator;
use oxc_ast::ast::{
    CallExpression, ExportAllDeclaration, ExportFromDeclaration, Expression, ImportDeclaration,
    ImportExpression,
};
use oxc_ast_visit::{Visit, walk};
use oxc_parser::Parser;
use oxc_span::SourceType;

#[derive(Default)]
struct Names(Vec<String>);

impl<'a> Visit<'a> for Names {
    fn visit_import_declaration(&mut self, import: &ImportDeclaration<'a>) {
        if !import.import_kind.is_type() {
            self.0.push(import.source.value.to_string());
        }
    }

    fn visit_export_all_declaration(&mut self, export: &ExportAllDeclaration<'a>) {
        self.0.push(export.source.value.to_string());
    }

    fn visit_export_from_declaration(&mut self, export: &ExportFromDeclaration<'a>) {
        self.0.push(export.source.value.to_string());
    }

    fn visit_import_expression(&mut self, import: &ImportExpression<'a>) {
        if let Expression::StringLiteral(text) = &import.source {
            self.0.push(text.value.to_string());
        }
        walk::walk_import_expression(self, import);
    }

    fn visit_call_expression(&mut self, call: &CallExpression<'a>) {
        if call.callee.is_specific_id("require")
            && let Some(Expression::StringLiteral(text)) =
                call.arguments.first().and_then(|first| first.as_expression())
        {
            self.0.push(text.value.to_string());
        }
        walk::walk_call_expression(self, call);
    }
}

/// The specifiers of imports, of either kind, in a file. None where it cannot be understood.
pub(crate) fn names(path: &str) -> Vec<String> {
    let Ok(text) = std::fs::read_to_string(path) else { return Vec::new() };
    names_in(path, &text)
}

fn names_in(path: &str, text: &str) -> Vec<String> {
    let Ok(source_type) = SourceType::from_path(Path::new(path)) else { return Vec::new() };
    let allocator = Allocator::default();
    let parsed = Parser::new(&allocator, text, source_type.with_jsx(!path.ends_with("ts"))).parse();
    let mut names = Names::default();
    names.visit_program(&parsed.program);
    names.0
}

#[cfg(test)]
mod tests {
    use super::names_in;

    #[test]
    fn all_forms_but_types_are_found() {
        let text = "import a from 'a';\nimport type { T } from 't';\nexport * from 'b';\n\
                    export { c } from 'c';\nconst d = () => import('d');\nrequire('e');";
        assert_eq!(names_in("x.ts", text), ["a", "b", "c", "d", "e"]);
        assert!(names_in("x.toml", text).is_empty());
    }
}
