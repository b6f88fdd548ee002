//! Bun.gzipSync, Bun.deflateSync, Bun.zstdCompress and their inverses, on whole buffers.
//!
//! The asynchronous forms run on the process's pool of threads.

use dx_coding::{Fault, Format};
use dx_ops::{Call, Deferred, ErrorClass, Exception, Value};

struct Job {
    format: Format,
    level: Option<u32>,
    is_inverse: bool,
}

impl Job {
    /// `(format, level or -1, isInverse, bytes)`
    fn of(call: &Call<'_>) -> Result<Self, Exception> {
        let name = call.expect_string(0, "format")?;
        let level = call.arguments.number(1);
        Ok(Self {
            format: Format::from_name(&name)
                .ok_or_else(|| Exception::type_error("Unknown format"))?,
            level: (level >= 0.0).then_some(level as u32),
            is_inverse: call.arguments.boolean(2),
        })
    }

    fn run(&self, input: &[u8]) -> Result<Vec<u8>, Exception> {
        if self.is_inverse {
            let plain = dx_coding::decompress(self.format, input);
            return plain.map_err(|fault| self.failure(&fault, input));
        }
        dx_coding::compress(self.format, self.level, input)
            .map_err(|error| Exception::new(ErrorClass::Error, error.to_string()))
    }

    fn failure(&self, fault: &Fault, input: &[u8]) -> Exception {
        if self.format == Format::Zstd {
            let name = if input.is_empty() || *fault != Fault::Truncated {
                "InvalidZstdData"
            } else {
                "ZstdDecompressionError"
            };
            let message = format!("Decompression failed: {name}");
            return Exception::new(ErrorClass::Error, message).with_code("ERR_ZSTD");
        }
        let is_gzip = self.format == Format::Gzip && !input.starts_with(&[0x1f, 0x8b]);
        let is_zlib = self.format == Format::Deflate && !is_zlib_head(input);
        let message = match fault {
            _ if is_gzip || is_zlib => "incorrect header check",
            Fault::Truncated => "unexpected end of file",
            Fault::Corrupt(Some(message)) => message.as_str(),
            _ => "Zlib returned an error",
        };
        Exception::new(ErrorClass::Error, message)
    }
}

/// RFC 1950, section 2.2: the method, and a check sum of both bytes.
fn is_zlib_head(input: &[u8]) -> bool {
    matches!(input, &[method, flags, ..]
        if method & 15 == 8 && (u32::from(method) << 8 | u32::from(flags)) % 31 == 0)
}

/// `compressNow(format, level, isInverse, bytes)`
pub(crate) fn now(call: &mut Call<'_>) -> Result<Value, Exception> {
    Job::of(call)?.run(call.expect_bytes(3, "data")?).map(Value::Bytes)
}

/// `compressElsewhere(format, level, isInverse, bytes)`
pub(crate) fn elsewhere(call: &mut Call<'_>, deferred: Deferred) -> Result<(), Exception> {
    let job = Job::of(call)?;
    let input = call.expect_bytes(3, "data")?.to_vec();
    let present = |done: Result<_, _>| done.map(Value::Bytes);
    crate::elsewhere::run(call, deferred, move || job.run(&input), present);
    Ok(())
}
