//! Files on disk, through `ignore`.

use std::fs::File;
use std::io::Read;
use std::path::{Path, PathBuf};

use ignore::WalkBuilder;

use super::Listing;
use crate::change::{Blob, Change, Content, Entry, Kind, Loaded, ReadError, Reader, Store};
use crate::finding::{Gap, GapKind, Scanned};
use crate::paths::RepoPath;

/// All files under `paths` (or `root` where there are none), `.gitignore` honoured, hidden ones
/// included, `.git` left out.
pub fn walk(root: &Path, paths: &[PathBuf]) -> Listing {
    let mut listing =
        Listing { scanned: Scanned { how: "files".to_owned(), ..Scanned::default() }, ..Listing::default() };
    let here = [PathBuf::from(".")];
    for start in if paths.is_empty() { &here[..] } else { paths } {
        let walk = WalkBuilder::new(root.join(start))
            .hidden(false)
            .ignore(false)
            .require_git(false)
            .filter_entry(|entry| entry.file_name() != ".git")
            .sort_by_file_name(Ord::cmp)
            .build();
        for entry in walk {
            match entry {
                Ok(entry) if entry.file_type().is_some_and(|kind| kind.is_file()) => {
                    let relative = entry.path().strip_prefix(root).unwrap_or(entry.path());
                    listing.changes.push(Change {
                        path: RepoPath::from_path(relative),
                        kind: Kind::Added,
                        entry: Entry::File,
                        content: Content::Blobs { new: Some(Blob::File(entry.path().to_owned())), old: Vec::new() },
                        commit: None,
                    });
                }
                Ok(_) => {}
                Err(error) => listing.gaps.push(Gap {
                    path: None,
                    kind: GapKind::Unread,
                    reason: error.to_string(),
                    hint: String::new(),
                }),
            }
        }
    }
    listing
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
                let file = File::open(path).map_err(fault)?;
                let size = file.metadata().map_err(fault)?.len();
                let mut bytes = Vec::with_capacity(usize::try_from(size.min(limit)).unwrap_or_default());
                file.take(limit).read_to_end(&mut bytes).map_err(fault)?;
                let size = size.max(bytes.len() as u64);
                Ok(Loaded { bytes, size })
            }
            Blob::Text(text) => Ok(Loaded { bytes: text.to_vec(), size: text.len() as u64 }),
            Blob::Object(_) => Err(ReadError::Unsupported),
        }
    }
}
