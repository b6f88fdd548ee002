//! What a rewriter's handlers want to see.

use lol_html::Selector;
use serde_json::Value as Json;

/// Bits of [`Entry::wishes`]; js/index.js has the same.
pub(crate) mod wish {
    pub(crate) const ELEMENT: u8 = 1;
    pub(crate) const COMMENTS: u8 = 2;
    pub(crate) const TEXT: u8 = 4;
    pub(crate) const DOCTYPE: u8 = 8;
    pub(crate) const END: u8 = 16;
}

/// The handlers given at once.
#[derive(Clone, Debug)]
pub struct Entry {
    /// The elements they are for; `None` for the document.
    pub selector: Option<Selector>,
    /// Which of them there are.
    pub wishes: u8,
}

/// All handlers, in the order they were given; a handler is known by its place.
#[derive(Clone, Debug, Default)]
pub struct Plan {
    /// The handlers.
    pub entries: Vec<Entry>,
}

impl Plan {
    /// A plan written as JSON: a list of `[selector or null, wishes]`.
    ///
    /// # Errors
    /// Where it is not of that form, or a selector cannot be read.
    pub fn read(text: &str) -> Result<Self, String> {
        let list: Vec<(Option<String>, u8)> =
            serde_json::from_str(text).map_err(|error| error.to_string())?;
        let entries = list.into_iter().map(|(selector, wishes)| {
            let selector = selector.map(|text| text.parse().map_err(|error| format!("{error}")));
            Ok(Entry { selector: selector.transpose()?, wishes })
        });
        Ok(Self { entries: entries.collect::<Result<_, String>>()? })
    }
}

/// What is wrong with a selector; `None` for one that can be read.
#[must_use]
pub fn selector_error(selector: &str) -> Option<String> {
    selector.parse::<Selector>().err().map(|error| error.to_string())
}

/// The text of a JSON value that is one.
pub(crate) fn text_of(value: Option<&Json>) -> &str {
    value.and_then(Json::as_str).unwrap_or_default()
}
