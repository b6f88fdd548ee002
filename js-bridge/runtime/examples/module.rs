//! Runs a program with its modules and every extension: `module <file>`.

use dx_reactor::Reactor;
use dx_runtime::{Isolate, IsolateOptions};

fn main() {
    let path = std::env::args().nth(1).expect("usage: module <file>");
    let folder = std::env::current_dir().expect("a working directory");
    let (driver, _) = dx_driver::probe_and_open(None).expect("a driver");
    let apis = [dx_compat_web::EXTENSIONS, dx_compat_bun::EXTENSIONS, dx_compat_node::EXTENSIONS];
    let extensions = [dx_modules::EXTENSION].into_iter().chain(apis.concat()).collect();
    let options = IsolateOptions { extensions, ends_process: true, ..IsolateOptions::default() };
    let isolate = Isolate::new(Reactor::new(driver), options).expect("an isolate");
    let arguments = [path.as_str(), &folder.to_string_lossy()];
    isolate.call_prelude("runtime/modules", "runMain", &arguments);
    std::process::exit(isolate.run());
}
