//! The committed content as files: streamed out of the object store into a private directory, without
//! index, work tree, filters or attributes.
//!
//! A tree may hold anything: names that lead out of the directory, links to elsewhere, a `.git` with a
//! configuration of its own. None of it is made; what is left out is reported.

use std::fs::{self, OpenOptions};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

use super::place::make;
use crate::change::{Blob, Change, Content, Entry, Kind, Reader, Store};
use crate::finding::{Gap, GapKind};
use crate::paths::RepoPath;

/// Files that one thread takes at a time.
const BATCH: usize = 32;

/// Writes the new side of `files` under `dir`, which must be empty and private. Gives what was left
/// out; a file over `limit` bytes is.
///
/// # Errors
///
/// What the system says of a file that cannot be written: half an export is none.
pub fn export(files: &[&Change], store: &dyn Store, dir: &Path, limit: u64) -> io::Result<Vec<Gap>> {
    let next = AtomicUsize::new(0);
    let all: Mutex<(Vec<Gap>, io::Result<()>)> = Mutex::new((Vec::new(), Ok(())));
    let work = || {
        let (gaps, result) = one_thread(files, store, dir, limit, &next);
        let mut all = all.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        all.0.extend(gaps);
        if result.is_err() {
            all.1 = result;
        }
    };
    let threads =
        if files.len() <= 2 * BATCH { 1 } else { std::thread::available_parallelism().map_or(1, usize::from) };
    std::thread::scope(|scope| {
        for _ in 1..threads.min(8) {
            scope.spawn(work);
        }
        work();
    });
    let (mut gaps, result) = all.into_inner().unwrap_or_else(std::sync::PoisonError::into_inner);
    result?;
    // Links last: while files are written there is none that could be followed.
    if let Ok(mut reader) = store.reader() {
        for change in files.iter().filter(|change| change.entry == Entry::Symlink && change.kind != Kind::Deleted) {
            gaps.extend(link(change, reader.as_mut(), dir)?);
        }
    }
    gaps.sort_by(|one, other| one.path.cmp(&other.path));
    Ok(gaps)
}

fn one_thread(
    files: &[&Change],
    store: &dyn Store,
    dir: &Path,
    limit: u64,
    next: &AtomicUsize,
) -> (Vec<Gap>, io::Result<()>) {
    let mut gaps = Vec::new();
    let mut reader = match store.reader() {
        Ok(reader) => reader,
        Err(error) => return (gaps, Err(io::Error::other(error))),
    };
    loop {
        let from = next.fetch_add(BATCH, Ordering::Relaxed);
        let Some(batch) = files.get(from..files.len().min(from + BATCH)).filter(|batch| !batch.is_empty()) else {
            return (gaps, Ok(()));
        };
        for change in batch {
            match file(change, reader.as_mut(), dir, limit) {
                Ok(gap) => gaps.extend(gap),
                Err(error) => return (gaps, Err(error)),
            }
        }
    }
}

fn file(change: &Change, reader: &mut dyn Reader, dir: &Path, limit: u64) -> io::Result<Option<Gap>> {
    let Content::Blobs { new: Some(blob), .. } = &change.content else {
        return Ok((change.entry == Entry::Gitlink && change.kind != Kind::Deleted)
            .then(|| left_out(change, GapKind::Elsewhere, "a submodule, which no stage is given")));
    };
    if !matches!(change.entry, Entry::File | Entry::Executable) {
        return Ok(None);
    }
    let Some(path) = inside(dir, &change.path) else {
        return Ok(Some(left_out(change, GapKind::Tolerated, "a name that no file can be given safely")));
    };
    let loaded = match reader.read(blob, limit) {
        Ok(loaded) => loaded,
        Err(error) => return Ok(Some(left_out(change, GapKind::Unread, &error.to_string()))),
    };
    if loaded.size > loaded.bytes.len() as u64 {
        return Ok(Some(left_out(change, GapKind::Tolerated, "too large for a stage to be given")));
    }
    if is_lfs_pointer(&loaded.bytes) {
        return Ok(Some(left_out(change, GapKind::Elsewhere, "kept by Git LFS, which no stage is given")));
    }
    parents(dir, &path)?;
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    // Read-only: a tool that mends what it finds would change what the next one sees.
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(
        &mut options,
        if change.entry == Entry::Executable { 0o500 } else { 0o400 },
    );
    match options.open(&path) {
        Ok(mut file) => file.write_all(&loaded.bytes).map(|()| None),
        Err(error) => refused(change, error),
    }
}

/// Names that differ by case only, or that are too long, are a matter of this machine's file system.
fn refused(change: &Change, error: io::Error) -> io::Result<Option<Gap>> {
    match error.kind() {
        io::ErrorKind::AlreadyExists
        | io::ErrorKind::InvalidFilename
        | io::ErrorKind::NotADirectory
        | io::ErrorKind::IsADirectory => {
            Ok(Some(left_out(change, GapKind::Tolerated, &format!("no file of that name can be made: {error}"))))
        }
        _ => Err(error),
    }
}

fn link(change: &Change, reader: &mut dyn Reader, dir: &Path) -> io::Result<Option<Gap>> {
    let Content::Blobs { new: Some(blob), .. } = &change.content else { return Ok(None) };
    let Some(path) = inside(dir, &change.path) else {
        return Ok(Some(left_out(change, GapKind::Tolerated, "a name that no file can be given safely")));
    };
    let target = match reader.read(blob, 4096) {
        Ok(loaded) if loaded.size <= 4096 => loaded.bytes,
        Ok(_) => return Ok(Some(left_out(change, GapKind::Tolerated, "a link with a target of more than 4096 bytes"))),
        Err(error) => return Ok(Some(left_out(change, GapKind::Unread, &error.to_string()))),
    };
    let depth = memchr::memchr_iter(b'/', change.path.as_bytes()).count();
    if !stays_inside(&target, depth) {
        return Ok(Some(left_out(change, GapKind::Elsewhere, "a link to what is not in the repository")));
    }
    // A link that was made before may stand where a directory is needed.
    if !parents_are_real(dir, &path) {
        return Ok(Some(left_out(change, GapKind::Tolerated, "its directory is a link")));
    }
    parents(dir, &path)?;
    #[cfg(unix)]
    let made = std::os::unix::fs::symlink(RepoPath::new(target).to_path(), &path);
    #[cfg(not(unix))]
    let made = Err(io::Error::from(io::ErrorKind::InvalidFilename));
    match made {
        Ok(()) => Ok(None),
        Err(error) => refused(change, error),
    }
}

/// Where `path` lies under `dir`; `None` where one of its parts could lead elsewhere, or make a tool take
/// the directory for a repository.
fn inside(dir: &Path, path: &RepoPath) -> Option<PathBuf> {
    let fits = |part: &[u8]| {
        !part.is_empty()
            && part != b"."
            && part != b".."
            && !part.eq_ignore_ascii_case(b".git")
            && !part.contains(&0)
            && (!cfg!(windows) || !part.iter().any(|byte| matches!(byte, b'\\' | b':' | 0..=31)))
    };
    path.as_bytes().split(|&byte| byte == b'/').all(fits).then(|| dir.join(path.to_path()))
}

/// Whether a link in a directory `depth` levels deep leads to a place within the export. `..` counts only
/// at the beginning: behind a name it would be taken from wherever that name leads to.
fn stays_inside(target: &[u8], depth: usize) -> bool {
    let mut up = 0;
    let mut down = false;
    for part in target.split(|&byte| byte == b'/') {
        match part {
            b".." if down => return false,
            b".." => up += 1,
            b"." => {}
            // An absolute target, or `a//b`, which no one needs.
            b"" => return false,
            part if part.eq_ignore_ascii_case(b".git") || part.contains(&0) => return false,
            _ => down = true,
        }
    }
    up <= depth
}

fn parents(dir: &Path, path: &Path) -> io::Result<()> {
    let Some(parent) = path.parent().filter(|parent| *parent != dir && !parent.is_dir()) else { return Ok(()) };
    parents(dir, parent)?;
    match make(parent) {
        // Another thread was first.
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => Ok(()),
        made => made,
    }
}

fn parents_are_real(dir: &Path, path: &Path) -> bool {
    let mut here = path.parent();
    while let Some(parent) = here.filter(|parent| *parent != dir) {
        if fs::symlink_metadata(parent).is_ok_and(|about| !about.is_dir()) {
            return false;
        }
        here = parent.parent();
    }
    true
}

/// Whether `text` stands for a file that Git LFS keeps. <https://github.com/git-lfs/git-lfs/blob/main/docs/spec.md>
fn is_lfs_pointer(text: &[u8]) -> bool {
    text.len() < 1024 && text.starts_with(b"version https://git-lfs.github.com/spec/v1\n")
}

fn left_out(change: &Change, kind: GapKind, reason: &str) -> Gap {
    Gap { path: Some(change.path.clone()), kind, reason: reason.to_owned(), hint: String::new() }
}

/// The blob that stands for `change` now.
pub(super) fn new_side(change: &Change) -> Option<&Blob> {
    match &change.content {
        Content::Blobs { new, .. } => new.as_ref(),
        Content::Fragments(_) => None,
    }
}

#[cfg(unix)]
#[cfg(test)]
mod tests {
    use super::*;
    use crate::stage::external::place::Place;
    use std::sync::Arc;

    fn entry(path: &[u8], entry: Entry, text: &[u8]) -> Change {
        Change {
            path: RepoPath::new(path),
            kind: Kind::Added,
            entry,
            content: Content::Blobs { new: Some(Blob::Text(Arc::from(text))), old: Vec::new() },
            commit: None,
        }
    }

    struct Texts;

    impl Store for Texts {
        fn reader(&self) -> Result<Box<dyn Reader + '_>, crate::change::ReadError> {
            Ok(Box::new(Self))
        }
    }

    impl Reader for Texts {
        fn read(&mut self, blob: &Blob, limit: u64) -> Result<crate::change::Loaded, crate::change::ReadError> {
            let Blob::Text(text) = blob else { return Err(crate::change::ReadError::Unsupported) };
            let bytes = text[..text.len().min(usize::try_from(limit).unwrap())].to_vec();
            Ok(crate::change::Loaded { bytes, size: text.len() as u64 })
        }
    }

    fn listed(dir: &Path, under: &Path, found: &mut Vec<String>) {
        let mut entries: Vec<PathBuf> = fs::read_dir(under).unwrap().map(|entry| entry.unwrap().path()).collect();
        entries.sort();
        for path in entries {
            if path.is_dir() && !path.is_symlink() {
                listed(dir, &path, found);
            } else {
                found.push(path.strip_prefix(dir).unwrap().to_string_lossy().into_owned());
            }
        }
    }

    #[test]
    fn nothing_leads_out_of_the_directory() {
        let place = Place::new(&std::env::temp_dir()).unwrap();
        let dir = place.directory("tree").unwrap();
        let changes = [
            entry(b"a/b.txt", Entry::File, b"b"),
            entry(b"run.sh", Entry::Executable, b"#!/bin/sh\n"),
            entry(b"../out", Entry::File, b"x"),
            entry(b"/abs", Entry::File, b"x"),
            entry(b"a/../../out", Entry::File, b"x"),
            entry(b".git/config", Entry::File, b"x"),
            entry(b"sub/.GIT/config", Entry::File, b"x"),
            entry(b"odd \n\xff name", Entry::File, b"x"),
            entry(b"a", Entry::File, b"the same name as a directory"),
            entry(b"big", Entry::File, &[b'x'; 200]),
            entry(b"large.bin", Entry::File, b"version https://git-lfs.github.com/spec/v1\noid sha256:0\n"),
            entry(b"good", Entry::Symlink, b"a/b.txt"),
            entry(b"a/up", Entry::Symlink, b"../run.sh"),
            entry(b"bad", Entry::Symlink, b"../../etc/passwd"),
            entry(b"root", Entry::Symlink, b"/etc"),
            entry(b"a/hop", Entry::Symlink, b"up/../../x"),
            entry(b"here", Entry::Symlink, b"a"),
            entry(b"here/planted", Entry::Symlink, b"b.txt"),
        ];
        let all: Vec<&Change> = changes.iter().collect();
        let gaps = export(&all, &Texts, &dir, 100).unwrap();
        let mut found = Vec::new();
        listed(place.path(), place.path(), &mut found);
        let odd = String::from_utf8_lossy(b"tree/odd \n\xff name").into_owned();
        assert_eq!(found, ["tree/a/b.txt", "tree/a/up", "tree/good", "tree/here", &odd, "tree/run.sh"]);
        assert_eq!(gaps.len(), changes.len() - found.len(), "{gaps:?}");
        assert!(fs::metadata(dir.join("run.sh")).unwrap().permissions().readonly());
    }

    #[test]
    fn links_that_climb_behind_a_name_are_not_made() {
        for (target, depth, inside) in [
            (&b"a"[..], 0, true),
            (b"../a", 1, true),
            (b"../a", 0, false),
            (b"a/../../b", 5, false),
            (b"/a", 0, false),
            (b"", 0, false),
            (b".git/config", 0, false),
            (b"./a/b", 0, true),
        ] {
            assert_eq!(stays_inside(target, depth), inside, "{}", String::from_utf8_lossy(target));
        }
    }
}
