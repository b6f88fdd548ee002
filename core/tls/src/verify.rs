//! Whether a server is whom it says it is, with the failures and their order as in OpenSSL.

use std::sync::Arc;

use rustls::{
    DigitallySignedStruct, Error, RootCertStore, SignatureScheme,
    client::{
        danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier},
        verify_server_cert_signed_by_trust_anchor, verify_server_name,
    },
    crypto::{CryptoProvider, verify_tls12_signature, verify_tls13_signature},
    server::ParsedCertificate,
};
use rustls_pki_types::{CertificateDer, ServerName, UnixTime};

use crate::{
    certificate::{describe, is_self_issued},
    error::TlsError,
};

/// How strict a client is.
#[derive(Debug)]
pub(crate) struct Verifier {
    pub(crate) provider: Arc<CryptoProvider>,
    /// `None`: everything is accepted.
    pub(crate) roots: Option<Arc<RootCertStore>>,
    /// Certificates that are trusted whoever signed them.
    pub(crate) pinned: Vec<CertificateDer<'static>>,
    /// Whether the certificate has to name the server.
    pub(crate) checks_name: bool,
}

impl Verifier {
    fn check(
        &self,
        leaf: &CertificateDer<'_>,
        chain: &[CertificateDer<'_>],
        name: &ServerName<'_>,
        now: UnixTime,
    ) -> Result<(), TlsError> {
        let Some(roots) = &self.roots else { return Ok(()) };
        let pinned = self.pinned.iter().any(|trusted| trusted.as_ref() == leaf.as_ref());
        let described = describe(leaf).ok_or(TlsError::REJECTED)?;
        let now_s = i64::try_from(now.as_secs()).unwrap_or(i64::MAX);
        if now_s < described.valid_from_s {
            return Err(TlsError::NOT_YET_VALID);
        }
        if now_s > described.valid_to_s {
            return Err(TlsError::EXPIRED);
        }
        if !pinned && is_self_issued(leaf) {
            return Err(TlsError::SELF_SIGNED);
        }
        let parsed = ParsedCertificate::try_from(leaf).map_err(|error| TlsError::of(&error))?;
        // A certificate listed by itself is no chain.
        if !pinned || !is_self_issued(leaf) {
            let algorithms = self.provider.signature_verification_algorithms.all;
            verify_server_cert_signed_by_trust_anchor(&parsed, roots, chain, now, algorithms)
                .map_err(|error| chain_error(&error, chain))?;
        }
        if self.checks_name {
            verify_server_name(&parsed, name).map_err(|_| TlsError::WRONG_NAME)?;
        }
        Ok(())
    }
}

fn chain_error(error: &Error, chain: &[CertificateDer<'_>]) -> TlsError {
    let told = TlsError::of(error);
    // Issuers that cannot be read, such as those of version 1, are as good as unknown.
    let is_unknown = told == TlsError::UNKNOWN_ISSUER || told == TlsError::REJECTED;
    match chain.last() {
        Some(last) if is_unknown && is_self_issued(last) => TlsError::SELF_SIGNED_IN_CHAIN,
        Some(_) if is_unknown => TlsError::NO_LOCAL_ISSUER,
        _ => told,
    }
}

impl ServerCertVerifier for Verifier {
    fn verify_server_cert(
        &self,
        end_entity: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        server_name: &ServerName<'_>,
        _ocsp_response: &[u8],
        now: UnixTime,
    ) -> Result<ServerCertVerified, Error> {
        self.check(end_entity, intermediates, server_name, now)
            .map(|()| ServerCertVerified::assertion())
            .map_err(TlsError::into_session_error)
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        let algorithms = &self.provider.signature_verification_algorithms;
        verify_tls12_signature(message, certificate, signature, algorithms)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        let algorithms = &self.provider.signature_verification_algorithms;
        verify_tls13_signature(message, certificate, signature, algorithms)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.provider.signature_verification_algorithms.supported_schemes()
    }
}
