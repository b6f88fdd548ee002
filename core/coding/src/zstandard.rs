//! Zstandard.

use zstd::stream::raw::{Decoder, Operation};

use crate::{Corrupt, Progress, STEP_BYTES};

#[derive(Default)]
pub(crate) struct Zstandard {
    decoder: Option<Decoder<'static>>,
    /// Whether the bytes so far end with a frame.
    at_frame_end: bool,
    /// Whether a frame has ended, and the bytes taken since.
    after_frame: Option<usize>,
    /// Bytes of the last input that were taken.
    taken: usize,
}

/// Bytes that tell a frame from something else.
const MAGIC_BYTES: usize = 4;

impl Zstandard {
    pub(crate) fn has_ended(&self) -> bool {
        self.at_frame_end
    }

    /// Where what was refused stands where a frame would have begun, behind another: the bytes of
    /// the last input before it.
    pub(crate) fn frames_before_fault(&self) -> Option<usize> {
        let since = self.after_frame.filter(|taken| *taken <= MAGIC_BYTES)?;
        Some(self.taken.saturating_sub(since))
    }

    pub(crate) fn decode(
        &mut self,
        input: &[u8],
        out: &mut Vec<u8>,
        bound: usize,
    ) -> Result<Progress, Corrupt> {
        let decoder = match &mut self.decoder {
            Some(decoder) => decoder,
            empty => empty.insert(Decoder::new().map_err(|_| Corrupt)?),
        };
        let (mut taken, before) = (0, out.len());
        loop {
            if out.len() - before >= bound {
                return Ok(Progress { taken, more: true });
            }
            let start = out.len();
            out.resize(start + STEP_BYTES, 0);
            let status = decoder.run_on_buffers(&input[taken..], &mut out[start..]);
            self.taken = taken;
            let Ok(status) = status else {
                out.truncate(start);
                return Err(Corrupt);
            };
            out.truncate(start + status.bytes_written);
            taken += status.bytes_read;
            // Zero remaining: a frame is over, and another may follow.
            if status.bytes_read > 0 || status.bytes_written > 0 {
                self.at_frame_end = status.remaining == 0;
                self.after_frame = match self.at_frame_end {
                    true => Some(0),
                    false => self.after_frame.map(|before| before + status.bytes_read),
                };
            }
            let filled = status.bytes_written == STEP_BYTES;
            if taken == input.len() && !filled {
                return Ok(Progress { taken, more: false });
            }
        }
    }
}
