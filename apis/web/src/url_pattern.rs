//! URLPattern (WHATWG URL Pattern Standard): patterns parsed to one regular expression for each
//! component, which the engine then runs.

use std::borrow::Cow;

use dx_ops::{Call, ErrorClass, Exception, Value, ValueKind};
use urlpattern::{
    Error, RegexSyntax, UrlPatternOptions,
    quirks::{self, EcmaRegexp, MatchInput, StringOrInit, UrlPatternComponent, UrlPatternInit},
};

/// How a failure to canonicalize a component names each, in the order in which they cross the
/// bridge.
const CANONICALIZED: [&str; 8] = [
    "URL protocol",
    "URL username",
    "URL password",
    "URL host",
    "URL port",
    "URL pathname",
    "URL search",
    "URL hash",
];

/// The argument at `first`, a string, or nine fields from there on, each a string or undefined.
fn input(call: &Call<'_>, first: usize) -> StringOrInit<'static> {
    let field = |index: usize| match call.arguments.kind(first + index) {
        ValueKind::String => call.arguments.string(first + index),
        _ => None,
    };
    if call.arguments.count() <= first + 1 {
        return StringOrInit::String(Cow::Owned(field(0).unwrap_or_default()));
    }
    StringOrInit::Init(UrlPatternInit {
        protocol: field(0),
        username: field(1),
        password: field(2),
        hostname: field(3),
        port: field(4),
        pathname: field(5),
        search: field(6),
        hash: field(7),
        base_url: field(8),
    })
}

fn parse(
    input: StringOrInit<'_>,
    base: Option<&str>,
    ignore_case: bool,
) -> Result<quirks::UrlPattern, Error> {
    let init = quirks::process_construct_pattern_input(input, base)?;
    let options = UrlPatternOptions { ignore_case, regex_syntax: RegexSyntax::EcmaScript };
    quirks::parse_pattern::<EcmaRegexp>(init, options)
}

/// `urlPattern(base, ignoreCase, input | ...fields)`: pattern, expression and names of the groups
/// of each component, three by three, then whether a component has groups of its own.
pub(crate) fn url_pattern(call: &mut Call<'_>) -> Result<Value, Exception> {
    let base = match call.arguments.kind(0) {
        ValueKind::String => call.arguments.string(0),
        _ => None,
    };
    let (ignore_case, given) = (call.arguments.boolean(1), input(call, 2));
    let pattern = parse(given.clone(), base.as_deref(), ignore_case)
        .map_err(|error| failure(&error, &given, base.as_deref()))?;
    let mut values = Vec::with_capacity(CANONICALIZED.len() * 3 + 1);
    for component in [
        pattern.protocol,
        pattern.username,
        pattern.password,
        pattern.hostname,
        pattern.port,
        pattern.pathname,
        pattern.search,
        pattern.hash,
    ] {
        let UrlPatternComponent { pattern_string, regexp_string, group_name_list, .. } = component;
        let names = group_name_list.into_iter().map(Value::String).collect();
        values.extend([pattern_string.into(), regexp_string.into(), Value::Array(names)]);
    }
    values.push(pattern.has_regexp_groups.into());
    Ok(Value::Array(values))
}

/// `urlPatternInput(base, unused, input | ...fields)`: the eight components of what is to be
/// matched, or `undefined` where it is no URL.
pub(crate) fn url_pattern_input(call: &mut Call<'_>) -> Result<Value, Exception> {
    let base = match call.arguments.kind(0) {
        ValueKind::String => call.arguments.string(0),
        _ => None,
    };
    let given = quirks::process_match_input(input(call, 2), base.as_deref());
    let Some(parts) = given.ok().flatten().and_then(|(input, _)| quirks::parse_match_input(input))
    else {
        return Ok(Value::Undefined);
    };
    let MatchInput { protocol, username, password, hostname, port, pathname, search, hash } = parts;
    let values = [protocol, username, password, hostname, port, pathname, search, hash];
    Ok(Value::Array(values.map(Value::String).into()))
}

/// The TypeError for what is wrong, in Bun's words where there are some.
fn failure(error: &Error, given: &StringOrInit<'_>, base: Option<&str>) -> Exception {
    let text = match error {
        Error::BaseUrlRequired => {
            "Relative constructor string must have additional baseURL argument.".to_owned()
        }
        Error::BaseUrlWithInit => {
            "Constructor with a URLPatternInit should have a null baseURL argument.".to_owned()
        }
        Error::Tokenizer(reason, at) => in_token(&reason.to_string(), *at, given),
        Error::Parser(reason) if reason.to_string().contains("duplicate") => {
            "Duplicate name token produced when adding to parser part list.".to_owned()
        }
        Error::Parser(_) => "Null token was produced when consuming a required token.".to_owned(),
        Error::Url(_) => of_url(given, base),
        Error::RegExp(()) => "The regular expression of a component is invalid.".to_owned(),
    };
    Exception::new(ErrorClass::TypeError, text)
}

/// What is wrong with a token, from the parser's own words for it.
fn in_token(reason: &str, at: usize, given: &StringOrInit<'_>) -> String {
    let has = |part: &str| reason.contains(part);
    let is_ascii = format!("{given:?}").is_ascii();
    let text = match () {
        () if has("escape code") => "No character is provided after escape.",
        () if has("invalid name") => {
            return format!("Name position {0} is less than name start {0}", at + 1);
        }
        () if has("ascii") && !is_ascii => "Current codepoint is not ascii",
        () if has("must not start with ?") => "Regex cannot start with modifier.",
        () if has("must start with ?") => "Required OtherModifier token is not provided in regex.",
        () => "Current open token does not have a corresponding close token.",
    };
    text.to_owned()
}

/// Which URL could not be read: the base, or a component by itself.
fn of_url(given: &StringOrInit<'_>, base: Option<&str>) -> String {
    let invalid_base = || "Invalid baseURL.".to_owned();
    let StringOrInit::Init(init) = given else { return invalid_base() };
    if base.is_some() || init.base_url.as_deref().is_some_and(|base| url::Url::parse(base).is_err())
    {
        return invalid_base();
    }
    let fields = [
        &init.protocol,
        &init.username,
        &init.password,
        &init.hostname,
        &init.port,
        &init.pathname,
        &init.search,
        &init.hash,
    ];
    let wrong = fields.into_iter().zip(CANONICALIZED).find(|(field, name)| {
        let mut alone = UrlPatternInit::default();
        match *name {
            "URL protocol" => alone.protocol.clone_from(field),
            "URL username" => alone.username.clone_from(field),
            "URL password" => alone.password.clone_from(field),
            "URL host" => alone.hostname.clone_from(field),
            "URL port" => alone.port.clone_from(field),
            "URL pathname" => alone.pathname.clone_from(field),
            "URL search" => alone.search.clone_from(field),
            _ => alone.hash.clone_from(field),
        }
        parse(StringOrInit::Init(alone), None, false).is_err()
    });
    let name = wrong.map_or("URL", |(_, name)| name);
    format!("Invalid input to canonicalize a {name} string.")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn message(init: UrlPatternInit) -> Option<String> {
        let given = StringOrInit::Init(init);
        let error = parse(given.clone(), None, false).err()?;
        Some(failure(&error, &given, None).message)
    }

    #[test]
    fn a_component_that_is_no_part_of_a_url_is_named() {
        let port = UrlPatternInit { port: Some("abc".into()), ..UrlPatternInit::default() };
        let expected = "Invalid input to canonicalize a URL port string.";
        assert_eq!(message(port).as_deref(), Some(expected));
    }

    #[test]
    fn names_are_given_once() {
        let path = UrlPatternInit { pathname: Some("/:a/:a".into()), ..UrlPatternInit::default() };
        assert!(message(path).is_some_and(|text| text.starts_with("Duplicate name")));
    }
}
