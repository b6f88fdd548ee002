//! Whom a client trusts where the program names nobody: Mozilla's list, and what the environment
//! adds as in Node.

use std::{env, fs, path::PathBuf};

use rustls::RootCertStore;
use rustls_pki_types::CertificateDer;

use crate::identity::certificates;

const SYSTEM_STORE: &str = "/etc/ssl/certs/ca-certificates.crt";

/// The standard trust anchors, and those of them that the environment names: a server may show
/// one of the latter itself.
pub(crate) fn standard() -> (RootCertStore, Vec<CertificateDer<'static>>) {
    let (mut roots, mut named) = (RootCertStore::empty(), Vec::new());
    roots.extend(webpki_roots::TLS_SERVER_ROOTS.iter().cloned());
    let system = crate::channel::uses_system().then(|| PathBuf::from(SYSTEM_STORE));
    let extra = env::var_os("NODE_EXTRA_CA_CERTS").map(PathBuf::from);
    for path in [system, extra].into_iter().flatten() {
        // A store that cannot be read adds nobody, as in Node.
        if let Ok(found) =
            fs::read(path).map_err(drop).and_then(|pem| certificates(&pem).map_err(drop))
        {
            roots.add_parsable_certificates(found.iter().cloned());
            named.extend(found);
        }
    }
    (roots, named)
}
