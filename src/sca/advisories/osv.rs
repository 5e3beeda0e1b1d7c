//! Records in OSV's format, JSON or YAML (<https://ossf.github.io/osv-schema/>), and how the format of a file is told.

use super::foreign;
use super::record::{Advisory, Affected, Event, Level, Range};
use super::severity::score;
use crate::sca::Ecosystem;
use crate::sca::document::{Fault, Node, json, yaml};

/// Most bytes of a text that are kept.
const LONGEST: usize = 3000;

/// Reads all records of a file by its name and content. A file that holds none (a README, a schema) gives none.
///
/// Withdrawn records are left out; `Err` is for what should be a record and cannot be read.
pub fn records(path: &str, bytes: &[u8]) -> Result<Vec<Advisory>, Fault> {
    let name = path.rsplit('/').next().unwrap_or(path).to_ascii_lowercase();
    let end = name.rsplit_once('.').map_or("", |(_, end)| end);
    match end {
        "json" => {
            let root = json(bytes, false)?;
            let list = if root.items().is_empty() { root.list("vulns") } else { root.items() };
            let nodes = if list.is_empty() { std::slice::from_ref(&root) } else { list };
            let mut all = Vec::new();
            for node in nodes
                .iter()
                .filter(|node| node.get("id").is_some() && node.get("modified").or(node.get("affected")).is_some())
            {
                all.extend(record(node)?);
            }
            Ok(all)
        }
        "yaml" | "yml" => {
            let documents = yaml(bytes)?;
            let Some(root) = documents.first() else { return Ok(Vec::new()) };
            if root.get("affected").is_some() && root.get("id").is_some() {
                return Ok(record(root)?.into_iter().collect());
            }
            if root.get("gem").is_some() {
                return Ok(foreign::ruby(path, root).into_iter().collect());
            }
            if root.get("branches").is_some() && root.get("reference").is_some() {
                return foreign::php(path, root).map(|one| one.into_iter().collect());
            }
            Ok(Vec::new())
        }
        "toml" => foreign::rustsec_toml(bytes).map(|one| one.into_iter().collect()),
        "md" => foreign::rustsec_markdown(bytes).map(|one| one.into_iter().collect()),
        _ => Ok(Vec::new()),
    }
}

pub(super) fn shortened(text: &str) -> String {
    let mut end = text.len().min(LONGEST);
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    text[..end].to_owned()
}

fn record(node: &Node<'_>) -> Result<Option<Advisory>, Fault> {
    let id = node.text("id").unwrap_or_default();
    if id.is_empty() || id.len() > 200 {
        return Err(Fault::at(node.line, "has no id"));
    }
    if node.text("withdrawn").is_some_and(|time| !time.is_empty()) {
        return Ok(None);
    }
    let texts = |key: &str| node.list(key).iter().filter_map(Node::str).map(str::to_owned).collect::<Vec<_>>();
    let mut one = Advisory {
        id: id.to_owned(),
        aliases: texts("aliases"),
        summary: shortened(node.text("summary").unwrap_or_default()),
        details: shortened(node.text("details").unwrap_or_default()),
        published: node.text("published").unwrap_or_default().to_owned(),
        modified: node.text("modified").unwrap_or_default().to_owned(),
        ..Advisory::default()
    };
    let malicious = one.ids().any(|id| id.starts_with("MAL-"));
    one.malicious = malicious;
    if one.summary.is_empty() {
        let first = one.details.lines().map(str::trim).find(|line| !line.is_empty()).unwrap_or_default();
        let first = first.trim_start_matches(['#', ' ']);
        one.summary = first.chars().take(100).collect();
        if one.summary.len() < first.len() {
            one.summary.push('…');
        }
    }
    let specific = node.get("database_specific");
    one.cwe =
        specific.map_or(&[][..], |node| node.list("cwe_ids")).iter().filter_map(Node::str).map(str::to_owned).collect();
    let references = node.list("references");
    let page =
        |kind: &str| references.iter().find(|one| one.text("type") == Some(kind)).and_then(|one| one.text("url"));
    one.reference = match id {
        id if id.starts_with("GHSA-") => format!("https://github.com/advisories/{id}"),
        _ => page("ADVISORY")
            .or_else(|| page("WEB"))
            .or_else(|| references.first().and_then(|one| one.text("url")))
            .unwrap_or_default()
            .to_owned(),
    };
    let mut vectors: Vec<&Node<'_>> = node.list("severity").iter().collect();
    let mut informational = false;
    let mut word = specific.and_then(|node| node.text("severity"));
    for affected in node.list("affected") {
        vectors.extend(affected.list("severity"));
        let own = affected.get("database_specific");
        informational |= own.and_then(|node| node.text("informational")).is_some();
        word = word.or_else(|| own.and_then(|node| node.text("severity")));
        word = word.or_else(|| {
            affected.get("ecosystem_specific").and_then(|node| node.text("severity").or_else(|| node.text("urgency")))
        });
        if let Some(cvss) = own.and_then(|node| node.text("cvss")) {
            weigh(&mut one, cvss);
        }
        one.affected.extend(package(affected)?);
    }
    for vector in vectors {
        weigh(&mut one, vector.text("score").unwrap_or_default());
    }
    set_level(&mut one, word, informational);
    Ok(Some(one))
}

/// Takes a vector over where it weighs more than what is known.
pub(super) fn weigh(one: &mut Advisory, vector: &str) {
    if let Some(tenths) = score(vector).filter(|tenths| *tenths > one.score) {
        one.score = tenths;
        vector.clone_into(&mut one.vector);
    }
}

/// Settles how bad it is: malicious before all, then what only informs, the score, the database's word.
pub(super) fn set_level(one: &mut Advisory, word: Option<&str>, informational: bool) {
    one.informational = informational;
    one.level = if one.malicious {
        Level::Critical
    } else if informational {
        Level::Low
    } else if one.score > 0 {
        Level::of_score(one.score)
    } else {
        word.and_then(Level::of_word).unwrap_or_default()
    };
}

fn package(node: &Node<'_>) -> Result<Option<Affected>, Fault> {
    let Some(package) = node.get("package") else { return Ok(None) };
    let (Some(stated), Some(name)) = (package.text("ecosystem"), package.text("name")) else { return Ok(None) };
    // An ecosystem that this program has no lock file for is of no use here.
    let Some(ecosystem) = Ecosystem::from_osv(stated) else { return Ok(None) };
    let mut one = Affected {
        ecosystem,
        release: stated.split_once(':').map_or("", |(_, release)| release).to_owned(),
        name: ecosystem.normalised(name).into_owned(),
        ranges: Vec::new(),
        versions: node.list("versions").iter().filter_map(Node::str).map(str::to_owned).collect(),
        symbols: Vec::new(),
    };
    for range in node.list("ranges") {
        let semver = match range.text("type") {
            Some("SEMVER") => true,
            Some("ECOSYSTEM") => false,
            // Ranges of commits say nothing of a version.
            _ => continue,
        };
        let mut events = Vec::new();
        for event in range.list("events") {
            for entry in event.entries() {
                let Some(version) = entry.node.str().map(str::to_owned) else {
                    return Err(Fault::at(entry.line, "has an event without a version"));
                };
                events.push(match entry.key.as_ref() {
                    "introduced" => Event::Introduced(version),
                    "fixed" => Event::Fixed(version),
                    "last_affected" => Event::LastAffected(version),
                    "limit" => Event::Limit(version),
                    _ => continue,
                });
            }
        }
        if !events.iter().any(|event| matches!(event, Event::Introduced(_))) {
            return Err(Fault::at(range.line, "has a range without `introduced`"));
        }
        one.ranges.push(Range { semver, events });
    }
    let specific = node.get("ecosystem_specific");
    let imports = specific.map_or(&[][..], |node| node.list("imports"));
    // Go names packages, and symbols in them: of a package without symbols all of it.
    for import in imports {
        let path = import.text("path").unwrap_or_default();
        let symbols = import.list("symbols");
        if symbols.is_empty() && !path.is_empty() {
            one.symbols.push(path.to_owned());
        }
        one.symbols.extend(symbols.iter().filter_map(Node::str).map(|symbol| format!("{path}#{symbol}")));
    }
    let functions = specific.and_then(|node| node.get("affects")).and_then(|node| node.get("functions"));
    // RustSec writes a list of paths, or a table of path and versions.
    one.symbols.extend(functions.map_or(&[][..], Node::items).iter().filter_map(Node::str).map(str::to_owned));
    one.symbols.extend(functions.map_or(&[][..], Node::entries).iter().map(|entry| entry.key.to_string()));
    one.symbols.truncate(100);
    Ok(Some(one))
}
