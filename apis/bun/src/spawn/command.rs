//! What is to be started, out of the arguments of an operation.
//!
//! Lists come as one string, their items parted by NUL, which no item may hold.

use std::{
    borrow::Cow,
    cell::OnceCell,
    ffi::CString,
    io,
    os::{fd::IntoRawFd, unix::ffi::OsStrExt},
    path::{Path, PathBuf},
    rc::Rc,
};

use dx_ops::{Call, ErrorClass, Exception, Host, Property, Value};
use dx_proc::{Command, Environment, Search, StartError, Stdio, Strings, find_executable};

use crate::errno::Failure;

/// Where programs are looked for in an environment without a path.
const DEFAULT_PATH: &str = "/usr/bin:/bin";

const FLAG_SESSION: u32 = 1;
const FLAG_TERMINAL: u32 = 2;

/// What names the channel to the parent; it is the process's own and no child's.
const CHANNEL: &str = "NODE_CHANNEL_";

/// The environment children get where the program says nothing.
struct Inherited {
    variables: Rc<Strings>,
    path: String,
}

/// Made once, from what the program was started with.
#[derive(Default)]
struct Inheritance(OnceCell<Rc<Inherited>>);

impl Inherited {
    fn of(host: &Host) -> Rc<Self> {
        let made = host.state::<Inheritance>();
        let made =
            made.0.get_or_init(|| Rc::new(Self::new(&host.state::<Environment>().variables())));
        Rc::clone(made)
    }

    fn new(all: &[(String, String)]) -> Self {
        let own = all.iter().filter(|(name, _)| !name.starts_with(CHANNEL));
        let variables = own.map(|(name, value)| format!("{name}={value}"));
        let path = all.iter().find(|(name, _)| name == "PATH");
        Self {
            variables: Rc::new(variables.collect()),
            path: path.map(|(_, path)| path.clone()).unwrap_or_default(),
        }
    }
}

fn c_string(text: &str) -> Result<CString, Exception> {
    CString::new(text).map_err(|_| Exception::type_error("a string holds a null byte"))
}

/// `n`: null device, `r`/`w`: a pipe the child reads from/writes to, `s`: a socket, a number: a
/// descriptor of the parent's; parted by commas.
fn stdio(text: &str) -> Vec<Stdio> {
    let kinds = text.split(',').filter(|kind| !kind.is_empty());
    kinds
        .map(|kind| match kind {
            "r" => Stdio::PipeIn,
            "w" => Stdio::PipeOut,
            "s" => Stdio::Socket,
            number => number.parse().map_or(Stdio::Null, Stdio::Inherit),
        })
        .collect()
}

fn identity(call: &Call<'_>, index: usize) -> Option<u32> {
    let number = call.arguments.number(index);
    number.is_finite().then_some(number as i64 as u32)
}

/// Where a program by this name is, and what it is called in errors.
struct Named {
    name: String,
    path: CString,
}

fn not_found(name: &str) -> Exception {
    let message = format!("Executable not found in $PATH: \"{name}\"");
    let mut exception = Exception::new(ErrorClass::Error, message).with_code("ENOENT");
    if !name.is_empty() {
        exception = exception.with_property("path", Property::String(name.to_owned()));
    }
    exception.with_property("errno", Property::Number(-2))
}

/// A name with a slash is a path, which the child resolves in its own directory.
fn resolve(name: String, path: &str, directory: Option<&str>) -> Result<Named, Exception> {
    if name.contains('/') {
        return Ok(Named { path: c_string(&name)?, name });
    }
    let here = Path::new(directory.unwrap_or("."));
    let here: Cow<'_, Path> = match here.is_absolute() {
        true => here.into(),
        false => std::env::current_dir().unwrap_or_default().join(here).into(),
    };
    let found = find_executable(&name, &Search { path, directory: &here });
    let found = found.ok_or_else(|| not_found(&name))?;
    let path = CString::new(found.as_os_str().as_bytes())
        .map_err(|_| Exception::type_error("a path holds a null byte"))?;
    Ok(Named { name, path })
}

/// A command, and the name its errors speak of.
pub(super) struct Prepared {
    pub(super) command: Command,
    pub(super) name: String,
}

/// `(name, arguments, environment or undefined, directory or undefined, stdio, flags, user,
/// group, control group, more variables or undefined)`, the first of the arguments being `argv[0]`.
pub(super) fn prepare(call: &Call<'_>) -> Result<Prepared, Exception> {
    let name = call.expect_string(0, "The name")?;
    let own = Inherited::of(call.host);
    let environment = call.arguments.string(2);
    let path = match &environment {
        Some(text) => text.split('\0').find_map(|item| item.strip_prefix("PATH=")),
        None => None,
    };
    let directory = call.arguments.string(3).filter(|directory| !directory.is_empty());
    let path = match path {
        Some("") => DEFAULT_PATH,
        Some(path) => path,
        None if environment.is_some() => DEFAULT_PATH,
        None => &own.path,
    };
    let named = resolve(name, path, directory.as_deref())?;
    let flags = call.arguments.number(5) as u32;
    let mut variables = match &environment {
        Some(text) if text.is_empty() => Rc::default(),
        Some(text) => Rc::new(Strings::parted(text)),
        None => Rc::clone(&own.variables),
    };
    if let Some(more) = call.arguments.string(9) {
        variables = Rc::new(variables.with(&more));
    }
    let command = Command {
        path: named.path,
        arguments: Rc::new(Strings::parted(&call.expect_string(1, "The arguments")?)),
        environment: variables,
        directory: directory.map(|directory| c_string(&directory)).transpose()?,
        descriptors: stdio(&call.expect_string(4, "The descriptors")?),
        new_session: flags & FLAG_SESSION != 0,
        takes_terminal: flags & FLAG_TERMINAL != 0,
        user: identity(call, 6),
        group: identity(call, 7),
        control_group: identity(call, 8).map(|descriptor| descriptor as i32),
    };
    Ok(Prepared { command, name: named.name })
}

/// Why a child did not start, as Bun words it.
pub(super) fn failure(failed: StartError, name: String) -> Exception {
    Failure { error: failed.error, syscall: "posix_spawn", path: Some(name) }.into_exception()
}

/// `childOpenFile(path, forWriting)`: a descriptor to give to a child.
pub(super) fn open_file(call: &mut Call<'_>) -> Result<Value, Exception> {
    const MODE: u32 = 0o664;
    let path = call.expect_string(0, "The path")?;
    let mut options = std::fs::OpenOptions::new();
    match call.arguments.boolean(1) {
        true => options.write(true).create(true).truncate(true),
        false => options.read(true),
    };
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, MODE);
    let opened = options.open(&path);
    let failed = |error: io::Error| Failure { error, syscall: "open", path: Some(path) };
    Ok(Value::from(opened.map_err(|error| failed(error).into_exception())?.into_raw_fd()))
}

/// `childDuplicate(descriptor)`: another one of the same open file.
pub(super) fn duplicate(call: &mut Call<'_>) -> Result<Value, Exception> {
    let copied = dx_sys::duplicate(call.arguments.number(0) as i32);
    let failed = |error| Failure { error, syscall: "dup", path: None }.into_exception();
    Ok(Value::from(copied.map_err(failed)?.into_raw_fd()))
}

/// `childOpenGroup(folder, file)`: the list of a control group's processes, to be joined by.
pub(super) fn open_group(call: &mut Call<'_>) -> Result<Value, Exception> {
    let (folder, file) = (call.expect_string(0, "folder")?, call.expect_string(1, "file")?);
    let opened = std::fs::OpenOptions::new().write(true).open(file);
    let failed = |error: io::Error| Failure { error, syscall: "open", path: Some(folder) };
    Ok(Value::from(opened.map_err(|error| failed(error).into_exception())?.into_raw_fd()))
}

/// `childCloseFile(descriptor)`: one of [`open_file`].
pub(super) fn close_file(call: &mut Call<'_>) -> Result<Value, Exception> {
    // Closing a number that names nothing changes nothing.
    let _ = dx_sys::close(call.arguments.number(0) as i32);
    Ok(Value::Undefined)
}

/// `which(name, path or undefined, directory or undefined)`: the path, or `null`.
pub(super) fn which(call: &mut Call<'_>) -> Result<Value, Exception> {
    let name = call.expect_string(0, "The name")?;
    let path = match call.arguments.string(1) {
        Some(path) => path,
        None => std::env::var("PATH").unwrap_or_default(),
    };
    let mut directory = std::env::current_dir().unwrap_or_default();
    if let Some(given) = call.arguments.string(2) {
        directory = directory.join(given);
    }
    let found = find_executable(&name, &Search { path: &path, directory: &directory });
    let text = |path: PathBuf| Value::String(path.to_string_lossy().into_owned());
    Ok(found.map_or(Value::Null, text))
}
