//! The pass that writes down what handlers are to see: numbers, and one text that holds all
//! strings behind each other, their lengths in UTF-16 code units among the numbers.

use lol_html::html_content::{Comment, Doctype, DocumentEnd, Element, EndTag, TextChunk};

use crate::pass::{Place, Visitor};

/// The first number of an event; js/events.js has the same.
mod kind {
    /// handler, token, flags, namespace, name, count of attributes, their names and values
    pub(super) const ELEMENT: u32 = 0;
    /// token, name
    pub(super) const END_TAG: u32 = 1;
    /// handler, token, text
    pub(super) const COMMENT: u32 = 2;
    /// handler, token, whether it is the last of its node, text
    pub(super) const TEXT: u32 = 3;
    /// handler, token, flags, name, public id, system id
    pub(super) const DOCTYPE: u32 = 4;
    /// handler
    pub(super) const DOCUMENT_END: u32 = 5;
    /// handler, token: one that another handler met before
    pub(super) const AGAIN: u32 = 6;
}

const SELF_CLOSING: u32 = 1;
const CAN_HAVE_CONTENT: u32 = 2;

/// Namespaces by number.
const NAMESPACES: [&str; 3] = [
    "http://www.w3.org/1999/xhtml",
    "http://www.w3.org/2000/svg",
    "http://www.w3.org/1998/Math/MathML",
];

/// What handlers are to see of a piece of a document.
#[derive(Debug, Default)]
pub struct Recording {
    numbers: Vec<u32>,
    text: String,
}

impl Recording {
    /// What was recorded since this was last asked: numbers, and the text of their strings.
    pub fn take(&mut self) -> (Vec<u32>, String) {
        (std::mem::take(&mut self.numbers), std::mem::take(&mut self.text))
    }

    /// Whether this is the first meeting with the token; else says that it is not.
    fn begins(&mut self, kind: u32, place: Place) -> bool {
        let kind = if place.is_first { kind } else { kind::AGAIN };
        self.numbers.extend([kind, place.handler, place.token]);
        place.is_first
    }

    fn string(&mut self, text: &str) {
        let length = if text.is_ascii() { text.len() } else { text.encode_utf16().count() };
        self.numbers.push(length as u32);
        self.text.push_str(text);
    }
}

impl Visitor for Recording {
    fn element(&mut self, place: Place, element: &mut Element<'_, '_>) {
        if !self.begins(kind::ELEMENT, place) {
            return;
        }
        let mut flags = 0;
        if element.is_self_closing() {
            flags |= SELF_CLOSING;
        }
        if element.can_have_content() {
            flags |= CAN_HAVE_CONTENT;
        }
        let namespace = NAMESPACES.iter().position(|name| *name == element.namespace_uri());
        self.numbers.extend([flags, namespace.unwrap_or_default() as u32]);
        self.string(&element.tag_name());
        self.numbers.push(element.attributes().len() as u32);
        for attribute in element.attributes() {
            self.string(&attribute.name());
            self.string(&attribute.value());
        }
    }

    fn end_tag(&mut self, place: Place, tag: &mut EndTag<'_>) {
        self.numbers.extend([kind::END_TAG, place.token]);
        self.string(&tag.name());
    }

    fn comment(&mut self, place: Place, comment: &mut Comment<'_>) {
        if self.begins(kind::COMMENT, place) {
            self.string(&comment.text());
        }
    }

    fn text(&mut self, place: Place, chunk: &mut TextChunk<'_>) {
        if self.begins(kind::TEXT, place) {
            self.numbers.push(u32::from(chunk.last_in_text_node()));
            self.string(chunk.as_str());
        }
    }

    fn doctype(&mut self, place: Place, doctype: &mut Doctype<'_>) {
        if !self.begins(kind::DOCTYPE, place) {
            return;
        }
        let parts = [doctype.name(), doctype.public_id(), doctype.system_id()];
        let flags = (0..).zip(&parts).map(|(bit, part)| u32::from(part.is_some()) << bit).sum();
        self.numbers.push(flags);
        for part in parts {
            self.string(&part.unwrap_or_default());
        }
    }

    fn document_end(&mut self, place: Place, _end: &mut DocumentEnd<'_>) {
        self.numbers.extend([kind::DOCUMENT_END, place.handler]);
    }
}
