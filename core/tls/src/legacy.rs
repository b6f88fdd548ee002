//! Ciphers that OpenSSL 3 keeps apart, which old files and programs still ask for.

use std::sync::OnceLock;

use openssl::provider::Provider;

static LEGACY: OnceLock<Option<Loaded>> = OnceLock::new();

/// Keeps the provider loaded.
struct Loaded {
    _provider: Provider,
}

/// Makes them known; where the system has none, they stay unknown.
pub fn load() {
    LEGACY.get_or_init(|| {
        let provider = Provider::try_load(None, "legacy", true).ok();
        provider.map(|provider| Loaded { _provider: provider })
    });
}
