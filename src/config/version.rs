//! `required-version`: looked at before everything else, for a file for a younger version may have keys that this
//! one does not know.

use semver::{Version, VersionReq};

use crate::rules::{GateSet, Pack};

/// What a configuration has to know of the program that reads it.
#[derive(Clone, Debug)]
pub struct Program {
    /// Its version.
    pub version: &'static str,
    /// Its in-process stages, in order: names that no `[stage.NAME]` may take.
    pub stages: Vec<ProgramStage>,
    /// Whether one of them has a rule of that id.
    pub has_rule: fn(&str) -> bool,
}

/// An in-process stage, as far as a configuration is concerned.
#[derive(Clone, Copy, Debug)]
pub struct ProgramStage {
    /// Its name.
    pub name: &'static str,
    /// The gates at which it runs where the configuration names no stages.
    pub usual: GateSet,
}

impl Program {
    /// A program of that version whose only stages are those of the packs.
    pub fn of_version(version: &'static str) -> Self {
        let stage = |pack: Pack| ProgramStage { name: pack.word(), usual: GateSet::ALL };
        Self { version, stages: Pack::ALL.map(stage).into(), has_rule: |_| false }
    }

    /// Whether it has an in-process stage of that name.
    pub fn has_stage(&self, name: &str) -> bool {
        self.stages.iter().any(|stage| stage.name == name)
    }
}

/// What a `required-version` says of this program.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Says {
    /// It will do.
    Fits,
    /// It asks for another one.
    Other,
    /// It is not a range of versions.
    Nothing,
}

/// Whether `found` is what `wanted` asks for: `>=0.3`, `>=0.3, <0.5`, `~0.3.2`, `0.3.*`; a plain `0.3` is
/// the least that will do. A pre-release counts as the version that it comes before.
pub(super) fn check(wanted: &str, found: &str) -> Says {
    let wanted = wanted.trim();
    let plain = wanted.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.') && !wanted.is_empty();
    let range = if plain { format!(">={wanted}") } else { wanted.to_owned() };
    match (VersionReq::parse(&range), Version::parse(found)) {
        (Ok(range), Ok(found)) => {
            let found = Version::new(found.major, found.minor, found.patch);
            if range.matches(&found) { Says::Fits } else { Says::Other }
        }
        (Err(_), _) => Says::Nothing,
        (_, Err(_)) => Says::Other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranges_are_read_as_people_write_them() {
        for wanted in
            [">=0.1", ">= 0.3.2", "0.3", "0.3.7", "0", ">=0.3, <0.5", "~0.3.2", "0.3.*", "*", "^0.3", "=0.3.7"]
        {
            assert_eq!(check(wanted, "0.3.7"), Says::Fits, "{wanted}");
        }
        for wanted in [">=0.4", "0.3.8", "<0.3", "=0.3.6", "^0.2", "1"] {
            assert_eq!(check(wanted, "0.3.7"), Says::Other, "{wanted}");
        }
        for wanted in ["", "new", ">=0.3 <0.5", "0.3.x.y", ">=", ">=0.3 || 1"] {
            assert_eq!(check(wanted, "0.3.7"), Says::Nothing, "{wanted}");
        }
        assert_eq!(check(">=0.4", "0.4.0-rc.1"), Says::Fits, "whoever tries a release out is not locked out");
    }
}
