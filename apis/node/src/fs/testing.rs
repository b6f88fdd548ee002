//! What the runtime's own tests ask of files (`bun:internal-for-testing`): files in memory, and
//! little memory.

use std::os::fd::IntoRawFd;

use dx_ops::{Call, Exception, Value};
use rustix::fs::{MemfdFlags, ftruncate, memfd_create};

use crate::fs::{answer::Answer, data};

/// `memfdCreate(size)`: the descriptor of a file of zeros in memory, or the failure.
pub(crate) fn create_in_memory(call: &mut Call<'_>) -> Result<Value, Exception> {
    let size = call.arguments.number(0).max(0.0) as u64;
    let made = memfd_create(c"my_memfd", MemfdFlags::CLOEXEC)
        .and_then(|file| ftruncate(&file, size).map(|()| file));
    Ok(match made {
        Ok(file) => Value::Number(f64::from(file.into_raw_fd())),
        Err(error) => Answer::failed_step(&error.into(), 0).into(),
    })
}

/// `limitContent(bytes)`: how long the content of a file may be from here on; the bound before.
pub(crate) fn limit_content(call: &mut Call<'_>) -> Result<Value, Exception> {
    let bytes = call.arguments.number(0).max(0.0) as usize;
    Ok(Value::Number(data::limit_content(bytes) as f64))
}
