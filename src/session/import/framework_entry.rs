//! gatehook's own entry in `.pre-commit-config.yaml`.
//!
//! The text is added to, never written anew: comments and order of the user's file stay.

use std::fmt::Write;
use std::path::PathBuf;

use crate::finding::Exit;
use crate::foreign;
use crate::session::{Failure, Workspace, fail, files, stop};

const FILE: &str = ".pre-commit-config.yaml";
const REPOSITORY: &str = "https://github.com/gatehook/gatehook";

/// What is to be written.
#[derive(Default)]
pub(super) struct Hook {
    /// For the summary; empty where nothing changes.
    pub(super) told: String,
    file: Option<(PathBuf, String)>,
}

impl Hook {
    /// Writes the file where it changes, and names it then.
    pub(super) fn save(&self) -> Result<Option<PathBuf>, Failure> {
        let Some((path, text)) = &self.file else { return Ok(None) };
        files::write(path, text.as_bytes())?;
        Ok(Some(path.clone()))
    }
}

/// The hook's entry, before all others.
pub(super) fn entry(here: &Workspace) -> Result<Hook, Failure> {
    let path = here.repo.top.join(FILE);
    let text = files::read_regular(&path, foreign::MOST)
        .map_err(|error| fail(&error, Some(&format!("make `{FILE}` readable")), Exit::Usage))?;
    let Some(text) = text else {
        return Err(stop(&format!("there is no `{FILE}` here"), "`gatehook install` needs no framework"));
    };
    let text = String::from_utf8_lossy(&text).into_owned();
    let unread = |error: &foreign::ForeignError| fail(error, Some(&format!("fix `{FILE}` first")), Exit::Usage);
    if foreign::has_gatehook(&text).map_err(|error| unread(&error))? {
        return Ok(Hook::default());
    }
    let added = with_entry(&text);
    // The proof that it went where it belongs: the framework would read it the same way.
    if !foreign::has_gatehook(&added).map_err(|error| unread(&error))? {
        let hint = format!("add the entry by hand: repo {REPOSITORY}, hooks gatehook and gatehook-commit-msg");
        return Err(stop(&format!("`{FILE}` is written in a way that cannot be added to"), &hint));
    }
    Ok(Hook { told: format!("gatehook's hooks in {FILE}"), file: Some((path, added)) })
}

/// The text with an entry before the first `- repo:`, indented as that is.
fn with_entry(text: &str) -> String {
    let newline = if text.contains("\r\n") { "\r\n" } else { "\n" };
    let mut out = String::with_capacity(text.len() + 400);
    let mut done = false;
    for line in text.split_inclusive('\n') {
        let indent = line.len() - line.trim_start().len();
        let dash = line.trim_start();
        if !done && dash.strip_prefix('-').is_some_and(|rest| rest.trim_start().starts_with("repo:")) {
            let gap = dash.len() - dash[1..].trim_start().len();
            let (lead, inner) = (&line[..indent], " ".repeat(indent + gap));
            for row in [
                format!("{lead}-{}repo: {REPOSITORY}", " ".repeat(gap - 1)),
                format!("{inner}rev: v{}", env!("CARGO_PKG_VERSION")),
                format!("{inner}hooks:"),
                format!("{inner}  - id: gatehook"),
                format!("{inner}  - id: gatehook-commit-msg"),
                format!("{inner}  - id: gatehook-pre-push"),
            ] {
                let _ = write!(out, "{row}{newline}");
            }
            done = true;
        }
        out.push_str(line);
    }
    out
}
