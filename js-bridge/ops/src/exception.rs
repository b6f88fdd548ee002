//! Errors that reach JavaScript with class, code and message as Bun and Node have them.

/// The constructor of an error.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[allow(missing_docs)] // named after the JavaScript classes
pub enum ErrorClass {
    Error,
    TypeError,
    RangeError,
    SyntaxError,
    /// A `DOMException`; its name is the exception's `code`.
    DomException,
}

/// An error to throw or to reject with.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Exception {
    /// Which constructor.
    pub class: ErrorClass,
    /// The message, without class name.
    pub message: String,
    /// The `code` property (or a `DOMException`'s name).
    pub code: Option<&'static str>,
    /// Further own properties: `errno`, `syscall`, `path`, ...
    pub properties: Vec<(&'static str, Property)>,
}

/// The value of a further property of an error.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Property {
    /// A number.
    Number(i64),
    /// A string.
    String(String),
}

impl Exception {
    /// An error of `class` with nothing but a message.
    pub fn new(class: ErrorClass, message: impl Into<String>) -> Self {
        Self { class, message: message.into(), code: None, properties: Vec::new() }
    }

    /// A `TypeError`.
    pub fn type_error(message: impl Into<String>) -> Self {
        Self::new(ErrorClass::TypeError, message)
    }

    /// A `RangeError`.
    pub fn range_error(message: impl Into<String>) -> Self {
        Self::new(ErrorClass::RangeError, message)
    }

    /// The same error with a `code`.
    #[must_use]
    pub fn with_code(mut self, code: &'static str) -> Self {
        self.code = Some(code);
        self
    }

    /// The same error with one more property.
    #[must_use]
    pub fn with_property(mut self, name: &'static str, value: Property) -> Self {
        self.properties.push((name, value));
        self
    }
}
