//! Ciphers in pieces, kept under numbers.

use std::{cell::RefCell, collections::HashMap};

use dx_ops::{Call, ErrorClass, Exception, Value};
use openssl::{cipher::Cipher, cipher_ctx::CipherCtx};

use super::failure::{Outcome, coded, failed, named, of};

#[derive(Default)]
struct Ciphers {
    next: RefCell<u32>,
    open: RefCell<HashMap<u32, CipherCtx>>,
}

fn context(name: &str, encrypts: bool, key: &[u8], iv: Option<&[u8]>) -> Outcome<CipherCtx> {
    let fetch = || Cipher::fetch(None, name, None);
    let cipher = fetch().or_else(|_| {
        dx_tls::legacy::load();
        fetch()
    });
    let unknown = |_| coded(ErrorClass::Error, "ERR_CRYPTO_UNKNOWN_CIPHER", "Unknown cipher");
    let cipher = cipher.map_err(unknown)?;
    let mut context = CipherCtx::new().map_err(of)?;
    let init = |context: &mut CipherCtx, cipher: Option<&_>, key: Option<&[u8]>, iv| {
        match encrypts {
            true => context.encrypt_init(cipher, key, iv),
            false => context.decrypt_init(cipher, key, iv),
        }
        .map_err(of)
    };
    init(&mut context, Some(&cipher), None, None)?;
    if key.len() != context.key_length() {
        context.set_key_length(key.len()).map_err(of)?;
    }
    if let Some(iv) = iv
        && iv.len() != context.iv_length()
    {
        context.set_iv_length(iv.len()).map_err(of)?;
    }
    init(&mut context, None, Some(key), iv)?;
    Ok(context)
}

/// `cipherOpen(name, encrypts, key, iv)`: its number. Lengths are checked by JavaScript.
pub(super) fn open(call: &mut Call<'_>) -> Outcome<Value> {
    let name = call.expect_string(0, "cipher")?;
    let key = call.expect_bytes(2, "key")?;
    let context = context(&name, call.arguments.boolean(1), key, call.arguments.bytes(3))?;
    let ciphers = call.host.state::<Ciphers>();
    let number = ciphers.next.replace_with(|number| number.wrapping_add(1));
    ciphers.open.borrow_mut().insert(number, context);
    Ok(Value::from(number))
}

/// `cipherClose(cipher)`
pub(super) fn close(call: &mut Call<'_>) -> Outcome<Value> {
    let number = call.arguments.number(0) as u32;
    call.host.state::<Ciphers>().open.borrow_mut().remove(&number);
    Ok(Value::Undefined)
}

fn with<R>(call: &Call<'_>, act: impl FnOnce(&mut CipherCtx) -> Outcome<R>) -> Outcome<R> {
    let number = call.arguments.number(0) as u32;
    let ciphers = call.host.state::<Ciphers>();
    let mut open = ciphers.open.borrow_mut();
    open.get_mut(&number).map_or_else(|| Err(failed("Cipher")), act)
}

/// `cipherUpdate(cipher, data)`: what is ready.
pub(super) fn update(call: &mut Call<'_>) -> Outcome<Value> {
    let data = call.expect_bytes(1, "data")?;
    with(call, |context| {
        let mut out = Vec::with_capacity(data.len() + context.block_size());
        context.cipher_update_vec(data, &mut out).map_err(of)?;
        Ok(Value::Bytes(out))
    })
}

/// `cipherAad(cipher, data)`: what is authenticated and not encrypted.
pub(super) fn additional(call: &mut Call<'_>) -> Outcome<Value> {
    let data = call.expect_bytes(1, "data")?;
    with(call, |context| context.cipher_update(data, None).map(|_| Value::Undefined).map_err(of))
}

/// `cipherPadding(cipher, on)`
pub(super) fn padding(call: &mut Call<'_>) -> Outcome<Value> {
    let on = call.arguments.boolean(1);
    with(call, |context| {
        context.set_padding(on);
        Ok(Value::Undefined)
    })
}

/// `cipherSetTag(cipher, tag)`
pub(super) fn set_tag(call: &mut Call<'_>) -> Outcome<Value> {
    let tag = call.expect_bytes(1, "tag")?;
    with(call, |context| context.set_tag(tag).map(|()| Value::Undefined).map_err(of))
}

/// `cipherTag(cipher, length)`
pub(super) fn tag(call: &mut Call<'_>) -> Outcome<Value> {
    let length = call.arguments.number(1) as usize;
    with(call, |context| {
        let mut tag = vec![0; length];
        context.tag(&mut tag).map_err(of)?;
        Ok(Value::Bytes(tag))
    })
}

fn unsealed(
    is_authenticated: bool,
    is_padded: bool,
    stack: &openssl::error::ErrorStack,
) -> Exception {
    if is_authenticated {
        let message = "Unsupported state or unable to authenticate data";
        return Exception::new(ErrorClass::Error, message);
    }
    let said = stack.errors().first().and_then(openssl::error::Error::reason);
    match said.unwrap_or_default() {
        "wrong final block length" if !is_padded => {
            named("Provider routines", "DATA_NOT_MULTIPLE_OF_BLOCK_LENGTH")
        }
        "wrong final block length" => named("Provider routines", "WRONG_FINAL_BLOCK_LENGTH"),
        "data not multiple of block length" => {
            named("Provider routines", "DATA_NOT_MULTIPLE_OF_BLOCK_LENGTH")
        }
        _ => named("Provider routines", "BAD_DECRYPT"),
    }
}

/// `cipherFinal(cipher, isAuthenticated, isPadded)`: the rest.
pub(super) fn finish(call: &mut Call<'_>) -> Outcome<Value> {
    let (is_authenticated, is_padded) = (call.arguments.boolean(1), call.arguments.boolean(2));
    with(call, |context| {
        let mut out = Vec::new();
        let done = context.cipher_final_vec(&mut out);
        done.map_err(|stack| unsealed(is_authenticated, is_padded, &stack))?;
        Ok(Value::Bytes(out))
    })
}
