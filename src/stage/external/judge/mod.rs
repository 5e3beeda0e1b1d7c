//! What tools report -> findings: where they stand, whether the change brought them, and how they may be
//! shown.

use std::collections::HashMap;
use std::path::Path;

use crate::change::{Change, Reader};
use crate::config::{Format, StageConfig};
use crate::engine::{Engine, FileFacts};
use crate::finding::{Advice, Code, Excerpt, Finding, Package, Place, Salt, Severity, State, Text};
use crate::paths::RepoPath;
use crate::policy;
use crate::rules::Pack;
use crate::sca::Ecosystem;
use crate::sca::purl::Purl;
use crate::stage::external::parse::Reported;
use crate::stage::external::valued;
use crate::stage::source::{Brought, SourceFile, hidden, without_values};
use crate::text::{escape, line_bounds, mask_all};

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
    pub(in crate::stage::external) files: HashMap<Vec<u8>, Option<SourceFile>>,
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

/// The package that a tool names.
fn package(reported: &Reported) -> Option<Package> {
    let purl = Purl::parse(&reported.package);
    let known = purl.as_ref().and_then(Purl::package);
    let (ecosystem, name, version) = match (known, purl) {
        (Some((ecosystem, name)), Some(purl)) => (Some(ecosystem), name, purl.version),
        _ => (Ecosystem::from_word(&reported.ecosystem), reported.package.clone(), String::new()),
    };
    let version = if version.is_empty() { reported.version.clone() } else { version };
    let shown = |text: &str| Text::Owned(escape(text.as_bytes()).to_string());
    (!name.is_empty() && name.len() < 300 && version.len() < 300).then(|| Package {
        ecosystem: ecosystem.map_or("", Ecosystem::name).into(),
        name: shown(&name),
        version: shown(&version),
        purl: ecosystem.map_or_else(Text::default, |one| Purl::of(one, &name, &version).to_string().into()),
        fixed: Text::default(),
    })
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
        let rule = Text::from(rule);
        let (fingerprint, kept) = Code {
            rule: &rule,
            path: path.as_bytes(),
            line: &code,
            hidden: &self.hidden(&code, place),
            is_value: self.stage.secrets,
        }
        .fingerprint(self.salt);
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
            title: title.into(),
            severity,
            tier: self.stage.tier,
            place,
            kept,
            excerpt,
            cwe: reported.cwe.iter().map(|number| Text::Owned(format!("CWE-{number}"))).collect(),
            advice: Advice {
                fix: if self.stage.secrets { Text::default() } else { self.shown(&reported.fix).into() },
                reference: text(&reported.reference),
                ..Advice::default()
            },
            state,
            reason,
            ids: reported.ids.iter().map(|id| Text::Owned(escape(id.as_bytes()).to_string())).collect(),
            package: package(reported),
            tools: vec![self.stage.name.clone().into()],
            ..Finding::new(self.stage.name.clone(), rule, path, fingerprint)
        }
    }

    /// `code` without the values in it. Of a tool that looks for secrets, also without what it found.
    fn hidden(&self, code: &[u8], place: Place) -> Vec<u8> {
        let mut hidden = without_values(code);
        if self.stage.secrets && hidden == code && place.end_line == place.line && place.end_column > place.column {
            let column = |column: u32| (column as usize).saturating_sub(1).min(hidden.len());
            hidden.splice(column(place.column)..column(place.end_column), [b'*']);
        } else if self.stage.secrets && hidden == code {
            // Nothing tells which part of it is the value.
            hidden = Vec::new();
        }
        hidden
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
            // A tool that names no file is about the whole.
            return if is_file {
                existing("is in a file that this change does not touch")
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
                let why = "is in lines that this change does not touch".to_owned();
                return (State::Existing, Some(why), excerpt, Some(own));
            }
            Brought::Moved => {
                return (State::Existing, Some("was there before this change".to_owned()), excerpt, Some(own));
            }
            Brought::New => {}
        }
        let above = line.start.checked_sub(1).map(|newline| &file.text[line_bounds(&file.text, newline)]);
        let pack = if self.stage.secrets { Pack::Secrets } else { Pack::Insecure };
        let mark = policy::marks(&own, above).into_iter().find(|mark| mark.covers_named(rule, pack));
        match mark {
            Some(mark) => {
                let why = mark.reason.unwrap_or_else(|| policy::NO_REASON.to_owned());
                (State::Allowed, Some(why), excerpt, Some(own))
            }
            None => (State::New, None, excerpt, Some(own)),
        }
    }

    fn read(&mut self, path: &RepoPath, change: &Change) {
        if self.files.contains_key(path.as_bytes()) {
            return;
        }
        let file = SourceFile::read(change, self.reader.as_mut(), self.engine, self.limit);
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

/// `text` with every value in it hidden that the rules for secrets find, or that looks like one: what a tool
/// says is made of rules that are not ours, and shown where no one looks for secrets.
pub(in crate::stage::external) fn masked(text: &[u8], engine: &Engine) -> Vec<u8> {
    let mut spans = hidden(text, FileFacts::default(), b"", engine);
    spans.extend(valued::values(text).into_iter().map(|span| (span, 0)));
    mask_all(text, &spans)
}

#[cfg(test)]
mod tests;
