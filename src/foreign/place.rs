//! Which findings of ours an accepted place stands for.
//!
//! A place alone can lie: since the other tool was told of it, another value may have come to stand in its
//! line. Where the entry tells something of the value, that decides; what does not fit stays a finding.

use std::cell::OnceCell;
use std::collections::HashMap;
use std::ops::Range;

use memchr::memmem;
use sha1::{Digest, Sha1};

use super::plan::{Known, Spot};
use crate::finding::Finding;
use crate::text::{Place, Secret, sha256};

/// Bytes around a finding in which another tool's value is looked for.
const REACH: usize = 512;
/// Bytes of a line in which it is, where nothing was found.
const LONGEST: usize = 16 << 10;

/// What stands at a place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Stands {
    /// Findings that the entry is about, by their numbers.
    Findings(Vec<usize>),
    /// Nothing that gatehook would report.
    Nothing,
    /// Something else than what the entry is about, for this reason.
    Other(&'static str),
}

type Hashes = HashMap<[u8; 20], Vec<(usize, bool)>>;

/// A file that was looked at: what its entries are held against, prepared once for all of them.
pub struct Looked<'t> {
    raw: &'t [u8],
    lines: Vec<&'t [u8]>,
    findings: &'t [Finding],
    /// Of each finding the bytes of its first line that it covers.
    spans: Vec<Range<usize>>,
    /// Findings by the SHA-1 of a part of their line, and whether that part is one value's own.
    hashes: OnceCell<Hashes>,
}

impl<'t> Looked<'t> {
    /// A file of these bytes, whose text is `text` (UTF-8 where it was UTF-16), and all that was found in it,
    /// in the order of its lines.
    pub fn new(raw: &'t [u8], text: &'t [u8], findings: &'t [Finding]) -> Self {
        let lines: Vec<&[u8]> =
            text.split(|&byte| byte == b'\n').map(|line| line.strip_suffix(b"\r").unwrap_or(line)).collect();
        let spans = spans(&lines, findings.iter().map(|finding| finding.place));
        Self { raw, lines, findings, spans, hashes: OnceCell::new() }
    }

    /// What stands at `spot`, which names this file.
    pub fn stands(&self, spot: &Spot) -> Stands {
        let counts = |finding: &Finding| spot.only.is_empty() || spot.only.iter().any(|id| *id == finding.rule);
        let is_here = |at: &usize| counts(&self.findings[*at]) && is_at(spot, &self.findings[*at]);
        let here: Vec<usize> = (0..self.findings.len()).filter(is_here).collect();
        match &spot.value {
            Known::Nothing => some(of_rules(spot, here, self.findings)),
            Known::File(checksum) => {
                if *checksum != of_file(spot.path.as_deref().unwrap_or_default(), self.raw) {
                    return Stands::Other("the file changed since, so talisman would report it again too");
                }
                some(here)
            }
            Known::Sha1(hash) => {
                let known = self.hashes().get(hash).map(Vec::as_slice).unwrap_or_default();
                let at_place = known.iter().map(|(at, _)| *at).filter(|at| here.contains(at)).collect();
                // A short part, or the frame of a key, is the same in many values: it is about its line only.
                let telling = known.iter().filter(|(at, telling)| *telling && counts(&self.findings[*at]));
                let is_left =
                    || spot.line.is_some_and(|line| tokens(self.line(line)).any(|token| digest(token) == *hash));
                valued(spot, at_place, telling.map(|(at, _)| *at).collect(), &here, is_left)
            }
            Known::Text(value) => {
                let at_place = here.iter().copied().filter(|&at| self.overlaps(at, value)).collect();
                let all = (0..self.findings.len()).filter(|&at| counts(&self.findings[at]) && self.overlaps(at, value));
                let is_left = || spot.line.is_some_and(|line| memmem::find(self.line(line), value.expose()).is_some());
                valued(spot, at_place, all.collect(), &here, is_left)
            }
        }
    }

    fn line(&self, number: u32) -> &'t [u8] {
        let at = usize::try_from(number).unwrap_or(usize::MAX).wrapping_sub(1);
        let line = self.lines.get(at).copied().unwrap_or_default();
        &line[..line.len().min(LONGEST)]
    }

    /// The line of a finding as far as another tool's value may reach, and where in it the finding lies.
    fn around(&self, at: usize, reach: usize) -> (&'t [u8], Range<usize>) {
        let number = usize::try_from(self.findings[at].place.line).unwrap_or(usize::MAX).wrapping_sub(1);
        let line = self.lines.get(number).copied().unwrap_or_default();
        let span = &self.spans[at];
        let from = span.start.saturating_sub(reach);
        (&line[from..line.len().min(span.end + reach)], span.start - from..span.end - from)
    }

    fn hashes(&self) -> &Hashes {
        self.hashes.get_or_init(|| {
            let mut hashes = Hashes::new();
            for at in 0..self.findings.len() {
                let (line, span) = self.around(at, REACH);
                let touches = |token: &&[u8]| {
                    let from = token.as_ptr().addr() - line.as_ptr().addr();
                    from < span.end.max(span.start + 1) && from + token.len() > span.start
                };
                for token in std::iter::once(&line[span.clone()]).chain(tokens(line).filter(touches)) {
                    let known = hashes.entry(digest(token)).or_default();
                    if known.last().is_none_or(|(last, _)| *last != at) {
                        known.push((at, is_telling(token)));
                    }
                }
            }
            hashes
        })
    }

    /// Whether `value` stands where the finding does, or the finding in it.
    fn overlaps(&self, at: usize, value: &Secret) -> bool {
        let value = value.expose();
        // Of a value of several lines the first speaks for all.
        let first = value.split(|&byte| byte == b'\n').next().unwrap_or_default().trim_ascii();
        if first.is_empty() {
            return false;
        }
        let (line, span) = self.around(at, first.len());
        let ours = &line[span.clone()];
        memmem::find_iter(line, first).any(|from| from < span.end && from + first.len() > span.start)
            || !ours.is_empty() && memmem::find(value, ours).is_some()
    }
}

fn digest(token: &[u8]) -> [u8; 20] {
    Sha1::digest(token).into()
}

/// Bytes of each finding's first line that it covers. They come in order, so that a long line is counted
/// through once.
fn spans(lines: &[&[u8]], places: impl Iterator<Item = Place>) -> Vec<Range<usize>> {
    let mut last = (0, 1, 0);
    places
        .map(|place| {
            let number = usize::try_from(place.line).unwrap_or(usize::MAX).wrapping_sub(1);
            let line = lines.get(number).copied().unwrap_or_default();
            let (column, byte) = if last.0 == number && last.1 <= place.column { (last.1, last.2) } else { (1, 0) };
            let start = byte + offset(&line[byte..], place.column - column.min(place.column) + 1);
            last = (number, place.column.max(1), start);
            let end = if place.end_line > place.line {
                line.len()
            } else {
                start + offset(&line[start..], place.end_column.saturating_sub(place.column) + 1)
            };
            start..end.max(start)
        })
        .collect()
}

/// The findings that hold the value, at the place before those elsewhere: code moves. Where none does and the
/// value is still there, gatehook does not report it; where it is not, a finding in the place is another one.
fn valued(
    spot: &Spot,
    at_place: Vec<usize>,
    anywhere: Vec<usize>,
    here: &[usize],
    is_left: impl Fn() -> bool,
) -> Stands {
    if !at_place.is_empty() {
        return Stands::Findings(at_place);
    }
    if !anywhere.is_empty() {
        return Stands::Findings(anywhere);
    }
    if here.is_empty() || spot.line.is_none() || is_left() {
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
    fn spans_of_a_line_are_counted_from_the_one_before() {
        let place = |line, column, end_column| Place { line, column, end_line: line, end_column };
        let lines = ["äbcä".as_bytes(), b"xyz"];
        let places = [place(1, 1, 2), place(1, 2, 4), place(1, 4, 5), place(2, 2, 9)];
        assert_eq!(spans(&lines, places.into_iter()), [0..2, 2..4, 4..6, 1..3]);
        assert_eq!(spans(&lines, [place(7, 3, 4), place(0, 0, 0)].into_iter()), [0..0, 0..0]);
    }

    #[test]
    fn the_checksum_of_a_file_is_that_of_talisman() {
        // Of an empty file at no path: the hash of three times the hash of nothing.
        let nothing = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
        let hex = |bytes: &[u8]| sha256::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect::<String>();
        assert_eq!(of_file("", b""), hex(nothing.repeat(3).as_bytes()));
    }
}
