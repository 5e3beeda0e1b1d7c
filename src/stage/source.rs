//! A file as the findings of stages see it: its lines, what the change brought of them, and what may be shown of
//! it. Reads through a [`Reader`]; knows no tool and no rule but those that hide values.

use std::collections::HashMap;
use std::ops::Range;
use std::sync::LazyLock;

use super::Task;
use crate::change::{Change, Content, Reader};
use crate::diff;
use crate::engine::{Engine, FileFacts, Input, unicode};
use crate::finding::{Excerpt, ExcerptLine, Finding, Place, State};
use crate::paths::RepoPath;
use crate::policy;
use crate::rules::{Gate, Pack, RuleSet};
use crate::text::{LineIndex, escape, line_bounds, mask_all};

/// Characters of a line that an excerpt shows, at most.
const WIDTH: usize = 160;
/// Bytes of a line without white space from which on it can be told from others.
const TELLING: usize = 4;

/// What a change brought of some lines.
pub(super) enum Brought {
    /// It does not touch them.
    Nothing,
    /// It moved or indented them.
    Moved,
    /// Some of them are new.
    New,
}

/// A changed file, read.
pub(super) struct SourceFile {
    pub(super) text: Vec<u8>,
    pub(super) index: LineIndex,
    added: Vec<Range<usize>>,
    /// How often each line stands in the new text, and in each old one.
    now: HashMap<[u8; 32], u32>,
    before: Vec<HashMap<[u8; 32], u32>>,
    hidden: Vec<(Range<usize>, usize)>,
}

/// Adds to the findings of an in-process stage what the source says: the line as it may be shown, and whether a
/// comment there allows it.
pub fn annotate(findings: &mut [Finding], task: &Task<'_>, secrets: &Engine) {
    let mut files: HashMap<RepoPath, Option<SourceFile>> = HashMap::new();
    for finding in findings.iter_mut().filter(|finding| finding.place.line > 0) {
        let read = || SourceFile::untouched_in(task, &finding.path, secrets);
        let file = files.entry(finding.path.clone()).or_insert_with(read);
        let Some(file) = file else { continue };
        let Some(start) = file.index.start(finding.place.line) else { continue };
        let line = line_bounds(&file.text, start);
        if finding.excerpt.lines.is_empty() {
            finding.excerpt = file.excerpt(&line, finding.place);
        }
        let above = line.start.checked_sub(1).map(|newline| &file.text[line_bounds(&file.text, newline)]);
        let marks = policy::marks(&file.text[line], above);
        let covering = marks.into_iter().find(|mark| mark.covers_named(&finding.rule, Pack::Insecure));
        if let Some(mark) = covering.filter(|_| finding.state == State::New) {
            finding.state = State::Allowed;
            finding.reason = Some(mark.reason.unwrap_or_else(|| policy::NO_REASON.to_owned()));
        }
    }
}

/// The parts of `text` that hold a value which the rules for secrets find, each with the bytes of it that may be
/// shown: none.
pub(super) fn hidden(text: &[u8], facts: FileFacts, path: &[u8], engine: &Engine) -> Vec<(Range<usize>, usize)> {
    let whole: Vec<_> = std::iter::once(0..text.len()).collect();
    let found = engine.search(&Input { text, added: &whole, facts, path });
    let secrets = found.matches.into_iter().filter(|found| found.secret.is_some());
    secrets.map(|found| (found.at, 0)).collect()
}

/// `line` with a star for each value in it that the built-in rules for secrets find, whatever the configuration, the gate
/// and the file are: what is made of it is the same everywhere.
pub(super) fn without_values(line: &[u8]) -> Vec<u8> {
    static SECRETS: LazyLock<Engine> =
        LazyLock::new(|| Engine::new(RuleSet::default().limited_to(&[Pack::Secrets], Gate::Ci)));
    let mut out = Vec::with_capacity(line.len());
    let mut from = 0;
    for (span, _) in hidden(line, FileFacts::default(), b"", &SECRETS) {
        out.extend_from_slice(&line[from..span.start.max(from)]);
        out.push(b'*');
        from = span.end.max(from);
    }
    out.extend_from_slice(&line[from..]);
    out
}

impl SourceFile {
    pub(super) fn read(change: &Change, reader: &mut dyn Reader, engine: &Engine, limit: u64) -> Option<Self> {
        let Content::Blobs { new, old } = &change.content else { return None };
        let text = unicode::to_utf8(reader.read(new.as_ref()?, limit).ok()?.bytes);
        let olds: Vec<Vec<u8>> =
            old.iter().filter_map(|old| Some(unicode::to_utf8(reader.read(old, limit).ok()?.bytes))).collect();
        // An old side that cannot be read makes every line count as added.
        let olds: Vec<&[u8]> =
            if olds.len() == old.len() { olds.iter().map(Vec::as_slice).collect() } else { Vec::new() };
        let added = diff::added_ranges(&text, &olds);
        let (now, before) = (counted(&text), olds.into_iter().map(counted).collect());
        let hidden = hidden(&text, FileFacts::of(&change.path, &text), change.path.as_bytes(), engine);
        Some(Self { index: LineIndex::new(&text, 1), text, added, now, before, hidden })
    }

    /// The file at `path` on the side that is judged. `None` where it cannot be read: then nothing is shown of it.
    fn untouched_in(task: &Task<'_>, path: &RepoPath, engine: &Engine) -> Option<Self> {
        let loaded = task.head.read(path, task.limit).ok()??;
        Some(Self::untouched(unicode::to_utf8(loaded.bytes), path, engine))
    }

    /// A file of which only the text counts, not what a change brought of it.
    fn untouched(text: Vec<u8>, path: &RepoPath, engine: &Engine) -> Self {
        let hidden = hidden(&text, FileFacts::of(path, &text), path.as_bytes(), engine);
        let (added, now, before) = (Vec::new(), HashMap::new(), Vec::new());
        Self { index: LineIndex::new(&text, 1), text, added, now, before, hidden }
    }

    /// What the change brought of the lines in `span`.
    pub(super) fn brought(&self, span: Range<usize>) -> Brought {
        let first = self.added.partition_point(|range| range.end <= span.start);
        let mut brought = Brought::Nothing;
        for range in self.added[first..].iter().take_while(|range| range.start < span.end.max(span.start + 1)) {
            brought = Brought::Moved;
            let part = &self.text[range.start.max(span.start)..range.end.min(span.end.max(span.start))];
            // Braces and empty lines stand everywhere; only where there is nothing else they count.
            let mut telling = part.split(|&byte| byte == b'\n').filter(|line| packed(line).len() >= TELLING).peekable();
            if telling.peek().is_none() || !telling.all(|line| self.had(line)) {
                return Brought::New;
            }
        }
        brought
    }

    /// Whether `line` stood in an old text as often as it stands now: then it was moved or indented only.
    fn had(&self, line: &[u8]) -> bool {
        let packed = packed(line);
        let key = key(&packed);
        let now = self.now.get(&key).copied().unwrap_or_default();
        packed.len() >= TELLING && self.before.iter().any(|old| old.get(&key).is_some_and(|before| *before >= now))
    }

    pub(super) fn excerpt(&self, line: &Range<usize>, place: Place) -> Excerpt {
        let text = &self.text[line.clone()];
        // Columns of the tool, taken for characters. Only where the mark goes depends on it.
        let is_start = |at: usize| text.get(at).is_none_or(|byte| byte & 0xC0 != 0x80);
        let starts = || (0..text.len()).filter(|&at| is_start(at));
        let column = |column: u32| starts().nth(column.max(1) as usize - 1).unwrap_or(text.len());
        let start = column(place.column);
        let end = if place.end_line == place.line && place.end_column > place.column {
            column(place.end_column)
        } else {
            text.trim_ascii_end().len().max(start)
        };
        let boundary = |at: usize| (at..text.len()).find(|&at| is_start(at)).unwrap_or(text.len());
        let from = boundary(start.saturating_sub(WIDTH / 2));
        let to = boundary(text.len().min(from + WIDTH));
        let first = self.hidden.partition_point(|(span, _)| span.end <= line.start + from);
        let window: Vec<(Range<usize>, usize)> = self.hidden[first..]
            .iter()
            .take_while(|(span, _)| span.start < line.start + to)
            .map(|(span, _)| {
                let at = |at: usize| at.saturating_sub(line.start + from).min(to - from);
                (at(span.start)..at(span.end), 0)
            })
            .collect();
        let shown = mask_all(&text[from..to], &window);
        let shown = shown.trim_ascii_end();
        let width = |upto: usize| escape(&shown[..upto.min(shown.len())]).to_string().chars().count();
        let mark = (width(start - from), width(end.max(boundary(start + 1)).saturating_sub(from)));
        Excerpt { lines: vec![ExcerptLine { number: place.line, text: escape(shown).to_string() }], mark }
    }
}

/// How often each line stands in `text`, white space left out.
fn counted(text: &[u8]) -> HashMap<[u8; 32], u32> {
    let mut counts = HashMap::new();
    for line in text.split(|&byte| byte == b'\n') {
        let packed = packed(line);
        if packed.len() >= TELLING {
            *counts.entry(key(&packed)).or_default() += 1;
        }
    }
    counts
}

fn packed(line: &[u8]) -> Vec<u8> {
    line.iter().copied().filter(|byte| !byte.is_ascii_whitespace()).collect()
}

fn key(packed: &[u8]) -> [u8; 32] {
    *blake3::hash(packed).as_bytes()
}
