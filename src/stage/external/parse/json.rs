//! JSON of any shape, through a map of pointers.

use serde_json::Value;

use super::pointer::Pointer;
use super::{ParseError, Report, Reported, Seen, form, json_form, words};
use crate::config::{Format, Pointers, StageConfig};

const FORMAT: &str = "JSON";

/// The pointers of a map, read.
struct Map {
    findings: Pointer,
    path: Vec<Pointer>,
    line: Vec<Pointer>,
    column: Vec<Pointer>,
    end_line: Vec<Pointer>,
    end_column: Vec<Pointer>,
    rule: Vec<Pointer>,
    message: Vec<Pointer>,
    severity: Vec<Pointer>,
    cwe: Vec<Pointer>,
    reference: Vec<Pointer>,
    fix: Vec<Pointer>,
    package: Vec<Pointer>,
    version: Vec<Pointer>,
    ecosystem: Vec<Pointer>,
    ids: Vec<Pointer>,
}

impl Map {
    fn of(raw: &Pointers) -> Self {
        let list = |list: &[String]| list.iter().map(|text| Pointer::parse(text)).collect();
        Self {
            findings: Pointer::parse(&raw.findings),
            path: list(&raw.path),
            line: list(&raw.line),
            column: list(&raw.column),
            end_line: list(&raw.end_line),
            end_column: list(&raw.end_column),
            rule: list(&raw.rule),
            message: list(&raw.message),
            severity: list(&raw.severity),
            cwe: list(&raw.cwe),
            reference: list(&raw.reference),
            fix: list(&raw.fix),
            package: list(&raw.package),
            version: list(&raw.version),
            ecosystem: list(&raw.ecosystem),
            ids: list(&raw.ids),
        }
    }
}

/// One document.
pub(super) fn document(text: &[u8], map: &Pointers) -> Result<Report, ParseError> {
    let root: Value = serde_json::from_slice(text).map_err(|error| json_form(FORMAT, &error))?;
    let map = Map::of(map);
    let mut report = Report::default();
    for root in reports(&root, &map.findings) {
        if !leads_somewhere(root, &map.findings) {
            return Err(form(FORMAT, "it has nothing where `map.findings` leads to"));
        }
        collect(root, &map, &mut report)?;
    }
    Ok(report)
}

/// A document a line; empty lines are none.
pub(super) fn lines(text: &[u8], map: &Pointers) -> Result<Report, ParseError> {
    let map = Map::of(map);
    let mut report = Report::default();
    for (number, line) in text.split(|&byte| byte == b'\n').enumerate() {
        if line.trim_ascii().is_empty() {
            continue;
        }
        let root: Value = serde_json::from_slice(line)
            .map_err(|_| form("JSON lines", format!("line {} is not a JSON document", number + 1)))?;
        collect(&root, &map, &mut report)?;
    }
    Ok(report)
}

/// The reports in a document: some tools print one alone where they ran once, else a list of them. A pointer
/// that goes into a list itself (`/*/…`, `/0/…`) is about the whole.
fn reports<'v>(root: &'v Value, pointer: &Pointer) -> &'v [Value] {
    let is_name = |name: &String| name != "*" && name.parse::<usize>().is_err();
    match (root, pointer) {
        (Value::Array(members), Pointer::Path(_, names))
            if !members.is_empty() && names.first().is_some_and(is_name) =>
        {
            members
        }
        _ => std::slice::from_ref(root),
    }
}

/// Whether the pointer's names are there, up to the first `*`: a report without its list of findings says
/// nothing, one with an empty list says that there are none.
fn leads_somewhere(root: &Value, pointer: &Pointer) -> bool {
    let Pointer::Path(_, names) = pointer else { return false };
    let known: Vec<String> = names.iter().take_while(|name| *name != "*").cloned().collect();
    match Pointer::Path(0, known).resolve(&[root]) {
        // `null` for "none", as Go writes an empty list.
        Some(value) => !matches!(value, Value::Bool(_) | Value::Number(_) | Value::String(_)),
        None => false,
    }
}

fn collect(root: &Value, map: &Map, report: &mut Report) -> Result<(), ParseError> {
    let mut nameless = false;
    map.findings.each(root, &mut |trail| {
        if trail.last().is_some_and(|value| value.is_null()) {
            return;
        }
        let one = one(trail, map);
        nameless |= one.rule.is_empty() && one.message.is_empty();
        report.reported.push(one);
    });
    if nameless {
        return Err(form(FORMAT, "a finding has neither what `map.rule` nor what `map.message` leads to"));
    }
    Ok(())
}

fn one(trail: &[&Value], map: &Map) -> Reported {
    let text = |pointers: &[Pointer]| text(pointers, trail);
    let number = |pointers: &[Pointer]| words::number(&text(pointers));
    let mut cwe = Vec::new();
    for pointer in &map.cwe {
        let found = pointer.resolve(trail).map(ToString::to_string).unwrap_or_default();
        words::cwe(&found, &mut cwe);
        // A bare number, or a list of them.
        if cwe.is_empty() {
            let digits = found.split(|c: char| !c.is_ascii_digit()).filter_map(|word| word.parse().ok());
            cwe.extend(digits.filter(|&number: &u32| number > 0));
        }
    }
    Reported {
        path: words::path_of_uri_if_file(&text(&map.path)),
        line: number(&map.line),
        column: number(&map.column),
        end_line: number(&map.end_line),
        end_column: number(&map.end_column),
        rule: text(&map.rule),
        message: text(&map.message),
        severity: words::severity(&text(&map.severity)),
        word: text(&map.severity),
        cwe,
        reference: text(&map.reference),
        fix: text(&map.fix),
        package: text(&map.package),
        version: text(&map.version),
        ecosystem: text(&map.ecosystem),
        ids: words::advisory_ids(&text(&map.ids)),
        suppressed: None,
    }
}

/// What the pointers lead to, joined by blanks.
fn text(pointers: &[Pointer], trail: &[&Value]) -> String {
    let parts: Vec<String> = pointers
        .iter()
        .filter_map(|pointer| match pointer {
            Pointer::Literal(text) => Some(text.clone()),
            Pointer::Path(..) => plain(pointer.resolve(trail)?),
        })
        .filter(|text| !text.is_empty())
        .collect();
    parts.join(" ")
}

fn plain(value: &Value) -> Option<String> {
    match value {
        Value::Null | Value::Object(_) => None,
        Value::String(text) => Some(text.clone()),
        Value::Array(members) => {
            let parts: Vec<String> = members.iter().filter_map(plain).collect();
            Some(parts.join(", "))
        }
        other => Some(other.to_string()),
    }
}

/// What a report says of its own making, by the stage's pointers: what speaks against it, and the files that it
/// says it looked at.
pub(super) fn of_itself(stage: &StageConfig, text: &[u8]) -> Result<(Option<ParseError>, Seen), ParseError> {
    let pointers = [&stage.looked_at, &stage.looked_with, &stage.skipped_at, &stage.looked_at_files];
    if pointers.into_iter().all(Vec::is_empty) {
        return Ok((None, None));
    }
    let format = if stage.format == Format::Sarif { "SARIF" } else { FORMAT };
    let root: Value = serde_json::from_slice(text).map_err(|error| json_form(format, &error))?;
    Ok((against(stage, &root), seen(stage, &root)))
}

/// `looked-at`, `looked-with` and `skipped-at`.
fn against(stage: &StageConfig, root: &Value) -> Option<ParseError> {
    let reached = |pointer: &str| {
        let mut any = false;
        each(root, pointer, &mut |value| any |= says_something(value));
        any
    };
    if !stage.looked_at.is_empty() && !stage.looked_at.iter().any(|pointer| reached(pointer)) {
        return Some(ParseError::Nothing(format!("nothing stands at {}", quoted(&stage.looked_at))));
    }
    if let Some(pointer) = stage.looked_with.iter().find(|pointer| !reached(pointer)) {
        return Some(ParseError::Nothing(format!("it had nothing to look with, says `{pointer}`")));
    }
    let skipped = stage.skipped_at.iter().find(|pointer| reached(pointer));
    skipped.map(|pointer| {
        let why = first_message(root, pointer).map(|why| format!(": {why}")).unwrap_or_default();
        ParseError::LeftOut(format!("its report says so at `{pointer}`{why}"))
    })
}

/// What a report says went wrong, where `skipped-at` leads: for a tool that says it nowhere else.
pub(super) fn trouble(stage: &StageConfig, text: &[u8]) -> Option<String> {
    if stage.skipped_at.is_empty() {
        return None;
    }
    let root: Value = serde_json::from_slice(text).ok()?;
    stage.skipped_at.iter().find_map(|pointer| first_message(&root, pointer))
}

/// The first message at `pointer`: a text there, or one under a name that tools give to messages.
fn first_message(root: &Value, pointer: &str) -> Option<String> {
    const NAMES: [&str; 6] = ["long_msg", "message", "msg", "short_msg", "description", "reason"];
    let mut found = None;
    each(root, pointer, &mut |value| {
        let members = value.as_array().map_or(std::slice::from_ref(value), Vec::as_slice);
        let text = |member: &Value| {
            let own = member.as_str().or_else(|| NAMES.iter().find_map(|name| member.get(name)?.as_str()));
            own.map(str::trim)
                .filter(|text| !text.is_empty())
                .map(|text| text.lines().next().unwrap_or(text).to_owned())
        };
        if found.is_none() {
            found = members.iter().find_map(text);
        }
    });
    found
}

/// The files that `looked-at-files` leads to.
fn seen(stage: &StageConfig, root: &Value) -> Seen {
    if stage.looked_at_files.is_empty() {
        return None;
    }
    let mut seen = Vec::new();
    for pointer in &stage.looked_at_files {
        each(root, pointer, &mut |value| seen.extend(value.as_str().map(words::path_of_uri_if_file)));
    }
    Some(seen)
}

/// Calls `see` with every value that `pointer` leads to in every report of the document.
fn each(root: &Value, pointer: &str, see: &mut dyn FnMut(&Value)) {
    let pointer = Pointer::parse(pointer);
    for root in reports(root, &pointer) {
        pointer.each(root, &mut |trail| trail.last().into_iter().for_each(|value| see(value)));
    }
}

fn says_something(value: &Value) -> bool {
    match value {
        Value::Null | Value::Bool(false) => false,
        Value::Bool(true) => true,
        Value::Number(number) => number.as_f64() != Some(0.0),
        Value::String(text) => !text.is_empty(),
        Value::Array(members) => !members.is_empty(),
        Value::Object(members) => !members.is_empty(),
    }
}

fn quoted(pointers: &[String]) -> String {
    pointers.iter().map(|pointer| format!("`{pointer}`")).collect::<Vec<_>>().join(" or ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::finding::Severity;

    fn check(stage: &StageConfig, text: &[u8]) -> Result<Option<ParseError>, ParseError> {
        of_itself(stage, text).map(|(against, _)| against)
    }

    fn map(findings: &str) -> Pointers {
        let one = |pointer: &str| vec![pointer.to_owned()];
        Pointers {
            findings: findings.to_owned(),
            path: one("/file"),
            line: one("/line"),
            rule: one("/id"),
            message: vec!["1/name".to_owned(), "/text".to_owned()],
            severity: one("/level"),
            cwe: one("/cwe"),
            ..Pointers::default()
        }
    }

    #[test]
    fn fields_are_taken_where_the_map_says() {
        let text = br#"{"runs":[{"name":"n","found":[{"file":"a.py","line":"7","id":5,"text":"t","level":"HIGH","cwe":{"id":78}}]}]}"#;
        let mut map = map("/runs/*/found");
        map.message = vec!["2/name".to_owned(), "/text".to_owned()];
        let report = document(text, &map).unwrap();
        let one = &report.reported[0];
        assert_eq!((&one.path[..], one.line, &one.rule[..], &one.message[..]), (&b"a.py"[..], 7, "5", "n t"));
        assert_eq!((one.severity, &one.cwe[..]), (Some(Severity::High), &[78][..]));
    }

    #[test]
    fn a_report_without_its_list_is_none() {
        assert_eq!(document(br#"{"found":[]}"#, &map("/found")).unwrap(), Report::default());
        assert_eq!(document(br#"{"found":null}"#, &map("/found")).unwrap(), Report::default());
        for text in [&b"{}"[..], b"", b"3", b"{\"found\":3}", b"{\"found\":[{}]}", b"{\"found\":[]"] {
            assert!(document(text, &map("/found")).is_err(), "{}", String::from_utf8_lossy(text));
        }
        assert!(document(b"[]", &map("")).is_ok() && document(b"\"x\"", &map("")).is_err());
    }

    #[test]
    fn a_list_of_reports_is_read_like_one() {
        let text = br#"[{"found":[{"id":"a"}],"left":0},{"found":[{"id":"b"}],"left":1}]"#;
        let found = |pointer: &str| document(text, &map(pointer)).map(|report| report.reported.len());
        assert_eq!((found("/found"), found("/*/found"), found("/0/found")), (Ok(2), Ok(2), Ok(1)));
        assert!(document(br#"[{"found":[]},{}]"#, &map("/found")).is_err());
        assert!(document(b"[]", &map("/found")).is_err());
        let mut stage = StageConfig::new("x", vec!["x".to_owned()]);
        stage.format = Format::Json(Box::new(map("/found")));
        stage.skipped_at = vec!["/left".to_owned()];
        assert!(check(&stage, text).unwrap().is_some());
        assert_eq!(of_itself(&stage, text).unwrap().1, None);
        stage.looked_at_files = vec!["/found/*/id".to_owned()];
        assert_eq!(of_itself(&stage, text).unwrap().1, Some(vec![b"a".to_vec(), b"b".to_vec()]));
    }

    #[test]
    fn lines_are_documents_of_their_own() {
        let report = lines(b"{\"id\":\"a\"}\r\n\n{\"id\":\"b\"}", &map("")).unwrap();
        assert_eq!(report.reported.len(), 2);
        assert!(lines(b"{\"id\":\"a\"}\nTraceback (most recent call last):", &map("")).is_err());
    }

    #[test]
    fn a_report_about_nothing_is_no_clean_one() {
        let mut stage = StageConfig::new("x", vec!["x".to_owned()]);
        stage.format = Format::Json(Box::new(map("/found")));
        stage.looked_at = vec!["/passed".to_owned(), "/failed".to_owned()];
        stage.looked_with = vec!["/rules".to_owned(), "/known".to_owned()];
        assert_eq!(check(&stage, br#"{"passed":1,"rules":["r"],"known":9}"#), Ok(None));
        for nothing in [&br#"{"passed":1,"rules":["r"],"known":0}"#[..], br#"{"passed":1,"known":9}"#] {
            assert!(matches!(check(&stage, nothing), Ok(Some(ParseError::Nothing(_)))));
        }
        stage.looked_with.clear();
        stage.skipped_at = vec!["/deps/*/skip_reason".to_owned()];
        assert_eq!(check(&stage, br#"{"passed":3,"failed":0}"#), Ok(None));
        assert!(matches!(check(&stage, br#"{"passed":0,"failed":0}"#), Ok(Some(ParseError::Nothing(_)))));
        let skipped = br#"{"passed":1,"deps":[{"name":"a"},{"name":"b","skip_reason":"not found"}]}"#;
        assert!(matches!(check(&stage, skipped), Ok(Some(ParseError::LeftOut(_)))));
    }
}
