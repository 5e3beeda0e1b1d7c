//! The base and head of a change under review: which of the candidates that a CI system names exist
//! here, and what has to be fetched until the commits between them are all here.

use std::collections::HashSet;

use super::commits::short;
use crate::change::Oid;
use crate::ci::{Base, BaseAt, Event, Review};
use crate::finding::{Gap, GapKind};
use crate::git::objects::marks;
use crate::git::remote::destination;
use crate::git::remote::fetch::{Fetching, Remote};
use crate::git::repository::command;
use crate::git::repository::error::GitError;
use crate::git::repository::repo::{Repo, unexpected};

/// Commits that are fetched step by step, before all of history is.
const STEPS: [u32; 5] = [4, 16, 64, 256, 1024];

/// Lines of work that a change joins, each of which is asked for: beyond them all of history is.
const MOST_OLDEST: usize = 32;

/// A change whose ends are here, with every commit between them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ends {
    /// What is under review.
    pub head: Oid,
    /// What the other side has: no commit that one of these reaches is new.
    pub without: Vec<Oid>,
    /// Where the change left the other side; `None` where they share no history.
    pub base: Option<Oid>,
    /// Base, head and who named them, for the log.
    pub how: String,
}

/// What there is to look at.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Scope {
    /// A change.
    Change(Ends),
    /// No change is under review: all that `head` holds.
    Whole {
        /// What is checked out or named.
        head: Oid,
        /// Why.
        how: String,
    },
    /// There is a change, but its base is not known.
    Unknown {
        /// What is checked out or named.
        head: Oid,
        /// What was tried.
        how: String,
    },
    /// Nothing, for this reason.
    Nothing(String),
}

/// Finds the ends of the change under `review`.
///
/// # Errors
///
/// [`GitError::BadRange`] where a base or head that was named is not a commit and cannot be fetched.
pub fn scope(repo: &Repo, review: &Review, fetching: Fetching) -> Result<Scope, GitError> {
    if review.event == Event::Deletion {
        return Ok(Scope::Nothing("the ref was deleted: nothing to scan".to_owned()));
    }
    if let Some(why) = &review.unknown {
        return Err(GitError::BadRange { spec: "HEAD".to_owned(), reason: why.clone() });
    }
    let name = destination::of(repo, None, None)?.unwrap_or_else(|| "origin".to_owned());
    let mut search = Search { repo, remote: Remote::new(repo, name, fetching), tried: Vec::new() };
    let (head, named) = search.head(&review.head)?;
    let told = short(head);
    if review.event == Event::Whole {
        let how = format!("{} names no change: all of head {told} ({named})", review.system);
        return Ok(Scope::Whole { head, how });
    }
    for base in &review.base {
        let Some(without) = search.base(base, head)? else { continue };
        match search.ends(head, without, base)? {
            Met::Apart(base_id, without) => {
                let from = base_id.map_or_else(|| "none in common".to_owned(), short);
                let mut how = format!("base {from} ({}) .. head {told} ({named})", base.how);
                if !search.remote.done.is_empty() {
                    how = format!("{how}, fetched {}", search.remote.done.join(", "));
                }
                return Ok(Scope::Change(Ends { head, without, base: base_id, how }));
            }
            Met::Same if base.guessed => search.tried.push(format!("{}: it equals the head", base.how)),
            Met::Same => {
                let how = format!("head {told} ({named}) holds nothing that its base ({}) lacks", base.how);
                return Ok(Scope::Nothing(format!("{how}: nothing to scan")));
            }
            Met::Cut(why) => search.tried.push(format!("{}: {why}", base.how)),
        }
    }
    let tried = if search.tried.is_empty() { "nothing names one".to_owned() } else { search.tried.join("; ") };
    Ok(Scope::Unknown { head, how: format!("the base of head {told} ({named}) is not known: {tried}") })
}

/// Fetches the history that a shallow clone lacks, for a look at all that `head` reaches. What then is
/// still missing is a gap.
///
/// # Errors
///
/// Where git cannot be asked.
pub fn complete(repo: &Repo, head: Oid, fetching: Fetching) -> Result<Option<Gap>, GitError> {
    let name = destination::of(repo, None, None)?.unwrap_or_else(|| "origin".to_owned());
    let mut remote = Remote::new(repo, name, fetching);
    if !remote.is_shallow() {
        return Ok(None);
    }
    let failed = remote.deepen(None, &[head.to_string()]).err();
    Ok(remote.is_shallow().then(|| Gap {
        path: None,
        kind: GapKind::Unread,
        reason: format!(
            "the clone is shallow, and what lies behind its edge was not looked at ({})",
            failed.unwrap_or_else(|| "the remote is shallow itself".to_owned())
        ),
        hint: "check out with all history (`fetch-depth: 0`, `GIT_DEPTH: 0`)".to_owned(),
    }))
}

/// How a head stands to a base.
enum Met {
    /// It has commits of its own, all of them here.
    Apart(Option<Oid>, Vec<Oid>),
    /// The base reaches it.
    Same,
    /// History is missing, for this reason.
    Cut(String),
}

struct Search<'r> {
    repo: &'r Repo,
    remote: Remote<'r>,
    /// Candidates that came to nothing, and why.
    tried: Vec<String>,
}

impl Search<'_> {
    /// The head. Where somebody named one, nothing else will do: what is checked out may be the base.
    fn head(&mut self, candidates: &[(String, &'static str)]) -> Result<(Oid, &'static str), GitError> {
        let mut reasons = Vec::new();
        for (revision, how) in candidates {
            match self.here_or_fetched(revision)? {
                Ok(id) => return Ok((id, how)),
                Err(why) => reasons.push(format!("{how}: {why}")),
            }
        }
        if let Some((revision, _)) = candidates.first() {
            let reason = format!("the head under review is not here ({})", reasons.join("; "));
            return Err(GitError::BadRange { spec: revision.clone(), reason });
        }
        match self.commit("HEAD")? {
            Some(id) => Ok((id, "checked out")),
            None => Err(GitError::BadRange { spec: "HEAD".to_owned(), reason: "there is no commit yet".to_owned() }),
        }
    }

    /// What the other side has by this candidate; `None` where it leads nowhere.
    fn base(&mut self, base: &Base, head: Oid) -> Result<Option<Vec<Oid>>, GitError> {
        let found = match &base.at {
            BaseAt::Revision(revision) => self.here_or_fetched(revision)?,
            BaseAt::Branch(name) => self.branch(name)?,
            BaseAt::DefaultBranch => match self.remote.default_branch() {
                Some(name) => self.branch(&name)?,
                None => Err(format!("the remote `{}` does not tell it", self.remote.name())),
            },
            BaseAt::FirstParent => self.commit(&format!("{head}^1"))?.ok_or_else(|| "it has none here".to_owned()),
            BaseAt::ParentOfMerge => match (self.commit("HEAD^1")?, self.commit("HEAD^2")?) {
                (Some(first), Some(second)) if second == head => Ok(first),
                _ => Err("what is checked out is not a merge of the head".to_owned()),
            },
        };
        let mut without = match found {
            Ok(id) => vec![id],
            Err(why) if base.told => {
                let BaseAt::Revision(spec) = &base.at else { return Ok(None) };
                return Err(GitError::BadRange { spec: spec.clone(), reason: format!("{}: {why}", base.how) });
            }
            Err(why) => {
                self.tried.push(format!("{}: {why}", base.how));
                return Ok(None);
            }
        };
        if let Some(name) = &base.also {
            without.extend(self.branch(name.trim_start_matches("refs/heads/"))?.ok());
        }
        Ok(Some(without))
    }

    /// Whether all that lies between is here; history is fetched until it is.
    fn ends(&mut self, head: Oid, without: Vec<Oid>, base: &Base) -> Result<Met, GitError> {
        let mut steps = STEPS.iter().copied().map(Some).chain([None]);
        loop {
            // In a whole clone two histories may have nothing in common, or, merged crosswise, several ancestors.
            let fork = self.forks(head, &without)?.first().copied();
            if fork == Some(head) {
                return Ok(Met::Same);
            }
            let Some(why) = self.cut(head, &without)? else { return Ok(Met::Apart(fork, without)) };
            let Some(step) = steps.next() else { return Ok(Met::Cut(why)) };
            let ids: Vec<String> =
                std::iter::once(head).chain(without.iter().copied()).map(|id| id.to_string()).collect();
            if let Err(failed) = self.remote.deepen(step, &ids) {
                if base.told {
                    let spec = without.first().map(ToString::to_string).unwrap_or_default();
                    return Err(GitError::BadRange { spec, reason: format!("{}: {why}; {failed}", base.how) });
                }
                return Ok(Met::Cut(format!("{why}; {failed}")));
            }
        }
    }

    /// Why the commits between are not surely known; `None` where they are.
    ///
    /// In a shallow clone a commit may be reached by the base on a path that is cut off. It is surely new
    /// where everything at which the base's history is cut is older than it, hence where all of that is
    /// among the ancestors of the oldest new commits.
    fn cut(&self, head: Oid, without: &[Oid]) -> Result<Option<String>, GitError> {
        let edge = self.repo.shallow();
        if edge.is_empty() {
            return Ok(None);
        }
        if self.forks(head, without)?.len() != 1 {
            return Ok(Some("the clone is too shallow to tell the one common ancestor".to_owned()));
        }
        let new = self.listed(&["--parents"], &[head], without)?;
        if new.iter().any(|line| edge.contains(&line[0])) {
            return Ok(Some("the clone is too shallow to hold the parents of all its commits".to_owned()));
        }
        let is_new: HashSet<Oid> = new.iter().map(|line| line[0]).collect();
        let oldest: Vec<Oid> =
            new.iter().filter(|line| line[1..].iter().all(|id| !is_new.contains(id))).map(|line| line[0]).collect();
        let unsure = "the clone is too shallow to tell what the base has".to_owned();
        if oldest.len() > MOST_OLDEST {
            return Ok(Some(unsure));
        }
        for old in oldest {
            if self.listed(&[], without, &[old])?.iter().any(|line| edge.contains(&line[0])) {
                return Ok(Some(unsure));
            }
        }
        Ok(None)
    }

    /// What `rev-list ARGS` tells of the commits that `with` reach and `without` do not: the ids of each line.
    fn listed(&self, args: &[&str], with: &[Oid], without: &[Oid]) -> Result<Vec<Vec<Oid>>, GitError> {
        let input = [marks::lines("", with), marks::lines("^", without)].concat();
        let args: Vec<&str> = ["rev-list", "--stdin"].iter().chain(args).copied().collect();
        let answer = command::feed(&self.repo.top, &args, &input)?;
        let lines = answer.split(|&byte| byte == b'\n').filter(|line| !line.is_empty());
        lines
            .map(|line| line.split(|&byte| byte == b' ').map(Oid::from_hex).collect::<Option<Vec<_>>>())
            .collect::<Option<_>>()
            .ok_or_else(|| unexpected("rev-list", "no ids"))
    }

    /// The best common ancestors of `head` and all of `without` taken together.
    fn forks(&self, head: Oid, without: &[Oid]) -> Result<Vec<Oid>, GitError> {
        let ids: Vec<String> = std::iter::once(&head).chain(without).map(ToString::to_string).collect();
        let mut args = vec!["merge-base", "--all"];
        args.extend(ids.iter().map(String::as_str));
        match command::run(&self.repo.top, &args) {
            Ok(answer) => Ok(answer.split(|&byte| byte == b'\n').filter_map(Oid::from_hex).collect()),
            // Without a word: there is none.
            Err(GitError::Failed { message, .. }) if message.is_empty() => Ok(Vec::new()),
            Err(error) => Err(error),
        }
    }

    fn branch(&mut self, name: &str) -> Result<Result<Oid, String>, GitError> {
        let tracking = format!("refs/remotes/{}/{name}", self.remote.name());
        let here = self.commit(&tracking)?;
        // A shallow clone has the branch as it was when somebody asked for it.
        if let Some(id) = here.filter(|_| !self.remote.is_shallow()) {
            return Ok(Ok(id));
        }
        match (self.remote.branch(name), here) {
            (Ok(()), _) => Ok(self.commit(&tracking)?.ok_or_else(|| format!("the branch `{name}` is not a commit"))),
            (Err(_), Some(id)) => Ok(Ok(id)),
            (Err(why), None) => Ok(Err(format!("the branch `{name}` is not here, {why}"))),
        }
    }

    fn here_or_fetched(&mut self, revision: &str) -> Result<Result<Oid, String>, GitError> {
        if let Some(id) = self.commit(revision)? {
            return Ok(Ok(id));
        }
        let is_id = matches!(revision.len(), 40 | 64) && revision.bytes().all(|byte| byte.is_ascii_hexdigit());
        if !is_id {
            return Ok(Err(format!("`{revision}` is not a commit here")));
        }
        let fetched = self.remote.commit(revision);
        match (fetched, self.commit(revision)?) {
            (_, Some(id)) => Ok(Ok(id)),
            (Ok(()), None) => Ok(Err(format!("`{revision:.12}` is not a commit"))),
            (Err(why), None) => Ok(Err(format!("`{revision:.12}` is not here, {why}"))),
        }
    }

    fn commit(&self, revision: &str) -> Result<Option<Oid>, GitError> {
        let spec = format!("{revision}^{{commit}}");
        match command::run(&self.repo.top, &["rev-parse", "--verify", "--quiet", "--end-of-options", &spec]) {
            Ok(id) => Ok(Oid::from_hex(id.trim_ascii())),
            // With `--quiet` a name that is not there gives no word; an id that is not there gives some.
            Err(GitError::Failed { .. }) => Ok(None),
            Err(error) => Err(error),
        }
    }
}
