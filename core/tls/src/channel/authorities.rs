//! Whom a context trusts where the program names nobody.

use std::{
    cell::RefCell,
    env, fs,
    sync::atomic::{AtomicBool, Ordering},
};

use openssl::x509::X509;

const SYSTEM_STORE: &str = "/etc/ssl/certs/ca-certificates.crt";

thread_local! {
    /// Parsed once: handing one out costs a count.
    static BUNDLED: RefCell<Vec<X509>> = const { RefCell::new(Vec::new()) };
}

/// Mozilla's list, in DER.
pub fn bundled() -> impl Iterator<Item = &'static [u8]> {
    webpki_root_certs::TLS_SERVER_ROOT_CERTS.iter().map(AsRef::as_ref)
}

/// The system's list as PEM; empty where there is none.
#[must_use]
pub fn system() -> Vec<u8> {
    fs::read(SYSTEM_STORE).unwrap_or_default()
}

/// What `NODE_EXTRA_CA_CERTS` names, as PEM.
#[must_use]
pub fn extra() -> Vec<u8> {
    let named = env::var_os("NODE_EXTRA_CA_CERTS");
    named.and_then(|path| fs::read(path).ok()).unwrap_or_default()
}

static USES_SYSTEM: AtomicBool = AtomicBool::new(false);

/// Lets the system's list count, whatever the environment says.
pub fn use_system() {
    USES_SYSTEM.store(true, Ordering::Relaxed);
}

/// Whether the system's list counts too.
#[must_use]
pub fn uses_system() -> bool {
    let named = || env::var_os("NODE_USE_SYSTEM_CA").is_some_and(|value| value == "1");
    USES_SYSTEM.load(Ordering::Relaxed) || named()
}

/// Mozilla's list and what the environment adds.
pub(super) fn standard() -> Vec<X509> {
    let mut all = BUNDLED.with_borrow_mut(|bundled| {
        if bundled.is_empty() {
            bundled.extend(self::bundled().filter_map(|der| X509::from_der(der).ok()));
        }
        bundled.clone()
    });
    if uses_system() {
        all.extend(X509::stack_from_pem(&system()).unwrap_or_default());
    }
    all.extend(X509::stack_from_pem(&extra()).unwrap_or_default());
    all
}
