//! The heap's figures without a walk over its objects.
//!
//! The C API has them only beside a count of objects by type, which visits every object: tens of
//! milliseconds where there are many. The library exports the functions that add up the blocks.
//! They take the heap, which lies inside the machine; where, is checked by telling the machine of
//! memory outside its heap and seeing the heap's counter move by as much.

#![allow(unsafe_code)]

use std::{ffi::c_void, sync::OnceLock};

use crate::{
    context::Context,
    fast::{self, Probe, symbol},
    vm::{self, HeapStatistics},
};

/// Where the machine has its heap, in bytes.
const HEAP_OFFSET: usize = 0xc0;
/// Where the heap counts memory reported to it since the last collection, in bytes.
const REPORTED_OFFSET: usize = 0x190;
/// What is reported for the check: enough to be counted, not a figure found by chance.
const PROBE_BYTES: usize = 7_919;

/// In how many parts the heap is told of allocations: one that is a third of all since the last
/// collection puts the next one off.
const TOLD_IN: usize = 16;

type Figure = unsafe extern "C" fn(heap: *mut c_void) -> usize;
/// `void Heap::didAllocate(size_t)`
type DidAllocate = unsafe extern "C" fn(heap: *mut c_void, bytes: usize);

struct Functions {
    size: Figure,
    capacity: Figure,
    extra: Figure,
    did_allocate: DidAllocate,
}

fn figure(name: &str) -> Option<Figure> {
    // SAFETY: the mangled names are those of member functions without parameters.
    symbol(name).map(|found| unsafe { std::mem::transmute::<*mut c_void, Figure>(found) })
}

fn find() -> Option<Functions> {
    let did_allocate = symbol("_ZN3JSC4Heap11didAllocateEm\0")?;
    Some(Functions {
        // SAFETY: the mangled name is that of a member function of one number.
        did_allocate: unsafe { std::mem::transmute::<*mut c_void, DidAllocate>(did_allocate) },
        size: figure("_ZN3JSC4Heap4sizeEv\0")?,
        capacity: figure("_ZN3JSC4Heap8capacityEv\0")?,
        extra: figure("_ZN3JSC4Heap15extraMemorySizeEv\0")?,
    })
}

/// Whether the machine's heap is where it was when this was written.
fn layout_holds(context: Context<'_>) -> bool {
    let counter = heap(context).wrapping_byte_add(REPORTED_OFFSET).cast::<usize>();
    let readable =
        Probe::new().is_some_and(|probe| probe.readable(counter.cast(), size_of::<usize>()));
    if !readable || !fast::fast_paths().number_encoding {
        return false;
    }
    // SAFETY: readable, as the kernel said; the engine changes it on this thread only.
    unsafe {
        let before = counter.read_volatile();
        context.report_extra_memory(PROBE_BYTES);
        counter.read_volatile().wrapping_sub(before) == PROBE_BYTES
    }
}

fn heap(context: Context<'_>) -> *mut c_void {
    vm::group(context).cast_mut().cast::<c_void>().wrapping_byte_add(HEAP_OFFSET)
}

/// The functions; `None` where the engine's library is not the one this was written for.
fn functions(context: Context<'_>) -> Option<&'static Functions> {
    static FUNCTIONS: OnceLock<Option<Functions>> = OnceLock::new();
    FUNCTIONS.get_or_init(|| find().filter(|_| layout_holds(context))).as_ref()
}

/// Has the next collection come as if `bytes` more had been allocated; without the functions it
/// comes when it would have.
pub(crate) fn hasten_collection(context: Context<'_>, bytes: usize) {
    let Some(found) = functions(context) else { return };
    for _ in 0..TOLD_IN {
        // SAFETY: the heap of a live machine whose lock is held. The function adds to a counter
        // and sets a timer; collecting is for the next allocation.
        unsafe { (found.did_allocate)(heap(context), bytes / TOLD_IN) };
    }
}

/// The figures; `None` where the engine's library is not the one this was written for.
pub(crate) fn statistics(context: Context<'_>) -> Option<HeapStatistics> {
    let found = functions(context)?;
    let heap = heap(context);
    // SAFETY: the heap of a live machine whose lock is held.
    unsafe {
        Some(HeapStatistics {
            size: (found.size)(heap),
            capacity: (found.capacity)(heap),
            extra: (found.extra)(heap),
        })
    }
}

#[cfg(test)]
mod tests {
    use crate::Vm;

    /// Says when a new engine has moved its heap; nothing else breaks when one does.
    #[test]
    fn the_figures_are_those_the_engine_gives_with_its_count_of_objects() {
        if std::env::var_os("DX_ENGINE_FAST").is_some_and(|value| value == "0") {
            return;
        }
        let vm = Vm::new().expect("the thread has no machine yet");
        vm.enter(|context| {
            let source = "globalThis.kept = Array.from({ length: 5000 }, (_, i) => ({ i }))";
            assert!(context.evaluate(source, "test.js", 1).is_ok());
            context.collect_garbage();
            let found = super::statistics(context).expect("the heap is where it was");
            let walked = context.memory_statistics();
            let of = |name| context.get(walked, name).ok().and_then(|it| context.as_number(it));
            assert!(found.capacity > 5000 * 16);
            let capacity = of("heapCapacity").unwrap_or_default();
            assert!((found.capacity as f64 - capacity).abs() < 200_000.0, "{found:?} {capacity}");
            let size = of("heapSize").unwrap_or_default();
            assert!((found.size as f64 - size).abs() < 200_000.0, "{found:?} {size}");
        });
    }

    /// How many of a thousand objects that nothing holds are still there after a while.
    fn left_after_a_while(vm: &Vm, hastened_by: usize) -> f64 {
        let evaluate = |source| {
            vm.enter(|context| {
                let value = context.evaluate(source, "test.js", 1).ok();
                value.and_then(|value| context.as_number(value)).unwrap_or_default()
            })
        };
        evaluate("globalThis.weak = Array.from({ length: 1000 }, () => new WeakRef({})); 0");
        vm.enter(|context| context.hasten_collection(hastened_by));
        let mut left = 0.0;
        for _ in 0..40 {
            evaluate("for (let i = 0, last; i < 500; i++) last = { i }; 0");
            std::thread::sleep(std::time::Duration::from_millis(1));
            left = evaluate("weak.filter((each) => each.deref() !== undefined).length");
            if left < 500.0 {
                break;
            }
        }
        left
    }

    #[test]
    fn a_collection_that_is_hastened_comes_sooner() {
        if std::env::var_os("DX_ENGINE_FAST").is_some_and(|value| value == "0") {
            return;
        }
        crate::initialize();
        let vm = Vm::new().expect("the thread has no machine yet");
        vm.enter(|context| assert!(super::functions(context).is_some()));
        assert!(left_after_a_while(&vm, 0) > 900.0);
        assert!(left_after_a_while(&vm, 64 << 20) < 500.0);
    }
}
