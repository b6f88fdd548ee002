//! Strings both ways.
//!
//! To JavaScript: ASCII and Latin-1 become 8-bit strings, by one copy below
//! [`EXTERNAL_LENGTH_MIN`] and without a copy from there on. Without the fast paths the C API
//! copies once more, and at the worst widens them to UTF-16.
//! From JavaScript: the characters are looked at where they are when the layout is known;
//! otherwise through the UTF-16 copy the C API makes.

use dx_jsc_sys as sys;

use crate::{
    cells,
    context::Context,
    external,
    fast::{self, Characters, MakeString, StringImpl},
    large,
    value::{Local, Type},
    vm,
};

/// From this length, in bytes, a string keeps the vector it came in instead of copying it.
const EXTERNAL_LENGTH_MIN: usize = 16 * 1024;

/// From this length, in bytes, the collector is told of a string before it is made: the
/// collection this brings about finds the strings before it dead, and not this one alive.
const REPORTED_LENGTH_MIN: usize = 1 << 20;

/// From this length, in code units, a string is made without the C API. The engine keeps single
/// values of the empty string and of single characters, which that way would not find.
const SHARED_LENGTH_MIN: usize = 2;

/// Releases an API string when it goes out of scope.
struct ApiString(sys::JSStringRef);

impl Drop for ApiString {
    fn drop(&mut self) {
        if !self.0.is_null() {
            // SAFETY: owned by this guard.
            unsafe { sys::JSStringRelease(self.0) };
        }
    }
}

fn latin1_api_string(bytes: &[u8]) -> ApiString {
    if let Some((create, opaque)) = fast::fast_paths().latin1 {
        let mut string = std::ptr::null_mut();
        // SAFETY: verified signatures; results come through the first parameters, and the
        // implementation's reference passes into the API string.
        unsafe {
            let mut implementation = std::ptr::null();
            create(&mut implementation, bytes.as_ptr(), bytes.len());
            opaque(&mut string, &mut implementation);
        }
        if !string.is_null() {
            return ApiString(string);
        }
    }
    let wide: Vec<u16> = bytes.iter().map(|&byte| u16::from(byte)).collect();
    utf16_api_string(&wide)
}

fn utf16_api_string(units: &[u16]) -> ApiString {
    // SAFETY: the characters are copied during the call.
    ApiString(unsafe { sys::JSStringCreateWithCharacters(units.as_ptr(), units.len()) })
}

fn api_string(text: &str) -> ApiString {
    if text.is_ascii() {
        return latin1_api_string(text.as_bytes());
    }
    match latin1_from_utf8(text) {
        Some(latin1) => latin1_api_string(&latin1),
        None => utf16_api_string(&text.encode_utf16().collect::<Vec<u16>>()),
    }
}

/// The Latin-1 form of `text`, where each character fits.
fn latin1_from_utf8(text: &str) -> Option<Vec<u8>> {
    // In UTF-8, what lies beyond U+00FF starts with a byte above 0xC3.
    if text.bytes().any(|byte| byte > 0xc3) {
        return None;
    }
    let mut latin1 = Vec::with_capacity(text.len());
    latin1.extend(text.chars().map(|character| character as u32 as u8));
    Some(latin1)
}

fn utf8_from_latin1(bytes: &[u8]) -> String {
    if bytes.is_ascii() {
        // Checked just above, so nothing is replaced and nothing fails.
        return String::from_utf8(bytes.to_vec()).unwrap_or_default();
    }
    bytes.iter().map(|&byte| char::from(byte)).collect()
}

impl<'vm> Context<'vm> {
    pub(crate) fn with_api_string<R>(
        self,
        text: &str,
        action: impl FnOnce(sys::JSStringRef) -> R,
    ) -> R {
        let string = api_string(text);
        action(string.0)
    }

    /// The same of text that lives for ever, which is not copied where it is ASCII.
    pub(crate) fn with_static_api_string<R>(
        self,
        text: &'static str,
        action: impl FnOnce(sys::JSStringRef) -> R,
    ) -> R {
        if text.is_ascii() {
            let string = ApiString(external::immortal_api_string(text.as_bytes()));
            if !string.0.is_null() {
                return action(string.0);
            }
        }
        self.with_api_string(text, action)
    }

    fn value_of(self, string: &ApiString) -> Local<'vm> {
        // SAFETY: the string is alive; the value shares its characters.
        Local::new(unsafe { sys::JSValueMakeString(self.raw, string.0) })
    }

    /// The value of an implementation, whose one reference is taken over.
    fn shared(self, make: MakeString, implementation: *const StringImpl) -> Local<'vm> {
        // SAFETY: the lock is held and the group is the machine; the implementation is new.
        Local::new(unsafe { fast::string_value(vm::group(self).cast(), make, implementation) })
    }

    /// A string from UTF-8.
    #[must_use]
    pub fn string(self, text: &str) -> Local<'vm> {
        if text.is_ascii() {
            return self.latin1(text.as_bytes());
        }
        match latin1_from_utf8(text) {
            Some(latin1) => self.latin1(&latin1),
            None => self.utf16(&text.encode_utf16().collect::<Vec<u16>>()),
        }
    }

    /// A string from UTF-8 that is given away, so that long ASCII text is not copied.
    #[must_use]
    pub fn string_owned(self, text: String) -> Local<'vm> {
        if text.len() >= EXTERNAL_LENGTH_MIN && text.is_ascii() {
            return self.latin1_owned(text.into_bytes());
        }
        self.string(&text)
    }

    /// A string whose code units are these bytes.
    #[must_use]
    pub fn latin1(self, bytes: &[u8]) -> Local<'vm> {
        let paths = fast::fast_paths();
        match paths.latin1.zip(paths.string_value) {
            Some(((create, _), make)) if bytes.len() >= SHARED_LENGTH_MIN => {
                let mut implementation = std::ptr::null();
                // SAFETY: a verified signature; the characters are copied during the call.
                unsafe { create(&mut implementation, bytes.as_ptr(), bytes.len()) };
                self.shared(make, implementation)
            }
            _ => self.value_of(&latin1_api_string(bytes)),
        }
    }

    /// A string whose code units are these bytes, given away; long ones are not copied.
    #[must_use]
    pub fn latin1_owned(self, bytes: Vec<u8>) -> Local<'vm> {
        if bytes.len() < EXTERNAL_LENGTH_MIN {
            return self.latin1(&bytes);
        }
        if bytes.len() >= large::BYTES_MIN {
            self.make_room_for(bytes.len());
        } else if bytes.len() >= REPORTED_LENGTH_MIN {
            self.report_extra_memory(bytes.len());
        }
        match (external::implementation(bytes), fast::fast_paths().string_value) {
            (Ok(implementation), Some(make)) => self.shared(make, implementation),
            (Ok(implementation), None) => {
                self.value_of(&ApiString(external::api_string(implementation)))
            }
            (Err(bytes), _) => self.latin1(&bytes),
        }
    }

    /// A string of UTF-16 code units.
    #[must_use]
    pub fn utf16(self, units: &[u16]) -> Local<'vm> {
        let paths = fast::fast_paths();
        match paths.wide.zip(paths.string_value) {
            Some((create, make)) if units.len() >= SHARED_LENGTH_MIN => {
                let mut implementation = std::ptr::null();
                // SAFETY: a verified signature; the units are copied during the call.
                unsafe { create(&mut implementation, units.as_ptr(), units.len()) };
                self.shared(make, implementation)
            }
            _ => self.value_of(&utf16_api_string(units)),
        }
    }

    /// Runs `action` on the characters of a string value; converts other values first, which
    /// may run JavaScript.
    fn with_characters<R>(
        self,
        value: Local<'vm>,
        action: impl FnOnce(Characters<'_>) -> R,
    ) -> Result<R, Local<'vm>> {
        if let Some(layout) = cells::layout(self.raw) {
            // SAFETY: the value is alive and of this machine; `action` runs no JavaScript.
            if let Some(characters) = unsafe { cells::text(layout, self.raw, value.raw) } {
                return Ok(action(characters));
            }
        }
        let mut exception = std::ptr::null();
        // SAFETY: the value belongs to the machine.
        let string = unsafe { sys::JSValueToStringCopy(self.raw, value.raw, &mut exception) };
        if !exception.is_null() || string.is_null() {
            return Err(Local::new(exception));
        }
        let string = ApiString(string);
        // SAFETY: the guard outlives the borrow of its characters.
        Ok(unsafe {
            if fast::fast_paths().string_layout {
                return Ok(action(fast::characters(string.0)));
            }
            let length = sys::JSStringGetLength(string.0);
            let units = sys::JSStringGetCharactersPtr(string.0);
            let units = if length == 0 || units.is_null() {
                &[]
            } else {
                std::slice::from_raw_parts(units, length)
            };
            action(Characters::Utf16(units))
        })
    }

    /// Evaluates the script that a string value holds, without copying it.
    ///
    /// # Errors
    /// What the script throws, or a `SyntaxError`.
    pub fn evaluate_string(self, source: Local<'vm>, url: &str) -> Result<Local<'vm>, Local<'vm>> {
        self.evaluate_script(source, url, 1)
    }

    /// Runs `action` on the characters of a script.
    pub(crate) fn with_source<R>(
        self,
        source: Local<'vm>,
        action: impl FnOnce(sys::JSStringRef) -> R,
    ) -> Result<R, Local<'vm>> {
        let mut exception = std::ptr::null();
        // SAFETY: the value belongs to the machine.
        let source = unsafe { sys::JSValueToStringCopy(self.raw, source.raw, &mut exception) };
        if !exception.is_null() || source.is_null() {
            return Err(Local::new(exception));
        }
        let source = ApiString(source);
        Ok(action(source.0))
    }

    /// A value as a string of UTF-8, converted as `String(value)` does, lone surrogates
    /// replaced.
    ///
    /// # Errors
    /// What the conversion throws.
    pub fn to_string(self, value: Local<'vm>) -> Result<String, Local<'vm>> {
        self.with_characters(value, |characters| match characters {
            Characters::Latin1(bytes) => utf8_from_latin1(bytes),
            Characters::Utf16(units) => String::from_utf16_lossy(units),
        })
    }

    /// A value as a string of UTF-16 code units.
    ///
    /// # Errors
    /// What the conversion throws.
    pub fn to_utf16(self, value: Local<'vm>) -> Result<Vec<u16>, Local<'vm>> {
        self.with_characters(value, |characters| match characters {
            Characters::Latin1(bytes) => bytes.iter().map(|&byte| u16::from(byte)).collect(),
            Characters::Utf16(units) => units.to_vec(),
        })
    }

    /// Runs `action` on the characters of a string where they lie; `false` for any other value.
    /// `action` must not run JavaScript.
    #[must_use]
    pub fn visit_string(self, value: Local<'vm>, action: &mut dyn FnMut(Characters<'_>)) -> bool {
        self.is_string(value) && self.with_characters(value, action).is_ok()
    }

    /// Whether a value is a string.
    #[must_use]
    pub fn is_string(self, value: Local<'vm>) -> bool {
        match cells::layout(self.raw) {
            // SAFETY: the value is alive and of this machine.
            Some(layout) => unsafe { cells::is_string(layout, value.raw) },
            None => self.type_of(value) == Type::String,
        }
    }

    /// Appends a string value to `into` as UTF-8, lone surrogates replaced.
    ///
    /// # Errors
    /// What converting the value to a string throws.
    pub fn append_utf8(self, value: Local<'vm>, into: &mut Vec<u8>) -> Result<(), Local<'vm>> {
        self.with_characters(value, |characters| match characters {
            Characters::Latin1(bytes) if bytes.is_ascii() => into.extend_from_slice(bytes),
            Characters::Latin1(bytes) => into.extend_from_slice(utf8_from_latin1(bytes).as_bytes()),
            Characters::Utf16(units) => {
                into.extend_from_slice(String::from_utf16_lossy(units).as_bytes());
            }
        })
    }
}
