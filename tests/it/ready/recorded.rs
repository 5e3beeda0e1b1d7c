//! What tools printed: `tests/ready/recorded/<name>.txt`, run by run, and programs that print it again.
//!
//! ```text
//! # bandit 1.9.4
//! $ bandit -q -f json a.py
//! ? 1
//! | standard output
//! ~ standard error
//! = the file `{report}`
//! ```
//!
//! The directory that it ran in is written `[DIR]`, that of its temporary files `[TMP]`, `target/stages`
//! `[STAGES]`, and every port of this machine 0.

use std::fmt::Write;
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::support::root;

/// Runs a program and keeps what it prints, numbered, beside itself.
const RECORDER: &str = r#"#!/bin/sh
here=[KEPT]
number=$(($(cat "$here/number" 2>/dev/null || echo 0) + 1))
echo "$number" >"$here/number"
code=0
[PROGRAM] "$@" >"$here/$number.out" 2>"$here/$number.err" || code=$?
echo "$code" >"$here/$number.code"
echo "[NAME] $*" >"$here/$number.asked"
[ ! -f "$TMPDIR/report" ] || cp "$TMPDIR/report" "$here/$number.report"
cat "$here/$number.out"
cat "$here/$number.err" >&2
for kind in asked out err report; do
  [ ! -f "$here/$number.$kind" ] || sed -i "s|127.0.0.1:[0-9]*|127.0.0.1:0|g; s|$PWD|[DIR]|g; s|$TMPDIR|[TMP]|g; s|$HOME|[HOME]|g" "$here/$number.$kind"
done
exit "$code"
"#;

/// Prints what was recorded, where it is asked what was asked then.
const PLAYER: &str = r#"#!/bin/sh
here=[HERE] kept=[KEPT]
number=$(($(cat "$kept/number" 2>/dev/null || echo 0) + 1))
echo "$number" >"$kept/number"
play() {
  sed "s|\[DIR\]|$PWD|g; s|\[TMP\]|$TMPDIR|g; s|\[HOME\]|$HOME|g" "$here/$number.$1"
}
if [ ! -f "$here/$number.asked" ] || [ "$(play asked)" != "$(echo "[NAME] $*" | sed "s|127.0.0.1:[0-9]*|127.0.0.1:0|g")" ]; then
  echo "run $number is not the one that was recorded: [NAME] $*" | tee "$kept/wrong" >&2
  exit 99
fi
[ ! -f "$here/$number.report" ] || play report >"$TMPDIR/report"
play out
play err >&2
exit "$(cat "$here/$number.code")"
"#;

#[derive(Default)]
struct Run {
    asked: String,
    code: String,
    out: String,
    err: String,
    report: Option<String>,
}

/// The runs of one stage's tool.
pub(crate) struct Recording {
    name: String,
    runs: Vec<Run>,
}

fn place(name: &str) -> PathBuf {
    root().join("tests/ready/recorded").join(format!("{name}.txt"))
}

impl Recording {
    /// What was recorded of the stage `name`.
    pub(crate) fn of(name: &str) -> Option<Self> {
        let text = fs::read_to_string(place(name)).ok()?;
        let mut runs: Vec<Run> = Vec::new();
        for line in text.lines() {
            let (mark, rest) = line.split_at(line.len().min(2));
            if mark == "$ " {
                runs.push(Run { asked: rest.to_owned(), ..Run::default() });
                continue;
            }
            let Some(run) = runs.last_mut() else { continue };
            match mark.trim_end() {
                "?" => rest.clone_into(&mut run.code),
                "|" => writeln!(run.out, "{rest}").unwrap(),
                "~" => writeln!(run.err, "{rest}").unwrap(),
                "=" => writeln!(run.report.get_or_insert_default(), "{rest}").unwrap(),
                _ => panic!("{name}: a line that says nothing: {line}"),
            }
        }
        assert!(!runs.is_empty(), "{name}: nothing was recorded");
        Some(Self { name: name.to_owned(), runs })
    }

    /// Programs that print it.
    pub(crate) fn shim(&self) -> Shim {
        let shim = Shim::new();
        let dir = &shim.programs;
        for (number, run) in self.runs.iter().enumerate() {
            let put =
                |kind: &str, text: &str| fs::write(dir.path().join(format!("{}.{kind}", number + 1)), text).unwrap();
            put("asked", &run.asked.replace("[STAGES]", &super::stages()));
            put("code", &run.code);
            put("out", &run.out);
            put("err", &run.err);
            if let Some(report) = &run.report {
                put("report", report);
            }
            let program = run.asked.split(' ').next().unwrap();
            shim.put(program, PLAYER);
        }
        shim
    }

    /// Fails unless each run was asked for, and no other.
    pub(crate) fn must_be_used_up(&self, shim: &Shim) {
        let shim = shim.kept.path();
        let wrong = fs::read_to_string(shim.join("wrong")).unwrap_or_default();
        assert!(wrong.is_empty(), "{}: {wrong}", self.name);
        let number = fs::read_to_string(shim.join("number")).unwrap_or_default();
        assert_eq!(number.trim(), self.runs.len().to_string(), "{}: runs that were asked for", self.name);
    }
}

/// Programs that stand for others, and what they keep.
pub(crate) struct Shim {
    programs: tempfile::TempDir,
    kept: tempfile::TempDir,
}

impl Shim {
    fn new() -> Self {
        // A stage is confined: this is one of the few places that it may write to.
        let shared = Path::new("/dev/shm");
        let kept = if shared.is_dir() { tempfile::tempdir_in(shared) } else { tempfile::tempdir() };
        Self { programs: tempfile::tempdir().unwrap(), kept: kept.unwrap() }
    }

    /// The directory of the programs.
    pub(crate) fn path(&self) -> &Path {
        self.programs.path()
    }

    fn put(&self, name: &str, script: &str) {
        let [here, kept] = [self.path(), self.kept.path()].map(|dir| dir.to_str().unwrap());
        let text = script.replace("[HERE]", here).replace("[KEPT]", kept).replace("[NAME]", name);
        fs::write(self.path().join(name), text).unwrap();
        fs::set_permissions(self.path().join(name), fs::Permissions::from_mode(0o755)).unwrap();
    }
}

/// A program that records what the real one at `place` prints.
pub(crate) fn recorder(program: &str, place: &Path) -> Shim {
    let shim = Shim::new();
    shim.put(program, &RECORDER.replace("[PROGRAM]", place.to_str().unwrap()));
    shim
}

/// Writes what the recorder in `shim` kept.
pub(crate) fn write(name: &str, program: &str, tool: &Path, shim: &Shim) {
    let shim = shim.kept.path();
    #[allow(clippy::disallowed_methods, reason = "the tool itself knows its version")]
    let asked = Command::new(tool).arg("--version").output().unwrap();
    let asked = String::from_utf8_lossy(&asked.stdout).into_owned();
    let version = asked
        .split_whitespace()
        .map(|word| word.trim_start_matches('v'))
        .find(|word| word.starts_with(|c: char| c.is_ascii_digit()) && word.contains('.'));
    let mut text = format!("# {program} {}\n", version.unwrap_or("of an unknown version"));
    let number = fs::read_to_string(shim.join("number")).unwrap();
    for number in 1..=number.trim().parse::<u32>().unwrap() {
        for (kind, mark) in [("asked", '$'), ("code", '?'), ("out", '|'), ("err", '~'), ("report", '=')] {
            let kept = fs::read(shim.join(format!("{number}.{kind}"))).unwrap_or_default();
            for line in String::from_utf8_lossy(&kept).lines() {
                writeln!(text, "{}", format!("{mark} {line}").trim_end()).unwrap();
            }
        }
    }
    let home = std::env::var("HOME").unwrap_or_default();
    fs::write(place(name), text.replace(&super::stages(), "[STAGES]").replace(&format!("{home}/"), "[HOME]/")).unwrap();
}
