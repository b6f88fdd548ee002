//! Failures of exchanges as exceptions with a code, which JavaScript turns into Bun's errors.

use dx_client::{ClientError, Http2Fault, Malformed};
use dx_coding::Coding;
use dx_ops::{ErrorClass, Exception, Property};

/// Codes by errno; Linux's numbers.
const CONNECT_CODES: &[(i32, &str)] = &[
    (2, "ENOENT"),
    (11, "EAGAIN"),
    (13, "EACCES"),
    (20, "ENOTDIR"),
    (24, "EMFILE"),
    (99, "EADDRNOTAVAIL"),
    (101, "ENETUNREACH"),
    (104, "ECONNRESET"),
    (110, "ETIMEDOUT"),
    (111, "ECONNREFUSED"),
    (113, "EHOSTUNREACH"),
];

/// The exception of a failed exchange.
pub(super) fn exception(error: ClientError) -> Exception {
    let coded = |code| Exception::new(ErrorClass::Error, "").with_code(code);
    match error {
        ClientError::Unknown { host, passing } => {
            let code = if passing { "EAI_AGAIN" } else { "ENOTFOUND" };
            coded(code).with_property("hostname", Property::String(host))
        }
        ClientError::Connect(errno) => coded(connect_code(errno)),
        ClientError::Closed => coded("ECONNRESET"),
        ClientError::Silent => coded("Timeout"),
        ClientError::Malformed(rule) => coded(match rule {
            Malformed::Head => "Malformed_HTTP_Response",
            Malformed::HeadTooLarge => "ResponseHeadersTooLarge",
            Malformed::ContentLength => "InvalidContentLength",
            Malformed::TransferEncoding => "UnsupportedTransferEncoding",
            Malformed::Content => "InvalidHTTPResponse",
            Malformed::Upgrade => "UnrequestedUpgrade",
        }),
        ClientError::Http2(fault) => coded(http2_code(fault)),
        ClientError::Decoding(coding) => coded(match coding {
            Coding::Gzip | Coding::Deflate => "ZlibError",
            Coding::Brotli => "BrotliDecompressionError",
            Coding::Zstd => "ZstdDecompressionError",
        }),
        ClientError::Tls(error) => {
            Exception::new(ErrorClass::Error, error.message).with_code(error.code)
        }
        ClientError::Tunnel(head) => {
            let head = head.iter().map(|byte| char::from(*byte)).collect();
            coded("ERR_PROXY_TUNNEL").with_property("head", Property::String(head))
        }
        ClientError::Upload | ClientError::Cancelled => coded("Aborted"),
        ClientError::Request => coded("InvalidRequest"),
    }
}

fn http2_code(fault: Http2Fault) -> &'static str {
    match fault {
        Http2Fault::Unsupported => "HTTP2Unsupported",
        Http2Fault::Protocol => "HTTP2ProtocolError",
        Http2Fault::FrameSize => "HTTP2FrameSizeError",
        Http2Fault::FlowControl => "HTTP2FlowControlError",
        Http2Fault::Compression => "HTTP2CompressionError",
        Http2Fault::ListTooLong => "HTTP2HeaderListTooLarge",
        Http2Fault::Calm => "HTTP2EnhanceYourCalm",
        Http2Fault::ContentLength => "HTTP2ContentLengthMismatch",
        Http2Fault::Reset => "HTTP2StreamReset",
        Http2Fault::Refused => "HTTP2RefusedStream",
        Http2Fault::GoAway => "HTTP2GoAway",
    }
}

fn connect_code(errno: i32) -> &'static str {
    let known = CONNECT_CODES.iter().find(|(number, _)| *number == errno);
    known.map_or("FailedToOpenSocket", |(_, code)| code)
}

#[cfg(test)]
mod tests {
    use super::{ClientError, exception};

    #[test]
    fn codes_are_buns() {
        assert_eq!(exception(ClientError::Connect(111)).code, Some("ECONNREFUSED"));
        assert_eq!(exception(ClientError::Connect(9999)).code, Some("FailedToOpenSocket"));
        assert_eq!(exception(ClientError::Closed).code, Some("ECONNRESET"));
    }
}
