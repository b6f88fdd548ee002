//! From the pieces of a template to tokens.
//!
//! A script is characters of the program's own text, and values that the program put in: strings,
//! which are taken as they are, and objects, which redirections lead to. A character that came
//! with a value is never special, so that no value can change what a script does.

use crate::token::{Redirect, Token};

/// Substitutions and subshells inside each other at most: the lexer goes into each by a call.
const NESTING_MAX: usize = 200;

/// One unit of a script.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Unit {
    /// A character of the template.
    Character(char),
    /// A string put in, by its index in [`Source::texts`].
    Text(u32),
    /// An object put in, by its index.
    Object(u32),
}

/// A template and the strings put into it.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Source {
    /// What the template reads.
    pub units: Vec<Unit>,
    /// The strings.
    pub texts: Vec<String>,
}

impl From<&str> for Source {
    fn from(text: &str) -> Self {
        Self { units: text.chars().map(Unit::Character).collect(), texts: Vec::new() }
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Quotes {
    None,
    Single,
    Double,
}

/// What the lexer is inside of.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Nesting {
    Top,
    Dollar,
    Backtick,
    Subshell,
}

/// A lexer ends at the first mistake, which is told.
type Lexed = Result<(), String>;

struct Lexer<'a> {
    units: &'a [Unit],
    texts: &'a [String],
    at: usize,
    quotes: Quotes,
    /// The last character read, white space before the first.
    previous: char,
    word: String,
    /// How many tokens there were when the quotes were opened.
    quoted_from: usize,
    tokens: Vec<Token>,
    depth: usize,
}

/// The tokens of a script, the last being [`Token::End`].
///
/// # Errors
/// What is wrong with it, in Bun's words.
pub fn lex(source: &Source) -> Result<Vec<Token>, String> {
    let mut lexer = Lexer {
        units: &source.units,
        texts: &source.texts,
        at: 0,
        quotes: Quotes::None,
        previous: ' ',
        word: String::new(),
        quoted_from: 0,
        tokens: Vec::new(),
        depth: 0,
    };
    lexer.run(Nesting::Top)?;
    lexer.tokens.push(Token::End);
    Ok(lexer.tokens)
}

impl<'a> Lexer<'a> {
    /// The character at the cursor, whether a backslash stands before it, and both's length.
    fn look(&self) -> Option<(char, bool, usize)> {
        let character = self.character(self.at)?;
        if character != '\\' || self.quotes == Quotes::Single {
            return Some((character, false, 1));
        }
        let next = self.character(self.at + 1);
        match (self.quotes, next) {
            (Quotes::Double, Some('$' | '`' | '"' | '\\' | '\n' | '#'))
            | (Quotes::None, Some(_)) => next.map(|next| (next, true, 2)),
            _ => Some((character, self.quotes == Quotes::None, 1)),
        }
    }

    fn character(&self, at: usize) -> Option<char> {
        match self.units.get(at) {
            Some(Unit::Character(character)) => Some(*character),
            _ => None,
        }
    }

    /// Whether this character follows and is special.
    fn follows(&self, wanted: char) -> bool {
        self.look().is_some_and(|(character, is_escaped, _)| !is_escaped && character == wanted)
    }

    fn take(&mut self, wanted: char) -> bool {
        let does_follow = self.follows(wanted);
        self.at += usize::from(does_follow);
        does_follow
    }

    fn run(&mut self, nesting: Nesting) -> Lexed {
        loop {
            match self.units.get(self.at) {
                None => break,
                Some(Unit::Text(text)) => {
                    self.at += 1;
                    let text = self.texts.get(*text as usize).map_or("", String::as_str);
                    self.put_in(text);
                    continue;
                }
                Some(Unit::Object(index)) => {
                    self.at += 1;
                    if self.quotes == Quotes::Double {
                        return Err("JS object reference not allowed in double quotes".to_owned());
                    }
                    self.end_word(false, false);
                    self.tokens.push(Token::Object(*index));
                    continue;
                }
                Some(Unit::Character(_)) => {}
            }
            let Some((character, is_escaped, length)) = self.look() else { break };
            self.at += length;
            let before = std::mem::replace(&mut self.previous, character);
            if is_escaped {
                self.escaped(character);
            } else if self.special(character, before, nesting)? {
                return Ok(());
            }
        }
        self.end_word(true, false);
        match nesting {
            Nesting::Top => Ok(()),
            Nesting::Subshell => Err("Unclosed subshell".to_owned()),
            _ => Err("Unclosed command substitution".to_owned()),
        }
    }

    /// A backslash at the end of a line joins it with the next.
    fn escaped(&mut self, character: char) {
        match (character, self.quotes) {
            ('\n', Quotes::Double) => {}
            ('\n', _) => self.end_word(true, true),
            _ => self.word.push(character),
        }
    }

    /// A string put in: a quoted word, or a part of the quoted word around it.
    fn put_in(&mut self, text: &str) {
        self.previous = '\0';
        if self.quotes == Quotes::None {
            self.end_word(false, false);
            self.tokens.push(Token::DoubleQuoted(text.to_owned()));
        } else if text.is_empty() && self.word.is_empty() {
            self.tokens.push(Token::DoubleQuoted(String::new()));
        } else {
            self.word.push_str(text);
        }
    }

    /// One character that is special unless quotes say otherwise; `true` at the end of what the
    /// lexer is inside of.
    fn special(&mut self, character: char, before: char, nesting: Nesting) -> Result<bool, String> {
        match (self.quotes, character) {
            (Quotes::Single, '\'') | (Quotes::Double, '"') => self.close_quotes(),
            (Quotes::None, '\'') => self.open_quotes(Quotes::Single),
            (Quotes::None, '"') => self.open_quotes(Quotes::Double),
            (Quotes::None | Quotes::Double, '$') => self.dollar()?,
            (Quotes::None | Quotes::Double, '`') => return self.backtick(nesting),
            (Quotes::None, _) => return self.operator(character, before, nesting),
            _ => self.word.push(character),
        }
        Ok(false)
    }

    fn open_quotes(&mut self, quotes: Quotes) {
        self.end_word(false, false);
        self.quotes = quotes;
        self.quoted_from = self.tokens.len();
    }

    fn close_quotes(&mut self) {
        if self.word.is_empty() && self.tokens.len() == self.quoted_from {
            let empty = String::new();
            self.tokens.push(match self.quotes {
                Quotes::Single => Token::SingleQuoted(empty),
                _ => Token::DoubleQuoted(empty),
            });
        }
        self.end_word(false, false);
        self.quotes = Quotes::None;
    }

    fn backtick(&mut self, nesting: Nesting) -> Result<bool, String> {
        if nesting != Nesting::Backtick {
            self.nested(Nesting::Backtick)?;
            return Ok(false);
        }
        self.end_word(true, true);
        if !matches!(self.tokens.last(), Some(Token::Delimiter)) {
            self.tokens.push(Token::Delimiter);
        }
        self.tokens.push(Token::CommandEnd);
        Ok(true)
    }

    fn operator(
        &mut self,
        character: char,
        before: char,
        nesting: Nesting,
    ) -> Result<bool, String> {
        match character {
            ' ' | '\t' | '\r' => self.end_word(true, true),
            '\n' => {
                self.end_word(true, true);
                self.tokens.push(Token::Newline);
            }
            '#' if before.is_whitespace() => self.comment(),
            ';' => self.token(Token::Semicolon),
            '*' => {
                let token = if self.take('*') { Token::DoubleAsterisk } else { Token::Asterisk };
                self.part(token);
            }
            '{' => self.part(Token::BraceBegin),
            ',' => self.part(Token::Comma),
            '}' => self.part(Token::BraceEnd),
            '(' => self.nested(Nesting::Subshell)?,
            ')' => return self.close(nesting),
            '[' | ']' => self.bracket(character),
            '0'..='2' => self.numbered_redirect(character),
            '|' => self.pipe()?,
            '>' | '<' => {
                self.end_word(true, true);
                let append = self.take(character);
                let stdin = character == '<';
                self.tokens.push(Token::Redirect(Redirect {
                    stdin,
                    stdout: !stdin,
                    append,
                    ..Redirect::default()
                }));
            }
            '&' => self.ampersand(),
            _ => self.word.push(character),
        }
        Ok(false)
    }

    /// A token that ends a word.
    fn token(&mut self, token: Token) {
        self.end_word(true, true);
        self.tokens.push(token);
    }

    /// A token inside a word.
    fn part(&mut self, token: Token) {
        self.end_word(false, false);
        self.tokens.push(token);
    }

    fn comment(&mut self) {
        self.end_word(true, true);
        while let Some(unit) = self.units.get(self.at) {
            if *unit == Unit::Character('\n') {
                return;
            }
            self.at += 1;
        }
    }

    fn pipe(&mut self) -> Lexed {
        self.end_word(true, true);
        if self.at >= self.units.len() {
            return Err("Unexpected EOF".to_owned());
        }
        if self.follows('&') {
            let hint = "is not supported yet. Please file an issue on GitHub.";
            return Err(format!("Piping stdout and stderr (`|&`) {hint}"));
        }
        let token = if self.take('|') { Token::DoublePipe } else { Token::Pipe };
        self.tokens.push(token);
        Ok(())
    }

    fn ampersand(&mut self) {
        self.end_word(true, true);
        let token = if self.take('>') {
            let append = self.take('>');
            Token::Redirect(Redirect { stdout: true, stderr: true, append, ..Redirect::default() })
        } else if self.take('&') {
            Token::DoubleAmpersand
        } else {
            Token::Ampersand
        };
        self.tokens.push(token);
    }

    /// `2>`, `1>>`, `2>&1` and so on; a digit otherwise.
    fn numbered_redirect(&mut self, digit: char) {
        let start = self.at;
        let is_output = self.take('>');
        let is_input = !is_output && digit == '0' && self.take('<');
        if !is_output && !is_input {
            self.word.push(digit);
            return;
        }
        let mut redirect = Redirect {
            stdin: digit == '0',
            stdout: digit == '1',
            stderr: digit == '2',
            append: self.take(if is_output { '>' } else { '<' }),
            duplicate: false,
        };
        if self.take('&') {
            let target = if digit == '2' { '1' } else { '2' };
            if digit == '0' || !self.take(target) {
                self.at = start;
                self.word.push(digit);
                return;
            }
            (redirect.stdout, redirect.stderr) = (redirect.stderr, redirect.stdout);
            redirect.duplicate = true;
        }
        self.end_word(true, true);
        self.tokens.push(Token::Redirect(redirect));
    }

    /// `[[` before white space and `]]` before the end of a word are tokens.
    fn bracket(&mut self, character: char) {
        let after = self.character(self.at + 1);
        let is_end = match character {
            '[' => after.is_some_and(char::is_whitespace),
            _ => after.is_none_or(|after| " \r\n\t;&|>)".contains(after)),
        };
        if !self.follows(character) || !is_end {
            self.word.push(character);
            return;
        }
        self.at += 1;
        self.end_word(true, true);
        let is_open = character == '[';
        self.tokens.push(if is_open { Token::ConditionOpen } else { Token::ConditionClose });
    }

    fn dollar(&mut self) -> Lexed {
        self.end_word(false, false);
        if self.take('(') {
            return self.nested(Nesting::Dollar);
        }
        match self.character(self.at) {
            Some(digit @ '0'..='9') => {
                self.at += 1;
                self.tokens.push(Token::Argument(digit as u8 - b'0'));
            }
            Some('a'..='z' | 'A'..='Z' | '_') => {
                let mut name = String::new();
                while let Some(part @ ('a'..='z' | 'A'..='Z' | '0'..='9' | '_')) =
                    self.character(self.at)
                {
                    name.push(part);
                    self.at += 1;
                }
                self.tokens.push(Token::Variable(name));
            }
            _ => {
                self.word.push('$');
                self.end_word(false, false);
            }
        }
        self.previous = '\0';
        Ok(())
    }

    fn nested(&mut self, nesting: Nesting) -> Lexed {
        self.depth += 1;
        if self.depth > NESTING_MAX {
            return Err("Too many nested substitutions".to_owned());
        }
        if nesting == Nesting::Subshell {
            self.token(Token::OpenParen);
        } else {
            self.part(Token::CommandBegin);
            if self.quotes == Quotes::Double {
                self.tokens.push(Token::CommandQuoted);
            }
        }
        let outer = (std::mem::replace(&mut self.quotes, Quotes::None), self.quoted_from);
        self.previous = ' ';
        self.run(nesting)?;
        (self.quotes, self.quoted_from) = outer;
        self.depth -= 1;
        Ok(())
    }

    fn close(&mut self, nesting: Nesting) -> Result<bool, String> {
        if !matches!(nesting, Nesting::Dollar | Nesting::Subshell) {
            return Err("Unexpected ')'".to_owned());
        }
        self.end_word(true, false);
        if nesting == Nesting::Subshell {
            self.tokens.push(Token::CloseParen);
            return Ok(true);
        }
        let is_ended = matches!(
            self.tokens.last(),
            Some(Token::Delimiter | Token::Semicolon | Token::Newline)
        );
        if !is_ended {
            self.tokens.push(Token::Delimiter);
        }
        self.tokens.push(Token::CommandEnd);
        Ok(true)
    }

    /// The text so far becomes a token. At white space and operators (`at_break`) a word that
    /// ended in a token of another kind gets its delimiter too.
    fn end_word(&mut self, delimit: bool, at_break: bool) {
        if self.word.is_empty() {
            let ends_word = matches!(
                self.tokens.last(),
                Some(
                    Token::Variable(_)
                        | Token::Argument(_)
                        | Token::Text(_)
                        | Token::SingleQuoted(_)
                        | Token::DoubleQuoted(_)
                        | Token::BraceBegin
                        | Token::Comma
                        | Token::BraceEnd
                        | Token::CommandEnd
                        | Token::Asterisk
                        | Token::DoubleAsterisk
                )
            );
            if at_break && ends_word {
                self.tokens.push(Token::Delimiter);
            }
            return;
        }
        let word = std::mem::take(&mut self.word);
        self.tokens.push(match self.quotes {
            Quotes::None => Token::Text(word),
            Quotes::Single => Token::SingleQuoted(word),
            Quotes::Double => Token::DoubleQuoted(word),
        });
        if delimit {
            self.tokens.push(Token::Delimiter);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(source: &Source) -> String {
        let name = |token: &Token| match token {
            Token::Text(text) => text.clone(),
            Token::SingleQuoted(text) => format!("'{text}'"),
            Token::DoubleQuoted(text) => format!("\"{text}\""),
            Token::Variable(name) => format!("${name}"),
            Token::Delimiter => "_".to_owned(),
            other => other.name().to_owned(),
        };
        match lex(source) {
            Ok(tokens) => tokens.iter().map(name).collect::<Vec<_>>().join(" "),
            Err(message) => message,
        }
    }

    #[test]
    fn words_quotes_and_variables() {
        let cases = [
            ("next dev", "next _ dev _ Eof"),
            ("a foo\"$NICE\"good\"x\"", "a _ foo $NICE good \"x\" Eof"),
            ("$PWD/test.txt", "$PWD /test.txt _ Eof"),
            ("a=\"$b c\" d= ; e", "a= $b \" c\" _ d= _ Semicolon e _ Eof"),
            ("echo '' \"\"", "echo _ '' _ \"\" Eof"),
            ("a\\ b \\\n c", "a b _ c _ Eof"),
            ("a # b\nc#d", "a _ Newline c#d _ Eof"),
        ];
        for (text, expected) in cases {
            assert_eq!(shown(&text.into()), expected, "{text}");
        }
    }

    #[test]
    fn substitutions_end_with_a_delimiter() {
        let cases = [
            ("$(ls)", "CmdSubstBegin ls _ CmdSubstEnd Eof"),
            ("\"$(ls)\"", "CmdSubstBegin CmdSubstQuoted ls _ CmdSubstEnd Eof"),
            ("$(A=b $A)C", "CmdSubstBegin A=b _ $A _ CmdSubstEnd C _ Eof"),
            ("`a`", "CmdSubstBegin a _ CmdSubstEnd Eof"),
            ("(a)", "OpenParen a _ CloseParen Eof"),
        ];
        for (text, expected) in cases {
            assert_eq!(shown(&text.into()), expected, "{text}");
        }
    }

    #[test]
    fn what_is_put_in_is_never_special() {
        let texts = vec!["a; $(b) *".to_owned()];
        let put_in = Source { units: vec![Unit::Text(0)], texts };
        assert_eq!(shown(&put_in), "\"a; $(b) *\" Eof");
        let units = vec![Unit::Character('"'), Unit::Object(0)];
        let quoted = Source { units, texts: Vec::new() };
        assert_eq!(shown(&quoted), "JS object reference not allowed in double quotes");
    }

    #[test]
    fn what_is_not_closed_is_told() {
        let cases = [
            ("$(a", "Unclosed command substitution"),
            ("(a", "Unclosed subshell"),
            ("a )", "Unexpected ')'"),
            ("a |", "Unexpected EOF"),
        ];
        for (text, expected) in cases {
            assert_eq!(shown(&text.into()), expected, "{text}");
        }
        assert_eq!(shown(&"$(".repeat(5000).as_str().into()), "Too many nested substitutions");
    }
}
