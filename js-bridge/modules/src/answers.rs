//! What the registry in JavaScript gets for its questions, as values that cross the bridge.

use std::path::{Path, PathBuf};

use dx_ops::Value;

use crate::{
    detect::Format,
    error::BuildError,
    kind::Loader,
    observe::Counts,
    record::Request,
    resolve::RequestKind,
    script::{Preparation, prepare_script},
    store::{LoadError, Loaded, ModuleStore},
    transform::Output,
};

/// The path of what a specifier means; an object of path and suffix where there is a query; an
/// object that says what was not found.
#[must_use]
pub fn resolve(store: &ModuleStore, specifier: &str, referrer: &str, require: bool) -> Value {
    let kind = if require { RequestKind::Require } else { RequestKind::Import };
    match store.resolver().resolve(specifier, Path::new(referrer), kind) {
        Ok(found) => {
            let path = found.path.to_string_lossy().into_owned();
            if found.suffix.is_empty() {
                return text(path);
            }
            Value::Object(vec![("path", text(path)), ("suffix", text(found.suffix))])
        }
        Err(failure) => Value::Object(vec![
            ("subject", text(failure.subject)),
            ("isPackage", Value::Boolean(failure.is_package)),
        ]),
    }
}

/// The module at `path`: an object whose `kind` says what else it has.
#[must_use]
pub fn load(
    store: &ModuleStore,
    id: &str,
    path: &str,
    attribute: Option<&str>,
    unparsed: bool,
) -> Value {
    let loader = attribute.and_then(Loader::of_attribute);
    answer(store.load(id, Path::new(path), loader, unparsed))
}

/// As [`load`], of a program that is in no file; `format` is "module", "commonjs" or neither.
#[must_use]
pub fn load_text(
    store: &ModuleStore,
    id: &str,
    path: &str,
    text: &str,
    loader: Option<&str>,
    format: Option<&str>,
) -> Value {
    let path = Path::new(path);
    let loader = loader.and_then(Loader::of_attribute).unwrap_or_else(|| Loader::of_path(path));
    let format = match format {
        Some("module") => Some(Format::EsModule),
        Some("commonjs") => Some(Format::CommonJs),
        _ => None,
    };
    answer(match loader {
        Loader::JavaScript | Loader::TypeScript | Loader::Tsx => {
            store.load_text(id, path, text, loader, format)
        }
        _ => store.load_data(text.to_owned(), loader),
    })
}

/// A vm script made ready.
#[must_use]
pub fn prepare(source: &str, preparation: Preparation) -> Value {
    let script = prepare_script(source, preparation);
    Value::Object(vec![
        ("code", text(script.code)),
        ("functions", script.functions.map_or(Value::Undefined, text)),
        ("names", Value::Array(script.names.into_iter().map(text).collect())),
        ("imports", Value::Boolean(script.imports)),
        ("suspends", Value::Boolean(script.suspends)),
        ("isStrict", Value::Boolean(script.is_strict)),
    ])
}

/// The counters of programs under test.
#[must_use]
pub fn counted(programs: &[(PathBuf, Counts)]) -> Value {
    let number = |figure: u32| Value::Number(f64::from(figure));
    let pairs = |list: &[(u32, u32)]| {
        Value::Array(list.iter().flat_map(|&(one, other)| [number(one), number(other)]).collect())
    };
    let programs = programs.iter().flat_map(|(path, counts)| {
        [
            text(path.to_string_lossy().into_owned()),
            number(counts.number),
            number(counts.counters),
            pairs(&counts.lines),
            pairs(&counts.functions),
        ]
    });
    Value::Array(programs.collect())
}

fn answer(loaded: Result<Loaded, LoadError>) -> Value {
    match loaded {
        Ok(Loaded::Script(output)) => script(output),
        Ok(Loaded::Json(json)) => of_kind("json", [("text", text(json))]),
        Ok(Loaded::Expression(code)) => of_kind("expression", [("code", text(code))]),
        Ok(Loaded::Json5(json)) => of_kind("json5", [("text", text(json))]),
        Ok(Loaded::Css) => of_kind("css", []),
        Ok(Loaded::Text(content)) => of_kind("text", [("text", text(content))]),
        Ok(Loaded::Addon) => of_kind("addon", []),
        Ok(Loaded::File { is_known }) => of_kind("file", [("isKnown", Value::Boolean(is_known))]),
        Err(LoadError::Build(error)) => build_error(error),
        Err(LoadError::Read(error)) => {
            of_kind("unreadable", [("message", text(error.to_string()))])
        }
    }
}

fn script(output: Output) -> Value {
    match output.format {
        Format::EsModule => module(output),
        Format::CommonJs => of_kind(
            "commonjs",
            [("code", text(output.code)), ("unparsed", Value::Boolean(output.unparsed))],
        ),
    }
}

fn module(output: Output) -> Value {
    let Output { code, record, link_end, .. } = output;
    let index = |request: usize| Value::Number(request as f64);
    let link_end = index(code[..link_end].encode_utf16().count());
    let others = other_attributes(&record.requests);
    let requests = record.requests.into_iter().flat_map(|request| {
        [text(request.specifier), request.attribute.map_or(Value::Undefined, text)]
    });
    let imports =
        record.imports.into_iter().flat_map(|(request, name)| [index(request), text(name)]);
    let indirect = record.indirect.into_iter().flat_map(|export| {
        let imported = export.imported.map_or(Value::Null, text);
        [text(export.exported), index(export.request), imported]
    });
    of_kind(
        "module",
        [
            ("code", text(code)),
            ("linkEnd", link_end),
            ("locals", Value::Array(record.locals.into_iter().map(text).collect())),
            ("requests", Value::Array(requests.collect())),
            ("otherAttributes", others),
            ("importedNames", Value::Array(imports.collect())),
            ("indirect", Value::Array(indirect.collect())),
            ("stars", Value::Array(record.stars.into_iter().map(index).collect())),
            ("asynchronous", Value::Boolean(record.asynchronous)),
            ("declared", Value::Boolean(record.declared)),
        ],
    )
}

/// By request, the import attributes other than `type`, names and values in turn; undefined where
/// none has any.
fn other_attributes(requests: &[Request]) -> Value {
    if requests.iter().all(|request| request.others.is_empty()) {
        return Value::Undefined;
    }
    let lists = requests.iter().map(|request| {
        let pairs = request.others.iter().flat_map(|(name, value)| [name.clone(), value.clone()]);
        Value::Array(pairs.map(text).collect())
    });
    Value::Array(lists.collect())
}

/// The description of an error.
pub(crate) fn build_error(error: BuildError) -> Value {
    let number = |figure: u32| Value::Number(f64::from(figure));
    let mut fields = vec![("kind", Value::from("error")), ("message", text(error.message))];
    if let Some(position) = error.position {
        fields.extend([
            ("line", number(position.line)),
            ("column", number(position.column)),
            ("length", number(position.length)),
            ("offset", number(position.offset)),
            ("lineText", text(position.line_text)),
        ]);
    }
    fields.push(("note", error.note.map_or(Value::Undefined, |note| build_error(*note))));
    Value::Object(fields)
}

fn of_kind<const N: usize>(kind: &'static str, fields: [(&'static str, Value); N]) -> Value {
    let mut all = Vec::with_capacity(N + 1);
    all.push(("kind", Value::from(kind)));
    all.extend(fields);
    Value::Object(all)
}

/// A string, by the cheapest way across.
fn text(text: String) -> Value {
    if text.is_ascii() { Value::Latin1(text.into_bytes()) } else { Value::String(text) }
}
