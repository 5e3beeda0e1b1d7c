//! What a value looks like: drawn at random, made up by a person, or just words.

use super::words;

/// The look of a value.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(in crate::engine) enum Look {
    /// Words, an identifier, a number.
    Words,
    /// Words dressed up with digits and signs, as people do with passwords.
    Human,
    /// Drawn at random.
    Random,
}

/// Counts of a value's bytes by class.
#[derive(Clone, Copy, Debug, Default)]
pub(in crate::engine) struct Census {
    pub(in crate::engine) lower: usize,
    pub(in crate::engine) upper: usize,
    pub(in crate::engine) digits: usize,
    /// `-`, `_`, `.`, `/`, `:`, `+`, `=`: what joins words and pads base64.
    pub(in crate::engine) joints: usize,
    /// Other printable ASCII signs.
    pub(in crate::engine) signs: usize,
    /// Blanks, control bytes, and what is not ASCII.
    pub(in crate::engine) foreign: usize,
    /// Changes between letters and digits.
    pub(in crate::engine) turns: usize,
}

impl Census {
    /// Counts `value`.
    pub(in crate::engine) fn of(value: &[u8]) -> Self {
        let mut census = Self::default();
        let mut last = 0_u8;
        for &byte in value {
            let class = match byte {
                b'a'..=b'z' => {
                    census.lower += 1;
                    1
                }
                b'A'..=b'Z' => {
                    census.upper += 1;
                    1
                }
                b'0'..=b'9' => {
                    census.digits += 1;
                    2
                }
                b'-' | b'_' | b'.' | b'/' | b':' | b'+' | b'=' => {
                    census.joints += 1;
                    last
                }
                b'!'..=b'~' => {
                    census.signs += 1;
                    last
                }
                _ => {
                    census.foreign += 1;
                    0
                }
            };
            census.turns += usize::from(class != last && class != 0 && last != 0);
            last = class;
        }
        census
    }

    /// Letters of either case.
    pub(in crate::engine) fn letters(&self) -> usize {
        self.lower + self.upper
    }

    /// How many of lower case, upper case, digits and signs occur.
    pub(in crate::engine) fn classes(&self) -> usize {
        [self.lower, self.upper, self.digits, self.signs].iter().filter(|&&count| count > 0).count()
    }
}

/// What its words tell of a value.
#[derive(Default)]
struct Pieces {
    /// How many pieces of letters.
    count: usize,
    /// Letters in pieces that read like words.
    wordy: usize,
    /// Letters in pieces of some length that do not.
    odd: usize,
}

/// Judges `value`.
pub(in crate::engine) fn look(value: &[u8], census: &Census) -> Look {
    let letters = census.letters();
    if letters == 0 {
        return Look::Words;
    }
    if is_hex(value, census) {
        return Look::Random;
    }
    let pieces = pieces(value);
    let alnum = letters + census.digits;
    let wordy = pieces.wordy * 100 / letters;
    let random = if census.digits < 3 && letters >= 6 && letters_are_random(value, census, &pieces, wordy) {
        true
    } else {
        census.digits > 0
            && wordy < 50
            && (pieces.odd * 3 >= letters
                || (census.turns >= 3 && census.turns * 4 >= alnum)
                || (alnum >= 20 && wordy < 30 && census.turns >= 3)
                || (alnum >= 10 && census.turns >= 3 && wordy < 20 && pieces.count >= 3))
    };
    if random && !(value.len() <= 20 && is_leet(value)) {
        Look::Random
    } else if census.classes() >= 3 && value.len() >= 8 {
        Look::Human
    } else {
        Look::Words
    }
}

fn letters_are_random(value: &[u8], census: &Census, pieces: &Pieces, wordy: usize) -> bool {
    if pieces.count <= 1 || (census.upper == 0 || census.lower == 0) {
        return wordy < 40 && pieces.odd * 2 > census.letters();
    }
    let letters: Vec<u8> = value.iter().copied().filter(u8::is_ascii_alphabetic).collect();
    // A name of abbreviations has few capitals; letters drawn at random change case all the time.
    let short = census.letters() * 10 < pieces.count * 32;
    let bar = if census.letters() < 10 { -0.6 } else { -0.3 };
    wordy < 40
        && census.letters() >= 8
        && (short || pieces.odd * 2 > census.letters())
        && words::likeness(&letters) < bar
}

/// Whether words come out where digits and signs are read as the letters they resemble.
fn is_leet(value: &[u8]) -> bool {
    let read: Vec<u8> = value
        .iter()
        .map(|byte| match byte {
            b'0' => b'o',
            b'1' | b'!' => b'i',
            b'3' => b'e',
            b'4' | b'@' => b'a',
            b'5' | b'$' => b's',
            b'7' => b't',
            other => *other,
        })
        .filter(u8::is_ascii_alphabetic)
        .collect();
    read.len() * 4 >= value.len() * 3 && words::covered(&read) * 10 >= read.len() * 8
}

/// Hexadecimal digits of one case, enough of them and well mixed.
pub(in crate::engine) fn is_hex(value: &[u8], census: &Census) -> bool {
    value.len() >= 16
        && census.digits >= 3
        && census.letters() >= 2
        && (census.upper == 0 || census.lower == 0)
        && value.iter().all(u8::is_ascii_hexdigit)
}

/// Splits at everything that is no letter and at humps, and weighs the pieces.
fn pieces(value: &[u8]) -> Pieces {
    let mut found = Pieces::default();
    let mut at = 0;
    while at < value.len() && at < 256 {
        if !value[at].is_ascii_alphabetic() {
            at += 1;
            continue;
        }
        let start = at;
        at += 1;
        while at < value.len() && value[at].is_ascii_alphabetic() {
            let hump = value[at].is_ascii_uppercase()
                && (value[at - 1].is_ascii_lowercase() || value.get(at + 1).is_some_and(u8::is_ascii_lowercase));
            if hump {
                break;
            }
            at += 1;
        }
        let piece = &value[start..at];
        found.count += 1;
        if words::is_wordy(piece) {
            found.wordy += piece.len();
        } else if is_odd(piece) {
            found.odd += piece.len();
        }
    }
    found
}

/// Whether a piece of letters is no word of any language, as far as letters tell. A capitalised word
/// may come from a language that the list does not know.
fn is_odd(piece: &[u8]) -> bool {
    let capitalised =
        piece.len() < 15 && piece[0].is_ascii_uppercase() && piece[1..].iter().all(u8::is_ascii_lowercase);
    let bar = match piece.len() {
        0..=4 => return false,
        5..=7 => -0.55,
        8..=11 => -0.4,
        _ => -0.3,
    };
    words::likeness(piece) < if capitalised { bar - 0.6 } else { bar }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rules::placeholders::fill;

    fn of(value: &str) -> Look {
        look(value.as_bytes(), &Census::of(value.as_bytes()))
    }

    #[test]
    fn words_are_words() {
        for value in [
            "supersecret",
            "my_secret_key",
            "admin123",
            "application/json",
            "kSecAttrAccessible",
            "HTTPServerError",
            "secp256k1",
            "content-type",
            "2024-01-01",
            "Adgangskode",
            "com.example.Foo",
            "12345678",
        ] {
            assert_eq!(of(value), Look::Words, "{value}");
        }
        assert_eq!(of("Winter2019!"), Look::Human);
    }

    #[test]
    fn random_values_are_random() {
        let mut missed = Vec::new();
        for hole in
            ["{hex:32}", "{alnum:20}", "{alnum:40}", "{base64:44}", "{lower:16}", "{loweralnum:12}", "{upper:24}"]
        {
            for seed in 0..100 {
                let value = fill(hole, seed);
                if of(&value) != Look::Random {
                    missed.push(format!("{hole} {value}"));
                }
            }
        }
        assert!(missed.len() < 35, "{} of 700: {missed:#?}", missed.len());
    }
}
