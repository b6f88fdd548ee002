//! One pass of the parser over a document: which handler meets which token, numbered in order.

use std::{cell::RefCell, ops::Range, rc::Rc};

use lol_html::{
    DocumentContentHandlers, ElementContentHandlers, HtmlRewriter, OutputSink, Settings,
    html_content::{Comment, Doctype, DocumentEnd, Element, EndTag, TextChunk},
};

use crate::plan::{Entry, Plan, wish};

/// Where a pass is when a handler meets a token.
#[derive(Clone, Copy, Debug)]
pub struct Place {
    /// Counts such meetings from 0.
    pub event: u32,
    /// The entry of the plan.
    pub handler: u32,
    /// Counts tokens that any handler met, from 0.
    pub token: u32,
    /// Whether no handler met this token before.
    pub is_first: bool,
}

/// What a pass is for.
pub trait Visitor {
    /// A handler meets a start tag.
    fn element(&mut self, place: Place, element: &mut Element<'_, '_>);
    /// An element that a handler met ends here; `place.token` is the element's.
    fn end_tag(&mut self, place: Place, tag: &mut EndTag<'_>);
    /// A handler meets a comment.
    fn comment(&mut self, place: Place, comment: &mut Comment<'_>);
    /// A handler meets a piece of text.
    fn text(&mut self, place: Place, chunk: &mut TextChunk<'_>);
    /// A handler meets the document type.
    fn doctype(&mut self, place: Place, doctype: &mut Doctype<'_>);
    /// A handler meets the end of the document.
    fn document_end(&mut self, place: Place, end: &mut DocumentEnd<'_>);
}

/// The state of a pass.
#[derive(Debug)]
pub struct Pass<V> {
    /// What it is for.
    pub visitor: V,
    events: u32,
    tokens: u32,
    /// The bytes of the token met last: the next handler may meet the same.
    last: Option<Range<usize>>,
}

impl<V> Pass<V> {
    /// A pass at the start of a document.
    pub fn new(visitor: V) -> Self {
        Self { visitor, events: 0, tokens: 0, last: None }
    }

    fn next_event(&mut self) -> u32 {
        self.events += 1;
        self.events - 1
    }

    fn meet(&mut self, handler: u32, bytes: Range<usize>) -> Place {
        let is_first = self.last.as_ref() != Some(&bytes);
        if is_first {
            self.tokens += 1;
            self.last = Some(bytes);
        }
        Place { event: self.next_event(), handler, token: self.tokens - 1, is_first }
    }

    fn end_of(&mut self, token: u32) -> Place {
        Place { event: self.next_event(), handler: 0, token, is_first: true }
    }
}

type Shared<V> = Rc<RefCell<Pass<V>>>;

/// A parser that shows `pass` what the handlers of `plan` meet, and writes to `sink`.
pub fn rewriter<V: Visitor + 'static, O: OutputSink>(
    plan: &Plan,
    pass: &Shared<V>,
    sink: O,
) -> HtmlRewriter<'static, O> {
    let mut settings = Settings::new().with_strict(false);
    for (handler, entry) in (0u32..).zip(&plan.entries) {
        settings = match entry.selector.clone() {
            Some(selector) => settings.append_element_content_handler((
                std::borrow::Cow::Owned(selector),
                element_handlers(entry, handler, pass),
            )),
            None => {
                settings.append_document_content_handler(document_handlers(entry, handler, pass))
            }
        };
    }
    HtmlRewriter::new(settings, sink)
}

fn element_handlers<V: Visitor + 'static>(
    entry: &Entry,
    handler: u32,
    pass: &Shared<V>,
) -> ElementContentHandlers<'static> {
    let mut handlers = ElementContentHandlers::default();
    if entry.wishes & wish::ELEMENT != 0 {
        let pass = Rc::clone(pass);
        handlers = handlers.element(move |element: &mut Element<'_, '_>| {
            meet_element(&pass, handler, element);
            Ok(())
        });
    }
    if entry.wishes & wish::COMMENTS != 0 {
        handlers = handlers.comments(on_comment(pass, handler));
    }
    if entry.wishes & wish::TEXT != 0 {
        handlers = handlers.text(on_text(pass, handler));
    }
    handlers
}

fn document_handlers<V: Visitor + 'static>(
    entry: &Entry,
    handler: u32,
    pass: &Shared<V>,
) -> DocumentContentHandlers<'static> {
    let mut handlers = DocumentContentHandlers::default();
    if entry.wishes & wish::DOCTYPE != 0 {
        let pass = Rc::clone(pass);
        handlers = handlers.doctype(move |doctype: &mut Doctype<'_>| {
            let mut pass = pass.borrow_mut();
            let place = pass.meet(handler, doctype.source_location().bytes());
            pass.visitor.doctype(place, doctype);
            Ok(())
        });
    }
    if entry.wishes & wish::COMMENTS != 0 {
        handlers = handlers.comments(on_comment(pass, handler));
    }
    if entry.wishes & wish::TEXT != 0 {
        handlers = handlers.text(on_text(pass, handler));
    }
    if entry.wishes & wish::END != 0 {
        let pass = Rc::clone(pass);
        handlers = handlers.end(move |end: &mut DocumentEnd<'_>| {
            let mut pass = pass.borrow_mut();
            let place = Place { handler, ..pass.end_of(0) };
            pass.visitor.document_end(place, end);
            Ok(())
        });
    }
    handlers
}

type Handled = Result<(), Box<dyn std::error::Error + Send + Sync>>;

fn on_comment<V: Visitor + 'static>(
    pass: &Shared<V>,
    handler: u32,
) -> impl FnMut(&mut Comment<'_>) -> Handled + 'static {
    let pass = Rc::clone(pass);
    move |comment| {
        let mut pass = pass.borrow_mut();
        let place = pass.meet(handler, comment.source_location().bytes());
        pass.visitor.comment(place, comment);
        Ok(())
    }
}

fn on_text<V: Visitor + 'static>(
    pass: &Shared<V>,
    handler: u32,
) -> impl FnMut(&mut TextChunk<'_>) -> Handled + 'static {
    let pass = Rc::clone(pass);
    move |chunk| {
        let mut pass = pass.borrow_mut();
        let place = pass.meet(handler, chunk.source_location().bytes());
        pass.visitor.text(place, chunk);
        Ok(())
    }
}

fn meet_element<V: Visitor + 'static>(
    pass: &Shared<V>,
    handler: u32,
    element: &mut Element<'_, '_>,
) {
    let place = pass.borrow_mut().meet(handler, element.source_location().bytes());
    if place.is_first
        && let Some(handlers) = element.end_tag_handlers()
    {
        let pass = Rc::clone(pass);
        handlers.push(Box::new(move |tag: &mut EndTag<'_>| {
            let mut pass = pass.borrow_mut();
            let place = pass.end_of(place.token);
            pass.visitor.end_tag(place, tag);
            Ok(())
        }));
    }
    pass.borrow_mut().visitor.element(place, element);
}
