//! What a push brings, read through the library: every row of what git tells `pre-push` and
//! `pre-receive`.

use gatehook::change::{Change, Entry, Kind};
use gatehook::git::{self, GitError, Push, Repo};

use crate::support::World;

/// A repository with two commits on `main`, pushed to `origin`, and a third one that is not.
fn world() -> (World, Repo) {
    let world = World::new();
    ok(
        &world,
        "git init -q --bare ../origin.git && git init -q . && git remote add origin ../origin.git &&
         echo 1 >a && git add . && git commit -qm one && echo 2 >>a && git commit -qam two &&
         git push -q origin main && echo 3 >>a && echo b >b && git add . && git commit -qm three",
    );
    let repo = Repo::discover(&world.repo()).unwrap();
    (world, repo)
}

fn ok(world: &World, script: &str) -> String {
    let output = world.sh(&format!("exec 2>&1; set -e; {script}"));
    let text = String::from_utf8_lossy(&output.stdout).trim().to_owned();
    assert!(output.status.success(), "{script}\n{text}");
    text
}

fn push(world: &World, remote: &str, lines: &[(&str, &str, &str, &str)]) -> Push {
    let id = |name: &str| if name.is_empty() { "0".repeat(40) } else { ok(world, &format!("git rev-parse {name}")) };
    let line =
        |(name, local, there, old): &(&str, &str, &str, &str)| format!("{name} {} {there} {}", id(local), id(old));
    let lines: Vec<String> = lines.iter().map(line).collect();
    let updates = git::parse_updates(lines.join("\n").as_bytes()).unwrap();
    Push { remote: Some(remote.to_owned()), url: None, updates }
}

/// `KIND PATH` of each change but messages of commits, and headers and names, sorted.
fn told(changes: &[Change]) -> Vec<String> {
    let mut told: Vec<String> = changes
        .iter()
        .filter(|change| !change.is_header() && (change.entry != Entry::Message || change.commit.is_none()))
        .map(|change| {
            let kind = match change.kind {
                Kind::Added => "A",
                Kind::Modified => "M",
                Kind::Deleted => "D",
            };
            format!("{kind} {}", change.path)
        })
        .collect();
    told.sort();
    told
}

#[test]
fn only_commits_that_the_remote_lacks_are_outgoing() {
    let (world, repo) = world();
    let all = push(&world, "origin", &[("refs/heads/main", "main", "refs/heads/main", "main~1")]);
    let listing = git::outgoing(&repo, &all).unwrap().every;
    assert_eq!(told(&listing.changes), ["A b", "M a"]);
    assert_eq!(listing.scanned.commits, 1);
    let new = push(&world, "origin", &[("HEAD", "HEAD", "refs/heads/new", "")]);
    assert_eq!(git::outgoing(&repo, &new).unwrap().every.scanned.commits, 1, "a new branch brings no old commit");
    let message = listing.changes.iter().find(|change| change.entry == Entry::Message).unwrap();
    assert!(message.path.to_string().starts_with("commit "));
    assert_eq!(message.commit.as_ref().unwrap().subject, b"three");
    assert_eq!(message.commit.as_ref().unwrap().author, b"Ada <ada@example.org>");
}

#[test]
fn deletions_bring_nothing_and_say_so() {
    let (world, repo) = world();
    let gone = push(&world, "origin", &[("(delete)", "", "refs/heads/x", "main")]);
    let listing = git::outgoing(&repo, &gone).unwrap().every;
    assert!(listing.changes.is_empty() && listing.scanned.how.contains("only deletions"), "{}", listing.scanned.how);
    let listing = git::outgoing(&repo, &push(&world, "origin", &[])).unwrap().every;
    assert!(listing.changes.is_empty() && listing.scanned.how.contains("nothing to push"), "{}", listing.scanned.how);
}

#[test]
fn tags_are_peeled_and_read() {
    let (world, repo) = world();
    ok(
        &world,
        "git tag -am 'say this' v1 main && git tag -am outer v2 v1 && git tag blob main:a &&
         git tag tree 'main^{tree}' && git tag light main",
    );
    let line = |name: &'static str| ("refs/tags/x", name, "refs/tags/x", "");
    let listing = git::outgoing(&repo, &push(&world, "origin", &[line("v2")])).unwrap().every;
    assert_eq!(told(&listing.changes), ["A b", "A tag v1 message", "A tag v2 message", "M a"]);
    let listing = git::outgoing(&repo, &push(&world, "origin", &[line("blob")])).unwrap().every;
    assert_eq!(told(&listing.changes), ["A blob at refs/tags/x"]);
    let listing = git::outgoing(&repo, &push(&world, "origin", &[line("tree")])).unwrap().every;
    assert_eq!(told(&listing.changes), ["A a", "A b"]);
    let listing = git::outgoing(&repo, &push(&world, "origin", &[line("light")])).unwrap().every;
    assert_eq!(told(&listing.changes), ["A b", "M a"]);
}

#[test]
fn a_url_counts_as_the_remote_that_has_it() {
    let (world, repo) = world();
    let line = ("refs/heads/main", "main", "refs/heads/x", "");
    assert_eq!(git::outgoing(&repo, &push(&world, "../origin.git", &[line])).unwrap().every.scanned.commits, 1);
    let listing = git::outgoing(&repo, &push(&world, "https://elsewhere.example/x", &[line])).unwrap().every;
    assert_eq!(listing.scanned.commits, 3, "nothing is known of it");
    let known = ("refs/heads/main", "main", "refs/heads/main", "main~1");
    let listing = git::outgoing(&repo, &push(&world, "https://elsewhere.example/x", &[known])).unwrap().every;
    assert_eq!(listing.scanned.commits, 1, "but its own tip is");
    ok(&world, "git config url.ssh://host/.insteadOf short: && git remote set-url origin short:r");
    let listing = git::outgoing(&repo, &push(&world, "ssh://host/r", &[line])).unwrap().every;
    assert_eq!(listing.scanned.commits, 1, "also by the address it stands for");
}

#[test]
fn a_remote_whose_name_begins_another_is_not_the_other() {
    let (world, repo) = world();
    ok(&world, "git remote add origin/fork ../fork.git && git update-ref refs/remotes/origin/fork/main main");
    let line = ("refs/heads/main", "main", "refs/heads/main", "");
    assert_eq!(git::outgoing(&repo, &push(&world, "origin", &[line])).unwrap().every.scanned.commits, 1);
}

#[test]
fn a_forced_push_and_an_unknown_old_tip_bring_what_is_new() {
    let (world, repo) = world();
    ok(&world, "git push -q origin main && git commit -q --amend -m again");
    let forced = push(&world, "origin", &[("refs/heads/main", "main", "refs/heads/main", "main@{1}")]);
    let listing = git::outgoing(&repo, &forced).unwrap().every;
    assert_eq!((listing.scanned.commits, told(&listing.changes)), (1, vec!["A b".to_owned(), "M a".to_owned()]));
    let mut unknown = forced;
    unknown.updates[0].remote = gatehook::change::Oid::from_hex(&[b'7'; 40]).unwrap();
    assert_eq!(git::outgoing(&repo, &unknown).unwrap().every.scanned.commits, 1);
    unknown.updates[0].local = gatehook::change::Oid::from_hex(&[b'8'; 40]).unwrap();
    assert!(matches!(git::outgoing(&repo, &unknown), Err(GitError::Missing(_))));
}

#[test]
fn several_refs_are_one_set_of_commits() {
    let (world, repo) = world();
    ok(&world, "git checkout -q -b side && echo s >s && git add . && git commit -qm side");
    let lines = [("refs/heads/main", "main", "refs/heads/main", "main~1"), ("side", "side", "refs/heads/side", "")];
    let listing = git::outgoing(&repo, &push(&world, "origin", &lines)).unwrap().every;
    assert_eq!((listing.scanned.commits, told(&listing.changes).len()), (2, 3));
    assert_eq!(git::unpushed(&repo, Some("origin")).unwrap().every.scanned.commits, 2);
    assert_eq!(git::unpushed(&repo, None).unwrap().every.scanned.commits, 2);
}

#[test]
fn what_no_ref_reaches_is_received() {
    let (world, repo) = world();
    let id = ok(&world, "git commit-tree -p main -m loose 'main^{tree}'");
    let old = ok(&world, "git rev-parse main");
    let updates = git::parse_received(format!("{old} {id} refs/heads/main\n").as_bytes()).unwrap();
    let listing = git::received(&repo, &updates).unwrap().every;
    assert_eq!((listing.scanned.commits, told(&listing.changes).len()), (1, 0));
    let gone = git::parse_received(format!("{old} {} refs/heads/main\n", "0".repeat(40)).as_bytes()).unwrap();
    assert!(git::received(&repo, &gone).unwrap().every.scanned.how.contains("only deletions"));
}
