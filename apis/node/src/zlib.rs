//! node:zlib: the coders behind its streams and functions.
//!
//! A coder lives in a table of the isolate under a number its JavaScript holds, and is gone when
//! that closes it. One step takes bytes of input and a way to flush, and gives about as much
//! output as it was allowed. The Sync forms step at once, the others on the process's pool.
//! Fails with the code, number and text of the library of each format.

use std::{cell::RefCell, collections::HashMap};

use dx_coding::{Compressor, Decompressor, Fault, Format};
use dx_ops::{
    Call, Deferred, ErrorClass, Exception, Extension, Op, PreludeModule, Property, Value,
    prelude_module,
};
use flate2::{Compress, Compression, Decompress, FlushCompress, FlushDecompress, Status};

/// What this family adds to an isolate.
pub(crate) const EXTENSION: Extension = Extension {
    name: "node-zlib",
    modules: MODULES,
    ops: &[
        Op::sync("open", open),
        Op::sync("step", step),
        Op::sync("expectBytes", expect_bytes),
        Op::asynchronous("stepElsewhere", step_elsewhere),
        Op::sync("setLevel", set_level),
        Op::sync("close", close),
        Op::sync("crc32", crc32),
    ],
    globals: &[],
    builtins: &[("node:zlib", "node/zlib")],
};

const MODULES: &[PreludeModule] = &[
    prelude_module!("node/zlib", "apis/node/js/zlib/zlib.js"),
    prelude_module!("node/zlib-constants", "apis/node/js/zlib/constants.js"),
    prelude_module!("node/zlib-handle", "apis/node/js/zlib/handle.js"),
    prelude_module!("node/zlib-options", "apis/node/js/zlib/options.js"),
    prelude_module!("node/zlib-streams", "apis/node/js/zlib/streams.js"),
];

// Ways to flush, as zlib numbers them.
const PARTIAL_FLUSH: u32 = 1;
const SYNC_FLUSH: u32 = 2;
const FULL_FLUSH: u32 = 3;
const FINISH: u32 = 4;

enum Coder {
    Deflate(Compress),
    Inflate { engine: Decompress, dictionary: Option<Vec<u8>> },
    Compress(Option<Compressor>),
    Decompress(Decompressor, Format),
}

#[derive(Default)]
struct Coders {
    next: RefCell<u32>,
    open: RefCell<HashMap<u32, Coder>>,
}

/// What one step gave: the output, the input taken, whether there is more output for it, and
/// whether the stream has ended.
struct Stepped {
    out: Vec<u8>,
    taken: usize,
    more: bool,
    ended: bool,
}

impl From<Stepped> for Value {
    fn from(Stepped { out, taken, more, ended }: Stepped) -> Self {
        Self::Array(vec![Self::Bytes(out), Self::Number(taken as f64), more.into(), ended.into()])
    }
}

/// `open(format, decompress, level, windowBits, dictionary)`: the coder's number.
fn open(call: &mut Call<'_>) -> Result<Value, Exception> {
    let name = call.expect_string(0, "format")?;
    let decompress = call.arguments.boolean(1);
    let level = call.arguments.number(2);
    let window = (call.arguments.number(3) as u8).clamp(9, 15);
    let dictionary = call.arguments.bytes(4).map(<[u8]>::to_vec);
    let format = Format::from_name(&name).ok_or_else(|| Exception::type_error("format"))?;
    let coder = match (format, decompress) {
        (Format::Gzip | Format::Deflate | Format::DeflateRaw, false) => {
            Coder::Deflate(deflate(format, level, window, dictionary.as_deref())?)
        }
        (Format::Gzip | Format::Deflate | Format::DeflateRaw, true) => {
            inflate(format, window, dictionary)?
        }
        (_, true) => Coder::Decompress(Decompressor::new(format), format),
        (_, false) => {
            let level = (level >= 0.0).then_some(level as u32);
            let made = Compressor::with_level(format, level);
            Coder::Compress(Some(made.map_err(|error| failure(&error.to_string(), -2))?))
        }
    };
    let coders = call.host.state::<Coders>();
    let number = coders.next.replace_with(|number| number.wrapping_add(1));
    coders.open.borrow_mut().insert(number, coder);
    Ok(Value::from(number))
}

fn deflate(
    format: Format,
    level: f64,
    window: u8,
    dictionary: Option<&[u8]>,
) -> Result<Compress, Exception> {
    let level = match level {
        level if level >= 0.0 => Compression::new(level as u32),
        _ => Compression::default(),
    };
    let mut engine = match format {
        Format::Gzip => Compress::new_gzip(level, window),
        Format::Deflate => Compress::new_with_window_bits(level, true, window),
        _ => Compress::new_with_window_bits(level, false, window),
    };
    if let Some(dictionary) = dictionary {
        engine.set_dictionary(dictionary).map_err(|_| failure("Bad dictionary", -2))?;
    }
    Ok(engine)
}

fn inflate(format: Format, window: u8, dictionary: Option<Vec<u8>>) -> Result<Coder, Exception> {
    let mut engine = match format {
        Format::Gzip => Decompress::new_gzip(window),
        Format::Deflate => Decompress::new_with_window_bits(true, window),
        _ => Decompress::new_with_window_bits(false, window),
    };
    if let (Format::DeflateRaw, Some(dictionary)) = (format, &dictionary) {
        engine.set_dictionary(dictionary).map_err(|_| failure("Bad dictionary", -3))?;
    }
    Ok(Coder::Inflate { engine, dictionary })
}

/// An error of zlib's, by its number.
fn failure(message: &str, number: i32) -> Exception {
    let code = match number {
        2 => "Z_NEED_DICT",
        -2 => "Z_STREAM_ERROR",
        -5 => "Z_BUF_ERROR",
        _ => "Z_DATA_ERROR",
    };
    with_number(message, code, number)
}

fn with_number(message: &str, code: &str, number: i32) -> Exception {
    Exception::new(ErrorClass::Error, message)
        .with_property("errno", Property::Number(i64::from(number)))
        .with_property("code", Property::String(code.to_owned()))
}

impl Coder {
    fn step(&mut self, input: &[u8], flush: u32, bound: usize) -> Result<Stepped, Exception> {
        match self {
            Self::Deflate(engine) => run_deflate(engine, input, flush, bound),
            Self::Inflate { engine, dictionary } => {
                run_inflate(engine, dictionary.as_deref(), input, flush, bound)
            }
            Self::Compress(compressor) => run_compressor(compressor, input, flush),
            Self::Decompress(decompressor, format) => {
                run_decompressor(decompressor, *format, input, flush, bound)
            }
        }
    }
}

fn run_deflate(
    engine: &mut Compress,
    input: &[u8],
    flush: u32,
    bound: usize,
) -> Result<Stepped, Exception> {
    let how = match flush {
        PARTIAL_FLUSH => FlushCompress::Partial,
        SYNC_FLUSH => FlushCompress::Sync,
        FULL_FLUSH => FlushCompress::Full,
        FINISH => FlushCompress::Finish,
        _ => FlushCompress::None,
    };
    let (taken, made) = (engine.total_in(), engine.total_out());
    let mut out = vec![0; bound];
    let status =
        engine.compress(input, &mut out, how).map_err(|error| failure(&error.to_string(), -2))?;
    out.truncate((engine.total_out() - made) as usize);
    let ended = status == Status::StreamEnd;
    let more = out.len() == bound && !ended;
    Ok(Stepped { taken: (engine.total_in() - taken) as usize, more, ended, out })
}

fn run_inflate(
    engine: &mut Decompress,
    dictionary: Option<&[u8]>,
    mut input: &[u8],
    flush: u32,
    bound: usize,
) -> Result<Stepped, Exception> {
    let (before, made) = (engine.total_in(), engine.total_out());
    let mut out = vec![0; bound];
    let given = input.len();
    let status = loop {
        let start = engine.total_in();
        let room = (engine.total_out() - made) as usize;
        match engine.decompress(input, &mut out[room..], FlushDecompress::None) {
            Ok(status) => break status,
            Err(error) if error.needs_dictionary().is_some() => {
                let dictionary = dictionary.ok_or_else(|| failure("Missing dictionary", 2))?;
                engine.set_dictionary(dictionary).map_err(|_| failure("Bad dictionary", -3))?;
                input = &input[(engine.total_in() - start) as usize..];
            }
            Err(error) => {
                return Err(failure(error.message().unwrap_or("invalid data"), -3));
            }
        }
    };
    out.truncate((engine.total_out() - made) as usize);
    let ended = status == Status::StreamEnd;
    let taken = (engine.total_in() - before) as usize;
    let more = out.len() == bound && !ended;
    if flush == FINISH && !ended && !more && taken == given {
        return Err(failure("unexpected end of file", -5));
    }
    Ok(Stepped { taken, more, ended, out })
}

fn run_compressor(
    compressor: &mut Option<Compressor>,
    input: &[u8],
    flush: u32,
) -> Result<Stepped, Exception> {
    let mut out = Vec::new();
    let failed = |error: std::io::Error| failure(&error.to_string(), -2);
    if let Some(engine) = compressor {
        engine.push(input, &mut out).map_err(failed)?;
        if matches!(flush, PARTIAL_FLUSH | SYNC_FLUSH | FULL_FLUSH) {
            engine.flush(&mut out).map_err(failed)?;
        }
    }
    let ended = flush == FINISH;
    if ended && let Some(engine) = compressor.take() {
        engine.finish(&mut out).map_err(failed)?;
    }
    Ok(Stepped { taken: input.len(), more: false, ended, out })
}

fn run_decompressor(
    decompressor: &mut Decompressor,
    format: Format,
    input: &[u8],
    flush: u32,
    bound: usize,
) -> Result<Stepped, Exception> {
    let mut out = Vec::new();
    let progress = decompressor.decode(input, &mut out, bound);
    let progress = match progress {
        Ok(progress) => progress,
        // What follows the end is left where it is.
        Err(Fault::TrailingJunk { taken }) => {
            return Ok(Stepped { out, taken, more: false, ended: true });
        }
        Err(fault) => return Err(fault_of(&fault, format)),
    };
    let finished = decompressor.finish();
    // As in Bun, a zstd frame that was cut gives what it had.
    if flush == FINISH && !progress.more && format != Format::Zstd {
        finished.clone().map_err(|fault| fault_of(&fault, format))?;
    }
    Ok(Stepped { out, taken: progress.taken, more: progress.more, ended: finished.is_ok() })
}

fn fault_of(fault: &Fault, format: Format) -> Exception {
    match (fault, format) {
        (Fault::Corrupt(Some(name)), Format::Brotli) => {
            with_number("Decompression failed", &format!("ERR__{name}"), -2)
        }
        (Fault::Corrupt(_), Format::Zstd) => {
            with_number("Unknown frame descriptor", "ZSTD_error_prefix_unknown", 10)
        }
        (Fault::Corrupt(_), _) => with_number("Decompression failed", "Z_DATA_ERROR", -3),
        _ => failure("unexpected end of file", -5),
    }
}

/// `step(number, bytes, flush, bound)`: output, input taken, whether there is more output for it,
/// whether the stream has ended.
fn step(call: &mut Call<'_>) -> Result<Value, Exception> {
    let number = call.arguments.number(0) as u32;
    let (flush, bound) = (call.arguments.number(2) as u32, call.arguments.number(3) as usize);
    let coders = call.host.state::<Coders>();
    let mut open = coders.open.borrow_mut();
    let coder = open.get_mut(&number).ok_or_else(closed)?;
    Ok(coder.step(call.expect_bytes(1, "data")?, flush, bound)?.into())
}

/// `expectBytes(number, count)`: how much a coder that is new will be given in all.
fn expect_bytes(call: &mut Call<'_>) -> Result<Value, Exception> {
    let (number, count) = (call.arguments.number(0) as u32, call.arguments.number(1) as u64);
    let coders = call.host.state::<Coders>();
    if let Some(Coder::Compress(Some(engine))) = coders.open.borrow_mut().get_mut(&number) {
        engine.expect_bytes(count).map_err(|error| failure(&error.to_string(), -2))?;
    }
    Ok(Value::Undefined)
}

/// `stepElsewhere`: a step on another thread; the coder is there again when it has ended.
fn step_elsewhere(call: &mut Call<'_>, deferred: Deferred) -> Result<(), Exception> {
    let number = call.arguments.number(0) as u32;
    let bytes = call.expect_bytes(1, "data")?.to_vec();
    let (flush, bound) = (call.arguments.number(2) as u32, call.arguments.number(3) as usize);
    let coders = call.host.state::<Coders>();
    let mut coder = coders.open.borrow_mut().remove(&number).ok_or_else(closed)?;
    call.host.spawn(async move {
        let job = move || {
            let stepped = coder.step(&bytes, flush, bound);
            (coder, stepped)
        };
        match dx_blocking::shared().run_when_free(job).await {
            Ok((coder, stepped)) => {
                coders.open.borrow_mut().insert(number, coder);
                deferred.settle(stepped.map(Value::from));
            }
            Err(error) => deferred.settle(Err(failure(&error.to_string(), -2))),
        }
    });
    Ok(())
}

fn closed() -> Exception {
    Exception::new(ErrorClass::Error, "zlib binding closed")
}

/// `setLevel(number, level)`: for what follows.
fn set_level(call: &mut Call<'_>) -> Result<Value, Exception> {
    let (number, level) = (call.arguments.number(0) as u32, call.arguments.number(1));
    let coders = call.host.state::<Coders>();
    if let Some(Coder::Deflate(engine)) = coders.open.borrow_mut().get_mut(&number) {
        let level =
            if level >= 0.0 { Compression::new(level as u32) } else { Compression::default() };
        engine.set_level(level).map_err(|error| failure(&error.to_string(), -2))?;
    }
    Ok(Value::Undefined)
}

/// `close(number)`
fn close(call: &mut Call<'_>) -> Result<Value, Exception> {
    let number = call.arguments.number(0) as u32;
    call.host.state::<Coders>().open.borrow_mut().remove(&number);
    Ok(Value::Undefined)
}

/// `crc32(bytes, start)`
fn crc32(call: &mut Call<'_>) -> Result<Value, Exception> {
    let mut hasher = crc32fast::Hasher::new_with_initial(call.arguments.number(1) as u32);
    hasher.update(call.expect_bytes(0, "data")?);
    Ok(Value::from(hasher.finalize()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cut_stream_is_refused_and_a_whole_one_is_not() {
        let mut engine = deflate(Format::Gzip, 9.0, 15, None).expect("an encoder");
        let packed = run_deflate(&mut engine, b"hello hello", FINISH, 1024).expect("output");
        assert!(packed.ended);
        let unpack = |bytes: &[u8]| {
            let mut coder = inflate(Format::Gzip, 15, None).expect("a decoder");
            coder.step(bytes, FINISH, 1024)
        };
        assert_eq!(unpack(&packed.out).expect("output").out, b"hello hello");
        let cut = unpack(&packed.out[..packed.out.len() - 3]).err().expect("refused");
        assert_eq!(cut.message, "unexpected end of file");
        let wrong = unpack(b"abcdefgh").err().expect("refused");
        assert_eq!(wrong.message, "incorrect header check");
    }
}
