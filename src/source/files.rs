//! Files on disk: what stands at a path, all that is under a directory, and their bytes.

use std::ffi::OsStr;
use std::fs::{self, Metadata};
use std::io::{self, Read};
use std::path::Path;
use std::sync::{Mutex, PoisonError};

use ignore::{DirEntry, WalkBuilder, WalkState};

use crate::change::{Blob, Change, Content, Entry, Kind, Listing, Loaded, ReadError, Reader, Store};
use crate::finding::{Gap, GapKind, Scanned};
use crate::paths::RepoPath;
use crate::sys;

/// Threads that walk a directory, at most.
const THREADS: usize = 4;

/// Every file under `start`, `.git` left out and what the kernel shows as files (`/proc`); `.gitignore` means nothing here. Paths are relative to
/// `root` where they are under it. Symbolic links are looked at, not followed.
pub fn walk(root: &Path, start: &Path) -> Listing {
    let found: Mutex<(Vec<Change>, Vec<Gap>)> = Mutex::default();
    let threads = std::thread::available_parallelism().map_or(1, usize::from).min(THREADS);
    let walk = WalkBuilder::new(start)
        .standard_filters(false)
        .filter_entry(|entry| entry.depth() == 0 || entry.file_name() != ".git" && !is_kernels(entry))
        .threads(threads)
        .build_parallel();
    // A file there may wait for ever, have no end, or do something when it is read.
    if sys::is_kernels(start) {
        let reason = "a file system of the kernel's, which holds no files".to_owned();
        let gap = Gap { path: Some(label(root, start)), kind: GapKind::Unread, reason, hint: String::new() };
        return Listing { gaps: vec![gap], scanned: how(), ..Listing::default() };
    }
    walk.run(|| {
        Box::new(|entry| {
            let looked = entry.map_err(|error| unlisted(&error)).and_then(|entry| {
                at(entry.path(), label(root, entry.path())).map_err(|error| unread(root, entry.path(), &error))
            });
            let mut found = found.lock().unwrap_or_else(PoisonError::into_inner);
            match looked {
                Ok(change) => found.0.extend(change),
                Err(gap) => found.1.push(gap),
            }
            WalkState::Continue
        })
    });
    let (mut changes, mut gaps) = found.into_inner().unwrap_or_else(PoisonError::into_inner);
    changes.sort_by(|one, other| one.path.cmp(&other.path));
    gaps.sort_by(|one, other| (&one.path, &one.reason).cmp(&(&other.path, &other.reason)));
    Listing { changes, gaps, scanned: how() }
}

fn how() -> Scanned {
    Scanned { how: "files".to_owned(), ..Scanned::default() }
}

/// Whether a directory met on the way is where the kernel shows itself. Known by what it is, not by its name.
fn is_kernels(entry: &DirEntry) -> bool {
    entry.file_type().is_some_and(|kind| kind.is_dir()) && sys::is_kernels(entry.path())
}

/// What stands at `path`, as an added file called `label`. `None` for directories, and for sockets,
/// pipes and devices, which have no content of their own.
pub fn at(path: &Path, label: RepoPath) -> io::Result<Option<Change>> {
    let about = fs::symlink_metadata(path)?;
    let (entry, blob) = if about.is_symlink() {
        (Entry::Symlink, Blob::Text(target(fs::read_link(path)?.as_os_str()).into()))
    } else if about.is_file() {
        (if is_executable(&about) { Entry::Executable } else { Entry::File }, Blob::File(path.to_owned()))
    } else {
        return Ok(None);
    };
    Ok(Some(Change {
        path: label,
        kind: Kind::Added,
        entry,
        content: Content::Blobs { new: Some(blob), old: Vec::new() },
        commit: None,
    }))
}

/// `path` as reports name it: relative to `root` where it is under it.
pub fn label(root: &Path, path: &Path) -> RepoPath {
    RepoPath::from_path(path.strip_prefix(root).unwrap_or(path))
}

/// The gap that a path leaves which cannot be listed or read.
pub fn unread(root: &Path, path: &Path, error: &io::Error) -> Gap {
    Gap {
        path: Some(label(root, path)),
        kind: GapKind::Unread,
        reason: format!("it cannot be read: {error}"),
        hint: String::new(),
    }
}

fn unlisted(error: &ignore::Error) -> Gap {
    Gap { path: None, kind: GapKind::Unread, reason: error.to_string(), hint: String::new() }
}

#[cfg(unix)]
fn is_executable(about: &Metadata) -> bool {
    use std::os::unix::fs::PermissionsExt;
    about.permissions().mode() & 0o111 != 0
}

#[cfg(not(unix))]
fn is_executable(_: &Metadata) -> bool {
    false
}

/// The bytes of a link's target.
fn target(target: &OsStr) -> &[u8] {
    target.as_encoded_bytes()
}

/// Reads files.
#[derive(Clone, Copy, Debug)]
pub struct Files;

impl Store for Files {
    fn reader(&self) -> Result<Box<dyn Reader + '_>, ReadError> {
        Ok(Box::new(Self))
    }
}

impl Reader for Files {
    fn read(&mut self, blob: &Blob, limit: u64) -> Result<Loaded, ReadError> {
        match blob {
            Blob::File(path) => {
                let fault = |source| ReadError::File { path: path.clone(), source };
                // What was a file when it was listed may have become a pipe.
                let (file, size) = sys::open(path).map_err(fault)?;
                let mut bytes = Vec::with_capacity(usize::try_from(size.min(limit)).unwrap_or_default());
                // One byte more than is kept tells a file that grows, or whose size the system does not tell.
                file.take(limit.saturating_add(1)).read_to_end(&mut bytes).map_err(fault)?;
                let size = size.max(bytes.len() as u64);
                bytes.truncate(usize::try_from(limit).unwrap_or(usize::MAX));
                Ok(Loaded { bytes, size })
            }
            Blob::Text(text) => Ok(Loaded { bytes: text.to_vec(), size: text.len() as u64 }),
            Blob::Object(_) => Err(ReadError::Unsupported),
        }
    }
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;

    #[test]
    fn a_walk_takes_hidden_and_ignored_files_and_follows_nothing() {
        let dir = tempfile::tempdir().unwrap();
        let put = |name: &str, text: &str| {
            let path = dir.path().join(name);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            #[allow(clippy::disallowed_methods, reason = "a test sets up its files")]
            fs::write(path, text).unwrap();
        };
        put("b/.hidden", "x");
        put("a", "x");
        put(".gitignore", "a\n");
        put(".ignore", "b\n");
        put(".git/config", "x");
        put("b/.git", "gitdir: elsewhere");
        std::os::unix::fs::symlink("b", dir.path().join("link")).unwrap();
        let listing = walk(dir.path(), dir.path());
        let paths: Vec<String> = listing.changes.iter().map(|change| change.path.to_string()).collect();
        assert_eq!(paths, [".gitignore", ".ignore", "a", "b/.hidden", "link"]);
        assert_eq!(listing.changes[4].entry, Entry::Symlink);
        let content = Content::Blobs { new: Some(Blob::Text(b"b"[..].into())), old: Vec::new() };
        assert_eq!(listing.changes[4].content, content);
        assert!(walk(dir.path(), &dir.path().join("none")).gaps.len() == 1, "what is not there is a gap");
    }

    #[test]
    fn a_file_over_the_limit_tells_its_size() {
        let file = tempfile::NamedTempFile::new().unwrap();
        #[allow(clippy::disallowed_methods, reason = "a test sets up its files")]
        fs::write(file.path(), "12345").unwrap();
        let loaded = Files.read(&Blob::File(file.path().to_owned()), 3).unwrap();
        assert_eq!((loaded.bytes, loaded.size), (b"123".to_vec(), 5));
    }
}
