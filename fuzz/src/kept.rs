//! Files that gatehook keeps for itself and that anybody may have changed: receipts, results of stages, the record.

use std::fs;
use std::path::PathBuf;
use std::sync::OnceLock;

use gatehook::change::Oid;
use gatehook::store::bypass_log::{Bypass, BypassKind, BypassLog, Summary};
use gatehook::store::{Cache, Dirs, Kept, Key, KeyParts, Receipts};

const TERMS: [[u8; 32]; 2] = [[1; 32], [2; 32]];
const PASSED: Oid = Oid::sha1([7; 20]);
const OTHER: Oid = Oid::sha1([8; 20]);

struct Place {
    dirs: Dirs,
    common_dir: PathBuf,
    receipts: PathBuf,
    result: PathBuf,
    key: Key,
}

/// Directories of this process, with one receipt and one result in them.
fn place() -> &'static Place {
    static PLACE: OnceLock<Place> = OnceLock::new();
    PLACE.get_or_init(|| {
        let home = std::env::temp_dir().join(format!("gatehook-fuzz-{}", std::process::id()));
        let dirs = Dirs { cache: home.join("cache"), state: home.join("state"), data: home.join("data") };
        let common_dir = home.join("repo");
        let receipts = Receipts::open(&dirs, &common_dir).expect("a directory of one's own");
        receipts.looked(1, &TERMS, &[(PASSED, &[])], None).expect("it is written");
        let key = Key::of(&KeyParts::default(), []);
        let cache = Cache::open(&dirs).expect("a directory of one's own");
        cache.put(&key, &Kept { findings: Vec::new(), files: 3 }).expect("it is written");
        let only = |dir: &str| {
            let mut found = fs::read_dir(home.join(dir)).expect("it is there").flatten();
            found.next().expect("one file").path()
        };
        let (receipts, result) = (only("state/receipts"), only("cache/stages"));
        Place { dirs, common_dir, receipts, result, key }
    })
}

/// Only what was written here with this user's key counts; the record is read as far as it goes.
pub fn kept(bytes: &[u8]) {
    let place = place();
    fs::write(&place.receipts, bytes).expect("it is written");
    let known = Receipts::open(&place.dirs, &place.common_dir).expect("it opens").known();
    assert!(known.looked(&TERMS, &[OTHER]).is_empty(), "a commit that nobody looked at is known");
    assert!(known.looked(&[[3; 32]], &[PASSED]).is_empty(), "a commit is known under other terms");
    let found = known.looked(&TERMS, &[PASSED]);
    assert!(found.iter().all(|(id, found)| *id == PASSED && found.is_none()), "a result that nobody wrote");
    fs::write(&place.result, bytes).expect("it is written");
    if let Some(kept) = Cache::open(&place.dirs).expect("it opens").get(&place.key) {
        assert!(kept.files == 3 && kept.findings.is_empty(), "a result that nobody kept");
    }
    let record = BypassLog::parse(bytes);
    let most = bytes.split(|&byte| byte == b'\n').count();
    assert!(record.entries.len() + record.damaged <= most, "more entries than lines");
    let summary = Summary::of(record, Some("2026"), 5);
    assert!(summary.last.len() <= 5 && summary.json().is_object(), "a summary without bounds");
}

/// What was written here, and a record.
pub fn seeds() -> Vec<Vec<u8>> {
    let place = place();
    let entry = Bypass::observed("2026-11-24T10:00:00Z", "pre-push", ["aws-access-key-id", "private-key"]);
    let record = format!(
        "{{\"time\":\"2026-11-24T10:00:00Z\",\"what\":\"{}\",\"hook\":\"{}\",\"names\":[\"a\"],\"count\":2,\"who\":\"x\",\"reason\":\"y\"}}\n{{\"time\":\"2026-11-25T10:00:00Z\",\"what\":\"shown\"}}\n",
        BypassKind::Skip.word(),
        entry.hook,
    );
    let read = |path: &PathBuf| fs::read(path).expect("it is there");
    vec![read(&place.receipts), read(&place.result), record.into_bytes()]
}
