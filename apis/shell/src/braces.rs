//! Brace expansion: `a{b,c}` is `ab ac`.

/// Words one pattern expands to at most.
const WORDS_MAX: usize = 65_536;

/// Braces inside each other at most.
const NESTING_MAX: usize = 100;

/// Everything the pattern stands for, in order. Braces without a comma in them stand for
/// themselves; a backslash takes the meaning from what follows it.
#[must_use]
pub fn expand(pattern: &str) -> Vec<String> {
    let characters: Vec<char> = pattern.chars().collect();
    expand_all(&characters, 0)
}

fn expand_all(pattern: &[char], depth: usize) -> Vec<String> {
    let group = if depth < NESTING_MAX { first_group(pattern) } else { None };
    let Some((start, commas, end)) = group else {
        return vec![unescaped(pattern)];
    };
    let before = unescaped(&pattern[..start]);
    let after = expand_all(&pattern[end + 1..], depth + 1);
    let mut words = Vec::new();
    let mut from = start + 1;
    for to in commas.into_iter().chain([end]) {
        for middle in expand_all(&pattern[from..to], depth + 1) {
            for rest in &after {
                if words.len() == WORDS_MAX {
                    return words;
                }
                words.push(format!("{before}{middle}{rest}"));
            }
        }
        from = to + 1;
    }
    words
}

/// The first braces with a comma of their own: where they open, their commas, where they close.
fn first_group(pattern: &[char]) -> Option<(usize, Vec<usize>, usize)> {
    let mut open: Vec<(usize, Vec<usize>)> = Vec::new();
    let mut found: Option<(usize, Vec<usize>, usize)> = None;
    let mut index = 0;
    while index < pattern.len() {
        match pattern[index] {
            '\\' => index += 1,
            '{' => open.push((index, Vec::new())),
            ',' => {
                if let Some((_, commas)) = open.last_mut() {
                    commas.push(index);
                }
            }
            '}' => {
                if let Some((start, commas)) = open.pop()
                    && !commas.is_empty()
                    && found.as_ref().is_none_or(|(other, ..)| start < *other)
                {
                    found = Some((start, commas, index));
                    if open.is_empty() {
                        return found;
                    }
                }
            }
            _ => {}
        }
        index += 1;
    }
    found
}

fn unescaped(pattern: &[char]) -> String {
    let mut text = String::with_capacity(pattern.len());
    let mut characters = pattern.iter();
    while let Some(&character) = characters.next() {
        match character {
            '\\' => text.extend(characters.next()),
            other => text.push(other),
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::expand;

    #[test]
    fn groups_multiply_and_nest() {
        let cases: [(&str, &[&str]); 7] = [
            ("a{b,c}d", &["abd", "acd"]),
            ("{a,b}{c,d}", &["ac", "ad", "bc", "bd"]),
            ("{a,{b,c}d}", &["a", "bd", "cd"]),
            ("{a}", &["{a}"]),
            ("x{,y}", &["x", "xy"]),
            ("\\{a,b\\}", &["{a,b}"]),
            ("{a,b", &["{a,b"]),
        ];
        for (pattern, words) in cases {
            assert_eq!(expand(pattern), words, "{pattern}");
        }
    }

    #[test]
    fn what_would_be_endless_ends() {
        assert_eq!(expand(&"{a,b}".repeat(40)).len(), 65_536);
        assert!(!expand(&"{a,".repeat(5000)).is_empty());
    }
}
