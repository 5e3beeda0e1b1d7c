//! Git directories that were made to mislead or to stop whoever reads them: each gate ends, soon and with bounded
//! memory, and says what it could not look at.

use std::collections::BTreeMap;
use std::io::Write;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::Output;
use std::time::{Duration, Instant};

use gatehook::change::{Blob, Oid, ReadError, Store};
use gatehook::git::{self, Repo};
use gatehook::rules::placeholders;

use crate::support::{Dice, World};

/// Nothing here takes longer, on a busy machine in a debug build.
const SOON: Duration = Duration::from_secs(20);

fn ok(world: &World, script: &str) -> String {
    let output = world.sh(&format!("exec 2>&1; set -e; {script}"));
    assert!(output.status.success(), "{script}\n{}", String::from_utf8_lossy(&output.stdout));
    String::from_utf8_lossy(&output.stdout).trim().to_owned()
}

/// A file with a key.
fn leak() -> String {
    placeholders::fill("aws_access_key_id = \"AKIA{base32:16}\"\nregion = \"eu-west-1\"\n", 5)
}

/// `gatehook ARGS`, which must end soon.
fn gatehook(world: &World, args: &str) -> (i32, String) {
    let begin = Instant::now();
    let Output { status, stdout, .. } = world.sh(&format!("exec 2>&1; ulimit -v 6000000; gatehook {args}"));
    let text = String::from_utf8_lossy(&stdout).into_owned();
    assert!(begin.elapsed() < SOON, "{args} took {:?}\n{text}", begin.elapsed());
    (status.code().unwrap_or_else(|| panic!("{args} ended by a signal: {status}\n{text}")), text)
}

fn file_of(world: &World, id: &str) -> PathBuf {
    world.repo().join(".git/objects").join(&id[..2]).join(&id[2..])
}

/// Writes over a file that git keeps read-only.
fn put(path: &Path, bytes: &[u8]) {
    std::fs::set_permissions(path, std::fs::Permissions::from_mode(0o644)).unwrap();
    std::fs::write(path, bytes).unwrap();
}

fn deflated(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = flate2::write::ZlibEncoder::new(Vec::new(), flate2::Compression::default());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

#[test]
fn a_loose_object_whose_header_lies_is_a_gap_at_every_gate() {
    for format in ["sha1", "sha256"] {
        let world = World::new();
        ok(&world, &format!("git init -q --object-format={format} . && git commit -qm one --allow-empty"));
        let text = leak().repeat(40);
        std::fs::write(world.repo().join("a.py"), &text).unwrap();
        let blob = ok(&world, "git add . && git rev-parse :a.py");
        let said = |claim: usize| deflated(&[format!("blob {claim}\0").as_bytes(), text.as_bytes()].concat());
        for claim in [0, 10, text.len() - 1, text.len() + 1, 100_000, 4_000_000_000] {
            put(&file_of(&world, &blob), &said(claim));
            let (code, told) = gatehook(&world, "scan --staged");
            assert_eq!(code, 3, "{format} {claim}: {told}");
            assert!(told.contains("a.py: not looked at") && told.contains("than its header says"), "{claim}: {told}");
        }
        put(&file_of(&world, &blob), &said(text.len()));
        ok(&world, "git commit -qm two");
        for claim in [10, 100_000] {
            put(&file_of(&world, &blob), &said(claim));
            for gate in
                ["scan --range HEAD~1..HEAD", "ci --base HEAD~1 --head HEAD", "hook pre-push origin x < ../push"]
            {
                ok(
                    &world,
                    "echo refs/heads/main $(git rev-parse HEAD) refs/heads/main $(git rev-parse HEAD~1) > ../push",
                );
                let (code, told) = gatehook(&world, gate);
                assert_eq!(code, 3, "{format} {claim} {gate}: {told}");
            }
        }
        // Messages of commits are read as well.
        put(&file_of(&world, &blob), &said(text.len()));
        let head = ok(&world, "git rev-parse HEAD");
        let commit = ok(&world, "git cat-file commit HEAD");
        for claim in [commit.len() - 1, commit.len() + 100] {
            let bytes = [format!("commit {claim}\0").as_bytes(), commit.as_bytes(), b"\n"].concat();
            put(&file_of(&world, &head), &deflated(&bytes));
            let (code, told) = gatehook(&world, "scan --range HEAD~1..HEAD");
            assert_eq!(code, 3, "{format} {claim}: {told}");
        }
    }
}

#[test]
fn pipes_in_the_place_of_files_are_not_waited_for() {
    for name in ["index", "packed-refs", "shallow", "config", "objects/info/alternates", "info/exclude", "MERGE_HEAD"] {
        let world = World::new();
        std::fs::write(world.repo().join("a.py"), leak()).unwrap();
        ok(&world, "git init -q . && git add . && git commit -qm one && echo 1 > b && git add b");
        ok(&world, &format!("rm -f .git/{name}; mkfifo .git/{name}"));
        // git itself waits for a writer: whoever asks it must give up. Here nothing may be asked that waits.
        let begin = Instant::now();
        let repo = Repo::discover_without_git(&world.repo(), git::Env::default());
        let listed = repo.map(|repo| git::staged_pairs(&repo));
        assert!(begin.elapsed() < SOON, "{name}");
        if matches!(name, "index" | "config" | "objects/info/alternates" | "MERGE_HEAD") {
            assert!(!matches!(listed, Ok(Ok(_))), "{name} is a doubt");
        }
    }
}

/// A repository whose history is packed, with one commit that leaks behind `base`, and the blobs of it all.
fn packed() -> (World, BTreeMap<String, Vec<u8>>) {
    let world = World::new();
    ok(&world, "git init -q . && git config pack.threads 1 && git config core.multiPackIndex true");
    for number in 0..12 {
        let text: String =
            (0..40).map(|line| format!("value_{line} = {}\n", line * (number % (line + 1) + 1))).collect();
        std::fs::write(world.repo().join("a.txt"), text).unwrap();
        std::fs::write(world.repo().join(format!("b{}", number % 3)), format!("{number}\n").repeat(9)).unwrap();
        ok(&world, &format!("git add . && git commit -qm {number}"));
    }
    std::fs::write(world.repo().join("leak.py"), leak()).unwrap();
    ok(&world, "git branch base && git add . && git commit -qm leak && git tag -am tagged v1 && git repack -adfq");
    ok(&world, "git commit-graph write --reachable && git multi-pack-index write 2>/dev/null && git pack-refs --all");
    let listed = ok(&world, "git cat-file --batch-all-objects --batch-check='%(objecttype) %(objectname)'");
    let blobs = listed
        .lines()
        .filter_map(|line| line.strip_prefix("blob "))
        .map(|id| (id.to_owned(), world.command("git").args(["cat-file", "blob", id]).output().unwrap().stdout));
    let blobs = blobs.collect();
    (world, blobs)
}

/// The one file of that ending under `.git/objects/pack`.
fn pack_file(world: &World, ending: &str) -> PathBuf {
    let listed = std::fs::read_dir(world.repo().join(".git/objects/pack")).unwrap();
    listed.map(|entry| entry.unwrap().path()).find(|path| path.to_string_lossy().ends_with(ending)).unwrap()
}

/// Places of bits to turn: every one of a small file, some of a large one.
fn bits(dice: &mut Dice, length: usize, count: usize) -> Vec<(usize, u8)> {
    (0..count).map(|_| (dice.below(length), 1 << dice.below(8))).collect()
}

#[test]
fn a_bit_turned_in_a_pack_or_its_index_gives_what_git_sees_or_a_gap() {
    let (world, blobs) = packed();
    let mut dice = Dice::new(3);
    let (mut right, mut gaps, mut others) = (0, 0, 0);
    for (ending, count) in [(".pack", 2500), (".idx", 1000), ("multi-pack-index", 300)] {
        let path = pack_file(&world, ending);
        let good = std::fs::read(&path).unwrap();
        for (at, bit) in bits(&mut dice, good.len(), count) {
            let mut bad = good.clone();
            bad[at] ^= bit;
            put(&path, &bad);
            let repo = Repo::discover(&world.repo()).unwrap();
            let mut reader = repo.reader().unwrap();
            let begin = Instant::now();
            for (id, content) in &blobs {
                match reader.read(&Blob::Object(Oid::from_hex(id.as_bytes()).unwrap()), 1 << 20) {
                    Ok(loaded) if loaded.bytes == *content => right += 1,
                    Ok(loaded) => {
                        let git = world.command("git").args(["cat-file", "blob", id]).output().unwrap();
                        assert!(git.status.success() && git.stdout == loaded.bytes, "{ending} {at} {bit}: {id}");
                        others += 1;
                    }
                    Err(ReadError::Corrupt { .. } | ReadError::Missing(_)) => gaps += 1,
                    Err(error) => panic!("{ending} {at} {bit}: {error}"),
                }
            }
            assert!(begin.elapsed() < SOON, "{ending} {at} {bit}");
        }
        put(&path, &good);
    }
    assert!(right > 10_000 && gaps > 1_000, "{right} right, {gaps} gaps, {others} as git");
}

#[test]
fn a_bit_turned_in_the_index_gives_what_git_sees_or_a_doubt() {
    let world = World::new();
    ok(&world, "git init -q . && mkdir -p d/e && echo 1 > a && echo 2 > d/b && echo 3 > d/e/c && git add .");
    ok(&world, "git commit -qm one && echo 4 > d/e/x && git add . && git write-tree && git update-index --refresh");
    let path = world.repo().join(".git/index");
    let good = std::fs::read(&path).unwrap();
    let repo = Repo::discover(&world.repo()).unwrap();
    let mut dice = Dice::new(4);
    let (mut same, mut doubts, mut refused) = (0, 0, 0);
    for (at, bit) in bits(&mut dice, good.len(), 400) {
        let mut bad = good.clone();
        bad[at] ^= bit;
        std::fs::write(&path, &bad).unwrap();
        let own = git::staged_pairs(&Repo::discover(&world.repo()).unwrap());
        match (own, git::staged_pairs_by_plumbing(&repo)) {
            (Err(_), _) => doubts += 1,
            (Ok(own), Ok(git)) => {
                assert_eq!(own, git, "{at} {bit}");
                same += 1;
            }
            // git looks at more than this needs; what is read says no less than all that is staged.
            (Ok(own), Err(_)) => {
                assert!(own[0].iter().any(|pair| pair.new.is_some()), "{at} {bit}");
                refused += 1;
            }
        }
    }
    assert!(same > 100 && doubts > 20, "{same} the same, {doubts} doubts, {refused} refused by git");
}

#[test]
fn the_whole_program_finds_the_leak_or_says_that_it_could_not_look() {
    let (world, _) = packed();
    ok(&world, "echo refs/heads/main $(git rev-parse HEAD) refs/heads/main $(git rev-parse base) > ../push");
    ok(&world, "git remote add origin ../x && git update-ref refs/remotes/origin/main base && git pack-refs --all");
    let leaking = leak().lines().next().unwrap().to_owned();
    let mut dice = Dice::new(5);
    let mut counts = BTreeMap::new();
    let files = [
        pack_file(&world, ".pack"),
        pack_file(&world, ".idx"),
        pack_file(&world, "multi-pack-index"),
        world.repo().join(".git/objects/info/commit-graph"),
        world.repo().join(".git/packed-refs"),
        world.repo().join(".git/HEAD"),
        world.repo().join(".git/config"),
    ];
    for path in files {
        let good = std::fs::read(&path).unwrap();
        for (at, bit) in bits(&mut dice, good.len(), 12) {
            let mut bad = good.clone();
            bad[at] ^= bit;
            put(&path, &bad);
            let what = format!("{} {at} {bit}", path.display());
            for gate in ["scan --range base..main", "hook pre-push origin ../x < ../push"] {
                let (code, told) = gatehook(&world, gate);
                *counts.entry(code).or_insert(0) += 1;
                if code == 0 {
                    let git = world.sh("git log -p -U0 --full-history base..main 2>&1");
                    let seen = String::from_utf8_lossy(&git.stdout).contains(&leaking);
                    assert!(git.status.success() && !seen, "{what} {gate}: passes\n{told}");
                } else {
                    assert!(code == 1 || code == 3, "{what} {gate}: {code}\n{told}");
                }
            }
        }
        put(&path, &good);
    }
    assert!(counts[&1] > 20 && counts[&3] > 20, "{counts:?}");
}

#[test]
fn an_index_cut_short_while_it_is_read_ends_no_run_by_a_signal() {
    let world = World::new();
    ok(&world, "git init -q . && echo 1 > a && git add a && git commit -qm one");
    let blob = ok(&world, "git rev-parse :a");
    let lines: String = (0..3000).map(|number| format!("100644 {blob}\td{}/file-{number:05}\n", number / 50)).collect();
    std::fs::write(world.path().join("lines"), lines).unwrap();
    ok(&world, "git update-index --index-info < ../lines");
    let path = world.repo().join(".git/index");
    let good = std::fs::read(&path).unwrap();
    let repo = Repo::discover(&world.repo()).unwrap();
    let whole = git::staged_pairs(&repo).unwrap();
    assert_eq!(whole[0].len(), 3000);
    // The index that is mapped is kept for the next who asks, as long as the file is the same one.
    for cut in [0, 4096, 100_000, good.len() as u64 - 1] {
        std::fs::write(&path, &good).unwrap();
        let repo = Repo::discover(&world.repo()).unwrap();
        let stop = std::sync::atomic::AtomicBool::new(false);
        std::thread::scope(|scope| {
            scope.spawn(|| {
                while !stop.load(std::sync::atomic::Ordering::Relaxed) {
                    let file = std::fs::OpenOptions::new().write(true).open(&path).unwrap();
                    file.set_len(cut).unwrap();
                    std::thread::sleep(Duration::from_micros(200));
                    std::fs::write(&path, &good).unwrap();
                    std::thread::sleep(Duration::from_micros(200));
                }
            });
            for _ in 0..60 {
                if let Ok(pairs) = git::staged_pairs(&repo.clone()) {
                    assert_eq!(pairs, whole, "all of it or a doubt");
                }
            }
            stop.store(true, std::sync::atomic::Ordering::Relaxed);
        });
    }
}
