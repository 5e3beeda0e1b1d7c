//! The hook frameworks, the real ones: pre-commit and prek run gatehook through `.pre-commit-hooks.yaml`.
//!
//! `tests/tools.sh` installs them; without them these tests fail as not run, but for `tests/run --fast`.

use std::path::PathBuf;
use std::process::Output;

use gatehook::rules::holes;

use crate::support::{World, root};

/// Where `tests/tools.sh` puts programs.
fn tools() -> PathBuf {
    let target = std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| root().join("target"), PathBuf::from);
    root().join(target).join("tools/bin")
}

/// Whether the test may be left out; fails as not run where it may not and the tool is missing.
fn left_out(tool: &str) -> bool {
    if std::env::var_os("GATEHOOK_TESTS_FAST").is_some() {
        return true;
    }
    let program = tools().join(tool);
    assert!(program.exists(), "not run: {tool}: `{}` is missing, `sh tests/tools.sh` installs it", program.display());
    false
}

/// A repository that uses gatehook through `tool`, and a remote to push to.
struct Framework {
    world: World,
    tool: &'static str,
}

impl Framework {
    fn new(tool: &'static str) -> Self {
        let framework = Self { world: World::new(), tool };
        let hooks = std::fs::read_to_string(root().join(".pre-commit-hooks.yaml")).unwrap();
        let provider = framework.world.path().join("provider");
        std::fs::create_dir(&provider).unwrap();
        std::fs::write(provider.join(".pre-commit-hooks.yaml"), hooks).unwrap();
        framework.must("cd ../provider && git init -q . && git add -A && git commit -qm hooks && git tag v1");
        let config = format!(
            "repos:\n  - repo: {}\n    rev: v1\n    hooks:\n      - id: gatehook\n      - id: gatehook-commit-msg\n      - id: gatehook-pre-push\n",
            provider.display()
        );
        std::fs::write(framework.world.repo().join(".pre-commit-config.yaml"), config).unwrap();
        framework.must(
            "git init -q --bare ../remote.git && git init -q . && git add -A && git commit -qm first \
             && git remote add origin ../remote.git && git push -q origin main",
        );
        framework.must(&format!("{tool} install -t pre-commit -t commit-msg -t pre-push"));
        framework
    }

    fn run(&self, script: &str) -> Output {
        let path = format!("{}:{}", tools().display(), self.world.path_variable());
        let filled = holes::fill(script, 5);
        self.world.command("sh").env("PATH", path).args(["-c", &format!("exec 2>&1\n{filled}")]).output().unwrap()
    }

    fn must(&self, script: &str) -> String {
        let output = self.run(script);
        let text = String::from_utf8_lossy(&output.stdout).into_owned();
        assert!(output.status.success(), "{}: {script}\n{text}", self.tool);
        text
    }

    fn blocked(&self, script: &str, words: &[&str]) {
        let output = self.run(script);
        let text = String::from_utf8_lossy(&output.stdout);
        assert_eq!(output.status.code(), Some(1), "{}: {script}\n{text}", self.tool);
        for word in words {
            assert!(text.contains(word), "{}: `{word}` is not in the output of {script}\n{text}", self.tool);
        }
    }
}

fn keeps_its_promises(tool: &'static str) {
    if left_out(tool) {
        return;
    }
    let framework = Framework::new(tool);
    framework.must("echo 'x = 1' > a.py && git add a.py && git commit -m clean");
    let key = "printf 'key = \"AKIA{base32:16}\"\\n' > b.py && git add b.py";
    framework.blocked(&format!("{key} && git commit -m key"), &["error[aws-access-key-id]", "b.py:1:"]);
    // What is only in the work tree is not what is committed.
    framework.must("git reset -q && git commit --allow-empty -m 'without it' && rm b.py");
    framework.blocked("git commit --allow-empty -m 'AKIA{base32:16}'", &["error[aws-access-key-id]"]);
    framework.must("git push origin main");
    framework.must(&format!("{key} && git commit -q --no-verify -m unseen && git rm -q b.py && git commit -qm gone"));
    framework.blocked("git push origin main", &["error[aws-access-key-id]"]);
    framework.blocked(&format!("{key} && git commit -q --no-verify -m back; {tool} run --all-files"), &["b.py:1:"]);
}

#[test]
fn pre_commit_blocks_commits_messages_and_pushes() {
    keeps_its_promises("pre-commit");
}

#[test]
fn prek_blocks_commits_messages_and_pushes() {
    keeps_its_promises("prek");
}
