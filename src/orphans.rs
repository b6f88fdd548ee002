//! `--no-orphans`: the process dies with its parent, and its descendants die with it.
//!
//! The kernel does the first. For the second the process becomes the reaper of what its children
//! leave behind, so that at its end every descendant is, sooner or later, a child of it. Where
//! the kernel refuses either, the program runs all the same. A signal that ends the process at
//! once leaves its descendants alone.

use std::{fs, io, path::Path, thread, time::Duration};

use rustix::process::{
    Pid, Signal, WaitOptions, getpid, getppid, kill_process, set_child_subreaper,
    set_parent_process_death_signal, waitpid,
};

/// How often, and how long apart, the children are looked for that a killed one leaves.
const ROUNDS_MAX: usize = 1_000;
const ROUND: Duration = Duration::from_millis(1);

/// Has none be left from now on.
///
/// # Errors
/// What the kernel says to either wish; the other may hold then.
pub(crate) fn forbid() -> io::Result<()> {
    dx_sys::exit::set_last(end_descendants);
    set_child_subreaper(Some(getpid()))?;
    set_parent_process_death_signal(Some(Signal::KILL))?;
    // It may have died before the kernel was asked.
    if getppid().is_none_or(Pid::is_init) {
        dx_sys::exit::now(1);
    }
    Ok(())
}

fn end_descendants() {
    for _ in 0..ROUNDS_MAX {
        let children = children();
        if children.is_empty() {
            return;
        }
        for child in children {
            // One that has ended meanwhile is waited for below.
            let _ended = kill_process(child, Signal::KILL);
            let _reaped = waitpid(Some(child), WaitOptions::NOHANG);
        }
        thread::sleep(ROUND);
    }
}

/// The children of all threads.
fn children() -> Vec<Pid> {
    let tasks = fs::read_dir("/proc/self/task").into_iter().flatten().flatten();
    tasks.flat_map(|task| children_of(&task.path())).collect()
}

fn children_of(task: &Path) -> Vec<Pid> {
    let text = fs::read_to_string(task.join("children")).unwrap_or_default();
    text.split_whitespace().filter_map(|word| Pid::from_raw(word.parse().ok()?)).collect()
}
