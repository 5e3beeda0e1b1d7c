//! Files that steer a stage's tool: which of a tree those are, and the same tree with another's in their place.
//!
//! A tool reaches a file under every name that links give it, so each of them counts; and some file systems do not
//! tell large letters from small ones, so neither does this.

use std::collections::{BTreeMap, BTreeSet, HashSet};

use crate::change::{Change, Content, Entry, Store};
use crate::paths::{RepoPath, matches};

/// Links that are followed behind each other.
const DEEPEST: usize = 4;
/// Names of one file that are looked at: a tree of links has more than anybody needs.
const MOST: usize = 200;
/// Names of all files together: past them every link that the change brings counts as one that steers.
const MOST_NAMES: usize = 300_000;
/// Bytes of a link's target.
const LONGEST: u64 = 4096;

/// A tree as a stage gets it.
#[derive(Debug, Default)]
pub struct Steered {
    /// Its files.
    pub files: Vec<Change>,
    /// Those that steer the stage and differ between the two trees.
    pub differ: Vec<RepoPath>,
}

/// The files `head` of a tree with those that `globs` name taken from `base`: replaced, taken out, put back.
pub fn steered(globs: &[String], head: &[Change], base: &[Change], store: &dyn Store) -> Steered {
    let globs: Vec<String> = globs.iter().map(|glob| glob.to_lowercase()).collect();
    let new: BTreeMap<&[u8], &Change> = by_path(head);
    let old: BTreeMap<&[u8], &Change> = by_path(base);
    let is_same = |path: &[u8]| match (new.get(path), old.get(path)) {
        (Some(new), Some(old)) => new.entry == old.entry && new.content == old.content,
        _ => false,
    };
    // Names that the base's links give count for files; a link of the change counts for itself only, or it could
    // take any file out of sight.
    let links = Links::of(base, store);
    let is_steering = |path: &[u8]| links.names(path).any(|name| is_named(&globs, &name));
    let brought: Vec<Change> =
        head.iter().filter(|one| one.entry == Entry::Symlink && !is_same(one.path.as_bytes())).cloned().collect();
    let leading = leading(&brought, head, store, &is_steering);
    let paths: BTreeSet<&[u8]> = new.keys().chain(old.keys()).copied().filter(|path| !is_same(path)).collect();
    let differ: Vec<&[u8]> = paths.into_iter().filter(|path| leading.contains(*path) || is_steering(path)).collect();
    let put_back = differ.iter().filter_map(|path| old.get(path)).map(|change| (*change).clone());
    let mut files: Vec<Change> = head
        .iter()
        .filter(|change| differ.binary_search(&change.path.as_bytes()).is_err())
        .cloned()
        .chain(put_back)
        .collect();
    files.sort_by(|one, other| one.path.cmp(&other.path));
    Steered { files, differ: differ.into_iter().map(RepoPath::new).collect() }
}

/// Those of the links `brought` by which a file gets a name that steers.
fn leading(
    brought: &[Change],
    head: &[Change],
    store: &dyn Store,
    is_steering: &dyn Fn(&[u8]) -> bool,
) -> HashSet<Vec<u8>> {
    let all = || brought.iter().map(|link| link.path.as_bytes().to_vec());
    let mut found = HashSet::new();
    if brought.is_empty() {
        return found;
    }
    let links = Links::of(head, store);
    let mut names = 0;
    for file in head {
        for name in links.names(file.path.as_bytes()).skip(1) {
            names += 1;
            if names > MOST_NAMES {
                return all().collect();
            }
            if is_steering(&name) {
                found.extend(all().filter(|link| behind(&name, link).is_some()));
            }
        }
    }
    found
}

fn by_path(files: &[Change]) -> BTreeMap<&[u8], &Change> {
    files.iter().map(|change| (change.path.as_bytes(), change)).collect()
}

fn is_named(globs: &[String], path: &[u8]) -> bool {
    let path = path.to_ascii_lowercase();
    globs.iter().any(|glob| matches(glob, &path))
}

/// What stands behind `prefix` in `path`, with its `/`; empty where they are the same.
fn behind<'p>(path: &'p [u8], prefix: &[u8]) -> Option<&'p [u8]> {
    match path.strip_prefix(prefix) {
        Some(rest) if rest.is_empty() || rest[0] == b'/' => Some(rest),
        _ => None,
    }
}

/// The symbolic links of both trees: where each stands, and where it leads.
struct Links(Vec<(Vec<u8>, Vec<u8>)>);

impl Links {
    fn of(files: &[Change], store: &dyn Store) -> Self {
        let mut links = Vec::new();
        let mut reader = None;
        for change in files.iter().filter(|change| change.entry == Entry::Symlink) {
            let Content::Blobs { new: Some(blob), .. } = &change.content else { continue };
            if reader.is_none() {
                reader = store.reader().ok();
            }
            let Some(reader) = &mut reader else { break };
            let Ok(target) = reader.read(blob, LONGEST) else { continue };
            if let Some(target) = resolved(change.path.as_bytes(), &target.bytes) {
                links.push((change.path.as_bytes().to_vec(), target));
            }
        }
        links.sort();
        links.dedup();
        Self(links)
    }

    /// `path` itself, and every name that links give it.
    fn names(&self, path: &[u8]) -> impl Iterator<Item = Vec<u8>> + use<> {
        let mut names = vec![path.to_vec()];
        let mut from = 0;
        for _ in 0..DEEPEST {
            let upto = names.len();
            for at in from..upto {
                for (link, target) in &self.0 {
                    let rest = if target.is_empty() {
                        Some([b"/", &names[at][..]].concat())
                    } else {
                        behind(&names[at], target).map(<[u8]>::to_vec)
                    };
                    let Some(rest) = rest.filter(|_| names.len() < MOST) else { continue };
                    names.push([&link[..], &rest].concat());
                }
            }
            from = upto;
        }
        names.into_iter()
    }
}

/// Where a link at `path` with that text leads within the tree; `None` where it leads out of it.
fn resolved(path: &[u8], target: &[u8]) -> Option<Vec<u8>> {
    if target.first() == Some(&b'/') {
        return None;
    }
    let mut parts: Vec<&[u8]> = path.split(|&byte| byte == b'/').collect();
    parts.pop();
    for part in target.split(|&byte| byte == b'/') {
        match part {
            b"" | b"." => {}
            b".." => drop(parts.pop()?),
            part => parts.push(part),
        }
    }
    Some(parts.join(&b'/'))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::change::{Blob, Kind, Loaded, ReadError, Reader};
    use std::sync::Arc;

    struct Texts;

    impl Store for Texts {
        fn reader(&self) -> Result<Box<dyn Reader + '_>, ReadError> {
            Ok(Box::new(Self))
        }
    }

    impl Reader for Texts {
        fn read(&mut self, blob: &Blob, _: u64) -> Result<Loaded, ReadError> {
            let Blob::Text(text) = blob else { return Err(ReadError::Unsupported) };
            Ok(Loaded { bytes: text.to_vec(), size: text.len() as u64 })
        }
    }

    /// `name=text` is a file, `name>target` a link.
    fn tree(files: &[&str]) -> Vec<Change> {
        let each = |text: &&str| {
            let at = text.find(['=', '>']).unwrap();
            let entry = if text.as_bytes()[at] == b'>' { Entry::Symlink } else { Entry::File };
            Change {
                path: RepoPath::from(&text[..at]),
                kind: Kind::Added,
                entry,
                content: Content::Blobs {
                    new: Some(Blob::Text(Arc::from(&text.as_bytes()[at + 1..]))),
                    old: Vec::new(),
                },
                commit: None,
            }
        };
        files.iter().map(each).collect()
    }

    fn check(head: &[&str], base: &[&str], expected: &[&str], differ: &str) {
        let globs = ["/.tool".to_owned(), "**/.conf/**".to_owned()];
        let given = steered(&globs, &tree(head), &tree(base), &Texts);
        let mut expected = tree(expected);
        expected.sort_by(|one, other| one.path.cmp(&other.path));
        assert_eq!(given.files, expected, "{head:?} over {base:?}");
        let names: Vec<String> = given.differ.iter().map(ToString::to_string).collect();
        assert_eq!(names.join(" "), differ);
    }

    #[test]
    fn what_steers_is_the_bases_under_whatever_name() {
        check(&["a=1", ".tool=evil"], &["a=0", ".tool=good"], &["a=1", ".tool=good"], ".tool");
        check(&["a=1", ".tool=evil"], &["a=0"], &["a=1"], ".tool");
        check(&["a=1"], &["a=0", ".tool=good"], &["a=1", ".tool=good"], ".tool");
        check(&["a=1", ".TOOL=evil"], &["a=0"], &["a=1"], ".TOOL");
        check(&["a=1", ".tool=same"], &["a=0", ".tool=same"], &["a=1", ".tool=same"], "");
        // A link to what the change brings, and the target of one that is there.
        check(&["x=evil", ".tool>x"], &[], &["x=evil"], ".tool");
        check(&["x=evil", ".tool>x"], &["x=good", ".tool>x"], &["x=good", ".tool>x"], "x");
        check(&["d/x=evil", ".tool>d/x"], &["d/x=good", ".tool>d/x"], &["d/x=good", ".tool>d/x"], "d/x");
        // The same by way of a directory, and of two.
        check(&["d/c=evil", "sub/.conf>../d"], &[], &["d/c=evil"], "sub/.conf");
        check(&["d/c=evil", ".conf>d"], &["d/c=good", ".conf>d"], &["d/c=good", ".conf>d"], "d/c");
        check(&["e/c=evil", "d>e", ".conf>d"], &["e/c=good", "d>e", ".conf>d"], &["e/c=good", "d>e", ".conf>d"], "e/c");
        check(&["e/c=evil", "d>e", ".conf>d"], &[], &["d>e", "e/c=evil"], ".conf");
        check(&["e/c=evil", "d>e", ".conf>d"], &[".conf>d"], &[".conf>d", "e/c=evil"], "d");
        // A link takes nothing out of sight.
        check(&["a=1", "b=2", ".tool>a", "x/.conf>.."], &["b=2"], &["a=1", "b=2"], ".tool x/.conf");
        // A link to all of it, and links in a circle, end.
        check(&["c=1", ".conf>."], &["c=0", ".conf>."], &["c=0", ".conf>."], "c");
        check(&["a>b", "b>a", "c=1"], &["a>b", "b>a"], &["a>b", "b>a", "c=1"], "");
    }
}
