//! Hook frameworks that a repository sets up without gatehook: whoever installs them commits unchecked.

use crate::git::{self, Repo};
use crate::hooks;

/// A sentence for each tool that `revision` sets up in place of gatehook's commit hook. What cannot be read is no news.
pub fn without_gatehook(repo: &Repo, revision: &str) -> Vec<String> {
    let files = hooks::framework_files();
    let names: Vec<String> = files.iter().map(|(name, _)| name.clone()).collect();
    let there = git::files_at(repo, Some(revision), &names).unwrap_or_default();
    let mut notes = Vec::new();
    for (name, whose) in files.into_iter().filter(|(name, _)| there.iter().any(|(path, ..)| path == name)) {
        let Ok(Some(text)) = git::file_at(repo, revision, &name) else { continue };
        if hooks::leaves_out(whose, &text) {
            let whose = whose.word();
            notes.push(format!(
                "`{name}` sets up {whose} without gatehook, so {whose} may take gatehook's place at a commit: \
                 docs/coexist.md says how both run"
            ));
        }
    }
    notes
}
