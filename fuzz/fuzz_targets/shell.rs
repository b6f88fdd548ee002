//! Any text is a script's tree or refused in words, and its braces expand to an end.

#![no_main]

use dx_compat_shell::{Source, Unit, expand_braces, tree_of};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|input: (&str, Vec<(u8, String)>)| {
    let (text, put_in) = input;
    let mut source = Source::from(text);
    for (index, (place, value)) in (0_u32..).zip(put_in) {
        let at = usize::from(place).min(source.units.len());
        source.units.insert(at, Unit::Text(index));
        source.texts.push(value);
    }
    match tree_of(&source) {
        Ok(tree) => assert!(tree.starts_with("{\"stmts\":")),
        Err(message) => assert!(!message.is_empty()),
    }
    if text.len() < 256 {
        assert!(!expand_braces(text).is_empty());
    }
});
