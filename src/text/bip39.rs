//! Recovery phrases of wallets: words that stand for random bits and a checksum of them. BIP 39,
//! <https://github.com/bitcoin/bips/blob/master/bip-0039.mediawiki>.

use super::sha256::digest;

/// The English list of BIP 39, sorted, a line a word: 2048 of them, eleven bits each.
static WORDS: &str = include_str!("bip39.txt");

/// Whether `phrase`, words with a blank between, is of a length that there is and its checksum is right.
pub fn has_checksum(phrase: &[u8]) -> bool {
    let words: Vec<&[u8]> = phrase.split(|&byte| byte == b' ').collect();
    if !matches!(words.len(), 12 | 15 | 18 | 21 | 24) {
        return false;
    }
    let list: Vec<&[u8]> = WORDS.as_bytes().split(|&byte| byte == b'\n').collect();
    let mut bits = Vec::with_capacity(words.len() * 11);
    for word in &words {
        let Ok(number) = list[..2048].binary_search(word) else { return false };
        bits.extend((0..11).rev().map(|bit| number >> bit & 1 == 1));
    }
    let (entropy, checksum) = bits.split_at(bits.len() / 33 * 32);
    let entropy: Vec<u8> = entropy.chunks(8).map(packed).collect();
    let expected = digest(&entropy);
    checksum.iter().enumerate().all(|(at, &bit)| (expected[0] >> (7 - at) & 1 == 1) == bit)
}

/// The phrase of sixteen random bytes.
pub fn phrase(entropy: [u8; 16]) -> String {
    let list: Vec<&str> = WORDS.lines().collect();
    let checksum = digest(&entropy)[0];
    let bits: Vec<bool> = entropy
        .iter()
        .chain([&checksum])
        .flat_map(|byte| (0..8).rev().map(move |bit| byte >> bit & 1 == 1))
        .take(132)
        .collect();
    let number = |bits: &[bool]| bits.iter().fold(0, |sum, &bit| sum << 1 | usize::from(bit));
    bits.chunks(11).map(|bits| list[number(bits)]).collect::<Vec<_>>().join(" ")
}

fn packed(bits: &[bool]) -> u8 {
    bits.iter().fold(0, |sum, &bit| sum << 1 | u8::from(bit))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_checksum_goes_both_ways() {
        for seed in 0..50_u8 {
            let mut entropy = [seed.wrapping_mul(37); 16];
            entropy[usize::from(seed) % 16] ^= 0x5a;
            let made = phrase(entropy);
            assert_eq!(made.split(' ').count(), 12);
            assert!(has_checksum(made.as_bytes()), "{made}");
        }
        // The first vector of BIP 39, and one with a wrong last word.
        let zeros = "abandon abandon abandon abandon abandon abandon abandon abandon abandon abandon abandon";
        assert_eq!(phrase([0; 16]), format!("{zeros} about"));
        assert!(!has_checksum(format!("{zeros} abandon").as_bytes()));
        assert!(!has_checksum(b"") && !has_checksum(b"abandon about"));
    }
}
