//! What the shell's language is made of.

use serde_json::{Value, json};

/// One token. Names in [`Token::to_json`] are Bun's.
#[derive(Clone, PartialEq, Eq, Debug)]
#[allow(missing_docs)] // named after what they stand for
pub enum Token {
    Pipe,
    DoublePipe,
    Ampersand,
    DoubleAmpersand,
    Redirect(Redirect),
    Asterisk,
    DoubleAsterisk,
    Semicolon,
    Newline,
    BraceBegin,
    Comma,
    BraceEnd,
    CommandBegin,
    /// Behind [`Token::CommandBegin`] inside double quotes.
    CommandQuoted,
    CommandEnd,
    OpenParen,
    CloseParen,
    Variable(String),
    /// `$0` to `$9`
    Argument(u8),
    Text(String),
    SingleQuoted(String),
    DoubleQuoted(String),
    /// The JavaScript object with this index.
    Object(u32),
    ConditionOpen,
    ConditionClose,
    /// The end of a word.
    Delimiter,
    End,
}

/// Which streams a command's redirection is about.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
#[allow(missing_docs)] // named after the streams
pub struct Redirect {
    pub stdin: bool,
    pub stdout: bool,
    pub stderr: bool,
    /// `>>`
    pub append: bool,
    /// `2>&1` (then `stdout` is set) or `1>&2` (then `stderr` is).
    pub duplicate: bool,
}

impl Redirect {
    /// As Bun prints it.
    #[must_use]
    pub fn to_json(self) -> Value {
        json!({
            "stdin": self.stdin,
            "stdout": self.stdout,
            "stderr": self.stderr,
            "append": self.append,
            "duplicate_out": self.duplicate,
            "__unused": 0,
        })
    }
}

impl Token {
    /// The name of its kind.
    #[must_use]
    pub const fn name(&self) -> &'static str {
        match self {
            Self::Pipe => "Pipe",
            Self::DoublePipe => "DoublePipe",
            Self::Ampersand => "Ampersand",
            Self::DoubleAmpersand => "DoubleAmpersand",
            Self::Redirect(_) => "Redirect",
            Self::Asterisk => "Asterisk",
            Self::DoubleAsterisk => "DoubleAsterisk",
            Self::Semicolon => "Semicolon",
            Self::Newline => "Newline",
            Self::BraceBegin => "BraceBegin",
            Self::Comma => "Comma",
            Self::BraceEnd => "BraceEnd",
            Self::CommandBegin => "CmdSubstBegin",
            Self::CommandQuoted => "CmdSubstQuoted",
            Self::CommandEnd => "CmdSubstEnd",
            Self::OpenParen => "OpenParen",
            Self::CloseParen => "CloseParen",
            Self::Variable(_) => "Var",
            Self::Argument(_) => "VarArgv",
            Self::Text(_) => "Text",
            Self::SingleQuoted(_) => "SingleQuotedText",
            Self::DoubleQuoted(_) => "DoubleQuotedText",
            Self::Object(_) => "JSObjRef",
            Self::ConditionOpen => "DoubleBracketOpen",
            Self::ConditionClose => "DoubleBracketClose",
            Self::Delimiter => "Delimit",
            Self::End => "Eof",
        }
    }

    /// As an error message shows it.
    #[must_use]
    pub fn shown(&self) -> String {
        match self {
            Self::Variable(text)
            | Self::Text(text)
            | Self::SingleQuoted(text)
            | Self::DoubleQuoted(text) => text.clone(),
            Self::Argument(number) => format!("${number}"),
            Self::Pipe => "`|`".to_owned(),
            Self::DoublePipe => "`||`".to_owned(),
            Self::Ampersand => "`&`".to_owned(),
            Self::DoubleAmpersand => "`&&`".to_owned(),
            Self::Redirect(_) => "`>`".to_owned(),
            Self::Asterisk => "`*`".to_owned(),
            Self::DoubleAsterisk => "`**`".to_owned(),
            Self::Semicolon => "`;`".to_owned(),
            Self::Newline => "`\\n`".to_owned(),
            Self::BraceBegin => "`{`".to_owned(),
            Self::Comma => "`,`".to_owned(),
            Self::BraceEnd => "`}`".to_owned(),
            Self::CommandBegin => "`$(`".to_owned(),
            Self::CommandEnd => "`)`".to_owned(),
            Self::OpenParen => "`(`".to_owned(),
            Self::CloseParen => "`)".to_owned(),
            Self::ConditionOpen => "[[".to_owned(),
            Self::ConditionClose => "]]".to_owned(),
            Self::End => "EOF".to_owned(),
            other => other.name().to_owned(),
        }
    }

    /// As Bun prints it for its own tests.
    #[must_use]
    pub fn to_json(&self) -> Value {
        let content = match self {
            Self::Redirect(redirect) => redirect.to_json(),
            Self::Variable(text)
            | Self::Text(text)
            | Self::SingleQuoted(text)
            | Self::DoubleQuoted(text) => json!(text),
            Self::Argument(number) => json!(number),
            Self::Object(index) => json!(index),
            _ => json!({}),
        };
        json!({ self.name(): content })
    }
}
