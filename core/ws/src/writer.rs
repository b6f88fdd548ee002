//! Frames on their way out.

use crate::frame::{Opcode, mask};

/// Appends a frame; a client gives the key its payload is masked with.
pub fn write_frame(
    out: &mut Vec<u8>,
    opcode: Opcode,
    is_compressed: bool,
    payload: &[u8],
    key: Option<[u8; 4]>,
) {
    const FINAL: u8 = 0x80;
    const COMPRESSED: u8 = 0x40;
    out.push(FINAL | opcode.bits() | if is_compressed { COMPRESSED } else { 0 });
    let masked = if key.is_some() { 0x80 } else { 0 };
    match payload.len() {
        length @ 0..=125 => out.push(masked | length as u8),
        length @ 126..=0xffff => {
            out.push(masked | 126);
            out.extend_from_slice(&(length as u16).to_be_bytes());
        }
        length => {
            out.push(masked | 127);
            out.extend_from_slice(&(length as u64).to_be_bytes());
        }
    }
    let Some(key) = key else { return out.extend_from_slice(payload) };
    out.extend_from_slice(&key);
    let start = out.len();
    out.extend_from_slice(payload);
    mask(&mut out[start..], key);
}
