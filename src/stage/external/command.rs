//! Commands with their placeholders filled, in as many runs as the length of arguments asks for, and
//! the environment that they see.

use std::collections::BTreeMap;
use std::ffi::{OsStr, OsString};
use std::path::{Path, PathBuf};

use crate::config::StageConfig;
use crate::paths::RepoPath;
use crate::sys::program;

/// Bytes of file names that one run is given: what `xargs` takes, and less than any system refuses.
const LENGTH: usize = if cfg!(windows) { 24 << 10 } else { 96 << 10 };

/// What the placeholders stand for.
#[derive(Clone, Debug)]
pub(super) struct Values<'v> {
    /// `{dir}`: the exported files.
    pub(super) dir: &'v Path,
    /// `{base}`: the commit before the change.
    pub(super) base: &'v str,
    /// `{head}`: the commit that is looked at.
    pub(super) head: &'v str,
    /// `{report}`: where a tool may write its report.
    pub(super) report: &'v Path,
}

/// Arguments of each run of `stage` over `files`, the program first. Only where `{files}` stands are
/// there several.
pub(super) fn runs(stage: &StageConfig, values: &Values<'_>, files: &[&RepoPath]) -> Vec<Vec<OsString>> {
    let one = |files: &[&RepoPath]| {
        let mut words = Vec::with_capacity(stage.command.len() + files.len());
        for word in &stage.command {
            if word == "{files}" {
                words.extend(files.iter().map(|path| name(path)));
            } else {
                words.push(filled(word, values));
            }
        }
        words
    };
    if !stage.takes_files() {
        return vec![one(&[])];
    }
    batches(files).into_iter().map(one).collect()
}

/// `files` in pieces that fit into arguments.
fn batches<'f, 'p>(files: &'f [&'p RepoPath]) -> Vec<&'f [&'p RepoPath]> {
    let (mut all, mut from, mut length) = (Vec::new(), 0, 0);
    for (at, path) in files.iter().enumerate() {
        let own = path.as_bytes().len() + 3 + size_of::<usize>();
        if length + own > LENGTH && at > from {
            all.push(&files[from..at]);
            (from, length) = (at, 0);
        }
        length += own;
    }
    if from < files.len() {
        all.push(&files[from..]);
    }
    all
}

/// A file's name as an argument: one that begins with `-` is no flag.
fn name(path: &RepoPath) -> OsString {
    let path = path.to_path();
    if path.as_os_str().as_encoded_bytes().starts_with(b"-") { Path::new(".").join(path).into() } else { path.into() }
}

fn filled(word: &str, values: &Values<'_>) -> OsString {
    let mut out = OsString::new();
    let mut rest = word;
    while let Some(open) = rest.find('{') {
        out.push(&rest[..open]);
        rest = &rest[open..];
        let known: [(&str, &OsStr); 4] = [
            ("{dir}", values.dir.as_os_str()),
            ("{base}", OsStr::new(values.base)),
            ("{head}", OsStr::new(values.head)),
            ("{report}", values.report.as_os_str()),
        ];
        match known.into_iter().find(|(name, _)| rest.starts_with(name)) {
            Some((name, value)) => {
                out.push(value);
                rest = &rest[name.len()..];
            }
            // A brace of the tool's own.
            None => {
                out.push("{");
                rest = &rest[1..];
            }
        }
    }
    out.push(rest);
    out
}

/// Variables that every tool sees: where things are, what language to speak. Of git's own only what names
/// no repository and no program, and carries no setting: a checkout keeps its credentials there.
const USUAL: &[&str] = &[
    "PATH",
    "USER",
    "LOGNAME",
    "LANG",
    "LANGUAGE",
    "LC_*",
    "TZ",
    "SSL_CERT_FILE",
    "SSL_CERT_DIR",
    "REQUESTS_CA_BUNDLE",
    "CURL_CA_BUNDLE",
    "NODE_EXTRA_CA_CERTS",
    "GIT_EXEC_PATH",
    "GIT_ALLOW_PROTOCOL",
    // Windows cannot start a program without these.
    "SystemRoot",
    "SYSTEMROOT",
    "ComSpec",
    "COMSPEC",
    "PATHEXT",
    "ProgramData",
];

/// Variables that lead to what is the user's own: seen with `home`.
const HOME: &[&str] = &[
    "HOME",
    "XDG_CACHE_HOME",
    "XDG_CONFIG_HOME",
    "XDG_DATA_HOME",
    "XDG_STATE_HOME",
    "USERPROFILE",
    "APPDATA",
    "LOCALAPPDATA",
];

/// Variables that say how to reach the network: seen with `network`, as long as they hold no password.
const PROXIES: &[&str] =
    &["HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY", "ALL_PROXY", "http_proxy", "https_proxy", "no_proxy", "all_proxy"];

/// The variables of a process, taken once.
#[derive(Clone, Debug, Default)]
pub struct Environment(BTreeMap<OsString, OsString>);

impl Environment {
    /// Those of this process.
    pub fn of_process() -> Self {
        Self(std::env::vars_os().collect())
    }

    /// Exactly these.
    pub fn of(pairs: impl IntoIterator<Item = (OsString, OsString)>) -> Self {
        Self(pairs.into_iter().collect())
    }

    /// The value of `name`.
    pub fn get(&self, name: &str) -> Option<&OsStr> {
        self.0.get(OsStr::new(name)).map(OsString::as_os_str)
    }

    /// Where programs are looked for.
    pub fn path(&self) -> &OsStr {
        self.get("PATH").unwrap_or_default()
    }

    /// Where temporary files belong.
    pub fn temporary(&self) -> PathBuf {
        self.get("TMPDIR").map(PathBuf::from).filter(|dir| dir.is_absolute()).unwrap_or_else(std::env::temp_dir)
    }

    /// What only `stage` itself asks for of it.
    pub fn asked_by<'e>(&'e self, stage: &'e StageConfig) -> impl Iterator<Item = (&'e OsStr, &'e OsStr)> {
        let own = move |name: &OsStr| stage.env.iter().any(|pattern| is_meant(pattern, name));
        self.0.iter().filter(move |(name, _)| own(name)).map(|(name, value)| (name.as_os_str(), value.as_os_str()))
    }

    /// What `stage` sees of it: the usual ones, those that it asks for, and those that it sets. `PATH` without
    /// its relative entries, and as its home `empty`, unless it asks for the user's.
    pub(super) fn seen_by(&self, stage: &StageConfig, empty: &Path) -> BTreeMap<OsString, OsString> {
        let any = |list: &[&str], name: &OsStr| list.iter().any(|own| is_meant(own, name));
        let is_seen = |name: &OsStr, value: &OsStr| {
            any(USUAL, name)
                || (stage.reach.home && any(HOME, name))
                || (stage.reach.network && any(PROXIES, name) && !has_user(value))
                || stage.env.iter().any(|own| is_meant(own, name))
        };
        let mut seen = BTreeMap::new();
        if !stage.reach.home {
            seen.insert("HOME".into(), empty.into());
        }
        for (name, value) in self.0.iter().filter(|(name, value)| is_seen(name, value)) {
            let value = if name == "PATH" { program::absolute(value) } else { value.clone() };
            seen.insert(name.clone(), value);
        }
        seen.extend(stage.set_env.iter().map(|(name, value)| (name.into(), value.into())));
        seen
    }
}

/// Whether a proxy's address, `[SCHEME://][USER[:PASSWORD]@]HOST`, names a user.
fn has_user(address: &OsStr) -> bool {
    address.as_encoded_bytes().contains(&b'@')
}

/// Whether `pattern`, a name or the beginning of one with `*` behind it, means `name`.
fn is_meant(pattern: &str, name: &OsStr) -> bool {
    let name = name.as_encoded_bytes();
    match pattern.strip_suffix('*') {
        Some(start) => name.starts_with(start.as_bytes()),
        None => name == pattern.as_bytes(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn stage(command: &[&str]) -> StageConfig {
        StageConfig::new("x", command.iter().map(|word| (*word).to_owned()).collect())
    }

    const VALUES: fn() -> Values<'static> =
        || Values { dir: Path::new("/tree"), base: "b", head: "h", report: Path::new("/out/report") };

    #[test]
    fn placeholders_are_filled_and_other_braces_stay() {
        let stage = stage(&["t", "--out={report}", "{base}..{head}", "${HOME} {x} {", "{files}", "{dir}/a"]);
        let paths = [RepoPath::from("a b"), RepoPath::from("-rf"), RepoPath::from("{dir}")];
        let paths: Vec<&RepoPath> = paths.iter().collect();
        let runs = runs(&stage, &VALUES(), &paths);
        assert_eq!(
            runs,
            [["t", "--out=/out/report", "b..h", "${HOME} {x} {", "a b", "./-rf", "{dir}", "/tree/a"]
                .map(OsString::from)]
        );
    }

    #[test]
    fn many_files_are_given_in_batches_and_none_is_lost() {
        let paths: Vec<RepoPath> =
            (0..20_000).map(|n| RepoPath::from(&format!("some/dir/file-{n:05}.py")[..])).collect();
        let all: Vec<&RepoPath> = paths.iter().collect();
        let runs = runs(&stage(&["t", "{files}"]), &VALUES(), &all);
        assert!(runs.len() > 3);
        assert!(runs.iter().all(|run| run.iter().map(|word| word.len() + 9).sum::<usize>() < 128 << 10));
        let given: Vec<String> =
            runs.iter().flat_map(|run| &run[1..]).map(|word| word.to_str().unwrap().to_owned()).collect();
        assert_eq!(given, paths.iter().map(ToString::to_string).collect::<Vec<_>>());
    }

    #[test]
    fn a_tool_sees_no_variable_that_is_not_allowed() {
        let given = [
            ("PATH", ".:/bin::rel"),
            ("HOME", "/home/u"),
            ("XDG_CACHE_HOME", "/home/u/c"),
            ("AWS_SECRET", "v"),
            ("GIT_DIR", "v"),
            ("GIT_CONFIG_VALUE_0", "v"),
            ("GIT_ASKPASS", "v"),
            ("GIT_SSH_COMMAND", "v"),
            ("LC_ALL", "v"),
            ("PIP_INDEX_URL", "v"),
            ("PIPX", "v"),
            ("HTTPS_PROXY", "http://u:p@proxy:8080"),
            ("http_proxy", "http://proxy:8080"),
        ];
        let environment = Environment::of(given.map(|(name, value)| (OsString::from(name), OsString::from(value))));
        let mut stage = stage(&["t"]);
        stage.env = vec!["PIP_*".to_owned()];
        stage.set_env.insert("X".to_owned(), "1".to_owned());
        let seen = |stage: &StageConfig| {
            let seen = environment.seen_by(stage, Path::new("/empty"));
            let text = |text: &OsString| text.to_str().unwrap().to_owned();
            seen.iter().map(|(name, value)| format!("{}={}", text(name), text(value))).collect::<Vec<_>>().join(" ")
        };
        assert_eq!(seen(&stage), "HOME=/empty LC_ALL=v PATH=/bin PIP_INDEX_URL=v X=1");
        (stage.reach.home, stage.reach.network) = (true, true);
        assert_eq!(
            seen(&stage),
            "HOME=/home/u LC_ALL=v PATH=/bin PIP_INDEX_URL=v X=1 XDG_CACHE_HOME=/home/u/c http_proxy=http://proxy:8080"
        );
    }
}
