//! `gatehook explain`.

use std::fmt::Write;

use gatehook::finding::{Exit, Finding};
use gatehook::pipeline::example_pair::{self, ExamplePairs};
use gatehook::policy;
use gatehook::rules::{Language, Pack, Rule, builtin, placeholders};
use gatehook::session::{Failure, Workspace, advisory_index, allowing, baseline_file};
use gatehook::stage::{self, RuleCard, ready};
use gatehook::text::escape;

use crate::args::Explain;
use crate::say::{fail, failed, say, say_colored, say_own, stop};
use crate::setup::colors;

/// Ids that are suggested for one that does not exist, at most.
const SUGGESTED: usize = 5;

pub(crate) fn run(args: &Explain) -> Exit {
    let ink = Ink { color: colors(args.color) };
    if let Some(rule) = built_in(&args.rule) {
        return say_own(&page(rule, &ink));
    }
    if let Some(text) = advisory_index::page(&args.rule) {
        return say(&text);
    }
    if advisory_index::is_id(&args.rule) {
        let error = std::io::Error::other(format!("the advisory index holds no `{}`", args.rule));
        return fail(
            &error,
            Some("`gatehook advisories update` makes it new, `gatehook advisories status` says what it holds"),
            Exit::Usage,
        );
    }
    if let Some((tool, rule)) = args.rule.split_once('/') {
        return of_tool(tool, rule, &ink);
    }
    if args.rule.len() >= 8 && args.rule.bytes().all(|byte| byte.is_ascii_hexdigit()) {
        return of_fingerprint(&args.rule, &ink).unwrap_or_else(failed);
    }
    if let Some(card) = stage::rule_cards().find(|card| card.id == args.rule) {
        return say_own(&card_page(&card, &ink));
    }
    let near = nearest(&args.rule);
    let hint = match near.as_slice() {
        [] => "`gatehook rules list` names them all".to_owned(),
        [one] => format!("did you mean `{one}`? `gatehook rules list` names them all"),
        [most @ .., last] => {
            format!("did you mean `{}` or `{last}`? `gatehook rules list` names them all", most.join("`, `"))
        }
    };
    fail(&std::io::Error::other(format!("there is no rule `{}`", args.rule)), Some(&hint), Exit::Usage)
}

fn built_in(id: &str) -> Option<&'static Rule> {
    builtin().iter().copied().find(|rule| rule.is_called(id))
}

/// The finding of that fingerprint, and what there is to say of its rule.
fn of_fingerprint(print: &str, ink: &Ink) -> Result<Exit, Failure> {
    let found = allowing::called(&Workspace::open()?, print)?;
    let Some(first) = found.first() else { return Ok(Exit::Usage) };
    let more = built_in(&first.rule).map_or_else(|| of_finding(first, ink), |rule| page(rule, ink));
    let because: String = first.because.iter().map(|reason| format!("  {reason}\n")).collect();
    let because = if because.is_empty() { because } else { format!("{}\n{because}\n", ink.head("Decided by")) };
    Ok(say_colored(&format!("{}\n\n{because}{more}", baseline_file::place(first))))
}

/// What is known of a rule that another tool brings.
fn of_tool(tool: &str, rule: &str, ink: &Ink) -> Exit {
    let (tool, rule) = (escape(tool.as_bytes()).to_string(), escape(rule.as_bytes()).to_string());
    let Some(ready) = ready::named(&tool) else {
        let error = format!("there is no ready-made stage `{tool}`");
        return stop(
            &error,
            "the tool's own documentation explains its rules; docs/stages.md names the ready-made stages",
        );
    };
    let mut out = format!("{}: a rule of {tool}, which that tool explains\n", ink.head(&format!("{tool}/{rule}")));
    let ours = policy::rules_of_code(&rule);
    if matches!(tool.as_str(), "bandit" | "ruff" | "flake8") && !ours.is_empty() {
        let _ = write!(out, "\n{}\n{}\n", ink.head("gatehook's own rules for the same"), indented(&ours.join("\n")));
    }
    let _ = writeln!(
        out,
        "\n{}\n  gatehook:allow {tool}/{rule} -- reason\n  in a comment on the line, or alone on the line above",
        ink.head("Allow")
    );
    // Each table begins with the page of its tool.
    let first = ready.table.lines().next().unwrap_or_default();
    if let Some(page) = first.split_whitespace().find(|word| word.starts_with("https://")) {
        let _ = writeln!(out, "\n{}\n  {}", ink.head("Links"), page.trim_end_matches([':', ',', '.']));
    }
    say_colored(&out)
}

/// What a finding itself says, for a rule of the repository's own.
fn of_finding(finding: &Finding, ink: &Ink) -> String {
    let mut out = format!("{}: {}\n", ink.head(&finding.rule), ink.head(&finding.title));
    for (name, text) in [("Why", &finding.advice.why), ("Fix", &finding.advice.fix), ("Rotate", &finding.advice.rotate)]
    {
        if !text.is_empty() {
            let _ = write!(out, "\n{}\n{}\n", ink.head(name), indented(&escape(text.as_bytes()).to_string()));
        }
    }
    out
}

/// Escape codes, where they are wanted.
struct Ink {
    color: bool,
}

impl Ink {
    fn paint(&self, code: &str, text: &str) -> String {
        if self.color && !text.is_empty() { format!("\x1b[{code}m{text}\x1b[0m") } else { text.to_owned() }
    }

    fn head(&self, text: &str) -> String {
        self.paint("1", text)
    }
}

/// A rule that stands outside the packs.
fn card_page(card: &RuleCard, ink: &Ink) -> String {
    let mut out = format!("{}: {}\n\n", ink.head(&card.id), ink.head(&card.title));
    let severity = format!("{}, tier {}", card.severity, card.tier);
    for (name, words) in [("stage", card.stage.to_owned()), ("severity", severity), ("weakness", card.cwe.join(", "))] {
        if !words.is_empty() {
            let _ = writeln!(out, "{name:11} {words}");
        }
    }
    for (name, text) in [
        ("Why", &card.why),
        ("Fix", &card.fix),
        ("It finds", &card.hit),
        ("It leaves alone", &card.miss),
        ("Links", &card.reference),
    ] {
        if !text.is_empty() {
            let _ = write!(out, "\n{}\n{}\n", ink.head(name), indented(text));
        }
    }
    out
}

fn page(rule: &Rule, ink: &Ink) -> String {
    let mut out = String::new();
    let _ = writeln!(out, "{}: {}\n", ink.head(&rule.id), ink.head(&rule.title));
    let languages: Vec<&str> = rule.languages.iter().map(Language::word).collect();
    let gates = if rule.gates == gatehook::rules::GateSet::ALL { "" } else { "push and CI" };
    for (name, words) in [
        ("severity", format!("{}, tier {}, confidence {}", rule.severity, rule.tier, rule.confidence)),
        ("languages", languages.join(", ")),
        ("files", rule.paths.join(", ")),
        ("gates", gates.to_owned()),
        ("weakness", rule.cwe.join(", ")),
        ("OWASP", rule.owasp.iter().map(|place| format!("{place}:2021")).collect::<Vec<_>>().join(", ")),
        ("formerly", rule.aliases.join(", ")),
        ("proof", rule.proof.to_string()),
    ] {
        if !words.is_empty() {
            let _ = writeln!(out, "{name:11} {words}");
        }
    }
    let _ = write!(out, "\n{}\n{}\n", ink.head("Why"), indented(&rule.why));
    if let Some(pair) = ExamplePairs::default().pair(rule) {
        for (name, mark, code, example) in [("Bad", "-", "31", &pair.bad), ("Good", "+", "32", &pair.good)] {
            let (path, text) = example_pair::split(example);
            let file = path.map(|path| format!(" ({path})")).unwrap_or_default();
            let _ = writeln!(out, "\n{}{file}", ink.head(name));
            let shown = placeholders::shown(text);
            let shown = if rule.by_name_only() && name == "Bad" {
                "the file itself, in the repository"
            } else {
                shown.trim_matches('\n')
            };
            for line in shown.lines() {
                let _ = writeln!(out, "{}", ink.paint(code, &format!("  {mark} {line}")));
            }
        }
    }
    for (name, text) in [("Fix", &rule.fix), ("Rotate", &rule.rotate)] {
        if !text.is_empty() {
            let _ = write!(out, "\n{}\n{}\n", ink.head(name), indented(text));
        }
    }
    if rule.pack == Pack::Secrets && !rule.by_name_only() {
        let _ = write!(out, "\n{}\n{}\n", ink.head("Read it at run time"), indented(READERS));
    }
    let _ = writeln!(
        out,
        "\n{}\n  gatehook:allow {} -- reason\n  in a comment on the line, or alone on the line above",
        ink.head("Allow"),
        rule.id
    );
    let _ = writeln!(out, "\n{}", ink.head("Links"));
    for link in example_pair::links(rule) {
        let _ = writeln!(out, "  {link}");
    }
    out
}

/// How a program gets a value that does not stand in it.
const READERS: &str = "\
Python        os.environ[\"NAME\"]
JavaScript    process.env.NAME
Go            os.Getenv(\"NAME\")
Java, Kotlin  System.getenv(\"NAME\")
C#            Environment.GetEnvironmentVariable(\"NAME\")
Ruby          ENV.fetch(\"NAME\")
PHP           getenv('NAME')
Rust          std::env::var(\"NAME\")?
shell         NAME=$(cat /run/secrets/name)
Compose       secrets: [name]
Kubernetes    valueFrom: { secretKeyRef: { name: app, key: NAME } }
Actions       ${{ secrets.NAME }}
Terraform     variable \"name\" { sensitive = true }";

fn indented(text: &str) -> String {
    text.lines().map(|line| format!("  {line}")).collect::<Vec<_>>().join("\n")
}

/// The ids most like `id`, best first: those that hold it, then those that share the most three-letter parts with
/// it. A former name of a rule counts for it.
fn nearest(id: &str) -> Vec<&'static str> {
    let parts = |text: &str| -> Vec<Vec<u8>> { text.as_bytes().windows(3).map(<[u8]>::to_vec).collect() };
    let id = id.to_ascii_lowercase().replace(['_', ' '], "-");
    let asked = parts(&id);
    let likeness = |name: &str| {
        let own = parts(name);
        let shared = asked.iter().filter(|part| own.contains(part)).count();
        let holds = if id.len() > 2 && name.contains(&id) { 100 } else { 0 };
        holds + shared * 200 / (own.len() + asked.len()).max(1)
    };
    let mut near: Vec<(usize, &str)> = builtin()
        .iter()
        .map(|rule| {
            let names = rule.aliases.iter().map(AsRef::as_ref).chain([rule.id.as_ref()]);
            (names.map(likeness).max().unwrap_or(0), rule.id.as_ref())
        })
        .filter(|(score, _)| *score >= 40)
        .collect();
    near.sort_by_key(|&(score, id)| (std::cmp::Reverse(score), id));
    let best = near.first().map_or(0, |near| near.0);
    near.into_iter().filter(|(score, _)| score * 4 >= best * 3).take(SUGGESTED).map(|(_, id)| id).collect()
}
