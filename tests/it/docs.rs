//! Generated pages are committed and compared: `BLESS=1` writes them anew.

use std::fmt::Write;

use gatehook::pipeline::example_pair::{self, ExamplePairs};
use gatehook::rules::{Pack, Rule, builtin, placeholders};

use crate::support::{World, binary, root};

/// Compares `page` with the committed file, or writes it under `BLESS=1`.
pub(crate) fn fresh(path: &str, page: &str) {
    let file = root().join(path);
    if std::env::var_os("BLESS").is_some() {
        std::fs::create_dir_all(file.parent().unwrap()).unwrap();
        std::fs::write(&file, page).unwrap();
    }
    let committed = std::fs::read_to_string(&file).unwrap_or_default();
    assert!(committed == page, "`{path}` is stale: `just bless` rewrites it");
}

fn help(world: &World, words: &[&str]) -> String {
    let output = world.command(binary()).args(words).arg("--help").output().unwrap();
    assert!(output.status.success(), "{words:?}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

/// The subcommands that a help page lists.
fn subcommands(page: &str) -> Vec<String> {
    let listed = page.split("\nCommands:\n").nth(1).unwrap_or_default();
    listed
        .lines()
        .take_while(|line| line.starts_with("  "))
        .filter_map(|line| line.strip_prefix("  ")?.split_whitespace().next().filter(|_| !line.starts_with("   ")))
        .filter(|name| *name != "help")
        .map(str::to_owned)
        .collect()
}

fn add(world: &World, words: &[&str], out: &mut String) {
    let page = help(world, words);
    let name = [&["gatehook"], words].concat().join(" ");
    let trimmed: Vec<&str> = page.trim_end().lines().map(str::trim_end).collect();
    write!(out, "\n## {name}\n\n```text\n{}\n```\n", trimmed.join("\n")).unwrap();
    for sub in subcommands(&page) {
        add(world, &[words, &[sub.as_str()]].concat(), out);
    }
}

#[test]
fn the_cli_page_is_what_help_prints() {
    let mut page = "# Commands and flags\n\nGenerated from the help texts; `just bless` rewrites it.\n".to_owned();
    add(&World::new(), &[], &mut page);
    assert!(page.contains("## gatehook scan"));
    fresh("docs/cli.md", &page);
}

/// Rules of a pack, by id.
fn pack(pack: Pack) -> Vec<&'static Rule> {
    let mut rules: Vec<_> = builtin().into_iter().filter(|rule| rule.pack == pack).collect();
    rules.sort_by(|one, other| one.id.cmp(&other.id));
    rules
}

const PACKS: [(Pack, &str); 2] = [(Pack::Secrets, "Secrets"), (Pack::Insecure, "Insecure patterns")];

#[test]
fn the_rules_page_lists_every_rule() {
    let mut page = "# Rules\n\nGenerated from `rules/`; `just bless` rewrites it. Each rule's page has why, a bad and a good example, \
                    how to fix and to rotate, and links; `gatehook explain RULE` shows the same.\n"
        .to_owned();
    for (which, title) in PACKS {
        let rules = pack(which);
        write!(
            page,
            "\n## {title} ({})\n\n| rule | what | severity | tier | CWE |\n|---|---|---|---|---|\n",
            rules.len()
        )
        .unwrap();
        for rule in rules {
            let (id, title) = (&rule.id, rule.title.replace('|', "\\|"));
            let (severity, tier, cwe) = (rule.severity, rule.tier, rule.cwe.join(", "));
            writeln!(page, "| [`{id}`](rules/{}.md#{id}) | {title} | {severity} | {tier} | {cwe} |", which.word())
                .unwrap();
        }
    }
    fresh("docs/rules.md", &page);
}

/// A fenced block that no line of `text` ends.
fn fenced(text: &str) -> String {
    let fence = if text.contains("```") { "````" } else { "```" };
    format!("{fence}text\n{}\n{fence}\n", text.trim_matches('\n'))
}

#[test]
fn every_rule_has_its_lesson_in_the_pages() {
    let teacher = ExamplePairs::default();
    for (which, title) in PACKS {
        let mut page = format!("# {title}\n\nGenerated from `rules/{}/`; `just bless` rewrites it.\n", which.word());
        for rule in pack(which) {
            let (id, severity, tier) = (&rule.id, rule.severity, rule.tier);
            write!(page, "\n## {id}\n\n{}. Severity {severity}, tier {tier}.\n\n", rule.title).unwrap();
            write!(page, "**Why:** {}.\n\n", rule.why).unwrap();
            let pair = teacher.pair(rule).unwrap_or_else(|| panic!("{id} has no bad or good example"));
            for (name, example) in [("Bad", &pair.bad), ("Good", &pair.good)] {
                let (path, text) = example_pair::split(example);
                let file = path.map(|path| format!(" in <code>{path}</code>")).unwrap_or_default();
                let text =
                    if rule.by_name_only() && name == "Bad" { "the file itself, in the repository" } else { text };
                write!(page, "**{name}**{file}\n\n{}\n", fenced(&placeholders::shown(text))).unwrap();
            }
            write!(page, "**Fix:** {}.\n\n", rule.fix).unwrap();
            if !rule.rotate.is_empty() {
                write!(page, "**Rotate:** {}.\n\n", rule.rotate).unwrap();
            }
            let links: Vec<String> = example_pair::links(rule).iter().map(|link| format!("<{link}>")).collect();
            writeln!(page, "**Links:** {}", links.join(", ")).unwrap();
        }
        fresh(&format!("docs/rules/{}.md", which.word()), &page);
    }
}

#[test]
fn what_the_migration_guide_shows_is_what_import_prints() {
    let dir = root().join("tests/scenarios/import");
    let printed: String =
        std::fs::read_dir(dir).unwrap().map(|file| std::fs::read_to_string(file.unwrap().path()).unwrap()).collect();
    let guide = std::fs::read_to_string(root().join("docs/migrating.md")).unwrap();
    let mut captures = 0;
    for block in guide.split("```console\n$ gatehook import").skip(2).filter_map(|rest| rest.split("```").next()) {
        captures += 1;
        for line in block.lines().skip(1).filter(|line| !line.is_empty()) {
            assert!(
                printed.contains(&format!("| {line}\n")),
                "docs/migrating.md shows what no scenario prints:\n{line}"
            );
        }
    }
    assert!(captures >= 3, "{captures}");
}

#[test]
fn every_shell_has_completions_and_there_is_a_manual_page() {
    let world = World::new();
    for shell in ["bash", "zsh", "fish", "elvish", "powershell"] {
        let output = world.command(binary()).args(["completions", shell]).output().unwrap();
        let script = String::from_utf8(output.stdout).unwrap();
        assert!(output.status.success() && script.contains("staged"), "{shell}: {script}");
    }
    let bash = world.sh("gatehook completions bash > c && bash -n c");
    assert!(bash.status.success(), "{}", String::from_utf8_lossy(&bash.stderr));
    let output = world.command(binary()).arg("man").output().unwrap();
    assert!(String::from_utf8_lossy(&output.stdout).contains(".TH gatehook"));
}

#[test]
fn every_rule_can_be_explained() {
    for rule in builtin() {
        for (key, text) in [("why", &rule.why), ("fix", &rule.fix), ("reference", &rule.reference)] {
            assert!(!text.is_empty(), "rule `{}` lacks `{key}`", rule.id);
        }
        assert!(!rule.cwe.is_empty(), "rule `{}` lacks a CWE", rule.id);
        assert!(rule.pack != Pack::Secrets || !rule.rotate.is_empty(), "rule `{}` lacks `rotate`", rule.id);
    }
    let world = World::new();
    let output = world.command(binary()).args(["explain", "aws-access-key-id"]).output().unwrap();
    let page = String::from_utf8(output.stdout).unwrap();
    for part in ["aws-access-key-id: ", "Why\n", "Bad\n  - ", "Good\n  + ", "Fix\n", "Rotate\n", "Links\n  https://"] {
        assert!(page.contains(part), "{part} is missing in\n{page}");
    }
}
