//! The reader of packs against git.

use std::fmt::Write;

use super::*;
use crate::git::repository::command;

/// A repository with many versions of a few files, and all its objects by `git cat-file`.
fn repository(dir: &Path, repack: &[&str]) -> Vec<(Oid, Type, Vec<u8>)> {
    let mut stream = String::new();
    let mut state = 7_u32;
    let mut noise = || {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        state >> 8
    };
    let mut files = vec![Vec::new(); 3];
    for version in 0..60 {
        let number = version % 3;
        let at = usize::try_from(noise()).unwrap() % (files[number].len() + 1);
        files[number].splice(at..at, (0..40).map(|_| format!("line {:x}\n", noise())));
        let text = files[number].concat();
        let date = 1_700_000_000 + version;
        writeln!(stream, "commit refs/heads/main\ncommitter a <a@b> {date} +0000\ndata 1\nx").unwrap();
        writeln!(stream, "M 100644 inline d/f{number}\ndata {}\n{text}", text.len()).unwrap();
    }
    command::run(dir, &["init", "-q"]).unwrap();
    command::feed(dir, &["fast-import", "--quiet"], stream.as_bytes()).unwrap();
    command::run(dir, repack).unwrap();
    let format = "--batch-check=%(objectname) %(objecttype)";
    let listed = command::run(dir, &["cat-file", "--batch-all-objects", format]).unwrap();
    let listed = String::from_utf8(listed).unwrap();
    let object = |line: &str| {
        let (id, kind) = line.split_once(' ').unwrap();
        let bytes = command::run(dir, &["cat-file", kind, id]).unwrap();
        let kind = [Type::Commit, Type::Tree, Type::Blob].into_iter().find(|known| known.word() == kind).unwrap();
        (Oid::from_hex(id.as_bytes()).unwrap(), kind, bytes)
    };
    listed.lines().map(object).collect()
}

#[test]
fn every_object_is_what_git_says_it_is() {
    for repack in [
        &["repack", "-adfq", "--depth=50"][..],
        // Bases named by their ids, and packs beside each other.
        &["-c", "repack.useDeltaBaseOffset=false", "repack", "-adfq", "--depth=9", "--max-pack-size=1m"],
        &["-c", "pack.depth=0", "repack", "-adfq"],
    ] {
        let dir = tempfile::tempdir().unwrap();
        let objects = repository(dir.path(), repack);
        let packs = Packs::open(&[dir.path().join(".git/objects")]);
        let mut unpack = Unpack::default();
        assert!(objects.len() > 150);
        for (id, kind, bytes) in objects.iter().rev().chain(&objects) {
            let loaded = unpack.read(&packs, *id, *kind, u64::MAX).unwrap();
            assert!(loaded.bytes == *bytes && loaded.size == bytes.len() as u64, "{id} {repack:?}");
            let other = if *kind == Type::Blob { Type::Tree } else { Type::Blob };
            assert!(unpack.read(&packs, *id, other, u64::MAX).is_err());
            assert!(unpack.read(&packs, *id, *kind, bytes.len() as u64 - 1).is_err(), "{id}");
            if *kind == Type::Commit {
                let mut out = [0; 60];
                let length = unpack.beginning(&packs, *id, &mut out).unwrap_or_default();
                assert_eq!(out[..length], bytes[..length]);
            }
        }
        assert_eq!(unpack.read(&packs, Oid::sha1([7; 20]), Type::Blob, 9).unwrap_err(), Fault::Missing);
    }
}

#[test]
#[allow(clippy::disallowed_methods, reason = "the test damages a pack")]
fn a_damaged_pack_is_a_fault_and_nothing_else() {
    let dir = tempfile::tempdir().unwrap();
    let objects = repository(dir.path(), &["repack", "-adfq"]);
    let place = dir.path().join(".git/objects");
    let packs = Packs::open(std::slice::from_ref(&place));
    let file = packs.packs[0].file.clone();
    let good = std::fs::read(&file).unwrap();
    std::fs::remove_file(&file).unwrap();
    let mut faults = 0;
    for at in (12..good.len()).step_by(97) {
        let mut bad = good.clone();
        bad[at] ^= 0x55;
        std::fs::write(&file, &bad).unwrap();
        let packs = Packs::open(std::slice::from_ref(&place));
        let mut unpack = Unpack::default();
        for (id, kind, bytes) in &objects {
            // A literal in a stream is guarded by its checksum, a place in the pack by what is found there.
            match unpack.read(&packs, *id, *kind, 1 << 20) {
                Ok(loaded) => assert!(loaded.bytes == *bytes || loaded.size != bytes.len() as u64, "{at} {id}"),
                Err(_) => faults += 1,
            }
        }
        std::fs::remove_file(&file).unwrap();
    }
    assert!(faults > 0);
}
