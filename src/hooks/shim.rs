//! The text of a shim, and how one is recognised.

use std::ffi::OsStr;
use std::path::Path;

use super::Hook;

const SHIM: &str = include_str!("../../hooks/shim.sh");
const FORWARD: &str = include_str!("../../hooks/forward.sh");
pub(super) const VERSION: &str = env!("CARGO_PKG_VERSION");

/// Begins the second line of every shim, before the version.
const MARKER: &[u8] = b"# gatehook shim ";

/// Whose hooks a shim stands in front of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Reach {
    /// One repository's: what stood there before is kept beside it.
    Repository,
    /// All of the user's: `core.hooksPath` leads to it, and each repository's own hook runs after it.
    Everywhere,
}

impl Reach {
    const fn flags(self) -> &'static str {
        match self {
            Self::Repository => "",
            Self::Everywhere => "--everywhere ",
        }
    }
}

/// The shim for `hook`, which starts `binary` (an absolute path) or what PATH has instead.
pub(super) fn render(hook: Hook, reach: Reach, binary: &Path) -> Vec<u8> {
    let binary = quote(binary.as_os_str());
    let fill: [(&str, &[u8]); 6] = [
        ("@VERSION@", VERSION.as_bytes()),
        ("@BINARY@", &binary),
        ("@WHAT@", hook.what().as_bytes()),
        ("@BYPASS@", hook.bypass().as_bytes()),
        ("@FLAGS@", reach.flags().as_bytes()),
        ("@HOOK@", hook.word().as_bytes()),
    ];
    filled(SHIM, &fill)
}

/// The shim for a hook of git that gatehook has nothing to say in: runs the repository's own.
pub(super) fn forward(hook: &str) -> Vec<u8> {
    filled(FORWARD, &[("@VERSION@", VERSION.as_bytes()), ("@HOOK@", hook.as_bytes())])
}

/// The program that a shim of ours starts first; `None` where `script` is none of ours.
pub(super) fn binary(script: &[u8]) -> Option<std::path::PathBuf> {
    version(script)?;
    let begin = memchr::memmem::find(script, b"\ngatehook='")? + b"\ngatehook='".len();
    let mut word = Vec::new();
    let mut rest = &script[begin..];
    loop {
        let end = memchr::memchr(b'\'', rest)?;
        word.extend_from_slice(&rest[..end]);
        match rest[end..].strip_prefix(b"'\\''") {
            Some(more) => {
                word.push(b'\'');
                rest = more;
            }
            None => return Some(crate::paths::RepoPath::new(word).to_path()),
        }
    }
}

/// `template` with its holes filled, in one pass: what is filled in is not looked at again.
fn filled(template: &str, fill: &[(&str, &[u8])]) -> Vec<u8> {
    let mut out = Vec::with_capacity(template.len() + 128);
    let mut rest = template;
    while let Some(at) = rest.find('@') {
        out.extend_from_slice(&rest.as_bytes()[..at]);
        rest = &rest[at..];
        let (name, value) = fill.iter().find(|(name, _)| rest.starts_with(name)).copied().unwrap_or(("@", b"@"));
        out.extend_from_slice(value);
        rest = &rest[name.len()..];
    }
    out.extend_from_slice(rest.as_bytes());
    out
}

/// Quotes for `sh`: single quotes hold everything but themselves. On Windows `\` becomes `/`,
/// which both the shell and the system read.
pub(super) fn quote(text: &OsStr) -> Vec<u8> {
    let mut out = vec![b'\''];
    for &byte in text.as_encoded_bytes() {
        match byte {
            b'\'' => out.extend_from_slice(b"'\\''"),
            b'\\' if cfg!(windows) => out.push(b'/'),
            _ => out.push(byte),
        }
    }
    out.push(b'\'');
    out
}

/// `path` as a word for `sh` that a person can copy: quoted only where it has to be.
pub fn quoted(path: &Path) -> String {
    let plain = |byte: &u8| byte.is_ascii_alphanumeric() || b"/._-+:=@%,".contains(byte);
    let bytes = path.as_os_str().as_encoded_bytes();
    if !bytes.is_empty() && bytes.iter().all(plain) {
        return path.display().to_string();
    }
    String::from_utf8_lossy(&quote(path.as_os_str())).into_owned()
}

/// The version in the marker of a shim; `None` where `script` is none of ours.
pub(super) fn version(script: &[u8]) -> Option<&[u8]> {
    let second = script.split(|&byte| byte == b'\n').nth(1)?;
    second.strip_prefix(MARKER)?.split(|&byte| byte == b':').next()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_shim_is_short_filled_and_recognised() {
        for hook in Hook::ALL {
            let shim = render(hook, Reach::Repository, Path::new("/opt/o'brien/gate hook"));
            let text = String::from_utf8(shim.clone()).unwrap();
            assert_eq!(version(&shim), Some(VERSION.as_bytes()));
            assert!(text.contains("gatehook='/opt/o'\\''brien/gate hook'\n"), "{text}");
            assert!(text.ends_with(&format!("{hook} \"$@\"\n")), "{text}");
            assert!(text.lines().count() <= 12 && !text.contains('\r'), "{text}");
            assert!(!text.replace("$@", "").contains('@'), "{text}");
            assert_eq!(binary(&shim).as_deref(), Some(Path::new("/opt/o'brien/gate hook")));
        }
        assert_eq!(version(b"#!/bin/sh\necho gatehook shim\n"), None);
        assert_eq!(version(b""), None);
        assert_eq!(version(&forward("post-commit")), Some(VERSION.as_bytes()));
    }
}
