//! SBOMs of what lock files say: `CycloneDX` 1.6 and SPDX 2.3, the same bytes for the same files.

mod cyclonedx;
mod spdx;

use std::collections::{BTreeMap, BTreeSet};

use base64::Engine as _;

use super::lockfiles::{Lock, Package, Scope};
use super::purl::Purl;

pub use cyclonedx::cyclonedx;
pub use spdx::spdx;

/// What an SBOM is about.
#[derive(Clone, Debug, Default)]
pub struct Subject {
    /// The project's name.
    pub name: String,
    /// The version of the program that writes it.
    pub tool: String,
    /// When it is made, as RFC 3339; formats that need a time take it.
    pub created: String,
}

/// A component: one package, at however many places it stands.
#[derive(Clone, Debug)]
struct Component {
    package: Package,
    files: BTreeSet<String>,
    requires: BTreeSet<String>,
    direct: bool,
}

/// The components of several lock files, by package URL.
#[derive(Clone, Debug, Default)]
pub struct Components(BTreeMap<String, Component>);

impl Components {
    /// Adds the packages of the lock file at `path`.
    pub fn add(&mut self, path: &str, lock: &Lock) {
        let purls: Vec<String> =
            lock.packages.iter().map(|one| Purl::of(one.ecosystem, &one.name, &one.version).to_string()).collect();
        for (package, purl) in lock.packages.iter().zip(&purls) {
            let component = self.0.entry(purl.clone()).or_insert_with(|| Component {
                package: package.clone(),
                files: BTreeSet::new(),
                requires: BTreeSet::new(),
                direct: false,
            });
            component.files.insert(path.to_owned());
            component.direct |= package.direct == Some(true);
            component.package.scope = component.package.scope.min(package.scope);
            if component.package.integrity.is_empty() {
                component.package.integrity.clone_from(&package.integrity);
            }
            if component.package.licence.is_empty() {
                component.package.licence.clone_from(&package.licence);
            }
            component.requires.extend(package.requires.iter().filter_map(|at| purls.get(*at as usize).cloned()));
        }
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl Component {
    /// Hashes as algorithm (`SHA-256`) and hexadecimal digits; what is no hash of an archive is left out.
    fn hashes(&self) -> Vec<(&'static str, String)> {
        let mut all: Vec<(&str, String)> = self.package.integrity.split_whitespace().filter_map(hash).collect();
        all.sort();
        all.dedup();
        // Several archives of one release have hashes each; which of them is meant is not known.
        let single = all.iter().all(|(name, _)| all.iter().filter(|(other, _)| other == name).count() == 1);
        if single { all } else { Vec::new() }
    }

    const fn is_needed_to_run(&self) -> bool {
        matches!(self.package.scope, Scope::Runtime | Scope::Optional)
    }
}

/// `sha512-BASE64`, `sha256:HEX`, `sha256=HEX`, `SHA-256:HEX`, or bare digits whose number tells.
fn hash(text: &str) -> Option<(&'static str, String)> {
    let of_length = |length: usize| match length {
        40 => Some("SHA-1"),
        64 => Some("SHA-256"),
        96 => Some("SHA-384"),
        128 => Some("SHA-512"),
        _ => None,
    };
    let is_hex = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_hexdigit());
    if is_hex(text) {
        return Some((of_length(text.len())?, text.to_ascii_lowercase()));
    }
    let low = text.to_ascii_lowercase().replace("sha-", "sha");
    let start = ["sha1", "sha256", "sha384", "sha512"]
        .into_iter()
        .find(|name| low.starts_with(name) && matches!(low.as_bytes().get(name.len()), Some(b'-' | b':' | b'=')))?;
    let value = &text[text.len() - (low.len() - start.len() - 1)..];
    let bytes = if is_hex(value) { None } else { base64::engine::general_purpose::STANDARD.decode(value).ok() };
    let hex = match bytes {
        Some(bytes) => bytes.iter().map(|byte| format!("{byte:02x}")).collect(),
        None if is_hex(value) => value.to_ascii_lowercase(),
        None => return None,
    };
    let name = of_length(hex.len())?;
    (name.replace('-', "").eq_ignore_ascii_case(start)).then_some((name, hex))
}

/// An identifier that the content decides, in the form of a UUID (version 8, RFC 9562).
fn uuid(content: &str) -> String {
    let mut bytes = [0_u8; 16];
    blake3::Hasher::new().update(content.as_bytes()).finalize_xof().fill(&mut bytes);
    bytes[6] = bytes[6] & 0x0f | 0x80;
    bytes[8] = bytes[8] & 0x3f | 0x80;
    let hex: String = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
    format!("{}-{}-{}-{}-{}", &hex[..8], &hex[8..12], &hex[12..16], &hex[16..20], &hex[20..])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sca::Ecosystem;

    fn components() -> Components {
        let mut lock = Lock::default();
        let mut package = Package::new(Ecosystem::Npm, "@a/b", "1.0.0", 3);
        package.integrity =
            "sha512-z4PhNX7vuL3xVChQ1m2AB9Yg5AULVxXcg/SpIdNs6c5H0NE8XYXysP+DGNKHfuwvY7kxvUdBeoGlODJ6+SfaPg=="
                .to_owned();
        package.licence = "MIT OR Apache-2.0".to_owned();
        let first = lock.push(package);
        let second = lock.push(Package::new(Ecosystem::PyPI, "C_d", "2", 4));
        lock.edge(first, second);
        lock.root(first);
        let mut all = Components::default();
        all.add("package-lock.json", &lock);
        all
    }

    #[test]
    fn the_same_files_give_the_same_bytes() {
        let subject =
            Subject { name: "x".to_owned(), tool: "1".to_owned(), created: "1970-01-01T00:00:00Z".to_owned() };
        for write in [cyclonedx, spdx] {
            let (one, other) = (write(&components(), &subject), write(&components(), &subject));
            assert_eq!(one, other);
            assert!(one.contains("pkg:npm/%40a/b@1.0.0") && one.contains("cf83e1357eefb8bd"), "{one}");
        }
    }

    #[test]
    fn hashes_are_told_from_other_checksums() {
        assert_eq!(hash("sha256:00").map(|hash| hash.0), None);
        assert_eq!(hash(&format!("sha256:{}", "0a".repeat(32))), Some(("SHA-256", "0a".repeat(32))));
        assert_eq!(hash("h1:abc="), None);
        assert_eq!(hash("ü"), None);
    }
}
