//! What certificates say, as node:tls and X509Certificate show it.

use dx_ops::{Call, Exception, Value};
use openssl::{
    asn1::Asn1TimeRef,
    nid::Nid,
    pkey::{Id, Public},
    x509::{GeneralNameRef, X509, X509NameRef, X509Ref, X509VerifyResult},
};

use super::{
    failure::{Outcome, named, of},
    keys::{Key, keep, key_at},
};

/// `certificateDescribe(der)`: what a certificate says; undefined where it is none.
pub(super) fn describe(call: &mut Call<'_>) -> Result<Value, Exception> {
    let der = call.expect_bytes(0, "certificate")?;
    Ok(X509::from_der(der).ok().and_then(|it| said(&it, der)).unwrap_or_default())
}

fn said(certificate: &X509Ref, der: &[u8]) -> Option<Value> {
    let known = dx_tls::describe(der)?;
    let key = certificate.public_key().ok();
    let [sha1, sha256, sha512] = known.fingerprints;
    let usage = known.extended_usage.into_iter().map(Value::from).collect::<Vec<_>>();
    let algorithm = certificate.signature_algorithm().object();
    let named = algorithm.nid().long_name().map_or_else(|_| algorithm.to_string(), str::to_owned);
    let mut properties = vec![
        ("subject", name(certificate.subject_name())),
        ("issuer", name(certificate.issuer_name())),
        ("alternativeNames", alternative_names(certificate).into()),
        ("access", access(certificate)),
        ("isAuthority", known.is_authority.into()),
        ("validFrom", time(certificate.not_before()).into()),
        ("validTo", time(certificate.not_after()).into()),
        ("validFromSeconds", Value::Number(known.valid_from_s as f64)),
        ("validToSeconds", Value::Number(known.valid_to_s as f64)),
        ("fingerprint", sha1.into()),
        ("fingerprint256", sha256.into()),
        ("fingerprint512", sha512.into()),
        ("serialNumber", known.serial_number.into()),
        ("usage", Value::Array(usage)),
        ("signatureAlgorithm", named.into()),
        ("signatureAlgorithmOid", known.signature_algorithm.into()),
    ];
    properties.extend(key.as_deref().map(key_parts).unwrap_or_default());
    Some(Value::Object(properties))
}

type Property = (&'static str, Value);

/// The public key: modulus and exponent, or curve and point.
fn key_parts(key: &openssl::pkey::PKeyRef<Public>) -> Vec<Property> {
    match key.id() {
        Id::RSA | Id::RSA_PSS => {
            let Ok(rsa) = key.rsa() else { return Vec::new() };
            let modulus = rsa.n().to_hex_str().map(|text| text.to_string()).unwrap_or_default();
            let exponent = rsa.e().to_hex_str().map(|text| text.to_string()).unwrap_or_default();
            let exponent = exponent.trim_start_matches('0').to_lowercase();
            let der = key.public_key_to_der().unwrap_or_default();
            vec![
                ("modulus", modulus.into()),
                ("bits", key.bits().into()),
                ("exponent", format!("0x{exponent}").into()),
                ("pubkey", Value::Bytes(der)),
            ]
        }
        Id::EC => curve_parts(key).unwrap_or_default(),
        _ => Vec::new(),
    }
}

fn curve_parts(key: &openssl::pkey::PKeyRef<Public>) -> Option<Vec<Property>> {
    let ec = key.ec_key().ok()?;
    let group = ec.group();
    let mut context = openssl::bn::BigNumContext::new().ok()?;
    let form = openssl::ec::PointConversionForm::UNCOMPRESSED;
    let point = ec.public_key().to_bytes(group, form, &mut context).ok()?;
    let curve = group.curve_name()?;
    let nist = match curve {
        Nid::X9_62_PRIME256V1 => Some("P-256"),
        Nid::SECP224R1 => Some("P-224"),
        Nid::SECP384R1 => Some("P-384"),
        Nid::SECP521R1 => Some("P-521"),
        _ => None,
    };
    Some(vec![
        ("bits", key.bits().into()),
        ("pubkey", Value::Bytes(point)),
        ("asn1Curve", curve.short_name().ok()?.into()),
        ("nistCurve", nist.into()),
    ])
}

/// Short names and values in turn.
fn name(name: &X509NameRef) -> Value {
    let parts = name.entries().flat_map(|entry| {
        let object = entry.object();
        let known = object.nid().short_name().map(str::to_owned);
        let short = known.unwrap_or_else(|_| object.to_string());
        let value = entry.data().to_string().unwrap_or_default();
        [Value::from(short), Value::from(value)]
    });
    Value::Array(parts.collect())
}

/// `DNS:a, IP Address:b`, names with separators in them quoted as in JSON.
fn alternative_names(certificate: &X509Ref) -> Option<String> {
    let names = certificate.subject_alt_names()?;
    let shown: Vec<String> = names.iter().map(general_name).collect();
    Some(shown.join(", "))
}

fn general_name(name: &GeneralNameRef) -> String {
    if let Some(host) = name.dnsname() {
        return format!("DNS:{}", quoted(host));
    }
    if let Some(uri) = name.uri() {
        return format!("URI:{}", quoted(uri));
    }
    if let Some(mail) = name.email() {
        return format!("email:{}", quoted(mail));
    }
    if let Some(bytes) = name.ipaddress() {
        return format!("IP Address:{}", address(bytes));
    }
    match name.directory_name() {
        Some(directory) => {
            let entries = directory.entries().map(|entry| {
                let short = entry.object().nid().short_name().unwrap_or("UNDEF");
                let value = entry.data().to_string().unwrap_or_default();
                format!("{short} = {value}")
            });
            format!("DirName:{}", quoted(&entries.collect::<Vec<_>>().join(", ")))
        }
        None => "othername:<unsupported>".to_owned(),
    }
}

fn address(bytes: &[u8]) -> String {
    if let Ok(v4) = <[u8; 4]>::try_from(bytes) {
        return std::net::Ipv4Addr::from(v4).to_string();
    }
    match <[u8; 16]>::try_from(bytes) {
        Ok(v6) => {
            let groups = std::net::Ipv6Addr::from(v6).segments();
            groups.map(|group| format!("{group:X}")).join(":")
        }
        Err(_) => "<invalid>".to_owned(),
    }
}

/// A name as it is, or as a JSON string where it could be taken for several.
fn quoted(text: &str) -> String {
    let is_plain =
        |byte: u8| (0x20..0x7F).contains(&byte) && !b"\",\\".contains(&byte) && byte != b'\'';
    if text.bytes().all(is_plain) {
        return text.to_owned();
    }
    let mut out = String::from("\"");
    for each in text.chars() {
        match each {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            ' '..='~' => out.push(each),
            _ => out.push_str(&format!("\\u{:04x}", u32::from(each))),
        }
    }
    out.push('"');
    out
}

/// Where to ask about it: method and place in turn, as lines name them.
fn access(certificate: &X509Ref) -> Value {
    let Some(listed) = certificate.authority_info() else { return Value::Undefined };
    let parts = listed.iter().flat_map(|one| {
        let method = one.method().nid().long_name().unwrap_or_default();
        let place = general_name(one.location());
        let (kind, place) = place.split_once(':').unwrap_or(("", &place));
        [Value::from(format!("{method} - {kind}")), Value::from(place)]
    });
    Value::Array(parts.collect())
}

fn time(time: &Asn1TimeRef) -> String {
    time.to_string()
}

// ---- X509Certificate -------------------------------------------------------------------------

fn parse(bytes: &[u8]) -> Outcome<X509> {
    const START: &[u8] = b"-----BEGIN ";
    let is_pem = bytes.windows(START.len()).any(|part| part == START);
    let parsed = if is_pem { X509::from_pem(bytes) } else { X509::from_der(bytes) };
    parsed.map_err(|stack| match is_pem {
        true => of(stack),
        false => named("PEM routines", "NO_START_LINE"),
    })
}

/// `certificateRead(bytes)`: a certificate of PEM or DER, in DER.
pub(super) fn read(call: &mut Call<'_>) -> Outcome<Value> {
    let certificate = parse(call.expect_bytes(0, "certificate")?)?;
    certificate.to_der().map(Value::Bytes).map_err(of)
}

/// `certificateKey(der)`: the number of its public key.
pub(super) fn key(call: &mut Call<'_>) -> Outcome<Value> {
    let key = parse(call.expect_bytes(0, "certificate")?)?.public_key().map_err(of)?;
    Ok(keep(call.host, Key::Public(key)))
}

/// `certificateIssued(issuer, subject)`: whether the one may have issued the other.
pub(super) fn issued(call: &mut Call<'_>) -> Outcome<Value> {
    let issuer = parse(call.expect_bytes(0, "certificate")?)?;
    let subject = parse(call.expect_bytes(1, "certificate")?)?;
    Ok(Value::from(issuer.issued(&subject) == X509VerifyResult::OK))
}

/// `certificateVerify(der, key)`: whether it is signed with the key.
pub(super) fn verify(call: &mut Call<'_>) -> Outcome<Value> {
    let certificate = parse(call.expect_bytes(0, "certificate")?)?;
    let key = key_at(call, 1)?.public()?;
    Ok(Value::from(certificate.verify(&key).unwrap_or(false)))
}
