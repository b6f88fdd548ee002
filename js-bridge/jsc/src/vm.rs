//! A virtual machine with one global context, and its teardown.
//!
//! Invariants: one machine a thread; everything that touches it runs inside [`Vm::enter`], which
//! holds the engine's lock (so that microtasks drain when asked to, and calls are cheap);
//! the lock is not held while the thread waits, so that the collector can work meanwhile.
//! Teardown releases the context, then the heap; [`crate::Global`]s that outlive it are inert.

use std::{
    any::Any,
    cell::{Cell, RefCell},
    rc::{Rc, Weak},
    sync::atomic::{AtomicUsize, Ordering},
};

use dx_jsc_sys as sys;

use crate::{
    context::Context,
    fast::FastPaths,
    function::{self, Closure, NativeResult},
    main_context::MainContext,
    options,
    watchdog::Watchdog,
};

/// Machines that have been made.
static MACHINES: AtomicUsize = AtomicUsize::new(0);

thread_local! {
    static CURRENT: RefCell<Option<Rc<VmInner>>> = const { RefCell::new(None) };
    static FUNCTIONS: Cell<*const VmInner> = const { Cell::new(std::ptr::null()) };
}

pub(crate) struct VmInner {
    group: sys::JSContextGroupRef,
    context: Cell<sys::JSGlobalContextRef>,
    function_class: sys::JSClassRef,
    // Boxed twice so that a closure stays where it is while the list grows under it.
    functions: RefCell<Vec<Rc<Closure>>>,
    kept: RefCell<Vec<Rc<dyn Any>>>,
}

impl VmInner {
    pub(crate) fn live_context(&self) -> Option<sys::JSGlobalContextRef> {
        let context = self.context.get();
        (!context.is_null()).then_some(context)
    }

    pub(crate) fn group(&self) -> sys::JSContextGroupRef {
        self.group
    }

    pub(crate) fn function_class(&self) -> sys::JSClassRef {
        self.function_class
    }

    /// Keeps something alive until teardown.
    pub(crate) fn keep(&self, kept: Rc<dyn Any>) {
        self.kept.borrow_mut().push(kept);
    }

    pub(crate) fn add_function(&self, closure: Closure) -> usize {
        let mut functions = self.functions.borrow_mut();
        functions.push(Rc::new(closure));
        functions.len() - 1
    }
}

/// The thread's machine, for a context that came from it.
pub(crate) fn current() -> Rc<VmInner> {
    CURRENT.with_borrow(|current| match current {
        Some(inner) => Rc::clone(inner),
        None => unreachable!("a context exists only while its machine does"),
    })
}

/// The machine's group, which in this engine is the machine itself.
pub(crate) fn group(context: Context<'_>) -> sys::JSContextGroupRef {
    // SAFETY: the context is alive.
    unsafe { sys::JSContextGetGroup(context.raw) }
}

/// Runs `action` on the closure at `index` of the thread's machine.
pub(crate) fn with_function<'vm>(
    index: usize,
    action: impl FnOnce(&Closure) -> NativeResult<'vm>,
) -> NativeResult<'vm> {
    let machine = FUNCTIONS.get();
    // SAFETY: set while the machine of this thread lives, and only JavaScript running on that
    // machine calls here. Closures are never removed before teardown, and are reference-counted
    // apart from the list, so the pointer stays valid; nothing else runs while the list is read.
    let closure: *const Closure = unsafe {
        match (*machine).functions.try_borrow_unguarded() {
            Ok(functions) => Rc::as_ptr(&functions[index]),
            Err(_) => unreachable!("the list is not being changed while JavaScript runs"),
        }
    };
    // SAFETY: as above.
    action(unsafe { &*closure })
}

/// Figures of the heap, in bytes.
#[derive(Clone, Copy, Debug, Default)]
pub struct HeapStatistics {
    /// Live objects, as counted at the last collection.
    pub size: usize,
    /// What the heap holds in all.
    pub capacity: usize,
    /// Memory outside the heap that objects own.
    pub extra: usize,
}

/// A virtual machine. Made on the thread it stays on.
pub struct Vm {
    inner: Rc<VmInner>,
    pub(crate) watchdog: RefCell<Option<Box<Watchdog>>>,
    main_context: Rc<RefCell<MainContext>>,
}

impl Vm {
    /// A machine with a bare global context, or `None` when this thread has one already.
    #[must_use]
    pub fn new() -> Option<Self> {
        if !FUNCTIONS.get().is_null() {
            return None;
        }
        options::initialize();
        let main_context = MainContext::new();
        if MACHINES.fetch_add(1, Ordering::Relaxed) > 0 {
            options::initialize_main_loop();
        }
        // SAFETY: plain constructors; the lock is held while the fast paths are tried.
        let (group, context) = unsafe {
            let group = sys::JSContextGroupCreate();
            let context = sys::JSGlobalContextCreateInGroup(group, std::ptr::null_mut());
            sys::JSLock(context);
            FastPaths::verify(context);
            sys::JSUnlock(context);
            (group, context)
        };
        let inner = Rc::new(VmInner {
            group,
            context: Cell::new(context),
            function_class: function::function_class(),
            functions: RefCell::default(),
            kept: RefCell::default(),
        });
        FUNCTIONS.set(Rc::as_ptr(&inner));
        CURRENT.with_borrow_mut(|current| *current = Some(Rc::clone(&inner)));
        Some(Self {
            inner,
            watchdog: RefCell::new(None),
            main_context: Rc::new(RefCell::new(main_context)),
        })
    }

    /// Runs `action` with the engine's lock held. Microtasks drain when the outermost call
    /// returns, or when [`Context::drain_microtasks`] says so.
    pub fn enter<R>(&self, action: impl for<'vm> FnOnce(Context<'vm>) -> R) -> R {
        struct Unlock(sys::JSGlobalContextRef);
        impl Drop for Unlock {
            fn drop(&mut self) {
                // SAFETY: locked below, on this thread.
                unsafe { sys::JSUnlock(self.0) };
            }
        }
        let context = self.inner.context.get();
        // SAFETY: the context lives until the machine is dropped.
        unsafe { sys::JSLock(context) };
        let _unlock = Unlock(context);
        action(Context::from_raw(context))
    }

    /// Gives the lock back and takes it again, from inside one [`Vm::enter`]: microtasks drain.
    pub fn release_briefly(&self) {
        let context = self.inner.context.get();
        // SAFETY: the caller is inside `enter`, which holds the lock.
        unsafe {
            sys::JSUnlock(context);
            sys::JSLock(context);
        }
    }

    /// The main context the engine's timers run on. Whoever polls it keeps a weak reference, so
    /// that it is popped with the machine.
    #[must_use]
    pub fn main_context(&self) -> Weak<RefCell<MainContext>> {
        Rc::downgrade(&self.main_context)
    }

    pub(crate) fn group(&self) -> sys::JSContextGroupRef {
        self.inner.group
    }
}

impl Drop for Vm {
    fn drop(&mut self) {
        self.clear_watchdog();
        let context = self.inner.context.replace(std::ptr::null_mut());
        // SAFETY: nothing of this machine runs any more; protected values become inert because
        // the context is null from here on. Finalisers run inside these calls.
        unsafe {
            sys::JSGlobalContextRelease(context);
            sys::JSContextGroupRelease(self.inner.group);
            sys::JSClassRelease(self.inner.function_class);
        }
        FUNCTIONS.set(std::ptr::null());
        CURRENT.with_borrow_mut(|current| *current = None);
        // Closures may hold protected values, which hold the machine: break that cycle.
        let functions = self.inner.functions.take();
        drop(functions);
    }
}
