//! The names that transformed code and the module registry agree on.
//!
//! The registry (js-bridge/prelude/js/modules.js) passes them as parameters of the module's
//! function; [`crate::wrapper`] writes the function's head.

/// The slot of the async context, with what rewritten code calls: `resume`, `hold`, `carry`...
pub(crate) const CONTEXT: &str = "$dx";
/// The module's own object: `meta`, `import`, `require`, `helpers`.
pub(crate) const MODULE: &str = "$dx_module";
/// Takes the getters of the module's local exports.
pub(crate) const EXPORT: &str = "$dx_export";
/// Namespaces of the requested modules, by index.
pub(crate) const IMPORT: &str = "$dx_import_";
/// The function of an ES module's body, by which stack traces know its frames.
pub(crate) const BODY: &str = "$dx_body";
/// The binding of an anonymous default export.
pub(crate) const DEFAULT: &str = "$dx_default";
/// The context saved by an `await` under way inside a `try`, or null.
pub(crate) const SAVED: &str = "$dx_saved";
/// What `for await` loops go through, by index: `{ current, source }`.
pub(crate) const LOOP: &str = "$dx_loop_";
/// What the constructor of a class that extends `Promise` is given, where it is written with none.
pub(crate) const GIVEN: &str = "$dx_given";

/// A string as a JavaScript string literal.
pub(crate) fn quoted(text: &str) -> String {
    let mut literal = String::with_capacity(text.len() + 2);
    literal.push('"');
    for character in text.chars() {
        match character {
            '"' => literal.push_str("\\\""),
            '\\' => literal.push_str("\\\\"),
            '\n' => literal.push_str("\\n"),
            '\r' => literal.push_str("\\r"),
            '\u{2028}' => literal.push_str("\\u2028"),
            '\u{2029}' => literal.push_str("\\u2029"),
            other => literal.push(other),
        }
    }
    literal.push('"');
    literal
}

/// `object.name`, or `object["name"]` where the name is no identifier.
pub(crate) fn member(object: &str, name: &str) -> String {
    if oxc_syntax::identifier::is_identifier_name(name) {
        format!("{object}.{name}")
    } else {
        format!("{object}[{}]", quoted(name))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn members_are_quoted_where_needed() {
        assert_eq!(member("a", "b"), "a.b");
        assert_eq!(member("a", "default"), "a.default");
        assert_eq!(member("a", "b-\"c\n"), "a[\"b-\\\"c\\n\"]");
    }
}
