//! `[[allow]]` tables applied to findings.
//!
//! A fingerprint in a table is a finding's lasting name. That of a value which a person may have chosen is slow to make:
//! [`prepare`] makes those that an entry may know, so many and no more; what has none is covered by no fingerprint.

use crate::config::{Allow, Day, Rank};
use crate::finding::{Finding, Fingerprint, State, stretch_all};
use crate::paths;

/// Whether a rule took part in a run, by its id.
pub type TookPart<'r> = &'r dyn Fn(&str) -> bool;

/// Marks the findings that an allowance covers, and says which allowances have expired.
///
/// Where the findings are all that there are, `whole` tells which rules took part: then allowances of
/// the repository that cover nothing are said too.
pub fn apply(findings: &mut [Finding], allow: &[Allow], today: Day, whole: Option<TookPart<'_>>) -> Vec<String> {
    let mut notes = Vec::new();
    notes.extend(prepare(findings, allow));
    for entry in allow {
        if is_past(entry, today) {
            continue;
        }
        let mut used = false;
        for finding in findings.iter_mut().filter(|finding| covers(entry, finding)) {
            used = true;
            if finding.state != State::Allowed {
                finding.state = State::Allowed;
                finding.reason = Some(entry.reason.clone());
            }
        }
        // A user's and an organisation's speak of many repositories.
        if !used
            && matches!(entry.rank, None | Some(Rank::Repository))
            && whole.is_some_and(|ran| entry.rules.iter().all(|rule| ran(rule)))
        {
            notes.push(format!("an allowance covers nothing: {}", entry.reason));
        }
    }
    for entry in allow.iter().filter(|entry| is_past(entry, today)) {
        // What another allowance covers by now is no one's concern.
        if let Some(last) = entry.expires
            && findings.iter().any(|finding| finding.state != State::Allowed && covers(entry, finding))
        {
            notes.push(format!("an allowance expired on {last} and no longer holds: {}", entry.reason));
        }
    }
    notes.extend(allow.iter().flat_map(|entry| misnamed(entry, findings)));
    notes
}

/// Values that are compared with the fingerprints of allowances though there are no more of these, at most.
const SPARE: usize = 64;

/// Makes the slow names of those findings that `allow` may know by it, and tells where there are too many.
pub fn prepare(findings: &[Finding], allow: &[Allow]) -> Option<String> {
    let by_name: Vec<&Allow> = allow.iter().filter(|entry| !entry.fingerprints.is_empty()).collect();
    if by_name.is_empty() {
        return None;
    }
    let most = SPARE + 2 * by_name.iter().map(|entry| entry.fingerprints.len()).sum::<usize>();
    let open = |finding: &&Finding| {
        finding.state == State::New
            && finding.can_be_stretched()
            && by_name.iter().any(|entry| may_cover(entry, finding))
            && !by_name.iter().any(|entry| covers(entry, finding))
    };
    let open: Vec<&Finding> = findings.iter().filter(open).collect();
    stretch_all(open.iter().take(most).copied());
    open.len().checked_sub(most).filter(|more| *more > 0).map(|more| {
        format!(
            "{more} more values were not compared with the fingerprints of allowances: {most} are enough for one run"
        )
    })
}

/// What is wrong with the fingerprints of `entry`: those that name no value, and those from which one can be guessed.
fn misnamed(entry: &Allow, findings: &[Finding]) -> Vec<String> {
    let mut notes = Vec::new();
    for own in &entry.fingerprints {
        let is = |name: &Fingerprint| name.starts_with(own);
        let mut told = findings.iter().filter(|finding| finding.is_chosen() && may_cover(entry, finding));
        notes.extend(told.find_map(|finding| {
            if finding.quick_name().is_some_and(|name| is(&name)) {
                let new = finding.lasting_name();
                return Some(format!(
                    "the allowed fingerprint `{own}` is one from which the value can be guessed, as versions up to 0.1 \
                     wrote it: put `{new}` in its place"
                ));
            }
            (finding.state != State::Allowed && is(&finding.fingerprint)).then(|| {
                format!(
                    "the allowed fingerprint `{own}` names a place and no value, so it allows nothing: `gatehook allow \
                     {own}` writes the one that does"
                )
            })
        }));
    }
    notes
}

/// Whom findings are allowed by that a gate lets pass, as one line; `None` where nothing is.
pub fn allowed_by(findings: &[Finding], allow: &[Allow], today: Day) -> Option<String> {
    /// Named, at most.
    const NAMED: usize = 3;
    let mut by: Vec<(String, usize)> = Vec::new();
    for finding in findings.iter().filter(|finding| finding.state == State::Allowed) {
        let table = allow.iter().find(|entry| !is_past(entry, today) && covers(entry, finding));
        let reason = finding.reason.as_deref().unwrap_or_default();
        let who = match table {
            Some(entry) => format!("{} ({})", entry.file, entry.reason),
            None if reason.starts_with('`') => format!("{reason} ({}:{})", finding.path, finding.place.line),
            None => format!("a comment in {}:{} ({reason})", finding.path, finding.place.line),
        };
        match by.iter_mut().find(|(known, _)| *known == who) {
            Some((_, number)) => *number += 1,
            None => by.push((who, 1)),
        }
    }
    let all: usize = by.iter().map(|(_, number)| number).sum();
    let named: Vec<&str> = by.iter().take(NAMED).map(|(who, _)| who.as_str()).collect();
    let more = if by.len() > NAMED { format!(" and {} more", by.len() - NAMED) } else { String::new() };
    let plural = if all == 1 { "" } else { "s" };
    (all > 0).then(|| format!("{all} finding{plural} allowed by {}{more}", named.join(", ")))
}

fn is_past(entry: &Allow, today: Day) -> bool {
    entry.expires.is_some_and(|last| last < today)
}

/// Whether `entry` is about `finding`. Where it may do so by a slow name, [`prepare`] makes that first.
pub fn covers(entry: &Allow, finding: &Finding) -> bool {
    // Most entries name a rule or a path; only what is left is worth a fingerprint's digits.
    may_cover(entry, finding)
        && (entry.fingerprints.is_empty()
            || finding.has_name(|name| entry.fingerprints.iter().any(|own| name.starts_with(own))))
}

/// Whether `entry` is about such findings, fingerprints aside.
fn may_cover(entry: &Allow, finding: &Finding) -> bool {
    let any = |list: &[String], holds: &dyn Fn(&str) -> bool| list.is_empty() || list.iter().any(|own| holds(own));
    entry.stage.is_none_or(|stage| finding.stage == stage.word())
        && any(&entry.rules, &|rule| finding.rule == rule || finding.ids.iter().any(|id| id == rule))
        && any(&entry.packages, &|package| is_package(package, finding))
        && below(&entry.under, finding.path.as_bytes())
            .is_some_and(|path| any(&entry.paths, &|glob| paths::matches(glob, path)))
}

/// What of `path` lies below the directory `under`; all of it where that is the root.
fn below<'p>(under: &str, path: &'p [u8]) -> Option<&'p [u8]> {
    if under.is_empty() {
        return Some(path);
    }
    path.strip_prefix(under.as_bytes())?.strip_prefix(b"/")
}

/// Whether `written`, as `npm:lodash` or `npm:lodash@4.17.15`, is the finding's package.
fn is_package(written: &str, finding: &Finding) -> bool {
    let Some(package) = &finding.package else { return false };
    let Some((ecosystem, name)) = written.split_once(':') else { return false };
    let named = |name: &str| name.eq_ignore_ascii_case(&package.name);
    ecosystem.eq_ignore_ascii_case(&package.ecosystem)
        && (named(name)
            || name.rsplit_once('@').is_some_and(|(name, version)| named(name) && version == package.version))
}
