//! Runs a classic script with every extension: `script <file>`. For measuring the runtime by
//! itself, without the command line and without modules.

use dx_reactor::Reactor;
use dx_runtime::{Isolate, IsolateOptions};

fn main() {
    let path = std::env::args().nth(1).expect("usage: script <file>");
    let source = std::fs::read_to_string(&path).expect("a readable script");
    let start = std::time::Instant::now();
    let (driver, _) = dx_driver::probe_and_open(None).expect("a driver");
    let apis = [dx_compat_web::EXTENSIONS, dx_compat_bun::EXTENSIONS, dx_compat_node::EXTENSIONS];
    let extensions = apis.concat();
    let options = IsolateOptions { extensions, ends_process: true, ..IsolateOptions::default() };
    let isolate = Isolate::new(Reactor::new(driver), options).expect("an isolate");
    let made = start.elapsed();
    isolate.run_script(&source, &path);
    if std::env::var_os("SCRIPT_TIMES").is_some() {
        eprintln!("isolate {made:?}, script {:?}", start.elapsed() - made);
    }
    let code = isolate.run();
    if std::env::var_os("SCRIPT_TIMES").is_some() {
        eprintln!("all {:?}", start.elapsed());
    }
    std::process::exit(code);
}
