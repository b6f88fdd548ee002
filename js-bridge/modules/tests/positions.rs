//! Positions in evaluated code lead back to the file.

use dx_modules::{LineColumn, Loaded, ModuleStore};

/// The place of `marker` in a text, from 1.
fn place_of(text: &str, marker: &str) -> LineColumn {
    let offset = text.find(marker).unwrap_or_else(|| panic!("{marker} in {text}"));
    let before = &text[..offset];
    let line_start = before.rfind('\n').map_or(0, |newline| newline + 1);
    LineColumn {
        line: before.matches('\n').count() as u32 + 1,
        column: before[line_start..].encode_utf16().count() as u32 + 1,
    }
}

fn check(name: &str, source: &str, markers: &[&str]) {
    let folder = std::env::temp_dir().join(format!("dx-positions-{}-{name}", std::process::id()));
    std::fs::create_dir_all(&folder).expect("a folder");
    let path = folder.join(name);
    std::fs::write(&path, source).expect("a file");
    let store = ModuleStore::default();
    let id = path.to_string_lossy().into_owned();
    let loaded = store.load(&id, &path, None, true).expect("a module");
    let Loaded::Script(output) = loaded else { panic!("no script") };
    for marker in markers {
        let generated = place_of(&output.code, marker);
        let found = store.original(&id, generated);
        assert_eq!(found, Some(place_of(source, marker)), "{marker} in {name}\n{}", output.code);
    }
    let last = source.lines().count() as u32;
    assert_eq!(store.lines(&id, last, 5).as_slice(), source.lines().last().as_slice());
    std::fs::remove_dir_all(&folder).expect("removed");
}

#[test]
fn typescript_and_modules() {
    let source = "import { a } from './a';\n\ninterface Shape {\n  x: number;\n}\n\
                  export function first(shape: Shape): number {\n\
                  \u{20}   if (!shape) throw new Error('\u{1F600}'), markOne();\n\
                  \u{20}   return markTwo(shape as any);\n}\n\
                  const later = async () => { await markThree(); markFour(); };\n";
    check("a.ts", source, &["markOne", "markTwo", "markThree", "markFour", "new Error"]);
}

#[test]
fn untouched_commonjs() {
    let source = "exports.a = markOne();\n  markTwo();\n";
    check("b.cjs", source, &["exports.a = ", "markOne", "markTwo"]);
}

#[test]
fn printed_commonjs() {
    let source = "exports.a = async () => { await markOne(); };\n\n\n  markTwo();\n";
    check("c.cjs", source, &["exports.a = ", "markOne", "markTwo"]);
}
