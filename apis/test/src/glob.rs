//! Glob patterns of paths: `*`, `**`, `?`, `[a-z]`, `{a,b}` and a leading `!`.

/// Whether the whole of `path` matches.
#[must_use]
pub fn matches(pattern: &str, path: &str) -> bool {
    if let Some(rest) = pattern.strip_prefix('!') {
        return !matches(rest, path);
    }
    let pattern = pattern.strip_prefix("./").unwrap_or(pattern);
    alternatives(pattern).iter().any(|one| match_here(one.as_bytes(), path.as_bytes()))
}

/// The pattern with its first braces replaced by each of their choices, and so on.
fn alternatives(pattern: &str) -> Vec<String> {
    let Some(open) = pattern.find('{') else { return vec![pattern.to_owned()] };
    let mut depth = 0;
    let mut cuts = vec![open];
    for (at, byte) in pattern.bytes().enumerate().skip(open) {
        match byte {
            b'{' => depth += 1,
            b',' if depth == 1 => cuts.push(at),
            b'}' => {
                depth -= 1;
                if depth == 0 {
                    cuts.push(at);
                    break;
                }
            }
            _ => {}
        }
    }
    if depth != 0 {
        return vec![pattern.to_owned()];
    }
    let end = cuts[cuts.len() - 1] + 1;
    let choices = cuts.windows(2).map(|pair| &pattern[pair[0] + 1..pair[1]]);
    choices
        .flat_map(|choice| alternatives(&[&pattern[..open], choice, &pattern[end..]].concat()))
        .collect()
}

fn match_here(pattern: &[u8], path: &[u8]) -> bool {
    let Some(&first) = pattern.first() else { return path.is_empty() };
    if let Some(rest) = pattern.strip_prefix(b"**/") {
        let starts = (0..=path.len()).filter(|&at| at == 0 || path[at - 1] == b'/');
        return starts.into_iter().any(|at| match_here(rest, &path[at..]));
    }
    if let Some(rest) = pattern.strip_prefix(b"**") {
        return (0..=path.len()).any(|at| match_here(rest, &path[at..]));
    }
    if first == b'*' {
        let end = path.iter().position(|&byte| byte == b'/').unwrap_or(path.len());
        return (0..=end).any(|at| match_here(&pattern[1..], &path[at..]));
    }
    let Some((&byte, rest)) = path.split_first() else { return false };
    match first {
        b'?' => byte != b'/' && match_here(&pattern[1..], rest),
        b'[' => match class(&pattern[1..], byte) {
            Some((true, after)) => match_here(after, rest),
            Some((false, _)) => false,
            None => byte == b'[' && match_here(&pattern[1..], rest),
        },
        b'\\' if pattern.len() > 1 => pattern[1] == byte && match_here(&pattern[2..], rest),
        literal => literal == byte && match_here(&pattern[1..], rest),
    }
}

/// Whether a byte is in the class that `pattern` starts with, and what follows the class; `None`
/// where it has no end.
fn class(pattern: &[u8], byte: u8) -> Option<(bool, &[u8])> {
    let negated = matches!(pattern.first(), Some(b'!' | b'^'));
    let start = usize::from(negated);
    let end = start + pattern[start..].iter().position(|&other| other == b']')?;
    let members = &pattern[start..end];
    let mut inside = false;
    let mut at = 0;
    while at < members.len() {
        if at + 2 < members.len() && members[at + 1] == b'-' {
            inside |= (members[at]..=members[at + 2]).contains(&byte);
            at += 3;
        } else {
            inside |= members[at] == byte;
            at += 1;
        }
    }
    Some((inside != negated, &pattern[end + 1..]))
}

#[cfg(test)]
mod tests {
    use super::matches;

    #[test]
    fn patterns_match_whole_paths() {
        for (pattern, path) in [
            ("vendor/**", "vendor/a/b.ts"),
            ("**/*.test.ts", "a/b/c.test.ts"),
            ("**/*.test.ts", "c.test.ts"),
            ("*.{ts,js}", "a.js"),
            ("a?[b-d].x", "aZc.x"),
            ("{a,b{c,d}}/*", "bd/x"),
        ] {
            assert!(matches(pattern, path), "{pattern} {path}");
        }
        for (pattern, path) in
            [("vendor/*", "vendor/a/b"), ("*.ts", "a/b.ts"), ("a[!b]", "ab"), ("a", "ab")]
        {
            assert!(!matches(pattern, path), "{pattern} {path}");
        }
    }
}
