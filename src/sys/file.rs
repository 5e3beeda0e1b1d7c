//! Files that strangers may have put there: opened without waiting, and only where they are files.

use std::fs::File;
use std::io;
use std::path::Path;

/// Opens `path` to read it, and gives its size too. A pipe, a device or a directory is an error at once: an open
/// of a pipe would else wait for a writer that never comes.
pub fn open(path: &Path) -> io::Result<(File, u64)> {
    #[cfg(unix)]
    let file = {
        use std::os::unix::fs::OpenOptionsExt;
        std::fs::OpenOptions::new().read(true).custom_flags(libc::O_NONBLOCK | libc::O_NOCTTY).open(path)?
    };
    #[cfg(not(unix))]
    let file = File::open(path)?;
    let about = file.metadata()?;
    if about.is_file() { Ok((file, about.len())) } else { Err(io::Error::other("it is no regular file")) }
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;

    #[test]
    fn what_is_no_file_is_refused_at_once() {
        let dir = tempfile::tempdir().unwrap();
        let pipe = dir.path().join("pipe");
        #[allow(clippy::disallowed_methods, reason = "a pipe to refuse")]
        let made = std::process::Command::new("mkfifo").arg(&pipe).status().unwrap();
        assert!(made.success());
        for odd in [&pipe, dir.path(), Path::new("/dev/zero")] {
            assert!(open(odd).is_err(), "{}", odd.display());
        }
        let missing = open(&dir.path().join("none")).unwrap_err();
        assert_eq!(missing.kind(), io::ErrorKind::NotFound);
    }
}
