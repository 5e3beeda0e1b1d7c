//! Rules x resources -> what is wrong. Three answers: yes, no, and what the documents do not say.

use super::rules::{Amount, Expression, Path, RuleSet, Step, Want};
use super::{Model, Resource, Source, suppress};
use crate::document::{Node, Spot, Value};

/// Levels of lists and conditions that are asked, at most: trees are bounded when they are read.
const DEEPEST: usize = 96;

/// What a rule found.
#[derive(Clone, Debug)]
pub struct Misconfiguration {
    /// The rule, by number.
    pub rule: usize,
    /// The document, by number.
    pub source: usize,
    /// Where in it.
    pub spot: Spot,
    /// The resource.
    pub address: String,
    /// What stands there, for the finding's name; empty where something is missing.
    pub value: String,
    /// The mark of another tool that allows it, where one does.
    pub allowed: Option<String>,
}

/// An answer. Yes holds the value that decides, where one does.
#[derive(Clone, Copy)]
enum Answer<'m> {
    Yes(Option<&'m Node>),
    No,
    Unknown,
}

/// What the rules find in `model`, whose documents are `sources`.
pub fn check(rules: &RuleSet, model: &Model, sources: &[Source<'_>]) -> Vec<Misconfiguration> {
    let mut found = Vec::new();
    let marked: Vec<bool> = sources.iter().map(|source| suppress::has_mark(source.text)).collect();
    for resource in &model.resources {
        let kinds = rules.by_kind.get(&resource.kind);
        for &number in kinds.into_iter().flatten() {
            let rule = &rules.rules[number];
            let asked = Asked { model, resource };
            let Answer::Yes(node) = asked.ask(&rule.bad, &resource.node, DEEPEST) else { continue };
            // What is made by a reader has no place of its own: the resource has.
            let node = node.filter(|node| node.spot().0 > 0);
            let spot = node.map_or(resource.node.spot(), Node::spot);
            let value = node.map(shown).unwrap_or_default();
            let allowed = sources
                .get(resource.source)
                .filter(|_| marked[resource.source])
                .and_then(|source| suppress::mark(source.text, resource, spot.0, rule));
            let Resource { source, address, .. } = resource;
            found.push(Misconfiguration {
                rule: number,
                source: *source,
                spot,
                address: address.clone(),
                value,
                allowed,
            });
        }
    }
    found
}

fn shown(node: &Node) -> String {
    match &node.value {
        Value::Unknown(text) => text.clone(),
        Value::List(members) => members.iter().map(shown).collect::<Vec<_>>().join(","),
        Value::Map(pairs) => pairs.iter().map(|(key, _)| key.as_str()).collect::<Vec<_>>().join(","),
        _ => node.text().unwrap_or_default().to_owned(),
    }
}

struct Asked<'m> {
    model: &'m Model,
    resource: &'m Resource,
}

/// The values at a path, and whether a part of the way is unknown.
#[derive(Default)]
struct Reached<'m> {
    nodes: Vec<&'m Node>,
    unknown: bool,
}

impl<'m> Asked<'m> {
    fn ask(&self, expression: &Expression, node: &'m Node, levels: usize) -> Answer<'m> {
        let Some(levels) = levels.checked_sub(1) else { return Answer::Unknown };
        match expression {
            Expression::And(all) => {
                let mut answer = Answer::Yes(None);
                for one in all {
                    match (self.ask(one, node, levels), answer) {
                        (Answer::No, _) => return Answer::No,
                        (Answer::Unknown, _) => answer = Answer::Unknown,
                        (Answer::Yes(Some(at)), Answer::Yes(_)) => answer = Answer::Yes(Some(at)),
                        _ => {}
                    }
                }
                answer
            }
            Expression::Or(all) => first_yes(all.iter().map(|one| self.ask(one, node, levels))),
            Expression::Not(one) => match self.ask(one, node, levels) {
                Answer::Yes(_) => Answer::No,
                Answer::No => Answer::Yes(None),
                Answer::Unknown => Answer::Unknown,
            },
            Expression::Test(path, want) => test(&reach(node, path), want),
            Expression::Count(path, amount, bound) => {
                let reached = reach(node, path);
                let count = leaves(&reached.nodes).len();
                #[allow(clippy::cast_precision_loss, reason = "a count of values of one document")]
                let holds = compares(count as f64, *amount, *bound);
                match (reached.unknown, holds) {
                    (true, _) => Answer::Unknown,
                    (_, true) => Answer::Yes(reached.nodes.first().copied()),
                    _ => Answer::No,
                }
            }
            Expression::Range(from, to, ports) => range(&reach(node, from), &reach(node, to), ports),
            Expression::Any(path, that) => {
                let reached = reach(node, path);
                let members = leaves(&reached.nodes);
                let answers = members.iter().map(|member| match self.ask(that, member, levels) {
                    Answer::Yes(None) => Answer::Yes(Some(member)),
                    answer => answer,
                });
                match (first_yes(answers), reached.unknown) {
                    (Answer::No, true) => Answer::Unknown,
                    (answer, _) => answer,
                }
            }
            Expression::Every(path, that) => {
                let reached = reach(node, path);
                let members = leaves(&reached.nodes);
                if members.is_empty() {
                    return if reached.unknown { Answer::Unknown } else { Answer::No };
                }
                let mut answer = Answer::Yes(members.first().copied());
                for member in members {
                    match self.ask(that, member, levels) {
                        Answer::No => return Answer::No,
                        Answer::Unknown => answer = Answer::Unknown,
                        Answer::Yes(_) => {}
                    }
                }
                if reached.unknown { Answer::Unknown } else { answer }
            }
            Expression::Exists { kinds, via, that } => {
                let others = self.model.resources.iter().filter(|other| kinds.contains(&other.kind));
                first_yes(others.map(|other| {
                    let points = via.as_ref().map_or(Answer::Yes(None), |via| self.points(&reach(&other.node, via)));
                    match (points, that) {
                        (Answer::No, _) => Answer::No,
                        (points, None) => points,
                        (points, Some(that)) => {
                            let asked = Asked { model: self.model, resource: other };
                            match (points, asked.ask(that, &other.node, levels)) {
                                (_, Answer::No) => Answer::No,
                                (Answer::Yes(_), Answer::Yes(_)) => Answer::Yes(None),
                                _ => Answer::Unknown,
                            }
                        }
                    }
                }))
            }
            Expression::Target { kinds, at, that } => {
                let reached = reach(node, at);
                let others = self.model.resources.iter().filter(|other| kinds.contains(&other.kind));
                let answer = first_yes(others.map(|other| {
                    let asked = Asked { model: self.model, resource: other };
                    match asked.points(&reached) {
                        Answer::Yes(_) => asked.ask(that, &other.node, levels),
                        _ => Answer::No,
                    }
                }));
                if reached.unknown && matches!(answer, Answer::No) { Answer::Unknown } else { answer }
            }
        }
    }

    /// Whether one of these values refers to the resource.
    fn points(&self, reached: &Reached<'_>) -> Answer<'m> {
        let mut answer = if reached.unknown { Answer::Unknown } else { Answer::No };
        for leaf in leaves(&reached.nodes) {
            match &leaf.value {
                Value::Unknown(text) => {
                    if refers(text, &self.resource.address) {
                        return Answer::Yes(None);
                    }
                    let other = |other: &Resource| refers(text, &other.address);
                    if !text.contains(&format!("{}.", self.resource.kind)) && !self.model.resources.iter().any(other) {
                        answer = Answer::Unknown;
                    }
                }
                Value::Text(text) if is_called(self.resource, text) => return Answer::Yes(None),
                _ => {}
            }
        }
        answer
    }
}

/// Whether the expression `text` names the resource at `address`.
fn refers(text: &str, address: &str) -> bool {
    text.match_indices(address).any(|(at, _)| {
        let part = |c: char| c.is_alphanumeric() || matches!(c, '_' | '-');
        let before = text[..at].chars().next_back();
        let after = text[at + address.len()..].chars().next();
        !before.is_some_and(|c| part(c) || c == '.') && !after.is_some_and(part)
    })
}

/// Whether the resource says that it is called so.
fn is_called(resource: &Resource, name: &str) -> bool {
    const KEYS: [&str; 8] =
        ["bucket", "name", "identifier", "function_name", "cluster_identifier", "domain_name", "BucketName", "id"];
    let is = |node: &Node| matches!(&node.value, Value::Text(text) if text == name);
    KEYS.iter().any(|key| resource.node.get(key).is_some_and(is))
        || resource.node.get("metadata").and_then(|metadata| metadata.get("name")).is_some_and(is)
}

fn first_yes<'m>(answers: impl Iterator<Item = Answer<'m>>) -> Answer<'m> {
    let mut all = Answer::No;
    for answer in answers {
        match answer {
            Answer::Yes(_) => return answer,
            Answer::Unknown => all = Answer::Unknown,
            Answer::No => {}
        }
    }
    all
}

/// Whether a key is that of a step, which is folded already.
fn is_key(key: &str, step: &str) -> bool {
    let mut own = key.bytes().filter(|byte| !matches!(byte, b'_' | b'-')).map(|byte| byte.to_ascii_lowercase());
    step.bytes().all(|byte| own.next() == Some(byte)) && own.next().is_none()
}

fn reach<'m>(node: &'m Node, path: &Path) -> Reached<'m> {
    let mut reached = Reached::default();
    walk(node, path, &mut reached, DEEPEST);
    reached
}

fn walk<'m>(node: &'m Node, path: &[Step], reached: &mut Reached<'m>, levels: usize) {
    let Some(levels) = levels.checked_sub(1) else {
        reached.unknown = true;
        return;
    };
    let Some((step, rest)) = path.split_first() else {
        if node.value != Value::Null {
            reached.nodes.push(node);
        }
        return;
    };
    match &node.value {
        Value::List(members) => members.iter().for_each(|member| walk(member, path, reached, levels)),
        Value::Map(pairs) => {
            for (key, value) in pairs {
                if match step {
                    Step::Every => true,
                    Step::Key(step) => is_key(key, step),
                } {
                    walk(value, rest, reached, levels);
                }
            }
            // A map that takes in others of which nothing is known may hold any key.
            reached.unknown |= pairs.iter().any(|(key, _)| key == UNKNOWN_KEYS);
        }
        Value::Unknown(_) => reached.unknown = true,
        _ => {}
    }
}

/// The key of what a map takes in from an unknown one.
pub(super) const UNKNOWN_KEYS: &str = "<unknown>";

/// Members of lists in the place of the lists.
fn leaves<'m>(nodes: &[&'m Node]) -> Vec<&'m Node> {
    let mut all = Vec::new();
    for node in nodes {
        match &node.value {
            Value::List(members) => all.extend(leaves(&members.iter().collect::<Vec<_>>())),
            Value::Null => {}
            _ => all.push(*node),
        }
    }
    all
}

fn is_empty(node: &Node) -> bool {
    match &node.value {
        Value::Null => true,
        Value::Text(text) => text.is_empty(),
        Value::List(members) => members.is_empty(),
        _ => false,
    }
}

fn test<'m>(reached: &Reached<'m>, want: &Want) -> Answer<'m> {
    let full: Vec<&Node> = reached.nodes.iter().copied().filter(|node| !is_empty(node)).collect();
    match want {
        Want::Absent => match (full.is_empty(), reached.unknown) {
            (false, _) => Answer::No,
            (true, true) => Answer::Unknown,
            (true, false) => Answer::Yes(reached.nodes.first().copied()),
        },
        Want::Present => match (full.first(), reached.unknown) {
            (Some(node), _) => Answer::Yes(Some(node)),
            (None, true) => Answer::Unknown,
            (None, false) => Answer::No,
        },
        Want::Off if full.is_empty() && !reached.unknown => Answer::Yes(None),
        _ => {
            let mut answer = if reached.unknown { Answer::Unknown } else { Answer::No };
            for leaf in leaves(&full) {
                match &leaf.value {
                    Value::Unknown(text) => {
                        if !matches!(want, Want::Literal) && !partly(text, want) {
                            answer = Answer::Unknown;
                        } else if partly(text, want) {
                            return Answer::Yes(Some(leaf));
                        }
                    }
                    _ => {
                        if leaf.text().is_some_and(|text| holds(text, want)) {
                            return Answer::Yes(Some(leaf));
                        }
                    }
                }
            }
            answer
        }
    }
}

/// Whether a pattern matches what is known of a text with holes.
fn partly(text: &str, want: &Want) -> bool {
    matches!(want, Want::Matches(pattern) if text.contains("${") && pattern.is_match(text))
}

fn is_on(text: &str) -> bool {
    ["true", "yes", "on", "1", "enabled", "enable"].iter().any(|word| text.eq_ignore_ascii_case(word))
}

fn is_off(text: &str) -> bool {
    ["false", "no", "off", "0", "disabled", "disable", "none", "suspended"]
        .iter()
        .any(|word| text.eq_ignore_ascii_case(word))
}

fn same(text: &str, other: &str) -> bool {
    text.eq_ignore_ascii_case(other)
        || matches!((text.parse::<f64>(), other.parse::<f64>()), (Ok(one), Ok(two)) if (one - two).abs() < f64::EPSILON)
}

fn holds(text: &str, want: &Want) -> bool {
    match want {
        Want::On => is_on(text),
        Want::Off | Want::False => is_off(text),
        Want::Open => {
            let text = text.trim();
            ["*", "any", "internet", "0.0.0.0", "::", "<nw>/0"].iter().any(|word| text.eq_ignore_ascii_case(word))
                || text.ends_with("/0")
        }
        Want::Literal => {
            let lower = text.to_ascii_lowercase();
            let stands_in =
                ["${", "{{", "$(", "<", "changeme", "change-me", "example", "placeholder", "dummy", "xxx", "***"];
            text.len() > 3 && !stands_in.iter().any(|part| lower.contains(part)) && !lower.starts_with('$')
        }
        Want::In(all) => all.iter().any(|one| same(text, one)),
        Want::NotIn(all) => !all.iter().any(|one| same(text, one)),
        Want::Matches(pattern) => pattern.is_match(text),
        Want::MatchesNot(pattern) => !pattern.is_match(text),
        Want::Number(amount, bound) => text.parse().is_ok_and(|number| compares(number, *amount, *bound)),
        Want::Ports(ports) => {
            let text = text.trim();
            if text == "*" || text.eq_ignore_ascii_case("any") || text.eq_ignore_ascii_case("all") {
                return true;
            }
            text.split(',').any(|part| {
                let (from, to) = part.split_once('-').unwrap_or((part, part));
                let (Ok(from), Ok(to)) = (from.trim().parse::<u16>(), to.trim().parse::<u16>()) else { return false };
                ports.iter().any(|port| (from..=to).contains(port))
            })
        }
        Want::Absent | Want::Present => false,
    }
}

fn compares(number: f64, amount: Amount, bound: f64) -> bool {
    match amount {
        Amount::Less => number < bound,
        Amount::LessOrEqual => number <= bound,
        Amount::More => number > bound,
        Amount::MoreOrEqual => number >= bound,
    }
}

fn range<'m>(from: &Reached<'m>, to: &Reached<'m>, ports: &[u16]) -> Answer<'m> {
    let number = |reached: &Reached<'_>| -> Option<i64> { reached.nodes.first()?.text()?.trim().parse().ok() };
    let unknown = |reached: &Reached<'_>| {
        reached.unknown || reached.nodes.first().is_some_and(|node| matches!(node.value, Value::Unknown(_)))
    };
    if unknown(from) || unknown(to) {
        return Answer::Unknown;
    }
    match (number(from), number(to)) {
        // Zero to zero, -1, and nothing at all, are every port: the protocol has none or all are meant.
        (None, None) | (Some(0 | -1), Some(0 | -1) | None) => Answer::Yes(None),
        (Some(low), high) => {
            let high = high.unwrap_or(low);
            let covers = ports.iter().any(|port| (low..=high).contains(&i64::from(*port)));
            if covers { Answer::Yes(from.nodes.first().copied()) } else { Answer::No }
        }
        (None, Some(_)) => Answer::Unknown,
    }
}
