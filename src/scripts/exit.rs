//! How children end, in words, and ending as they did.

use rustix::process::{Signal, getpid, kill_process};

/// The signal of an interrupting user.
pub(crate) const SIGINT: i32 = 2;

const NAMES: [(i32, &str, &str); 13] = [
    (1, "SIGHUP", "Terminal closed"),
    (2, "SIGINT", "Interrupted"),
    (3, "SIGQUIT", "Quit"),
    (4, "SIGILL", "Illegal instruction"),
    (5, "SIGTRAP", "Trace or breakpoint trap"),
    (6, "SIGABRT", "Aborted"),
    (7, "SIGBUS", "Misaligned address error"),
    (8, "SIGFPE", "Arithmetic exception"),
    (9, "SIGKILL", "Forced quit"),
    (10, "SIGUSR1", "User-defined signal 1"),
    (11, "SIGSEGV", "Address boundary error"),
    (13, "SIGPIPE", "Broken pipe"),
    (15, "SIGTERM", "Polite quit request"),
];

/// `SIGKILL`
pub(crate) fn bare_name(signal: i32) -> String {
    let known = NAMES.iter().find(|(number, ..)| *number == signal);
    known.map_or_else(|| format!("signal {signal}"), |(_, name, _)| (*name).to_owned())
}

/// `SIGKILL (Forced quit)`
pub(crate) fn signal_name(signal: i32) -> String {
    let known = NAMES.iter().find(|(number, ..)| *number == signal);
    let Some((_, name, meaning)) = known else { return bare_name(signal) };
    format!("{name} ({meaning})")
}

/// Ends this process by a signal, as a child was; by the code a shell would give where it lives.
pub(crate) fn end_by(signal: i32) -> ! {
    if let Some(named) = Signal::from_named_raw(signal) {
        let _survived = kill_process(getpid(), named);
    }
    dx_sys::exit::now(128 + signal)
}

/// The inks where standard error shows colours, else nothing.
pub(crate) fn inks<const N: usize>(inks: [&'static str; N]) -> [&'static str; N] {
    if has_colors() { inks } else { [""; N] }
}

/// Whether standard error shows colours.
pub(crate) fn has_colors() -> bool {
    let set =
        |name: &str| std::env::var_os(name).is_some_and(|value| !value.is_empty() && value != "0");
    if set("NO_COLOR") {
        return false;
    }
    set("FORCE_COLOR") || rustix::termios::isatty(rustix::stdio::stderr())
}
