//! Mistakes in bunfig.toml's `[test]`, told with the line they stand on, as Bun tells them.

use std::ops::Range;

use toml::de::{DeTable, DeValue};

/// Lists of patterns: one text or several.
const PATTERNS: [&str; 2] = ["coveragePathIgnorePatterns", "pathIgnorePatterns"];

/// The first mistake in the file at `path`; `None` where there is none, or it is no TOML.
pub(crate) fn mistake(path: &str, text: &str) -> Option<String> {
    let table = DeTable::parse(text).ok()?;
    let DeValue::Table(section) = table.get_ref().get("test")?.get_ref() else { return None };
    let (place, message) = patterns(section).or_else(|| seed(section))?;
    Some(told(path, text, &place, &message))
}

type Found = Option<(Range<usize>, String)>;

fn patterns(section: &DeTable<'_>) -> Found {
    PATTERNS.iter().find_map(|name| {
        let value = section.get(*name)?;
        match value.get_ref() {
            DeValue::String(_) => None,
            DeValue::Array(items) => {
                let mut others =
                    items.iter().filter(|item| !matches!(item.get_ref(), DeValue::String(_)));
                let place = others.next()?.span();
                Some((place, format!("{name} array must contain only strings")))
            }
            _ => Some((value.span(), format!("{name} must be a string or array of strings"))),
        }
    })
}

fn seed(section: &DeTable<'_>) -> Found {
    let seed = section.get("seed")?;
    let randomizes = section.get("randomize").map(|value| value.get_ref());
    if matches!(randomizes, Some(DeValue::Boolean(true))) {
        return None;
    }
    Some((seed.span(), "\"seed\" can only be used when \"randomize\" is true".to_owned()))
}

fn told(path: &str, text: &str, place: &Range<usize>, message: &str) -> String {
    let before = &text[..place.start];
    let start = before.rfind('\n').map_or(0, |at| at + 1);
    let line = text[start..].lines().next().unwrap_or_default();
    let number = before.matches('\n').count() + 1;
    let column = text[start..place.start].chars().count();
    let gap = " ".repeat(number.to_string().len() + 3 + column);
    format!(
        "{number} | {line}\n{gap}^\nerror: {message}\n    at {path}:{number}:{}\n\n\
         Invalid Bunfig: failed to load bunfig",
        column + 1
    )
}

#[cfg(test)]
mod tests {
    use super::mistake;

    #[test]
    fn mistakes_name_their_place() {
        let told = mistake("/x/bunfig.toml", "\n[test]\npathIgnorePatterns = ['a', 12]\n");
        let expected = "3 | pathIgnorePatterns = ['a', 12]\n                               ^\n\
                        error: pathIgnorePatterns array must contain only strings\n    \
                        at /x/bunfig.toml:3:28\n\nInvalid Bunfig: failed to load bunfig";
        assert_eq!(told.as_deref(), Some(expected));
        assert!(mistake("b", "[test]\nseed = 1").is_some_and(|it| it.contains("\"randomize\"")));
        assert_eq!(mistake("b", "[test]\nseed = 1\nrandomize = true"), None);
        assert_eq!(mistake("b", "[test]\npathIgnorePatterns = 'a'"), None);
    }
}
