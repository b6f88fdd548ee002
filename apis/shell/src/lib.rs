//! Bun.$: a shell with a language of its own.
//!
//! The language is here, without I/O: pieces of a template go in, a tree comes out
//! ([`tree_of`]). JavaScript (js/) walks the tree: it expands words, runs what is built in, and
//! starts everything else through Bun.spawn. A mistake in a script is an error before any of it
//! runs.

#![forbid(unsafe_code)]

mod braces;
mod lexer;
mod ops;
mod parser;
mod token;

pub use braces::expand as expand_braces;
pub use lexer::{Source, Unit, lex};
pub use ops::{EXTENSIONS, source_of};
pub use parser::parse;
pub use token::{Redirect, Token};

/// The tree of a script as JSON.
///
/// # Errors
/// What is wrong with the script, in Bun's words.
pub fn tree_of(source: &Source) -> Result<String, String> {
    parse(&lex(source)?).map(|tree| tree.to_string())
}
