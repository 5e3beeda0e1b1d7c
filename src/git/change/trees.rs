//! Where trees differ, without a child process: equal directories are passed over unread.

use std::collections::HashMap;

use super::raw::Side;
use crate::change::Oid;
use crate::git::objects::odb::Objects;
use crate::git::objects::tree::{DIRECTORY, TreeEntries, TreeEntry};
use crate::git::repository::doubt::{Doubt, Sure};

/// Directories within each other, at most; deeper ones are left to git.
const DEEPEST: usize = 512;
/// Entries that are read for one comparison, at most.
const MOST: usize = 8_000_000;

/// A path that differs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::git) struct Difference {
    pub(in crate::git) path: Vec<u8>,
    pub(in crate::git) old: Side,
    pub(in crate::git) new: Side,
}

/// Where the tree `new` differs from `old`, by path; from no tree at all where that is `None`.
pub(in crate::git) fn differences(objects: &mut Objects<'_>, old: Option<Oid>, new: Oid) -> Sure<Vec<Difference>> {
    let mut walk = Walk { objects, path: Vec::new(), found: Vec::new(), left: MOST };
    if old != Some(new) {
        walk.directory(old, Some(new), 0)?;
    }
    Ok(walk.found)
}

/// A path, what each of the old trees has there, and what the new one has.
pub(in crate::git) type Path = (Vec<u8>, Vec<Side>, Side);

/// What `new` holds that none of `olds` holds at that path, with what stands there in each of them; all of it where
/// there are none. What is gone from it too, where all of them have it.
pub(in crate::git) fn against(objects: &mut Objects<'_>, olds: &[Oid], new: Oid) -> Sure<Vec<Path>> {
    let Some((first, rest)) = olds.split_first() else {
        let all = differences(objects, None, new)?;
        return Ok(all.into_iter().map(|one| (one.path, vec![one.old], one.new)).collect());
    };
    let mut found: Vec<Path> =
        differences(objects, Some(*first), new)?.into_iter().map(|one| (one.path, vec![one.old], one.new)).collect();
    for old in rest {
        if found.is_empty() {
            break;
        }
        let there: HashMap<Vec<u8>, Side> =
            differences(objects, Some(*old), new)?.into_iter().map(|one| (one.path, one.old)).collect();
        found.retain_mut(|(path, sides, _)| there.get(path).map(|side| sides.push(*side)).is_some());
    }
    Ok(found)
}

struct Walk<'w, 'p> {
    objects: &'w mut Objects<'p>,
    /// The directory stood in, with a slash behind it.
    path: Vec<u8>,
    found: Vec<Difference>,
    left: usize,
}

impl Walk<'_, '_> {
    fn directory(&mut self, old: Option<Oid>, new: Option<Oid>, depth: usize) -> Sure<()> {
        if depth > DEEPEST {
            return Err(Doubt::new("directories are nested too deep"));
        }
        let mut read = |id: Option<Oid>| id.map_or_else(|| Ok(Vec::new()), |id| self.objects.tree(id));
        let (old, new) = (read(old)?, read(new)?);
        let (old, new) = (entries(&old)?, entries(&new)?);
        self.left = self.left.checked_sub(old.len() + new.len()).ok_or(Doubt::new("a tree has very many entries"))?;
        let (mut old, mut new) = (old.into_iter().peekable(), new.into_iter().peekable());
        loop {
            let order = match (old.peek(), new.peek()) {
                (None, None) => return Ok(()),
                (Some(_), None) => std::cmp::Ordering::Less,
                (None, Some(_)) => std::cmp::Ordering::Greater,
                (Some(one), Some(other)) => key(one).cmp(&key(other)),
            };
            let one = if order.is_le() { old.next() } else { None };
            let other = if order.is_ge() { new.next() } else { None };
            if let (Some(one), Some(other)) = (one, other)
                && (one.mode, one.id) == (other.mode, other.id)
            {
                continue;
            }
            self.pair(one, other, depth)?;
        }
    }

    /// Both entries have one name, and both are directories or neither is.
    fn pair(&mut self, old: Option<TreeEntry<'_>>, new: Option<TreeEntry<'_>>, depth: usize) -> Sure<()> {
        let Some(either) = old.or(new) else { return Ok(()) };
        let above = self.path.len();
        self.path.extend_from_slice(either.name);
        if either.mode == DIRECTORY {
            self.path.push(b'/');
            self.directory(old.map(|old| old.id), new.map(|new| new.id), depth + 1)?;
        } else {
            let side = |entry: Option<TreeEntry<'_>>| {
                entry.map_or(Side::NONE, |entry| Side { mode: entry.mode, id: entry.id })
            };
            self.found.push(Difference { path: self.path.clone(), old: side(old), new: side(new) });
        }
        self.path.truncate(above);
        Ok(())
    }
}

/// What trees are ordered by: the name, a directory's with a slash behind it.
const fn key<'k>(entry: &TreeEntry<'k>) -> Key<'k> {
    Key(entry.name, entry.mode == DIRECTORY)
}

#[derive(PartialEq, Eq)]
struct Key<'k>(&'k [u8], bool);

impl Ord for Key<'_> {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        let same = self.0.len().min(other.0.len());
        let behind = |key: &Self| match key.0.get(same) {
            None if key.1 => Some(b'/'),
            byte => byte.copied(),
        };
        let order = self.0[..same].cmp(&other.0[..same]).then_with(|| behind(self).cmp(&behind(other)));
        // Names hold no slash: where all is equal but the lengths, one is a directory's and the other goes on with less.
        order.then_with(|| self.0.len().cmp(&other.0.len()))
    }
}

impl PartialOrd for Key<'_> {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

/// The entries of a tree, which must be in order.
fn entries(bytes: &[u8]) -> Sure<Vec<TreeEntry<'_>>> {
    let entries: Vec<TreeEntry<'_>> = TreeEntries::new(bytes).collect::<Sure<_>>()?;
    if entries.windows(2).all(|two| key(&two[0]) < key(&two[1])) {
        Ok(entries)
    } else {
        Err(Doubt::new("a tree object is not in order"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::git::Env;
    use crate::git::change::raw::Record;
    use crate::git::repository::command;
    use crate::git::repository::repo::Repo;

    #[test]
    #[allow(clippy::format_push_string, reason = "a stream of a few lines")]
    fn trees_differ_where_git_says_so() {
        let dir = tempfile::tempdir().unwrap();
        let run = |args: &[&str]| command::run(dir.path(), args).unwrap();
        run(&["init", "-q"]);
        // Names around the slash, files that become directories and back, links, submodules, changed modes.
        let names = ["a", "a-b", "a.b", "a/b", "a/c/d", "a0", "b", "b/x", "c"];
        let mut state = 5_u32;
        let mut random = |below: usize| {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            (state >> 16) as usize % below
        };
        let mut stream = String::new();
        for number in 0..40 {
            stream +=
                &format!("commit refs/heads/main\nmark :{}\ncommitter a <a@b> {number} +0000\ndata 1\nx\n", number + 1);
            for _ in 0..=random(4) {
                let name = names[random(names.len())];
                stream += &match random(6) {
                    0 => format!("D {name}\n"),
                    1 => format!("M 160000 {:040} {name}\n", 1 + random(3)),
                    kind => {
                        let mode = ["100644", "100644", "100755", "120000"][kind - 2];
                        format!("M {mode} inline {name}\ndata 2\n{}\n\n", random(9))
                    }
                };
            }
            stream += "\n";
        }
        command::feed(dir.path(), &["fast-import", "--quiet", "--force"], stream.as_bytes()).unwrap();
        let repo = Repo::discover_without_git(dir.path(), Env::default()).unwrap();
        let mut objects = repo.objects().unwrap();
        let listed = run(&["log", "--format=%T", "main"]);
        let trees: Vec<Oid> = listed.split(|&byte| byte == b'\n').filter_map(Oid::from_hex).collect();
        let by_git = |old: Oid, new: Oid| {
            let raw = run(&[
                "diff-tree",
                "-r",
                "--raw",
                "-z",
                "--no-abbrev",
                "--no-renames",
                &old.to_string(),
                &new.to_string(),
            ]);
            let mut fields = raw.split(|&byte| byte == 0).filter(|field| !field.is_empty());
            let mut found = Vec::new();
            while let (Some(meta), Some(path)) = (fields.next(), fields.next()) {
                let record = Record::parse(meta, path).unwrap();
                found.push(Difference { path: path.to_vec(), old: record.old[0], new: record.new });
            }
            found.sort_by(|one, other| one.path.cmp(&other.path));
            found
        };
        let mut count = 0;
        for (number, new) in trees.iter().enumerate() {
            let (one, other) = (trees[number * 7 % 40], trees[number * 3 % 40]);
            let mut own = differences(&mut objects, Some(one), *new).unwrap();
            own.sort_by(|one, other| one.path.cmp(&other.path));
            assert_eq!(own, by_git(one, *new));
            let there = by_git(other, *new);
            own.retain(|found| there.iter().any(|also| also.path == found.path));
            let mut both = against(&mut objects, &[one, other], *new).unwrap();
            both.sort_by(|one, other| one.0.cmp(&other.0));
            let told: Vec<&Vec<u8>> = both.iter().map(|(path, ..)| path).collect();
            assert_eq!(told, own.iter().map(|found| &found.path).collect::<Vec<_>>());
            assert!(both.iter().all(|(_, olds, _)| olds.len() == 2));
            count += both.len();
        }
        assert!(count > 50, "{count}");
    }
}
