//! What a changed entry tells without an advisory: another registry, a lost checksum, code from outside of the registry, an install
//! script, a name that looks like a popular one, a licence.

use std::collections::BTreeSet;

use super::project::Sides;
use super::{Checked, Found, Kind, Packages, Placed, Settings, Standing};
use crate::sca::Ecosystem;
use crate::sca::advisories::Level;
use crate::sca::lockfiles::{Format, Package, Source};
use crate::sca::popular;

/// Signals of one kind that are told in one file; of more the rest is counted.
const MOST: usize = 50;

pub(super) fn look(
    ecosystem: Ecosystem,
    now: &Packages,
    before: Option<&[&Packages]>,
    settings: &Settings,
    checked: &mut Checked,
) {
    let all: Vec<&Placed> =
        before.iter().flat_map(|sides| sides.iter()).flat_map(|side| side.values()).flatten().collect();
    let usual: BTreeSet<String> = all.iter().filter_map(|one| one.package.source.host()).collect();
    let known = before.is_some_and(|sides| !sides.is_empty());
    let start = checked.findings.len();
    for (name, placed) in now {
        let old: Vec<&Placed> =
            before.iter().flat_map(|sides| sides.iter()).filter_map(|side| side.get(name)).flatten().collect();
        for one in placed {
            let twin = old.iter().find(|old| old.package == one.package);
            if before.is_some() && twin.is_some() {
                continue;
            }
            licence(one, &old, settings, checked);
            young(one, &old, settings, checked);
            // All else is about what a change makes of what was there.
            if before.is_none() || !known {
                continue;
            }
            let same_version =
                old.iter().find(|old| old.package.version == one.package.version && old.format == one.format);
            registry(one, &old, &usual, settings, checked);
            if let Some(old) = same_version {
                integrity(one, old, checked);
            }
            origin(one, &old, checked);
            if one.package.scripts
                && !old.iter().any(|old| old.package.scripts)
                && old.iter().all(|old| old.format == one.format)
            {
                push(
                    checked,
                    one,
                    Signal {
                        kind: Kind::Script,
                        level: Level::Medium,
                        blocks: false,
                        title: format!("{} runs a script when it is installed", one.package.name),
                        why:
                            "Install scripts run with the rights of whoever installs, before any of the code is called."
                                .to_owned(),
                        fix: "Read the script; install with scripts off where nothing needs it.".to_owned(),
                    },
                );
            }
            if old.is_empty() && one.package.direct != Some(false) {
                lookalike(ecosystem, name, one, checked);
            }
        }
    }
    let told = checked.findings.len() - start;
    if told > MOST * 4 {
        checked
            .notes
            .push(format!("{told} signals about {} packages: the change may be a new registry", ecosystem.name()));
    }
}

/// A signal in words.
struct Signal {
    kind: Kind,
    level: Level,
    blocks: bool,
    title: String,
    why: String,
    fix: String,
}

fn push(checked: &mut Checked, one: &Placed, signal: Signal) {
    let seen = checked.findings.iter().any(|found| {
        found.kind == signal.kind
            && found.path == one.path
            && found.package.name == one.package.name
            && found.package.version == one.package.version
    });
    if !seen {
        checked.findings.push(signal.finding(&one.path, &one.package));
    }
}

impl Signal {
    fn finding(self, path: &str, package: &Package) -> Found {
        Found {
            kind: self.kind,
            path: path.to_owned(),
            line: package.line,
            package: package.clone(),
            ids: Vec::new(),
            level: self.level,
            blocks: self.blocks,
            title: self.title,
            why: self.why,
            fix: self.fix,
            reference: String::new(),
            cwe: Vec::new(),
            fixed: None,
            range: String::new(),
            via: Vec::new(),
            symbols: Vec::new(),
            standing: Standing::Introduced,
            published: String::new(),
            exempt: None,
        }
    }
}

/// Hosts that a registry itself names its archives at.
fn is_usual(ecosystem: Ecosystem, host: &str) -> bool {
    let hosts: &[&str] = match ecosystem {
        Ecosystem::Npm => &["registry.npmjs.org", "registry.yarnpkg.com", "npm.jsr.io"],
        Ecosystem::PyPI => &["pypi.org", "files.pythonhosted.org", "pypi.python.org"],
        Ecosystem::CratesIo => &["github.com", "index.crates.io"],
        Ecosystem::RubyGems => &["rubygems.org", "index.rubygems.org"],
        Ecosystem::Packagist => &["api.github.com", "gitlab.com", "bitbucket.org", "codeload.github.com"],
        Ecosystem::Pub => &["pub.dev", "pub.dartlang.org"],
        Ecosystem::Hex => &["repo.hex.pm"],
        _ => return true,
    };
    hosts.contains(&host)
}

fn registry(one: &Placed, old: &[&Placed], usual: &BTreeSet<String>, settings: &Settings, checked: &mut Checked) {
    let package = &one.package;
    let Source::Registry(_) = package.source else { return };
    let Some(host) = package.source.host() else { return };
    if is_usual(package.ecosystem, &host)
        || settings.registries.contains(&host)
        || usual.contains(&host) && old.is_empty()
    {
        return;
    }
    let before: Vec<String> = old.iter().filter_map(|old| old.package.source.host()).collect();
    if before.contains(&host) || (before.is_empty() && usual.is_empty()) {
        return;
    }
    let from = before.first().or_else(|| usual.first()).cloned().unwrap_or_default();
    let title = format!(
        "{} {} comes from {}, not from {}",
        package.name,
        package.version,
        crate::sca::shown(&host),
        crate::sca::shown(&from)
    );
    push(checked, one, Signal { kind: Kind::Registry, level: Level::High, blocks: true, title, why: "Whoever serves an archive decides what it holds. A lock file whose archives come from another host than the rest is a known way to slip code in.".to_owned(), fix: "Restore the registry, or name the host in `sca.registries` where it is yours.".to_owned() });
}

fn integrity(one: &Placed, old: &Placed, checked: &mut Checked) {
    let (new, was) = (&one.package.integrity, &old.package.integrity);
    if was.is_empty()
        || new == was
        || one.package.source != old.package.source
            && new.is_empty()
            && old.package.source.host() == one.package.source.host()
    {
        return;
    }
    if new.is_empty() {
        let title = format!("{} {} has no checksum any more", one.package.name, one.package.version);
        push(
            checked,
            one,
            Signal {
                kind: Kind::Integrity,
                level: Level::High,
                blocks: true,
                title,
                why: "Without its checksum whatever the registry or a proxy serves is installed.".to_owned(),
                fix: "Make the lock file again with the package manager.".to_owned(),
            },
        );
        return;
    }
    // Lists of checksums grow with new archives of the same release; another algorithm is no other content.
    let algorithm = |text: &str| text.split([':', '-', '/']).next().unwrap_or_default().to_owned();
    let words = |text: &str| text.split_whitespace().map(str::to_owned).collect::<BTreeSet<_>>();
    let (new, was) = (words(new), words(was));
    let comparable = new.iter().any(|new| was.iter().any(|was| algorithm(new) == algorithm(was)));
    if new.is_disjoint(&was) && comparable {
        let title = format!("{} {} has another checksum for the same version", one.package.name, one.package.version);
        push(
            checked,
            one,
            Signal {
                kind: Kind::Integrity,
                level: Level::High,
                blocks: true,
                title,
                why: "A release does not change: another checksum means another content under the same version."
                    .to_owned(),
                fix: "Compare the archive with the registry's, and make the lock file again.".to_owned(),
            },
        );
    }
}

fn origin(one: &Placed, old: &[&Placed], checked: &mut Checked) {
    let (what, from) = match &one.package.source {
        Source::Git(from) => ("a git repository", from),
        Source::Url(from) => ("a URL", from),
        _ => return,
    };
    if old.iter().any(|old| matches!(old.package.source, Source::Git(_) | Source::Url(_))) {
        return;
    }
    let title = format!("{} comes from {what}: {}", one.package.name, crate::sca::shown(from));
    push(
        checked,
        one,
        Signal {
            kind: Kind::Origin,
            level: Level::Low,
            blocks: false,
            title,
            why: "No registry holds it: nothing keeps its content as it is, and no advisory names it.".to_owned(),
            fix: "Take a release from the registry where there is one.".to_owned(),
        },
    );
}

/// A release that is younger than the cooldown, and was not there before.
fn young(one: &Placed, old: &[&Placed], settings: &Settings, checked: &mut Checked) {
    let package = &one.package;
    if settings.cooldown == 0 || old.iter().any(|old| old.package.version == package.version) {
        return;
    }
    let Some(day) = super::day_of(&package.released) else { return };
    let age = settings.today.saturating_sub(day);
    if age >= i64::from(settings.cooldown) {
        return;
    }
    let days = if age == 1 { "day" } else { "days" };
    let title = format!("{} {} is {} {days} old", package.name, package.version, age.max(0));
    let why =
        format!("Malicious releases are mostly found within days; `sca.cooldown` asks for {}.", settings.cooldown);
    push(
        checked,
        one,
        Signal {
            kind: Kind::Young,
            level: Level::Medium,
            blocks: true,
            title,
            why,
            fix: "Take an older release, or wait.".to_owned(),
        },
    );
}

fn lookalike(ecosystem: Ecosystem, name: &str, one: &Placed, checked: &mut Checked) {
    let Some(popular) = popular::close_to(ecosystem, name) else { return };
    let title = format!("`{}` is one slip away from the popular `{popular}`", one.package.name);
    push(
        checked,
        one,
        Signal {
            kind: Kind::Lookalike,
            level: Level::Medium,
            blocks: false,
            title,
            why: "Packages with such names are published to be installed by mistake.".to_owned(),
            fix: format!("Make sure that `{}` is meant, not `{popular}`.", one.package.name),
        },
    );
}

fn licence(one: &Placed, old: &[&Placed], settings: &Settings, checked: &mut Checked) {
    if settings.licences.is_empty() {
        return;
    }
    let package = &one.package;
    // Formats that state no licence at all say nothing about one package.
    let states = matches!(one.format, Format::Npm | Format::Composer | Format::CycloneDx | Format::Spdx);
    if !states || matches!(package.source, Source::Path(_)) {
        return;
    }
    let Err(reason) = settings.licences.judge(&package.licence) else { return };
    if old.iter().any(|old| settings.licences.judge(&old.package.licence).is_err()) {
        return;
    }
    let title = format!("{} {}: {reason}", package.name, package.version);
    push(
        checked,
        one,
        Signal {
            kind: Kind::Licence,
            level: Level::Medium,
            blocks: true,
            title,
            why: "The configuration says which licences may be used.".to_owned(),
            fix: "Replace the package, or allow it with a reason.".to_owned(),
        },
    );
}

/// Manifests that name what their lock file does not hold.
pub(super) fn out_of_step(sides: &Sides, checked: &mut Checked) {
    for beside in &sides.manifests {
        let (path, manifest, held) = (&beside.lock, &beside.manifest, &beside.held);
        let missing: Vec<&str> = manifest
            .wants
            .iter()
            .map(|want| want.name.as_str())
            .filter(|name| !held.contains(*name) && !sides.missing_before.contains(&(path.clone(), (*name).to_owned())))
            .collect();
        let Some(first) = missing.first() else { continue };
        let package = Package::new(Ecosystem::Npm, *first, "", 0);
        let names: Vec<String> = missing.iter().take(5).map(|name| format!("`{}`", crate::sca::shown(name))).collect();
        let more = if missing.len() > 5 { format!(" and {} more", missing.len() - 5) } else { String::new() };
        let title = format!("the lock file does not hold what {} asks for: {}{more}", manifest.path, names.join(", "));
        checked.findings.push(
            Signal {
                kind: Kind::OutOfStep,
                level: Level::Low,
                blocks: false,
                title,
                why: "What is installed is then not what was looked at.".to_owned(),
                fix: "Make the lock file again and commit both.".to_owned(),
            }
            .finding(path, &package),
        );
    }
}
