//! Fills the holes of rule examples, so that nothing that looks like a live secret stands in a file.
//!
//! The same example and seed always give the same text. The holes are listed in `rules/README.md`.

use std::ops::Range;

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, STANDARD_NO_PAD, URL_SAFE_NO_PAD};

use crate::text::checksum::{crc32_base36, crc32_base62, crc32_hex_low_first};
use crate::text::{base58, bech32, bip39};

const DIGITS: &str = "0123456789";
const LOWER: &str = "abcdefghijklmnopqrstuvwxyz";
const UPPER: &str = "ABCDEFGHIJKLMNOPQRSTUVWXYZ";

/// Where a hole stood in the example, and what it became in the text.
pub type Filled = (Range<usize>, Range<usize>);

/// `example` with each hole filled; unknown braces stand as they are.
pub fn fill(example: &str, seed: u64) -> String {
    fill_noting(example, seed).0
}

/// As [`fill`], with the place of each hole in `example` and what it became in the text, ascending.
pub fn fill_noting(example: &str, seed: u64) -> (String, Vec<Filled>) {
    let mut places = Vec::new();
    let mut filler = Filler { state: seed ^ 0x9E37_79B9_7F4A_7C15 };
    let text = each_hole(example, |hole| filler.hole(hole), |from, to| places.push((from, to)));
    (text, places)
}

/// `example` as people are shown it: each hole says in angle brackets what stands there, so that no one takes it for
/// a value.
pub fn shown(example: &str) -> String {
    each_hole(example, named, |_, _| ())
}

/// `example` with what `fill` gives for each hole in its place; `noted` hears of both places.
fn each_hole(
    example: &str,
    mut fill: impl FnMut(&str) -> Option<String>,
    mut noted: impl FnMut(Range<usize>, Range<usize>),
) -> String {
    let mut out = String::new();
    let mut from = 0;
    while let Some(open) = example[from..].find('{').map(|at| from + at) {
        out.push_str(&example[from..open]);
        let filled = example[open..].find('}').map(|at| open + at);
        let filled = filled.and_then(|close| Some((fill(&example[open + 1..close])?, close + 1)));
        if let Some((text, end)) = filled {
            noted(open..end, out.len()..out.len() + text.len());
            out.push_str(&text);
            from = end;
        } else {
            out.push('{');
            from = open + 1;
        }
    }
    out.push_str(&example[from..]);
    out
}

/// What a hole stands for, in words; `None` where it is none.
fn named(hole: &str) -> Option<String> {
    let (kind, argument) = hole.split_once(':').unwrap_or((hole, ""));
    let count = || argument.parse::<usize>().ok().filter(|&count| count <= 4096);
    Some(match kind {
        "alnum" | "base62" | "loweralnum" | "upperalnum" | "base64" | "base64url" | "base32" | "base58" => {
            format!("<{} characters>", count()?)
        }
        "lower" | "upper" => format!("<{} letters>", count()?),
        "digits" => format!("<{} digits>", count()?),
        "hex" | "HEX" => format!("<{} hex digits>", count()?),
        "password" => count().map(|_| "<password>".to_owned())?,
        "uuid" => "<uuid>".to_owned(),
        "github" | "github-wrong-checksum" => format!("{argument}<36 characters>"),
        "gitlab-routable" => format!("{argument}<routable token>"),
        "grafana" => format!("{argument}<32 characters>_<checksum>"),
        "age" => "AGE-SECRET-KEY-1<58 characters>".to_owned(),
        "wif" => "<wallet key>".to_owned(),
        "xprv" => "xprv<107 characters>".to_owned(),
        "jwt" => "<header>.<payload>.<signature>".to_owned(),
        "pem" => format!("-----BEGIN {argument}-----\n<base64 of the key>\n-----END {argument}-----"),
        "b64" | "b64url" => {
            let inner = shown(&argument.replace('<', "{").replace('>', "}"));
            format!("<base64 of {inner}>")
        }
        _ => return None,
    })
}

struct Filler {
    state: u64,
}

impl Filler {
    fn hole(&mut self, hole: &str) -> Option<String> {
        let (kind, argument) = hole.split_once(':').unwrap_or((hole, ""));
        let length = || argument.parse::<usize>().ok().filter(|&count| count <= 4096);
        let alphabet = match kind {
            "alnum" | "base62" => [DIGITS, UPPER, LOWER].concat(),
            "lower" => LOWER.to_owned(),
            "upper" => UPPER.to_owned(),
            "digits" => DIGITS.to_owned(),
            "loweralnum" => [DIGITS, LOWER].concat(),
            "upperalnum" => [DIGITS, UPPER].concat(),
            "hex" => "0123456789abcdef".to_owned(),
            "HEX" => "0123456789ABCDEF".to_owned(),
            "base64" => [UPPER, LOWER, DIGITS, "+/"].concat(),
            "base64url" => [UPPER, LOWER, DIGITS, "-_"].concat(),
            "base32" => [UPPER, "234567"].concat(),
            "base58" => "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz".to_owned(),
            "password" => return length().map(|count| self.password(count)),
            "uuid" => return Some(self.uuid()),
            "github" => return Some(self.github(argument)),
            "github-wrong-checksum" => return Some(self.github_wrong(argument)),
            "gitlab-routable" => return Some(self.gitlab_routable(argument)),
            "grafana" => return Some(self.grafana(argument)),
            "age" => return Some(self.age()),
            "wif" => return Some(base58::encode(&self.bytes(&[0x80], 33))),
            "xprv" => return Some(self.extended_key()),
            "bip39" => return Some(self.recovery_phrase()),
            "jwt" => return Some(self.jwt()),
            "pem" => return Some(self.pem(argument)),
            "b64" | "b64url" => {
                let inner = argument.replace('<', "{").replace('>', "}");
                let inner = each_hole(&inner, |hole| self.hole(hole), |_, _| ());
                return Some(if kind == "b64" { STANDARD.encode(inner) } else { URL_SAFE_NO_PAD.encode(inner) });
            }
            _ => return None,
        };
        length().map(|count| self.pick(&alphabet, count))
    }

    /// The next of Steele, Lea and Flood's `SplitMix64` (2014).
    fn next(&mut self) -> u64 {
        self.state = self.state.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut mixed = self.state;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        mixed ^ (mixed >> 31)
    }

    fn pick(&mut self, alphabet: &str, count: usize) -> String {
        let bytes = alphabet.as_bytes();
        (0..count)
            .map(|_| {
                let at = self.next() % bytes.len() as u64;
                char::from(bytes[usize::try_from(at).unwrap_or_default()])
            })
            .collect()
    }

    fn password(&mut self, count: usize) -> String {
        let mut text = self.pick(&[DIGITS, UPPER, LOWER, "!#%*+-_?"].concat(), count.saturating_sub(3));
        // Each class at least once, so that the example never turns into a word by chance.
        for class in [DIGITS, UPPER, "!#%*?"] {
            text.push_str(&self.pick(class, 1));
        }
        text.chars().rev().take(count).collect()
    }

    /// `head` and random bytes, `length` in all.
    fn bytes(&mut self, head: &[u8], length: usize) -> Vec<u8> {
        let mut bytes = head.to_vec();
        while bytes.len() < length {
            bytes.extend_from_slice(&self.next().to_le_bytes());
        }
        bytes.truncate(length);
        bytes
    }

    /// A phrase whose words all differ, as nearly every one has.
    fn recovery_phrase(&mut self) -> String {
        loop {
            let bytes = self.bytes(&[], 16);
            let phrase = bip39::phrase(std::array::from_fn(|at| bytes[at]));
            let words: std::collections::BTreeSet<&str> = phrase.split(' ').collect();
            if words.len() == 12 {
                return phrase;
            }
        }
    }

    fn age(&mut self) -> String {
        let data: Vec<u8> = self.bytes(&[], 52).iter().map(|byte| byte & 31).collect();
        bech32::encode("age-secret-key-", &data).to_ascii_uppercase()
    }

    /// BIP 32: version, depth, parent, number, chain code, a zero, the key.
    fn extended_key(&mut self) -> String {
        let mut bytes = self.bytes(&[0x04, 0x88, 0xad, 0xe4, 0, 0, 0, 0, 0, 0, 0, 0, 0], 78);
        bytes[45] = 0;
        base58::encode(&bytes)
    }

    fn uuid(&mut self) -> String {
        let hex = self.pick("0123456789abcdef", 32);
        let variant = self.pick("89ab", 1);
        format!("{}-{}-4{}-{variant}{}-{}", &hex[..8], &hex[8..12], &hex[13..16], &hex[17..20], &hex[20..])
    }

    fn github(&mut self, prefix: &str) -> String {
        let body = self.pick(&[DIGITS, UPPER, LOWER].concat(), 30);
        let check = crc32_base62(body.as_bytes());
        format!("{prefix}{body}{}", String::from_utf8_lossy(&check))
    }

    fn github_wrong(&mut self, prefix: &str) -> String {
        let mut token = self.github(prefix);
        let last = token.pop();
        token.push(if last == Some('0') { '1' } else { '0' });
        token
    }

    fn gitlab_routable(&mut self, prefix: &str) -> String {
        let payload = format!("{}o:1\np:2\u{7}", self.pick(&[DIGITS, UPPER, LOWER].concat(), 16));
        let body = format!("{prefix}{}.01.0w", URL_SAFE_NO_PAD.encode(payload));
        let check = crc32_base36(body.as_bytes());
        format!("{body}{}", String::from_utf8_lossy(&check))
    }

    fn grafana(&mut self, prefix: &str) -> String {
        let body = format!("{prefix}{}", self.pick(&[DIGITS, UPPER, LOWER].concat(), 32));
        let check = crc32_hex_low_first(body.as_bytes());
        format!("{body}_{}", String::from_utf8_lossy(&check))
    }

    fn jwt(&mut self) -> String {
        let subject = self.pick(DIGITS, 10);
        let header = URL_SAFE_NO_PAD.encode(r#"{"alg":"HS256","typ":"JWT"}"#);
        let payload = URL_SAFE_NO_PAD.encode(format!(r#"{{"sub":"{subject}","iat":1700000000}}"#));
        let signature = self.pick(&[UPPER, LOWER, DIGITS, "-_"].concat(), 43);
        format!("{header}.{payload}.{signature}")
    }

    fn pem(&mut self, label: &str) -> String {
        let mut der = vec![0x30, 0x82, 0x04, 0xa4, 0x02, 0x01, 0x00, 0x02, 0x82, 0x01, 0x01, 0x00];
        while der.len() < 0x4a8 {
            der.extend_from_slice(&self.next().to_le_bytes());
        }
        der.truncate(0x4a8);
        let body = STANDARD_NO_PAD.encode(&der);
        let lines: Vec<&str> = (0..body.len()).step_by(64).map(|at| &body[at..(at + 64).min(body.len())]).collect();
        format!("-----BEGIN {label}-----\n{}\n-----END {label}-----", lines.join("\n"))
    }
}

#[cfg(test)]
mod tests {
    use super::{fill, fill_noting, shown};

    #[test]
    fn the_place_of_a_hole_is_known_in_both_texts() {
        let (text, places) = fill_noting("é={hex:8} {x} {digits:2};", 1);
        assert_eq!(places, [(3..10, 3..11), (15..25, 16..18)]);
        assert!(text.is_char_boundary(3) && text.ends_with(';'));
    }

    #[test]
    fn nothing_that_is_shown_looks_like_a_value() {
        assert_eq!(shown("t={github:ghp_} {x} ${{ a }} {hex:5000}"), "t=ghp_<36 characters> {x} ${{ a }} {hex:5000}");
        assert_eq!(shown("{b64:user:<password:9>}"), "<base64 of user:<password>>");
        assert!(shown("{pem:RSA PRIVATE KEY}").contains("\n<base64 of the key>\n"));
    }

    #[test]
    fn holes_are_filled_and_other_braces_stay() {
        let filled = fill("a={hex:8} ${{ github.event }} {x} {uuid}", 1);
        assert_eq!(filled.len(), "a=".len() + 8 + " ${{ github.event }} {x} ".len() + 36);
        assert!(filled.contains(" ${{ github.event }} {x} "));
        assert_eq!(filled, fill("a={hex:8} ${{ github.event }} {x} {uuid}", 1));
        assert_ne!(fill("{alnum:20}", 1), fill("{alnum:20}", 2));
    }
}
