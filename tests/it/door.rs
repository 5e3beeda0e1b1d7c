//! Whatever leaves goes through the door: nothing else in the program names standard output or standard error, and a
//! hostile configuration gets neither a control character nor a token past it, in any command and format.

use std::fmt::Write;

use gatehook::report::Format;
use gatehook::rules::placeholders;

use crate::support::{World, rust_files};

#[test]
fn nothing_goes_round_the_door() {
    let mut faults = String::new();
    for (path, code) in rust_files("src/bin") {
        if path.ends_with("/door.rs") {
            continue;
        }
        for (number, line) in code.lines().enumerate() {
            let names = ["stdout()", "stderr()", "println!", "eprintln!", "print!(", "/dev/tty"]
                .iter()
                .any(|word| line.contains(word));
            // Whether it is a terminal, what a report's flag says, and the place of a panic, which is compiled in.
            let harmless =
                ["is_terminal", "takes_stdout()", "ProgressDrawTarget", "internal error in gatehook{place}", "//"]
                    .iter()
                    .any(|word| line.contains(word));
            if names && !harmless {
                writeln!(faults, "{path}:{}: {}", number + 1, line.trim()).unwrap();
            }
        }
    }
    assert!(faults.is_empty(), "\n{faults}");
}

/// Characters that no output may hold, and a token.
const HOSTILE: &str = "\u{1b}[2J\u{9b}2J\u{202e}\u{200b}\u{feff}\u{7f}\u{85}";

fn check(what: &str, output: &[u8], token: &str) {
    let text = String::from_utf8_lossy(output);
    assert!(!text.contains(token), "{what} shows the token:\n{text}");
    let bad = |c: char| matches!(c, '\0'..='\u{8}' | '\u{b}'..='\u{1f}' | '\u{7f}'..='\u{9f}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{feff}');
    let found: Vec<String> = text.chars().filter(|&c| bad(c)).map(|c| format!("{c:?}")).collect();
    assert!(found.is_empty(), "{what} holds {found:?}:\n{text}");
}

#[test]
fn a_hostile_configuration_gets_nothing_out() {
    let token = placeholders::fill("{github:ghp_}", 3);
    // As TOML writes them.
    let hostile: String = HOSTILE.chars().map(|c| format!("\\u{:04x}", u32::from(c))).collect();
    let value = format!("{hostile}{token}");
    let good = format!(
        "[fingerprint]\nsalt = \"{value}\"\n[[rule]]\nid = \"own-rule\"\ntitle = \"t {value}\"\nseverity = \"high\"\ntier = \"block\"\n\
         keywords = [\"needle\"]\npattern = '(?P<secret>needle[0-9]+)'\nwhy = \"{value}\"\nfix = \"{value}\"\nrotate = \"{value}\"\n\
         reference = \"https://example.org/{token}\"\n[[allow]]\nrule = \"aws-access-key-id\"\npaths = [\"b.py\", \"{value}\"]\n\
         reason = \"{value}\"\nowner = \"{value}\"\n[gate.push]\nstages = [\"secrets\", \"lint\"]\n[stage.lint]\n\
         command = [\"no-such-tool\", \"{value}\"]\nfiles = [\"{value}\", \"*.py\"]\nset-env.KEY = \"{value}\"\n"
    );
    let mut configs = vec![good];
    for bad in [
        "[rules]\ndisable = [\"VALUE\"]",
        "extends = \"VALUE\"",
        "extends = [{ path = \"VALUE\" }]",
        "baseline = \"../VALUE\"",
        "baseline = \"VALUE\"",
        "[gate.push]\nstages = [\"VALUE\"]",
        "[[allow]]\nrule = \"VALUE\"\nreason = \"r\"",
        "[[allow]]\nfingerprint = \"VALUE\"\nreason = \"VALUE\"",
        "locked = [\"VALUE\"]",
        "required-version = \"VALUE\"",
        "[rules]\nsets = [\"VALUE\"]",
        "\"VALUE\" = 1",
        "[stage.\"VALUE\"]\ncommand = [\"x\"]",
        "[gate.commit]\nblock = \"VALUE\"",
        "[[rule]]\nid = \"own\"\ntitle = \"t\"\nseverity = \"high\"\nkeywords = [\"needle\"]\npattern = \"(VALUE\"\nwhy = \"w\"\nfix = \"f\"",
        "[[rule]]\nid = \"VALUE\"\ntitle = \"t\"\nseverity = \"VALUE\"\nkeywords = [\"needle\"]\npattern = \"needle[0-9]+\"\nwhy = \"w\"\nfix = \"f\"",
        "[stage.lint]\ncommand = [\"x\"]\nformat = \"VALUE\"",
        "[rules]\nas-of = \"VALUE\"",
        "[stage.lint]\ncommand = [\"x\"]\nafter = [\"VALUE\"]",
    ] {
        configs.push(bad.replace("VALUE", &value));
    }
    let (mut masked, mut spelled) = (0, 0);
    for config in &configs {
        let world = World::new();
        let repo = world.repo();
        std::fs::write(repo.join("gatehook.toml"), config).unwrap();
        std::fs::write(repo.join("a.py"), "x = 'needle12345'\n").unwrap();
        std::fs::write(repo.join("b.py"), placeholders::fill("AWS = \"AKIA{base32:16}\"\n", 1)).unwrap();
        std::fs::write(repo.join(format!("n\u{202e}\u{9b}{token}.py")), "y = 'needle777'\n").unwrap();
        world.sh("git init -q . && git init -q --bare ../origin.git && git remote add origin ../origin.git && git add . && git commit -q -m one");
        let is_good = config == &configs[0];
        let formats = if is_good { Format::ALL } else { &[Format::Text] };
        let mut commands: Vec<String> =
            formats.iter().map(|format| format!("gatehook scan -v --format {}", format.word())).collect();
        let few =
            ["config show --format json", "hook pre-commit", "stage list"].map(|command| format!("gatehook {command}"));
        commands.extend(few);
        let many = [
            "hook pre-commit",
            "stage list",
            "stage list --format json",
            "config show --origin",
            "config show --origin --format json",
            "plan push",
            "plan push --format json",
            "trust --show",
            "status",
            "rules check",
            "ci --base HEAD",
            "ci",
            "hook pre-push </dev/null",
            "scan --color always -v",
            "baseline create",
            "allow deadbeef --reason x",
            &format!("explain '{token}'"),
            &format!("ci --base '{token}'"),
            &format!("scan --range '{token}'"),
            "report convert --to sarif ../none",
        ]
        .map(|command| format!("gatehook {command}"));
        if is_good {
            commands.extend(many);
            commands.push("git push origin main".to_owned());
        }
        for command in commands {
            let ran = world.sh(&format!("{command} 2>&1"));
            let mut output = ran.stdout;
            if command.contains("--color always") {
                // Its own colours are no hostile ones.
                let text = String::from_utf8_lossy(&output).into_owned();
                output = text
                    .split("\u{1b}[")
                    .enumerate()
                    .map(|(at, part)| if at == 0 { part } else { part.split_once('m').map_or(part, |(_, rest)| rest) })
                    .collect::<String>()
                    .into_bytes();
            }
            let shown = String::from_utf8_lossy(&output);
            masked += usize::from(shown.contains("ghp_*"));
            spelled += usize::from(shown.contains("\\u{202e}") || shown.contains("\\u202e"));
            check(&format!("`{command}` with\n{config}\n"), &output, &token);
            if command.ends_with("--format json") && !output.is_empty() && ran.status.success() {
                serde_json::from_slice::<serde_json::Value>(&output)
                    .unwrap_or_else(|error| panic!("{command}: {error}"));
            }
        }
    } // There was something to hide.
    assert!(masked > 20 && spelled > 20, "{masked} outputs were masked, {spelled} spelled out");
}
