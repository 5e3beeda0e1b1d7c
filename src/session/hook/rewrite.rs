//! What to do about a push that old commits block: which commits, whose, how to rewrite them, and
//! whether that is enough.

use std::collections::{BTreeMap, HashMap};

use crate::change::Oid;
use crate::finding::{Finding, Report};
use crate::git::Repo;
use crate::git::{ancestry, subjects};
use crate::policy::baseline;
use crate::text::escape;

/// Commits named, at most.
const NAMED: usize = 20;

/// Fingerprints in a command, at most.
const PRINTS: usize = 10;

/// The lines to print; `commits` are those that are pushed, parents before children.
pub(super) fn advice(report: &Report, commits: &[Oid], repo: &Repo) -> Vec<String> {
    let mut by_commit: HashMap<&str, Vec<&Finding>> = HashMap::new();
    for finding in report.blocking_findings() {
        if let Some(commit) = finding.commit.as_deref() {
            by_commit.entry(commit).or_default().push(finding);
        }
    }
    // The newest first.
    let guilty: Vec<Oid> =
        commits.iter().rev().copied().filter(|id| by_commit.contains_key(&id.to_string()[..])).collect();
    let names: Vec<String> = guilty.iter().map(ToString::to_string).collect();
    if names.is_empty() {
        return Vec::new();
    }
    let subjects = subjects(repo, &guilty[..guilty.len().min(NAMED)]).unwrap_or_default();
    let subjects = subjects.iter().map(String::as_str).chain(std::iter::repeat(""));
    let mut by_author: BTreeMap<&str, Vec<String>> = BTreeMap::new();
    for (id, subject) in names.iter().take(NAMED).zip(subjects) {
        let findings = &by_commit[&id[..]];
        let places: Vec<String> = findings.iter().map(|one| format!("{}:{}", one.path, one.place.line)).collect();
        let author = findings[0].author.as_deref().unwrap_or("unknown author");
        let line = format!("    {} {subject} ({})", short(id), places.join(", "));
        by_author.entry(author).or_default().push(line);
    }
    let mut lines = vec!["Brought by:".to_owned()];
    for (author, commits) in by_author {
        lines.push(format!("  {author}"));
        lines.extend(commits);
    }
    if guilty.len() > NAMED {
        lines.push(format!("  … and {} more commits", guilty.len() - NAMED));
    }
    let ids: Vec<&str> = names.iter().map(String::as_str).collect();
    let own = ancestry::only_here(repo, &guilty);
    let (here, elsewhere): (Vec<&str>, Vec<&str>) =
        ids.iter().copied().partition(|id| Oid::from_hex(id.as_bytes()).is_some_and(|id| own.contains(&id)));
    if !elsewhere.is_empty() {
        lines.extend(keep(&elsewhere, &by_commit, repo));
    }
    if let Some(oldest) = here.last() {
        let in_message = |id: &&str| by_commit[id].iter().all(|one| is_message(one, id));
        let (messages, files): (Vec<&str>, Vec<&str>) = here.iter().copied().partition(in_message);
        lines.extend(steps(&messages, &files, oldest, repo));
        lines.push(rotation(&here, repo));
    }
    lines
}

/// What to do about commits that others have: they stay as they are.
fn keep(commits: &[&str], by_commit: &HashMap<&str, Vec<&Finding>>, repo: &Repo) -> Vec<String> {
    let seen = ancestry::seen_on(repo, commits).unwrap_or_default();
    let seen = escape(seen.join(", ").as_bytes()).to_string();
    let one = commits.len() == 1;
    let (these, are, were) = if one { ("That commit", "is", "was") } else { ("Those commits", "are", "were") };
    let named: Vec<&str> = commits.iter().take(NAMED).map(|id| short(id)).collect();
    let whose =
        if seen.is_empty() { format!("{were} not made in this clone") } else { format!("{are} on {seen} already") };
    let mut lines = vec![
        format!("{these} ({}) {whose}: rewriting takes nothing back, so leave the history as it is.", named.join(", ")),
        "First revoke the value where it is still in use.".to_owned(),
        "Then answer for the findings, and push again with the commit that does:".to_owned(),
    ];
    let mut prints: Vec<String> = Vec::new();
    for finding in commits.iter().flat_map(|id| &by_commit[id]) {
        let print = finding.fingerprint.short();
        if !prints.contains(&print) {
            prints.push(print);
        }
    }
    let more = prints.len().saturating_sub(PRINTS);
    prints.truncate(PRINTS);
    let baseline = if repo.top.join(baseline::FILE).exists() { "update --add" } else { "create" };
    lines.push(format!("  gatehook baseline {baseline}    for what the files hold today"));
    lines.push(format!("  gatehook allow {} --unseen --reason \"revoked\"", prints.join(" ")));
    if more > 0 {
        lines.push(format!("  and {more} more"));
    }
    lines
}

/// Whether the value stands in the commit itself: its message or its headers.
fn is_message(finding: &Finding, commit: &str) -> bool {
    let path = finding.path.as_bytes();
    ["message", "headers"].iter().any(|part| path == format!("commit {commit:.12} {part}").as_bytes())
}

/// How to rewrite the commits.
fn steps(messages: &[&str], files: &[&str], oldest: &str, repo: &Repo) -> Vec<String> {
    let head = ancestry::head(repo).ok().flatten();
    if head.as_deref() == Some(oldest) {
        return vec![if files.is_empty() {
            "To fix it: `git commit --amend`, and take the value out of the message".to_owned()
        } else {
            "To fix it: take the value out, `git add` the file, `git commit --amend --no-edit`".to_owned()
        }];
    }
    // Where it cannot be told, the usual form is the better guess: most commits have a parent.
    let onto = match ancestry::has_parent(repo, oldest) {
        Ok(false) => "--root".to_owned(),
        _ => format!("{}~", short(oldest)),
    };
    let mut lines = Vec::new();
    if !files.is_empty() {
        lines.push("To fix it, take the value out and `git add` the file, then".to_owned());
        lines.extend(files.iter().take(NAMED).map(|id| format!("  git commit --fixup={}", short(id))));
        lines.push(format!("  git -c sequence.editor=: rebase -i --autosquash {onto}"));
        lines.push("Where a later commit has taken it out already, go back to the commit itself:".to_owned());
        lines.push(format!("  git rebase -i {onto}    mark it `edit`, `git commit --amend`, `git rebase --continue`"));
    }
    if !messages.is_empty() {
        let named: Vec<&str> = messages.iter().take(NAMED).map(|id| short(id)).collect();
        lines.push("For a value in a message:".to_owned());
        lines.push(format!("  git rebase -i {onto}    mark {} `reword`", named.join(", ")));
    }
    lines
}

/// Whether rewriting is enough.
fn rotation(commits: &[&str], repo: &Repo) -> String {
    let Ok(seen) = ancestry::seen_on(repo, commits) else {
        return "It is not known whether it was pushed before, so revoke the value.".to_owned();
    };
    if seen.is_empty() {
        return "No remote known here has these commits: if no one else has seen the value, rewriting them is enough; \
                otherwise revoke it."
            .to_owned();
    }
    let seen = escape(seen.join(", ").as_bytes()).to_string();
    format!("It was pushed before ({seen}): revoke the value, rewriting does not take it back.")
}

fn short(commit: &str) -> &str {
    &commit[..commit.len().min(10)]
}
