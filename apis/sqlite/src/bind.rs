//! Values of a call as parameters.

use dx_ops::{Arguments, ValueKind};

use crate::{
    ffi::Parameter,
    memory::{KINDS, STATUS, VALUES},
    table::{NOT_BINDABLE, Parts},
    text::append_utf8,
};

/// Parameters that a call passes itself.
pub(crate) const DIRECT: usize = 8;

/// Whole numbers below this are integers in SQLite: those that a number tells from all others.
const INTEGER_LIMIT: f64 = 9_007_199_254_740_992.0;

/// The parameter that an argument is, whose bytes are appended to `bytes`; `None` where it cannot
/// be bound. Bigints do not come this way.
fn parameter(arguments: &dyn Arguments, index: usize, bytes: &mut Vec<u8>) -> Option<Parameter> {
    match arguments.kind(index) {
        ValueKind::Number => Some(number(arguments.number(index))),
        ValueKind::String => Some(text(arguments, index, bytes)),
        ValueKind::Undefined | ValueKind::Null => Some(Parameter::Null),
        ValueKind::Boolean => Some(Parameter::Integer(arguments.boolean(index).into())),
        ValueKind::Bytes => {
            let start = bytes.len();
            bytes.extend_from_slice(arguments.bytes(index)?);
            Some(Parameter::Blob { start, end: bytes.len() })
        }
        _ => None,
    }
}

fn text(arguments: &dyn Arguments, index: usize, bytes: &mut Vec<u8>) -> Parameter {
    let start = bytes.len();
    arguments.text(index, &mut |text| append_utf8(text, bytes));
    Parameter::Text { start, end: bytes.len() }
}

fn number(number: f64) -> Parameter {
    let integer = number as i64;
    let is_integer = (integer as f64).to_bits() == number.to_bits();
    if is_integer && number.abs() < INTEGER_LIMIT {
        Parameter::Integer(integer)
    } else {
        Parameter::Real(number)
    }
}

/// Kinds of values that a call binds along the way, as the header has them.
const KIND_BITS: usize = 2;
const NUMBER: u64 = 0;
const STRING: u64 = 1;

/// Binds the values of the call in place of all that was bound before. Numbers lie in the header,
/// strings among the arguments from `first` on. Where that cannot be, the status says so.
pub(crate) fn bind_direct(
    parts: &mut Parts<'_>,
    arguments: &dyn Arguments,
    first: usize,
    count: usize,
) -> bool {
    let count = count.min(DIRECT);
    let kinds = parts.memory.bits(KINDS);
    let mut parameters = [Parameter::Null; DIRECT];
    let bytes = &mut *parts.parameter_bytes;
    bytes.clear();
    for (index, place) in parameters.iter_mut().enumerate().take(count) {
        *place = match kinds >> (index * KIND_BITS) & 3 {
            NUMBER => number(parts.memory.number(VALUES + index)),
            STRING => text(arguments, first + index, bytes),
            _ => Parameter::Null,
        };
    }
    let is_bound = parts.statement.prepared.bind_all(&parameters[..count], bytes);
    if !is_bound {
        parts.fail();
    }
    is_bound
}

/// Binds one argument to the parameter `index`, from 1 on.
pub(crate) fn bind_one(
    parts: &mut Parts<'_>,
    arguments: &dyn Arguments,
    argument: usize,
    index: i32,
) -> bool {
    parts.parameter_bytes.clear();
    let Some(made) = parameter(arguments, argument, parts.parameter_bytes) else {
        parts.memory.set(STATUS, NOT_BINDABLE);
        return false;
    };
    let is_bound = parts.statement.prepared.bind_one(index, made, parts.parameter_bytes);
    if !is_bound {
        parts.fail();
    }
    is_bound
}

#[cfg(test)]
mod tests {
    use super::number;
    use crate::ffi::Parameter;

    #[test]
    fn whole_numbers_are_integers_as_long_as_they_are_exact() {
        assert_eq!(number(3.0), Parameter::Integer(3));
        assert_eq!(number(-9_007_199_254_740_991.0), Parameter::Integer(-9_007_199_254_740_991));
        assert_eq!(number(9_007_199_254_740_992.0), Parameter::Real(9_007_199_254_740_992.0));
        assert_eq!(number(1.5), Parameter::Real(1.5));
        assert!(matches!(number(-0.0), Parameter::Real(zero) if zero.is_sign_negative()));
    }
}
