//! What the cache promises, and what it must survive.

#![allow(clippy::disallowed_methods, reason = "the tests damage files behind the module's back")]

use super::*;
use crate::finding::{
    Advice, Confidence, Excerpt, ExcerptLine, Fingerprint, Package, Place, Severity, State, Text, Tier,
};

fn dirs(dir: &tempfile::TempDir) -> Dirs {
    Dirs {
        cache: dir.path().join("c/gatehook"),
        state: dir.path().join("s/gatehook"),
        data: dir.path().join("d/gatehook"),
    }
}

fn key(config: &str) -> Key {
    let parts = KeyParts { stage: "bandit", tool: "bandit 1.9", config: config.as_bytes(), rules: b"" };
    Key::of(&parts, [(&RepoPath::from("a.py"), Oid::sha1([1; 20]))])
}

fn kept(files: usize) -> Kept {
    let fingerprint = Fingerprint::parse(&"0f".repeat(16)).unwrap();
    let finding = Finding {
        title: "a title".into(),
        severity: Severity::High,
        tier: Tier::Block,
        confidence: Confidence::Low,
        place: Place { line: 3, column: 1, end_line: 3, end_column: 9 },
        masked: "****".to_owned(),
        excerpt: Excerpt { lines: vec![ExcerptLine { number: 3, text: "x = ****".to_owned() }], mark: (4, 8) },
        cwe: vec![Text::from("CWE-798")].into(),
        advice: Advice { why: "why".into(), ..Advice::default() },
        state: State::Existing,
        reason: Some("stood there".to_owned()),
        encoding: vec!["base64".into()],
        tools: vec!["bandit".into()],
        package: Some(Package { name: "p".into(), version: "1.2".into(), ..Package::default() }),
        ..Finding::new("bandit", "B105", RepoPath::new(&b"a\xff.py"[..]), fingerprint)
    };
    Kept { findings: vec![finding], files }
}

#[test]
fn a_result_comes_back_as_it_was() {
    let dir = tempfile::tempdir().unwrap();
    let cache = Cache::open(&dirs(&dir)).unwrap();
    assert_eq!(cache.get(&key("")), None);
    cache.put(&key(""), &kept(7)).unwrap();
    cache.put(&key("other"), &Kept::default()).unwrap();
    assert_eq!(cache.get(&key("")), Some(kept(7)));
    assert_eq!(Cache::open(&dirs(&dir)).unwrap().get(&key("other")), Some(Kept::default()));
}

#[test]
fn every_part_makes_another_key_and_the_order_of_files_does_not() {
    let (a, b) = (RepoPath::from("a"), RepoPath::from("b"));
    let (one, two) = (Oid::sha1([1; 20]), Oid::sha1([2; 20]));
    let parts = KeyParts { stage: "s", tool: "t", config: b"c", rules: b"r" };
    let base = Key::of(&parts, [(&a, one), (&b, two)]);
    assert_eq!(base, Key::of(&parts, [(&b, two), (&a, one), (&a, one)]));
    for other in [
        Key::of(&parts, [(&a, two), (&b, one)]),
        Key::of(&parts, [(&a, one)]),
        Key::of(&KeyParts { stage: "st", tool: "", ..parts }, [(&a, one), (&b, two)]),
        Key::of(&KeyParts { config: b"d", ..parts }, [(&a, one), (&b, two)]),
        Key::of(&KeyParts { rules: b"", ..parts }, [(&a, one), (&b, two)]),
    ] {
        assert_ne!(base, other);
    }
}

#[test]
fn whatever_is_not_ones_own_and_whole_is_a_miss() {
    let dir = tempfile::tempdir().unwrap();
    let dirs = dirs(&dir);
    let cache = Cache::open(&dirs).unwrap();
    cache.put(&key(""), &kept(1)).unwrap();
    let path = cache.place(&key(""));
    let whole = fs::read(&path).unwrap();
    for length in [0, 1, TAG - 1, TAG, TAG + 1, whole.len() - 1] {
        fs::write(&path, &whole[..length]).unwrap();
        assert_eq!(cache.get(&key("")), None, "{length} bytes");
    }
    for at in (0..whole.len()).step_by(7) {
        let mut changed = whole.clone();
        changed[at] ^= 1;
        fs::write(&path, &changed).unwrap();
        assert_eq!(cache.get(&key("")), None, "byte {at}");
    }
    fs::write(&path, &whole).unwrap();
    fs::copy(&path, cache.place(&key("other"))).unwrap();
    assert_eq!(cache.get(&key("other")), None, "under another name");
    // A clean result in good form, without the key.
    let forged = [&[0; TAG][..], br#"{"files":1,"findings":[]}"#].concat();
    fs::write(&path, forged).unwrap();
    assert_eq!(cache.get(&key("")), None);
    fs::write(&path, &whole).unwrap();
    assert!(cache.get(&key("")).is_some());
    // Another machine, or another user's directory.
    fs::remove_file(dirs.state.join("key")).unwrap();
    assert_eq!(Cache::open(&dirs).unwrap().get(&key("")), None);
}

#[cfg(unix)]
#[test]
fn odd_things_in_its_place_hold_nothing_up() {
    let dir = tempfile::tempdir().unwrap();
    let dirs = dirs(&dir);
    let cache = Cache::open(&dirs).unwrap();
    let pipe = cache.place(&key(""));
    assert!(std::process::Command::new("mkfifo").arg(&pipe).status().unwrap().success());
    assert_eq!(cache.get(&key("")), None);
    fs::create_dir(cache.place(&key("dir"))).unwrap();
    assert_eq!(cache.get(&key("dir")), None);
    assert!(matches!(cache.put(&key("dir"), &kept(1)), Err(StoreError::Unusable { .. })));
    cache.put(&key(""), &kept(1)).unwrap();
    assert_eq!(cache.get(&key("")), Some(kept(1)), "it takes the pipe's place");
    std::os::unix::fs::symlink("/dev/zero", cache.place(&key("link"))).unwrap();
    assert_eq!(cache.get(&key("link")), None);
    // A file where the directory should be.
    fs::remove_dir_all(dir.path().join("c")).unwrap();
    fs::write(dir.path().join("c"), "").unwrap();
    assert!(matches!(Cache::open(&dirs), Err(StoreError::Unusable { .. })));
    assert_eq!(cache.get(&key("")), None);
}

#[test]
fn it_stays_small_and_keeps_what_was_used_last() {
    let dir = tempfile::tempdir().unwrap();
    let cache = Cache::open(&dirs(&dir)).unwrap();
    let age = |path: &Path, seconds: u64| {
        let time = SystemTime::now() - Duration::from_secs(seconds);
        fs::File::options().write(true).open(path).unwrap().set_modified(time).unwrap();
    };
    for number in 0..12_u64 {
        let key = key(&number.to_string());
        cache.put(&key, &kept(1)).unwrap();
        age(&cache.place(&key), 1000 - number);
    }
    assert!(cache.get(&key("0")).is_some(), "used: now it is the youngest");
    let left_behind = cache.dir.join("x.1-1.tmp");
    fs::write(&left_behind, "").unwrap();
    age(&left_behind, 4000);
    shrink(&cache.dir, u64::MAX, 8);
    let left: Vec<u64> = (0..12).filter(|number| cache.place(&key(&number.to_string())).exists()).collect();
    assert_eq!(left, [0, 7, 8, 9, 10, 11]);
    assert!(!left_behind.exists());
    shrink(&cache.dir, 1, 8);
    assert_eq!(fs::read_dir(&cache.dir).unwrap().count(), 0);
    let huge = Kept { findings: vec![Finding { masked: "*".repeat(LARGEST), ..kept(1).findings.remove(0) }], files: 1 };
    assert!(matches!(cache.put(&key(""), &huge), Err(StoreError::TooLarge { .. })));
}

#[test]
fn many_at_once_see_whole_results() {
    let dir = tempfile::tempdir().unwrap();
    let dirs = dirs(&dir);
    std::thread::scope(|scope| {
        for files in 0..8 {
            let dirs = &dirs;
            scope.spawn(move || {
                let cache = Cache::open(dirs).unwrap();
                for _ in 0..50 {
                    cache.put(&key(""), &kept(files)).unwrap();
                    assert!(cache.get(&key("")).is_some_and(|found| found.findings == kept(0).findings));
                }
            });
        }
    });
}
