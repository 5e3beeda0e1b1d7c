//! `[sca]`: how dependencies are judged.

use std::time::Duration;

use serde::Deserialize;

use super::Config;
use super::layer_merge::LayerMerge;
use super::words::duration;

/// Seconds of a day.
const DAY: u64 = 86_400;

/// How dependencies are judged.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ScaConfig {
    /// How old the advisory index may be.
    pub max_age: Duration,
    /// How old a release has to be.
    pub cooldown: Duration,
    /// Whether an advisory for what only development needs just warns.
    pub dev_warns: bool,
    /// Licences that may be used; empty for any.
    pub allowed: Vec<String>,
    /// Licences that may not.
    pub denied: Vec<String>,
    /// Hosts of registries besides the usual ones.
    pub registries: Vec<String>,
}

impl Default for ScaConfig {
    fn default() -> Self {
        Self {
            max_age: Duration::from_secs(7 * DAY),
            cooldown: Duration::ZERO,
            dev_warns: false,
            allowed: Vec::new(),
            denied: Vec::new(),
            registries: Vec::new(),
        }
    }
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(super) struct RawSca {
    max_age: Option<String>,
    cooldown: Option<String>,
    dev: Option<RawDev>,
    #[serde(default)]
    licences: RawLicences,
    registries: Option<Vec<String>>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
struct RawLicences {
    allow: Option<Vec<String>>,
    deny: Option<Vec<String>>,
}

#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum RawDev {
    Block,
    Warn,
}

/// A time of days (`7d`) or of what `timeout` takes.
fn time(word: &str) -> Option<Duration> {
    match word.strip_suffix('d') {
        Some(days) => {
            days.parse::<u64>().ok().filter(|days| *days <= 36_500).map(|days| Duration::from_secs(days * DAY))
        }
        None => duration(word),
    }
}

pub(super) fn apply(config: &mut Config, raw: RawSca, merge: &mut LayerMerge<'_>) {
    for (key, value) in [("sca.max-age", raw.max_age), ("sca.cooldown", raw.cooldown)] {
        let Some(word) = value else { continue };
        let Some(value) = time(&word) else {
            merge.fault(format!("`{key}` takes a time, as \"7d\" or \"12h\", not `{word}`"));
            continue;
        };
        let shown = format!("\"{word}\"");
        if key == "sca.max-age" {
            merge.put(key, &mut config.sca.max_age, value, shown, |new, old| new > old);
        } else {
            merge.put(key, &mut config.sca.cooldown, value, shown, |new, old| new < old);
        }
    }
    if let Some(dev) = raw.dev {
        let warns = matches!(dev, RawDev::Warn);
        merge.put(
            "sca.dev",
            &mut config.sca.dev_warns,
            warns,
            if warns { "\"warn\"" } else { "\"block\"" },
            |new, old| *new && !*old,
        );
    }
    let longer = |new: &Vec<String>, old: &Vec<String>| {
        new.is_empty() && !old.is_empty() || !old.is_empty() && new.iter().any(|one| !old.contains(one))
    };
    let shorter = |new: &Vec<String>, old: &Vec<String>| old.iter().any(|one| !new.contains(one));
    if let Some(list) = raw.licences.allow {
        let shown = format!("{list:?}");
        merge.put("sca.licences.allow", &mut config.sca.allowed, list, shown, longer);
    }
    if let Some(list) = raw.licences.deny {
        let shown = format!("{list:?}");
        merge.put("sca.licences.deny", &mut config.sca.denied, list, shown, shorter);
    }
    if let Some(list) = raw.registries {
        let shown = format!("{list:?}");
        merge.put("sca.registries", &mut config.sca.registries, list, shown, |new, old| {
            new.iter().any(|one| !old.contains(one))
        });
    }
}
