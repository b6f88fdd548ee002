//! Standard output and standard error, for the console.
//!
//! A line is written at once and whole: the call returns when the kernel has every byte, waiting
//! where a terminal or pipe is non-blocking and full. A reader that has gone away is not an
//! error of the program: what cannot be written is dropped.

use std::{env, io::IsTerminal, os::fd::AsFd, time::Instant};

use dx_ops::{Call, Exception, Value, ValueKind};
use rustix::{
    event::{PollFd, PollFlags, poll},
    io::{Errno, write},
};

/// When the isolate first asked for the time.
struct Start(Instant);

impl Default for Start {
    fn default() -> Self {
        Self(Instant::now())
    }
}

/// Writes all of `bytes`; stops where the other end is closed.
fn write_all(output: impl AsFd, mut bytes: &[u8]) {
    while !bytes.is_empty() {
        match write(&output, bytes) {
            Ok(count) => bytes = &bytes[count..],
            Err(Errno::INTR) => {}
            Err(Errno::AGAIN) => wait_until_writable(&output),
            Err(_) => return,
        }
    }
}

fn wait_until_writable(output: &impl AsFd) {
    let mut descriptors = [PollFd::new(output, PollFlags::OUT)];
    // Interrupted or failed, the write that follows tells.
    let _ = poll(&mut descriptors, None);
}

fn write_argument(call: &Call<'_>, output: impl AsFd) -> Result<Value, Exception> {
    if call.arguments.kind(0) == ValueKind::Bytes {
        let bytes = call.expect_bytes(0, "chunk")?;
        write_all(output, bytes);
        return Ok(Value::Number(bytes.len() as f64));
    }
    let mut text = call.expect_string(0, "chunk")?;
    if call.arguments.boolean(1) {
        text.push('\n');
    }
    write_all(output, text.as_bytes());
    Ok(Value::Number(text.len() as f64))
}

/// Writes a string or bytes to standard output, and a newline after a string where the second
/// argument says so; answers how many bytes that were.
///
/// # Errors
/// When the argument is neither.
pub fn write_stdout(call: &mut Call<'_>) -> Result<Value, Exception> {
    write_argument(call, std::io::stdout())
}

/// The same to standard error.
///
/// # Errors
/// When the argument is neither.
pub fn write_stderr(call: &mut Call<'_>) -> Result<Value, Exception> {
    write_argument(call, std::io::stderr())
}

/// Whether colours go to a stream: `FORCE_COLOR` decides, then `NO_COLOR`, then the terminal.
fn use_colors_on(is_terminal: bool, force: Option<&str>, no_color: Option<&str>) -> bool {
    let is_false = |value: &str| matches!(value, "0" | "false");
    if force.is_some_and(|value| !is_false(value)) {
        return true;
    }
    if no_color.is_some_and(|value| !value.is_empty() && !is_false(value)) {
        return false;
    }
    is_terminal
}

/// Whether the output of descriptor 1 or 2 is coloured.
///
/// # Errors
/// Never.
pub fn use_colors(call: &mut Call<'_>) -> Result<Value, Exception> {
    let is_terminal = if call.arguments.number(0) == 2.0 {
        std::io::stderr().is_terminal()
    } else {
        std::io::stdout().is_terminal()
    };
    let force = env::var("FORCE_COLOR").ok();
    let no_color = env::var("NO_COLOR").ok();
    Ok(Value::Boolean(use_colors_on(is_terminal, force.as_deref(), no_color.as_deref())))
}

/// Milliseconds since the first call in this isolate, with their fraction.
///
/// # Errors
/// Never.
pub fn elapsed_milliseconds(call: &mut Call<'_>) -> Result<Value, Exception> {
    let start = call.host.state::<Start>();
    Ok(Value::Number(start.0.elapsed().as_secs_f64() * 1000.0))
}

/// `readStdinByte()`: waits for one byte of standard input; -1 where there is none.
pub(crate) fn read_stdin_byte(_call: &mut Call<'_>) -> Result<Value, Exception> {
    let mut byte = [0_u8];
    loop {
        match rustix::io::read(rustix::stdio::stdin(), &mut byte) {
            Ok(1) => return Ok(Value::Number(f64::from(byte[0]))),
            Err(rustix::io::Errno::INTR) => {}
            // Somebody has made it non-blocking.
            Err(rustix::io::Errno::AGAIN) => wait_for_stdin(),
            _ => return Ok(Value::Number(-1.0)),
        }
    }
}

fn wait_for_stdin() {
    let stdin = rustix::stdio::stdin();
    let mut waiting = [rustix::event::PollFd::new(&stdin, rustix::event::PollFlags::IN)];
    // A failure shows when it is read again.
    let _ = rustix::event::poll(&mut waiting, None);
}

#[cfg(test)]
mod tests {
    use super::{use_colors_on, write_all};
    use std::{
        io::Read,
        os::{fd::AsFd, unix::net::UnixStream},
    };

    #[test]
    fn colours_follow_the_environment_before_the_terminal() {
        let cases = [
            (false, None, None, false),
            (true, None, None, true),
            (false, Some(""), None, true),
            (false, Some("1"), Some("1"), true),
            (true, Some("0"), None, true),
            (false, Some("false"), None, false),
            (true, None, Some("1"), false),
            (true, None, Some(""), true),
            (true, None, Some("0"), true),
        ];
        for (is_terminal, force, no_color, expected) in cases {
            let actual = use_colors_on(is_terminal, force, no_color);
            assert_eq!(actual, expected, "{is_terminal} {force:?} {no_color:?}");
        }
    }

    #[test]
    fn a_full_non_blocking_stream_loses_nothing() {
        let (near, mut far) = UnixStream::pair().unwrap();
        near.set_nonblocking(true).unwrap();
        let sent: Vec<u8> = (0..4_000_000_u32).map(|index| index as u8).collect();
        let copy = sent.clone();
        let writer = std::thread::spawn(move || write_all(near.as_fd(), &copy));
        let mut received = Vec::new();
        far.read_to_end(&mut received).unwrap();
        writer.join().unwrap();
        assert!(received == sent);
    }

    #[test]
    fn a_closed_reader_ends_the_write() {
        let (near, far) = UnixStream::pair().unwrap();
        drop(far);
        write_all(near.as_fd(), b"nobody reads this");
    }
}
