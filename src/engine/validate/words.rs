//! Does a value read like words, or like something drawn at random?
//!
//! Two tables: letter trigrams (a tenth of a microsecond a value), and a list of words for those
//! that the trigrams leave open. Knows letters only: neither names nor files.

/// The words, sorted, a line each: what identifiers and comments of much published code are made of,
/// and common passwords.
static WORDS: &[u8] = include_bytes!("words.txt");

/// See `build/trigrams.rs`.
static TRIGRAMS: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/trigrams.bin"));

/// The longest word of the list.
const LONGEST: usize = 13;

/// Mean log-likelihood of the letters of `run` as a word against letters drawn at random, in bits a
/// letter: above 0 it reads like a word. Words lie around 1, random letters around -1.2.
pub(in crate::engine) fn likeness(run: &[u8]) -> f32 {
    let symbol = |byte: u8| usize::from((byte | 0x20).wrapping_sub(b'a').min(26));
    let (mut one, mut two) = (26, run.first().map_or(26, |&byte| symbol(byte)));
    if run.len() < 2 {
        return 0.0;
    }
    let (mut sum, mut count) = (0_u32, 0_u16);
    for next in run[1..].iter().map(|&byte| symbol(byte)).chain([26]) {
        sum += u32::from(TRIGRAMS[(one * 27 + two) * 27 + next]);
        count += 1;
        (one, two) = (two, next);
    }
    #[allow(clippy::cast_precision_loss, reason = "a few thousand at most")]
    let sum = sum as f32;
    (sum / f32::from(count) - 128.0) / 16.0
}

/// Whether `word`, in lower case, is in the list.
pub(in crate::engine) fn is_word(word: &[u8]) -> bool {
    let (mut low, mut high) = (0, WORDS.len());
    while low < high {
        let middle = usize::midpoint(low, high);
        let start = memchr::memrchr(b'\n', &WORDS[..middle]).map_or(0, |newline| newline + 1);
        let end = memchr::memchr(b'\n', &WORDS[start..]).map_or(WORDS.len(), |newline| start + newline);
        match WORDS[start..end].cmp(word) {
            std::cmp::Ordering::Equal => return true,
            std::cmp::Ordering::Less => low = end + 1,
            std::cmp::Ordering::Greater => high = start,
        }
    }
    false
}

/// How many letters of `run` (letters, any case) words of the list can cover without overlap; words
/// of three letters count only beside others.
pub(in crate::engine) fn covered(run: &[u8]) -> usize {
    let run: Vec<u8> = run.iter().take(64).map(u8::to_ascii_lowercase).collect();
    // best[i]: letters covered in the first i.
    let mut best = vec![0_usize; run.len() + 1];
    for end in 1..=run.len() {
        best[end] = best[end - 1];
        for length in 3..=LONGEST.min(end) {
            if best[end - length] + length > best[end] && is_word(&run[end - length..end]) {
                best[end] = best[end - length] + length;
            }
        }
    }
    best[run.len()]
}

/// Whether a run of letters reads like one word or several.
pub(in crate::engine) fn is_wordy(run: &[u8]) -> bool {
    match run.len() {
        0..=2 => false,
        3 => is_word(&run.to_ascii_lowercase()),
        length => {
            let likeness = likeness(run);
            if likeness > 0.7 {
                return true;
            }
            // Long runs of random letters are never this likely, short ones sometimes are.
            if likeness < -1.0 {
                return false;
            }
            let covered = covered(run);
            covered * 10 >= length * if likeness > 0.0 { 5 } else { 7 } || (likeness > 0.15 && length >= 7)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_list_is_sorted_and_found_whole() {
        let words: Vec<&[u8]> = WORDS.split(|&byte| byte == b'\n').filter(|word| !word.is_empty()).collect();
        assert!(words.is_sorted());
        assert!(words.iter().all(|word| is_word(word) && word.len() <= LONGEST));
        assert!(!is_word(b"") && !is_word(b"zzzzqq"));
    }

    #[test]
    fn words_and_random_letters_are_told_apart() {
        for wordy in ["password", "supersupersecret", "refreshtoken", "changeit", "mysecretkey", "databasepassword"] {
            assert!(is_wordy(wordy.as_bytes()), "{wordy} {}", likeness(wordy.as_bytes()));
        }
        for random in ["qkwzxvbn", "tgrqplxw", "zkfvbqwmtd", "hxqjwzptkv"] {
            assert!(!is_wordy(random.as_bytes()), "{random} {}", likeness(random.as_bytes()));
        }
    }
}
