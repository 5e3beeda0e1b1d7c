//! Lock files of every format, advisories, and the compiled index: whatever the bytes are, each is read or refused within
//! bounds, and what is read can be written as an SBOM.

use gatehook::sca::Ecosystem;
use gatehook::sca::advisories::{Archive, Compiler, Index, Origin, is_affected, is_mended_since, records, score, weights};
use gatehook::sca::lockfiles::{self, Format, Input};
use gatehook::sca::sbom::{Components, Subject, cyclonedx, spdx};
use gatehook::sca::vex;

/// The first byte says the format.
pub fn lock(bytes: &[u8]) {
    let Some((first, rest)) = bytes.split_first() else { return };
    let format = Format::ALL[usize::from(*first) % Format::ALL.len()];
    let beside = |_: &str| None;
    let input = Input { path: "a/file", bytes: rest, beside: &beside, graph: true };
    let Ok(lock) = lockfiles::read(format, &input) else { return };
    for place in (0..lock.packages.len()).take(5) {
        let _ = lock.path_to(place);
    }
    for package in lock.packages.iter().take(5) {
        for ecosystem in Ecosystem::ALL {
            let same = ecosystem.order().compare(&package.version, &package.version);
            assert!(same.is_none_or(std::cmp::Ordering::is_eq), "a version is not equal to itself");
        }
    }
    let mut components = Components::default();
    components.add("a/file", &lock);
    let subject = Subject { name: "x".to_owned(), tool: "1".to_owned(), created: "1970-01-01T00:00:00Z".to_owned() };
    for text in [cyclonedx(&components, &subject), spdx(&components, &subject)] {
        assert!(serde_json::from_str::<serde_json::Value>(&text).is_ok(), "an SBOM is not JSON");
    }
}

/// Lock files as they stand.
pub fn lock_seeds() -> Vec<Vec<u8>> {
    let mut seeds = Vec::new();
    let mut open = vec![std::path::PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../tests/lockfiles"))];
    while let Some(dir) = open.pop() {
        for entry in std::fs::read_dir(dir).into_iter().flatten().flatten() {
            let path = entry.path();
            if path.is_dir() {
                open.push(path);
            } else if let Some(format) = Format::of(&path.to_string_lossy()) {
                let number = Format::ALL.iter().position(|one| *one == format).unwrap_or(0);
                let mut seed = vec![u8::try_from(number).unwrap_or(0)];
                seed.extend(std::fs::read(&path).unwrap_or_default());
                seeds.push(seed);
            }
        }
    }
    seeds.sort();
    seeds
}

const RECORD: &str = r#"{"id":"X-1","modified":"2024","aliases":["CVE-1"],"severity":[{"type":"CVSS_V3","score":"CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H"}],"affected":[{"package":{"ecosystem":"npm","name":"a"},"ranges":[{"type":"SEMVER","events":[{"introduced":"0"},{"fixed":"1.2.3"}]}]}]}"#;

fn compiled(text: &[u8]) -> Option<Vec<u8>> {
    let mut compiler = Compiler::default();
    compiler.source(Origin::default(), 1);
    for name in ["a.json", "a.yml", "a.md", "a.toml"] {
        for one in records(name, text).unwrap_or_default() {
            for affected in &one.affected {
                let _ = is_affected(affected, "1.0.0");
                let _ = is_mended_since(affected, "1.0.0");
            }
            compiler.add(&one);
        }
    }
    if let Ok(Some(list)) = weights(text) {
        compiler.weigh(&list);
    }
    (!compiler.is_empty()).then(|| compiler.finish(1).expect("what is read can be compiled").bytes)
}

/// Records, archives, vectors; and the bytes as a compiled index.
pub fn advisories(bytes: &[u8]) {
    let _ = score(&String::from_utf8_lossy(bytes));
    if let Ok(mut archive) = Archive::open(bytes) {
        while let Ok(Some(_)) = archive.next_file() {}
    }
    let _ = weights(bytes);
    if let Ok(statements) = vex::statements(bytes) {
        let _ = vex::verdict(statements.iter(), &["CVE-1".to_owned()], Ecosystem::Npm, "a", "1.0.0");
    }
    if let Some(index) = compiled(bytes) {
        Index::open(&index).and_then(|index| index.verify()).expect("what is compiled is whole");
    }
    if let Ok(index) = Index::open(bytes) {
        let _ = index.of_package(Ecosystem::Npm, "a");
        let _ = index.by_id("X-1");
        let _ = index.weight(&["CVE-2024-1".to_owned()]);
        let _ = index.verify();
    }
}

const VEX: &str = r#"{"@context":"https://openvex.dev/ns/v0.2.0","timestamp":"2026-01-01T00:00:00Z","statements":[{"vulnerability":{"name":"CVE-1"},"products":[{"@id":"pkg:npm/a@1.0.0"}],"status":"not_affected","justification":"component_not_present"}]}"#;

/// A record in OSV's form, its compiled index, statements, weights.
pub fn advisory_seeds() -> Vec<Vec<u8>> {
    let mut seeds = vec![RECORD.as_bytes().to_vec(), VEX.as_bytes().to_vec()];
    seeds.push(b"#model_version:v1\ncve,epss,percentile\nCVE-2024-1,0.5,0.9\n".to_vec());
    seeds.push(br#"{"vulnerabilities":[{"cveID":"CVE-2024-1"}]}"#.to_vec());
    seeds.extend(compiled(RECORD.as_bytes()));
    seeds
}
