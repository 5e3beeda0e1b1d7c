//! JUnit's XML, as its many writers agree on it: a `testcase` with a `failure` or an `error` in it is a
//! finding. <https://github.com/testmoapp/junitxml>

use std::collections::HashMap;

use super::xml::{self, Item};
use super::{ParseError, Report, Reported, form, words};

const FORMAT: &str = "JUnit";

/// Reads a report. One without any test case is about nothing.
pub(super) fn read(text: &[u8]) -> Result<Report, ParseError> {
    let mut report = Report::default();
    let mut cases = 0_u64;
    let mut root = None;
    let mut case: Option<HashMap<String, String>> = None;
    // Inside a failure: its text tells what the message does not.
    let mut failure: Option<Reported> = None;
    xml::read(text, FORMAT, &mut |item| {
        match item {
            Item::Start(name, attributes) => {
                if root.is_none() {
                    root = Some(name.clone());
                }
                match &name[..] {
                    "testcase" => {
                        cases += 1;
                        case = Some(attributes);
                    }
                    "failure" | "error" if case.is_some() => failure = case.as_ref().map(|case| one(case, &attributes)),
                    _ => {}
                }
            }
            Item::Text(text) => {
                if let Some(failure) = failure.as_mut().filter(|failure| failure.message.is_empty()) {
                    let line = text.lines().map(str::trim).find(|line| !line.is_empty());
                    line.unwrap_or_default().clone_into(&mut failure.message);
                }
            }
            Item::End(name) => match &name[..] {
                "testcase" => case = None,
                "failure" | "error" => report.reported.extend(failure.take()),
                _ => {}
            },
        }
        Ok(())
    })?;
    if !matches!(root.as_deref(), Some("testsuites" | "testsuite")) {
        return Err(form(FORMAT, "its root is neither `testsuites` nor `testsuite`"));
    }
    if cases == 0 {
        return Err(ParseError::Nothing("it has no test case".to_owned()));
    }
    report.files = None;
    Ok(report)
}

fn one(case: &HashMap<String, String>, failure: &HashMap<String, String>) -> Reported {
    let text = |map: &HashMap<String, String>, key: &str| map.get(key).cloned().unwrap_or_default();
    let name = [text(case, "classname"), text(case, "name")]
        .iter()
        .filter(|part| !part.is_empty())
        .cloned()
        .collect::<Vec<_>>();
    let message = text(failure, "message");
    let mut reported = Reported {
        path: text(case, "file").into_bytes(),
        line: words::number(&text(case, "line")),
        rule: name.join(" "),
        message: message.lines().next().unwrap_or_default().to_owned(),
        ..Reported::default()
    };
    if reported.rule.is_empty() {
        reported.rule = text(failure, "type");
    }
    reported
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn failed_and_broken_cases_are_read() {
        let report = read(
            br#"<testsuites><testsuite name="s"><testcase classname="a.B" name="works"/>
            <testcase classname="a.B" name="fails" file="a.py" line="3"><failure message="no">trace</failure></testcase>
            <testcase name="breaks"><error type="E"><![CDATA[
              first line
              second]]></error></testcase><testcase name="x"><skipped/></testcase></testsuite></testsuites>"#,
        )
        .unwrap();
        let told: Vec<(&str, &str, u32)> =
            report.reported.iter().map(|one| (&one.rule[..], &one.message[..], one.line)).collect();
        assert_eq!(told, [("a.B fails", "no", 3), ("breaks", "first line", 0)]);
    }

    #[test]
    fn a_report_of_no_test_is_about_nothing() {
        assert!(matches!(read(b"<testsuites/>"), Err(ParseError::Nothing(_))));
        for text in [&b""[..], b"<x><testcase/></x>", b"<testsuite><testcase>", b"ok"] {
            assert!(matches!(read(text), Err(ParseError::Form { .. })), "{}", String::from_utf8_lossy(text));
        }
    }
}
