//! The words of reports, in one place: what a finding weighs, which words formats have for states,
//! outcomes and verdicts, and the sentences that several formats share.

use std::borrow::Cow;
use std::collections::HashMap;

use crate::finding::{Exit, Finding, GapKind, Related, Report, Severity, State, Text, Verdict};
use crate::text::escape;

/// Where gatehook lives, for formats that link to their tool.
pub(super) const HOME: &str = "https://github.com/gatehook/gatehook";
/// The file that a lack without a path is reported at, in formats that demand one.
pub(super) const NOWHERE: &str = "gatehook.toml";

/// What a finding means for the gate, heaviest first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Weight {
    /// New, and the gate stops for it.
    Blocks,
    /// New, and the gate does not stop for it.
    Warns,
    /// Stood there before.
    Existing,
    /// Somebody answers for it.
    Allowed,
}

impl Weight {
    pub(super) const ALL: [Self; 4] = [Self::Blocks, Self::Warns, Self::Existing, Self::Allowed];

    /// The word that people read.
    pub(super) const fn word(self) -> &'static str {
        match self {
            Self::Blocks => "error",
            Self::Warns => "warning",
            Self::Existing => "existing",
            Self::Allowed => "allowed",
        }
    }
}

/// What each finding of `report` weighs, in its order.
pub(super) fn weights(report: &Report) -> Vec<Weight> {
    let mut weights: Vec<Weight> = report
        .findings
        .iter()
        .map(|finding| match finding.state {
            State::New => Weight::Warns,
            State::Existing => Weight::Existing,
            State::Allowed => Weight::Allowed,
        })
        .collect();
    // A gate that only observes stops for nothing.
    for &at in report.blocking().iter().filter(|_| !report.observes) {
        if let Some(weight) = weights.get_mut(at) {
            *weight = Weight::Blocks;
        }
    }
    weights
}

/// The findings with their weights, heaviest first, then by severity; the report's order within.
pub(super) fn by_weight(report: &Report) -> Vec<(&Finding, Weight)> {
    let mut all: Vec<(&Finding, Weight)> = report.findings.iter().zip(weights(report)).collect();
    all.sort_by_key(|(finding, weight)| (*weight, std::cmp::Reverse(finding.severity)));
    all
}

/// How many findings weigh that much, in the order of [`Weight::ALL`].
pub(super) fn counts(report: &Report) -> [usize; 4] {
    let weights = weights(report);
    Weight::ALL.map(|weight| weights.iter().filter(|own| **own == weight).count())
}

/// The kind of a gap, as in JSON, where a tolerated gap has a mark of its own.
pub(super) const fn gap(kind: GapKind) -> &'static str {
    match kind {
        GapKind::Unread => "unread",
        GapKind::Partial | GapKind::Tolerated => "partial",
        GapKind::Elsewhere => "elsewhere",
    }
}

/// What a finding is about, for readers that keep their kinds apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// A value that gives access.
    Secret,
    /// Code.
    Code,
    /// A dependency.
    Dependency,
}

/// The kind of `finding`: a package makes it a dependency, a masked value a secret.
pub(super) fn kind(finding: &Finding) -> Kind {
    if finding.package.is_some() {
        Kind::Dependency
    } else if !finding.masked.is_empty() || finding.stage == "secrets" {
        Kind::Secret
    } else {
        Kind::Code
    }
}

/// GitHub sorts by this number: over 9 critical, over 7 high, over 4 medium.
pub(super) const fn security_severity(severity: Severity) -> &'static str {
    match severity {
        Severity::Low => "2.0",
        Severity::Medium => "5.5",
        Severity::High => "8.0",
        Severity::Critical => "9.5",
    }
}

/// The title, with the masked value behind it.
pub(super) fn message(finding: &Finding) -> String {
    let title = title(finding);
    if finding.masked.is_empty() { title } else { format!("{title} ({})", escape(finding.masked.as_bytes())) }
}

/// The title, escaped; where there is none the rule's id, since readers demand one.
pub(super) fn title(finding: &Finding) -> String {
    let named = [&finding.title, &finding.rule].into_iter().find(|text| !text.trim().is_empty());
    named.map_or_else(|| "a finding without a name".to_owned(), |text| escape(text.as_bytes()).to_string())
}

/// Why, fix and rotate, as far as the rule says, each with its name.
pub(super) fn advice(finding: &Finding) -> impl Iterator<Item = (&'static str, &Text)> {
    let advice = &finding.advice;
    [("Why", &advice.why), ("Fix", &advice.fix), ("Rotate", &advice.rotate)]
        .into_iter()
        .filter(|(_, text)| !text.is_empty())
}

/// `text` with a full stop at its end, unless it ends a sentence itself.
pub(super) fn sentence(text: &str) -> String {
    let text = escape(text.trim_end().as_bytes()).to_string();
    if text.ends_with(['.', '!', '?', ':']) { text } else { text + "." }
}

/// The rule's reference where it is an address on the web: what a rule's author writes there becomes
/// a link, so nothing but `http` and `https` does, and nothing that would end an attribute.
pub(super) fn reference(finding: &Finding) -> Option<&str> {
    web(&finding.advice.reference)
}

fn web(text: &str) -> Option<&str> {
    let rest = text.strip_prefix("https://").or_else(|| text.strip_prefix("http://"))?;
    let plain = |byte: u8| byte.is_ascii_graphic() && !b"\"'<>\\^`{|}()[]".contains(&byte);
    (!rest.is_empty() && text.len() <= 2000 && rest.bytes().all(plain)).then_some(text)
}

/// A path as text: what is not UTF-8 in it is replaced, nothing else changes.
pub(super) fn path(finding: &Finding) -> Cow<'_, str> {
    String::from_utf8_lossy(finding.path.as_bytes())
}

/// `text`, at most `most` characters of it.
pub(super) fn cut(text: &str, most: usize) -> Cow<'_, str> {
    match text.char_indices().nth(most) {
        None => Cow::Borrowed(text),
        Some(_) => Cow::Owned(text.chars().take(most.saturating_sub(1)).chain(['…']).collect()),
    }
}

/// `3 files`, `1 file`.
pub(super) fn count(number: usize, word: &str) -> String {
    format!("{number} {word}{}", if number == 1 { "" } else { "s" })
}

/// Whether a mark in a comment can answer for it: a file as such has no line for one, a message no comments.
pub(super) fn takes_mark(finding: &Finding) -> bool {
    let path = finding.path.as_bytes();
    let is_message = path.ends_with(b" message") && (path.starts_with(b"commit ") || path.starts_with(b"tag "));
    finding.place.line > 0 && !is_message
}

/// The verdict as a word for a heading.
pub(super) const fn heading(report: &Report) -> &'static str {
    match (report.verdict(), report.exit()) {
        (Verdict::Pass, Exit::Clean | Exit::Blocked) => "passes",
        (Verdict::Block, Exit::Clean) => "passes, observed only",
        (Verdict::Block, Exit::Blocked) => "blocked",
        (Verdict::Block, _) if !report.observes => "blocked",
        (_, Exit::Usage) => "the configuration is wrong",
        (Verdict::Incomplete, Exit::Clean) => "passes, incomplete",
        _ => "not all was looked at",
    }
}

/// `2 errors, 1 warning, 3 existing`, or `no findings`.
pub(super) fn found(report: &Report) -> String {
    let [blocks, warns, existing, allowed] = counts(report);
    let mut parts = Vec::new();
    for (number, word) in [(blocks, "error"), (warns, "warning")] {
        if number > 0 {
            parts.push(count(number, word));
        }
    }
    for (number, word) in [(existing, "existing"), (allowed, "allowed")] {
        if number > 0 {
            parts.push(format!("{number} {word}"));
        }
    }
    if parts.is_empty() { "no findings".to_owned() } else { parts.join(", ") }
}

/// `2 commits, 12 files, 340 added lines`.
pub(super) fn looked_at(report: &Report) -> String {
    let scanned = &report.scanned;
    let mut parts = Vec::new();
    if scanned.commits > 0 {
        parts.push(count(scanned.commits, "commit"));
    }
    parts.push(count(scanned.files, "file"));
    parts.push(count(scanned.added_lines, "added line"));
    parts.join(", ")
}

/// Numbers findings of the same fingerprint in the same file, so that each has a name of its own
/// which survives that code moves.
#[derive(Default)]
pub(super) struct Names<'r>(HashMap<(&'r [u8], [u8; 16]), u32>);

impl<'r> Names<'r> {
    /// Sixteen bytes for `finding`: the same in the next run, no other's in this one.
    pub(super) fn next(&mut self, finding: &'r Finding) -> [u8; 16] {
        let mut own = blake3::Hasher::new();
        own.update(finding.fingerprint.to_string().as_bytes());
        own.update(finding.rule.as_bytes());
        own.update(b"\0");
        own.update(finding.commit.as_deref().unwrap_or_default().as_bytes());
        let mut print = [0; 16];
        own.finalize_xof().fill(&mut print);
        let number = self.0.entry((finding.path.as_bytes(), print)).or_default();
        *number += 1;
        let mut hasher = blake3::Hasher::new();
        hasher.update(&print);
        hasher.update(&number.to_le_bytes());
        hasher.update(finding.path.as_bytes());
        let mut name = [0; 16];
        hasher.finalize_xof().fill(&mut name);
        name
    }
}

/// Lower-case hexadecimal digits.
pub(super) fn hex(bytes: &[u8]) -> String {
    use std::fmt::Write;
    bytes.iter().fold(String::new(), |mut out, byte| {
        let _ = write!(out, "{byte:02x}");
        out
    })
}

/// The way from source to sink, a step a line; empty where there is none to show.
pub(super) fn way(finding: &Finding) -> Vec<&Related> {
    let flows = matches!(&*finding.stage, "sast" | "insecure");
    if !flows || finding.related.len() < 2 {
        return Vec::new();
    }
    let mut steps: Vec<&Related> = Vec::new();
    let last = finding.related.len() - 1;
    for (at, step) in finding.related.iter().enumerate() {
        match steps.last() {
            // Two steps on one line: the first says more, the last is the sink.
            Some(before) if before.place.line == step.place.line && before.path == step.path && at != last => {}
            _ => steps.push(step),
        }
    }
    steps
}

/// `app.py:12  what happens there`.
pub(super) fn step(step: &Related) -> String {
    format!("{}:{}  {}", step.path, step.place.line, step.message)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_plain_addresses_become_links() {
        assert_eq!(web("https://docs.example.org/a?b=1#c"), Some("https://docs.example.org/a?b=1#c"));
        for hostile in ["javascript:alert(1)", "https://a\" onclick=\"x", "https://a b", "data:text/html,x", "https://"]
        {
            assert_eq!(web(hostile), None, "{hostile}");
        }
    }

    #[test]
    fn a_cut_text_says_so() {
        assert_eq!(cut("grün", 4), "grün");
        assert_eq!(cut("grüner", 4), "grü…");
    }
}
