//! A new baseline: the file, the salt of its fingerprints, and how git merges it.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::fmt::Write;
use std::path::{Path, PathBuf};

use crate::config::edit;
use crate::finding::{Exit, Finding, Report, Severity, State};
use crate::paths::RepoPath;
use crate::policy;
use crate::policy::baseline::{self, Baseline};
use crate::rules::Pack;
use crate::session::{Completed, Failure, Workspace, fail, files, limits, stop};

use super::{BaselineFile, count, entries, gaps_of, keep, name};

/// Rules named in the summary, at most.
const NAMED: usize = 10;

/// Writes every finding of the tracked files into a new baseline; with `revision`, only those that stand there too.
pub fn create(file: Option<&Path>, revision: Option<&str>) -> Result<Completed, Failure> {
    let mut here = Workspace::open()?;
    let held = BaselineFile::read(&here, file)?;
    if held.baseline.is_some() {
        let hint = "gatehook baseline update        takes out what is gone; `--add` takes in what is new";
        return Err(stop(&format!("`{}` is there already", held.path.display()), hint));
    }
    let mut warnings = Vec::new();
    let salted = salted(&mut here, &mut warnings)?;
    let report = here.tracked(&here.config)?;
    let mut baseline = entries(&report.findings);
    if let Some(revision) = revision {
        let before: Baseline = entries(&here.at(revision, &here.config)?.findings);
        baseline.retain(|entry| before.find(entry).is_some());
    }
    let mut written = vec![held.path.clone()];
    // Before the baseline: its fingerprints mean nothing without the salt.
    if let Some(text) = salted {
        here.write_config(&text)?;
        written.push(here.config_file());
    }
    keep(&held.path, &baseline)?;
    written.extend(attribute(&here, &held.path)?);
    let mut out = told(&held.path, &baseline, &report);
    let files: Vec<&Path> = written.iter().map(PathBuf::as_path).collect();
    let _ = writeln!(out, "next: {}", here.git_add(&files));
    let _ = writeln!(out, "then: gatehook baseline audit");
    let mut completed = Completed::but_for(out, &gaps_of(&report));
    completed.warnings.splice(0..0, warnings);
    Ok(completed)
}

/// Gives the repository a random salt where it has none, so that no one can guess at what the
/// baseline's fingerprints stand for: the configuration's text with it. Fingerprints that the
/// configuration allows are named again.
fn salted(here: &mut Workspace, warnings: &mut Vec<String>) -> Result<Option<String>, Failure> {
    if here.config.salt.is_some() {
        return Ok(None);
    }
    let salt = super::salt()?;
    let mut config = here.config.clone();
    config.salt = Some(salt.clone());
    let wrong = |error: &edit::EditError| fail(error, Some("fix gatehook.toml first"), Exit::Usage);
    let mut text = edit::add_salt(&here.config_text()?, &salt).map_err(|error| wrong(&error))?;
    let by_fingerprint = config.allow.iter().any(|allow| !allow.fingerprints.is_empty());
    if by_fingerprint {
        let (old, new) = (here.tracked(&here.config)?.findings, here.tracked(&config)?.findings);
        let _ = policy::prepare(&old, &config.allow);
        let names = renamed(&old, &new);
        let new = |own: &str| names.iter().find(|(old, _)| old.starts_with(own)).map(|(_, new)| new.clone());
        text = edit::rename_fingerprints(&text, &new).map_err(|error| wrong(&error))?;
        for own in config.allow.iter_mut().flat_map(|allow| &mut allow.fingerprints) {
            match new(own) {
                Some(name) => *own = name,
                None => {
                    let hint = "allow it again where it is found, or take it out of gatehook.toml";
                    warnings.push(format!(
                        "warning: the allowed fingerprint `{own}` is of nothing here, so it lost its name\nhint: {hint}"
                    ));
                }
            }
        }
    }
    here.config = config;
    Ok(Some(text))
}

/// Old and new names of the same findings.
fn renamed(old: &[Finding], new: &[Finding]) -> Vec<(String, String)> {
    let place = |finding: &Finding| (finding.path.clone(), finding.place, finding.rule.clone());
    let new: HashMap<_, _> = new.iter().map(|finding| (place(finding), finding)).collect();
    let pairs = |old: &Finding| -> Vec<(String, String)> {
        let (names, Some(new)) = (old.names(), new.get(&place(old))) else { return Vec::new() };
        names.iter().map(|name| (name.to_string(), new.lasting_name().to_string())).collect()
    };
    old.iter().flat_map(pairs).collect()
}

/// Tells git to keep both sides where two branches change the same lines: the file that was written.
fn attribute(here: &Workspace, path: &Path) -> Result<Option<PathBuf>, Failure> {
    let full = path.parent().filter(|dir| !dir.as_os_str().is_empty()).unwrap_or(Path::new(".")).canonicalize();
    let name = full.ok().and_then(|dir| {
        let top = here.repo.top.canonicalize().ok()?;
        Some(dir.strip_prefix(top).ok()?.join(path.file_name()?))
    });
    // Outside of the repository it is no one's to merge.
    let Some(name) = name.map(|name| RepoPath::from_path(&name).to_string()) else { return Ok(None) };
    let line = format!("/{name} {}", baseline::ATTRIBUTE);
    let file = here.repo.top.join(".gitattributes");
    let unreadable = |error: std::io::Error| fail(&error, Some(&format!("add `{line}` yourself")), Exit::Usage);
    let mut text = files::read_regular(&file, limits::ATTRIBUTES).map_err(unreadable)?.unwrap_or_default();
    if name.contains([' ', '\t', '"', '\\', '*', '?', '[']) {
        return Err(stop(&format!("`{name}` cannot be named in .gitattributes"), "take a name of letters and dots"));
    }
    let speaks = |own: &[u8]| {
        let own = String::from_utf8_lossy(own);
        let mut words = own.split_whitespace();
        let named = words.next().is_some_and(|first| first.trim_start_matches('/') == name);
        named && words.any(|word| word.trim_start_matches(['-', '!']).starts_with("merge"))
    };
    if text.split(|&byte| byte == b'\n').any(speaks) {
        return Ok(None);
    }
    if text.last().is_some_and(|&last| last != b'\n') {
        text.push(b'\n');
    }
    text.extend_from_slice(format!("{line}\n").as_bytes());
    files::write(&file, &text)?;
    Ok(Some(file))
}

fn told(path: &Path, baseline: &Baseline, report: &Report) -> String {
    let known: Vec<&Finding> = report
        .findings
        .iter()
        .filter(|finding| finding.state == State::New && baseline.find(&baseline::Entry::of(finding)).is_some())
        .collect();
    let mut rules: BTreeMap<(std::cmp::Reverse<Severity>, &str), usize> = BTreeMap::new();
    for finding in &known {
        *rules.entry((std::cmp::Reverse(finding.severity), &finding.rule)).or_default() += 1;
    }
    let files: HashSet<&RepoPath> = known.iter().map(|finding| &finding.path).collect();
    let name = name(path);
    let mut out = format!(
        "{name}: {} of {} in {} are known and block no more\n",
        count(known.len(), "finding"),
        count(rules.len(), "rule"),
        count(files.len(), "file")
    );
    for ((severity, rule), number) in rules.iter().take(NAMED) {
        let _ = writeln!(out, "{number:7}  {:8}  {rule}", severity.0.word());
    }
    if rules.len() > NAMED {
        let _ = writeln!(out, "         … and {}", count(rules.len() - NAMED, "more rule"));
    }
    let secrets = known.iter().filter(|finding| finding.stage == Pack::Secrets.word()).count();
    if secrets > 0 {
        let what = count(secrets, "secret");
        let _ = writeln!(out, "note: {what} in it: a baseline keeps them from blocking, only revoking makes them safe");
    }
    out
}
