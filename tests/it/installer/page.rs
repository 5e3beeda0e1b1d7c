//! A world with a copy of install.sh that trusts a key of its own, and a release page made by
//! build/release.sh. The key is exchanged in the copy, because nothing else can exchange it.

use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use crate::support::{World, root};

/// The tag that the page serves: this package's version.
pub(super) const TAG: &str = concat!("v", env!("CARGO_PKG_VERSION"));

/// Answers as gatehook does, and writes down what else it was asked. `scan` ends with `$SCAN`,
/// `uninstall` with `$UNINSTALL`.
const FAKE: &str = r#"#!/bin/sh
case $1 in
  --version) echo "gatehook 0.0.0-fake" ;;
  *) (pwd; printf '%s\n' "$*") >>"$HOME/asked" ;;
esac
case $1 in
  scan) exit "${SCAN:-0}" ;;
  uninstall) exit "${UNINSTALL:-0}" ;;
esac
"#;

pub(super) struct Page {
    pub(super) world: World,
}

impl Page {
    /// A page with a release whose program is a fake, and the repository `a repo` to install for.
    pub(super) fn new() -> Self {
        let page = Self::without_release();
        std::fs::write(page.at("fake"), FAKE).unwrap();
        page.release(&page.at("fake"));
        page
    }

    /// The scripts and a key, and nothing to download.
    pub(super) fn without_release() -> Self {
        let world = World::new();
        let page = Self { world };
        for dir in ["tree/build", "tmp", "served", "a repo"] {
            std::fs::create_dir_all(page.at(dir)).unwrap();
        }
        for file in ["Cargo.toml", "build/rust.sh", "build/release.sh", "README.md", "CHANGELOG.md"] {
            std::fs::copy(root().join(file), page.at("tree").join(file)).unwrap();
        }
        for file in ["LICENSE-MIT", "LICENSE-APACHE"] {
            std::fs::copy(root().join(file), page.at("tree").join(file)).unwrap();
        }
        page.key("key.pem");
        let public = page.sh("openssl pkey -in \"$W/key.pem\" -pubout");
        let script = std::fs::read_to_string(root().join("install.sh")).unwrap();
        std::fs::write(page.at("tree/install.sh"), script.replace(&pinned(&script), public.trim_end())).unwrap();
        page.sh("git init -q \"$W/a repo\" && cd \"$W/a repo\" && echo hello >a && git add a && git commit -qm one");
        page
    }

    /// Packs `program` as this version for this system, and signs it.
    pub(super) fn release(&self, program: &Path) {
        let binary = program.to_str().unwrap();
        self.make(&["archive", "--target", &target(), "--binary", binary]).expect(0, &[".tar.gz"]);
        self.sign();
    }

    /// Signs what is served anew.
    pub(super) fn sign(&self) {
        let key = self.at("key.pem");
        self.make(&["sign", "--key", key.to_str().unwrap()]).expect(0, &["SHA256SUMS.sig"]);
    }

    /// build/release.sh of the copy, for the served directory.
    pub(super) fn make(&self, args: &[&str]) -> Ran {
        Ran::of(self.command("sh").arg(self.at("tree/build/release.sh")).args(args).arg(self.served()))
    }

    /// A fresh private key in the world.
    pub(super) fn key(&self, name: &str) {
        self.sh(&format!(
            "openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256 -out \"$W/{name}\" 2>/dev/null"
        ));
    }

    pub(super) fn at(&self, path: &str) -> PathBuf {
        self.world.path().join(path)
    }

    /// Where the page's files lie.
    pub(super) fn served(&self) -> PathBuf {
        self.at("served").join(TAG)
    }

    pub(super) fn archive(&self) -> PathBuf {
        self.served().join(format!("gatehook-{TAG}-{}.tar.gz", target()))
    }

    /// Where the program is put without `--to`.
    pub(super) fn installed(&self) -> PathBuf {
        self.at("home/.local/bin/gatehook")
    }

    /// What the fake was asked, and where.
    pub(super) fn asked(&self) -> String {
        std::fs::read_to_string(self.at("home/asked")).unwrap_or_default()
    }

    /// A directory for PATH with links to what install.sh uses, but for `without`.
    pub(super) fn tools(&self, without: &[&str]) -> PathBuf {
        let dir = self.at("tools");
        std::fs::create_dir_all(&dir).unwrap();
        let used = "sh git tar gzip openssl curl wget mktemp rm rmdir mkdir cp mv chmod sed awk grep cat uname ldd cc as ld env head";
        for name in used.split(' ').filter(|name| !without.contains(name)) {
            if let Some(program) = crate::support::which(name) {
                std::os::unix::fs::symlink(program, dir.join(name)).unwrap();
            }
        }
        dir
    }

    pub(super) fn command(&self, program: &str) -> Command {
        let mut command = self.world.command(program);
        command.current_dir(self.at("a repo")).env("TMPDIR", self.at("tmp")).env("W", self.world.path());
        command
    }

    /// install.sh of the copy, in `a repo`.
    pub(super) fn script(&self, args: &[&str]) -> Command {
        let mut command = self.command("sh");
        command.arg(self.at("tree/install.sh")).args(args);
        command
    }

    pub(super) fn install(&self, args: &[&str]) -> Ran {
        Ran::of(&mut self.script(args))
    }

    /// Runs a shell script that has to succeed; `$W` is the world.
    pub(super) fn sh(&self, script: &str) -> String {
        let output = self.command("sh").args(["-euc", script]).output().unwrap();
        assert_success(&output);
        String::from_utf8(output.stdout).unwrap()
    }

    /// Fails if anything lies in HOME, in the directory for temporary files, or among the hooks.
    pub(super) fn assert_untouched(&self) {
        let left = self.sh("find \"$W/home\" \"$W/tmp\" \"$W/a repo/.git/hooks\" -type f ! -name '*.sample'");
        assert_eq!(left, "", "something was left behind");
    }
}

/// How a script ended, and all that it said.
pub(super) struct Ran {
    pub(super) code: Option<i32>,
    pub(super) said: String,
}

impl Ran {
    pub(super) fn of(command: &mut Command) -> Self {
        let output = command.stdin(Stdio::null()).output().unwrap();
        let said = [output.stdout, output.stderr].concat();
        Self { code: output.status.code(), said: String::from_utf8_lossy(&said).into_owned() }
    }

    /// Checks the exit code, and that each of `parts` was said.
    pub(super) fn expect(&self, code: i32, parts: &[&str]) {
        assert_eq!(self.code, Some(code), "{}", self.said);
        for part in parts {
            assert!(self.said.contains(part), "`{part}` was not said, but\n{}", self.said);
        }
    }
}

fn assert_success(output: &Output) {
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
}

/// The public key that stands in `script`.
pub(super) fn pinned(script: &str) -> String {
    let from = script.find("-----BEGIN PUBLIC KEY-----").unwrap();
    let to = script.find("'\n\nmain() {").unwrap();
    script[from..to].to_owned()
}

/// This system's name in a release.
pub(super) fn target() -> String {
    let system = if cfg!(target_os = "macos") {
        "apple-darwin"
    } else if cfg!(target_env = "musl") {
        "unknown-linux-musl"
    } else {
        "unknown-linux-gnu"
    };
    format!("{}-{system}", std::env::consts::ARCH)
}
