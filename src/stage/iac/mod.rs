//! The stage `iac`: changed documents through the rules of [`crate::iac`], a folder of Terraform as one module, judged
//! against the same look at the base. Knows snapshots and findings; the readers and rules know neither.

mod module;

use std::borrow::Cow;
use std::collections::{BTreeMap, HashMap, HashSet};
use std::time::Instant;

use super::{Looked, Needs, RuleCard, Stage, Task};
use crate::change::{Change, Content, Entry, Kind, Snapshot};
use crate::config::Config;
use crate::finding::{Advice, Confidence, Finding, Fingerprint, Gap, GapKind, Outcome, Place, State, Text};
use crate::iac::{Rule, RuleSet, Source, Technology, all_ids, check, read, technology};
use crate::paths::RepoPath;
use crate::rules::GateSet;

/// The largest document that is looked at, in bytes.
const LARGEST: u64 = 2_000_000;
/// The stack of the thread that looks: nesting is bounded, and this holds all of it.
const STACK: usize = 64 << 20;

/// Configuration as code.
pub(super) struct Iac;

impl Stage for Iac {
    fn name(&self) -> &'static str {
        "iac"
    }

    fn usual(&self) -> GateSet {
        // It runs where the configuration or `--stage` names it.
        GateSet(0)
    }

    fn rule_ids(&self) -> Vec<&'static str> {
        all_ids().collect()
    }

    fn rule_cards(&self) -> Vec<RuleCard> {
        let sets = Technology::ALL.into_iter().filter_map(|technology| RuleSet::of(technology).ok());
        let mut seen = HashSet::new();
        let rules = sets.flat_map(|set| set.rules().to_vec()).filter(|rule| seen.insert(rule.id.clone()));
        let card = |rule: Rule| RuleCard {
            stage: "iac",
            id: rule.id,
            title: rule.title,
            severity: rule.severity,
            tier: rule.tier,
            cwe: rule.cwe,
            why: rule.why,
            fix: rule.fix,
            reference: rule.reference,
            hit: rule.hits.into_iter().next().unwrap_or_default(),
            miss: rule.misses.into_iter().next().unwrap_or_default(),
        };
        rules.map(card).collect()
    }

    fn needs(&self) -> Needs {
        Needs::NetChange
    }

    fn is_for(&self, change: &Change, _: &Config) -> bool {
        change.kind != Kind::Deleted && is_document(change.entry) && may_be(change.path.as_bytes())
    }

    fn look(&self, task: &Task<'_>) -> Looked {
        let work = || look(task);
        let looked = std::thread::scope(|scope| {
            let thread = std::thread::Builder::new().name("iac".to_owned()).stack_size(STACK).spawn_scoped(scope, work);
            thread.map(std::thread::ScopedJoinHandle::join)
        });
        match looked {
            Ok(Ok(looked)) => looked,
            Ok(Err(_)) => Looked::not(Outcome::Failed("it panicked: please report this".to_owned())),
            Err(error) => Looked::not(Outcome::Failed(format!("no thread: {error}"))),
        }
    }
}

const fn is_document(entry: Entry) -> bool {
    matches!(entry, Entry::File | Entry::Executable)
}

/// Whether a file of that name may be a document of a technology.
fn may_be(path: &[u8]) -> bool {
    let name = path.rsplit(|&byte| byte == b'/').next().unwrap_or(path).to_ascii_lowercase();
    let endings: [&[u8]; 8] = [b".tf", b".tofu", b".tfvars", b".yaml", b".yml", b".json", b".template", b"file"];
    let inside = |word: &[u8]| name.windows(word.len()).any(|part| part == word);
    endings.iter().any(|ending| name.ends_with(ending)) || inside(b"dockerfile") || inside(b"containerfile")
}

fn look(task: &Task<'_>) -> Looked {
    let mut looked =
        Looked { outcome: Outcome::Ran, findings: Vec::new(), gaps: Vec::new(), notes: Vec::new(), files: 0 };
    let mut rules: HashMap<Technology, RuleSet> = HashMap::new();
    let mut reader = match task.store.reader() {
        Ok(reader) => reader,
        Err(error) => return Looked::not(Outcome::Failed(error.to_string())),
    };
    let gap = |path: &RepoPath, kind: GapKind, reason: String| Gap {
        path: Some(path.clone()),
        kind,
        reason,
        hint: String::new(),
    };
    // The changed files of each module; a document of another technology stands alone.
    let mut groups: BTreeMap<(Technology, RepoPath), Vec<(RepoPath, String)>> = BTreeMap::new();
    for change in task.changes {
        let Content::Blobs { new: Some(new), .. } = &change.content else { continue };
        if change.kind == Kind::Deleted || !is_document(change.entry) || !may_be(change.path.as_bytes()) {
            continue;
        }
        let loaded = match reader.read(new, LARGEST.min(task.limit)) {
            Ok(loaded) => loaded,
            Err(error) => {
                looked.gaps.push(gap(&change.path, GapKind::Unread, error.to_string()));
                continue;
            }
        };
        let whole = loaded.size <= loaded.bytes.len() as u64;
        let name = String::from_utf8_lossy(change.path.as_bytes()).into_owned();
        let text = match String::from_utf8(loaded.bytes) {
            Ok(text) => text,
            Err(error) => {
                let text = String::from_utf8_lossy(error.as_bytes());
                if whole && technology(&name, &text).is_some() {
                    looked.gaps.push(gap(&change.path, GapKind::Unread, "it is not UTF-8".to_owned()));
                }
                continue;
            }
        };
        let values = name.ends_with(".tfvars");
        let Some(kind) = technology(&name, &text).or(values.then_some(Technology::Terraform)) else { continue };
        if !whole {
            let reason = format!("larger than the {LARGEST} bytes that `iac` looks at");
            looked.gaps.push(gap(&change.path, GapKind::Unread, reason));
            continue;
        }
        let group = if kind == Technology::Terraform { module::folder(&change.path) } else { change.path.clone() };
        groups.entry((kind, group)).or_default().push((change.path.clone(), text));
    }
    for ((kind, folder), changed) in groups {
        if task.until.is_some_and(|until| Instant::now() >= until) {
            looked.outcome = Outcome::TimedOut;
            break;
        }
        let rules = match rules.entry(kind) {
            std::collections::hash_map::Entry::Occupied(own) => own.into_mut(),
            std::collections::hash_map::Entry::Vacant(own) => match RuleSet::of(kind) {
                Ok(set) => own.insert(set),
                Err(faults) => return Looked::not(Outcome::Failed(faults.join("; "))),
            },
        };
        looked.files += changed.len();
        let mut findings = side(task, kind, rules, task.head, &folder, &changed, Some(&mut looked.gaps));
        if findings.is_empty() {
            continue;
        }
        for base in task.bases {
            let before: Vec<(RepoPath, String)> =
                changed.iter().filter_map(|(path, _)| Some((path.clone(), text_of(*base, path)?))).collect();
            if !before.is_empty() {
                mark_existing(&mut findings, &side(task, kind, rules, *base, &folder, &before, None));
            }
        }
        looked.findings.extend(findings);
    }
    looked.findings.sort_by(|one, other| {
        (&one.path, one.place.line, &one.rule, &one.logical).cmp(&(
            &other.path,
            other.place.line,
            &other.rule,
            &other.logical,
        ))
    });
    looked.findings.dedup_by(|one, other| one.rule == other.rule && one.path == other.path && one.place == other.place);
    looked
}

fn text_of(snapshot: &dyn Snapshot, path: &RepoPath) -> Option<String> {
    let loaded = snapshot.read(path, LARGEST).ok()??;
    if loaded.size > loaded.bytes.len() as u64 {
        return None;
    }
    String::from_utf8(loaded.bytes).ok()
}

/// What the rules find in the changed documents of a group, on one side of the change. Only changed files are reported.
fn side(
    task: &Task<'_>,
    kind: Technology,
    rules: &RuleSet,
    snapshot: &dyn Snapshot,
    folder: &RepoPath,
    changed: &[(RepoPath, String)],
    gaps: Option<&mut Vec<Gap>>,
) -> Vec<Finding> {
    let mut files: Vec<(RepoPath, String)> = changed.to_vec();
    if kind == Technology::Terraform {
        files.extend(module::neighbours(snapshot, folder, changed));
    }
    let names: Vec<String> =
        files.iter().map(|(path, _)| String::from_utf8_lossy(path.as_bytes()).into_owned()).collect();
    let sources: Vec<Source<'_>> = files.iter().zip(&names).map(|((_, text), path)| Source { path, text }).collect();
    let model = read(kind, &sources);
    if let Some(gaps) = gaps {
        for (at, fault) in model.faults.iter().filter(|(at, _)| *at < changed.len()) {
            let reason = format!("`iac` cannot read it as {}: {fault}", kind.name());
            let hint = "mend the document, or exclude its path".to_owned();
            gaps.push(Gap { path: Some(files[*at].0.clone()), kind: GapKind::Unread, reason, hint });
        }
        for at in &model.templates {
            let reason = "a template: `iac` looks at what it makes, not at the template".to_owned();
            gaps.push(Gap { path: Some(files[*at].0.clone()), kind: GapKind::Tolerated, reason, hint: String::new() });
        }
    }
    let found = check(rules, &model, &sources);
    let own = found.into_iter().filter(|found| found.source < changed.len());
    own.map(|found| {
        let rule = &rules.rules()[found.rule];
        let path = &files[found.source].0;
        // The rule, the resource and what stands there: the line and its neighbours do not count.
        let code = format!("{}\0{}", found.address, found.value);
        let print = Fingerprint::of_code(task.salt, &rule.id, folder.as_bytes(), code.as_bytes());
        let line = found.spot.0.max(1);
        let column = found.spot.1.max(1);
        let place = Place { line, column, end_line: line, end_column: column };
        let finding = Finding { place, logical: Text::from(found.address), ..described(rule, path, print) };
        match found.allowed {
            Some(mark) => Finding { state: State::Allowed, reason: Some(mark), ..finding },
            None => finding,
        }
    })
    .collect()
}

/// What stood in the base as often is not new.
fn mark_existing(findings: &mut [Finding], stood: &[Finding]) {
    let mut left: HashMap<Fingerprint, usize> = HashMap::new();
    for finding in stood {
        *left.entry(finding.fingerprint).or_default() += 1;
    }
    for finding in findings.iter_mut().filter(|finding| finding.state == State::New) {
        if let Some(count) = left.get_mut(&finding.fingerprint).filter(|count| **count > 0) {
            *count -= 1;
            finding.state = State::Existing;
            finding.reason = Some("it stood there before".to_owned());
        }
    }
}

/// A finding as its rule describes it.
fn described(rule: &Rule, path: &RepoPath, fingerprint: Fingerprint) -> Finding {
    let cwe: Vec<Text> = rule.cwe.iter().map(|own| Cow::Owned(own.clone())).collect();
    Finding {
        title: Cow::Owned(rule.title.clone()),
        severity: rule.severity.parse().unwrap_or(crate::finding::Severity::Medium),
        tier: rule.tier.parse().unwrap_or(crate::finding::Tier::Warn),
        confidence: Confidence::High,
        cwe: Cow::Owned(cwe),
        owasp: Cow::Owned(vec![Cow::Borrowed("A05")]),
        advice: Advice {
            why: Cow::Owned(rule.why.clone()),
            fix: Cow::Owned(rule.fix.clone()),
            rotate: Cow::Borrowed(""),
            reference: Cow::Owned(rule.reference.clone()),
        },
        ids: rule.aka.iter().map(|own| Text::from(own.clone())).collect(),
        ..Finding::new("iac", rule.id.clone(), path.clone(), fingerprint)
    }
}
