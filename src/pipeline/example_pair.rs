//! What a rule teaches: a bad line and its good twin, for `gatehook explain` and the pages.
//!
//! Both have holes where values stand. An insecure rule brings its twin (`good`); that of a secret is made here: the
//! same text with the value read from outside the repository, in the way of its language.

use std::ops::Range;

use super::examples;
use crate::engine::Engine;
use crate::rules::{Language, Pack, Rule, RuleSet, placeholders};
use crate::text::line_bounds;

/// A rule's two examples, each in the form of `hits`: holes for values, `#!path:` in front where the file matters.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ExamplePair {
    /// What the rule finds.
    pub bad: String,
    /// How it is written instead: the rule does not fire on it.
    pub good: String,
}

/// Makes lessons; holds the engine that tells where in an example the value stands.
pub struct ExamplePairs(Engine);

impl Default for ExamplePairs {
    fn default() -> Self {
        Self(Engine::new(RuleSet::default()))
    }
}

impl ExamplePairs {
    /// The lesson of `rule`. `None` where a rule has no hit, or its value cannot be told from the text around it.
    pub fn pair(&self, rule: &Rule) -> Option<ExamplePair> {
        let bad = if rule.bad.is_empty() { rule.hits.first()? } else { &rule.bad };
        let good = if !rule.good.is_empty() {
            rule.good.to_string()
        } else if rule.pack == Pack::Insecure {
            return None;
        } else {
            self.twin(rule, bad)?
        };
        Some(ExamplePair { bad: bad.to_string(), good })
    }

    /// `bad` with its value read from elsewhere.
    fn twin(&self, rule: &Rule, bad: &str) -> Option<String> {
        let (path, text) = split(bad);
        if rule.by_name_only() || path.is_some_and(stays_at_home) {
            return Some(format!("#!path: .gitignore\n/{}\n", path?));
        }
        let span = self.value(rule, bad)?;
        let start = bad.len() - text.len();
        let span = span.start.checked_sub(start)?..span.end - start;
        let twin = read_from_outside(rule, path, text, span);
        if twin.starts_with("#!path: ") {
            return Some(twin);
        }
        Some(format!("{}{twin}", &bad[..start]))
    }

    /// Where the value stands in `bad`: whole holes and what is literal around them.
    fn value(&self, rule: &Rule, bad: &str) -> Option<Range<usize>> {
        let (filled, places) = placeholders::fill_noting(bad, 1);
        let found = examples::search(&self.0, rule, &filled);
        let at = found.into_iter().find(|found| found.0 == rule.id)?.1;
        let inside = |place: usize| places.iter().find(|(_, text)| text.contains(&place)).map(|(hole, _)| hole);
        // A literal place: as far behind the last hole as in the filled text.
        let moved = |place: usize| {
            let last = places.iter().take_while(|(_, text)| text.end <= place).last();
            last.map_or(place, |(hole, text)| hole.end + (place - text.end))
        };
        let start = inside(at.start).map_or_else(|| moved(at.start), |hole| hole.start);
        let end = inside(at.end.checked_sub(1)?).map_or_else(|| moved(at.end), |hole| hole.end);
        Some(start..end)
    }
}

/// Where to read on: the rule's own page, its weaknesses, its place in the OWASP Top 10.
pub fn links(rule: &Rule) -> Vec<String> {
    let own = rule.reference.to_string();
    let weaknesses = rule.cwe.iter().filter_map(|cwe| cwe.strip_prefix("CWE-"));
    let weaknesses = weaknesses.map(|number| format!("https://cwe.mitre.org/data/definitions/{number}.html"));
    let places =
        rule.owasp.iter().filter_map(|place| owasp(place)).map(|page| format!("https://owasp.org/Top10/{page}/"));
    let further: Vec<String> = weaknesses.chain(places).filter(|link| *link != own).collect();
    std::iter::once(own).chain(further).collect()
}

/// The page of an entry of the Top 10 of 2021. <https://owasp.org/Top10/>
fn owasp(place: &str) -> Option<&'static str> {
    Some(match place {
        "A01" => "A01_2021-Broken_Access_Control",
        "A02" => "A02_2021-Cryptographic_Failures",
        "A03" => "A03_2021-Injection",
        "A04" => "A04_2021-Insecure_Design",
        "A05" => "A05_2021-Security_Misconfiguration",
        "A06" => "A06_2021-Vulnerable_and_Outdated_Components",
        "A07" => "A07_2021-Identification_and_Authentication_Failures",
        "A08" => "A08_2021-Software_and_Data_Integrity_Failures",
        "A09" => "A09_2021-Security_Logging_and_Monitoring_Failures",
        "A10" => "A10_2021-Server-Side_Request_Forgery_%28SSRF%29",
        _ => return None,
    })
}

/// An example's `#!path:` line and the rest.
pub fn split(example: &str) -> (Option<&str>, &str) {
    match example.strip_prefix("#!path: ").and_then(|rest| rest.split_once('\n')) {
        Some((path, text)) => (Some(path.trim()), text),
        None => (None, example),
    }
}

/// Files of one person's that know no reference to a variable: they stay out of the repository.
fn stays_at_home(path: &str) -> bool {
    let name = path.rsplit('/').next().unwrap_or(path);
    let is_hidden = name.starts_with('.') || path.starts_with('.');
    is_hidden
        && ![".env", ".npmrc", ".yarnrc", ".github", ".gitlab-ci", ".travis"].iter().any(|known| path.contains(known))
}

/// `text` with the value at `span` read from the environment, a file or the platform's own store of secrets.
fn read_from_outside(rule: &Rule, path: Option<&str>, text: &str, span: Range<usize>) -> String {
    let line = line_bounds(text.as_bytes(), span.start);
    let before = &text[line.start..span.start];
    let name = variable(rule, before, text);
    let kind = kind(rule, path, &text[line.start..line.end.max(span.end)]);
    if let Some(key) = before.trim_end_matches(['"', '\'']).strip_suffix("value: ")
        && let Some(above) = text[..line.start].lines().last().filter(|above| above.contains("name: "))
    {
        let indent = " ".repeat(above.len() - above.trim_start_matches([' ', '-']).len());
        let end = line_bounds(text.as_bytes(), span.end).end;
        return format!(
            "{}{key}valueFrom:\n{indent}  secretKeyRef:\n{indent}    name: app\n{indent}    key: {name}{}",
            &text[..line.start],
            &text[end..]
        );
    }
    if kind.is_none() && is_json(path, &text[line.start..]) {
        // JSON knows no variables: the program reads it.
        return format!("#!path: app.py\n{} = os.environ[\"{name}\"]", name.to_ascii_lowercase());
    }
    let (place, call) = match (kind, literal(text, &span)) {
        (Some(read), Some(whole)) => (whole, read.replace("NAME", &name)),
        (None, _) if path.is_none_or(|path| ending(path) == "sh") && single_quoted(text, &span).is_some() => {
            // A shell puts nothing in between single quotes.
            let whole = single_quoted(text, &span).unwrap_or_else(|| span.clone());
            let (before, after) = (&text[whole.start + 1..span.start], &text[span.end..whole.end - 1]);
            if [before, after].concat().contains(['"', '$', '`', '\\']) {
                (span, format!("'\"${{{name}}}\"'"))
            } else {
                let call = format!("\"{before}${{{name}}}{after}\"");
                (whole, call)
            }
        }
        _ if is_assignment(before) => (span, format!("$(cat /run/secrets/{})", name.to_ascii_lowercase())),
        _ => (span, format!("${{{name}}}")),
    };
    format!("{}{call}{}", &text[..place.start], &text[place.end..])
}

/// What stands behind the last dot of a file's name.
fn ending(path: &str) -> &str {
    path.rsplit_once('.').map_or("", |(_, ending)| ending)
}

/// Whether the text is JSON, by its file's name or its beginning.
fn is_json(path: Option<&str>, line: &str) -> bool {
    let line = line.trim_start();
    path.map_or_else(
        || {
            // A brace may also begin a hole.
            let object = line.strip_prefix('{').is_some_and(|rest| rest.trim_start().starts_with('"'));
            object || line.starts_with('"') && line.contains("\":")
        },
        |path| matches!(ending(path), "json" | "ipynb"),
    )
}

/// A shell's or an environment file's `NAME=` or `export NAME="`.
fn is_assignment(before: &str) -> bool {
    let name = before.trim_start().trim_start_matches("export ").trim_end_matches(['"', '\'']);
    name.strip_suffix('=')
        .is_some_and(|name| !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_'))
}

/// The string literal around `span`, quotes and all.
fn literal(text: &str, span: &Range<usize>) -> Option<Range<usize>> {
    let open = text[..span.start].rfind(['"', '\'', '`', '\n']).filter(|&at| text.as_bytes()[at] != b'\n')?;
    let quote = char::from(text.as_bytes()[open]);
    let close =
        span.end + text[span.end..].find([quote, '\n']).filter(|&at| text[span.end + at..].starts_with(quote))?;
    Some(open..close + 1)
}

/// What stands between two single quotes of its line around `span`, with them.
fn single_quoted(text: &str, span: &Range<usize>) -> Option<Range<usize>> {
    let line = line_bounds(text.as_bytes(), span.start);
    let before = &text[line.start..span.start];
    let open = before.rfind('\'').filter(|_| before.matches('\'').count() % 2 == 1)?;
    let close = text.get(span.end..line.end)?.find('\'')?;
    Some(line.start + open..span.end + close + 1)
}

/// How the language of the line reads the variable `NAME`; `None` where the text is no program.
fn kind(rule: &Rule, path: Option<&str>, line: &str) -> Option<&'static str> {
    let ending = path.and_then(|path| Some(path.rsplit_once('.')?.1)).unwrap_or_default();
    let language = rule.languages.iter().next();
    let is = |word: &str, known: Language| ending == word || path.is_none() && language == Some(known);
    let begins = |words: &[&str]| path.is_none() && words.iter().any(|word| line.trim_start().starts_with(word));
    Some(if is("py", Language::Python) {
        "os.environ[\"NAME\"]"
    } else if is("js", Language::Javascript) || is("ts", Language::Typescript) || begins(&["const ", "let ", "var "]) {
        "process.env.NAME"
    } else if is("go", Language::Go) || path.is_none() && line.contains(":=") {
        "os.Getenv(\"NAME\")"
    } else if is("java", Language::Java) {
        "System.getenv(\"NAME\")"
    } else if is("rb", Language::Ruby) {
        "ENV.fetch(\"NAME\")"
    } else if is("php", Language::Php) {
        "getenv('NAME')"
    } else if is("cs", Language::Csharp) {
        "Environment.GetEnvironmentVariable(\"NAME\")"
    } else if is("rs", Language::Rust) {
        "std::env::var(\"NAME\")?"
    } else if is("tf", Language::Terraform) {
        "var.NAME"
    } else if path.is_none() && line.contains(" = ") {
        "os.environ[\"NAME\"]"
    } else {
        return None;
    })
}

/// The variable's name: the one that the value is given to where that tells whose it is, else the rule's own.
fn variable(rule: &Rule, before: &str, text: &str) -> String {
    let is_part = |c: char| c.is_ascii_alphanumeric() || c == '_';
    let given = before.trim_end_matches(['"', '\'', '`', ' ', '=', ':', '>']);
    let mut given = given.rsplit(|c: char| !is_part(c)).next().unwrap_or_default();
    let named = text.lines().find_map(|line| line.trim_start().strip_prefix("- name: "));
    if let Some(named) = named.filter(|_| given == "value") {
        given = named;
    }
    let mut name = String::new();
    for (at, c) in given.char_indices() {
        if c.is_ascii_uppercase() && given[..at].ends_with(|c: char| c.is_ascii_lowercase()) {
            name.push('_');
        }
        name.push(c.to_ascii_uppercase());
    }
    let is_telling =
        name.contains('_') && name.starts_with(|c: char| c.is_ascii_alphabetic()) && name.chars().all(is_part);
    if is_telling { name } else { rule.id.to_ascii_uppercase().replace('-', "_") }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rules::builtin;

    /// The good twin that `example` would have were it the bad example of the rule `id`.
    fn twin(id: &str, example: &str) -> String {
        let mut rule = Rule::clone(builtin().into_iter().find(|rule| rule.id == id).expect("the rule exists"));
        rule.bad = example.to_owned().into();
        ExamplePairs::default().pair(&rule).expect("its value is found").good
    }

    #[test]
    fn a_value_is_read_in_the_way_of_its_language() {
        let github = |example: &str| twin("github-personal-access-token", example);
        for (bad, good) in [
            ("gh_token = '{github:ghp_}'", "gh_token = os.environ[\"GH_TOKEN\"]"),
            ("ghToken := \"{github:ghp_}\" // {hex:8}", "ghToken := os.Getenv(\"GH_TOKEN\") // {hex:8}"),
            ("#!path: a.rb\nt = \"é{github:ghp_}\"", "#!path: a.rb\nt = ENV.fetch(\"GITHUB_PERSONAL_ACCESS_TOKEN\")"),
            ("export GH_TOKEN={github:ghp_}", "export GH_TOKEN=$(cat /run/secrets/gh_token)"),
            (
                "curl -H 'Authorization: token {github:ghp_}'",
                "curl -H \"Authorization: token ${GITHUB_PERSONAL_ACCESS_TOKEN}\"",
            ),
            (
                "curl -d '{\"token\": \"{github:ghp_}\"}' x",
                "curl -d '{\"token\": \"'\"${GITHUB_PERSONAL_ACCESS_TOKEN}\"'\"}' x",
            ),
            ("{\"gh_token\": \"{github:ghp_}\"}", "#!path: app.py\ngh_token = os.environ[\"GH_TOKEN\"]"),
            (
                "  - name: GH_TOKEN\n    value: \"{github:ghp_}\"\n  - x",
                "  - name: GH_TOKEN\n    valueFrom:\n      secretKeyRef:\n        name: app\n        key: GH_TOKEN\n  - x",
            ),
        ] {
            assert_eq!(github(bad), good);
        }
    }

    #[test]
    fn a_rule_by_name_and_a_personal_file_stay_out_of_the_repository() {
        assert_eq!(twin("private-file-dotenv", "#!path: a/.env\nx"), "#!path: .gitignore\n/a/.env\n");
    }

    #[test]
    fn links_begin_with_the_rules_own_and_stand_once() {
        let rule =
            builtin().into_iter().find(|rule| rule.reference.ends_with("/95.html")).expect("one goes by its CWE");
        let links = links(rule);
        assert_eq!(links[0], rule.reference);
        assert_eq!(links.iter().filter(|link| link.ends_with("/95.html")).count(), 1);
    }
}
