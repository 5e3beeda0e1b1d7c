//! What a stage's program may reach of this machine: its export, the tools and the system's files to read,
//! its own directory to write, and what its table asks for.
//!
//! Knows which directories those are; how a program is held to them is for `sys::confine` to know.

use std::collections::BTreeMap;
use std::ffi::{OsStr, OsString};
use std::fs;
use std::io::Read;
use std::path::{Path, PathBuf};

use super::Task;
use crate::config::Export;
use crate::sys::confine::Bounds;

/// What belongs to the system: programs, libraries, settings for all users, devices, processes.
const SYSTEM: &[&str] = &[
    "/usr",
    "/bin",
    "/sbin",
    "/lib",
    "/lib32",
    "/lib64",
    "/libx32",
    "/etc",
    "/opt",
    "/nix",
    "/gnu",
    "/snap",
    "/var/lib/snapd",
    "/run/current-system",
    "/run/systemd/resolve",
    "/run/resolvconf",
    "/run/nscd",
    "/sys",
    "/proc",
    "/dev",
];
/// What programs write to on every machine.
const WRITTEN: &[&str] = &["/dev/null", "/dev/zero", "/dev/full", "/dev/tty", "/dev/shm"];
/// Variables of the usual ones that may name a file.
const FILES: &[&str] =
    &["SSL_CERT_FILE", "SSL_CERT_DIR", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE", "NODE_EXTRA_CA_CERTS", "GIT_EXEC_PATH"];
/// Links and `#!` lines that are followed from a program, at most.
const STEPS: usize = 8;

/// The bounds of `task`'s `program`, which sees `variables`.
pub(super) fn of(task: &Task<'_>, program: &Path, variables: &BTreeMap<OsString, OsString>) -> Bounds {
    let stage = task.stage;
    let user = task.environment.get("HOME").map(Path::new).filter(|home| home.is_absolute());
    let mut read: Vec<PathBuf> = SYSTEM.iter().map(PathBuf::from).collect();
    let mut write: Vec<PathBuf> = WRITTEN.iter().map(PathBuf::from).collect();
    write.push(task.room.to_owned());
    let side = if stage.export == Export::None { &mut write } else { &mut read };
    side.push(task.dir.to_owned());
    let path = variables.get(OsStr::new("PATH")).map(OsString::as_os_str).unwrap_or_default();
    for dir in std::env::split_paths(path) {
        read.extend(around_programs(&dir, user));
    }
    let needs = stage.needs.iter().filter_map(|need| super::located(task, &need.tool).ok());
    for program in std::iter::once(program.to_owned()).chain(needs) {
        follow(program, user, &mut read);
    }
    let value = |name: &str| variables.get(OsStr::new(name)).map(PathBuf::from);
    read.extend(FILES.iter().filter_map(|name| value(name)));
    // What its table names, it means.
    let asked = task.environment.asked_by(stage).map(|(_, value)| PathBuf::from(value));
    let set = stage.set_env.values().map(PathBuf::from);
    write.extend(asked.chain(set).filter(|path| path.is_absolute() && path.parent().is_some()));
    if let (true, Some(user)) = (stage.reach.home, user) {
        write.push(user.to_owned());
        write.extend(["XDG_CACHE_HOME", "XDG_DATA_HOME", "XDG_STATE_HOME"].into_iter().filter_map(value));
        read.extend(value("XDG_CONFIG_HOME"));
    }
    Bounds { read, write, network: stage.reach.network }
}

/// The directory `dir` of programs, and what they bring beside it: `bin` stands next to `lib` and `share`.
/// Never a whole home directory, nor one that holds it.
fn around_programs(dir: &Path, home: Option<&Path>) -> Vec<PathBuf> {
    let is_bin = dir.file_name().is_some_and(|name| name == "bin" || name == "sbin");
    let prefix = dir
        .parent()
        .filter(|prefix| is_bin && prefix.parent().is_some() && !home.is_some_and(|home| home.starts_with(prefix)));
    let dirs = [Some(dir), prefix].into_iter().flatten();
    dirs.filter(|dir| !home.is_some_and(|home| home.starts_with(dir))).map(Path::to_owned).collect()
}

/// Where `program` leads by links and `#!` lines, into `read`: an interpreter of its own stands elsewhere.
fn follow(program: PathBuf, home: Option<&Path>, read: &mut Vec<PathBuf>) {
    let mut next = Some(program);
    for _ in 0..STEPS {
        let Some(place) = next.take() else { return };
        read.push(place.clone());
        let target = fs::canonicalize(&place).ok();
        for place in [Some(&place), target.as_ref()].into_iter().flatten() {
            read.extend(place.parent().into_iter().flat_map(|dir| around_programs(dir, home)));
        }
        next = target.and_then(|target| interpreter(&target));
    }
}

/// What the `#!` line of `script` names by its whole path.
fn interpreter(script: &Path) -> Option<PathBuf> {
    let mut head = [0; 256];
    let length = fs::File::open(script).and_then(|mut file| file.read(&mut head)).ok()?;
    let line = head[..length].strip_prefix(b"#!")?.split(|&byte| byte == b'\n').next()?;
    let word = line.split(u8::is_ascii_whitespace).find(|word| !word.is_empty())?;
    let path = PathBuf::from(std::str::from_utf8(word).ok()?);
    path.is_absolute().then_some(path)
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;

    #[test]
    fn tools_are_read_with_what_stands_beside_them_and_never_a_home() {
        let around = |dir: &str| {
            let dirs = around_programs(Path::new(dir), Some(Path::new("/home/u")));
            dirs.iter().map(|dir| dir.display().to_string()).collect::<Vec<_>>().join(" ")
        };
        assert_eq!(around("/home/u/.local/bin"), "/home/u/.local/bin /home/u/.local");
        assert_eq!(around("/home/u/bin"), "/home/u/bin");
        assert_eq!(around("/home/u"), "");
        assert_eq!(around("/home/bin"), "/home/bin");
        assert_eq!(around("/bin"), "/bin");
        assert_eq!(around("/data/tools/venv/bin"), "/data/tools/venv/bin /data/tools/venv");
        assert_eq!(around("/data/tools"), "/data/tools");
    }

    #[test]
    #[allow(clippy::disallowed_methods, reason = "programs to follow")]
    fn an_interpreter_elsewhere_is_followed() {
        let dir = tempfile::tempdir().unwrap();
        let root = dir.path().canonicalize().unwrap();
        for made in ["tool/bin", "python/bin", "link"] {
            fs::create_dir_all(root.join(made)).unwrap();
        }
        fs::write(root.join("python/bin/python"), "x").unwrap();
        fs::write(root.join("tool/bin/tool"), format!("#! {}/python/bin/python -E\nx", root.display())).unwrap();
        std::os::unix::fs::symlink(root.join("tool/bin/tool"), root.join("link/tool")).unwrap();
        let mut read = Vec::new();
        follow(root.join("link/tool"), None, &mut read);
        for part in ["link", "tool", "python"] {
            assert!(read.contains(&root.join(part)), "{part}: {read:?}");
        }
    }
}
