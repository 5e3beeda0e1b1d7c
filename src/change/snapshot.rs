//! One side of a change as a whole: path to bytes, so that a stage can ask for the file next door without
//! a checkout. Knows no git: sources implement [`Snapshot`] for a commit's tree and for the index.

use std::sync::Arc;

use super::{Blob, Change, Content, Entry, Kind, Loaded, ReadError, Store};
use crate::paths::RepoPath;

/// A file of a snapshot: a regular one, a symbolic link, or a submodule's commit (which has no blob).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TreeFile {
    /// Its path.
    pub path: RepoPath,
    /// What stands there.
    pub entry: Entry,
    /// Where its bytes are; `None` for a submodule.
    pub blob: Option<Blob>,
}

impl TreeFile {
    /// The new side of a change; `None` for a deletion and for a message, which are no files.
    pub fn of(change: &Change) -> Option<Self> {
        let Content::Blobs { new, .. } = &change.content else { return None };
        let is_file = change.kind != Kind::Deleted && change.entry != Entry::Message;
        is_file.then(|| Self { path: change.path.clone(), entry: change.entry, blob: new.clone() })
    }
}

/// All files of one side of a change.
///
/// Nothing is read before it is asked for; asking for one file by its path does not list the others where
/// the source can avoid it.
pub trait Snapshot: Sync {
    /// Every file, sorted by the bytes of its path.
    fn files(&self) -> Result<Arc<[TreeFile]>, ReadError>;

    /// The file at `path`.
    fn file(&self, path: &RepoPath) -> Result<Option<TreeFile>, ReadError> {
        let files = self.files()?;
        Ok(files.binary_search_by(|file| file.path.cmp(path)).ok().map(|at| files[at].clone()))
    }

    /// Where the bytes of its files are read.
    fn store(&self) -> &dyn Store;

    /// The bytes of the file at `path`, at most `limit` of them; `None` where there is no such file.
    fn read(&self, path: &RepoPath, limit: u64) -> Result<Option<Loaded>, ReadError> {
        match self.file(path)?.and_then(|file| file.blob) {
            Some(blob) => self.store().reader()?.read(&blob, limit).map(Some),
            None => Ok(None),
        }
    }
}

/// The files that a listing names: all there is to a scan of the work tree or of a commit's tree.
pub struct Listed<'s> {
    files: Arc<[TreeFile]>,
    store: &'s dyn Store,
}

impl<'s> Listed<'s> {
    /// The new sides of `changes`, whose bytes are in `store`.
    pub fn new(changes: &[Change], store: &'s dyn Store) -> Self {
        let mut files: Vec<TreeFile> = changes.iter().filter_map(TreeFile::of).collect();
        files.sort_by(|one, other| one.path.cmp(&other.path));
        files.dedup_by(|one, other| one.path == other.path);
        Self { files: files.into(), store }
    }
}

impl Snapshot for Listed<'_> {
    fn files(&self) -> Result<Arc<[TreeFile]>, ReadError> {
        Ok(Arc::clone(&self.files))
    }

    fn store(&self) -> &dyn Store {
        self.store
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::change::Reader;

    struct Texts;

    impl Store for Texts {
        fn reader(&self) -> Result<Box<dyn Reader + '_>, ReadError> {
            Ok(Box::new(Self))
        }
    }

    impl Reader for Texts {
        fn read(&mut self, blob: &Blob, limit: u64) -> Result<Loaded, ReadError> {
            let Blob::Text(text) = blob else { return Err(ReadError::Unsupported) };
            let most = usize::try_from(limit).unwrap_or(usize::MAX).min(text.len());
            Ok(Loaded { bytes: text[..most].to_vec(), size: text.len() as u64 })
        }
    }

    fn change(path: &str, kind: Kind) -> Change {
        let new = (kind != Kind::Deleted).then(|| Blob::Text(Arc::from(path.as_bytes())));
        let content = Content::Blobs { new, old: Vec::new() };
        Change { path: RepoPath::from(path), kind, entry: Entry::File, content, commit: None }
    }

    #[test]
    fn a_file_next_door_is_found_by_its_path_and_what_is_deleted_is_not() {
        let changes = [change("b/x", Kind::Added), change("gone", Kind::Deleted), change("a", Kind::Modified)];
        let listed = Listed::new(&changes, &Texts);
        let names: Vec<RepoPath> = listed.files().unwrap().iter().map(|file| file.path.clone()).collect();
        assert_eq!(names, [RepoPath::from("a"), RepoPath::from("b/x")]);
        assert_eq!(listed.read(&RepoPath::from("b/x"), 2).unwrap().unwrap().bytes, b"b/");
        assert!(listed.read(&RepoPath::from("gone"), 9).unwrap().is_none());
    }
}
