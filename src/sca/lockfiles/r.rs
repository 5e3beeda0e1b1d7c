//! R: `renv.lock` (<https://rstudio.github.io/renv/articles/lockfile.html>).

use std::collections::HashMap;

use super::{Input, Lock, Package, Source};
use crate::sca::Ecosystem;
use crate::sca::document::{Fault, Node, json};

pub(super) fn read(input: &Input<'_>) -> Result<Lock, Fault> {
    let root = json(input.bytes, false)?;
    let packages =
        root.get("Packages").filter(|node| node.is_map()).ok_or_else(|| Fault::at(1, "has no `Packages`"))?;
    let mut lock = Lock::default();
    let mut places: HashMap<&str, u32> = HashMap::new();
    for entry in packages.entries() {
        let node = &entry.node;
        let Some(version) = node.text("Version") else {
            return Err(Fault::at(entry.line, format!("gives no version for `{}`", crate::sca::shown(&entry.key))));
        };
        let origin = node.text("Source").unwrap_or_default();
        let ecosystem = if origin == "Bioconductor" { Ecosystem::Bioconductor } else { Ecosystem::Cran };
        let mut package = Package::new(ecosystem, node.text("Package").unwrap_or(&entry.key), version, entry.line);
        let remote = || node.text("RemoteUrl").or_else(|| node.text("RemoteRepo")).unwrap_or_default().to_owned();
        package.source = match origin {
            "GitHub" | "GitLab" | "Bitbucket" | "git" | "Git" => Source::Git(remote()),
            "URL" => Source::Url(remote()),
            "Local" => Source::Path(remote()),
            _ => Source::Registry(node.text("Repository").unwrap_or_default().to_owned()),
        };
        package.integrity = node.text("Hash").unwrap_or_default().to_owned();
        places.insert(entry.key.as_ref(), lock.push(package));
    }
    if input.graph {
        for entry in packages.entries() {
            for want in entry.node.list("Requirements").iter().filter_map(Node::str) {
                if let (Some(from), Some(to)) = (places.get(entry.key.as_ref()), places.get(want)) {
                    lock.edge(*from, *to);
                }
            }
        }
    }
    Ok(lock)
}
