//! What the command line asks for.
//!
//! Options of dx stand before the file; everything after it belongs to the program.

mod flags;

use dx_compat_test::TestOptions;
use dx_kernel::{Threads, TopologyKind};
use dx_modules::Wishes;
use dx_proc::EnvironmentFiles;

pub(crate) use flags::parse;

/// The text of `dx --help`.
pub(crate) const HELP: &str = "\
dx: a Bun-compatible JavaScript and TypeScript server runtime

Usage: dx [options] <file or script> [arguments]
       dx run [options] <file, script or program> [arguments]
       dx [options] -e <code> | -p <code> [arguments]
       dx exec <shell script> [arguments]
       dx test [options] [patterns]
       dx loadtest [options] <url>

Options:
  --threads N|auto        threads to use (default 1)
  --topology KIND         inline, split (one script thread, the others do I/O) or
                          replicated (the program runs once on every thread)
  --watch                 start anew when a loaded file changes
  --hot                   evaluate the modules anew instead; globals and servers stay
  --no-clear-screen       leave the terminal as it is then
  --no-orphans            end with the parent process, and every descendant with this one
  --graceful              on SIGTERM, answer what was received before ending
  --verbose               say which I/O driver is used, and why
  -c, --config=FILE       bunfig.toml to read
  --conditions NAME       one more condition of packages' exports
  --tsconfig-override FILE  in place of every tsconfig.json
  --preserve-symlinks     modules are where their links are
  -d, --define NAME:VALUE  put a value of JSON, or a name, in place of a global
  --drop NAME             leave out the calls of a global, or `debugger`
  --feature NAME          have feature(NAME) of bun:bundle be true
  -l, --loader .EXT:KIND  js, jsx, ts, tsx, json, toml, yaml, text, file, napi
  --jsx-runtime KIND      automatic or classic; also --jsx-factory, --jsx-fragment,
                          --jsx-import-source
  --port N                where Bun.serve listens that names no port
  --user-agent TEXT       what fetch calls itself
  --console-depth N       how deep objects are printed; 0 for all of them
  --env-file FILES, --no-env-file
  -e, --eval CODE         run CODE instead of a file; a file named - is standard input
  -p, --print CODE        the same, and print the value of its last expression
  --version, --help

Scripts of package.json:
  --silent                do not print the command
  --if-present            what is not there is no failure
  -b, --bun               `node` is dx
  -F, --filter PATTERN    run the script in the packages of the workspace so named
  --workspaces            in all of them
  --parallel, --sequential  several scripts, with their names before their lines
  --no-exit-on-error      do not end the others when one fails

Environment:
  DX_DRIVER=uring|epoll|sim    force an I/O driver
  DX_LOOPBACK=process|tcp      what fetch and WebSocket ask of a server on their own thread stays
                               within the process (the default), or goes through the kernel";

/// The text of `dx exec` without a script.
pub(crate) const EXEC_HELP: &str = "\
Usage: dx exec <script>

Execute a shell script directly from dx.

Note: If executing this from a shell, make sure to escape the string!

Examples:
  dx exec \"echo hi\"
  dx exec \"echo \\\"hey friends\\\"!\"";

/// One command.
#[derive(Debug)]
pub(crate) enum Command {
    /// Run a program.
    Run(Box<RunOptions>),
    /// Run tests.
    Test(Box<TestOptions>),
    /// Generate load.
    LoadTest(Vec<String>),
    /// Print the version.
    Version,
    /// Print the help text.
    Help,
    /// Print how `test` is used.
    TestHelp,
    /// Print how `exec` is used.
    ExecHelp,
}

/// What a program is.
#[derive(Clone, Debug)]
pub(crate) enum Entry {
    /// A file, as given.
    File(String),
    /// Code of the command line or of standard input.
    Code { text: String, prints: bool, is_input: bool },
    /// A script in the shell's language.
    Shell(String),
    /// Test files.
    Tests(Box<TestOptions>),
}

impl Default for Entry {
    fn default() -> Self {
        Self::File(String::new())
    }
}

/// How to run a program.
#[derive(Debug, Default)]
pub(crate) struct RunOptions {
    pub(crate) entry: Entry,
    /// What `process.argv[1]` calls it, where that is not the file.
    pub(crate) called: Option<String>,
    /// What follows it.
    pub(crate) arguments: Vec<String>,
    /// Options before it, for `process.execArgv`.
    pub(crate) own_arguments: Vec<String>,
    pub(crate) threads: Option<Threads>,
    pub(crate) topology: Option<TopologyKind>,
    /// Modules imported before the program.
    pub(crate) preload: Vec<String>,
    /// Servers that fetch connects to before the program runs.
    pub(crate) preconnect: Vec<String>,
    /// `fetch` offers HTTP/2 where a program does not say which version it wants.
    pub(crate) offers_http2: bool,
    /// Another working directory.
    pub(crate) directory: Option<String>,
    /// Dies with its parent, and takes its descendants along.
    pub(crate) no_orphans: bool,
    pub(crate) graceful: bool,
    pub(crate) verbose: bool,
    pub(crate) scripts: ScriptOptions,
    /// How modules are found and read.
    pub(crate) wishes: Wishes,
    /// The bunfig.toml to read, where named.
    pub(crate) config: Option<String>,
    /// How deep the console prints objects; 0 for all of them.
    pub(crate) console_depth: Option<u32>,
    pub(crate) reload: Option<Reload>,
    /// The terminal keeps what it shows when the program starts anew.
    pub(crate) keeps_screen: bool,
    /// Where the environment is added to from.
    pub(crate) environment_files: EnvironmentFiles,
}

/// What happens when a loaded file changes.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Reload {
    /// The process starts anew.
    Process,
    /// The modules are evaluated anew, globals and servers stay.
    Modules,
}

/// How scripts of package.json are run.
#[derive(Debug, Default)]
#[allow(clippy::struct_excessive_bools, reason = "flags of a command line")]
pub(crate) struct ScriptOptions {
    /// `run` was said, which lets programs of the system be named.
    pub(crate) is_run: bool,
    /// The command is `node`: everything is a file.
    pub(crate) as_node: bool,
    pub(crate) silent: bool,
    /// What is not there is no failure.
    pub(crate) if_present: bool,
    /// `node` is this runtime.
    pub(crate) force_own_node: bool,
    pub(crate) parallel: bool,
    pub(crate) sequential: bool,
    pub(crate) no_exit_on_error: bool,
    pub(crate) workspaces: bool,
    pub(crate) filters: Vec<String>,
}
