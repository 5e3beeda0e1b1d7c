//! Every dependency stands under a licence that `deny.toml` allows, and comes from crates.io. Offline: what cargo
//! knows of this host's dependencies; `GATEHOOK_LICENCES=all` asks for those of every system, which cargo may have to
//! download first (`.ci/run` does).

use std::fmt::Write;
use std::process::Command;

use gatehook::sca::licences::Licences;

use crate::support::root;

fn allowed() -> Licences {
    let text = std::fs::read_to_string(std::path::Path::new(&root()).join("deny.toml")).unwrap();
    let deny: toml::Table = text.parse().unwrap();
    let allow = deny["licenses"]["allow"].as_array().unwrap();
    Licences { allow: allow.iter().map(|word| word.as_str().unwrap().to_owned()).collect(), ..Licences::default() }
}

/// What is wrong with the packages of a `cargo metadata` document.
fn faults(metadata: &serde_json::Value, allowed: &Licences) -> String {
    let mut faults = String::new();
    for package in metadata["packages"].as_array().unwrap() {
        let name = format!("{} {}", package["name"].as_str().unwrap(), package["version"].as_str().unwrap());
        // Older manifests write `/` for a choice.
        let licence = package["license"].as_str().unwrap_or_default().replace('/', " OR ");
        if licence.is_empty() {
            writeln!(faults, "{name} names no licence").unwrap();
        } else if let Err(why) = allowed.judge(&licence) {
            writeln!(faults, "{name} is under `{licence}`: {why}").unwrap();
        }
        match package["source"].as_str() {
            None if package["repository"].as_str().is_none() => {
                writeln!(faults, "{name} is ours and names no repository").unwrap();
            }
            None | Some("registry+https://github.com/rust-lang/crates.io-index") => {}
            Some(source) => writeln!(faults, "{name} comes from {source}").unwrap(),
        }
    }
    faults
}

#[test]
fn every_dependency_is_under_an_allowed_licence() {
    let mut command = Command::new(env!("CARGO"));
    command.current_dir(root()).args(["metadata", "--locked", "--format-version", "1", "--all-features"]);
    if std::env::var("GATEHOOK_LICENCES").as_deref() != Ok("all") {
        let host = Command::new("rustc").arg("-vV").output().unwrap();
        let host = String::from_utf8(host.stdout).unwrap();
        let host = host.lines().find_map(|line| line.strip_prefix("host: ")).unwrap();
        command.args(["--offline", "--filter-platform", host]);
    }
    let output = command.output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let metadata: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    assert!(metadata["packages"].as_array().unwrap().len() > 100, "these are not all dependencies");
    let found = faults(&metadata, &allowed());
    assert!(found.is_empty(), "\n{found}");
}

#[test]
fn a_licence_that_is_not_allowed_is_found() {
    let package = |name: &str, license: &str, source: Option<&str>| serde_json::json!({ "name": name, "version": "1.0.0", "license": license, "source": source, "repository": null });
    let registry = Some("registry+https://github.com/rust-lang/crates.io-index");
    let metadata = serde_json::json!({ "packages": [
        package("good", "MIT/Apache-2.0", registry),
        package("choice", "GPL-3.0-only OR MIT", registry),
        package("both", "MIT AND GPL-3.0-only", registry),
        package("copyleft", "GPL-3.0-or-later", registry),
        package("none", "", registry),
        package("fork", "MIT", Some("git+https://example.org/fork")),
        package("own", "MIT", None),
    ] });
    let found = faults(&metadata, &allowed());
    let named: Vec<&str> = found.lines().filter_map(|line| line.split(' ').next()).collect();
    assert_eq!(named, ["both", "copyleft", "none", "fork", "own"], "{found}");
}
