//! Writes rules as Rust source, and the keyword automaton's table as bytes beside it.

use std::fmt::Write;

use crate::automaton;
use crate::language::Language;
use crate::raw::RawRule;
use crate::sha256;

/// What the build script writes into `OUT_DIR`.
pub(crate) struct Output {
    /// `rules.rs`.
    pub(crate) source: String,
    /// `automaton.bin`, which `rules.rs` includes: the automaton's next states, each as two little-endian bytes.
    /// As Rust source these 1.2 million cells took a third of every compile.
    pub(crate) automaton: Vec<u8>,
}

/// Writes all rules and their automaton.
///
/// No pointer stands in the tables: the loader of a position-independent program would have to set each of
/// them at every start, whether the rule is wanted or not.
pub(crate) fn write(rules: &[(&str, RawRule)]) -> Output {
    let mut out = String::new();
    let mut texts = Texts::default();
    let by_name = rules.iter().enumerate().filter(|(_, (_, rule))| rule.pattern.is_empty() && rule.matcher.is_empty());
    let by_name: Vec<usize> = by_name.map(|(number, _)| number).collect();
    let _ = writeln!(out, "pub(super) static BY_NAME: &[u16] = &{by_name:?};");
    let _ = writeln!(out, "pub(super) static RULES: [Compact; {}] = [", rules.len());
    for (pack, rule) in rules {
        emit_rule(&mut out, &mut texts, pack, rule);
    }
    out.push_str("];\n");
    let _ = writeln!(out, "pub(super) static TEXT: &str = {:?};", texts.all);
    let _ = writeln!(out, "pub(super) static WORDS: [Span; {}] = {:?};", texts.words.len(), texts.words);

    // Each keyword once, with the rules that wait for it.
    let mut keywords: Vec<(String, Vec<usize>)> = Vec::new();
    for (number, (_, rule)) in rules.iter().enumerate() {
        for word in &rule.keywords {
            let word = word.to_ascii_lowercase();
            match keywords.iter_mut().find(|(known, _)| *known == word) {
                Some((_, waiting)) => {
                    if waiting.last() != Some(&number) {
                        waiting.push(number);
                    }
                }
                None => keywords.push((word, vec![number])),
            }
        }
    }
    let waiting: Vec<usize> = keywords.iter().flat_map(|(_, waiting)| waiting.iter().copied()).collect();
    let _ = writeln!(out, "pub(super) static WAITING: [u16; {}] = {waiting:?};", waiting.len());
    let _ = writeln!(out, "pub(super) static KEYWORDS: [(u8, u16, u16); {}] = [", keywords.len());
    let mut from = 0;
    for (word, waiting) in &keywords {
        let _ = writeln!(out, "({}, {from}, {}),", word.len(), from + waiting.len());
        from += waiting.len();
    }
    out.push_str("];\n");
    let words: Vec<String> = keywords.into_iter().map(|(word, _)| word).collect();
    let tables = automaton::build(&words);
    let _ = writeln!(
        out,
        "pub(super) static AUTOMATON: Automaton = Automaton {{ classes: &{:?}, stride: {}, next: include_bytes!(concat!(env!(\"OUT_DIR\"), \"/automaton.bin\")).as_chunks().0, first_match: {}, starts: &{:?}, list: &{:?}, longest: {} }};",
        tables.classes,
        tables.stride,
        tables.first_match,
        tables.starts,
        tables.list,
        words.iter().map(String::len).max().unwrap_or(0)
    );
    let automaton: Vec<u8> = tables.next.iter().flat_map(|state| state.to_le_bytes()).collect();
    // The automaton follows from the keywords, which stand in the source.
    let digest: String = sha256::digest(out.as_bytes())[..16].iter().map(|byte| format!("{byte:02x}")).collect();
    let _ = writeln!(out, "pub(super) const DIGEST: &str = {digest:?};");
    Output { source: out, automaton }
}

/// All texts of all rules, each once, and lists of them.
#[derive(Default)]
struct Texts {
    all: String,
    known: std::collections::HashMap<String, (usize, usize)>,
    words: Vec<(usize, usize)>,
}

impl Texts {
    /// Start and end of `text` in the whole.
    fn add(&mut self, text: &str) -> (usize, usize) {
        if text.is_empty() {
            return (0, 0);
        }
        *self.known.entry(text.to_owned()).or_insert_with(|| {
            let start = self.all.len();
            self.all.push_str(text);
            (start, self.all.len())
        })
    }

    /// Start and end of a list among the words.
    fn list(&mut self, words: &[String]) -> (usize, usize) {
        let spans: Vec<(usize, usize)> = words.iter().map(|word| self.add(word)).collect();
        let start = self.words.len();
        self.words.extend(spans);
        (start, self.words.len())
    }
}

fn emit_rule(out: &mut String, texts: &mut Texts, pack: &str, rule: &RawRule) {
    let id = &rule.id;
    let known = |key: &str, word: &str, words: &[&str]| -> String {
        assert!(words.contains(&word), "rule `{id}`: `{key}` does not know `{word}`");
        word.split('-').map(|part| part[..1].to_uppercase() + &part[1..]).collect()
    };
    let levels = ["low", "medium", "high", "critical"];
    let confidence =
        rule.confidence.clone().unwrap_or(if rule.proof.is_empty() { "medium" } else { "high" }.to_owned());
    let context = rule.context.clone().unwrap_or(if pack == "secrets" { "any" } else { "not-comment" }.to_owned());
    let languages = rule.languages.iter().fold(0_u64, |set, word| {
        let language =
            Language::from_word(word).unwrap_or_else(|| panic!("rule `{id}`: `languages` does not know `{word}`"));
        set | 1 << language as u64
    });
    let gates = rule.gates.iter().fold(0_u8, |set, word| {
        let at = ["commit", "push", "ci"].iter().position(|gate| gate == word);
        set | 1 << at.unwrap_or_else(|| panic!("rule `{id}`: `gates` does not know `{word}`"))
    });
    let _ = writeln!(
        out,
        "Compact {{ pack: Pack::{}, severity: Severity::{}, tier: Tier::{}, confidence: Confidence::{}, window: Window::{}, context: Context::{}, tests: Tests::{},",
        known("pack", pack, &["secrets", "insecure"]),
        known("severity", &rule.severity, &levels),
        known("tier", &rule.tier, &["warn", "block"]),
        known("confidence", &confidence, &levels[..3]),
        known("window", rule.window.as_deref().unwrap_or("line"), &["line", "lines", "block"]),
        known("context", &context, &["any", "not-comment", "code", "string"]),
        known("tests", &rule.tests, &["same", "warn", "skip"])
    );
    let _ = writeln!(
        out,
        "entropy: {:?}, placeholders: {}, generic: {}, languages: LanguageSet({languages}), gates: GateSet({}),",
        rule.entropy.unwrap_or(0.0),
        rule.placeholders,
        rule.generic,
        if gates == 0 { 7 } else { gates }
    );
    for (key, text) in [
        ("id", &rule.id),
        ("title", &rule.title),
        ("pattern", &rule.pattern),
        ("matcher", &rule.matcher),
        ("judge", &rule.judge),
        ("proof", &rule.proof),
        ("why", &rule.why),
        ("fix", &rule.fix),
        ("rotate", &rule.rotate),
        ("reference", &rule.reference),
        ("since", &rule.since),
        ("bad", &rule.bad),
        ("good", &rule.good),
    ] {
        let _ = writeln!(out, "{key}: {:?},", texts.add(text));
    }
    for (key, words) in [
        ("keywords", &rule.keywords),
        ("veto", &rule.veto),
        ("veto_value", &rule.veto_value),
        ("paths", &rule.paths),
        ("cwe", &rule.cwe),
        ("owasp", &rule.owasp),
        ("aliases", &rule.aliases),
        ("hits", &rule.hits),
        ("misses", &rule.misses),
    ] {
        let _ = writeln!(out, "{key}: {:?},", texts.list(words));
    }
    out.push_str("},\n");
}
