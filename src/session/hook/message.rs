//! `commit-msg`: the message as git will keep it.

use std::fs;
use std::io;
use std::path::Path;

use crate::finding::Exit;
use crate::git::setup::message_settings;
use crate::pipeline::Tree;
use crate::rules::Gate;
use crate::session::ConfigFrom;
use crate::source::{Cleanup, Files, chosen_comment, message};

use super::Call;

pub(super) fn run(call: &Call<'_>) -> u8 {
    let Some(file) = call.flags.args.first().map(Path::new) else {
        call.tell("error: the hook `commit-msg` needs the file with the message\nhint: gatehook hook commit-msg FILE");
        return Exit::Usage.code();
    };
    let text = match fs::read(file) {
        Ok(text) => text,
        Err(error) => return unreadable(call, file, &error),
    };
    match look(call, file, &text) {
        Exit::Clean => {}
        stopped => return stopped.code(),
    }
    let code = call.chained(None);
    // The chained hook may have rewritten the message.
    match fs::read(file) {
        Ok(after) if code != 0 || after == text => code,
        Ok(after) => look(call, file, &after).code(),
        Err(error) => unreadable(call, file, &error),
    }
}

fn unreadable(call: &Call<'_>, file: &Path, error: &io::Error) -> u8 {
    call.tell(&format!("error: the message in `{}` cannot be read", file.display()));
    call.after_error(call.fail(error, None, Exit::NotScanned)).code()
}

fn look(call: &Call<'_>, file: &Path, text: &[u8]) -> Exit {
    let repo = match call.repo() {
        Ok(repo) => repo,
        Err(error) => return call.no_git(&error),
    };
    let settings = if call.environment.no_editor { Ok(None) } else { message_settings(&repo.top).map(Some) };
    let settings = match settings {
        Ok(settings) => settings,
        Err(error) => return call.no_git(&error),
    };
    let comment = settings.as_ref().map(|settings| match settings.comment.as_deref() {
        Some("auto") => chosen_comment(text).unwrap_or_default(),
        Some(comment) if !comment.is_empty() => comment.as_bytes(),
        _ => b"#",
    });
    let mode = settings.as_ref().and_then(|settings| settings.mode.as_deref());
    let cleanup = comment
        .filter(|comment| !comment.is_empty())
        .map_or_else(Cleanup::default, |comment| Cleanup::edited(mode, comment));
    let report = call.look(Gate::Commit, &ConfigFrom::Index(&repo), message(text, cleanup), (&Files, Tree::None));
    let exit = call.conclude(&report);
    if exit == Exit::Blocked {
        call.tell(&format!(
            "help: your message is kept; to take the value out of it: {}",
            bring_back(call, file, text)
        ));
    }
    exit
}

/// The command that opens the same message again, from where git was called.
fn bring_back(call: &Call<'_>, file: &Path, text: &[u8]) -> String {
    // A merge that was stopped is still under way, and its message with it.
    if file.file_name().is_some_and(|name| name == "MERGE_MSG") {
        return "git commit".to_owned();
    }
    // The diff below the scissors would become part of the message without `--verbose`.
    let verbose = memchr::memmem::find(text, b" ------------------------ >8 ------------------------\n").is_some();
    let file = if call.environment.below_top {
        fs::canonicalize(file).unwrap_or_else(|_| file.to_owned())
    } else {
        file.to_owned()
    };
    let quoted = crate::hooks::quoted(&file);
    format!("git commit {}-e -F {quoted}", if verbose { "-v " } else { "" })
}
