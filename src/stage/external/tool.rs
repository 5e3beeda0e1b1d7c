//! Tools: where they are on PATH, and which version they say they have.

use std::ffi::OsStr;
use std::fs;
use std::path::{Path, PathBuf};

/// Where a program's name leads.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Found {
    /// To this file.
    At(PathBuf),
    /// To nothing that can be started, for this reason.
    Nowhere(String),
}

/// The program that `name` stands for: with a `/` in it a path, relative to `dir`; else the first on
/// `path`. Parts of `path` that are not absolute are left out: they would name a program of whatever
/// directory we are in.
pub fn find(name: &str, path: &OsStr, dir: &Path) -> Found {
    if name.contains('/') || (cfg!(windows) && name.contains('\\')) {
        let place = dir.join(name);
        return match runnable(&place) {
            Ok(()) => Found::At(place),
            Err(why) => Found::Nowhere(format!("`{name}` {why}")),
        };
    }
    let mut last = None;
    for place in std::env::split_paths(path).filter(|dir| dir.is_absolute()) {
        let place = place.join(name);
        match runnable(&place) {
            Ok(()) => return Found::At(place),
            Err(why) if place.exists() => last = Some(format!("`{}` {why}", place.display())),
            Err(_) => {}
        }
        if cfg!(windows) && runnable(&place.with_extension("exe")).is_ok() {
            return Found::At(place.with_extension("exe"));
        }
    }
    Found::Nowhere(last.unwrap_or_else(|| format!("`{name}` is not on PATH")))
}

fn runnable(place: &Path) -> Result<(), &'static str> {
    match fs::metadata(place) {
        Err(_) => Err("is not there"),
        Ok(about) if about.is_dir() => Err("is a directory"),
        Ok(about) if !about.is_file() => Err("is not a regular file"),
        #[cfg(unix)]
        Ok(about) if std::os::unix::fs::PermissionsExt::mode(&about.permissions()) & 0o111 == 0 => {
            Err("is not executable")
        }
        Ok(_) => Ok(()),
    }
}

/// The first version in what a tool prints about itself: numbers with dots between, as `1.7.10`.
pub(super) fn version(text: &[u8]) -> Option<String> {
    let text = String::from_utf8_lossy(&text[..text.len().min(4096)]).into_owned();
    text.split(|c: char| !(c.is_ascii_digit() || c == '.'))
        .map(|word| word.trim_matches('.'))
        .find(|word| word.contains('.') && numbers(word).is_some())
        .map(str::to_owned)
}

/// Whether `version` is `least` or younger.
pub(super) fn reaches(version: &str, least: &str) -> bool {
    match (numbers(version), numbers(least)) {
        (Some(mut version), Some(mut least)) => {
            let length = version.len().max(least.len());
            version.resize(length, 0);
            least.resize(length, 0);
            version >= least
        }
        _ => false,
    }
}

fn numbers(version: &str) -> Option<Vec<u64>> {
    version.split('.').map(|part| part.parse().ok()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_are_compared_by_number() {
        assert_eq!(version(b"bandit 1.7.10\n  python version = 3.12.1").as_deref(), Some("1.7.10"));
        assert_eq!(version(b"ShellCheck - shell script analysis tool\nversion: 0.10.0\n").as_deref(), Some("0.10.0"));
        assert_eq!(version(b"ruff 0.8.").as_deref(), Some("0.8"));
        assert_eq!(version(b"no number"), None);
        assert!(reaches("1.10", "1.9") && reaches("1.7.0", "1.7") && reaches("2", "1.9.9"));
        assert!(!reaches("1.9", "1.10") && !reaches("x", "1"));
    }

    #[cfg(unix)]
    #[test]
    fn what_cannot_be_started_is_said() {
        let dir = std::env::temp_dir();
        let path = OsStr::new(".:/bin:/usr/bin");
        assert!(matches!(find("sh", path, &dir), Found::At(_)));
        let says = |name: &str, path: &str| match find(name, OsStr::new(path), Path::new("/")) {
            Found::Nowhere(why) => why,
            Found::At(place) => panic!("{}", place.display()),
        };
        assert!(says("no-such-tool", "/bin").contains("not on PATH"));
        assert!(says("usr", "/").contains("is a directory"));
        assert!(says("etc/passwd", "/bin").contains("not executable"));
        assert!(says("./usr", "/bin").contains("is a directory"));
    }
}
