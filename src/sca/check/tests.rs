//! What counts as introduced, already there, and not checked.

use std::collections::{BTreeMap, BTreeSet};

use super::*;
use crate::sca::advisories::{Compiler, Origin, records};

struct Files(BTreeMap<String, String>);

impl Files {
    fn of(files: &[(&str, &str)]) -> Self {
        Self(files.iter().map(|(path, text)| ((*path).to_owned(), (*text).to_owned())).collect())
    }
}

impl Tree for Files {
    fn read(&self, path: &str) -> Result<Option<Vec<u8>>, String> {
        Ok(self.0.get(path).map(|text| text.clone().into_bytes()))
    }

    fn under(&self, folder: &str) -> Result<Vec<String>, String> {
        Ok(self.0.keys().filter(|path| folder.is_empty() || path.starts_with(&format!("{folder}/"))).cloned().collect())
    }
}

fn index() -> Vec<u8> {
    let mut compiler = Compiler::default();
    compiler.source(Origin { name: "test".to_owned(), ..Origin::default() }, 1);
    for text in [
        r#"{"id":"GHSA-a","aliases":["CVE-1"],"modified":"2024","summary":"Flaw","affected":[{"package":{"ecosystem":"npm","name":"left"},"ranges":[{"type":"SEMVER","events":[{"introduced":"0"},{"fixed":"2.0.0"}]}]}]}"#,
        r#"{"id":"X-a","aliases":["CVE-1"],"modified":"2024","affected":[{"package":{"ecosystem":"npm","name":"left"},"versions":["1.0.0","1.1.0","1.9.0"]}]}"#,
        r#"{"id":"MAL-1","modified":"2024","affected":[{"package":{"ecosystem":"npm","name":"evil"},"ranges":[{"type":"SEMVER","events":[{"introduced":"0"}]}]}]}"#,
    ] {
        for one in records("a.json", text.as_bytes()).unwrap() {
            compiler.add(&one);
        }
    }
    compiler.finish(1).unwrap().bytes
}

fn npm(packages: &[(&str, &str)]) -> String {
    let entries: Vec<String> = packages
        .iter()
        .map(|(name, version)| format!("\"node_modules/{name}\": {{\"version\": \"{version}\"}}"))
        .collect();
    format!("{{\"lockfileVersion\": 3, \"packages\": {{\n{}\n}}}}", entries.join(",\n"))
}

fn changed(base: &Files, head: &Files) -> Checked {
    let all: BTreeSet<&String> = base.0.keys().chain(head.0.keys()).collect();
    let paths = all.into_iter().filter(|path| base.0.get(*path) != head.0.get(*path)).cloned().collect();
    let bytes = index();
    check(&paths, &[base], head, Some(&Index::open(&bytes).unwrap()), &Settings::default())
}

fn introduced(checked: &Checked) -> Vec<String> {
    let new = checked.findings.iter().filter(|found| found.standing != Standing::Existing);
    new.map(|found| format!("{} {}", found.ids.join("+"), found.path)).collect()
}

#[test]
fn only_what_the_change_brings_is_new() {
    let old = npm(&[("left", "1.0.0"), ("other", "1.0.0")]);
    let base = Files::of(&[("a/package-lock.json", &old)]);
    let same = |head: &[(&str, &str)]| changed(&base, &Files::of(head));
    // Still vulnerable to the same advisory after an upgrade, and so under its alias.
    let upgraded = same(&[("a/package-lock.json", &npm(&[("left", "1.1.0")]))]);
    assert_eq!(introduced(&upgraded), Vec::<String>::new());
    assert_eq!(upgraded.findings[0].ids, ["GHSA-a", "CVE-1", "X-a"]);
    // A rename, another format with the same packages.
    assert!(introduced(&same(&[("b/package-lock.json", &old)])).is_empty());
    let yarn = "# yarn lockfile v1\n\nleft@^1.0.0:\n  version \"1.0.0\"\n";
    assert!(introduced(&same(&[("a/yarn.lock", yarn)])).is_empty());
    // A copy into a second project.
    let copied = same(&[("a/package-lock.json", &old), ("b/package-lock.json", &old)]);
    assert_eq!(introduced(&copied), ["GHSA-a+CVE-1+X-a b/package-lock.json"]);
    // A malicious package.
    let evil = same(&[("a/package-lock.json", &npm(&[("left", "1.0.0"), ("evil", "0.1.0")]))]);
    assert_eq!(introduced(&evil), ["MAL-1 a/package-lock.json"]);
    assert!(evil.findings[0].title.contains("malicious") && evil.findings[0].level == Level::Critical);
    assert_eq!(evil.findings[0].line, 3);
}

#[test]
fn what_cannot_be_checked_is_a_hole() {
    let base = Files::of(&[("package-lock.json", &npm(&[("left", "2.0.0")]))]);
    let broken = changed(&base, &Files::of(&[("package-lock.json", "{")]));
    assert!(broken.holes[0].reason.contains("line 1"));
    let crates = changed(
        &base,
        &Files::of(&[(
            "Cargo.lock",
            "version = 3\n[[package]]\nname = \"a\"\nversion = \"1.0.0\"\nsource = \"registry+x\"\n",
        )]),
    );
    assert!(crates.holes[0].reason.contains("crates.io"), "{:?}", crates.holes);
    let empty = changed(
        &base,
        &Files::of(&[("package-lock.json", &npm(&[])), ("package.json", "{\"dependencies\":{\"left\":\"1\"}}")]),
    );
    assert_eq!(empty.holes.len(), 1);
    let unread = changed(&base, &Files::of(&[("package-lock.json", &npm(&[("left", "what")]))]));
    assert!(unread.holes[0].reason.contains("cannot be compared"));
}

#[test]
fn a_young_release_waits() {
    let composer = |version: &str| {
        format!(
            "{{\"packages\": [{{\"name\": \"a/b\", \"version\": \"{version}\", \"time\": \"2026-11-20T10:00:00+00:00\"}}]}}"
        )
    };
    let base = Files::of(&[("composer.lock", &composer("1.0.0"))]);
    let head = Files::of(&[("composer.lock", &composer("1.0.1"))]);
    let paths = std::iter::once("composer.lock".to_owned()).collect();
    let young = |cooldown| {
        let settings = Settings { cooldown, today: 20_781, ..Settings::default() };
        check(&paths, &[&base], &head, None, &settings)
            .findings
            .iter()
            .filter(|found| found.kind == Kind::Young)
            .count()
    };
    assert_eq!((young(7), young(4), young(0)), (1, 0, 0));
}
