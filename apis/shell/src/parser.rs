//! From tokens to a tree, in the form JavaScript walks: JSON, named as Bun names it.

use serde_json::{Value, json};

use crate::token::{Redirect, Token};

/// Conditions and substitutions inside each other at most: the parser goes into each by a call.
const NESTING_MAX: usize = 400;

const CONDITIONS_OF_ONE: [&str; 5] = ["-f", "-z", "-n", "-d", "-c"];
const CONDITIONS_OF_TWO: [&str; 2] = ["==", "!="];
const UNSUPPORTED_OF_ONE: &str = "abeghkprstuwxGLNOSovR";
const UNSUPPORTED_OF_TWO: [&str; 11] =
    ["-ef", "-nt", "-ot", "<", ">", "-eq", "-ne", "-lt", "-le", "-gt", "-ge"];

type Parsed<T> = Result<T, String>;

struct Parser<'a> {
    tokens: &'a [Token],
    at: usize,
    /// What ends the substitution or subshell the parser is in.
    closing: Option<Token>,
    depth: usize,
}

/// The tree of a script.
///
/// # Errors
/// What is wrong with it, in Bun's words.
pub fn parse(tokens: &[Token]) -> Parsed<Value> {
    let mut parser = Parser { tokens, at: 0, closing: None, depth: 0 };
    parser.script()
}

impl Parser<'_> {
    fn peek(&self) -> &Token {
        self.tokens.get(self.at).unwrap_or(&Token::End)
    }

    fn is_closing(&self, token: &Token) -> bool {
        self.closing.as_ref() == Some(token)
    }

    fn ends_statement(&self) -> bool {
        let token = self.peek();
        matches!(token, Token::Semicolon | Token::Newline | Token::End) || self.is_closing(token)
    }

    fn ends_word(&self, token: &Token) -> bool {
        matches!(token, Token::Delimiter | Token::Semicolon | Token::End | Token::Newline)
            || self.is_closing(token)
    }

    fn skip_newlines(&mut self) {
        while *self.peek() == Token::Newline {
            self.at += 1;
        }
    }

    fn enter(&mut self) -> Parsed<()> {
        self.depth += 1;
        let fits = self.depth <= NESTING_MAX;
        fits.then_some(()).ok_or_else(|| "Too many nested commands".to_owned())
    }

    fn script(&mut self) -> Parsed<Value> {
        let mut statements = Vec::new();
        loop {
            self.skip_newlines();
            if *self.peek() == Token::End || self.is_closing(self.peek()) {
                break;
            }
            statements.push(self.statement()?);
        }
        self.at += 1;
        Ok(json!({ "stmts": statements }))
    }

    fn statement(&mut self) -> Parsed<Value> {
        let mut expressions = Vec::new();
        while !self.ends_statement() {
            expressions.push(self.binary()?);
            if *self.peek() == Token::Ampersand {
                return Err("Background commands \"&\" are not supported yet.".to_owned());
            }
        }
        if matches!(self.peek(), Token::Semicolon | Token::Newline) {
            self.at += 1;
        }
        Ok(json!({ "exprs": expressions }))
    }

    fn binary(&mut self) -> Parsed<Value> {
        let mut left = self.pipeline()?;
        loop {
            let operator = match self.peek() {
                Token::DoubleAmpersand => "And",
                Token::DoublePipe => "Or",
                _ => return Ok(left),
            };
            self.at += 1;
            let right = self.pipeline()?;
            left = json!({ "binary": { "op": operator, "left": left, "right": right } });
        }
    }

    fn pipeline(&mut self) -> Parsed<Value> {
        let first = self.compound()?;
        if *self.peek() != Token::Pipe {
            return Ok(first);
        }
        let mut items = vec![first];
        while *self.peek() == Token::Pipe {
            self.at += 1;
            items.push(self.compound()?);
        }
        for item in &items {
            if let Some(kind) = ["binary", "pipeline"].iter().find(|kind| item.get(kind).is_some())
            {
                let wanted = "Expected a command, assignment, or subshell";
                return Err(format!("{wanted} but got: {kind}"));
            }
        }
        Ok(json!({ "pipeline": { "items": items } }))
    }

    fn compound(&mut self) -> Parsed<Value> {
        match self.peek() {
            Token::OpenParen => self.subshell(),
            Token::ConditionOpen => self.condition(),
            Token::Text(text) if text == "if" => self.if_clause(),
            _ => self.simple(),
        }
    }

    /// A script that ends with `closing`, as a part of this one.
    fn nested(&mut self, closing: Token) -> Parsed<Value> {
        self.enter()?;
        let outer = self.closing.replace(closing);
        let script = self.script()?;
        self.closing = outer;
        self.depth -= 1;
        Ok(script)
    }

    fn subshell(&mut self) -> Parsed<Value> {
        self.at += 1;
        let script = self.nested(Token::CloseParen)?;
        let (redirect, _) = self.redirect()?;
        if redirect != Redirect::default() {
            let hint = "are currently not supported. Please open a GitHub issue.";
            return Err(format!("Subshells with redirections {hint}"));
        }
        let flags = redirect.to_json();
        let subshell = json!({ "script": script, "redirect": null, "redirect_flags": flags });
        Ok(json!({ "subshell": subshell }))
    }

    fn condition(&mut self) -> Parsed<Value> {
        self.at += 1;
        if let Token::Text(text) = self.peek()
            && text.starts_with('-')
        {
            let operator = text.clone();
            return self.condition_of_one(&operator);
        }
        let shown = self.peek().shown();
        let first = self.atom()?.ok_or_else(|| {
            format!("Expected a conditional expression operand, but got: {shown}")
        })?;
        let Token::Text(operator) = self.peek().clone() else {
            let shown = self.peek().shown();
            return Err(format!("Expected a conditional expression operator, but got: {shown}"));
        };
        self.condition_operator(&operator, &CONDITIONS_OF_TWO, |name| {
            UNSUPPORTED_OF_TWO.contains(&name)
        })?;
        let second = self.condition_word()?;
        self.condition_end()?;
        Ok(json!({ "condexpr": { "op": operator, "args": [first, second] } }))
    }

    fn condition_of_one(&mut self, operator: &str) -> Parsed<Value> {
        self.condition_operator(operator, &CONDITIONS_OF_ONE, |name| {
            name.len() == 2 && UNSUPPORTED_OF_ONE.contains(&name[1..])
        })?;
        let word = self.condition_word()?;
        self.condition_end()?;
        Ok(json!({ "condexpr": { "op": operator, "args": [word] } }))
    }

    fn condition_operator(
        &mut self,
        operator: &str,
        supported: &[&str],
        is_known: impl FnOnce(&str) -> bool,
    ) -> Parsed<()> {
        if !supported.contains(&operator) {
            let hint = "Please open a GitHub issue if you would like it to be supported.";
            return Err(match is_known(operator) {
                true => {
                    let what = format!("Conditional expression operation: {operator}");
                    format!("{what}, is not supported right now. {hint}")
                }
                false => format!("Unknown conditional expression operation: {operator}"),
            });
        }
        self.at += 1;
        if *self.peek() != Token::Delimiter {
            return Err("Expected a single, simple word".to_owned());
        }
        self.at += 1;
        Ok(())
    }

    fn condition_word(&mut self) -> Parsed<Value> {
        let shown = self.peek().shown();
        self.atom()?.ok_or_else(|| format!("Expected a word, but got: {shown}"))
    }

    fn condition_end(&mut self) -> Parsed<()> {
        if *self.peek() != Token::ConditionClose {
            return Err(format!("Expected \"]]\" but got: {}", self.peek().shown()));
        }
        self.at += 1;
        Ok(())
    }

    fn is_word(&self, words: &[&str]) -> bool {
        matches!(self.peek(), Token::Text(text) if words.contains(&text.as_str()))
            && self.tokens.get(self.at + 1).is_none_or(|next| self.ends_word(next))
    }

    fn take_word(&mut self, word: &str) -> Parsed<()> {
        if !self.is_word(&[word]) {
            return Err(format!("Expected \"{word}\" but got: {}", self.peek().name()));
        }
        self.at += 1;
        if *self.peek() == Token::Delimiter {
            self.at += 1;
        }
        Ok(())
    }

    /// Statements until one of these words.
    fn body(&mut self, until: &[&str]) -> Parsed<Vec<Value>> {
        let mut statements = Vec::new();
        loop {
            self.skip_newlines();
            let is_over = *self.peek() == Token::End || self.is_closing(self.peek());
            if is_over || self.is_word(until) {
                return Ok(statements);
            }
            let statement = self.statement()?;
            if statement["exprs"].as_array().is_some_and(|all| !all.is_empty()) {
                statements.push(statement);
            }
        }
    }

    fn if_clause(&mut self) -> Parsed<Value> {
        self.enter()?;
        self.take_word("if")?;
        let condition = self.body(&["then"])?;
        self.take_word("then")?;
        let then = self.body(&["else", "elif", "fi"])?;
        let mut others = Vec::new();
        if !self.is_word(&["else", "elif", "fi"]) {
            let name = self.peek().name();
            return Err(format!("Expected \"else\", \"elif\", or \"fi\" but got: {name}"));
        }
        while self.is_word(&["elif"]) {
            self.take_word("elif")?;
            others.push(self.body(&["then"])?);
            self.take_word("then")?;
            others.push(self.body(&["elif", "else", "fi"])?);
        }
        if self.is_word(&["else"]) {
            self.take_word("else")?;
            others.push(self.body(&["fi"])?);
        }
        self.take_word("fi")?;
        self.depth -= 1;
        Ok(json!({ "if": { "cond": condition, "then": then, "else_parts": others } }))
    }

    fn simple(&mut self) -> Parsed<Value> {
        let mut assigns = Vec::new();
        while !self.ends_statement() {
            let Some(assign) = self.assign()? else { break };
            assigns.push(assign);
        }
        if self.ends_statement() {
            return match assigns.is_empty() {
                true => Err("expected a command or assignment".to_owned()),
                false => Ok(json!({ "assign": assigns })),
            };
        }
        let found = self.peek().name();
        let Some(name) = self.atom()? else {
            return match assigns.is_empty() {
                true => Err(format!("expected a command or assignment but got: \"{found}\"")),
                false => Ok(json!({ "assign": assigns })),
            };
        };
        let mut words = vec![name];
        while let Some(word) = self.atom()? {
            words.push(word);
        }
        let (redirect, file) = self.redirect()?;
        Ok(json!({ "cmd": {
            "assigns": assigns,
            "name_and_args": words,
            "redirect": redirect.to_json(),
            "redirect_file": file,
        } }))
    }

    fn redirect(&mut self) -> Parsed<(Redirect, Value)> {
        let Token::Redirect(redirect) = *self.peek() else {
            return Ok((Redirect::default(), Value::Null));
        };
        self.at += 1;
        if let Token::Object(index) = *self.peek() {
            self.at += 1;
            return Ok((redirect, json!({ "jsbuf": { "idx": index } })));
        }
        match self.atom()? {
            Some(atom) => Ok((redirect, json!({ "atom": atom }))),
            None if redirect.duplicate => Ok((redirect, Value::Null)),
            None => Err("Redirection with no file".to_owned()),
        }
    }

    /// `name=value`, where the next word is one.
    fn assign(&mut self) -> Parsed<Option<Value>> {
        let Token::Text(text) = self.peek() else { return Ok(None) };
        let Some((label, value)) = text.split_once('=') else { return Ok(None) };
        if !is_name(label) {
            return Ok(None);
        }
        let (label, value) = (label.to_owned(), value.to_owned());
        self.at += 1;
        let value = if self.ends_word(self.peek()) {
            if *self.peek() == Token::Delimiter {
                self.at += 1;
            }
            json!({ "simple": { "Text": value } })
        } else {
            let right = self.atom()?.ok_or("Expected an atom")?;
            if value.is_empty() { right } else { with_text_before(&value, right) }
        };
        Ok(Some(json!({ "label": label, "value": value })))
    }

    /// One word, or nothing where none begins.
    fn atom(&mut self) -> Parsed<Option<Value>> {
        let mut atoms = Vec::new();
        let (mut has_open, mut has_close, mut has_comma, mut has_glob) =
            (false, false, false, false);
        loop {
            let tokens = self.tokens;
            let token = tokens.get(self.at).unwrap_or(&Token::End);
            if *token == Token::Delimiter {
                self.at += 1;
                break;
            }
            if self.ends_word(token) {
                break;
            }
            has_open |= *token == Token::BraceBegin;
            has_close |= *token == Token::BraceEnd;
            has_comma |= *token == Token::Comma;
            has_glob |= matches!(token, Token::Asterisk | Token::DoubleAsterisk);
            if !self.atom_part(token, &mut atoms)? {
                return Ok(None);
            }
            let next = self.peek();
            if self.ends_word(next) {
                if *next == Token::Delimiter {
                    self.at += 1;
                }
                break;
            }
        }
        Ok(match atoms.len() {
            0 => None,
            1 => Some(json!({ "simple": atoms.swap_remove(0) })),
            _ => Some(json!({ "compound": {
                "atoms": atoms,
                "brace_expansion_hint": has_open && has_close && has_comma,
                "glob_hint": has_glob,
            } })),
        })
    }

    /// Takes one token of a word; `false` where it is none of a word.
    fn atom_part(&mut self, token: &Token, atoms: &mut Vec<Value>) -> Parsed<bool> {
        let part = match token {
            Token::Asterisk => json!({ "asterisk": {} }),
            Token::DoubleAsterisk => json!({ "double_asterisk": {} }),
            Token::BraceBegin => json!({ "brace_begin": {} }),
            Token::BraceEnd => json!({ "brace_end": {} }),
            Token::Comma => json!({ "comma": {} }),
            Token::Variable(name) => json!({ "Var": name }),
            Token::Argument(number) => json!({ "VarArgv": number }),
            Token::SingleQuoted(text) | Token::DoubleQuoted(text) if text.is_empty() => {
                json!({ "quoted_empty": {} })
            }
            Token::Text(text) if text.starts_with('~') => {
                atoms.push(json!({ "tilde": {} }));
                if text.len() == 1 {
                    self.at += 1;
                    return Ok(true);
                }
                json!({ "Text": text[1..] })
            }
            Token::Text(text) | Token::SingleQuoted(text) | Token::DoubleQuoted(text) => {
                json!({ "Text": text })
            }
            Token::CommandBegin => {
                self.at += 1;
                let quoted = *self.peek() == Token::CommandQuoted;
                self.at += usize::from(quoted);
                let script = self.nested(Token::CommandEnd)?;
                atoms.push(json!({ "cmd_subst": { "script": script, "quoted": quoted } }));
                return Ok(true);
            }
            Token::OpenParen => return Err("Unexpected token: `(`".to_owned()),
            Token::CloseParen => return Err("Unexpected token: `)`".to_owned()),
            _ => return Ok(false),
        };
        self.at += 1;
        atoms.push(part);
        Ok(true)
    }
}

fn is_name(text: &str) -> bool {
    let is_part = |character: char| character.is_ascii_alphanumeric() || character == '_';
    !text.is_empty()
        && !text.starts_with(|first: char| first.is_ascii_digit())
        && text.chars().all(is_part)
}

/// A word with a text before its first part.
fn with_text_before(text: &str, right: Value) -> Value {
    let mut atoms = vec![json!({ "Text": text })];
    let mut hints = (json!(false), json!(false));
    match right {
        Value::Object(mut map) => {
            if let Some(Value::Object(mut compound)) = map.remove("compound") {
                if let Some(Value::Array(parts)) = compound.remove("atoms") {
                    atoms.extend(parts);
                }
                let mut hint = |name| compound.remove(name).unwrap_or(json!(false));
                hints = (hint("brace_expansion_hint"), hint("glob_hint"));
            } else if let Some(simple) = map.remove("simple") {
                let is_glob = simple.get("asterisk").or(simple.get("double_asterisk")).is_some();
                hints.1 = json!(is_glob);
                atoms.push(simple);
            }
        }
        other => atoms.push(other),
    }
    let (braces, globs) = hints;
    json!({ "compound": { "atoms": atoms, "brace_expansion_hint": braces, "glob_hint": globs } })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lexer::lex;

    fn tree(text: &str) -> Parsed<Value> {
        parse(&lex(&text.into())?)
    }

    fn first(text: &str) -> Value {
        tree(text)
            .map(|tree| tree["stmts"][0]["exprs"][0].clone())
            .unwrap_or_else(|error| json!(error))
    }

    #[test]
    fn commands_have_assignments_words_and_a_redirection() {
        let command = &first("A=b C=$d echo foo > x")["cmd"];
        assert_eq!(command["assigns"][1]["value"], json!({ "simple": { "Var": "d" } }));
        assert_eq!(command["name_and_args"][1], json!({ "simple": { "Text": "foo" } }));
        assert_eq!(command["redirect"]["stdout"], json!(true));
        assert_eq!(command["redirect_file"], json!({ "atom": { "simple": { "Text": "x" } } }));
    }

    #[test]
    fn and_binds_as_strongly_as_or_and_pipes_bind_stronger() {
        let tree = first("a && b || c | d");
        assert_eq!(tree["binary"]["op"], json!("Or"));
        assert_eq!(tree["binary"]["left"]["binary"]["op"], json!("And"));
        let items = tree["binary"]["right"]["pipeline"]["items"].as_array().map(Vec::len);
        assert_eq!(items, Some(2));
    }

    #[test]
    fn if_clauses_may_have_lines_and_several_branches() {
        for text in [
            "if a; then b; elif c; then d; else e; fi",
            "if a\nthen\nb\nelif c\nthen d\nelse\ne\nfi",
        ] {
            let clause = &first(text)["if"];
            assert_eq!(clause["else_parts"].as_array().map(Vec::len), Some(3), "{text}");
        }
        assert_eq!(
            first("if a; then b"),
            json!("Expected \"else\", \"elif\", or \"fi\" but got: Eof")
        );
    }

    #[test]
    fn mistakes_are_told_in_words_programs_know() {
        let cases = [
            ("echo foo >", "Redirection with no file"),
            ("echo (a)", "Unexpected token: `(`"),
            ("a &", "Background commands \"&\" are not supported yet."),
            (
                "[[ -e x ]]",
                "Conditional expression operation: -e, is not supported right now. \
              Please open a GitHub issue if you would like it to be supported.",
            ),
            ("| a", "expected a command or assignment but got: \"Pipe\""),
        ];
        for (text, expected) in cases {
            assert_eq!(tree(text), Err(expected.to_owned()), "{text}");
        }
    }

    #[test]
    fn every_string_of_special_characters_ends_in_a_tree_or_an_error() {
        let alphabet = [
            "a", " ", "\n", "$", "(", ")", "\"", "'", "|", "&", ";", ">", "{", ",", "}", "if ",
            "[[ ", " ]]", "`", "*", "=",
        ];
        for one in alphabet {
            for two in alphabet {
                for three in alphabet {
                    for four in ["a", " ", "\"", ")", "`", ";"] {
                        let _ends = tree(&format!("{one}{two}{three}{four}"));
                    }
                }
            }
        }
    }
}
