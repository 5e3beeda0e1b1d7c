//! What somebody lets through once: named checks (`SKIP`), and errors of gatehook's own
//! (`GATEHOOK_ON_ERROR`). Neither without a reason, both recorded; a finding never passes here.

use std::path::{Path, PathBuf};

use crate::config::Config;
use crate::finding::Exit;
use crate::hooks::Hook;
use crate::rules::is_known;
use crate::session::{clock, holds_secret};
use crate::stage;
use crate::store::bypass_log::{self, Bypass, BypassKind};

use super::Call;

impl Call<'_> {
    /// The rules and stages to leave out. Other tools listen to `SKIP` too, so names that are not
    /// gatehook's are theirs.
    pub(super) fn skipped(&self, config: &Config) -> Vec<String> {
        let names: Vec<String> = self.environment.skip.iter().filter(|name| is_ours(name, config)).cloned().collect();
        if names.is_empty() {
            return names;
        }
        // To a repository on the same machine the environment is that of whoever pushes.
        if self.hook == Hook::PreReceive {
            self.tell(&format!("note: SKIP={} is ignored on a server", names.join(",")));
            return Vec::new();
        }
        let Some(reason) = self.reason() else {
            self.tell(&format!("note: SKIP={} is ignored: it needs a reason, GATEHOOK_REASON='…'", names.join(",")));
            return Vec::new();
        };
        if !self.recorded.replace(true) {
            self.tell(&format!("note: this once without {}: {reason}", names.join(", ")));
            self.record(BypassKind::Skip, &names, &reason);
        }
        names
    }

    /// The last word: an error of gatehook's own passes where somebody answers for it.
    pub(super) fn after_error(&self, exit: Exit) -> Exit {
        if !matches!(exit, Exit::NotScanned | Exit::StageFailed) {
            return exit;
        }
        if self.hook == Hook::PreReceive {
            if self.environment.on_error_allow {
                self.tell("note: GATEHOOK_ON_ERROR=allow is ignored on a server");
            }
            return exit;
        }
        match (self.reason(), self.environment.on_error_allow) {
            (Some(reason), true) => {
                self.tell(&format!("note: {} goes on although not all was looked at: {reason}", self.hook.what()));
                self.record(BypassKind::OnError, &[], &reason);
                Exit::Clean
            }
            (None, true) => {
                self.tell("note: GATEHOOK_ON_ERROR=allow is ignored: it needs a reason, GATEHOOK_REASON='…'");
                exit
            }
            (_, false) => {
                self.tell(
                    "hint: once, and on record: GATEHOOK_ON_ERROR=allow GATEHOOK_REASON='…' before the same command",
                );
                exit
            }
        }
    }

    /// Why, as it may be shown and kept: a reason that quotes the secret is left out.
    fn reason(&self) -> Option<String> {
        let reason = self.environment.reason.as_ref()?;
        if !holds_secret(reason) {
            return Some(crate::text::escape(reason.as_bytes()).to_string());
        }
        Some("(not shown: the reason holds a secret)".to_owned())
    }

    fn record(&self, what: BypassKind, names: &[String], reason: &str) {
        let (names, reason, who) =
            (names.to_vec(), reason.to_owned(), self.environment.who.clone().unwrap_or_default());
        self.write(&Bypass { names, who, reason, ..Bypass::new(what, clock::now(), self.hook.word()) });
    }

    /// Records what a gate that only observes would have stopped: the rule of each finding.
    pub(super) fn record_observed<'r>(&self, rules: impl Iterator<Item = &'r str>) {
        let who = self.environment.who.clone().unwrap_or_default();
        // On a server the thread that looked is another one: the directory is asked for again.
        let _ = self.repo();
        self.write(&Bypass { who, ..Bypass::observed(&clock::now(), self.hook.word(), rules) });
    }

    fn write(&self, entry: &Bypass) {
        let written = match self.record_dir() {
            Some(dir) => bypass_log::append(&dir, entry).map_err(|error| error.to_string()),
            None => Err("the git directory is not known".to_owned()),
        };
        if let Err(error) = written {
            self.tell(&format!("warning: this could not be recorded: {error}"));
        }
    }

    /// Tells what was let through since the last push.
    pub(super) fn tell_recorded(&self) {
        let Some(dir) = self.record_dir() else { return };
        let lines = bypass_log::not_shown(&dir);
        if lines.is_empty() {
            return;
        }
        self.tell("note: let through since the last push:");
        for line in &lines {
            self.tell(&format!("  {}", crate::text::escape(line.as_bytes())));
        }
        if let Err(error) = bypass_log::mark_shown(&dir, &clock::now()) {
            self.tell(&format!("warning: `{}` cannot be written: {error}", bypass_log::path(&dir).display()));
        }
    }

    /// The common git directory; where git does not tell, the one that the shim's directory is in.
    fn record_dir(&self) -> Option<PathBuf> {
        let beside_shim = || {
            let dir = self.flags.hooks_dir.as_deref()?;
            let dir = dir.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."));
            dir.join("HEAD").is_file().then(|| dir.to_owned())
        };
        self.common_dir.get().cloned().or_else(beside_shim)
    }
}

fn is_ours(name: &str, config: &Config) -> bool {
    stage::named(name).is_some()
        || config.stages.iter().any(|stage| stage.name == name)
        || is_known(name)
        || config.own_rules.iter().any(|rule| rule.is_called(name))
}
