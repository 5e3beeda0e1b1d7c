//! A repository that changes step by step: paths, modes, versions of the index, commits, merges.

use std::collections::BTreeSet;
use std::io::Write;
use std::process::{Output, Stdio};

use crate::support::Dice;
use crate::support::World;

/// Parts of paths: prefixes of each other in many ways, and what needs quoting.
const PARTS: &[&[u8]] = &[
    b"a",
    b"a.b",
    b"a-b",
    b"a0",
    b"ab",
    b"A",
    b"b",
    b"b.c",
    b"\n",
    b"two\nlines",
    b"\"q\"",
    b"'s'",
    b"\xff\xfe",
    b"\xc3\xa9",
    b" ",
    b"\\",
    b"~",
    b"-",
    b"0",
    b"lib",
    b"src",
    b"x\ty",
    b"\x01",
    b"\x7f",
];

const MODES: &[&str] = &["100644", "100644", "100644", "100755", "120000", "160000"];

pub(super) struct Playground {
    pub(super) world: World,
    dice: Dice,
    blobs: Vec<String>,
    commits: Vec<String>,
    /// Paths that the index may hold: those ever put in.
    paths: Vec<Vec<u8>>,
    branches: usize,
}

impl Playground {
    pub(super) fn new(dice: Dice) -> Self {
        let mut new =
            Self { world: World::new(), dice, blobs: Vec::new(), commits: Vec::new(), paths: Vec::new(), branches: 0 };
        new.git(&["init", "-q", "."]);
        for number in 0..8 {
            let id = new.feed(&["hash-object", "-w", "--stdin"], format!("{number}\n").as_bytes());
            new.blobs.push(text(&id));
        }
        for (name, values) in [("index.version", &["2", "3", "4"][..]), ("index.threads", &["1", "2", "true"])] {
            if new.dice.one_in(2) {
                let value = *new.dice.pick(values);
                new.git(&["config", name, value]);
            }
        }
        new
    }

    /// One random change. Gives its name.
    pub(super) fn step(&mut self) -> &'static str {
        type Step = fn(&mut Playground);
        const STEPS: &[(usize, &str, Step)] = &[
            (30, "put", Playground::put),
            (10, "remove", Playground::remove),
            (4, "flatten", Playground::flatten),
            (12, "commit", Playground::commit),
            (5, "write-tree", |my| drop(my.git(&["write-tree"]))),
            (5, "reset", |my| drop(my.git(&["read-tree", "--reset", "HEAD"]))),
            (4, "other-tree", Playground::other_tree),
            (4, "index-version", Playground::index_version),
            (8, "intent-to-add", Playground::intent_to_add),
            (4, "flags", Playground::flags),
            (5, "conflict", Playground::conflict),
            (3, "pack", |my| drop(my.git(&["repack", "-adq"]))),
            (2, "pack-refs", |my| drop(my.git(&["pack-refs", "--all", "--prune"]))),
            (3, "branch", Playground::branch),
            (2, "unborn", Playground::unborn),
            (2, "detach", Playground::detach),
            (5, "merge", Playground::merge),
            (1, "no-index", Playground::no_index),
            (2, "split", |my| drop(my.git(&["update-index", "--split-index"]))),
            (8, "unsplit", |my| drop(my.git(&["update-index", "--no-split-index"]))),
            (1, "sparse", Playground::sparse),
            (2, "rename", Playground::rename),
        ];
        let mut ticket = self.dice.below(STEPS.iter().map(|(weight, ..)| weight).sum());
        for (weight, name, step) in STEPS {
            if ticket < *weight {
                step(self);
                return name;
            }
            ticket -= weight;
        }
        unreachable!("the ticket is below the sum")
    }

    fn git(&self, args: &[&str]) -> Output {
        self.world.command("git").args(args).output().unwrap()
    }

    fn feed(&self, args: &[&str], input: &[u8]) -> Vec<u8> {
        let mut child = self
            .world
            .command("git")
            .args(args)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        // A child that refuses its input has said so by ending.
        let _ = child.stdin.take().unwrap().write_all(input);
        child.wait_with_output().unwrap().stdout
    }

    fn path(&mut self) -> Vec<u8> {
        if !self.paths.is_empty() && self.dice.one_in(2) {
            return self.dice.pick(&self.paths).clone();
        }
        let depth = if self.dice.one_in(40) { 40 } else { 1 + self.dice.below(5) };
        let parts: Vec<&[u8]> = (0..depth)
            .map(|_| if self.dice.one_in(3) { *self.dice.pick(PARTS) } else { *self.dice.pick(&PARTS[..6]) })
            .collect();
        let mut path = parts.join(&b'/');
        if self.dice.one_in(60) {
            path.extend(std::iter::repeat_n(b'n', 4100));
        }
        self.paths.push(path.clone());
        path
    }

    fn id(&mut self, mode: &str) -> String {
        if mode == "160000" { format!("{:040x}", self.dice.below(5) + 1) } else { self.dice.pick(&self.blobs).clone() }
    }

    fn index_info(&self, lines: &[(String, Vec<u8>)]) {
        let mut input = Vec::new();
        for (meta, path) in lines {
            input.extend_from_slice(meta.as_bytes());
            input.push(b'\t');
            input.extend_from_slice(path);
            input.push(0);
        }
        self.feed(&["update-index", "-z", "--replace", "--index-info"], &input);
    }

    fn put(&mut self) {
        let count = if self.dice.one_in(4) { 40 } else { 1 + self.dice.below(6) };
        let lines: Vec<_> = (0..count)
            .map(|_| {
                let mode = *self.dice.pick(MODES);
                let id = self.id(mode);
                (format!("{mode} {id}"), self.path())
            })
            .collect();
        self.index_info(&lines);
    }

    fn remove(&mut self) {
        let lines: Vec<_> = (0..=self.dice.below(8)).map(|_| (format!("0 {}", "0".repeat(40)), self.path())).collect();
        self.index_info(&lines);
    }

    /// A directory becomes a file.
    fn flatten(&mut self) {
        let path = self.path();
        let Some(slash) = path.iter().rposition(|&byte| byte == b'/') else { return };
        let id = self.id("100644");
        self.index_info(&[(format!("100644 {id}"), path[..slash].to_vec())]);
    }

    fn rename(&mut self) {
        let list = self.git(&["ls-files", "-s", "-z"]).stdout;
        let entries: BTreeSet<&[u8]> = list.split(|&byte| byte == 0).filter(|line| !line.is_empty()).collect();
        let entries: Vec<&[u8]> = entries.into_iter().collect();
        if entries.is_empty() {
            return;
        }
        let chosen = *self.dice.pick(&entries);
        let Some(tab) = chosen.iter().position(|&byte| byte == b'\t') else { return };
        let meta = String::from_utf8_lossy(&chosen[..tab - 2]).into_owned();
        let target = self.path();
        self.index_info(&[(format!("0 {}", "0".repeat(40)), chosen[tab + 1..].to_vec()), (meta, target)]);
    }

    fn commit(&mut self) {
        let tree = text(&self.git(&["write-tree"]).stdout);
        if tree.is_empty() {
            return;
        }
        let mut args = vec!["commit-tree", "-m", "c", &tree];
        let head = text(&self.git(&["rev-parse", "-q", "--verify", "HEAD"]).stdout);
        if !head.is_empty() {
            args.extend(["-p", &head]);
        }
        let commit = text(&self.git(&args).stdout);
        self.git(&["update-ref", "HEAD", &commit]);
        self.commits.push(commit);
        let _ = std::fs::remove_file(self.world.repo().join(".git/MERGE_HEAD"));
    }

    /// The index of another commit: everything differs from HEAD.
    fn other_tree(&mut self) {
        if !self.commits.is_empty() {
            let commit = self.dice.pick(&self.commits).clone();
            self.git(&["read-tree", "--reset", &commit]);
        }
    }

    fn index_version(&mut self) {
        let version = *self.dice.pick(&["2", "3", "4"]);
        self.git(&["update-index", "--index-version", version]);
        self.git(&["config", "index.version", version]);
    }

    fn intent_to_add(&mut self) {
        let name = format!("new-{}", self.dice.below(2));
        let dir = *self.dice.pick(&["", "a/"]);
        let full = self.world.repo().join(dir);
        if std::fs::create_dir_all(&full).is_ok() && std::fs::write(full.join(&name), "x\n").is_ok() {
            let path = format!("{dir}{name}");
            if self.dice.one_in(2) {
                // The commit then holds what is announced anew.
                self.git(&["add", &path]);
                self.commit();
            }
            self.git(&["update-index", "--force-remove", &path]);
            self.git(&["add", "-N", &path]);
        }
    }

    fn flags(&mut self) {
        let flag = *self.dice.pick(&["--skip-worktree", "--assume-unchanged", "--no-skip-worktree"]);
        let list = self.git(&["ls-files", "-z"]).stdout;
        let some: Vec<u8> =
            list.split_inclusive(|&byte| byte == 0).filter(|_| self.dice.one_in(3)).flatten().copied().collect();
        self.feed(&["update-index", "-z", flag, "--stdin"], &some);
    }

    fn conflict(&mut self) {
        let path = self.path();
        let mut lines = vec![(format!("0 {}", "0".repeat(40)), path.clone())];
        for stage in 1..=3 {
            if self.dice.one_in(2) || stage == 3 {
                let id = self.id("100644");
                lines.push((format!("100644 {id} {stage}"), path.clone()));
            }
        }
        self.index_info(&lines);
    }

    fn branch(&mut self) {
        if let Some(commit) = self.commits.last().cloned() {
            self.branches += 1;
            let name = format!("refs/heads/b{}/x", self.branches);
            self.git(&["update-ref", &name, &commit]);
            self.git(&["symbolic-ref", "HEAD", &name]);
        }
    }

    fn unborn(&mut self) {
        self.branches += 1;
        let name = format!("refs/heads/unborn{}", self.branches);
        self.git(&["symbolic-ref", "HEAD", &name]);
    }

    fn detach(&mut self) {
        if !self.commits.is_empty() {
            let commit = self.dice.pick(&self.commits).clone();
            self.git(&["update-ref", "--no-deref", "HEAD", &commit]);
        }
    }

    /// One to three more parents, or none again.
    fn merge(&mut self) {
        let file = self.world.repo().join(".git/MERGE_HEAD");
        if self.commits.is_empty() || self.dice.one_in(4) {
            let _ = std::fs::remove_file(file);
            return;
        }
        let mut heads = String::new();
        for _ in 0..=self.dice.below(3) {
            let at = self.dice.below(self.commits.len());
            heads.push_str(&self.commits[at]);
            heads.push('\n');
        }
        std::fs::write(file, heads).unwrap();
    }

    fn no_index(&mut self) {
        let _ = std::fs::remove_file(self.world.repo().join(".git/index"));
    }

    /// A sparse index for a while.
    fn sparse(&mut self) {
        if self.dice.one_in(2) {
            self.git(&["sparse-checkout", "set", "--cone", "--sparse-index", "a"]);
        } else {
            self.git(&["sparse-checkout", "disable"]);
        }
    }
}

fn text(output: &[u8]) -> String {
    String::from_utf8_lossy(output).trim().to_owned()
}
