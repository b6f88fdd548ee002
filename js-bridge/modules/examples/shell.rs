//! Runs a program's modules in the engine's bare shell: `shell FILE`. For work on the registry;
//! only strings can be printed there.

#[path = "../tests/shell/mod.rs"]
mod shell;

fn main() {
    let entry = std::env::args().nth(1).unwrap_or_default();
    let folder = std::env::current_dir().unwrap_or_default();
    for line in shell::run(&entry, &folder).unwrap_or_default() {
        println!("{line}");
    }
}
