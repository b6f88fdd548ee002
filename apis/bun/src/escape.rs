//! Bun.escapeHTML: text as it stands in HTML. Pure functions; nothing fails.

use dx_ops::{Call, Exception, Text, Value};

/// Units looked at together; most text has none to be replaced.
const RUN: usize = 32;

/// `escapeHtml(text)`: the text with `"`, `&`, `'`, `<` and `>` as entities; `undefined` where it
/// has none of them.
pub(crate) fn escape_html(call: &mut Call<'_>) -> Result<Value, Exception> {
    let mut escaped = Value::Undefined;
    call.arguments.text(0, &mut |text| {
        escaped = match text {
            Text::Latin1(bytes) => escape(bytes).map_or(Value::Undefined, Value::Latin1),
            Text::Utf16(units) => escape(units).map_or(Value::Undefined, Value::Utf16),
        }
    });
    Ok(escaped)
}

fn entity(unit: u16) -> Option<&'static [u8]> {
    const ENTITIES: [(u8, &[u8]); 5] =
        [(b'"', b"&quot;"), (b'&', b"&amp;"), (b'\'', b"&#x27;"), (b'<', b"&lt;"), (b'>', b"&gt;")];
    ENTITIES.iter().find(|(escaped, _)| u16::from(*escaped) == unit).map(|(_, entity)| *entity)
}

/// A code unit of a text, of 8 or 16 bits.
trait Unit: Copy + PartialEq + From<u8> + Into<u16> {}

impl Unit for u8 {}
impl Unit for u16 {}

const ESCAPED: [u8; 5] = [b'"', b'&', b'\'', b'<', b'>'];

/// Whether a run has a unit that is replaced; without a branch for each, so that the compiler
/// compares many at once.
fn has_escaped<T: Unit>(run: &[T; RUN]) -> bool {
    let escaped = ESCAPED.map(T::from);
    let mut found = 0_u8;
    for unit in run {
        for one in &escaped {
            found |= u8::from(unit == one);
        }
    }
    found != 0
}

/// The index of the first unit from `start` on that is replaced.
fn next_escaped<T: Unit>(units: &[T], start: usize) -> Option<usize> {
    let (runs, rest) = units[start..].as_chunks::<RUN>();
    let is_escaped = |unit: &T| ESCAPED.iter().any(|one| T::from(*one) == *unit);
    for (index, run) in runs.iter().enumerate() {
        if has_escaped(run) {
            let within = run.iter().position(is_escaped)?;
            return Some(start + index * RUN + within);
        }
    }
    let within = rest.iter().position(is_escaped)?;
    Some(units.len() - rest.len() + within)
}

fn escape<T: Unit>(units: &[T]) -> Option<Vec<T>> {
    let mut found = next_escaped(units, 0)?;
    let mut escaped = Vec::with_capacity(units.len() + units.len() / 8 + RUN);
    let mut done = 0;
    loop {
        escaped.extend_from_slice(&units[done..found]);
        let entity = entity(units[found].into()).unwrap_or_default();
        escaped.extend(entity.iter().map(|byte| T::from(*byte)));
        done = found + 1;
        match next_escaped(units, done) {
            Some(next) => found = next,
            None => break,
        }
    }
    escaped.extend_from_slice(&units[done..]);
    Some(escaped)
}

#[cfg(test)]
mod tests {
    use super::escape;

    #[test]
    fn what_means_something_in_html_becomes_an_entity() {
        let escaped = escape(b"<a href=\"x\">'&'</a>".as_slice());
        let expected = "&lt;a href=&quot;x&quot;&gt;&#x27;&amp;&#x27;&lt;/a&gt;";
        assert_eq!(escaped.as_deref(), Some(expected.as_bytes()));
    }

    #[test]
    fn text_without_such_characters_stays_as_it_is() {
        assert_eq!(escape(b"plain, and longer than one run of units".as_slice()), None);
        assert_eq!(escape::<u16>(&[]), None);
    }

    #[test]
    fn characters_are_found_wherever_they_stand() {
        for at in 0..100 {
            let mut units = vec![u16::from(b'x'); 100];
            units[at] = u16::from(b'>');
            units.push(0x263e);
            let text = String::from_utf16_lossy(&units);
            let expected: Vec<u16> = text.replace('>', "&gt;").encode_utf16().collect();
            assert_eq!(escape(&units), Some(expected));
        }
    }
}
