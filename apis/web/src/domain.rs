//! Domains of URLs in ASCII, as the URL Standard asks of Unicode's UTS 46: hyphens and lengths
//! unchecked, non-transitional.

use std::borrow::Cow;

use dx_ops::{Call, Exception, Value};
use idna::uts46::{AsciiDenyList, DnsLength, Hyphens, Uts46};

/// The domain in ASCII; `None` when it has none.
#[must_use]
pub fn to_ascii(domain: &str) -> Option<Cow<'_, str>> {
    Uts46::new()
        .to_ascii(domain.as_bytes(), AsciiDenyList::URL, Hyphens::Allow, DnsLength::Ignore)
        .ok()
}

/// The domain in Unicode, as far as it can be shown so.
#[must_use]
pub fn to_unicode(domain: &str) -> Cow<'_, str> {
    Uts46::new().to_unicode(domain.as_bytes(), AsciiDenyList::URL, Hyphens::Allow).0
}

/// `domainToAscii(domain)`: lower-case ASCII, or `undefined`.
pub(crate) fn domain_to_ascii(call: &mut Call<'_>) -> Result<Value, Exception> {
    let domain = call.expect_string(0, "domain")?;
    Ok(to_ascii(&domain).map(Cow::into_owned).into())
}

/// `domainToUnicode(domain)`: labels decoded for display.
pub(crate) fn domain_to_unicode(call: &mut Call<'_>) -> Result<Value, Exception> {
    let domain = call.expect_string(0, "domain")?;
    Ok(Value::String(to_unicode(&domain).into_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn labels_are_mapped_and_encoded() {
        assert_eq!(to_ascii("fa\u{df}.de").as_deref(), Some("xn--fa-hia.de"));
        assert_eq!(to_ascii("\u{ff27}\u{ff2f}.com").as_deref(), Some("go.com"));
        assert_eq!(to_ascii("xn--zca.de").as_deref(), Some("xn--zca.de"));
        assert_eq!(to_ascii("xn--a.com"), None);
        assert_eq!(to_ascii("a b"), None);
    }
}
