//! From the network actors to JavaScript: arrivals into the inbox, answers to promises.

use dx_net::{ARRIVAL_WORDS, Arrival, BodyFailure, Notice, word};
use dx_ops::{Deferred, ErrorClass, Exception, Value};
use dx_ring::Key;

use super::{ExchangeName, INBOX_RECORDS, Serve};

/// In place of a segment's number: the record says that the client is gone.
const NOTICE: u32 = u32::MAX;

/// A promise that waits for content, and the form it wants it in.
pub(super) struct Waiting {
    pub(super) form: BodyForm,
    pub(super) deferred: Deferred,
}

/// In which form JavaScript wants content.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum BodyForm {
    /// All of it, as text.
    Text,
    /// All of it, as a `Uint8Array`.
    Bytes,
    /// The next piece as a `Uint8Array`, `null` at the end.
    Piece,
}

impl Serve {
    /// Moves what has come into the inbox; how many records it holds now.
    pub(super) fn fill_inbox(&self) -> u32 {
        let inbox = self.inbox.borrow();
        let Some(inbox) = inbox.as_ref() else {
            return 0;
        };
        let mut count = 0;
        while count < INBOX_RECORDS {
            let Some(mut batch) = self.batches.borrow_mut().pop_front() else {
                break;
            };
            for (number, segment) in batch.segments.drain(..) {
                self.segments.borrow_mut().insert((batch.shard, number), segment);
            }
            let take = batch.arrivals.len().min(INBOX_RECORDS - count);
            for arrival in batch.arrivals.drain(..take) {
                inbox.copy_words_in(count * ARRIVAL_WORDS, &arrival);
                count += 1;
            }
            if batch.arrivals.is_empty() {
                let room = INBOX_RECORDS - count;
                let taken = batch.notices.len().min(room);
                for notice in batch.notices.drain(..taken) {
                    if let Some(record) = self.note(batch.shard, notice) {
                        inbox.copy_words_in(count * ARRIVAL_WORDS, &record);
                        count += 1;
                    }
                }
            }
            if !batch.is_empty() {
                self.batches.borrow_mut().push_front(batch);
                break;
            }
        }
        count as u32
    }

    /// Acts on a notice; a record where JavaScript must hear of it.
    fn note(&self, shard: u32, notice: Notice) -> Option<Arrival> {
        match notice {
            Notice::Body { exchange, bytes, ended } => {
                self.settle_body((shard, exchange), bytes, ended);
                None
            }
            Notice::BodyFailed { exchange, reason } => {
                if let Some(waiting) = self.claims.borrow_mut().remove(&(shard, exchange)) {
                    waiting.deferred.settle(Err(body_failure(reason)));
                }
                None
            }
            Notice::Drained { exchange, bytes } => {
                self.drained((shard, exchange), bytes);
                None
            }
            Notice::Aborted { exchange } => {
                self.drained((shard, exchange), 0);
                Some(abort_record(shard, exchange))
            }
            Notice::Detached { exchange, detached } => {
                self.detached((shard, exchange), detached);
                None
            }
            Notice::Finished { .. } => None,
        }
    }

    fn settle_body(&self, name: ExchangeName, bytes: Vec<u8>, ended: bool) {
        let Some(Waiting { form, deferred }) = self.claims.borrow_mut().remove(&name) else {
            return;
        };
        deferred.settle(Ok(match form {
            BodyForm::Text => text_value(&bytes),
            BodyForm::Bytes => Value::Bytes(bytes),
            BodyForm::Piece if bytes.is_empty() && ended => Value::Null,
            BodyForm::Piece => Value::Bytes(bytes),
        }));
    }

    fn drained(&self, name: ExchangeName, bytes: u32) {
        let mut drains = self.drains.borrow_mut();
        let drain = drains.entry(name).or_default();
        drain.bytes += bytes;
        if let Some(waiter) = drain.waiter.take() {
            waiter.settle(Ok(Value::from(std::mem::take(&mut drain.bytes))));
        }
    }
}

/// UTF-8 as the Encoding Standard decodes it: without a byte order mark, errors replaced.
pub(super) fn text_value(bytes: &[u8]) -> Value {
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    if bytes.is_ascii() {
        return Value::Latin1(bytes.to_vec());
    }
    Value::String(String::from_utf8_lossy(bytes).into_owned())
}

fn body_failure(reason: BodyFailure) -> Exception {
    let message = match reason {
        BodyFailure::Aborted => "The connection was closed.",
        BodyFailure::TooLarge => "Request body exceeded maxRequestBodySize",
        BodyFailure::Malformed => "Request body is malformed",
    };
    Exception::new(ErrorClass::DomException, message).with_code("AbortError")
}

fn abort_record(shard: u32, exchange: Key) -> Arrival {
    let mut record = [0; ARRIVAL_WORDS];
    record[word::SEGMENT] = NOTICE;
    record[word::EXCHANGE] = exchange.index;
    record[word::GENERATION] = exchange.generation;
    record[word::SHARD] = shard;
    record
}

#[cfg(test)]
mod tests {
    use super::text_value;
    use dx_ops::Value;

    #[test]
    fn text_loses_its_mark_and_broken_bytes_are_replaced() {
        assert!(matches!(text_value(b"\xef\xbb\xbfhi"), Value::Latin1(bytes) if bytes == b"hi"));
        assert!(matches!(text_value(b"a\xff"), Value::String(text) if text == "a\u{fffd}"));
    }
}
