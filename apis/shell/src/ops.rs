//! The language as operations.

use dx_ops::{
    Call, ErrorClass, Exception, Extension, Global, Op, PreludeModule, Value, prelude_module,
};
use serde_json::Value as Json;

use crate::{Source, Unit, expand_braces, lex, tree_of};

/// Everything this crate adds to an isolate.
pub const EXTENSIONS: &[Extension] =
    &[Extension { name: "shell", modules: MODULES, ops: OPS, globals: GLOBALS, builtins: &[] }];

const MODULES: &[PreludeModule] = &[
    prelude_module!("shell/index", "apis/shell/js/index.js"),
    prelude_module!("shell/builtins", "apis/shell/js/builtins/index.js"),
    prelude_module!("shell/builtins/copy", "apis/shell/js/builtins/copy.js"),
    prelude_module!("shell/builtins/list", "apis/shell/js/builtins/list.js"),
    prelude_module!("shell/builtins/remove", "apis/shell/js/builtins/remove.js"),
    prelude_module!("shell/errors", "apis/shell/js/errors.js"),
    prelude_module!("shell/expansion", "apis/shell/js/expansion.js"),
    prelude_module!("shell/interpreter", "apis/shell/js/interpreter.js"),
    prelude_module!("shell/output", "apis/shell/js/output.js"),
    prelude_module!("shell/script", "apis/shell/js/script.js"),
    prelude_module!("shell/streams", "apis/shell/js/streams.js"),
    prelude_module!("shell/template", "apis/shell/js/template.js"),
];

const OPS: &[Op] =
    &[Op::sync("shellBraces", braces), Op::sync("shellLex", tokens), Op::sync("shellParse", tree)];

const GLOBALS: &[Global] = &[Global { name: "Bun.$", module: "shell/index" }];

/// A script given as JSON: strings are its own text, `[string]` a string put in,
/// numbers objects put in. `None` for anything else.
#[must_use]
pub fn source_of(pieces: &str) -> Option<Source> {
    let Ok(Json::Array(pieces)) = serde_json::from_str(pieces) else { return None };
    let mut source = Source::default();
    for piece in pieces {
        match piece {
            Json::String(text) => source.units.extend(text.chars().map(Unit::Character)),
            Json::Array(mut one) => match one.pop()? {
                Json::String(text) => {
                    source.units.push(Unit::Text(u32::try_from(source.texts.len()).ok()?));
                    source.texts.push(text);
                }
                _ => return None,
            },
            Json::Number(index) => {
                source.units.push(Unit::Object(u32::try_from(index.as_u64()?).ok()?))
            }
            _ => return None,
        }
    }
    Some(source)
}

fn source(call: &Call<'_>) -> Result<Source, Exception> {
    let pieces = call.expect_string(0, "script")?;
    source_of(&pieces).ok_or_else(|| Exception::type_error("The script is not well formed"))
}

fn mistake(message: String) -> Exception {
    Exception::new(ErrorClass::Error, message)
}

/// `shellParse(pieces)`: the tree as JSON.
fn tree(call: &mut Call<'_>) -> Result<Value, Exception> {
    tree_of(&source(call)?).map(Value::String).map_err(mistake)
}

/// `shellLex(pieces)`: the tokens as JSON.
fn tokens(call: &mut Call<'_>) -> Result<Value, Exception> {
    let tokens = lex(&source(call)?).map_err(mistake)?;
    let all: Vec<Json> = tokens.iter().map(crate::Token::to_json).collect();
    Ok(Value::String(Json::Array(all).to_string()))
}

/// `shellBraces(pattern)`: the words it stands for.
fn braces(call: &mut Call<'_>) -> Result<Value, Exception> {
    let words = expand_braces(&call.expect_string(0, "pattern")?);
    Ok(Value::Array(words.into_iter().map(Value::String).collect()))
}
