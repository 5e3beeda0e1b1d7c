//! Of a long lock file a change touches a few lines: what stands alike in front of them and behind them is read once, not on both sides.
//!
//! Only for `package-lock.json` of version 3 as npm lays it out; at any doubt the caller reads the old side as a whole.

use std::collections::HashSet;
use std::ops::Range;

use crate::sca::document::line_of;
use crate::sca::lockfiles::{self, Format, Input, Package};

/// Bytes that are searched for the beginning and the end of an entry.
const FAR: usize = 256 << 10;

/// Both sides' packages that matter: those between what stands alike, and what has a name of these elsewhere.
pub(super) struct Split {
    pub(super) before: Vec<Package>,
    pub(super) after: Vec<Package>,
    /// Names in the old side's lines that differ.
    pub(super) old_names: HashSet<String>,
}

/// What differs, widened to whole entries: the bytes of the old side, and of the new one.
fn differing(old: &[u8], new: &[u8]) -> Option<(Range<usize>, Range<usize>)> {
    let start = old.iter().zip(new).take_while(|(a, b)| a == b).count();
    let most = old.len().min(new.len()) - start;
    let same_end = old.iter().rev().zip(new.iter().rev()).take(most).take_while(|(a, b)| a == b).count();
    let head = new.get(..start.min(1000))?;
    memchr::memmem::find(head, b"\"lockfileVersion\": 3,")?;
    let opening = memchr::memmem::find(head, b"\"packages\": {\n")?;
    let line = memchr::memrchr(b'\n', &new[..opening])? + 1;
    let step = &new[line..opening];
    if step.is_empty() || !step.iter().all(|byte| matches!(byte, b' ' | b'\t')) {
        return None;
    }
    let indent = [step, step].concat();
    let first = opening + b"\"packages\": {\n".len();
    // An entry begins with its key, in that depth alone; the table ends with a brace one step further out.
    let begins =
        |bytes: &[u8], at: usize| bytes[at..].strip_prefix(&indent[..]).is_some_and(|rest| rest.starts_with(b"\""));
    let ends = |bytes: &[u8], at: usize| bytes[at..].strip_prefix(step).is_some_and(|rest| rest.starts_with(b"}"));
    let mut from = memchr::memrchr(b'\n', new.get(..start)?).map_or(0, |at| at + 1);
    while !begins(new, from) {
        if from <= first || start - from > FAR {
            return None;
        }
        from = memchr::memrchr(b'\n', &new[..from - 1]).map_or(0, |at| at + 1);
    }
    if from < first {
        return None;
    }
    let mut to = new.len() - same_end;
    let begin = to;
    loop {
        to += memchr::memchr(b'\n', &new[to..])? + 1;
        if to >= new.len() || to - begin > FAR {
            return None;
        }
        if begins(new, to) || ends(new, to) {
            break;
        }
    }
    let behind = new.len() - to;
    Some((from..old.len() - behind, from..to))
}

/// Splits `packages`, which were read from `new`, and reads what differs of `old`.
pub(super) fn split(old: &[u8], new: &[u8], packages: Vec<Package>) -> Result<Split, Vec<Package>> {
    let Some((gone, come)) = differing(old, new) else { return Err(packages) };
    let Some(window) = old.get(gone) else { return Err(packages) };
    let entries = window.trim_ascii_end();
    let entries = entries.strip_suffix(b",").unwrap_or(entries);
    let mut text = b"{\"lockfileVersion\":3,\"packages\":{\n".to_vec();
    text.extend_from_slice(entries);
    text.extend_from_slice(b"}}");
    let input = Input { path: "package-lock.json", bytes: &text, beside: &|_| None, graph: false };
    let Ok(lock) = lockfiles::read(Format::Npm, &input) else { return Err(packages) };
    let lines = line_of(new, come.start)..line_of(new, come.end);
    let old_names: HashSet<String> = lock.packages.iter().map(|one| one.name.clone()).collect();
    let inside = |one: &Package| lines.contains(&one.line);
    let mut names = old_names.clone();
    names.extend(packages.iter().filter(|one| inside(one)).map(|one| one.name.clone()));
    let (mut before, mut after) = (Vec::new(), Vec::new());
    for (at, one) in packages.into_iter().enumerate() {
        if inside(&one) {
            after.push(one);
        } else if at < super::project::USUAL || names.contains(&one.name) {
            before.push(one.clone());
            after.push(one);
        }
    }
    before.extend(lock.packages);
    Ok(Split { before, after, old_names })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lock(packages: &[(&str, &str)]) -> String {
        let entries: Vec<String> = packages
            .iter()
            .map(|(name, version)| format!("    \"node_modules/{name}\": {{\n      \"version\": \"{version}\"\n    }}"))
            .collect();
        format!(
            "{{\n  \"name\": \"x\",\n  \"lockfileVersion\": 3,\n  \"packages\": {{\n{}\n  }}\n}}\n",
            entries.join(",\n")
        )
    }

    fn both(old: &str, new: &str) -> Option<(Vec<String>, Vec<String>)> {
        let read = |text: &str| {
            let input = Input { path: "package-lock.json", bytes: text.as_bytes(), beside: &|_| None, graph: false };
            lockfiles::read(Format::Npm, &input).unwrap().packages
        };
        let told = |list: Vec<Package>| {
            let mut all: Vec<String> = list.iter().map(|one| format!("{}@{}", one.name, one.version)).collect();
            all.sort();
            all
        };
        let split = split(old.as_bytes(), new.as_bytes(), read(new)).ok()?;
        // As few are there as stand in these tests, both sides are whole.
        assert_eq!(told(split.before.clone()), told(read(old)));
        assert_eq!(told(split.after.clone()), told(read(new)));
        Some((told(split.before), told(split.after)))
    }

    #[test]
    fn both_sides_are_what_they_are_read_alone() {
        let one = [("a", "1.0.0"), ("b", "1.0.0"), ("b/node_modules/a", "1.0.0"), ("c", "1.0.0")];
        let mut all = vec![lock(&one)];
        for change in 0..4 {
            let mut other = one;
            other[change].1 = "1.0.1";
            all.push(lock(&other));
        }
        all.push(lock(&one[..3]));
        all.push(lock(&one[1..]));
        all.push(lock(&[one[0], one[3]]));
        all.push(lock(&[
            ("a", "1.0.0"),
            ("aa", "1.0.0"),
            ("b", "1.0.0"),
            ("b/node_modules/a", "1.0.0"),
            ("c", "1.0.0"),
        ]));
        let mut split = 0;
        for old in &all {
            for new in all.iter().filter(|new| *new != old) {
                split += usize::from(both(old, new).is_some());
            }
        }
        assert_eq!(split, all.len() * (all.len() - 1));
    }

    #[test]
    fn another_layout_is_left_to_the_whole_reader() {
        let old = lock(&[("a", "1.0.0"), ("b", "1.0.0")]);
        assert!(both(&old.replace('\n', ""), &old).is_none());
        let other = old.replace("\"lockfileVersion\": 3", "\"lockfileVersion\": 2");
        assert!(both(&other, &old).is_none());
    }
}
