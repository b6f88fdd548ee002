//! Pseudo-terminals: the controlling side is a stream, the child's side a descriptor to give away.

use std::os::fd::{AsFd, BorrowedFd, IntoRawFd};

use dx_ops::{Call, Exception, Value};
use rustix::termios::{self, ControlModes, InputModes, LocalModes, OptionalActions, OutputModes};

use super::streams::Streams;
use crate::errno::Failure;

fn failed(error: impl Into<std::io::Error>, syscall: &'static str) -> Exception {
    Failure { error: error.into(), syscall, path: None }.into_exception()
}

/// `terminalOpen(columns, rows)`: the stream, and the descriptor of the child's side.
pub(super) fn open(call: &mut Call<'_>) -> Result<Value, Exception> {
    let size = [call.arguments.number(0) as u16, call.arguments.number(1) as u16];
    let opened = dx_proc::open_terminal(size[0], size[1]);
    let (controller, subject) = opened.map_err(|error| failed(error, "openpty"))?;
    let stream = call.host.state::<Streams>().add(call.host, controller);
    Ok(Value::Array(vec![Value::from(stream), Value::from(subject.into_raw_fd())]))
}

fn with_terminal<R>(
    call: &Call<'_>,
    action: impl FnOnce(BorrowedFd<'_>) -> rustix::io::Result<R>,
    syscall: &'static str,
) -> Result<R, Exception> {
    let number = call.arguments.number(0) as i32;
    // A descriptor of its own for the call, so that none can be closed under it.
    let own = dx_sys::duplicate(number).map_err(|error| failed(error, syscall))?;
    action(own.as_fd()).map_err(|error| failed(error, syscall))
}

/// `terminalResize(descriptor, columns, rows)`
pub(super) fn resize(call: &mut Call<'_>) -> Result<Value, Exception> {
    let size = termios::Winsize {
        ws_col: call.arguments.number(1) as u16,
        ws_row: call.arguments.number(2) as u16,
        ws_xpixel: 0,
        ws_ypixel: 0,
    };
    with_terminal(call, |terminal| termios::tcsetwinsize(terminal, size), "ioctl")?;
    Ok(Value::Undefined)
}

/// `terminalFlags(descriptor)`: the input, output, control and local modes.
pub(super) fn flags(call: &mut Call<'_>) -> Result<Value, Exception> {
    let modes = with_terminal(call, |terminal| termios::tcgetattr(terminal), "tcgetattr")?;
    let bits = [
        modes.input_modes.bits(),
        modes.output_modes.bits(),
        modes.control_modes.bits(),
        modes.local_modes.bits(),
    ];
    Ok(Value::Array(bits.map(Value::from).into()))
}

/// `terminalSetFlags(descriptor, which, bits)`, the modes numbered as [`flags`] lists them.
pub(super) fn set_flags(call: &mut Call<'_>) -> Result<Value, Exception> {
    let (which, bits) = (call.arguments.number(1) as u32, call.arguments.number(2) as u32);
    let change = |terminal: BorrowedFd<'_>| {
        let mut modes = termios::tcgetattr(terminal)?;
        match which {
            0 => modes.input_modes = InputModes::from_bits_retain(bits),
            1 => modes.output_modes = OutputModes::from_bits_retain(bits),
            2 => modes.control_modes = ControlModes::from_bits_retain(bits),
            _ => modes.local_modes = LocalModes::from_bits_retain(bits),
        }
        termios::tcsetattr(terminal, OptionalActions::Now, &modes)
    };
    with_terminal(call, change, "tcsetattr")?;
    Ok(Value::Undefined)
}

/// `terminalSetRaw(descriptor, raw)`: input by bytes, unechoed and uninterpreted, or by lines.
pub(super) fn set_raw(call: &mut Call<'_>) -> Result<Value, Exception> {
    let raw = call.arguments.boolean(1);
    let change = |terminal: BorrowedFd<'_>| {
        let mut modes = termios::tcgetattr(terminal)?;
        let input = InputModes::BRKINT
            | InputModes::ICRNL
            | InputModes::INPCK
            | InputModes::ISTRIP
            | InputModes::IXON;
        let local = LocalModes::ECHO | LocalModes::ICANON | LocalModes::IEXTEN | LocalModes::ISIG;
        if raw {
            modes.input_modes.remove(input);
            modes.local_modes.remove(local);
            modes.control_modes.insert(ControlModes::CS8);
        } else {
            modes.input_modes.insert(InputModes::BRKINT | InputModes::ICRNL | InputModes::IXON);
            modes.local_modes.insert(local);
        }
        termios::tcsetattr(terminal, OptionalActions::Drain, &modes)
    };
    with_terminal(call, change, "tcsetattr")?;
    Ok(Value::Undefined)
}
