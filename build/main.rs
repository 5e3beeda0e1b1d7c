//! Turns `rules/**/*.toml` into Rust: the rules as statics and their keywords as a prepared
//! automaton, so that the program parses and builds nothing when it starts.

#![allow(
    clippy::pedantic,
    clippy::print_stdout,
    clippy::disallowed_methods,
    clippy::result_large_err,
    missing_docs,
    dead_code,
    unreachable_pub,
    reason = "a build script, and files shared with the crate"
)]

mod automaton;
mod emit;
#[path = "../src/rules/language.rs"]
mod language;
#[path = "../src/rules/raw.rs"]
mod raw;
#[path = "../src/text/sha256.rs"]
mod sha256;
mod trigrams;

use std::path::{Path, PathBuf};
use std::{env, fs};

use raw::{RawFile, RawRule};

fn main() {
    let root = PathBuf::from(env::var_os("CARGO_MANIFEST_DIR").expect("cargo sets it"));
    println!("cargo:rerun-if-changed=build");
    println!("cargo:rerun-if-changed=rules");
    let words = root.join("src/engine/validate/words.txt");
    println!("cargo:rerun-if-changed={}", words.display());
    println!("cargo:rerun-if-changed=src/rules/raw.rs");
    println!("cargo:rerun-if-changed=src/rules/language.rs");
    println!("cargo:rerun-if-changed=src/text/sha256.rs");
    let mut rules: Vec<(&str, RawRule)> = Vec::new();
    let mut faults = Vec::new();
    for pack in ["secrets", "insecure"] {
        for file in rule_files(&root.join("rules").join(pack)) {
            println!("cargo:rerun-if-changed={}", file.display());
            let text = fs::read_to_string(&file).unwrap_or_else(|error| panic!("{}: {error}", file.display()));
            match toml::from_str::<RawFile>(&text) {
                Ok(raw) => {
                    for rule in raw.rule {
                        faults
                            .extend(check(pack, &rule).into_iter().map(|fault| format!("{}: {fault}", file.display())));
                        rules.push((pack, rule));
                    }
                }
                Err(error) => faults.push(format!("{}: {error}", file.display())),
            }
        }
    }
    let mut names: Vec<&str> =
        rules.iter().flat_map(|(_, rule)| rule.aliases.iter().chain([&rule.id])).map(String::as_str).collect();
    names.sort_unstable();
    for pair in names.windows(2).filter(|pair| pair[0] == pair[1]) {
        faults.push(format!("rule id `{}` stands twice", pair[0]));
    }
    assert!(faults.is_empty(), "\n{}\n", faults.join("\n"));
    let out = PathBuf::from(env::var_os("OUT_DIR").expect("cargo sets it"));
    let emitted = emit::write(&rules);
    fs::write(out.join("rules.rs"), emitted.source).expect("OUT_DIR can be written");
    fs::write(out.join("automaton.bin"), emitted.automaton).expect("OUT_DIR can be written");
    let words = fs::read_to_string(&words).expect("the word list stands beside the code that reads it");
    fs::write(out.join("sast.rs"), sast_files(&root.join("rules/sast"))).expect("OUT_DIR can be written");
    fs::write(out.join("iac.rs"), iac_files(&root.join("rules/iac"))).expect("OUT_DIR can be written");
    fs::write(out.join("trigrams.bin"), trigrams::table(&words)).expect("OUT_DIR can be written");
}

/// The texts of the rules under `rules/sast/`, a directory a language: they are parsed when the stage first meets it.
fn sast_files(dir: &Path) -> String {
    let mut out = String::from("static FILES: &[(&str, &str, &str)] = &[\n");
    let mut languages: Vec<PathBuf> =
        fs::read_dir(dir).into_iter().flatten().filter_map(|entry| Some(entry.ok()?.path())).collect();
    languages.sort();
    for language in languages.iter().filter(|path| path.is_dir()) {
        for file in rule_files(language) {
            println!("cargo:rerun-if-changed={}", file.display());
            let name = |path: &Path| path.file_name().unwrap_or_default().to_string_lossy().into_owned();
            let (of, named) = (name(language), name(&file));
            out.push_str(&format!("({of:?}, {named:?}, include_str!({:?})),\n", file.display().to_string()));
        }
    }
    out.push_str("];\n");
    out
}

/// The texts of the rules under `rules/iac/`, named after their technology.
fn iac_files(dir: &Path) -> String {
    println!("cargo:rerun-if-changed={}", dir.display());
    let mut out = String::from("static FILES: &[(&str, &str)] = &[\n");
    for file in rule_files(dir) {
        println!("cargo:rerun-if-changed={}", file.display());
        let name = file.file_name().unwrap_or_default().to_string_lossy().into_owned();
        out.push_str(&format!("({name:?}, include_str!({:?})),\n", file.display().to_string()));
    }
    out.push_str("];\n");
    out
}

fn rule_files(dir: &Path) -> Vec<PathBuf> {
    let mut files: Vec<PathBuf> = fs::read_dir(dir)
        .into_iter()
        .flatten()
        .filter_map(|entry| Some(entry.ok()?.path()))
        .filter(|path| path.extension().is_some_and(|extension| extension == "toml"))
        .collect();
    files.sort();
    files
}

/// What only a look at the pattern tells.
fn check(pack: &str, rule: &RawRule) -> Vec<String> {
    let mut faults = rule.faults();
    if rule.since.is_empty() {
        faults.push(format!(
            "rule `{}`: `since` is due, the month in which it joined: `rules.as-of` goes by it",
            rule.id
        ));
    }
    let groups = |pattern: &str| {
        regex_syntax::ParserBuilder::new()
            .unicode(false)
            .utf8(false)
            .build()
            .parse(pattern)
            .map(|hir| named_groups(&hir))
    };
    match groups(&rule.pattern) {
        Ok(names) => {
            let secrets = names.iter().filter(|name| *name == "secret").count();
            if pack == "secrets" && !rule.pattern.is_empty() && secrets != 1 {
                faults.push(format!(
                    "rule `{}`: the pattern takes exactly one group `secret`, it has {secrets}",
                    rule.id
                ));
            }
        }
        Err(error) => faults.push(format!("rule `{}`: {error}", rule.id)),
    }
    for veto in rule.veto.iter().chain(&rule.veto_value) {
        if let Err(error) = groups(veto) {
            faults.push(format!("rule `{}`: {error}", rule.id));
        }
    }
    faults
}

fn named_groups(hir: &regex_syntax::hir::Hir) -> Vec<String> {
    use regex_syntax::hir::HirKind;
    let mut names = Vec::new();
    let mut open = vec![hir];
    while let Some(hir) = open.pop() {
        match hir.kind() {
            HirKind::Capture(capture) => {
                names.extend(capture.name.as_deref().map(str::to_owned));
                open.push(&capture.sub);
            }
            HirKind::Repetition(repetition) => open.push(&repetition.sub),
            HirKind::Concat(parts) | HirKind::Alternation(parts) => open.extend(parts),
            _ => {}
        }
    }
    names
}
