//! What a certificate says, in the words of Node's certificate objects.

use std::net::IpAddr;

use x509_parser::{
    prelude::{FromDer as _, GeneralName, ParsedExtension, X509Certificate, X509Name},
    public_key::PublicKey,
};

/// The parts of a certificate that programs look at.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Certificate {
    /// Short names (`CN`, `O`, ...) and values of whom it is for.
    pub subject: Vec<(String, String)>,
    /// The same of who signed it.
    pub issuer: Vec<(String, String)>,
    /// `DNS:a, IP Address:b`; empty where it names none.
    pub alternative_names: String,
    /// Seconds since the Unix epoch.
    pub valid_from_s: i64,
    /// Seconds since the Unix epoch.
    pub valid_to_s: i64,
    /// Upper-case hexadecimal.
    pub serial_number: String,
    /// SHA-1, SHA-256 and SHA-512 of all of it: upper-case pairs with colons.
    pub fingerprints: [String; 3],
    /// The public key as it stands in the certificate (SubjectPublicKeyInfo).
    pub public_key: Vec<u8>,
    /// Of an RSA key: modulus in hexadecimal, exponent as `0x10001`, bits.
    pub rsa: Option<(String, String, u32)>,
    /// Object identifiers of what the key may be used for.
    pub extended_usage: Vec<String>,
    /// Whether it may sign others (RFC 5280 section 4.2.1.9).
    pub is_authority: bool,
    /// The object identifier of what it is signed with.
    pub signature_algorithm: String,
}

/// Reads a certificate in DER; `None` where it is none.
#[must_use]
pub fn describe(der: &[u8]) -> Option<Certificate> {
    let (_, parsed) = X509Certificate::from_der(der).ok()?;
    let serial = hexadecimal(parsed.raw_serial(), "");
    let serial_number = serial.strip_prefix("00").unwrap_or(&serial).to_owned();
    let fingerprint = |algorithm| hexadecimal(ring::digest::digest(algorithm, der).as_ref(), ":");
    Some(Certificate {
        subject: name(parsed.subject()),
        issuer: name(parsed.issuer()),
        alternative_names: alternative_names(&parsed),
        valid_from_s: parsed.validity().not_before.timestamp(),
        valid_to_s: parsed.validity().not_after.timestamp(),
        serial_number,
        fingerprints: [
            fingerprint(&ring::digest::SHA1_FOR_LEGACY_USE_ONLY),
            fingerprint(&ring::digest::SHA256),
            fingerprint(&ring::digest::SHA512),
        ],
        public_key: parsed.public_key().raw.to_vec(),
        rsa: rsa(&parsed),
        extended_usage: extended_usage(&parsed),
        is_authority: parsed.is_ca(),
        signature_algorithm: parsed.signature_algorithm.algorithm.to_id_string(),
    })
}

fn hexadecimal(bytes: &[u8], between: &str) -> String {
    let pairs: Vec<String> = bytes.iter().map(|byte| format!("{byte:02X}")).collect();
    pairs.join(between)
}

fn rsa(certificate: &X509Certificate<'_>) -> Option<(String, String, u32)> {
    let PublicKey::RSA(key) = certificate.public_key().parsed().ok()? else { return None };
    let exponent = key.try_exponent().ok()?;
    let modulus = key.modulus.strip_prefix(&[0]).unwrap_or(key.modulus);
    Some((hexadecimal(modulus, ""), format!("0x{exponent:x}"), key.key_size() as u32))
}

fn extended_usage(certificate: &X509Certificate<'_>) -> Vec<String> {
    let Ok(Some(usage)) = certificate.extended_key_usage() else { return Vec::new() };
    let usage = usage.value;
    let known = [
        (usage.server_auth, "1.3.6.1.5.5.7.3.1"),
        (usage.client_auth, "1.3.6.1.5.5.7.3.2"),
        (usage.code_signing, "1.3.6.1.5.5.7.3.3"),
        (usage.email_protection, "1.3.6.1.5.5.7.3.4"),
    ];
    let named = known.iter().filter(|(set, _)| *set).map(|(_, oid)| (*oid).to_owned());
    named.chain(usage.other.iter().map(|oid| oid.to_id_string())).collect()
}

fn name(name: &X509Name<'_>) -> Vec<(String, String)> {
    let registry = x509_parser::objects::oid_registry();
    name.iter_attributes()
        .map(|attribute| {
            let oid = attribute.attr_type();
            let short = x509_parser::objects::oid2abbrev(oid, registry);
            let short = short.map_or_else(|_| oid.to_id_string(), str::to_owned);
            (short, attribute.as_str().unwrap_or_default().to_owned())
        })
        .collect()
}

fn alternative_names(certificate: &X509Certificate<'_>) -> String {
    let mut names = Vec::new();
    for extension in certificate.extensions() {
        let ParsedExtension::SubjectAlternativeName(found) = extension.parsed_extension() else {
            continue;
        };
        names.extend(found.general_names.iter().filter_map(|name| match name {
            GeneralName::DNSName(name) => Some(format!("DNS:{name}")),
            GeneralName::IPAddress(bytes) => address(bytes).map(|ip| format!("IP Address:{ip}")),
            GeneralName::URI(uri) => Some(format!("URI:{uri}")),
            GeneralName::RFC822Name(mail) => Some(format!("email:{mail}")),
            _ => None,
        }));
    }
    names.join(", ")
}

fn address(bytes: &[u8]) -> Option<IpAddr> {
    match bytes.len() {
        4 => <[u8; 4]>::try_from(bytes).ok().map(IpAddr::from),
        16 => <[u8; 16]>::try_from(bytes).ok().map(IpAddr::from),
        _ => None,
    }
}

/// Whether it is signed by whom it is for, as far as the names tell.
pub(crate) fn is_self_issued(der: &[u8]) -> bool {
    X509Certificate::from_der(der)
        .is_ok_and(|(_, parsed)| parsed.subject().as_raw() == parsed.issuer().as_raw())
}
