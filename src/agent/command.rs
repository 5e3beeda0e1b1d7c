//! Which commands an agent may not run: those that go around the hooks, or change what they look for.

use super::Refusal;
use super::shell::{Simple, base, commands, program_at};

/// Options of `git commit` with one letter that take a value.
const WITH_VALUE: &[char] = &['m', 'F', 'C', 'c', 't'];
/// The same whose value stands right behind the letter or nowhere.
const WITH_ATTACHED: &[char] = &['S', 'u'];
/// Commands of git that take `--no-verify`.
const VERIFYING: &[&str] = &["commit", "push", "merge", "rebase", "am", "pull", "cherry-pick", "revert"];
/// Variables that leave hooks out.
const SKIPPING: &[&str] =
    &["HUSKY", "HUSKY_SKIP_HOOKS", "LEFTHOOK", "LEFTHOOK_EXCLUDE", "SKIP", "GATEHOOK_SKIP", "PREK_SKIP"];
/// Programs that change the files that they are given.
const CHANGING: &[&str] =
    &["rm", "mv", "cp", "ln", "chmod", "truncate", "dd", "install", "tee", "sed", "perl", "unlink", "rsync", "touch"];
/// Commands of gatehook that a person answers for.
const ANSWERED_FOR: &[&str] = &["allow", "baseline", "trust", "uninstall", "import"];

/// Why `line` may not run; `None` where nothing speaks against it.
pub fn refused(line: &str) -> Option<Refusal> {
    if line.len() > super::shell::MOST {
        return Some(refusal("is too long to be looked at", "put it into a script that can be read"));
    }
    commands(line).iter().find_map(judge)
}

/// Why the file at `path` may not be written; `None` where nothing speaks against it.
pub fn changes_own_files(path: &str) -> Option<Refusal> {
    is_own(path).then(|| own_file(path))
}

/// Whether `path` is a file that decides what gatehook looks at.
pub(super) fn is_own(path: &str) -> bool {
    let path = path.replace('\\', "/");
    let in_hooks = path.contains(".git/hooks/") || path.ends_with(".git/hooks") || path.ends_with(".git/config");
    in_hooks || matches!(base(&path), "gatehook.toml" | ".gatehook-baseline")
}

fn judge(command: &Simple) -> Option<Refusal> {
    let variable = |(name, value): &(String, String)| {
        let skips = SKIPPING.contains(&&name[..]) && !value.is_empty();
        let steers = name.starts_with("GIT_CONFIG") && has_hooks_path(value);
        (skips || steers).then(|| refusal(&format!("`{name}` leaves git's hooks out"), KEEP))
    };
    if let Some(refused) = command.variables.iter().find_map(variable) {
        return Some(refused);
    }
    if let Some(path) = command.writes.iter().find(|path| is_own(path)) {
        return Some(own_file(path));
    }
    let at = program_at(&command.words)?;
    let (program, words) = command.words[at..].split_first()?;
    match base(program) {
        "git" => git(words),
        "gatehook" => {
            let asked = words.iter().find(|word| !word.starts_with('-'))?;
            ANSWERED_FOR.contains(&&asked[..]).then(|| {
                let instead = "tell the person what was found and let them decide";
                refusal(&format!("`gatehook {asked}` lets something pass, which a person answers for"), instead)
            })
        }
        "pre-commit" | "prek" | "lefthook" if words.first().is_some_and(|word| word == "uninstall") => {
            Some(refusal(&format!("`{} uninstall` takes the hooks out", base(program)), KEEP))
        }
        program if CHANGING.contains(&program) => {
            let changes = program != "sed" && program != "perl"
                || words.iter().any(|word| word.starts_with("-i") || word.starts_with("-pi"));
            words.iter().find(|word| changes && is_own(word)).map(|path| own_file(path))
        }
        _ => None,
    }
}

const KEEP: &str = "run it with the hooks; where they stop it, mend what they name";

fn refusal(why: &str, instead: &str) -> Refusal {
    Refusal { why: why.to_owned(), instead: instead.to_owned() }
}

fn own_file(path: &str) -> Refusal {
    refusal(
        &format!("`{path}` decides what gatehook looks at"),
        "mend what was found; whether an exception is right a person decides",
    )
}

/// Whether a text of git's configuration sets where hooks are.
fn has_hooks_path(text: &str) -> bool {
    text.to_ascii_lowercase().contains("core.hookspath")
}

fn git(words: &[String]) -> Option<Refusal> {
    let mut rest = words.iter();
    // The options before the command.
    let command = loop {
        let word = rest.next()?;
        match &word[..] {
            "-c" | "--config-env" => {
                let value = rest.next()?;
                if let Some(refused) = configured(value) {
                    return Some(refused);
                }
            }
            "-C" | "--git-dir" | "--work-tree" | "--namespace" | "--exec-path" => drop(rest.next()),
            option if option.starts_with("--config-env=") || option.starts_with("-c") && option.len() > 2 => {
                if let Some(refused) = configured(option) {
                    return Some(refused);
                }
            }
            option if option.starts_with('-') => {}
            command => break command,
        }
    };
    let words: Vec<&str> = rest.map(String::as_str).collect();
    if VERIFYING.contains(&command) && skips_hooks(command, &words) {
        return Some(refusal(&format!("`git {command}` without its hooks is looked at by nothing"), KEEP));
    }
    let sets = |key: &str| words.iter().any(|word| word.to_ascii_lowercase().starts_with(key));
    let only_reads = words.iter().any(|word| matches!(*word, "get" | "list" | "--get" | "--get-all" | "--list" | "-l"));
    if command == "config"
        && !only_reads
        && (sets("core.hookspath") && (words.len() > 1)
            || sets("alias.") && words.iter().any(|word| word.contains("no-verify")))
    {
        return Some(refusal("`git config` leads git away from its hooks", KEEP));
    }
    None
}

/// A value of `git -c`.
fn configured(value: &str) -> Option<Refusal> {
    (has_hooks_path(value) || value.contains("no-verify"))
        .then(|| refusal("`git -c` leads git away from its hooks", KEEP))
}

/// Whether the words of a command leave the hooks out, abbreviated or in a row of letters too.
fn skips_hooks(command: &str, words: &[&str]) -> bool {
    let mut words = words.iter();
    while let Some(word) = words.next() {
        if *word == "--" {
            return false;
        }
        if let Some(long) = word.strip_prefix("--") {
            // git takes any beginning that means one option only.
            if "no-verify".starts_with(long) && long.len() >= "no-ver".len() {
                return true;
            }
        } else if let Some(letters) = word.strip_prefix('-')
            && matches!(command, "commit" | "am")
        {
            for (at, letter) in letters.char_indices() {
                if letter == 'n' {
                    return true;
                }
                if WITH_VALUE.contains(&letter) {
                    if at + letter.len_utf8() == letters.len() {
                        words.next();
                    }
                    break;
                }
                if WITH_ATTACHED.contains(&letter) {
                    break;
                }
            }
        }
    }
    false
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ways_around_the_hooks_are_refused() {
        for line in [
            "git commit --no-verify -m x",
            "git commit -nm x",
            "git commit -an -m x",
            "git add . && git commit -m 'x' -n",
            "git push --no-verify origin main",
            "git push --no-veri",
            "git -c core.hooksPath=/dev/null commit -m x",
            "git -ccore.hookspath= commit -m x",
            "git config core.hooksPath /tmp/none",
            "git config --global --unset core.hooksPath",
            "git config alias.c 'commit --no-verify'",
            "HUSKY=0 git commit -m x",
            "env SKIP=gatehook git commit -m x",
            "export GATEHOOK_SKIP=secrets; git push",
            "GIT_CONFIG_COUNT=1 GIT_CONFIG_KEY_0=core.hooksPath GIT_CONFIG_VALUE_0=/x git commit",
            "bash -c 'git commit -n -m x'",
            "eval git commit --no-verify",
            "rm -f .git/hooks/pre-commit",
            "chmod -x .git/hooks/pre-push",
            "echo 'exit 0' > .git/hooks/pre-commit",
            "echo '[rules]' >> gatehook.toml",
            "sed -i s/block/warn/ gatehook.toml",
            "gatehook allow 16be428a --reason x",
            "gatehook uninstall",
            "pre-commit uninstall",
            "/usr/bin/git.exe commit -n",
            "echo \"$(git push --no-verify)\"",
            "sudo -E git commit -qn -m x",
        ] {
            assert!(refused(line).is_some(), "{line}");
        }
    }

    #[test]
    fn everyday_commands_are_not() {
        for line in [
            "git commit -m 'drop --no-verify from the docs'",
            "git commit -m \"never use -n\" -a",
            "git commit -Fnotes.txt",
            "git commit -Snone -m x",
            "git push -n origin main",
            "git push --no-thin",
            "git log -n 5",
            "git rebase -n main",
            "git config --get core.hooksPath",
            "git config user.name n",
            "git -c user.name=x commit -m y",
            "git commit -m x -- -n",
            "grep -rn no-verify docs",
            "cat gatehook.toml | head -n 3",
            "sed -n 1,5p gatehook.toml",
            "gatehook scan --staged",
            "echo SKIP=1",
            "cargo test && git status",
            "ls .git/hooks",
        ] {
            assert_eq!(refused(line), None, "{line}");
        }
    }
}
