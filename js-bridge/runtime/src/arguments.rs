//! The arguments of an operation, as the engine passes them.

use std::{rc::Rc, sync::Arc};

use dx_jsc::{Characters, Invocation, PromiseState as EngineState, Type};
use dx_ops::{Arguments, Handle, PromiseState, SharedMemory, Text, TextWriter, ValueKind};

use crate::queue::Queue;

/// Implements [`Arguments`] on a call of a native function. `offset` leaves out what the
/// prelude's wrapper puts in front.
pub(crate) struct EngineArguments<'call, 'vm> {
    pub(crate) invocation: &'call mut Invocation<'vm>,
    pub(crate) queue: &'call Rc<Queue>,
    pub(crate) offset: usize,
}

impl<'vm> EngineArguments<'_, 'vm> {
    fn argument(&self, index: usize) -> dx_jsc::Local<'vm> {
        self.invocation.argument(index + self.offset)
    }

    fn is_string(&self, index: usize) -> bool {
        self.invocation.context.is_string(self.argument(index))
    }
}

impl Arguments for EngineArguments<'_, '_> {
    fn count(&self) -> usize {
        self.invocation.count().saturating_sub(self.offset)
    }

    fn kind(&self, index: usize) -> ValueKind {
        let context = self.invocation.context;
        let value = self.argument(index);
        match context.type_of(value) {
            Type::Undefined => ValueKind::Undefined,
            Type::Null => ValueKind::Null,
            Type::Boolean => ValueKind::Boolean,
            Type::Number => ValueKind::Number,
            Type::BigInt => ValueKind::BigInt,
            Type::String => ValueKind::String,
            Type::Symbol => ValueKind::Symbol,
            Type::Object if context.is_function(value) => ValueKind::Function,
            Type::Object if context.is_bytes(value) => ValueKind::Bytes,
            Type::Object if context.is_array(value) => ValueKind::Array,
            Type::Object => ValueKind::Object,
        }
    }

    fn boolean(&self, index: usize) -> bool {
        self.invocation.context.to_boolean(self.argument(index))
    }

    fn number(&self, index: usize) -> f64 {
        let context = self.invocation.context;
        let value = self.argument(index);
        if let Some(number) = context.as_number(value) {
            return number;
        }
        match context.type_of(value) {
            Type::BigInt => context.to_integer64(value).map_or(f64::NAN, |integer| integer as f64),
            _ => f64::NAN,
        }
    }

    fn string(&self, index: usize) -> Option<String> {
        if !self.is_string(index) {
            return None;
        }
        self.invocation.context.to_string(self.argument(index)).ok()
    }

    fn utf16(&self, index: usize) -> Option<Vec<u16>> {
        if !self.is_string(index) {
            return None;
        }
        self.invocation.context.to_utf16(self.argument(index)).ok()
    }

    fn text(&self, index: usize, visit: &mut dyn FnMut(Text<'_>)) -> bool {
        let context = self.invocation.context;
        context.visit_string(self.argument(index), &mut |characters| match characters {
            Characters::Latin1(bytes) => visit(Text::Latin1(bytes)),
            Characters::Utf16(units) => visit(Text::Utf16(units)),
        })
    }

    fn write_text(&mut self, text: usize, view: usize, visit: TextWriter<'_>) -> bool {
        let (context, text) = (self.invocation.context, self.argument(text));
        let Some(bytes) = self.invocation.bytes_mut(view + self.offset) else { return false };
        context.visit_string(text, &mut |characters| match characters {
            Characters::Latin1(units) => visit(Text::Latin1(units), bytes),
            Characters::Utf16(units) => visit(Text::Utf16(units), bytes),
        })
    }

    fn bytes(&self, index: usize) -> Option<&[u8]> {
        self.invocation.bytes(index + self.offset)
    }

    fn bytes_mut(&mut self, index: usize) -> Option<&mut [u8]> {
        self.invocation.bytes_mut(index + self.offset)
    }

    fn append_bytes(&self, first: usize, into: &mut Vec<u8>) -> bool {
        let first = first + self.offset;
        (first..self.invocation.count()).all(|index| match self.invocation.bytes(index) {
            Some(bytes) => {
                into.extend_from_slice(bytes);
                true
            }
            None => false,
        })
    }

    fn shared_memory(&self, index: usize) -> Option<SharedMemory> {
        let contents = self.invocation.context.shared_contents(self.argument(index))?;
        Some(SharedMemory(Arc::new(contents)))
    }

    fn hold(&self, index: usize) -> Handle {
        self.queue.hold(self.invocation.context, self.argument(index))
    }

    fn promise_state(&self, index: usize) -> Option<PromiseState> {
        match self.invocation.context.promise_state(self.argument(index)).0 {
            EngineState::Pending => Some(PromiseState::Pending),
            EngineState::Fulfilled => Some(PromiseState::Fulfilled),
            EngineState::Rejected => Some(PromiseState::Rejected),
            EngineState::Unknown => None,
        }
    }

    fn promise_result(&self, index: usize) -> Option<Handle> {
        let context = self.invocation.context;
        match context.promise_state(self.argument(index)) {
            (EngineState::Fulfilled | EngineState::Rejected, result) => {
                Some(self.queue.hold(context, result))
            }
            _ => None,
        }
    }

    fn proxy_target(&self, index: usize) -> Option<Handle> {
        let context = self.invocation.context;
        let target = context.proxy_target(self.argument(index))?;
        Some(self.queue.hold(context, target))
    }

    fn hasten_collection(&self, bytes: usize) {
        self.invocation.context.hasten_collection(bytes);
    }
}
