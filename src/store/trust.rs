//! Which commands of a repository its user has looked at and lets run: `$XDG_STATE_HOME/gatehook/trust/`,
//! a file a repository, shared by its work trees, a stage and its digest a line. Only what was trusted last counts.
//!
//! What cannot be read counts as not trusted.

use std::fs;
use std::path::{Path, PathBuf};

use super::dirs::{private, read, replace};
use super::{Dirs, StoreError};

/// Bytes of a file, at most.
const MOST: u64 = 1 << 20;
/// What is trusted of one repository.
#[derive(Debug)]
pub struct Trust {
    file: PathBuf,
    /// Stages and their digests.
    digests: Vec<(String, String)>,
}

impl Trust {
    /// Reads what is trusted of the repository whose work trees share `common_dir`.
    pub fn open(dirs: &Dirs, common_dir: &Path) -> Self {
        let name = blake3::derive_key("gatehook trust v1", common_dir.as_os_str().as_encoded_bytes());
        let name: String = name[..16].iter().map(|byte| format!("{byte:02x}")).collect();
        let dir = dirs.state.join("trust");
        let file = dir.join(name);
        let bytes = if super::dirs::is_private(&dir) { read(&file, MOST).unwrap_or_default() } else { Vec::new() };
        let digests = String::from_utf8_lossy(&bytes)
            .lines()
            .filter_map(|line| line.split_once(' '))
            .map(|(stage, digest)| (stage.to_owned(), digest.to_owned()))
            .collect();
        Self { file, digests }
    }

    /// Whether nothing is trusted.
    pub fn is_empty(&self) -> bool {
        self.digests.is_empty()
    }

    /// Whether `stage` may run as that digest says.
    pub fn holds(&self, stage: &str, digest: &str) -> bool {
        self.digests.iter().any(|(own, known)| own == stage && known == digest)
    }

    /// Trusts these stages, as these digests say, and no others: what was trusted before and has changed since does
    /// not run again because it is changed back.
    pub fn set(&mut self, digests: &[(String, String)]) -> Result<(), StoreError> {
        digests.clone_into(&mut self.digests);
        if let Some(dir) = self.file.parent() {
            private(dir)?;
        }
        let text: String = self.digests.iter().map(|(stage, digest)| format!("{stage} {digest}\n")).collect();
        replace(&self.file, text.as_bytes()).map_err(StoreError::unusable(&self.file))
    }

    /// Trusts nothing of the repository any more. Whether there was anything.
    pub fn revoke(&mut self) -> Result<bool, StoreError> {
        let had = !self.digests.is_empty();
        self.digests.clear();
        match fs::remove_file(&self.file) {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => Err(StoreError::unusable(&self.file)(error)),
            _ => Ok(had),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn trust_is_kept_a_repository_and_taken_back() {
        let dir = tempfile::tempdir().unwrap();
        let dirs = Dirs { cache: dir.path().join("c"), state: dir.path().join("s"), data: dir.path().join("d") };
        let here = Path::new("/a/.git");
        let pair = |stage: &str, digest: &str| (stage.to_owned(), digest.to_owned());
        assert!(!Trust::open(&dirs, here).holds("a", "1"));
        Trust::open(&dirs, here).set(&[pair("a", "1"), pair("b", "2")]).unwrap();
        let mut trust = Trust::open(&dirs, here);
        assert!(trust.holds("a", "1") && trust.holds("b", "2") && !trust.holds("a", "2") && !trust.holds("c", "3"));
        assert!(!Trust::open(&dirs, Path::new("/b/.git")).holds("a", "1"));
        // What is trusted now takes the place of what was.
        trust.set(&[pair("a", "3")]).unwrap();
        let mut trust = Trust::open(&dirs, here);
        assert!(trust.holds("a", "3") && !trust.holds("a", "1") && !trust.holds("b", "2"));
        assert!(trust.revoke().unwrap() && !trust.revoke().unwrap());
        assert!(!Trust::open(&dirs, here).holds("a", "3"));
    }

    #[cfg(unix)]
    #[test]
    fn what_others_may_write_to_is_not_trusted() {
        use std::os::unix::fs::PermissionsExt;
        let dir = tempfile::tempdir().unwrap();
        let dirs = Dirs { cache: dir.path().join("c"), state: dir.path().join("s"), data: dir.path().join("d") };
        Trust::open(&dirs, Path::new("/a")).set(&[("a".to_owned(), "1".to_owned())]).unwrap();
        fs::set_permissions(dir.path().join("s/trust"), fs::Permissions::from_mode(0o777)).unwrap();
        assert!(!Trust::open(&dirs, Path::new("/a")).holds("a", "1"));
    }
}
