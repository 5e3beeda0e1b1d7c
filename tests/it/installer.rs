//! install.sh, the real one, against releases that build/release.sh made: what it installs, what it
//! refuses, and that it leaves nothing behind then.

mod page;

use std::io::Write;
use std::process::{Command, Stdio};

use gatehook::rules::placeholders;

use crate::support::server::Server;
use crate::support::{binary, has, root};
use page::{Page, Ran, TAG, pinned, target};

const NEEDS: [&str; 5] = ["openssl", "curl", "wget", "git", "tar"];

#[test]
fn a_release_is_verified_installed_and_taken_out_again() {
    if !has(&NEEDS) {
        return;
    }
    let page = Page::without_release();
    page.release(&binary());
    std::fs::write(page.at("a repo/settings.py"), placeholders::fill("KEY = 'AKIA{base32:16}'\n", 7)).unwrap();
    page.sh("git add . && git commit -qm two");
    let server = Server::of(&page.at("served"));
    let ran = Ran::of(
        page.script(&["--tag", TAG, "--from", &server.url, "--repo", "../a repo"]).current_dir(page.at("home")),
    );
    ran.expect(0, &["verified gatehook-", "wrote ", " install --repo '", "settings.py:1:"]);
    ran.expect(0, &["it blocks no commit that leaves it alone", "add this line to"]);
    let version = Command::new(page.installed()).arg("--version").output().unwrap();
    assert_eq!(String::from_utf8_lossy(&version.stdout), format!("gatehook {}\n", env!("CARGO_PKG_VERSION")));
    std::fs::write(page.at("a repo/other.py"), placeholders::fill("KEY = 'AKIA{base32:16}'\n", 8)).unwrap();
    let commit = Ran::of(page.command("sh").args(["-c", "git add . && git commit -qm three"]));
    commit.expect(1, &["error[aws-access-key-id]", "other.py:1:"]);

    let out = page.install(&["--uninstall"]);
    out.expect(0, &["removed", "gatehook uninstall --repo"]);
    assert!(!page.installed().exists() && !page.at("home/.local/share/gatehook").exists());
    page.sh("git commit -qm three");
    page.assert_untouched();
}

#[test]
fn wget_will_do_and_a_pipe_installs_the_version_of_the_script() {
    if !has(&NEEDS) {
        return;
    }
    let page = Page::new();
    let server = Server::of(&page.at("served"));
    let tools = page.tools(&["curl"]);
    let script = std::fs::File::open(page.at("tree/install.sh")).unwrap();
    let output =
        page.command("sh").arg("-s").env("PATH", tools).env("GATEHOOK_RELEASES", &server.url).stdin(script).output();
    let output = output.unwrap();
    assert_eq!(output.status.code(), Some(0), "{}", String::from_utf8_lossy(&output.stderr));
    assert!(page.installed().exists());
    let repo = page.at("a repo");
    assert_eq!(page.asked(), format!("{0}\ninstall --repo {0}\n{0}\nscan\n", repo.display()));
}

/// Spoils a release in one way, and checks that it is refused with those words.
fn refused(spoil: impl Fn(&Page), words: &[&str]) {
    let page = Page::new();
    spoil(&page);
    let server = Server::of(&page.at("served"));
    page.install(&["--tag", TAG, "--from", &server.url]).expect(1, words);
    page.assert_untouched();
}

#[test]
fn what_is_not_as_it_was_signed_is_refused() {
    if !has(&NEEDS) {
        return;
    }
    let change = |page: &Page| {
        let mut bytes = std::fs::read(page.archive()).unwrap();
        let middle = bytes.len() / 2;
        bytes[middle] ^= 1;
        std::fs::write(page.archive(), bytes).unwrap();
    };
    refused(change, &["error: the SHA-256 of", "nothing was installed", "hint: it was cut or changed on the way"]);
    let cut = |page: &Page| {
        let bytes = std::fs::read(page.archive()).unwrap();
        std::fs::write(page.archive(), &bytes[..bytes.len() / 2]).unwrap();
    };
    refused(cut, &["error: the SHA-256 of", "hint: it was cut"]);
    let sums = |page: &Page| {
        change(page);
        page.sh(
            "cd \"$W\"/served/v*; openssl dgst -sha256 *.gz | sed 's/^.*(\\(.*\\))= *\\(.*\\)/\\2  \\1/' >SHA256SUMS",
        );
    };
    refused(sums, &["error: the signature of SHA256SUMS is not by the key in this script", "nothing was installed"]);
    let other_key = |page: &Page| {
        page.key("other.pem");
        page.sh("cd \"$W\"/served/v*; openssl dgst -sha256 -sign \"$W/other.pem\" -out SHA256SUMS.sig SHA256SUMS");
    };
    refused(other_key, &["error: the signature of SHA256SUMS is not by the key"]);
    refused(|page| drop(page.sh(": >\"$(echo \"$W\"/served/v*)/SHA256SUMS.sig\"")), &["error: the signature of"]);
}

#[test]
fn what_is_missing_on_the_page_is_refused() {
    if !has(&NEEDS) {
        return;
    }
    refused(
        |page| drop(page.sh("rm \"$W\"/served/v*/SHA256SUMS.sig")),
        &["404", "SHA256SUMS.sig` could not be downloaded"],
    );
    refused(|page| drop(page.sh("rm \"$W\"/served/v*/*.gz")), &["404", ".tar.gz` could not be downloaded"]);
    refused(|page| drop(page.sh("rm -r \"$W\"/served/v*")), &["404", "could not be downloaded", "hint: is there such"]);

    let page = Page::new();
    let server = Server::that_hangs_up(&page.at("served"), 700);
    page.install(&["--tag", TAG, "--from", &server.url]).expect(1, &[".tar.gz` could not be downloaded"]);
    let tools = page.tools(&["curl"]);
    Ran::of(page.script(&["--tag", TAG, "--from", &server.url]).env("PATH", tools))
        .expect(1, &["nothing was installed"]);
    page.assert_untouched();
}

#[test]
fn an_old_release_is_not_passed_off_as_a_new_one() {
    if !has(&NEEDS) {
        return;
    }
    let page = Page::new();
    let server = Server::of(&page.at("served"));
    let new = page.archive().file_name().unwrap().to_str().unwrap().replace(TAG, "v99.0.0");
    page.sh(&format!("cd \"$W/served\"; mv v* v99.0.0; cd v99.0.0; mv *.gz {new}"));
    page.install(&["--tag", "v99.0.0", "--from", &server.url])
        .expect(1, &["the signed SHA256SUMS does not name `gatehook-v99.0.0-", "nothing was installed"]);
    page.assert_untouched();
}

#[test]
fn an_archive_that_reaches_out_is_refused_though_it_is_signed() {
    if !has(&NEEDS) {
        return;
    }
    let top = format!("gatehook-{TAG}-{}", target());
    for (path, words) in [
        (format!("{top}/../../../escaped"), "which leads out of it: nothing was installed"),
        ("/escaped".to_owned(), "outside of `gatehook-"),
        ("other/file".to_owned(), "outside of `gatehook-"),
    ] {
        let repack = format!(
            "cd \"$W/tmp\"; mkdir {top}; cp \"$W/fake\" {top}/gatehook; : >escaped
             tar -czPf \"$W/served/{TAG}/{top}.tar.gz\" --transform 's|^escaped$|{path}|' {top} escaped; rm -r {top} escaped"
        );
        let spoil = |page: &Page| {
            page.sh(&repack);
            page.sign();
        };
        refused(spoil, &[words]);
    }
    let not_a_program = |page: &Page| {
        std::fs::write(page.at("fake"), "#!/bin/sh\nexit 1\n").unwrap();
        page.release(&page.at("fake"));
    };
    refused(not_a_program, &["does not run here, so nothing was installed", "hint: if programs may not run in"]);
}

#[test]
fn only_https_or_this_machine_is_asked() {
    for url in [
        "http://example.invalid",
        "http://127.0.0.1:80@example.invalid",
        "ftp://127.0.0.1",
        "http://127.0.0.1.example.invalid",
    ] {
        if !has(&NEEDS) {
            return;
        }
        let page = Page::without_release();
        page.install(&["--tag", TAG, "--from", url]).expect(1, &["is not downloaded: it"]);
        page.assert_untouched();
    }
}

#[test]
fn an_archive_is_installed_offline_and_verified_as_well() {
    if !has(&NEEDS) {
        return;
    }
    let page = Page::new();
    let archive = page.archive();
    let tools = page.tools(&["curl", "wget"]);
    page.sh("mv \"$W\"/served/v*/SHA256SUMS.sig \"$W/kept\"");
    let ran = Ran::of(page.script(&["--archive"]).arg(&archive).env("PATH", &tools));
    ran.expect(1, &["SHA256SUMS.sig` is not there", "hint: an archive, SHA256SUMS and SHA256SUMS.sig"]);
    page.assert_untouched();
    page.sh("mv \"$W/kept\" \"$(echo \"$W\"/served/v*)/SHA256SUMS.sig\"");
    let ran = Ran::of(page.script(&["--to", "in to", "--no-hooks", "--archive"]).arg(&archive).env("PATH", &tools));
    ran.expect(0, &["verified gatehook-", "a repo/in to/bin is not on PATH", "  export PATH='"]);
    assert!(page.at("a repo/in to/bin/gatehook").exists() && !page.asked().contains("install"));
    page.install(&["--tag", TAG, "--archive", "x"]).expect(2, &["`--archive` is offline"]);
}

#[test]
fn without_a_verifier_it_is_refused() {
    if !has(&NEEDS) {
        return;
    }
    let page = Page::new();
    let tools = page.tools(&["openssl", "curl", "wget"]);
    let ran = Ran::of(page.script(&["--tag", TAG]).env("PATH", &tools));
    ran.expect(1, &["nothing was installed", "openssl: verifies the signature\n    get it: ", "curl: downloads"]);
    page.assert_untouched();
}

#[test]
fn no_variable_replaces_the_key() {
    if !has(&NEEDS) {
        return;
    }
    let page = Page::new();
    let script = std::fs::read_to_string(root().join("install.sh")).unwrap();
    let mine = page.sh("openssl pkey -in \"$W/key.pem\" -pubout");
    std::fs::write(page.at("tree/install.sh"), &script).unwrap();
    let ran = Ran::of(page.script(&["--archive"]).arg(page.archive()).env("release_public_key", mine.trim_end()));
    ran.expect(1, &["is not by the key in this script"]);
    page.assert_untouched();
    // And the maker of releases does not sign what the script would refuse.
    let key = page.at("key.pem");
    page.make(&["sign", "--key", key.to_str().unwrap()])
        .expect(1, &["does not belong to the public key in install.sh"]);
    std::fs::write(page.at("pinned.pem"), pinned(&script)).unwrap();
    assert!(page.sh("openssl pkey -pubin -in \"$W/pinned.pem\" -noout -text").contains("prime256v1"));
    assert!(script.contains(&format!("\nversion={}\n", env!("CARGO_PKG_VERSION"))), "install.sh names another version");
}

#[test]
fn a_dry_run_changes_nothing() {
    if !has(&NEEDS) {
        return;
    }
    let page = Page::new();
    page.install(&["--tag", TAG, "--dry-run"]).expect(0, &["would download https://", "would write ", "would run: "]);
    Ran::of(page.script(&["--dry-run", "--archive"]).arg(page.archive())).expect(0, &["verified", "would write "]);
    page.install(&["--dry-run"])
        .expect(0, &["would run: cargo install --locked --force --profile quick --path ", "gatehook install --repo '"]);
    page.assert_untouched();
    Ran::of(page.script(&["--archive"]).arg(page.archive())).expect(0, &["wrote "]);
    let before = page.sh("find \"$W/home\" -type f -newer \"$W/key.pem\" | sort");
    page.install(&["--uninstall", "--dry-run"]).expect(0, &["would run: rm -f "]);
    assert_eq!(page.sh("find \"$W/home\" -type f -newer \"$W/key.pem\" | sort"), before);
}

/// A page whose PATH has a `cargo` that writes down what it was asked and installs the fake.
fn with_stub_cargo() -> (Page, std::path::PathBuf) {
    let page = Page::new();
    let tools = page.tools(&["cc"]);
    let stubs = page.at("stubs");
    std::fs::create_dir(&stubs).unwrap();
    let cargo = "#!/bin/sh\nprintf '%s\\n' \"$*\" >>\"$HOME/cargo\"\n[ \"$1\" = install ] || exit 0\nwhile [ \"$1\" != --root ]; do shift; done\nmkdir -p \"$2/bin\" && cp \"$W/fake\" \"$2/bin/gatehook\"\n";
    std::fs::write(stubs.join("cargo"), cargo).unwrap();
    std::fs::write(stubs.join("cc"), "#!/bin/sh\n").unwrap();
    page.sh("chmod +x \"$W/stubs/\"* \"$W/fake\"");
    let path = format!("{}:{}", stubs.display(), tools.display()).into();
    (page, path)
}

#[test]
fn from_a_checkout_cargo_builds_it() {
    if !has(&NEEDS) {
        return;
    }
    let (page, path) = with_stub_cargo();
    let ran = Ran::of(page.script(&[]).env("PATH", &path));
    ran.expect(0, &["running: cargo install --locked --force --profile quick --path ", "running: ", "gatehook scan"]);
    let asked = std::fs::read_to_string(page.at("home/cargo")).unwrap();
    let (tree, to) = (page.at("tree"), page.at("home/.local"));
    assert_eq!(
        asked,
        format!(
            "--version\ninstall --locked --force --profile quick --path {} --root {}\n",
            tree.display(),
            to.display()
        )
    );
    assert!(page.installed().exists() && page.asked().contains("install --repo "));
}

#[test]
fn findings_do_not_fail_it_and_a_scan_that_could_not_look_is_said() {
    if !has(&NEEDS) {
        return;
    }
    let (page, path) = with_stub_cargo();
    for (code, ends, words) in [
        ("0", 0, "running: "),
        ("1", 0, "found what stands above"),
        ("3", 0, "warning: the scan could not look at all of"),
        ("4", 4, "its first scan of "),
    ] {
        Ran::of(page.script(&[]).env("PATH", &path).env("SCAN", code)).expect(ends, &[words]);
    }
}

#[test]
fn what_is_missing_is_named_all_at_once() {
    if !has(&NEEDS) {
        return;
    }
    let page = Page::without_release();
    let tools = page.tools(&["cc"]);
    let ran = Ran::of(page.script(&[]).env("PATH", &tools));
    ran.expect(
        1,
        &[
            "nothing was installed, because this is missing:\n",
            "cargo: builds",
            "https://rustup.rs",
            "cc: a C compiler",
        ],
    );
    std::fs::remove_file(tools.join("git")).unwrap();
    Ran::of(page.script(&[]).env("PATH", &tools)).expect(1, &["git: runs the hooks\n    get it: "]);
    page.assert_untouched();
}

#[test]
fn another_program_of_that_name_stays() {
    if !has(&NEEDS) {
        return;
    }
    let page = Page::new();
    page.sh("mkdir -p \"$W/home/.local/bin\"; printf '#!/bin/sh\\necho other\\n' >\"$W/home/.local/bin/gatehook\"; chmod +x \"$W/home/.local/bin/gatehook\"");
    let before = std::fs::read(page.installed()).unwrap();
    let ran = Ran::of(page.script(&["--archive"]).arg(page.archive()));
    ran.expect(1, &["does not say that it is gatehook, so it stays", "hint: move it away"]);
    page.install(&["--uninstall"]).expect(1, &["so it stays"]);
    assert_eq!(std::fs::read(page.installed()).unwrap(), before);
}

#[test]
fn the_program_stays_while_a_hook_is_left() {
    if !has(&NEEDS) {
        return;
    }
    let page = Page::new();
    page.install(&["--uninstall"]).expect(1, &["there is no gatehook in", "hint: `--to DIR`"]);
    Ran::of(page.script(&["--archive"]).arg(page.archive())).expect(0, &[]);
    let ran = Ran::of(page.script(&["--uninstall"]).env("UNINSTALL", "3"));
    ran.expect(1, &["some hooks are left, so ", "stays"]);
    assert!(page.installed().exists());
    // From elsewhere the repository is still known.
    let ran = Ran::of(page.script(&["--uninstall"]).current_dir(page.at("home")));
    ran.expect(0, &["uninstall --repo '", "rm -f "]);
    assert!(!page.installed().exists());
    page.sh("rm \"$W/home/asked\"");
    page.assert_untouched();
}

#[test]
fn what_cargo_installed_cargo_takes_out() {
    if !has(&NEEDS) {
        return;
    }
    let (page, path) = with_stub_cargo();
    Ran::of(page.script(&[]).env("PATH", &path)).expect(0, &[]);
    std::fs::write(page.at("home/.local/.crates.toml"), "[v1]\n\"gatehook 0.0.0 (path+file:///x)\" = [\"gatehook\"]\n")
        .unwrap();
    Ran::of(page.script(&["--uninstall"]).env("PATH", &path)).expect(0, &["running: cargo uninstall --root "]);
    let asked = std::fs::read_to_string(page.at("home/cargo")).unwrap();
    let last = format!("uninstall --root {} gatehook\n", page.at("home/.local").display());
    assert!(asked.ends_with(&last), "{asked}");
    assert!(!page.at("home/.local/share/gatehook").exists(), "the list of repositories is left");
}

#[test]
fn where_no_repository_is_the_binary_is_installed_alone() {
    if !has(&NEEDS) {
        return;
    }
    let page = Page::new();
    let archive = page.archive();
    let ran = Ran::of(page.script(&["--archive"]).arg(&archive).args(["--repo", "../home"]));
    ran.expect(1, &["error: `../home` is no repository that git opens"]);
    page.assert_untouched();
    let ran = Ran::of(page.script(&["--archive"]).arg(&archive).current_dir(page.at("home")));
    ran.expect(0, &["no repository here: `gatehook install` in one puts the hooks there"]);
    assert_eq!(page.asked(), "");
    page.sh("git init -q --bare \"$W/bare\"");
    Ran::of(page.script(&["--archive"]).arg(&archive).current_dir(page.at("bare"))).expect(0, &[]);
    assert!(page.asked().ends_with(&format!("install --repo {}\n", page.at("bare").display())), "{}", page.asked());
}

#[test]
fn wrong_flags_change_nothing() {
    let page = Page::without_release();
    for (args, words) in [
        (vec!["--teapot"], "`--teapot` is no option"),
        (vec!["--to"], "`--to` needs a value"),
        (vec!["--tag", "latest"], "`latest` is no tag"),
        (vec!["--tag", "v1/../.."], "`v1/../..` is no tag"),
    ] {
        page.install(&args).expect(2, &[words, "hint: `install.sh --help`"]);
    }
    page.install(&["--help"]).expect(0, &["Usage: install.sh"]);
    page.assert_untouched();
}

#[test]
fn a_cut_download_of_the_script_runs_nothing() {
    let page = Page::without_release();
    let script = std::fs::read_to_string(page.at("tree/install.sh")).unwrap();
    // Every command there is would leave its name.
    page.sh("mkdir \"$W/traps\"; for name in git cargo curl wget mktemp mkdir cp uname grep; do printf '#!/bin/sh\\necho %s >>\"$HOME/ran\"\\n' $name >\"$W/traps/$name\"; chmod +x \"$W/traps/$name\"; done");
    let end = script.trim_end().len();
    let cuts = script.match_indices('\n').map(|(at, _)| at + 1).filter(|&at| at <= end).chain(end - 60..end);
    for cut in cuts {
        let mut shell = page
            .command("/bin/sh")
            .env("PATH", page.at("traps"))
            .stdin(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        shell.stdin.take().unwrap().write_all(&script.as_bytes()[..cut]).unwrap();
        shell.wait().unwrap();
        assert!(!page.at("home/ran").exists(), "cut at byte {cut} it runs something:\n{}", &script[..cut]);
    }
    page.assert_untouched();
}
