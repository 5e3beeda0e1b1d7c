//! What both readers of the index give: the two sides of each path that differs, and how these
//! become changes.

use super::raw::{Record, Side};
use crate::change::Change;
use crate::finding::{Gap, GapKind};
use crate::paths::RepoPath;

/// A path that differs between a commit's tree and the index.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pair {
    /// The path.
    pub path: RepoPath,
    /// What the tree holds there.
    pub old: Option<Side>,
    /// What the index holds there.
    pub new: Option<Side>,
    /// Whether the path has merge conflicts; both sides are then `None`.
    pub unmerged: bool,
}

/// The changes that the index makes, from its differences with each parent: a path counts where it
/// differs from every one of them. Sorted by path.
pub(in crate::git) fn changes(parents: Vec<Vec<Pair>>) -> (Vec<Change>, Vec<Gap>) {
    let mut parents = parents.into_iter();
    let mut first = parents.next().unwrap_or_default();
    first.sort_by(|one, other| one.path.cmp(&other.path));
    let others: Vec<Vec<Pair>> = parents
        .map(|mut pairs| {
            pairs.sort_by(|one, other| one.path.cmp(&other.path));
            pairs
        })
        .collect();
    let (mut changes, mut gaps) = (Vec::with_capacity(first.len()), Vec::new());
    for pair in first {
        if pair.unmerged {
            gaps.push(conflict(pair.path));
            continue;
        }
        let same = |pairs: &'_ Vec<Pair>| {
            pairs.binary_search_by(|other| other.path.cmp(&pair.path)).ok().map(|at| pairs[at].old)
        };
        let Some(more) = others.iter().map(same).collect::<Option<Vec<_>>>() else { continue };
        let old = std::iter::once(pair.old).chain(more).flatten().collect();
        let record = Record { old, new: pair.new.unwrap_or(Side::NONE), status: b'M', path: pair.path.as_bytes() };
        changes.extend(record.change(None));
    }
    (changes, gaps)
}

fn conflict(path: RepoPath) -> Gap {
    Gap {
        path: Some(path),
        kind: GapKind::Unread,
        reason: "the path has merge conflicts, nothing of it is staged".to_owned(),
        hint: "resolve them and `git add` the file".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::change::{Blob, Content, Kind, Oid};

    fn side(mode: u32, byte: u8) -> Side {
        Side { mode, id: Oid::sha1([byte; 20]) }
    }

    fn pair(path: &str, old: Option<Side>, new: Side) -> Pair {
        Pair { path: path.into(), old, new: Some(new), unmerged: false }
    }

    fn blobs(bytes: &[u8]) -> Vec<Blob> {
        bytes.iter().map(|byte| Blob::Object(Oid::sha1([*byte; 20]))).collect()
    }

    fn old(change: &Change) -> &[Blob] {
        match &change.content {
            Content::Blobs { old, .. } => old,
            Content::Fragments(_) => &[],
        }
    }

    #[test]
    fn a_merge_counts_what_differs_from_every_parent() {
        let ours = vec![pair("b", Some(side(0o100_644, 1)), side(0o100_644, 3)), pair("a", None, side(0o100_644, 4))];
        let theirs = vec![pair("b", Some(side(0o100_755, 2)), side(0o100_644, 3))];
        let (changes, gaps) = changes(vec![ours, theirs]);
        assert!(gaps.is_empty());
        assert_eq!(changes.len(), 1);
        assert_eq!((changes[0].kind, old(&changes[0])), (Kind::Modified, &blobs(&[1, 2])[..]));
    }

    #[test]
    fn a_changed_mode_keeps_the_old_blob_and_a_changed_type_does_not() {
        let (changes, _) = changes(vec![vec![
            pair("mode", Some(side(0o100_644, 1)), side(0o100_755, 1)),
            pair("type", Some(side(0o120_000, 1)), side(0o100_644, 2)),
            pair("sub", Some(side(0o160_000, 1)), side(0o100_644, 2)),
        ]]);
        assert_eq!(changes.iter().map(|change| old(change).len()).collect::<Vec<_>>(), [1, 0, 0]);
        assert!(changes.iter().all(|change| change.kind == Kind::Modified));
    }
}
