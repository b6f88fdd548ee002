//! TLS settings of a fetch, and what JavaScript sees of certificates.

use dx_client::{ClientError, TlsSettings};
use dx_ops::{Call, Deferred, Exception, Value, ValueKind};
use dx_tls::{Certificate, ClientOptions, Identity, SettingsError, describe};

use super::{Fetches, failure::exception};

/// The settings of a program that sets nothing.
pub(super) fn standard() -> TlsSettings {
    TlsSettings::new(ClientOptions::default())
        .unwrap_or_else(|error| unreachable!("the standard settings are usable: {error}"))
}

/// The bytes of a string or buffer; `None` for anything else.
fn pem(call: &Call<'_>, index: usize) -> Option<Vec<u8>> {
    match call.arguments.kind(index) {
        ValueKind::String => call.arguments.string(index).map(String::into_bytes),
        ValueKind::Bytes => call.arguments.bytes(index).map(<[u8]>::to_vec),
        _ => None,
    }
}

/// `fetchTls(acceptsAny, skipsName, serverName, cert, key, passphrase, ...authorities)`: the number
/// of the settings, or -1 where they cannot be used.
pub(super) fn settings(call: &mut Call<'_>) -> Result<Value, Exception> {
    let number = make(call).map(|settings| call.host.state::<Fetches>().keep(settings));
    Ok(Value::Number(number.map_or(-1.0, f64::from)))
}

fn make(call: &Call<'_>) -> Result<TlsSettings, SettingsError> {
    const AUTHORITIES: usize = 6;
    let identity = match (pem(call, 3), pem(call, 4)) {
        (Some(chain), Some(key)) => Some(match call.arguments.string(5) {
            Some(passphrase) => Identity::with_passphrase(&chain, &key, &passphrase)?,
            None => Identity::new(&chain, &key)?,
        }),
        _ => None,
    };
    TlsSettings::new(ClientOptions {
        authorities: (AUTHORITIES..call.arguments.count())
            .filter_map(|index| pem(call, index))
            .collect(),
        identity,
        accepts_any: call.arguments.boolean(0),
        skips_name: call.arguments.boolean(1),
        server_name: call.arguments.string(2),
    })
}

/// `fetchCertificate(number)`: the server's certificate, before the request is sent.
pub(super) fn certificate(call: &mut Call<'_>, deferred: Deferred) -> Result<(), Exception> {
    let number = call.arguments.number(0) as u32;
    match call.host.state::<Fetches>().flow(number) {
        Some(flow) => flow.inspect(move |chain| {
            let shown = chain.first().and_then(|der| Some((describe(der)?, der.clone())));
            deferred.settle(Ok(shown.map_or(Value::Null, |(said, der)| value(said, der))));
        }),
        None => deferred.settle(Err(exception(ClientError::Cancelled))),
    }
    Ok(())
}

/// `fetchApprove(number, approved)`
pub(super) fn approve(call: &mut Call<'_>) -> Result<Value, Exception> {
    let number = call.arguments.number(0) as u32;
    if let Some(flow) = call.host.state::<Fetches>().flow(number) {
        flow.approve(call.arguments.boolean(1));
    }
    Ok(Value::Undefined)
}

fn pairs(pairs: Vec<(String, String)>) -> Value {
    Value::Array(pairs.into_iter().flat_map(|(name, value)| [name.into(), value.into()]).collect())
}

fn value(said: Certificate, der: Vec<u8>) -> Value {
    let [sha1, sha256, sha512] = said.fingerprints;
    let (modulus, exponent, bits) = match said.rsa {
        Some((modulus, exponent, bits)) => (modulus.into(), exponent.into(), bits.into()),
        None => (Value::Undefined, Value::Undefined, Value::Undefined),
    };
    let usage = said.extended_usage.into_iter().map(Value::from).collect();
    Value::Object(vec![
        ("subject", pairs(said.subject)),
        ("issuer", pairs(said.issuer)),
        ("subjectaltname", said.alternative_names.into()),
        ("modulus", modulus),
        ("exponent", exponent),
        ("bits", bits),
        ("pubkey", Value::Bytes(said.public_key)),
        ("validFrom", Value::Number(said.valid_from_s as f64)),
        ("validTo", Value::Number(said.valid_to_s as f64)),
        ("fingerprint", sha1.into()),
        ("fingerprint256", sha256.into()),
        ("fingerprint512", sha512.into()),
        ("usage", Value::Array(usage)),
        ("serialNumber", said.serial_number.into()),
        ("raw", Value::Bytes(der)),
    ])
}
