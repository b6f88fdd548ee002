//! Making a ring, and saying why not where that fails.

use std::io;

use dx_mem::{Pool, PoolOptions};
use io_uring::{IoUring, Probe, opcode};

/// Submissions a turn can queue before they are handed to the kernel early. 64 bytes each.
pub(super) const SUBMISSION_ENTRIES: u32 = 1024;

/// Completions the kernel can leave before it has to keep them itself (none are lost). 16 bytes
/// each: 128 KiB. One turn brings at most one completion for each buffer of the pool (512), each
/// operation submitted (1,024) and each connection accepted, so 8,192 leaves room for 6,656
/// accepts in one turn.
pub(super) const COMPLETION_ENTRIES: u32 = 8192;

/// The one group of buffers a ring has.
pub(super) const BUFFER_GROUP: u16 = 0;

/// A ring with its buffers registered, and a description for people.
pub(super) struct Setup {
    pub(super) ring: IoUring,
    pub(super) pool: Pool,
    pub(super) description: String,
    pub(super) zero_copy: bool,
    /// Whether a wait can have a minimum besides its timeout.
    pub(super) patient: bool,
}

fn explain(step: &str, error: &io::Error) -> io::Error {
    let cause = match error.raw_os_error() {
        Some(libc::ENOSYS) => "the kernel has no io_uring, or a filter hides it",
        Some(libc::EPERM | libc::EACCES) => "blocked by seccomp or kernel.io_uring_disabled",
        Some(libc::EINVAL) => "the kernel is older than 6.1",
        Some(libc::ENOMEM) => "not enough memory, or the locked-memory limit",
        _ => "unexpected",
    };
    io::Error::new(error.kind(), format!("io_uring: {step}: {error} ({cause})"))
}

fn build(no_array: bool) -> io::Result<IoUring> {
    let mut builder = IoUring::builder();
    builder
        .setup_single_issuer()
        .setup_defer_taskrun()
        .setup_taskrun_flag()
        .setup_submit_all()
        .setup_clamp()
        .setup_cqsize(COMPLETION_ENTRIES)
        .dontfork();
    if no_array {
        builder.setup_no_sqarray();
    }
    builder.build(SUBMISSION_ENTRIES)
}

/// Operations without which the driver cannot keep its contract.
const REQUIRED: [(&str, u8); 11] = [
    ("accept", opcode::AcceptMulti::CODE),
    ("receive", opcode::RecvMulti::CODE),
    ("send", opcode::Send::CODE),
    ("connect", opcode::Connect::CODE),
    ("read", opcode::Read::CODE),
    ("write", opcode::Write::CODE),
    ("fsync", opcode::Fsync::CODE),
    ("openat", opcode::OpenAt::CODE),
    ("statx", opcode::Statx::CODE),
    ("close", opcode::Close::CODE),
    ("poll", opcode::PollAdd::CODE),
];

fn probe(ring: &IoUring) -> io::Result<Probe> {
    let mut probe = Probe::new();
    ring.submitter().register_probe(&mut probe).map_err(|error| explain("probe", &error))?;
    for (name, code) in REQUIRED {
        if !probe.is_supported(code) {
            let text = format!("io_uring: the kernel's lacks {name}");
            return Err(io::Error::new(io::ErrorKind::Unsupported, text));
        }
    }
    let parameters = ring.params();
    if !parameters.is_feature_ext_arg() || !parameters.is_feature_nodrop() {
        let text = "io_uring: the kernel lacks waiting with a timeout";
        return Err(io::Error::new(io::ErrorKind::Unsupported, text));
    }
    Ok(probe)
}

/// Makes a ring for the current thread.
///
/// # Errors
/// With a text for people where the kernel is too old, io_uring is blocked, or memory is short.
pub(super) fn open(options: PoolOptions) -> io::Result<Setup> {
    let ring = build(true).or_else(|_| build(false)).map_err(|error| explain("setup", &error))?;
    let probe = probe(&ring)?;
    let pool = Pool::ring(options)?;
    let registration = pool.registration().ok_or(io::ErrorKind::Unsupported)?;
    // SAFETY: the ring of buffers stays mapped while `pool` or a lease lives, and the driver
    // drops its pool only after it has unregistered the ring or leaked the pool.
    unsafe {
        ring.submitter()
            .register_buf_ring_with_flags(
                registration.address,
                registration.entries,
                BUFFER_GROUP,
                0,
            )
            .map_err(|error| explain("buffer ring", &error))?;
    }
    let description = format!(
        "io_uring with {} submissions, {} buffers of {} KiB",
        ring.params().sq_entries(),
        options.buffers,
        options.buffer_bytes / 1024,
    );
    let zero_copy = probe.is_supported(opcode::SendZc::CODE);
    let patient = ring.params().is_feature_min_timeout();
    Ok(Setup { ring, pool, description, zero_copy, patient })
}
