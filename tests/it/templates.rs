//! The templates of `hooks/ci/` and `action.yml`: their scripts are run as each system would run them, with its
//! own variables, in a real clone; linters read what is there for them to read.

use std::collections::HashMap;
use std::path::Path;
use std::process::Command;

use gatehook::rules::placeholders;
use serde_json::Value;

use crate::support::{World, root, tool};

/// A template, what its system sets in a request, and the reports that it makes.
struct Case {
    file: &'static str,
    variables: &'static str,
    reports: &'static [&'static str],
}

const CASES: [Case; 7] = [
    Case {
        file: "action.yml",
        variables: "GITHUB_ACTIONS=true GITHUB_EVENT_NAME=pull_request GITHUB_BASE_REF=main GITHUB_EVENT_PATH=EVENT \
                    GITHUB_SHA=HEAD RUNNER_TEMP=TEMP GITHUB_ACTION_PATH=ROOT",
        reports: &["gatehook.sarif"],
    },
    Case {
        file: "hooks/ci/gitlab.yml",
        variables: "GITLAB_CI=true CI_MERGE_REQUEST_IID=4 CI_COMMIT_SHA=HEAD CI_MERGE_REQUEST_DIFF_BASE_SHA=BASE \
                    CI_MERGE_REQUEST_TARGET_BRANCH_NAME=main CI_COMMIT_BEFORE_SHA=0000000000000000000000000000000000000000 \
                    CI_MERGE_REQUEST_PROJECT_ID=1 CI_MERGE_REQUEST_SOURCE_PROJECT_ID=1 CI_DEFAULT_BRANCH=main",
        reports: &[
            "gl-secret-detection-report.json",
            "gl-sast-report.json",
            "gl-code-quality-report.json",
            "gatehook-junit.xml",
        ],
    },
    Case {
        file: "hooks/ci/circleci.yml",
        variables: "CIRCLECI=true CIRCLE_SHA1=HEAD CIRCLE_PULL_REQUEST=https://github.com/o/r/pull/4 BASH_ENV=TEMP/env",
        reports: &["reports/gatehook/junit.xml", "reports/gatehook.html"],
    },
    Case {
        file: "hooks/ci/Jenkinsfile",
        variables: "JENKINS_URL=https://ci/ GIT_COMMIT=HEAD CHANGE_TARGET=main CHANGE_ID=4 WORKSPACE_TMP=TEMP",
        reports: &["gatehook.sarif", "gatehook-junit.xml"],
    },
    Case {
        file: "hooks/ci/azure-pipelines.yml",
        variables: "TF_BUILD=True SYSTEM_PULLREQUEST_TARGETBRANCH=refs/heads/main SYSTEM_PULLREQUEST_SOURCECOMMITID=HEAD \
                    SYSTEM_PULLREQUEST_ISFORK=False BUILD_SOURCEVERSION=HEAD AGENT_TEMPDIRECTORY=TEMP",
        reports: &["gatehook-junit.xml", "gatehook.sarif"],
    },
    Case {
        file: "hooks/ci/bitbucket-pipelines.yml",
        variables: "BITBUCKET_BUILD_NUMBER=4 BITBUCKET_COMMIT=HEAD BITBUCKET_PR_ID=4 BITBUCKET_PR_DESTINATION_BRANCH=main \
                    BITBUCKET_PR_DESTINATION_COMMIT=BASE",
        reports: &["test-results/gatehook.xml", "gatehook.html"],
    },
    Case {
        file: "hooks/ci/buildkite.yml",
        variables: "BUILDKITE=true BUILDKITE_COMMIT=HEAD BUILDKITE_PULL_REQUEST=4 BUILDKITE_PULL_REQUEST_BASE_BRANCH=main \
                    BUILDKITE_REPO=git@example.org:o/r.git BUILDKITE_PULL_REQUEST_REPO=git@example.org:o/r.git",
        reports: &["gatehook-junit.xml", "gatehook.html"],
    },
];

fn ok(world: &World, script: &str) -> String {
    let output = world.sh(&format!("exec 2>&1; set -e; {script}"));
    let text = String::from_utf8_lossy(&output.stdout).trim().to_owned();
    assert!(output.status.success(), "{script}\n{text}");
    text
}

/// A clone of depth 1 of a request that adds `line` to what `main` has, which holds a secret already.
fn clone(line: &str) -> World {
    let world = World::new();
    let old = placeholders::fill("key = \"AKIA{base32:16}\"\n", 3);
    std::fs::write(world.path().join("old.py"), old).unwrap();
    std::fs::write(world.path().join("new.py"), placeholders::fill(line, 4)).unwrap();
    ok(
        &world,
        "git init -q ../work && cd ../work && cp ../old.py . && git add -A && git commit -qm old &&
         git switch -qc topic && cp ../new.py . && git add -A && git commit -qm new && git switch -q main &&
         echo 1 >other && git add -A && git commit -qm other && git clone -q --bare . ../origin.git &&
         cd .. && rm -rf repo && git clone -q --depth=1 --branch=topic \"file://$PWD/origin.git\" repo",
    );
    let (base, head) = (ok(&world, "git -C ../work rev-parse main"), ok(&world, "git -C ../work rev-parse topic"));
    let event = format!(
        r#"{{"pull_request":{{"base":{{"sha":"{base}","ref":"main","repo":{{"full_name":"o/r"}}}},"head":{{"sha":"{head}","repo":{{"full_name":"o/r"}}}}}}}}"#
    );
    std::fs::write(world.path().join("event.json"), event).unwrap();
    std::fs::create_dir(world.path().join("temp")).unwrap();
    world
}

/// Runs the scripts of `case`; the exit code of the first one that fails.
fn run(world: &World, steps: &Value, case: &Case) -> (i32, String) {
    let (base, head) = (ok(world, "git -C ../work rev-parse main"), ok(world, "git -C ../work rev-parse topic"));
    let at = |name: &str| world.path().join(name).display().to_string();
    let put = |value: &str| {
        let value = value.replace("EVENT", &at("event.json")).replace("TEMP", &at("temp"));
        value.replace("BASE", &base).replace("HEAD", &head).replace("ROOT", &root().display().to_string())
    };
    let variables: HashMap<&str, String> = case
        .variables
        .split_whitespace()
        .filter_map(|pair| pair.split_once('='))
        .map(|(name, value)| (name, put(value)))
        .collect();
    let mut said = String::new();
    for step in steps.as_array().unwrap() {
        let mut command = world.command("bash");
        command.args(["-eo", "pipefail", "-c", step["script"].as_str().unwrap()]).envs(&variables);
        for (name, value) in step["env"].as_object().unwrap() {
            command.env(name, value.as_str().unwrap());
        }
        let output = command.output().unwrap();
        said += &String::from_utf8_lossy(&output.stdout);
        said += &String::from_utf8_lossy(&output.stderr);
        if !output.status.success() {
            return (output.status.code().unwrap_or(-1), said);
        }
    }
    (0, said)
}

#[test]
fn templates_check_the_change_and_nothing_else() {
    let Some(python) = tool("python", "templates") else { return };
    for case in &CASES {
        let script = root().join("tests/it/templates.py");
        let output = Command::new(&python).arg(script).arg(root().join(case.file)).output().unwrap();
        assert!(output.status.success(), "{}: {}", case.file, String::from_utf8_lossy(&output.stderr));
        let steps: Value = serde_json::from_slice(&output.stdout).unwrap();
        assert!(!steps.as_array().unwrap().is_empty(), "{}: no script", case.file);
        for (line, expected) in [("token = \"{github:ghp_}\"\nos.system(\"rm \" + name)\n", 1), ("x = 1\n", 0)] {
            let world = clone(line);
            let (code, said) = run(&world, &steps, case);
            assert_eq!(code, expected, "{}\n{said}", case.file);
            assert!(said.contains("1 commits, 1 files"), "{}\n{said}", case.file);
            assert!(!said.contains("old.py"), "{}: what the base has is no news\n{said}", case.file);
            for report in case.reports {
                let text = std::fs::read_to_string(world.repo().join(report)).unwrap_or_default();
                assert!(!text.is_empty(), "{}: `{report}` is missing", case.file);
                assert_eq!(text.contains("new.py"), expected == 1, "{}: `{report}`", case.file);
            }
        }
    }
}

#[test]
fn linters_of_actions_find_nothing() {
    let Some(zizmor) = tool("zizmor", "templates") else { return };
    let dir = tempfile::tempdir().unwrap();
    let workflows = dir.path().join(".github/workflows");
    std::fs::create_dir_all(&workflows).unwrap();
    std::fs::copy(root().join("action.yml"), dir.path().join("action.yml")).unwrap();
    std::fs::copy(root().join("hooks/ci/github.yml"), workflows.join("gatehook.yml")).unwrap();
    let lint = |dir: &Path| {
        let output = Command::new(&zizmor).args(["--offline", "--no-progress", "."]).current_dir(dir).output().unwrap();
        (
            output.status.code(),
            String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr),
        )
    };
    let (code, said) = lint(dir.path());
    assert!(code == Some(0) && said.contains("No findings"), "{said}");
    // It would find what there were to find.
    let text = std::fs::read_to_string(dir.path().join("action.yml")).unwrap();
    std::fs::write(dir.path().join("action.yml"), text.replace("gatehook ci \"$@\"", "gatehook ci ${{ inputs.args }}"))
        .unwrap();
    let (code, said) = lint(dir.path());
    assert!(code != Some(0) && said.contains("template-injection"), "{said}");
}

#[test]
fn the_servers_hook_takes_clean_pushes_only_and_nothing_without_gatehook() {
    let world = clone("x = 1\n");
    let hook = world.path().join("origin.git/hooks/pre-receive");
    std::fs::copy(root().join("hooks/ci/pre-receive"), &hook).unwrap();
    std::fs::write(world.path().join("bad.py"), placeholders::fill("token = \"{github:ghp_}\"\n", 5)).unwrap();
    ok(
        &world,
        "cd ../work && git switch -qc fine && echo y >y && git add y && git commit -qm y && git push -q ../origin.git fine",
    );
    let refused = |script: &str| {
        let output =
            world.sh(&format!("exec 2>&1; cd ../work && {script} git push -q ../origin.git HEAD:refs/heads/bad"));
        assert!(!output.status.success());
        String::from_utf8_lossy(&output.stdout).into_owned()
    };
    let said = refused("cp ../bad.py . && git add -A && git commit -qm bad &&");
    assert!(said.contains("github-personal-access-token"), "{said}");
    let path = "PATH=/usr/local/bin:/usr/bin:/bin";
    let said = refused(path);
    assert!(said.contains("nothing is accepted") && said.contains("GATEHOOK_BIN"), "{said}");
}
