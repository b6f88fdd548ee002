//! The function around a module's code.
//!
//! An ES module becomes a function that begins by handing over the getters of its exports. Nobody
//! can see them before, unless the module is part of a cycle; then the registry makes a generator
//! function of it, by an asterisk and a `yield` behind that first statement. Its first step is
//! linking, when its function declarations exist; the second is its evaluation, in the same
//! scope, so that bindings keep their temporal dead zone and cycles see hoisted functions. With
//! top-level await it is an async generator from the start. (A generator takes the engine twice
//! the time of a plain function to compile.)
//! CommonJS becomes the function that Node's wrapper is, with further parameters where the code
//! needs them.
//!
//! The head of an ES module is a line of its own; that of CommonJS shares the first line.

use crate::{
    names::{self, quoted},
    record::ModuleRecord,
    rewrite::{Needs, declaration},
    statements::Statements,
};

/// The head of CommonJS code that uses nothing else.
pub(crate) const COMMON_JS_HEAD: &str =
    "(function (exports, require, module, __filename, __dirname) {";

/// What ends the wrapper.
pub(crate) const TAIL: &str = "\n})";

/// The head of CommonJS code, on the line of its first statement.
pub(crate) fn common_js_head(needs: Needs) -> String {
    if !needs.parameters {
        return COMMON_JS_HEAD.to_owned();
    }
    format!(
        "(function (exports, require, module, __filename, __dirname, {}, {}) {{",
        names::CONTEXT,
        names::MODULE
    )
}

/// The head of an ES module, a whole line, and where in it linking ends.
pub(crate) fn module_head(
    statements: &Statements<'_>,
    record: &ModuleRecord,
    needs: Needs,
) -> (String, usize) {
    let mut head = String::with_capacity(128 + statements.locals.len() * 24);
    head.push_str(if record.asynchronous { "(async function* " } else { "(function " });
    head.push_str(names::BODY);
    head.push('(');
    head.push_str(&[names::CONTEXT, names::MODULE, names::EXPORT].join(", "));
    for index in 0..record.requests.len() {
        head.push_str(&format!(", {}{index}", names::IMPORT));
    }
    head.push_str(") { \"use strict\"; ");
    head.push_str(names::EXPORT);
    head.push_str("({");
    for (exported, local) in &statements.locals {
        let key = if exported == "__proto__" { "[\"__proto__\"]" } else { &quoted(exported) };
        head.push_str(&format!(" {key}: () => {local},"));
    }
    head.push_str(" }");
    if statements.default_function {
        head.push_str(&format!(", {}", names::DEFAULT));
    }
    head.push_str(");");
    let link_end = head.len();
    if record.asynchronous {
        head.push_str(" yield;");
    }
    if let Some(declaration) = declaration(needs.saved, needs.loops) {
        head.push_str(&format!(" {declaration};"));
    }
    head.push('\n');
    (head, link_end)
}
