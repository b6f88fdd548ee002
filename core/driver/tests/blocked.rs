//! A kernel that refuses io_uring, as under the default seccomp profile of containers, in a
//! process of its own because a filter cannot be taken off again.

#![allow(unsafe_code)]

use dx_driver::{DriverKind, probe_and_open};

/// Makes `io_uring_setup(2)` answer `EPERM` on this thread and what it starts from now on.
fn block_io_uring() {
    let statement =
        |code: u32, value: u32| libc::sock_filter { code: code as u16, jt: 0, jf: 0, k: value };
    let mut filter = [
        // The number of the call, first in what a filter sees.
        statement(libc::BPF_LD | libc::BPF_W | libc::BPF_ABS, 0),
        libc::sock_filter {
            code: (libc::BPF_JMP | libc::BPF_JEQ | libc::BPF_K) as u16,
            jt: 0,
            jf: 1,
            k: libc::SYS_io_uring_setup as u32,
        },
        statement(libc::BPF_RET | libc::BPF_K, libc::SECCOMP_RET_ERRNO | libc::EPERM as u32),
        statement(libc::BPF_RET | libc::BPF_K, libc::SECCOMP_RET_ALLOW),
    ];
    let program = libc::sock_fprog { len: filter.len() as u16, filter: filter.as_mut_ptr() };
    // SAFETY: the program and its filter are readable for the length of the calls.
    unsafe {
        assert_eq!(libc::prctl(libc::PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0), 0);
        let program = &raw const program;
        assert_eq!(libc::prctl(libc::PR_SET_SECCOMP, libc::SECCOMP_MODE_FILTER, program), 0);
    }
}

#[test]
fn epoll_takes_over_and_says_why() {
    block_io_uring();
    let Err(refused) = probe_and_open(Some(DriverKind::Uring)) else { panic!("not blocked") };
    assert!(refused.to_string().contains("blocked by seccomp"), "{refused}");
    let (driver, reason) = probe_and_open(None).unwrap();
    assert_eq!(driver.kind(), DriverKind::Epoll);
    assert!(reason.starts_with("epoll (io_uring: setup: "), "{reason}");
}
