//! Programs under test: what is put into their text so that the runner can tell which lines ran
//! and where something was thrown.
//!
//! The engine's C API gives neither counts of executed code nor the place of a `throw`. So every
//! piece of code that runs as a whole gets a counter, and what is thrown passes through a function
//! that is told the place. The text stays TypeScript or JavaScript and keeps its lines; it goes
//! through the transform as the file would have.

mod counts;
mod edits;
mod throws;
mod visit;

use oxc_allocator::Allocator;
use oxc_ast::ast::Program;
use oxc_parser::{ParseOptions, Parser};
use oxc_semantic::{Scoping, SemanticBuilder};
use oxc_span::SourceType;

pub use self::counts::Counts;
pub(crate) use self::edits::Shifts;
use self::visit::Observer;
use crate::kind::Loader;

/// What is put into programs.
#[derive(Clone, Copy, Debug, Default)]
pub struct Observing {
    /// What is thrown passes through `$dx_thrown(value, line, column)`.
    pub throws: bool,
    /// Code is counted in `$dx_hits<number>[index]`.
    pub counts: bool,
}

/// A program that has been changed.
#[derive(Debug)]
pub(crate) struct Observed {
    pub(crate) text: String,
    pub(crate) shifts: Shifts,
    /// What its counters mean.
    pub(crate) counts: Option<Counts>,
}

/// Changes a program; `number` names its counters. `None` where there is nothing to change, or it
/// has a syntax error, about which the transform has more to say.
pub(crate) fn observe(
    source: &str,
    loader: Loader,
    observing: Observing,
    number: u32,
) -> Option<Observed> {
    let Observing { throws, counts } = observing;
    let may_throw = throws && memchr::memmem::find(source.as_bytes(), b"throw").is_some();
    if !counts && !may_throw {
        return None;
    }
    let allocator = Allocator::with_capacity(source.len() * 8);
    let base = SourceType::unambiguous();
    let source_type = match loader {
        Loader::TypeScript => base.with_typescript(true),
        Loader::Tsx => base.with_typescript(true).with_jsx(true),
        _ => base.with_jsx(true),
    };
    let options = ParseOptions { allow_return_outside_function: true, ..ParseOptions::default() };
    let parsed_as = |source_type| {
        let parsed = Parser::new(&allocator, source, source_type).with_options(options).parse();
        parsed.diagnostics.errors().next().is_none().then_some(parsed.program)
    };
    let program = parsed_as(source_type).or_else(|| parsed_as(source_type.with_module(true)))?;
    let scoping = (counts && loader != Loader::JavaScript).then(|| scoping_of(&program));
    Some(Observer::new(source, observing, number, scoping).run(&program))
}

fn scoping_of(program: &Program<'_>) -> Scoping {
    SemanticBuilder::new().build(program).semantic.into_scoping()
}

#[cfg(test)]
mod tests {
    use super::{Observing, observe};
    use crate::kind::Loader;

    fn counted(source: &str) -> (String, Vec<(u32, u32)>, usize) {
        let observing = Observing { throws: false, counts: true };
        let observed = observe(source, Loader::Tsx, observing, 1).expect("a program");
        let counts = observed.counts.expect("counts");
        (observed.text, counts.lines, counts.functions.len())
    }

    #[test]
    fn branches_have_counters_of_their_own() {
        let (text, lines, functions) = counted("if (a) b();\nelse {\n  c();\n}\nd(e => e);");
        let hit = |index| format!("$dx_hits1[{index}]++");
        let expected = format!(
            "{0};if (a) {{{1};b();}}\nelse {{{2};\n  c();\n}}\n{3};d(e => ({4},e));",
            hit(0),
            hit(1),
            hit(2),
            hit(3),
            hit(4)
        );
        assert_eq!(text, expected);
        assert_eq!(functions, 1);
        let of_line = |line| {
            let found = lines.iter().filter(move |(own, _)| *own == line);
            found.map(|(_, index)| *index).collect::<Vec<_>>()
        };
        assert_eq!(of_line(3), [2]);
        assert!(of_line(4).is_empty());
    }

    #[test]
    fn types_and_unused_imports_are_no_code() {
        let source = "import { T, v } from 'x';\nimport { U } from 'y';\n\
                      interface I {\n  a: T;\n}\ndeclare const z: U;\nv;";
        let (_, lines, _) = counted(source);
        let mut lines: Vec<u32> = lines.iter().map(|(line, _)| *line).collect();
        lines.dedup();
        assert_eq!(lines, [1, 7]);
    }

    #[test]
    fn what_is_thrown_is_told_its_place() {
        let observing = Observing { throws: true, counts: false };
        let source = "throw new Error('x');\nfunction f() { throw 'y'; }";
        let observed = observe(source, Loader::JavaScript, observing, 0).expect("a program");
        let expected = "throw $dx_thrown(new Error('x'),1,20);\n\
                        function f() { throw $dx_thrown('y',2,22); }";
        assert_eq!(observed.text, expected);
        assert!(observe("a()", Loader::JavaScript, observing, 0).is_none());
    }
}
