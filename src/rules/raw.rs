//! A rule file as its author writes it. Also compiled into the build script, so it uses nothing of
//! the crate.

use serde::Deserialize;

/// One file of `rules/`, or the `[[rule]]` tables of a configuration.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RawFile {
    /// Its rules.
    #[serde(default)]
    pub rule: Vec<RawRule>,
}

/// One `[[rule]]` table; the keys are explained in `rules/README.md`.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
#[allow(missing_docs, reason = "the keys are documented once, in rules/README.md")]
pub struct RawRule {
    pub id: String,
    pub title: String,
    pub severity: String,
    #[serde(default = "block")]
    pub tier: String,
    pub confidence: Option<String>,
    #[serde(default)]
    pub keywords: Vec<String>,
    #[serde(default)]
    pub pattern: String,
    #[serde(default)]
    pub matcher: String,
    pub window: Option<String>,
    #[serde(default)]
    pub veto: Vec<String>,
    #[serde(default)]
    pub veto_value: Vec<String>,
    pub entropy: Option<f64>,
    #[serde(default)]
    pub judge: String,
    #[serde(default)]
    pub proof: String,
    #[serde(default = "yes")]
    pub placeholders: bool,
    #[serde(default)]
    pub generic: bool,
    #[serde(default)]
    pub languages: Vec<String>,
    #[serde(default)]
    pub paths: Vec<String>,
    pub context: Option<String>,
    #[serde(default)]
    pub gates: Vec<String>,
    #[serde(default = "same")]
    pub tests: String,
    #[serde(default)]
    pub cwe: Vec<String>,
    #[serde(default)]
    pub owasp: Vec<String>,
    #[serde(default)]
    pub why: String,
    #[serde(default)]
    pub fix: String,
    #[serde(default)]
    pub rotate: String,
    #[serde(default)]
    pub reference: String,
    #[serde(default)]
    pub since: String,
    #[serde(default)]
    pub aliases: Vec<String>,
    #[serde(default)]
    pub bad: String,
    #[serde(default)]
    pub good: String,
    #[serde(default)]
    pub hits: Vec<String>,
    #[serde(default)]
    pub misses: Vec<String>,
}

fn block() -> String {
    "block".to_owned()
}

fn same() -> String {
    "same".to_owned()
}

fn yes() -> bool {
    true
}

impl RawRule {
    /// What is wrong with the rule's form, each as a sentence; empty where nothing is.
    ///
    /// Words (severity, tier, languages, …) are checked where they are turned into values.
    pub fn faults(&self) -> Vec<String> {
        let mut faults = Vec::new();
        let mut fault = |holds: bool, text: &str| {
            if holds {
                faults.push(format!("rule `{}`: {text}", self.id));
            }
        };
        let id_bytes = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
        fault(self.id.is_empty() || !self.id.bytes().all(id_bytes), "the id takes lower-case letters, digits and `-`");
        fault(self.title.is_empty(), "a title is missing");
        fault(self.title.chars().count() > 60, "the title is over 60 characters");
        let matches = !self.pattern.is_empty() || !self.matcher.is_empty();
        fault(!self.pattern.is_empty() && !self.matcher.is_empty(), "`pattern` and `matcher` exclude each other");
        fault(!matches && self.paths.is_empty(), "one of `pattern`, `matcher`, `paths` is missing");
        fault(matches && self.keywords.is_empty(), "`keywords` are missing: one of them stands in every match");
        fault(!matches && !self.keywords.is_empty(), "`keywords` without `pattern` do nothing");
        fault(self.keywords.iter().any(|word| word.len() < 3 || word.len() > 60), "a keyword takes 3 to 60 bytes");
        let judges = if matches { ["", "password", "token"] } else { ["", "", "settings"] };
        let judge = "`judge` takes `password` or `token`, in a rule with `paths` alone `settings`";
        fault(!judges.contains(&self.judge.as_str()), judge);
        fault(!self.since.is_empty() && !is_month(&self.since), "`since` takes a month, as 2026-11");
        fault(
            !self.reference.starts_with("http"),
            "a reference is missing: the page that states the format or the flaw",
        );
        faults
    }
}

/// Whether it is a month, as `2026-11`.
pub fn is_month(text: &str) -> bool {
    let Some((year, month)) = text.split_once('-') else { return false };
    let digits = |text: &str, many: usize| text.len() == many && text.bytes().all(|byte| byte.is_ascii_digit());
    digits(year, 4) && digits(month, 2) && matches!(month.parse(), Ok(1..=12))
}
