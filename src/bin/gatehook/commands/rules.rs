//! `gatehook rules`.

use gatehook::finding::Exit;
use gatehook::pipeline::examples;
use gatehook::rules::builtin;

use crate::args::Rules;

#[allow(clippy::print_stdout, reason = "the binary speaks")]
pub(crate) fn run(command: Rules) -> Exit {
    match command {
        Rules::List { format } if format == "json" => {
            let rules: Vec<_> = builtin()
                .iter()
                .map(|rule| {
                    serde_json::json!({
                        "id": rule.id, "pack": rule.pack.word(), "severity": rule.severity.word(),
                        "tier": rule.tier.word(), "cwe": rule.cwe,
                        "languages": rule.languages.iter().map(gatehook::rules::Language::word).collect::<Vec<_>>(),
                    })
                })
                .collect();
            println!("{}", serde_json::Value::from(rules));
            Exit::Clean
        }
        Rules::List { .. } => {
            for rule in builtin() {
                println!("{:8} {:8} {:5} {:45} {}", rule.pack.word(), rule.severity, rule.tier, rule.id, rule.title);
            }
            Exit::Clean
        }
        Rules::Check { prefix } => {
            let prefix = prefix.unwrap_or_default();
            let chosen: Vec<_> = builtin().iter().filter(|rule| rule.id.starts_with(&prefix)).collect();
            let faults = examples::check(&chosen);
            for fault in &faults {
                println!("{fault}");
            }
            println!("{} rules checked, {} faults", chosen.len(), faults.len());
            if faults.is_empty() && !chosen.is_empty() { Exit::Clean } else { Exit::Usage }
        }
    }
}
