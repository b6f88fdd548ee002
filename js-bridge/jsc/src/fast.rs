//! Optional fast paths: C++ internals the library exports, found with `dlsym`.
//!
//! A mangled name carries the full signature, so a function whose parameters changed is not
//! found. What a name cannot tell (object layouts, flag bits, enum values) is checked on known
//! values by [`FastPaths::verify`] when the first machine is made; what fails is switched off
//! for the whole process. Fallbacks: functions become objects of a class with a call-back
//! (93 ns a call against 5), microtasks drain when the outermost lock is released, strings go
//! through UTF-16, a promise's state is unknown.

use std::{
    ffi::{CStr, c_void},
    sync::{
        OnceLock,
        atomic::{AtomicU32, Ordering},
    },
};

use dx_jsc_sys as sys;

use crate::time_zone::{ForgetZone, SetZone};

/// `int64_t (*)(JSGlobalObject*, CallFrame*)`
pub(crate) type HostFunction = unsafe extern "C" fn(*mut c_void, *const u64) -> u64;

type CreateFunction = unsafe extern "C" fn(
    vm: *const c_void,
    global: *const c_void,
    length: u32,
    name: *const *const StringImpl,
    call: HostFunction,
    visibility: u8,
    intrinsic: u8,
    construct: HostFunction,
    signature: *const c_void,
) -> sys::JSObjectRef;
type ThrowException = unsafe extern "C" fn(
    vm: *const c_void,
    global: *const c_void,
    value: sys::JSValueRef,
) -> *const c_void;
type DrainMicrotasks = unsafe extern "C" fn(vm: *const c_void);
type PromiseStatus = unsafe extern "C" fn(promise: sys::JSValueRef, vm: *const c_void) -> u32;
type PromiseResult =
    unsafe extern "C" fn(promise: sys::JSValueRef, vm: *const c_void) -> sys::JSValueRef;
type CreateLatin1 =
    unsafe extern "C" fn(out: *mut *const StringImpl, bytes: *const u8, length: usize);
type CreateWide =
    unsafe extern "C" fn(out: *mut *const StringImpl, units: *const u16, length: usize);
/// A string value that shares the implementation, to which it adds a reference of its own.
pub(crate) type MakeString =
    unsafe extern "C" fn(vm: *const c_void, implementation: *const StringImpl) -> sys::JSValueRef;
/// Puts the pieces of a string together, in place.
pub(crate) type ResolveRope =
    unsafe extern "C" fn(rope: sys::JSValueRef, global: *const c_void) -> *const c_void;
type CreateExternalLatin1 = unsafe extern "C" fn(
    out: *mut *const StringImpl,
    bytes: *const u8,
    length: usize,
    release: *mut *mut c_void,
);
type CreateOpaque =
    unsafe extern "C" fn(out: *mut sys::JSStringRef, string: *mut *const StringImpl);

/// `void WTF::releaseFastMallocFreeMemory()`
type ReturnMemory = unsafe extern "C" fn();

/// The start of `WTF::StringImpl`.
#[repr(C)]
pub(crate) struct StringImpl {
    /// Counts by [`REFERENCE`]; the lowest bit marks strings that are never freed.
    pub(crate) reference_count: AtomicU32,
    pub(crate) length: u32,
    pub(crate) data: *const c_void,
    pub(crate) hash_and_flags: u32,
}

/// `StringImpl::s_refCountIncrement`
const REFERENCE: u32 = 2;
/// `StringImpl::s_hashFlag8BitBuffer`
const FLAG_8_BIT: u32 = 1 << 2;

/// The start of `OpaqueJSString`.
#[repr(C)]
struct OpaqueString {
    reference_count: u32,
    string: *const StringImpl,
}

/// What was found and holds.
#[derive(Default)]
pub(crate) struct FastPaths {
    pub(crate) functions: Option<(CreateFunction, ThrowException)>,
    pub(crate) drain_microtasks: Option<DrainMicrotasks>,
    pub(crate) promises: Option<(PromiseStatus, PromiseResult)>,
    pub(crate) time_zone: Option<(SetZone, ForgetZone)>,
    pub(crate) latin1: Option<(CreateLatin1, CreateOpaque)>,
    pub(crate) wide: Option<CreateWide>,
    /// Values that share the characters of an implementation, which the C API copies.
    pub(crate) string_value: Option<MakeString>,
    pub(crate) external_latin1: Option<(CreateExternalLatin1, CreateOpaque)>,
    pub(crate) resolve_rope: Option<ResolveRope>,
    /// Whether the characters inside an `OpaqueJSString` may be looked at.
    pub(crate) string_layout: bool,
    /// Whether numbers may be encoded and decoded without a call.
    pub(crate) number_encoding: bool,
}

/// Encoded `undefined`.
pub(crate) const ENCODED_UNDEFINED: u64 = 0xa;
/// Encoded `null`.
pub(crate) const ENCODED_NULL: u64 = 0x2;
/// Encoded `false`.
pub(crate) const ENCODED_FALSE: u64 = 0x6;
/// Encoded `true`.
pub(crate) const ENCODED_TRUE: u64 = 0x7;
/// The tag of an encoded 32-bit integer.
pub(crate) const NUMBER_TAG: u64 = 0xfffe_0000_0000_0000;
/// What is added to the bits of an encoded double.
pub(crate) const DOUBLE_OFFSET: u64 = 1 << 49;

static FAST_PATHS: OnceLock<FastPaths> = OnceLock::new();

/// The verified fast paths; all absent before the first machine was made.
pub(crate) fn fast_paths() -> &'static FastPaths {
    static NONE: FastPaths = FastPaths {
        functions: None,
        drain_microtasks: None,
        promises: None,
        time_zone: None,
        latin1: None,
        wide: None,
        string_value: None,
        external_latin1: None,
        resolve_rope: None,
        string_layout: false,
        number_encoding: false,
    };
    FAST_PATHS.get().unwrap_or(&NONE)
}

/// The address of a symbol; `name` ends in a NUL.
pub(crate) fn symbol(name: &str) -> Option<*mut c_void> {
    let name = CStr::from_bytes_with_nul(name.as_bytes()).ok()?;
    // SAFETY: the names are C strings; the library is linked, so it is loaded and its handle
    // needs no release. Searching one library is ten times faster than searching all.
    let found = unsafe {
        let flags = libc::RTLD_LAZY | libc::RTLD_NOLOAD;
        let library = libc::dlopen(c"libjavascriptcoregtk-6.0.so.1".as_ptr(), flags);
        libc::dlsym(if library.is_null() { libc::RTLD_DEFAULT } else { library }, name.as_ptr())
    };
    (!found.is_null()).then_some(found)
}

macro_rules! lookup {
    ($type:ty, $($name:literal),+) => {
        symbol(concat!($($name),+, "\0")).map(|found| {
            // SAFETY: the mangled name holds the parameter types of the function pointer type.
            unsafe { std::mem::transmute::<*mut c_void, $type>(found) }
        })
    };
}

impl FastPaths {
    fn find() -> Self {
        let opaque = lookup!(CreateOpaque, "_ZN14OpaqueJSString9tryCreateEON3WTF6StringE");
        let latin1 =
            lookup!(CreateLatin1, "_ZN3WTF10StringImpl6createESt4spanIKhLm18446744073709551615EE");
        let wide =
            lookup!(CreateWide, "_ZN3WTF10StringImpl6createESt4spanIKDsLm18446744073709551615EE");
        let external = lookup!(
            CreateExternalLatin1,
            "_ZN3WTF18ExternalStringImpl6createESt4spanIKhLm18446744073709551615EEO",
            "NS_8FunctionIFvPS0_PvjEEE"
        );
        let create = lookup!(
            CreateFunction,
            "_ZN3JSC10JSFunction6createERNS_2VMEPNS_14JSGlobalObjectEjRKN3WTF6Strin",
            "gENS5_11FunctionPtrILNS5_6PtrTagE1EFlS4_PNS_9CallFrameEELNS5_18Functio",
            "nAttributesE2EEENS_24ImplementationVisibilityENS_9IntrinsicESF_PKNS_6D",
            "OMJIT9SignatureE"
        );
        let throw =
            lookup!(ThrowException, "_ZN3JSC2VM14throwExceptionEPNS_14JSGlobalObjectENS_7JSValueE");
        let status = lookup!(PromiseStatus, "_ZNK3JSC9JSPromise6statusERNS_2VME");
        let result = lookup!(PromiseResult, "_ZNK3JSC9JSPromise6resultERNS_2VME");
        Self {
            functions: create.zip(throw),
            drain_microtasks: lookup!(DrainMicrotasks, "_ZN3JSC2VM15drainMicrotasksEv"),
            promises: status.zip(result),
            time_zone: lookup!(SetZone, "_ZN3WTF19setTimeZoneOverrideENS_10StringViewE")
                .zip(lookup!(ForgetZone, "_ZN3JSC9DateCache20resetIfNecessarySlowEv")),
            latin1: latin1.zip(opaque),
            wide,
            string_value: lookup!(
                MakeString,
                "_ZN3JSC25jsStringWithCacheSlowCaseERNS_2VMERN3WTF10StringImplE"
            ),
            external_latin1: external.zip(opaque),
            resolve_rope: lookup!(
                ResolveRope,
                "_ZNK3JSC12JSRopeString11resolveRopeEPNS_14JSGlobalObjectE"
            ),
            string_layout: true,
            number_encoding: true,
        }
    }

    /// Finds the fast paths and keeps those that hold on the machine of `context`, whose lock
    /// is held. Runs once a process.
    pub(crate) fn verify(context: sys::JSGlobalContextRef) {
        FAST_PATHS.get_or_init(|| {
            if std::env::var_os("DX_ENGINE_FAST").is_some_and(|value| value == "0") {
                return Self::default();
            }
            let mut found = Self::find();
            found.string_layout = string_layout_holds();
            found.number_encoding = number_encoding_holds(context);
            if !found.string_layout {
                found.latin1 = None;
                found.external_latin1 = None;
                found.functions = None;
            }
            if !found.number_encoding {
                found.functions = None;
            }
            if !found.functions.is_some_and(|path| function_holds(context, path.0)) {
                found.functions = None;
            }
            if !found.latin1.is_some_and(latin1_holds) {
                found.latin1 = None;
            }
            if !found
                .latin1
                .zip(found.string_value)
                .is_some_and(|((create, _), make)| string_value_holds(context, create, make))
            {
                found.string_value = None;
            }
            found
        });
    }
}

/// Has the engine's allocator give free memory back to the system; does nothing where the library
/// does not export that.
pub(crate) fn return_memory() {
    if let Some(release) = lookup!(ReturnMemory, "_ZN3WTF27releaseFastMallocFreeMemoryEv") {
        // SAFETY: the function has no parameters and may be called on any thread.
        unsafe { release() };
    }
}

/// The characters of a string, looked at where they are.
#[derive(Clone, Copy, Debug)]
pub enum Characters<'a> {
    /// Each byte is one code unit.
    Latin1(&'a [u8]),
    /// UTF-16, lone surrogates allowed.
    Utf16(&'a [u16]),
}

/// The characters of `string`; only where [`FastPaths::string_layout`] holds.
///
/// # Safety
/// `string` is a live API string that outlives `'a`.
pub(crate) unsafe fn characters<'a>(string: sys::JSStringRef) -> Characters<'a> {
    // SAFETY: the layout was verified; the implementation is kept alive by the API string.
    unsafe { characters_of((*string.cast::<OpaqueString>()).string) }
}

/// The characters of a string's implementation.
///
/// # Safety
/// `implementation` is null or lives longer than `'a`, and [`FastPaths::string_layout`] holds.
pub(crate) unsafe fn characters_of<'a>(implementation: *const StringImpl) -> Characters<'a> {
    // SAFETY: the layout was verified.
    unsafe {
        if implementation.is_null() || (*implementation).length == 0 {
            return Characters::Latin1(&[]);
        }
        let implementation = &*implementation;
        let length = implementation.length as usize;
        if implementation.hash_and_flags & FLAG_8_BIT != 0 {
            Characters::Latin1(std::slice::from_raw_parts(implementation.data.cast(), length))
        } else {
            Characters::Utf16(std::slice::from_raw_parts(implementation.data.cast(), length))
        }
    }
}

/// The implementation inside an API string, for calls that take a `WTF::String const&`.
///
/// # Safety
/// `string` is a live API string, and [`FastPaths::string_layout`] holds.
pub(crate) unsafe fn implementation(string: sys::JSStringRef) -> *const StringImpl {
    // SAFETY: as `characters`.
    unsafe { (*string.cast::<OpaqueString>()).string }
}

/// Asks the kernel whether memory can be read, by way of a pipe.
pub(crate) struct Probe([i32; 2]);

impl Probe {
    pub(crate) fn new() -> Option<Self> {
        let mut pipe = [0; 2];
        // SAFETY: room for both descriptors.
        let made = unsafe { libc::pipe2(pipe.as_mut_ptr(), libc::O_NONBLOCK | libc::O_CLOEXEC) };
        (made == 0).then_some(Self(pipe))
    }

    /// Whether reading `length` bytes at `address` would not fault.
    pub(crate) fn readable(&self, address: *const c_void, length: usize) -> bool {
        // SAFETY: the kernel checks the address and says EFAULT.
        unsafe { libc::write(self.0[1], address, length) == length as isize }
    }
}

impl Drop for Probe {
    fn drop(&mut self) {
        // SAFETY: both descriptors are owned here.
        unsafe {
            libc::close(self.0[0]);
            libc::close(self.0[1]);
        }
    }
}

fn string_layout_holds() -> bool {
    let Some(probe) = Probe::new() else { return false };
    let wide: Vec<u16> = "dx \u{20ac} wide".encode_utf16().collect();
    // SAFETY: API strings are made, looked at after the kernel said that every step is
    // readable, and released.
    unsafe {
        let narrow = sys::JSStringCreateWithUTF8CString(c"dx narrow".as_ptr());
        let broad = sys::JSStringCreateWithCharacters(wide.as_ptr(), wide.len());
        let step = |string: sys::JSStringRef| {
            if !probe.readable(string.cast(), size_of::<OpaqueString>()) {
                return false;
            }
            let implementation = (*string.cast::<OpaqueString>()).string;
            probe.readable(implementation.cast(), size_of::<StringImpl>())
                && (*implementation).length < 64
                && probe.readable((*implementation).data, (*implementation).length as usize)
        };
        let holds = step(narrow)
            && step(broad)
            && matches!(characters(narrow), Characters::Latin1(b"dx narrow"))
            && matches!(characters(broad), Characters::Utf16(units) if units == wide);
        sys::JSStringRelease(narrow);
        sys::JSStringRelease(broad);
        holds
    }
}

fn number_encoding_holds(context: sys::JSGlobalContextRef) -> bool {
    let samples = [0.0, -0.0, 1.0, -1.0, 1.5, 4_294_967_296.0, -2_147_483_648.0, f64::MAX];
    // SAFETY: the context is alive and locked.
    let encodes = samples
        .iter()
        .all(|&number| unsafe { sys::JSValueMakeNumber(context, number) } as u64 == encode(number));
    // SAFETY: as above.
    unsafe {
        encodes
            && sys::JSValueMakeUndefined(context) as u64 == ENCODED_UNDEFINED
            && sys::JSValueMakeNull(context) as u64 == ENCODED_NULL
            && sys::JSValueMakeBoolean(context, false) as u64 == ENCODED_FALSE
            && sys::JSValueMakeBoolean(context, true) as u64 == ENCODED_TRUE
    }
}

/// The engine's encoding of a number.
pub(crate) fn encode(number: f64) -> u64 {
    let integer = number as i32;
    if f64::from(integer).to_bits() == number.to_bits() {
        return NUMBER_TAG | u64::from(integer as u32);
    }
    let bits = if number.is_nan() { f64::NAN.to_bits() } else { number.to_bits() };
    bits.wrapping_add(DOUBLE_OFFSET)
}

/// The number a value encodes, where it is one.
pub(crate) fn decode(encoded: u64) -> Option<f64> {
    if encoded & NUMBER_TAG == NUMBER_TAG {
        return Some(f64::from(encoded as u32 as i32));
    }
    (encoded & NUMBER_TAG != 0).then(|| f64::from_bits(encoded.wrapping_sub(DOUBLE_OFFSET)))
}

/// Slots of the engine's call frame, in words: the count of arguments, `this` included, in the
/// low half, and the first argument.
pub(crate) const FRAME_COUNT: usize = 4;
/// See [`FRAME_COUNT`].
pub(crate) const FRAME_ARGUMENTS: usize = 6;

const PROBE_ARGUMENT: f64 = 1.5;
const PROBE_ANSWER: f64 = 7.0;

unsafe extern "C" fn probe(_global: *mut c_void, frame: *const u64) -> u64 {
    // SAFETY: the engine's frames are longer than the slots read here.
    let (count, argument) = unsafe { (*frame.add(FRAME_COUNT), *frame.add(FRAME_ARGUMENTS)) };
    let holds = count as u32 == 2 && argument == encode(PROBE_ARGUMENT);
    if holds { encode(PROBE_ANSWER) } else { ENCODED_UNDEFINED }
}

fn function_holds(context: sys::JSGlobalContextRef, create: CreateFunction) -> bool {
    // SAFETY: the context is alive and locked; the name lives during the call, and the function
    // is found on the stack.
    unsafe {
        let name = sys::JSStringCreateWithUTF8CString(c"probe".as_ptr());
        let inner = implementation(name);
        let vm: *const c_void = sys::JSContextGetGroup(context).cast();
        let none = std::ptr::null();
        let function = create(vm, context.cast(), 0, &inner, probe, 0, 0, probe, none);
        sys::JSStringRelease(name);
        if function.is_null() {
            return false;
        }
        let argument = encode(PROBE_ARGUMENT) as sys::JSValueRef;
        let mut exception = std::ptr::null();
        let this = std::ptr::null_mut();
        let answer =
            sys::JSObjectCallAsFunction(context, function, this, 1, &argument, &mut exception);
        answer as u64 == encode(PROBE_ANSWER) && exception.is_null()
    }
}

fn latin1_holds((create, opaque): (CreateLatin1, CreateOpaque)) -> bool {
    let sample = b"dx \xe9 latin";
    // SAFETY: the signatures are those of the mangled names; both results are returned through
    // the first parameter; the string passes into the API string, which is released.
    unsafe {
        let mut implementation = std::ptr::null();
        create(&mut implementation, sample.as_ptr(), sample.len());
        let mut string = std::ptr::null_mut();
        opaque(&mut string, &mut implementation);
        let holds = !string.is_null()
            && matches!(characters(string), Characters::Latin1(bytes) if bytes == sample);
        if !string.is_null() {
            sys::JSStringRelease(string);
        }
        holds
    }
}

/// The value of an implementation that was just made, whose one reference passes to the value.
///
/// `make` adds the value's reference. The creator's is given up before, not after: a collection
/// that starts in between would otherwise see a string shared by two, and count half its size.
///
/// # Safety
/// The lock of the machine `vm` is held; the caller owns the only reference.
pub(crate) unsafe fn string_value(
    vm: *const c_void,
    make: MakeString,
    implementation: *const StringImpl,
) -> sys::JSValueRef {
    // SAFETY: as the caller promises; nothing looks at the counter before `make` raises it.
    unsafe {
        (*implementation).reference_count.fetch_sub(REFERENCE, Ordering::AcqRel);
        make(vm, implementation)
    }
}

fn string_value_holds(
    context: sys::JSGlobalContextRef,
    create: CreateLatin1,
    make: MakeString,
) -> bool {
    let sample = b"dx \xe9 shared";
    // SAFETY: the context is alive and locked; the signatures are those of the mangled names;
    // the value is found on the stack.
    unsafe {
        let mut implementation = std::ptr::null();
        create(&mut implementation, sample.as_ptr(), sample.len());
        let count = || (*implementation).reference_count.load(Ordering::Acquire);
        if count() != REFERENCE {
            return false;
        }
        let value = string_value(sys::JSContextGetGroup(context).cast(), make, implementation);
        if count() != REFERENCE || value.is_null() {
            return false;
        }
        let string = sys::JSValueToStringCopy(context, value, std::ptr::null_mut());
        let same = !string.is_null()
            && matches!(characters(string), Characters::Latin1(bytes) if bytes == sample);
        if !string.is_null() {
            sys::JSStringRelease(string);
        }
        same
    }
}

/// The promise functions and the cell type of promises, tried on known values when first asked
/// for.
pub(crate) fn promises(context: sys::JSContextRef) -> Option<(PromiseStatus, PromiseResult, u8)> {
    static TYPE: OnceLock<Option<u8>> = OnceLock::new();
    let path = fast_paths().promises?;
    let cell_type = (*TYPE.get_or_init(|| promise_type(context, path)))?;
    Some((path.0, path.1, cell_type))
}

/// Where a cell keeps its type: behind the structure (4 bytes) and the indexing type (1).
const CELL_TYPE_OFFSET: usize = 5;

/// The type of an object's cell. What has the type of a promise is one, whatever its prototype.
///
/// # Safety
/// `object` is a live object of the engine.
pub(crate) unsafe fn cell_type(object: sys::JSValueRef) -> u8 {
    // SAFETY: an object is a cell, whose header is eight bytes.
    unsafe { object.cast::<u8>().add(CELL_TYPE_OFFSET).read() }
}

/// Three promises of known states, one of a derived class, and four objects that are none.
const PROMISE_SAMPLES: &CStr = c"[new Promise(() => {}), Promise.resolve(7),
    (p => (p.catch(() => {}), p))(Promise.reject(8)), new (class extends Promise {})(() => {}),
    Object.create(Promise.prototype), {}, () => {}, []]";
const PROMISES: u32 = 4;
const SAMPLES: u32 = 8;

/// The cell type of promises, if the functions answer as expected and the type tells promises
/// from other objects.
fn promise_type(
    context: sys::JSContextRef,
    (status, result): (PromiseStatus, PromiseResult),
) -> Option<u8> {
    // SAFETY: the context is alive and locked; the array keeps the samples alive.
    unsafe {
        let source = sys::JSStringCreateWithUTF8CString(PROMISE_SAMPLES.as_ptr());
        let mut exception = std::ptr::null();
        let array = sys::JSEvaluateScript(
            context,
            source,
            std::ptr::null_mut(),
            std::ptr::null_mut(),
            1,
            &mut exception,
        );
        sys::JSStringRelease(source);
        if array.is_null() {
            return None;
        }
        let sample = |index: u32| {
            let none = std::ptr::null_mut();
            sys::JSObjectGetPropertyAtIndex(context, array.cast_mut(), index, none)
        };
        let expected = cell_type(sample(0));
        if (1..SAMPLES).any(|index| (cell_type(sample(index)) == expected) != (index < PROMISES)) {
            return None;
        }
        let vm: *const c_void = sys::JSContextGetGroup(context).cast();
        let holds = (0..3).all(|index| {
            let promise = sample(index);
            status(promise, vm) == index
                && (index == 0 || result(promise, vm) as u64 == encode(f64::from(index + 6)))
        });
        holds.then_some(expected)
    }
}

/// Where a proxy's cell keeps its target and its handler, tried on a known proxy when first asked
/// for: two words behind the header and the butterfly.
pub(crate) fn knows_proxies(context: sys::JSContextRef) -> bool {
    static KNOWN: OnceLock<bool> = OnceLock::new();
    *KNOWN.get_or_init(|| {
        fast_paths().number_encoding && {
            // SAFETY: the context is alive and locked; the array keeps its three objects alive.
            unsafe {
                let source = sys::JSStringCreateWithUTF8CString(
                    c"((t, h) => [new Proxy(t, h), t, h])({}, {})".as_ptr(),
                );
                let none = std::ptr::null_mut();
                let mut exception = std::ptr::null();
                let list =
                    sys::JSEvaluateScript(context, source, none, none.cast(), 1, &mut exception);
                sys::JSStringRelease(source);
                let item = |index| {
                    let none = std::ptr::null_mut();
                    sys::JSObjectGetPropertyAtIndex(context, list.cast_mut(), index, none)
                };
                !list.is_null()
                    && word(item(0), FIELDS[0]) == item(1) as u64
                    && word(item(0), FIELDS[1]) == item(2) as u64
            }
        }
    })
}

/// A proxy's handler; null for one that was revoked.
///
/// # Safety
/// `proxy` is a live proxy, and [`knows_proxies`] holds.
pub(crate) unsafe fn proxy_handler(proxy: sys::JSValueRef) -> sys::JSValueRef {
    // SAFETY: the word is the handler.
    let handler = unsafe { word(proxy, FIELDS[1]) };
    if handler == ENCODED_NULL { std::ptr::null() } else { handler as sys::JSValueRef }
}

/// Where a promise's cell keeps the bit that says whether a rejection has a handler.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct HandledBit {
    offset: usize,
    mask: u64,
}

impl HandledBit {
    /// # Safety
    /// `promise` is a live promise of the engine.
    pub(crate) unsafe fn is_set(self, promise: sys::JSValueRef) -> bool {
        // SAFETY: the offset lies in the two fields every promise has.
        unsafe { word(promise, self.offset) & self.mask != 0 }
    }
}

/// The fields of a promise or a proxy: two words behind the header and the butterfly.
const FIELDS: [usize; 2] = [16, 24];

unsafe fn word(cell: sys::JSValueRef, offset: usize) -> u64 {
    // SAFETY: the caller's cell is larger than that.
    unsafe { cell.cast::<u8>().add(offset).cast::<u64>().read() }
}

/// The bit, if exactly one changes when a rejected promise is given its handler. Tried when first
/// asked for.
pub(crate) fn handled_bit(context: sys::JSContextRef) -> Option<HandledBit> {
    static BIT: OnceLock<Option<HandledBit>> = OnceLock::new();
    promises(context)?;
    *BIT.get_or_init(|| find_handled_bit(context))
}

fn find_handled_bit(context: sys::JSContextRef) -> Option<HandledBit> {
    // SAFETY: the context is alive and locked; the pair keeps promise and function alive, and the
    // function leaves no rejection without a handler behind.
    unsafe {
        let source = sys::JSStringCreateWithUTF8CString(
            c"(p => [p, () => { p.catch(() => {}) }])(Promise.reject(8))".as_ptr(),
        );
        let mut exception = std::ptr::null();
        let none = std::ptr::null_mut();
        let pair = sys::JSEvaluateScript(context, source, none, none.cast(), 1, &mut exception);
        sys::JSStringRelease(source);
        if pair.is_null() {
            return None;
        }
        let item = |index| {
            let none = std::ptr::null_mut();
            sys::JSObjectGetPropertyAtIndex(context, pair.cast_mut(), index, none)
        };
        let (promise, handle) = (item(0), item(1));
        let before = FIELDS.map(|offset| word(promise, offset));
        let none = std::ptr::null_mut();
        sys::JSObjectCallAsFunction(
            context,
            handle.cast_mut(),
            none,
            0,
            std::ptr::null(),
            none.cast(),
        );
        let changed = FIELDS.map(|offset| word(promise, offset));
        let (offset, mask) = match [before[0] ^ changed[0], before[1] ^ changed[1]] {
            [mask, 0] => (FIELDS[0], mask),
            [0, mask] => (FIELDS[1], mask),
            _ => return None,
        };
        let bit = HandledBit { offset, mask };
        (mask.is_power_of_two() && bit.is_set(promise)).then_some(bit)
    }
}

#[cfg(test)]
mod tests {
    use super::{decode, encode, fast_paths, knows_proxies, promises};
    use crate::{PromiseState, Vm};

    #[test]
    fn numbers_survive_encoding() {
        for number in [0.0, -0.0, 1.0, -1.0, 0.1, 1e300, f64::INFINITY, f64::MIN_POSITIVE] {
            assert_eq!(decode(encode(number)).map(f64::to_bits), Some(number.to_bits()));
        }
        assert!(decode(encode(f64::NAN)).is_some_and(f64::is_nan));
        assert_eq!(decode(super::ENCODED_UNDEFINED), None);
    }

    /// Says which fast path a new engine has lost; nothing else breaks when one is.
    #[test]
    fn the_fast_paths_hold_on_this_engine() {
        if std::env::var_os("DX_ENGINE_FAST").is_some_and(|value| value == "0") {
            return;
        }
        let vm = Vm::new().expect("the thread has no machine yet");
        vm.enter(|context| {
            let found = fast_paths();
            assert!(found.string_layout, "the layout of strings");
            assert!(found.number_encoding, "the encoding of numbers");
            assert!(knows_proxies(context.raw), "proxies");
            assert!(found.functions.is_some(), "functions");
            assert!(found.drain_microtasks.is_some(), "microtasks");
            assert!(found.latin1.is_some(), "8-bit strings");
            assert!(found.external_latin1.is_some(), "external strings");
            assert!(found.wide.is_some(), "16-bit strings");
            assert!(found.string_value.is_some(), "strings that share their characters");
            assert!(promises(context.raw).is_some(), "promises");
            let promise = context.evaluate("Promise.reject(5)", "test.js", 1).ok();
            let (state, reason) = context.promise_state(promise.expect("a promise"));
            assert_eq!((state, context.as_number(reason)), (PromiseState::Rejected, Some(5.0)));
            let handled = |source| {
                let promise = context.evaluate(source, "test.js", 1).ok().expect("a promise");
                context.is_promise_handled(promise)
            };
            assert!(!handled("globalThis.rejected = Promise.reject(6)"), "no handler yet");
            assert!(handled("rejected.catch(() => {}); rejected"), "a handler");
        });
    }
}
