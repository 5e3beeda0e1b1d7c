//! Words that tools use: severities, CWE ids, places of files.

use crate::finding::Severity;

/// The severity that a tool's word stands for.
pub(super) fn severity(word: &str) -> Option<Severity> {
    let word = word.trim().to_lowercase();
    if let Ok(score) = word.parse::<f64>() {
        return score_severity(score);
    }
    Some(match &word[..] {
        "critical" | "blocker" | "fatal" | "very-high" => Severity::Critical,
        "high" | "error" | "major" | "severe" | "serious" | "important" => Severity::High,
        "medium" | "moderate" | "warning" | "warn" | "minor" => Severity::Medium,
        "low" | "info" | "information" | "informational" | "note" | "notice" | "style" | "hint" | "negligible"
        | "trivial" | "convention" | "refactor" => Severity::Low,
        _ => return None,
    })
}

/// The severity of a CVSS score, after its specification (version 3.1, section 5). 0 is none of them.
pub(super) fn score_severity(score: f64) -> Option<Severity> {
    match score {
        score if !(0.0..=10.0).contains(&score) || score == 0.0 => None,
        score if score >= 9.0 => Some(Severity::Critical),
        score if score >= 7.0 => Some(Severity::High),
        score if score >= 4.0 => Some(Severity::Medium),
        _ => Some(Severity::Low),
    }
}

/// The CWE numbers in `text`: `CWE-79`, `external/cwe/cwe-079`, `cwe79`.
pub(super) fn cwe(text: &str, found: &mut Vec<u32>) {
    let bytes = text.as_bytes();
    let mut from = 0;
    while let Some(at) = bytes[from..].windows(3).position(|word| word.eq_ignore_ascii_case(b"cwe")) {
        let mut digits = from + at + 3;
        if matches!(bytes.get(digits), Some(b'-' | b'_' | b':' | b' ')) {
            digits += 1;
        }
        let end = digits + bytes[digits.min(bytes.len())..].iter().take_while(|byte| byte.is_ascii_digit()).count();
        if let Some(number) = text.get(digits..end).and_then(|digits| digits.parse().ok())
            && number > 0
            && !found.contains(&number)
        {
            found.push(number);
        }
        from += at + 3;
    }
}

/// The ids of advisories in a text: `CVE-2021-44228`, `GHSA-jfh8-c2jp-5v3q` also at the end of an address, `RUSTSEC-…`.
pub(super) fn advisory_ids(text: &str) -> Vec<String> {
    const DATABASES: [&str; 8] = ["CVE-", "GHSA-", "RUSTSEC-", "PYSEC-", "GO-", "MAL-", "OSV-", "DSA-"];
    let mut found = Vec::new();
    for word in text.split(|c: char| !(c.is_ascii_alphanumeric() || c == '-')) {
        let upper = word.to_ascii_uppercase();
        let has_digit = || word.bytes().any(|byte| byte.is_ascii_digit());
        if word.len() > 8 && word.len() < 40 && DATABASES.iter().any(|name| upper.starts_with(name)) && has_digit() {
            // GitHub writes its own in small letters behind the first four.
            let id = upper.strip_prefix("GHSA-").map_or(upper.clone(), |rest| format!("GHSA-{}", rest.to_lowercase()));
            if !found.contains(&id) {
                found.push(id);
            }
        }
    }
    found.truncate(50);
    found
}

/// A URI's path, percent signs decoded: `file:///a%20b` is `/a b`. Others come back as they are.
pub(super) fn path_of_uri(uri: &str) -> Vec<u8> {
    let rest = match uri.strip_prefix("file:") {
        Some(rest) => match rest.strip_prefix("//") {
            // Whatever host it names: it is this one.
            Some(host) => host.find('/').map_or("", |at| &host[at..]),
            None => rest,
        },
        None => uri,
    };
    let bytes = rest.as_bytes();
    let hex = |byte: u8| char::from(byte).to_digit(16);
    let mut out = Vec::with_capacity(bytes.len());
    let mut at = 0;
    while let Some(&byte) = bytes.get(at) {
        let pair = (bytes.get(at + 1).copied().and_then(hex), bytes.get(at + 2).copied().and_then(hex));
        if let (b'%', (Some(high), Some(low))) = (byte, pair) {
            out.push(u8::try_from(high * 16 + low).unwrap_or(b'%'));
            at += 3;
        } else {
            out.push(byte);
            at += 1;
        }
    }
    out
}

/// A path, or the one of a `file:` URI.
pub(super) fn path_of_uri_if_file(text: &str) -> Vec<u8> {
    if text.starts_with("file:") { path_of_uri(text) } else { text.as_bytes().to_vec() }
}

/// A number that a tool writes as text.
pub(super) fn number(text: &str) -> u32 {
    text.trim().parse().unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_of_many_tools_are_known() {
        assert_eq!(severity("HIGH"), Some(Severity::High));
        assert_eq!(severity("9.8"), Some(Severity::Critical));
        assert_eq!(severity("moderate"), Some(Severity::Medium));
        assert_eq!(severity("unheard of"), None);
        assert_eq!(severity("0.0"), None);
        assert_eq!(severity("NaN"), None);
    }

    #[test]
    fn ids_of_advisories_stand_in_lists_addresses_and_texts() {
        let text =
            "https://github.com/advisories/GHSA-jfh8-C2JP-5v3q CVE-2021-44228, cve-2020-1 RUSTSEC-2020-0071; go-home";
        assert_eq!(advisory_ids(text), ["GHSA-jfh8-c2jp-5v3q", "CVE-2021-44228", "CVE-2020-1", "RUSTSEC-2020-0071"]);
    }

    #[test]
    fn cwe_ids_come_in_many_forms() {
        let mut found = Vec::new();
        for text in ["external/cwe/cwe-078", "CWE-79: x", "cwe", "CWE-", "CWE-78", "[CWE_22] é cwe"] {
            cwe(text, &mut found);
        }
        assert_eq!(found, [78, 79, 22]);
    }

    #[test]
    fn uris_become_paths() {
        for (uri, path) in [
            ("file:///a/b%20c", &b"/a/b c"[..]),
            ("file://host/a", b"/a"),
            ("file:a", b"a"),
            ("src/a.py", b"src/a.py"),
            ("%ff%", b"\xff%"),
            ("100%zz", b"100%zz"),
            ("file://", b""),
        ] {
            assert_eq!(path_of_uri(uri), path, "{uri}");
        }
    }
}
