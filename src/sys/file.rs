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
    if about.is_file() { Ok((file, about.len())) } else { Err(io::Error::other("it is not a regular file")) }
}

/// Whether `path` lies in a file system that the kernel makes up as it is read, as `/proc` and `/sys`.
#[cfg(target_os = "linux")]
pub fn is_kernels(path: &Path) -> bool {
    // linux/magic.h: proc, sysfs, debugfs, tracefs, securityfs, cgroup, cgroup2, bpf, pstore, efivarfs, selinux, devpts,
    // configfs, fusectl, mqueue, binfmt_misc, nsfs.
    const MAGIC: [i64; 17] = [
        0x9fa0,
        0x6265_6572,
        0x6462_6720,
        0x7472_6163,
        0x7363_6673,
        0x0027_e0eb,
        0x6367_7270,
        0xcafe_4a11,
        0x6165_676c,
        0xde5e_81e4,
        0xf97c_ff8c,
        0x1cd1,
        0x6265_6570,
        0x6573_5543,
        0x1980_0202,
        0x4249_4e4d,
        0x6e73_6673,
    ];
    #[allow(clippy::useless_conversion, reason = "on 32 bits it is a smaller number")]
    rustix::fs::statfs(path).is_ok_and(|about| MAGIC.contains(&i64::from(about.f_type)))
}

/// Elsewhere no such file system is known.
#[cfg(not(target_os = "linux"))]
pub fn is_kernels(_: &Path) -> bool {
    false
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
