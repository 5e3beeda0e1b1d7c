//! GitHub Actions: workflow commands that become annotations.
//!
//! Source: <https://docs.github.com/actions/reference/workflow-commands-for-github-actions>. A step shows
//! ten errors, ten warnings and ten notices: the gravest are written, the rest is counted. Every text
//! is escaped, so that content of the repository never becomes a command of its own.

use std::fmt::{self, Display, Write as _};
use std::io::{self, Write};

use super::lacks::{self, Level};
use super::words::{self, Weight};
use crate::finding::{Finding, Report};
use crate::text::escape;

/// Annotations of a kind that a step shows.
const MOST: usize = 10;

/// Writes the commands, a line each, then what they left out.
pub(super) fn write(report: &Report, out: &mut dyn Write) -> io::Result<()> {
    let mut left = [MOST; 2];
    let mut untold = 0_usize;
    let mut take = |slot: usize| {
        let room = left[slot] > 0;
        left[slot] = left[slot].saturating_sub(1);
        untold += usize::from(!room);
        room
    };
    for lack in lacks::lacks(report).iter().filter(|lack| lack.level != Level::Note) {
        let (word, slot) = if lack.level == Level::Error { ("error", 0) } else { ("warning", 1) };
        if !take(slot) {
            continue;
        }
        write!(out, "::{word} ")?;
        if let Some(path) = lack.path {
            write!(out, "file={},", Property(path))?;
        }
        writeln!(out, "title=gatehook could not look::{}", Data(lack.sentence()))?;
    }
    for (finding, weight) in words::by_weight(report) {
        let (word, slot) = match weight {
            Weight::Blocks => ("error", 0),
            Weight::Warns => ("warning", 1),
            // Annotations speak of the change.
            Weight::Existing | Weight::Allowed => break,
        };
        if take(slot) {
            annotate(finding, word, out)?;
        }
    }
    let mut last = format!("{}; {}", words::found(report), words::looked_at(report));
    if untold > 0 {
        let _ = write!(last, "; {untold} more than a step shows, the step summary and the other reports have all");
    }
    writeln!(out, "::notice title={}::{}", Property(format!("gatehook {}", words::heading(report))), Data(last))
}

fn annotate(finding: &Finding, word: &str, out: &mut dyn Write) -> io::Result<()> {
    let place = finding.place;
    write!(out, "::{word} file={}", Property(&finding.path))?;
    if place.line > 0 {
        write!(out, ",line={},endLine={}", place.line, place.end_line.max(place.line))?;
        // Columns of a span over several lines are refused.
        if place.end_line == place.line {
            write!(out, ",col={},endColumn={}", place.column.max(1), place.end_column.max(place.column).max(1))?;
        }
    }
    let mut text = words::message(finding);
    for (name, advice) in words::advice(finding) {
        let _ = write!(text, "\n{name}: {}", words::sentence(advice));
    }
    if let Some(commit) = &finding.commit {
        let _ = write!(text, "\nCommit: {}", escape(commit.as_bytes()));
    }
    let title = format!("{} ({})", escape(finding.rule.as_bytes()), finding.severity);
    writeln!(out, ",title={}::{}", Property(title), Data(text))
}

/// The message of a command: `%`, CR and LF are escaped.
struct Data<T>(T);

impl<T: Display> Display for Data<T> {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        for character in self.0.to_string().chars() {
            match character {
                '%' => out.write_str("%25")?,
                '\r' => out.write_str("%0D")?,
                '\n' => out.write_str("%0A")?,
                _ => out.write_char(character)?,
            }
        }
        Ok(())
    }
}

/// A property of a command: `:` and `,` too.
struct Property<T>(T);

impl<T: Display> Display for Property<T> {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        for character in Data(&self.0).to_string().chars() {
            match character {
                ':' => out.write_str("%3A")?,
                ',' => out.write_str("%2C")?,
                _ => out.write_char(character)?,
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_text_ends_its_command() {
        assert_eq!(Data("a%\r\n::error::b").to_string(), "a%25%0D%0A::error::b");
        assert_eq!(Property("a:b,c%\n").to_string(), "a%3Ab%2Cc%25%0A");
    }
}
