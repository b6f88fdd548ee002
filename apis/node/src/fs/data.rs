//! Bytes of files, read and written at once: the synchronous forms.

use std::{
    ffi::CString,
    io::{self, IoSlice, IoSliceMut},
    sync::atomic::{AtomicUsize, Ordering::Relaxed},
};

use dx_ops::{Call, Exception, Value, ValueKind};
use dx_sys::{descriptor, file};

use crate::fs::{
    answer::{Answer, text},
    arguments::{self, KernelPath, path, position, unsigned},
};

/// Steps of reading and writing whole files, as their failures are numbered.
pub(crate) const STEP_OPEN: i32 = 0;
/// See [`STEP_OPEN`].
pub(crate) const STEP_READ: i32 = 1;
/// See [`STEP_OPEN`].
const STEP_SYNC: i32 = 2;

/// Asks for the file's own position.
pub(crate) const OWN_POSITION: u64 = u64::MAX;
/// Read at a time from what does not say how long it is.
const CHUNK: usize = 64 * 1024;
const O_TRUNC: i32 = 0o1000;
const KIND_MASK: u16 = 0o170_000;
const REGULAR: u16 = 0o100_000;
const FOLDER: u16 = 0o040_000;

/// How long the content of a file may be: as long as an array can be. A device that has no end
/// is given up here, not when the memory is full.
static CONTENT_MAX: AtomicUsize = AtomicUsize::new(1 << 32);

/// Sets the bound of content, in bytes; the one before.
pub(crate) fn limit_content(bytes: usize) -> usize {
    CONTENT_MAX.swap(bytes, Relaxed)
}

/// Makes room for what is to be read next, unless that is too much.
pub(crate) fn reserve(bytes: &mut Vec<u8>, more: usize) -> Result<(), Failed> {
    if bytes.len().saturating_add(more) > CONTENT_MAX.load(Relaxed) {
        return Err((io::ErrorKind::OutOfMemory.into(), STEP_READ));
    }
    bytes.try_reserve(more).map_err(|error| (error.into(), STEP_READ))
}

/// A whole file's bytes as they are asked for.
#[derive(Clone, Copy, PartialEq)]
pub(crate) enum Form {
    Bytes,
    Text,
    Latin1,
}

impl Form {
    /// 0 for bytes, 1 for UTF-8, 2 for Latin-1.
    pub(crate) fn from_argument(call: &Call<'_>, index: usize) -> Self {
        match call.arguments.number(index) as i32 {
            1 => Self::Text,
            2 => Self::Latin1,
            _ => Self::Bytes,
        }
    }

    /// The bytes in this form.
    pub(crate) fn value(self, bytes: Vec<u8>) -> Value {
        match self {
            Self::Bytes => Value::ArrayBuffer(bytes),
            Self::Text => text(bytes),
            Self::Latin1 => Value::Latin1(bytes),
        }
    }
}

/// A file given by path or by descriptor.
pub(crate) enum Target {
    Path(CString),
    Descriptor(i32),
}

impl Target {
    pub(crate) fn from_argument(call: &Call<'_>, index: usize) -> Result<Self, Exception> {
        Ok(match call.arguments.kind(index) {
            ValueKind::Number => Self::Descriptor(arguments::descriptor(call, index)),
            _ => Self::Path(path(call, index)?),
        })
    }
}

/// An error and the step it came in.
pub(crate) type Failed = (io::Error, i32);

/// A descriptor that is closed behind its user.
struct Closing(i32);

impl Drop for Closing {
    fn drop(&mut self) {
        // Nobody is left to tell what close says of a file that was read.
        let _ = dx_sys::close(self.0);
    }
}

fn retry<T>(mut action: impl FnMut() -> io::Result<T>) -> io::Result<T> {
    loop {
        match action() {
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            result => return result,
        }
    }
}

/// What has been read of an open file, and all that is left of it, read from its own position.
fn read_on(number: i32, begun: &[u8]) -> Result<Vec<u8>, Failed> {
    let status = file::status_of_descriptor(number).map_err(|error| (error, STEP_READ))?;
    let kind = status.stx_mode & KIND_MASK;
    if kind == FOLDER {
        const IS_FOLDER: i32 = 21;
        return Err((io::Error::from_raw_os_error(IS_FOLDER), STEP_READ));
    }
    let known = if kind == REGULAR { status.stx_size as usize } else { 0 };
    let failed = |error: io::Error| (error, STEP_READ);
    let mut bytes = Vec::new();
    let room = if known > begun.len() { known } else { begun.len() + CHUNK };
    reserve(&mut bytes, room)?;
    bytes.extend_from_slice(begun);
    loop {
        if bytes.len() == bytes.capacity() {
            reserve(&mut bytes, CHUNK)?;
        }
        let count = retry(|| descriptor::read_appending(number, &mut bytes, OWN_POSITION));
        let count = count.map_err(failed)?;
        // A regular file of known size is done when it is full: one call less.
        if count == 0 || (known > 0 && bytes.len() == known) {
            break;
        }
    }
    bytes.shrink_to_fit();
    Ok(bytes)
}

/// A file to be read: one that was opened for it, or the program's own.
enum Source {
    Opened(Closing),
    Given(i32),
}

impl Source {
    /// The path or descriptor at `index`, opened with `flags` where it is a path.
    fn open(call: &Call<'_>, index: usize, flags: i32) -> Result<Result<Self, Failed>, Exception> {
        if call.arguments.kind(index) == ValueKind::Number {
            return Ok(Ok(Self::Given(arguments::descriptor(call, index))));
        }
        let path = KernelPath::from_argument(call, index)?;
        let opened = retry(|| file::open(path.as_c_str(), flags, 0o666));
        Ok(opened.map(|number| Self::Opened(Closing(number))).map_err(|error| (error, STEP_OPEN)))
    }

    /// Fills `scratch` from the file's own position: how far; or the whole content, where it is
    /// too long for that.
    ///
    /// Asking where a file ends costs less than its status, and than reading until there is no
    /// more.
    fn read(&self, scratch: &mut [u8]) -> Result<Content, Failed> {
        let (number, is_own) = match self {
            Self::Opened(Closing(number)) => (*number, true),
            Self::Given(number) => (*number, false),
        };
        let mut count = 0;
        while count < scratch.len() {
            let read = retry(|| descriptor::read(number, &mut scratch[count..], OWN_POSITION));
            match read.map_err(|error| (error, STEP_READ))? {
                0 => return Ok(Content::Short(count)),
                more => count += more,
            }
            if is_own && descriptor::ends_at(number, count as u64) {
                return Ok(Content::Short(count));
            }
        }
        read_on(number, scratch).map(Content::Long)
    }
}

/// What was read of a file.
enum Content {
    /// So many bytes at the beginning of the scratch buffer.
    Short(usize),
    Long(Vec<u8>),
}

/// `readFileText(path or fd, flags, form, scratch)`: a string, or the failure.
pub(crate) fn read_file_text(call: &mut Call<'_>) -> Result<Value, Exception> {
    const SCRATCH_AT: usize = 3;
    let form = Form::from_argument(call, 2);
    let source = Source::open(call, 0, call.arguments.number(1) as i32)?;
    let scratch = call.arguments.bytes_mut(SCRATCH_AT).unwrap_or_default();
    Ok(match source.and_then(|source| source.read(scratch)) {
        Ok(Content::Short(end)) if form == Form::Latin1 || scratch[..end].is_ascii() => {
            Value::Latin1Of { argument: SCRATCH_AT, start: 0, end }
        }
        Ok(Content::Short(count)) => form.value(scratch[..count].to_vec()),
        Ok(Content::Long(bytes)) => form.value(bytes),
        Err((error, step)) => Answer::failed_step(&error, step).into(),
    })
}

/// `readFileInto(path or fd, flags, scratch)`: how many bytes of the scratch buffer are the file;
/// all bytes where they are too many for it; or the failure.
pub(crate) fn read_file_into(call: &mut Call<'_>) -> Result<Value, Exception> {
    let source = Source::open(call, 0, call.arguments.number(1) as i32)?;
    let scratch = call.arguments.bytes_mut(2).unwrap_or_default();
    Ok(match source.and_then(|source| source.read(scratch)) {
        Ok(Content::Short(count)) => Value::Number(count as f64),
        Ok(Content::Long(bytes)) => Value::ArrayBuffer(bytes),
        Err((error, step)) => Answer::failed_step(&error, step).into(),
    })
}

/// `hastenCollection(bytes)`: has the next collection come as if so much more had been allocated.
pub(crate) fn hasten_collection(call: &mut Call<'_>) -> Result<Value, Exception> {
    call.arguments.hasten_collection(call.arguments.number(0) as usize);
    Ok(Value::Undefined)
}

/// Writes all of `bytes` at the file's own position.
pub(crate) fn write_all(number: i32, mut bytes: &[u8]) -> io::Result<()> {
    while !bytes.is_empty() {
        match file::write(number, bytes, OWN_POSITION) {
            Ok(0) => return Err(io::ErrorKind::WriteZero.into()),
            Ok(count) => bytes = &bytes[count..],
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => {
                wait_writable(number);
            }
            Err(error) => return Err(error),
        }
    }
    Ok(())
}

/// Sleeps until a descriptor that would not wait takes more.
fn wait_writable(number: i32) {
    const PAUSE: std::time::Duration = std::time::Duration::from_micros(200);
    while !file::is_ready(number, false, true) {
        std::thread::sleep(PAUSE);
    }
}

/// Opens, writes and closes; with `flush`, waits for the disk.
///
/// A file that is to be truncated is cut off behind what was written, not when it is opened: some
/// file systems write out at once what an open truncated.
pub(crate) fn write_whole(
    target: &Target,
    bytes: &[u8],
    flags: i32,
    mode: u32,
    flush: bool,
) -> Result<(), Failed> {
    let path = match target {
        Target::Descriptor(number) => return write_open(*number, bytes, flush),
        Target::Path(path) => path,
    };
    let truncates = flags & O_TRUNC != 0;
    let number = retry(|| file::open(path, flags & !O_TRUNC, mode));
    let opened = Closing(number.map_err(|error| (error, STEP_OPEN))?);
    let written = write_open(opened.0, bytes, false);
    if truncates {
        let length = match &written {
            Ok(()) => bytes.len() as u64,
            Err(_) => descriptor::position(opened.0).unwrap_or(u64::MAX),
        };
        cut(opened.0, length);
    }
    if flush {
        written?;
        return file::sync(opened.0, false).map_err(|error| (error, STEP_SYNC));
    }
    written
}

fn write_open(number: i32, bytes: &[u8], flush: bool) -> Result<(), Failed> {
    write_all(number, bytes).map_err(|error| (error, STEP_READ))?;
    if flush {
        file::sync(number, false).map_err(|error| (error, STEP_SYNC))?;
    }
    Ok(())
}

/// Leaves `length` bytes of a regular file.
fn cut(number: i32, length: u64) {
    let Ok(status) = file::status_of_descriptor(number) else { return };
    if status.stx_mode & KIND_MASK == REGULAR && status.stx_size > length {
        // What cannot be cut off was not opened for writing, which the write has said.
        let _ = descriptor::truncate(number, length);
    }
}

/// `writeFileSync(path or fd, data, flags, mode, flush)`: 0 or the failure.
pub(crate) fn write_file(call: &mut Call<'_>) -> Result<Value, Exception> {
    let target = Target::from_argument(call, 0)?;
    let (flags, mode) = (call.arguments.number(2) as i32, unsigned(call, 3));
    let flush = call.arguments.boolean(4);
    let string = call.arguments.string(1);
    let bytes = match &string {
        Some(text) => text.as_bytes(),
        None => call.expect_bytes(1, "data")?,
    };
    Ok(match write_whole(&target, bytes, flags, mode, flush) {
        Ok(()) => Value::Number(0.0),
        Err((error, step)) => Answer::failed_step(&error, step).into(),
    })
}

/// `offset, length` at `index` within a buffer of `size` bytes.
fn range(call: &Call<'_>, index: usize, size: usize) -> std::ops::Range<usize> {
    let start = (call.arguments.number(index).max(0.0) as usize).min(size);
    let length = call.arguments.number(index + 1).max(0.0) as usize;
    start..start.saturating_add(length).min(size)
}

/// `readSync(fd, buffer, offset, length, position)`: how many bytes, or the failure.
pub(crate) fn read(call: &mut Call<'_>) -> Result<Value, Exception> {
    let (number, position) = (arguments::descriptor(call, 0), position(call, 4));
    let size = call.expect_bytes(1, "buffer")?.len();
    let range = range(call, 2, size);
    let into = call.arguments.bytes_mut(1).unwrap_or_default();
    let into = into.get_mut(range).unwrap_or_default();
    Ok(Answer::from(retry(|| descriptor::read(number, into, position))).into())
}

/// `writeSync(fd, buffer, offset, length, position)`: how many bytes, or the failure.
pub(crate) fn write(call: &mut Call<'_>) -> Result<Value, Exception> {
    let (number, position) = (arguments::descriptor(call, 0), position(call, 4));
    let bytes = call.expect_bytes(1, "buffer")?;
    let bytes = bytes.get(range(call, 2, bytes.len())).unwrap_or_default();
    Ok(Answer::from(retry(|| file::write(number, bytes, position))).into())
}

/// `writeTextSync(fd, text, position)`: how many bytes of the UTF-8, or the failure.
pub(crate) fn write_text(call: &mut Call<'_>) -> Result<Value, Exception> {
    let (number, position) = (arguments::descriptor(call, 0), position(call, 2));
    let text = call.expect_string(1, "text")?;
    Ok(Answer::from(retry(|| file::write(number, text.as_bytes(), position))).into())
}

/// `readvSync(fd, position, ...buffers)`: how many bytes, or the failure.
pub(crate) fn readv(call: &mut Call<'_>) -> Result<Value, Exception> {
    let (number, position) = (arguments::descriptor(call, 0), position(call, 1));
    let lengths: Vec<usize> = (2..call.arguments.count())
        .map(|index| call.arguments.bytes(index).map_or(0, <[u8]>::len))
        .collect();
    let mut parts: Vec<Vec<u8>> = lengths.iter().map(|&length| vec![0; length]).collect();
    let mut slices: Vec<IoSliceMut<'_>> =
        parts.iter_mut().map(|part| IoSliceMut::new(part)).collect();
    let read = retry(|| descriptor::read_vectors(number, &mut slices, position));
    if let Ok(mut left) = read {
        for (index, part) in (2..).zip(&parts) {
            let count = left.min(part.len());
            left -= count;
            if let Some(into) = call.arguments.bytes_mut(index) {
                into[..count].copy_from_slice(&part[..count]);
            }
        }
    }
    Ok(Answer::from(read).into())
}

/// `writevSync(fd, position, ...buffers)`: how many bytes, or the failure.
pub(crate) fn writev(call: &mut Call<'_>) -> Result<Value, Exception> {
    let (number, position) = (arguments::descriptor(call, 0), position(call, 1));
    let slices: Vec<IoSlice<'_>> = (2..call.arguments.count())
        .filter_map(|index| call.arguments.bytes(index).map(IoSlice::new))
        .collect();
    Ok(Answer::from(write_gathered(number, &slices, position)).into())
}

/// What the kernel takes in one call.
const VECTORS_MAX: usize = 1024;

/// As `writev(2)`, however many buffers there are; may be short.
pub(crate) fn write_gathered(
    number: i32,
    slices: &[IoSlice<'_>],
    mut position: u64,
) -> io::Result<usize> {
    let mut written = 0;
    for part in slices.chunks(VECTORS_MAX) {
        let wanted: usize = part.iter().map(|slice| slice.len()).sum();
        match retry(|| descriptor::write_vectors(number, part, position)) {
            Ok(count) => {
                written += count;
                if position != OWN_POSITION {
                    position += count as u64;
                }
                if count < wanted {
                    break;
                }
            }
            Err(_) if written > 0 => break,
            Err(error) => return Err(error),
        }
    }
    if slices.is_empty() {
        return descriptor::write_vectors(number, &[], position);
    }
    Ok(written)
}

#[cfg(test)]
mod tests {
    use super::{limit_content, reserve};

    #[test]
    fn content_beyond_the_bound_is_out_of_memory() {
        let before = limit_content(1 << 20);
        let mut bytes = vec![0; 1 << 19];
        assert!(reserve(&mut bytes, 1 << 19).is_ok());
        let (error, _) = reserve(&mut bytes, (1 << 19) + 1).expect_err("more than the bound");
        assert_eq!(error.kind(), std::io::ErrorKind::OutOfMemory);
        assert_eq!(limit_content(before), 1 << 20);
    }
}
