//! Lines that a pattern with named groups matches: `path`, `line`, `column`, `end_line`, `end_column`,
//! `rule`, `severity`, `message`, `cwe`, `reference`, `fix`.

use regex::bytes::{Captures, RegexBuilder};

use super::{ParseError, Report, Reported, form, words};

/// Reads every line by itself. Those that do not match are remarks of the tool.
pub(super) fn read(text: &[u8], pattern: &str) -> Result<Report, ParseError> {
    // Names of files are bytes: without this `.` would not match all of them.
    let pattern =
        RegexBuilder::new(pattern).unicode(false).build().map_err(|_| form("regex", "the pattern is none"))?;
    let lines = text.split(|&byte| byte == b'\n').map(|line| line.strip_suffix(b"\r").unwrap_or(line));
    let reported = lines.filter_map(|line| pattern.captures(line).map(|groups| one(&groups))).collect();
    Ok(Report { reported, ..Report::default() })
}

fn one(groups: &Captures<'_>) -> Reported {
    let bytes = |name: &str| groups.name(name).map(|group| group.as_bytes()).unwrap_or_default();
    let text = |name: &str| String::from_utf8_lossy(bytes(name)).trim().to_owned();
    let number = |name: &str| words::number(&text(name));
    let mut cwe = Vec::new();
    words::cwe(&text("cwe"), &mut cwe);
    Reported {
        path: bytes("path").to_vec(),
        line: number("line"),
        column: number("column"),
        end_line: number("end_line"),
        end_column: number("end_column"),
        rule: text("rule"),
        message: text("message"),
        severity: words::severity(&text("severity")),
        word: text("severity"),
        cwe,
        reference: text("reference"),
        fix: text("fix"),
        ..Reported::default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_of_a_linter_are_read() {
        let pattern = r"^(?P<path>[^:]+):(?P<line>\d+):(?P<column>\d+): (?P<rule>[A-Z]\d+) (?P<message>.*)$";
        let report = read(b"a b.py:3:1: E501 line too long\r\n1 error\n\xff.py:1:2: W1 x", pattern).unwrap();
        assert_eq!(report.reported.len(), 2);
        assert_eq!((report.reported[0].line, &report.reported[0].rule[..]), (3, "E501"));
        assert_eq!(report.reported[0].message, "line too long");
        assert_eq!(report.reported[1].path, b"\xff.py");
    }
}
