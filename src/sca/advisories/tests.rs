//! Records, ranges, the compiled file and what is refused.

use super::*;
use crate::sca::Ecosystem;

fn osv(id: &str, ecosystem: &str, name: &str, rest: &str) -> Vec<Advisory> {
    let text = format!(
        r#"{{"id":"{id}","modified":"2024-01-01T00:00:00Z","affected":[{{"package":{{"ecosystem":"{ecosystem}","name":"{name}"}},{rest}}}]}}"#
    );
    records(&format!("{id}.json"), text.as_bytes()).unwrap()
}

fn affected(rest: &str, version: &str) -> Option<bool> {
    is_affected(&osv("X-1", "npm", "a", rest)[0].affected[0], version)
}

#[test]
fn ranges_mean_what_osv_says() {
    let range = |events: &str| format!(r#""ranges":[{{"type":"SEMVER","events":[{events}]}}]"#);
    let fixed = range(r#"{"introduced":"1.0.0"},{"fixed":"1.2.0"},{"introduced":"2.0.0"},{"fixed":"2.1.0"}"#);
    for (version, expected) in
        [("0.9.0", false), ("1.0.0", true), ("1.2.0", false), ("1.2.0-rc.1", true), ("2.0.5", true), ("2.1.0", false)]
    {
        assert_eq!(affected(&fixed, version), Some(expected), "{version}");
    }
    let unordered = range(r#"{"fixed":"1.2.0"},{"introduced":"0"}"#);
    assert_eq!(affected(&unordered, "1.1.0"), Some(true));
    let last = range(r#"{"introduced":"0"},{"last_affected":"1.5.0"}"#);
    assert_eq!((affected(&last, "1.5.0"), affected(&last, "1.5.1")), (Some(true), Some(false)));
    let limit = range(r#"{"introduced":"0"},{"limit":"1.0.0"}"#);
    assert_eq!((affected(&limit, "0.9.9"), affected(&limit, "1.0.0")), (Some(true), Some(false)));
    assert_eq!(affected(&range(r#"{"introduced":"0"}"#), ""), Some(true));
    assert_eq!(affected(&fixed, "not a version"), None);
    assert_eq!(
        (affected(r#""versions":["1.0.1"]"#, "1.0.1"), affected(r#""versions":["1.0.1"]"#, "1.0.2")),
        (Some(true), Some(false))
    );
    assert_eq!(affected(r#""ranges":[{"type":"GIT","events":[{"introduced":"0"}]}]"#, "1.0.0"), Some(false));
}

#[test]
fn withdrawn_records_are_gone_and_broken_ones_are_refused() {
    assert!(
        records("a.json", br#"{"id":"A","modified":"x","withdrawn":"2024-01-01T00:00:00Z","affected":[]}"#)
            .unwrap()
            .is_empty()
    );
    assert!(records("a.json", br#"{"id":"A","modified":"x","affected":[{"package":{"ecosystem":"npm","name":"a"},"ranges":[{"type":"SEMVER","events":[{"fixed":"1"}]}]}]}"#).is_err());
    assert!(records("a.json", b"{").is_err());
    assert!(records("README.md", b"# Advisories").unwrap().is_empty());
}

#[test]
fn cvss_vectors_of_all_versions_have_a_score() {
    for (vector, tenths) in [
        ("CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H", 98),
        ("CVSS:3.0/AV:N/AC:L/PR:N/UI:R/S:C/C:L/I:L/A:N", 61),
        ("CVSS:4.0/AV:N/AC:L/AT:N/PR:N/UI:N/VC:H/VI:H/VA:H/SC:N/SI:N/SA:N", 93),
        ("AV:N/AC:L/Au:N/C:P/I:P/A:P", 75),
    ] {
        assert_eq!(score(vector), Some(tenths), "{vector}");
    }
    assert_eq!(score("nonsense"), None);
}

#[test]
fn other_databases_formats_become_records() {
    let markdown = b"```toml\n[advisory]\nid = \"RUSTSEC-2020-0001\"\npackage = \"a\"\ndate = \"2020-01-01\"\n[versions]\npatched = [\"^1.2.3\", \">= 2.0.1\"]\nunaffected = [\"< 1.0.0\"]\n```\n\n# Title\n\nText\n";
    let one = &records("a.md", markdown).unwrap()[0];
    assert_eq!(one.summary, "Title");
    for (version, expected) in [
        ("0.9.0", false),
        ("1.0.0", true),
        ("1.2.2", true),
        ("1.2.3", false),
        ("1.9.0", false),
        ("2.0.0", true),
        ("2.0.1", false),
    ] {
        assert_eq!(is_affected(&one.affected[0], version), Some(expected), "{version}");
    }
    let gem = b"gem: a\ncve: 2020-1\nghsa: x-y-z\ntitle: T\npatched_versions:\n  - \"~> 1.2.3\"\n  - \">= 2.1\"\nunaffected_versions:\n  - \"< 1.0\"\n";
    let one = &records("gems/a/CVE-2020-1.yml", gem).unwrap()[0];
    assert_eq!(one.ids().collect::<Vec<_>>(), ["CVE-2020-1", "GHSA-x-y-z"]);
    for (version, expected) in
        [("0.9", false), ("1.0", true), ("1.2.2", true), ("1.2.4", false), ("1.3", true), ("2.0", true), ("2.1", false)]
    {
        assert_eq!(is_affected(&one.affected[0], version), Some(expected), "{version}");
    }
    let php = b"title: T\nlink: https://example.org\ncve: CVE-2020-2\nbranches:\n  1.x:\n    time: 2020-01-01\n    versions: ['>=1.0.0', '<1.2.3']\nreference: composer://Vendor/Name\n";
    let one = &records("vendor/name/CVE-2020-2.yaml", php).unwrap()[0];
    assert_eq!(one.affected[0].name, "vendor/name");
    assert_eq!(is_affected(&one.affected[0], "v1.2.2"), Some(true));
}

fn compiled(records: &[Advisory]) -> Vec<u8> {
    let mut compiler = Compiler::default();
    compiler.source(Origin { name: "test".to_owned(), ..Origin::default() }, 1);
    for one in records {
        compiler.add(one);
    }
    compiler.finish(1_000).unwrap().bytes
}

#[test]
fn what_is_compiled_is_found_and_taken_over() {
    let range = r#""ranges":[{"type":"ECOSYSTEM","events":[{"introduced":"0"},{"fixed":"2.0"}]}]"#;
    let all: Vec<Advisory> =
        (0..300).flat_map(|at| osv(&format!("X-{at}"), "PyPI", &format!("Name_{}", at % 50), range)).collect();
    let bytes = compiled(&all);
    let index = Index::open(&bytes).unwrap();
    index.verify().unwrap();
    assert_eq!((index.records, index.packages), (300, 50));
    assert_eq!(index.of_package(Ecosystem::PyPI, "name-7").unwrap().len(), 6);
    assert!(index.of_package(Ecosystem::Npm, "name-7").unwrap().is_empty());
    assert_eq!(index.by_id("x-33").unwrap()[0], all[33]);
    let mut next = Compiler::default();
    next.take_over(&index, &[]).unwrap();
    next.source(Origin { name: "other".to_owned(), ..Origin::default() }, 2);
    next.add(&osv("X-300", "npm", "a", range)[0]);
    let bytes = next.finish(2_000).unwrap().bytes;
    let index = Index::open(&bytes).unwrap();
    assert_eq!((index.records, index.sources.len()), (301, 2));
    assert!(index.covers(Ecosystem::Npm) && !index.covers(Ecosystem::Go));
    let mut without = Compiler::default();
    without.take_over(&index, &["test".to_owned()]).unwrap();
    assert_eq!(without.len(), 1);
}

#[test]
fn no_damage_goes_unseen() {
    let range = r#""ranges":[{"type":"ECOSYSTEM","events":[{"introduced":"0"}]}]"#;
    let all: Vec<Advisory> = (0..20).flat_map(|at| osv(&format!("X-{at}"), "npm", &format!("a{at}"), range)).collect();
    let bytes = compiled(&all);
    let look = |bytes: &[u8]| -> Result<usize, Corrupt> {
        let index = Index::open(bytes)?;
        (0..20).map(|at| Ok(index.of_package(Ecosystem::Npm, &format!("a{at}"))?.len())).sum()
    };
    assert_eq!(look(&bytes), Ok(20));
    for at in 0..bytes.len() {
        let mut broken = bytes.clone();
        broken[at] ^= 0x41;
        // A bit of the table of ids or of the digest is seen by who asks for these.
        let seen = look(&broken).is_err() || Index::open(&broken).is_ok_and(|index| index.verify().is_err());
        assert!(seen, "byte {at} of {}", bytes.len());
    }
    for length in (0..bytes.len()).step_by(7) {
        assert!(Index::open(&bytes[..length]).is_err());
    }
}

#[test]
fn aliases_make_one() {
    let mut first = osv("GHSA-1", "npm", "a", r#""versions":["1.0.0"]"#).remove(0);
    first.aliases = vec!["CVE-1".to_owned()];
    let mut second = osv("X-1", "npm", "a", r#""versions":["1.0.0"]"#).remove(0);
    second.aliases = vec!["CVE-1".to_owned()];
    let third = osv("Y-1", "npm", "a", r#""versions":["1.0.0"]"#).remove(0);
    let hit =
        |advisory: &Advisory| Hit { advisory: advisory.clone(), affected: advisory.affected[0].clone(), fix: None };
    let all = groups(vec![hit(&first), hit(&third), hit(&second)]);
    assert_eq!(
        all.iter().map(|group| group.ids.clone()).collect::<Vec<_>>(),
        [vec!["GHSA-1", "CVE-1", "X-1"], vec!["Y-1"]]
    );
}

#[test]
fn archives_are_read_and_broken_ones_are_refused() {
    assert!(Archive::open(b"not a zip").is_err());
    let mut stored = Vec::new();
    let crc = crc32fast::hash(b"hello").to_le_bytes();
    stored.extend_from_slice(b"PK\x03\x04\x14\0\0\0\0\0\0\0\0\0");
    stored.extend_from_slice(&crc);
    stored.extend_from_slice(&[5, 0, 0, 0, 5, 0, 0, 0, 1, 0, 0, 0]);
    stored.extend_from_slice(b"ahello");
    let directory = u32::try_from(stored.len()).unwrap();
    stored.extend_from_slice(b"PK\x01\x02\x14\0\x14\0\0\0\0\0\0\0\0\0");
    stored.extend_from_slice(&crc);
    stored.extend_from_slice(&[5, 0, 0, 0, 5, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]);
    stored.push(b'a');
    let size = u32::try_from(stored.len()).unwrap() - directory;
    stored.extend_from_slice(b"PK\x05\x06\0\0\0\0\x01\0\x01\0");
    stored.extend_from_slice(&size.to_le_bytes());
    stored.extend_from_slice(&directory.to_le_bytes());
    stored.extend_from_slice(&[0, 0]);
    let mut archive = Archive::open(&stored).unwrap();
    assert_eq!(archive.next_file().unwrap(), Some(("a".to_owned(), b"hello".to_vec())));
    assert_eq!(archive.next_file().unwrap(), None);
    let broken = stored.windows(5).position(|window| window == b"hello").unwrap();
    stored[broken] = b'j';
    assert!(Archive::open(&stored).unwrap().next_file().is_err());
}
