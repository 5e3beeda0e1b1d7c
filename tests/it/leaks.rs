//! Leaks by the form they take: what `tests/corpus/leaks.txt` holds through the real scan, found and blocked in numbers.

use std::fmt::Write as _;
use std::io::Write as _;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use gatehook::engine::Engine;
use gatehook::finding::Tier;
use gatehook::rules::{RuleSet, placeholders};

use crate::support::{root, tier};

/// Fillings of each case.
const SEEDS: u64 = 10;

/// A form, its bars, and its cases: path and text.
struct Form<'t> {
    name: &'t str,
    found: usize,
    blocked: usize,
    cases: Vec<(&'t str, &'t str)>,
}

fn forms(text: &str) -> Vec<Form<'_>> {
    let mut forms: Vec<Form<'_>> = Vec::new();
    for line in text.lines().filter(|line| !line.is_empty() && !line.starts_with('#')) {
        if let Some(head) = line.strip_prefix("form ") {
            let [name, found, blocked] = head.splitn(3, '\t').collect::<Vec<_>>()[..] else { panic!("a form: {line}") };
            let number = |word: &str| word.parse().expect("a number");
            forms.push(Form { name, found: number(found), blocked: number(blocked), cases: Vec::new() });
        } else {
            forms.last_mut().expect("a form first").cases.push(line.split_once('\t').expect("a path and a text"));
        }
    }
    forms
}

/// `text` with the holes that only leaks have: what is packed, wrapped over lines, or written with escapes.
fn filled(text: &str, value: &str, seed: u64) -> String {
    let mut text = text.replace("{V}", value);
    for (mark, make) in [
        ("{wrapped:", wrapped as fn(&str) -> String),
        ("{packed:", packed),
        ("{escaped:", escaped),
        ("{literals:", literals),
    ] {
        while let Some(start) = text.find(mark) {
            let end = start + text[start..].find("|}").expect("an end");
            let inner = placeholders::fill(&text[start + mark.len()..end].replace('⏎', "\n"), seed);
            text.replace_range(start..end + 2, &make(&inner));
        }
    }
    placeholders::fill(&text, seed).replace('⏎', "\n")
}

fn lines_of(text: &str, length: usize) -> Vec<String> {
    text.as_bytes().chunks(length).map(|line| String::from_utf8_lossy(line).into_owned()).collect()
}

fn wrapped(text: &str) -> String {
    lines_of(&STANDARD.encode(text), 44).join("\n    ")
}

fn packed(text: &str) -> String {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
    encoder.write_all(text.as_bytes()).unwrap();
    STANDARD.encode(encoder.finish().unwrap())
}

fn escaped(text: &str) -> String {
    text.replace('\n', "\\n")
}

fn literals(text: &str) -> String {
    text.lines().map(|line| format!("\"{line}\\n\"")).collect::<Vec<_>>().join(" +\n    ")
}

#[test]
fn each_form_of_a_leak_is_found() {
    let text = std::fs::read_to_string(root().join("tests/corpus/leaks.txt")).unwrap();
    let everyday = std::fs::read_to_string(root().join("tests/corpus/everyday.txt")).unwrap();
    let values: Vec<String> =
        everyday.lines().filter_map(|line| line.strip_prefix("value ")).map(|value| value.replace('·', "")).collect();
    let engine = Engine::new(RuleSet::default());
    let (mut table, mut missed, mut below) = (String::new(), String::new(), Vec::new());
    for form in forms(&text) {
        let (mut all, mut found, mut blocked) = (0, 0, 0);
        for (nth, (path, case)) in form.cases.iter().enumerate() {
            let (mut found_here, mut blocked_here, mut worst) = (0, 0, Vec::new());
            for seed in 0..SEEDS {
                let value = &values[(nth * 7 + usize::try_from(seed).unwrap() * 3) % values.len()];
                let tier = tier(&engine, path, &filled(case, value, seed));
                found_here += usize::from(tier.is_some());
                blocked_here += usize::from(tier == Some(Tier::Block));
                if tier != Some(Tier::Block) && case.contains("{V}") {
                    worst.push(value.as_str());
                }
            }
            if blocked_here < 8 {
                let _ = writeln!(missed, "{found_here:2} found {blocked_here:2} blocked: {path}  {case} {worst:?}");
            }
            (all, found, blocked) = (all + 10, found + found_here, blocked + blocked_here);
        }
        let (found, blocked) = (found * 100 / all, blocked * 100 / all);
        let _ =
            writeln!(table, "{:16} {:3} cases: {found:3} % found, {blocked:3} % blocked", form.name, form.cases.len());
        if found < form.found || blocked < form.blocked {
            below.push(form.name);
        }
    }
    if std::env::var_os("LEAKS_TABLE").is_some() {
        std::fs::write(std::env::var_os("LEAKS_TABLE").unwrap(), format!("{table}\n{missed}")).unwrap();
    }
    assert!(below.is_empty(), "below their bars: {}\n{table}\n{missed}", below.join(", "));
}
