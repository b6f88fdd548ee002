//! From JavaScript to the network actors: the records of the outbox, each to its shard.

use dx_net::{LargeBody, NetMessage, Record, RecordKind, Records, record_word};
use dx_ops::{Call, Exception, Text, Value};
use dx_ring::Key;

use super::Serve;

/// The outbox's first word says how many of its bytes are filled, itself included.
const FIRST_RECORD: usize = 4;

impl Serve {
    /// Sends the records JavaScript has written, and frees the outbox.
    pub(super) fn empty_outbox(&self) {
        let outbox = self.outbox.borrow();
        let Some(outbox) = outbox.as_ref() else {
            return;
        };
        let mut word = [0; 4];
        outbox.copy_out(0, &mut word);
        let end = (u32::from_ne_bytes(word) as usize).min(outbox.length());
        if end <= FIRST_RECORD {
            return;
        }
        let mut bytes = Vec::with_capacity(end - FIRST_RECORD);
        outbox.append_to(FIRST_RECORD..end, &mut bytes);
        outbox.copy_words_in(0, &[FIRST_RECORD as u32]);
        let ports = self.ports.borrow();
        match &ports[..] {
            [only] if self.large.borrow().is_empty() => {
                only.send(NetMessage::Apply(Box::new(Records { bytes, large: Vec::new() })));
            }
            ports => {
                for (shard, records) in self.sort_by_shard(&mut bytes) {
                    if let Some(port) = ports.iter().find(|port| port.shard == shard) {
                        port.send(NetMessage::Apply(Box::new(records)));
                    }
                }
            }
        }
    }

    /// Divides records by shard, the large bodies they refer to moved along.
    fn sort_by_shard(&self, mut bytes: &mut [u8]) -> Vec<(u32, Records)> {
        let mut sorted: Vec<(u32, Records)> = Vec::new();
        while let Some((record, rest)) = Record::parse(bytes) {
            let length = bytes.len() - rest.len();
            let kind = record.kind;
            let large_index = record.body_word;
            let (head, tail) = bytes.split_at_mut(length);
            let shard = word_at(head, record_word::SHARD);
            let at = sorted.iter().position(|(number, _)| *number == shard);
            let at = at.unwrap_or_else(|| {
                sorted.push((shard, Records::default()));
                sorted.len() - 1
            });
            let records = &mut sorted[at].1;
            if matches!(kind, RecordKind::Large | RecordKind::StreamLarge) {
                let place = (records.large.len() as u32).to_ne_bytes();
                head[record_word::BODY * 4..record_word::BODY * 4 + 4].copy_from_slice(&place);
                records.large.push(self.take_large(large_index));
            }
            records.bytes.extend_from_slice(head);
            bytes = tail;
        }
        sorted
    }

    fn take_large(&self, index: u32) -> LargeBody {
        let mut large = self.large.borrow_mut();
        let key = large.key_at(index).unwrap_or(Key::NONE);
        large.remove(key).unwrap_or_default()
    }

    /// Keeps a large body until the record that names it is sent.
    pub(super) fn keep_large(&self, call: &Call<'_>) -> Result<Value, Exception> {
        let body = match call.arguments.bytes(0) {
            Some(bytes) => LargeBody::copy_of(bytes),
            None => match ascii_body(call) {
                Some(body) => body,
                None => call.expect_string(0, "body")?.into_bytes().into(),
            },
        };
        Ok(Value::from(self.large.borrow_mut().insert(body).index))
    }
}

/// The text of the first argument, where it is ASCII.
fn ascii_body(call: &Call<'_>) -> Option<LargeBody> {
    let mut body = None;
    call.arguments.text(0, &mut |text| {
        if let Text::Latin1(bytes) = text
            && bytes.is_ascii()
        {
            body = Some(LargeBody::copy_of(bytes));
        }
    });
    body
}

fn word_at(bytes: &[u8], word: usize) -> u32 {
    let four = &bytes[word * 4..word * 4 + 4];
    u32::from_ne_bytes([four[0], four[1], four[2], four[3]])
}
