//! Go: `go.mod` with the checksums of the `go.sum` beside it (<https://go.dev/ref/mod#go-mod-file>). Since Go 1.17 it lists every module that
//! is built in; before, only those that the project asks for, and the rest is what `go.sum` has the content of.

use std::cmp::Ordering;
use std::collections::{BTreeMap, HashMap};

use super::{Input, Lock, Package, Source};
use crate::sca::Ecosystem;
use crate::sca::document::{Fault, utf8};

pub(super) fn read(input: &Input<'_>) -> Result<Lock, Fault> {
    let text = utf8(input.bytes)?;
    let mut lock = Lock::default();
    let mut replaced: Vec<(String, Option<String>, String, Option<String>)> = Vec::new();
    let mut block: Option<String> = None;
    let mut module = false;
    let mut lists_all = false;
    for (number, line) in text.lines().enumerate() {
        let number = u32::try_from(number + 1).unwrap_or(u32::MAX);
        let (code, comment) = line.split_once("//").map_or((line, ""), |(code, comment)| (code, comment.trim()));
        let words: Vec<&str> = code.split_whitespace().map(|word| word.trim_matches(['"', '`'])).collect();
        let (verb, rest) = match (&block, words.as_slice()) {
            (_, []) => continue,
            (Some(_), [")"]) => {
                block = None;
                continue;
            }
            (Some(verb), words) => (verb.clone(), words),
            (None, [verb, "("]) => {
                block = Some((*verb).to_owned());
                continue;
            }
            (None, [verb]) if verb.ends_with('(') => {
                block = Some(verb.trim_end_matches('(').to_owned());
                continue;
            }
            (None, [verb, rest @ ..]) => ((*verb).to_owned(), rest),
        };
        match (verb.as_str(), rest) {
            ("module", [_]) => module = true,
            ("require", [name, version]) => {
                if !Ecosystem::Go.order().reads(version) || !version.starts_with('v') {
                    return Err(Fault::at(number, format!("`{}` is not a module version", crate::sca::shown(version))));
                }
                let mut package = Package::new(Ecosystem::Go, *name, *version, number);
                package.direct = Some(!comment.split(';').any(|part| part.trim() == "indirect"));
                let direct = package.direct == Some(true);
                let place = lock.push(package);
                if direct {
                    lock.roots.push(place);
                }
            }
            ("replace", rest) => {
                let arrow = rest
                    .iter()
                    .position(|word| *word == "=>")
                    .ok_or_else(|| Fault::at(number, "replaces without `=>`"))?;
                let (old, new) = (&rest[..arrow], &rest[arrow + 1..]);
                let (Some(from), Some(to)) = (old.first(), new.first()) else {
                    return Err(Fault::at(number, "replaces without a module"));
                };
                let owned = |word: Option<&&str>| word.map(|word| (*word).to_owned());
                replaced.push(((*from).to_owned(), owned(old.get(1)), (*to).to_owned(), owned(new.get(1))));
            }
            ("toolchain", [name]) if name.starts_with("go1") => {
                lock.push(Package::new(Ecosystem::Go, "stdlib", release(name.trim_start_matches("go")), number));
            }
            ("go", [version]) => {
                let mut numbers = version.split('.').map(|part| part.parse::<u32>().unwrap_or(0));
                lists_all = (numbers.next().unwrap_or(0), numbers.next().unwrap_or(0)) >= (1, 17);
            }
            ("go" | "toolchain" | "exclude" | "retract" | "godebug" | "tool" | "ignore", _) => {}
            _ => return Err(Fault::at(number, format!("`{}` is not a go.mod directive", crate::sca::shown(&verb)))),
        }
    }
    if !module {
        return Err(Fault::at(1, "is not a go.mod: it names no module"));
    }
    if block.is_some() {
        return Err(Fault::whole("ends within a block"));
    }
    for (from, version, to, new) in replaced {
        for package in lock.packages.iter_mut().filter(|one| one.name == from) {
            if version.as_ref().is_some_and(|version| *version != package.version) {
                continue;
            }
            match &new {
                Some(new) => (package.name, package.version) = (to.clone(), new.clone()),
                None => package.source = Source::Path(to.clone()),
            }
        }
    }
    if let Some(sum) = input.read_beside("go.sum") {
        let sum = String::from_utf8_lossy(&sum).into_owned();
        let hashes: HashMap<(&str, &str), &str> = sum
            .lines()
            .filter_map(|line| {
                let mut words = line.split_whitespace();
                Some(((words.next()?, words.next()?), words.next()?))
            })
            .collect();
        if !lists_all {
            from_sum(&sum, &mut lock);
        }
        for package in &mut lock.packages {
            if let Some(hash) = hashes.get(&(package.name.as_str(), package.version.as_str())) {
                (*hash).clone_into(&mut package.integrity);
            }
        }
    }
    Ok(lock)
}

/// The modules that a `go.mod` of before Go 1.17 leaves out: those whose content `go.sum` has a checksum of, in their highest
/// version, for that is the one which is built in. What an upgrade left behind in `go.sum` is lower, mostly.
fn from_sum(sum: &str, lock: &mut Lock) {
    let mut highest: BTreeMap<&str, &str> = BTreeMap::new();
    for line in sum.lines() {
        let mut words = line.split_whitespace();
        let (Some(name), Some(version)) = (words.next(), words.next()) else { continue };
        if version.ends_with("/go.mod") || !Ecosystem::Go.order().reads(version) {
            continue;
        }
        let known = highest.entry(name).or_insert(version);
        if Ecosystem::Go.order().compare(version, known) == Some(Ordering::Greater) {
            *known = version;
        }
    }
    for (name, version) in highest {
        if lock.packages.iter().all(|package| package.name != name) {
            let mut package = Package::new(Ecosystem::Go, name, version, 0);
            package.direct = Some(false);
            lock.push(package);
        }
    }
}

/// A Go release as OSV writes it: `1.21` is `1.21.0`, `1.21rc2` is `1.21.0-rc.2`.
fn release(text: &str) -> String {
    let text = text.split('-').next().unwrap_or(text);
    let at = text.find(|c: char| c.is_ascii_alphabetic()).unwrap_or(text.len());
    let (numbers, word) = text.split_at(at);
    let mut numbers = numbers.to_owned();
    while numbers.matches('.').count() < 2 {
        numbers.push_str(".0");
    }
    let digit = word.find(|c: char| c.is_ascii_digit()).unwrap_or(word.len());
    if word.is_empty() { numbers } else { format!("{numbers}-{}.{}", &word[..digit], &word[digit..]) }
}
