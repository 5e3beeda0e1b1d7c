//! Bech32: the last six characters are a checksum over prefix and data. BIP 173.

const ALPHABET: &[u8; 32] = b"qpzry9x8gf2tvdw0s3jn54khce6mua7l";

/// Whether `value`, in one case, has a right checksum.
pub fn has_checksum(value: &[u8]) -> bool {
    let lower = value.to_ascii_lowercase();
    let Some(one) = lower.iter().rposition(|&byte| byte == b'1') else { return false };
    let (prefix, data) = (&lower[..one], &lower[one + 1..]);
    let mut sum = 1_u32;
    for &byte in prefix {
        sum = step(sum, byte >> 5);
    }
    sum = step(sum, 0);
    for &byte in prefix {
        sum = step(sum, byte & 31);
    }
    for byte in data {
        let Some(at) = ALPHABET.iter().position(|known| known == byte) else { return false };
        sum = step(sum, u8::try_from(at).unwrap_or_default());
    }
    data.len() >= 6 && sum == 1
}

fn step(sum: u32, value: u8) -> u32 {
    const GENERATOR: [u32; 5] = [0x3b6a_57b2, 0x2650_8e6d, 0x1ea1_19fa, 0x3d42_33dd, 0x2a14_62b3];
    let top = sum >> 25;
    let mut next = (sum & 0x01ff_ffff) << 5 ^ u32::from(value);
    for (bit, part) in GENERATOR.iter().enumerate() {
        if top >> bit & 1 == 1 {
            next ^= part;
        }
    }
    next
}

/// `data` (five bits a byte) with `prefix` and its checksum, for examples.
pub fn encode(prefix: &str, data: &[u8]) -> String {
    let mut sum = 1_u32;
    for byte in prefix.bytes() {
        sum = step(sum, byte >> 5);
    }
    sum = step(sum, 0);
    for value in prefix.bytes().map(|byte| byte & 31).chain(data.iter().copied()).chain([0; 6]) {
        sum = step(sum, value);
    }
    sum ^= 1;
    let check = (0..6).map(|at| (sum >> (5 * (5 - at)) & 31) as u8);
    let letters = data.iter().copied().chain(check).map(|value| char::from(ALPHABET[usize::from(value)]));
    format!("{prefix}1{}", letters.collect::<String>())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_vectors_of_the_standard_pass() {
        for valid in [
            "A12UEL5L",
            "abcdef1qpzry9x8gf2tvdw0s3jn54khce6mua7lmqqqxw",
            "split1checkupstagehandshakeupstreamerranterredcaperred2y9e3w",
        ] {
            assert!(has_checksum(valid.as_bytes()), "{valid}");
        }
        assert!(!has_checksum(b"A1G7SGD8"));
        assert!(has_checksum(encode("age-secret-key-", &[7; 52]).as_bytes()));
    }
}
