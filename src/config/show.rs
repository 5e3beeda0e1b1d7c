//! Every key with its value and where that comes from, the defaults included.

use super::layer::{Rank, Setting};
use super::{Config, keys};

/// A key and its value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Shown {
    /// The key, as `gate.commit.block`.
    pub key: String,
    /// The value, as it would be written; empty where nothing is set and there is no default.
    pub value: String,
    /// Who set it, and where; `None` for a default.
    pub set: Option<(Rank, super::Origin)>,
}

impl Config {
    /// All keys in the order of the generated page; a list that layers share has a line for each part.
    pub fn shown(&self) -> Vec<Shown> {
        let mut shown = Vec::new();
        for (name, key) in keys::expanded() {
            // Every layer has its own of these, and what stands for all gates is shown at each.
            if name.contains("[]") || key.tighter.is_empty() || matches!(name.as_str(), "mode" | "enforce-from") {
                continue;
            }
            let own = self.settings.iter().filter(|setting| setting.key == name);
            let before = shown.len();
            shown.extend(own.map(Shown::of));
            if shown.len() == before {
                shown.push(Shown { key: name, value: key.default.to_owned(), set: None });
            }
        }
        let known = shown.len();
        for setting in &self.settings {
            if !shown[..known].iter().any(|row| row.key == setting.key) {
                shown.push(Shown::of(setting));
            }
        }
        shown
    }
}

impl Shown {
    fn of(setting: &Setting) -> Self {
        Self {
            key: setting.key.clone(),
            value: setting.value.clone(),
            set: Some((setting.rank, setting.origin.clone())),
        }
    }
}
