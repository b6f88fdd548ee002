//! Descriptors that travel with bytes over a local socket (`SCM_RIGHTS`).

use std::{
    io::{self, IoSlice, IoSliceMut},
    mem::MaybeUninit,
    os::fd::{OwnedFd, RawFd},
};

use rustix::net::{
    RecvAncillaryBuffer, RecvAncillaryMessage, RecvFlags, SendAncillaryBuffer,
    SendAncillaryMessage, SendFlags, recvmsg, sendmsg,
};

use crate::borrow;

/// Descriptors that may come with one read; peers send one at a time.
const DESCRIPTORS_MAX: usize = 16;

/// Sends bytes without waiting, and a descriptor with the first of them; how many were sent.
///
/// # Errors
/// As `sendmsg(2)`: `EAGAIN` where it would have to wait, and then nothing was sent.
pub fn send(socket: RawFd, bytes: &[u8], passed: RawFd) -> io::Result<usize> {
    let passed = [borrow(passed)?];
    let mut space = [MaybeUninit::uninit(); rustix::cmsg_space!(ScmRights(1))];
    let mut control = SendAncillaryBuffer::new(&mut space);
    control.push(SendAncillaryMessage::ScmRights(&passed));
    let flags = SendFlags::DONTWAIT | SendFlags::NOSIGNAL;
    Ok(sendmsg(borrow(socket)?, &[IoSlice::new(bytes)], &mut control, flags)?)
}

/// Receives bytes without waiting, to the buffer's length at most, and the descriptors that came
/// with them, closed on exec; how many bytes, zero at the end.
///
/// # Errors
/// As `recvmsg(2)`: `EAGAIN` where nothing has come.
pub fn receive(socket: RawFd, into: &mut [u8]) -> io::Result<(usize, Vec<OwnedFd>)> {
    let mut space = [MaybeUninit::uninit(); rustix::cmsg_space!(ScmRights(DESCRIPTORS_MAX))];
    let mut control = RecvAncillaryBuffer::new(&mut space);
    let flags = RecvFlags::DONTWAIT | RecvFlags::CMSG_CLOEXEC;
    let received = recvmsg(borrow(socket)?, &mut [IoSliceMut::new(into)], &mut control, flags)?;
    let mut descriptors = Vec::new();
    for message in control.drain() {
        if let RecvAncillaryMessage::ScmRights(passed) = message {
            descriptors.extend(passed);
        }
    }
    Ok((received.bytes, descriptors))
}

#[cfg(test)]
mod tests {
    use std::{
        io::Read,
        os::{fd::AsRawFd, unix::net::UnixStream},
    };

    use super::*;

    #[test]
    fn a_descriptor_comes_with_the_bytes_it_was_sent_with() {
        let (near, far) = UnixStream::pair().unwrap();
        let (mut reader, writer) = std::io::pipe().unwrap();
        assert_eq!(send(near.as_raw_fd(), b"take", writer.as_raw_fd()).unwrap(), 4);
        drop(writer);
        let mut bytes = [0; 16];
        let (count, mut descriptors) = receive(far.as_raw_fd(), &mut bytes).unwrap();
        assert_eq!((&bytes[..count], descriptors.len()), (&b"take"[..], 1));
        rustix::io::write(descriptors.remove(0), b"through").unwrap();
        let mut text = String::new();
        reader.read_to_string(&mut text).unwrap();
        assert_eq!(text, "through");
        let nothing = receive(far.as_raw_fd(), &mut bytes).unwrap_err();
        assert_eq!(nothing.kind(), io::ErrorKind::WouldBlock);
        drop(near);
        assert_eq!(receive(far.as_raw_fd(), &mut bytes).unwrap().0, 0);
    }
}
