//! The stage `sca`: dependencies that a change brings, against the advisory index. Owns how [`crate::sca`] is
//! given both sides and how what it says becomes findings and gaps.

use std::collections::BTreeSet;

use super::{Looked, Stage, Task};
use crate::change::{Change, Snapshot};
use crate::config::Config;
use crate::finding::{
    Advice, Confidence, Finding, Fingerprint, Gap, GapKind, Outcome, Package, Place, Severity, State, Text, Tier,
};
use crate::paths::RepoPath;
use crate::rules::{Gate, GateSet};
use crate::sca::advisories::{Index, Level};
use crate::sca::check::{self, Checked, Found, Kind, Settings, Standing, Tree};
use crate::sca::licences::Licences;
use crate::sca::lockfiles::{LARGEST, Scope};
use crate::sca::purl::Purl;
use crate::store::{AdvisoryFile, Dirs};

/// The command that makes the index.
const UPDATE: &str = "gatehook advisories update";

/// Advisories that a change mends which are named, at most.
const MENDED: usize = 5;

/// Vulnerable, malicious and suspicious dependencies, in the net change.
pub(super) struct Sca;

impl Stage for Sca {
    fn name(&self) -> &'static str {
        "sca"
    }

    fn usual(&self) -> GateSet {
        GateSet(0).with(Gate::Push).with(Gate::Ci)
    }

    fn is_for(&self, change: &Change, _: &Config) -> bool {
        std::str::from_utf8(change.path.as_bytes()).is_ok_and(check::is_relevant)
    }

    fn look(&self, task: &Task<'_>) -> Looked {
        let paths: BTreeSet<String> = task
            .changes
            .iter()
            .filter(|change| self.is_for(change, task.config))
            .filter_map(|change| std::str::from_utf8(change.path.as_bytes()).ok().map(str::to_owned))
            .collect();
        if paths.is_empty() {
            return Looked::not(Outcome::Skipped(Outcome::NO_FILE.to_owned()));
        }
        let file = match task.dirs.map(AdvisoryFile::open) {
            Some(Ok(Some(file))) => file,
            Some(Ok(None)) | None => return missing(task),
            Some(Err(error)) => {
                return Looked::not(Outcome::Failed(format!("the advisory index cannot be read: {error}")));
            }
        };
        let index = match Index::open(&file.map) {
            Ok(index) => index,
            Err(error) => return Looked::not(Outcome::Failed(format!("{error}: run `{UPDATE}`"))),
        };
        if index.records == 0 {
            return Looked::not(Outcome::Failed(format!("the advisory index holds no record: run `{UPDATE}`")));
        }
        let age = task
            .today
            .since_epoch()
            .saturating_sub(i64::try_from(index.created.min(file.written) / 86_400).unwrap_or(0));
        let most = i64::try_from(task.config.sca.max_age.as_secs() / 86_400).unwrap_or(i64::MAX);
        if age > most {
            let reason = format!("the advisory index is {age} days old, and `sca.max-age` is {most}: run `{UPDATE}`");
            return Looked::not(Outcome::Failed(reason));
        }
        let sca = &task.config.sca;
        let settings = Settings {
            cooldown: u32::try_from(sca.cooldown.as_secs() / 86_400).unwrap_or(u32::MAX),
            licences: Licences { allow: sca.allowed.clone(), deny: sca.denied.clone() },
            registries: sca.registries.clone(),
            today: task.today.since_epoch(),
            // In CI and on a server a stranger's change does not exempt itself.
            trusts_change: task.gate != Gate::Ci,
        };
        let head = Side(task.head);
        let bases: Vec<Side<'_>> = task.bases.iter().map(|base| Side(*base)).collect();
        let bases: Vec<&dyn Tree> = bases.iter().map(|base| base as &dyn Tree).collect();
        looked(task, check::check(&paths, &bases, &head, Some(&index), &settings))
    }
}

/// The second since 1970 at which the advisory index was made that the stage asks; `None` where it cannot tell.
pub fn advisories_made(dirs: &Dirs) -> Option<u64> {
    let file = AdvisoryFile::open(dirs).ok()??;
    let index = Index::open(&file.map).ok()?;
    Some(index.created.min(file.written))
}

/// Without an index a gate that runs the stage of its own accord only says so.
fn missing(task: &Task<'_>) -> Looked {
    let reason = format!("there is no advisory index: run `{UPDATE}`");
    if task.is_named {
        return Looked::not(Outcome::Missing(reason));
    }
    let mut looked = Looked::not(Outcome::Skipped(reason));
    looked.notes.push(format!("dependencies were not checked: there is no advisory index (`{UPDATE}`)"));
    looked
}

fn looked(task: &Task<'_>, checked: Checked) -> Looked {
    let Checked { findings, holes, mut notes, mended, files, unanswered, .. } = checked;
    if !mended.is_empty() {
        let more = mended.len().saturating_sub(MENDED);
        let more = if more > 0 { format!(" and {more} more") } else { String::new() };
        let named = mended.iter().take(MENDED).cloned().collect::<Vec<_>>().join(", ");
        notes.push(format!("dependencies: this change mends {named}{more}"));
    }
    let path = |path: &str| RepoPath::new(path.as_bytes());
    let gaps = holes
        .into_iter()
        .map(|hole| Gap {
            path: (!hole.path.is_empty()).then(|| path(&hole.path)),
            kind: GapKind::Unread,
            reason: hole.reason,
            hint: hole.hint,
        })
        .collect();
    let findings = findings.into_iter().map(|found| finding(task, found)).collect();
    let outcome = unanswered.map_or(Outcome::Ran, |reason| Outcome::Failed(format!("{reason}: run `{UPDATE}`")));
    Looked { outcome, findings, gaps, notes, files }
}

fn finding(task: &Task<'_>, found: Found) -> Finding {
    let package = &found.package;
    let rule: Text = found.ids.first().map_or_else(|| found.kind.rule().into(), |id| id.clone().into());
    let folder = found.path.rsplit_once('/').map_or("", |(folder, _)| folder);
    // The advisory and the package in its project: another version or lock file keeps the name.
    let named = format!("{}:{}", package.ecosystem.name(), package.ecosystem.normalised(&package.name));
    let of = if found.kind == Kind::OutOfStep { found.title.as_bytes() } else { named.as_bytes() };
    let print = Fingerprint::of_code(task.salt, &rule, folder.as_bytes(), of);
    let dev =
        matches!(package.scope, Scope::Dev | Scope::Test) && task.config.sca.dev_warns && found.kind != Kind::Malicious;
    let (state, reason) = match found.standing {
        Standing::Introduced | Standing::Worsened => (State::New, None),
        Standing::Existing => (State::Existing, Some("the dependency had it before this change".to_owned())),
        Standing::Published => {
            let day = &found.published;
            let reason = format!("newly published ({day}): the dependency was there before this change");
            (State::Existing, Some(reason))
        }
    };
    let (state, reason) = match found.exempt {
        Some(why) => (State::Allowed, Some(why)),
        None => (state, reason),
    };
    let severity = match found.level {
        Level::Low => Severity::Low,
        Level::Medium => Severity::Medium,
        Level::High => Severity::High,
        Level::Critical => Severity::Critical,
    };
    let place = Place {
        line: found.line,
        column: u32::from(found.line > 0),
        end_line: found.line,
        end_column: u32::from(found.line > 0),
    };
    Finding {
        title: found.title.into(),
        severity,
        tier: if found.blocks && !dev { Tier::Block } else { Tier::Warn },
        confidence: Confidence::High,
        place,
        cwe: found.cwe.into_iter().map(Text::from).collect::<Vec<_>>().into(),
        owasp: if found.ids.is_empty() { Vec::new() } else { vec![Text::from("A06")] }.into(),
        advice: Advice {
            why: found.why.into(),
            fix: found.fix.into(),
            rotate: Text::default(),
            reference: found.reference.into(),
        },
        state,
        reason,
        ids: found.ids.into_iter().map(Text::from).collect(),
        package: (found.kind != Kind::OutOfStep).then(|| Package {
            ecosystem: package.ecosystem.name().into(),
            name: package.name.clone().into(),
            version: package.version.clone().into(),
            purl: Purl::of(package.ecosystem, &package.name, &package.version).to_string().into(),
            fixed: found.fixed.unwrap_or_default().into(),
        }),
        ..Finding::new("sca", rule, RepoPath::new(found.path.as_bytes()), print)
    }
}

/// A snapshot as the check sees it.
struct Side<'s>(&'s dyn Snapshot);

impl Tree for Side<'_> {
    fn read(&self, path: &str) -> Result<Option<Vec<u8>>, String> {
        let loaded =
            self.0.read(&RepoPath::new(path.as_bytes()), LARGEST as u64 + 1).map_err(|error| error.to_string())?;
        Ok(loaded.map(|loaded| loaded.bytes))
    }

    fn under(&self, folder: &str) -> Result<Vec<String>, String> {
        let files = self.0.files().map_err(|error| error.to_string())?;
        let prefix = if folder.is_empty() { String::new() } else { format!("{folder}/") };
        let start = files.partition_point(|file| file.path.as_bytes() < prefix.as_bytes());
        let under = files[start..].iter().take_while(|file| file.path.as_bytes().starts_with(prefix.as_bytes()));
        Ok(under.filter_map(|file| std::str::from_utf8(file.path.as_bytes()).ok().map(str::to_owned)).collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_name_of_a_finding_can_be_allowed() {
        let kinds = [
            Kind::Vulnerable,
            Kind::Malicious,
            Kind::Informational,
            Kind::Registry,
            Kind::Integrity,
            Kind::Origin,
            Kind::OutOfStep,
            Kind::Lookalike,
            Kind::Script,
            Kind::Young,
            Kind::Licence,
        ];
        assert_eq!(kinds.map(Kind::rule).as_slice(), crate::config::OF_DEPENDENCIES);
    }
}
