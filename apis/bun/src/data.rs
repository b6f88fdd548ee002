//! Bun.TOML.parse and Bun.YAML.parse: native parsers, and JSON for the engine's own.

use dx_modules::{BuildError, DataText, Step};
use dx_ops::{Call, ErrorClass, Exception, Value};

/// `dataParse(language, text)`: JSON, or `[JSON, fixes]` where JSON cannot say all of it. A fix
/// is `[place, sameAs]`, both arrays of keys; without `sameAs` the value is NaN.
pub(crate) fn parse(call: &mut Call<'_>) -> Result<Value, Exception> {
    let language = call.expect_string(0, "language")?;
    let text = call.expect_string(1, "input")?;
    let parsed = match language.as_str() {
        "TOML" => dx_modules::toml_data(&text),
        _ => dx_modules::yaml_data(&text),
    };
    parsed.map(value).map_err(|error: BuildError| {
        if error.message == dx_modules::TOO_DEEP {
            return Exception::range_error(error.message);
        }
        let message = format!("{language} Parse error: {}", error.message);
        Exception::new(ErrorClass::SyntaxError, message)
    })
}

fn value(text: DataText) -> Value {
    if text.fixes.is_empty() {
        return Value::String(text.json);
    }
    let fixes = text
        .fixes
        .into_iter()
        .map(|fix| Value::Array(vec![way(fix.place), fix.same_as.map_or(Value::Undefined, way)]));
    Value::Array(vec![Value::String(text.json), Value::Array(fixes.collect())])
}

fn way(steps: Vec<Step>) -> Value {
    let value = |step| match step {
        Step::Index(index) => Value::from(index),
        Step::Key(key) => Value::String(key),
    };
    Value::Array(steps.into_iter().map(value).collect())
}
