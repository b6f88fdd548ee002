//! What can go wrong with an exchange.

use std::{fmt, io};

use dx_http::Rejection;

use dx_tls::TlsError;

/// Which rule a response broke.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Malformed {
    /// The head is not one of HTTP/1.
    Head,
    /// The head is over its limit.
    HeadTooLarge,
    /// A Content-Length that is none, or two that differ.
    ContentLength,
    /// A transfer coding that is not understood.
    TransferEncoding,
    /// The content breaks its framing.
    Content,
    /// 101 although no upgrade was asked for.
    Upgrade,
}

impl Malformed {
    /// Which of the rules for heads a rejection names.
    pub(crate) fn of_head(rejection: Rejection) -> Self {
        match rejection {
            Rejection { status: 501, .. } => Self::TransferEncoding,
            Rejection { status: 431, .. } => Self::HeadTooLarge,
            _ if rejection.reason.ends_with("Content-Length") => Self::ContentLength,
            _ => Self::Head,
        }
    }
}

/// What ended an exchange over HTTP/2.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Http2Fault {
    /// The server does not speak it, or nobody could be asked.
    Unsupported,
    /// A frame or message breaks the protocol.
    Protocol,
    /// A frame is larger than allowed.
    FrameSize,
    /// A window was overrun.
    FlowControl,
    /// A header block cannot be read.
    Compression,
    /// A list of fields is too long.
    ListTooLong,
    /// The server asks for too much.
    Calm,
    /// There is less or more content than the head announces.
    ContentLength,
    /// The server has given the stream up.
    Reset,
    /// The server has not looked at the request, again and again.
    Refused,
    /// The server has given the connection up.
    GoAway,
}

/// Why an exchange failed.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum ClientError {
    /// The name has no address.
    Unknown {
        /// The name.
        host: String,
        /// Whether asking again may help.
        passing: bool,
    },
    /// No address of the name could be connected to; the errno of the last attempt.
    Connect(i32),
    /// The connection ended, or was reset, before the message did.
    Closed,
    /// Nothing came or went for longer than allowed.
    Silent,
    /// The response breaks the protocol.
    Malformed(Malformed),
    /// HTTP/2 failed.
    Http2(Http2Fault),
    /// The content is not of its coding.
    Decoding(dx_coding::Coding),
    /// TLS could not be agreed on.
    Tls(TlsError),
    /// A proxy answered a CONNECT with this head instead of 2xx.
    Tunnel(Vec<u8>),
    /// The content of the request ended early; its owner knows why.
    Upload,
    /// The owner gave the exchange up.
    Cancelled,
    /// The head of the request cannot be sent safely.
    Request,
}

impl ClientError {
    /// From a system call on an established connection.
    pub(crate) fn of_connection(error: &io::Error) -> Self {
        // A server that finds fault with the client says so after the client's handshake.
        let inner = error.get_ref().and_then(|inner| inner.downcast_ref::<rustls::Error>());
        match (inner, error.kind()) {
            (Some(error), _) => Self::Tls(TlsError::of(error)),
            (None, io::ErrorKind::TimedOut) => Self::Silent,
            (None, _) => Self::Closed,
        }
    }

    /// From a TLS session whose sides have not agreed yet.
    pub(crate) fn of_handshake(error: &rustls::Error, only_http2: bool) -> Self {
        use rustls::{AlertDescription::NoApplicationProtocol, Error::AlertReceived};
        match error {
            AlertReceived(NoApplicationProtocol) if only_http2 => {
                Self::Http2(Http2Fault::Unsupported)
            }
            _ => Self::Tls(TlsError::of(error)),
        }
    }

    /// From an attempt to connect.
    pub(crate) fn of_connect(error: &io::Error) -> Self {
        Self::Connect(error.raw_os_error().unwrap_or(0))
    }
}

impl fmt::Display for ClientError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unknown { host, .. } => write!(formatter, "no address of {host}"),
            Self::Connect(errno) => write!(formatter, "cannot connect (errno {errno})"),
            Self::Closed => formatter.write_str("the connection ended early"),
            Self::Silent => formatter.write_str("the peer was silent for too long"),
            Self::Malformed(rule) => write!(formatter, "malformed response: {rule:?}"),
            Self::Http2(fault) => write!(formatter, "HTTP/2: {fault:?}"),
            Self::Decoding(coding) => write!(formatter, "content is not {coding:?}"),
            Self::Tls(error) => write!(formatter, "{error}"),
            Self::Tunnel(_) => formatter.write_str("the proxy refused a tunnel"),
            Self::Upload => formatter.write_str("the content of the request failed"),
            Self::Cancelled => formatter.write_str("given up"),
            Self::Request => formatter.write_str("the request cannot be sent"),
        }
    }
}

impl std::error::Error for ClientError {}
