//! The operations of the module registry, and the extension that brings both.

use dx_ops::{Call, Exception, Extension, Global, Op, PreludeModule, Value};

use crate::{
    answers, data, observe::Observing, position::LineColumn, resolve::path_of_url, script,
    script::Preparation, store::ModuleStore,
};

/// The module registry: `runtime/modules` and what belongs to it.
pub const EXTENSION: Extension = Extension {
    name: "modules",
    modules: MODULES,
    ops: OPS,
    globals: GLOBALS,
    builtins: &[("bun", "runtime/bun-module")],
};

macro_rules! module {
    ($name:literal, $file:literal) => {
        PreludeModule {
            name: $name,
            key: dx_ops::key_of($name),
            source: concat!(
                "(function (require, module, exports, ops) {",
                include_str!(concat!("../../prelude/js/modules/", $file)),
                "\n})"
            ),
            path: concat!("js-bridge/prelude/js/modules/", $file),
        }
    };
}

const MODULES: &[PreludeModule] = &[
    module!("runtime/bun-module", "bun-module.js"),
    module!("runtime/command-line-code", "command-line-code.js"),
    module!("runtime/commonjs", "commonjs.js"),
    module!("runtime/module-observing", "observing.js"),
    module!("runtime/hot", "hot.js"),
    module!("runtime/module-decorators", "decorators.js"),
    module!("runtime/module-errors", "errors.js"),
    module!("runtime/module-evaluation", "evaluation.js"),
    module!("runtime/module-helpers", "helpers.js"),
    module!("runtime/module-meta", "meta.js"),
    module!("runtime/module-namespace", "namespace.js"),
    module!("runtime/modules", "registry.js"),
    module!("runtime/scripts", "scripts.js"),
    module!("runtime/sources", "sources.js"),
];

const GLOBALS: &[Global] = &[
    Global { name: "BuildError", module: "runtime/module-errors" },
    Global { name: "ResolveError", module: "runtime/module-errors" },
    Global { name: "BuildMessage", module: "runtime/module-errors" },
    Global { name: "ResolveMessage", module: "runtime/module-errors" },
];

const OPS: &[Op] = &[
    Op::sync("resolve", resolve),
    Op::sync("load", load),
    Op::sync("loadText", load_text),
    Op::sync("provide", provide),
    Op::sync("prepareScript", prepare_script),
    Op::sync("rewriteCode", rewrite_code),
    Op::sync("plainJson", plain_json),
    Op::sync("pathOfUrl", path_of_url_op),
    Op::sync("observe", observe),
    Op::sync("counted", counted),
    Op::sync("originalPosition", original_position),
    Op::sync("sourceLines", source_lines),
    Op::sync("mistake", mistake),
];

/// `resolve(specifier, referrer, isRequire)`
fn resolve(call: &mut Call<'_>) -> Result<Value, Exception> {
    let specifier = call.expect_string(0, "specifier")?;
    let referrer = call.expect_string(1, "referrer")?;
    let store = call.host.state::<ModuleStore>();
    Ok(answers::resolve(&store, &specifier, &referrer, call.arguments.boolean(2)))
}

/// `load(id, path, attribute, unparsed)`
fn load(call: &mut Call<'_>) -> Result<Value, Exception> {
    let id = call.expect_string(0, "id")?;
    let path = call.expect_string(1, "path")?;
    let attribute = call.arguments.string(2);
    let unparsed = call.arguments.boolean(3);
    let store = call.host.state::<ModuleStore>();
    Ok(answers::load(&store, &id, &path, attribute.as_deref(), unparsed))
}

/// `loadText(id, path, text, loader, format)`
fn load_text(call: &mut Call<'_>) -> Result<Value, Exception> {
    let id = call.expect_string(0, "id")?;
    let path = call.expect_string(1, "path")?;
    let text = call.expect_string(2, "text")?;
    let (loader, format) = (call.arguments.string(3), call.arguments.string(4));
    let store = call.host.state::<ModuleStore>();
    Ok(answers::load_text(&store, &id, &path, &text, loader.as_deref(), format.as_deref()))
}

/// `provide(path, text)`: gives a path a text that no file holds.
fn provide(call: &mut Call<'_>) -> Result<Value, Exception> {
    let path = call.expect_string(0, "path")?;
    let text = call.expect_string(1, "text")?;
    call.host.state::<ModuleStore>().provide(&path, text);
    Ok(Value::Undefined)
}

/// `prepareScript(source, number, hasSandbox, isLimited)`
fn prepare_script(call: &mut Call<'_>) -> Result<Value, Exception> {
    let source = call.expect_string(0, "source")?;
    let preparation = Preparation {
        number: call.arguments.number(1) as u32,
        has_sandbox: call.arguments.boolean(2),
        is_limited: call.arguments.boolean(3),
    };
    Ok(answers::prepare(&source, preparation))
}

/// `rewriteCode(code, head)`: see [`crate::script::rewrite_code`].
fn rewrite_code(call: &mut Call<'_>) -> Result<Value, Exception> {
    let code = call.expect_string(0, "code")?;
    let head = call.expect_string(1, "head")?;
    Ok(Value::String(script::rewrite_code(&code, &head)))
}

/// `plainJson(text)`
fn plain_json(call: &mut Call<'_>) -> Result<Value, Exception> {
    Ok(Value::String(data::plain_json(&call.expect_string(0, "text")?)))
}

/// `observe(throws, counts)`: see [`Observing`].
fn observe(call: &mut Call<'_>) -> Result<Value, Exception> {
    let observing =
        Observing { throws: call.arguments.boolean(0), counts: call.arguments.boolean(1) };
    call.host.state::<ModuleStore>().observe(observing);
    Ok(Value::Undefined)
}

/// `counted(first)`: `[path, number, counters, lines, functions]` of each program, the lists as
/// pairs one after another.
fn counted(call: &mut Call<'_>) -> Result<Value, Exception> {
    let store = call.host.state::<ModuleStore>();
    Ok(answers::counted(&store.counted(call.arguments.number(0) as usize)))
}

/// `pathOfUrl(url)`: the path of a `file:` URL.
fn path_of_url_op(call: &mut Call<'_>) -> Result<Value, Exception> {
    let url = call.expect_string(0, "url")?;
    path_of_url(&url).map(Value::String).ok_or_else(|| {
        Exception::type_error("The URL must be of scheme file").with_code("ERR_INVALID_URL_SCHEME")
    })
}

/// `originalPosition(url, line, column)`: `[line, column]` in the file, or undefined.
fn original_position(call: &mut Call<'_>) -> Result<Value, Exception> {
    let url = call.expect_string(0, "url")?;
    let (line, column) = (call.arguments.number(1) as u32, call.arguments.number(2) as u32);
    let store = call.host.state::<ModuleStore>();
    let place = store.original(&url, LineColumn { line, column });
    Ok(place.map_or(Value::Undefined, |place| {
        Value::Array(vec![place.line.into(), place.column.into()])
    }))
}

/// `mistake(url)`: the error of a module that the engine refuses; undefined where none is known.
fn mistake(call: &mut Call<'_>) -> Result<Value, Exception> {
    let url = call.expect_string(0, "url")?;
    let store = call.host.state::<ModuleStore>();
    Ok(store.mistake(&url).map_or(Value::Undefined, answers::build_error))
}

/// `sourceLines(url, first, count)`: lines of a module's file, for code frames.
fn source_lines(call: &mut Call<'_>) -> Result<Value, Exception> {
    let url = call.expect_string(0, "url")?;
    let (first, count) = (call.arguments.number(1) as u32, call.arguments.number(2) as u32);
    let store = call.host.state::<ModuleStore>();
    let lines = store.lines(&url, first, count);
    Ok(Value::Array(lines.into_iter().map(Value::String).collect()))
}
