//! `[stage.NAME]` made real: every fault of a table is a sentence.

use std::collections::{BTreeMap, HashMap, HashSet};

use super::raw::{RawExport, RawFormat, RawKind, RawPointers, RawStage, RawTrouble};
use super::{Export, Format, Need, OnTrouble, Pointers, StageConfig};
use crate::config::Config;
use crate::config::layer_merge::LayerMerge;
use crate::config::raw::OneOrMany;
use crate::config::words::duration;

pub(in crate::config) fn apply(config: &mut Config, raw: BTreeMap<String, RawStage>, merge: &mut LayerMerge<'_>) {
    for (name, raw) in raw {
        let at = config.stages.iter().position(|stage| stage.name == name);
        let before = at.map(|at| config.stages.remove(at));
        let faults = merge.faults.len();
        if let Some(mut stage) = one(&name, raw, before.clone(), merge) {
            stage.own &= merge.is_users();
            if merge.faults.len() == faults {
                check(&stage, merge);
            }
            let before = if merge.may_set(&format!("stage.{name}"), shown(&stage)) { Some(stage) } else { before };
            if let Some(stage) = before {
                config.stages.insert(at.unwrap_or(config.stages.len()), stage);
            }
        }
    }
}

fn shown(stage: &StageConfig) -> String {
    format!("{:?} as {}", stage.command, stage.format.word())
}

fn one(name: &str, raw: RawStage, before: Option<StageConfig>, merge: &mut LayerMerge<'_>) -> Option<StageConfig> {
    let fault = |merge: &mut LayerMerge<'_>, what: String| merge.fault(format!("`stage.{name}`: {what}"));
    if merge.has_stage(name) {
        fault(merge, "that name is built in".to_owned());
        return None;
    }
    let fits = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
    if name.is_empty() || name.len() > 40 || !name.chars().all(fits) {
        fault(merge, "a name is made of small letters, digits and `-`".to_owned());
        return None;
    }
    let command = match (raw.command, raw.shell) {
        (Some(_), Some(_)) => {
            fault(merge, "takes `command` or `shell`, not both".to_owned());
            return None;
        }
        (Some(command), None) => Some(command),
        (None, Some(script)) => Some(vec!["sh".to_owned(), "-c".to_owned(), script]),
        (None, None) => None,
    };
    let mut stage = match (before, command) {
        (Some(mut before), command) => {
            before.command = command.unwrap_or(before.command);
            before
        }
        (None, Some(command)) => StageConfig::new(name, command),
        (None, None) => {
            fault(merge, "takes a `command`, as [\"tool\", \"--flag\", \"{files}\"]".to_owned());
            return None;
        }
    };
    let many = |list: Option<OneOrMany>| list.map(OneOrMany::into_vec);
    let trouble = |raw: RawTrouble| match raw {
        RawTrouble::Warn => OnTrouble::Warn,
        RawTrouble::Block => OnTrouble::Block,
    };
    set(&mut stage.files, raw.files);
    set(&mut stage.exclude, raw.exclude);
    set(
        &mut stage.export,
        raw.export.map(|raw| match raw {
            RawExport::Tree => Export::Tree,
            RawExport::Files => Export::Files,
            RawExport::None => Export::None,
        }),
    );
    set(&mut stage.with, raw.export_with);
    if let Some(raw_format) = raw.format {
        match format(raw_format, raw.map, raw.pattern) {
            Ok(format) => {
                stage.findings_exit_codes = if format.has_report() { vec![1] } else { Vec::new() };
                stage.format = format;
            }
            Err(what) => fault(merge, what),
        }
    } else if raw.map.is_some() || raw.pattern.is_some() {
        fault(merge, "`map` and `pattern` go with a `format`".to_owned());
    }
    if let Some(needs) = raw.needs {
        stage.needs.clear();
        for text in needs {
            match need(&text) {
                Some(need) => stage.needs.push(need),
                None => fault(merge, format!("`needs` takes \"tool\" or \"tool >= 1.2\", not \"{text}\"")),
            }
        }
    }
    set(&mut stage.env, raw.env);
    set(&mut stage.set_env, raw.set_env);
    set(&mut stage.steered_by, raw.steered_by);
    set(&mut stage.runs_code, raw.runs_code);
    set(&mut stage.reach.home, raw.home);
    set(&mut stage.reach.network, raw.network);
    set(&mut stage.reach.confine, raw.confine);
    if let Some(text) = raw.timeout {
        match duration(&text) {
            Some(timeout) => stage.timeout = timeout,
            None => fault(merge, "`timeout` takes a time, as \"60s\" or \"5m\"".to_owned()),
        }
    }
    stage.on_missing = raw.on_missing.map(trouble).or(stage.on_missing);
    stage.on_error = raw.on_error.map(trouble).or(stage.on_error);
    stage.on_timeout = raw.on_timeout.map(trouble).or(stage.on_timeout);
    set(&mut stage.after, raw.after);
    set(&mut stage.priority, raw.priority);
    set(&mut stage.ok_exit_codes, raw.ok_exit_codes);
    set(&mut stage.findings_exit_codes, raw.findings_exit_codes);
    stage.expect_report = raw.expect_report.or(stage.expect_report);
    set(&mut stage.failed_if, many(raw.failed_if));
    set(&mut stage.looked_if, many(raw.looked_if));
    set(&mut stage.failed_rules, raw.failed_rules);
    set(&mut stage.looked_at, many(raw.looked_at));
    set(&mut stage.looked_with, many(raw.looked_with));
    set(&mut stage.skipped_at, many(raw.skipped_at));
    set(&mut stage.looked_at_files, many(raw.looked_at_files));
    set(&mut stage.severity, raw.severity.map(Into::into));
    if let Some(words) = raw.severities {
        stage.severities = words.into_iter().map(|(word, level)| (word.to_lowercase(), level.into())).collect();
    }
    set(&mut stage.tier, raw.tier.map(Into::into));
    set(&mut stage.secrets, raw.kind.map(|kind| matches!(kind, RawKind::Secrets)));
    set(&mut stage.max_output, raw.max_output);
    stage.memory = raw.memory.or(stage.memory);
    Some(stage)
}

fn set<T>(slot: &mut T, value: Option<T>) {
    if let Some(value) = value {
        *slot = value;
    }
}

fn format(raw: RawFormat, map: Option<RawPointers>, pattern: Option<String>) -> Result<Format, String> {
    let json = matches!(raw, RawFormat::Json | RawFormat::JsonLines);
    if map.is_some() && !json {
        return Err("`map` goes with the formats `json` and `json-lines`".to_owned());
    }
    if pattern.is_some() && !matches!(raw, RawFormat::Regex) {
        return Err("`pattern` goes with the format `regex`".to_owned());
    }
    let pointers = || {
        let raw = map.ok_or("a `map` is missing: which JSON pointer leads to which field")?;
        let list = |list: Option<OneOrMany>| list.map(OneOrMany::into_vec).unwrap_or_default();
        let pointers = Pointers {
            findings: raw.findings,
            path: list(raw.path),
            line: list(raw.line),
            column: list(raw.column),
            end_line: list(raw.end_line),
            end_column: list(raw.end_column),
            rule: list(raw.rule),
            message: list(raw.message),
            severity: list(raw.severity),
            cwe: list(raw.cwe),
            reference: list(raw.reference),
            fix: list(raw.fix),
            package: list(raw.package),
            version: list(raw.version),
            ecosystem: list(raw.ecosystem),
            ids: list(raw.ids),
        };
        if pointers.rule.is_empty() && pointers.message.is_empty() {
            return Err("`map` takes a `rule` or a `message`: a finding has a name".to_owned());
        }
        if !pointers.findings.is_empty() && !pointers.findings.starts_with('/') {
            return Err("`map.findings` is a JSON pointer, as \"/results\"".to_owned());
        }
        Ok(Box::new(pointers))
    };
    Ok(match raw {
        RawFormat::Sarif => Format::Sarif,
        RawFormat::Json => Format::Json(pointers()?),
        RawFormat::JsonLines => Format::JsonLines(pointers()?),
        RawFormat::Junit => Format::Junit,
        RawFormat::Checkstyle => Format::Checkstyle,
        RawFormat::Regex => {
            let pattern =
                pattern.ok_or("a `pattern` is missing, with the groups `path`, `line`, `message` and so on")?;
            let compiled = regex::bytes::RegexBuilder::new(&pattern).unicode(false).build();
            let compiled = compiled.map_err(|_| "`pattern` is not a regular expression".to_owned())?;
            if !compiled.capture_names().flatten().any(|name| matches!(name, "message" | "rule")) {
                return Err("`pattern` takes a group `message` or `rule`, as `(?P<message>.*)`".to_owned());
            }
            Format::Regex(pattern)
        }
        RawFormat::ExitCode => Format::ExitCode,
        RawFormat::Plugin => Format::Plugin,
    })
}

/// `tool`, `tool >= 1.2`, `tool>=1.2`.
fn need(text: &str) -> Option<Need> {
    let (tool, least) = match text.split_once(">=") {
        Some((tool, least)) => (tool.trim(), Some(least.trim())),
        None => (text.trim(), None),
    };
    let is_version = |text: &str| !text.is_empty() && text.split('.').all(|part| part.parse::<u32>().is_ok());
    if tool.is_empty() || tool.contains([' ', '<', '>', '=', '/']) || least.is_some_and(|least| !is_version(least)) {
        return None;
    }
    Some(Need { tool: tool.to_owned(), least: least.map(str::to_owned) })
}

fn check(stage: &StageConfig, merge: &mut LayerMerge<'_>) {
    let mut fault = |what: &str| merge.fault(format!("`stage.{}`: {what}", stage.name));
    let words = &stage.command;
    if words.first().is_none_or(|program| program.is_empty() || program.contains('{')) {
        fault("the first word of `command` is the program");
    }
    if words.iter().any(|word| word.contains('\0')) {
        fault("a NUL cannot be handed to a program");
    }
    if words.iter().any(|word| word.contains("{files}") && word != "{files}") {
        fault("`{files}` stands for several words, so it is a word of its own");
    }
    if words.iter().filter(|word| *word == "{files}").count() > 1 {
        fault("`{files}` may stand once");
    }
    if stage.export == Export::None && words.iter().any(|word| word.contains("{files}") || word.contains("{dir}")) {
        fault("`{files}` and `{dir}` need an export: without one the work tree would be looked at, not the commit");
    }
    for pattern in stage.failed_if.iter().chain(&stage.looked_if) {
        if regex::bytes::Regex::new(pattern).is_err() {
            fault("a pattern of `failed-if` or `looked-if` is not a regular expression");
        }
    }
    let mut pointers = [&stage.looked_at, &stage.looked_at_files, &stage.looked_with, &stage.skipped_at]
        .into_iter()
        .flatten()
        .peekable();
    let has_json = matches!(stage.format, Format::Sarif | Format::Json(_));
    if pointers.peek().is_some() && !has_json {
        fault("`looked-at`, `looked-with` and `skipped-at` go with the formats `sarif` and `json`");
    }
    if pointers.any(|pointer| !pointer.starts_with('/')) {
        fault("`looked-at`, `looked-with` and `skipped-at` take JSON pointers, as \"/summary/files\"");
    }
    let both = stage.ok_exit_codes.iter().any(|code| stage.findings_exit_codes.contains(code));
    if stage.ok_exit_codes.is_empty() || (both && !stage.format.has_report()) {
        fault("`ok-exit-codes` needs an exit code that is none of `findings-exit-codes`");
    }
    if stage.max_output == 0 || stage.max_output > 1024 || stage.memory == Some(0) {
        fault("`max-output` takes 1 to 1024 MiB, `memory` at least 1");
    }
}

/// Stages that gates and other stages name are there, and none waits for itself.
pub(in crate::config) fn check_names(config: &Config, merge: &mut LayerMerge<'_>) {
    let built_in = |merge: &LayerMerge<'_>, name: &str| merge.has_stage(name);
    let known = |merge: &LayerMerge<'_>, name: &str| {
        built_in(merge, name) || config.stages.iter().any(|stage| stage.name == name)
    };
    for (gate, stages) in [("commit", &config.commit.stages), ("push", &config.push.stages), ("ci", &config.ci.stages)]
    {
        for name in stages {
            if known(merge, name) {
                continue;
            }
            merge.fault(format!(
                "`gate.{gate}.stages`: there is no stage `{name}`; `gatehook stage list` names them all"
            ));
        }
    }
    for name in &config.commit.stages {
        if !known(merge, name) || built_in(merge, name) {
            continue;
        }
        merge.fault(format!("`gate.commit.stages`: `{name}` runs a program, which the commit gate does not wait for"));
    }
    let after: HashMap<&str, &[String]> =
        config.stages.iter().map(|stage| (&stage.name[..], &stage.after[..])).collect();
    for stage in &config.stages {
        if let Some(name) = stage.after.iter().find(|name| !known(merge, name)) {
            merge.fault(format!("`stage.{}.after`: there is no stage `{name}`", stage.name));
        }
        let (mut seen, mut waiting) = (HashSet::new(), stage.after.iter().map(String::as_str).collect::<Vec<_>>());
        while let Some(name) = waiting.pop() {
            if name == stage.name {
                merge.fault(format!("`stage.{}.after`: it waits for itself", stage.name));
                break;
            }
            if seen.insert(name) {
                waiting.extend(after.get(name).copied().unwrap_or_default().iter().map(String::as_str));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use crate::config::{Config, Export, Format, Layer, Need, OnTrouble, Origin, Rank};
    use crate::finding::Severity;

    fn read(rank: Rank, text: &str) -> Result<Config, String> {
        let layer = Layer { rank, origin: Origin::File("gatehook.toml".into()), text: text.as_bytes().to_vec() };
        Config::from_layers(&[layer], &crate::config::Program::of_version("0.1.0")).map_err(|error| error.to_string())
    }

    #[test]
    fn a_table_becomes_a_stage() {
        let text = r#"
            [gate.push]
            stages = ["secrets", "x"]
            timeout = "90s"
            fail-fast = true
            parallel = 3
            [stage.x]
            command = ["tool", "{files}"]
            format = "json"
            map = { findings = "/r", rule = "/i", message = ["/a", "/b"] }
            needs = ["tool >= 1.2", "node"]
            timeout = "2m"
            on-error = "block"
            export = "files"
            severities = { STYLE = "low" }
            kind = "secrets"
        "#;
        let config = read(Rank::Repository, text).unwrap();
        let stage = &config.stages[0];
        assert_eq!(
            (config.push.timeout, config.push.fail_fast, config.push.parallel),
            (Duration::from_secs(90), true, Some(3))
        );
        let needs = [("tool", Some("1.2")), ("node", None)];
        let needs = needs.map(|(tool, least)| Need { tool: tool.to_owned(), least: least.map(str::to_owned) });
        assert_eq!(stage.needs, needs);
        assert_eq!(
            (stage.timeout, stage.export, stage.on_error),
            (Duration::from_secs(120), Export::Files, Some(OnTrouble::Block))
        );
        assert!(
            matches!(&stage.format, Format::Json(map) if map.message == ["/a", "/b"]) && stage.secrets && !stage.own
        );
        assert_eq!((stage.severities["style"], &stage.findings_exit_codes[..]), (Severity::Low, &[1][..]));
        assert!(read(Rank::User, text).unwrap().stages[0].own);
    }

    #[test]
    fn what_a_stage_cannot_be_is_said() {
        for (text, part) in [
            ("[stage.secrets]\ncommand = [\"x\"]", "built in"),
            ("[stage.A]\ncommand = [\"x\"]", "small letters"),
            ("[stage.x]\nfiles = [\"*\"]", "takes a `command`"),
            ("[stage.x]\ncommand = [\"x\"]\nshell = \"x\"", "not both"),
            ("[stage.x]\ncommand = []", "the program"),
            ("[stage.x]\ncommand = [\"{files}\"]", "the program"),
            ("[stage.x]\ncommand = [\"x\", \"a{files}\"]", "a word of its own"),
            ("[stage.x]\ncommand = [\"x\", \"{files}\"]\nexport = \"none\"", "need an export"),
            ("[stage.x]\ncommand = [\"x\"]\nformat = \"json\"", "`map` is missing"),
            ("[stage.x]\ncommand = [\"x\"]\nformat = \"json\"\nmap = { path = \"/p\" }", "a finding has a name"),
            ("[stage.x]\ncommand = [\"x\"]\nformat = \"regex\"", "`pattern` is missing"),
            ("[stage.x]\ncommand = [\"x\"]\nformat = \"regex\"\npattern = \"(\"", "not a regular expression"),
            ("[stage.x]\ncommand = [\"x\"]\nformat = \"regex\"\npattern = \"x\"", "group `message`"),
            ("[stage.x]\ncommand = [\"x\"]\npattern = \"x\"", "go with a `format`"),
            ("[stage.x]\ncommand = [\"x\"]\nneeds = [\"a <= 3\"]", "`needs`"),
            ("[stage.x]\ncommand = [\"x\"]\ntimeout = \"5\"", "takes a time"),
            ("[stage.x]\ncommand = [\"x\"]\nlooked-at = \"/a\"", "go with the formats"),
            ("[stage.x]\ncommand = [\"x\"]\nformat = \"sarif\"\nlooked-with = \"a\"", "take JSON pointers"),
            ("[stage.x]\ncommand = [\"x\"]\nfailed-if = \"(\"", "`failed-if`"),
            ("[stage.x]\ncommand = [\"x\"]\nlooked-if = [\"x\", \"(\"]", "`looked-if`"),
            ("[stage.x]\ncommand = [\"x\"]\nok-exit-codes = []", "`ok-exit-codes`"),
            ("[stage.x]\ncommand = [\"x\"]\nmax-output = 0", "`max-output`"),
            ("[stage.x]\ncommand = [\"x\"]\nafter = [\"y\"]", "no stage `y`"),
            (
                "[stage.x]\ncommand = [\"x\"]\nafter = [\"y\"]\n[stage.y]\ncommand = [\"y\"]\nafter = [\"x\"]",
                "waits for itself",
            ),
            ("[gate.push]\nstages = [\"secrets\", \"y\"]", "no stage `y`"),
            ("[gate.commit]\nstages = [\"secrets\", \"x\"]\n[stage.x]\ncommand = [\"x\"]", "commit gate does not wait"),
            ("[gate.push]\ntimeout = \"soon\"", "takes a time"),
            ("[gate.push]\nparallel = 0", "at least 1"),
        ] {
            let error = read(Rank::Repository, text).unwrap_err();
            assert!(error.contains(part), "{text}\n{error}");
        }
    }

    #[test]
    fn a_lower_layer_adds_to_a_stage_and_makes_it_the_repositorys() {
        let layer = |rank, text: &str| Layer { rank, origin: Origin::File("x".into()), text: text.as_bytes().to_vec() };
        let user = layer(Rank::User, "[stage.x]\ncommand = [\"own\"]\ntimeout = \"5s\"");
        let repository = layer(Rank::Repository, "[stage.x]\ncommand = [\"theirs\"]");
        let config = Config::from_layers(&[user, repository], &crate::config::Program::of_version("0.1.0")).unwrap();
        let stage = &config.stages[0];
        assert_eq!(
            (&stage.command[..], stage.timeout, stage.own),
            (&["theirs".to_owned()][..], Duration::from_secs(5), false)
        );
    }
}
