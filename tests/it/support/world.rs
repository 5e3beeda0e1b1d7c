//! A world of its own for a test: fresh directories, own HOME, fixed identity and dates, git
//! configuration off, environment scrubbed.

use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

/// The binary under test: `GATEHOOK_UNDER_TEST`, or the one cargo built.
pub(crate) fn binary() -> PathBuf {
    std::env::var_os("GATEHOOK_UNDER_TEST").map_or_else(|| PathBuf::from(env!("CARGO_BIN_EXE_gatehook")), PathBuf::from)
}

/// A temporary directory with `home/` and `repo/` in it.
pub(crate) struct World {
    dir: tempfile::TempDir,
}

impl World {
    /// An empty world; `repo/` is there but no repository yet.
    pub(crate) fn new() -> Self {
        let dir = tempfile::Builder::new().prefix("gatehook-test-").tempdir().unwrap();
        for name in ["home", "repo"] {
            std::fs::create_dir(dir.path().join(name)).unwrap();
        }
        Self { dir }
    }

    /// The directory that commands start in.
    pub(crate) fn repo(&self) -> PathBuf {
        self.dir.path().join("repo")
    }

    /// The whole world's directory.
    pub(crate) fn path(&self) -> &Path {
        self.dir.path()
    }

    /// A command in `repo/`, with nothing of the caller's environment but PATH.
    pub(crate) fn command(&self, program: impl AsRef<std::ffi::OsStr>) -> Command {
        let mut command = Command::new(program);
        let bin = binary();
        let home = self.dir.path().join("home");
        command
            .current_dir(self.repo())
            .env_clear()
            .env("PATH", self.path_variable())
            .env("HOME", &home)
            .env("XDG_CONFIG_HOME", home.join(".config"))
            .env("XDG_CACHE_HOME", home.join(".cache"))
            .env("XDG_STATE_HOME", home.join(".state"))
            .env("GATEHOOK", &bin)
            .env("PLUGINS", Path::new(env!("CARGO_MANIFEST_DIR")).join("hooks/plugins"))
            .env("LC_ALL", "C.UTF-8")
            .env("TZ", "UTC")
            .env("GIT_CONFIG_NOSYSTEM", "1")
            .env("GIT_AUTHOR_NAME", "Ada")
            .env("GIT_AUTHOR_EMAIL", "ada@example.org")
            .env("GIT_COMMITTER_NAME", "Ada")
            .env("GIT_COMMITTER_EMAIL", "ada@example.org")
            .env("GIT_AUTHOR_DATE", "2026-01-02T03:04:05Z")
            .env("GIT_COMMITTER_DATE", "2026-01-02T03:04:05Z")
            .env("GIT_CONFIG_COUNT", "2")
            .env("GIT_CONFIG_KEY_0", "init.defaultBranch")
            .env("GIT_CONFIG_VALUE_0", "main")
            .env("GIT_CONFIG_KEY_1", "advice.detachedHead")
            .env("GIT_CONFIG_VALUE_1", "false")
            .stdin(Stdio::null());
        // Whom this machine trusts is no matter of taste: without it tools reach no registry behind a proxy.
        if let Some(bundle) = std::env::var_os("REQUESTS_CA_BUNDLE") {
            command.env("REQUESTS_CA_BUNDLE", bundle);
        }
        command
    }

    /// The PATH of its commands: the binary under test first.
    #[allow(clippy::unused_self, reason = "a world's own, like its HOME")]
    pub(crate) fn path_variable(&self) -> String {
        let path = std::env::var("PATH").unwrap_or_default();
        format!("{}:{path}", binary().parent().unwrap().display())
    }

    /// Runs a shell script in `repo/`.
    pub(crate) fn sh(&self, script: &str) -> Output {
        self.command("sh").args(["-c", script]).output().unwrap()
    }
}
