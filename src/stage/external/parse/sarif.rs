//! SARIF 2.1.0 (OASIS standard of 27 March 2020), as tools write it.
//!
//! Only what is asked for is kept; a report of 64 MiB takes little more than its results.

use std::collections::HashMap;

use serde::Deserialize;

use super::words::{cwe, path_of_uri, score_severity};
use super::{ParseError, Report, Reported, form, json_form};
use crate::finding::Severity;

const FORMAT: &str = "SARIF";

#[derive(Deserialize)]
struct Log {
    version: Option<String>,
    runs: Option<Vec<Run>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Run {
    #[serde(default)]
    tool: Tool,
    results: Option<Vec<ResultObject>>,
    #[serde(default)]
    invocations: Option<Vec<Invocation>>,
    #[serde(default)]
    artifacts: Option<Vec<Artifact>>,
    external_property_file_references: Option<serde::de::IgnoredAny>,
}

#[derive(Default, Deserialize)]
struct Tool {
    #[serde(default)]
    driver: Component,
    #[serde(default)]
    extensions: Option<Vec<Component>>,
}

#[derive(Default, Deserialize)]
struct Component {
    #[serde(default)]
    rules: Option<Vec<Rule>>,
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Rule {
    #[serde(default)]
    id: String,
    help_uri: Option<String>,
    short_description: Option<Text>,
    default_configuration: Option<Configuration>,
    #[serde(default)]
    properties: Option<Properties>,
    #[serde(default)]
    relationships: Option<Vec<Relationship>>,
}

#[derive(Default, Deserialize)]
struct Configuration {
    level: Option<String>,
}

#[derive(Default, Deserialize)]
struct Properties {
    #[serde(default)]
    tags: Option<Vec<serde_json::Value>>,
    cwe: Option<serde_json::Value>,
    #[serde(rename = "security-severity")]
    score: Option<serde_json::Value>,
    #[serde(rename = "issue_severity")]
    word: Option<serde_json::Value>,
}

#[derive(Deserialize)]
struct Relationship {
    target: Option<Reference>,
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Reference {
    id: Option<String>,
    index: Option<i64>,
    tool_component: Option<ComponentReference>,
}

#[derive(Deserialize)]
struct ComponentReference {
    name: Option<String>,
    index: Option<i64>,
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase")]
struct ResultObject {
    rule_id: Option<String>,
    rule_index: Option<i64>,
    rule: Option<Reference>,
    level: Option<String>,
    kind: Option<String>,
    #[serde(default)]
    message: Text,
    #[serde(default)]
    locations: Option<Vec<Location>>,
    #[serde(default)]
    suppressions: Option<Vec<Suppression>>,
    baseline_state: Option<String>,
    #[serde(default)]
    properties: Option<Properties>,
    #[serde(default)]
    taxa: Option<Vec<Reference>>,
}

#[derive(Default, Deserialize)]
struct Text {
    text: Option<String>,
    markdown: Option<String>,
}

impl Text {
    fn any(&self) -> &str {
        self.text.as_deref().or(self.markdown.as_deref()).unwrap_or_default()
    }
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Location {
    physical_location: Option<Physical>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Physical {
    artifact_location: Option<ArtifactLocation>,
    region: Option<Region>,
}

#[derive(Default, Deserialize)]
struct ArtifactLocation {
    uri: Option<String>,
    index: Option<i64>,
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Region {
    start_line: Option<i64>,
    start_column: Option<i64>,
    end_line: Option<i64>,
    end_column: Option<i64>,
}

#[derive(Deserialize)]
struct Suppression {
    kind: Option<String>,
    status: Option<String>,
    justification: Option<String>,
}

#[derive(Deserialize)]
struct Artifact {
    location: Option<ArtifactLocation>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Invocation {
    execution_successful: Option<bool>,
    #[serde(default)]
    tool_execution_notifications: Option<Vec<Notification>>,
    #[serde(default)]
    tool_configuration_notifications: Option<Vec<Notification>>,
}

#[derive(Deserialize)]
struct Notification {
    level: Option<String>,
    #[serde(default)]
    message: Text,
}

/// Reads a log.
pub(super) fn read(text: &[u8]) -> Result<Report, ParseError> {
    let log: Log = serde_json::from_slice(text).map_err(|error| json_form(FORMAT, &error))?;
    if log.version.as_deref().is_none_or(|version| !version.starts_with("2.1")) {
        return Err(form(FORMAT, "its version is not 2.1"));
    }
    let runs = log.runs.unwrap_or_default();
    if runs.is_empty() {
        return Err(ParseError::Nothing("it has no run".to_owned()));
    }
    let mut report = Report::default();
    for run in &runs {
        report.fault = report.fault.or_else(|| failure(run));
        let Some(results) = &run.results else {
            if let Some(fault) = report.fault.take() {
                return Err(fault);
            }
            let why = if run.external_property_file_references.is_some() {
                "its results stand in files of their own, which are not read"
            } else {
                "a run has no `results`, so nothing says that it looked"
            };
            return Err(form(FORMAT, why));
        };
        let rules = Rules::of(run);
        report.reported.extend(results.iter().filter_map(|result| one(run, &rules, result)));
        if let Some(artifacts) = &run.artifacts {
            *report.files.get_or_insert(0) += artifacts.len() as u64;
        }
    }
    Ok(report)
}

/// What the tool says against its own run.
fn failure(run: &Run) -> Option<ParseError> {
    for invocation in run.invocations.iter().flatten() {
        let all = [&invocation.tool_execution_notifications, &invocation.tool_configuration_notifications];
        let error = all.into_iter().flatten().flatten().find(|note| note.level.as_deref() == Some("error"));
        if let Some(note) = error {
            return Some(ParseError::Failed(first_line(note.message.any())));
        }
        if invocation.execution_successful == Some(false) {
            return Some(ParseError::Failed("`executionSuccessful` is false".to_owned()));
        }
    }
    None
}

fn one<'r>(run: &'r Run, rules: &Rules<'r>, result: &ResultObject) -> Option<Reported> {
    if matches!(result.kind.as_deref(), Some("pass" | "notApplicable" | "informational"))
        || result.baseline_state.as_deref() == Some("absent")
    {
        return None;
    }
    let rule = rules.of_result(result);
    let id = result
        .rule_id
        .clone()
        .or_else(|| result.rule.as_ref()?.id.clone())
        .or_else(|| rule.map(|rule| rule.id.clone()))
        .unwrap_or_default();
    let mut reported = Reported {
        message: first_of(&[
            result.message.any(),
            rule.and_then(|rule| rule.short_description.as_ref()).map_or("", Text::any),
        ]),
        reference: rule.and_then(|rule| rule.help_uri.clone()).unwrap_or_default(),
        severity: Some(severity(rule, result)),
        rule: id,
        ..Reported::default()
    };
    for properties in [result.properties.as_ref(), rule.and_then(|rule| rule.properties.as_ref())].into_iter().flatten()
    {
        for tag in properties.tags.iter().flatten().chain(&properties.cwe) {
            cwe(&tag.to_string(), &mut reported.cwe);
        }
    }
    let related = rule.and_then(|rule| rule.relationships.as_ref()).into_iter().flatten();
    for target in related.filter_map(|relation| relation.target.as_ref()).chain(result.taxa.iter().flatten()) {
        let is_cwe = target.tool_component.as_ref().and_then(|tool| tool.name.as_deref()) == Some("CWE");
        if let Some(id) = &target.id {
            cwe(&if is_cwe { format!("CWE-{}", id.trim_start_matches("CWE-")) } else { id.clone() }, &mut reported.cwe);
        }
    }
    place(run, result, &mut reported);
    let rejected = |one: &Suppression| matches!(one.status.as_deref(), Some("rejected" | "underReview"));
    reported.suppressed = result.suppressions.iter().flatten().find(|one| !rejected(one)).map(|one| {
        let why = one.justification.as_deref().map(first_line).filter(|why| !why.is_empty());
        why.unwrap_or_else(|| format!("suppressed {}", one.kind.as_deref().unwrap_or("by the tool")))
    });
    Some(reported)
}

fn place(run: &Run, result: &ResultObject, reported: &mut Reported) {
    let Some(physical) = result.locations.iter().flatten().find_map(|location| location.physical_location.as_ref())
    else {
        return;
    };
    if let Some(location) = &physical.artifact_location {
        let indexed = || {
            let at = usize::try_from(location.index?).ok()?;
            run.artifacts.as_ref()?.get(at)?.location.as_ref()?.uri.as_deref()
        };
        reported.path = path_of_uri(location.uri.as_deref().or_else(indexed).unwrap_or_default());
    }
    if let Some(region) = &physical.region {
        let number = |value: Option<i64>| value.and_then(|value| u32::try_from(value).ok()).unwrap_or(0);
        reported.line = number(region.start_line);
        reported.column = number(region.start_column);
        reported.end_line = number(region.end_line);
        reported.end_column = number(region.end_column);
    }
}

/// The rules of a run, to be looked up.
struct Rules<'r> {
    run: &'r Run,
    by_id: HashMap<&'r str, &'r Rule>,
}

impl<'r> Rules<'r> {
    fn of(run: &'r Run) -> Self {
        let components = std::iter::once(&run.tool.driver).chain(run.tool.extensions.iter().flatten());
        let rules = components.flat_map(|component| component.rules.iter().flatten());
        let mut by_id = HashMap::new();
        for rule in rules {
            by_id.entry(&rule.id[..]).or_insert(rule);
        }
        Self { run, by_id }
    }

    /// The rule of a result: by its index, else by its id, of which `a/b` may be a part of `a`.
    fn of_result(&self, result: &ResultObject) -> Option<&'r Rule> {
        let reference = result.rule.as_ref();
        let component = reference.and_then(|reference| reference.tool_component.as_ref()?.index);
        let rules = match component.map(usize::try_from) {
            Some(Ok(at)) => self.run.tool.extensions.as_ref()?.get(at)?.rules.as_ref(),
            _ => self.run.tool.driver.rules.as_ref(),
        };
        let index = result.rule_index.or_else(|| reference?.index).and_then(|index| usize::try_from(index).ok());
        if let Some(rule) = index.and_then(|index| rules?.get(index)) {
            return Some(rule);
        }
        let id = result.rule_id.as_deref().or_else(|| reference?.id.as_deref())?;
        let own = self.by_id.get(id).copied();
        own.or_else(|| self.by_id.get(id.rsplit_once('/')?.0).copied())
    }
}

/// A score before a word, a result's own before its rule's. Without any a result is a warning.
fn severity(rule: Option<&Rule>, result: &ResultObject) -> Severity {
    let of = [result.properties.as_ref(), rule.and_then(|rule| rule.properties.as_ref())];
    let text = |value: &serde_json::Value| value.as_str().map_or_else(|| value.to_string(), str::to_owned);
    let score = of.iter().flatten().find_map(|properties| properties.score.as_ref()).map(text);
    if let Some(severity) = score.and_then(|score| score_severity(score.trim().parse().ok()?)) {
        return severity;
    }
    let word = of.iter().flatten().find_map(|properties| properties.word.as_ref()).map(text);
    if let Some(severity) = word.and_then(|word| super::words::severity(&word)) {
        return severity;
    }
    let level = result.level.as_deref().or_else(|| rule?.default_configuration.as_ref()?.level.as_deref());
    match level {
        Some("error") => Severity::High,
        Some("note" | "none") => Severity::Low,
        _ => Severity::Medium,
    }
}

fn first_of(texts: &[&str]) -> String {
    texts.iter().find(|text| !text.trim().is_empty()).unwrap_or(&"").trim().to_owned()
}

fn first_line(text: &str) -> String {
    text.lines().find(|line| !line.trim().is_empty()).unwrap_or_default().trim().chars().take(300).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn log(run: &str) -> Result<Report, ParseError> {
        read(format!(r#"{{"version":"2.1.0","runs":[{{{run}}}]}}"#).as_bytes())
    }

    #[test]
    fn results_take_what_their_rule_says() {
        let report = log(
            r#""tool":{"driver":{"name":"x","rules":[
                {"id":"B1","helpUri":"https://e.org","shortDescription":{"text":"short"},"defaultConfiguration":{"level":"error"},
                 "properties":{"tags":["security","external/cwe/cwe-78"],"security-severity":"9.8"}}]}},
             "results":[
               {"ruleId":"B1","message":{"text":"m"},"locations":[{"physicalLocation":{"artifactLocation":{"uri":"a%20b.py"},
                "region":{"startLine":3,"startColumn":5,"endLine":4,"endColumn":2}}}]},
               {"ruleIndex":0,"kind":"pass","message":{"text":"m"}},
               {"ruleIndex":0,"message":{},"suppressions":[{"kind":"inSource","justification":"why"}]},
               {"ruleId":"B1/sub","message":{"text":"x"},"suppressions":[{"kind":"external","status":"rejected"}]}]"#,
        )
        .unwrap();
        assert_eq!(report.reported.len(), 3);
        let first = &report.reported[0];
        assert_eq!((&first.path[..], first.line, first.column, first.end_line), (&b"a b.py"[..], 3, 5, 4));
        assert_eq!((first.severity, &first.cwe[..]), (Some(Severity::Critical), &[78][..]));
        assert_eq!(report.reported[1].suppressed.as_deref(), Some("why"));
        assert_eq!((&report.reported[1].message[..], &report.reported[1].rule[..]), ("short", "B1"));
        assert_eq!(report.reported[2].suppressed, None);
        assert_eq!(report.reported[2].reference, "https://e.org");
    }

    #[test]
    fn a_report_that_says_it_failed_is_never_clean() {
        let failed =
            |run: &str| log(run).map_or_else(|error| error, |report| report.fault.expect("it says so")).to_string();
        assert!(
            failed(r#""results":[],"invocations":[{"executionSuccessful":false}]"#).contains("executionSuccessful")
        );
        let note = r#""results":[],"invocations":[{"executionSuccessful":true,"toolExecutionNotifications":
            [{"level":"warning","message":{"text":"w"}},{"level":"error","message":{"text":"no rules"}}]}]"#;
        assert!(failed(note).contains("no rules"));
        assert!(failed(r#""tool":{}"#).contains("no `results`"));
        for text in
            ["", "{}", "[]", "null", r#"{"version":"2.1.0","runs":[]}"#, r#"{"version":"1.0","runs":[{"results":[]}]}"#]
        {
            assert!(read(text.as_bytes()).is_err(), "{text}");
        }
        assert_eq!(log(r#""results":[]"#).unwrap(), Report::default());
    }

    #[test]
    fn what_is_cut_off_or_deep_is_an_error_without_its_text() {
        let error =
            read(br#"{"version":"2.1.0","runs":[{"results":[{"message":{"text":"hunter2"#).unwrap_err().to_string();
        assert!(error.contains("ends too early") && !error.contains("hunter2"), "{error}");
        assert!(read("[".repeat(100_000).as_bytes()).is_err());
    }
}
