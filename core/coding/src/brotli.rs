//! Brotli.

use brotli_decompressor::{BrotliDecompressStream, BrotliResult, BrotliState, StandardAlloc};

use crate::{Corrupt, Progress, STEP_BYTES};

type State = BrotliState<StandardAlloc, StandardAlloc, StandardAlloc>;

pub(crate) struct Brotli {
    state: State,
    ended: bool,
}

impl Default for Brotli {
    fn default() -> Self {
        let state = State::new(
            StandardAlloc::default(),
            StandardAlloc::default(),
            StandardAlloc::default(),
        );
        Self { state, ended: false }
    }
}

impl Brotli {
    pub(crate) fn has_ended(&self) -> bool {
        self.ended
    }

    pub(crate) fn decode(
        &mut self,
        input: &[u8],
        out: &mut Vec<u8>,
        bound: usize,
    ) -> Result<Progress, Corrupt> {
        let (mut taken, before) = (0, out.len());
        while !self.ended {
            if out.len() - before >= bound {
                return Ok(Progress { taken, more: true });
            }
            let start = out.len();
            out.resize(start + STEP_BYTES, 0);
            let (mut left, mut room, mut written, mut total) =
                (input.len() - taken, STEP_BYTES, 0, 0);
            let result = BrotliDecompressStream(
                &mut left,
                &mut taken,
                input,
                &mut room,
                &mut written,
                &mut out[start..],
                &mut total,
                &mut self.state,
            );
            out.truncate(start + written);
            match result {
                BrotliResult::ResultSuccess => self.ended = true,
                BrotliResult::NeedsMoreOutput => {}
                // Asked for input with its room full, it may hold more that is ready.
                BrotliResult::NeedsMoreInput if room == 0 => {}
                BrotliResult::NeedsMoreInput => return Ok(Progress { taken, more: false }),
                BrotliResult::ResultFailure => return Err(Corrupt),
            }
        }
        Ok(Progress { taken, more: false })
    }

    /// The reference decoder's name of what is wrong, such as `ERROR_FORMAT_PADDING_1`.
    pub(crate) fn error_name(&self) -> String {
        let name = format!("{:?}", self.state.error_code);
        name.trim_start_matches("BROTLI_DECODER_").to_owned()
    }
}
