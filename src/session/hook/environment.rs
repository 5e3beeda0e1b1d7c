//! The part of the environment that hooks listen to, read once.

#![allow(clippy::disallowed_methods, reason = "the binary knows its environment")]

use std::path::PathBuf;

/// What the environment says.
#[derive(Debug, Default)]
pub(super) struct HookEnvironment {
    /// How deep chained hooks have called each other.
    pub(super) chain_depth: Option<String>,
    /// `GATEHOOK_ON_ERROR=allow`: an error of gatehook's own shall not stop anything.
    pub(super) on_error_allow: bool,
    /// `SKIP`: what shall be left out, whoever's names these are.
    pub(super) skip: Vec<String>,
    /// `GATEHOOK_REASON`: why.
    pub(super) reason: Option<String>,
    /// Whose commit it is, as `Name <mail>`: git says so to the hooks of a commit.
    pub(super) who: Option<String>,
    /// `GIT_EDITOR=:`: git's word for a message that no one edits.
    pub(super) no_editor: bool,
    /// Whether git was called below the top of the work tree.
    pub(super) below_top: bool,
    /// The index that git uses, where it is not the usual one.
    pub(super) index_file: Option<PathBuf>,
    /// What pre-commit or prek say.
    pub(super) framework: Framework,
}

/// What a hook framework says of the push or the range that it runs for.
#[derive(Debug, Default)]
pub(super) struct Framework {
    /// It runs us.
    pub(super) runs: bool,
    /// The range.
    pub(super) range: Option<(String, String)>,
    /// The remote's name.
    pub(super) remote: Option<String>,
}

impl HookEnvironment {
    pub(super) fn from_environment() -> Self {
        let text = |name| std::env::var(name).ok().filter(|value: &String| !value.trim().is_empty());
        let range = text("PRE_COMMIT_FROM_REF").zip(text("PRE_COMMIT_TO_REF"));
        let remote = text("PRE_COMMIT_REMOTE_NAME");
        let skip = text("SKIP").unwrap_or_default();
        Self {
            chain_depth: text("GATEHOOK_CHAIN_DEPTH"),
            on_error_allow: text("GATEHOOK_ON_ERROR").is_some_and(|word| word == "allow"),
            skip: skip.split(',').map(|name| name.trim().to_owned()).filter(|name| !name.is_empty()).collect(),
            reason: text("GATEHOOK_REASON"),
            who: text("GIT_AUTHOR_NAME").zip(text("GIT_AUTHOR_EMAIL")).map(|(name, mail)| format!("{name} <{mail}>")),
            no_editor: text("GIT_EDITOR").is_some_and(|editor| editor == ":"),
            below_top: text("GIT_PREFIX").is_some(),
            index_file: std::env::var_os("GIT_INDEX_FILE").filter(|name| !name.is_empty()).map(PathBuf::from),
            framework: Framework {
                runs: text("PRE_COMMIT").is_some() || range.is_some() || remote.is_some(),
                range,
                remote,
            },
        }
    }
}
