//! Times the transform of files: `measure FILE...`. Prints the median of many runs of each file,
//! in microseconds, and a sum of the code's length so that the work is not optimised away.

use std::{path::Path, time::Instant};

use dx_modules::{Input, Loader, Settings, transform};

const RUNS: usize = 51;

fn main() {
    let settings = Settings::of_tsconfig(None, true);
    let mut produced = 0;
    for path in std::env::args().skip(1) {
        let source = std::fs::read_to_string(&path).unwrap_or_default();
        let path = Path::new(&path);
        let loader = Loader::of_path(path);
        let input = Input::new(path, &source, loader, &settings);
        let mut times: Vec<_> = (0..RUNS)
            .map(|_| {
                let start = Instant::now();
                produced += transform(input, true, false).map_or(0, |output| output.code.len());
                start.elapsed()
            })
            .collect();
        let first = times[0];
        times.sort();
        println!(
            "{:>8} bytes  first {:>8.1} us  median {:>8.1} us  {}",
            source.len(),
            first.as_secs_f64() * 1e6,
            times[RUNS / 2].as_secs_f64() * 1e6,
            path.display()
        );
    }
    println!("{produced} bytes made");
}
