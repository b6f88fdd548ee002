//! The side that is connected to.

use std::sync::Arc;

use rustls::{
    RootCertStore, ServerConfig, ServerConnection,
    crypto::ring::default_provider,
    server::{ClientHello, ResolvesServerCert, WebPkiClientVerifier},
    sign::CertifiedKey,
};

use crate::{
    error::SettingsError,
    identity::{Identity, certificates},
};

/// What a program may set of its server.
#[derive(Clone, Debug, Default)]
pub struct ServerOptions {
    /// Identities by the name a client asks for; the first is shown to those who ask for none
    /// or another.
    pub identities: Vec<(Option<String>, Identity)>,
    /// PEM of whom to trust with clients' certificates.
    pub authorities: Vec<Vec<u8>>,
    /// Asks clients for a certificate.
    pub asks: bool,
    /// Turns away clients without a certificate that is trusted.
    pub rejects: bool,
    /// Protocols by ALPN, the best first.
    pub protocols: Vec<Vec<u8>>,
}

/// Settings that sessions share.
#[derive(Clone, Debug)]
pub struct ServerSettings {
    config: Arc<ServerConfig>,
}

impl ServerSettings {
    /// Settings of these options.
    ///
    /// # Errors
    /// [`SettingsError`].
    pub fn new(options: ServerOptions) -> Result<Self, SettingsError> {
        let provider = Arc::new(default_provider());
        let builder = ServerConfig::builder_with_provider(Arc::clone(&provider))
            .with_safe_default_protocol_versions()
            .map_err(|_| SettingsError::Unusable)?;
        let mut roots = RootCertStore::empty();
        for pem in &options.authorities {
            roots.add_parsable_certificates(certificates(pem)?);
        }
        // Without anybody to trust there is nothing to verify against.
        let builder = if options.asks && !roots.is_empty() {
            let verifier = WebPkiClientVerifier::builder_with_provider(Arc::new(roots), provider);
            let verifier =
                if options.rejects { verifier } else { verifier.allow_unauthenticated() };
            let verifier = verifier.build().map_err(|_| SettingsError::Unusable)?;
            builder.with_client_cert_verifier(verifier)
        } else {
            builder.with_no_client_auth()
        };
        if options.identities.is_empty() {
            return Err(SettingsError::NoPem);
        }
        let mut config = builder.with_cert_resolver(Arc::new(Identities(options.identities)));
        config.alpn_protocols = options.protocols;
        Ok(Self { config: Arc::new(config) })
    }

    /// A session with a client that has just connected.
    ///
    /// # Errors
    /// [`SettingsError::Unusable`] where the settings make none.
    pub fn session(&self) -> Result<ServerConnection, SettingsError> {
        let session = ServerConnection::new(Arc::clone(&self.config));
        let mut session = session.map_err(|_| SettingsError::Unusable)?;
        session.set_buffer_limit(None);
        Ok(session)
    }
}

#[derive(Debug)]
struct Identities(Vec<(Option<String>, Identity)>);

impl ResolvesServerCert for Identities {
    fn resolve(&self, hello: ClientHello<'_>) -> Option<Arc<CertifiedKey>> {
        let named = hello.server_name().and_then(|wanted| {
            self.0.iter().find(|(name, _)| name.as_deref().is_some_and(|name| covers(name, wanted)))
        });
        let (_, identity) = named.or_else(|| self.0.first())?;
        Some(Arc::clone(&identity.0))
    }
}

/// Whether the name of an identity, perhaps with a wildcard as its first label, is `wanted`.
fn covers(name: &str, wanted: &str) -> bool {
    match name.strip_prefix("*.") {
        None => name.eq_ignore_ascii_case(wanted),
        Some(rest) => {
            wanted.split_once('.').is_some_and(|(_, parent)| rest.eq_ignore_ascii_case(parent))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::covers;

    #[test]
    fn names_and_wildcards() {
        assert!(covers("a.test", "A.test") && covers("*.test", "a.test"));
        assert!(!covers("a.test", "b.test") && !covers("*.test", "a.b.test"));
    }
}
