//! Matches to findings: place, mask, excerpt, fingerprint.

use std::collections::HashMap;
use std::ops::Range;

use super::Options;
use crate::change::{Change, Fragment, Kind};
use crate::engine::{Engine, FileFacts, Match};
use crate::finding::{Advice, Code, Excerpt, ExcerptLine, Finding, Fingerprint, Found, Kept, Kind as Maker, Text};
use crate::rules::Rule;
use crate::stage::source::without_values;
use crate::text::{LineIndex, escape, line_bounds, mask_all, mask_value};

/// Characters of a line that an excerpt shows, at most.
const WIDTH: usize = 160;

/// Bytes before a value that may name it, at most.
const NAME: usize = 120;

/// Findings for `matches` in `fragment`.
pub(super) fn findings(
    change: &Change,
    fragment: &Fragment,
    matches: &[Match],
    engine: &Engine,
    options: &Options,
) -> Vec<Finding> {
    if matches.is_empty() {
        return Vec::new();
    }
    let text = &fragment.text[..];
    let index = LineIndex::new(text, fragment.first_line);
    // In order and without overlap, as the engine gives them: an excerpt looks at its own only.
    let hidden: Vec<(Range<usize>, usize)> = matches
        .iter()
        .filter(|found| found.secret.is_some() && !found.at.is_empty())
        .map(|found| (found.at.clone(), engine.rules()[found.rule].public_prefix(&text[found.at.clone()])))
        .collect();
    let mut prints = Prints { change, text, options, kinds: HashMap::new(), line: None };
    matches
        .iter()
        .map(|found| {
            let rule = &engine.rules()[found.rule];
            let (fingerprint, kept) = prints.of(found, rule);
            let masked = found
                .secret
                .as_ref()
                .map(|secret| mask_value(secret.expose(), rule.public_prefix(secret.expose())))
                .unwrap_or_default();
            let place = index.place(text, &found.at);
            Finding {
                tier: found.tier,
                kept,
                masked,
                place,
                excerpt: excerpt(text, &found.at, &hidden, place.line),
                encoding: found.encoding.clone(),
                because: found.because.clone(),
                ..blank(rule, change, fingerprint)
            }
        })
        .collect()
}

/// Names the matches of one text.
struct Prints<'p> {
    change: &'p Change,
    text: &'p [u8],
    options: &'p Options,
    kinds: HashMap<Text, Maker>,
    /// The last line of code: many matches may stand in one long line.
    line: Option<ShownLine>,
}

/// A line of code that is named.
struct ShownLine {
    at: Range<usize>,
    hidden: Vec<u8>,
    /// By rule.
    names: HashMap<Text, Name>,
}

type Name = (Fingerprint, Option<Kept>);

impl Prints<'_> {
    fn of(&mut self, found: &Match, rule: &Rule) -> Name {
        let path = self.change.path.as_bytes();
        let Some(value) = &found.secret else { return self.of_code(found, rule) };
        let kind = match self.kinds.get(&rule.id) {
            Some(kind) => *kind,
            None => *self.kinds.entry(rule.id.clone()).or_insert(rule.kind()),
        };
        let name = name_before(self.text, found);
        Found { rule: &rule.id, value, kind, path, name: &name }.fingerprint(&self.options.salt)
    }

    fn of_code(&mut self, found: &Match, rule: &Rule) -> Name {
        let at = line_bounds(self.text, found.span.start);
        let code = &self.text[at.clone()];
        let last = self.line.take().filter(|last| last.at == at);
        let line = last.unwrap_or_else(|| ShownLine { at, hidden: without_values(code), names: HashMap::new() });
        let ShownLine { hidden, names, .. } = self.line.insert(line);
        let path = self.change.path.as_bytes();
        let make =
            || Code { rule: &rule.id, path, line: code, hidden, is_value: false }.fingerprint(&self.options.salt);
        names.entry(rule.id.clone()).or_insert_with(make).clone()
    }
}

/// What names a value: the end of what the match covers before it, in its own line, without blanks and quotes.
fn name_before(text: &[u8], found: &Match) -> Vec<u8> {
    let line = line_bounds(text, found.at.start).start;
    let from = found.span.start.max(line).max(found.at.start.saturating_sub(NAME)).min(found.at.start);
    let is_name =
        |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-' | b'.' | b'/') || !byte.is_ascii();
    text[from..found.at.start].iter().copied().filter(is_name).collect()
}

/// Findings of rules that fire on a new file's name alone.
pub(super) fn by_name(change: &Change, fragments: &[Fragment], engine: &Engine, options: &Options) -> Vec<Finding> {
    let added: Vec<_> = fragments.iter().map(|fragment| (&fragment.text[..], &fragment.added[..])).collect();
    let facts = FileFacts::of(&change.path, b"");
    engine
        .rules()
        .by_name()
        // A file of settings that was for everyone may become one that is not.
        .filter(|(_, rule)| change.kind == Kind::Added || !rule.judge.is_empty())
        .filter(|(_, rule)| Engine::fires_by_name(rule, &facts, change.path.as_bytes(), &added))
        .map(|(_, rule)| {
            let fingerprint = Fingerprint::of_code(&options.salt, &rule.id, change.path.as_bytes(), b"");
            blank(rule, change, fingerprint)
        })
        .collect()
}

/// All that the rule and the change tell.
pub(super) fn blank(rule: &Rule, change: &Change, fingerprint: Fingerprint) -> Finding {
    Finding {
        title: rule.title.clone(),
        severity: rule.severity,
        tier: rule.tier,
        confidence: rule.confidence,
        cwe: rule.cwe.clone(),
        owasp: rule.owasp.clone(),
        advice: Advice {
            why: rule.why.clone(),
            fix: rule.fix.clone(),
            rotate: rule.rotate.clone(),
            reference: rule.reference.clone(),
        },
        commit: change.commit.as_ref().map(|commit| commit.id.to_string()),
        author: change.commit.as_ref().map(|commit| escape(&commit.author).to_string()),
        ..Finding::new(rule.pack.word(), rule.id.clone(), change.path.clone(), fingerprint)
    }
}

fn excerpt(text: &[u8], at: &Range<usize>, hidden: &[(Range<usize>, usize)], number: u32) -> Excerpt {
    let line = line_bounds(text, at.start);
    let from = line.start.max(at.start.saturating_sub(WIDTH / 2));
    let to = line.end.min(from + WIDTH);
    let first = hidden.partition_point(|(span, _)| span.end <= from);
    let window: Vec<(Range<usize>, usize)> = hidden[first..]
        .iter()
        .take_while(|(span, _)| span.start < to)
        .map(|(span, keep)| {
            let cut = from.saturating_sub(span.start);
            (span.start.max(from) - from..span.end.min(to) - from, keep.saturating_sub(cut))
        })
        .collect();
    let masked = mask_all(&text[from..to], &window);
    let masked = masked.strip_suffix(b"\r").unwrap_or(&masked);
    let width = |upto: usize| escape(&masked[..upto.min(masked.len())]).to_string().chars().count();
    let mark = (width(at.start - from), width(at.end.min(to).saturating_sub(from)));
    Excerpt { lines: vec![ExcerptLine { number, text: escape(masked).to_string() }], mark }
}
