//! A digest of all that decides what a stage starts: its table, resolved, and the repository's own scripts
//! that its command names.

use crate::change::Oid;
use crate::config::StageConfig;

/// Endings of files that programs execute, whatever their mode.
const SCRIPTS: &[&str] =
    &["sh", "bash", "zsh", "fish", "py", "js", "mjs", "cjs", "ts", "mts", "cts", "rb", "pl", "php", "ps1", "lua", "go"];

/// Words of the command that may name a file of the repository.
pub fn named_files(stage: &StageConfig) -> Vec<String> {
    let split = |c: char| c.is_whitespace() || matches!(c, ';' | '|' | '&' | '(' | ')' | '\'' | '"' | '`' | '=');
    let mut words: Vec<String> = stage
        .command
        .iter()
        .chain(stage.set_env.values())
        .flat_map(|word| word.split(split))
        .map(|word| word.trim_start_matches("./").trim_start_matches("{dir}/"))
        .filter(|word| {
            !word.is_empty()
                && word.len() < 1000
                && !word.starts_with(['-', '/'])
                && !word.contains(['{', '\0'])
                && !word.split('/').any(|part| part == "..")
        })
        .map(str::to_owned)
        .collect();
    words.sort();
    words.dedup();
    words
}

/// Whether a file that a command names is one that it may execute.
pub fn is_script(path: &str, executable: bool) -> bool {
    executable || path.rsplit_once('.').is_some_and(|(_, ending)| SCRIPTS.contains(&ending))
}

/// The digest of `stage`, whose command names these scripts.
pub fn digest(stage: &StageConfig, scripts: &[(String, Oid)]) -> String {
    let mut stage = stage.clone();
    // Who says it is no part of what it says.
    stage.own = false;
    let mut hasher = blake3::Hasher::new_derive_key("gatehook trust of a stage v1");
    // Every field is in it, also those that are still to come.
    hasher.update(format!("{stage:?}").as_bytes());
    for (path, id) in scripts {
        hasher.update(&[0]).update(path.as_bytes()).update(&[0]).update(id.as_bytes());
    }
    hasher.finalize().to_hex()[..32].to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whatever_changes_what_is_started_changes_the_digest() {
        let stage = |words: &[&str]| StageConfig::new("x", words.iter().map(|word| (*word).to_owned()).collect());
        let one = stage(&["sh", "-c", "./tools/lint.sh --flag=tools/x.py; cat {files}"]);
        assert_eq!(named_files(&one), ["cat", "sh", "tools/lint.sh", "tools/x.py"]);
        let plain = digest(&one, &[]);
        let mut other = one.clone();
        other.env.push("AWS_*".to_owned());
        assert_ne!(digest(&other, &[]), plain);
        let id = Oid::sha1([1; 20]);
        assert_ne!(digest(&one, &[("tools/lint.sh".to_owned(), id)]), plain);
        let mut own = one.clone();
        own.own = false;
        assert_eq!(digest(&own, &[]), plain);
        assert!(is_script("a.py", false) && is_script("a", true) && !is_script("rules.yml", false));
    }
}
