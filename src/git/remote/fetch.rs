//! Fetching what a shallow clone lacks, for `gatehook ci` alone, and asking a remote which branches it still has, for
//! a push: the only things here that talk to a remote. Hooks never fetch.

use std::io::Read;
use std::process::Stdio;
use std::time::{Duration, Instant};

use crate::git::repository::command;
use crate::git::repository::error::GitError;
use crate::git::repository::repo::Repo;
use crate::sys::Group;

/// How far fetching may go.
#[derive(Clone, Copy, Debug)]
pub struct Fetching {
    /// When it ends, whatever is still missing; `None` where nothing may be fetched.
    pub until: Option<Instant>,
}

/// Bytes of an error's text that are kept.
const TOLD: u64 = 4 << 10;
/// Bytes of a list of branches that are read.
const ADVERTISED: u64 = 16 << 20;

/// The remote that a clone came from, and what was asked of it.
pub(in crate::git) struct Remote<'r> {
    repo: &'r Repo,
    name: String,
    fetching: Fetching,
    /// What was done, a few words each.
    pub(in crate::git) done: Vec<String>,
}

impl<'r> Remote<'r> {
    pub(in crate::git) fn new(repo: &'r Repo, name: String, fetching: Fetching) -> Self {
        Self { repo, name, fetching, done: Vec::new() }
    }

    /// Its name.
    pub(in crate::git) fn name(&self) -> &str {
        &self.name
    }

    /// Whether the clone lacks history.
    pub(in crate::git) fn is_shallow(&self) -> bool {
        !self.repo.shallow().is_empty()
    }

    /// Fetches a commit by its id; with as little history as the clone has.
    pub(in crate::git) fn commit(&mut self, id: &str) -> Result<(), String> {
        // In a whole clone a depth would cut what is there.
        let depth: &[&str] = if self.is_shallow() { &["--depth=1"] } else { &[] };
        self.fetch(depth, &[id], format!("commit {id:.12}"))
    }

    /// Fetches a branch into its remote-tracking ref.
    pub(in crate::git) fn branch(&mut self, branch: &str) -> Result<(), String> {
        let depth: &[&str] = if self.is_shallow() { &["--depth=1"] } else { &[] };
        let spec = format!("+refs/heads/{branch}:refs/remotes/{}/{branch}", self.name);
        self.fetch(depth, &[&spec], format!("branch {branch}"))
    }

    /// Fetches `by` more commits of history behind `ids`; all of it where `by` is `None`.
    pub(in crate::git) fn deepen(&mut self, by: Option<u32>, ids: &[String]) -> Result<(), String> {
        let (depth, told) = match by {
            Some(by) => (format!("--deepen={by}"), format!("{by} commits more")),
            None => ("--unshallow".to_owned(), "all history".to_owned()),
        };
        let ids: Vec<&str> = ids.iter().map(String::as_str).collect();
        self.fetch(&[&depth], &ids, told)
    }

    /// The branch that the remote calls its default one.
    pub(in crate::git) fn default_branch(&mut self) -> Option<String> {
        let known = format!("refs/remotes/{}/HEAD", self.name);
        if let Ok(target) = command::run(&self.repo.top, &["symbolic-ref", "--quiet", &known]) {
            let target = String::from_utf8_lossy(&target).trim().to_owned();
            return Some(target.strip_prefix(&format!("refs/remotes/{}/", self.name))?.to_owned());
        }
        let listed = self.git(&["ls-remote", "--symref", &self.name.clone(), "HEAD"]).ok()?;
        let line = listed.lines().find_map(|line| line.strip_prefix("ref: refs/heads/"))?;
        Some(line.split('\t').next()?.to_owned())
    }

    /// What its branches and tags point at, as `ls-remote` prints it.
    pub(in crate::git) fn advertised(&self) -> Result<String, String> {
        self.git_up_to(ADVERTISED, &["ls-remote", "--quiet", "--heads", "--tags", "--end-of-options", &self.name])
    }

    fn fetch(&mut self, options: &[&str], specs: &[&str], told: String) -> Result<(), String> {
        let mut args = vec!["fetch", "--quiet", "--no-tags", "--no-recurse-submodules"];
        args.extend(options);
        args.push("--end-of-options");
        let name = self.name.clone();
        args.push(&name);
        args.extend(specs);
        self.git(&args)?;
        self.done.push(told);
        Ok(())
    }

    /// Runs git with the remote's own means: credentials and transports that the CI system configured
    /// are what a fetch is made of.
    fn git(&self, args: &[&str]) -> Result<String, String> {
        self.git_up_to(TOLD, args)
    }

    fn git_up_to(&self, most: u64, args: &[&str]) -> Result<String, String> {
        let Some(until) = self.fetching.until else { return Err("nothing may be fetched".to_owned()) };
        let left = until.saturating_duration_since(Instant::now());
        if left.is_zero() {
            return Err("the time for fetching is over".to_owned());
        }
        let mut command = command::git(&self.repo.top);
        command.args(["-c", "gc.auto=0", "-c", "maintenance.auto=false"]).args(args);
        command.env_remove("GIT_NO_LAZY_FETCH").stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut group = Group::spawn(&mut command).map_err(|error| GitError::NoGit(error).to_string())?;
        let (mut out, mut told) = (group.take_stdout(), group.take_stderr());
        let reader = move |pipe: &mut dyn Read| {
            let mut text = Vec::new();
            // What is beyond is read and dropped, so that the program can end.
            let _ = pipe.take(most).read_to_end(&mut text);
            let _ = std::io::copy(pipe, &mut std::io::sink());
            String::from_utf8_lossy(&text).trim().to_owned()
        };
        let (status, out, told) = std::thread::scope(|scope| {
            let out = scope.spawn(move || out.as_mut().map(|pipe| reader(pipe)).unwrap_or_default());
            let told = scope.spawn(move || told.as_mut().map(|pipe| reader(pipe)).unwrap_or_default());
            let status = group.wait(left);
            (status, out.join().unwrap_or_default(), told.join().unwrap_or_default())
        });
        match status {
            Ok(Some(status)) if status.success() => Ok(out),
            Ok(Some(_)) => Err(told.lines().next().unwrap_or("git failed without a word").to_owned()),
            Ok(None) => Err(format!("it took longer than the {} s that are left for fetching", left.as_secs())),
            Err(error) => Err(error.to_string()),
        }
    }
}

impl Fetching {
    /// Nothing may be fetched.
    pub const NEVER: Self = Self { until: None };

    /// Fetching may take this long in all.
    pub fn for_at_most(time: Duration) -> Self {
        Self { until: Some(Instant::now() + time) }
    }
}
