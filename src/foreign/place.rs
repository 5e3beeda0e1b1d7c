//! Which findings of ours an accepted place stands for.
//!
//! A place alone can lie: since the other tool was told of it, another value may have come to stand in its
//! line. Where the entry tells something of the value, that decides; what does not fit stays a finding.

use sha1::{Digest, Sha1};

use super::plan::{Known, Spot};
use crate::finding::Finding;
use crate::text::{Secret, sha256};

/// What stands at a place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Stands {
    /// Findings that the entry speaks of, by their numbers.
    Findings(Vec<usize>),
    /// Nothing that gatehook would report.
    Nothing,
    /// Something else than what the entry speaks of, for this reason.
    Other(&'static str),
}

/// What stands at `spot`, whose file's text is `text` (UTF-8 where it was UTF-16) and whose bytes are `raw`.
/// `findings` are all that were found in it.
pub fn stands(spot: &Spot, raw: &[u8], text: &[u8], findings: &[Finding]) -> Stands {
    let counts = |finding: &Finding| spot.only.is_empty() || spot.only.iter().any(|id| *id == finding.rule);
    let all: Vec<usize> = (0..findings.len()).filter(|&at| counts(&findings[at])).collect();
    let here: Vec<usize> = all.iter().copied().filter(|&at| is_at(spot, &findings[at])).collect();
    match &spot.value {
        Known::Nothing => some(of_rules(spot, here, findings)),
        Known::File(checksum) => {
            if *checksum != of_file(spot.path.as_deref().unwrap_or_default(), raw) {
                return Stands::Other("the file changed since, so talisman would report it again too");
            }
            some(here)
        }
        Known::Sha1(hash) => {
            let lines = Lines::of(text);
            let is_it = |token: &[u8]| Sha1::digest(token)[..] == hash[..];
            let fits = |at: &usize| lines.tokens(&findings[*at]).any(is_it);
            // A short part, or the frame of a key, is the same in many values: it speaks of its line only.
            let tells = |at: &usize| lines.tokens(&findings[*at]).any(|token| is_telling(token) && is_it(token));
            valued(spot, (&all, tells), (&here, fits), || {
                spot.line.is_some_and(|line| tokens(lines.get(line)).any(is_it))
            })
        }
        Known::Text(value) => {
            let lines = Lines::of(text);
            let fits = |at: &usize| lines.overlap(&findings[*at], value);
            valued(spot, (&all, fits), (&here, fits), || memchr::memmem::find(text, value.expose()).is_some())
        }
    }
}

/// The findings that hold the value, at the place before those elsewhere: code moves. Where none does and the
/// value is still there, gatehook does not report it; where it is not, a finding in the place is another one.
fn valued(
    spot: &Spot,
    (all, tells): (&[usize], impl Fn(&usize) -> bool),
    (here, fits): (&[usize], impl Fn(&usize) -> bool),
    is_there: impl Fn() -> bool,
) -> Stands {
    let at_place: Vec<usize> = here.iter().copied().filter(fits).collect();
    if !at_place.is_empty() {
        return Stands::Findings(at_place);
    }
    let anywhere: Vec<usize> = all.iter().copied().filter(tells).collect();
    if !anywhere.is_empty() {
        return Stands::Findings(anywhere);
    }
    if here.is_empty() || spot.line.is_none() || is_there() {
        Stands::Nothing
    } else {
        Stands::Other("another value stands there now, or another part of it was meant")
    }
}

/// Whether a part of a line is long enough to be one value's own.
fn is_telling(token: &[u8]) -> bool {
    token.len() >= 10 && !token.starts_with(b"BEGIN ")
}

fn some(found: Vec<usize>) -> Stands {
    if found.is_empty() { Stands::Nothing } else { Stands::Findings(found) }
}

fn is_at(spot: &Spot, finding: &Finding) -> bool {
    spot.line.is_none_or(|line| (finding.place.line..=finding.place.end_line.max(finding.place.line)).contains(&line))
}

/// Where the entry's rule is known here, only what that rule found; unless it found nothing: then the value
/// has another name here.
fn of_rules(spot: &Spot, here: Vec<usize>, findings: &[Finding]) -> Vec<usize> {
    let named: Vec<usize> =
        here.iter().copied().filter(|&at| spot.rules.iter().any(|id| *id == findings[at].rule)).collect();
    if named.is_empty() { here } else { named }
}

/// The checksum that talisman gives to one file: hashes in hexadecimal digits of nothing, of the content and
/// of the name, hashed once more.
fn of_file(path: &str, raw: &[u8]) -> String {
    let hex = |bytes: &[u8]| sha256::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect::<String>();
    hex(format!("{}{}{}", hex(b""), hex(raw), hex(path.as_bytes())).as_bytes())
}

/// A text by its lines.
struct Lines<'t>(Vec<&'t [u8]>);

impl<'t> Lines<'t> {
    fn of(text: &'t [u8]) -> Self {
        Self(text.split(|&byte| byte == b'\n').collect())
    }

    fn get(&self, number: u32) -> &'t [u8] {
        let at = usize::try_from(number).unwrap_or(usize::MAX).wrapping_sub(1);
        let line = self.0.get(at).copied().unwrap_or_default();
        line.strip_suffix(b"\r").unwrap_or(line)
    }

    /// Bytes of the finding's first line that it covers.
    fn span(&self, finding: &Finding) -> (usize, usize) {
        let line = self.get(finding.place.line);
        let start = offset(line, finding.place.column);
        let end = if finding.place.end_line > finding.place.line {
            line.len()
        } else {
            offset(line, finding.place.end_column)
        };
        (start, end.max(start))
    }

    /// Parts of the finding's line that another tool may have taken for the value, and that touch ours.
    fn tokens(&self, finding: &Finding) -> impl Iterator<Item = &'t [u8]> {
        let line = self.get(finding.place.line);
        let (start, end) = self.span(finding);
        let touches = move |token: &&[u8]| {
            let from = token.as_ptr().addr() - line.as_ptr().addr();
            from < end.max(start + 1) && from + token.len() > start
        };
        std::iter::once(&line[start..end]).chain(tokens(line).filter(touches))
    }

    /// Whether `value` stands where the finding does.
    fn overlap(&self, finding: &Finding, value: &Secret) -> bool {
        let line = self.get(finding.place.line);
        let (start, end) = self.span(finding);
        // Of a value of several lines the first that holds more than the frame speaks for all.
        let value = value.expose();
        let first = value.split(|&byte| byte == b'\n').next().unwrap_or_default().trim_ascii();
        if first.is_empty() {
            return false;
        }
        let ours = &line[start..end];
        memchr::memmem::find_iter(line, first).any(|at| at < end && at + first.len() > start)
            || !ours.is_empty() && memchr::memmem::find(value, ours).is_some()
    }
}

/// Byte of the character at `column`, from 1.
fn offset(line: &[u8], column: u32) -> usize {
    let wanted = usize::try_from(column).unwrap_or(usize::MAX).saturating_sub(1);
    let mut seen = 0;
    let mut at = 0;
    for chunk in line.utf8_chunks() {
        for character in chunk.valid().chars() {
            if seen == wanted {
                return at;
            }
            seen += 1;
            at += character.len_utf8();
        }
        if !chunk.invalid().is_empty() {
            if seen == wanted {
                return at;
            }
            seen += 1;
            at += chunk.invalid().len();
        }
    }
    at
}

/// Parts of a line that a scanner may take for a value: between quotes, between blanks, between signs, behind
/// an assignment, between the dashes of a PEM frame.
fn tokens(line: &[u8]) -> impl Iterator<Item = &[u8]> {
    const QUOTES: &[u8] = b"\"'`";
    const SIGNS: &[u8] = b"\"'`=:,;()<>{}[]";
    const FINER: &[u8] = b"\"'`=:,;()<>{}[]@/&?#_";
    let between = |signs: &'static [u8], blanks: bool| {
        line.split(move |byte| signs.contains(byte) || blanks && byte.is_ascii_whitespace())
    };
    let assigned = line.iter().enumerate().filter(|(_, byte)| matches!(byte, b'=' | b':')).take(8);
    between(QUOTES, false)
        .chain(between(b"", true))
        .chain(between(SIGNS, true))
        .chain(between(FINER, true))
        .chain(assigned.map(|(at, _)| line[at + 1..].trim_ascii()))
        .chain(std::iter::once(line.trim_ascii()))
        .chain(line.split(|&byte| byte == b'-').map(<[u8]>::trim_ascii))
        .filter(|token| token.len() >= 3)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn all(line: &str) -> Vec<String> {
        tokens(line.as_bytes()).map(|token| String::from_utf8_lossy(token).into_owned()).collect()
    }

    #[test]
    fn what_another_tool_takes_for_the_value_is_among_the_parts() {
        for (line, part) in [
            ("password = 'a b=c'", "a b=c"),
            ("key: abc==", "abc=="),
            ("  KEY=abc== ", "abc=="),
            ("url = \"https://u:pass@host/x\"", "pass"),
            ("-----BEGIN RSA PRIVATE KEY-----", "BEGIN RSA PRIVATE KEY"),
            ("call(abc, def)", "def"),
        ] {
            assert!(all(line).iter().any(|own| own == part), "{line}: {:?}", all(line));
        }
    }

    #[test]
    fn a_column_counts_characters() {
        assert_eq!(offset("äb".as_bytes(), 2), 2);
        assert_eq!(offset(b"\xffb", 2), 1);
        assert_eq!((offset(b"ab", 3), offset(b"ab", 99), offset(b"", 1)), (2, 2, 0));
    }

    #[test]
    fn the_checksum_of_a_file_is_that_of_talisman() {
        // Of an empty file at no path: the hash of three times the hash of nothing.
        let nothing = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
        let hex = |bytes: &[u8]| sha256::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect::<String>();
        assert_eq!(of_file("", b""), hex(nothing.repeat(3).as_bytes()));
    }
}
