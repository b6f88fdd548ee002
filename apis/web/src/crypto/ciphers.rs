//! AES and ChaCha20-Poly1305.

use openssl::{
    aes::{AesKey, unwrap_key, wrap_key},
    symm::{self, Cipher},
};

use super::{Answer, Refused, Task};

const BLOCK_BYTES: usize = 16;
/// What key wrapping adds (RFC 3394).
const WRAP_BYTES: usize = 8;

/// `aes.*` and `chacha.*`: bytes are key, initialization vector, data, additional data. The number
/// is the length of the tag in bytes, or of CTR's counter in bits.
pub(crate) fn perform(task: &Task) -> Answer {
    let (key, iv, data) = (task.bytes(0), task.bytes(1), task.bytes(2));
    let additional = task.bytes(3);
    let output = match task.name.as_str() {
        "aes.cbc.encrypt" => symm::encrypt(cbc(key)?, key, Some(iv), data)?,
        "aes.cbc.decrypt" => symm::decrypt(cbc(key)?, key, Some(iv), data)?,
        "aes.cfb8.encrypt" => symm::encrypt(cfb8(key)?, key, Some(iv), data)?,
        "aes.cfb8.decrypt" => symm::decrypt(cfb8(key)?, key, Some(iv), data)?,
        "aes.ctr" => counter(key, iv, data, task.number)?,
        "aes.gcm.encrypt" => seal(gcm(key)?, key, iv, additional, data, task.number)?,
        "aes.gcm.decrypt" => open(gcm(key)?, key, iv, additional, data, task.number)?,
        "chacha.encrypt" => seal(chacha(key)?, key, iv, additional, data, BLOCK_BYTES)?,
        "chacha.decrypt" => open(chacha(key)?, key, iv, additional, data, BLOCK_BYTES)?,
        "aes.kw.wrap" => wrap(key, iv)?,
        "aes.kw.unwrap" => unwrap(key, iv)?,
        _ => return Err(Refused),
    };
    Ok(vec![output])
}

fn of_size(key: &[u8], ciphers: [Cipher; 3]) -> Result<Cipher, Refused> {
    match key.len() {
        16 => Ok(ciphers[0]),
        24 => Ok(ciphers[1]),
        32 => Ok(ciphers[2]),
        _ => Err(Refused),
    }
}

fn cbc(key: &[u8]) -> Result<Cipher, Refused> {
    of_size(key, [Cipher::aes_128_cbc(), Cipher::aes_192_cbc(), Cipher::aes_256_cbc()])
}

fn cfb8(key: &[u8]) -> Result<Cipher, Refused> {
    of_size(key, [Cipher::aes_128_cfb8(), Cipher::aes_192_cfb8(), Cipher::aes_256_cfb8()])
}

fn ctr(key: &[u8]) -> Result<Cipher, Refused> {
    of_size(key, [Cipher::aes_128_ctr(), Cipher::aes_192_ctr(), Cipher::aes_256_ctr()])
}

fn gcm(key: &[u8]) -> Result<Cipher, Refused> {
    of_size(key, [Cipher::aes_128_gcm(), Cipher::aes_192_gcm(), Cipher::aes_256_gcm()])
}

fn chacha(key: &[u8]) -> Result<Cipher, Refused> {
    if key.len() == 32 { Ok(Cipher::chacha20_poly1305()) } else { Err(Refused) }
}

fn seal(
    cipher: Cipher,
    key: &[u8],
    iv: &[u8],
    additional: &[u8],
    data: &[u8],
    tag_bytes: usize,
) -> Result<Vec<u8>, Refused> {
    let mut tag = [0; BLOCK_BYTES];
    let tag = tag.get_mut(..tag_bytes).ok_or(Refused)?;
    let mut output = symm::encrypt_aead(cipher, key, Some(iv), additional, data, tag)?;
    output.extend_from_slice(tag);
    Ok(output)
}

fn open(
    cipher: Cipher,
    key: &[u8],
    iv: &[u8],
    additional: &[u8],
    data: &[u8],
    tag_bytes: usize,
) -> Result<Vec<u8>, Refused> {
    let at = data.len().checked_sub(tag_bytes).ok_or(Refused)?;
    let (data, tag) = data.split_at(at);
    Ok(symm::decrypt_aead(cipher, key, Some(iv), additional, data, tag)?)
}

/// CTR whose counter is the last `bits` bits of the block and wraps within them; the library's
/// counts in all 128.
fn counter(key: &[u8], block: &[u8], data: &[u8], bits: usize) -> Result<Vec<u8>, Refused> {
    let block: [u8; BLOCK_BYTES] = block.try_into().map_err(|_| Refused)?;
    let block = u128::from_be_bytes(block);
    let mask = if bits >= 128 { u128::MAX } else { (1 << bits) - 1 };
    let blocks = data.len().div_ceil(BLOCK_BYTES) as u128;
    if blocks > 0 && blocks - 1 > mask {
        return Err(Refused);
    }
    let until_wrap = mask - (block & mask);
    let cipher = ctr(key)?;
    if blocks == 0 || blocks - 1 <= until_wrap {
        return Ok(symm::encrypt(cipher, key, Some(&block.to_be_bytes()), data)?);
    }
    let (before, after) = data.split_at((until_wrap as usize + 1) * BLOCK_BYTES);
    let mut output = symm::encrypt(cipher, key, Some(&block.to_be_bytes()), before)?;
    output.extend(symm::encrypt(cipher, key, Some(&(block & !mask).to_be_bytes()), after)?);
    Ok(output)
}

/// `aes.kw.wrap(key, data)`
fn wrap(key: &[u8], data: &[u8]) -> Result<Vec<u8>, Refused> {
    if data.len() < 2 * WRAP_BYTES || !data.len().is_multiple_of(WRAP_BYTES) {
        return Err(Refused);
    }
    let key = AesKey::new_encrypt(key).map_err(|_| Refused)?;
    let mut output = vec![0; data.len() + WRAP_BYTES];
    wrap_key(&key, None, &mut output, data).map_err(|_| Refused)?;
    Ok(output)
}

/// `aes.kw.unwrap(key, data)`
fn unwrap(key: &[u8], data: &[u8]) -> Result<Vec<u8>, Refused> {
    if data.len() < 3 * WRAP_BYTES || !data.len().is_multiple_of(WRAP_BYTES) {
        return Err(Refused);
    }
    let key = AesKey::new_decrypt(key).map_err(|_| Refused)?;
    let mut output = vec![0; data.len() - WRAP_BYTES];
    unwrap_key(&key, None, &mut output, data).map_err(|_| Refused)?;
    Ok(output)
}
