//! Submission queue entries, and the bits that come back with their completions.

use std::ffi::CStr;

use dx_sys::{
    file::{KernelStatus, STATUS_MASK, follow_flags},
    socket::KernelAddress,
};
use io_uring::{
    opcode,
    squeue::{Entry, Flags},
    types::{Fd, FsyncFlags},
};

use super::{
    setup::BUFFER_GROUP,
    slots::{Sending, SlotName},
};
use crate::{Interest, Token};

/// What the upper four bits of an entry's user data say about the rest.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[repr(u8)]
pub(super) enum Tag {
    /// The rest is a [`SlotName`].
    Slot,
    /// The rest is a [`Token`] whose completion carries nothing.
    Plain,
    /// The rest is the token of a multishot receive.
    Receive,
    /// The rest is the token of a multishot accept.
    Accept,
    /// The rest is the token of a poll.
    Poll,
    /// The driver's own poll of the doorbell.
    Bell,
    /// Nobody waits for it.
    Ignored,
}

impl Tag {
    const ALL: [Self; 7] = [
        Self::Slot,
        Self::Plain,
        Self::Receive,
        Self::Accept,
        Self::Poll,
        Self::Bell,
        Self::Ignored,
    ];

    pub(super) fn with(self, bits: u64) -> u64 {
        (self as u64) << Token::BITS | bits
    }

    /// Takes user data apart; what the driver never made is nobody's.
    pub(super) fn split(user_data: u64) -> (Self, u64) {
        let tag = Self::ALL.get((user_data >> Token::BITS) as usize).copied();
        (tag.unwrap_or(Self::Ignored), user_data & ((1 << Token::BITS) - 1))
    }
}

/// The most the kernel moves in one call (`MAX_RW_COUNT`).
const TRANSFER_BYTES_MAX: usize = 0x7fff_f000;

/// The most one read asks for: what is in the page cache is copied before the submission
/// returns, and the shard has others to serve. About a millisecond.
const READ_BYTES_MAX: usize = 4 << 20;

pub(super) fn transfer_len(len: usize) -> u32 {
    len.min(TRANSFER_BYTES_MAX) as u32
}

pub(super) fn receive(token: Token, socket: i32) -> Entry {
    opcode::RecvMulti::new(Fd(socket), BUFFER_GROUP)
        .build()
        .user_data(Tag::Receive.with(token.to_bits()))
}

pub(super) fn accept(token: Token, listener: i32) -> Entry {
    opcode::AcceptMulti::new(Fd(listener))
        .flags(libc::SOCK_CLOEXEC)
        .build()
        .user_data(Tag::Accept.with(token.to_bits()))
}

pub(super) fn poll_mask(interest: Interest) -> u32 {
    let readable = if interest.readable { libc::POLLIN } else { 0 };
    let writable = if interest.writable { libc::POLLOUT } else { 0 };
    (readable | writable) as u32
}

pub(super) fn poll(token: Token, descriptor: i32, interest: Interest) -> Entry {
    opcode::PollAdd::new(Fd(descriptor), poll_mask(interest))
        .build()
        .user_data(Tag::Poll.with(token.to_bits()))
}

/// The doorbell's poll stays armed: each write to the event completes it anew, read or not.
pub(super) fn bell(event: i32) -> Entry {
    opcode::PollAdd::new(Fd(event), libc::POLLIN as u32)
        .multi(true)
        .build()
        .user_data(Tag::Bell.with(0))
}

pub(super) fn cancel(user_data: u64) -> Entry {
    opcode::AsyncCancel::new(user_data)
        .build()
        .flags(Flags::SKIP_SUCCESS)
        .user_data(Tag::Ignored.with(0))
}

pub(super) fn close(token: Token, descriptor: i32) -> Entry {
    opcode::Close::new(Fd(descriptor)).build().user_data(Tag::Plain.with(token.to_bits()))
}

pub(super) fn sync(token: Token, file: i32, data_only: bool) -> Entry {
    let flags = if data_only { FsyncFlags::DATASYNC } else { FsyncFlags::empty() };
    opcode::Fsync::new(Fd(file)).flags(flags).build().user_data(Tag::Plain.with(token.to_bits()))
}

/// The rest of a send. The kernel itself retries short sends (`MSG_WAITALL`), but for a quiet one
/// (`MSG_DONTWAIT`): that ends as it is submitted, with a completion only where it fell short.
pub(super) fn send(name: SlotName, sending: &Sending, zero_copy: bool) -> Entry {
    const FLAGS: i32 = libc::MSG_NOSIGNAL | libc::MSG_WAITALL;
    let bytes = sending.bytes.as_slice().get(sending.at..).unwrap_or(&[]);
    let (socket, len) = (Fd(sending.socket), transfer_len(bytes.len()));
    let entry = match zero_copy {
        false if sending.quiet => opcode::Send::new(socket, bytes.as_ptr(), len)
            .flags(FLAGS | libc::MSG_DONTWAIT)
            .build()
            .flags(Flags::SKIP_SUCCESS),
        false => opcode::Send::new(socket, bytes.as_ptr(), len).flags(FLAGS).build(),
        true => opcode::SendZc::new(socket, bytes.as_ptr(), len).flags(FLAGS).build(),
    };
    entry.user_data(Tag::Slot.with(name.to_bits()))
}

pub(super) fn connect(name: SlotName, socket: i32, address: *const KernelAddress) -> Entry {
    // SAFETY: the slot keeps the address alive and in place.
    let (pointer, len) = unsafe { ((*address).as_ptr(), (*address).len()) };
    opcode::Connect::new(Fd(socket), pointer.cast(), len)
        .build()
        .user_data(Tag::Slot.with(name.to_bits()))
}

pub(super) fn read(
    name: SlotName,
    file: i32,
    into: &mut [std::mem::MaybeUninit<u8>],
    offset: u64,
) -> Entry {
    let len = transfer_len(into.len().min(READ_BYTES_MAX));
    opcode::Read::new(Fd(file), into.as_mut_ptr().cast(), len)
        .offset(offset)
        .build()
        .user_data(Tag::Slot.with(name.to_bits()))
}

pub(super) fn write(name: SlotName, file: i32, bytes: &[u8], offset: u64) -> Entry {
    opcode::Write::new(Fd(file), bytes.as_ptr(), transfer_len(bytes.len()))
        .offset(offset)
        .build()
        .user_data(Tag::Slot.with(name.to_bits()))
}

pub(super) fn open(name: SlotName, path: &CStr, flags: i32, mode: u32) -> Entry {
    opcode::OpenAt::new(Fd(libc::AT_FDCWD), path.as_ptr())
        .flags(flags | libc::O_CLOEXEC)
        .mode(mode)
        .build()
        .user_data(Tag::Slot.with(name.to_bits()))
}

pub(super) fn status(name: SlotName, path: &CStr, follow: bool, into: *mut KernelStatus) -> Entry {
    opcode::Statx::new(Fd(libc::AT_FDCWD), path.as_ptr(), into.cast())
        .flags(follow_flags(follow))
        .mask(STATUS_MASK)
        .build()
        .user_data(Tag::Slot.with(name.to_bits()))
}

#[cfg(test)]
mod tests {
    use super::Tag;
    use crate::Token;

    #[test]
    fn tags_survive_packing() {
        let bits = Token::new(255, 77, u32::MAX).to_bits();
        for tag in Tag::ALL {
            assert_eq!(Tag::split(tag.with(bits)), (tag, bits));
        }
        assert_eq!(Tag::split(u64::MAX).0, Tag::Ignored);
    }
}
