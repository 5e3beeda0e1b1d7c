//! One self-contained page: the verdict first, findings by file, then stages and what was looked at.
//!
//! Readable without scripts; nothing is loaded from anywhere. Its Content-Security-Policy lets run only
//! the one script and style whose SHA-256 it names, so text that slipped through as markup would still
//! not run. What a page of 5,000 findings cannot hold is counted.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::io::{self, Write};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::Style;
use super::lacks::{self, Level};
use super::words::{self, Names, Weight};
use super::xml::Xml;
use crate::finding::{Exit, Finding, Report, Verdict};
use crate::text::{escape, sha256};

mod packages;

const CSS: &str = include_str!("page.css");
const SCRIPT: &str = include_str!("page.js");
/// Findings on a page.
const MOST: usize = 5000;

/// Writes the page.
pub(super) fn write(report: &Report, style: &Style, out: &mut dyn Write) -> io::Result<()> {
    let heading = capital(words::heading(report));
    let hash = |text: &str| STANDARD.encode(sha256(text.as_bytes()));
    write!(
        out,
        "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
        <meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'sha256-{}'; script-src 'sha256-{}'; base-uri 'none'; form-action 'none'\">\n\
        <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
        <meta name=\"referrer\" content=\"no-referrer\">\n<meta name=\"color-scheme\" content=\"light dark\">\n\
        <title>gatehook: {heading}</title>\n<style>{CSS}</style>\n</head>\n<body>\n\
        <a class=\"skip\" href=\"#findings\">To the findings</a>\n",
        hash(CSS),
        hash(SCRIPT)
    )?;
    verdict(report, &heading, out)?;
    out.write_all(b"<main>\n")?;
    lacking(report, out)?;
    findings(report, out)?;
    stages(report, out)?;
    scanned(report, out)?;
    writeln!(
        out,
        "</main>\n<footer><p>gatehook {}, rules {}. Written {} UTC.</p></footer>\n<script>{SCRIPT}</script>\n</body>\n</html>",
        Xml(escape(report.terms.version.as_bytes())),
        Xml(words::cut(&escape(report.terms.rules.as_bytes()).to_string(), 12)),
        Xml(style.ended.replace('T', " "))
    )
}

/// A sentence begins with a capital, a host name, a path or a command does not.
fn capital(text: &str) -> String {
    let first = text.split(' ').next().unwrap_or_default();
    if first.trim_end_matches(['.', ':', ',']).contains(['.', '/', '`', '_', ':', '=']) {
        return text.to_owned();
    }
    let mut signs = text.chars();
    signs.next().map(|first| first.to_uppercase().chain(signs).collect()).unwrap_or_default()
}

fn verdict(report: &Report, heading: &str, out: &mut dyn Write) -> io::Result<()> {
    let class = match (report.verdict(), report.exit()) {
        (Verdict::Pass, Exit::Clean) => "pass",
        (_, Exit::Clean) => "warn",
        _ => "stop",
    };
    let scanned = &report.scanned;
    writeln!(
        out,
        "<header class=\"verdict {class}\"><div>\n<p class=\"tool\">gatehook, {} gate</p>\n<h1>{heading}</h1>\n<p class=\"sum\">{}</p>\n<p class=\"seen\">Looked at {}",
        Xml(escape(report.gate.as_bytes())),
        capital(&words::found(report)),
        words::looked_at(report)
    )?;
    if let (Some(base), Some(head)) = (&scanned.base, &scanned.head) {
        // An object id is known by its beginning; the table below has it whole.
        let short = |id: &str| {
            let hex = id.len() >= 40 && id.bytes().all(|byte| byte.is_ascii_hexdigit());
            if hex { id[..12].to_owned() } else { words::cut(&escape(id.as_bytes()).to_string(), 60).into_owned() }
        };
        writeln!(out, "from <code>{}</code> to <code>{}</code>", Xml(short(base)), Xml(short(head)))?;
    }
    writeln!(out, "</p>\n</div></header>")
}

fn lacking(report: &Report, out: &mut dyn Write) -> io::Result<()> {
    let lacks = lacks::lacks(report);
    let grave: Vec<_> = lacks.iter().filter(|lack| lack.level != Level::Note).collect();
    if grave.is_empty() {
        return Ok(());
    }
    writeln!(out, "<h2 id=\"lacks\">Not all was looked at</h2>\n<ul class=\"lacks\">")?;
    for lack in grave {
        let word = if lack.level == Level::Error { "error" } else { "warning" };
        writeln!(out, "<li class=\"{word}\"><b>{word}</b>{}</li>", prose(&lack.sentence()))?;
    }
    writeln!(out, "</ul>")
}

/// The findings by file: files with the heaviest first, then by path.
fn findings(report: &Report, out: &mut dyn Write) -> io::Result<()> {
    writeln!(out, "<h2 id=\"findings\">Findings</h2>")?;
    if report.findings.is_empty() {
        let whole = lacks::is_whole(&lacks::lacks(report));
        let text = if whole { "Nothing was found." } else { "Nothing was found in what was looked at." };
        return writeln!(out, "<p class=\"calm\">{text}</p>");
    }
    let mut names = Names::default();
    let ids: BTreeMap<*const Finding, [u8; 16]> =
        report.findings.iter().map(|finding| (std::ptr::from_ref(finding), names.next(finding))).collect();
    let mut chosen = words::by_weight(report);
    packages::table(&chosen, out)?;
    let left = chosen.len().saturating_sub(MOST);
    chosen.truncate(MOST);
    filter(&chosen, out)?;
    if left > 0 {
        writeln!(
            out,
            "<p class=\"calm\">{left} findings of the least weight are not on this page; the JSON report has all.</p>"
        )?;
    }
    let mut files: BTreeMap<&[u8], Vec<(&Finding, Weight)>> = BTreeMap::new();
    for &(finding, weight) in &chosen {
        files.entry(finding.path.as_bytes()).or_default().push((finding, weight));
    }
    let mut files: Vec<Vec<(&Finding, Weight)>> = files.into_values().collect();
    files.sort_by_key(|file| file[0].1);
    for mut file in files {
        file.sort_by_key(|(finding, _)| finding.place);
        let path = file[0].0.path.to_string();
        let count = words::count(file.len(), "finding");
        writeln!(
            out,
            "<section class=\"file\">\n<h3><span class=\"mono\">{}</span><span class=\"dim\">{count}</span></h3>",
            Xml(&path)
        )?;
        for (finding, weight) in file {
            let id = ids.get(&std::ptr::from_ref(finding)).copied().unwrap_or_default();
            self::finding(report, finding, weight, &words::hex(&id), out)?;
        }
        writeln!(out, "</section>")?;
    }
    Ok(())
}

fn filter(chosen: &[(&Finding, Weight)], out: &mut dyn Write) -> io::Result<()> {
    let all = |of: &dyn Fn(&Finding) -> String| {
        let mut words: Vec<String> = chosen.iter().map(|(finding, _)| of(finding)).collect();
        words.sort();
        words.dedup();
        words
    };
    let options = |words: &[String]| {
        words.iter().map(|word| format!("<option value=\"{0}\">{0}</option>", Xml(word))).collect::<String>()
    };
    let states: Vec<String> = Weight::ALL
        .into_iter()
        .filter(|weight| chosen.iter().any(|(_, own)| own == weight))
        .map(|weight| weight.word().to_owned())
        .collect();
    let clean = |text: &str| escape(text.as_bytes()).to_string();
    writeln!(
        out,
        "<form class=\"filter\" hidden aria-label=\"Filter the findings\">\n\
        <label class=\"grow\">Text<input name=\"q\" type=\"search\" autocomplete=\"off\" placeholder=\"path, title, code\"></label>\n\
        <label>State<select name=\"state\"><option value=\"\">all</option>{}</select></label>\n\
        <label>Severity<select name=\"severity\"><option value=\"\">all</option><option value=\"medium\">medium and above</option><option value=\"high\">high and above</option><option value=\"critical\">critical</option></select></label>\n\
        <label>Rule<select name=\"rule\"><option value=\"\">all</option>{}</select></label>\n\
        <label>Stage<select name=\"stage\"><option value=\"\">all</option>{}</select></label>\n\
        <button type=\"reset\">Show all</button>\n</form>\n<p class=\"shown\" role=\"status\"></p>",
        options(&states),
        options(&all(&|finding| clean(&finding.rule))),
        options(&all(&|finding| clean(&finding.stage)))
    )
}

fn finding(report: &Report, finding: &Finding, weight: Weight, name: &str, out: &mut dyn Write) -> io::Result<()> {
    let severity = finding.severity.word();
    let state = weight.word();
    let rule = escape(finding.rule.as_bytes()).to_string();
    writeln!(
        out,
        "<article class=\"finding {state}\" id=\"f-{name}\" data-state=\"{state}\" data-severity=\"{severity}\" data-rule=\"{}\" data-stage=\"{}\">\n\
        <p class=\"head\"><span class=\"pill {severity}\">{severity}</span><span class=\"title\">{}</span><span class=\"state {state}\">{state}</span></p>",
        Xml(&rule),
        Xml(escape(finding.stage.as_bytes())),
        Xml(words::title(finding))
    )?;
    write!(out, "<p class=\"where\">")?;
    if finding.place.line > 0 {
        write!(out, "line {}, column {} · ", finding.place.line, finding.place.column)?;
    }
    writeln!(out, "<code>{}</code> · {}</p>", Xml(&rule), Xml(escape(finding.stage.as_bytes())))?;
    for (number, line) in finding.excerpt.lines.iter().enumerate() {
        let mark = if number == 0 { finding.excerpt.mark } else { (0, 0) };
        excerpt(line.number, &escape(line.text.as_bytes()).to_string(), mark, out)?;
    }
    let way = words::way(finding);
    if !way.is_empty() {
        out.write_all(b"<ol class=\"way\">\n")?;
        for step in way {
            writeln!(out, "<li>{}</li>", Xml(escape(words::step(step).as_bytes())))?;
        }
        out.write_all(b"</ol>\n")?;
    }
    let mut rest = Vec::new();
    let mut mend = Vec::new();
    for (name, advice) in words::advice(finding) {
        let line = (name, prose(&capital(&words::sentence(advice))));
        if name != "Why" && weight <= Weight::Warns { mend.push(line) } else { rest.push(line) }
    }
    if !mend.is_empty() {
        out.write_all(b"<dl class=\"mend\">\n")?;
        list(&mend, out)?;
    }
    let mut more = |name, text: &str| rest.push((name, Xml(escape(text.as_bytes())).to_string()));
    if let Some(reason) = finding.reason.as_deref().filter(|_| weight > Weight::Warns) {
        more("Reason", reason);
    }
    if let Some(commit) = &finding.commit {
        more("Commit", commit);
    }
    if let Some(author) = &finding.author {
        more("Author", author);
    }
    if !finding.encoding.is_empty() {
        more("Encoded as", &finding.encoding.join(" in "));
    }
    if !finding.ids.is_empty() {
        more("Advisory", &finding.ids.join(", "));
    }
    if !finding.tools.is_empty() {
        more("Told by", &finding.tools.join(", "));
    }
    if let Some(package) = &finding.package {
        more("Package", &format!("{} {}", package.name, package.version));
        if !package.fixed.is_empty() {
            more("Mended in", &package.fixed);
        }
    }
    if !finding.masked.is_empty() {
        more("Value", &finding.masked);
    }
    let classes: Vec<&str> = finding.cwe.iter().chain(finding.owasp.iter()).map(AsRef::as_ref).collect();
    if !classes.is_empty() {
        more("Classes", &classes.join(", "));
    }
    more("Confidence", finding.confidence.word());
    more("Fingerprint", &finding.fingerprint.to_string());
    if let Some(address) = words::reference(finding) {
        rest.push(("Reference", format!("<a rel=\"noreferrer noopener\" href=\"{0}\">{0}</a>", Xml(address))));
    }
    if weight <= Weight::Warns && report.gate != "release" {
        let mut text = format!("<code>gatehook allow {} --reason \"…\"</code>", finding.fingerprint.short());
        if words::takes_mark(finding) {
            let _ = write!(text, ", or <code>gatehook:allow {} -- reason</code> on the line above", Xml(&rule));
        }
        rest.push(("Allow", text));
    }
    writeln!(out, "<details><summary>Why it matters, and details</summary>\n<dl>")?;
    list(&rest, out)?;
    writeln!(out, "</details>\n</article>")
}

/// The rows of a list that is open, and its end.
fn list(rows: &[(&str, String)], out: &mut dyn Write) -> io::Result<()> {
    for (name, text) in rows {
        writeln!(out, "<dt>{name}</dt><dd>{text}</dd>")?;
    }
    writeln!(out, "</dl>")
}

/// Escaped text in which what stands between two backticks is code.
fn prose(text: &str) -> String {
    let mut out = String::new();
    let mut rest = text;
    while let Some((before, code, after)) = between_ticks(rest) {
        out.extend([&Xml(before).to_string(), "<code>", &Xml(code).to_string(), "</code>"]);
        rest = after;
    }
    out + &Xml(rest).to_string()
}

fn between_ticks(text: &str) -> Option<(&str, &str, &str)> {
    let (before, rest) = text.split_once('`')?;
    let (code, after) = rest.split_once('`').filter(|(code, _)| !code.is_empty())?;
    Some((before, code, after))
}

fn excerpt(number: u32, text: &str, mark: (usize, usize), out: &mut dyn Write) -> io::Result<()> {
    let at = |count: usize| text.char_indices().nth(count).map_or(text.len(), |(at, _)| at);
    let (start, end) = (at(mark.0), at(mark.1.max(mark.0)));
    write!(out, "<pre tabindex=\"0\"><span class=\"no\">{number}</span>{}", Xml(&text[..start]))?;
    if end > start {
        write!(out, "<mark>{}</mark>", Xml(&text[start..end]))?;
    }
    writeln!(out, "{}</pre>", Xml(&text[end..]))
}

fn stages(report: &Report, out: &mut dyn Write) -> io::Result<()> {
    writeln!(
        out,
        "<h2>Stages</h2>\n<table><thead><tr><th scope=\"col\">Stage</th><th scope=\"col\">Outcome</th><th scope=\"col\">Files</th></tr></thead><tbody>"
    )?;
    if report.stages.is_empty() {
        writeln!(out, "<tr><td colspan=\"3\">No stage ran.</td></tr>")?;
    }
    for stage in &report.stages {
        let word = stage.outcome.word();
        let reason = stage.outcome.reason().map(|reason| format!(": {reason}")).unwrap_or_default();
        let optional = if stage.required { "" } else { " (optional)" };
        writeln!(
            out,
            "<tr><th scope=\"row\">{}{optional}</th><td>{word}{}</td><td>{}</td></tr>",
            Xml(escape(stage.name.as_bytes())),
            prose(&escape(reason.as_bytes()).to_string()),
            stage.files
        )?;
    }
    writeln!(out, "</tbody></table>")
}

fn scanned(report: &Report, out: &mut dyn Write) -> io::Result<()> {
    let scanned = &report.scanned;
    let terms = &report.terms;
    let numbers = [scanned.commits as u64, scanned.files as u64, scanned.added_lines as u64, scanned.bytes];
    let numbers = numbers.map(|number| number.to_string());
    let demand = format!("new findings of severity {} and above, tier {}", terms.demand.block, terms.demand.tier);
    let shard = terms.shard.map(|shard| shard.to_string()).unwrap_or_default();
    writeln!(out, "<h2>What was looked at</h2>\n<table><tbody>")?;
    let rows = [
        ("Base", scanned.base.as_deref().unwrap_or_default()),
        ("Head", scanned.head.as_deref().unwrap_or_default()),
        ("How", &scanned.how),
        ("Commits", &numbers[0]),
        ("Files", &numbers[1]),
        ("Added lines", &numbers[2]),
        ("Bytes", &numbers[3]),
        ("Stops the gate", &demand),
        ("Shard", &shard),
    ];
    for (name, text) in rows.into_iter().filter(|(_, text)| !text.is_empty()) {
        writeln!(out, "<tr><th scope=\"row\">{name}</th><td>{}</td></tr>", Xml(escape(text.as_bytes())))?;
    }
    let lacks = lacks::lacks(report);
    let left_out = lacks.iter().filter(|lack| lack.level == Level::Note);
    let notes = report.notes.iter().map(|note| escape(note.as_bytes()).to_string());
    for note in left_out.map(lacks::Lack::sentence).chain(notes) {
        writeln!(out, "<tr><th scope=\"row\">Note</th><td>{}</td></tr>", prose(&note))?;
    }
    writeln!(out, "</tbody></table>")
}
