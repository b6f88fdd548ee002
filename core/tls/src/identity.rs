//! A certificate chain and its key, as programs give them: PEM.

use std::sync::Arc;

use openssl::pkey::PKey;
use rustls::{crypto::ring::sign::any_supported_type, sign::CertifiedKey};
use rustls_pki_types::{CertificateDer, PrivateKeyDer, pem::PemObject};

use crate::error::SettingsError;

const ENCRYPTED: &[u8] = b"ENCRYPTED";

/// What one side proves itself with.
#[derive(Clone, Debug)]
pub struct Identity(pub(crate) Arc<CertifiedKey>);

impl Identity {
    /// As [`Identity::new`], with a key that a passphrase opens.
    ///
    /// # Errors
    /// [`SettingsError`]; [`SettingsError::Encrypted`] where the passphrase does not open it.
    pub fn with_passphrase(
        chain: &[u8],
        key: &[u8],
        passphrase: &str,
    ) -> Result<Self, SettingsError> {
        let open = || {
            PKey::private_key_from_pem_passphrase(key, passphrase.as_bytes())?
                .private_key_to_pem_pkcs8()
        };
        Self::new(chain, &open().map_err(|_| SettingsError::Encrypted)?)
    }

    /// An identity of PEM: the chain with its own certificate first, and the key.
    ///
    /// # Errors
    /// [`SettingsError`].
    pub fn new(chain: &[u8], key: &[u8]) -> Result<Self, SettingsError> {
        let chain = certificates(chain)?;
        let encrypted = key.windows(ENCRYPTED.len()).any(|part| part == ENCRYPTED);
        if encrypted {
            return Err(SettingsError::Encrypted);
        }
        let key = PrivateKeyDer::from_pem_slice(key).map_err(|_| SettingsError::NoPem)?;
        let key = any_supported_type(&key).map_err(|_| SettingsError::Unusable)?;
        let identity = CertifiedKey::new(chain, key);
        match identity.keys_match() {
            Err(rustls::Error::InconsistentKeys(rustls::InconsistentKeys::KeyMismatch)) => {
                Err(SettingsError::KeyMismatch)
            }
            _ => Ok(Self(Arc::new(identity))),
        }
    }
}

/// The certificates of a PEM text, at least one.
pub(crate) fn certificates(pem: &[u8]) -> Result<Vec<CertificateDer<'static>>, SettingsError> {
    let certificates: Result<Vec<_>, _> = CertificateDer::pem_slice_iter(pem).collect();
    match certificates {
        Ok(certificates) if !certificates.is_empty() => Ok(certificates),
        Ok(_) => Err(SettingsError::NoPem),
        Err(_) => Err(SettingsError::Unusable),
    }
}
