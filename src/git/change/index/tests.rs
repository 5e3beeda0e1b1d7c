//! Handcrafted indexes.

use super::*;
use crate::change::Oid;

/// One entry: mode, first byte of the id, flags without the length, extended flags, name.
type Line<'n> = (u32, u8, u16, Option<u16>, &'n str);

fn entry(bytes: &mut Vec<u8>, version: u32, line: Line<'_>, before: &str) {
    let (mode, byte, flags, extended, name) = line;
    let start = bytes.len();
    bytes.extend_from_slice(&[0; 24]);
    bytes.extend_from_slice(&mode.to_be_bytes());
    bytes.extend_from_slice(&[0; 12]);
    bytes.extend_from_slice(&[byte; ID]);
    let len = u16::try_from(name.len().min(0xfff)).unwrap();
    let mark = if extended.is_some() { entries::EXTENDED } else { 0 };
    bytes.extend_from_slice(&(flags | len | mark).to_be_bytes());
    if let Some(extended) = extended {
        bytes.extend_from_slice(&extended.to_be_bytes());
    }
    if version == 4 {
        let same = name.bytes().zip(before.bytes()).take_while(|(one, other)| one == other).count();
        let cut = before.len() - same;
        assert!(cut < 128, "the builder writes one byte only");
        bytes.push(u8::try_from(cut).unwrap());
        bytes.extend_from_slice(&name.as_bytes()[same..]);
        bytes.push(0);
    } else {
        bytes.extend_from_slice(name.as_bytes());
        let padding = 8 - (bytes.len() - start) % 8;
        bytes.extend(std::iter::repeat_n(0, padding));
    }
}

fn index(version: u32, lines: &[Line<'_>], extensions: &[(&[u8; 4], &[u8])]) -> Vec<u8> {
    let mut bytes = b"DIRC".to_vec();
    bytes.extend_from_slice(&version.to_be_bytes());
    bytes.extend_from_slice(&u32::try_from(lines.len()).unwrap().to_be_bytes());
    let mut before = "";
    for line in lines {
        entry(&mut bytes, version, *line, before);
        before = line.4;
    }
    for (name, data) in extensions {
        bytes.extend_from_slice(*name);
        bytes.extend_from_slice(&u32::try_from(data.len()).unwrap().to_be_bytes());
        bytes.extend_from_slice(data);
    }
    bytes.extend_from_slice(&[0; ID]);
    bytes
}

fn read(bytes: &[u8]) -> Sure<Vec<(String, u32, u8, bool)>> {
    let layout = Layout::of(bytes)?;
    let mut entries = Index::new(bytes, &layout).entries();
    entries.start()?;
    let mut found = Vec::new();
    while let Some((entry, name)) = entries.current() {
        found.push((String::from_utf8_lossy(name).into_owned(), entry.mode, entry.stage, entry.intent_to_add));
        entries.advance()?;
    }
    Ok(found)
}

const FILE: u32 = 0o100_644;

#[test]
fn every_version_gives_the_same_entries() {
    let long = "l".repeat(5000);
    let plain: &[Line<'_>] = &[
        (FILE, 1, 0, None, "a"),
        (0o100_755, 2, 0x8000, None, "a.b/c"),
        (0o120_000, 3, 0, None, "a.b/d"),
        (0o160_000, 4, 0, None, "a/b"),
        (FILE, 5, 0x1000, None, "a/c"),
        (FILE, 6, 0x3000, None, "a/c"),
    ];
    let found = read(&index(2, plain, &[])).unwrap();
    assert_eq!(found.len(), 6);
    assert_eq!(found[5], ("a/c".to_owned(), FILE, 3, false));
    assert_eq!(found[2], ("a.b/d".to_owned(), 0o120_000, 0, false));
    for version in [3, 4] {
        assert_eq!(read(&index(version, plain, &[])).unwrap(), found);
        let extended = index(version, &[(FILE, 1, 0, Some(0x2000), "i"), (FILE, 1, 0, Some(0x4000), "s")], &[]);
        let read = read(&extended).unwrap();
        assert_eq!(read.iter().map(|entry| entry.3).collect::<Vec<_>>(), [true, false]);
    }
    for version in 2..=4 {
        let names: Vec<_> = read(&index(version, &[(FILE, 1, 0, None, &long)], &[])).unwrap();
        assert_eq!(names[0].0, long);
    }
}

#[test]
fn what_the_reader_does_not_know_is_a_doubt() {
    let line: &[Line<'_>] = &[(FILE, 1, 0, None, "a")];
    let why = |bytes: &[u8]| read(bytes).unwrap_err().to_string();
    assert_eq!(why(&index(2, line, &[(b"link", &[0; 20])])), "split index");
    assert_eq!(why(&index(2, line, &[(b"sdir", b"")])), "sparse index");
    assert_eq!(why(&index(2, line, &[(b"what", b"")])), "index extension what");
    assert_eq!(why(&index(5, line, &[])), "index version 5");
    assert!(read(&index(2, line, &[(b"WHAT", b"x")])).is_ok());
    assert!(read(&index(2, &[(FILE, 1, 0, Some(0x4000), "a")], &[])).is_err());
    assert!(read(&index(3, &[(FILE, 1, 0, Some(0x8000), "a")], &[])).is_err());
    assert!(read(&index(2, &[(0o040_000, 1, 0, None, "a/")], &[])).is_err());
    for version in 2..=4 {
        for names in [["b", "a"], ["a", "a"], ["", "a"]] {
            let lines = names.map(|name| (FILE, 1, 0, None, name));
            assert!(read(&index(version, &lines, &[])).is_err(), "{version} {names:?}");
        }
    }
}

#[test]
fn cut_or_flipped_bytes_never_panic() {
    let tree = cache_tree();
    let lines: &[Line<'_>] =
        &[(FILE, 1, 0, None, "a"), (FILE, 2, 0, None, "d/e/f"), (FILE, 3, 0, None, "d/g"), (FILE, 4, 0, None, "h")];
    for version in 2..=4 {
        let whole = index(version, lines, &[(b"TREE", &tree), (b"REUC", b"x")]);
        assert_eq!(read(&whole).unwrap().len(), 4);
        for cut in 1..whole.len() {
            // Cut between two extensions, the rest looks whole: the last twenty bytes are not checked.
            let _ = read(&whole[..cut]);
            let _ = read_all(&whole[..cut]);
        }
        for at in 0..whole.len() {
            for byte in [0, 1, 0x7f, 0x80, 0xff, whole[at] ^ 1] {
                let mut bytes = whole.clone();
                bytes[at] = byte;
                let _ = read(&bytes);
                let _ = read_all(&bytes);
            }
        }
    }
    assert_eq!(read(b"").unwrap(), []);
    for bytes in [&b"\0"[..], b"DIRC", &[0xff; 64]] {
        assert!(Layout::of(bytes).is_err());
    }
    let mut huge = index(2, lines, &[]);
    huge[8..12].copy_from_slice(&u32::MAX.to_be_bytes());
    assert!(Layout::of(&huge).is_err());
}

/// `/` (4 entries) with `d` (2, not known) with `e` (1), and `z` (1).
fn cache_tree() -> Vec<u8> {
    let id = [9; ID];
    [&b"\x004 2\n"[..], &id, b"d\0-1 1\n", b"e\x001 0\n", &id, b"z\x001 0\n", &id].concat()
}

#[test]
fn a_cache_tree_has_its_children() {
    let bytes = cache_tree();
    let tree = CacheTree::parse(&bytes).unwrap();
    assert_eq!(tree.tree(tree.root()), Some((Oid::sha1([9; ID]), 4)));
    let children = tree.children(Some(tree.root()));
    assert_eq!(children.iter().map(|(name, _)| *name).collect::<Vec<_>>(), [&b"d"[..], b"z"]);
    let (_, directory) = children[0];
    assert_eq!(tree.tree(directory), None);
    let below = tree.children(Some(directory));
    assert_eq!((below.len(), below[0].0), (1, &b"e"[..]));
    assert!(tree.children(None).is_empty());
    for cut in 0..bytes.len() {
        assert!(CacheTree::parse(&bytes[..cut]).is_err());
    }
    assert!(CacheTree::parse(&[&bytes[..], b"y\x001 0\n", &[9; ID]].concat()).is_err());
}

#[test]
fn a_skip_holds_the_cache_tree_against_the_names() {
    let lines: &[Line<'_>] =
        &[(FILE, 1, 0, None, "a"), (FILE, 2, 0, None, "d/e"), (FILE, 3, 0, None, "d/f"), (FILE, 4, 0, None, "h")];
    for version in [2, 4] {
        let bytes = index(version, lines, &[]);
        let layout = Layout::of(&bytes).unwrap();
        let at_d = || {
            let mut entries = Index::new(&bytes, &layout).entries();
            entries.start().unwrap();
            entries.advance().unwrap();
            entries
        };
        let mut entries = at_d();
        entries.skip(2, b"d/").unwrap();
        assert_eq!(entries.name(), b"h");
        for (count, prefix) in [(0, &b"d/"[..]), (1, b"d/"), (3, b"d/"), (2, b"x/"), (usize::MAX, b"d/")] {
            assert!(at_d().skip(count, prefix).is_err(), "{count}");
        }
    }
}

#[test]
fn marks_change_nothing_but_the_time() {
    let names: Vec<String> = (0..1000).map(|number| format!("d{}/f{number:04}", number / 300)).collect();
    let lines: Vec<Line<'_>> = names.iter().map(|name| (FILE, 1, 0, None, &name[..])).collect();
    for version in 2..=4 {
        let bytes = index(version, &lines, &[]);
        let layout = Layout::of(&bytes).unwrap();
        let index = Index::new(&bytes, &layout);
        for name in &names {
            assert!(index.find(name.as_bytes()).unwrap().is_some(), "{name}");
        }
        for name in ["", "a", "d0", "d0/f0063x", "d1/f0300/", "z"] {
            assert_eq!(index.find(name.as_bytes()).unwrap(), None, "{name}");
        }
        for before in [0, 1, 62, 63, 64, 65, 299] {
            let mut entries = index.entries();
            entries.start().unwrap();
            for _ in 0..before {
                entries.advance().unwrap();
            }
            entries.skip(300 - before, b"d0/").unwrap();
            assert_eq!(entries.name(), b"d1/f0300");
            entries.skip(300, b"d1/").unwrap();
            assert_eq!(entries.name(), b"d2/f0600");
        }
    }
}
