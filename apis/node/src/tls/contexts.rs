//! Contexts: drafted option by option, then made at once.

use dx_ops::{Call, ErrorClass, Exception, Value, ValueKind};
use dx_tls::channel::{self, Context, ContextError, ContextOptions};

use super::{Tls, library_exception};

/// `tlsDraft()`: the number of options that nothing is said of yet.
pub(super) fn draft(call: &mut Call<'_>) -> Result<Value, Exception> {
    let tls = call.host.state::<Tls>();
    let number = tls.drafts.borrow_mut().keep(ContextOptions::default());
    Ok(Value::from(number))
}

fn change(call: &Call<'_>, change: impl FnOnce(&mut ContextOptions)) -> Result<Value, Exception> {
    let tls = call.host.state::<Tls>();
    let number = call.arguments.number(0) as u32;
    if let Some(options) = tls.drafts.borrow_mut().open.get_mut(&number) {
        change(options);
    }
    Ok(Value::Undefined)
}

/// The bytes of a buffer, or of text.
fn bytes_at(call: &Call<'_>, index: usize) -> Option<Vec<u8>> {
    match call.arguments.kind(index) {
        ValueKind::String => call.arguments.string(index).map(String::into_bytes),
        ValueKind::Bytes => call.arguments.bytes(index).map(<[u8]>::to_vec),
        _ => None,
    }
}

/// `tlsDraftBytes(draft, kind, bytes or text, passphrase)`: a chain, a key, a bundle, an
/// authority, or the context of sessions.
pub(super) fn draft_bytes(call: &mut Call<'_>) -> Result<Value, Exception> {
    let kind = call.expect_string(1, "kind")?;
    let bytes = bytes_at(call, 2).unwrap_or_default();
    let passphrase = bytes_at(call, 3);
    change(call, |options| match kind.as_str() {
        "chain" => options.chains.push(bytes),
        "key" => options.keys.push((bytes, passphrase)),
        "bundle" => {
            let passphrase = passphrase.map(|text| String::from_utf8_lossy(&text).into_owned());
            options.bundles.push((bytes, passphrase));
        }
        "authority" => options.authorities.get_or_insert_default().push(bytes),
        _ => options.session_context = Some(bytes),
    })
}

/// `tlsDraftText(draft, kind, text)`: ciphers, suites, signatures or groups.
pub(super) fn draft_text(call: &mut Call<'_>) -> Result<Value, Exception> {
    let kind = call.expect_string(1, "kind")?;
    let text = call.arguments.string(2);
    change(call, |options| match kind.as_str() {
        "ciphers" => options.ciphers = text,
        "suites" => options.suites = text,
        "signatures" => options.signatures = text,
        _ => options.groups = text,
    })
}

/// `tlsDraftNumber(draft, kind, number)`: the versions, bits of options, a truth.
pub(super) fn draft_number(call: &mut Call<'_>) -> Result<Value, Exception> {
    let kind = call.expect_string(1, "kind")?;
    let number = call.arguments.number(2);
    change(call, |options| match kind.as_str() {
        "min" => options.version_min = Some(number as u16),
        "max" => options.version_max = Some(number as u16),
        "options" => options.options = number as u64,
        _ => options.trusts_partial_chains = number != 0.0,
    })
}

/// `tlsContext(draft)`: the number of a context of a draft, which is gone.
pub(super) fn context(call: &mut Call<'_>) -> Result<Value, Exception> {
    let tls = call.host.state::<Tls>();
    let number = call.arguments.number(0) as u32;
    let options = tls.drafts.borrow_mut().open.remove(&number).unwrap_or_default();
    let context = Context::new(&options).map_err(|error| exception(&error))?;
    let number = tls.contexts.borrow_mut().keep(context);
    Ok(Value::from(number))
}

/// An error in Bun's words.
pub(super) fn exception(error: &ContextError) -> Exception {
    let failed = |text: &str, code| Exception::new(ErrorClass::Error, text).with_code(code);
    match error {
        ContextError::Library(error) => library_exception(error),
        ContextError::Bundle => Exception::new(
            ErrorClass::Error,
            "PFX MAC verification failed - is the passphrase correct?",
        ),
        ContextError::BundleKey => {
            Exception::new(ErrorClass::Error, "Unable to load private key from PFX data")
        }
        ContextError::Authority => failed("Invalid CA", "ERR_BORINGSSL"),
        ContextError::Group => failed("Failed to set ECDH curve", "ERR_CRYPTO_OPERATION_FAILED"),
    }
}

/// `tlsContextClose(context)`
pub(super) fn close(call: &mut Call<'_>) -> Result<Value, Exception> {
    let number = call.arguments.number(0) as u32;
    call.host.state::<Tls>().contexts.borrow_mut().open.remove(&number);
    Ok(Value::Undefined)
}

/// `tlsAuthorities(kind)`: the certificates of a list: the bundled one in DER each, others as
/// one PEM text; `useSystem` lets the system's count, `usesSystem` says whether it does.
pub(super) fn authorities(call: &mut Call<'_>) -> Result<Value, Exception> {
    let text = |pem: Vec<u8>| Value::from(String::from_utf8_lossy(&pem).into_owned());
    Ok(match call.expect_string(0, "kind")?.as_str() {
        "bundled" => Value::Array(channel::bundled().map(|der| Value::Bytes(der.into())).collect()),
        "system" => text(channel::system()),
        "extra" => text(channel::extra()),
        "useSystem" => {
            channel::use_system();
            Value::Undefined
        }
        _ => Value::from(channel::uses_system()),
    })
}
