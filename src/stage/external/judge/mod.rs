//! What tools report -> findings: where they stand, whether the change brought them, and how they may be
//! shown.

use std::collections::HashMap;
use std::ops::Range;
use std::path::Path;

use crate::change::{Change, Content, Reader};
use crate::config::{Format, StageConfig};
use crate::diff;
use crate::engine::{Engine, FileFacts, Input, unicode};
use crate::finding::{
    Advice, Confidence, Excerpt, ExcerptLine, Finding, Fingerprint, Place, Salt, Severity, State, Text,
};
use crate::paths::RepoPath;
use crate::policy;
use crate::rules::Pack;
use crate::stage::external::export::new_side;
use crate::stage::external::parse::Reported;
use crate::text::{LineIndex, escape, line_bounds, mask_all};

/// Characters of a line that an excerpt shows, at most.
const WIDTH: usize = 160;
/// Bytes of a line without white space from which on it can be told from others.
const TELLING: usize = 4;

/// One judge a stage: reads each file once.
pub(in crate::stage::external) struct Judge<'j> {
    pub(in crate::stage::external) stage: &'j StageConfig,
    /// The exported tree, for tools that report absolute paths.
    pub(in crate::stage::external) dir: &'j Path,
    pub(in crate::stage::external) changes: HashMap<&'j [u8], &'j Change>,
    pub(in crate::stage::external) reader: Box<dyn Reader + 'j>,
    /// Rules for secrets: what is shown of a line or a message hides their values.
    pub(in crate::stage::external) engine: &'j Engine,
    pub(in crate::stage::external) salt: &'j Salt,
    pub(in crate::stage::external) limit: u64,
    pub(in crate::stage::external) files: HashMap<Vec<u8>, Option<File>>,
}

/// What a change brought of some lines.
enum Brought {
    /// It does not touch them.
    Nothing,
    /// It moved or indented them.
    Moved,
    /// Some of them are new.
    New,
}

/// A changed file, read.
pub(in crate::stage::external) struct File {
    text: Vec<u8>,
    index: LineIndex,
    added: Vec<Range<usize>>,
    /// How often each line stands in the new text, and in each old one.
    now: HashMap<[u8; 32], u32>,
    before: Vec<HashMap<[u8; 32], u32>>,
    hidden: Vec<(Range<usize>, usize)>,
}

/// A path as a tool names it, from `dir`.
pub(in crate::stage::external) fn within(dir: &Path, path: &[u8]) -> Vec<u8> {
    let dir = dir.as_os_str().as_encoded_bytes();
    let inner = match path.strip_prefix(dir) {
        Some(rest) if !dir.is_empty() && rest.first() == Some(&b'/') => &rest[1..],
        _ => path,
    };
    let parts: Vec<&[u8]> = inner.split(|&byte| byte == b'/').filter(|part| *part != b".").collect();
    parts.join(&b'/')
}

impl Judge<'_> {
    /// The finding that `reported` is.
    pub(in crate::stage::external) fn finding(&mut self, reported: &Reported) -> Finding {
        let path = self.path(&reported.path);
        let rule = self.rule(reported);
        let message = self.shown(&reported.message);
        let severity = self.severity(reported);
        let place = Place {
            line: reported.line,
            column: reported.column.max(u32::from(reported.line > 0)),
            end_line: reported.end_line.max(reported.line),
            end_column: reported.end_column,
        };
        let (state, reason, excerpt, line) = self.judged(&path, place, &rule);
        let code = line.unwrap_or_else(|| match self.stage.format {
            // What a program says when it fails may hold times and names of directories.
            Format::ExitCode => b"exit code".to_vec(),
            _ => [reported.rule.as_bytes(), b" ", message.as_bytes()].concat(),
        });
        let fingerprint = Fingerprint::of_code(self.salt, &rule, path.as_bytes(), &code);
        let title = match (message.is_empty(), self.stage.secrets) {
            (false, false) => message,
            _ => format!("`{}` found by {}", escape(reported.rule.as_bytes()), self.stage.name),
        };
        let (state, reason) = match &reported.suppressed {
            Some(why) => (State::Allowed, Some(escape(why.as_bytes()).to_string())),
            None => (state, reason),
        };
        let text = |text: &str| Text::Owned(escape(text.as_bytes()).to_string());
        Finding {
            rule: rule.into(),
            title: title.into(),
            stage: self.stage.name.clone().into(),
            severity,
            tier: self.stage.tier,
            confidence: Confidence::Medium,
            path,
            place,
            fingerprint,
            masked: String::new(),
            excerpt,
            cwe: reported.cwe.iter().map(|number| Text::Owned(format!("CWE-{number}"))).collect(),
            owasp: Vec::new().into(),
            advice: Advice {
                fix: if self.stage.secrets { Text::default() } else { self.shown(&reported.fix).into() },
                reference: text(&reported.reference),
                ..Advice::default()
            },
            commit: None,
            author: None,
            state,
            reason,
            encoding: Vec::new(),
            package: None,
            tools: vec![self.stage.name.clone().into()],
        }
    }

    /// `stage/rule`: no tool's rule is taken for another's or for a built-in one.
    fn rule(&self, reported: &Reported) -> String {
        let own: String = escape(reported.rule.as_bytes()).to_string().chars().take(120).collect();
        // Some tools put their own name in front.
        let own = own.strip_prefix(&format!("{}/", self.stage.name)).unwrap_or(&own);
        if own.is_empty() { self.stage.name.clone() } else { format!("{}/{own}", self.stage.name) }
    }

    fn severity(&self, reported: &Reported) -> Severity {
        let own = self.stage.severities.get(&reported.word.to_lowercase()).copied();
        own.or(reported.severity).unwrap_or(self.stage.severity)
    }

    /// The path in the repository. What lies outside the export keeps its name.
    fn path(&self, path: &[u8]) -> RepoPath {
        if path.is_empty() {
            return RepoPath::new(format!("stage {}", self.stage.name).into_bytes());
        }
        let inner = within(self.dir, path);
        // To some tools `/` is the directory that they look at.
        match inner.strip_prefix(b"/") {
            Some(rest) if self.changes.contains_key(rest) => RepoPath::new(rest),
            _ => RepoPath::new(inner),
        }
    }

    /// Whether it is new, why it is not, what is shown of the source, and the line that it stands in.
    fn judged(
        &mut self,
        path: &RepoPath,
        place: Place,
        rule: &str,
    ) -> (State, Option<String>, Excerpt, Option<Vec<u8>>) {
        let existing = |why: &str| (State::Existing, Some(why.to_owned()), Excerpt::default(), None);
        let Some(&change) = self.changes.get(path.as_bytes()) else {
            let is_file = path.as_bytes() != format!("stage {}", self.stage.name).as_bytes();
            // A tool that names no file speaks of the whole.
            return if is_file {
                existing("stands in a file that this change does not touch")
            } else {
                (State::New, None, Excerpt::default(), None)
            };
        };
        self.read(path, change);
        let Some(Some(file)) = self.files.get(path.as_bytes()) else {
            // What cannot be read is never called old.
            return (State::New, None, Excerpt::default(), None);
        };
        let Some(start) = file.index.start(place.line.max(1)).filter(|_| place.line > 0) else {
            return (State::New, None, Excerpt::default(), None);
        };
        let line = line_bounds(&file.text, start);
        let last = file.index.start(place.end_line.saturating_add(1)).unwrap_or(file.text.len()).max(line.end);
        let excerpt = if self.stage.secrets { Excerpt::default() } else { file.excerpt(&line, place) };
        let own = file.text[line.clone()].to_vec();
        match file.brought(line.start..last) {
            Brought::Nothing => {
                let why = "stands in lines that this change does not touch".to_owned();
                return (State::Existing, Some(why), excerpt, Some(own));
            }
            Brought::Moved => {
                return (State::Existing, Some("stood there before this change".to_owned()), excerpt, Some(own));
            }
            Brought::New => {}
        }
        let above = line.start.checked_sub(1).map(|newline| &file.text[line_bounds(&file.text, newline)]);
        let pack = if self.stage.secrets { Pack::Secrets } else { Pack::Insecure };
        let mark = policy::marks(&own, above).into_iter().find(|mark| mark.covers_named(rule, pack));
        match mark {
            Some(mark) => {
                let why = mark.reason.unwrap_or_else(|| "no reason given".to_owned());
                (State::Allowed, Some(why), excerpt, Some(own))
            }
            None => (State::New, None, excerpt, Some(own)),
        }
    }

    fn read(&mut self, path: &RepoPath, change: &Change) {
        if self.files.contains_key(path.as_bytes()) {
            return;
        }
        let file = File::read(change, self.reader.as_mut(), self.engine, self.limit);
        self.files.insert(path.as_bytes().to_vec(), file);
    }

    /// A tool's text as it may be shown: values that look like secrets are hidden, and what a terminal
    /// could be misled by is spelled out.
    fn shown(&self, text: &str) -> String {
        let masked = masked(&crate::stage::external::without_escapes(text.as_bytes()), self.engine);
        let text = escape(&masked).to_string();
        text.split_whitespace().collect::<Vec<_>>().join(" ")
    }
}

/// `text` with every value in it hidden that the rules for secrets find.
pub(in crate::stage::external) fn masked(text: &[u8], engine: &Engine) -> Vec<u8> {
    mask_all(text, &hidden(text, FileFacts::default(), b"", engine))
}

fn hidden(text: &[u8], facts: FileFacts, path: &[u8], engine: &Engine) -> Vec<(Range<usize>, usize)> {
    let whole: Vec<_> = std::iter::once(0..text.len()).collect();
    let found = engine.search(&Input { text, added: &whole, facts, path });
    let secrets = found.matches.into_iter().filter(|found| found.secret.is_some());
    secrets.map(|found| (found.at, 0)).collect()
}

impl File {
    fn read(change: &Change, reader: &mut dyn Reader, engine: &Engine, limit: u64) -> Option<Self> {
        let text = unicode::to_utf8(reader.read(new_side(change)?, limit).ok()?.bytes);
        let Content::Blobs { old, .. } = &change.content else { return None };
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

    /// What the change brought of the lines in `span`.
    fn brought(&self, span: Range<usize>) -> Brought {
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

    fn excerpt(&self, line: &Range<usize>, place: Place) -> Excerpt {
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

#[cfg(test)]
mod tests;
