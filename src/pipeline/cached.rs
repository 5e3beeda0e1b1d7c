//! Results of external stages that are taken from the cache: the same tool over the same content, told the
//! same, on the same day. Advisories change, so a result never outlives the day it was made.

use super::Programs;
use crate::change::{Blob, Change, Content, Oid};
use crate::config::{Export, Format, StageConfig};
use crate::finding::Finding;
use crate::git::{self, Net, Repo};
use crate::paths::RepoPath;
use crate::stage::external;
use crate::store::{Cache, Kept, Key, KeyParts};
use crate::sys;

/// What the results of one gate's stages depend on, besides each stage.
pub(super) struct Results<'r> {
    cache: Cache,
    repo: &'r Repo,
    /// Rules, salt, limits, day: all that changes how a report is read.
    terms: Vec<u8>,
}

impl<'r> Results<'r> {
    pub(super) const fn new(cache: Cache, repo: &'r Repo, terms: Vec<u8>) -> Self {
        Self { cache, repo, terms }
    }

    /// The name of what `stage` gives over `net`; `None` where it depends on what cannot be named: the work
    /// tree, a program that is not found.
    pub(super) fn key(
        &self,
        stage: &StageConfig,
        net: &Net,
        files: &[RepoPath],
        programs: Programs<'_>,
    ) -> Option<Key> {
        if stage.export == Export::None {
            return None;
        }
        let mut tool = Vec::new();
        for name in stage.command.first().into_iter().chain(stage.needs.iter().map(|need| &need.tool)) {
            // One of the repository's own is part of the content.
            if !name.contains('/') {
                let external::Found::At(place) = external::find_tool(name, programs.environment.path(), &self.repo.top)
                else {
                    return None;
                };
                tool.push(format!("{} {:?}", place.display(), sys::stamp(&place)?));
            }
        }
        let mut config = external::canonical(stage);
        config.extend_from_slice(&self.terms);
        for (name, value) in programs.environment.asked_by(stage) {
            config.extend([name.as_encoded_bytes(), b"=", value.as_encoded_bytes(), b"\0"].concat());
        }
        let told = |word: &String| word.contains("{base}") || word.contains("{head}") || word.contains("GATEHOOK_");
        if stage.format == Format::Plugin || stage.command.iter().any(told) {
            config.extend(format!("{} {:?}", net.head, net.bases).into_bytes());
        }
        let tree = if stage.export == Export::Tree || !stage.with.is_empty() {
            Some((RepoPath::from("tree"), git::tree_id(self.repo, net.head).ok()?))
        } else {
            None
        };
        let mut read: Vec<(RepoPath, Oid)> = tree.into_iter().collect();
        for change in &net.changes {
            read.extend(sides(change, files.contains(&change.path)));
        }
        let parts = KeyParts { stage: &stage.name, tool: &tool.join("\n"), config: &config, rules: b"" };
        Some(Key::of(&parts, read.iter().map(|(path, id)| (path, *id))))
    }

    /// The name of what the built-in stage `name` finds in `changes` with the rules of that digest, told the
    /// same beside them. `None` where a change is not in the object store.
    pub(super) fn built_in(name: &str, config: &[u8], rules: &[u8], changes: &[Change]) -> Option<Key> {
        let mut read: Vec<(RepoPath, Oid)> = Vec::with_capacity(2 * changes.len());
        for change in changes {
            let Content::Blobs { new, old } = &change.content else { return None };
            for (number, blob) in new.iter().map(|new| (0, new)).chain((1..).zip(old)) {
                let Blob::Object(id) = blob else { return None };
                let told = format!("{:?} {:?} {number} of {} ", change.kind, change.entry, old.len());
                read.push((RepoPath::new([told.as_bytes(), change.path.as_bytes()].concat()), *id));
            }
        }
        let parts = KeyParts { stage: name, tool: "", config, rules };
        Some(Key::of(&parts, read.iter().map(|(path, id)| (path, *id))))
    }

    /// What the stage found when it ran last.
    pub(super) fn get(&self, key: &Key) -> Option<Vec<Finding>> {
        self.cache.get(key).map(|kept| kept.findings)
    }

    /// Keeps what a stage found.
    pub(super) fn put(&self, key: &Key, findings: &[Finding], files: usize) {
        // Without it the stage runs once more.
        let _ = self.cache.put(key, &Kept { findings: findings.to_vec(), files });
    }
}

/// Both sides of a change, each under a name of its own; what the stage is given under another.
fn sides(change: &Change, given: bool) -> Vec<(RepoPath, Oid)> {
    let Content::Blobs { new, old } = &change.content else { return Vec::new() };
    let named = |side: &str| RepoPath::new([side.as_bytes(), b" ", change.path.as_bytes()].concat());
    let object = |blob: &Blob| match blob {
        Blob::Object(id) => Some(*id),
        Blob::File(_) | Blob::Text(_) => None,
    };
    let new = new.iter().filter_map(object).map(|id| (named(if given { "given" } else { "new" }), id));
    new.chain(old.iter().filter_map(object).enumerate().map(|(number, id)| (named(&format!("old {number}")), id)))
        .collect()
}
