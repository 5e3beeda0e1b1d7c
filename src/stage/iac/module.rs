//! The other files of a Terraform module that matter to its changed ones: those that declare a variable or local that
//! they name, and those that refer to a resource of theirs. The rest of a large module is not parsed.

use std::collections::HashSet;

use super::LARGEST;
use crate::change::Snapshot;
use crate::paths::RepoPath;

/// Files of a module that are read, at most.
const FILES: usize = 1_000;

/// The folder that `path` stands in.
pub(super) fn folder(path: &RepoPath) -> RepoPath {
    let bytes = path.as_bytes();
    let end = bytes.iter().rposition(|&byte| byte == b'/').unwrap_or_default();
    RepoPath::new(&bytes[..end])
}

/// The files of the module in `folder` that `changed` needs.
pub(super) fn neighbours(
    snapshot: &dyn Snapshot,
    folder: &RepoPath,
    changed: &[(RepoPath, String)],
) -> Vec<(RepoPath, String)> {
    let Ok(files) = snapshot.files() else { return Vec::new() };
    let prefix = if folder.as_bytes().is_empty() { Vec::new() } else { [folder.as_bytes(), b"/"].concat() };
    let start = files.partition_point(|file| file.path.as_bytes() < prefix.as_slice());
    let within = files[start..].iter().take_while(|file| file.path.as_bytes().starts_with(&prefix));
    let is_own = |path: &RepoPath| {
        let name = &path.as_bytes()[prefix.len()..];
        let ends = [&b".tf"[..], b".tofu", b".tf.json", b".tfvars"].iter().any(|ending| name.ends_with(ending));
        let is_values = name.ends_with(b".tfvars");
        let counts = !is_values || name == b"terraform.tfvars" || name.ends_with(b".auto.tfvars");
        !name.contains(&b'/') && ends && counts && !changed.iter().any(|(own, _)| own == path)
    };
    let paths: Vec<&RepoPath> = within.map(|file| &file.path).filter(|path| is_own(path)).take(FILES).collect();
    let mut wanted = Wanted::default();
    for (_, text) in changed {
        wanted.take(text);
    }
    let mut rest: Vec<(RepoPath, String)> = paths
        .into_iter()
        .filter_map(|path| {
            let loaded = snapshot.read(path, LARGEST).ok()??;
            Some((path.clone(), String::from_utf8(loaded.bytes).ok()?))
        })
        .collect();
    // What a needed file names is needed as well; a few rounds reach what locals name.
    let mut all = Vec::new();
    for _ in 0..4 {
        let (needed, others): (Vec<_>, Vec<_>) = rest.into_iter().partition(|(path, text)| wanted.is_in(path, text));
        rest = others;
        if needed.is_empty() {
            break;
        }
        for (_, text) in &needed {
            wanted.names_of(text);
        }
        all.extend(needed);
    }
    all
}

/// What the changed files name and declare.
#[derive(Default)]
struct Wanted {
    /// Names after `var.` and `local.`, and of policies after `aws_iam_policy_document.`.
    names: HashSet<String>,
    /// `TYPE.NAME` of resources.
    resources: HashSet<String>,
}

impl Wanted {
    fn take(&mut self, text: &str) {
        self.names_of(text);
        for line in text.lines().filter_map(|line| line.trim_start().strip_prefix("resource ")) {
            let mut parts = line.split('"').filter(|part| !part.trim().is_empty());
            if let (Some(kind), Some(name)) = (parts.next(), parts.next()) {
                self.resources.insert(format!("{kind}.{name}"));
            }
        }
    }

    fn names_of(&mut self, text: &str) {
        for word in words(text) {
            for root in ["var.", "local.", "data.aws_iam_policy_document."] {
                if let Some(rest) = word.strip_prefix(root) {
                    self.names.insert(rest.split('.').next().unwrap_or_default().to_owned());
                }
            }
        }
    }

    fn is_in(&self, path: &RepoPath, text: &str) -> bool {
        if path.as_bytes().ends_with(b".tfvars") {
            return true;
        }
        let declares = |line: &str| {
            let line = line.trim_start();
            let declared =
                line.strip_prefix("variable ").or_else(|| line.strip_prefix("data \"aws_iam_policy_document\" "));
            let name = declared.map(|rest| rest.split('"').nth(1).unwrap_or_default());
            name.is_some_and(|name| self.names.contains(name))
        };
        text.lines().any(declares)
            || text.contains("locals") && words(text).any(|word| self.names.contains(word))
            || words(text).any(|word| {
                let mut parts = word.splitn(3, '.');
                let (Some(kind), Some(name)) = (parts.next(), parts.next()) else { return false };
                kind.contains('_') && self.resources.contains(&word[..kind.len() + 1 + name.len()])
            })
    }
}

/// Names with dots in `text`.
fn words(text: &str) -> impl Iterator<Item = &str> {
    text.split(|c: char| !c.is_alphanumeric() && !matches!(c, '_' | '.' | '-')).filter(|word| word.len() > 1)
}
