//! Dart and Flutter: `pubspec.lock` (<https://dart.dev/tools/pub/glossary#lockfile>).

use super::{Input, Lock, Package, Scope, Source};
use crate::sca::Ecosystem;
use crate::sca::document::{Fault, yaml};

pub(super) fn read(input: &Input<'_>) -> Result<Lock, Fault> {
    let documents = yaml(input.bytes)?;
    let packages =
        documents.first().and_then(|root| root.get("packages")).ok_or_else(|| Fault::at(1, "has no `packages`"))?;
    let mut lock = Lock::default();
    for entry in packages.entries() {
        let node = &entry.node;
        let version = node.text("version").ok_or_else(|| {
            Fault::at(entry.line, format!("gives no version for `{}`", crate::sca::shown(&entry.key)))
        })?;
        let about = node.get("description");
        let of = |key: &str| about.and_then(|about| about.text(key)).unwrap_or_default().to_owned();
        let name = Some(of("name")).filter(|name| !name.is_empty()).unwrap_or_else(|| entry.key.to_string());
        let mut package = Package::new(Ecosystem::Pub, name, version, entry.line);
        package.source = match node.text("source") {
            Some("git") => Source::Git(of("url")),
            Some("path") => Source::Path(of("path")),
            // What the SDK brings has no version of its own.
            Some("sdk") => continue,
            _ => Source::Registry(of("url")),
        };
        package.integrity = of("sha256");
        let kind = node.text("dependency").unwrap_or_default();
        if kind == "direct dev" {
            package.scope = Scope::Dev;
        }
        let place = lock.push(package);
        if kind.starts_with("direct") {
            lock.root(place);
        }
    }
    lock.settle_direct();
    Ok(lock)
}
