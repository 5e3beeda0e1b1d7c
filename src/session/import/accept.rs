//! Accepted places: looked at with gatehook's own eyes; what stands there goes into the baseline.

use std::collections::{HashMap, HashSet};
use std::path::{Component, Path, PathBuf};
use std::sync::Arc;

use crate::change::Listing;
use crate::change::{Blob, Change, Commit, Content, Entry as What, Kind, Oid};
use crate::config::Config;
use crate::engine::unicode;
use crate::finding::{Exit, Finding, GapKind, State};
use crate::foreign::{Looked, Spot, Stands};
use crate::git::{self, GitError};
use crate::paths::RepoPath;
use crate::policy::baseline::{Baseline, Entry};
use crate::session::baseline_file::{BaselineFile, place};
use crate::session::{Failure, Workspace, fail, files, limits, look};
use crate::source::Files;

use super::summary::Fate;

/// Bytes of files that are looked at together.
const BATCH: usize = 64 << 20;

/// The baseline as it will be.
pub(super) struct Accepted {
    path: PathBuf,
    baseline: Baseline,
    /// Findings that were not in it.
    pub(super) added: usize,
}

/// A text that places lie in: a file of the work tree or of a commit, or all that a commit brings.
#[derive(Clone, PartialEq, Eq, Hash)]
struct Text {
    commit: Option<String>,
    path: Option<String>,
}

/// What was found in a [`Text`].
enum Seen {
    /// Its bytes, and the findings in it.
    Found(Arc<[u8]>, Vec<Finding>),
    /// It is not there any more.
    Gone(&'static str),
    /// It could not be looked at.
    Unread(String, &'static str),
}

impl Accepted {
    pub(super) fn read(here: &Workspace) -> Result<Self, Failure> {
        let BaselineFile { path, baseline } = BaselineFile::read(here, None)?;
        Ok(Self { path, baseline: baseline.unwrap_or_default(), added: 0 })
    }

    /// Looks at all `spots` and puts what stands there into the baseline. `from` names the file of a spot.
    pub(super) fn resolve(
        &mut self,
        here: &Workspace,
        config: &Config,
        spots: &[(usize, &Spot)],
        from: &dyn Fn(usize) -> String,
    ) -> Result<Vec<Fate>, Failure> {
        let seen = see(here, config, spots.iter().map(|(_, spot)| *spot))?;
        let texts: HashMap<&Text, Vec<u8>> = seen
            .iter()
            .filter_map(|(text, seen)| match seen {
                Seen::Found(bytes, _) => Some((text, unicode::to_utf8(bytes.to_vec()))),
                _ => None,
            })
            .collect();
        let mut looked: HashMap<Text, Looked<'_>> = HashMap::new();
        let mut fates = Vec::with_capacity(spots.len());
        for (at, spot) in spots {
            let text = Text { commit: spot.commit.clone(), path: spot.path.clone() };
            fates.push(match &seen[&text] {
                Seen::Gone(why) => Fate::Covered((*why).to_owned()),
                Seen::Unread(why, hint) => Fate::refused(why, hint),
                Seen::Found(bytes, findings) => {
                    let content = texts.get(&text).map(Vec::as_slice).unwrap_or_default();
                    let one = looked.entry(text).or_insert_with(|| Looked::new(bytes, content, findings));
                    let stands = one.stands(spot);
                    self.accept(spot, stands, findings, &from(*at))
                }
            });
        }
        Ok(fates)
    }

    fn accept(&mut self, spot: &Spot, stands: Stands, findings: &[Finding], from: &str) -> Fate {
        let found = match stands {
            Stands::Nothing => return Fate::Covered("nothing to ignore: gatehook finds nothing here".to_owned()),
            Stands::Other(why) => return Fate::refused(why, "look at the line; `gatehook allow` lets a finding stand"),
            Stands::Findings(found) => found,
        };
        let mut told = Vec::new();
        let mut added = false;
        for finding in found.iter().map(|&at| &findings[at]) {
            // What no one has looked at yet is for `gatehook baseline audit`.
            let reason = if spot.settled { format!("accepted in {from}") } else { String::new() };
            let own = Entry { reason, ..Entry::of(finding) };
            let text = place(finding);
            if finding.state == State::Allowed {
                told.push(format!("{text}, which is allowed already"));
            } else if self.baseline.find(&own).is_some() {
                told.push(format!("{text}, which is in the baseline already"));
            } else {
                self.baseline.set(own);
                self.added += 1;
                added = true;
                told.push(text);
            }
        }
        let told = told.join("; ");
        if added { Fate::Taken(format!("baseline: {told}")) } else { Fate::Covered(told) }
    }

    /// Writes the baseline where something was added, and names it then.
    pub(super) fn save(&self) -> Result<Option<PathBuf>, Failure> {
        if self.added == 0 {
            return Ok(None);
        }
        files::write(&self.path, self.baseline.render().as_bytes())?;
        Ok(Some(self.path.clone()))
    }
}

/// Every text that a spot lies in, looked at once.
fn see<'s>(
    here: &Workspace,
    config: &Config,
    spots: impl Iterator<Item = &'s Spot>,
) -> Result<HashMap<Text, Seen>, Failure> {
    let mut seen = HashMap::new();
    let mut batch: Vec<(Text, Arc<[u8]>)> = Vec::new();
    let mut queued = HashSet::new();
    let mut bytes = 0;
    for spot in spots {
        let text = Text { commit: spot.commit.clone(), path: spot.path.clone() };
        if !queued.insert(text.clone()) {
            continue;
        }
        match load(here, &text)? {
            Loaded::Bytes(content) => {
                bytes += content.len();
                batch.push((text, content));
            }
            Loaded::Commit(listing) => {
                let report = look(config, None, listing, &here.repo);
                let unread = report.gaps.iter().any(|gap| matches!(gap.kind, GapKind::Unread | GapKind::Partial));
                let found = if unread {
                    Seen::Unread("not all of the commit could be looked at".to_owned(), "")
                } else {
                    Seen::Found(Arc::default(), secrets(report.findings))
                };
                seen.insert(text, found);
            }
            Loaded::Not(not) => {
                seen.insert(text, not);
            }
        }
        if bytes > BATCH {
            flush(config, std::mem::take(&mut batch), &mut seen);
            bytes = 0;
        }
    }
    flush(config, batch, &mut seen);
    Ok(seen)
}

/// Looks at a batch in one go: the texts are distinguished by a made-up commit each.
fn flush(config: &Config, batch: Vec<(Text, Arc<[u8]>)>, seen: &mut HashMap<Text, Seen>) {
    if batch.is_empty() {
        return;
    }
    let changes = batch.iter().enumerate().map(|(number, (text, content))| Change {
        path: RepoPath::from(text.path.as_deref().unwrap_or_default()),
        kind: Kind::Added,
        entry: What::File,
        content: Content::Blobs { new: Some(Blob::Text(Arc::clone(content))), old: Vec::new() },
        commit: Some(Arc::new(Commit { id: numbered(number), author: Vec::new(), subject: Vec::new() })),
    });
    let report = look(config, None, Listing { changes: changes.collect(), ..Listing::default() }, &Files);
    let mut found: HashMap<String, Vec<Finding>> = HashMap::new();
    for finding in secrets(report.findings) {
        found.entry(finding.commit.clone().unwrap_or_default()).or_default().push(finding);
    }
    for (number, (text, content)) in batch.into_iter().enumerate() {
        let path = RepoPath::from(text.path.as_deref().unwrap_or_default());
        let gap = report.gaps.iter().find(|gap| gap.path.as_ref() == Some(&path) && gap.kind != GapKind::Elsewhere);
        let what = match gap {
            Some(gap) => Seen::Unread(format!("not looked at: {}", gap.reason), ""),
            None => Seen::Found(content, found.remove(&numbered(number).to_string()).unwrap_or_default()),
        };
        seen.insert(text, what);
    }
}

fn numbered(number: usize) -> Oid {
    let mut raw = [0xff; 20];
    raw[..8].copy_from_slice(&(number as u64).to_be_bytes());
    Oid::sha1(raw)
}

fn secrets(findings: Vec<Finding>) -> Vec<Finding> {
    findings.into_iter().filter(|finding| finding.stage == "secrets").collect()
}

enum Loaded {
    Bytes(Arc<[u8]>),
    Commit(Listing),
    Not(Seen),
}

fn load(here: &Workspace, text: &Text) -> Result<Loaded, Failure> {
    let stop = |error: &GitError| fail(error, error.hint().as_deref(), Exit::NotScanned);
    if let Some(commit) = &text.commit
        && !git::has_commit(&here.repo, commit).map_err(|error| stop(&error))?
    {
        let why = "its commit is not in this repository".to_owned();
        return Ok(Loaded::Not(Seen::Unread(why, "`git fetch --unshallow` brings all of history; then import again")));
    }
    match (&text.commit, &text.path) {
        (Some(commit), None) => {
            Ok(git::range(&here.repo, &format!("{commit}^!")).map_or_else(|error| unread(&error), Loaded::Commit))
        }
        (Some(commit), Some(path)) => Ok(match git::file_at(&here.repo, commit, path) {
            Ok(Some(bytes)) if bytes.len() as u64 > limits::IMPORTED => Loaded::Not(too_large()),
            Ok(Some(bytes)) => Loaded::Bytes(bytes.into()),
            Ok(None) => Loaded::Not(Seen::Gone("nothing to ignore: that commit has no such file")),
            Err(error) => unread(&error),
        }),
        (None, Some(path)) => Ok(on_disk(&here.repo.top, path)),
        (None, None) => Ok(Loaded::Not(Seen::Gone("it names no file"))),
    }
}

/// A file of the work tree; never one outside it, whatever the entry says.
fn on_disk(top: &Path, path: &str) -> Loaded {
    let inside = Path::new(path).components().all(|part| matches!(part, Component::Normal(_) | Component::CurDir));
    let full = top.join(path);
    let real = full.canonicalize().ok();
    let within = real.as_ref().is_none_or(|real| top.canonicalize().is_ok_and(|top| real.starts_with(top)));
    if !inside || !within {
        let why = "its file is not in this repository".to_owned();
        return Loaded::Not(Seen::Unread(why, ""));
    }
    match files::read_regular(&full, limits::IMPORTED) {
        Ok(Some(bytes)) => Loaded::Bytes(bytes.into()),
        Ok(None) => Loaded::Not(Seen::Gone("nothing to ignore: the file is not there any more")),
        Err(error) => Loaded::Not(Seen::Unread(format!("its file cannot be read: {error}"), "")),
    }
}

/// One place that git cannot show is one entry, not the end of all.
fn unread(error: &GitError) -> Loaded {
    Loaded::Not(Seen::Unread(error.to_string(), ""))
}

fn too_large() -> Seen {
    Seen::Unread("its file is too large to be looked at".to_owned(), "")
}
