//! Code of the command line whose last value is printed (`dx -p`).

use oxc_allocator::Allocator;
use oxc_ast::ast::Statement;
use oxc_parser::Parser;
use oxc_span::{GetSpan as _, SourceType};

/// The code with its last statement, where that is an expression, kept in
/// `globalThis[Symbol.for("dx.printed")]`. Code that does not parse is left as it is: loading it
/// says what is wrong.
#[must_use]
pub fn keep_last_value(source: &str) -> String {
    let allocator = Allocator::default();
    let parsed = Parser::new(&allocator, source, SourceType::tsx()).parse();
    // Imports come first wherever they stand.
    let mut statements = parsed.program.body.iter().rev();
    let last = statements.find(|it| !matches!(it, Statement::ImportDeclaration(_)));
    let last = match last {
        Some(Statement::ExpressionStatement(statement)) => statement.expression.span(),
        _ if parsed.program.body.is_empty() => match parsed.program.directives.last() {
            Some(directive) => directive.expression.span,
            None => return source.to_owned(),
        },
        _ => return source.to_owned(),
    };
    let (start, end) = (last.start as usize, last.end as usize);
    let keep = ";globalThis[Symbol.for(\"dx.printed\")] = (";
    [&source[..start], keep, &source[start..end], "\n);", &source[end..]].concat()
}

#[cfg(test)]
mod tests {
    use super::keep_last_value;

    #[test]
    fn only_a_last_expression_is_kept() {
        assert!(keep_last_value("let x = 1; x + 1").contains("= (x + 1\n);"));
        assert!(keep_last_value("\"text\"").contains("= (\"text\"\n);"));
        assert!(keep_last_value("2; import 'x'").contains("= (2\n);"));
        for code in ["const y = 1", "if (1) { 2 }", "this is wrong", ""] {
            assert_eq!(keep_last_value(code), code);
        }
    }
}
