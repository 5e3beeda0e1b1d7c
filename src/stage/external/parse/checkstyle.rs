//! Checkstyle's XML: `<checkstyle><file name><error line column severity message source/></file>`.

use super::xml::{self, Item};
use super::{ParseError, Report, Reported, form, words};

const FORMAT: &str = "Checkstyle";

/// Reads a report.
pub(super) fn read(text: &[u8]) -> Result<Report, ParseError> {
    let mut report = Report::default();
    let mut file = Vec::new();
    let mut root = None;
    xml::read(text, FORMAT, &mut |item| {
        let Item::Start(name, attributes) = item else { return Ok(()) };
        if root.is_none() {
            root = Some(name.clone());
        }
        let text = |key: &str| attributes.get(key).cloned().unwrap_or_default();
        match &name[..] {
            "file" => {
                *report.files.get_or_insert(0) += 1;
                file = text("name").into_bytes();
            }
            "error" => {
                let mut cwe = Vec::new();
                words::cwe(&text("message"), &mut cwe);
                report.reported.push(Reported {
                    path: file.clone(),
                    line: words::number(&text("line")),
                    column: words::number(&text("column")),
                    rule: text("source"),
                    message: text("message"),
                    severity: words::severity(&text("severity")),
                    word: text("severity"),
                    cwe,
                    ..Reported::default()
                });
            }
            // What Checkstyle itself failed over.
            "exception" => report.fault = Some(ParseError::Failed("it met an exception".to_owned())),
            _ => {}
        }
        Ok(())
    })?;
    if root.as_deref() != Some("checkstyle") {
        return Err(form(FORMAT, "its root is not `checkstyle`"));
    }
    Ok(report)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::finding::Severity;

    #[test]
    fn errors_of_files_are_read() {
        let report = read(
            br#"<?xml version="1.0"?><checkstyle version="4.3"><file name="a.sh"><error line="3" column="2" severity="warning"
            message="Use &quot;x&quot; &lt;y&gt;" source="ShellCheck.SC2086"/></file><file name="b.sh"></file></checkstyle>"#,
        )
        .unwrap();
        assert_eq!(report.files, Some(2));
        let one = &report.reported[0];
        assert_eq!((&one.path[..], one.line, one.column), (&b"a.sh"[..], 3, 2));
        assert_eq!((&one.message[..], &one.rule[..]), ("Use \"x\" <y>", "ShellCheck.SC2086"));
        assert_eq!(one.severity, Some(Severity::Medium));
    }

    #[test]
    fn what_is_cut_off_or_something_else_is_an_error() {
        for text in [
            &b""[..],
            b"<html/>",
            b"<checkstyle>",
            b"<checkstyle><file name='a'></checkstyle>",
            b"<checkstyle/><checkstyle/>",
            b"Traceback",
        ] {
            assert!(read(text).is_err(), "{}", String::from_utf8_lossy(text));
        }
        let stumbled = read(b"<checkstyle><file name='a'><error line='2'/><exception/></file></checkstyle>").unwrap();
        assert!(stumbled.fault.is_some() && stumbled.reported.len() == 1);
        let bomb = "<!DOCTYPE a [<!ENTITY x \"yyyyyyyyyy\">]><checkstyle><file name=\"&x;&x;\"/></checkstyle>";
        assert!(read(bomb.as_bytes()).is_ok());
        assert!(read("<checkstyle>".repeat(5000).as_bytes()).is_err());
    }
}
