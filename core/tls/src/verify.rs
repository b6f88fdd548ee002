//! Whether a server is whom it says it is, with the failures and their order as in OpenSSL.

use std::sync::Arc;

use rustls::{
    CertificateError, DigitallySignedStruct, Error, RootCertStore, SignatureScheme,
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
        if !pinned && is_self_issued(leaf) {
            return Err(TlsError::SELF_SIGNED);
        }
        let described = describe(leaf).ok_or(TlsError::REJECTED)?;
        let now_s = i64::try_from(now.as_secs()).unwrap_or(i64::MAX);
        if now_s < described.valid_from_s {
            return Err(TlsError::NOT_YET_VALID);
        }
        if now_s > described.valid_to_s {
            return Err(TlsError::EXPIRED);
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
    match (error, chain.last()) {
        (Error::InvalidCertificate(CertificateError::UnknownIssuer), Some(last)) => {
            match is_self_issued(last) {
                true => TlsError::SELF_SIGNED_IN_CHAIN,
                false => TlsError::NO_LOCAL_ISSUER,
            }
        }
        _ => TlsError::of(error),
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
