//! Prints what a file becomes: `transform FILE`.

use std::path::Path;

fn main() {
    let path = std::env::args().nth(1).unwrap_or_default();
    let source = std::fs::read_to_string(&path).unwrap_or_default();
    let path = Path::new(&path);
    let settings = dx_modules::Settings::of_tsconfig(None, true);
    let loader = dx_modules::Loader::of_path(path);
    let input = dx_modules::Input::new(path, &source, loader, &settings);
    match dx_modules::transform(input, true, false) {
        Ok(output) => println!("// {:?}\n{}", output.record, output.code),
        Err(error) => println!("{error:?}"),
    }
}
