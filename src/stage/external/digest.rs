//! What trust in a stage pins: its table, resolved, and the repository's own files that its command names.
//!
//! Knows no git: who asks looks the files up, and follows links.

use crate::change::Oid;
use crate::config::{Export, Format, Need, OnTrouble, Pointers, Reach, StageConfig};

/// Endings of files that programs execute, whatever their mode.
const SCRIPTS: &[&str] = &[
    "sh", "bash", "zsh", "fish", "py", "js", "mjs", "cjs", "ts", "mts", "cts", "rb", "pl", "php", "ps1", "lua", "go",
    "mk",
];
/// What programs add to a name that they are given.
const ENDINGS: &[&str] = &["", ".js", ".cjs", ".mjs", "/index.js", "/__main__.py"];
/// Programs that run what files say which no one names to them, and where each begins to read.
const RUNNERS: &[(&str, &[&str])] = &[
    ("make", &["Makefile", "makefile", "GNUmakefile"]),
    ("gmake", &["Makefile", "makefile", "GNUmakefile"]),
    ("just", &["justfile", "Justfile", ".justfile"]),
    ("task", &["Taskfile.yml", "Taskfile.yaml"]),
    ("npm", &["package.json", ".npmrc"]),
    ("npx", &["package.json", ".npmrc"]),
    ("pnpm", &["package.json", ".npmrc", ".pnpmfile.cjs"]),
    ("yarn", &["package.json", ".yarnrc", ".yarnrc.yml"]),
    ("bun", &["package.json", "bunfig.toml"]),
    ("bunx", &["package.json", "bunfig.toml"]),
    ("node", &["package.json"]),
    ("tox", &["tox.ini", "pyproject.toml", "setup.cfg"]),
    ("nox", &["noxfile.py"]),
    ("invoke", &["tasks.py"]),
    ("pytest", &["pytest.ini", "pyproject.toml", "tox.ini", "setup.cfg", "conftest.py"]),
    ("hatch", &["hatch.toml", "pyproject.toml"]),
    ("poetry", &["pyproject.toml"]),
    ("pipenv", &["Pipfile"]),
    ("uv", &["pyproject.toml", "uv.toml"]),
    ("rake", &["Rakefile", "rakefile"]),
    ("bundle", &["Gemfile"]),
    ("composer", &["composer.json"]),
    ("gradle", &["build.gradle", "build.gradle.kts", "settings.gradle", "settings.gradle.kts"]),
    ("gradlew", &["build.gradle", "build.gradle.kts", "settings.gradle", "settings.gradle.kts"]),
    ("mvn", &["pom.xml"]),
    ("mvnw", &["pom.xml"]),
    ("ant", &["build.xml"]),
    ("cargo", &["Cargo.toml", "build.rs", ".cargo/config.toml", "rust-toolchain.toml"]),
    ("go", &["go.mod", "go.work"]),
    ("cmake", &["CMakeLists.txt"]),
    ("ninja", &["build.ninja"]),
    ("bazel", &["MODULE.bazel", "WORKSPACE", "BUILD", ".bazelrc"]),
    ("mage", &["magefile.go"]),
    ("docker", &["Dockerfile"]),
    ("podman", &["Dockerfile", "Containerfile"]),
    ("pre-commit", &[".pre-commit-config.yaml"]),
];
/// What package managers are reported where they run nothing of the repository.
const READS: &[&str] = &["audit", "ls", "list", "outdated", "view"];
/// Flags of which the next word is a directory to work in.
const INTO: &[&str] = &["cd", "pushd", "-C", "--directory", "--prefix", "--cwd", "--project"];
/// Names that are looked up, at most: past them a command is a program of its own.
const MOST: usize = 4000;

/// All words of the command and of the variables that it is given.
fn words(stage: &StageConfig) -> Vec<&str> {
    let split = |c: char| {
        c.is_whitespace() || matches!(c, ';' | '|' | '&' | '(' | ')' | '\'' | '"' | '`' | '=' | '<' | '>' | ',')
    };
    stage
        .command
        .iter()
        .chain(stage.set_env.values())
        .flat_map(|word| word.split(split))
        .filter(|word| !word.is_empty())
        .collect()
}

/// The runner that the word at `at` is, where it runs something.
fn runner(words: &[&str], at: usize) -> Option<&'static (&'static str, &'static [&'static str])> {
    let program = words[at].rsplit('/').next().unwrap_or_default();
    let reads = words.get(at + 1).is_some_and(|next| READS.contains(next));
    RUNNERS.iter().find(|(name, _)| *name == program && !reads)
}

/// Paths of the repository that the command may name: each word as it is, without a flag's letter, in each directory
/// that the command goes to, and as a program that is given it would complete it.
pub fn named_files(stage: &StageConfig) -> Vec<String> {
    let words = words(stage);
    let mut dirs = vec![String::new()];
    dirs.extend(words.windows(2).filter(|pair| INTO.contains(&pair[0])).filter_map(|pair| inside("", pair[1])));
    let mut names: Vec<String> = Vec::new();
    for (at, &word) in words.iter().enumerate() {
        let plain = match word.strip_prefix('-') {
            Some(flag) if !flag.starts_with('-') => flag.get(1..).unwrap_or_default(),
            Some(_) => continue,
            None => word,
        };
        if at > 0 && words[at - 1] == "-m" {
            let module = plain.replace('.', "/");
            names.extend(["{}.py", "{}/__init__.py", "{}/__main__.py"].map(|form| form.replace("{}", &module)));
        }
        names.extend(ENDINGS.iter().map(|ending| format!("{plain}{ending}")));
        names.extend(runner(&words, at).into_iter().flat_map(|(_, files)| files.iter()).map(|file| (*file).to_owned()));
    }
    let mut found: Vec<String> =
        dirs.iter().flat_map(|dir| names.iter().filter_map(|name| inside(dir, name))).take(MOST).collect();
    found.sort();
    found.dedup();
    found
}

/// `name` from the directory `dir`, as a path of the repository; `None` where it is none.
pub fn inside(dir: &str, name: &str) -> Option<String> {
    let name = name.trim_start_matches("{dir}/").trim_start_matches("$PWD/");
    if name.is_empty() || name.len() > 1000 || name.starts_with('/') || name.contains(['{', '\0', '\n']) {
        return None;
    }
    let mut parts: Vec<&str> = Vec::new();
    for part in dir.split('/').chain(name.split('/')) {
        match part {
            "" | "." => {}
            ".." => drop(parts.pop()?),
            part => parts.push(part),
        }
    }
    (!parts.is_empty()).then(|| parts.join("/"))
}

/// Whether trust pins the file at `path` that the command names: all but what the stage looks at, unless that can be
/// executed.
pub fn is_pinned(stage: &StageConfig, path: &str, executable: bool) -> bool {
    let can_run = executable || path.rsplit_once('.').is_some_and(|(_, ending)| SCRIPTS.contains(&ending));
    can_run || stage.files.is_empty() || !super::is_for(stage, &path.into())
}

/// What the command runs that trust does not pin.
pub fn not_pinned(stage: &StageConfig) -> String {
    let words = words(stage);
    let mut runners: Vec<&str> = (0..words.len()).filter_map(|at| runner(&words, at)).map(|(name, _)| *name).collect();
    runners.sort_unstable();
    runners.dedup();
    let runs = |name: &&str| format!("`{name}`");
    match runners.is_empty() {
        false => format!("what {} runs besides", runners.iter().map(runs).collect::<Vec<_>>().join(", ")),
        true if stage.executes() => "code of this repository that its tool executes".to_owned(),
        true => "what these load in turn".to_owned(),
    }
}

/// The digest of `stage`, whose command names these files.
pub fn digest(stage: &StageConfig, files: &[(String, Oid)]) -> String {
    let mut hasher = blake3::Hasher::new_derive_key("gatehook trust of a stage v2");
    let mut encoded = canonical(stage);
    for (path, id) in files {
        put(&mut encoded, path.as_bytes());
        put(&mut encoded, id.as_bytes());
    }
    hasher.update(&encoded);
    hasher.finalize().to_hex()[..32].to_owned()
}

fn put(out: &mut Vec<u8>, bytes: &[u8]) {
    out.extend((bytes.len() as u64).to_le_bytes());
    out.extend(bytes);
}

/// All that the table says, each value behind its length, so that no two tables look alike. Who says it is no part.
pub fn canonical(stage: &StageConfig) -> Vec<u8> {
    // Every field by name: one that joins later does not compile before it stands here.
    let StageConfig {
        name,
        command,
        files,
        exclude,
        export,
        with,
        format,
        needs,
        env,
        set_env,
        steered_by,
        runs_code,
        reach: Reach { home, network, confine },
        timeout,
        on_missing,
        on_error,
        on_timeout,
        after,
        priority,
        ok_exit_codes,
        findings_exit_codes,
        expect_report,
        failed_if,
        looked_if,
        failed_rules,
        looked_at,
        looked_with,
        skipped_at,
        looked_at_files,
        severity,
        severities,
        tier,
        secrets,
        max_output,
        memory,
        own: _,
    } = stage;
    let mut out = Vec::new();
    let mut list = |texts: Vec<String>| {
        out.extend((texts.len() as u64).to_le_bytes());
        for text in &texts {
            put(&mut out, text.as_bytes());
        }
    };
    let trouble = |what: &Option<OnTrouble>| match what {
        None => "",
        Some(OnTrouble::Warn) => "warn",
        Some(OnTrouble::Block) => "block",
    };
    let optional = |value: Option<String>| value.unwrap_or_default();
    let numbers = |codes: &[i32]| codes.iter().map(ToString::to_string).collect::<Vec<_>>();
    for texts in [
        command,
        files,
        exclude,
        with,
        env,
        steered_by,
        after,
        failed_if,
        looked_if,
        failed_rules,
        looked_at,
        looked_with,
        skipped_at,
        looked_at_files,
    ] {
        list(texts.clone());
    }
    list(needs.iter().flat_map(|Need { tool, least }| [tool.clone(), optional(least.clone())]).collect());
    list(set_env.iter().flat_map(|(name, value)| [name.clone(), value.clone()]).collect());
    list(severities.iter().flat_map(|(word, level)| [word.clone(), level.to_string()]).collect());
    list(numbers(ok_exit_codes));
    list(numbers(findings_exit_codes));
    let export = match export {
        Export::Tree => "tree",
        Export::Files => "files",
        Export::None => "none",
    };
    let mut one = vec![name.clone(), export.to_owned(), format.word().to_owned()];
    match format {
        Format::Regex(pattern) => one.push(pattern.clone()),
        Format::Json(map) | Format::JsonLines(map) => {
            let Pointers {
                findings,
                path,
                line,
                column,
                end_line,
                end_column,
                rule,
                message,
                severity,
                cwe,
                reference,
                fix,
                package,
                version,
                ecosystem,
                ids,
            } = &**map;
            one.push(findings.clone());
            for texts in [path, line, column, end_line, end_column, rule, message, severity, cwe, reference, fix] {
                list(texts.clone());
            }
            // A map of before there were these keeps its digest.
            if [package, version, ecosystem, ids].iter().any(|texts| !texts.is_empty()) {
                for texts in [package, version, ecosystem, ids] {
                    list(texts.clone());
                }
            }
        }
        Format::Sarif | Format::Junit | Format::Checkstyle | Format::ExitCode | Format::Plugin => {}
    }
    one.extend([*runs_code, *home, *network, *confine, *secrets].map(|flag| flag.to_string()));
    one.extend([on_missing, on_error, on_timeout].map(|what| trouble(what).to_owned()));
    one.extend([timeout.as_nanos().to_string(), priority.to_string(), severity.to_string(), tier.to_string()]);
    one.extend([
        optional(expect_report.map(|expect| expect.to_string())),
        max_output.to_string(),
        optional(memory.map(|most| most.to_string())),
    ]);
    list(one);
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn stage(words: &[&str]) -> StageConfig {
        StageConfig::new("x", words.iter().map(|word| (*word).to_owned()).collect())
    }

    #[test]
    fn whatever_a_word_names_is_looked_up() {
        for (words, expected) in [
            (&["sh", "tools/lint"][..], "tools/lint"),
            (&["sh", "-c", "./tools/lint.sh --flag=tools/x.py; cat {files}"], "tools/x.py"),
            (&["sh", "-c", "./tools/lint.sh --flag=tools/x.py; cat {files}"], "tools/lint.sh"),
            (&["make", "-fbuild.mk"], "build.mk"),
            (&["make", "-f", "build.mk", "lint"], "build.mk"),
            (&["make", "lint"], "Makefile"),
            (&["make", "-C", "sub", "lint"], "sub/Makefile"),
            (&["sh", "-c", "cd impl && sh real.sh"], "impl/real.sh"),
            (&["sh", "-c", "cd impl && sh ../real.sh"], "real.sh"),
            (&["npm", "run", "lint"], "package.json"),
            (&["python3", "-m", "tools.lint"], "tools/lint.py"),
            (&["node", "tools/lint"], "tools/lint.js"),
            (&["sh", "a/../tools/./lint"], "tools/lint"),
            (&["{dir}/tools/lint"], "tools/lint"),
        ] {
            let named = named_files(&stage(words));
            assert!(named.iter().any(|name| name == expected), "{words:?}: {named:?}");
        }
        assert!(!named_files(&stage(&["npm", "audit"])).contains(&"package.json".to_owned()));
        assert_eq!(named_files(&stage(&["/bin/sh", "../x", "{files}"])), Vec::<String>::new());
    }

    #[test]
    fn whatever_changes_what_is_started_changes_the_digest() {
        let one = stage(&["sh", "tools/lint", "{files}"]);
        let plain = digest(&one, &[]);
        let mut edits: Vec<StageConfig> = vec![one.clone(); 6];
        edits[0].env.push("AWS_*".to_owned());
        edits[1].set_env.insert("LD_PRELOAD".to_owned(), "x".to_owned());
        edits[2].reach.network = true;
        edits[3].command = vec!["sh".to_owned(), "tools/lint{files}".to_owned()];
        edits[4].files.push("x".to_owned());
        edits[5].exclude.push("x".to_owned());
        let mut digests: Vec<String> = edits.iter().map(|edit| digest(edit, &[])).collect();
        digests.push(digest(&one, &[("tools/lint".to_owned(), Oid::sha1([1; 20]))]));
        digests.push(digest(&one, &[("tools/lint".to_owned(), Oid::sha1([2; 20]))]));
        digests.push(plain.clone());
        digests.sort();
        digests.dedup();
        assert_eq!(digests.len(), 9);
        let mut own = one.clone();
        own.own = false;
        assert_eq!(digest(&own, &[]), plain);
    }

    #[test]
    fn what_is_looked_at_is_not_pinned_unless_it_can_be_run() {
        let mut stage = stage(&["pip-audit", "-r", "requirements.txt"]);
        stage.files = vec!["/requirements.txt".to_owned(), "**/*.sh".to_owned()];
        assert!(!is_pinned(&stage, "requirements.txt", false) && is_pinned(&stage, "tools/lint.sh", false));
        assert!(is_pinned(&stage, "lint", false) && is_pinned(&stage, "requirements.txt", true));
    }
}
