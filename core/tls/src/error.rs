//! Failures by the names OpenSSL has given them, which programs match on.

use std::{fmt, sync::Arc};

use rustls::{CertificateError, OtherError};

/// Why two sides did not agree.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct TlsError {
    /// Such as `CERT_HAS_EXPIRED`; `EPROTO` for anything but certificates.
    pub code: &'static str,
    /// For people; empty where the code says it all.
    pub message: &'static str,
}

impl TlsError {
    pub(crate) const SELF_SIGNED: Self =
        Self::new("DEPTH_ZERO_SELF_SIGNED_CERT", "self signed certificate");
    pub(crate) const SELF_SIGNED_IN_CHAIN: Self =
        Self::new("SELF_SIGNED_CERT_IN_CHAIN", "self signed certificate in certificate chain");
    pub(crate) const UNKNOWN_ISSUER: Self =
        Self::new("UNABLE_TO_VERIFY_LEAF_SIGNATURE", "unable to verify the first certificate");
    pub(crate) const NO_LOCAL_ISSUER: Self =
        Self::new("UNABLE_TO_GET_ISSUER_CERT_LOCALLY", "unable to get local issuer certificate");
    pub(crate) const EXPIRED: Self = Self::new("CERT_HAS_EXPIRED", "certificate has expired");
    pub(crate) const NOT_YET_VALID: Self =
        Self::new("CERT_NOT_YET_VALID", "certificate is not yet valid");
    pub(crate) const WRONG_NAME: Self = Self::new("ERR_TLS_CERT_ALTNAME_INVALID", "");
    pub(crate) const REVOKED: Self = Self::new("CERT_REVOKED", "certificate revoked");
    pub(crate) const REJECTED: Self = Self::new("CERT_REJECTED", "certificate rejected");
    const PROTOCOL: Self = Self::new("EPROTO", "");

    const fn new(code: &'static str, message: &'static str) -> Self {
        Self { code, message }
    }

    /// The name of an error of a session.
    #[must_use]
    pub fn of(error: &rustls::Error) -> Self {
        match error {
            rustls::Error::InvalidCertificate(error) => Self::of_certificate(error),
            _ => Self::PROTOCOL,
        }
    }

    fn of_certificate(error: &CertificateError) -> Self {
        match error {
            CertificateError::Other(other) => {
                other.0.downcast_ref::<Self>().cloned().unwrap_or(Self::REJECTED)
            }
            CertificateError::Expired | CertificateError::ExpiredContext { .. } => Self::EXPIRED,
            CertificateError::NotValidYet | CertificateError::NotValidYetContext { .. } => {
                Self::NOT_YET_VALID
            }
            CertificateError::NotValidForName | CertificateError::NotValidForNameContext { .. } => {
                Self::WRONG_NAME
            }
            CertificateError::Revoked => Self::REVOKED,
            CertificateError::UnknownIssuer => Self::UNKNOWN_ISSUER,
            _ => Self::REJECTED,
        }
    }

    /// The error a verifier gives to its session.
    pub(crate) fn into_session_error(self) -> rustls::Error {
        let other = OtherError(Arc::new(self));
        rustls::Error::InvalidCertificate(CertificateError::Other(other))
    }
}

impl fmt::Display for TlsError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}: {}", self.code, self.message)
    }
}

impl std::error::Error for TlsError {}

/// Settings that cannot be used.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum SettingsError {
    /// There is no certificate or key in what was given for one.
    NoPem,
    /// The key is not that of the certificate.
    KeyMismatch,
    /// A certificate or key is damaged or of a kind that is not known.
    Unusable,
    /// The key is encrypted.
    Encrypted,
}

impl fmt::Display for SettingsError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Self::NoPem => "no PEM start line",
            Self::KeyMismatch => "key values mismatch",
            Self::Unusable => "unusable certificate or key",
            Self::Encrypted => "the key is encrypted",
        })
    }
}

impl std::error::Error for SettingsError {}
