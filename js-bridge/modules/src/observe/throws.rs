//! The place that a `throw` is known by.

use oxc_ast::ast::Expression;
use oxc_span::GetSpan;

/// The offset of the last piece of the thrown expression that has a position of its own: a call's
/// closing parenthesis, a member's name, else where it begins.
pub(super) fn place(thrown: &Expression<'_>) -> u32 {
    let span = thrown.span();
    match thrown {
        Expression::ParenthesizedExpression(inner) => place(&inner.expression),
        Expression::TSAsExpression(inner) => place(&inner.expression),
        Expression::TSNonNullExpression(inner) => place(&inner.expression),
        Expression::TSSatisfiesExpression(inner) => place(&inner.expression),
        Expression::CallExpression(_)
        | Expression::ObjectExpression(_)
        | Expression::ArrayExpression(_) => span.end - 1,
        Expression::NewExpression(new) if !new.arguments.is_empty() => span.end - 1,
        Expression::NewExpression(new) => new.callee.span().start,
        Expression::StaticMemberExpression(member) => member.property.span.start,
        _ => span.start,
    }
}
