//! Whether commits are reached by others, without a child process: for a push that begins at an older
//! commit of the remote.
//!
//! Walks from the younger to the older and stops behind the commits that are asked for. What it does not
//! find in time is left to git: it never says that a commit is not reached.

use std::collections::{BinaryHeap, HashSet};
use std::hash::{BuildHasher, Hasher};

use super::graph::Graph;
use crate::change::Oid;
use crate::git::objects::odb::Objects;
use crate::git::repository::repo::Repo;

/// Commits that are read as objects, at most: from then on a `git rev-list` costs less than it saves.
const MOST_READ: usize = 4096;
/// Commits that the graph tells of, at most.
const MOST: usize = 1 << 20;
/// Clocks that differ by less, in seconds, do not mislead the walk. Git allows for as much.
const SLOP: u64 = 86400;

/// Takes those commits out of `asked` that one of `from` reaches.
pub(in crate::git) fn take_reached(repo: &Repo, from: impl IntoIterator<Item = Oid>, asked: &mut HashSet<Oid>) {
    let (Ok(places), Ok(objects)) = (repo.places(), repo.objects()) else { return };
    let mut commits = Commits { graphs: places.iter().map(|place| Graph::open(place)).collect(), objects, read: 0 };
    let mut left = asked.clone();
    walk(&mut commits, from, &mut left);
    if commits.graphs.iter().all(Graph::is_whole) {
        *asked = left;
    }
}

fn walk(commits: &mut Commits<'_>, from: impl IntoIterator<Item = Oid>, asked: &mut HashSet<Oid>) {
    let dates: Option<Vec<u64>> = asked.iter().map(|id| Some(commits.get(*id)?.0)).collect();
    // A tag, a tree or a blob may bring something of its own.
    let Some(oldest) = dates.and_then(|dates| dates.into_iter().min()) else { return };
    let mut waiting = BinaryHeap::new();
    let mut seen: HashSet<Oid, ByName> = HashSet::default();
    let mut next: Vec<Oid> = from.into_iter().collect();
    loop {
        for id in next {
            if seen.insert(id) {
                asked.remove(&id);
                if asked.is_empty() {
                    return;
                }
                waiting.extend(commits.get(id));
            }
        }
        match waiting.pop() {
            Some((date, parents)) if date.saturating_add(SLOP) >= oldest && seen.len() <= MOST => next = parents,
            _ => return,
        }
    }
}

/// Names of objects are hashes already.
#[derive(Default)]
struct ByName(u64);

impl BuildHasher for ByName {
    type Hasher = Self;

    fn build_hasher(&self) -> Self {
        Self(0)
    }
}

impl Hasher for ByName {
    fn write(&mut self, bytes: &[u8]) {
        if let Some(first) = bytes.first_chunk() {
            self.0 = u64::from_le_bytes(*first);
        }
    }

    // What goes before and behind the name: lengths, all the same.
    fn write_usize(&mut self, _: usize) {}
    fn write_u8(&mut self, _: u8) {}

    fn finish(&self) -> u64 {
        self.0
    }
}

/// Dates and parents of commits.
struct Commits<'r> {
    graphs: Vec<Graph>,
    objects: Objects<'r>,
    read: usize,
}

impl Commits<'_> {
    /// `None` where it is not a commit, is not here, or enough have been read.
    fn get(&mut self, id: Oid) -> Option<(u64, Vec<Oid>)> {
        if let Some(row) = self.graphs.iter().find_map(|graph| graph.row(id)) {
            return Some((row.date, row.parents));
        }
        self.read += 1;
        if self.read > MOST_READ {
            return None;
        }
        self.objects.commit(id, parsed)
    }
}

/// The date and the parents in a commit's headers; `None` where these are cut off.
pub(in crate::git) fn parsed(commit: &[u8]) -> Option<(u64, Vec<Oid>)> {
    let hex = |line: &[u8], name: &[u8]| Oid::from_hex(line.strip_prefix(name)?);
    let mut rest = commit;
    let mut line = || {
        let (line, behind) = rest.split_at_checked(memchr::memchr(b'\n', rest)?)?;
        rest = &behind[1..];
        Some(line)
    };
    hex(line()?, b"tree ")?;
    let mut parents = Vec::with_capacity(2);
    let author = loop {
        let line = line()?;
        match hex(line, b"parent ") {
            Some(id) => parents.push(id),
            None => break line,
        }
    };
    let committer = line().filter(|_| author.starts_with(b"author "))?.strip_prefix(b"committer ")?;
    let date = committer.rsplit(|&byte| byte == b' ').nth(1)?;
    Some((std::str::from_utf8(date).ok()?.parse().ok()?, parents))
}

#[cfg(test)]
mod tests {
    use std::fmt::Write;
    use std::path::Path;

    use super::*;
    use crate::git::repository::command;

    #[test]
    fn headers_are_read_whole_or_not_at_all() {
        let (one, two) = ("1".repeat(40), "2".repeat(40));
        let headers =
            format!("tree {one}\nparent {one}\nparent {two}\nauthor A <a> 5 +0000\ncommitter C <c> 17 -0200\n");
        let commit = format!("{headers}gpgsig x\n\nmessage\n");
        let parents = [&one, &two].map(|hex| Oid::from_hex(hex.as_bytes()).unwrap()).to_vec();
        assert_eq!(parsed(commit.as_bytes()), Some((17, parents)));
        for cut in 0..headers.len() {
            assert_eq!(parsed(&commit.as_bytes()[..cut]), None, "{cut}");
        }
        assert_eq!(
            parsed(format!("tree {one}\nauthor A <a> 5 +0000\ncommitter C <c> 9 +0000\n").as_bytes()),
            Some((9, vec![]))
        );
    }

    /// A history that branches and joins, by its marks: mark N's parents are all older.
    fn history(dir: &Path) -> Vec<Oid> {
        let mut state = 11_u32;
        let mut noise = move |below: u32| {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            (state >> 8) % below
        };
        let mut stream = String::new();
        for mark in 1..=80_u32 {
            let date = 1_700_000_000 + mark * 5000 - noise(9000);
            writeln!(stream, "commit refs/heads/b{mark}\nmark :{mark}\ncommitter a <a@b> {date} +0000\ndata 1\nx")
                .unwrap();
            let mut parents: Vec<u32> =
                (0..=noise(4)).map(|_| 1 + noise(mark.max(2) - 1)).filter(|one| *one < mark).collect();
            parents.sort_unstable();
            parents.dedup();
            for (number, parent) in parents.iter().enumerate() {
                writeln!(stream, "{} :{parent}", if number == 0 { "from" } else { "merge" }).unwrap();
            }
        }
        command::run(dir, &["init", "-q"]).unwrap();
        command::feed(dir, &["fast-import", "--quiet"], stream.as_bytes()).unwrap();
        (1..=80)
            .map(|mark| {
                Oid::from_hex(command::run(dir, &["rev-parse", &format!("b{mark}")]).unwrap().trim_ascii()).unwrap()
            })
            .collect()
    }

    #[test]
    fn what_is_reached_is_what_git_says_with_and_without_a_graph() {
        let dir = tempfile::tempdir().unwrap();
        let commits = history(dir.path());
        let run = |args: &[&str]| command::run(dir.path(), args).unwrap();
        let truth: Vec<HashSet<Oid>> = commits
            .iter()
            .map(|id| {
                run(&["rev-list", &id.to_string()]).split(|&byte| byte == b'\n').filter_map(Oid::from_hex).collect()
            })
            .collect();
        for prepare in [
            &["status"][..],
            &["repack", "-adq"],
            &["commit-graph", "write", "--reachable"],
            &["commit-graph", "write", "--reachable", "--split=replace"],
        ] {
            run(prepare);
            let env = crate::git::Env::default();
            let repo = Repo::discover_without_git(dir.path(), env).unwrap();
            for (number, from) in commits.iter().enumerate() {
                let mut asked: HashSet<Oid> = commits.iter().copied().collect();
                take_reached(&repo, [*from], &mut asked);
                let left: HashSet<Oid> = commits.iter().copied().filter(|id| !truth[number].contains(id)).collect();
                assert_eq!(asked, left, "{prepare:?} {number}");
            }
        }
    }

    #[test]
    fn a_graph_of_layers_is_read_through_all_of_them() {
        let dir = tempfile::tempdir().unwrap();
        let commits = history(dir.path());
        let run = |args: &[&str]| command::run(dir.path(), args).unwrap();
        for last in [commits[9], commits[49], commits[79]] {
            let args = ["commit-graph", "write", "--stdin-commits", "--split=no-merge"];
            command::feed(dir.path(), &args, format!("{last}\n").as_bytes()).unwrap();
        }
        let graph = Graph::open(&dir.path().join(".git/objects"));
        let known: Vec<Oid> = run(&["rev-list", &commits[79].to_string()])
            .split(|&byte| byte == b'\n')
            .filter_map(Oid::from_hex)
            .collect();
        for id in known {
            let row = graph.row(id).unwrap();
            let told = run(&["show", "-s", "--format=%ct %P", &id.to_string()]);
            let parents: Vec<String> = row.parents.iter().map(ToString::to_string).collect();
            assert_eq!(String::from_utf8(told).unwrap().trim(), format!("{} {}", row.date, parents.join(" ")).trim());
        }
    }
}
