//! `OpenVEX` documents (<https://github.com/openvex/spec/blob/main/OPENVEX-SPEC.md>): what a project says of an advisory for one of its
//! packages. Reads them and finds the statement that counts; whether it may count is its caller's decision.

use super::Ecosystem;
use super::document::{Fault, Node, json};
use super::purl::Purl;

/// Largest document.
const LARGEST: usize = 16 << 20;

/// What a statement says of its packages.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Status {
    /// The flaw is of no concern here.
    NotAffected,
    /// The flaw is mended.
    Fixed,
    /// It is affected.
    Affected,
    /// Not known yet.
    UnderInvestigation,
}

impl Status {
    fn of(word: &str) -> Option<Self> {
        Some(match word {
            "not_affected" => Self::NotAffected,
            "fixed" => Self::Fixed,
            "affected" => Self::Affected,
            "under_investigation" => Self::UnderInvestigation,
            _ => return None,
        })
    }

    /// The word of the specification.
    pub const fn word(self) -> &'static str {
        match self {
            Self::NotAffected => "not_affected",
            Self::Fixed => "fixed",
            Self::Affected => "affected",
            Self::UnderInvestigation => "under_investigation",
        }
    }
}

/// One statement.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Statement {
    ids: Vec<String>,
    products: Vec<Purl>,
    /// What it says.
    pub status: Status,
    /// Why: the justification, and the words beside it.
    pub reason: String,
    /// When it was made, as RFC 3339 with its parts in order.
    pub time: String,
}

/// Whether a path has the name of an `OpenVEX` document.
pub fn is_document(path: &str) -> bool {
    let name = path.rsplit('/').next().unwrap_or(path);
    matches!(name, "vex.json" | "openvex.json" | ".openvex.json" | ".vex.json")
        || name.ends_with(".vex.json")
        || name.ends_with(".openvex.json")
        || (name.ends_with(".json") && path.rsplit('/').nth(1).is_some_and(|folder| matches!(folder, ".vex" | "vex")))
}

/// Reads a document.
pub fn statements(bytes: &[u8]) -> Result<Vec<Statement>, Fault> {
    if bytes.len() > LARGEST {
        return Err(Fault::whole(format!("is larger than {} MiB", LARGEST >> 20)));
    }
    let root = json(bytes, false)?;
    if !root.text("@context").is_some_and(|context| context.starts_with("https://openvex.dev/ns")) {
        return Err(Fault::at(1, "is not an OpenVEX document: its `@context` does not say so"));
    }
    let time = root.text("last_updated").or_else(|| root.text("timestamp")).unwrap_or_default();
    let mut all = Vec::new();
    for node in root.list("statements") {
        let word = node.text("status").unwrap_or_default();
        let status = Status::of(word)
            .ok_or_else(|| Fault::at(node.line, format!("has the unknown status `{}`", super::shown(word))))?;
        let mut ids = Vec::new();
        if let Some(about) = node.get("vulnerability") {
            let named = [about.str(), about.text("name"), about.text("@id")];
            // An id may be written as an address of it.
            let last =
                |text: &str| text.trim_end_matches('/').rsplit('/').next().unwrap_or_default().to_ascii_uppercase();
            ids.extend(named.into_iter().flatten().map(last));
            ids.extend(about.list("aliases").iter().filter_map(Node::str).map(last));
        }
        if ids.is_empty() {
            return Err(Fault::at(node.line, "has a statement about no vulnerability"));
        }
        let mut products = Vec::new();
        for product in node.list("products") {
            let parts = product.list("subcomponents");
            // A statement about parts of a product speaks of the parts.
            let named = if parts.is_empty() { std::slice::from_ref(product) } else { parts };
            products.extend(named.iter().flat_map(purls));
        }
        // Before version 0.2 parts stood beside the products.
        let beside = node.list("subcomponents");
        if !beside.is_empty() {
            products = beside.iter().flat_map(purls).collect();
        }
        let words = ["justification", "impact_statement", "status_notes", "action_statement"];
        let words: Vec<&str> = words.iter().filter_map(|key| node.text(key)).filter(|text| !text.is_empty()).collect();
        if status == Status::NotAffected && words.is_empty() {
            return Err(Fault::at(node.line, "says `not_affected` without a justification"));
        }
        let own = node.text("last_updated").or_else(|| node.text("timestamp")).unwrap_or(time);
        all.push(Statement { ids, products, status, reason: super::shown(&words.join(": ")), time: own.to_owned() });
    }
    Ok(all)
}

fn purls(node: &Node<'_>) -> Vec<Purl> {
    let identifiers = node.get("identifiers").and_then(|node| node.text("purl"));
    [node.str(), node.text("@id"), identifiers].into_iter().flatten().filter_map(Purl::parse).collect()
}

/// The statement that counts for a package under an advisory: the latest that names both; of one time the last one.
pub fn verdict<'s>(
    all: impl Iterator<Item = &'s Statement>,
    ids: &[String],
    ecosystem: Ecosystem,
    name: &str,
    version: &str,
) -> Option<&'s Statement> {
    let is_meant = |purl: &Purl| {
        purl.package()
            .is_some_and(|(other, named)| other == ecosystem && other.normalised(&named) == ecosystem.normalised(name))
            && (purl.version.is_empty() || purl.version == version)
    };
    all.filter(|one| ids.iter().any(|id| one.ids.iter().any(|own| own.eq_ignore_ascii_case(id))))
        .filter(|one| one.products.iter().any(is_meant))
        .max_by(|one, other| one.time.cmp(&other.time))
}

#[cfg(test)]
mod tests {
    use super::*;

    const DOCUMENT: &str = r#"{"@context": "https://openvex.dev/ns/v0.2.0", "@id": "x", "timestamp": "2026-01-01T00:00:00Z", "statements": [
        {"vulnerability": {"name": "CVE-2020-1", "aliases": ["GHSA-a"]}, "products": [{"@id": "pkg:npm/lodash@4.17.15"}],
         "status": "not_affected", "justification": "vulnerable_code_not_in_execute_path"},
        {"vulnerability": "https://nvd.nist.gov/vuln/detail/CVE-2020-2", "products": [{"@id": "pkg:oci/app", "subcomponents": [{"@id": "pkg:pypi/Django"}]}],
         "status": "fixed"},
        {"vulnerability": {"name": "CVE-2020-2"}, "products": ["pkg:pypi/django@2.0"], "status": "affected", "timestamp": "2026-02-01T00:00:00Z"}]}"#;

    fn status(id: &str, ecosystem: Ecosystem, name: &str, version: &str) -> Option<Status> {
        let all = statements(DOCUMENT.as_bytes()).unwrap();
        verdict(all.iter(), &[id.to_owned()], ecosystem, name, version).map(|one| one.status)
    }

    #[test]
    fn a_statement_speaks_of_its_packages_and_versions() {
        assert_eq!(status("ghsa-A", Ecosystem::Npm, "lodash", "4.17.15"), Some(Status::NotAffected));
        assert_eq!(status("CVE-2020-1", Ecosystem::Npm, "lodash", "4.17.16"), None);
        assert_eq!(status("CVE-2020-1", Ecosystem::PyPI, "lodash", "4.17.15"), None);
        assert_eq!(status("CVE-2020-2", Ecosystem::PyPI, "django", "1.0"), Some(Status::Fixed));
        assert_eq!(status("CVE-2020-2", Ecosystem::PyPI, "Django", "2.0"), Some(Status::Affected));
    }

    #[test]
    fn what_is_no_document_is_a_fault() {
        assert!(statements(b"{}").is_err());
        assert!(statements(&DOCUMENT.as_bytes()[..200]).is_err());
        assert!(statements(DOCUMENT.replace("fixed", "solved").as_bytes()).is_err());
        assert!(statements(DOCUMENT.replace("justification", "x").as_bytes()).is_err());
        assert!(is_document("a/.vex/any.json") && is_document("app.openvex.json") && !is_document("package.json"));
    }
}
