//! The side that connects.

use std::sync::{
    Arc,
    atomic::{AtomicU64, Ordering},
};

use rustls::{
    ClientConfig, ClientConnection, RootCertStore, client::ResolvesClientCert,
    crypto::ring::default_provider, sign::CertifiedKey,
};
use rustls_pki_types::ServerName;

use crate::{
    error::{SettingsError, TlsError},
    identity::{Identity, certificates},
    roots,
    verify::Verifier,
};

/// What a program may set of a connection to a server.
#[derive(Clone, Debug, Default)]
pub struct ClientOptions {
    /// PEM of whom to trust in place of the standard list, where not empty.
    pub authorities: Vec<Vec<u8>>,
    /// What to show where the server asks.
    pub identity: Option<Identity>,
    /// Accepts every certificate.
    pub accepts_any: bool,
    /// Leaves it to the program whether the certificate is that of the server.
    pub skips_name: bool,
    /// The name to ask for and to check in place of the host's.
    pub server_name: Option<String>,
}

/// Settings that sessions share.
#[derive(Debug)]
pub struct ClientSettings {
    config: Arc<ClientConfig>,
    server_name: Option<String>,
    number: u64,
}

static NUMBERS: AtomicU64 = AtomicU64::new(1);

impl ClientSettings {
    /// Settings of these options.
    ///
    /// # Errors
    /// [`SettingsError`].
    pub fn new(options: ClientOptions) -> Result<Self, SettingsError> {
        let provider = Arc::new(default_provider());
        let mut pinned = Vec::new();
        let mut named = RootCertStore::empty();
        for pem in &options.authorities {
            for certificate in certificates(pem)? {
                // One that cannot sign others may still be trusted itself.
                let _ = named.add(certificate.clone());
                pinned.push(certificate);
            }
        }
        let (roots, pinned) = match pinned.is_empty() {
            true => roots::standard(),
            false => (named, pinned),
        };
        let verifier = Verifier {
            provider: Arc::clone(&provider),
            roots: (!options.accepts_any).then(|| Arc::new(roots)),
            pinned,
            checks_name: !options.skips_name,
        };
        let config = ClientConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .map_err(|_| SettingsError::Unusable)?
            .dangerous()
            .with_custom_certificate_verifier(Arc::new(verifier));
        let identity = options.identity.map(|identity| identity.0);
        let config = match identity {
            Some(identity) => config.with_client_cert_resolver(Arc::new(Shown(identity))),
            None => config.with_no_client_auth(),
        };
        let number = NUMBERS.fetch_add(1, Ordering::Relaxed);
        Ok(Self { config: Arc::new(config), server_name: options.server_name, number })
    }

    /// Tells settings apart; never 0.
    #[must_use]
    pub fn number(&self) -> u64 {
        self.number
    }

    /// A session with `host`, a name or an address, that offers these protocols by ALPN, the best
    /// first.
    ///
    /// # Errors
    /// [`TlsError`] where the host cannot be named.
    pub fn session(&self, host: &str, protocols: &[&[u8]]) -> Result<ClientConnection, TlsError> {
        let name = self.server_name.as_deref().unwrap_or(host);
        let bare = name.trim_start_matches('[').trim_end_matches(']');
        let name = ServerName::try_from(bare.to_owned()).map_err(|_| TlsError::WRONG_NAME)?;
        let protocols = protocols.iter().map(|protocol| protocol.to_vec()).collect();
        let session = ClientConnection::new_with_alpn(Arc::clone(&self.config), name, protocols);
        let mut session = session.map_err(|error| TlsError::of(&error))?;
        session.set_buffer_limit(None);
        Ok(session)
    }
}

/// Shows one identity whoever asks.
#[derive(Debug)]
struct Shown(Arc<CertifiedKey>);

impl ResolvesClientCert for Shown {
    fn resolve(
        &self,
        _root_hint_subjects: &[&[u8]],
        _schemes: &[rustls::SignatureScheme],
    ) -> Option<Arc<CertifiedKey>> {
        Some(Arc::clone(&self.0))
    }

    fn has_certs(&self) -> bool {
        true
    }
}
