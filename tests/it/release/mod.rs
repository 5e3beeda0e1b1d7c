//! The release gate on evidence that is wrong in every way: the real program, real reports, changed one thing at a time.

mod evidence;
mod foreign;
mod signed;

use std::collections::BTreeMap;

use gatehook::rules::placeholders;
use serde_json::Value;

use crate::support::{World, binary};

/// A repository, and the reports that its CI jobs wrote of its head.
pub(super) struct Shop {
    pub(super) world: World,
    pub(super) commit: String,
    /// The evidence as it should be, by file.
    pub(super) good: BTreeMap<String, Vec<u8>>,
    /// A report of the stage `insecure` with a finding that blocks.
    pub(super) blocked: Vec<u8>,
}

impl Shop {
    pub(super) fn new() -> Self {
        let world = World::new();
        let key = placeholders::fill("AKIA{base32:16}", 3);
        let script = format!(
            "set -e
            git init -q .
            printf '[gate.ci]\\nstages = [\"secrets\", \"insecure\"]\\n' >gatehook.toml
            git add . && git commit -qm base && echo 'print(1)' >a.py && git add . && git commit -qm change
            mkdir ../jobs
            gatehook ci --base HEAD~1 --only insecure --report json=../jobs/insecure.json
            gatehook ci --base HEAD~1 --only secrets --shard 1/2 --report json=../jobs/secrets-1.json
            gatehook ci --base HEAD~1 --only secrets --shard 2/2 --report json=../jobs/secrets-2.json
            git switch -q -c leak && echo 'k = \"{key}\"' >k.py && git add . && git commit -qm leak
            gatehook ci --base main --only secrets --report json=../blocked.json || true
            git switch -q main"
        );
        let output = world.sh(&script);
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        let commit = String::from_utf8(world.sh("git rev-parse HEAD").stdout).unwrap().trim().to_owned();
        let read = |path: &str| std::fs::read(world.path().join(path)).unwrap();
        let names = ["insecure.json", "secrets-1.json", "secrets-2.json"];
        let good = names.iter().map(|name| ((*name).to_owned(), read(&format!("jobs/{name}")))).collect();
        let blocked = edited(&read("blocked.json"), &|report| report["scanned"]["head"] = commit.as_str().into());
        Self { world, commit, good, blocked }
    }

    /// Puts `files` into a new directory.
    pub(super) fn put(&self, name: &str, files: &BTreeMap<String, Vec<u8>>) -> std::path::PathBuf {
        let dir = self.world.path().join(name);
        let _ = std::fs::remove_dir_all(&dir);
        std::fs::create_dir(&dir).unwrap();
        for (name, bytes) in files {
            std::fs::write(dir.join(name), bytes).unwrap();
        }
        dir
    }

    /// Exit code and all that the program says.
    pub(super) fn gatehook(&self, args: &[&str]) -> (i32, String) {
        let output = self.world.command(binary()).args(args).output().unwrap();
        let said = [output.stdout, output.stderr].concat();
        (output.status.code().unwrap(), String::from_utf8(said).unwrap())
    }
}

/// A report with something else in it.
pub(super) fn edited(report: &[u8], edit: &dyn Fn(&mut Value)) -> Vec<u8> {
    let mut value: Value = serde_json::from_slice(report).unwrap();
    edit(&mut value);
    value.to_string().into_bytes()
}

/// A time so many seconds from now.
pub(super) fn moment(ahead: i64) -> String {
    let now = i64::try_from(gatehook::session::clock::seconds()).unwrap();
    gatehook::session::clock::at(u64::try_from(now + ahead).unwrap())
}
