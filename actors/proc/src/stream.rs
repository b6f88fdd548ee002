//! The parent's end of a pipe, a socket or a terminal, read and written through the ring.

use std::{
    cell::{Cell, RefCell},
    future::{Future, poll_fn},
    io,
    os::fd::{AsRawFd, IntoRawFd, OwnedFd, RawFd},
    pin::{Pin, pin},
    task::{Poll, Waker},
};

use dx_driver::{Completion, Descriptor, Operation, Outgoing, Payload};
use dx_reactor::{Lookout, Reactor};

/// What is read at a time: what a pipe holds.
const READ_BYTES: usize = 64 * 1024;
/// From this on a read is handed over as it is rather than copied.
const HAND_OVER_BYTES: usize = READ_BYTES / 2;
/// Read buffers kept for the next read.
const SPARE_BUFFERS: usize = 16;

thread_local! {
    static SPARE: RefCell<Vec<Vec<u8>>> = const { RefCell::new(Vec::new()) };
}

thread_local! {
    /// Where what comes with descriptors is received, before as much as came is copied.
    static PASSED: RefCell<Vec<u8>> = const { RefCell::new(Vec::new()) };
}

fn receive_passed(socket: Descriptor, buffer: &mut Vec<u8>) -> io::Result<(Vec<u8>, Vec<OwnedFd>)> {
    buffer.resize(READ_BYTES, 0);
    let (count, descriptors) = dx_sys::passing::receive(socket.0, buffer)?;
    Ok((buffer[..count].to_vec(), descriptors))
}

fn take_buffer() -> Vec<u8> {
    SPARE.with_borrow_mut(Vec::pop).unwrap_or_else(|| Vec::with_capacity(READ_BYTES))
}

/// The bytes of a filled buffer, which is kept where they are few.
fn bytes_of(mut buffer: Vec<u8>) -> Vec<u8> {
    if buffer.len() >= HAND_OVER_BYTES {
        buffer.shrink_to_fit();
        return buffer;
    }
    let bytes = buffer.as_slice().to_vec();
    buffer.clear();
    SPARE.with_borrow_mut(|spare| {
        if spare.len() < SPARE_BUFFERS {
            spare.push(buffer);
        }
    });
    bytes
}

/// An end of a channel to a child. Closing it cancels what is under way.
#[derive(Debug)]
pub struct Stream {
    reactor: Reactor,
    descriptor: Cell<Option<RawFd>>,
    /// Those who wait for an operation, to be told of the closing.
    waiting: RefCell<Vec<Waker>>,
    /// How often reads were called off.
    called_off: Cell<u64>,
    /// Whether the last look took all there was, so that the next is worth its wait.
    is_drained: Cell<bool>,
    /// Whether to look out for the next message before waiting for it.
    lookout: Lookout,
}

impl Stream {
    /// Takes over a descriptor.
    #[must_use]
    pub fn new(reactor: &Reactor, descriptor: OwnedFd) -> Self {
        Self {
            reactor: reactor.clone(),
            descriptor: Cell::new(Some(descriptor.into_raw_fd())),
            waiting: RefCell::default(),
            called_off: Cell::new(0),
            is_drained: Cell::new(false),
            lookout: Lookout::default(),
        }
    }

    /// Ends the reads under way as cancelled, so that others may read; nothing is lost by it.
    pub fn call_off_reads(&self) {
        self.called_off.set(self.called_off.get() + 1);
        self.wake();
    }

    /// The descriptor; `None` once closed.
    #[must_use]
    pub fn descriptor(&self) -> Option<RawFd> {
        self.descriptor.get()
    }

    /// Gives the descriptor away; the stream is as if closed.
    #[must_use]
    pub fn release(&self) -> Option<RawFd> {
        let descriptor = self.descriptor.take();
        self.wake();
        descriptor
    }

    fn wake(&self) {
        self.waiting.take().into_iter().for_each(Waker::wake);
    }

    /// Closes the descriptor. Reads and writes under way end as cancelled.
    pub fn close(&self) {
        let Some(descriptor) = self.descriptor.take() else { return };
        if self.waiting.borrow().is_empty() {
            self.reactor.close(Descriptor(descriptor));
            return;
        }
        // The operations are dropped, and so cancelled, by those who wait; the close follows.
        self.wake();
        let reactor = self.reactor.clone();
        self.reactor.spawn(async move { reactor.close(Descriptor(descriptor)) });
    }

    /// One operation, given up where the stream is closed meanwhile.
    async fn operate(&self, operation: Operation) -> io::Result<Completion> {
        let mut operating = pin!(self.reactor.operate(operation));
        poll_fn(|context| {
            if let Poll::Ready(completion) = Pin::as_mut(&mut operating).poll(context) {
                self.has_news(context.waker());
                return Poll::Ready(Ok(completion));
            }
            if self.descriptor.get().is_none() {
                return Poll::Ready(Err(io::Error::from_raw_os_error(libc::ECANCELED)));
            }
            self.wait_for_news(context.waker());
            Poll::Pending
        })
        .await
    }

    fn wait_for_news(&self, waker: &Waker) {
        let mut waiting = self.waiting.borrow_mut();
        if !waiting.iter().any(|known| known.will_wake(waker)) {
            waiting.push(waker.clone());
        }
    }

    /// Who waited has something else to do: a stream outlives its reads by far.
    fn has_news(&self, waker: &Waker) {
        self.waiting.borrow_mut().retain(|known| !known.will_wake(waker));
    }

    /// As [`Stream::operate`]; called off, the operation is cancelled and still waited for, so
    /// that what it has read meanwhile is not lost.
    async fn operate_unless_called_off(&self, operation: Operation) -> io::Result<Completion> {
        let asked = self.called_off.get();
        let mut is_cancelled = false;
        let mut steps = self.reactor.steps(operation);
        poll_fn(|context| {
            if let Poll::Ready(completion) = steps.poll_next(context) {
                self.has_news(context.waker());
                let none = || io::Error::from_raw_os_error(libc::ECANCELED);
                return Poll::Ready(completion.ok_or_else(none));
            }
            if self.descriptor.get().is_none() {
                return Poll::Ready(Err(io::Error::from_raw_os_error(libc::ECANCELED)));
            }
            if self.called_off.get() != asked && !is_cancelled {
                is_cancelled = true;
                steps.cancel();
            }
            self.wait_for_news(context.waker());
            Poll::Pending
        })
        .await
    }

    fn open_descriptor(&self) -> io::Result<Descriptor> {
        let descriptor = self.descriptor.get();
        descriptor.map(Descriptor).ok_or_else(|| io::Error::from_raw_os_error(libc::EBADF))
    }

    /// What has come, at most 64 KiB; empty at the end. A terminal whose other side has gone
    /// is at its end.
    ///
    /// # Errors
    /// As `read(2)`; `ECANCELED` where the stream was closed meanwhile.
    pub async fn read(&self) -> io::Result<Vec<u8>> {
        loop {
            let file = self.open_descriptor()?;
            let read = Operation::Read { file, offset: u64::MAX, into: take_buffer() };
            let completion = self.operate_unless_called_off(read).await?;
            let Payload::Incoming(buffer) = completion.payload else {
                return Err(io::Error::from_raw_os_error(libc::EIO));
            };
            let bytes = bytes_of(buffer);
            match completion.result {
                Ok(_) => return Ok(bytes),
                Err(error) => match error.raw_os_error() {
                    Some(libc::EINTR) => {}
                    Some(libc::EAGAIN) => self.wait_readable(file).await?,
                    Some(libc::EIO) => return Ok(Vec::new()),
                    _ => return Err(error),
                },
            }
        }
    }

    /// As [`Stream::read`], of a socket whose peer may send descriptors: those that came too.
    ///
    /// # Errors
    /// As `recvmsg(2)`; `ECANCELED` where the stream was closed meanwhile.
    pub async fn read_passed(&self) -> io::Result<(Vec<u8>, Vec<OwnedFd>)> {
        loop {
            let file = self.open_descriptor()?;
            if self.is_drained.replace(false) && !self.looks_out(file) {
                self.wait_readable(file).await?;
            }
            match PASSED.with_borrow_mut(|buffer| receive_passed(file, buffer)) {
                Ok((bytes, descriptors)) => {
                    // A peer that has closed is seen at once.
                    self.is_drained.set(!bytes.is_empty() && bytes.len() < READ_BYTES);
                    self.lookout.saw(true);
                    return Ok((bytes, descriptors));
                }
                Err(error) => match error.raw_os_error() {
                    Some(libc::EINTR) => {}
                    Some(libc::EAGAIN) => self.is_drained.set(true),
                    _ => return Err(error),
                },
            }
        }
    }

    /// Whether something has come while this looked out for it.
    fn looks_out(&self, descriptor: Descriptor) -> bool {
        let has_come = || dx_sys::file::is_ready(descriptor.0, true, false);
        self.lookout.begins() && self.lookout.wait(has_come)
    }

    async fn wait_readable(&self, descriptor: Descriptor) -> io::Result<()> {
        let interest = dx_driver::Interest { readable: true, writable: false };
        self.operate(Operation::Poll { descriptor, interest }).await?.result.map(drop)
    }

    async fn wait_writable(&self, descriptor: Descriptor) -> io::Result<()> {
        let interest = dx_driver::Interest { readable: false, writable: true };
        self.operate(Operation::Poll { descriptor, interest }).await?.result.map(drop)
    }

    /// Writes what fits without waiting; how much that was.
    ///
    /// # Errors
    /// As `write(2)`, but for `EAGAIN`.
    pub fn write_now(&self, bytes: &[u8]) -> io::Result<usize> {
        let file = self.open_descriptor()?;
        match dx_sys::file::write_without_waiting(file.0, bytes) {
            Ok(count) => Ok(count),
            Err(error) => match error.raw_os_error() {
                Some(libc::EAGAIN | libc::EINTR | libc::EOPNOTSUPP | libc::ENOSYS) => Ok(0),
                _ => Err(error),
            },
        }
    }

    /// Writes all of it, and passes a descriptor with the first byte.
    ///
    /// # Errors
    /// As `sendmsg(2)`; `ECANCELED` where the stream was closed meanwhile.
    pub async fn write_passing(&self, bytes: Vec<u8>, passed: &OwnedFd) -> io::Result<()> {
        loop {
            let file = self.open_descriptor()?;
            match dx_sys::passing::send(file.0, &bytes, passed.as_raw_fd()) {
                Ok(count) => return self.write_all(bytes, count).await,
                Err(error) => match error.raw_os_error() {
                    Some(libc::EINTR) => {}
                    Some(libc::EAGAIN) => self.wait_writable(file).await?,
                    _ => return Err(error),
                },
            }
        }
    }

    /// Writes all of it.
    ///
    /// # Errors
    /// As `write(2)`: `EPIPE` where nobody reads any more; `ECANCELED` where the stream was
    /// closed meanwhile.
    pub async fn write_all(&self, bytes: Vec<u8>, from: usize) -> io::Result<()> {
        let (mut bytes, mut from) = (Outgoing::Owned(bytes), from);
        while from < bytes.as_slice().len() {
            let file = self.open_descriptor()?;
            let write = Operation::Write { file, offset: u64::MAX, bytes, from };
            let completion = self.operate(write).await?;
            let Payload::Outgoing(back) = completion.payload else {
                return Err(io::Error::from_raw_os_error(libc::EIO));
            };
            bytes = back;
            match completion.result {
                Ok(count) => from += count as usize,
                Err(error) => match error.raw_os_error() {
                    Some(libc::EINTR) => {}
                    Some(libc::EAGAIN) => self.wait_writable(file).await?,
                    _ => return Err(error),
                },
            }
        }
        Ok(())
    }
}

impl Drop for Stream {
    fn drop(&mut self) {
        self.close();
    }
}

impl AsRawFd for Stream {
    /// -1 once closed.
    fn as_raw_fd(&self) -> RawFd {
        self.descriptor.get().unwrap_or(-1)
    }
}
