//! A foreign regex as a `[[rule]]` of the user's own.

use super::pattern::{self, Dialect, NoGlob, NoPattern};
use super::plan::Became;
use crate::config::edit::NewRule;
use crate::rules::is_known;

/// What a foreign rule says.
#[derive(Default)]
pub(super) struct Foreign<'t> {
    /// The tool.
    pub(super) tool: &'static str,
    /// The id there, or one that is made up.
    pub(super) id: &'t str,
    /// What it says of itself.
    pub(super) description: &'t str,
    /// The regex; empty for a rule that goes by the path alone.
    pub(super) regex: &'t str,
    /// The regex over paths; empty for any.
    pub(super) path: &'t str,
    /// Words of which one stands in the same file.
    pub(super) keywords: Vec<&'t str>,
    /// The group that holds the value; 0 where it does not say.
    pub(super) group: usize,
    /// Least entropy; 0 for any.
    pub(super) entropy: f64,
}

/// The rule, with remarks on what differs; or why it can be none.
pub(super) fn own_rule(foreign: &Foreign<'_>, dialect: Dialect) -> Result<(NewRule, Vec<String>), Became> {
    let mut notes = Vec::new();
    let mut rule = NewRule {
        id: id(foreign.tool, foreign.id),
        reference: reference(foreign.tool).to_owned(),
        ..NewRule::default()
    };
    if rule.id != foreign.id && dialect == Dialect::Go && !foreign.id.is_empty() {
        notes.push(format!("called `{}` here", rule.id));
    }
    let named = if foreign.description.is_empty() { foreign.id } else { foreign.description };
    rule.title = title(named, foreign.tool);
    rule.why = format!("{}: taken over from the configuration of {}", one_line(named), foreign.tool);
    rule.entropy = (foreign.entropy > 0.0).then_some(foreign.entropy);
    if !foreign.path.is_empty() {
        rule.paths = pattern::globs(foreign.path, dialect).map_err(no_glob)?;
    }
    if foreign.regex.is_empty() {
        return if rule.paths.is_empty() {
            Err(Became::refused("it has neither a regex nor a path", ""))
        } else {
            Ok((rule, notes))
        };
    }
    let translated = pattern::translate(foreign.regex, dialect).map_err(no_pattern)?;
    rule.pattern = if foreign.group > 0 {
        let no_group =
            || Became::refused(format!("it has no group {}, which should hold the value", foreign.group), "");
        translated.with_secret(foreign.group).ok_or_else(no_group)?
    } else if dialect != Dialect::Go || translated.groups() == 0 {
        translated.text.clone()
    } else if translated.groups() == 1 || translated.is_always_in(1) {
        // gitleaks takes the first group that holds something.
        translated.with_secret(1).unwrap_or_default()
    } else {
        notes.push("the value is the whole match, since which group holds it differs by match".to_owned());
        translated.text.clone()
    };
    let needed = pattern::needed(&rule.pattern);
    rule.window = needed.window;
    rule.keywords = needed.keywords;
    if rule.keywords.is_empty() {
        rule.keywords = near(&foreign.keywords)?;
        if rule.window == "line" {
            rule.window = "lines";
        }
        notes.push("a keyword has to stand within four lines of the match, not anywhere in the file".to_owned());
    }
    Ok((rule, notes))
}

/// Their keywords, where ours cannot be read off the pattern: all of them, or the rule would find less.
fn near(theirs: &[&str]) -> Result<Vec<String>, Became> {
    let mut words: Vec<String> = theirs.iter().map(|word| word.to_lowercase()).collect();
    words.sort();
    words.dedup();
    if words.is_empty() || words.iter().any(|word| !(3..=60).contains(&word.len())) {
        return Err(Became::refused(
            "no text of at least three letters stands in each of its matches, which gatehook needs to be fast",
            "write it as a [[rule]] with `keywords`, such as the name that stands before the value: rules/README.md",
        ));
    }
    Ok(words)
}

/// An id of ours: lower-case letters, digits, `-`, and none that a built-in rule has.
pub(super) fn id(tool: &str, theirs: &str) -> String {
    let mut id = String::new();
    for c in theirs.chars().take(80) {
        match c.to_ascii_lowercase() {
            c if c.is_ascii_lowercase() || c.is_ascii_digit() => id.push(c),
            _ if id.is_empty() || id.ends_with('-') => {}
            _ => id.push('-'),
        }
    }
    let id = id.trim_end_matches('-');
    let taken = id.is_empty() || id.starts_with("allow-") || is_known(id);
    if taken { format!("{tool}-{}", if id.is_empty() { "rule" } else { id }) } else { id.to_owned() }
}

/// The page that says how rules of the tool are written.
fn reference(tool: &str) -> &'static str {
    match tool {
        "talisman" => "https://thoughtworks.github.io/talisman/",
        "git-secrets" => "https://github.com/awslabs/git-secrets#readme",
        _ => "https://github.com/gitleaks/gitleaks#configuration",
    }
}

/// At most 60 characters on one line.
fn title(text: &str, tool: &str) -> String {
    let text = one_line(text);
    if text.is_empty() {
        return format!("Rule from {tool}");
    }
    if text.chars().count() <= 60 {
        return text;
    }
    let cut: String = text.chars().take(59).collect();
    format!("{}…", cut.trim_end())
}

fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ").chars().filter(|c| !c.is_control()).take(400).collect()
}

pub(super) fn no_pattern(why: NoPattern) -> Became {
    Became::refused(why.to_string(), why.hint())
}

pub(super) fn no_glob(why: NoGlob) -> Became {
    match why {
        NoGlob::Pattern(why) => no_pattern(why),
        NoGlob::Rich => Became::refused(
            why.to_string(),
            "write the globs into `paths` by hand: `*` is any text without `/`, `**` any text",
        ),
    }
}
