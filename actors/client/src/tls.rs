//! TLS: what a program sets, and what goes wrong.

use std::{cell::Cell, fmt, rc::Rc, sync::Arc};

use rustls::{ClientConfig, ClientConnection, RootCertStore};
use rustls_pki_types::ServerName;

use crate::error::ClientError;

/// Why two sides did not agree, by the names programs know.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct TlsError {
    /// As OpenSSL names it, such as `CERT_HAS_EXPIRED`.
    pub code: &'static str,
    /// For people.
    pub message: String,
}

impl TlsError {
    pub(crate) fn of(error: &rustls::Error) -> Self {
        Self { code: "ERR_SSL_PROTOCOL_ERROR", message: error.to_string() }
    }
}

impl fmt::Display for TlsError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.message)
    }
}

/// Settings that cannot be used; what is wrong with them.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct TlsSettingsError(pub String);

/// How TLS is spoken with a server.
pub struct TlsSettings {
    config: Arc<ClientConfig>,
    server_name: Option<String>,
    number: u64,
}

thread_local! {
    static NUMBERS: Cell<u64> = const { Cell::new(1) };
}

impl TlsSettings {
    /// The settings of a program that sets nothing.
    #[must_use]
    pub fn standard() -> Rc<Self> {
        let mut roots = RootCertStore::empty();
        roots.extend(webpki_roots::TLS_SERVER_ROOTS.iter().cloned());
        let config = ClientConfig::builder().with_root_certificates(roots).with_no_client_auth();
        let number = NUMBERS.with(|numbers| numbers.replace(numbers.get() + 1));
        Rc::new(Self { config: Arc::new(config), server_name: None, number })
    }

    /// Tells settings apart; never 0.
    pub(crate) fn number(&self) -> u64 {
        self.number
    }

    /// A session with `host`.
    pub(crate) fn session(&self, host: &str) -> Result<ClientConnection, ClientError> {
        let name = self.server_name.as_deref().unwrap_or(host);
        let bare = name.trim_start_matches('[').trim_end_matches(']');
        let refused =
            |message: String| ClientError::Tls(TlsError { code: "ERR_INVALID_ARG_VALUE", message });
        let name = ServerName::try_from(bare.to_owned());
        let name = name.map_err(|error| refused(error.to_string()))?;
        let session = ClientConnection::new(self.config.clone(), name);
        let mut session = session.map_err(|error| refused(error.to_string()))?;
        session.set_buffer_limit(None);
        Ok(session)
    }
}

impl fmt::Debug for TlsSettings {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("TlsSettings").field("number", &self.number).finish_non_exhaustive()
    }
}
