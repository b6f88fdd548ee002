//! HKDF (RFC 5869) and PBKDF2 (RFC 8018).

use super::{Answer, Refused, Task, digests};

/// HKDF gives at most so many blocks of its hash.
const HKDF_BLOCKS_MAX: usize = 255;

/// `hkdf(hash, bytes; key, salt, info)`, `pbkdf2(hash, bytes; password, salt, iterations)`, the
/// iterations as four bytes, the highest first.
pub(crate) fn perform(task: &Task) -> Answer {
    let hash = digests::by_name(&task.variant)?;
    if task.name == "pbkdf2" {
        let iterations = task.bytes(2).try_into().map_or(0, u32::from_be_bytes);
        if iterations == 0 {
            return Err(Refused);
        }
        let mut output = vec![0; task.number];
        let (password, salt) = (task.bytes(0), task.bytes(1));
        openssl::pkcs5::pbkdf2_hmac(password, salt, iterations as usize, hash, &mut output)?;
        return Ok(vec![output]);
    }
    if task.number > HKDF_BLOCKS_MAX * hash.size() {
        return Err(Refused);
    }
    let extracted = digests::mac(hash, task.bytes(1), &[task.bytes(0)])?;
    let mut output = Vec::with_capacity(task.number + hash.size());
    let mut block = Vec::new();
    for number in 1..=HKDF_BLOCKS_MAX as u8 {
        if output.len() >= task.number {
            break;
        }
        block = digests::mac(hash, &extracted, &[&block, task.bytes(2), &[number]])?;
        output.extend_from_slice(&block);
    }
    output.truncate(task.number);
    Ok(vec![output])
}
