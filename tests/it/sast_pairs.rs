//! Pairs of unsafe and safe code, written by `tests/sast-pairs/generate.py` and looked at by the engine: the share of
//! unsafe ones found less the share of safe ones found, by category and by what stands between source and sink,
//! compared with the committed table. `BLESS=1` writes it; `GATEHOOK_PAIRS=DIR` keeps the pairs that are judged wrongly.

use std::collections::{BTreeMap, HashMap};
use std::fmt::Write;
use std::path::Path;
use std::process::Command;

use gatehook::sast::{Analyst, Grammar, Input};

const LANGUAGES: [(&str, Grammar); 4] =
    [("python", Grammar::Python), ("javascript", Grammar::JavaScript), ("java", Grammar::Java), ("go", Grammar::Go)];
/// So much is promised of each language.
const WANTED: f64 = 0.85;

#[derive(serde::Deserialize)]
struct Pair {
    category: String,
    cwe: Vec<u32>,
    kind: String,
    name: String,
    r#unsafe: String,
    safe: String,
}

#[derive(Clone, Copy, Default)]
struct Score {
    pairs: u32,
    found: u32,
    alarms: u32,
}

impl Score {
    fn add(&mut self, found: bool, alarm: bool) {
        self.pairs += 1;
        self.found += u32::from(found);
        self.alarms += u32::from(alarm);
    }

    fn youden(self) -> f64 {
        (f64::from(self.found) - f64::from(self.alarms)) / f64::from(self.pairs)
    }

    fn row(self, name: &str) -> String {
        let share = |part: u32| f64::from(part) / f64::from(self.pairs);
        format!(
            "| {name} | {} | {:.2} | {:.2} | {:+.2} |\n",
            self.pairs,
            share(self.found),
            share(self.alarms),
            self.youden()
        )
    }
}

fn pairs(root: &Path, language: &str) -> Vec<Pair> {
    let script = root.join("tests/sast-pairs/generate.py");
    let out = Command::new("python3").arg("-B").arg(script).arg(language).output().expect("python3 runs");
    assert!(out.status.success(), "{}", String::from_utf8_lossy(&out.stderr));
    let text = String::from_utf8(out.stdout).expect("the generator writes UTF-8");
    text.lines().map(|line| serde_json::from_str(line).expect("a pair a line")).collect()
}

fn is_found(analyst: &mut Analyst, grammar: Grammar, code: &str, wanted: &[u32]) -> bool {
    let parsed = analyst.parse(&Input { module: "example".to_owned(), bytes: code.as_bytes(), grammar });
    assert!(parsed.partly.is_none(), "{:?}\n{code}", parsed.partly);
    let outcome = analyst.look(&[parsed], &HashMap::new());
    let cwe = |name: &String| name.strip_prefix("CWE-").and_then(|number| number.parse::<u32>().ok());
    let counts = |found: &gatehook::sast::Found| {
        analyst.rules()[found.rule].cwe.iter().filter_map(cwe).any(|cwe| wanted.contains(&cwe))
    };
    outcome.found.iter().any(counts)
}

fn measured(root: &Path) -> (String, Vec<(&'static str, f64)>) {
    let keep = std::env::var_os("GATEHOOK_PAIRS");
    let mut out = String::from(
        "# Generated pairs of unsafe and safe code\n\nWritten by `BLESS=1 cargo nextest run --test it sast_pairs`. A pair is found where a rule of its CWE hits the unsafe half, an alarm\nwhere one hits the safe half. The score of a language is the mean over its categories.\n",
    );
    let mut scores = Vec::new();
    for (language, grammar) in LANGUAGES {
        let mut analyst = Analyst::new(language).expect("the rules load");
        let mut by_category: BTreeMap<String, Score> = BTreeMap::new();
        let mut by_name: BTreeMap<(String, String), Score> = BTreeMap::new();
        let mut wrong = String::new();
        for pair in pairs(root, language) {
            let found = is_found(&mut analyst, grammar, &pair.r#unsafe, &pair.cwe);
            let alarm = is_found(&mut analyst, grammar, &pair.safe, &pair.cwe);
            by_category.entry(pair.category.clone()).or_default().add(found, alarm);
            by_name.entry((pair.kind.clone(), pair.name.clone())).or_default().add(found, alarm);
            for (is_wrong, what, code) in [(!found, "missed", &pair.r#unsafe), (alarm, "alarm", &pair.safe)] {
                if is_wrong && keep.is_some() {
                    let _ = writeln!(wrong, "##### {what} {} {} {}\n{code}", pair.category, pair.kind, pair.name);
                }
            }
        }
        let mean = by_category.values().copied().map(Score::youden).sum::<f64>()
            / f64::from(u32::try_from(by_category.len()).expect("few"));
        scores.push((language, mean));
        let _ = writeln!(
            out,
            "\n## {language}: {mean:+.3}\n\n| category | pairs | found | alarms | score |\n|---|---|---|---|---|"
        );
        for (name, score) in &by_category {
            out.push_str(&score.row(name));
        }
        let _ = writeln!(
            out,
            "\nBetween source and sink, where not all pairs are judged rightly:\n\n| what | pairs | found | alarms | score |\n|---|---|---|---|---|"
        );
        let faulty = by_name.iter().filter(|(_, score)| score.found < score.pairs || score.alarms > 0);
        faulty.for_each(|((kind, name), score)| out.push_str(&score.row(&format!("{kind}: {name}"))));
        if let Some(dir) = &keep {
            std::fs::write(Path::new(dir).join(format!("{language}.txt")), wrong).expect("the directory is there");
        }
    }
    (out, scores)
}

#[test]
fn generated_pairs_are_told_apart() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let path = root.join("tests/sast-pairs/table.md");
    let work = || measured(root);
    let (table, scores) = std::thread::scope(|scope| {
        let thread = std::thread::Builder::new().stack_size(64 << 20).spawn_scoped(scope, work).expect("a thread");
        thread.join().expect("the engine does not panic")
    });
    if std::env::var_os("BLESS").is_some() {
        std::fs::write(&path, &table).expect("the table is written");
    }
    let kept = std::fs::read_to_string(&path).unwrap_or_default();
    assert_eq!(table, kept, "tests/sast-pairs/table.md is not what the engine gives: BLESS=1 writes it");
    for (language, score) in scores {
        assert!(score >= WANTED, "{language}: {score:.3}");
    }
}
