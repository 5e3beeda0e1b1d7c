//! Ready-made stages: one table a tool, as it is written into `gatehook.toml`.
//!
//! Data only. Whether a tool is there, and where its table goes, is for others to know.

/// A stage that somebody can take as it is.
#[derive(Clone, Copy, Debug)]
pub struct Ready {
    /// Its name, and its table's.
    pub name: &'static str,
    /// The TOML of its table, with comments.
    pub table: &'static str,
}

/// All of them, sorted by name.
pub const ALL: &[Ready] = &[
    Ready { name: "bandit", table: include_str!("bandit.toml") },
    Ready { name: "cargo-audit", table: include_str!("cargo-audit.toml") },
    Ready { name: "cargo-deny", table: include_str!("cargo-deny.toml") },
    Ready { name: "checkov", table: include_str!("checkov.toml") },
    Ready { name: "dependency-check", table: include_str!("dependency-check.toml") },
    Ready { name: "eslint", table: include_str!("eslint.toml") },
    Ready { name: "flake8", table: include_str!("flake8.toml") },
    Ready { name: "gitleaks", table: include_str!("gitleaks.toml") },
    Ready { name: "gosec", table: include_str!("gosec.toml") },
    Ready { name: "grype", table: include_str!("grype.toml") },
    Ready { name: "hadolint", table: include_str!("hadolint.toml") },
    Ready { name: "npm-audit", table: include_str!("npm-audit.toml") },
    Ready { name: "osv-scanner", table: include_str!("osv-scanner.toml") },
    Ready { name: "pip-audit", table: include_str!("pip-audit.toml") },
    Ready { name: "ruff", table: include_str!("ruff.toml") },
    Ready { name: "safety", table: include_str!("safety.toml") },
    Ready { name: "semgrep", table: include_str!("semgrep.toml") },
    Ready { name: "shellcheck", table: include_str!("shellcheck.toml") },
    Ready { name: "trivy-config", table: include_str!("trivy-config.toml") },
    Ready { name: "trivy-fs", table: include_str!("trivy-fs.toml") },
    Ready { name: "trivy-image", table: include_str!("trivy-image.toml") },
    Ready { name: "zizmor", table: include_str!("zizmor.toml") },
];

/// The one of that name.
pub fn named(name: &str) -> Option<Ready> {
    ALL.iter().copied().find(|ready| ready.name == name)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::{Config, Layer, Origin, Rank};

    #[test]
    fn each_table_is_a_stage_of_its_own_name() {
        for ready in ALL {
            let text = format!("[gate.push]\nstages = [\"{}\"]\n{}", ready.name, ready.table).into_bytes();
            let layer = Layer { rank: Rank::Repository, origin: Origin::File("x".into()), text };
            let config = Config::from_layers(&[layer], "0.1.0").unwrap();
            let [stage] = &config.stages[..] else { panic!("{}: not one stage", ready.name) };
            assert_eq!(stage.name, ready.name);
            assert!(!stage.needs.is_empty() && !stage.files.is_empty(), "{}", ready.name);
        }
    }

    #[test]
    fn the_list_is_sorted_and_no_name_is_there_twice() {
        assert!(ALL.windows(2).all(|pair| pair[0].name < pair[1].name));
        assert!(named("bandit").is_some() && named("secrets").is_none());
    }
}
