//! A directory that no one else can look into, and that is gone afterwards.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{SystemTime, UNIX_EPOCH};

/// A private directory: mode 0700, removed when dropped.
#[derive(Debug)]
pub struct Place(PathBuf);

impl Place {
    /// A new one under `parent`, which is made where it is not there.
    pub fn new(parent: &Path) -> io::Result<Self> {
        static NUMBER: AtomicU32 = AtomicU32::new(0);
        let nanos = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.subsec_nanos());
        let mut last = io::Error::other("no name was free");
        for _ in 0..100 {
            let number = NUMBER.fetch_add(1, Ordering::Relaxed);
            let path = parent.join(format!("gatehook-{}-{nanos:x}-{number}", std::process::id()));
            // It fails where anything stands there, a link too: no one can prepare it.
            match make(&path) {
                Ok(()) => return Ok(Self(fs::canonicalize(path)?)),
                Err(error) if error.kind() == io::ErrorKind::AlreadyExists => last = error,
                Err(error) => return Err(error),
            }
        }
        Err(last)
    }

    /// Where it is, without links in the path.
    pub fn path(&self) -> &Path {
        &self.0
    }

    /// Makes a directory in it.
    pub fn directory(&self, name: &str) -> io::Result<PathBuf> {
        let path = self.0.join(name);
        make(&path)?;
        Ok(path)
    }
}

/// A directory of mode 0700 that was not there before.
pub(super) fn make(path: &Path) -> io::Result<()> {
    let mut builder = fs::DirBuilder::new();
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(path)
}

impl Drop for Place {
    fn drop(&mut self) {
        // Some tools leave directories behind that their owner may not write to.
        if fs::remove_dir_all(&self.0).is_err() {
            open_up(&self.0);
            let _ = fs::remove_dir_all(&self.0);
        }
    }
}

/// Gives the owner back the right to change every directory under `dir`. Links are not followed.
fn open_up(dir: &Path) {
    #[cfg(unix)]
    let _ = fs::set_permissions(dir, std::os::unix::fs::PermissionsExt::from_mode(0o700));
    for entry in fs::read_dir(dir).into_iter().flatten().flatten() {
        if entry.file_type().is_ok_and(|kind| kind.is_dir()) {
            open_up(&entry.path());
        }
    }
}

#[cfg(unix)]
#[cfg(test)]
mod tests {
    use super::*;
    use std::os::unix::fs::PermissionsExt;

    #[test]
    fn it_is_private_and_goes_with_all_that_is_in_it() {
        let place = Place::new(&std::env::temp_dir()).unwrap();
        let path = place.path().to_owned();
        assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o700);
        let inner = place.directory("inner").unwrap();
        std::os::unix::fs::symlink("/", inner.join("root")).unwrap();
        fs::File::create(inner.join("file")).unwrap();
        fs::set_permissions(&inner, fs::Permissions::from_mode(0o500)).unwrap();
        drop(place);
        assert!(!path.exists() && Path::new("/etc").exists());
    }
}
