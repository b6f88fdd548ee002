//! The engine's bare shell as a place to run the module registry in.

use std::{
    collections::HashMap,
    io::{BufRead, BufReader, Write},
    path::Path,
    process::{Command, Stdio},
};

use dx_modules::{EXTENSION, LineColumn, ModuleStore, answers};
use dx_ops::Value;
use serde_json::{Map, Value as Json, json};

/// What a program wrote, a line each.
pub(crate) fn run(entry: &str, folder: &Path) -> Option<Vec<String>> {
    let driver = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/shell/driver.js");
    let mut shell = Command::new("jsc")
        .arg(driver)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .ok()?;
    let mut input = shell.stdin.take()?;
    let output = BufReader::new(shell.stdout.take()?);
    let store = ModuleStore::default();
    let mut written = Vec::new();
    for line in output.lines() {
        let line = line.ok()?;
        if let Some(question) = line.strip_prefix('\u{1}') {
            let answer = match serde_json::from_str::<Vec<Json>>(question).ok()?.as_slice() {
                [Json::String(name)] if name == "entry" => json!([entry, folder]),
                [Json::String(name), parameters @ ..] => answer(&store, name, parameters),
                _ => Json::Null,
            };
            writeln!(input, "{answer}").ok()?;
        } else if let Some(text) = line.strip_prefix('\u{2}') {
            let text: String = serde_json::from_str(text).ok()?;
            written.extend(text.lines().map(str::to_owned));
        } else {
            written.push(line);
        }
    }
    shell.wait().ok()?;
    Some(written)
}

fn answer(store: &ModuleStore, name: &str, parameters: &[Json]) -> Json {
    let text = |index: usize| parameters.get(index).and_then(Json::as_str);
    let given = |index: usize| text(index).unwrap_or_default();
    let flag = |index: usize| parameters.get(index).and_then(Json::as_bool).unwrap_or(false);
    let number =
        |index: usize| parameters.get(index).and_then(Json::as_u64).unwrap_or_default() as u32;
    match name {
        "prelude" => EXTENSION
            .modules
            .iter()
            .find(|module| module.name == given(0))
            .map_or(Json::Null, |module| json!(module.source)),
        "resolve" => json_of(answers::resolve(store, given(0), given(1), flag(2))),
        "load" => json_of(answers::load(store, given(0), given(1), text(2), flag(3))),
        "pathOfUrl" => json!(given(0).strip_prefix("file://")),
        "plainJson" => json!(dx_modules::plain_json(given(0))),
        "originalPosition" => {
            let place = LineColumn { line: number(1), column: number(2) };
            store
                .original(given(0), place)
                .map_or(Json::Null, |place| json!([place.line, place.column]))
        }
        _ => Json::Null,
    }
}

fn json_of(value: Value) -> Json {
    match value {
        Value::Boolean(value) => json!(value),
        Value::Number(value) => json!(value as i64),
        Value::String(text) => json!(text),
        Value::Latin1(bytes) => json!(String::from_utf8_lossy(&bytes)),
        Value::Array(items) => Json::Array(items.into_iter().map(json_of).collect()),
        Value::Object(fields) => {
            let fields: HashMap<_, _> = fields.into_iter().collect();
            let defined = fields.into_iter().filter(|(_, value)| !is_undefined(value));
            Json::Object(
                defined.map(|(key, value)| (key.to_owned(), json_of(value))).collect::<Map<_, _>>(),
            )
        }
        _ => Json::Null,
    }
}

fn is_undefined(value: &Value) -> bool {
    matches!(value, Value::Undefined)
}
