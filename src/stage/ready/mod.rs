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
    /// Globs of files of which one must be there for it to be of use; empty where it needs none.
    pub wants: &'static [&'static str],
}

const fn ready(name: &'static str, table: &'static str) -> Ready {
    Ready { name, table, wants: &[] }
}

impl Ready {
    const fn wanting(self, wants: &'static [&'static str]) -> Self {
        Self { wants, ..self }
    }
}

/// All of them, sorted by name.
pub const ALL: &[Ready] = &[
    ready("bandit", include_str!("bandit.toml")),
    ready("cargo-audit", include_str!("cargo-audit.toml")),
    ready("cargo-deny", include_str!("cargo-deny.toml")).wanting(&["deny.toml", ".deny.toml", ".cargo/deny.toml"]),
    ready("checkov", include_str!("checkov.toml")),
    ready("dependency-check", include_str!("dependency-check.toml")),
    ready("eslint", include_str!("eslint.toml")).wanting(&["eslint.config.*", "**/eslint.config.*"]),
    ready("flake8", include_str!("flake8.toml")),
    ready("gitleaks", include_str!("gitleaks.toml")).wanting(&[".gitleaks.toml"]),
    ready("gosec", include_str!("gosec.toml")),
    ready("grype", include_str!("grype.toml")),
    ready("hadolint", include_str!("hadolint.toml")),
    ready("npm-audit", include_str!("npm-audit.toml")),
    ready("osv-scanner", include_str!("osv-scanner.toml")),
    ready("pip-audit", include_str!("pip-audit.toml")),
    ready("ruff", include_str!("ruff.toml")),
    ready("safety", include_str!("safety.toml")),
    ready("semgrep", include_str!("semgrep.toml")).wanting(&[".semgrep.yml"]),
    ready("shellcheck", include_str!("shellcheck.toml")),
    ready("trivy-config", include_str!("trivy-config.toml")),
    ready("trivy-fs", include_str!("trivy-fs.toml")),
    ready("trivy-image", include_str!("trivy-image.toml")),
    ready("zizmor", include_str!("zizmor.toml")),
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
            let config = Config::from_layers(&[layer], &crate::config::Program::of_version("0.1.0")).unwrap();
            let [stage] = &config.stages[..] else { panic!("{}: not one stage", ready.name) };
            assert_eq!(stage.name, ready.name);
            assert!(!stage.needs.is_empty() && !stage.files.is_empty(), "{}", ready.name);
            assert!(!stage.steered_by.is_empty(), "{}: what steers its tool?", ready.name);
            // A pattern that takes in names of tomorrow takes in tomorrow's passwords.
            assert!(stage.env.iter().all(|name| !name.contains('*') || name == "GRYPE_DB_*"), "{}", ready.name);
        }
    }

    #[test]
    fn the_list_is_sorted_and_no_name_is_there_twice() {
        assert!(ALL.windows(2).all(|pair| pair[0].name < pair[1].name));
        assert!(named("bandit").is_some() && named("secrets").is_none());
    }
}
