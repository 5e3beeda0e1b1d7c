//! Receipts: what a gate of this user passed, so that the push gate does not look at it again.
//!
//! `$XDG_STATE_HOME/gatehook/receipts/<repository>` holds a line a run, each with its tag. What stands in
//! a line are keyed hashes: of paths with blobs (*nodes*), of commits, of terms (rules and version). A
//! node whose added lines were looked at is kept together with the nodes that they were added to:
//!
//! - A change from the blobs `T` to the blob `N` is covered where some line says `N` was passed against
//!   `S`, and each of `S` is one of `T` or is covered itself. So an amended, squashed or re-ordered commit
//!   is known by the steps that led to it, without anybody telling of the amending.
//! - A commit is covered where each of its changes is: findings of one file may be explained by another.
//!
//! Only runs without any finding and any gap make receipts that cover; those of other runs say no more
//! than that the gate saw the change and let it through.
//!
//! Of the push gate a line names the commits that it looked at, with the result that holds what it found in
//! them. A change that several commits make is looked at in one of them: the others count as looked at only
//! in a push that has that one too.

mod line;

use std::collections::{HashMap, HashSet};
use std::fs::OpenOptions;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use self::line::{Hash, ReceiptKind, ReceiptLine, Step};
use super::dirs::{is_private, private, read, replace};
use super::seal::Seal;
use super::{Dirs, Key, StoreError};
use crate::change::{Blob, Change, Content, Entry, Kind as ChangeKind, Oid};
use crate::sys;

/// Size at which the older half is dropped, in bytes.
const LARGEST: u64 = 4 << 20;
/// Steps of one line, at most: a line stays within some 500 KiB.
const MOST_STEPS: usize = 8192;
/// Steps of one run that are written, at most.
const MOST: usize = 4 * MOST_STEPS;
/// Steps back that are followed, at most: so often was a commit amended.
const DEEPEST: usize = 256;

/// The receipts of one repository, to be written.
pub struct Receipts {
    path: PathBuf,
    seal: Seal,
}

/// What a run looked at, in the form in which it is kept.
#[derive(Debug, Default)]
pub struct Steps(Vec<Step>);

impl Receipts {
    /// Those of the repository whose work trees share `common_dir`.
    pub fn open(dirs: &Dirs, common_dir: &Path) -> Result<Self, StoreError> {
        let name = blake3::hash(common_dir.as_os_str().as_encoded_bytes()).to_hex();
        let path = dirs.state.join("receipts").join(&name[..32]);
        Ok(Self { path, seal: Seal::open(dirs)? })
    }

    /// What there is to keep of `changes`. Of messages, deletions and submodules there is nothing.
    pub fn steps<'c>(&self, changes: impl IntoIterator<Item = &'c Change>) -> Steps {
        Steps(changes.into_iter().filter_map(|change| self.step(change)).collect())
    }

    /// Keeps that a gate let `steps` through at `time` (seconds since 1970). Under `terms` nothing was found
    /// in them and nothing was left out; without any the gate only saw them.
    pub fn passed(&self, time: u64, terms: &[[u8; 32]], steps: &Steps) -> Result<(), StoreError> {
        if steps.0.is_empty() {
            return Ok(());
        }
        let terms: Vec<Hash> = terms.iter().map(|terms| self.term(terms)).collect();
        if steps.0.len() > MOST {
            // From now on no one can say that a commit made until then was not seen.
            return self.write(&[ReceiptLine { kind: ReceiptKind::Lost, time, terms, steps: Vec::new(), found: None }]);
        }
        let line = |steps: &[Step]| ReceiptLine {
            kind: ReceiptKind::Changes,
            time,
            terms: terms.clone(),
            steps: steps.to_vec(),
            found: None,
        };
        self.write(&steps.0.chunks(MOST_STEPS).map(line).collect::<Vec<_>>())
    }

    /// Keeps that the push gate looked at `commits` under `terms`, messages included, and left nothing out. Each
    /// comes with those that have a change of its own as well, for which it was looked at there. What was
    /// found in them is the result of the key `found`; without one it is nothing.
    pub fn looked(
        &self,
        time: u64,
        terms: &[[u8; 32]],
        commits: &[(Oid, &[Oid])],
        found: Option<Key>,
    ) -> Result<(), StoreError> {
        let terms: Vec<Hash> = terms.iter().map(|terms| self.term(terms)).collect();
        let steps = commits.iter().filter_map(|(id, leans)| {
            let mut old: Vec<Hash> = leans.iter().map(|id| self.commit(*id)).collect();
            old.sort_unstable();
            old.dedup();
            u8::try_from(old.len()).is_ok().then(|| Step { new: self.commit(*id), old })
        });
        let line = |steps: &[Step]| ReceiptLine {
            kind: ReceiptKind::Looked,
            time,
            terms: terms.clone(),
            steps: steps.to_vec(),
            found: found.map(|key| key.bytes()),
        };
        self.write(&steps.collect::<Vec<_>>().chunks(MOST_STEPS).map(line).collect::<Vec<_>>())
    }

    /// One write of whole lines: two commits at the same time do not mix. What was cut off before is ended
    /// by the line end that each line begins with.
    fn write(&self, lines: &[ReceiptLine]) -> Result<(), StoreError> {
        let unusable = || StoreError::unusable(&self.path);
        if lines.is_empty() {
            return Ok(());
        }
        let mut text = Vec::new();
        for line in lines {
            text.push(b'\n');
            line.write(&self.seal, &mut text);
            text.push(b'\n');
        }
        let mut options = OpenOptions::new();
        options.append(true).create(true);
        #[cfg(unix)]
        {
            use std::os::unix::fs::OpenOptionsExt;
            // A pipe in its place would hold the commit up.
            options.mode(0o600).custom_flags(libc::O_NONBLOCK | libc::O_NOFOLLOW);
        }
        let mut file = match options.open(&self.path) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                private(self.path.parent().unwrap_or(&self.path))?;
                options.open(&self.path).map_err(unusable())?
            }
            opened => opened.map_err(unusable())?,
        };
        let about = file.metadata().map_err(unusable())?;
        if !about.is_file() {
            return Err(StoreError::Foreign(self.path.clone()));
        }
        file.write_all(&text).map_err(unusable())?;
        if about.len() > LARGEST { self.shorten() } else { Ok(()) }
    }

    /// Drops the older half. What is written meanwhile by another may go with it: it is looked at again.
    fn shorten(&self) -> Result<(), StoreError> {
        let lock = OpenOptions::new().write(true).create(true).truncate(false).open(self.path.with_extension("lock"));
        let Some(_held) = lock.ok().filter(sys::lock) else { return Ok(()) };
        let Some(text) = read(&self.path, 2 * LARGEST) else {
            // Grown past all bounds: not by gatehook.
            return std::fs::remove_file(&self.path).map_err(StoreError::unusable(&self.path));
        };
        if text.len() as u64 <= LARGEST {
            return Ok(());
        }
        let half = text.len() / 2;
        let from = text[half..].iter().position(|&byte| byte == b'\n').map_or(text.len(), |end| half + end);
        let mut kept = Vec::with_capacity(text.len() - from + 256);
        let newest = text[..from].split(|&byte| byte == b'\n').rev().find_map(|line| self.read(line));
        if let Some(ReceiptLine { time, .. }) = newest {
            kept.push(b'\n');
            ReceiptLine { kind: ReceiptKind::Lost, time, terms: Vec::new(), steps: Vec::new(), found: None }
                .write(&self.seal, &mut kept);
            kept.push(b'\n');
        }
        kept.extend_from_slice(&text[from..]);
        replace(&self.path, &kept).map_err(StoreError::unusable(&self.path))
    }

    fn read(&self, line: &[u8]) -> Option<ReceiptLine> {
        ReceiptLine::read(&self.seal, line)
    }

    /// All that is known, for questions. Lines that are not this user's own count for nothing.
    pub fn known(self) -> Known {
        let mut known = Known::default();
        let text = if is_private(&self.path) { read(&self.path, 2 * LARGEST).unwrap_or_default() } else { Vec::new() };
        for line in text.split(|&byte| byte == b'\n') {
            let Some(line) = self.read(line) else { continue };
            let from = if line.kind == ReceiptKind::Lost { line.time } else { line.time.saturating_sub(1) };
            known.since = match (known.since, line.kind) {
                (Some(since), ReceiptKind::Lost) => Some(since.max(from)),
                (None, _) => Some(from),
                (since, _) => since,
            };
            let terms = known.terms.len();
            known.terms.push(line.terms);
            known.found.push(line.found.map(Key::from_bytes));
            let all = if line.kind == ReceiptKind::Looked { &mut known.commits } else { &mut known.steps };
            for step in line.steps {
                all.entry(step.new).or_default().push((terms, step.old));
            }
        }
        known.receipts = Some(self);
        known
    }

    fn hash(&self, purpose: &str, parts: &[&[u8]]) -> Hash {
        let mut short = [0; 16];
        short.copy_from_slice(&self.seal.tag(purpose, parts).as_bytes()[..16]);
        short
    }

    fn term(&self, terms: &[u8; 32]) -> Hash {
        self.hash("receipt terms", &[env!("CARGO_PKG_VERSION").as_bytes(), terms])
    }

    fn commit(&self, id: Oid) -> Hash {
        self.hash("receipt commit", &[id.as_bytes()])
    }

    fn node(&self, change: &Change, id: Oid) -> Hash {
        let link = u8::from(change.entry == Entry::Symlink);
        self.hash("receipt node", &[change.path.as_bytes(), &[link], id.as_bytes()])
    }

    /// `None` where nothing of the change is kept.
    fn step(&self, change: &Change) -> Option<Step> {
        if !is_kept(change) {
            return None;
        }
        let Content::Blobs { new: Some(Blob::Object(new)), old } = &change.content else { return None };
        let ids = old.iter().map(|old| match old {
            Blob::Object(id) => Some(self.node(change, *id)),
            Blob::File(_) | Blob::Text(_) => None,
        });
        let mut old = ids.collect::<Option<Vec<Hash>>>()?;
        if old.is_empty() {
            // Rules that go by the name look at new files only.
            let how = if change.kind == ChangeKind::Added { "added" } else { "replaced" };
            old.push(self.hash("receipt nothing", &[how.as_bytes()]));
        }
        old.sort_unstable();
        old.dedup();
        u8::try_from(old.len()).is_ok().then(|| Step { new: self.node(change, *new), old })
    }
}

/// Whether the commit gate has something to look at, and so something to keep.
fn is_kept(change: &Change) -> bool {
    change.kind != ChangeKind::Deleted && matches!(change.entry, Entry::File | Entry::Executable | Entry::Symlink)
}

/// What the receipts of a repository say.
#[derive(Default)]
pub struct Known {
    receipts: Option<Receipts>,
    /// The terms of each line.
    terms: Vec<Vec<Hash>>,
    /// By new node: the line, and what its added lines were added to.
    steps: HashMap<Hash, Vec<(usize, Vec<Hash>)>>,
    /// By commit: the line, and what it leans on.
    commits: HashMap<Hash, Vec<(usize, Vec<Hash>)>>,
    /// The result of each line.
    found: Vec<Option<Key>>,
    since: Option<u64>,
}

/// How much is known of some changes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Seen {
    /// Nothing was found in them under the same terms.
    Clean,
    /// A gate saw each of them and let it through.
    Passed,
    /// No gate saw at least one of them.
    No,
    /// There is nothing in them that a gate looks at.
    Nothing,
}

impl Known {
    /// Where more can be kept; `None` where nothing can.
    pub const fn receipts(&self) -> Option<&Receipts> {
        self.receipts.as_ref()
    }

    /// Since when (seconds since 1970) each change that a commit gate saw is in here. `None` where nothing
    /// is known at all.
    pub const fn since(&self) -> Option<u64> {
        self.since
    }

    /// Which of `outgoing`, all commits of a push, the push gate has looked at under all of `terms`, and where
    /// something was found the key of the result that holds it. The younger result counts.
    pub fn looked(&self, terms: &[[u8; 32]], outgoing: &[Oid]) -> Vec<(Oid, Option<Key>)> {
        let Some(receipts) = self.receipts.as_ref().filter(|_| !terms.is_empty() && !self.commits.is_empty()) else {
            return Vec::new();
        };
        let terms = Self::terms(receipts, terms);
        let hashes: Vec<Hash> = outgoing.iter().map(|id| receipts.commit(*id)).collect();
        let all: HashSet<Hash> = hashes.iter().copied().collect();
        let fits = |(line, leans): &&(usize, Vec<Hash>)| {
            self.holds(*line, &terms) && leans.iter().all(|other| all.contains(other))
        };
        let known = |hash: &Hash| self.commits.get(hash)?.iter().rev().find(fits).map(|(line, _)| self.found[*line]);
        outgoing.iter().zip(&hashes).filter_map(|(id, hash)| Some((*id, known(hash)?))).collect()
    }

    /// What is known of all of a commit's `changes`, its message left out.
    pub fn seen<'c>(&self, terms: &[[u8; 32]], changes: impl IntoIterator<Item = &'c Change>) -> Seen {
        let Some(receipts) = &self.receipts else { return Seen::No };
        let terms = Self::terms(receipts, terms);
        let mut seen = Seen::Nothing;
        for change in changes.into_iter().filter(|change| change.entry != Entry::Message) {
            if !is_kept(change) {
                continue;
            }
            let Some(step) = receipts.step(change) else { return Seen::No };
            if !self.steps.contains_key(&step.new) {
                return Seen::No;
            }
            let clean = seen != Seen::Passed && !terms.is_empty() && self.covers(&step, &terms);
            seen = if clean { Seen::Clean } else { Seen::Passed };
        }
        seen
    }

    fn terms(receipts: &Receipts, terms: &[[u8; 32]]) -> Vec<Hash> {
        terms.iter().map(|terms| receipts.term(terms)).collect()
    }

    fn holds(&self, line: usize, terms: &[Hash]) -> bool {
        terms.iter().all(|term| self.terms[line].contains(term))
    }

    /// Whether all that `step` adds was passed, in however many steps.
    fn covers(&self, step: &Step, terms: &[Hash]) -> bool {
        let mut walk = Walk { known: self, terms, target: &step.old, open: HashSet::new(), done: HashSet::new() };
        walk.reaches(step.new, DEEPEST)
    }
}

/// The way back from a node to the target's old sides.
struct Walk<'k> {
    known: &'k Known,
    terms: &'k [Hash],
    target: &'k [Hash],
    /// On the way now: a circle explains nothing.
    open: HashSet<Hash>,
    /// Known to reach it.
    done: HashSet<Hash>,
}

impl Walk<'_> {
    fn reaches(&mut self, node: Hash, depth: usize) -> bool {
        if self.done.contains(&node) {
            return true;
        }
        if depth == 0 || !self.open.insert(node) {
            return false;
        }
        let steps = self.known.steps.get(&node).map(Vec::as_slice).unwrap_or_default();
        let found = steps
            .iter()
            .filter(|(line, _)| self.known.holds(*line, self.terms))
            .any(|(_, old)| old.iter().all(|old| self.target.contains(old) || self.reaches(*old, depth - 1)));
        if found {
            self.done.insert(node);
        }
        // A node stays open where it does not reach: each is tried once.
        found
    }
}

#[cfg(test)]
mod tests;
