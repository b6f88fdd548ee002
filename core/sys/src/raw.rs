//! System calls without the C library, for code that may not touch `errno`: what runs in a child
//! that still borrows its parent's memory, thread-local variables included.

use std::arch::asm;

/// The number of a call, or of one that did not succeed, why.
pub(crate) type Outcome = Result<usize, i32>;

/// Answers from here to -1 are errnos.
const ERRNO_LOWEST: isize = -4095;

/// Makes the call of that number; arguments it does not have are ignored.
///
/// # Safety
/// As the call asks for.
#[inline(always)]
pub(crate) unsafe fn call(number: libc::c_long, arguments: [usize; 4]) -> Outcome {
    let [first, second, third, fourth] = arguments;
    let result: isize;
    #[cfg(target_arch = "x86_64")]
    // SAFETY: the caller vouches for the call; the kernel changes what is named and memory only.
    unsafe {
        asm!(
            "syscall",
            inlateout("rax") number as isize => result,
            in("rdi") first,
            in("rsi") second,
            in("rdx") third,
            in("r10") fourth,
            lateout("rcx") _,
            lateout("r11") _,
            options(nostack),
        );
    }
    #[cfg(target_arch = "aarch64")]
    // SAFETY: as above.
    unsafe {
        asm!(
            "svc 0",
            in("x8") number,
            inlateout("x0") first as isize => result,
            in("x1") second,
            in("x2") third,
            in("x3") fourth,
            options(nostack),
        );
    }
    match result {
        ERRNO_LOWEST..=-1 => Err(-result as i32),
        _ => Ok(result as usize),
    }
}
