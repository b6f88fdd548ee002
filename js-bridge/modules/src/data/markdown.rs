//! Markdown as HTML: CommonMark with the tables, struck out text and task lists of GitHub, which
//! are what Bun reads unless it is told otherwise, written as Bun writes them. Fails never: any
//! text is Markdown.

use pulldown_cmark::{Alignment, CowStr, Event, Options, Parser, Tag, TagEnd, html};

/// The HTML of a Markdown text.
pub(crate) fn html_of_markdown(text: &str) -> String {
    let options =
        Options::ENABLE_TABLES | Options::ENABLE_STRIKETHROUGH | Options::ENABLE_TASKLISTS;
    let mut written = String::with_capacity(text.len() + text.len() / 2);
    let mut events = Parser::new_ext(text, options).peekable();
    let mut writing = Writing::default();
    let changed = std::iter::from_fn(|| {
        let event = events.next()?;
        if matches!(event, Event::Start(Tag::Item))
            && let Some(Event::TaskListMarker(is_done)) = events.peek()
        {
            let start = task_start(*is_done);
            events.next();
            return Some(start);
        }
        Some(writing.changed(event))
    });
    html::push_html(&mut written, changed);
    written
}

fn raw<'a>(html: impl Into<CowStr<'a>>) -> Event<'a> {
    Event::InlineHtml(html.into())
}

fn task_start<'a>(is_done: bool) -> Event<'a> {
    let checked = if is_done { " checked" } else { "" };
    raw(format!(
        "<li class=\"task-list-item\"><input type=\"checkbox\" \
         class=\"task-list-item-checkbox\" disabled{checked}>"
    ))
}

/// Where the writer is.
#[derive(Default)]
struct Writing {
    /// Images that are open: their text becomes an attribute, whose quotes are escaped anyway.
    images: usize,
    alignments: Vec<Alignment>,
    column: usize,
    is_head: bool,
    has_rows: bool,
}

impl Writing {
    /// The event, or the HTML that Bun writes for it where that is another.
    fn changed<'a>(&mut self, event: Event<'a>) -> Event<'a> {
        match event {
            Event::Start(Tag::Image { .. }) => self.images += 1,
            Event::End(TagEnd::Image) => self.images -= 1,
            Event::Text(text) if self.images == 0 && text.contains('"') => {
                return raw(escaped(&text));
            }
            Event::Code(text) if self.images == 0 && text.contains('"') => {
                return raw(format!("<code>{}</code>", escaped(&text)));
            }
            Event::Start(Tag::Table(alignments)) => {
                *self = Self { alignments, images: self.images, ..Self::default() };
                return raw("<table>\n");
            }
            Event::End(TagEnd::Table) => {
                return raw(if self.has_rows { "</tbody>\n</table>\n" } else { "</table>\n" });
            }
            Event::Start(Tag::TableHead) => {
                self.is_head = true;
                return raw("<thead>\n<tr>");
            }
            Event::End(TagEnd::TableHead) => {
                self.is_head = false;
                return raw("</tr>\n</thead>\n");
            }
            Event::Start(Tag::TableRow) => return self.row(),
            Event::End(TagEnd::TableRow) => return raw("</tr>\n"),
            Event::Start(Tag::TableCell) => return self.cell(),
            Event::End(TagEnd::TableCell) => {
                return raw(if self.is_head { "</th>" } else { "</td>" });
            }
            _ => {}
        }
        event
    }

    fn row<'a>(&mut self) -> Event<'a> {
        self.column = 0;
        let is_first = !std::mem::replace(&mut self.has_rows, true);
        raw(if is_first { "<tbody>\n<tr>" } else { "<tr>" })
    }

    fn cell<'a>(&mut self) -> Event<'a> {
        let name = if self.is_head { "th" } else { "td" };
        let alignment = match self.alignments.get(self.column) {
            Some(Alignment::Left) => " align=\"left\"",
            Some(Alignment::Center) => " align=\"center\"",
            Some(Alignment::Right) => " align=\"right\"",
            Some(Alignment::None) | None => "",
        };
        self.column += 1;
        raw(format!("<{name}{alignment}>"))
    }
}

fn escaped(text: &str) -> String {
    let mut written = String::with_capacity(text.len() + 16);
    for character in text.chars() {
        match character {
            '&' => written.push_str("&amp;"),
            '<' => written.push_str("&lt;"),
            '>' => written.push_str("&gt;"),
            '"' => written.push_str("&quot;"),
            other => written.push(other),
        }
    }
    written
}

#[cfg(test)]
mod tests {
    use super::html_of_markdown;

    #[test]
    fn markdown_becomes_html() {
        let cases = [
            ("# Hi\n\n*t* [a](b)\n", "<h1>Hi</h1>\n<p><em>t</em> <a href=\"b\">a</a></p>\n"),
            ("- x\n", "<ul>\n<li>x</li>\n</ul>\n"),
            ("~~no~~ <b>raw</b> &amp;", "<p><del>no</del> <b>raw</b> &amp;</p>\n"),
            ("\"a\" `\"<`", "<p>&quot;a&quot; <code>&quot;&lt;</code></p>\n"),
            ("![\"\"](c)", "<p><img src=\"c\" alt=\"&quot;&quot;\" /></p>\n"),
            (
                "|a|\n|-:|\n|1|\n",
                "<table>\n<thead>\n<tr><th align=\"right\">a</th></tr>\n</thead>\n\
                 <tbody>\n<tr><td align=\"right\">1</td></tr>\n</tbody>\n</table>\n",
            ),
            ("", ""),
        ];
        for (text, html) in cases {
            assert_eq!(html_of_markdown(text), html);
        }
    }
}
