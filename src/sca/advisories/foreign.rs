//! Other databases' own formats: `RustSec` (TOML, in Markdown or alone), ruby-advisory-db and `FriendsOfPHP` (YAML).
//!
//! <https://github.com/RustSec/advisory-db>, <https://github.com/rubysec/ruby-advisory-db>, <https://github.com/FriendsOfPHP/security-advisories>.

use super::osv::{set_level, shortened, weigh};
use super::record::{Advisory, Affected, Event, Range};
use crate::sca::Ecosystem;
use crate::sca::document::{Fault, Node, toml, utf8};

fn affected(ecosystem: Ecosystem, name: &str, ranges: Vec<Range>) -> Affected {
    let name = ecosystem.normalised(name).into_owned();
    Affected { ecosystem, release: String::new(), name, ranges, versions: Vec::new(), symbols: Vec::new() }
}

pub(super) fn rustsec_markdown(bytes: &[u8]) -> Result<Option<Advisory>, Fault> {
    let text = utf8(bytes)?;
    let Some(rest) = text.strip_prefix("```toml") else { return Ok(None) };
    let (front, body) = rest.split_once("\n```").ok_or_else(|| Fault::at(1, "has a block of TOML without an end"))?;
    let Some(mut one) = rustsec_toml(front.as_bytes())? else { return Ok(None) };
    let mut lines = body.trim().lines();
    if let Some(title) = lines.next().and_then(|line| line.strip_prefix('#')) {
        title.trim().clone_into(&mut one.summary);
    }
    one.details = shortened(lines.collect::<Vec<_>>().join("\n").trim());
    Ok(Some(one))
}

pub(super) fn rustsec_toml(bytes: &[u8]) -> Result<Option<Advisory>, Fault> {
    let root = toml(bytes)?;
    let Some(about) = root.get("advisory") else { return Ok(None) };
    let (Some(id), Some(package)) = (about.text("id"), about.text("package")) else {
        return Err(Fault::at(about.line, "has no id or package"));
    };
    if about.text("withdrawn").is_some() {
        return Ok(None);
    }
    let mut one = Advisory {
        id: id.to_owned(),
        aliases: about.list("aliases").iter().filter_map(Node::str).map(str::to_owned).collect(),
        summary: about.text("title").unwrap_or_default().to_owned(),
        details: shortened(about.text("description").unwrap_or_default()),
        published: about.text("date").unwrap_or_default().to_owned(),
        modified: about.text("date").unwrap_or_default().to_owned(),
        reference: format!("https://rustsec.org/advisories/{id}.html"),
        ..Advisory::default()
    };
    if let Some(vector) = about.text("cvss") {
        weigh(&mut one, vector);
    }
    let versions = root.get("versions");
    let listed =
        |key: &str| versions.map_or(&[][..], |node| node.list(key)).iter().filter_map(Node::str).collect::<Vec<_>>();
    let safe: Vec<&str> = listed("patched").into_iter().chain(listed("unaffected")).collect();
    let ranges = vec![without(&safe).map_err(|reason| Fault::at(versions.map_or(1, |node| node.line), reason))?];
    let mut package = affected(Ecosystem::CratesIo, package, ranges);
    package.symbols = root
        .get("affected")
        .map_or(&[][..], |node| node.map("functions"))
        .iter()
        .map(|entry| entry.key.to_string())
        .collect();
    one.affected.push(package);
    set_level(&mut one, None, about.text("informational").is_some());
    Ok(Some(one))
}

/// What is left of all versions when the `safe` ranges of Cargo's syntax are taken away.
fn without(safe: &[&str]) -> Result<Range, String> {
    let mut spans: Vec<(String, Option<String>)> = Vec::new();
    for requirement in safe {
        let (mut low, mut high) = ("0.0.0-0".to_owned(), None);
        for clause in requirement.split(',').map(str::trim).filter(|clause| !clause.is_empty() && *clause != "*") {
            let end = clause
                .find(|c: char| c.is_ascii_digit())
                .ok_or_else(|| format!("has the requirement `{clause}`, which cannot be read"))?;
            let (operator, version) = (clause[..end].trim(), &clause[end..]);
            let full = padded(version);
            match operator {
                ">=" => low = full,
                ">" => low = next(&full),
                "<" => high = Some(full),
                "<=" => high = Some(next(&full)),
                "=" => (low, high) = (full.clone(), Some(next(&full))),
                "^" | "" => (low, high) = (full, Some(caret(version))),
                "~" => (low, high) = (full, Some(tilde(version))),
                _ => return Err(format!("has the requirement `{clause}`, which cannot be read")),
            }
        }
        spans.push((low, high));
    }
    let order = Ecosystem::CratesIo.order();
    let less = |a: &str, b: &str| order.compare(a, b).unwrap_or(std::cmp::Ordering::Equal);
    spans.sort_by(|a, b| less(&a.0, &b.0));
    let mut events = vec![];
    // Where the next affected version begins; `None` once all versions from here on are safe.
    let mut open = Some("0".to_owned());
    for (low, high) in spans {
        let Some(start) = open.clone() else { break };
        let begins = start == "0" || less(&start, &low).is_lt();
        if begins && low != "0.0.0-0" {
            events.push(Event::Introduced(start.clone()));
            events.push(Event::Fixed(low));
        }
        open = match high {
            Some(high) if start != "0" && less(&high, &start).is_lt() => Some(start),
            high => high,
        };
    }
    if let Some(start) = open {
        events.push(Event::Introduced(start));
    }
    if events.is_empty() {
        // Every version is safe: a range that holds none.
        events = vec![Event::Introduced("0".to_owned()), Event::Fixed("0.0.0-0".to_owned())];
    }
    Ok(Range { semver: true, events })
}

fn padded(version: &str) -> String {
    let core_end = version.find(['-', '+']).unwrap_or(version.len());
    let (core, tail) = version.split_at(core_end);
    let mut core = core.to_owned();
    while core.matches('.').count() < 2 {
        core.push_str(".0");
    }
    format!("{core}{tail}")
}

/// The first version behind `version`.
fn next(version: &str) -> String {
    let core = version.split('+').next().unwrap_or(version);
    if core.contains('-') {
        return format!("{core}.0");
    }
    let mut numbers: Vec<u64> = core.split('.').map(|number| number.parse().unwrap_or(0)).collect();
    if let Some(last) = numbers.last_mut() {
        *last = last.saturating_add(1);
    }
    let joined: Vec<String> = numbers.iter().map(u64::to_string).collect();
    format!("{}-0", joined.join("."))
}

fn numbers(version: &str) -> Vec<u64> {
    version.split(['-', '+']).next().unwrap_or_default().split('.').map(|number| number.parse().unwrap_or(0)).collect()
}

fn caret(version: &str) -> String {
    let parts = numbers(version);
    let at = |place: usize| parts.get(place).copied().unwrap_or(0);
    match (at(0), at(1), at(2)) {
        (0, 0, patch) if parts.len() > 2 => format!("0.0.{}-0", patch + 1),
        (0, minor, _) if parts.len() > 1 => format!("0.{}.0-0", minor + 1),
        (major, _, _) => format!("{}.0.0-0", major + 1),
    }
}

fn tilde(version: &str) -> String {
    let parts = numbers(version);
    let at = |place: usize| parts.get(place).copied().unwrap_or(0);
    if parts.len() > 1 { format!("{}.{}.0-0", at(0), at(1) + 1) } else { format!("{}.0.0-0", at(0) + 1) }
}

pub(super) fn ruby(path: &str, root: &Node<'_>) -> Option<Advisory> {
    let gem = root.text("gem")?;
    let cve = root.text("cve").map(|cve| format!("CVE-{cve}"));
    let ghsa = root.text("ghsa").map(|ghsa| format!("GHSA-{ghsa}"));
    let osvdb = root.text("osvdb").map(|osvdb| format!("OSVDB-{osvdb}"));
    let mut ids = cve.into_iter().chain(ghsa).chain(osvdb);
    let named = || path.rsplit('/').next().and_then(|name| name.split('.').next()).unwrap_or_default().to_owned();
    let id = ids.next().unwrap_or_else(named);
    let mut one = Advisory {
        id,
        aliases: ids.collect(),
        summary: root.text("title").unwrap_or_default().trim().to_owned(),
        details: shortened(root.text("description").unwrap_or_default()),
        published: root.text("date").unwrap_or_default().to_owned(),
        modified: root.text("date").unwrap_or_default().to_owned(),
        reference: root.text("url").unwrap_or_default().to_owned(),
        ..Advisory::default()
    };
    // Scores without a vector.
    let stated = ["cvss_v4", "cvss_v3", "cvss_v2"]
        .iter()
        .find_map(|key| root.text(key))
        .and_then(|score| score.parse::<f64>().ok());
    if let Some(score) = stated {
        one.score = (0..=100_u8).find(|tenths| (f64::from(*tenths) / 10.0 - score).abs() < 0.05).unwrap_or(0);
    }
    let listed = |key: &str| root.list(key).iter().filter_map(Node::str).collect::<Vec<_>>();
    let safe: Vec<&str> = listed("patched_versions").into_iter().chain(listed("unaffected_versions")).collect();
    one.affected.push(affected(Ecosystem::RubyGems, gem, vec![gem_range(&safe)]));
    set_level(&mut one, None, false);
    Some(one)
}

/// What is left of all versions when the `safe` requirements of `RubyGems` are taken away.
fn gem_range(safe: &[&str]) -> Range {
    let order = Ecosystem::RubyGems.order();
    let compare = |a: &str, b: &str| order.compare(a, b).unwrap_or(std::cmp::Ordering::Equal);
    // The version directly behind another one: a segment more that nothing is between.
    let behind = |version: &str| format!("{version}.0.0.0.1.a");
    let mut spans: Vec<(String, Option<String>)> = Vec::new();
    for requirement in safe {
        let (mut low, mut high) = ("0.a".to_owned(), None);
        for clause in requirement.split(',').map(str::trim) {
            let end = clause.find(|c: char| c.is_ascii_digit()).unwrap_or(clause.len());
            let (operator, version) = (clause[..end].trim(), clause[end..].trim());
            match operator {
                ">=" => version.clone_into(&mut low),
                ">" => low = behind(version),
                "<" => high = Some(version.to_owned()),
                "<=" => high = Some(behind(version)),
                "=" | "" => (low, high) = (version.to_owned(), Some(behind(version))),
                "~>" => {
                    let mut parts: Vec<&str> = version.split('.').collect();
                    while parts.iter().any(|part| part.bytes().any(|byte| byte.is_ascii_alphabetic())) {
                        parts.pop();
                    }
                    if parts.len() > 1 {
                        parts.pop();
                    }
                    let last: u64 = parts.pop().and_then(|part| part.parse().ok()).unwrap_or(0);
                    let bumped = (last + 1).to_string();
                    parts.push(&bumped);
                    (low, high) = (version.to_owned(), Some(format!("{}.a", parts.join("."))));
                }
                _ => {}
            }
        }
        spans.push((low, high));
    }
    spans.sort_by(|a, b| compare(&a.0, &b.0));
    let mut events = Vec::new();
    let mut open = Some("0".to_owned());
    for (low, high) in spans {
        let Some(start) = open.clone() else { break };
        if low != "0.a" && (start == "0" || compare(&start, &low).is_lt()) {
            events.push(Event::Introduced(start.clone()));
            events.push(Event::Fixed(low));
        }
        open = match high {
            Some(high) if start != "0" && compare(&high, &start).is_lt() => Some(start),
            high => high,
        };
    }
    events.extend(open.map(Event::Introduced));
    Range { semver: false, events }
}

pub(super) fn php(path: &str, root: &Node<'_>) -> Result<Option<Advisory>, Fault> {
    let Some(name) = root.text("reference").and_then(|reference| reference.strip_prefix("composer://")) else {
        return Ok(None);
    };
    let cve = root.text("cve").filter(|cve| cve.starts_with("CVE-")).map(str::to_owned);
    let own = path.rsplit('/').next().and_then(|file| file.rsplit_once('.')).map_or("", |(stem, _)| stem);
    let mut one = Advisory {
        id: cve.unwrap_or_else(|| format!("FOP-{}-{own}", name.replace('/', "-"))),
        summary: root.text("title").unwrap_or_default().trim().to_owned(),
        reference: root.text("link").unwrap_or_default().to_owned(),
        ..Advisory::default()
    };
    let mut ranges = Vec::new();
    for branch in root.map("branches") {
        let (mut low, mut end) = ("0".to_owned(), None);
        for clause in branch.node.list("versions").iter().filter_map(Node::str) {
            let at = clause
                .find(|c: char| c.is_ascii_digit())
                .ok_or_else(|| Fault::at(branch.line, "has a version that cannot be read"))?;
            let version = clause[at..].trim().to_owned();
            match clause[..at].trim() {
                ">=" | ">" => low = version,
                "<" => end = Some(Event::Fixed(version)),
                "<=" => end = Some(Event::LastAffected(version)),
                "=" | "==" | "" => {
                    low.clone_from(&version);
                    end = Some(Event::LastAffected(version));
                }
                _ => return Err(Fault::at(branch.line, "has a version that cannot be read")),
            }
        }
        let time = branch.node.text("time").unwrap_or_default();
        if one.published.is_empty() {
            time.clone_into(&mut one.published);
            time.clone_into(&mut one.modified);
        }
        let mut events = vec![Event::Introduced(low)];
        events.extend(end);
        ranges.push(Range { semver: false, events });
    }
    one.affected.push(affected(Ecosystem::Packagist, name, ranges));
    set_level(&mut one, None, false);
    Ok(Some(one))
}
