//! Compression Streams (Compression Standard): the state behind CompressionStream and
//! DecompressionStream.
//!
//! A stream's state lives in a table of the isolate under a number its JavaScript holds, and is
//! gone when the stream ends, fails or is given up. Large pieces are worked on by the process's
//! pool of threads: the state goes there and comes back, and the stream asks for one step at a
//! time. It fails by rejecting the step's promise; the state is gone then.

use std::{cell::RefCell, collections::HashMap};

use dx_coding::{Compressor, Decompressor, Fault, Format};
use dx_ops::{Call, Deferred, Exception, Property, Value};

/// From this size on, in bytes, a piece is worked on by another thread.
const ELSEWHERE_BYTES: usize = 32 * 1024;
/// Decompressed bytes that one step gives at most, about.
const STEP_BYTES: usize = 256 * 1024;

enum Stream {
    Compress(Box<Compressor>),
    Decompress(Box<Decompressor>, Format),
}

#[derive(Default)]
struct Streams {
    next: RefCell<u32>,
    open: RefCell<HashMap<u32, Stream>>,
}

/// What one step gave: the bytes, how much of the piece was taken, and whether there is more.
type Step = Result<(Option<Stream>, Vec<u8>, usize, bool), Exception>;

/// `compressionOpen(format, decompress)`: the stream's number; `undefined` for another format.
pub(crate) fn open(call: &mut Call<'_>) -> Result<Value, Exception> {
    let name = call.expect_string(0, "format")?;
    let Some(format) = Format::from_name(&name) else { return Ok(Value::Undefined) };
    let stream = if call.arguments.boolean(1) {
        Stream::Decompress(Box::new(Decompressor::new(format)), format)
    } else {
        let compressor = Compressor::new(format).map_err(|error| failed(&error))?;
        Stream::Compress(Box::new(compressor))
    };
    let streams = call.host.state::<Streams>();
    let number = streams.next.replace_with(|number| number.wrapping_add(1));
    streams.open.borrow_mut().insert(number, stream);
    Ok(Value::from(number))
}

/// `compressionClose(number)`
pub(crate) fn close(call: &mut Call<'_>) -> Result<Value, Exception> {
    let number = call.arguments.number(0) as u32;
    call.host.state::<Streams>().open.borrow_mut().remove(&number);
    Ok(Value::Undefined)
}

/// `compressionStep(number, bytes, isLast)`: the output, the bytes taken, and whether to ask again
/// with the rest.
pub(crate) fn step(call: &mut Call<'_>, deferred: Deferred) -> Result<(), Exception> {
    let number = call.arguments.number(0) as u32;
    let bytes = call.expect_bytes(1, "chunk")?.to_vec();
    let is_last = call.arguments.boolean(2);
    let streams = call.host.state::<Streams>();
    let Some(stream) = streams.open.borrow_mut().remove(&number) else {
        return Err(Exception::type_error("The stream has ended."));
    };
    if bytes.len() < ELSEWHERE_BYTES {
        deferred.settle(answer(&streams, number, run(stream, &bytes, is_last)));
        return Ok(());
    }
    call.host.spawn(async move {
        let job = move || run(stream, &bytes, is_last);
        let step = dx_blocking::shared().run_when_free(job).await;
        let step = step.unwrap_or_else(|error| Err(Exception::type_error(error.to_string())));
        deferred.settle(answer(&streams, number, step));
    });
    Ok(())
}

fn answer(streams: &Streams, number: u32, step: Step) -> Result<Value, Exception> {
    let (stream, out, taken, more) = step?;
    if let Some(stream) = stream {
        streams.open.borrow_mut().insert(number, stream);
    }
    Ok(Value::Array(vec![Value::Bytes(out), Value::Number(taken as f64), more.into()]))
}

fn run(stream: Stream, bytes: &[u8], is_last: bool) -> Step {
    let mut out = Vec::new();
    match stream {
        Stream::Compress(mut compressor) => {
            compressor.push(bytes, &mut out).map_err(|error| failed(&error))?;
            let left = match is_last {
                true => {
                    compressor.finish(&mut out).map_err(|error| failed(&error))?;
                    None
                }
                false => Some(Stream::Compress(compressor)),
            };
            Ok((left, out, bytes.len(), false))
        }
        Stream::Decompress(mut decompressor, format) => {
            let progress = decompressor.decode(bytes, &mut out, STEP_BYTES);
            let progress = progress.map_err(|fault| refused(&fault, format))?;
            if is_last && !progress.more {
                decompressor.finish().map_err(|fault| refused(&fault, format))?;
                return Ok((None, out, progress.taken, false));
            }
            let left = Stream::Decompress(decompressor, format);
            Ok((Some(left), out, progress.taken, progress.more))
        }
    }
}

fn failed(error: &std::io::Error) -> Exception {
    Exception::type_error(error.to_string())
}

/// The TypeError that the standard asks for, in Bun's words.
fn refused(fault: &Fault, format: Format) -> Exception {
    match fault {
        Fault::Truncated => Exception::type_error("unexpected end of file"),
        Fault::TrailingJunk { .. } => {
            Exception::type_error("Trailing junk found after the end of the compressed stream")
                .with_code("ERR_TRAILING_JUNK_AFTER_STREAM_END")
        }
        Fault::Corrupt(Some(name)) if format == Format::Brotli => {
            Exception::type_error("brotli decode failed")
                .with_property("code", Property::String(format!("ERR__{name}")))
        }
        Fault::Corrupt(_) => Exception::type_error(match format {
            Format::Zstd => "zstd decode failed",
            _ => "inflate failed",
        }),
    }
}
