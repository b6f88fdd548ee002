//! TLS between the socket and the connection machine: ciphertext in, requests out of it, and the
//! other way round.
//!
//! What the machine writes is encrypted when it is sent, so that a turn's replies share records.

use std::io::{self, Read as _, Write as _};

use dx_ring::Key;
use dx_tls::ServerConnection;

use crate::{connection::Closing, shard::HttpShard};

/// The TLS session of a connection.
pub(crate) struct Secured {
    session: ServerConnection,
    /// Whether the peer was told that nothing more follows.
    ended: bool,
}

/// What received bytes turned out to be.
struct Received {
    plain: Vec<u8>,
    /// The session cannot go on; whether it has something to tell the peer about it.
    failed: Option<bool>,
}

impl Secured {
    pub(crate) fn new(session: ServerConnection) -> Self {
        Self { session, ended: false }
    }

    fn receive(&mut self, mut bytes: &[u8]) -> Received {
        let mut plain = Vec::new();
        while !bytes.is_empty() {
            if self.session.read_tls(&mut bytes).is_err() {
                return Received { plain, failed: Some(false) };
            }
            let processed = self.session.process_new_packets();
            match self.session.reader().read_to_end(&mut plain) {
                Ok(_) => {}
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => {}
                // The peer ended without saying so; the framing of HTTP tells whether it may.
                Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => {}
                Err(_) => return Received { plain, failed: Some(false) },
            }
            if processed.is_err() {
                // Somebody who does not speak TLS is not answered in it.
                let speaks =
                    !self.session.is_handshaking() || self.session.alpn_protocol().is_some();
                return Received { plain, failed: Some(speaks || self.has_hello()) };
            }
        }
        Received { plain, failed: None }
    }

    /// Whether the client has introduced itself.
    fn has_hello(&self) -> bool {
        self.session.protocol_version().is_some()
    }

    /// Whether there is something to send that the machine did not write.
    pub(crate) fn has_output(&self) -> bool {
        self.session.wants_write()
    }

    /// Encrypts what the machine wrote; with what the session itself has to say.
    pub(crate) fn encrypt(&mut self, plain: &[u8]) -> Vec<u8> {
        let mut cipher = Vec::with_capacity(plain.len() + 64);
        // Both write to memory, which takes everything.
        let _ = self.session.writer().write_all(plain);
        while self.session.wants_write() {
            if self.session.write_tls(&mut cipher).is_err() {
                break;
            }
        }
        cipher
    }

    /// The session, for whom the connection leaves to.
    pub(crate) fn into_session(self) -> ServerConnection {
        self.session
    }

    /// Queues the notice that nothing more follows; false where that was done before.
    pub(crate) fn end(&mut self) -> bool {
        if self.ended {
            return false;
        }
        self.ended = true;
        self.session.send_close_notify();
        true
    }
}

impl HttpShard {
    /// Takes what was received on a connection with TLS.
    pub(crate) fn take_secured(&mut self, key: Key, bytes: &[u8]) {
        let Some(connection) = self.connections.get_mut(key) else {
            return;
        };
        let Some(secured) = &mut connection.secured else {
            return;
        };
        let Received { plain, failed } = secured.receive(bytes);
        let has_output = secured.has_output();
        match failed {
            Some(true) => {
                connection.closing = Closing::AfterSend;
                self.mark_dirty(key);
                return;
            }
            Some(false) => return self.close(key),
            None => {}
        }
        let detaching = connection.detaching.is_some();
        if detaching {
            connection.input.extend_from_slice(&plain);
        }
        if has_output {
            self.mark_dirty(key);
        }
        if !plain.is_empty() && !detaching {
            self.take_input(key, &plain);
        }
    }
}

impl std::fmt::Debug for Secured {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_struct("Secured").field("ended", &self.ended).finish_non_exhaustive()
    }
}
