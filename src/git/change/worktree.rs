//! The files of a work tree: all that git tracks, and what it does not track and does not ignore.

use std::collections::BTreeSet;
use std::io;
use std::path::{Path, PathBuf};

use crate::change::Listing;
use crate::change::{Change, Content, Entry, Kind};
use crate::finding::{Gap, GapKind, Scanned};
use crate::git::repository::command;
use crate::git::repository::error::GitError;
use crate::git::repository::repo::Repo;
use crate::paths::RepoPath;
use crate::source;
use crate::sys;

/// The files under `paths` (relative to `here`), or where there are none all files of the work tree
/// that `here` is in. Gives the directory that paths in reports are relative to, too: the top of that
/// work tree, or of the one that all `paths` are in, else `here`.
///
/// What is named is looked at even when it is ignored, and a link that is named is followed; one met
/// on the way is not. Of a directory outside any repository every file counts.
///
/// # Errors
///
/// [`GitError::NoPath`] for a path that is not there, [`GitError::NoWorkTree`] in a bare repository.
pub fn work_tree(here: &Path, paths: &[PathBuf]) -> Result<(PathBuf, Listing), GitError> {
    let own = around(here)?;
    if paths.is_empty() {
        let Some(repo) = own else { return Ok((here.to_owned(), source::walk(here, here))) };
        if repo.bare {
            return Err(GitError::NoWorkTree(repo.git_dir));
        }
        let mut listing = Listing::default();
        let absent = tracked(&repo, Path::new(""), &repo.top, &mut listing)?;
        listing.scanned = told("work tree: tracked files, and untracked ones that are not ignored", absent);
        return Ok((repo.top, sorted(listing)));
    }
    let mut named = Vec::new();
    for path in paths {
        let missing = |source: io::Error| GitError::NoPath { path: path.clone(), source };
        let full = here.join(path);
        // A link that leads nowhere is looked at as a link.
        let about = std::fs::metadata(&full).or_else(|_| std::fs::symlink_metadata(&full)).map_err(missing)?;
        let full =
            if about.is_dir() { full.canonicalize().map_err(missing)? } else { beside(&full).map_err(missing)? };
        let dir = if about.is_dir() { &full } else { full.parent().unwrap_or(here) };
        named.push((around(dir)?.filter(|repo| !repo.bare), full.clone(), about.is_dir()));
    }
    let root = match &own {
        Some(repo) if !repo.bare => repo.top.clone(),
        _ => {
            let tops: BTreeSet<Option<&PathBuf>> = named.iter().map(|(repo, ..)| Some(&repo.as_ref()?.top)).collect();
            match tops.into_iter().collect::<Vec<_>>()[..] {
                [Some(top)] => top.clone(),
                _ => here.to_owned(),
            }
        }
    };
    let mut listing = Listing::default();
    let mut absent = 0;
    for (repo, full, is_dir) in named {
        match repo {
            Some(repo) if is_dir && !is_ignored(&repo, &full) => {
                let under = full.strip_prefix(&repo.top).unwrap_or(Path::new(""));
                absent += tracked(&repo, under, &root, &mut listing)?;
            }
            _ if is_dir => {
                let walked = source::walk(&root, &full);
                listing.changes.extend(walked.changes);
                listing.gaps.extend(walked.gaps);
            }
            _ => add_named(&full, &root, &mut listing),
        }
    }
    listing.scanned = told("named files and directories", absent);
    Ok((root, sorted(listing)))
}

fn told(what: &str, absent: usize) -> Scanned {
    let how = match absent {
        0 => what.to_owned(),
        _ => format!("{what} (tracked, but not in the work tree: {absent})"),
    };
    Scanned { how, ..Scanned::default() }
}

/// The repository that `dir` is in; `None` where there is none, or where it is part of a git
/// directory.
fn around(dir: &Path) -> Result<Option<Repo>, GitError> {
    match Repo::discover(dir) {
        Ok(repo) => Ok(Some(repo)),
        Err(GitError::NoRepository(_)) => Ok(None),
        Err(GitError::NoGit(_)) if !dir.ancestors().any(|dir| dir.join(".git").exists()) => Ok(None),
        Err(GitError::Failed { message, .. }) if message.contains("must be run in a work tree") => Ok(None),
        Err(error) => Err(error),
    }
}

/// `path` with its directory resolved, but not the link that it may be itself.
fn beside(path: &Path) -> io::Result<PathBuf> {
    let (Some(dir), Some(name)) = (path.parent(), path.file_name()) else { return path.canonicalize() };
    Ok(dir.canonicalize()?.join(name))
}

/// Whether git ignores the directory `dir`; then `ls-files` has nothing of it.
fn is_ignored(repo: &Repo, dir: &Path) -> bool {
    let Ok(under) = dir.strip_prefix(&repo.top) else { return false };
    if under.as_os_str().is_empty() {
        return false;
    }
    let name = RepoPath::from_path(under);
    let found = command::feed(&repo.top, &["check-ignore", "-z", "--stdin"], &[name.as_bytes(), b"\0"].concat());
    found.is_ok_and(|found| !found.is_empty())
}

/// A file that was named: looked at in any case, through a link too.
fn add_named(full: &Path, root: &Path, listing: &mut Listing) {
    let real = full.canonicalize().unwrap_or_else(|_| full.to_owned());
    let gap = |reason: &str| Gap {
        path: Some(source::label(root, full)),
        kind: GapKind::Unread,
        reason: reason.to_owned(),
        hint: String::new(),
    };
    if sys::is_kernels(&real) {
        return listing.gaps.push(gap("it is in a file system of the kernel's, which holds no files"));
    }
    match source::at(&real, source::label(root, full)) {
        Ok(Some(change)) => listing.changes.push(change),
        Ok(None) => listing.gaps.push(gap("it is neither a file nor a directory")),
        Err(error) => listing.gaps.push(source::unread(root, full, &error)),
    }
}

/// Adds the files of `repo` under the directory `under`. Gives how many tracked ones are not on disk.
fn tracked(repo: &Repo, under: &Path, root: &Path, listing: &mut Listing) -> Result<usize, GitError> {
    let list = |args: &[&str]| {
        let mut command = command::git(&repo.top);
        command.args(["--literal-pathspecs", "ls-files", "-z"]).args(args);
        if !under.as_os_str().is_empty() {
            command.arg("--").arg(under);
        }
        command::finish(command, "ls-files", &repo.top)
    };
    let (index, others) = std::thread::scope(|scope| {
        let others = scope.spawn(|| list(&["--others", "--exclude-standard"]));
        (list(&["--stage"]), others.join())
    });
    let (index, others) = (index?, others.unwrap_or_else(|_| list(&["--others", "--exclude-standard"]))?);
    // Of a directory that it may not enter git says so here, and nothing else.
    let warnings = String::from_utf8_lossy(&others.stderr);
    listing.gaps.extend(warnings.lines().filter(|line| !line.is_empty()).map(|line| Gap {
        path: None,
        kind: GapKind::Unread,
        reason: line.trim_start_matches("warning: ").to_owned(),
        hint: String::new(),
    }));
    let mut absent = 0;
    let mut before: &[u8] = b"";
    for line in index.stdout.split(|&byte| byte == 0).filter(|line| !line.is_empty()) {
        let path = memchr::memchr(b'\t', line).map_or(line, |tab| &line[tab + 1..]);
        // A path in conflict stands there once a stage.
        if path == before {
            continue;
        }
        before = path;
        let full = repo.top.join(RepoPath::new(path).to_path());
        let label = source::label(root, &full);
        if line.starts_with(b"160000") {
            listing.changes.push(gitlink(label));
            continue;
        }
        match source::at(&full, label) {
            Ok(Some(change)) => listing.changes.push(change),
            Ok(None) => absent += 1,
            Err(error) if matches!(error.kind(), io::ErrorKind::NotFound | io::ErrorKind::NotADirectory) => absent += 1,
            Err(error) => listing.gaps.push(source::unread(root, &full, &error)),
        }
    }
    for path in others.stdout.split(|&byte| byte == 0).filter(|path| !path.is_empty()) {
        let full = repo.top.join(RepoPath::new(path).to_path());
        if path.ends_with(b"/") {
            listing.gaps.push(nested(root, &full));
            continue;
        }
        match source::at(&full, source::label(root, &full)) {
            Ok(change) => listing.changes.extend(change),
            Err(error) if error.kind() == io::ErrorKind::NotFound => {}
            Err(error) => listing.gaps.push(source::unread(root, &full, &error)),
        }
    }
    Ok(absent)
}

fn gitlink(path: RepoPath) -> Change {
    let content = Content::Blobs { new: None, old: Vec::new() };
    Change { path, kind: Kind::Added, entry: Entry::Gitlink, content, commit: None }
}

fn nested(root: &Path, dir: &Path) -> Gap {
    let path = source::label(root, dir);
    Gap {
        kind: GapKind::Elsewhere,
        reason: "another repository, which this one does not track".to_owned(),
        hint: format!("gatehook scan {path}"),
        path: Some(path),
    }
}

/// By path, each once: directories that are named may lie in each other.
fn sorted(mut listing: Listing) -> Listing {
    listing.changes.sort_by(|one, other| one.path.cmp(&other.path));
    listing.changes.dedup_by(|one, other| one.path == other.path);
    listing.gaps.sort_by(|one, other| (&one.path, &one.reason).cmp(&(&other.path, &other.reason)));
    listing.gaps.dedup();
    listing
}
