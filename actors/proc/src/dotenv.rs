//! `.env` files: names and values, as Bun reads them.
//!
//! A line is `NAME=value`, `export` before it allowed. A value in quotes (`"`, `'` or a backtick)
//! may go over lines; without them it ends at a `#` or at the line's end. In double quotes `\n`
//! and `\r` stand for line ends. `$NAME`, `${NAME}` and `${NAME:-fallback}` are replaced by what
//! the environment has in the end; `\$` stands for the sign itself.

/// The names and values of a file's text, in order; nothing is replaced yet.
#[must_use]
pub fn parse(text: &str) -> Vec<(String, String)> {
    let mut found = Vec::new();
    let text = text.replace("\r\n", "\n").replace('\r', "\n");
    let mut rest = text.as_str();
    while !rest.is_empty() {
        rest = rest.trim_start();
        let (pair, after) = parse_line(rest);
        found.extend(pair);
        rest = after;
    }
    found
}

fn line_end(text: &str) -> usize {
    text.find('\n').unwrap_or(text.len())
}

fn is_name(text: &str) -> bool {
    let is_part = |part: char| part.is_ascii_alphanumeric() || matches!(part, '_' | '-' | '.');
    !text.is_empty() && text.chars().all(is_part)
}

/// One entry, and what follows it.
fn parse_line(text: &str) -> (Option<(String, String)>, &str) {
    let line = &text[..line_end(text)];
    let next = text.get(line.len() + 1..).unwrap_or("");
    // A colon assigns too where a blank follows it.
    let assigned = [line.find('='), line.find(": ")].into_iter().flatten().min();
    let Some((name, value)) = assigned.map(|at| (&line[..at], &line[at + 1..])) else {
        return (None, next);
    };
    let name = name.trim();
    let name = name.strip_prefix("export ").map_or(name, str::trim_start);
    if !is_name(name) {
        return (None, next);
    }
    let value = value.trim_start_matches([' ', '\t']);
    let place = value.as_ptr() as usize - text.as_ptr() as usize;
    if let Some((quoted, after)) = parse_quoted(&text[place..]) {
        let after = after.get(line_end(after) + 1..).unwrap_or("");
        return (Some((name.to_owned(), quoted)), after);
    }
    let end = value.find('#').unwrap_or(value.len());
    (Some((name.to_owned(), value[..end].trim().to_owned())), next)
}

/// A value in quotes and what follows the closing one; `None` where there is none.
fn parse_quoted(text: &str) -> Option<(String, &str)> {
    let quote = text.chars().next().filter(|quote| matches!(quote, '"' | '\'' | '`'))?;
    let mut is_escaped = false;
    for (place, character) in text.char_indices().skip(1) {
        if is_escaped {
            is_escaped = false;
        } else if character == '\\' {
            is_escaped = true;
        } else if character == quote {
            let inner = &text[1..place];
            let value = match quote {
                '"' => inner.replace("\\n", "\n").replace("\\r", "\r"),
                _ => inner.to_owned(),
            };
            return Some((value, &text[place + 1..]));
        }
    }
    None
}

/// The value with names replaced by what `look_up` has for them.
#[must_use]
pub fn expand(value: &str, look_up: &dyn Fn(&str) -> Option<String>) -> String {
    let mut expanded = String::with_capacity(value.len());
    let mut rest = value;
    while let Some(place) = rest.find('$') {
        let (before, after) = (&rest[..place], &rest[place + 1..]);
        if let Some(before) = before.strip_suffix('\\') {
            expanded.push_str(before);
            expanded.push('$');
            rest = after;
            continue;
        }
        expanded.push_str(before);
        rest = match reference(after) {
            Some((name, fallback, after)) => {
                let found = look_up(name).filter(|found| !found.is_empty());
                expanded.push_str(&found.unwrap_or_else(|| fallback.to_owned()));
                after
            }
            None => {
                expanded.push('$');
                after
            }
        };
    }
    expanded + rest
}

/// The name after a dollar sign, its fallback, and what follows.
fn reference(text: &str) -> Option<(&str, &str, &str)> {
    if let Some(inner) = text.strip_prefix('{') {
        let (inner, after) = inner.split_once('}')?;
        let (name, fallback) = inner.split_once(":-").unwrap_or((inner, ""));
        return Some((name, fallback, after));
    }
    let is_part = |part: char| part.is_ascii_alphanumeric() || part == '_';
    let end = text.find(|part| !is_part(part)).unwrap_or(text.len());
    (end > 0).then(|| (&text[..end], "", &text[end..]))
}

#[cfg(test)]
mod tests {
    use super::{expand, parse};

    #[test]
    fn lines_quotes_and_comments() {
        let text = "# c\nA=1\nexport B=two words # t\nC=\"q # n\"\nG=\"multi\nline\"\nH='e\\n'\n\
                    K=\nL = spaced \nO:colon\nS: colon\nexport = e\rT=t\r\nQ=\"un\nR=last";
        let found = parse(text);
        let found: Vec<_> = found.iter().map(|(name, value)| (&**name, &**value)).collect();
        let expected = [
            ("A", "1"),
            ("B", "two words"),
            ("C", "q # n"),
            ("G", "multi\nline"),
            ("H", "e\\n"),
            ("K", ""),
            ("L", "spaced"),
            ("S", "colon"),
            ("export", "e"),
            ("T", "t"),
            ("Q", "\"un"),
            ("R", "last"),
        ];
        assert_eq!(found, expected);
    }

    #[test]
    fn names_are_replaced() {
        let look_up = |name: &str| (name == "A").then(|| "1".to_owned());
        assert_eq!(expand("$A-${A}-${B}-${B:-f}-\\$A-$", &look_up), "1-1--f-$A-$");
    }
}
