//! Between an exchange and its owner: content out and in, and the end of both.
//!
//! The owner asks for content with [`Flow::claim`], gives content with [`Flow::push`], and may
//! give the exchange up at any time. All methods are called on the shard, none of them waits.

use std::{
    cell::{Cell, RefCell},
    collections::VecDeque,
    future::{Future, poll_fn},
    pin::Pin,
    rc::Rc,
    task::{Context, Poll, Waker},
};

use crate::{WINDOW_BYTES, connection::Connection, error::ClientError};

/// What the owner wants of the response's content.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Claim {
    /// What has come, or the next to come.
    Next,
    /// All of it, at its end.
    All,
}

/// Content, or `None` at its end.
pub type Taken = Result<Option<Vec<u8>>, ClientError>;

type Deliver = Box<dyn FnOnce(Taken)>;

#[derive(Default)]
struct Download {
    bytes: Vec<u8>,
    ended: bool,
    failure: Option<ClientError>,
    claim: Option<(Claim, Deliver)>,
    discards: bool,
    /// How long all of it will be, as the head has it.
    length: Option<usize>,
    /// The exchange, while it waits for room.
    waiting: Option<Waker>,
}

#[derive(Default)]
struct Upload {
    pieces: VecDeque<Vec<u8>>,
    queued_bytes: usize,
    ended: bool,
    failed: bool,
    /// The exchange, while it waits for content.
    waiting: Option<Waker>,
    /// The owner, while it waits for room.
    room: Option<Box<dyn FnOnce(bool)>>,
}

/// A connection that speaks another protocol from now on, and what has come in it.
pub type Upgraded = (Box<Connection>, Vec<u8>);

/// Takes the certificates of a server.
type Inspect = Box<dyn FnOnce(Vec<Vec<u8>>)>;

/// What the owner thinks of the server's certificates.
#[derive(Default)]
struct Inspection {
    deliver: Option<Inspect>,
    approved: Option<bool>,
    waiting: Option<Waker>,
}

/// The state an exchange shares with its owner.
#[derive(Default)]
pub struct Flow {
    download: RefCell<Download>,
    upload: RefCell<Upload>,
    inspection: RefCell<Inspection>,
    upgraded: RefCell<Option<Upgraded>>,
    given_up: RefCell<Option<ClientError>>,
    task: Cell<Option<Waker>>,
    over: Cell<bool>,
    /// Nanoseconds of silence allowed; 0: any.
    pub(crate) silence_ns: Cell<u64>,
    pub(crate) active_ns: Cell<u64>,
}

impl Flow {
    /// A flow in which nothing has happened yet.
    #[must_use]
    pub fn new() -> Rc<Self> {
        Rc::default()
    }

    /// Asks for content; `deliver` is called once, at once where the answer is known. A claim
    /// made while another waits replaces it, which is answered with the end.
    pub fn claim(&self, claim: Claim, deliver: impl FnOnce(Taken) + 'static) {
        let mut download = self.download.borrow_mut();
        let replaced = download.claim.replace((claim, Box::new(deliver)));
        if let (Claim::All, Some(length)) = (claim, download.length) {
            let wanted = length.min(EXPECTED_BYTES_MAX).saturating_sub(download.bytes.len());
            // Where the memory cannot be had now, the vector grows as content comes.
            let _ = download.bytes.try_reserve_exact(wanted);
        }
        let answer = download.answer();
        let waiting = download.waiting.take();
        drop(download);
        if let Some((_, deliver)) = replaced {
            deliver(Ok(None));
        }
        if let Some((deliver, taken)) = answer {
            deliver(taken);
        }
        wake(waiting);
    }

    /// Nobody will ask for content: it is received and dropped, so that the connection can be
    /// used again.
    pub fn discard(&self) {
        let mut download = self.download.borrow_mut();
        download.discards = true;
        download.bytes = Vec::new();
        let waiting = download.waiting.take();
        drop(download);
        wake(waiting);
    }

    /// Gives the exchange up: its connection is closed, claims fail with `reason`.
    pub fn give_up(&self, reason: ClientError) {
        if self.over.get() || self.given_up.borrow().is_some() {
            return;
        }
        *self.given_up.borrow_mut() = Some(reason);
        wake(self.task.take());
    }

    /// Asks for the server's certificates in DER, its own first, before the request is sent; it
    /// waits for [`Flow::approve`]. For requests that say so.
    pub fn inspect(&self, deliver: impl FnOnce(Vec<Vec<u8>>) + 'static) {
        self.inspection.borrow_mut().deliver = Some(Box::new(deliver));
    }

    /// The verdict on the certificates: without approval the exchange ends.
    pub fn approve(&self, approved: bool) {
        let mut inspection = self.inspection.borrow_mut();
        inspection.approved = Some(approved);
        let waiting = inspection.waiting.take();
        drop(inspection);
        wake(waiting);
    }

    /// The connection of an exchange that was answered with 101, once.
    pub fn take_upgraded(&self) -> Option<Upgraded> {
        self.upgraded.borrow_mut().take()
    }

    pub(crate) fn keep_upgraded(&self, upgraded: Upgraded) {
        *self.upgraded.borrow_mut() = Some(upgraded);
    }

    /// Shows the certificates and waits for the verdict.
    pub(crate) async fn show(&self, certificates: Vec<Vec<u8>>) -> Result<(), ClientError> {
        let deliver = self.inspection.borrow_mut().deliver.take();
        if let Some(deliver) = deliver {
            deliver(certificates);
        }
        let approved = poll_fn(|context| {
            let mut inspection = self.inspection.borrow_mut();
            let Some(approved) = inspection.approved else {
                inspection.waiting = Some(context.waker().clone());
                return Poll::Pending;
            };
            Poll::Ready(approved)
        });
        if approved.await { Ok(()) } else { Err(ClientError::Cancelled) }
    }

    /// Whether the exchange has ended, for better or worse.
    #[must_use]
    pub fn is_over(&self) -> bool {
        self.over.get()
    }

    /// Adds a piece of the request's content. `room` is called when more is wanted: with false
    /// where none ever will be.
    pub fn push(&self, piece: Vec<u8>, room: impl FnOnce(bool) + 'static) {
        let mut upload = self.upload.borrow_mut();
        if self.over.get() || upload.failed {
            drop(upload);
            return room(false);
        }
        upload.queued_bytes += piece.len();
        upload.pieces.push_back(piece);
        let waiting = upload.waiting.take();
        if upload.queued_bytes < WINDOW_BYTES {
            drop(upload);
            room(true);
        } else {
            upload.room = Some(Box::new(room));
            drop(upload);
        }
        wake(waiting);
    }

    /// The request's content is complete.
    pub fn finish_upload(&self) {
        let mut upload = self.upload.borrow_mut();
        upload.ended = true;
        let waiting = upload.waiting.take();
        drop(upload);
        wake(waiting);
    }

    /// The next piece of the request's content; `None` at its end.
    pub(crate) fn poll_piece(
        &self,
        context: &mut Context<'_>,
    ) -> Poll<Result<Option<Vec<u8>>, ClientError>> {
        let mut upload = self.upload.borrow_mut();
        if upload.failed {
            return Poll::Ready(Err(ClientError::Upload));
        }
        let Some(piece) = upload.pieces.pop_front() else {
            if upload.ended {
                return Poll::Ready(Ok(None));
            }
            upload.waiting = Some(context.waker().clone());
            return Poll::Pending;
        };
        upload.queued_bytes -= piece.len();
        let room = if upload.queued_bytes < WINDOW_BYTES { upload.room.take() } else { None };
        drop(upload);
        if let Some(room) = room {
            room(true);
        }
        Poll::Ready(Ok(Some(piece)))
    }

    /// Appends content of the response through `append`, and hands it over where it is asked
    /// for.
    pub(crate) fn receive<R>(&self, append: impl FnOnce(&mut Vec<u8>) -> R) -> R {
        let mut download = self.download.borrow_mut();
        let result = append(&mut download.bytes);
        if download.discards {
            download.bytes.clear();
        }
        let answer = download.answer();
        drop(download);
        if let Some((deliver, taken)) = answer {
            deliver(taken);
        }
        result
    }

    /// Notes how long the content will be.
    pub(crate) fn expect(&self, length: Option<u64>) {
        self.download.borrow_mut().length = length.and_then(|length| usize::try_from(length).ok());
    }

    /// Whether more content may be received now.
    pub(crate) fn poll_room(&self, context: &mut Context<'_>) -> Poll<()> {
        let mut download = self.download.borrow_mut();
        let wanted = download.discards || download.claim.is_some();
        if wanted || download.bytes.len() < WINDOW_BYTES {
            return Poll::Ready(());
        }
        download.waiting = Some(context.waker().clone());
        Poll::Pending
    }

    /// The exchange is over.
    pub(crate) fn end(&self, failure: Option<ClientError>) {
        self.over.set(true);
        let mut download = self.download.borrow_mut();
        download.ended = true;
        download.failure = failure;
        let answer = download.answer();
        drop(download);
        if let Some((deliver, taken)) = answer {
            deliver(taken);
        }
        let mut upload = self.upload.borrow_mut();
        upload.failed = true;
        upload.pieces.clear();
        let room = upload.room.take();
        drop(upload);
        if let Some(room) = room {
            room(false);
        }
    }
}

/// What is reserved for content at most because of a Content-Length alone.
const EXPECTED_BYTES_MAX: usize = 256 * 1024 * 1024;

impl Download {
    /// The answer to the claim, where there is one and its answer is known.
    fn answer(&mut self) -> Option<(Deliver, Taken)> {
        let (claim, _) = self.claim.as_ref()?;
        let taken = match (claim, self.ended) {
            (Claim::Next, _) if !self.bytes.is_empty() => Ok(Some(std::mem::take(&mut self.bytes))),
            (_, false) => return None,
            (claim, true) => match (&self.failure, claim) {
                (Some(failure), _) => Err(failure.clone()),
                (None, Claim::All) => Ok(Some(std::mem::take(&mut self.bytes))),
                (None, Claim::Next) => Ok(None),
            },
        };
        let (_, deliver) = self.claim.take()?;
        Some((deliver, taken))
    }
}

fn wake(waker: Option<Waker>) {
    if let Some(waker) = waker {
        waker.wake();
    }
}

/// Polls an exchange until it ends or its owner gives it up.
pub(crate) struct Watched<'flow, F> {
    pub(crate) flow: &'flow Flow,
    pub(crate) exchange: Pin<Box<F>>,
}

impl<F: Future<Output = Result<(), ClientError>>> Future for Watched<'_, F> {
    type Output = Result<(), ClientError>;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        if let Some(reason) = self.flow.given_up.borrow().clone() {
            return Poll::Ready(Err(reason));
        }
        self.flow.task.set(Some(context.waker().clone()));
        self.exchange.as_mut().poll(context)
    }
}

impl std::fmt::Debug for Flow {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_struct("Flow").field("over", &self.over.get()).finish_non_exhaustive()
    }
}
