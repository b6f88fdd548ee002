//! Content of a response on its way to its owner: framing off, coding off.

use std::future::poll_fn;

use dx_coding::{Coding, Decoder};
use dx_http::{BodyDecoder, BodyEvent, BodyLength, BodyLimits};

use crate::{
    connection::{Chunk, Connection},
    error::{ClientError, Malformed},
    flow::Flow,
};

/// Content one step adds at most (by a decoder's own step more) before the owner's demand is
/// looked at again.
const STEP_BYTES: usize = 256 * 1024;

/// Where content comes from.
pub(crate) trait Source {
    /// The next bytes; empty at their end.
    async fn read(&self) -> Result<Chunk, ClientError>;

    /// Nothing more is wanted for now: the sender is to stop.
    fn pause(&self);

    /// When something last came.
    fn active_ns(&self) -> u64;

    /// Whether a connection that fails is the end of content that nothing else delimits.
    fn may_end_by_failing(&self) -> bool;
}

impl Source for Connection {
    async fn read(&self) -> Result<Chunk, ClientError> {
        Self::read(self).await.map_err(|error| ClientError::of_connection(&error))
    }

    fn pause(&self) {
        Self::pause(self);
    }

    fn active_ns(&self) -> u64 {
        self.active_ns.get()
    }

    fn may_end_by_failing(&self) -> bool {
        true
    }
}

/// What is left to do of one response.
pub(crate) struct Receiving {
    framing: BodyDecoder,
    coding: Option<(Coding, Decoder)>,
    /// Received bytes that are not taken yet.
    chunk: Chunk,
    /// How many of them, from the first, are known to be content.
    content: usize,
    /// Whether the decoder has more to give for what it was given.
    more: bool,
}

/// How far a step got.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Step {
    /// There is more; the bound was reached.
    Full,
    /// All that has come is taken.
    Hungry,
    /// The message is over; whether exactly, with nothing behind it.
    Ended(bool),
}

impl Receiving {
    pub(crate) fn new(length: BodyLength, coding: Option<Coding>, chunk: Chunk) -> Self {
        let limits = BodyLimits { trailer_bytes: 64 * 1024, ..BodyLimits::default() };
        Self {
            framing: BodyDecoder::new(length, &limits),
            coding: coding.map(|coding| (coding, Decoder::new(coding))),
            chunk,
            content: 0,
            more: false,
        }
    }

    /// Appends content of what has come to `out`.
    pub(crate) fn step(&mut self, out: &mut Vec<u8>) -> Result<Step, ClientError> {
        let start = out.len();
        loop {
            if out.len() - start >= STEP_BYTES {
                return Ok(Step::Full);
            }
            if self.content > 0 || self.more {
                self.take_content(out)?;
                continue;
            }
            match self.framing.next(&self.chunk) {
                BodyEvent::Data(range) => {
                    self.content = range.len();
                    self.chunk.advance(range.start);
                }
                BodyEvent::Need => {
                    self.chunk = Chunk::END;
                    return Ok(Step::Hungry);
                }
                BodyEvent::End { consumed } => {
                    self.chunk.advance(consumed);
                    self.finish_coding()?;
                    return Ok(Step::Ended(self.chunk.is_empty()));
                }
                BodyEvent::Reject(_) => return Err(ClientError::Malformed(Malformed::Content)),
            }
        }
    }

    fn take_content(&mut self, out: &mut Vec<u8>) -> Result<(), ClientError> {
        let content = &self.chunk[..self.content];
        let taken = match &mut self.coding {
            None => {
                out.extend_from_slice(content);
                self.content
            }
            Some((coding, decoder)) => {
                let progress = decoder.decode(content, out, STEP_BYTES);
                let progress = progress.map_err(|_| ClientError::Decoding(*coding))?;
                self.more = progress.more;
                progress.taken
            }
        };
        self.content -= taken;
        self.chunk.advance(taken);
        Ok(())
    }

    /// Where all of the content has come.
    pub(crate) fn finish_coding(&self) -> Result<(), ClientError> {
        match &self.coding {
            None => Ok(()),
            Some((coding, decoder)) => decoder.finish().map_err(|_| ClientError::Decoding(*coding)),
        }
    }

    /// What has come and is not content.
    pub(crate) fn rest(&self) -> Vec<u8> {
        self.chunk.to_vec()
    }

    /// The connection has ended. Behind the last chunk nothing is missing but trailers, which
    /// nobody reads.
    fn connection_ended(&self) -> Result<(), ClientError> {
        if self.framing.may_end_here() || self.framing.is_in_trailers() {
            self.finish_coding()
        } else {
            Err(ClientError::Closed)
        }
    }

    /// Receives the rest of the message; whether it ended exactly.
    pub(crate) async fn run(
        &mut self,
        source: &impl Source,
        flow: &Flow,
    ) -> Result<bool, ClientError> {
        loop {
            match flow.receive(|out| self.step(out))? {
                Step::Ended(exactly) => return Ok(exactly),
                Step::Full => wait_for_room(source, flow).await,
                Step::Hungry => {
                    wait_for_room(source, flow).await;
                    let read = source.read().await;
                    flow.active_ns.set(source.active_ns());
                    match read {
                        Ok(chunk) if chunk.is_empty() => {
                            return self.connection_ended().map(|()| false);
                        }
                        Ok(chunk) => self.chunk = chunk,
                        // A reset after content that only the end delimits is an end as well.
                        Err(_) if self.framing.may_end_here() && source.may_end_by_failing() => {
                            return self.finish_coding().map(|()| false);
                        }
                        Err(error) => return Err(error),
                    }
                }
            }
        }
    }
}

async fn wait_for_room(source: &impl Source, flow: &Flow) {
    poll_fn(|context| {
        let polled = flow.poll_room(context);
        if polled.is_pending() {
            source.pause();
        }
        polled
    })
    .await;
}

#[cfg(test)]
mod tests {
    use super::{Receiving, Step};
    use crate::{connection::Chunk, error::ClientError};
    use dx_http::BodyLength;

    fn receiving(length: BodyLength, bytes: &[u8]) -> Receiving {
        Receiving::new(length, None, Chunk::Owned(bytes.to_vec(), 0))
    }

    #[test]
    fn a_message_ends_exactly_or_with_bytes_behind_it() {
        for (bytes, exactly) in [(&b"abc"[..], true), (b"abcd", false)] {
            let mut out = Vec::new();
            let step = receiving(BodyLength::Length(3), bytes).step(&mut out);
            assert_eq!((step, &out[..]), (Ok(Step::Ended(exactly)), &b"abc"[..]));
        }
    }

    #[test]
    fn small_chunks_are_taken_together() {
        let mut out = Vec::new();
        let mut body = receiving(BodyLength::Chunked, b"1\r\na\r\n2\r\nbc\r\n3\r\nd");
        assert_eq!((body.step(&mut out), &out[..]), (Ok(Step::Hungry), &b"abcd"[..]));
        body.chunk = Chunk::Owned(b"ef\r\n0\r\n\r\n".to_vec(), 0);
        assert_eq!((body.step(&mut out), &out[..]), (Ok(Step::Ended(true)), &b"abcdef"[..]));
    }

    #[test]
    fn a_message_cut_off_is_an_error_unless_the_end_delimits_it() {
        let mut cut = receiving(BodyLength::Length(3), b"ab");
        assert_eq!(cut.step(&mut Vec::new()), Ok(Step::Hungry));
        assert_eq!(cut.connection_ended(), Err(ClientError::Closed));
        let mut until_close = receiving(BodyLength::UntilClose, b"ab");
        assert_eq!(until_close.step(&mut Vec::new()), Ok(Step::Hungry));
        assert_eq!(until_close.connection_ended(), Ok(()));
    }

    #[test]
    fn a_message_may_be_cut_off_in_its_trailers() {
        for (bytes, ended) in [
            (&b"1\r\na\r\n0\r\nX: y\r\n"[..], Ok(())),
            (b"1\r\na\r\n0\r\nX: ", Ok(())),
            (b"1\r\na\r\n0\r", Err(ClientError::Closed)),
            (b"1\r\na\r\n", Err(ClientError::Closed)),
        ] {
            let mut body = receiving(BodyLength::Chunked, bytes);
            assert_eq!(body.step(&mut Vec::new()), Ok(Step::Hungry));
            assert_eq!(body.connection_ended(), ended);
        }
    }

    #[test]
    fn a_long_piece_is_taken_in_steps() {
        let bytes = vec![b'a'; 100];
        let mut compressed = Vec::new();
        compressed.extend_from_slice(&bytes);
        let mut body = receiving(BodyLength::Length(100), &compressed);
        let mut out = Vec::new();
        assert_eq!(body.step(&mut out), Ok(Step::Ended(true)));
        assert_eq!(out, bytes);
    }
}
