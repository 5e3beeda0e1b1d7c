//! What a push brings to a remote: every commit, tag, tree and blob that it does not have yet.

use std::cell::{Cell, OnceCell};
use std::collections::{HashMap, HashSet};

use super::destination;
use super::known;
use crate::change::Listing;
use crate::change::{Blob, Change, Content, Entry, Kind, Oid, REF_NAMES};
use crate::finding::{Gap, GapKind, Scanned};
use crate::git::change::net::{self, Net};
use crate::git::history::reach;
use crate::git::history::tips::{self, Tips};
use crate::git::history::walk::{self, History, Passed, Revisions};
use crate::git::objects::marks::{self, Type};
use crate::git::repository::error::GitError;
use crate::git::repository::repo::Repo;
use crate::paths::RepoPath;

/// One line of what git tells `pre-push` and `pre-receive`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RefUpdate {
    /// What is pushed, as it was typed: a ref, `HEAD`, an id, `(delete)`. In `pre-receive` the ref.
    pub local_ref: Vec<u8>,
    /// Its object; null for a deletion. In `pre-receive` the new value.
    pub local: Oid,
    /// The ref on the other side.
    pub remote_ref: Vec<u8>,
    /// Its object there; null where it is new. In `pre-receive` the old value.
    pub remote: Oid,
}

/// A push, as `pre-push` is reported of it.
#[derive(Clone, Debug, Default)]
pub struct Push {
    /// The remote's name: the URL once more where the push names none.
    pub remote: Option<String>,
    /// Its URL.
    pub url: Option<String>,
    /// What is pushed.
    pub updates: Vec<RefUpdate>,
}

/// What a push brings, seen in two ways.
#[derive(Debug, Default)]
pub struct Outgoing {
    /// Every commit by itself: what was added and taken away again stays in the history.
    pub every: Listing,
    /// The net change of each head: what the other side has in the end and did not have before.
    pub net: Vec<Net>,
    /// All commits, parents before children, those that need not be looked at too.
    pub commits: Vec<Oid>,
    /// Commits of which a change is not listed, for it is another's change as well, and these others.
    pub leaning: HashMap<Oid, Vec<Oid>>,
    /// Remarks for the reader.
    pub notes: Vec<String>,
    /// The commits that the pushed names lead to.
    pub tips: Vec<Oid>,
}

/// Heads whose net change is looked at, at most.
const MOST_HEADS: usize = 16;

/// Reads the standard input of `pre-push`: `LOCAL-REF LOCAL-ID REMOTE-REF REMOTE-ID` a line. The
/// local ref is what was typed and may hold spaces (`HEAD^{/fix this}`).
pub fn parse_updates(input: &[u8]) -> Result<Vec<RefUpdate>, GitError> {
    updates(input, |line| {
        let mut parts = line.rsplitn(4, |&byte| byte == b' ');
        let (remote, remote_ref, local) = (parts.next()?, parts.next()?, parts.next()?);
        Some(RefUpdate {
            local_ref: parts.next()?.to_vec(),
            local: Oid::from_hex(local)?,
            remote_ref: remote_ref.to_vec(),
            remote: Oid::from_hex(remote)?,
        })
    })
}

/// Reads the standard input of `pre-receive`: `OLD-ID NEW-ID REF` a line.
pub fn parse_received(input: &[u8]) -> Result<Vec<RefUpdate>, GitError> {
    updates(input, |line| {
        let mut parts = line.splitn(3, |&byte| byte == b' ');
        let (old, new, name) = (parts.next()?, parts.next()?, parts.next()?);
        Some(RefUpdate {
            local_ref: name.to_vec(),
            local: Oid::from_hex(new)?,
            remote_ref: name.to_vec(),
            remote: Oid::from_hex(old)?,
        })
    })
}

fn updates(input: &[u8], parse: impl Fn(&[u8]) -> Option<RefUpdate>) -> Result<Vec<RefUpdate>, GitError> {
    input
        .split(|&byte| byte == b'\n')
        .map(|line| line.strip_suffix(b"\r").unwrap_or(line))
        .filter(|line| !line.is_empty())
        .map(|line| parse(line).ok_or_else(|| GitError::BadUpdate { line: String::from_utf8_lossy(line).into_owned() }))
        .collect()
}

/// What `push` brings: the commits that the remote's own tips and `refs/remotes/NAME/` do not
/// reach, and what its tags say and point at.
///
/// A URL without a name counts as the configured remote that has it; where none has, only the tips
/// that git names are known. Old tips that are not here are ignored: more is looked at then, not less.
pub fn outgoing(repo: &Repo, push: &Push) -> Result<Outgoing, GitError> {
    outgoing_without(repo, push, &|_, _| HashSet::new())
}

/// The same without the commits of which `passed` says that they were looked at already: these are counted,
/// and told, and nothing more.
pub fn outgoing_without(repo: &Repo, push: &Push, passed: Passed<'_>) -> Result<Outgoing, GitError> {
    if !push.updates.is_empty()
        && let Ok(true) = known::has_all(repo, push)
    {
        let to = match &push.remote {
            Some(name) => format!("push to {name}"),
            None => "push".to_owned(),
        };
        let deletes = push.updates.iter().all(|update| update.local.is_null());
        let what = if deletes { "only deletions" } else { "nothing that it lacks" };
        let every = Listing {
            changes: ref_names(&push.updates).into_iter().collect(),
            scanned: Scanned { how: format!("{to}: {what}, nothing to scan"), ..Scanned::default() },
            ..Listing::default()
        };
        return Ok(Outgoing { every, ..Outgoing::default() });
    }
    let remote = destination::of(repo, push.remote.as_deref(), push.url.as_deref())?;
    let to = match (&remote, push.remote.as_deref().or(push.url.as_deref())) {
        (Some(name), _) => format!("push to {name}"),
        (None, Some(_)) => "push to a URL that no configured remote has".to_owned(),
        (None, None) => "push, no remote known".to_owned(),
    };
    let without = destination::known(repo, remote.as_deref())?;
    let Some(name) = remote else { return listing(repo, &push.updates, &without, &to, passed) };
    let vouched = Vouched::new(repo, push, &name);
    let doubt = Cell::new(false);
    let first = listing(repo, &push.updates, &without, &to, &|commits, outer| {
        if vouched.doubts(outer) {
            doubt.set(true);
            return commits.iter().copied().collect();
        }
        passed(commits, outer)
    })?;
    let hidden: Vec<Oid> = first.tips.iter().filter(|tip| !first.commits.contains(tip)).copied().collect();
    if !doubt.get() && !vouched.doubts(&hidden) {
        return Ok(first);
    }
    let asked = destination::advertised(repo, push.url.as_deref().unwrap_or(&name));
    let (there, note) = match asked {
        Ok(there) => (there, None),
        Err(error) => {
            let told = format!(
                "{name} could not be asked which branches it still has ({error}): commits that only an old \
                 remote-tracking branch speaks for are looked at again"
            );
            (HashSet::new(), Some(told))
        }
    };
    let there: Vec<Oid> = there.into_iter().chain(vouched.all()).collect();
    let without = known_commits(repo, &there)?.iter().map(ToString::to_string).collect::<Vec<_>>();
    let without: Vec<String> = std::iter::once("--not".to_owned()).chain(without).collect();
    let mut second = listing(repo, &push.updates, &without, &to, passed)?;
    second.notes.extend(note);
    Ok(second)
}

/// What the other side has for sure: what it said itself, and its default branch, which no push deletes. Any other
/// remote-tracking branch may be one that is gone there.
struct Vouched<'v> {
    repo: &'v Repo,
    name: &'v str,
    told: HashSet<Oid>,
    default: OnceCell<Vec<Oid>>,
}

impl<'v> Vouched<'v> {
    fn new(repo: &'v Repo, push: &Push, name: &'v str) -> Self {
        let told = push.updates.iter().map(|update| update.remote).filter(|id| !id.is_null()).collect();
        Self { repo, name, told, default: OnceCell::new() }
    }

    fn all(&self) -> Vec<Oid> {
        let default = self.default.get_or_init(|| destination::default_branch(self.repo, self.name));
        self.told.iter().chain(default).copied().collect()
    }

    /// Whether nothing of that reaches one of `commits`.
    fn doubts(&self, commits: &[Oid]) -> bool {
        let mut asked: HashSet<Oid> = commits.iter().filter(|id| !self.told.contains(id)).copied().collect();
        if !asked.is_empty() {
            let all = self.all();
            asked.retain(|id| !all.contains(id));
            if !asked.is_empty() {
                reach::take_reached(self.repo, all, &mut asked);
            }
        }
        !asked.is_empty()
    }
}

/// The names that a push makes on the other side.
fn ref_names(updates: &[RefUpdate]) -> Option<Change> {
    let new = updates.iter().filter(|update| update.remote.is_null() && !update.local.is_null());
    let text = new.flat_map(|update| [&update.remote_ref[..], b"\n"].concat()).collect::<Vec<u8>>();
    (!text.is_empty()).then(|| Change {
        path: RepoPath::from(REF_NAMES),
        kind: Kind::Added,
        entry: Entry::Message,
        content: Content::Blobs { new: Some(Blob::Text(text.into())), old: Vec::new() },
        commit: None,
    })
}

/// What a push brought to this repository, seen from its `pre-receive` hook: `updates` from
/// [`parse_received`]. The objects lie in quarantine, which git's own variables name.
pub fn received(repo: &Repo, updates: &[RefUpdate]) -> Result<Outgoing, GitError> {
    listing(repo, updates, &["--not".to_owned(), "--all".to_owned()], "push received", &|_, _| HashSet::new())
}

/// Every local branch and tag, as far as `remote` lacks it: for hook frameworks that tell of one
/// ref of a push only. Without a name: the remote that a plain `git push` goes to.
pub fn unpushed(repo: &Repo, remote: Option<&str>) -> Result<Outgoing, GitError> {
    let name = destination::of(repo, remote, None)?;
    let to = match &name {
        Some(name) => format!("all local branches and tags that {name} lacks"),
        None => "all local branches and tags, no remote known".to_owned(),
    };
    let null = |id: Oid| Oid::from_bytes(&vec![0; id.as_bytes().len()]);
    let updates: Vec<RefUpdate> = destination::local_refs(repo)?
        .into_iter()
        .filter_map(|(name, id)| {
            Some(RefUpdate { local_ref: name.clone(), local: id, remote_ref: name, remote: null(id)? })
        })
        .collect();
    listing(repo, &updates, &destination::known(repo, name.as_deref())?, &to, &|_, _| HashSet::new())
}

/// What a plain `git push` sends: the commits of HEAD that `remote` lacks. No tag, and no other branch.
pub fn plain_push(repo: &Repo, remote: Option<&str>) -> Result<Outgoing, GitError> {
    let name = destination::of(repo, remote, None)?;
    let to = match &name {
        Some(name) => format!("HEAD, as far as {name} lacks it"),
        None => "HEAD, no remote known".to_owned(),
    };
    let head = crate::git::history::ancestry::head(repo)?.and_then(|id| Oid::from_hex(id.as_bytes()));
    let null = |id: Oid| Oid::from_bytes(&vec![0; id.as_bytes().len()]);
    let update = head.and_then(|id| {
        Some(RefUpdate { local_ref: b"HEAD".to_vec(), local: id, remote_ref: b"HEAD".to_vec(), remote: null(id)? })
    });
    let updates: Vec<RefUpdate> = update.into_iter().collect();
    listing(repo, &updates, &destination::known(repo, name.as_deref())?, &to, &|_, _| HashSet::new())
}

fn listing(
    repo: &Repo,
    updates: &[RefUpdate],
    without: &[String],
    to: &str,
    passed: Passed<'_>,
) -> Result<Outgoing, GitError> {
    let pushed: Vec<&RefUpdate> = updates.iter().filter(|update| !update.local.is_null()).collect();
    if pushed.is_empty() {
        let what = if updates.is_empty() { "nothing to push" } else { "only deletions" };
        let scanned = Scanned { how: format!("{to}: {what}, nothing to scan"), ..Scanned::default() };
        let every = Listing { scanned, ..Listing::default() };
        return Ok(Outgoing { every, ..Outgoing::default() });
    }
    let named: Vec<(&[u8], Oid)> = pushed.iter().map(|update| (&update.local_ref[..], update.local)).collect();
    let Tips { commits, mut changes, mut gaps } = tips::peel(repo, &named)?;
    changes.extend(ref_names(updates));
    let tips = commits.clone();
    let old: Vec<Oid> = updates.iter().map(|update| update.remote).filter(|id| !id.is_null()).collect();
    let old = known_commits(repo, &old)?;

    let history = if commits.is_empty() {
        History::default()
    } else {
        let input = [marks::lines("", &commits), marks::lines("^", &old)].concat();
        walk::walk_without(repo, &Revisions { input, args: without.to_vec() }, passed)?
    };
    let net = net(repo, &commits, &old, without, &history, &mut gaps)?;
    let one = |ids: &[Oid]| ids.first().filter(|_| ids.len() == 1).map(ToString::to_string);
    let scanned = Scanned {
        base: one(&old),
        head: one(&pushed.iter().map(|update| update.local).collect::<Vec<_>>()),
        how: match history.passed {
            0 => format!("{to}: {} that it lacks, each against its parents", history.told()),
            passed => format!(
                "{to}: {} that it lacks, each against its parents; {passed} of them this gate has looked at before",
                history.told()
            ),
        },
        commits: history.commits.len(),
        before: history.passed,
        ..Scanned::default()
    };
    let History { commits, leaning, changes: files, .. } = history;
    changes.extend(files);
    Ok(Outgoing { every: Listing { changes, gaps, scanned }, net, commits, leaning, notes: Vec::new(), tips })
}

/// The net change of each of `tips` that the other side does not have.
fn net(
    repo: &Repo,
    tips: &[Oid],
    old: &[Oid],
    without: &[String],
    history: &History,
    gaps: &mut Vec<Gap>,
) -> Result<Vec<Net>, GitError> {
    let new: HashSet<Oid> = history.commits.iter().copied().collect();
    let mut heads: Vec<Oid> = tips.iter().copied().filter(|tip| new.contains(tip)).collect();
    if heads.len() > MOST_HEADS {
        gaps.push(Gap {
            path: None,
            kind: GapKind::Partial,
            reason: format!("of {} branches at once only the net change of {MOST_HEADS} is looked at", heads.len()),
            hint: "push fewer branches at a time".to_owned(),
        });
        heads.truncate(MOST_HEADS);
    }
    // A tag may lead to anything: as a base only a commit will do.
    let types = marks::types(repo, old)?;
    let old_commits: Vec<Oid> =
        old.iter().zip(types).filter(|(_, kind)| *kind == Some(Type::Commit)).map(|(&id, _)| id).collect();
    let mut all = Vec::new();
    for &head in &heads {
        let boundary = if heads.len() == 1 {
            history.boundary.clone()
        } else {
            let input = [marks::lines("", &[head]), marks::lines("^", old)].concat();
            walk::boundary(repo, &Revisions { input, args: without.to_vec() })?
        };
        // What stood at the ref before a forced push is there as well. Where several heads are pushed it may
        // be another's, which an orphan has nothing to do with.
        let mut bases = boundary;
        if heads.len() == 1 || !bases.is_empty() {
            bases.extend(old_commits.iter().filter(|id| !bases.contains(id)).copied().collect::<Vec<_>>());
        }
        all.push(net::net_of(repo, &bases, head)?);
    }
    Ok(all)
}

/// Those of `ids` that are here and lead to a commit.
fn known_commits(repo: &Repo, ids: &[Oid]) -> Result<Vec<Oid>, GitError> {
    let types = marks::types(repo, ids)?;
    let known = ids.iter().zip(types).filter(|(_, kind)| matches!(kind, Some(Type::Commit | Type::Tag)));
    Ok(known.map(|(&id, _)| id).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_of_pre_push_are_read_from_the_right() {
        let (one, none) = ("1".repeat(40), "0".repeat(40));
        let input = format!("HEAD^{{/fix this}} {one} refs/heads/x {none}\n(delete) {none} refs/heads/y {one}\n\n");
        let updates = parse_updates(input.as_bytes()).unwrap();
        assert_eq!(updates.len(), 2);
        assert_eq!(updates[0].local_ref, b"HEAD^{/fix this}");
        assert_eq!(updates[0].remote_ref, b"refs/heads/x");
        assert!(updates[0].remote.is_null() && updates[1].local.is_null());
        assert_eq!(parse_updates(b"").unwrap(), []);
        for bad in ["main", "refs/heads/x 12 refs/heads/x 34", &format!("{one} refs/heads/x {none}")] {
            assert!(matches!(parse_updates(bad.as_bytes()), Err(GitError::BadUpdate { .. })), "{bad}");
        }
    }

    #[test]
    fn lines_of_pre_receive_put_the_old_value_first() {
        let (old, new) = ("1".repeat(64), "2".repeat(64));
        let updates = parse_received(format!("{old} {new} refs/heads/x\n").as_bytes()).unwrap();
        assert_eq!(updates[0].local.to_string(), new);
        assert_eq!(updates[0].remote.to_string(), old);
        assert!(parse_received(b"1 2 x\n").is_err());
    }
}
