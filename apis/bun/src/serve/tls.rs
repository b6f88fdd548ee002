//! The `tls` option of a server, from PEM to settings.

use dx_ops::{Call, ErrorClass, Exception, Property, Value};
use dx_tls::{Identity, ServerOptions, ServerSettings, SettingsError};

use super::Serve;

/// `serveTls(asks, rejects, authorities, ...(name, chain, key))`: the number of the settings. The
/// authorities are one text; a name is undefined where the identity is for every name.
pub(super) fn settings(call: &mut Call<'_>) -> Result<Value, Exception> {
    let settings = read(call).map_err(exception)?;
    let serve = call.host.state::<Serve>();
    let mut kept = serve.tls.borrow_mut();
    kept.push(settings);
    Ok(Value::from(kept.len() as u32 - 1))
}

fn read(call: &Call<'_>) -> Result<ServerSettings, SettingsError> {
    const IDENTITIES: usize = 3;
    let text = |index| call.arguments.string(index).unwrap_or_default();
    let mut identities = Vec::new();
    for at in (IDENTITIES..call.arguments.count()).step_by(3) {
        let identity = Identity::new(text(at + 1).as_bytes(), text(at + 2).as_bytes())?;
        identities.push((call.arguments.string(at), identity));
    }
    let authorities = text(2).into_bytes();
    ServerSettings::new(ServerOptions {
        identities,
        authorities: if authorities.is_empty() { Vec::new() } else { vec![authorities] },
        asks: call.arguments.boolean(0),
        rejects: call.arguments.boolean(1),
        protocols: vec![b"http/1.1".to_vec()],
    })
}

/// The error in BoringSSL's words, as Bun has them.
fn exception(error: SettingsError) -> Exception {
    let (code, number, library, reason) = match error {
        SettingsError::KeyMismatch => (
            "ERR_OSSL_X509_KEY_VALUES_MISMATCH",
            "0b000074",
            "X.509 certificate routines",
            "KEY_VALUES_MISMATCH",
        ),
        SettingsError::Encrypted => {
            ("ERR_OSSL_EVP_BAD_DECRYPT", "06000064", "public key routines", "BAD_DECRYPT")
        }
        SettingsError::NoPem | SettingsError::Unusable => {
            ("ERR_OSSL_PEM_NO_START_LINE", "0900006e", "PEM routines", "NO_START_LINE")
        }
    };
    let function = "OPENSSL_internal";
    let text = |text: &str| Property::String(text.to_owned());
    Exception::new(ErrorClass::Error, format!("error:{number}:{library}:{function}:{reason}"))
        .with_property("library", text(library))
        .with_property("function", text(function))
        .with_property("reason", text(reason))
        .with_property("code", text(code))
}
