//! An advisory as `gatehook explain` shows it.

use std::fmt::Write;

use crate::sca::advisories::{Advisory, Event, Index};
use crate::session::{self};
use crate::store::AdvisoryFile;
use crate::text::escape;

/// Versions that are listed by name, at most.
const LISTED: usize = 12;

/// What the index says of an id; `None` where there is no index or no such id in it.
pub fn page(id: &str) -> Option<String> {
    let file = AdvisoryFile::open(&session::dirs()?).ok()??;
    let records = Index::open(&file.map).and_then(|index| index.by_id(id)).ok()?;
    let mut out = String::new();
    for (at, one) in records.iter().enumerate() {
        if at > 0 {
            out.push('\n');
        }
        write(&mut out, one);
    }
    (!out.is_empty()).then_some(out)
}

/// Whether a word has the form of an advisory's id.
pub fn is_id(word: &str) -> bool {
    let databases = ["CVE-", "GHSA-", "RUSTSEC-", "PYSEC-", "GO-", "MAL-", "OSV-", "DSA-", "USN-"];
    let upper = word.to_ascii_uppercase();
    databases.iter().any(|name| upper.starts_with(name)) && word.bytes().any(|byte| byte.is_ascii_digit())
}

fn write(out: &mut String, one: &Advisory) {
    let shown =
        |text: &str| text.lines().map(|line| escape(line.as_bytes()).to_string()).collect::<Vec<_>>().join("\n");
    let _ = writeln!(out, "{}: {}\n", shown(&one.id), shown(&one.summary));
    let score = if one.score > 0 { format!(" (CVSS {}.{})", one.score / 10, one.score % 10) } else { String::new() };
    let day = |time: &str| shown(time.split('T').next().unwrap_or_default());
    for (name, words) in [
        ("aliases", one.aliases.join(", ")),
        ("severity", format!("{}{score}{}", one.level.word(), if one.malicious { ", malicious" } else { "" })),
        ("vector", one.vector.clone()),
        ("published", day(&one.published)),
        ("changed", day(&one.modified)),
        ("weakness", one.cwe.join(", ")),
    ] {
        if !words.is_empty() {
            let _ = writeln!(out, "{name:11} {}", shown(&words));
        }
    }
    let _ = writeln!(out, "\nAffected");
    for package in &one.affected {
        let mut parts = Vec::new();
        for event in package.ranges.iter().flat_map(|range| &range.events) {
            parts.push(match event {
                Event::Introduced(version) => format!("from {version}"),
                Event::Fixed(version) => format!("fixed in {version}"),
                Event::LastAffected(version) => format!("to {version}"),
                Event::Limit(version) => format!("before {version}"),
            });
        }
        if parts.is_empty() {
            parts.extend(package.versions.iter().take(LISTED).cloned());
            if package.versions.len() > LISTED {
                parts.push(format!("and {} more", package.versions.len() - LISTED));
            }
        }
        let release = if package.release.is_empty() { String::new() } else { format!(" {}", package.release) };
        let words = format!("{}{release}: {} ({})", package.ecosystem.name(), package.name, parts.join(", "));
        let _ = writeln!(out, "  {}", shown(&words));
        if !package.symbols.is_empty() {
            let _ = writeln!(out, "  in {}", shown(&package.symbols.join(", ")));
        }
    }
    if !one.details.is_empty() {
        let text: Vec<String> =
            shown(&one.details).lines().map(|line| format!("  {line}").trim_end().to_owned()).collect();
        let _ = writeln!(out, "\nDetails\n{}", text.join("\n"));
    }
    let _ = writeln!(out, "\nAllow\n  [[allow]]\n  rule = \"{}\"\n  reason = \"…\"", shown(&one.id));
    if !one.reference.is_empty() {
        let _ = writeln!(out, "\nLinks\n  {}", shown(&one.reference));
    }
}
