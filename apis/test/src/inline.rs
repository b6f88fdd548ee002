//! Writes inline snapshots into the source of a test.
//!
//! An edit names the place of a matcher's call, as a stack trace tells it. The source is parsed,
//! the call found, and its template replaced or added; everything else stays byte for byte.

use oxc_allocator::Allocator;
use oxc_ast::ast::{Argument, CallExpression, Expression};
use oxc_ast_visit::{Visit, walk};
use oxc_parser::Parser;
use oxc_span::{GetSpan as _, SourceType, Span};
use serde_json::Value as Json;

/// One snapshot to write.
#[derive(Debug)]
struct Edit {
    line: usize,
    /// UTF-16 units from the line's start, from 1.
    column: usize,
    kind: String,
    has_matchers: bool,
    value: String,
    start_indent: Option<String>,
    end_indent: Option<String>,
}

/// A call of a matcher: where its name begins, and its arguments.
struct Call {
    name: Span,
    /// Between the parentheses.
    inside: Span,
    arguments: Vec<(Span, bool)>,
    has_spread: bool,
}

struct Calls<'s> {
    source: &'s str,
    found: Vec<Call>,
}

impl<'a> Visit<'a> for Calls<'_> {
    fn visit_call_expression(&mut self, call: &CallExpression<'a>) {
        if let Expression::StaticMemberExpression(member) = &call.callee {
            self.add(call, member.property.span);
        }
        walk::walk_call_expression(self, call);
    }
}

impl Calls<'_> {
    fn add(&mut self, call: &CallExpression<'_>, name: Span) {
        let after = call.type_arguments.as_ref().map_or(name.end, |types| types.span.end);
        let tail = &self.source[after as usize..call.span.end as usize];
        let open = after + tail.find('(').map_or(0, |at| at as u32 + 1);
        let is_text = |argument: &Argument<'_>| match argument {
            Argument::StringLiteral(_) => true,
            Argument::TemplateLiteral(template) => template.expressions.is_empty(),
            _ => false,
        };
        self.found.push(Call {
            name,
            inside: Span::new(open, call.span.end.saturating_sub(1)),
            arguments: call.arguments.iter().map(|one| (one.span(), is_text(one))).collect(),
            has_spread: call.arguments.iter().any(Argument::is_spread),
        });
    }
}

/// The source with all edits (a JSON list) made.
///
/// # Errors
/// What stood in the way, for each edit that could not be made.
pub(crate) fn rewrite(path: &str, source: &str, edits: &str) -> Result<String, Vec<String>> {
    let allocator = Allocator::default();
    let kind = SourceType::from_path(path).unwrap_or_default().with_jsx(!path.ends_with(".ts"));
    let parsed = Parser::new(&allocator, source, kind).parse();
    let mut calls = Calls { source, found: Vec::new() };
    calls.visit_program(&parsed.program);
    let mut edits = read(edits);
    edits.sort_by_key(|edit| (edit.line, edit.column));
    let mut problems = Vec::new();
    let mut changes: Vec<(Span, String)> = Vec::new();
    let mut last: Option<&Edit> = None;
    for edit in &edits {
        if let Some(before) = last.filter(|one| (one.line, one.column) == (edit.line, edit.column))
        {
            if before.value != edit.value {
                let what =
                    "Multiple inline snapshots on the same line must all have the same value";
                problems.push(what.to_owned());
            }
            continue;
        }
        match change(source, &calls.found, edit) {
            Ok(change) => changes.push(change),
            Err(problem) => problems.push(problem),
        }
        last = Some(edit);
    }
    if problems.is_empty() { Ok(apply(source, changes)) } else { Err(problems) }
}

fn apply(source: &str, mut changes: Vec<(Span, String)>) -> String {
    changes.sort_by_key(|(span, _)| span.start);
    let mut text = String::with_capacity(source.len());
    let mut done = 0;
    for (span, replacement) in changes {
        text.push_str(&source[done..span.start as usize]);
        text.push_str(&replacement);
        done = span.end as usize;
    }
    text.push_str(&source[done..]);
    text
}

fn change(source: &str, calls: &[Call], edit: &Edit) -> Result<(Span, String), String> {
    let place = byte_offset(source, edit.line, edit.column)
        .ok_or_else(|| format!("Ln {}, Col {} not found", edit.line, edit.column))?;
    let named = |call: &&Call| {
        source[call.name.start as usize..call.name.end as usize] == edit.kind
            && (call.name.start as usize).abs_diff(place) <= 2
    };
    let call =
        calls.iter().find(named).ok_or_else(|| format!("Could not find '{}' here", edit.kind))?;
    if call.has_spread {
        return Err("Spread is not allowed".to_owned());
    }
    let text = literal(source, call, edit);
    match (edit.has_matchers, call.arguments.as_slice()) {
        (false, []) => Ok((Span::empty(call.inside.end), text)),
        (true, []) => Err("Snapshot has matchers and yet has no arguments".to_owned()),
        (true, [(span, _)]) => {
            Ok((Span::new(span.end, call.inside.end), [", ", text.as_str()].concat()))
        }
        (false, [(span, true)]) | (true, [_, (span, true)]) => Ok((*span, text)),
        (false, [_]) | (true, [_, _]) => Err("Argument must be a string literal".to_owned()),
        (false, [_, _]) => {
            Err("Snapshot does not have matchers and yet has two arguments".to_owned())
        }
        _ => Err("Snapshot expects at most two arguments".to_owned()),
    }
}

/// The snapshot as a template, indented as the one it replaces, or two spaces beyond its line.
fn literal(source: &str, call: &Call, edit: &Edit) -> String {
    let value = match edit.value.strip_prefix('\n') {
        None => edit.value.clone(),
        Some(rest) => {
            let before = &source[..call.inside.start as usize];
            let line = &before[before.rfind('\n').map_or(0, |at| at + 1)..];
            let indent = &line[..line.len() - line.trim_start_matches([' ', '\t']).len()];
            let own = format!("{indent}  ");
            let start = edit.start_indent.as_deref().unwrap_or(&own);
            let end = edit.end_indent.as_deref().unwrap_or(match &edit.start_indent {
                Some(start) => start,
                None => indent,
            });
            let lines = rest.split_inclusive('\n').map(|line| match line {
                "\n" => line.to_owned(),
                line => format!("{start}{line}"),
            });
            format!("\n{}{end}", lines.collect::<String>())
        }
    };
    let escaped = value.replace('\\', "\\\\").replace('`', "\\`").replace("${", "\\${");
    format!("`{escaped}`")
}

/// The byte at a line and column of UTF-16 units, both from 1.
fn byte_offset(source: &str, line: usize, column: usize) -> Option<usize> {
    let start = match line {
        0 => return None,
        1 => 0,
        _ => source.match_indices('\n').nth(line - 2)?.0 + 1,
    };
    let mut units = 1;
    for (at, character) in source[start..].char_indices() {
        if units >= column || character == '\n' {
            return Some(start + at);
        }
        units += character.len_utf16();
    }
    Some(source.len())
}

fn read(edits: &str) -> Vec<Edit> {
    let parsed: Json = serde_json::from_str(edits).unwrap_or_default();
    let list = parsed.as_array().cloned().unwrap_or_default();
    let number = |edit: &Json, name: &str| edit[name].as_u64().unwrap_or(0) as usize;
    let text = |edit: &Json, name: &str| edit[name].as_str().map(str::to_owned);
    list.iter()
        .map(|edit| Edit {
            line: number(edit, "line"),
            column: number(edit, "column"),
            kind: text(edit, "kind").unwrap_or_default(),
            has_matchers: edit["hasMatchers"].as_bool().unwrap_or(false),
            value: text(edit, "value").unwrap_or_default(),
            start_indent: text(edit, "startIndent"),
            end_indent: text(edit, "endIndent"),
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::rewrite;

    fn written(source: &str, column: usize, more: &str) -> Result<String, Vec<String>> {
        let edit = format!(
            "[{{\"line\":1,\"column\":{column},\"kind\":\"toMatchInlineSnapshot\"{more}}}]"
        );
        rewrite("a.test.ts", source, &edit)
    }

    #[test]
    fn snapshots_are_added_and_replaced() {
        let added = written("e(1).toMatchInlineSnapshot();", 6, ",\"value\":\"1\"");
        assert_eq!(added.as_deref(), Ok("e(1).toMatchInlineSnapshot(`1`);"));
        let replaced = written("e(1).toMatchInlineSnapshot(`2`);", 6, ",\"value\":\"`1`\"");
        assert_eq!(replaced.as_deref(), Ok("e(1).toMatchInlineSnapshot(`\\`1\\``);"));
        let value = ",\"value\":\"\\n{\\n}\\n\",\"hasMatchers\":true";
        let beside = written("  e(1).toMatchInlineSnapshot({ a });", 8, value);
        let expected = "  e(1).toMatchInlineSnapshot({ a }, `\n    {\n    }\n  `);";
        assert_eq!(beside.as_deref(), Ok(expected));
    }

    #[test]
    fn what_cannot_be_written_is_said() {
        for (source, why) in [
            ("e(1).toMatchInlineSnapshot(...a);", "Spread"),
            ("e(1).toMatchInlineSnapshot(a);", "string literal"),
            ("e(1).other();", "Could not find"),
        ] {
            let problems = written(source, 6, ",\"value\":\"1\"").expect_err(source);
            assert!(problems[0].contains(why), "{problems:?}");
        }
    }
}
