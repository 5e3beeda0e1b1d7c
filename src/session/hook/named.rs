//! Files that a hook framework names: what is not staged of them is looked at as it stands in the
//! work tree, for that is what `pre-commit run --all-files` asks for.

use std::collections::HashSet;
use std::ffi::OsString;
use std::path::Path;

use crate::change::Listing;
use crate::change::{Blob, Loaded, Oid, ReadError, Reader, Store};
use crate::paths::RepoPath;
use crate::source::{self, Files};

/// Adds the `names` that `listing` does not have yet.
pub(super) fn add(names: &[OsString], listing: &mut Listing) {
    let staged: HashSet<RepoPath> = listing.changes.iter().map(|change| change.path.clone()).collect();
    let mut added = 0;
    for path in names.iter().map(Path::new) {
        let label = RepoPath::from_path(path);
        if staged.contains(&label) {
            continue;
        }
        added += 1;
        match source::at(path, label) {
            Ok(change) => listing.changes.extend(change),
            Err(error) => listing.gaps.push(source::unread(Path::new(""), path, &error)),
        }
    }
    if added > 0 {
        listing.scanned.how = format!("{}; and {added} named files as they stand", listing.scanned.how);
    }
}

/// Reads objects of a repository, and files on disk as well.
pub(super) struct Both<S>(pub(super) S);

impl<S: Store> Store for Both<S> {
    fn reader(&self) -> Result<Box<dyn Reader + '_>, ReadError> {
        Ok(Box::new(BothReader { objects: self.0.reader()?, files: Files.reader()? }))
    }
}

struct BothReader<'r> {
    objects: Box<dyn Reader + 'r>,
    files: Box<dyn Reader + 'r>,
}

impl Reader for BothReader<'_> {
    fn read(&mut self, blob: &Blob, limit: u64) -> Result<Loaded, ReadError> {
        match blob {
            Blob::File(_) => self.files.read(blob, limit),
            Blob::Object(_) | Blob::Text(_) => self.objects.read(blob, limit),
        }
    }

    fn stood_before(&mut self, blob: Oid, commit: Option<Oid>) -> bool {
        self.objects.stood_before(blob, commit)
    }
}
