//! One connection: records in, records out, text between.

use std::sync::{Mutex, OnceLock, PoisonError};

use openssl::{
    ex_data::Index,
    pkey::Id,
    ssl::{ErrorCode, NameType, Ssl, SslStream, SslVerifyMode},
    x509::{X509, X509VerifyResult},
};

use super::{
    context::{Context, ContextError},
    hello::{self, ClientHello},
    pipe::Pipe,
};
use crate::library_error::LibraryError;

/// How much text is read at a time.
const READ_BYTES: usize = 16384;
const FINISHED_BYTES_MAX: usize = 64;

/// What the library tells while it works, kept until the owner asks.
#[derive(Default)]
pub(super) struct Notes {
    /// A server's protocols, each behind its length.
    pub(super) protocols: OnceLock<Vec<u8>>,
    kept: Mutex<Kept>,
}

#[derive(Default)]
pub(super) struct Kept {
    pub(super) sessions: Vec<Vec<u8>>,
    pub(super) key_lines: Vec<String>,
}

impl Notes {
    pub(super) fn add<R>(&self, change: impl FnOnce(&mut Kept) -> R) -> R {
        change(&mut self.kept.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

pub(super) fn notes_index() -> Index<Ssl, Notes> {
    static INDEX: OnceLock<Index<Ssl, Notes>> = OnceLock::new();
    *INDEX.get_or_init(|| {
        Ssl::new_ex_index().unwrap_or_else(|_| unreachable!("the library has room for an index"))
    })
}

/// What a program sets of one connection.
#[derive(Clone, Debug, Default)]
pub struct ChannelOptions {
    /// The side that was connected to.
    pub is_server: bool,
    /// Asks the peer for a certificate; clients always do.
    pub asks: bool,
    /// Refuses a peer that shows none.
    pub requires: bool,
    /// The name a client asks for.
    pub server_name: Option<String>,
    /// Protocols, each behind its length, the best first.
    pub protocols: Vec<u8>,
}

/// What has come of feeding a channel.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Progress {
    /// A server has the client's hello and waits for [`Channel::answer`].
    pub has_hello: bool,
    /// The two sides have just agreed.
    pub has_agreed: bool,
    /// The peer has said that nothing more comes.
    pub has_ended: bool,
    /// There is an error to be asked for.
    pub has_failed: bool,
    /// There are sessions to be asked for.
    pub has_sessions: bool,
    /// There are lines of a key log to be asked for.
    pub has_key_lines: bool,
}

/// One connection.
pub struct Channel {
    stream: SslStream<Pipe>,
    is_server: bool,
    is_agreed: bool,
    is_ended: bool,
    /// A server's, until it may answer.
    hello: Option<ClientHello>,
    waits: bool,
    text: Vec<u8>,
    error: Option<LibraryError>,
}

impl std::fmt::Debug for Channel {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_struct("Channel").field("is_agreed", &self.is_agreed).finish()
    }
}

impl Channel {
    /// A channel that has not begun.
    ///
    /// # Errors
    /// [`ContextError`] where the library refuses an option.
    pub fn new(context: &Context, options: &ChannelOptions) -> Result<Self, ContextError> {
        let mut ssl = Ssl::new(&context.inner)?;
        let notes = Notes::default();
        if options.is_server {
            ssl.set_accept_state();
            if !options.protocols.is_empty() {
                let _ = notes.protocols.set(options.protocols.clone());
            }
        } else {
            ssl.set_connect_state();
            if !options.protocols.is_empty() {
                ssl.set_alpn_protos(&options.protocols)?;
            }
            if let Some(name) = &options.server_name {
                ssl.set_hostname(name)?;
            }
        }
        ssl.set_ex_data(notes_index(), notes);
        set_verification(&mut ssl, options);
        Ok(Self {
            stream: SslStream::new(ssl, Pipe::default())?,
            is_server: options.is_server,
            is_agreed: false,
            is_ended: false,
            hello: None,
            waits: options.is_server,
            text: Vec::new(),
            error: None,
        })
    }

    /// Adds records that have come, and goes on as far as they reach.
    pub fn feed(&mut self, records: &[u8]) -> Progress {
        self.stream.get_mut().feed(records);
        self.advance()
    }

    /// Goes on as far as possible: a client's first call makes its hello.
    pub fn advance(&mut self) -> Progress {
        let mut progress = Progress::default();
        if self.waits {
            if self.hello.is_some() {
                return progress;
            }
            match hello::read(self.stream.get_ref().unread()) {
                hello::Progress::Partial => return progress,
                hello::Progress::Whole(hello) => {
                    self.hello = Some(hello);
                    return Progress { has_hello: true, ..progress };
                }
                hello::Progress::Foreign => self.waits = false,
            }
        }
        if self.error.is_none() && !self.is_agreed {
            match self.stream.do_handshake() {
                Ok(()) => {
                    self.is_agreed = true;
                    progress.has_agreed = true;
                }
                Err(error) => self.note(&error),
            }
        }
        if self.error.is_none() && self.is_agreed && !self.is_ended {
            self.read();
            progress.has_ended = self.is_ended;
        }
        progress.has_failed = self.error.is_some();
        self.noted(|kept| {
            progress.has_sessions = !kept.sessions.is_empty();
            progress.has_key_lines = !kept.key_lines.is_empty();
        });
        progress
    }

    fn read(&mut self) {
        loop {
            let length = self.text.len();
            self.text.resize(length + READ_BYTES, 0);
            let read = self.stream.ssl_read(&mut self.text[length..]);
            self.text.truncate(length + read.as_ref().map_or(0, |count| *count));
            match read {
                Ok(_) => {}
                Err(error) if error.code() == ErrorCode::ZERO_RETURN => {
                    self.is_ended = true;
                    return;
                }
                Err(error) => return self.note(&error),
            }
        }
    }

    fn note(&mut self, error: &openssl::ssl::Error) {
        if matches!(error.code(), ErrorCode::WANT_READ | ErrorCode::WANT_WRITE) {
            return;
        }
        let said = error.ssl_error().and_then(LibraryError::of);
        self.error =
            Some(said.unwrap_or_else(|| LibraryError::named("SSL routines", "PROTOCOL_ERROR")));
    }

    fn noted<R>(&self, look: impl FnOnce(&mut Kept) -> R) -> R {
        match self.stream.ssl().ex_data(notes_index()) {
            Some(notes) => notes.add(look),
            None => look(&mut Kept::default()),
        }
    }

    /// What the client has asked for.
    #[must_use]
    pub fn hello(&self) -> Option<&ClientHello> {
        self.hello.as_ref()
    }

    /// Lets a server answer the hello, with another context and other protocols where given.
    ///
    /// # Errors
    /// [`ContextError`] where the library refuses the context.
    pub fn answer(
        &mut self,
        context: Option<&Context>,
        protocols: Option<Vec<u8>>,
        asks: &ChannelOptions,
    ) -> Result<(), ContextError> {
        self.waits = false;
        let Some(context) = context else {
            if let Some(protocols) = protocols {
                self.set_protocols(protocols);
            }
            return Ok(());
        };
        let options = ChannelOptions {
            is_server: true,
            protocols: protocols.unwrap_or_else(|| asks.protocols.clone()),
            ..asks.clone()
        };
        let mut made = Self::new(context, &options)?;
        made.waits = false;
        let unread = self.stream.get_ref().unread().to_vec();
        made.stream.get_mut().feed(&unread);
        made.hello = self.hello.take();
        *self = made;
        Ok(())
    }

    fn set_protocols(&mut self, protocols: Vec<u8>) {
        if let Some(notes) = self.stream.ssl().ex_data(notes_index()) {
            let _ = notes.protocols.set(protocols);
        }
    }

    /// Writes text; it leaves as records of [`Channel::take_records`].
    pub fn write(&mut self, text: &[u8]) -> bool {
        let mut rest = text;
        while !rest.is_empty() {
            match self.stream.ssl_write(rest) {
                Ok(count) => rest = &rest[count..],
                Err(error) => {
                    self.note(&error);
                    return false;
                }
            }
        }
        true
    }

    /// Says that nothing more comes.
    pub fn close(&mut self) {
        if self.is_agreed && self.error.is_none() {
            // What the peer says to that is read as anything else.
            let _ = self.stream.shutdown();
        }
    }

    /// Records to be sent, taken.
    pub fn take_records(&mut self) -> Vec<u8> {
        std::mem::take(&mut self.stream.get_mut().outgoing)
    }

    /// Text that has come, taken.
    pub fn take_text(&mut self) -> Vec<u8> {
        std::mem::take(&mut self.text)
    }

    /// Why the two sides do not agree, taken.
    pub fn take_error(&mut self) -> Option<LibraryError> {
        self.error.clone()
    }

    /// Sessions to be taken up again later, taken: DER.
    pub fn take_sessions(&mut self) -> Vec<Vec<u8>> {
        self.noted(|kept| std::mem::take(&mut kept.sessions))
    }

    /// Lines of a key log, taken.
    pub fn take_key_lines(&mut self) -> Vec<String> {
        self.noted(|kept| std::mem::take(&mut kept.key_lines))
    }

    /// What is wrong with the peer's certificate, by OpenSSL's number (0: nothing); `None` where
    /// it has shown none.
    #[must_use]
    pub fn verification(&self) -> Option<i32> {
        self.stream.ssl().peer_certificate()?;
        Some(self.stream.ssl().verify_result().as_raw())
    }

    /// The peer's certificates in DER, its own first, up to the root where that is known.
    #[must_use]
    pub fn peer_chain(&self) -> Vec<Vec<u8>> {
        let ssl = self.stream.ssl();
        let own = ssl.peer_certificate();
        let shown = ssl.peer_cert_chain().into_iter().flatten().map(ToOwned::to_owned);
        let verified = ssl.verified_chain().into_iter().flatten().map(ToOwned::to_owned);
        let mut chain: Vec<X509> = own.into_iter().collect();
        for certificate in shown.chain(verified) {
            let der = certificate.to_der().ok();
            if chain.iter().all(|known| known.to_der().ok() != der) {
                chain.push(certificate);
            }
        }
        chain.iter().filter_map(|certificate| certificate.to_der().ok()).collect()
    }

    /// The own certificate in DER.
    #[must_use]
    pub fn own_certificate(&self) -> Option<Vec<u8>> {
        self.stream.ssl().certificate()?.to_der().ok()
    }

    /// The version spoken: `TLSv1.3`.
    #[must_use]
    pub fn version(&self) -> &'static str {
        self.stream.ssl().version_str()
    }

    /// The cipher suite by OpenSSL's name and by the standard's.
    #[must_use]
    pub fn cipher(&self) -> Option<(&'static str, &'static str)> {
        let cipher = self.stream.ssl().current_cipher()?;
        Some((cipher.name(), cipher.standard_name().unwrap_or(cipher.name())))
    }

    /// The server's key of the exchange: kind, group and bits, as a client sees them.
    #[must_use]
    pub fn exchange_key(&self) -> Option<(&'static str, &'static str, u32)> {
        let ssl = self.stream.ssl();
        if ssl.is_server() || ssl.version_str() == "TLSv1.3" {
            return None;
        }
        let key = ssl.peer_tmp_key().ok()?;
        let bits = key.bits();
        match key.id() {
            Id::DH => Some(("DH", "", bits)),
            Id::X25519 => Some(("ECDH", "X25519", bits)),
            Id::EC => {
                let curve = key.ec_key().ok()?.group().curve_name()?;
                Some(("ECDH", curve.short_name().ok()?, bits))
            }
            _ => None,
        }
    }

    /// The protocol both speak.
    #[must_use]
    pub fn protocol(&self) -> Option<String> {
        let chosen = self.stream.ssl().selected_alpn_protocol()?;
        Some(String::from_utf8_lossy(chosen).into_owned())
    }

    /// The name the client has asked for.
    #[must_use]
    pub fn server_name(&self) -> Option<&str> {
        self.stream.ssl().servername(NameType::HOST_NAME)
    }

    /// Sets the name to ask for.
    pub fn set_server_name(&mut self, name: &str) -> bool {
        !self.is_server && !self.is_agreed && self.set_name(name)
    }

    fn set_name(&mut self, name: &str) -> bool {
        // A stream lends its session for reading only: the name goes to a new one.
        let context = Context { inner: self.stream.ssl().ssl_context().to_owned() };
        let options = ChannelOptions { server_name: Some(name.to_owned()), ..Default::default() };
        Self::new(&context, &options).map(|made| *self = made).is_ok()
    }

    /// The session as it stands, in DER.
    #[must_use]
    pub fn session(&self) -> Option<Vec<u8>> {
        self.stream.ssl().session()?.to_der().ok()
    }

    /// Whether an earlier session was taken up.
    #[must_use]
    pub fn is_resumed(&self) -> bool {
        self.stream.ssl().session_reused()
    }

    /// The last message of the handshake, the own or the peer's; empty before it.
    #[must_use]
    pub fn finished(&self, of_peer: bool) -> Vec<u8> {
        let ssl = self.stream.ssl();
        let mut message = vec![0; FINISHED_BYTES_MAX];
        let length = match of_peer {
            true => ssl.peer_finished(&mut message),
            false => ssl.finished(&mut message),
        };
        message.truncate(length);
        message
    }

    /// Keying material for a protocol on top (RFC 5705).
    #[must_use]
    pub fn export(&self, length: usize, label: &str, context: Option<&[u8]>) -> Option<Vec<u8>> {
        let mut material = vec![0; length];
        let exported = self.stream.ssl().export_keying_material(&mut material, label, context);
        exported.is_ok().then_some(material)
    }
}

fn set_verification(ssl: &mut Ssl, options: &ChannelOptions) {
    if options.is_server && !options.asks {
        ssl.set_verify(SslVerifyMode::NONE);
        return;
    }
    let mode = match options.is_server && options.requires {
        true => SslVerifyMode::PEER | SslVerifyMode::FAIL_IF_NO_PEER_CERT,
        false => SslVerifyMode::PEER,
    };
    ssl.set_verify_callback(mode, |_accepted, _store| true);
}

/// The code and the text of what is wrong with a certificate, by OpenSSL's number.
#[must_use]
pub fn verification_error(number: i32) -> (&'static str, &'static str) {
    let known = VERIFICATION_ERRORS.iter().find(|(own, ..)| *own == number);
    known.map_or_else(
        || ("UNSPECIFIED", X509VerifyResult::OK.error_string()),
        |(_, code, text)| (*code, *text),
    )
}

const VERIFICATION_ERRORS: &[(i32, &str, &str)] = &[
    (2, "UNABLE_TO_GET_ISSUER_CERT", "unable to get issuer certificate"),
    (3, "UNABLE_TO_GET_CRL", "unable to get certificate CRL"),
    (4, "UNABLE_TO_DECRYPT_CERT_SIGNATURE", "unable to decrypt certificate's signature"),
    (5, "UNABLE_TO_DECRYPT_CRL_SIGNATURE", "unable to decrypt CRL's signature"),
    (6, "UNABLE_TO_DECODE_ISSUER_PUBLIC_KEY", "unable to decode issuer public key"),
    (7, "CERT_SIGNATURE_FAILURE", "certificate signature failure"),
    (8, "CRL_SIGNATURE_FAILURE", "CRL signature failure"),
    (9, "CERT_NOT_YET_VALID", "certificate is not yet valid"),
    (10, "CERT_HAS_EXPIRED", "certificate has expired"),
    (11, "CRL_NOT_YET_VALID", "CRL is not yet valid"),
    (12, "CRL_HAS_EXPIRED", "CRL has expired"),
    (13, "ERROR_IN_CERT_NOT_BEFORE_FIELD", "format error in certificate's notBefore field"),
    (14, "ERROR_IN_CERT_NOT_AFTER_FIELD", "format error in certificate's notAfter field"),
    (17, "OUT_OF_MEM", "out of memory"),
    (18, "DEPTH_ZERO_SELF_SIGNED_CERT", "self signed certificate"),
    (19, "SELF_SIGNED_CERT_IN_CHAIN", "self signed certificate in certificate chain"),
    (20, "UNABLE_TO_GET_ISSUER_CERT_LOCALLY", "unable to get local issuer certificate"),
    (21, "UNABLE_TO_VERIFY_LEAF_SIGNATURE", "unable to verify the first certificate"),
    (22, "CERT_CHAIN_TOO_LONG", "certificate chain too long"),
    (23, "CERT_REVOKED", "certificate revoked"),
    (24, "INVALID_CA", "invalid CA certificate"),
    (25, "PATH_LENGTH_EXCEEDED", "path length constraint exceeded"),
    (26, "INVALID_PURPOSE", "unsupported certificate purpose"),
    (27, "CERT_UNTRUSTED", "certificate not trusted"),
    (28, "CERT_REJECTED", "certificate rejected"),
    (62, "HOSTNAME_MISMATCH", "Hostname mismatch"),
    (79, "INVALID_CA", "invalid CA certificate"),
];
