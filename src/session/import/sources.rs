//! The foreign files: which there are, of which kind each is, and what each says.

use std::io;
use std::path::{Path, PathBuf};

use super::{ImportRequest, Tool};
use crate::finding::Exit;
use crate::foreign::{self, Kind, Plan};
use crate::git;
use crate::session::{Failure, Workspace, fail, files, stop};
use crate::text::escape;

/// Names at the repository's root.
const KNOWN: &[(&str, Kind)] = &[
    (".gitleaks.toml", Kind::GitleaksConfig),
    (".gitleaksignore", Kind::GitleaksIgnore),
    (".gitleaks-baseline.json", Kind::GitleaksReport),
    ("gitleaks-baseline.json", Kind::GitleaksReport),
    (".secrets.baseline", Kind::DetectSecrets),
    (".talismanrc", Kind::Talisman),
    (".gitallowed", Kind::GitAllowed),
    (".pre-commit-config.yaml", Kind::PreCommit),
];

/// Files that name further files, at most so many in all.
const MOST: usize = 64;

/// A foreign file that was read.
pub(super) struct Source {
    /// Its name, fit for display.
    pub(super) name: String,
    /// What it says.
    pub(super) plan: Plan,
}

/// Reads all that is asked for, and all that those files name; also why a file that was asked for, or that another
/// one names, could not be read.
pub(super) fn gather(here: &Workspace, request: &ImportRequest) -> Result<(Vec<Source>, Vec<Failure>), Failure> {
    let mut queue: Vec<(PathBuf, Option<Kind>)> = Vec::new();
    if request.files.is_empty() {
        for (name, kind) in KNOWN.iter().filter(|(_, kind)| request.from.is_none_or(|tool| belongs(*kind, tool))) {
            let path = here.repo.top.join(name);
            if path.symlink_metadata().is_ok() {
                queue.push((path, Some(*kind)));
            }
        }
    } else {
        queue.extend(request.files.iter().map(|file| (file.clone(), None)));
    }
    let mut sources = Vec::new();
    let mut unread: Vec<Failure> = Vec::new();
    let mut seen: Vec<PathBuf> = Vec::new();
    let mut at = 0;
    while let Some((path, kind)) = queue.get(at).cloned() {
        at += 1;
        let real = path.canonicalize().unwrap_or_else(|_| path.clone());
        if seen.contains(&real) || seen.len() >= MOST {
            continue;
        }
        seen.push(real);
        match read(here, &path, kind, request.from) {
            Ok(source) => {
                let beside = path.parent().map(Path::to_owned).unwrap_or_default();
                // Paths in arguments of hooks and in `extend.path` are relative to where the tool is started.
                for (kind, file) in &source.plan.also {
                    let beside = beside.join(file);
                    let from_top = here.repo.top.join(file);
                    queue.push((if from_top.exists() { from_top } else { beside }, Some(*kind)));
                }
                sources.push(source);
            }
            Err(failure) => unread.push(failure),
        }
    }
    if request.files.is_empty() && request.from.is_none_or(|tool| tool == Tool::GitSecrets) {
        let text = git::setup::settings_like(&here.repo.top, r"^secrets\.")
            .map_err(|error| fail(&error, error.hint().as_deref(), Exit::NotScanned))?;
        if !text.is_empty() {
            match foreign::read(Kind::GitSecrets, &text) {
                Ok(plan) => sources.push(Source { name: "git's configuration".to_owned(), plan }),
                Err(error) => unread.push(fail(&error, None, Exit::NotScanned)),
            }
        }
    }
    Ok((sources, unread))
}

fn belongs(kind: Kind, tool: Tool) -> bool {
    tool == match kind {
        Kind::GitleaksConfig | Kind::GitleaksIgnore | Kind::GitleaksReport => Tool::Gitleaks,
        Kind::DetectSecrets => Tool::DetectSecrets,
        Kind::Talisman => Tool::Talisman,
        Kind::GitSecrets | Kind::GitAllowed => Tool::GitSecrets,
        Kind::PreCommit => Tool::PreCommit,
    }
}

fn read(here: &Workspace, path: &Path, kind: Option<Kind>, tool: Option<Tool>) -> Result<Source, Failure> {
    let shown = path.strip_prefix(&here.repo.top).unwrap_or(path);
    let name = escape(shown.as_os_str().as_encoded_bytes()).to_string();
    let text = files::read_regular(path, foreign::MOST)
        .and_then(|text| {
            text.ok_or_else(|| io::Error::new(io::ErrorKind::NotFound, format!("there is no file `{name}`")))
        })
        .map_err(|error| {
            fail(&error, Some(&format!("make `{name}` readable, or import the other files by name")), Exit::Usage)
        })?;
    let kind = kind
        .or_else(|| kind_of(path, &text, tool))
        .ok_or_else(|| stop(&format!("cannot tell which tool `{name}` belongs to"), "`--from TOOL` says so"))?;
    let plan = foreign::read(kind, &text).map_err(|error| {
        let error = io::Error::other(format!("`{name}` cannot be taken over: {error}"));
        fail(&error, Some("nothing of this file was taken over; fix it, or leave it out"), Exit::Usage)
    })?;
    Ok(Source { name, plan })
}

/// By its name, else by the tool that is named and its ending, else by what stands in it.
fn kind_of(path: &Path, text: &[u8], tool: Option<Tool>) -> Option<Kind> {
    let name = path.file_name()?.to_string_lossy().into_owned();
    if let Some((_, kind)) =
        KNOWN.iter().find(|(own, kind)| *own == name && tool.is_none_or(|tool| belongs(*kind, tool)))
    {
        return Some(*kind);
    }
    let ends = |ending: &str| name.ends_with(ending);
    let holds = |word: &str| text.windows(word.len()).any(|part| part == word.as_bytes());
    match tool {
        Some(Tool::Gitleaks) if ends(".json") => Some(Kind::GitleaksReport),
        Some(Tool::Gitleaks) | None if ends(".toml") => Some(Kind::GitleaksConfig),
        Some(Tool::Gitleaks) => Some(Kind::GitleaksIgnore),
        Some(Tool::DetectSecrets) => Some(Kind::DetectSecrets),
        Some(Tool::Talisman) => Some(Kind::Talisman),
        Some(Tool::GitSecrets) => Some(Kind::GitAllowed),
        Some(Tool::PreCommit) => Some(Kind::PreCommit),
        None if holds("\"plugins_used\"") || holds("\"hashed_secret\"") => Some(Kind::DetectSecrets),
        None if holds("\"RuleID\"") => Some(Kind::GitleaksReport),
        None if holds("fileignoreconfig") => Some(Kind::Talisman),
        None if ends(".pre-commit-config.yml") || holds("repos:") => Some(Kind::PreCommit),
        None if name.contains("gitleaksignore") => Some(Kind::GitleaksIgnore),
        None => None,
    }
}
