//! What the async context needs to know of expressions: whether evaluating one may change it, and
//! whether one's value may be a thenable, whose `then` the engine calls later on.

use oxc_ast::ast::*;

use crate::names;

/// Whether an expression may be a thenable that is not known to be a native promise.
pub(crate) fn may_be_thenable(expression: &Expression<'_>) -> bool {
    match expression.get_inner_expression() {
        Expression::Identifier(name) => name.name != "undefined",
        Expression::ObjectExpression(object) => object.properties.iter().any(|property| {
            let ObjectPropertyKind::ObjectProperty(property) = property else { return true };
            property.computed || property.key.is_specific_static_name("then")
        }),
        Expression::BooleanLiteral(_)
        | Expression::NullLiteral(_)
        | Expression::NumericLiteral(_)
        | Expression::BigIntLiteral(_)
        | Expression::RegExpLiteral(_)
        | Expression::StringLiteral(_)
        | Expression::TemplateLiteral(_)
        | Expression::ArrayExpression(_)
        | Expression::ArrowFunctionExpression(_)
        | Expression::FunctionExpression(_)
        | Expression::AwaitExpression(_)
        | Expression::BinaryExpression(_)
        | Expression::UnaryExpression(_)
        | Expression::UpdateExpression(_)
        | Expression::PrivateInExpression(_) => false,
        _ => true,
    }
}

/// Whether evaluating an expression may call functions of the program; getters are not counted.
pub(crate) fn may_call(expression: &Expression<'_>) -> bool {
    match expression.get_inner_expression() {
        Expression::StaticMemberExpression(member) => may_call(&member.object),
        Expression::PrivateFieldExpression(member) => may_call(&member.object),
        Expression::ComputedMemberExpression(member) => {
            may_call(&member.object) || may_call(&member.expression)
        }
        Expression::Identifier(_) | Expression::ThisExpression(_) | Expression::Super(_) => false,
        other => !other.is_literal() && !matches!(other, Expression::FunctionExpression(_)),
    }
}

/// Whether a callee is the free name `name`; that nothing shadows it is not looked at.
pub(crate) fn is_named(callee: &Expression<'_>, name: &str) -> bool {
    callee.get_inner_expression().is_specific_id(name)
}

/// Whether a call evaluates its first argument as a script: `eval(x)` or `(0, eval)(x)`.
pub(crate) fn is_eval(callee: &Expression<'_>) -> bool {
    match callee.get_inner_expression() {
        Expression::SequenceExpression(sequence) => {
            sequence.expressions.last().is_some_and(|last| is_named(last, "eval"))
        }
        other => is_named(other, "eval"),
    }
}

/// The argument that has to go through a function of the context's, and that function's name;
/// `in_promise` says whether the call stands in a class that extends `Promise`.
pub(crate) fn code_argument(
    callee: &Expression<'_>,
    arguments: &[Argument<'_>],
    is_new: bool,
    in_promise: bool,
) -> Option<(usize, &'static str)> {
    let makes_promise = (is_new && is_named(callee, "Promise"))
        || (in_promise && matches!(callee, Expression::Super(_)));
    let (index, through) = if makes_promise {
        (0, "carrying")
    } else if !is_new && is_eval(callee) {
        (0, "source")
    } else if is_named(callee, "Function") {
        (arguments.len().checked_sub(1)?, "body")
    } else {
        return None;
    };
    let is_plain = arguments.iter().take(index + 1).all(|argument| !argument.is_spread());
    (is_plain && index < arguments.len()).then_some((index, through))
}

/// Whether a class extends the free name `Promise`: what its constructor passes on makes a
/// promise, which may be resolved with a thenable.
pub(crate) fn extends_promise(class: &Class<'_>) -> bool {
    class.heritage.as_ref().is_some_and(|heritage| is_named(&heritage.expression, "Promise"))
}

/// The constructor that such a class needs where it is written with none.
pub(crate) fn missing_constructor(class: &Class<'_>) -> Option<String> {
    let is_constructor = |element: &ClassElement<'_>| match element {
        ClassElement::MethodDefinition(method) => method.kind.is_constructor(),
        _ => false,
    };
    if !extends_promise(class) || class.body.body.iter().any(is_constructor) {
        return None;
    }
    let (given, carrying) = (names::GIVEN, format!("{}.carrying", names::CONTEXT));
    Some(format!("constructor(...{given}) {{ super({carrying}({given}[0])); }}"))
}
