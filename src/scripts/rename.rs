//! Calls of other package managers in a script become calls of the runtime, as Bun does it:
//! `npm run x`, `yarn x`, `yarn run x`, `pnpm run x`, `npx x` and their like.

/// What stands for what at the start of a word.
const PREFIXES: [(&str, &str); 5] = [
    ("npm run ", "bun run "),
    ("npx ", "bun x "),
    ("pnpm run ", "bun run "),
    ("pnpm dlx ", "bun x "),
    ("pnpx ", "bun x "),
];

/// Commands of yarn's own, which are no scripts.
const YARN_COMMANDS: [&str; 45] = [
    "access",
    "add",
    "audit",
    "autoclean",
    "bin",
    "cache",
    "check",
    "config",
    "create",
    "dedupe",
    "dlx",
    "exec",
    "explain",
    "generate-lock-entry",
    "global",
    "help",
    "import",
    "info",
    "init",
    "install",
    "licenses",
    "link",
    "list",
    "login",
    "logout",
    "node",
    "outdated",
    "owner",
    "pack",
    "patch",
    "plugin",
    "policies",
    "publish",
    "rebuild",
    "remove",
    "set",
    "stage",
    "tag",
    "team",
    "unlink",
    "unplug",
    "up",
    "upgrade",
    "version",
    "why",
];

/// The script with those calls replaced.
pub(crate) fn package_managers(script: &str) -> String {
    let mut out = String::with_capacity(script.len());
    let mut is_start = true;
    let mut rest = script;
    while let Some(character) = rest.chars().next() {
        let taken = if is_start { replacement(rest) } else { None };
        if let Some((length, text)) = taken {
            out.push_str(&text);
            rest = &rest[length..];
            is_start = false;
            continue;
        }
        is_start = matches!(character, ' ' | '"' | '\'');
        out.push(character);
        rest = &rest[character.len_utf8()..];
    }
    out
}

/// How much of the text is replaced by what.
fn replacement(text: &str) -> Option<(usize, String)> {
    for (prefix, new) in PREFIXES {
        if text.starts_with(prefix) {
            return Some((prefix.len(), new.to_owned()));
        }
    }
    let (command, _) = text.strip_prefix("yarn ")?.split_once(' ')?;
    let length = "yarn ".len() + command.len();
    match command {
        "run" => Some((length, "bun run".to_owned())),
        "npm" => Some((length, "yarn npm".to_owned())),
        _ if command.starts_with('-') => Some((length, format!("yarn {command}"))),
        _ if YARN_COMMANDS.contains(&command) => None,
        _ => Some((length, format!("bun run {command}"))),
    }
}

#[cfg(test)]
mod tests {
    use super::package_managers;

    #[test]
    fn only_calls_at_the_start_of_a_word_are_replaced() {
        let cases = [
            ("npm run x && npm run y", "bun run x && bun run y"),
            ("echo 'npm run x'", "echo 'bun run x'"),
            ("mynpm run x", "mynpm run x"),
            ("yarn build --all", "bun run build --all"),
            ("yarn add x", "yarn add x"),
            ("yarn run x y", "bun run x y"),
            ("pnpx cowsay hi; npx a", "bun x cowsay hi; bun x a"),
        ];
        for (script, expected) in cases {
            assert_eq!(package_managers(script), expected);
        }
    }
}
