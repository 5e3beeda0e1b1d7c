//! Base and head of a change under review, in real clones of real depths.

use std::time::Duration;

use gatehook::change::Oid;
use gatehook::ci::{Base, BaseAt, Event, Review, System};
use gatehook::git::{self, Fetching, Repo, Scope};

use crate::support::{Dice, World};

fn ok(world: &World, script: &str) -> String {
    let output = world.sh(&format!("exec 2>&1; set -e; {script}"));
    let text = String::from_utf8_lossy(&output.stdout).trim().to_owned();
    assert!(output.status.success(), "{script}\n{text}");
    text
}

/// `origin.git` with twenty commits on `main`, and `topic`, which left it at the tenth, took it in once
/// and has four commits of its own.
fn origin() -> World {
    let world = World::new();
    ok(
        &world,
        "git init -q ../work && cd ../work
         say() { echo $1 >>$2; git add .; git commit -qm \"$2 $1\"; }
         for n in 01 02 03 04 05 06 07 08 09 10; do say $n main; done
         git switch -qc topic && say 1 topic && say 2 topic && git switch -q main
         for n in 11 12 13 14 15; do say $n main; done
         git switch -q topic && git merge -q --no-edit main && say 3 topic && git switch -q main
         for n in 16 17 18 19 20; do say $n main; done
         git clone -q --bare . ../origin.git && git -C ../origin.git symbolic-ref HEAD refs/heads/main",
    );
    world
}

/// Clones `origin.git` as `repo` to `depth`; 0 stands for all.
fn clone(world: &World, depth: usize, branch: &str) -> Repo {
    let depth = if depth == 0 { String::new() } else { format!("--depth={depth} --single-branch") };
    ok(
        world,
        &format!("cd .. && rm -rf repo && git clone -q {depth} --branch={branch} \"file://$PWD/origin.git\" repo"),
    );
    Repo::discover(&world.repo()).unwrap()
}

fn id(world: &World, revision: &str) -> String {
    ok(world, &format!("git -C ../work rev-parse '{revision}'"))
}

fn review(event: Event, head: &str, base: Vec<Base>) -> Review {
    let head = if head.is_empty() { Vec::new() } else { vec![(head.to_owned(), "HEAD_SHA")] };
    Review { system: System::Other, event, head, base, unknown: None, actor: None, shard: None, notes: Vec::new() }
}

fn base(at: BaseAt, also: Option<&str>) -> Base {
    Base { at, also: also.map(str::to_owned), how: "BASE", told: false, guessed: false }
}

fn guess(at: BaseAt) -> Base {
    Base { guessed: true, ..base(at, None) }
}

fn soon() -> Fetching {
    Fetching::for_at_most(Duration::from_secs(60))
}

/// The commits of a change, sorted.
fn commits(repo: &Repo, scope: &Scope) -> Vec<String> {
    let Scope::Change(ends) = scope else { panic!("{scope:?}") };
    let listing = git::commits(repo, &[ends.head], &ends.without).unwrap();
    assert!(!listing.scanned.how.contains("shallow"), "{}", listing.scanned.how);
    let mut all: Vec<String> =
        listing.changes.iter().filter_map(|change| Some(change.commit.as_ref()?.id.to_string())).collect();
    all.sort();
    all.dedup();
    all
}

const REQUEST: Event = Event::Request { fork: Some(false) };

#[test]
fn a_clone_of_any_depth_gives_the_commits_that_a_whole_one_gives() {
    let world = origin();
    let (head, old, tip) = (id(&world, "topic"), id(&world, "main~10"), id(&world, "main"));
    let bases = [
        ("its id", base(BaseAt::Revision(tip), None)),
        ("an old id and the branch", base(BaseAt::Revision(old), Some("main"))),
        ("the branch", base(BaseAt::Branch("main".to_owned()), None)),
        ("the default branch", guess(BaseAt::DefaultBranch)),
    ];
    for (name, base) in bases {
        let review = review(REQUEST, &head, vec![base]);
        let whole = clone(&world, 0, "topic");
        let expected = git::scope(&whole, &review, Fetching::NEVER).unwrap();
        let all = commits(&whole, &expected);
        assert_eq!(all.len(), 4, "{name}: three of its own and the merge");
        for depth in [1, 2, 9] {
            for branch in ["topic", "main"] {
                let repo = clone(&world, depth, branch);
                let found = git::scope(&repo, &review, soon()).unwrap();
                assert_eq!(commits(&repo, &found), all, "{name}, depth {depth} of {branch}: {found:?}");
                let (Scope::Change(found), Scope::Change(expected)) = (&found, &expected) else { panic!("{found:?}") };
                assert_eq!(found.base, expected.base, "{name}, depth {depth} of {branch}");
                assert!(found.how.contains("fetched"), "{}", found.how);
            }
        }
    }
}

#[test]
fn what_may_not_be_fetched_is_unknown_and_never_less() {
    let world = origin();
    let repo = clone(&world, 1, "topic");
    let head = id(&world, "topic");
    let at = |base: Base, fetching| git::scope(&repo, &review(REQUEST, &head, vec![base]), fetching).unwrap();
    for fetching in [Fetching::NEVER, Fetching::for_at_most(Duration::ZERO)] {
        let Scope::Unknown { how, .. } = at(base(BaseAt::Branch("main".to_owned()), None), fetching) else { panic!() };
        assert!(how.contains("`main` is not here"), "{how}");
    }
    // The base is here and nothing between is.
    ok(&world, "git fetch -q --depth=1 origin main:refs/remotes/origin/main");
    let Scope::Unknown { how, .. } = at(base(BaseAt::Branch("main".to_owned()), None), Fetching::NEVER) else {
        panic!()
    };
    assert!(how.contains("too shallow"), "{how}");
}

#[test]
fn a_base_that_somebody_named_must_be_there() {
    let world = origin();
    let repo = clone(&world, 0, "topic");
    for (base, head) in [("1".repeat(40), id(&world, "topic")), ("main~99".to_owned(), String::new())] {
        let review = review(REQUEST, &head, vec![Base::told(base.clone(), "--base"), guess(BaseAt::DefaultBranch)]);
        let error = git::scope(&repo, &review, soon()).unwrap_err().to_string();
        assert!(error.contains(&base) && error.contains("--base"), "{error}");
    }
    // What is checked out may be something else than what is under review.
    let review = review(REQUEST, &"1".repeat(40), vec![guess(BaseAt::DefaultBranch)]);
    let error = git::scope(&repo, &review, soon()).unwrap_err().to_string();
    assert!(error.contains("HEAD_SHA"), "{error}");
}

#[test]
fn the_next_candidate_counts_where_one_is_gone() {
    let world = origin();
    let repo = clone(&world, 0, "topic");
    let gone = base(BaseAt::Revision("1".repeat(40)), None);
    let found = git::scope(&repo, &review(Event::Push, "", vec![gone, guess(BaseAt::DefaultBranch)]), soon()).unwrap();
    assert_eq!(commits(&repo, &found).len(), 4);
}

#[test]
fn a_guess_that_equals_the_head_is_no_base() {
    let world = origin();
    let repo = clone(&world, 0, "main");
    let at = |base: Base| git::scope(&repo, &review(Event::Push, "", vec![base]), soon()).unwrap();
    let Scope::Unknown { how, .. } = at(guess(BaseAt::DefaultBranch)) else { panic!() };
    assert!(how.contains("equals the head"), "{how}");
    let Scope::Nothing(how) = at(base(BaseAt::Revision(id(&world, "main")), None)) else { panic!() };
    assert!(how.contains("nothing to scan"), "{how}");
    let Scope::Change(ends) = at(guess(BaseAt::FirstParent)) else { panic!() };
    assert_eq!(ends.base.map(|id| id.to_string()), Some(id(&world, "main~1")));
}

#[test]
fn the_merge_that_a_system_checks_out_has_the_base_as_its_parent() {
    let world = origin();
    let repo = clone(&world, 0, "main");
    ok(&world, "git merge -q --no-edit origin/topic");
    let head = id(&world, "topic");
    let scope =
        git::scope(&repo, &review(REQUEST, &head, vec![base(BaseAt::ParentOfMerge, None)]), Fetching::NEVER).unwrap();
    assert_eq!(commits(&repo, &scope).len(), 4);
    // Of another head it is none.
    let other = id(&world, "topic~1");
    let scope =
        git::scope(&repo, &review(REQUEST, &other, vec![base(BaseAt::ParentOfMerge, None)]), Fetching::NEVER).unwrap();
    assert!(matches!(scope, Scope::Unknown { .. }), "{scope:?}");
}

#[test]
fn histories_with_nothing_in_common_are_looked_at_whole() {
    let world = origin();
    ok(
        &world,
        "cd ../work && git switch -q --orphan island && echo x >island && git add . && git commit -qm island &&
                git push -q ../origin.git island",
    );
    let head = id(&world, "island");
    for depth in [0, 1] {
        let repo = clone(&world, depth, "island");
        let review = review(REQUEST, &head, vec![base(BaseAt::Branch("main".to_owned()), None)]);
        let Scope::Change(ends) = git::scope(&repo, &review, soon()).unwrap() else { panic!() };
        assert_eq!(ends.base, None);
        let bases: Vec<Oid> = ends.base.into_iter().collect();
        assert_eq!(git::net_of(&repo, &bases, ends.head).unwrap().changes.len(), 1);
    }
}

/// Random histories with merges: whatever the depth, the commits of a change are those of a whole clone.
#[test]
fn depth_never_changes_what_is_new() {
    let world = World::new();
    let mut dice = Dice::new(5);
    for round in 0..6 {
        let mut script =
            "cd .. && rm -rf work origin.git && git init -q work && cd work && git commit -q --allow-empty -m 0
            git branch b0; git branch b1; git branch b2\n"
                .to_owned();
        for step in 0..18 {
            let (one, other) = (dice.below(3), dice.below(3));
            let step = if one == other || dice.one_in(2) {
                format!("git switch -q b{one} && git commit -q --allow-empty -m {step}\n")
            } else {
                format!("git switch -q b{one} && git merge -q --no-edit b{other}\n")
            };
            script.push_str(&step);
        }
        script += "git switch -q b0 && git commit -q --allow-empty -m last && git clone -q --bare . ../origin.git";
        ok(&world, &script);
        let (head, tip) = (id(&world, "b0"), id(&world, "b1"));
        let review = review(REQUEST, &head, vec![base(BaseAt::Revision(tip), None)]);
        let whole = clone(&world, 0, "b0");
        let all = commits(&whole, &git::scope(&whole, &review, Fetching::NEVER).unwrap());
        for depth in [1, 3] {
            let repo = clone(&world, depth, "b2");
            let found = git::scope(&repo, &review, soon()).unwrap();
            assert_eq!(commits(&repo, &found), all, "round {round}, depth {depth}");
        }
    }
}
