//! Markdown for a review comment (65,536 characters) and for GitHub's step summary (1 MiB).
//!
//! The repository's own text never becomes markup: paths, excerpts and reasons stand in code, where no
//! mention, link or reference is read, and what a rule says is escaped sign by sign. Sources: CommonMark
//! 0.31 (backslash escapes, fences), GitHub's and GitLab's references (`@name`, `#1`, `!1`, `www.`).

use std::borrow::Cow;
use std::fmt::Write as _;
use std::io::{self, Write};

use super::lacks::{self, Level};
use super::words::{self, Weight};
use crate::finding::{Finding, Report};
use crate::text::escape;

/// Characters of a comment on GitHub, with a margin.
pub(super) const COMMENT: usize = 65_000;
/// Bytes of a step summary, with a margin for what other commands of the step write.
pub(super) const SUMMARY: usize = 1_000_000;
/// By which a bot finds its own comment again.
const MARK: &str = "<!-- gatehook report -->\n";
/// What is kept for the last lines.
const TAIL: usize = 2000;

/// Writes at most `most` bytes, which is at most as many characters.
pub(super) fn write(report: &Report, most: usize, out: &mut dyn Write) -> io::Result<()> {
    let mut page = format!("{MARK}### gatehook: {}\n\n{}.\n", words::heading(report), capital(&words::found(report)));
    let room = most.saturating_sub(TAIL);
    told(&mut page, report, room / 2);
    let mut untold = 0;
    let mut section = None;
    for (finding, weight) in words::by_weight(report) {
        let mut part = String::new();
        if section != Some(weight) {
            let _ = write!(part, "\n#### {}\n\n", title(weight));
        }
        entry(&mut part, finding, weight);
        if page.len() + part.len() > room {
            untold += 1;
        } else {
            section = Some(weight);
            page += &part;
        }
    }
    if untold > 0 {
        let _ = write!(page, "\n{untold} more do not fit here; the other reports of this run have all.\n");
    }
    foot(&mut page, report);
    out.write_all(page.as_bytes())
}

const fn title(weight: Weight) -> &'static str {
    match weight {
        Weight::Blocks => "Stops the gate",
        Weight::Warns => "Warnings",
        Weight::Existing => "Stood there before",
        Weight::Allowed => "Allowed",
    }
}

/// What was not looked at.
fn told(page: &mut String, report: &Report, room: usize) {
    let lacks = lacks::lacks(report);
    let grave: Vec<_> = lacks.iter().filter(|lack| lack.level != Level::Note).collect();
    if grave.is_empty() {
        return;
    }
    *page += "\n#### Not all was looked at\n\n";
    for (number, lack) in grave.iter().enumerate() {
        let word = if lack.level == Level::Error { "error" } else { "warning" };
        let line = format!("- **{word}:** {}\n", code(words::cut(&lack.sentence(), 600).as_ref()));
        if page.len() + line.len() > room {
            let _ = writeln!(page, "- and {} more", grave.len() - number);
            break;
        }
        *page += &line;
    }
}

fn entry(page: &mut String, finding: &Finding, weight: Weight) {
    let mut place = words::cut(&finding.path.to_string(), 300).into_owned();
    if finding.place.line > 0 {
        let _ = write!(place, ":{}:{}", finding.place.line, finding.place.column);
    }
    let text = plain(&words::cut(&words::message(finding), 300));
    let rule = code(&words::cut(&finding.rule, 100));
    let _ = writeln!(page, "- {}<br>**{}** {text} · {rule}", code(&place), finding.severity);
    if weight == Weight::Blocks || weight == Weight::Warns {
        for line in &finding.excerpt.lines {
            fence(page, &format!("{} | {}", line.number, escape(line.text.as_bytes())));
        }
        for (name, advice) in words::advice(finding) {
            let _ = writeln!(page, "  - {name}: {}", plain(&words::cut(&words::sentence(advice), 500)));
        }
    }
    if let Some(commit) = &finding.commit {
        let _ = writeln!(page, "  - Commit: {}", code(&words::cut(commit, 12)));
    }
    if let Some(reason) = finding.reason.as_ref().filter(|_| weight > Weight::Warns) {
        let _ = writeln!(page, "  - {}: {}", capital(weight.word()), code(&words::cut(reason, 300)));
    }
}

fn foot(page: &mut String, report: &Report) {
    let scanned = &report.scanned;
    let _ = write!(page, "\nLooked at {}", words::looked_at(report));
    if let (Some(base), Some(head)) = (&scanned.base, &scanned.head) {
        let _ = write!(page, ", {} to {}", code(&words::cut(base, 100)), code(&words::cut(head, 100)));
    }
    let _ = writeln!(page, ", by gatehook {}.", plain(&words::cut(&report.terms.version, 50)));
    for note in report.notes.iter().take(5) {
        let _ = writeln!(page, "\nNote: {}", code(&words::cut(note, 200)));
    }
}

fn capital(text: &str) -> String {
    let mut signs = text.chars();
    signs.next().map(|first| first.to_uppercase().chain(signs).collect()).unwrap_or_default()
}

/// `text` as inline code: one line, in more backticks than stand in it.
pub(super) fn code(text: &str) -> String {
    let text = escape(text.as_bytes()).to_string().replace('\t', " ");
    let ticks = "`".repeat(longest_run(&text) + 1);
    // A blank at each end belongs to the fence; text of blanks alone keeps its own.
    let blank = if text.starts_with(['`', ' ']) || text.ends_with(['`', ' ']) || text.is_empty() { " " } else { "" };
    format!("{ticks}{blank}{text}{blank}{ticks}")
}

/// A fenced block inside an entry.
fn fence(page: &mut String, line: &str) {
    let ticks = "`".repeat(longest_run(line).max(2) + 1);
    let _ = writeln!(page, "\n  {ticks}text\n  {}\n  {ticks}\n", line.replace('\t', "    "));
}

fn longest_run(text: &str) -> usize {
    text.split(|sign| sign != '`').map(str::len).max().unwrap_or(0)
}

/// `text` as plain prose on one line: every ASCII sign that could be markup is escaped, and references
/// to people, issues and addresses are broken with an invisible blank, as Dependabot does it.
pub(super) fn plain(text: &str) -> String {
    let text: Cow<'_, str> = Cow::Owned(escape(text.as_bytes()).to_string().replace('\t', " "));
    let mut out = String::with_capacity(text.len() + text.len() / 8);
    let mut before = ' ';
    for sign in text.chars() {
        if sign == '.' && before.eq_ignore_ascii_case(&'w') || sign == '/' && before == ':' {
            out.push_str("&#8203;");
        }
        match sign {
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '&' => out.push_str("&amp;"),
            '@' | '#' | '!' | '~' | '%' | '$' | '^' => {
                out.push('\\');
                out.push(sign);
                out.push_str("&#8203;");
            }
            '\\' | '`' | '*' | '_' | '{' | '}' | '[' | ']' | '(' | ')' | '+' | '|' | '"' | '=' | '-' => {
                out.push('\\');
                out.push(sign);
            }
            _ => out.push(sign),
        }
        before = sign;
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn code_outgrows_the_ticks_in_it() {
        assert_eq!(code("a"), "`a`");
        assert_eq!(code("a``b`"), "``` a``b` ```");
        assert_eq!(code("@all\n# x"), "`@all\\u{a}# x`");
        assert_eq!(code(""), "`  `");
    }

    #[test]
    fn prose_has_no_markup() {
        assert_eq!(plain("a <b> *c* [d](e)"), "a &lt;b&gt; \\*c\\* \\[d\\]\\(e\\)");
        assert_eq!(plain("@team #1"), "\\@&#8203;team \\#&#8203;1");
        assert_eq!(plain("see https://a.b"), "see https:&#8203;//a.b");
        assert_eq!(plain("www.a.b"), "www&#8203;.a.b");
    }
}
