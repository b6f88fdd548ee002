//! Values and exceptions of operations as JavaScript values.

use dx_jsc::{Context, Local, SharedContents};
use dx_ops::{ErrorClass, Exception, Property, SharedMemory, Value};

use crate::core::Core;

/// A value, or the exception that stood in its way.
pub(crate) type Outcome<'vm> = Result<Local<'vm>, Local<'vm>>;

/// Values of an array that are made before it is.
const VALUES_A_STEP: usize = 16;

/// A `SharedArrayBuffer` over the memory; `undefined` where it is no isolate's.
fn shared_buffer<'vm>(context: Context<'vm>, memory: &SharedMemory) -> Local<'vm> {
    let contents = memory.0.downcast_ref::<SharedContents>();
    let buffer = contents.and_then(|contents| context.shared_buffer(contents));
    buffer.unwrap_or(context.undefined())
}

impl Core {
    /// What an operation answers, or the error it throws. Small answers are read where they lie:
    /// to move a value costs more than to make the engine's.
    pub(crate) fn answer<'vm>(
        &self,
        context: Context<'vm>,
        answer: Result<Value, Exception>,
    ) -> Outcome<'vm> {
        match &answer {
            Ok(Value::Undefined) => return Ok(context.undefined()),
            Ok(Value::Boolean(boolean)) => return Ok(context.boolean(*boolean)),
            Ok(Value::Number(number)) => return Ok(context.number(*number)),
            Ok(Value::BigInt(integer)) => return context.bigint_unsigned(*integer),
            _ => {}
        }
        match answer {
            Ok(value) => self.to_local(context, value),
            Err(exception) => Err(self.error(context, &exception)),
        }
    }

    /// The JavaScript value of `value`.
    pub(crate) fn to_local<'vm>(&self, context: Context<'vm>, value: Value) -> Outcome<'vm> {
        match value {
            Value::Undefined => Ok(context.undefined()),
            Value::Null => Ok(context.null()),
            Value::Boolean(boolean) => Ok(context.boolean(boolean)),
            Value::Number(number) => Ok(context.number(number)),
            Value::BigInt(integer) => context.bigint_unsigned(integer),
            Value::String(text) => Ok(context.string_owned(text)),
            Value::Latin1(bytes) => Ok(context.latin1_owned(bytes)),
            // Without the call's arguments there is nothing to take the bytes from.
            Value::Latin1Of { .. } => Ok(context.latin1(&[])),
            Value::Utf16(units) => Ok(context.utf16(&units)),
            Value::Bytes(bytes) => context.uint8_array(bytes),
            Value::ArrayBuffer(bytes) => context.array_buffer(bytes),
            Value::Shared(memory) => context.external_buffer(memory),
            Value::SharedMemory(memory) => Ok(shared_buffer(context, &memory)),
            Value::Array(values) => self.array(context, values),
            Value::Object(properties) => self.object(context, properties),
            Value::Handle(handle) => Ok(self.queue.held(context, &handle)),
            Value::Error(exception) => Ok(self.error(context, &exception)),
        }
    }

    /// The first values are made on the stack, where the engine sees them, and an array of them
    /// in one step.
    fn array<'vm>(&self, context: Context<'vm>, values: Vec<Value>) -> Outcome<'vm> {
        let mut values = values.into_iter();
        let mut first = [context.undefined(); VALUES_A_STEP];
        let mut count = 0;
        for value in values.by_ref().take(VALUES_A_STEP) {
            first[count] = self.to_local(context, value)?;
            count += 1;
        }
        let array = context.array_of(&first[..count])?;
        for (index, value) in (VALUES_A_STEP as u32..).zip(values) {
            let value = self.to_local(context, value)?;
            context.set_index(array, index, value)?;
        }
        Ok(array)
    }

    fn object<'vm>(
        &self,
        context: Context<'vm>,
        properties: Vec<(&'static str, Value)>,
    ) -> Outcome<'vm> {
        let object = context.object();
        for (name, value) in properties {
            let value = self.to_local(context, value)?;
            context.set(object, name, value)?;
        }
        Ok(object)
    }

    /// The error object of `exception`. Whatever goes wrong in making it is the answer then.
    pub(crate) fn error<'vm>(&self, context: Context<'vm>, exception: &Exception) -> Local<'vm> {
        let Ok(late) = self.late(context) else { return context.error(&exception.message) };
        let kind = match exception.class {
            ErrorClass::Error => 0.0,
            ErrorClass::TypeError => 1.0,
            ErrorClass::RangeError => 2.0,
            ErrorClass::SyntaxError => 3.0,
            ErrorClass::DomException => 4.0,
        };
        let code = exception.code.map_or(context.undefined(), |code| context.string(code));
        let made = error_properties(context, exception).and_then(|properties| {
            let message = context.string(&exception.message);
            let arguments = [context.number(kind), message, code, properties];
            context.call(late.make_error.get(context), &arguments)
        });
        made.unwrap_or_else(|error| error)
    }
}

fn error_properties<'vm>(context: Context<'vm>, exception: &Exception) -> Outcome<'vm> {
    let properties = context.array()?;
    for (index, (name, value)) in (0..).zip(&exception.properties) {
        let value = match value {
            Property::Number(number) => context.number(*number as f64),
            Property::String(text) => context.string(text),
        };
        context.set_index(properties, index * 2, context.string(name))?;
        context.set_index(properties, index * 2 + 1, value)?;
    }
    Ok(properties)
}
