//! An exception with a reason, written into `gatehook.toml`.

use super::baseline_file::place;
use super::{Completed, Failure, Workspace, clock, fail, holds_secret, stop};
use crate::config::{Allow, Day, edit};
use crate::finding::{Exit, Finding, Report, State, Tier, stretch_all};
use crate::policy;

/// Digits that a fingerprint has.
const DIGITS: usize = 32;

/// An exception that somebody asks for.
#[derive(Clone, Debug, Default)]
pub struct AllowRequest {
    /// Fingerprints, eight digits or more.
    pub fingerprints: Vec<String>,
    /// Why it may stay.
    pub reason: Option<String>,
    /// Who answers for it.
    pub owner: Option<String>,
    /// Its last day.
    pub expires: Option<Day>,
    /// Only findings of these rules.
    pub rules: Vec<String>,
    /// Only findings in files that these globs match.
    pub paths: Vec<String>,
    /// Written although nothing here has that fingerprint.
    pub unseen: bool,
}

/// Writes the exception into the configuration. `ask` asks a person for the reason that is missing.
pub fn allow(args: &AllowRequest, ask: &dyn Fn(&str) -> Option<String>) -> Result<Completed, Failure> {
    let here = Workspace::open()?;
    if let Some(day) = args.expires.filter(|&day| day < clock::today()) {
        return Err(stop(&format!("{day} is past"), "name a day to come, or leave `--expires` out"));
    }
    let mut entry = Allow {
        rules: args.rules.clone(),
        paths: args.paths.clone(),
        owner: args.owner.clone().unwrap_or_default(),
        expires: args.expires,
        ..Allow::default()
    };
    let mut covered = Vec::new();
    let mut all = Findings { here: &here, places: Vec::new() };
    for print in &args.fingerprints {
        let found = all.called(print, args.unseen)?;
        match found.first() {
            Some(one) => entry.fingerprints.push(one.lasting_name().to_string()),
            None => entry.fingerprints.push(print.to_ascii_lowercase()),
        }
        covered.extend(found);
    }
    if args.fingerprints.is_empty() {
        covered = here.work_tree()?.findings;
    } else if args.rules.is_empty() {
        // Who reads the file is reported of what the digits speak.
        entry.rules = covered.iter().map(|finding| finding.rule.to_string()).collect();
        entry.rules.sort();
        entry.rules.dedup();
    }
    if !args.fingerprints.is_empty() {
        stretch_all(&covered);
    }
    let asked = covered.len();
    covered.retain(|finding| policy::covers(&entry, finding));
    if asked > 0 && covered.is_empty() && !args.fingerprints.is_empty() {
        return Err(stop("that finding is of another rule or in another file", "leave `--rule` and `--path` out"));
    }
    if let Some(reason) = all_allowed(&covered) {
        return Ok(Completed::all(format!("allowed already: {reason}\n")));
    }
    entry.reason = reason(args, &covered, ask)?;
    let text = edit::add_allow(&here.config_text()?, &entry).map_err(|error| {
        let hint = format!("fix `{}` first", here.config_file().display());
        fail(&error, Some(&hint), Exit::Usage)
    })?;
    here.write_config(&text)?;
    Ok(Completed::all(told(&entry, &covered, &here.git_add(&[&here.config_file()]))))
}

/// Where a gate may have found something, in the order of asking.
const PLACES: [Look; 4] = [Workspace::staged, Workspace::work_tree, Workspace::messages, Workspace::outgoing];

type Look = fn(&Workspace) -> Result<Report, Failure>;

/// The findings of those places that were asked so far.
struct Findings<'h> {
    here: &'h Workspace,
    places: Vec<Vec<Finding>>,
}

impl Findings<'_> {
    /// Those that `print` names, of the first place that has one.
    fn called(&mut self, print: &str, unseen: bool) -> Result<Vec<Finding>, Failure> {
        let print = print.to_ascii_lowercase();
        if print.len() < 8 || print.len() > DIGITS || !print.bytes().all(|byte| byte.is_ascii_hexdigit()) {
            let hint = "the report of a finding names the command and the digits to type";
            return Err(stop(&format!("`{print}` is not a fingerprint of eight digits or more"), hint));
        }
        let named = |findings: &Vec<Finding>| -> Vec<Finding> {
            let is_called = |finding: &&Finding| {
                finding.fingerprint.starts_with(&print) || finding.has_name(|name| name.starts_with(&print))
            };
            findings.iter().filter(is_called).cloned().collect()
        };
        let mut found = self.places.iter().map(named).find(|found| !found.is_empty()).unwrap_or_default();
        while found.is_empty() && self.places.len() < PLACES.len() {
            let findings = PLACES[self.places.len()](self.here)?.findings;
            found = named(&findings);
            self.places.push(findings);
        }
        let mut prints: Vec<String> = found.iter().map(|finding| finding.fingerprint.to_string()).collect();
        prints.sort();
        prints.dedup();
        if let [_, _, ..] = prints[..] {
            let hint = format!("type one of {}", prints.join(", "));
            return Err(stop(&format!("`{print}` names several findings"), &hint));
        }
        if found.is_empty() && !unseen {
            return Err(stop(
                &format!(
                    "no finding of the staged changes, the work tree, the last message or the outgoing commits has the \
                     fingerprint `{print}`"
                ),
                "`gatehook scan` shows those there are; for one in an old commit add `--unseen`",
            ));
        }
        Ok(found)
    }
}

/// The findings that `print` names, wherever a gate may have found them.
pub fn called(here: &Workspace, print: &str) -> Result<Vec<Finding>, Failure> {
    Findings { here, places: Vec::new() }.called(print, false)
}

/// The first reason, where every one of some findings is allowed.
fn all_allowed(findings: &[Finding]) -> Option<&str> {
    let first = findings.first()?;
    let all = findings.iter().all(|finding| finding.state == State::Allowed);
    all.then_some(first.reason.as_deref().unwrap_or_default())
}

fn reason(args: &AllowRequest, covered: &[Finding], ask: &dyn Fn(&str) -> Option<String>) -> Result<String, Failure> {
    let given = args.reason.as_deref().unwrap_or_default().trim().to_owned();
    let given = if given.is_empty() {
        let what = covered.first().map(place).unwrap_or_default();
        ask(&format!("{what}\nwhy may it stay? ")).unwrap_or_default()
    } else {
        given
    };
    if given.is_empty() {
        return Err(stop("an exception needs a reason", "--reason \"…\": who reads it in a year must understand it"));
    }
    if holds_secret(&given) {
        return Err(stop("the reason holds a secret", "describe the value, do not quote it"));
    }
    Ok(given)
}

fn told(entry: &Allow, covered: &[Finding], next: &str) -> String {
    let until = entry.expires.map(|day| format!(" until {day}")).unwrap_or_default();
    let mut text = match covered {
        [] => format!("allowed{until}; nothing here is covered at present\n"),
        [one] => format!("allowed{until}: {}\n", place(one)),
        several => format!("allowed{until}: {} findings, the first is {}\n", several.len(), place(&several[0])),
    };
    if covered.iter().any(|finding| !finding.advice.rotate.is_empty() && finding.tier == Tier::Block) {
        text.push_str("note: if it is a live value, an allowance does not make it safe: revoke it\n");
    }
    text + &format!("next: {next}\n")
}
