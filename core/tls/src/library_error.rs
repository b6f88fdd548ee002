//! Errors of the TLS library in the words programs match on: those BoringSSL has, which Bun shows.
//!
//! Both libraries share the names of reasons; their numbers differ, so the numbers that programs
//! and tests meet are listed here. A reason that is not listed keeps the number it has.

use std::fmt;

use openssl::error::{Error, ErrorStack};

/// What failed, with the parts of the error text by themselves.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct LibraryError {
    /// Such as `ERR_SSL_WRONG_VERSION_NUMBER`.
    pub code: String,
    /// Such as `SSL routines`.
    pub library: &'static str,
    /// Such as `WRONG_VERSION_NUMBER`.
    pub reason: String,
    number: u32,
}

/// What the library says of where: it does not tell functions apart.
pub const FUNCTION: &str = "OPENSSL_internal";

/// A library: what OpenSSL calls it, its number, what it is called, its part of codes.
type Library = (&'static str, u32, &'static str, &'static str);

const LIBRARIES: &[Library] = &[
    ("bignum routines", 3, "bignum routines", "OSSL_BN_"),
    ("rsa routines", 4, "RSA routines", "OSSL_RSA_"),
    ("Diffie-Hellman routines", 5, "Diffie-Hellman routines", "OSSL_DH_"),
    ("digital envelope routines", 6, "public key routines", "OSSL_EVP_"),
    ("DECODER routines", 6, "public key routines", "OSSL_EVP_"),
    ("Provider routines", 30, "Cipher functions", "OSSL_"),
    ("PEM routines", 9, "PEM routines", "OSSL_PEM_"),
    ("dsa routines", 10, "DSA routines", "OSSL_DSA_"),
    ("x509 certificate routines", 11, "X.509 certificate routines", "OSSL_X509_"),
    ("asn1 encoding routines", 12, "ASN.1 encoding routines", "OSSL_ASN1_"),
    ("elliptic curve routines", 15, "Elliptic curve routines", "OSSL_EC_"),
    ("SSL routines", 16, "SSL routines", "SSL_"),
    ("PKCS12 routines", 19, "PKCS8 routines", "OSSL_"),
];

/// Reasons by library and name, with the other library's number.
const REASONS: &[(u32, &str, u32)] = &[
    (3, "BIGNUM_TOO_LONG", 102),
    (4, "BAD_SIGNATURE", 105),
    (4, "DATA_TOO_LARGE_FOR_KEY_SIZE", 114),
    (4, "DATA_TOO_LARGE_FOR_MODULUS", 115),
    (4, "DATA_TOO_SMALL_FOR_KEY_SIZE", 117),
    (4, "DIGEST_TOO_BIG_FOR_RSA_KEY", 118),
    (4, "KEY_SIZE_TOO_SMALL", 126),
    (4, "OAEP_DECODING_ERROR", 133),
    (4, "PADDING_CHECK_FAILED", 136),
    (4, "PKCS_DECODING_ERROR", 137),
    (6, "BAD_DECRYPT", 100),
    (6, "COMMAND_NOT_SUPPORTED", 101),
    (6, "DIFFERENT_KEY_TYPES", 103),
    (6, "DIFFERENT_PARAMETERS", 104),
    (6, "ILLEGAL_OR_UNSUPPORTED_PADDING_MODE", 109),
    (6, "INVALID_KEYBITS", 112),
    (6, "INVALID_PARAMETERS", 133),
    (6, "INVALID_PSS_SALTLEN", 116),
    (6, "MEMORY_LIMIT_EXCEEDED", 132),
    (6, "OPERATION_NOT_SUPPORTED_FOR_THIS_KEYTYPE", 125),
    (6, "NOT_XOF_OR_INVALID_LENGTH", 135),
    (6, "UNSUPPORTED_ALGORITHM", 128),
    (6, "DECODE_ERROR", 102),
    (9, "NO_START_LINE", 110),
    (9, "BAD_PASSWORD_READ", 104),
    (9, "BAD_BASE64_DECODE", 100),
    (9, "BAD_DECRYPT", 101),
    (11, "KEY_VALUES_MISMATCH", 116),
    (11, "KEY_TYPE_MISMATCH", 115),
    (16, "BAD_DECOMPRESSION", 103),
    (16, "CERTIFICATE_VERIFY_FAILED", 125),
    (16, "DATA_LENGTH_TOO_LONG", 136),
    (16, "DECODE_ERROR", 137),
    (16, "DECRYPTION_FAILED_OR_BAD_RECORD_MAC", 139),
    (16, "HTTPS_PROXY_REQUEST", 155),
    (16, "HTTP_REQUEST", 156),
    (16, "INVALID_SIGNATURE_ALGORITHM", 295),
    (16, "NO_CERTIFICATES_RETURNED", 176),
    (16, "NO_CIPHER_MATCH", 177),
    (16, "NO_SHARED_CIPHER", 184),
    (16, "PEER_DID_NOT_RETURN_A_CERTIFICATE", 192),
    (16, "UNEXPECTED_MESSAGE", 223),
    (16, "UNEXPECTED_RECORD", 225),
    (16, "UNSUPPORTED_PROTOCOL", 240),
    (16, "WRONG_VERSION_NUMBER", 247),
    (16, "NO_APPLICATION_PROTOCOL", 307),
    (12, "DECODE_ERROR", 109),
    (12, "HEADER_TOO_LONG", 123),
    (12, "NOT_ENOUGH_DATA", 162),
    (15, "UNKNOWN_GROUP", 123),
    (30, "BAD_DECRYPT", 101),
    (30, "DATA_NOT_MULTIPLE_OF_BLOCK_LENGTH", 106),
    (30, "INVALID_KEY_LENGTH", 110),
    (30, "WRONG_FINAL_BLOCK_LENGTH", 123),
];

/// Names of reasons that differ.
const RENAMED: &[(&str, &str)] = &[
    ("UNSUPPORTED", "DECODE_ERROR"),
    ("SSL/TLS_ALERT_HANDSHAKE_FAILURE", "SSLV3_ALERT_HANDSHAKE_FAILURE"),
    ("TLSV13_ALERT_CERTIFICATE_REQUIRED", "TLSV1_ALERT_CERTIFICATE_REQUIRED"),
];

impl LibraryError {
    /// The first error of a stack; `None` where it is empty.
    #[must_use]
    pub fn of(stack: &ErrorStack) -> Option<Self> {
        stack.errors().first().map(Self::of_error)
    }

    /// An error by its parts: the library by OpenSSL's name for it.
    #[must_use]
    pub fn named(library: &str, reason: &str) -> Self {
        Self::new(library, reason.to_owned(), 0)
    }

    fn of_error(error: &Error) -> Self {
        let said = error.reason().unwrap_or("unknown error");
        let reason = said.to_uppercase().replace([' ', '-'], "_");
        Self::new(error.library().unwrap_or_default(), reason, error.reason_code() as u32)
    }

    fn new(library: &str, reason: String, own_number: u32) -> Self {
        let renamed = RENAMED.iter().find(|(own, _)| *own == reason);
        let reason = renamed.map_or(reason, |(_, known)| (*known).to_owned());
        let known = LIBRARIES.iter().find(|(own, ..)| *own == library);
        let (_, number, library, part) =
            known.copied().unwrap_or(("", 0, "unknown library", "OSSL_"));
        let listed = REASONS.iter().find(|(of, name, _)| *of == number && *name == reason);
        let of_library = listed.map_or(own_number, |(_, _, number)| *number);
        let code = format!("ERR_{part}{reason}");
        Self { code, library, reason, number: number << 24 | of_library & 0xFFF }
    }
}

impl fmt::Display for LibraryError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { number, library, reason, .. } = self;
        write!(formatter, "error:{number:08x}:{library}:{FUNCTION}:{reason}")
    }
}

impl std::error::Error for LibraryError {}

#[cfg(test)]
mod tests {
    use super::LibraryError;

    #[test]
    fn errors_have_the_words_programs_know() {
        let error = LibraryError::named("SSL routines", "WRONG_VERSION_NUMBER");
        let text = "error:100000f7:SSL routines:OPENSSL_internal:WRONG_VERSION_NUMBER";
        assert_eq!(error.to_string(), text);
        assert_eq!(error.code, "ERR_SSL_WRONG_VERSION_NUMBER");
        let error = LibraryError::named("PEM routines", "NO_START_LINE");
        assert_eq!(error.code, "ERR_OSSL_PEM_NO_START_LINE");
    }
}
