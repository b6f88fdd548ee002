//! gzip and deflate.

use flate2::{Decompress, FlushDecompress, Status};

use crate::{Corrupt, Progress, STEP_BYTES};

/// The window of gzip, as a power of two.
const WINDOW_BITS: u8 = 15;

pub(crate) struct Inflate {
    /// Absent until the first byte tells which form of `deflate` it is.
    engine: Option<Decompress>,
    ended: bool,
    /// What zlib says of the data it refused.
    message: Option<String>,
}

impl Inflate {
    fn over(engine: Option<Decompress>) -> Self {
        Self { engine, ended: false, message: None }
    }

    pub(crate) fn gzip() -> Self {
        Self::over(Some(Decompress::new_gzip(WINDOW_BITS)))
    }

    pub(crate) fn deflate() -> Self {
        Self::over(None)
    }

    /// RFC 1950 only.
    pub(crate) fn zlib() -> Self {
        Self::over(Some(Decompress::new(true)))
    }

    /// RFC 1951 only.
    pub(crate) fn raw() -> Self {
        Self::over(Some(Decompress::new(false)))
    }

    pub(crate) fn has_ended(&self) -> bool {
        self.ended
    }

    pub(crate) fn message(&self) -> Option<String> {
        self.message.clone()
    }

    pub(crate) fn decode(
        &mut self,
        input: &[u8],
        out: &mut Vec<u8>,
        bound: usize,
    ) -> Result<Progress, Corrupt> {
        let engine = match (&mut self.engine, input.first()) {
            (Some(engine), _) => engine,
            (empty, Some(first)) => empty.insert(Decompress::new(has_zlib_header(*first))),
            (None, None) => return Ok(Progress { taken: 0, more: false }),
        };
        let (mut taken, before) = (0, out.len());
        while !self.ended {
            if out.len() - before >= bound {
                return Ok(Progress { taken, more: true });
            }
            let start = out.len();
            out.resize(start + STEP_BYTES, 0);
            let (in_before, out_before) = (engine.total_in(), engine.total_out());
            let status =
                engine.decompress(&input[taken..], &mut out[start..], FlushDecompress::None);
            let used = (engine.total_in() - in_before) as usize;
            let made = (engine.total_out() - out_before) as usize;
            out.truncate(start + made);
            taken += used;
            let status = status.map_err(|error| {
                self.message = error.message().map(str::to_owned);
                Corrupt
            })?;
            match status {
                Status::StreamEnd => self.ended = true,
                // All of the room was used, so there may be more.
                _ if made == STEP_BYTES => {}
                _ if taken == input.len() => return Ok(Progress { taken, more: false }),
                _ if used == 0 && made == 0 => return Err(Corrupt),
                _ => {}
            }
        }
        Ok(Progress { taken, more: false })
    }
}

/// Whether the first byte is that of RFC 1950: deflate with a window of at most 32 KiB.
fn has_zlib_header(first: u8) -> bool {
    first & 0x0f == 8 && first >> 4 <= 7
}
