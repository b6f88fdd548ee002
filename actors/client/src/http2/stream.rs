//! One exchange's part of a session.

use std::{
    cell::Cell,
    future::poll_fn,
    rc::Rc,
    task::{Context, Poll},
};

use dx_http2::hpack::Fields;

use super::session::{Inbox, Session};
use crate::{
    connection::Chunk,
    content::Source,
    error::{ClientError, Http2Fault},
};

/// A stream of a session, until it is dropped.
pub(super) struct Stream {
    session: Rc<Session>,
    number: u32,
    /// Bytes taken and not yet given back.
    taken: Cell<u32>,
}

impl Stream {
    /// Opens a stream with a request's fields.
    pub(super) fn open(
        session: &Rc<Session>,
        fields: Fields,
        is_end: bool,
    ) -> Result<Self, ClientError> {
        if let Some(error) = session.failure() {
            return Err(error);
        }
        let number = session.machine.borrow_mut().request(fields, is_end);
        let number = number.ok_or(ClientError::Http2(Http2Fault::Refused))?;
        session.inboxes.borrow_mut().insert(number, Inbox::default());
        session.kick();
        Ok(Self { session: Rc::clone(session), number, taken: Cell::new(0) })
    }

    fn with_inbox<R>(&self, look: impl FnOnce(&mut Inbox) -> R) -> R {
        look(self.session.inboxes.borrow_mut().entry(self.number).or_default())
    }

    /// Looks at what has come; who finds no answer is called again.
    fn poll_inbox<R>(
        &self,
        context: &mut Context<'_>,
        look: impl FnOnce(&mut Inbox) -> Option<R>,
    ) -> Poll<R> {
        self.with_inbox(|inbox| match look(inbox) {
            Some(answer) => Poll::Ready(answer),
            None => {
                inbox.waiting = Some(context.waker().clone());
                Poll::Pending
            }
        })
    }

    /// The fields of the final response; a stream that has failed by then has none.
    pub(super) async fn head(&self) -> Result<Fields, ClientError> {
        poll_fn(|context| {
            self.poll_inbox(context, |inbox| match &inbox.failure {
                Some(error) => Some(Err(error.clone())),
                None => inbox.head.clone().map(Ok),
            })
        })
        .await
    }

    /// What has come so far, and whether that is all of it.
    pub(super) fn come(&self) -> (Vec<u8>, bool) {
        self.with_inbox(|inbox| {
            let content = std::mem::take(&mut inbox.content);
            self.taken.set(self.taken.get() + content.len() as u32);
            (content, inbox.has_ended && inbox.failure.is_none())
        })
    }

    /// Waits until the server wants the content of the request; whether it does.
    pub(super) async fn continued(&self) -> bool {
        poll_fn(|context| {
            self.poll_inbox(context, |inbox| match inbox.is_continued {
                true => Some(true),
                false => (inbox.head.is_some() || inbox.is_closed).then_some(false),
            })
        })
        .await
    }

    /// Sends content of the request; done once the windows have let all of it go.
    pub(super) async fn send(&self, content: &[u8], is_end: bool) -> Result<(), ClientError> {
        self.session.machine.borrow_mut().send_data(self.number, content, is_end);
        self.session.kick();
        poll_fn(|context| {
            let state = self.session.machine.borrow().stream_state(self.number);
            let is_gone = state.is_none_or(|state| state.waiting == 0);
            self.poll_inbox(context, |inbox| match &inbox.failure {
                Some(error) => Some(Err(error.clone())),
                None => (is_gone || inbox.is_closed).then_some(Ok(())),
            })
        })
        .await
    }

    /// Gives back the room of what was taken.
    fn give_back(&self) {
        let taken = self.taken.take();
        if taken > 0 {
            let mut machine = self.session.machine.borrow_mut();
            machine.consume(self.number, taken);
            if machine.has_output() {
                drop(machine);
                self.session.kick();
            }
        }
    }
}

impl Source for Stream {
    /// What was taken before is used up: whoever reads has room for more.
    async fn read(&self) -> Result<Chunk, ClientError> {
        self.give_back();
        poll_fn(|context| {
            self.poll_inbox(context, |inbox| {
                if !inbox.content.is_empty() {
                    let content = std::mem::take(&mut inbox.content);
                    self.taken.set(content.len() as u32);
                    return Some(Ok(Chunk::Owned(content, 0)));
                }
                match &inbox.failure {
                    Some(error) => Some(Err(error.clone())),
                    None => inbox.has_ended.then_some(Ok(Chunk::END)),
                }
            })
        })
        .await
    }

    /// Nothing is given back until the next read, so the window closes by itself.
    fn pause(&self) {}

    fn active_ns(&self) -> u64 {
        self.session.active_ns()
    }

    fn may_end_by_failing(&self) -> bool {
        false
    }
}

impl Drop for Stream {
    fn drop(&mut self) {
        self.session.forget(self.number);
    }
}
