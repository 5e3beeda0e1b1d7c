//! Fills the holes of rule examples, so that nothing that looks like a live secret stands in a file.
//!
//! The same example and seed always give the same text. The holes are listed in `rules/README.md`.

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, STANDARD_NO_PAD, URL_SAFE_NO_PAD};

use crate::text::checksum::{crc32_base36, crc32_base62, crc32_hex_low_first};
use crate::text::{base58, bech32};

const DIGITS: &str = "0123456789";
const LOWER: &str = "abcdefghijklmnopqrstuvwxyz";
const UPPER: &str = "ABCDEFGHIJKLMNOPQRSTUVWXYZ";

/// `example` with each hole filled; unknown braces stand as they are.
pub fn fill(example: &str, seed: u64) -> String {
    Filler { state: seed ^ 0x9E37_79B9_7F4A_7C15 }.fill(example)
}

struct Filler {
    state: u64,
}

impl Filler {
    fn fill(&mut self, example: &str) -> String {
        let mut out = String::new();
        let mut rest = example;
        while let Some(open) = rest.find('{') {
            out.push_str(&rest[..open]);
            rest = &rest[open..];
            let filled = rest.find('}').and_then(|close| Some((self.hole(&rest[1..close])?, close)));
            if let Some((text, close)) = filled {
                out.push_str(&text);
                rest = &rest[close + 1..];
            } else {
                out.push('{');
                rest = &rest[1..];
            }
        }
        out + rest
    }

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
            "jwt" => return Some(self.jwt()),
            "pem" => return Some(self.pem(argument)),
            "b64" | "b64url" => {
                let inner = self.fill(&argument.replace('<', "{").replace('>', "}"));
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
    use super::fill;

    #[test]
    fn holes_are_filled_and_other_braces_stay() {
        let filled = fill("a={hex:8} ${{ github.event }} {x} {uuid}", 1);
        assert_eq!(filled.len(), "a=".len() + 8 + " ${{ github.event }} {x} ".len() + 36);
        assert!(filled.contains(" ${{ github.event }} {x} "));
        assert_eq!(filled, fill("a={hex:8} ${{ github.event }} {x} {uuid}", 1));
        assert_ne!(fill("{alnum:20}", 1), fill("{alnum:20}", 2));
    }
}
