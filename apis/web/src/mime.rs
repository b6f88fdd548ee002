//! Media types by file extension. The table is text, a type and its extensions a line, searched
//! when JavaScript has not met the extension yet.

use dx_ops::{Call, Exception, Value};

const TYPES: &str = include_str!("mime-types.txt");

/// The media type of a lower-case extension without its dot; `None` where it is unknown.
#[must_use]
pub fn by_extension(extension: &str) -> Option<&'static str> {
    TYPES.lines().find_map(|line| {
        let (media_type, extensions) = line.split_once(' ')?;
        extensions.split(' ').any(|other| other == extension).then_some(media_type)
    })
}

/// `mimeByExtension(extension)`: the media type or undefined.
pub(crate) fn by_extension_op(call: &mut Call<'_>) -> Result<Value, Exception> {
    let extension = call.expect_string(0, "extension")?;
    Ok(by_extension(&extension).into())
}

/// Whether the table has a media type, in this very form.
#[must_use]
pub fn is_known(media_type: &str) -> bool {
    TYPES.lines().any(|line| line.split(' ').next() == Some(media_type))
}

/// `mimeIsKnown(type)`: whether some extension stands for the media type.
pub(crate) fn is_known_op(call: &mut Call<'_>) -> Result<Value, Exception> {
    Ok(is_known(&call.expect_string(0, "type")?).into())
}

#[cfg(test)]
mod tests {
    use super::{by_extension, is_known};

    #[test]
    fn known_and_unknown() {
        assert_eq!(by_extension("html"), Some("text/html;charset=utf-8"));
        assert_eq!(by_extension("svgz"), Some("image/svg+xml"));
        assert_eq!(by_extension("nothing"), None);
        assert_eq!(by_extension(""), None);
        assert!(is_known("image/png"));
        assert!(!is_known("image/pn") && !is_known(""));
    }
}
