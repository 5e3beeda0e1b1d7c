//! Which remote a push goes to, and what is known of it without asking it.

use std::collections::{BTreeSet, HashSet};
use std::time::Duration;

use super::fetch::{Fetching, Remote};
use super::known;
use crate::change::Oid;
use crate::git::repository::command;
use crate::git::repository::doubt::{Doubt, Sure};
use crate::git::repository::error::GitError;
use crate::git::repository::layout::small_file;
use crate::git::repository::repo::{Repo, unexpected};

/// The configured remote that `name` or `url` stands for: by its name, else by its URL, else (both
/// missing) the one a plain `git push` goes to. `None` where there is none.
pub(in crate::git) fn of(repo: &Repo, name: Option<&str>, url: Option<&str>) -> Result<Option<String>, GitError> {
    let remotes = names(repo)?;
    let Some(given) = name.or(url) else { return default(repo, &remotes) };
    if remotes.iter().any(|remote| remote == given) {
        return Ok(Some(given.to_owned()));
    }
    let wanted: Vec<&str> = [name, url].into_iter().flatten().map(plain).collect();
    for remote in remotes {
        for push in [&["remote", "get-url", "--all"][..], &["remote", "get-url", "--push", "--all"][..]] {
            let args: Vec<&str> = push.iter().copied().chain([&remote[..]]).collect();
            let urls = command::run(&repo.top, &args).unwrap_or_default();
            if String::from_utf8_lossy(&urls).lines().any(|own| wanted.contains(&plain(own))) {
                return Ok(Some(remote));
            }
        }
    }
    Ok(None)
}

/// Arguments of `rev-list` that leave out what `remote` has as far as this repository knows.
pub(in crate::git) fn known(repo: &Repo, remote: Option<&str>) -> Result<Vec<String>, GitError> {
    let Some(remote) = remote else { return Ok(Vec::new()) };
    let inner = format!("{remote}/");
    let mut args = vec!["--not".to_owned()];
    // `refs/remotes/a/` holds the branches of a remote called `a/b` too, and `a` need not have those.
    args.extend(names(repo)?.iter().filter(|name| name.starts_with(&inner)).map(|name| format!("--exclude={name}/*")));
    args.push(format!("--remotes={remote}"));
    Ok(args)
}

/// What the default branch of the remote `name` pointed at when it was last asked: no push deletes that one. Where
/// it is not known which it is, the usual names stand for it.
pub fn default_branch(repo: &Repo, name: &str) -> Vec<Oid> {
    let named = |branch: &str| format!("refs/remotes/{name}/{branch}");
    let ask = |branches: &[&str]| {
        let refs: Vec<String> = branches.iter().map(|branch| named(branch)).collect();
        let mut args = vec!["for-each-ref", "--format=%(objectname)"];
        args.extend(refs.iter().map(String::as_str));
        let answer = command::run(&repo.top, &args).unwrap_or_default();
        answer.split(|&byte| byte == b'\n').filter_map(Oid::from_hex).collect::<Vec<_>>()
    };
    let head = ask(&["HEAD"]);
    if head.is_empty() { ask(&USUAL) } else { head }
}

/// How long the other side may take to say what it has.
const ASKING: Duration = Duration::from_secs(10);

/// What the branches and tags of the remote at `url` point at, asked of it as the push itself does.
pub(in crate::git) fn advertised(repo: &Repo, url: &str) -> Result<HashSet<Oid>, String> {
    let answer = Remote::new(repo, url.to_owned(), Fetching::for_at_most(ASKING)).advertised()?;
    Ok(answer.lines().filter_map(|line| Oid::from_hex(line.split('\t').next()?.as_bytes())).collect())
}

/// Names that default branches have.
pub(in crate::git) const USUAL: [&str; 4] = ["main", "master", "trunk", "develop"];

/// All local branches and tags, and HEAD: name and object.
pub(in crate::git) fn local_refs(repo: &Repo) -> Result<Vec<(Vec<u8>, Oid)>, GitError> {
    let args = ["for-each-ref", "--format=%(objectname) %(refname)", "refs/heads", "refs/tags"];
    let mut listed = command::run(&repo.top, &args)?;
    if let Ok(head) = command::run(&repo.top, &["rev-parse", "--verify", "--quiet", "HEAD^{commit}"]) {
        listed.extend_from_slice(head.trim_ascii());
        listed.extend_from_slice(b" HEAD\n");
    }
    listed
        .split(|&byte| byte == b'\n')
        .filter(|line| !line.is_empty())
        .map(|line| {
            let (hex, name) = line.split_at(line.iter().position(|&byte| byte == b' ')?);
            Some((name[1..].to_vec(), Oid::from_hex(hex)?))
        })
        .collect::<Option<_>>()
        .ok_or_else(|| unexpected("for-each-ref", &String::from_utf8_lossy(&listed)))
}

/// The names of all remotes, in order: read by libgit2 where that sees what git sees.
fn names(repo: &Repo) -> Result<Vec<String>, GitError> {
    if let Ok(names) = fast_names(repo) {
        return Ok(names);
    }
    let listed = command::run(&repo.top, &["remote"])?;
    Ok(String::from_utf8_lossy(&listed).lines().map(str::to_owned).collect())
}

/// A doubt where configurations include others, a variable names a remote, or a remote of old has a file.
fn fast_names(repo: &Repo) -> Sure<Vec<String>> {
    let odd = |_: git2::Error| Doubt::new("the configuration is not understood");
    repo.places()?;
    let has_files = |dir: &&str| std::fs::read_dir(repo.common_dir.join(dir)).is_ok_and(|mut dir| dir.next().is_some());
    if ["remotes", "branches"].iter().any(has_files) || repo.env.configures(&["remote.", "include"]) {
        return Err(Doubt::new("remotes are named elsewhere"));
    }
    let mut names = BTreeSet::new();
    for file in known::configurations(repo) {
        let Some(text) = small_file(&file)? else { continue };
        if memchr::memmem::find(&text.to_ascii_lowercase(), b"include").is_some() {
            return Err(Doubt::new("a configuration includes others"));
        }
        let config = git2::Config::open(&file).map_err(odd)?;
        config
            .entries(Some("^remote\\..*\\..*$"))
            .map_err(odd)?
            .for_each(|entry| {
                let name = String::from_utf8_lossy(entry.name_bytes()).into_owned();
                let inner = name.strip_prefix("remote.").and_then(|rest| Some(rest.rsplit_once('.')?.0.to_owned()));
                names.extend(inner);
            })
            .map_err(odd)?;
    }
    Ok(names.into_iter().collect())
}

fn default(repo: &Repo, remotes: &[String]) -> Result<Option<String>, GitError> {
    let head = command::run(&repo.top, &["symbolic-ref", "--quiet", "HEAD"]).unwrap_or_default();
    let head = String::from_utf8_lossy(&head).trim().to_owned();
    let mut told = String::new();
    if !head.is_empty() {
        let args = ["for-each-ref", "--format=%(push:remotename)%0a%(upstream:remotename)", &head];
        told = String::from_utf8_lossy(&command::run(&repo.top, &args)?).into_owned();
    }
    let first = told.lines().find(|name| remotes.iter().any(|remote| remote == name));
    let only = || match remotes {
        [one] => Some(one.clone()),
        _ => remotes.iter().find(|name| *name == "origin").cloned(),
    };
    Ok(first.map(str::to_owned).or_else(only))
}

/// A URL without what does not tell repositories apart.
fn plain(url: &str) -> &str {
    url.trim().trim_end_matches('/')
}
