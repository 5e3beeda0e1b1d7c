//! Where a repository is: what is found without a child process is what `git rev-parse` says.

use std::path::{Path, PathBuf};

use gatehook::git::{Env, Repo, staged_pairs};

use crate::support::World;

/// What git says of `dir`: top, git directory, shared git directory; `None` where it refuses.
fn by_git(world: &World, dir: &Path, vars: &[(&str, String)]) -> Option<[PathBuf; 3]> {
    let ask = |what: &str| {
        let output = world
            .command("git")
            .current_dir(dir)
            .envs(vars.iter().map(|(name, value)| (name, value)))
            .args(["rev-parse", "--path-format=absolute", what])
            .output()
            .unwrap();
        output.status.success().then(|| PathBuf::from(String::from_utf8_lossy(&output.stdout).trim_end()))
    };
    Some([ask("--show-toplevel")?, ask("--git-dir")?, ask("--git-common-dir")?])
}

/// Without a child process: the same three, and the index file. `None` where it is left to git.
fn by_own(dir: &Path, vars: &[(&str, String)]) -> Option<([PathBuf; 3], PathBuf)> {
    let env = vars.iter().fold(Env::default(), |env, (name, value)| env.with(name, value));
    let repo = Repo::discover_without_git(dir, env).ok()?;
    let index = repo.index_file().to_owned();
    Some(([repo.top, repo.git_dir, repo.common_dir], index))
}

fn world(script: &str) -> World {
    let world = World::new();
    let output = world.sh(&format!("set -e\n{script}"));
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    world
}

const PLAIN: &str = "git init -q . && mkdir -p sub/deep && echo x > sub/f && git add -A && git commit -qm one";

fn check(world: &World, dir: &str, vars: &[(&str, &str)]) {
    let root = world.path().canonicalize().unwrap();
    let dir = root.join(dir);
    let vars: Vec<(&str, String)> =
        vars.iter().map(|(name, value)| (*name, value.replace("[WORLD]", &root.display().to_string()))).collect();
    let (own, _) = by_own(&dir, &vars).unwrap_or_else(|| panic!("{} {vars:?} was left to git", dir.display()));
    assert_eq!(Some(own), by_git(world, &dir, &vars), "{} {vars:?}", dir.display());
}

fn is_left_to_git(world: &World, dir: &str, vars: &[(&str, String)]) {
    let dir = world.path().canonicalize().unwrap().join(dir);
    assert!(by_own(&dir, vars).is_none(), "{} {vars:?}", dir.display());
}

#[test]
fn the_usual_repositories_are_found_without_git() {
    let world = world(&format!(
        "{PLAIN}\ngit worktree add -q ../linked\nmkdir ../linked/in\n\
         git -c protocol.file.allow=always submodule --quiet add ../repo module\n\
         git init -q --separate-git-dir ../away ../pointed && mkdir ../elsewhere ../pointed/in\n\
         git init -q ../moved && git -C ../moved config core.worktree ../../elsewhere\n\
         git init -q ../own && git -C ../own config extensions.worktreeConfig true\n\
         git -C ../own commit -q --allow-empty -m x && git -C ../own worktree add -q ../own-linked\n\
         ln -s repo ../to-repo"
    ));
    for dir in [
        "repo",
        "repo/sub/deep",
        "linked",
        "linked/in",
        "repo/module",
        "pointed",
        "pointed/in",
        "moved",
        "own",
        "own-linked",
        "to-repo/sub",
    ] {
        check(&world, dir, &[]);
    }
}

#[test]
fn the_environment_is_followed() {
    let world = world(&format!("{PLAIN}\ngit worktree add -q ../linked\nmkdir ../tree"));
    check(&world, "repo/sub", &[("GIT_DIR", "../.git")]);
    check(&world, "tree", &[("GIT_DIR", "../repo/.git")]);
    check(&world, "repo", &[("GIT_DIR", ".git"), ("GIT_WORK_TREE", ".")]);
    check(&world, "repo/sub", &[("GIT_DIR", "[WORLD]/repo/.git"), ("GIT_WORK_TREE", "..")]);
    check(&world, "tree", &[("GIT_DIR", "[WORLD]/repo/.git"), ("GIT_WORK_TREE", "[WORLD]/tree")]);
    check(&world, "linked", &[("GIT_DIR", "[WORLD]/repo/.git/worktrees/linked")]);
    check(&world, "linked", &[("GIT_DIR", ".git")]);
    check(&world, "repo/sub", &[("GIT_WORK_TREE", "[WORLD]/tree")]);
    check(&world, "repo/sub", &[("GIT_CEILING_DIRECTORIES", "[WORLD]")]);
    check(&world, "repo/sub", &[("GIT_CEILING_DIRECTORIES", "[WORLD]/repo/sub")]);
    check(&world, "repo", &[("GIT_CEILING_DIRECTORIES", "[WORLD]/repo")]);
    check(&world, "linked", &[("GIT_COMMON_DIR", "[WORLD]/repo/.git")]);
}

#[test]
fn whatever_is_odd_is_left_to_git() {
    let world = world(&format!(
        "{PLAIN}\ngit init -q --bare ../bare.git\nmkdir -p ../none ../broken/.git\n\
         git init -q --object-format=sha256 ../sha256\ngit init -q --ref-format=reftable ../table\n\
         git init -q ../future && git -C ../future config core.repositoryformatversion 9\n\
         echo 'gitdir: nowhere' > ../none/.git\nmkdir ../lone && ln -s ../repo/.git ../lone/.git"
    ));
    for dir in ["bare.git", "bare.git/refs", "repo/.git", "none", "broken", "sha256", "table", "future", "lone"] {
        is_left_to_git(&world, dir, &[]);
    }
    let root = world.path().canonicalize().unwrap().display().to_string();
    is_left_to_git(&world, "repo/sub", &[("GIT_CEILING_DIRECTORIES", format!("{root}/repo"))]);
    is_left_to_git(&world, "repo", &[("GIT_TEST_ASSUME_DIFFERENT_OWNER", "1".to_owned())]);
    is_left_to_git(&world, "repo", &[("GIT_DIR", format!("{root}/none"))]);
}

#[test]
fn a_relative_index_file_belongs_to_the_top_of_the_work_tree() {
    let world = world(&format!(
        "{PLAIN}\necho y > g && git add g && cp .git/index other && git reset -q --hard\necho z > sub/h"
    ));
    let dir = world.path().canonicalize().unwrap().join("repo/sub");
    let vars = [("GIT_INDEX_FILE", "other".to_owned())];
    let (_, index) = by_own(&dir, &vars).unwrap();
    assert_eq!(index, world.path().canonicalize().unwrap().join("repo/other"));
    let repo = Repo::discover_with(&dir, Env::default().with("GIT_INDEX_FILE", "other")).unwrap();
    let pairs = staged_pairs(&repo).unwrap();
    assert_eq!(pairs[0].iter().map(|pair| pair.path.as_bytes()).collect::<Vec<_>>(), [b"g"]);
}

#[test]
fn the_parents_that_git_merge_names_count_as_parents() {
    let world = world(&format!(
        "{PLAIN}\ngit branch side\necho ours > ours && git add ours && git commit -qm ours\n\
         git checkout -q side\necho theirs > theirs && git add theirs && git commit -qm theirs\n\
         git checkout -q main\ngit merge -q --no-commit side\necho more > more && git add more\n\
         mv .git/MERGE_HEAD ../head"
    ));
    let side = std::fs::read_to_string(world.path().join("head")).unwrap();
    let dir = world.repo();
    let paths = |env: Env| {
        let repo = Repo::discover_with(&dir, env).unwrap();
        let listing = gatehook::git::staged(&repo).unwrap();
        assert!(listing.gaps.is_empty());
        listing.changes.iter().map(|change| change.path.to_string()).collect::<Vec<_>>()
    };
    assert_eq!(paths(Env::default()), ["more", "theirs"]);
    let named = format!("GITHEAD_{}", side.trim());
    assert_eq!(paths(Env::default().with(&named, "side")), ["more"]);
    // Another repository's merge says nothing here.
    let stranger = format!("GITHEAD_{}", "1".repeat(40));
    assert_eq!(paths(Env::default().with(&stranger, "x")), ["more", "theirs"]);
}
