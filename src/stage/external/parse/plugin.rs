//! gatehook's own protocol for plugins, version 1: a JSON object a line, as docs/plugins.md tells.

use serde::Deserialize;

use super::{ParseError, Report, Reported, form, words};

const FORMAT: &str = "plugin";

/// The version of the protocol.
const VERSION: u32 = 1;

/// How a request begins, and an answer.
pub(in crate::stage::external) const fn greeting() -> (&'static str, u32) {
    ("gatehook", VERSION)
}

#[derive(Deserialize)]
#[serde(untagged)]
enum PluginLine {
    Finding { finding: Box<PluginFinding> },
    Done { done: Done },
    Error { error: String },
    Hello { gatehook: u32 },
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct PluginFinding {
    rule: String,
    message: String,
    #[serde(default)]
    path: String,
    #[serde(default)]
    line: u32,
    #[serde(default)]
    column: u32,
    #[serde(default)]
    end_line: u32,
    #[serde(default)]
    end_column: u32,
    #[serde(default)]
    severity: String,
    #[serde(default)]
    cwe: Vec<String>,
    #[serde(default)]
    reference: String,
    #[serde(default)]
    fix: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Done {
    files: u64,
}

/// Reads an answer: the greeting first, findings, and `done` last. Without the last line it was cut off.
pub(super) fn read(text: &[u8]) -> Result<Report, ParseError> {
    let mut report = Report::default();
    let (mut greeted, mut done) = (false, false);
    for (number, line) in text.split(|&byte| byte == b'\n').enumerate() {
        if line.trim_ascii().is_empty() {
            continue;
        }
        let at = number + 1;
        let line: PluginLine = serde_json::from_slice(line)
            .map_err(|_| form(FORMAT, format!("line {at} is none of `gatehook`, `finding`, `error` and `done`")))?;
        if done {
            return Err(form(FORMAT, format!("line {at} stands behind `done`")));
        }
        match line {
            PluginLine::Hello { gatehook } if !greeted => {
                if gatehook != VERSION {
                    let what = format!("it speaks version {gatehook} of the protocol, this is version {VERSION}");
                    return Err(form(FORMAT, what));
                }
                greeted = true;
            }
            PluginLine::Error { error } => {
                report.fault = Some(ParseError::Failed(error.chars().take(300).collect()));
                return Ok(report);
            }
            _ if !greeted => return Err(form(FORMAT, "it does not begin with {\"gatehook\": 1}")),
            PluginLine::Hello { .. } => return Err(form(FORMAT, format!("line {at} greets once more"))),
            PluginLine::Finding { finding } => report.reported.push(one(*finding)),
            PluginLine::Done { done: Done { files } } => {
                report.files = Some(files);
                done = true;
            }
        }
    }
    if done { Ok(report) } else { Err(form(FORMAT, "it ends without `done`: it was cut off")) }
}

fn one(found: PluginFinding) -> Reported {
    let mut cwe = Vec::new();
    found.cwe.iter().for_each(|text| words::cwe(text, &mut cwe));
    Reported {
        path: found.path.into_bytes(),
        line: found.line,
        column: found.column,
        end_line: found.end_line,
        end_column: found.end_column,
        rule: found.rule,
        message: found.message,
        severity: words::severity(&found.severity),
        word: found.severity,
        cwe,
        reference: found.reference,
        fix: found.fix,
        ..Reported::default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const HELLO: &str = "{\"gatehook\":1}\n";

    #[test]
    fn an_answer_is_whole_or_none() {
        let finding = r#"{"finding":{"rule":"r","message":"m","path":"a","line":2,"severity":"high","cwe":["CWE-1"]}}"#;
        let report = read(format!("{HELLO}{finding}\n{{\"done\":{{\"files\":2}}}}\n").as_bytes()).unwrap();
        assert_eq!((report.reported.len(), report.files), (1, Some(2)));
        for (text, part) in [
            (String::new(), "cut off"),
            (HELLO.to_owned(), "cut off"),
            (format!("{HELLO}{finding}"), "cut off"),
            (finding.to_owned(), "begin with"),
            ("{\"gatehook\":2}".to_owned(), "version 2"),
            (format!("{HELLO}hello"), "line 2"),
            (format!("{HELLO}{{\"error\":\"no data\"}}"), "no data"),
            (format!("{HELLO}{{\"done\":{{\"files\":1}}}}\n{finding}"), "behind"),
            (format!("{HELLO}{{\"finding\":{{\"rule\":\"r\"}}}}"), "line 2"),
        ] {
            let read = read(text.as_bytes());
            let error = read.map_or_else(|error| error, |report| report.fault.expect("it says so")).to_string();
            assert!(error.contains(part), "{text}: {error}");
        }
    }
}
