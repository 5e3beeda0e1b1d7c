//! GitHub Actions: what `uses:` names in workflows and actions
//! (<https://docs.github.com/actions/reference/workflows-and-actions/workflow-syntax#jobsjob_idstepsuses>).

use super::{Input, Lock, Package};
use crate::sca::Ecosystem;
use crate::sca::document::{Fault, Node, utf8, yaml};

pub(super) fn read(input: &Input<'_>) -> Result<Lock, Fault> {
    let lines: Vec<&str> = utf8(input.bytes)?.lines().collect();
    let documents = yaml(input.bytes)?;
    let mut lock = Lock::default();
    for root in &documents {
        let jobs = root.map("jobs").iter().map(|entry| &entry.node);
        let steps = root.get("runs").into_iter();
        for holder in jobs.chain(steps) {
            // A job may call a workflow as a whole.
            for node in std::iter::once(holder).chain(holder.list("steps")) {
                if let Some(uses) = node.get("uses") {
                    used(uses, &lines, &mut lock);
                }
            }
        }
    }
    Ok(lock)
}

fn is_number(version: &str) -> bool {
    let number = version.strip_prefix('v').unwrap_or(version);
    number.starts_with(|c: char| c.is_ascii_digit()) && Ecosystem::GitHubActions.order().reads(number)
}

/// The version in a comment behind a hash: `v4.1.0`, `tag=v4.1.0`, `pin@v4`, `ratchet:actions/checkout@v4`.
fn noted(comment: &str) -> String {
    let words = comment.split([' ', '\t', '=', '@', ',']).map(str::trim).filter(|word| !word.is_empty());
    words.take(6).find(|word| is_number(word)).unwrap_or_default().to_owned()
}

fn used(node: &Node<'_>, lines: &[&str], lock: &mut Lock) {
    let Some((path, reference)) = node.str().unwrap_or_default().split_once('@') else { return };
    if path.starts_with('.') || path.starts_with("docker:") {
        return;
    }
    let mut parts = path.splitn(3, '/');
    let (Some(owner), Some(repository)) = (parts.next(), parts.next()) else { return };
    let hash = matches!(reference.len(), 40 | 64) && reference.bytes().all(|byte| byte.is_ascii_hexdigit());
    let mut version = reference.to_owned();
    let mut integrity = String::new();
    if hash {
        integrity = reference.to_owned();
        // By custom the version stands behind the hash, as a comment.
        let line = lines.get((node.line as usize).saturating_sub(1)).copied().unwrap_or_default();
        version = line.split_once(" #").map_or_else(String::new, |(_, comment)| noted(comment));
    }
    if !is_number(&version) {
        version = String::new();
    }
    let mut package = Package::new(Ecosystem::GitHubActions, format!("{owner}/{repository}"), version, node.line);
    package.integrity = integrity;
    package.direct = Some(true);
    let place = lock.push(package);
    lock.roots.push(place);
}
