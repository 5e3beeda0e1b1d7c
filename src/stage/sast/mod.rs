//! The stage `sast`: changed source files through the engine of [`crate::sast`], each with what it imports from
//! the repository, judged against the same look at the base. Knows snapshots and findings; the engine knows neither.

mod neighbours;

use std::borrow::Cow;
use std::cell::RefCell;
use std::collections::HashMap;
use std::time::Instant;

use super::{Looked, Needs, RuleCard, Stage, Task};
use crate::change::{Change, Content, Entry, Kind, Snapshot};
use crate::config::Config;
use crate::engine::FileFacts;
use crate::finding::{Advice, Finding, Fingerprint, Gap, GapKind, Outcome, Related, State};
use crate::paths::RepoPath;
use crate::rules::{Gate, GateSet, Named, Pack};
use crate::sast::{Analyst, Found, Grammar, Input, Parsed, Rule, all_ids, languages};
use crate::text::{LineIndex, line_bounds};

/// The largest file that is looked at, in bytes.
const LARGEST: u64 = 1_000_000;
/// The stack of the thread that looks: nesting is bounded, and this holds all of it.
const STACK: usize = 64 << 20;

/// Flaws by syntax, constants and the flow of data.
pub struct Sast;

impl Stage for Sast {
    fn name(&self) -> &'static str {
        "sast"
    }

    fn usual(&self) -> GateSet {
        GateSet(1 << Gate::Push as u8 | 1 << Gate::Ci as u8)
    }

    fn rule_ids(&self) -> Vec<&'static str> {
        all_ids().collect()
    }

    fn rule_cards(&self) -> Vec<RuleCard> {
        let analysts = languages().into_iter().filter_map(|language| Analyst::new(language).ok());
        let card = |rule: &Rule| RuleCard {
            stage: "sast",
            id: rule.id.clone(),
            title: rule.title.clone(),
            severity: rule.severity.clone(),
            tier: rule.tier.clone(),
            cwe: rule.cwe.clone(),
            why: rule.why.clone(),
            fix: rule.fix.clone(),
            reference: rule.reference.clone(),
            hit: rule.hits.first().cloned().unwrap_or_default(),
            miss: rule.misses.first().cloned().unwrap_or_default(),
        };
        analysts.flat_map(|analyst| analyst.rules().iter().map(card).collect::<Vec<_>>()).collect()
    }

    fn needs(&self) -> Needs {
        Needs::NetChange
    }

    fn is_for(&self, change: &Change, _: &Config) -> bool {
        change.kind != Kind::Deleted && is_source(change.entry) && language_of(&change.path).is_some()
    }

    fn look(&self, task: &Task<'_>) -> Looked {
        let work = || look(task);
        let looked = std::thread::scope(|scope| {
            let thread =
                std::thread::Builder::new().name("sast".to_owned()).stack_size(STACK).spawn_scoped(scope, work);
            thread.map(std::thread::ScopedJoinHandle::join)
        });
        match looked {
            Ok(Ok(looked)) => looked,
            Ok(Err(_)) => Looked::not(Outcome::Failed("it panicked: please report this".to_owned())),
            Err(error) => Looked::not(Outcome::Failed(format!("no thread: {error}"))),
        }
    }
}

fn is_source(entry: Entry) -> bool {
    matches!(entry, Entry::File | Entry::Executable)
}

/// The grammar and the name of the rules for a file of that name.
fn language_of(path: &RepoPath) -> Option<(Grammar, &'static str)> {
    let name = path.as_bytes().rsplit(|&byte| byte == b'/').next()?;
    let dot = name.iter().rposition(|&byte| byte == b'.')?;
    Some(match &name[dot + 1..] {
        b"py" | b"pyw" => (Grammar::Python, "python"),
        b"js" | b"mjs" | b"cjs" | b"jsx" => (Grammar::JavaScript, "javascript"),
        b"ts" | b"mts" | b"cts" => (Grammar::TypeScript, "javascript"),
        b"tsx" => (Grammar::Tsx, "javascript"),
        b"java" => (Grammar::Java, "java"),
        b"go" => (Grammar::Go, "go"),
        _ => return None,
    })
}

/// One side of the change, with what was parsed of it.
struct Side<'t> {
    snapshot: &'t dyn Snapshot,
    properties: RefCell<Option<HashMap<String, String>>>,
    parsed: RefCell<HashMap<(RepoPath, String), Parsed>>,
}

impl<'t> Side<'t> {
    fn of(snapshot: &'t dyn Snapshot) -> Self {
        Self { snapshot, properties: RefCell::default(), parsed: RefCell::default() }
    }

    /// What the engine finds in the file at `path` that holds `bytes`, and the files that took part.
    fn look(
        &self,
        analyst: &mut Analyst,
        path: &RepoPath,
        bytes: &[u8],
        grammar: Grammar,
    ) -> (crate::sast::Outcome, Vec<RepoPath>) {
        let module = neighbours::module_of(path, grammar);
        let parsed = analyst.parse(&Input { module, bytes, grammar });
        let mut paths = vec![path.clone()];
        let mut files = vec![parsed];
        for (path, module) in neighbours::of(self.snapshot, path, bytes, grammar, files[0].imports()) {
            let key = (path.clone(), module);
            let known = self.parsed.borrow().get(&key).cloned();
            let parsed = match known {
                Some(parsed) => parsed,
                None => {
                    let Ok(Some(loaded)) = self.snapshot.read(&path, neighbours::LARGEST) else { continue };
                    if loaded.size > neighbours::LARGEST {
                        continue;
                    }
                    let input = Input { module: key.1.clone(), bytes: &loaded.bytes, grammar };
                    let parsed = analyst.parse(&input);
                    self.parsed.borrow_mut().insert(key, parsed.clone());
                    parsed
                }
            };
            paths.push(path);
            files.push(parsed);
        }
        if grammar == Grammar::Java && self.properties.borrow().is_none() {
            *self.properties.borrow_mut() = Some(neighbours::properties(self.snapshot));
        }
        let properties = self.properties.borrow();
        let none = HashMap::new();
        (analyst.look(&files, properties.as_ref().unwrap_or(&none)), paths)
    }
}

fn look(task: &Task<'_>) -> Looked {
    let mut looked =
        Looked { outcome: Outcome::Ran, findings: Vec::new(), gaps: Vec::new(), notes: Vec::new(), files: 0 };
    let mut analysts: HashMap<&str, Analyst> = HashMap::new();
    let head = Side::of(task.head);
    let bases: Vec<Side<'_>> = task.bases.iter().map(|base| Side::of(*base)).collect();
    let mut reader = match task.store.reader() {
        Ok(reader) => reader,
        Err(error) => return Looked::not(Outcome::Failed(error.to_string())),
    };
    for change in task.changes {
        let Some((grammar, language)) = language_of(&change.path) else { continue };
        let Content::Blobs { new: Some(new), .. } = &change.content else { continue };
        if change.kind == Kind::Deleted || !is_source(change.entry) {
            continue;
        }
        if task.until.is_some_and(|until| Instant::now() >= until) {
            looked.outcome = Outcome::TimedOut;
            break;
        }
        let gap =
            |kind: GapKind, reason: String| Gap { path: Some(change.path.clone()), kind, reason, hint: String::new() };
        let loaded = match reader.read(new, LARGEST.min(task.limit)) {
            Ok(loaded) => loaded,
            Err(error) => {
                looked.gaps.push(gap(GapKind::Unread, error.to_string()));
                continue;
            }
        };
        if loaded.size > loaded.bytes.len() as u64 {
            // Generated and bundled code: the patterns look at it, the flow of data does not.
            looked.gaps.push(gap(GapKind::Tolerated, format!("larger than the {LARGEST} bytes that `sast` looks at")));
            continue;
        }
        if !analysts.contains_key(language) {
            match Analyst::new(language) {
                Ok(analyst) => drop(analysts.insert(language, analyst)),
                Err(faults) => return Looked::not(Outcome::Failed(faults.join("; "))),
            }
        }
        let Some(analyst) = analysts.get_mut(language) else { continue };
        looked.files += 1;
        let (outcome, paths) = head.look(analyst, &change.path, &loaded.bytes, grammar);
        if let Some(reason) = outcome.partly {
            // What does not parse is said, and the rest was looked at all the same.
            looked.gaps.push(gap(GapKind::Tolerated, format!("`sast` looked at a part of it: {reason}")));
        }
        if outcome.found.is_empty() {
            continue;
        }
        let mut texts: HashMap<RepoPath, Vec<u8>> = HashMap::new();
        texts.insert(change.path.clone(), loaded.bytes);
        let mut findings = told(task, analyst, &head, &outcome.found, &paths, &mut texts);
        for base in &bases {
            let Ok(Some(before)) = base.snapshot.read(&change.path, LARGEST) else { continue };
            let (outcome, paths) = base.look(analyst, &change.path, &before.bytes, grammar);
            let mut texts: HashMap<RepoPath, Vec<u8>> = HashMap::new();
            texts.insert(change.path.clone(), before.bytes);
            let stood = told(task, analyst, base, &outcome.found, &paths, &mut texts);
            mark_existing(&mut findings, &stood);
        }
        findings.retain(|finding| takes_part(&task.config.sets, language, finding));
        looked.findings.extend(findings);
    }
    looked.findings.sort_by(|one, other| {
        (&one.path, one.place.line, &one.rule).cmp(&(&other.path, other.place.line, &other.rule))
    });
    looked
        .findings
        .dedup_by(|one, other| one.rule == other.rule && one.path == other.path && one.place.line == other.place.line);
    keep_strongest(&mut looked.findings);
    looked
}

/// Whether the sets of rules that the configuration names have the rule of `finding`.
fn takes_part(sets: &[Named], language: &str, finding: &Finding) -> bool {
    let has = |set: &Named| match *set {
        Named::Default | Named::Pack(Pack::Insecure) => true,
        Named::Pack(_) => false,
        Named::BlockTier => finding.tier == crate::finding::Tier::Block,
        Named::Owasp(number) => finding.owasp.iter().any(|id| **id == format!("A{number:02}")),
        Named::Language(set) => set.word() == language || (set.word() == "typescript" && language == "javascript"),
    };
    sets.is_empty() || sets.iter().any(has)
}

/// Of two rules that name the same weakness in one line the stronger one tells it.
fn keep_strongest(findings: &mut Vec<Finding>) {
    let strength =
        |finding: &Finding| (finding.tier, finding.severity, finding.confidence, !finding.related.is_empty());
    let mut weaker = vec![false; findings.len()];
    for (at, finding) in findings.iter().enumerate() {
        let near = findings[..at].iter().enumerate().rev();
        for (before, other) in near.take_while(|(_, other)| other.path == finding.path) {
            if other.place.line != finding.place.line {
                break;
            }
            let same = finding.cwe.iter().any(|cwe| other.cwe.contains(cwe));
            if same && !weaker[before] && finding.state == other.state {
                weaker[if strength(finding) > strength(other) { before } else { at }] = true;
            }
        }
    }
    let mut at = 0..;
    findings.retain(|_| at.next().is_none_or(|at: usize| !weaker[at]));
}

/// What stood in the base as often is not new.
fn mark_existing(findings: &mut [Finding], stood: &[Finding]) {
    let mut left: HashMap<Fingerprint, usize> = HashMap::new();
    for finding in stood {
        *left.entry(finding.fingerprint).or_default() += 1;
    }
    for finding in findings {
        if let Some(count) = left.get_mut(&finding.fingerprint).filter(|count| **count > 0) {
            *count -= 1;
            finding.state = State::Existing;
            finding.reason = Some("it was there before".to_owned());
        }
    }
}

/// What was found, as findings.
fn told(
    task: &Task<'_>,
    analyst: &Analyst,
    side: &Side<'_>,
    found: &[Found],
    paths: &[RepoPath],
    texts: &mut HashMap<RepoPath, Vec<u8>>,
) -> Vec<Finding> {
    for path in found.iter().flat_map(|found| found.trace.iter().map(|step| step.input).chain([found.input])) {
        let path = &paths[path];
        if !texts.contains_key(path) {
            let bytes = side.snapshot.read(path, LARGEST).ok().flatten().map(|loaded| loaded.bytes).unwrap_or_default();
            texts.insert(path.clone(), bytes);
        }
    }
    let indexes: HashMap<&RepoPath, LineIndex> =
        texts.iter().map(|(path, text)| (path, LineIndex::new(text, 1))).collect();
    let place = |input: usize, span: crate::sast::Span| {
        let path = &paths[input];
        let (text, index) = (&texts[path], &indexes[path]);
        let end = (span.end as usize).min(text.len());
        index.place(text, &((span.start as usize).min(end)..end))
    };
    let mut findings = Vec::new();
    for each in found {
        let rule = &analyst.rules()[each.rule];
        let path = &paths[each.input];
        let text = &texts[path];
        let line = |input: usize, span: crate::sast::Span| {
            let text = &texts[&paths[input]];
            text[line_bounds(text, (span.start as usize).min(text.len()))].trim_ascii().to_vec()
        };
        // The line of the sink and that of the source: the same flow keeps its name when code moves.
        let mut code = line(each.input, each.span);
        if let Some(first) = each.trace.first() {
            code.push(0);
            code.extend(line(first.input, first.span));
        }
        let fingerprint = Fingerprint::of_code(task.salt, &rule.id, path.as_bytes(), &code);
        let mut at = place(each.input, each.span);
        if at.end_line != at.line {
            let bounds = line_bounds(text, (each.span.start as usize).min(text.len()));
            let end = bounds.end.max(each.span.start as usize).min(text.len());
            at = indexes[path].place(text, &((each.span.start as usize).min(end)..end));
        }
        let related = each.trace.iter().map(|step| Related {
            path: paths[step.input].clone(),
            place: place(step.input, step.span),
            message: Cow::Owned(step.note.clone()),
        });
        let mut finding = Finding { place: at, related: related.collect(), ..described(rule, path, fingerprint) };
        // What a test does on purpose stops no push, and neither does a way that is known in part only.
        if each.vague || FileFacts::of(path, b"").test {
            finding.tier = crate::finding::Tier::Warn;
        }
        findings.push(finding);
    }
    findings
}

/// A finding as its rule describes it.
fn described(rule: &Rule, path: &RepoPath, fingerprint: Fingerprint) -> Finding {
    let texts = |all: &[String]| Cow::Owned(all.iter().map(|each| Cow::Owned(each.clone())).collect::<Vec<_>>());
    Finding {
        title: Cow::Owned(rule.title.clone()),
        severity: rule.severity.parse().unwrap_or(crate::finding::Severity::Medium),
        tier: rule.tier.parse().unwrap_or(crate::finding::Tier::Warn),
        confidence: rule.confidence.parse().unwrap_or(crate::finding::Confidence::Medium),
        cwe: texts(&rule.cwe),
        owasp: texts(&rule.owasp),
        advice: Advice {
            why: Cow::Owned(rule.why.clone()),
            fix: Cow::Owned(rule.fix.clone()),
            rotate: Cow::Borrowed(""),
            reference: Cow::Owned(rule.reference.clone()),
        },
        ..Finding::new("sast", rule.id.clone(), path.clone(), fingerprint)
    }
}
