//! The key that tells own entries from all others: 32 random bytes in the state directory.
//!
//! A cache directory that was copied from another machine, restored by a CI system or written by a
//! hostile build therefore holds nothing but misses.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use super::dirs::{beside, forget, is_private, private, read};
use super::{Dirs, StoreError};

/// Bytes of a tag.
pub(super) const TAG: usize = 32;

/// Makes and checks tags: BLAKE3 in its keyed mode. Shown by nothing.
pub(super) struct Seal([u8; 32]);

impl Seal {
    /// The user's key; made now where there is none, or none that can be trusted.
    pub(super) fn open(dirs: &Dirs) -> Result<Self, StoreError> {
        let path = dirs.state.join("key");
        match known(&path) {
            Some(key) => Ok(Self(key)),
            None => fresh(&dirs.state, &path).map(Self),
        }
    }

    /// The tag of `parts` for `purpose`: no other purpose or way to part the same bytes has the same.
    pub(super) fn tag(&self, purpose: &str, parts: &[&[u8]]) -> blake3::Hash {
        let mut hasher = blake3::Hasher::new_keyed(&self.0);
        hasher.update(&(purpose.len() as u64).to_le_bytes()).update(purpose.as_bytes());
        for part in parts {
            hasher.update(&(part.len() as u64).to_le_bytes()).update(part);
        }
        hasher.finalize()
    }
}

/// The key in the file `path`, where no one else can have put it there.
fn known(path: &Path) -> Option<[u8; 32]> {
    let bytes = read(path, 32)?;
    if is_private(path) { bytes.try_into().ok() } else { None }
}

fn fresh(dir: &Path, path: &PathBuf) -> Result<[u8; 32], StoreError> {
    private(dir)?;
    let mut key = [0; 32];
    getrandom::fill(&mut key).map_err(StoreError::NoRandom)?;
    let new = beside(path, &key).map_err(StoreError::unusable(path))?;
    // Of two processes that make one at once the first wins: a link never replaces what is there.
    let linked = fs::hard_link(&new, path);
    let taken = match linked {
        Ok(()) => Ok(()),
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists && known(path).is_some() => Ok(()),
        // What stands there is no key, or this file system has no links.
        Err(_) => fs::rename(&new, path),
    };
    forget(&new);
    taken.map_err(StoreError::unusable(path))?;
    Ok(known(path).unwrap_or(key))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn dirs(dir: &tempfile::TempDir) -> Dirs {
        Dirs {
            cache: dir.path().join("c/gatehook"),
            state: dir.path().join("s/gatehook"),
            data: dir.path().join("d/gatehook"),
        }
    }

    fn tag(dirs: &Dirs) -> blake3::Hash {
        Seal::open(dirs).unwrap().tag("test", &[b"a"])
    }

    #[test]
    fn the_key_is_made_once_and_is_the_users_alone() {
        let dir = tempfile::tempdir().unwrap();
        let dirs = dirs(&dir);
        let first = tag(&dirs);
        assert_eq!(tag(&dirs), first);
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
            assert_eq!((mode(&dirs.state), mode(&dirs.state.join("key"))), (0o700, 0o600));
        }
        assert_eq!(fs::read_dir(&dirs.state).unwrap().count(), 1, "nothing but the key is left");
    }

    #[test]
    fn processes_that_make_it_at_once_agree() {
        let dir = tempfile::tempdir().unwrap();
        let dirs = dirs(&dir);
        let tags: Vec<blake3::Hash> = std::thread::scope(|scope| {
            let threads: Vec<_> = (0..16).map(|_| scope.spawn(|| tag(&dirs))).collect();
            threads.into_iter().map(|thread| thread.join().unwrap()).collect()
        });
        assert!(tags.iter().all(|one| *one == tags[0]));
    }

    #[cfg(unix)]
    #[test]
    #[allow(clippy::disallowed_methods, reason = "the test damages the file behind the module's back")]
    fn a_key_that_is_damaged_or_open_to_others_is_replaced() {
        use std::os::unix::fs::PermissionsExt;
        let dir = tempfile::tempdir().unwrap();
        let dirs = dirs(&dir);
        let first = tag(&dirs);
        let path = dirs.state.join("key");
        fs::write(&path, [7; 12]).unwrap();
        let second = tag(&dirs);
        assert_ne!(first, second);
        fs::set_permissions(&path, fs::Permissions::from_mode(0o666)).unwrap();
        assert_ne!(tag(&dirs), second, "somebody else may know it");
        fs::set_permissions(&dirs.state, fs::Permissions::from_mode(0o777)).unwrap();
        fs::remove_file(&path).unwrap();
        assert!(matches!(Seal::open(&dirs), Err(StoreError::Foreign(_))));
    }

    #[test]
    fn parts_are_told_apart() {
        let seal = Seal([1; 32]);
        assert_ne!(seal.tag("x", &[b"ab", b"c"]), seal.tag("x", &[b"a", b"bc"]));
        assert_ne!(seal.tag("x", &[b"a"]), seal.tag("y", &[b"a"]));
    }
}
