//! Starts that are not waited for. Alone in its process: a file that was just written cannot be
//! started while another thread's child still has it open.

use std::{ffi::CString, rc::Rc};

use dx_proc::{Command, Known, Step, Strings};
use dx_reactor::Reactor;

/// A script that names `interpreter`, which is there so far.
fn script_of(folder: &std::path::Path) -> (std::path::PathBuf, Command) {
    use std::os::unix::fs::PermissionsExt;
    let (interpreter, script) = (folder.join("interpreter"), folder.join("script"));
    std::fs::copy("/bin/sh", &interpreter).unwrap();
    std::fs::write(&script, format!("#!{}\nexit 3\n", interpreter.display())).unwrap();
    std::fs::set_permissions(&script, std::fs::Permissions::from_mode(0o755)).unwrap();
    let path = script.to_str().unwrap();
    let command = Command {
        path: CString::new(path).unwrap(),
        arguments: Rc::new(Strings::from_iter([path])),
        ..Command::default()
    };
    (interpreter, command)
}

#[test]
fn a_start_that_was_taken_for_certain_and_fails_is_told_at_its_end() {
    let (driver, _) = dx_driver::probe_and_open(None).unwrap();
    let reactor = Reactor::new(driver);
    let shard = reactor.clone();
    let body = async move {
        let folder = std::env::temp_dir().join(format!("known-{}", std::process::id()));
        std::fs::create_dir_all(&folder).unwrap();
        let (interpreter, command) = script_of(&folder);
        let known = Known::default();
        for _ in 0..3 {
            let (mut child, _) = command.start_known(&known).unwrap();
            assert_eq!(child.ended(&reactor).await.unwrap().code, Some(3));
            assert!(child.failure().is_none());
        }
        // Seen anew, so that what follows falls within the time for which that counts.
        let (mut child, _) = command.start_known(&known).unwrap();
        std::fs::remove_file(interpreter).unwrap();
        let late = command.start_known(&known);
        child.ended(&reactor).await.unwrap();
        let failed = match late {
            Ok((mut child, _)) => {
                child.ended(&reactor).await.unwrap();
                child.failure().unwrap()
            }
            // The machine was too slow: it was waited for.
            Err(failed) => failed,
        };
        assert_eq!((failed.step, failed.error.raw_os_error()), (Step::Execute, Some(2)));
        // With another file by that name nothing is certain any more.
        std::fs::remove_dir_all(&folder).unwrap();
        assert_eq!(command.start_known(&known).unwrap_err().step, Step::Execute);
    };
    shard.block_on(body).unwrap();
    shard.shutdown().unwrap();
}
