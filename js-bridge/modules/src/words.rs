//! Syntax errors in Bun's words: what the parser says about a file, as Bun's parser would have
//! said it, and where that would have pointed.
//!
//! The two parsers notice the same mistake at places that lie close together, so that a rule is a
//! pattern of the one's message and a way from its place to the other's. A message without a rule
//! stays as it is.

use oxc_diagnostics::OxcDiagnostic;

/// What Bun says, and where.
pub(crate) struct Told {
    pub(crate) message: String,
    pub(crate) offset: usize,
    pub(crate) length: usize,
    /// What is told besides: a text and its place.
    pub(crate) note: Option<(String, usize)>,
}

/// What a rule looks at.
struct Case<'s> {
    source: &'s str,
    message: &'s str,
    /// Where the parser points first, and behind it.
    start: usize,
    end: usize,
    /// Where it points second.
    other: Option<(usize, usize)>,
}

/// The error of a diagnostic; nothing where it has no place.
pub(crate) fn tell(diagnostic: &OxcDiagnostic, source: &str) -> Option<Told> {
    let case = case_of(diagnostic, source)?;
    Some(ruled(&case).unwrap_or_else(|| case.say(case.message.to_owned())))
}

/// The same where there is a rule for it.
pub(crate) fn tell_ruled(diagnostic: &OxcDiagnostic, source: &str) -> Option<Told> {
    ruled(&case_of(diagnostic, source)?)
}

fn case_of<'s>(diagnostic: &'s OxcDiagnostic, source: &'s str) -> Option<Case<'s>> {
    let mut labels = diagnostic.labels.iter();
    let mut place = || {
        let label = labels.next()?;
        let start = (label.offset() as usize).min(source.len());
        Some((start, (start + label.len() as usize).min(source.len())))
    };
    let (start, end) = place()?;
    Some(Case { source, message: &diagnostic.message, start, end, other: place() })
}

fn ruled(case: &Case<'_>) -> Option<Told> {
    let rules: [fn(&Case<'_>) -> Option<Told>; 8] =
        [declared, expected, token, literal, pattern, member, placed, fixed];
    rules.iter().find_map(|rule| rule(case))
}

// ---- What the rules use ----------------------------------------------------------------------

/// The text between the back quotes, or quotes, of a message.
fn quoted(message: &str, quote: char) -> Option<&str> {
    let (_, rest) = message.split_once(quote)?;
    rest.rsplit_once(quote).map(|(inside, _)| inside)
}

fn is_word(character: char) -> bool {
    character.is_alphanumeric() || matches!(character, '_' | '$')
}

impl Case<'_> {
    fn say(&self, message: String) -> Told {
        self.say_at(message, self.start)
    }

    fn say_at(&self, message: String, offset: usize) -> Told {
        Told { message, offset, length: self.token_at(offset).len(), note: None }
    }

    /// The token at a place: a word, a string's or a punctuator's characters.
    fn token_at(&self, offset: usize) -> &str {
        let rest = self.source.get(offset..).unwrap_or("");
        let Some(first) = rest.chars().next() else { return "" };
        let length = match first {
            '"' | '\'' => rest[1..].find(first).map_or(1, |end| end + 2),
            first if is_word(first) => rest.find(|c| !is_word(c)).unwrap_or(rest.len()),
            _ if rest.starts_with("=>") => 2,
            _ => first.len_utf8(),
        };
        &rest[..length]
    }

    /// Where the next token begins, past white space.
    fn next(&self, offset: usize) -> usize {
        let rest = self.source.get(offset..).unwrap_or("");
        offset + rest.len() - rest.trim_start().len()
    }

    /// What stands before a place, without the white space between.
    fn before(&self, offset: usize) -> &str {
        self.source.get(..offset).unwrap_or("").trim_end()
    }

    /// `Expected "x" but found "y"`, where the token stands.
    fn found(&self, expected: &str, offset: usize) -> Told {
        let token = self.token_at(offset);
        if token.is_empty() {
            let message = format!("Expected {expected} but found end of file");
            return self.say_at(message, self.source.len().saturating_sub(1));
        }
        self.say_at(format!("Expected {expected} but found \"{token}\""), offset)
    }
}

// ---- The rules -------------------------------------------------------------------------------

/// Names that are declared twice: the later one is the mistake.
fn declared(case: &Case<'_>) -> Option<Told> {
    let (message, note) = if case.message.ends_with("has already been declared") {
        let name = quoted(case.message, '`')?;
        if name == "__proto__" {
            let message = "Cannot specify the \"__proto__\" property more than once per object";
            return Some(case.say_at(message.to_owned(), case.other?.0));
        }
        (
            format!("\"{name}\" has already been declared"),
            format!("\"{name}\" was originally declared here"),
        )
    } else if case.message == "A module cannot have multiple default exports." {
        (
            "Multiple exports with the same name \"default\"".to_owned(),
            "\"default\" was originally exported here".to_owned(),
        )
    } else if case.message.starts_with("Duplicated export") {
        let name = quoted(case.message, '\'')?;
        (
            format!("Multiple exports with the same name \"{name}\""),
            format!("\"{name}\" was originally exported here"),
        )
    } else {
        return None;
    };
    let (later, _) = case.other?;
    let mut told = case.say_at(message, later.max(case.start));
    told.note = Some((note, later.min(case.start)));
    Some(told)
}

/// ``Expected `x` but found `y` `` and what is said of semicolons.
fn expected(case: &Case<'_>) -> Option<Told> {
    if case.message.starts_with("Expected a semicolon or an implicit semicolon") {
        return Some(case.found("\";\"", case.next(case.start)));
    }
    if case.message.starts_with("Missing catch or finally clause") {
        return Some(case.found("\"finally\"", case.next(case.start)));
    }
    let (wanted, _) = case.message.strip_prefix("Expected `")?.split_once("` but found")?;
    let last = wanted.rsplit('`').next()?;
    if wanted == "in" {
        let name = case.before(case.start);
        let start = name.rfind('#')?;
        return Some(case.say_at(format!("Unexpected {}", &name[start..]), start));
    }
    if wanted == "}" && case.next(case.start) >= case.source.len() {
        return Some(at_end(case));
    }
    Some(case.found(&format!("\"{last}\""), case.start))
}

fn at_end(case: &Case<'_>) -> Told {
    case.say_at("Unexpected end of file".to_owned(), case.source.len().saturating_sub(1))
}

/// A token that can stand nowhere: what was wanted depends on what stands before it.
fn token(case: &Case<'_>) -> Option<Told> {
    if case.message != "Unexpected token" {
        return None;
    }
    let token = &case.source[case.start..case.end];
    if token.is_empty() {
        return Some(at_end(case));
    }
    let before = case.before(case.start);
    if before.ends_with('@') {
        return Some(case.found("identifier", case.start));
    }
    if before.ends_with("from") && before.contains("import") {
        return Some(case.found("string", case.start));
    }
    let outside = before.strip_suffix(['<', '{']).map(str::trim_end);
    if outside.is_some_and(|outside| before.ends_with('<') && begins_expression(outside)) {
        return Some(case.found("JSX element name", case.start));
    }
    Some(case.say(format!("Unexpected {token}")))
}

/// Whether what follows a text begins an expression rather than going on with one.
fn begins_expression(text: &str) -> bool {
    !text.ends_with(|c: char| is_word(c) || matches!(c, ')' | ']' | '"' | '\'' | '`'))
}

/// Strings, numbers, comments, characters.
fn literal(case: &Case<'_>) -> Option<Told> {
    let line_start = case.source[..case.start].rfind('\n').map_or(0, |newline| newline + 1);
    let line = &case.source[line_start..case.start];
    let vague = |offset| Some(case.say_at("Syntax Error".to_owned(), offset));
    let number_start = || line.rfind(|c| !is_word(c)).map_or(line_start, |at| line_start + at + 1);
    match case.message {
        "Unterminated string" => Some(case.say("Unterminated string literal".to_owned())),
        "Unterminated multiline comment" => {
            let message = "Expected \"*/\" to terminate multi-line comment".to_owned();
            Some(case.say_at(message, case.source.len().saturating_sub(1)))
        }
        "Invalid characters after number" => vague(number_start()),
        "Invalid escape sequence" => {
            vague(line.rfind(['"', '\'', '`']).map_or(case.start, |at| line_start + at))
        }
        message if message.starts_with("Invalid Character") => {
            let character = quoted(message, '`')?;
            match line.chars().last() {
                Some(last) if is_word(last) && is_digit_at(case, number_start()) => {
                    if character.is_ascii() {
                        return vague(number_start());
                    }
                    Some(case.found("\";\"", case.start))
                }
                Some('#') => vague(case.start - 1),
                _ => Some(case.say(format!("Unexpected {character}"))),
            }
        }
        _ => None,
    }
}

fn is_digit_at(case: &Case<'_>, offset: usize) -> bool {
    case.source[offset..].starts_with(|c: char| c.is_ascii_digit())
}

/// Regular expressions.
fn pattern(case: &Case<'_>) -> Option<Told> {
    if case.message == "Unterminated regular expression" {
        return Some(case.say("Syntax Error".to_owned()));
    }
    let (kind, rest) = if let Some(rest) = case.message.strip_prefix("Flag ") {
        ("Duplicate", rest)
    } else {
        ("Invalid", case.message.strip_prefix("Unexpected flag ")?)
    };
    let flag = rest.chars().next()?;
    let message = format!("{kind} flag \"{flag}\" in regular expression");
    Some(case.say_at(message, case.start + 1))
}

/// Members of classes and objects, parameters.
fn member(case: &Case<'_>) -> Option<Told> {
    let accessor = || {
        let name = case.before(case.start);
        let start = name.rfind(|c| !is_word(c)).map_or(0, |at| at + 1);
        name[start..].to_owned()
    };
    match case.message {
        "A 'get' accessor must not have any formal parameters." => {
            let message = format!("Getter {} must have zero arguments", accessor());
            Some(case.say_at(message, case.start + 1))
        }
        "A 'set' accessor must have exactly one parameter." => {
            let inside = case.source[case.start..case.end].trim_matches(['(', ')']).trim();
            let count = if inside.is_empty() { 0 } else { inside.split(',').count() };
            Some(case.say(format!(
                "Setter {} must have exactly 1 argument (there are {count})",
                accessor()
            )))
        }
        "A rest parameter must be last in a parameter list" => {
            Some(case.found("\")\"", case.next(case.end)))
        }
        "Spread must be last element" => {
            let message = "Unexpected \",\" after rest pattern".to_owned();
            Some(case.say_at(message, case.next(case.end)))
        }
        message if message.starts_with("Expected corresponding JSX closing tag for") => {
            let name = quoted(message, '\'')?;
            let wanted = "Expected closing JSX tag to match opening tag";
            let mut told = case.say(format!("{wanted} \"<{name}>\""));
            told.note = case
                .before(case.start)
                .rfind(&format!("<{name}"))
                .map(|at| ("Opening tag here:".to_owned(), at + 1));
            Some(told)
        }
        _ => None,
    }
}

/// What is wrong because of where it stands.
fn placed(case: &Case<'_>) -> Option<Told> {
    let after = |sign: &str| case.source[case.start..].find(sign).map(|at| case.start + at);
    match case.message {
        message if message.starts_with("`await` is only allowed within async functions") => {
            let operand = case.next(case.start + "await".len());
            let message = "\"await\" can only be used inside an \"async\" function".to_owned();
            let mut told = case.say_at(message, operand);
            let hint = "Consider adding the \"async\" keyword here".to_owned();
            told.note = enclosing_function(case).map(|at| (hint, at));
            Some(told)
        }
        message if message.starts_with("A 'yield' expression is only allowed") => {
            Some(case.say("Cannot use \"yield\" outside a generator function".to_owned()))
        }
        message if message.starts_with("A unary expression with the") => {
            Some(case.say_at("Unexpected **".to_owned(), after("**")?))
        }
        message if message.starts_with("Logical expressions and coalesce expressions") => {
            let mixed = &case.source[case.start..case.end];
            let at = ["||", "&&", "??"].iter().filter_map(|sign| mixed.rfind(sign)).max()?;
            Some(case.say_at(format!("Unexpected {}", &mixed[at..at + 2]), case.start + at))
        }
        "Illegal newline after throw" => {
            let message = "Unexpected newline after \"throw\"".to_owned();
            Some(case.say_at(message, case.start + "throw".len()))
        }
        message if message.starts_with("Identifier expected. '") => {
            if case.before(case.start).ends_with("let") {
                return Some(case.found("\";\"", case.start));
            }
            Some(case.found("identifier", case.start))
        }
        _ => None,
    }
}

/// Where the function begins that a place is in, if it is one with that keyword.
fn enclosing_function(case: &Case<'_>) -> Option<usize> {
    let before = case.before(case.start);
    let at = before.rfind("function")?;
    let depth = before[at..].chars().fold(0, |depth, character| match character {
        '{' => depth + 1,
        '}' => depth - 1,
        _ => depth,
    });
    (depth > 0).then_some(at)
}

/// Where a word stands behind an expression on its line that cannot go on with it: Bun reads that
/// far before it looks at what is assigned to.
fn word_behind(case: &Case<'_>) -> Option<usize> {
    let next = case.next(case.end);
    let word = case.token_at(next);
    let is_apart = word.starts_with(is_word) && !["in", "of", "instanceof"].contains(&word);
    (is_apart && !case.source[case.end..next].contains('\n')).then_some(next)
}

/// Messages that have another text at the same place.
fn fixed(case: &Case<'_>) -> Option<Told> {
    let name = || case.token_at(case.start).to_owned();
    let message = case.message;
    let is_target =
        message == "Cannot assign to this expression" || message.starts_with("Cannot assign to '");
    if is_target && let Some(next) = word_behind(case) {
        return Some(case.found("\";\"", next));
    }
    let text = if message == "Missing initializer in const declaration" {
        format!("The constant \"{}\" must be initialized", name())
    } else if is_target {
        "Invalid assignment target".to_owned()
    } else if message.starts_with("Illegal break statement") {
        "Cannot use \"break\" here".to_owned()
    } else if message.starts_with("Illegal continue statement") {
        "Cannot use \"continue\" here".to_owned()
    } else if message.starts_with("Use of undefined label") {
        format!("There is no containing label named \"{}\"", name())
    } else if message.starts_with("'super' can only be") || message.starts_with("Super calls are") {
        "Unexpected \"super\"".to_owned()
    } else if message.starts_with("Private field '") {
        let field = quoted(message, '\'')?;
        format!("Private name \"{field}\" must be declared in an enclosing class")
    } else if message.starts_with("`let` cannot be declared as a variable name") {
        "Cannot use \"let\" as an identifier here".to_owned()
    } else if message.starts_with("Cannot use import") && message.ends_with("outside a module") {
        let at = case.next(case.start + "import".len());
        return Some(case.say_at(format!("Unexpected {}", case.token_at(at)), at));
    } else if message.starts_with("Cannot use export") && message.ends_with("outside a module") {
        "Unexpected export".to_owned()
    } else {
        return None;
    };
    Some(case.say(text))
}

#[cfg(test)]
mod tests {
    use oxc_allocator::Allocator;
    use oxc_parser::Parser;
    use oxc_span::SourceType;

    use super::*;

    #[test]
    fn mistakes_are_told_as_bun_tells_them() {
        let cases = [
            ("foo(1, 2\nbar();", "Expected \")\" but found \"bar\"", 9),
            ("let x = 5 y", "Expected \";\" but found \"y\"", 10),
            ("function f() {", "Unexpected end of file", 13),
            ("const o = { a 1 };", "Expected \"}\" but found \"1\"", 14),
            ("let a = #x;", "Unexpected #x", 8),
            ("const a = 'abc\n", "Unterminated string literal", 10),
            ("/a/gg;", "Duplicate flag \"g\" in regular expression", 5),
            ("const a;", "The constant \"a\" must be initialized", 6),
            ("import a from x;", "Expected string but found \"x\"", 14),
            ("a ?? b || c;", "Unexpected ||", 7),
            ("1 = 2;", "Invalid assignment target", 0),
            ("try { }\n", "Expected \"finally\" but found end of file", 7),
        ];
        for (source, message, offset) in cases {
            let allocator = Allocator::default();
            let parsed = Parser::new(&allocator, source, SourceType::mjs()).parse();
            let diagnostic = parsed.diagnostics.errors().next().expect("an error");
            let told = tell(diagnostic, source).expect("a place");
            assert_eq!((told.message.as_str(), told.offset), (message, offset), "{source}");
        }
    }

    #[test]
    fn a_name_declared_twice_is_told_of_where_it_stands_again() {
        let diagnostic = OxcDiagnostic::error("Identifier `a` has already been declared")
            .with_labels([oxc_span::Span::new(4, 5), oxc_span::Span::new(11, 12)]);
        let told = tell(&diagnostic, "let a; let a;").expect("a place");
        assert_eq!((told.message.as_str(), told.offset), ("\"a\" has already been declared", 11));
        let note = told.note.expect("a note");
        assert_eq!(note, ("\"a\" was originally declared here".to_owned(), 4));
    }
}
