//! Any bytes are chunked content, part of it, or refused; and cutting them changes nothing.

#![no_main]

use dx_http::{BodyDecoder, BodyEvent, BodyLength, BodyLimits};
use libfuzzer_sys::fuzz_target;

const LIMITS: BodyLimits =
    BodyLimits { content_bytes: 1 << 20, extension_bytes: 256, trailer_bytes: 256 };

/// Content, trailers, and the bytes used; `None` where more is needed; `Err` where refused.
type Outcome = Result<(Vec<u8>, Vec<u8>, Option<usize>), u16>;

fn decode(bytes: &[u8], piece: usize) -> Outcome {
    let mut decoder = BodyDecoder::new(BodyLength::Chunked, &LIMITS);
    let mut content = Vec::new();
    let mut position = 0_usize;
    loop {
        let end = position.saturating_add(piece).min(bytes.len());
        match decoder.next(&bytes[position..end]) {
            BodyEvent::Data(range) => {
                content.extend_from_slice(&bytes[position..end][range.clone()]);
                position += range.end;
            }
            BodyEvent::Need if end == bytes.len() => {
                return Ok((content, decoder.trailers().to_vec(), None));
            }
            BodyEvent::Need => position = end,
            BodyEvent::End { consumed } => {
                let used = position + consumed;
                return Ok((content, decoder.trailers().to_vec(), Some(used)));
            }
            BodyEvent::Reject(rejection) => return Err(rejection.status),
        }
    }
}

fuzz_target!(|input: (u8, &[u8])| {
    let (piece, bytes) = input;
    let whole = decode(bytes, usize::MAX);
    let pieces = decode(bytes, usize::from(piece) + 1);
    assert_eq!(whole, pieces);
    if let Ok((content, trailers, Some(used))) = whole {
        assert!(content.len() + trailers.len() < used);
        assert!(bytes[..used].ends_with(b"\r\n"));
    }
});
