//! Identity, environment, directory and the standard streams.

use std::{cell::RefCell, io, os::fd::BorrowedFd, path::Path};

use dx_ops::{Call, Exception, Host, Property, Value};
use rustix::{event, fs, process, termios};

use dx_sys::errno::describe;

/// What the program was started with; set by the command line before it runs.
#[derive(Clone, Debug, Default)]
pub struct StartedWith {
    /// `process.argv`
    pub argv: Vec<String>,
    /// `process.argv0`
    pub argv0: String,
    /// `process.execPath`
    pub exec_path: String,
    /// `process.execArgv`
    pub exec_argv: Vec<String>,
    /// `process._eval`
    pub eval: Option<String>,
    /// Which `.env` files are read.
    pub environment_files: dx_proc::EnvironmentFiles,
}

/// The isolate's place for [`StartedWith`].
#[derive(Default)]
struct Started(RefCell<StartedWith>);

impl StartedWith {
    /// Makes `process` of the isolate on `host` say this.
    pub fn install(self, host: &Host) {
        let environment = host.state::<dx_proc::Environment>();
        environment.read_from(self.environment_files.clone());
        *host.state::<Started>().0.borrow_mut() = self;
    }
}

/// An error of a system call, as Node words it.
pub(crate) fn system_error(error: &io::Error, syscall: &str, subject: &str) -> Exception {
    let number = error.raw_os_error().unwrap_or(0);
    let (code, text) = describe(number);
    let message = format!("{code}: {text}, {syscall}{subject}");
    Exception::new(dx_ops::ErrorClass::Error, message)
        .with_code(code)
        .with_property("errno", Property::Number(-i64::from(number)))
        .with_property("syscall", Property::String(syscall.to_owned()))
}

pub(crate) fn pid(_call: &mut Call<'_>) -> Result<Value, Exception> {
    Ok(Value::from(std::process::id()))
}

pub(crate) fn parent_pid(_call: &mut Call<'_>) -> Result<Value, Exception> {
    Ok(Value::from(process::getppid().map_or(0, |parent| parent.as_raw_nonzero().get())))
}

pub(crate) fn started_with(call: &mut Call<'_>) -> Result<Value, Exception> {
    let started = call.host.state::<Started>();
    let started = started.0.borrow();
    let list =
        |items: &[String]| Value::Array(items.iter().map(|item| item.as_str().into()).collect());
    Ok(Value::Object(vec![
        ("argv", list(&started.argv)),
        ("argv0", started.argv0.as_str().into()),
        ("execPath", started.exec_path.as_str().into()),
        ("execArgv", list(&started.exec_argv)),
        ("eval", Value::from(started.eval.clone())),
    ]))
}

/// The environment as names and values by turns.
pub(crate) fn environment(call: &mut Call<'_>) -> Result<Value, Exception> {
    let variables = call.host.state::<dx_proc::Environment>().variables();
    let flat = variables.iter().flat_map(|(name, value)| [name, value]);
    Ok(Value::Array(flat.map(|text| Value::from(text.as_str())).collect()))
}

/// `variable(name)`: one variable of the environment the process was started with.
pub(crate) fn variable(call: &mut Call<'_>) -> Result<Value, Exception> {
    let name = call.expect_string(0, "The name")?;
    Ok(Value::from(std::env::var(name).ok()))
}

pub(crate) fn working_directory(_call: &mut Call<'_>) -> Result<Value, Exception> {
    match std::env::current_dir() {
        Ok(path) => Ok(Value::String(path.to_string_lossy().into_owned())),
        Err(error) => Err(system_error(&error, "getcwd", "")),
    }
}

pub(crate) fn change_directory(call: &mut Call<'_>) -> Result<Value, Exception> {
    let to = call.expect_string(0, "The directory")?;
    let from = std::env::current_dir().unwrap_or_default();
    std::env::set_current_dir(Path::new(&to)).map_err(|error| {
        let number = error.raw_os_error().unwrap_or(0);
        let (code, text) = describe(number);
        let message = format!("{code}: {text}, chdir '{}' -> '{to}'", from.display());
        Exception::new(dx_ops::ErrorClass::Error, message)
            .with_code(code)
            .with_property("path", Property::String(from.display().to_string()))
            .with_property("dest", Property::String(to.clone()))
            .with_property("syscall", Property::String("chdir".to_owned()))
            .with_property("errno", Property::Number(-i64::from(number)))
    })?;
    Ok(Value::Undefined)
}

/// `umask(mask?)`: the old mask; without an argument nothing changes.
pub(crate) fn umask(call: &mut Call<'_>) -> Result<Value, Exception> {
    let wanted = call.arguments.number(0);
    let set = |bits: u32| process::umask(fs::Mode::from_raw_mode(bits)).as_raw_mode();
    if wanted.is_nan() {
        let old = set(0);
        set(old);
        return Ok(Value::from(old));
    }
    Ok(Value::from(set(wanted as u32)))
}

pub(crate) fn identity(call: &mut Call<'_>) -> Result<Value, Exception> {
    let which = call.expect_string(0, "The name")?;
    Ok(match which.as_str() {
        "getuid" => Value::from(process::getuid().as_raw()),
        "geteuid" => Value::from(process::geteuid().as_raw()),
        "getgid" => Value::from(process::getgid().as_raw()),
        "getegid" => Value::from(process::getegid().as_raw()),
        _ => {
            let groups = process::getgroups().unwrap_or_default();
            Value::Array(groups.iter().map(|group| Value::from(group.as_raw())).collect())
        }
    })
}

pub(crate) fn set_title(call: &mut Call<'_>) -> Result<Value, Exception> {
    let title = call.expect_string(0, "The title")?;
    // The kernel keeps 15 bytes; a title it refuses stays what it was.
    let _ = dx_sys::thread::name_current_thread(&title);
    Ok(Value::Undefined)
}

pub(crate) fn exit(call: &mut Call<'_>) -> Result<Value, Exception> {
    call.host.exit(call.arguments.number(0) as i32);
    Ok(Value::Undefined)
}

pub(crate) fn abort(_call: &mut Call<'_>) -> Result<Value, Exception> {
    std::process::abort()
}

/// `write(descriptor, text or bytes)`: all of it, waiting where the stream is full.
pub(crate) fn write(call: &mut Call<'_>) -> Result<Value, Exception> {
    let descriptor = call.arguments.number(0) as i32;
    let text = call.arguments.string(1);
    let bytes = match &text {
        Some(text) => text.as_bytes(),
        None => call.expect_bytes(1, "The chunk")?,
    };
    write_all(descriptor, bytes).map_err(|error| system_error(&error, "write", ""))?;
    Ok(Value::Undefined)
}

fn write_all(descriptor: i32, mut bytes: &[u8]) -> io::Result<()> {
    while !bytes.is_empty() {
        match dx_sys::file::write(descriptor, bytes, u64::MAX) {
            Ok(written) => bytes = &bytes[written..],
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => wait_writable(descriptor)?,
            Err(error) => return Err(error),
        }
    }
    Ok(())
}

fn wait_writable(descriptor: i32) -> io::Result<()> {
    with_standard_stream(descriptor, |stream| {
        let mut polled = [event::PollFd::from_borrowed_fd(stream, event::PollFlags::OUT)];
        match event::poll(&mut polled, None) {
            Ok(_) | Err(rustix::io::Errno::INTR) => Ok(()),
            Err(error) => Err(error.into()),
        }
    })
}

fn with_standard_stream<R>(descriptor: i32, action: impl FnOnce(BorrowedFd<'_>) -> R) -> R {
    match descriptor {
        0 => action(rustix::stdio::stdin()),
        1 => action(rustix::stdio::stdout()),
        _ => action(rustix::stdio::stderr()),
    }
}

pub(crate) fn is_terminal(call: &mut Call<'_>) -> Result<Value, Exception> {
    let descriptor = call.arguments.number(0) as i32;
    Ok(Value::from(with_standard_stream(descriptor, |stream| termios::isatty(stream))))
}

/// `windowSize(descriptor)`: columns and rows.
pub(crate) fn window_size(call: &mut Call<'_>) -> Result<Value, Exception> {
    let descriptor = call.arguments.number(0) as i32;
    let size = with_standard_stream(descriptor, |stream| termios::tcgetwinsize(stream));
    let (columns, rows) = size.map_or((80, 24), |size| (size.ws_col, size.ws_row));
    Ok(Value::Array(vec![Value::from(u32::from(columns)), Value::from(u32::from(rows))]))
}
