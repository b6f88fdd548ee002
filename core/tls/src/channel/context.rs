//! What channels are made with: certificates, keys, whom to trust, and the versions spoken.

use openssl::{
    error::ErrorStack,
    pkcs12::Pkcs12,
    pkey::{PKey, Private},
    ssl::{
        AlpnError, SslContext, SslContextBuilder, SslMethod, SslOptions, SslSessionCacheMode,
        SslVersion, select_next_proto,
    },
    x509::{X509, verify::X509VerifyFlags},
};

use super::{authorities, channel::notes_index};
use crate::library_error::LibraryError;

/// What a program sets; whatever it leaves out is empty or `None`.
#[derive(Clone, Debug, Default)]
pub struct ContextOptions {
    /// PEM of chains, the own certificate of each first.
    pub chains: Vec<Vec<u8>>,
    /// PEM of private keys, and what opens them.
    pub keys: Vec<(Vec<u8>, Option<Vec<u8>>)>,
    /// PKCS #12 files, and what opens them.
    pub bundles: Vec<(Vec<u8>, Option<String>)>,
    /// PEM of whom to trust in place of the standard list.
    pub authorities: Option<Vec<Vec<u8>>>,
    /// Trusts a certificate of the list that is not the root of its chain.
    pub trusts_partial_chains: bool,
    /// Cipher suites up to TLS 1.2, in OpenSSL's syntax.
    pub ciphers: Option<String>,
    /// Cipher suites of TLS 1.3.
    pub suites: Option<String>,
    /// Signature algorithms.
    pub signatures: Option<String>,
    /// Groups of the key exchange.
    pub groups: Option<String>,
    /// The oldest version spoken, such as 0x0303.
    pub version_min: Option<u16>,
    /// The newest version spoken.
    pub version_max: Option<u16>,
    /// Bits of OpenSSL's SSL_OP_ family.
    pub options: u64,
    /// What sessions may be taken up in.
    pub session_context: Option<Vec<u8>>,
}

/// Why there is no context.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum ContextError {
    /// The library says so.
    Library(LibraryError),
    /// A PKCS #12 file is damaged or not opened by its passphrase.
    Bundle,
    /// A PKCS #12 file holds no key.
    BundleKey,
    /// An authority is no certificate.
    Authority,
    /// A group is unknown.
    Group,
}

impl ContextError {
    fn of(stack: &ErrorStack) -> Self {
        let unknown = || LibraryError::named("SSL routines", "INTERNAL_ERROR");
        Self::Library(LibraryError::of(stack).unwrap_or_else(unknown))
    }
}

impl From<ErrorStack> for ContextError {
    fn from(stack: ErrorStack) -> Self {
        Self::of(&stack)
    }
}

/// A context that channels share.
#[derive(Clone)]
pub struct Context {
    pub(super) inner: SslContext,
}

impl std::fmt::Debug for Context {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("Context")
    }
}

const SUITES: &str = "TLS_AES_128_GCM_SHA256:TLS_AES_256_GCM_SHA384:TLS_CHACHA20_POLY1305_SHA256";

impl Context {
    /// A context of these options.
    ///
    /// # Errors
    /// [`ContextError`].
    pub fn new(options: &ContextOptions) -> Result<Self, ContextError> {
        let mut builder = SslContextBuilder::new(SslMethod::tls())?;
        // Which keys are long enough is the program's business, as with BoringSSL.
        builder.set_security_level(0);
        set_versions(&mut builder, options)?;
        set_algorithms(&mut builder, options)?;
        set_identities(&mut builder, options)?;
        set_authorities(&mut builder, options)?;
        builder.set_options(SslOptions::from_bits_retain(options.options as _));
        set_sessions(&mut builder, options)?;
        builder.set_alpn_select_callback(|channel, offered| {
            let notes = channel.ex_data(notes_index()).ok_or(AlpnError::NOACK)?;
            let own = notes.protocols.get().ok_or(AlpnError::NOACK)?;
            let chosen = select_next_proto(own, offered).ok_or(AlpnError::ALERT_FATAL)?;
            // The library wants a part of the client's list.
            let at = offered.windows(chosen.len()).position(|part| part == chosen);
            at.map(|at| &offered[at..at + chosen.len()]).ok_or(AlpnError::ALERT_FATAL)
        });
        Ok(Self { inner: builder.build() })
    }

    /// The certificate shown to peers, in DER.
    #[must_use]
    pub fn certificate(&self) -> Option<Vec<u8>> {
        self.inner.certificate()?.to_der().ok()
    }
}

fn set_versions(
    builder: &mut SslContextBuilder,
    options: &ContextOptions,
) -> Result<(), ErrorStack> {
    let version = |number| match number {
        0x0301 => Some(SslVersion::TLS1),
        0x0302 => Some(SslVersion::TLS1_1),
        0x0303 => Some(SslVersion::TLS1_2),
        0x0304 => Some(SslVersion::TLS1_3),
        _ => None,
    };
    builder.set_min_proto_version(options.version_min.and_then(version))?;
    builder.set_max_proto_version(options.version_max.and_then(version))
}

fn set_algorithms(
    builder: &mut SslContextBuilder,
    options: &ContextOptions,
) -> Result<(), ContextError> {
    let named = |reason| ContextError::Library(LibraryError::named("SSL routines", reason));
    builder.set_ciphersuites(options.suites.as_deref().unwrap_or(SUITES))?;
    if let Some(ciphers) = &options.ciphers {
        builder.set_cipher_list(ciphers).map_err(|_| named("NO_CIPHER_MATCH"))?;
    }
    if let Some(signatures) = &options.signatures {
        let set = builder.set_sigalgs_list(signatures);
        set.map_err(|_| named("INVALID_SIGNATURE_ALGORITHM"))?;
    }
    if let Some(groups) = &options.groups {
        builder.set_groups_list(groups).map_err(|_| ContextError::Group)?;
    }
    Ok(())
}

fn set_identities(
    builder: &mut SslContextBuilder,
    options: &ContextOptions,
) -> Result<(), ContextError> {
    for chain in &options.chains {
        let chain = X509::stack_from_pem(chain)?;
        if chain.is_empty() {
            return Err(no_start_line());
        }
        set_chain(builder, chain)?;
    }
    for (pem, passphrase) in &options.keys {
        let key = open_key(pem, passphrase.as_deref())?;
        builder.set_private_key(&key)?;
    }
    for (der, passphrase) in &options.bundles {
        let bundle = open_bundle(der, passphrase.as_deref()).map_err(|_| ContextError::Bundle)?;
        let key = bundle.pkey.ok_or(ContextError::BundleKey)?;
        // Whoever comes with the own certificate is trusted, as in Node.
        for authority in bundle.ca.iter().flatten() {
            builder.add_client_ca(authority)?;
            builder.cert_store_mut().add_cert(authority.to_owned())?;
        }
        if let Some(certificate) = bundle.cert {
            let others = bundle.ca.into_iter().flatten();
            let chain = std::iter::once(certificate).chain(others).collect();
            set_chain(builder, chain)?;
        }
        builder.set_private_key(&key)?;
    }
    Ok(())
}

fn set_chain(builder: &mut SslContextBuilder, chain: Vec<X509>) -> Result<(), ErrorStack> {
    let mut chain = chain.into_iter();
    if let Some(own) = chain.next() {
        builder.set_certificate(&own)?;
    }
    chain.try_for_each(|certificate| builder.add_extra_chain_cert(certificate))
}

fn contains(text: &[u8], part: &[u8]) -> bool {
    text.windows(part.len()).any(|window| window == part)
}

fn no_start_line() -> ContextError {
    ContextError::Library(LibraryError::named("PEM routines", "NO_START_LINE"))
}

/// A key of PEM. Without a passphrase an encrypted one is not opened: nobody is asked for it.
fn open_key(pem: &[u8], passphrase: Option<&[u8]>) -> Result<PKey<Private>, ContextError> {
    if !contains(pem, b"-----BEGIN ") {
        return Err(no_start_line());
    }
    let is_encrypted = contains(pem, b"ENCRYPTED");
    let opened = PKey::private_key_from_pem_passphrase(pem, passphrase.unwrap_or_default());
    opened.map_err(|stack| match is_encrypted {
        true => ContextError::Library(LibraryError::named("Provider routines", "BAD_DECRYPT")),
        false => ContextError::of(&stack),
    })
}

fn open_bundle(
    der: &[u8],
    passphrase: Option<&str>,
) -> Result<openssl::pkcs12::ParsedPkcs12_2, ErrorStack> {
    let open = || Pkcs12::from_der(der)?.parse2(passphrase.unwrap_or_default());
    open().or_else(|_| {
        // Older files are encrypted with what the library keeps apart.
        crate::legacy::load();
        open()
    })
}

fn set_authorities(
    builder: &mut SslContextBuilder,
    options: &ContextOptions,
) -> Result<(), ContextError> {
    match &options.authorities {
        None => {
            for certificate in authorities::standard() {
                builder.cert_store_mut().add_cert(certificate)?;
            }
        }
        Some(listed) => {
            for pem in listed {
                let found = X509::stack_from_pem(pem).unwrap_or_default();
                let is_other = contains(pem, b"-----BEGIN ") && !contains(pem, b"CERTIFICATE-----");
                if found.is_empty() && !is_other {
                    return Err(ContextError::Authority);
                }
                for certificate in found {
                    builder.add_client_ca(&certificate)?;
                    builder.cert_store_mut().add_cert(certificate)?;
                }
            }
        }
    }
    if options.trusts_partial_chains {
        builder.verify_param_mut().set_flags(X509VerifyFlags::PARTIAL_CHAIN)?;
    }
    Ok(())
}

fn set_sessions(
    builder: &mut SslContextBuilder,
    options: &ContextOptions,
) -> Result<(), ErrorStack> {
    builder.set_session_cache_mode(SslSessionCacheMode::BOTH | SslSessionCacheMode::NO_INTERNAL);
    builder.set_session_id_context(options.session_context.as_deref().unwrap_or(b"dx"))?;
    builder.set_new_session_callback(|channel, session| {
        let Ok(der) = session.to_der() else { return };
        if let Some(notes) = channel.ex_data(notes_index()) {
            notes.add(|kept| kept.sessions.push(der));
        }
    });
    builder.set_keylog_callback(|channel, line| {
        if let Some(notes) = channel.ex_data(notes_index()) {
            notes.add(|kept| kept.key_lines.push(line.to_owned()));
        }
    });
    Ok(())
}
