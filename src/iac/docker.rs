//! Dockerfiles -> the file, its stages and its instructions: `docker_file`, `docker_stage`, `docker_run` and so on.
//! Continuations, heredocs, `ARG` and `ENV` are put in; the reader accepts what `BuildKit` does.
//! <https://docs.docker.com/reference/dockerfile/>

use std::collections::HashMap;

use super::{Resource, flag, resource, text};
use crate::document::{Fault, Node, Spot, Value};

/// What a Dockerfile may say.
const WORDS: [&str; 18] = [
    "ADD",
    "ARG",
    "CMD",
    "COPY",
    "ENTRYPOINT",
    "ENV",
    "EXPOSE",
    "FROM",
    "HEALTHCHECK",
    "LABEL",
    "MAINTAINER",
    "ONBUILD",
    "RUN",
    "SHELL",
    "STOPSIGNAL",
    "USER",
    "VOLUME",
    "WORKDIR",
];

/// An instruction: its word, the rest with continuations joined, its flags and its place.
struct Instruction {
    word: String,
    rest: String,
    flags: Vec<String>,
    spot: Spot,
    end: u32,
}

/// The resources of a Dockerfile.
pub(super) fn read(source: &str) -> Result<Vec<Resource>, Fault> {
    let instructions = instructions(source)?;
    if !instructions.iter().any(|own| own.word == "FROM") {
        return Err(Fault::Form { line: 1, message: "a Dockerfile without `FROM`".to_owned() });
    }
    let mut all = Vec::new();
    let mut stages: Vec<String> = Vec::new();
    let mut values: HashMap<String, String> = HashMap::new();
    let mut stage: Vec<(String, Node)> = Vec::new();
    let mut head: Spot = (1, 1);
    let mut user: Option<(String, Spot)> = None;
    let mut users: HashMap<String, (String, Spot)> = HashMap::new();
    let mut counts: HashMap<&str, usize> = HashMap::new();
    let mut seen: HashMap<String, usize> = HashMap::new();
    let mut last = 1;
    for own in &instructions {
        last = own.end;
        let mut rest = substituted(&own.rest, &values);
        let mut word = own.word.as_str();
        if word == "ONBUILD" {
            let (inner, tail) = own.rest.split_once(char::is_whitespace).unwrap_or((&own.rest, ""));
            if let Some(known) = WORDS.iter().find(|known| known.eq_ignore_ascii_case(inner)) {
                (word, rest) = (known, tail.trim().to_owned());
            }
        }
        let mut pairs: Vec<(String, Node)> = vec![
            ("text".to_owned(), text(rest.clone(), own.spot)),
            (
                "flags".to_owned(),
                Node::at(Value::List(own.flags.iter().map(|flag| text(flag.clone(), own.spot)).collect()), own.spot),
            ),
            ("exec".to_owned(), flag(rest.starts_with('['), own.spot)),
        ];
        match word {
            "FROM" => {
                if !stage.is_empty() {
                    finish(&mut stage, user.take(), head, &mut all, &stages, false);
                }
                counts.clear();
                let mut words = rest.split_whitespace();
                let image = words.next().unwrap_or_default().to_owned();
                let name = words.nth(1).unwrap_or_default().to_ascii_lowercase();
                let is_stage = stages.contains(&image.to_ascii_lowercase());
                // A stage begins as the user that the stage before it ended as.
                user = users.get(&image.to_ascii_lowercase()).cloned();
                pairs.push(("image".to_owned(), text(image.clone(), own.spot)));
                pairs.push(("x-stage".to_owned(), flag(is_stage || image == "scratch", own.spot)));
                pairs.push(("alias".to_owned(), text(name.clone(), own.spot)));
                pairs.push(("x-twice".to_owned(), flag(!name.is_empty() && stages.contains(&name), own.spot)));
                head = own.spot;
                stage.push(("image".to_owned(), text(image, own.spot)));
                stages.push(if name.is_empty() { stages.len().to_string() } else { name });
            }
            "USER" => {
                let name = rest.split([':', ' ']).next().unwrap_or_default().to_owned();
                user = Some((name.clone(), own.spot));
                if let Some(stage) = stages.last() {
                    users.insert(stage.clone(), (name, own.spot));
                }
            }
            "ARG" | "ENV" => {
                let set = assignments(&rest);
                let mut members = Vec::new();
                for (name, value) in set {
                    members.push(Node::at(
                        Value::Map(vec![
                            ("name".to_owned(), text(name.clone(), own.spot)),
                            ("value".to_owned(), text(value.clone(), own.spot)),
                        ]),
                        own.spot,
                    ));
                    if !value.is_empty() {
                        values.insert(name, value);
                    }
                }
                pairs.push(("sets".to_owned(), Node::at(Value::List(members), own.spot)));
            }
            "COPY" | "ADD" => {
                let words: Vec<&str> = rest.split_whitespace().collect();
                let (sources, target) = words.split_at(words.len().saturating_sub(1));
                let all = sources.iter().map(|word| text(*word, own.spot)).collect();
                pairs.push(("sources".to_owned(), Node::at(Value::List(all), own.spot)));
                pairs.push(("to-path".to_owned(), text(target.first().copied().unwrap_or_default(), own.spot)));
                if let Some(from) = own.flags.iter().find_map(|flag| flag.strip_prefix("--from=")) {
                    let is_own = stages.last().is_some_and(|stage| stage == &from.to_ascii_lowercase());
                    pairs.push(("x-from-itself".to_owned(), flag(is_own, own.spot)));
                }
            }
            "EXPOSE" => {
                let ports =
                    rest.split_whitespace().map(|port| text(port.split('/').next().unwrap_or_default(), own.spot));
                pairs.push(("ports".to_owned(), Node::at(Value::List(ports.collect()), own.spot)));
            }
            "RUN" => pairs.push(("command".to_owned(), text(command(&rest), own.spot))),
            _ => {}
        }
        let count = counts.entry(WORDS.iter().find(|known| **known == word).copied().unwrap_or_default()).or_default();
        *count += 1;
        pairs.push(("x-nth".to_owned(), Node::at(Value::Number(count.to_string()), own.spot)));
        let as_root = user.as_ref().is_none_or(|(name, _)| matches!(name.as_str(), "root" | "0"));
        pairs.push(("x-as-root".to_owned(), flag(as_root, own.spot)));
        stage.push((word.to_ascii_lowercase(), text(rest, own.spot)));
        let number = seen.entry(word.to_owned()).or_default();
        *number += 1;
        let node = Node::at(Value::Map(pairs), own.spot);
        let kind = format!("docker_{}", word.to_ascii_lowercase());
        all.push(Resource { end: own.end, ..resource(&kind, format!("{word}[{number}]"), node) });
    }
    finish(&mut stage, user, head, &mut all, &stages, true);
    let node = Node::at(
        Value::Map(vec![("stages".to_owned(), Node::at(Value::Number(stages.len().to_string()), (1, 1)))]),
        (1, 1),
    );
    all.push(Resource { end: last, ..resource("docker_file", "Dockerfile".to_owned(), node) });
    Ok(all)
}

fn finish(
    stage: &mut Vec<(String, Node)>,
    user: Option<(String, Spot)>,
    head: Spot,
    all: &mut Vec<Resource>,
    stages: &[String],
    is_last: bool,
) {
    if let Some((name, spot)) = user {
        stage.push(("x-user".to_owned(), text(name, spot)));
    }
    stage.push(("x-last".to_owned(), flag(is_last, head)));
    let end = stage.iter().map(|(_, node)| node.line).max().unwrap_or(head.0);
    let node = Node::at(Value::Map(std::mem::take(stage)), head);
    let name = format!("stage.{}", stages.last().map(String::as_str).unwrap_or_default());
    all.push(Resource { end, ..resource("docker_stage", name, node) });
}

fn instructions(source: &str) -> Result<Vec<Instruction>, Fault> {
    let fault = |line: u32| Fault::Form { line, message: "no instruction of a Dockerfile".to_owned() };
    let mut escape = '\\';
    let mut lines = source.trim_start_matches('\u{feff}').lines().zip(1_u32..).peekable();
    while let Some((line, _)) = lines.peek() {
        let Some(directive) = line.trim().strip_prefix('#') else { break };
        let Some((name, value)) = directive.split_once('=') else { break };
        if name.trim().eq_ignore_ascii_case("escape") && value.trim() == "`" {
            escape = '`';
        }
        lines.next();
    }
    let mut all = Vec::new();
    while let Some((line, number)) = lines.next() {
        let trimmed = line.trim_start();
        if trimmed.is_empty() || trimmed.starts_with('#') {
            continue;
        }
        let column = u32::try_from(line.len() - trimmed.len()).unwrap_or_default() + 1;
        let (word, rest) = trimmed.split_once(char::is_whitespace).unwrap_or((trimmed, ""));
        let word = word.to_ascii_uppercase();
        if !WORDS.contains(&word.as_str()) {
            return Err(fault(number));
        }
        let mut end = number;
        let mut text = String::new();
        let mut part = rest.to_owned();
        while part.trim_end().ends_with(escape) {
            let kept = part.trim_end().trim_end_matches(escape);
            text.push_str(kept);
            text.push(' ');
            // Comments and empty lines may stand between the parts.
            let next = lines.by_ref().find(|(line, _)| !line.trim_start().starts_with('#') && !line.trim().is_empty());
            let Some((line, number)) = next else {
                part = String::new();
                break;
            };
            end = number;
            line.trim_start().clone_into(&mut part);
        }
        text.push_str(&part);
        if matches!(word.as_str(), "RUN" | "COPY" | "ADD") {
            for (mark, strips) in heredocs(&text) {
                let mut closed = false;
                for (line, number) in lines.by_ref() {
                    end = number;
                    let own = if strips { line.trim_start_matches('\t') } else { line };
                    if own.trim_end() == mark {
                        closed = true;
                        break;
                    }
                    if word == "RUN" {
                        text.push('\n');
                        text.push_str(own);
                    }
                }
                if !closed {
                    return Err(fault(number));
                }
            }
        }
        let mut rest = text.trim();
        let mut flags = Vec::new();
        while rest.starts_with("--") && matches!(word.as_str(), "RUN" | "COPY" | "ADD" | "FROM" | "HEALTHCHECK") {
            let (flag, tail) = rest.split_once(char::is_whitespace).unwrap_or((rest, ""));
            flags.push(flag.to_owned());
            rest = tail.trim_start();
        }
        if rest.is_empty() {
            return Err(fault(number));
        }
        all.push(Instruction { word, rest: rest.to_owned(), flags, spot: (number, column), end });
    }
    Ok(all)
}

/// The marks of the heredocs that a line opens.
fn heredocs(text: &str) -> Vec<(String, bool)> {
    let mut marks = Vec::new();
    for (at, _) in text.match_indices("<<") {
        if text[at + 2..].starts_with('<') || text[..at].ends_with('<') {
            continue;
        }
        let rest = &text[at + 2..];
        let (rest, strips) = rest.strip_prefix('-').map_or((rest, false), |rest| (rest, true));
        let rest = rest.trim_start_matches(['"', '\'']);
        let mark: String = rest.chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect();
        if mark.starts_with(|c: char| c.is_alphabetic() || c == '_') {
            marks.push((mark, strips));
        }
    }
    marks
}

/// The commands of a RUN: the words of the exec form in one line.
fn command(text: &str) -> String {
    if !text.starts_with('[') {
        return text.to_owned();
    }
    match Node::from_json(text) {
        Ok(node) => node.members().iter().filter_map(Node::text).collect::<Vec<_>>().join(" "),
        Err(_) => text.to_owned(),
    }
}

/// `NAME=value NAME="value"`, or `NAME value`.
fn assignments(text: &str) -> Vec<(String, String)> {
    let first = text.split_whitespace().next().unwrap_or_default();
    if !first.contains('=') {
        let (name, value) = text.split_once(char::is_whitespace).unwrap_or((text, ""));
        return vec![(name.to_owned(), value.trim().to_owned())];
    }
    let mut all = Vec::new();
    let mut characters = text.chars().peekable();
    while characters.peek().is_some() {
        let mut name = String::new();
        while let Some(c) = characters.next_if(|c| *c != '=' && !c.is_whitespace()) {
            name.push(c);
        }
        let mut value = String::new();
        if characters.next_if_eq(&'=').is_some() {
            let mut quote = None;
            while let Some(c) = characters.next_if(|c| quote.is_some() || !c.is_whitespace()) {
                match (c, quote) {
                    ('"' | '\'', None) => quote = Some(c),
                    (_, Some(open)) if c == open => quote = None,
                    _ => value.push(c),
                }
            }
        }
        while characters.next_if(|c| c.is_whitespace()).is_some() {}
        if !name.is_empty() {
            all.push((name, value));
        }
    }
    all
}

/// `text` with `$NAME`, `${NAME}` and `${NAME:-default}` put in where they are known.
fn substituted(text: &str, values: &HashMap<String, String>) -> String {
    let mut out = String::new();
    let mut rest = text;
    while let Some(at) = rest.find('$') {
        out.push_str(&rest[..at]);
        let tail = &rest[at + 1..];
        let (name, default, length) = if let Some(inner) = tail.strip_prefix('{') {
            let Some(end) = inner.find('}') else { break };
            let (name, default) = inner[..end].split_once(":-").map_or((&inner[..end], None), |(n, d)| (n, Some(d)));
            (name, default, end + 2)
        } else {
            let end = tail.find(|c: char| !c.is_alphanumeric() && c != '_').unwrap_or(tail.len());
            (&tail[..end], None, end)
        };
        match values.get(name).map(String::as_str).or(default) {
            Some(value) if !name.is_empty() && out.len() < 1_000_000 => out.push_str(value),
            _ => out.push_str(&rest[at..=at + length]),
        }
        rest = &tail[length..];
    }
    out.push_str(rest);
    out
}
