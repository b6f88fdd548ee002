//! Bun.CryptoHasher and its relatives: message digests and HMAC in pieces.
//!
//! A hasher's state lives in a table of the isolate under a number its JavaScript holds, and is
//! gone when JavaScript closes it.

mod algorithm;
mod password;

use std::{cell::RefCell, collections::HashMap};

use dx_ops::{Call, Exception, Text, Value};

use algorithm::{Digest, Hasher};
pub(crate) use password::{hash as password_hash, hash_now, verify as password_verify, verify_now};

#[derive(Default)]
struct Hashers {
    next: RefCell<u32>,
    open: RefCell<HashMap<u32, Hasher>>,
}

impl Hashers {
    fn keep(&self, hasher: Hasher) -> Value {
        let number = self.next.replace_with(|number| number.wrapping_add(1));
        self.open.borrow_mut().insert(number, hasher);
        Value::from(number)
    }
}

/// Runs `take` on the bytes of an argument, text being UTF-8.
fn with_bytes<R>(
    call: &Call<'_>,
    index: usize,
    take: impl FnOnce(&[u8]) -> R,
) -> Result<R, Exception> {
    if let Some(bytes) = call.arguments.bytes(index) {
        return Ok(take(bytes));
    }
    let mut take = Some(take);
    let mut done = None;
    call.arguments.text(index, &mut |text| {
        if let Text::Latin1(bytes) = text
            && bytes.is_ascii()
        {
            done = take.take().map(|take| take(bytes));
        }
    });
    match (done, take) {
        (Some(done), _) => Ok(done),
        (None, Some(take)) => Ok(take(call.expect_string(index, "data")?.as_bytes())),
        (None, None) => Err(Exception::type_error("data must be a string or bytes")),
    }
}

/// `hasherOpen(algorithm, key)`: its number; `undefined` for an unknown algorithm, `null` where
/// the algorithm has no HMAC.
pub(crate) fn open(call: &mut Call<'_>) -> Result<Value, Exception> {
    let name = call.expect_string(0, "algorithm")?;
    let Some(digest) = Digest::by_name(&name) else { return Ok(Value::Undefined) };
    let hasher = if call.arguments.bytes(1).is_some() || call.arguments.string(1).is_some() {
        match with_bytes(call, 1, |key| Hasher::with_key(&digest, key))? {
            Some(hasher) => hasher,
            None => return Ok(Value::Null),
        }
    } else {
        Hasher::new(digest)
    };
    Ok(call.host.state::<Hashers>().keep(hasher))
}

/// `hasherUpdate(number, data)`
pub(crate) fn update(call: &mut Call<'_>) -> Result<Value, Exception> {
    let number = call.arguments.number(0) as u32;
    let hashers = call.host.state::<Hashers>();
    let mut open = hashers.open.borrow_mut();
    let hasher = open.get_mut(&number).ok_or_else(closed)?;
    with_bytes(call, 1, |bytes| hasher.update(bytes))?;
    Ok(Value::Undefined)
}

/// `hasherDigest(number)`: the digest; a hasher without a key begins again.
pub(crate) fn digest(call: &mut Call<'_>) -> Result<Value, Exception> {
    let number = call.arguments.number(0) as u32;
    let hashers = call.host.state::<Hashers>();
    let mut open = hashers.open.borrow_mut();
    let hasher = open.get_mut(&number).ok_or_else(closed)?;
    Ok(Value::Bytes(hasher.finish()))
}

/// `hasherCopy(number)`: the number of a hasher that goes on from the same state.
pub(crate) fn copy(call: &mut Call<'_>) -> Result<Value, Exception> {
    let number = call.arguments.number(0) as u32;
    let hashers = call.host.state::<Hashers>();
    let copy = hashers.open.borrow().get(&number).cloned().ok_or_else(closed)?;
    Ok(hashers.keep(copy))
}

/// `hasherClose(number)`
pub(crate) fn close(call: &mut Call<'_>) -> Result<Value, Exception> {
    let number = call.arguments.number(0) as u32;
    call.host.state::<Hashers>().open.borrow_mut().remove(&number);
    Ok(Value::Undefined)
}

/// The digest of the argument at 1, with the key at `key_index` where there is one; `None` for an
/// algorithm that is unknown or has no HMAC.
fn at_once(call: &Call<'_>, key_index: usize) -> Result<Option<Vec<u8>>, Exception> {
    let name = call.expect_string(0, "algorithm")?;
    let Some(digest) = Digest::by_name(&name) else { return Ok(None) };
    let hasher = match call.arguments.bytes(key_index) {
        Some(key) => Hasher::with_key(&digest, key),
        None => Some(Hasher::new(digest)),
    };
    let Some(mut hasher) = hasher else { return Ok(None) };
    with_bytes(call, 1, |bytes| hasher.update(bytes))?;
    Ok(Some(hasher.finish()))
}

/// `hashOnce(algorithm, data, key)`: the digest; `undefined` for an unknown algorithm.
pub(crate) fn once(call: &mut Call<'_>) -> Result<Value, Exception> {
    Ok(at_once(call, 2)?.map_or(Value::Undefined, Value::Bytes))
}

/// `hashLength(algorithm)`: the bytes of a digest; `undefined` for an unknown algorithm.
pub(crate) fn length(call: &mut Call<'_>) -> Result<Value, Exception> {
    let name = call.expect_string(0, "algorithm")?;
    Ok(Digest::by_name(&name).map(|digest| digest.length() as u32).into())
}

/// `hashInto(algorithm, data, view, key)`: as `hashOnce`, the digest written into a view that has
/// room for it; its length.
pub(crate) fn into_view(call: &mut Call<'_>) -> Result<Value, Exception> {
    let Some(bytes) = at_once(call, 3)? else { return Ok(Value::Undefined) };
    let room = call.arguments.bytes_mut(2).and_then(|view| view.get_mut(..bytes.len()));
    let room = room.ok_or_else(|| Exception::type_error("The view has no room for the digest"))?;
    room.copy_from_slice(&bytes);
    Ok(Value::from(bytes.len() as u32))
}

fn closed() -> Exception {
    Exception::new(dx_ops::ErrorClass::Error, "The hasher is closed")
}
