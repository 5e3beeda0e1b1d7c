//! Calls of gatehook from hooks that belong to another tool: the line to add to its script or
//! configuration, writing it, finding it, taking it out.

use std::path::{Path, PathBuf};

use super::files::{exists, is_executable, script};
use super::place::{Owner, Place};
use super::{Action, Hook, HooksError, shim};

const BEGIN: &str = "# gatehook begin: `gatehook uninstall` takes this out\n";
const END: &str = "# gatehook end\n";
/// What a script consists of that was written for the call alone.
const ALONE: &[u8] = b"#!/bin/sh\n";

/// The line that runs gatehook in a shell script and lets it stop the script. The program is the
/// one on PATH: such scripts are shared with people on other machines.
fn line(hook: Hook) -> String {
    format!("gatehook hook {hook} \"$@\" || exit $?")
}

/// The lines for a script that may read standard input itself after gatehook has.
fn lines(hook: Hook) -> String {
    if !matches!(hook, Hook::PrePush | Hook::PreReceive) {
        return format!("{}\n", line(hook));
    }
    format!(
        "gatehook_input=$(cat)\nprintf '%s\\n' \"$gatehook_input\" | {}\n\
         exec <<GATEHOOK\n$gatehook_input\nGATEHOOK\n",
        line(hook)
    )
}

/// What lefthook's configuration needs.
pub(super) fn lefthook(hook: Hook) -> String {
    let (args, more) = match hook {
        Hook::PreCommit | Hook::PreMergeCommit => ("", ""),
        Hook::CommitMsg => (" {1}", ""),
        Hook::PrePush => (" {1} {2}", "\n      use_stdin: true"),
        Hook::PreReceive => ("", "\n      use_stdin: true"),
    };
    format!("{hook}:\n  commands:\n    gatehook:\n      run: gatehook hook {hook}{args}{more}\n")
}

/// The error that tells what to add where, for `hooks` of a place that is somebody else's.
pub(super) fn overridden(place: &Place, hooks: &[Hook]) -> HooksError {
    let (value, origin) =
        place.setting.as_ref().map(|setting| (setting.value.clone(), setting.origin.clone())).unwrap_or_default();
    let remedy = match &place.owner {
        Owner::Lefthook(file) => {
            let lines: String = hooks.iter().map(|&hook| lefthook(hook)).collect();
            format!("add to {}:\n{}", shown(place, file), lines.trim_end())
        }
        Owner::Husky(dir) | Owner::Somebody(dir) => {
            let mut text = String::new();
            for &hook in hooks {
                let file = dir.join(hook.word());
                let lines = if exists(&file) { lines(hook) } else { format!("{}\n", line(hook)) };
                text.extend(["add to ", &shown(place, &file), ":\n", &lines]);
            }
            let dir = shim::quoted(Path::new(&shown(place, dir)));
            format!("{text}`gatehook install --into {dir}` writes that")
        }
        Owner::Repository | Owner::Gatehook | Owner::Off => {
            let scope = place.setting.as_ref().map_or("local", |setting| &setting.scope);
            format!("it switches hooks off; `git config --{scope} --unset core.hooksPath` brings them back")
        }
    };
    HooksError::Overridden { value, origin, remedy }
}

fn shown(place: &Place, path: &Path) -> String {
    path.strip_prefix(&place.top).unwrap_or(path).display().to_string()
}

/// What has to be done for the scripts in `dir` to call gatehook for `hooks`.
pub fn write(dir: &Path, hooks: &[Hook]) -> Result<Vec<Action>, HooksError> {
    let mut plan = Vec::new();
    for &hook in hooks {
        let path = dir.join(hook.word());
        let Some(there) = script(&path)? else {
            let text = [ALONE, BEGIN.as_bytes(), line(hook).as_bytes(), b"\n", END.as_bytes()].concat();
            plan.push(Action::Write { path, text });
            continue;
        };
        if calls(&there, hook) {
            plan.push(Action::Keep { path });
            continue;
        }
        if !is_shell(&there) {
            return Err(HooksError::NoShell { path, hook });
        }
        // Before everything else, for the script may `exit` or `exec` where it likes.
        let first = if there.starts_with(b"#!") { after_line(&there) } else { 0 };
        let (head, tail) = there.split_at(first);
        let text = [head, BEGIN.as_bytes(), lines(hook).as_bytes(), END.as_bytes(), tail].concat();
        plan.push(Action::Edit { path, text });
    }
    Ok(plan)
}

/// What has to be done for the scripts in `dir` not to call gatehook for `hooks` any more.
pub fn take_out(dir: &Path, hooks: &[Hook]) -> Result<Vec<Action>, HooksError> {
    hooks.iter().filter_map(|&hook| remove(dir, hook).transpose()).collect()
}

/// What has to be done for the script of `hook` in `dir` not to call gatehook any more.
pub(super) fn remove(dir: &Path, hook: Hook) -> Result<Option<Action>, HooksError> {
    let path = dir.join(hook.word());
    let Some(there) = script(&path)? else { return Ok(None) };
    let Some(begin) = memchr::memmem::find(&there, BEGIN.as_bytes()) else { return Ok(None) };
    let Some(length) = memchr::memmem::find(&there[begin..], END.as_bytes()) else { return Ok(None) };
    let text = [&there[..begin], &there[begin + length + END.len()..]].concat();
    Ok(Some(if text == ALONE { Action::Remove { path } } else { Action::Edit { path, text } }))
}

/// Whether a line of `text` that is no comment runs gatehook for `hook`.
pub(super) fn calls(text: &[u8], hook: Hook) -> bool {
    let call = format!("hook {hook}");
    text.split(|&byte| byte == b'\n')
        .map(<[u8]>::trim_ascii_start)
        .filter(|line| !line.starts_with(b"#") && memchr::memmem::find(line, b"gatehook").is_some())
        .any(|line| {
            memchr::memmem::find(line, call.as_bytes()).is_some_and(|at| {
                line.get(at + call.len()).is_none_or(|next| !next.is_ascii_alphanumeric() && *next != b'-')
            })
        })
}

/// The files of other tools that run gatehook still, which no one but their owner takes that out of.
pub fn left(place: &Place, hooks: &[Hook]) -> Result<Vec<PathBuf>, HooksError> {
    let mut files: Vec<PathBuf> = Vec::new();
    for &hook in hooks {
        let kept = place.dir.join(hook.word());
        if let Some(file) = through(place, hook)?.filter(|file| !files.contains(file) && !file.starts_with(&kept)) {
            files.push(file);
        }
    }
    Ok(files)
}

/// The file of another tool through which gatehook runs for `hook`, where there is one.
pub(super) fn through(place: &Place, hook: Hook) -> Result<Option<PathBuf>, HooksError> {
    let called = |path: &Path| Ok::<_, HooksError>(script(path)?.is_some_and(|text| calls(&text, hook)));
    match &place.owner {
        Owner::Husky(dir) | Owner::Somebody(dir) => {
            let path = dir.join(hook.word());
            // husky starts the script with `sh`; for git it must be executable.
            let runs = matches!(place.owner, Owner::Husky(_)) || is_executable(&path);
            return Ok((runs && called(&path)?).then_some(path));
        }
        Owner::Lefthook(file) => return Ok(called(file)?.then(|| file.clone())),
        Owner::Off | Owner::Gatehook => return Ok(None),
        Owner::Repository => {}
    }
    let path = place.dir.join(hook.word());
    if !is_executable(&path) {
        return Ok(None);
    }
    let there = script(&path)?.unwrap_or_default();
    if calls(&there, hook) {
        return Ok(Some(path));
    }
    // pre-commit(1) and prek keep the hook that was there as NAME.legacy and run it first.
    let legacy = place.dir.join(format!("{hook}.legacy"));
    if is_executable(&legacy) && script(&legacy)?.is_some_and(|text| shim::version(&text).is_some()) {
        return Ok(Some(legacy));
    }
    let has = |word: &[u8]| memchr::memmem::find(&there, word).is_some();
    if has(b"lefthook")
        && let Some(file) = super::place::lefthook_file(&place.top)
        && called(&file)?
    {
        return Ok(Some(file));
    }
    if has(b"pre-commit") || has(b"prek") {
        for name in [".pre-commit-config.yaml", "prek.toml"] {
            let file = place.top.join(name);
            if script(&file)?.is_some_and(|text| names_id(&text, hook)) {
                return Ok(Some(file));
            }
        }
    }
    Ok(None)
}

/// Whether a framework's configuration names the id under which gatehook runs as `hook`.
fn names_id(text: &[u8], hook: Hook) -> bool {
    let id = match hook {
        Hook::PreCommit | Hook::PreMergeCommit => "gatehook",
        Hook::CommitMsg => "gatehook-commit-msg",
        Hook::PrePush => "gatehook-pre-push",
        Hook::PreReceive => return false,
    };
    let plain = |byte: &u8| matches!(byte, b'"' | b'\'' | b' ' | b'\t' | b'\r' | b',' | b'}' | b'-');
    text.split(|&byte| byte == b'\n').any(|line| {
        let line = line.trim_ascii_start();
        let at = memchr::memmem::find(line, b"id").filter(|_| !line.starts_with(b"#"));
        let Some(rest) = at.map(|at| line[at + 2..].trim_ascii_start()) else { return false };
        let Some(value) = rest.strip_prefix(b":").or_else(|| rest.strip_prefix(b"=")) else { return false };
        let value: Vec<u8> = value.iter().copied().skip_while(plain).collect();
        let end = value.iter().position(|byte| plain(byte) && *byte != b'-').unwrap_or(value.len());
        value[..end] == *id.as_bytes()
    })
}

/// Whether `text` is a script for a shell that has `||`, `$?` and `exec`.
fn is_shell(text: &[u8]) -> bool {
    if !text.starts_with(b"#!") {
        return std::str::from_utf8(text).is_ok();
    }
    let first = text[..after_line(text)].trim_ascii();
    let mut words =
        first[2..].split(|byte| byte.is_ascii_whitespace() || *byte == b'/').filter(|word| !word.is_empty());
    words.any(|word| matches!(word, b"sh" | b"bash" | b"dash" | b"ash" | b"ksh" | b"zsh"))
}

fn after_line(text: &[u8]) -> usize {
    memchr::memchr(b'\n', text).map_or(text.len(), |end| end + 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_call_is_told_from_a_comment_and_from_another_hook() {
        assert!(calls(b"x\n  gatehook hook pre-commit \"$@\"\n", Hook::PreCommit));
        assert!(calls(b"run: /opt/gatehook hook commit-msg {1}", Hook::CommitMsg));
        assert!(!calls(b"# gatehook hook pre-commit\n", Hook::PreCommit));
        assert!(!calls(b"gatehook hook pre-commit-x\n", Hook::PreCommit));
        assert!(!calls(b"gatehook hook pre-push\n", Hook::PreCommit));
    }

    #[test]
    fn scripts_of_shells_are_known() {
        for shell in ["#!/bin/sh\n", "#!/usr/bin/env bash\n", "#!/bin/sh -e\n", "npm test\n"] {
            assert!(is_shell(shell.as_bytes()), "{shell}");
        }
        for other in ["#!/usr/bin/env python3\n", "#!/usr/bin/node\n"] {
            assert!(!is_shell(other.as_bytes()), "{other}");
        }
    }

    #[test]
    fn ids_of_frameworks_are_read() {
        let config = b"  hooks:\n  - id: gatehook\n  - {id: gatehook-pre-push}\n  # - id: gatehook-commit-msg\n";
        assert!(names_id(config, Hook::PreCommit));
        assert!(names_id(config, Hook::PrePush));
        assert!(!names_id(config, Hook::CommitMsg));
        assert!(names_id(b"hooks = [{ id = \"gatehook\" }]", Hook::PreCommit));
    }
}
