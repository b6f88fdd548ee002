//! The pass that does what handlers said.

use lol_html::html_content::{
    Comment, ContentType, Doctype, DocumentEnd, Element, EndTag, TextChunk,
};
use serde_json::Value as Json;

use crate::{
    pass::{Place, Visitor},
    plan::text_of,
};

/// What to do; js/units.js has the same numbers.
mod action {
    pub(super) const BEFORE: u64 = 0;
    pub(super) const AFTER: u64 = 1;
    pub(super) const REPLACE: u64 = 2;
    pub(super) const REMOVE: u64 = 3;
    pub(super) const PREPEND: u64 = 4;
    pub(super) const APPEND: u64 = 5;
    pub(super) const SET_INNER_CONTENT: u64 = 6;
    pub(super) const REMOVE_AND_KEEP_CONTENT: u64 = 7;
    /// The name of a tag, the text of a comment.
    pub(super) const SET_NAME: u64 = 8;
    pub(super) const SET_ATTRIBUTE: u64 = 9;
    pub(super) const REMOVE_ATTRIBUTE: u64 = 10;
}

/// One thing that a handler said.
#[derive(Debug)]
pub struct Command {
    event: u32,
    action: u64,
    /// Content, a name or a text.
    text: String,
    /// The value of an attribute.
    value: String,
    is_html: bool,
}

impl Command {
    fn content(&self) -> ContentType {
        if self.is_html { ContentType::Html } else { ContentType::Text }
    }

    /// Commands written as JSON: a list of `[event, action, text, value or whether it is HTML]`,
    /// in the order of events.
    ///
    /// # Errors
    /// Where it is not of that form.
    pub fn read_all(text: &str) -> Result<Vec<Self>, String> {
        let list: Vec<Vec<Json>> = serde_json::from_str(text).map_err(|error| error.to_string())?;
        Ok(list.iter().map(|item| Self::read(item)).collect())
    }

    fn read(item: &[Json]) -> Self {
        let number = |index: usize| item.get(index).and_then(Json::as_u64).unwrap_or_default();
        Self {
            event: number(0) as u32,
            action: number(1),
            text: text_of(item.get(2)).to_owned(),
            value: text_of(item.get(3)).to_owned(),
            is_html: item.get(3).and_then(Json::as_bool).unwrap_or_default(),
        }
    }
}

/// What handlers said of a piece of a document, and how much of it has been done.
#[derive(Debug, Default)]
pub struct Replay {
    commands: Vec<Command>,
    done: usize,
}

impl Replay {
    /// Takes what was said of the next piece.
    pub fn expect(&mut self, commands: Vec<Command>) {
        self.commands = commands;
        self.done = 0;
    }

    /// What was said at an event.
    fn at(&mut self, event: u32) -> &[Command] {
        let start = self.done;
        let said = self.commands[start..].iter().take_while(|command| command.event == event);
        self.done += said.count();
        &self.commands[start..self.done]
    }
}

/// The actions that tokens have in common.
macro_rules! place_around {
    ($token:ident, $command:ident) => {
        match $command.action {
            action::BEFORE => $token.before(&$command.text, $command.content()),
            action::AFTER => $token.after(&$command.text, $command.content()),
            action::REPLACE => $token.replace(&$command.text, $command.content()),
            action::REMOVE => $token.remove(),
            _ => {}
        }
    };
}

impl Visitor for Replay {
    // Names and texts were checked when the handler said them.
    fn element(&mut self, place: Place, element: &mut Element<'_, '_>) {
        for command in self.at(place.event) {
            let Command { text, value, .. } = command;
            match command.action {
                action::PREPEND => element.prepend(text, command.content()),
                action::APPEND => element.append(text, command.content()),
                action::SET_INNER_CONTENT => element.set_inner_content(text, command.content()),
                action::REMOVE_AND_KEEP_CONTENT => element.remove_and_keep_content(),
                action::SET_NAME => drop(element.set_tag_name(text)),
                action::SET_ATTRIBUTE => drop(element.set_attribute(text, value)),
                action::REMOVE_ATTRIBUTE => element.remove_attribute(text),
                _ => place_around!(element, command),
            }
        }
    }

    fn end_tag(&mut self, place: Place, tag: &mut EndTag<'_>) {
        for command in self.at(place.event) {
            match command.action {
                action::SET_NAME => tag.set_name_str(command.text.clone()),
                _ => place_around!(tag, command),
            }
        }
    }

    fn comment(&mut self, place: Place, comment: &mut Comment<'_>) {
        for command in self.at(place.event) {
            match command.action {
                action::SET_NAME => drop(comment.set_text(&command.text)),
                _ => place_around!(comment, command),
            }
        }
    }

    fn text(&mut self, place: Place, chunk: &mut TextChunk<'_>) {
        for command in self.at(place.event) {
            place_around!(chunk, command);
        }
    }

    fn doctype(&mut self, place: Place, doctype: &mut Doctype<'_>) {
        if self.at(place.event).iter().any(|command| command.action == action::REMOVE) {
            doctype.remove();
        }
    }

    fn document_end(&mut self, place: Place, end: &mut DocumentEnd<'_>) {
        for command in self.at(place.event) {
            end.append(&command.text, command.content());
        }
    }
}

#[cfg(test)]
mod tests {
    use std::{cell::RefCell, rc::Rc};

    use super::{Command, Replay};
    use crate::{Pass, Plan, Recording, rewriter};

    const PLAN: &str = r#"[["a", 1], ["a, b", 5], [null, 16]]"#;

    fn pieces(text: &str) -> [&[u8]; 2] {
        let (first, second) = text.as_bytes().split_at(text.len() / 2);
        [first, second]
    }

    #[test]
    fn events_are_recorded_once_for_each_handler() {
        let pass = Rc::new(RefCell::new(Pass::new(Recording::default())));
        let plan = Plan::read(PLAN).unwrap();
        let mut running = rewriter(&plan, &pass, |_: &[u8]| {});
        running.write(b"<a x=1>\xc3\xa9</a>").unwrap();
        running.end().unwrap();
        let (numbers, text) = pass.borrow_mut().visitor.take();
        assert_eq!(text, "ax1\u{e9}a");
        let events: [&[u32]; 6] = [
            &[0, 0, 0, 2, 0, 1, 1, 1, 1],
            &[6, 1, 0],
            &[3, 1, 1, 0, 1],
            &[3, 1, 2, 1, 0],
            &[1, 0, 1],
            &[5, 2],
        ];
        assert_eq!(numbers, events.concat());
    }

    #[test]
    fn what_handlers_say_is_done_at_their_event() {
        let pass = Rc::new(RefCell::new(Pass::new(Replay::default())));
        let plan = Plan::read(PLAN).unwrap();
        let mut output = Vec::new();
        let mut running = rewriter(&plan, &pass, |piece: &[u8]| output.extend_from_slice(piece));
        let commands = r#"[[0, 9, "x", "2"], [1, 4, "<", false], [3, 1, "<i>", true],
            [4, 8, "c", false], [5, 5, "end", false]]"#;
        pass.borrow_mut().visitor.expect(Command::read_all(commands).unwrap());
        running.write(b"<a x=1>t</a>").unwrap();
        running.end().unwrap();
        assert_eq!(String::from_utf8(output).unwrap(), "<a x=\"2\">&lt;t<i></c>end");
    }

    #[test]
    fn a_document_in_pieces_is_the_same_where_nothing_is_said() {
        let text = "<!doctype html><a x=1>t<b>u</a><!-- c --></p>";
        let pass = Rc::new(RefCell::new(Pass::new(Replay::default())));
        let mut output = Vec::new();
        let plan = Plan::read(PLAN).unwrap();
        let mut running = rewriter(&plan, &pass, |piece: &[u8]| output.extend_from_slice(piece));
        for piece in pieces(text) {
            running.write(piece).unwrap();
        }
        running.end().unwrap();
        assert_eq!(String::from_utf8(output).unwrap(), text);
    }

    #[test]
    fn plans_and_commands_of_another_form_are_refused() {
        assert!(Plan::read("{}").is_err());
        assert!(Plan::read(r#"[["a[", 1]]"#).unwrap_err().contains("end of selector"));
        assert!(Command::read_all("[1]").is_err());
    }
}
