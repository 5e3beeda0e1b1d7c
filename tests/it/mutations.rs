//! The engine on hostile texts: examples of rules cut, spliced and garbled, and long texts made of
//! what costs most. Nothing panics, spans lie in their text, and time grows with the length.

use std::ops::Range;
use std::time::{Duration, Instant};

use gatehook::engine::{Engine, FileFacts, Found, Input};
use gatehook::paths::RepoPath;
use gatehook::rules::{RuleSet, builtin, placeholders};

use crate::support::{Dice, World, binary};

const PATHS: &[&str] = &[
    "a.py",
    "a.js",
    "run.sh",
    ".env",
    "Dockerfile",
    "deploy/k.yaml",
    ".github/workflows/a.yml",
    "a.md",
    "a.min.js",
    "tests/a.php",
    "A.java",
    "x",
];

/// Bytes that end or open something somewhere.
const SIGNS: &[&[u8]] = &[
    b"\"",
    b"'",
    b"`",
    b"\\",
    b"\n",
    b"\r",
    b"\0",
    b"\xff",
    b"\xc3",
    b"%",
    b"\\x41",
    b"\\u00e9",
    b"{",
    b"}",
    b"(",
    b"=",
    b":",
    b"/*",
    b"*/",
    b"#",
    b"//",
    b"<!--",
    b"\"\"\"",
    b"@",
    b"-----",
    b"${",
    b"\xe2\x80",
];

fn examples() -> Vec<Vec<u8>> {
    let all = builtin().into_iter().flat_map(|rule| rule.hits.iter().chain(rule.misses.iter()));
    all.map(|example| placeholders::fill(example, 1).into_bytes()).collect()
}

fn search(engine: &Engine, path: &str, text: &[u8], added: &[Range<usize>]) -> Found {
    let path = RepoPath::from(path);
    let facts = FileFacts::of(&path, text);
    engine.search(&Input { text, added, facts, path: path.as_bytes() })
}

/// An example after one to four changes.
fn garbled(dice: &mut Dice, examples: &[Vec<u8>]) -> Vec<u8> {
    let mut text = examples[dice.below(examples.len())].clone();
    for _ in 0..=dice.below(4) {
        let (one, other) = (dice.below(text.len() + 1), dice.below(text.len() + 1));
        let (from, to) = (one.min(other), one.max(other));
        match dice.below(6) {
            0 => text.truncate(to),
            1 => drop(text.drain(from..to.min(from + 8))),
            2 => drop(text.splice(from..from, SIGNS[dice.below(SIGNS.len())].iter().copied())),
            3 => drop(text.splice(from..from, examples[dice.below(examples.len())].iter().copied())),
            4 => text.extend_from_within(from..to),
            _ => text[from..to].iter_mut().take(1).for_each(|byte| *byte = byte.wrapping_add(1 << (one % 8))),
        }
    }
    text
}

/// Some of the lines of `text`, neighbours joined.
fn some_lines(dice: &mut Dice, text: &[u8]) -> Vec<Range<usize>> {
    let mut added: Vec<Range<usize>> = Vec::new();
    let mut at = 0;
    for line in text.split_inclusive(|&byte| byte == b'\n') {
        let (start, end) = (at, at + line.len());
        at = end;
        if dice.below(3) == 0 {
            continue;
        }
        match added.last_mut() {
            Some(last) if last.end == start => last.end = end,
            _ => added.push(start..end),
        }
    }
    added
}

#[test]
fn garbled_examples_are_searched_and_spans_lie_in_their_text() {
    let (engine, examples, mut dice) = (Engine::new(RuleSet::default()), examples(), Dice::new(17));
    let mut matches = 0;
    for round in 0..3000 {
        let text = garbled(&mut dice, &examples);
        let added = some_lines(&mut dice, &text);
        let path = PATHS[dice.below(PATHS.len())];
        let found = search(&engine, path, &text, &added);
        for one in &found.matches {
            let what = || format!("round {round}, {path}, {}", engine.rules()[one.rule].id);
            assert!(one.span.start <= one.span.end && one.span.end <= text.len(), "{}: {:?}", what(), one.span);
            assert!(one.at.start <= one.at.end && one.at.end <= text.len(), "{}: {:?}", what(), one.at);
            let counts = if one.secret.is_some() { &one.at } else { &one.span };
            let is_added =
                added.iter().any(|range| range.start < counts.end.max(counts.start + 1) && range.end > counts.start);
            assert!(is_added, "{}: {counts:?} was not added", what());
            if let (Some(secret), true) = (&one.secret, one.encoding.is_empty()) {
                assert!(secret.expose() == &text[one.at.clone()], "{}: the value is another", what());
            }
        }
        assert!(found.matches.is_sorted_by_key(|one| one.at.start), "round {round}: out of order");
        let mut values: Vec<_> = found.matches.iter().filter(|one| one.secret.is_some()).map(|one| &one.at).collect();
        values.sort_by_key(|at| at.start);
        assert!(values.windows(2).all(|two| two[0].end <= two[1].start), "round {round}: values overlap");
        matches += found.matches.len();
    }
    assert!(matches > 300, "only {matches} matches: the changes leave nothing to look at");
}

/// What a long text is made of, over and over.
fn units() -> Vec<Vec<u8>> {
    let mut units: Vec<Vec<u8>> = SIGNS.iter().map(|sign| sign.to_vec()).collect();
    let nasty = [
        "password=\"",
        "password: ",
        "data:\n",
        "kind: Secret\ndata:\n",
        "curl -u a ",
        "curl -u \"a:",
        "Bearer aaaaaaaab ",
        "-----BEGIN PRIVATE KEY-----",
        "-----BEGIN PRIVATE KEY-----\n",
        "://",
        "a://b:c",
        "a://b:c@d",
        "nosec ",
        "41",
        "QUFB",
        "QUFBQUFBQUFBQUFBQUFBQUFBQUFB\n",
        "name: password\nvalue: ",
        "\\\\x5c\\x78",
        "VTJGc2RHVmtYMTg5 ",
    ];
    units.extend(nasty.iter().map(|unit| unit.as_bytes().to_vec()));
    // Without optimisation all rules would take minutes.
    for rule in builtin().into_iter().step_by(if cfg!(debug_assertions) { 71 } else { 3 }) {
        let words: Vec<&str> = rule.keywords.iter().map(AsRef::as_ref).collect();
        units.push(format!("{} ", words.join(" ")).into_bytes());
        // Matches cost what keywords alone do not.
        units.extend(rule.hits.first().map(|hit| format!("{}\n", placeholders::fill(hit, 1)).into_bytes()));
    }
    units
}

/// Seconds that this thread has worked: other programs on the machine do not count. (The kernel's
/// files tell them only as of the last tick.)
#[cfg(unix)]
#[allow(unsafe_code, reason = "the clock is asked through libc, with a structure that is ours")]
fn worked() -> f64 {
    let mut told = libc::timespec { tv_sec: 0, tv_nsec: 0 };
    // SAFETY: `told` lives through the call, which writes nothing else.
    assert_eq!(unsafe { libc::clock_gettime(libc::CLOCK_THREAD_CPUTIME_ID, &raw mut told) }, 0);
    Duration::new(told.tv_sec.unsigned_abs(), u32::try_from(told.tv_nsec).unwrap_or(0)).as_secs_f64()
}

#[cfg(not(unix))]
fn worked() -> f64 {
    std::time::SystemTime::UNIX_EPOCH.elapsed().map_or(0.0, |passed| passed.as_secs_f64())
}

/// Seconds that a search of `length` bytes of `unit` takes, the better of two.
fn seconds(engine: &Engine, path: &str, unit: &[u8], length: usize) -> f64 {
    let text: Vec<u8> = unit.iter().copied().cycle().take(length).collect();
    let once = || {
        let before = worked();
        search(engine, path, &text, std::slice::from_ref(&(0..text.len())));
        worked() - before
    };
    once().min(once())
}

/// Eight times the text takes about eight times as long, not sixty-four times; a shared cache
/// may be lost to somebody else, so there are three tries.
#[test]
fn time_grows_with_the_length_of_the_text() {
    let engine = Engine::new(RuleSet::default());
    let short = if cfg!(debug_assertions) { 8 << 10 } else { 64 << 10 };
    let mut faults = Vec::new();
    for unit in units() {
        for path in ["a.py", "a.js", "k.yaml"] {
            let grows = || {
                let (few, many) = (seconds(&engine, path, &unit, short), seconds(&engine, path, &unit, 8 * short));
                // Windows and pieces have fixed costs, which short texts do not come to.
                (many > 0.02 && many > few * 24.0).then_some((few, many))
            };
            // What grows like this takes for ever to show everywhere.
            if faults.len() > 2 {
                break;
            }
            if let Some((few, many)) = grows().and_then(|_| grows()).and_then(|_| grows()) {
                faults.push(format!("{path} of {:?}: {few:.4} s, then {many:.4} s", unit.escape_ascii().to_string()));
            }
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

/// One line with more matches than are kept, through the whole program. Its values are long: a short
/// one costs its fingerprint about 20 ms, by design.
#[test]
fn a_long_line_full_of_matches_is_reported_in_time() {
    let world = World::new();
    let length = if cfg!(debug_assertions) { 4 << 20 } else { 48 << 20 };
    let (mut line, pad) = (String::with_capacity(length), "x = f(y); ".repeat(length / 120_000));
    for seed in 0..11_000 {
        line += &placeholders::fill("k = \"{github:ghp_}\"; eval(input()); ", seed);
        line += &pad;
    }
    std::fs::write(world.repo().join("long.py"), &line).unwrap();
    let begin = Instant::now();
    let arguments = ["scan", ".", "--report", "json=../out.json", "--report", "sarif=../out.sarif"];
    let output = world.command(binary()).args(arguments).output().unwrap();
    let (told, passed) = (String::from_utf8_lossy(&output.stdout), begin.elapsed());
    assert!(told.contains("more matches than are kept"), "{}", &told[..told.len().min(2000)]);
    for file in ["out.json", "out.sarif"] {
        assert!(std::fs::read_to_string(world.path().join(file)).unwrap().contains("more matches than are kept"));
    }
    assert!(passed < Duration::from_secs(60), "{passed:?}");
}
