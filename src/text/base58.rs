//! `Base58Check`: bytes and the first four of their doubled SHA-256, in 58 letters. The wallet import
//! format and BIP 32 use it.

use super::sha256::digest;

const ALPHABET: &[u8; 58] = b"123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz";

/// The bytes of `value` without their checksum, if that is right.
pub fn check(value: &[u8]) -> Option<Vec<u8>> {
    if value.len() > 120 {
        return None;
    }
    let mut bytes = vec![0_u8; value.iter().take_while(|&&byte| byte == b'1').count()];
    let zeros = bytes.len();
    for letter in value {
        let digit = ALPHABET.iter().position(|known| known == letter)?;
        let mut carry = u32::try_from(digit).ok()?;
        for byte in bytes[zeros..].iter_mut().rev() {
            carry += u32::from(*byte) * 58;
            *byte = (carry & 0xff) as u8;
            carry >>= 8;
        }
        while carry > 0 {
            bytes.insert(zeros, (carry & 0xff) as u8);
            carry >>= 8;
        }
    }
    let body = bytes.len().checked_sub(4)?;
    let is_right = digest(&digest(&bytes[..body]))[..4] == bytes[body..];
    bytes.truncate(body);
    is_right.then_some(bytes)
}

/// `bytes` and their checksum.
pub fn encode(bytes: &[u8]) -> String {
    let mut all = bytes.to_vec();
    all.extend_from_slice(&digest(&digest(bytes))[..4]);
    let zeros = all.iter().take_while(|&&byte| byte == 0).count();
    let mut letters = Vec::new();
    while all.iter().any(|&byte| byte != 0) {
        let mut rest = 0_u32;
        for byte in &mut all {
            rest = rest << 8 | u32::from(*byte);
            *byte = u8::try_from(rest / 58).unwrap_or_default();
            rest %= 58;
        }
        letters.push(char::from(ALPHABET[rest as usize]));
    }
    letters.extend(std::iter::repeat_n('1', zeros));
    letters.iter().rev().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_checksum_goes_both_ways() {
        // Bitcoin's wallet import format: the version 0x80 and 32 bytes.
        let key: Vec<u8> = std::iter::once(0x80).chain(1..33).collect();
        let text = encode(&key);
        assert!(text.starts_with('5') && text.len() == 51);
        assert_eq!(check(text.as_bytes()), Some(key));
        let wrong = text.replacen('5', "6", 1);
        assert_eq!(check(wrong.as_bytes()), None);
    }
}
