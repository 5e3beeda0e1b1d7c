//! Package URLs (<https://github.com/package-url/purl-spec>): read and written.

use std::collections::BTreeMap;
use std::fmt::Write;

use super::Ecosystem;

/// A package URL, decoded.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Purl {
    /// The type, in lower case.
    pub kind: String,
    /// The namespace; empty where there is none.
    pub namespace: String,
    /// The name.
    pub name: String,
    /// The version; empty where there is none.
    pub version: String,
    /// The qualifiers.
    pub qualifiers: BTreeMap<String, String>,
}

fn decoded(text: &str) -> String {
    let bytes = text.as_bytes();
    let mut out = Vec::with_capacity(bytes.len());
    let mut at = 0;
    while at < bytes.len() {
        let hex = (bytes[at] == b'%')
            .then(|| bytes.get(at + 1..at + 3))
            .flatten()
            .and_then(|hex| std::str::from_utf8(hex).ok());
        match hex.and_then(|hex| u8::from_str_radix(hex, 16).ok()) {
            Some(byte) => {
                out.push(byte);
                at += 3;
            }
            None => {
                out.push(bytes[at]);
                at += 1;
            }
        }
    }
    String::from_utf8_lossy(&out).into_owned()
}

fn encoded(text: &str, keep: &[u8]) -> String {
    let mut out = String::with_capacity(text.len());
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-' | b'_' | b'~' | b':') || keep.contains(&byte) {
            out.push(char::from(byte));
        } else {
            let _ = write!(out, "%{byte:02X}");
        }
    }
    out
}

impl Purl {
    /// Reads one.
    pub fn parse(text: &str) -> Option<Self> {
        let rest = text.strip_prefix("pkg:").or_else(|| text.strip_prefix("PKG:"))?.trim_start_matches('/');
        let rest = rest.split('#').next()?;
        let (rest, query) = rest.split_once('?').unwrap_or((rest, ""));
        let (kind, rest) = rest.split_once('/')?;
        let rest = rest.trim_matches('/');
        // The version stands behind the last `@` that no slash follows: `@scope/name` is written `%40scope/name`.
        let (path, version) = match rest.rsplit_once('@') {
            Some((path, version)) if !path.is_empty() && !version.contains('/') => (path, version),
            _ => (rest, ""),
        };
        let (namespace, name) = path.rsplit_once('/').unwrap_or(("", path));
        let namespace: Vec<String> = namespace.split('/').filter(|part| !part.is_empty()).map(decoded).collect();
        let qualifiers = query
            .split('&')
            .filter_map(|pair| pair.split_once('='))
            .map(|(key, value)| (key.to_ascii_lowercase(), decoded(value)))
            .collect();
        let name = decoded(name);
        (!kind.is_empty() && !name.is_empty()).then(|| Self {
            kind: kind.to_ascii_lowercase(),
            namespace: namespace.join("/"),
            name,
            version: decoded(version),
            qualifiers,
        })
    }

    /// The ecosystem, and the name as that ecosystem writes it.
    pub fn package(&self) -> Option<(Ecosystem, String)> {
        let ecosystem = Ecosystem::from_purl(&self.kind, &self.namespace)?;
        let name = match ecosystem {
            Ecosystem::Maven => format!("{}:{}", self.namespace, self.name),
            Ecosystem::Debian | Ecosystem::Ubuntu | Ecosystem::Alpine | Ecosystem::Wolfi | Ecosystem::Chainguard => {
                self.name.clone()
            }
            _ if self.kind == "rpm" => self.name.clone(),
            _ if self.namespace.is_empty() => self.name.clone(),
            _ => format!("{}/{}", self.namespace, self.name),
        };
        Some((ecosystem, name))
    }

    /// The one of a package.
    pub fn of(ecosystem: Ecosystem, name: &str, version: &str) -> Self {
        let (namespace, name) = match ecosystem {
            Ecosystem::Maven => name.split_once(':').unwrap_or(("", name)),
            Ecosystem::Debian => ("debian", name),
            Ecosystem::Ubuntu => ("ubuntu", name),
            Ecosystem::Alpine => ("alpine", name),
            Ecosystem::Wolfi => ("wolfi", name),
            Ecosystem::Chainguard => ("chainguard", name),
            Ecosystem::RedHat => ("redhat", name),
            Ecosystem::RockyLinux => ("rocky-linux", name),
            Ecosystem::AlmaLinux => ("almalinux", name),
            Ecosystem::Suse => ("suse", name),
            Ecosystem::OpenSuse => ("opensuse", name),
            Ecosystem::Mageia => ("mageia", name),
            Ecosystem::OpenEuler => ("openeuler", name),
            _ => name.rsplit_once('/').unwrap_or(("", name)),
        };
        let lower =
            matches!(ecosystem, Ecosystem::Packagist | Ecosystem::GitHubActions | Ecosystem::Hex | Ecosystem::Pub);
        let written = |text: &str| if lower { text.to_ascii_lowercase() } else { text.to_owned() };
        let name = if ecosystem == Ecosystem::PyPI { ecosystem.normalised(name).into_owned() } else { written(name) };
        Self {
            kind: ecosystem.purl_type().to_owned(),
            namespace: written(namespace),
            name,
            version: version.to_owned(),
            qualifiers: BTreeMap::new(),
        }
    }
}

impl std::fmt::Display for Purl {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(out, "pkg:{}", self.kind)?;
        for part in self.namespace.split('/').filter(|part| !part.is_empty()) {
            write!(out, "/{}", encoded(part, b""))?;
        }
        write!(out, "/{}", encoded(&self.name, b""))?;
        if !self.version.is_empty() {
            write!(out, "@{}", encoded(&self.version, b""))?;
        }
        for (at, (key, value)) in self.qualifiers.iter().filter(|(_, value)| !value.is_empty()).enumerate() {
            write!(out, "{}{key}={}", if at == 0 { '?' } else { '&' }, encoded(value, b"/"))?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn package_urls_are_read_and_written() {
        for (ecosystem, name, version, text) in [
            (Ecosystem::Npm, "@babel/core", "7.1.0", "pkg:npm/%40babel/core@7.1.0"),
            (Ecosystem::Maven, "org.a:b", "1.0", "pkg:maven/org.a/b@1.0"),
            (Ecosystem::PyPI, "Zope.Interface", "5", "pkg:pypi/zope-interface@5"),
            (
                Ecosystem::Go,
                "github.com/Foo/Bar/v2",
                "v2.0.1+incompatible",
                "pkg:golang/github.com/Foo/Bar/v2@v2.0.1%2Bincompatible",
            ),
            (Ecosystem::Debian, "curl", "7.88.1-10+deb12u5", "pkg:deb/debian/curl@7.88.1-10%2Bdeb12u5"),
        ] {
            let purl = Purl::of(ecosystem, name, version);
            assert_eq!(purl.to_string(), text);
            let read = Purl::parse(text).unwrap();
            assert_eq!(read, purl);
            assert_eq!(read.package().unwrap().0, ecosystem);
        }
        assert_eq!(Purl::parse("pkg:npm/@scope/a@1").unwrap().namespace, "@scope");
        assert!(Purl::parse("npm/a").is_none());
    }
}
