//! What receipts cover, what they must never cover, and what they must survive.

#![allow(clippy::disallowed_methods, reason = "the tests damage files behind the module's back")]

use super::*;
use crate::paths::RepoPath;

const TERMS: &[[u8; 32]] = &[[1; 32], [2; 32]];

fn dirs(dir: &tempfile::TempDir) -> Dirs {
    Dirs {
        cache: dir.path().join("c/gatehook"),
        state: dir.path().join("s/gatehook"),
        data: dir.path().join("d/gatehook"),
    }
}

fn open(dir: &tempfile::TempDir) -> Receipts {
    Receipts::open(&dirs(dir), Path::new("/repo/.git")).unwrap()
}

fn known(dir: &tempfile::TempDir) -> Known {
    open(dir).known()
}

fn id(byte: u8) -> Oid {
    Oid::sha1([byte; 20])
}

fn change(path: &str, new: u8, old: &[u8]) -> Change {
    Change {
        path: RepoPath::from(path),
        kind: if old.is_empty() { ChangeKind::Added } else { ChangeKind::Modified },
        entry: Entry::File,
        content: Content::Blobs {
            new: Some(Blob::Object(id(new))),
            old: old.iter().map(|old| Blob::Object(id(*old))).collect(),
        },
        commit: None,
    }
}

/// Receipts of one line for each of `runs`.
fn with(runs: &[&[Change]]) -> tempfile::TempDir {
    let dir = tempfile::tempdir().unwrap();
    for changes in runs {
        let receipts = open(&dir);
        receipts.passed(100, TERMS, &receipts.steps(*changes)).unwrap();
    }
    dir
}

fn seen(dir: &tempfile::TempDir, change: Change) -> Seen {
    known(dir).seen(TERMS, &[change])
}

#[test]
fn what_was_passed_is_known_and_nothing_else_is() {
    let dir = with(&[&[change("a", 2, &[1]), change("b", 3, &[])]]);
    assert_eq!(known(&dir).seen(TERMS, &[change("a", 2, &[1]), change("b", 3, &[])]), Seen::Clean);
    assert_eq!(seen(&dir, change("a", 2, &[9])), Seen::Passed, "other lines are added to another old side");
    assert_eq!(seen(&dir, change("a", 2, &[])), Seen::Passed);
    assert_eq!(seen(&dir, change("b", 2, &[1])), Seen::No, "another path");
    assert_eq!(seen(&dir, change("a", 9, &[1])), Seen::No);
    assert_eq!(known(&dir).seen(TERMS, &[change("a", 2, &[1]), change("a", 9, &[1])]), Seen::No);
    assert_eq!(known(&dir).seen(TERMS, &[change("a", 2, &[9]), change("a", 2, &[1])]), Seen::Passed);
    assert_eq!(known(&dir).seen(TERMS, &[]), Seen::Nothing);
    let link = Change { entry: Entry::Symlink, ..change("a", 2, &[1]) };
    assert_eq!(seen(&dir, link), Seen::No, "a link is no file");
    let gone = Change { kind: ChangeKind::Deleted, ..change("a", 2, &[1]) };
    assert_eq!(seen(&dir, gone), Seen::Nothing);
}

#[test]
fn other_terms_are_not_these() {
    let dir = with(&[&[change("a", 2, &[1])]]);
    let a = || [change("a", 2, &[1])];
    assert_eq!(known(&dir).seen(&TERMS[..1], &a()), Seen::Clean, "fewer are asked for");
    assert_eq!(known(&dir).seen(&[[1; 32], [3; 32]], &a()), Seen::Passed);
    assert_eq!(known(&dir).seen(&[], &a()), Seen::Passed, "no terms are no clean bill");
    let only_seen = tempfile::tempdir().unwrap();
    let receipts = open(&only_seen);
    receipts.passed(100, &[], &receipts.steps(&a())).unwrap();
    assert_eq!(seen(&only_seen, change("a", 2, &[1])), Seen::Passed);
    // Half the terms from one line and half from another are not all of them in one look.
    let halves = tempfile::tempdir().unwrap();
    for terms in TERMS {
        let receipts = open(&halves);
        receipts.passed(100, &[*terms], &receipts.steps(&a())).unwrap();
    }
    assert_eq!(seen(&halves, change("a", 2, &[1])), Seen::Passed);
}

#[test]
fn an_amended_commit_is_known_by_its_steps() {
    let dir = with(&[&[change("a", 2, &[1])], &[change("a", 3, &[2])], &[change("a", 4, &[3])]]);
    assert_eq!(seen(&dir, change("a", 4, &[1])), Seen::Clean);
    assert_eq!(seen(&dir, change("a", 3, &[1])), Seen::Clean);
    assert_eq!(seen(&dir, change("a", 4, &[0])), Seen::Passed);
    // A new file, amended: rules that go by its name have seen it.
    let dir = with(&[&[change("a", 2, &[])], &[change("a", 3, &[2])]]);
    assert_eq!(seen(&dir, change("a", 3, &[])), Seen::Clean);
    // One that took the place of a link has not.
    let replaced = Change { kind: ChangeKind::Modified, ..change("a", 2, &[]) };
    let dir = with(&[std::slice::from_ref(&replaced), &[change("a", 3, &[2])]]);
    assert_eq!(seen(&dir, change("a", 3, &[])), Seen::Passed);
    assert_eq!(seen(&dir, replaced), Seen::Clean);
}

#[test]
fn a_step_that_was_not_clean_breaks_the_way() {
    let dir = with(&[&[change("a", 2, &[1])]]);
    let receipts = open(&dir);
    receipts.passed(100, &[], &receipts.steps(&[change("a", 3, &[2])])).unwrap();
    assert_eq!(seen(&dir, change("a", 3, &[1])), Seen::Passed);
    assert_eq!(seen(&dir, change("a", 2, &[1])), Seen::Clean);
}

#[test]
fn circles_end_and_explain_nothing() {
    let dir = with(&[&[change("a", 2, &[1])], &[change("a", 1, &[2])], &[change("a", 2, &[2])]]);
    assert_eq!(seen(&dir, change("a", 2, &[7])), Seen::Passed);
    assert_eq!(seen(&dir, change("a", 1, &[2])), Seen::Clean);
    let long: Vec<Change> = (0..250).map(|at| change("b", at + 1, &[at])).collect();
    let runs: Vec<&[Change]> = long.chunks(1).collect();
    let dir = with(&runs);
    assert_eq!(seen(&dir, change("b", 250, &[0])), Seen::Clean);
}

#[test]
fn a_merge_adds_what_no_parent_has() {
    let dir = with(&[&[change("a", 5, &[1, 2])], &[change("b", 5, &[1])]]);
    assert_eq!(seen(&dir, change("a", 5, &[2, 1])), Seen::Clean);
    assert_eq!(seen(&dir, change("a", 5, &[1, 2, 3])), Seen::Clean, "one more parent adds no line");
    assert_eq!(seen(&dir, change("a", 5, &[1])), Seen::Passed, "lines of the other parent were not looked at");
    assert_eq!(seen(&dir, change("b", 5, &[1, 2])), Seen::Clean);
}

#[test]
fn commits_are_known_by_their_ids() {
    let dir = with(&[]);
    open(&dir).looked(100, TERMS, &[(id(1), &[]), (id(2), &[])], None).unwrap();
    let known = known(&dir);
    assert_eq!(known.looked(TERMS, &[id(3), id(2), id(1)]), [(id(2), None), (id(1), None)]);
    assert!(known.looked(&[], &[id(1)]).is_empty() && known.looked(&[[9; 32]], &[id(1)]).is_empty());
    assert!(Known::default().looked(TERMS, &[id(1)]).is_empty());
}

#[test]
fn a_commit_that_leans_on_another_is_known_beside_it_only() {
    let dir = with(&[]);
    let key = Key::from_bytes([5; 32]);
    open(&dir).looked(100, TERMS, &[(id(1), &[]), (id(2), &[id(1)])], Some(key)).unwrap();
    let known = known(&dir);
    assert_eq!(known.looked(TERMS, &[id(1), id(2)]), [(id(1), Some(key)), (id(2), Some(key))]);
    assert_eq!(known.looked(TERMS, &[id(2), id(3)]), []);
    open(&dir).looked(200, TERMS, &[(id(2), &[])], None).unwrap();
    assert_eq!(self::known(&dir).looked(TERMS, &[id(2)]), [(id(2), None)]);
}

#[test]
fn lines_that_are_damaged_cut_off_or_anothers_count_for_nothing() {
    let dir = with(&[&[change("a", 2, &[1])], &[change("a", 3, &[2])]]);
    let path = open(&dir).path;
    let whole = fs_read(&path);
    for length in 0..whole.len() {
        std::fs::write(&path, &whole[..length]).unwrap();
        assert_ne!(seen(&dir, change("a", 3, &[2])), Seen::Clean, "{length} of {}", whole.len() - 1);
        if length == whole.len() - 2 {
            break;
        }
    }
    for at in (0..whole.len()).step_by(5) {
        let mut changed = whole.clone();
        changed[at] ^= 1;
        std::fs::write(&path, &changed).unwrap();
        assert_ne!(seen(&dir, change("a", 3, &[1])), Seen::Clean, "byte {at}");
    }
    // The next line is whole, whatever was cut off before it.
    std::fs::write(&path, &whole[..whole.len() - 30]).unwrap();
    let receipts = open(&dir);
    receipts.passed(100, TERMS, &receipts.steps(&[change("c", 4, &[])])).unwrap();
    assert_eq!(seen(&dir, change("c", 4, &[])), Seen::Clean);
    assert_eq!(seen(&dir, change("a", 2, &[1])), Seen::Clean);
    assert_eq!(seen(&dir, change("a", 3, &[2])), Seen::No);
    // Another repository's file, and another user's key.
    let other = Receipts::open(&dirs(&dir), Path::new("/other/.git")).unwrap();
    assert_eq!(other.known().since(), None);
    std::fs::remove_file(dir.path().join("s/gatehook/key")).unwrap();
    assert_eq!(seen(&dir, change("c", 4, &[])), Seen::No);
}

#[cfg(unix)]
#[test]
fn odd_things_in_its_place_hold_nothing_up() {
    use std::os::unix::fs::PermissionsExt;
    let dir = with(&[&[change("a", 2, &[1])]]);
    let path = open(&dir).path;
    std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o666)).unwrap();
    assert_eq!(seen(&dir, change("a", 2, &[1])), Seen::No, "others may have written there");
    std::fs::remove_file(&path).unwrap();
    assert!(std::process::Command::new("mkfifo").arg(&path).status().unwrap().success());
    assert_eq!(seen(&dir, change("a", 2, &[1])), Seen::No);
    let receipts = open(&dir);
    assert!(receipts.passed(100, TERMS, &receipts.steps(&[change("a", 2, &[1])])).is_err());
    std::fs::remove_file(&path).unwrap();
    std::os::unix::fs::symlink("/dev/full", &path).unwrap();
    let receipts = open(&dir);
    assert!(receipts.passed(100, TERMS, &receipts.steps(&[change("a", 2, &[1])])).is_err());
}

#[test]
fn it_stays_small_and_says_since_when_it_is_whole() {
    let dir = tempfile::tempdir().unwrap();
    assert_eq!(known(&dir).since(), None);
    let many: Vec<Change> = (0..6000).map(|at| change(&format!("f{at}"), 2, &[1])).collect();
    for time in 100..130 {
        let receipts = open(&dir);
        receipts.passed(time, TERMS, &receipts.steps(&many)).unwrap();
    }
    assert!(std::fs::metadata(open(&dir).path).unwrap().len() <= LARGEST + 600_000);
    let since = known(&dir).since().unwrap();
    assert!(since > 100 && since < 129, "{since}");
    assert_eq!(seen(&dir, change("f5999", 2, &[1])), Seen::Clean);
    // A run too large to be kept: no one can say any more what was not seen.
    let huge: Vec<Change> = (0..=MOST).map(|at| change(&format!("g{at}"), 2, &[1])).collect();
    let receipts = open(&dir);
    receipts.passed(500, TERMS, &receipts.steps(&huge)).unwrap();
    assert_eq!(known(&dir).since(), Some(500));
    assert_eq!(seen(&dir, change("g1", 2, &[1])), Seen::No);
}

#[test]
fn writers_at_once_lose_nothing() {
    let dir = tempfile::tempdir().unwrap();
    std::thread::scope(|scope| {
        for writer in 0..8 {
            let dir = &dir;
            scope.spawn(move || {
                for number in 0..25 {
                    let receipts = open(dir);
                    receipts.passed(100, TERMS, &receipts.steps(&[change(&format!("{writer}"), number, &[])])).unwrap();
                }
            });
        }
    });
    let known = known(&dir);
    for writer in 0..8 {
        for number in 0..25 {
            assert_eq!(known.seen(TERMS, &[change(&format!("{writer}"), number, &[])]), Seen::Clean);
        }
    }
}

fn fs_read(path: &Path) -> Vec<u8> {
    std::fs::read(path).unwrap()
}
