//! Every rule finds its hits and leaves its misses.

use super::{RuleSet, all_ids};
use crate::iac::{Source, Technology, check, read};

/// An example as a whole document of its technology.
fn whole(technology: Technology, kind: &str, text: &str) -> String {
    let is_whole = |word: &str| text.lines().any(|line| line.starts_with(word));
    match technology {
        Technology::Terraform
            if !["resource ", "data ", "provider ", "module ", "variable ", "output "]
                .iter()
                .any(|word| is_whole(word)) =>
        {
            if let Some(name) = kind.strip_prefix("provider_") {
                return format!("provider \"{name}\" {{\n{text}\n}}\n");
            }
            match kind {
                "terraform_module" => format!("module \"a\" {{\n{text}\n}}\n"),
                "terraform_variable" => format!("variable \"a\" {{\n{text}\n}}\n"),
                _ => format!("resource \"{kind}\" \"a\" {{\n{text}\n}}\n"),
            }
        }
        Technology::CloudFormation if !is_whole("Resources") => {
            format!("Resources:\n  A:\n    Type: {kind}\n    Properties: {text}\n")
        }
        Technology::Kubernetes if !is_whole("apiVersion") => match kind {
            "k8s_container" => {
                format!("apiVersion: v1\nkind: Pod\nmetadata: {{name: a}}\nspec: {{containers: [{text}]}}\n")
            }
            "k8s_pod" => format!("apiVersion: v1\nkind: Pod\nmetadata: {{name: a}}\nspec: {text}\n"),
            _ => format!("apiVersion: v1\nkind: {kind}\n{text}\n"),
        },
        Technology::Docker if !is_whole("FROM") => format!("FROM a:1.2\n{text}\n"),
        Technology::Compose if !is_whole("services") => format!("services:\n  a: {text}\n"),
        Technology::Actions => match kind {
            "gha_step" if !is_whole("on") => {
                format!("on: [issue_comment]\njobs:\n  a:\n    runs-on: ubuntu-24.04\n    steps:\n      - {text}\n")
            }
            "gha_job" if !is_whole("on") => format!("on: push\njobs:\n  a: {text}\n"),
            _ => text.to_owned(),
        },
        _ => text.to_owned(),
    }
}

#[test]
fn rules_find_their_hits_and_leave_their_misses() {
    let mut faults = Vec::new();
    let mut count = 0;
    for technology in Technology::ALL {
        let set = match RuleSet::of(technology) {
            Ok(set) => set,
            Err(all) => {
                faults.extend(all);
                continue;
            }
        };
        count += set.rules().len();
        for (number, rule) in set.rules().iter().enumerate() {
            if technology != Technology::CloudFormation && (rule.hits.is_empty() || rule.misses.is_empty()) {
                faults.push(format!("{}: hits and misses are needed", rule.id));
            }
            for (examples, wanted) in [(&rule.hits, true), (&rule.misses, false)] {
                for example in examples {
                    let text = whole(technology, &rule.first_kind, example);
                    let path = if technology == Technology::Docker { "Dockerfile" } else { "a.yml" };
                    let path = if technology == Technology::Terraform { "a.tf" } else { path };
                    let sources = [Source { path, text: &text }];
                    let model = read(technology, &sources);
                    if !model.faults.is_empty() {
                        faults.push(format!("{}: does not parse: {:?}\n{text}", rule.id, model.faults));
                        continue;
                    }
                    let found = check(&set, &model, &sources);
                    if found.iter().any(|found| found.rule == number) != wanted {
                        faults.push(format!("{}: {} this:\n{text}", rule.id, if wanted { "misses" } else { "finds" }));
                    }
                }
            }
        }
    }
    assert!(faults.is_empty(), "{count} rules\n{}", faults.join("\n"));
    // A file that is not read must not read as "all hold".
    assert!(count > 400, "{count} rules");
}

#[test]
fn no_id_stands_twice() {
    let mut ids: Vec<&str> = all_ids().collect();
    ids.sort_unstable();
    for pair in ids.windows(2) {
        assert_ne!(pair[0], pair[1]);
    }
}
