//! `OpenVEX` documents applied: what a project says itself about an advisory for one of its packages.

use super::{Checked, Kind, Tree};
use crate::sca::vex::{self, Statement, Status};

/// Documents that are read, at most.
const MOST: usize = 200;

/// Marks what the documents of `tree` say is not affected or mended. A document speaks of the projects in its folder and below; one in a
/// folder of its own (`.vex`) for those beside that.
pub(super) fn apply(tree: &dyn Tree, checked: &mut Checked) {
    if !checked.findings.iter().any(|found| !found.ids.is_empty()) {
        return;
    }
    let Ok(paths) = tree.under("") else { return };
    let mut documents: Vec<(String, String, Vec<Statement>)> = Vec::new();
    for path in paths.into_iter().filter(|path| vex::is_document(path)).take(MOST) {
        let read = match tree.read(&path) {
            Ok(Some(bytes)) => vex::statements(&bytes),
            _ => continue,
        };
        match read {
            Ok(statements) => {
                let mut folder = path.rsplit_once('/').map_or("", |(folder, _)| folder);
                if folder.rsplit('/').next().is_some_and(|name| matches!(name, ".vex" | "vex")) {
                    folder = folder.rsplit_once('/').map_or("", |(above, _)| above);
                }
                documents.push((folder.to_owned(), path, statements));
            }
            Err(fault) => {
                let at = fault.line.map_or_else(String::new, |line| format!(":{line}"));
                checked.notes.push(format!("`{path}`{at} {}: it exempts nothing", fault.reason));
            }
        }
    }
    if documents.is_empty() {
        return;
    }
    for found in checked.findings.iter_mut().filter(|found| !found.ids.is_empty() && found.kind != Kind::Malicious) {
        let speaks = |folder: &str| {
            folder.is_empty() || found.path.strip_prefix(folder).is_some_and(|rest| rest.starts_with('/'))
        };
        let all = documents.iter().filter(|(folder, ..)| speaks(folder));
        let all = all.flat_map(|(_, _, statements)| statements);
        let package = &found.package;
        let Some(one) = vex::verdict(all, &found.ids, package.ecosystem, &package.name, &package.version) else {
            continue;
        };
        if !matches!(one.status, Status::NotAffected | Status::Fixed) {
            continue;
        }
        let path = documents.iter().find(|(_, _, all)| all.iter().any(|other| std::ptr::eq(other, one)));
        let path = path.map_or("", |(_, path, _)| path.as_str());
        let why = if one.reason.is_empty() { String::new() } else { format!(", {}", one.reason) };
        found.exempt = Some(format!("`{path}` says {}{why}", one.status.word()));
    }
}
