//! The targets: what each reader promises whatever the bytes are.

use std::collections::HashMap;
use std::ops::Range;
use std::sync::OnceLock;

use gatehook::change::Content;
use gatehook::config::{Allow, Config, Day, Layer, Origin, Place, Rank, Shelf, StageConfig, Unread, edit};
use gatehook::engine::{Engine, FileFacts, Input, proof, unicode};
use gatehook::finding::{Exit, Report};
use gatehook::paths::RepoPath;
use gatehook::policy::Part;
use gatehook::policy::baseline::{self, Baseline};
use gatehook::report::{Format, Style};
use gatehook::rules::{RuleSet, builtin, placeholders};
use gatehook::stage::external;
use gatehook::text::{LineIndex, escape};
use gatehook::{diff, git, paths, policy, report, source};

use crate::gitdir;

type Target = fn(&[u8]);
type Seeds = fn() -> Vec<Vec<u8>>;

/// All targets: name, what is asserted, and where it begins.
pub fn all() -> Vec<(&'static str, Target, Seeds)> {
    vec![
        ("index", index, index_seeds),
        ("patch", patch, patch_seeds),
        ("engine", engine, examples),
        ("config", config, config_seeds),
        ("exceptions", exceptions, exceptions_seeds),
        ("report", report, report_seeds),
        ("small", small, examples),
        ("answers", answers, answers_seeds),
        ("foreign", crate::foreign::foreign, crate::foreign::seeds),
        ("iac", crate::iac::documents, crate::iac::seeds),
        ("kept", crate::kept::kept, crate::kept::seeds),
        ("pack", gitdir::pack, gitdir::pack_seeds),
        ("delta", gitdir::delta, gitdir::delta_seeds),
        ("loose", gitdir::loose, gitdir::loose_seeds),
        ("graph", gitdir::graph, gitdir::graph_seeds),
        ("refs", gitdir::refs, gitdir::refs_seeds),
        ("settings", gitdir::settings, gitdir::settings_seeds),
        ("plumbing", gitdir::plumbing, gitdir::plumbing_seeds),
        ("event", gitdir::event, gitdir::event_seeds),
        ("lockfile", crate::sca::lock, crate::sca::lock_seeds),
        ("advisories", crate::sca::advisories, crate::sca::advisory_seeds),
    ]
}

/// The examples of every rule, holes filled.
fn examples() -> Vec<Vec<u8>> {
    builtin()
        .iter()
        .flat_map(|rule| rule.hits.iter().chain(rule.misses.iter()))
        .map(|example| placeholders::fill(example, 1).into_bytes())
        .collect()
}

/// A JSON report that is read comes back as it was, and every format takes it.
pub fn report(bytes: &[u8]) {
    let read = match report::read(bytes) {
        Ok(read) => read,
        Err(error) => {
            assert!(error.to_string().chars().all(|c| c == '\t' || !c.is_control()), "a control character is shown");
            return;
        }
    };
    let written = |read: &Report, format| {
        let mut out = Vec::new();
        report::write(read, format, &Style::default(), &mut out).expect("a vector takes every write");
        String::from_utf8(out).expect("reports are UTF-8")
    };
    for &format in Format::ALL {
        let text = written(&read, format);
        let escaped =
            matches!(format, Format::Junit | Format::Checkstyle | Format::Html | Format::Markdown | Format::Github);
        assert!(!escaped || text.chars().all(|c| c == '\t' || c == '\n' || !c.is_control()), "{}", format.word());
    }
    let text = written(&read, Format::Json);
    let again = report::read(text.as_bytes()).expect("what is written is read");
    assert_eq!(written(&again, Format::Json), text);
    let part = || Part { name: "r".to_owned(), report: report::read(bytes).map_err(|error| error.to_string()) };
    let whole = policy::merge(vec![part(), part()]).expect("two reports are some");
    assert_ne!(whole.exit(), Exit::Clean, "a run that is there twice never passes");
}

fn report_seeds() -> Vec<Vec<u8>> {
    let rest = r#""stages":[{"name":"secrets","outcome":"ran","reason":null,"files":2,"required":true,"hole":false},{"name":"x","outcome":"skipped","reason":"r","files":0,"required":false,"hole":true}],"scanned":{"base":"b","head":"h","how":"range","commits":1,"files":2,"added_lines":3,"bytes":4,"unproven":0},"gaps":[{"path":"p","kind":"partial","tolerated":true,"reason":"r","hint":"h"}],"notes":["n"],"terms":{"version":"0.1.0","rules":"00","block":"medium","tier":"block","younger":[],"shard":"1/2"}}"#;
    let finding = r#"{"rule":"r","title":"t","stage":"secrets","severity":"high","tier":"block","confidence":"high","path":"a","path_b64":"YQ==","line":1,"column":2,"end_line":1,"end_column":4,"fingerprint":"00000000000000000000000000000000","masked":"**","cwe":["CWE-798"],"owasp":["A07"],"encoding":["hex"],"tools":["b"],"commit":"c","author":"a","state":"new","reason":null,"blocks":true,"why":"w","fix":"f","rotate":"r","reference":"https://a.b","excerpt":{"lines":[{"number":1,"text":"x **"}],"mark":[2,4]},"package":{"name":"n","version":"1"}}"#;
    let head = r#"{"schema":1,"gate":"ci","verdict":"block","mode":"enforce","exit":1,"findings":["#;
    [format!("{head}],{rest}"), format!("{head}{finding}],{rest}"), format!("{head}{finding},{finding}],{rest}")]
        .map(String::into_bytes)
        .into()
}

/// The index reader gives entries or a doubt.
pub fn index(bytes: &[u8]) {
    let _ = git::read_index(bytes);
}

/// Real indices, made by git, of each version.
fn index_seeds() -> Vec<Vec<u8>> {
    let dir = std::env::temp_dir().join(format!("gatehook-fuzz-{}", std::process::id()));
    let script =
        "set -e; git init -q .; mkdir -p a/b c; for i in 1 2 3; do echo $i >a/$i; echo $i >a/b/$i; echo $i >c/$i; done
        git add -A; git write-tree >/dev/null; echo new >c/4; git add -N c/4; cp .git/index v2
        git update-index --index-version 4; cp .git/index v4; git update-index --index-version 3; cp .git/index v3
        git update-index --split-index; cp .git/index split";
    std::fs::create_dir_all(&dir).expect("a temporary directory");
    let made = std::process::Command::new("sh").args(["-c", script]).current_dir(&dir).status().expect("a shell");
    assert!(made.success(), "git made no index");
    let seeds =
        ["v2", "v3", "v4", "split"].iter().map(|name| std::fs::read(dir.join(name)).expect("an index")).collect();
    let _ = std::fs::remove_dir_all(&dir);
    seeds
}

/// What a patch adds lies within its fragments.
pub fn patch(bytes: &[u8]) {
    for change in &diff::patch(bytes).changes {
        if let Content::Fragments(fragments) = &change.content {
            for fragment in fragments {
                within(&fragment.added, fragment.text.len());
            }
        }
    }
}

fn patch_seeds() -> Vec<Vec<u8>> {
    let plain = "diff --git a/x.py b/x.py\nindex 1111111..2222222 100644\n--- a/x.py\n+++ b/x.py\n@@ -1,2 +1,3 @@\n a\n-b\n+c\n+d\n\\ No newline at end of file\n";
    let mail = format!(
        "From 1111111111111111111111111111111111111111 Mon Sep 17 00:00:00 2001\nFrom: A <a@b>\nSubject: [PATCH] x\n\n---\n{plain}-- \n2.47\n"
    );
    let combined = "diff --cc x\nindex 1,2..3\n--- a/x\n+++ b/x\n@@@ -1,1 -1,1 +1,2 @@@\n  a\n++b\n";
    let binary = "diff --git a/b.bin b/b.bin\nnew file mode 100644\nGIT binary patch\nliteral 3\nKcmZQzWMT#Y01f~L\n\nliteral 0\nHcmV?d00001\n";
    let rename = "diff --git \"a/\\303\\244 b\" \"b/c\\nd\"\nsimilarity index 90%\nrename from \"\\303\\244 b\"\nrename to \"c\\nd\"\n@@ -1 +1 @@\n-a\n+b\n";
    [plain, mail.as_str(), combined, binary, rename].iter().map(|text| text.as_bytes().to_vec()).collect()
}

fn searcher() -> &'static Engine {
    static ENGINE: OnceLock<Engine> = OnceLock::new();
    ENGINE.get_or_init(|| Engine::new(RuleSet::default()))
}

/// Matches lie within the text and in what was added, and an unencoded value is the bytes it was found at.
pub fn engine(bytes: &[u8]) {
    const PATHS: &[&str] =
        &["a.py", "a.js", "run.sh", ".env", "Dockerfile", "k.yaml", ".github/workflows/a.yml", "a.md", "a.min.js", "x"];
    let path = RepoPath::from(PATHS[bytes.len() % PATHS.len()]);
    let text = unicode::to_utf8(bytes.to_vec());
    let facts = FileFacts::of(&path, &text);
    let added = match bytes.first() {
        Some(byte) if byte % 3 == 0 => some_lines(&text, *byte),
        _ => std::iter::once(0..text.len()).collect(),
    };
    let found = searcher().search(&Input { text: &text, added: &added, facts, path: path.as_bytes() });
    for one in &found.matches {
        assert!(one.span.start <= one.span.end && one.span.end <= text.len(), "a match outside the text");
        assert!(one.at.start <= one.at.end && one.at.end <= text.len(), "a value outside the text");
        let counts = if one.secret.is_some() { &one.at } else { &one.span };
        let is_added =
            added.iter().any(|range| range.start < counts.end.max(counts.start + 1) && range.end > counts.start);
        assert!(is_added || !one.encoding.is_empty(), "a match where nothing was added");
        if let (Some(secret), true) = (&one.secret, one.encoding.is_empty()) {
            assert!(secret.expose() == &text[one.at.clone()], "a value that is not what stands there");
        }
    }
}

/// The lines whose number has its bit set in `bits`, eight and eight alike.
fn some_lines(text: &[u8], bits: u8) -> Vec<Range<usize>> {
    let mut ranges = Vec::new();
    let mut at = 0;
    for (number, line) in text.split_inclusive(|&byte| byte == b'\n').enumerate() {
        if bits >> (number % 8) & 1 == 1 {
            ranges.push(at..at + line.len());
        }
        at += line.len();
    }
    ranges
}

/// What an organisation locks in full.
const STRICT: &str =
    "locked = [\"gate\", \"mode\", \"enforce-from\", \"rules\", \"rule\", \"allow\", \"limit\", \"fingerprint\"]\n";

/// The bases of a configuration are its own halves.
struct Halves<'b>(&'b [u8]);

impl Shelf for Halves<'_> {
    fn locate(&self, _from: &Origin, path: &str) -> Place {
        Place { origin: Origin::File(path.into()), vouched: path.len() % 3 > 0 }
    }

    fn read(&self, origin: &Origin) -> Result<Vec<u8>, Unread> {
        let (first, second) = self.0.split_at(self.0.len() / 2);
        match origin.to_string().len() % 3 {
            0 => Err(Unread { message: "no".to_owned(), hint: String::new() }),
            1 => Ok(first.to_vec()),
            _ => Ok(second.to_vec()),
        }
    }
}

/// A configuration is read or refused, and nothing in it loosens what an organisation locked.
pub fn config(bytes: &[u8]) {
    let layer = |rank, text: &[u8]| Layer { rank, origin: Origin::File("fuzz".into()), text: text.to_vec() };
    for rank in [Rank::Organisation, Rank::User, Rank::Repository] {
        let read = Config::load(&[layer(rank, bytes)], &gatehook::stage::program(), &Halves(bytes));
        let shown = match &read {
            Ok(config) => format!("{:?}", config.shown()),
            Err(error) => error.to_string(),
        };
        assert!(shown.chars().all(|c| c == '\t' || c == '\n' || !c.is_control()), "a control character is shown");
    }
    let layers = [layer(Rank::Organisation, STRICT.as_bytes()), layer(Rank::Repository, bytes)];
    let Ok(config) = Config::load(&layers, &gatehook::stage::program(), &Halves(bytes)) else { return };
    let usual = Config::default();
    for (gate, usual) in [(&config.commit, &usual.commit), (&config.push, &usual.push), (&config.ci, &usual.ci)] {
        assert!(gate.block <= usual.block && gate.tier <= usual.tier && gate.mode == usual.mode, "a lock gave way");
        assert!(gate.on_limit == usual.on_limit, "a lock gave way");
        assert!(usual.stages.iter().all(|stage| gate.stages.contains(stage)), "a lock gave way");
    }
    assert!(config.disabled.is_empty() && config.own_rules.is_empty() && config.allow.is_empty(), "a lock gave way");
    assert!(config.as_of.is_none() && config.limit.is_none() && config.salt.is_none(), "a lock gave way");
}

fn config_seeds() -> Vec<Vec<u8>> {
    [
        "required-version = \">=0.1\"\n[gate.commit]\nblock = \"high\"\ntier = \"warn\"\nstages = [\"secrets\"]\non-limit = \"warn\"\n",
        "[[allow]]\nrule = \"aws-access-key-id\"\npaths = [\"tests/**\"]\nreason = \"r\"\nexpires = 2027-06-30\n",
        "[[rule]]\nid = \"acme\"\ntitle = \"t\"\nseverity = \"high\"\nkeywords = [\"acme_\"]\npattern = '(?P<secret>acme_[a-z]{8})'\nreference = \"https://x\"\n",
        "extends = [\"a\", { path = \"bb\", sha256 = \"0000000000000000000000000000000000000000000000000000000000000000\" }]\nlocked = [\"gate.push\", \"allow\"]\n",
        "mode = \"observe\"\nenforce-from = 2027-01-01\n[gate.push]\nmode = \"enforce\"\nenforce-from = 2026-01-01\n[rules]\nas-of = \"2026-10\"\n",
        "extends = \"a\"\n# \n\n\n\n\n\n[limit]\nfile = 3\n",
        "[stage.x]\ncommand = [\"x\", \"{files}\"]\nfiles = [\"*.py\"]\nformat = \"json\"\nmap = { findings = \"/r\", rule = \"/i\" }\nneeds = [\"x >= 1.2\"]\ntimeout = \"60s\"\non-error = \"block\"\nafter = [\"secrets\"]\n[gate.push]\nstages = [\"secrets\", \"x\"]\ntimeout = \"5m\"\nfail-fast = true\nparallel = 2\n",
        "[rules]\ndisable = [\"aws-access-key-id\"]\n[fingerprint]\nsalt = \"s\"\n[limit]\nfile = 64\n",
    ]
    .iter()
    .map(|text| text.as_bytes().to_vec())
    .collect()
}

/// A baseline that is read reads back as it is written; what is added to a configuration is in it, and
/// nothing else has changed.
pub fn exceptions(bytes: &[u8]) {
    let (one, other) = bytes.split_at(bytes.len() / 2);
    if let (Ok(one), Ok(other)) = (Baseline::parse(one), Baseline::parse(other)) {
        let merged = baseline::merge(&one, &other, &Baseline::default());
        for baseline in [&one, &other, &merged] {
            let text = baseline.render();
            let again = Baseline::parse(text.as_bytes());
            assert!(again.as_ref() == Ok(baseline), "a baseline does not read back");
        }
    }
    let scope = baseline::Scope { today: Day { year: 2026, month: 11, day: 24 }, whole: true };
    let told = baseline::suppress(&mut [], bytes, scope);
    assert!(told.is_ok() == Baseline::parse(bytes).is_ok(), "the gate and the commands differ");
    let Ok(text) = std::str::from_utf8(bytes) else { return };
    let allow = Allow { paths: vec!["a\"\\\u{1}\n".to_owned()], reason: "why # '\"".to_owned(), ..Allow::default() };
    let Ok(mut before) = text.parse::<toml::Table>() else { return };
    if let Ok(edited) = edit::add_allow(text, &allow) {
        let mut after: toml::Table = edited.parse().expect("an edited file is TOML");
        let added = after.get_mut("allow").and_then(toml::Value::as_array_mut).and_then(Vec::pop);
        let added = added.expect("the allowance is there");
        assert!(added["reason"].as_str() == Some(&allow.reason[..]), "another reason");
        assert!(added["paths"][0].as_str() == Some(&allow.paths[0][..]), "another path");
        let empty = |table: &mut toml::Table| {
            if table.get("allow").and_then(toml::Value::as_array).is_some_and(Vec::is_empty) {
                table.remove("allow");
            }
        };
        empty(&mut before);
        empty(&mut after);
        assert!(before == after || text.contains("nan"), "something else has changed");
    }
    if let Ok(edited) = edit::add_salt(text, "salt") {
        let after: toml::Table = edited.parse().expect("a salted file is TOML");
        assert!(after["fingerprint"]["salt"].as_str() == Some("salt"), "no salt");
    }
    let renamed = edit::rename_fingerprints(text, &|own| Some(format!("{own}\"x")));
    if let Ok(renamed) = renamed {
        assert!(renamed.parse::<toml::Table>().is_ok(), "a renamed file is no TOML");
    }
}

fn exceptions_seeds() -> Vec<Vec<u8>> {
    let print = "0123456789abcdef".repeat(2);
    let line = format!("{print} python-eval-nonliteral a%20b/ü.py expires=2027-06-30 owner=a%25 -- why: -- not\n");
    let file = format!("# gatehook-baseline 1: x\n#00\n#01\n{line}{line}#ff\r\n");
    let mut seeds = config_seeds();
    seeds.extend([
        file.clone().into_bytes(),
        format!("{file}{file}").into_bytes(),
        format!("<<<<<<< a\n{line}=======\n{line}>>>>>>> b\n").into_bytes(),
        b"# only a comment\r\n".to_vec(),
        b"allow = [{ rule = \"x\", reason = \"y\", fingerprint = [\"00000000\"] }]\nfingerprint = {}\n".to_vec(),
    ]);
    seeds
}

/// What a tool prints is read in every format, or refused.
pub fn answers(bytes: &[u8]) {
    static STAGES: OnceLock<Vec<StageConfig>> = OnceLock::new();
    let stages = STAGES.get_or_init(|| {
        let text = "[stage.a]\ncommand = [\"x\"]\nformat = \"sarif\"\nlooked-at = \"/runs/*/artifacts\"\n\
            [stage.b]\ncommand = [\"x\"]\nformat = \"junit\"\n[stage.c]\ncommand = [\"x\"]\nformat = \"checkstyle\"\n\
            [stage.d]\ncommand = [\"x\"]\nformat = \"plugin\"\n[stage.e]\ncommand = [\"x\"]\nformat = \"json\"\n\
            map = { findings = \"/runs/*/results\", path = \"/file\", line = \"/line\", rule = [\"1/id\", \"/id\", \"=x\"], cwe = \"/cwe\" }\n\
            skipped-at = \"/a/*/b\"\nlooked-at-files = \"/runs/*/results/*/file\"\nfailed-rules = [\"n 5 x\"]\n[stage.f]\ncommand = [\"x\"]\nformat = \"json-lines\"\nmap = { rule = \"=x\", message = \"/m\" }\n\
            [stage.g]\ncommand = [\"x\"]\nformat = \"regex\"\npattern = '^(?P<path>[^:]+):(?P<line>\\d+): (?P<message>.*)$'\n";
        let layer = Layer { rank: Rank::User, origin: Origin::File("fuzz".into()), text: text.as_bytes().to_vec() };
        Config::from_layers(&[layer], &gatehook::stage::program()).expect("a configuration").stages
    });
    for stage in stages {
        if let Ok(read) = external::read_report(stage, bytes) {
            for one in &read.reported {
                assert!(one.rule.len() <= 8000 && one.message.len() <= 8000, "a text without end");
                assert!(!one.cwe.contains(&0), "CWE-0");
            }
        }
    }
}

fn answers_seeds() -> Vec<Vec<u8>> {
    [
        r#"{"version":"2.1.0","runs":[{"tool":{"driver":{"rules":[{"id":"B1","properties":{"tags":["external/cwe/cwe-78"],"security-severity":"9.8"}}]}},"artifacts":[{"location":{"uri":"a"}}],"invocations":[{"executionSuccessful":true}],"results":[{"ruleIndex":0,"level":"error","message":{"text":"m"},"locations":[{"physicalLocation":{"artifactLocation":{"index":0},"region":{"startLine":3}}}],"suppressions":[{"kind":"inSource"}]}]}]}"#,
        r#"<testsuites><testsuite><testcase name="a" file="a.py" line="3"><failure message="no">x</failure></testcase></testsuite></testsuites>"#,
        r#"<checkstyle><file name="a.sh"><error line="3" column="2" severity="warning" message="&quot;CWE-79&quot;" source="S"/></file></checkstyle>"#,
        "{\"gatehook\":1}\n{\"finding\":{\"rule\":\"r\",\"message\":\"m\",\"line\":2,\"cwe\":[\"CWE-1\"]}}\n{\"done\":{\"files\":2}}\n",
        r#"{"runs":[{"id":"n","results":[{"file":"file:///a%20b","line":"7","id":5,"cwe":[78,"CWE-9"]}]}],"a":[{"b":null}]}"#,
        "{\"m\":\"x\"}\n{\"m\":null}\n",
        "a.py:3: message\nb:x\n",
    ]
    .iter()
    .map(|text| text.as_bytes().to_vec())
    .collect()
}

/// Diff, globs, marks, pushes, messages, proofs, lines, escapes.
pub fn small(bytes: &[u8]) {
    let half = bytes.len() / 2;
    let (old, new) = bytes.split_at(half);
    differ(old, new);
    assert!(diff::added_ranges(new, &[new]).is_empty(), "a text adds nothing to itself");
    let text = String::from_utf8_lossy(&bytes[..bytes.len().min(40)]).into_owned();
    let _ = paths::matches(&text, &old[..old.len().min(200)]);
    let _ = policy::marks(new, Some(old));
    let _ = git::parse_updates(bytes);
    let _ = git::parse_received(bytes);
    let _ = source::message(bytes, source::Cleanup::edited(None, b"#"));
    for rule in builtin().into_iter().filter(|rule| !rule.proof.is_empty()) {
        let _ = proof::check(&rule.proof, &bytes[..bytes.len().min(400)]);
    }
    let index = LineIndex::new(bytes, 1);
    let place = index.place(bytes, &(half..bytes.len()));
    assert!((place.line, place.column) <= (place.end_line, place.end_column), "an end before its beginning");
    let shown = escape(bytes).to_string();
    assert!(shown.chars().all(|c| c == '\t' || !c.is_control()), "a control character is shown");
}

/// Added lines are whole lines, and every other line of `new` stands in `old`, as often.
fn differ(old: &[u8], new: &[u8]) {
    let ranges = diff::added_ranges(new, &[old]);
    within(&ranges, new.len());
    let mut left: HashMap<&[u8], usize> = HashMap::new();
    for line in old.split_inclusive(|&byte| byte == b'\n') {
        *left.entry(line).or_default() += 1;
    }
    let mut at = 0;
    for line in new.split_inclusive(|&byte| byte == b'\n') {
        let (start, end) = (at, at + line.len());
        at = end;
        let added = ranges.iter().find(|range| range.start < end && range.end > start);
        match added {
            Some(range) => assert!(range.start <= start && range.end >= end, "a part of a line was added"),
            None => {
                let count = left.get_mut(line).filter(|count| **count > 0).expect("a kept line stands in the old text");
                *count -= 1;
            }
        }
    }
}

fn within(ranges: &[Range<usize>], length: usize) {
    let mut last = 0;
    for range in ranges {
        assert!(range.start >= last && range.start <= range.end && range.end <= length, "ranges out of order");
        last = range.end;
    }
}
