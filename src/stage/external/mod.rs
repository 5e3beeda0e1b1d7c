//! External stages: somebody else's program, run over the committed content, its answer read.
//!
//! Whatever it does, the answer is findings, or a sentence that says why there are none. A program that
//! says it failed, prints nothing where a report is expected, or looked at nothing has failed.

mod bounds;
mod command;
mod digest;
mod export;
mod judge;
mod parse;
mod place;
mod process;
mod request;
mod steering;
mod tool;
mod valued;

use std::collections::{HashMap, HashSet};
use std::ffi::OsString;
use std::fs;
use std::io::{self, Read};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};

pub use command::Environment;
pub use digest::{canonical, digest, inside, is_pinned, named_files, not_pinned};
pub use export::export;
pub use parse::{ParseError, Report as ToolReport, Reported, read as read_report};
pub use place::Place;
pub use steering::{Steered, steered};
pub use tool::{Found, find as find_tool};

use crate::change::{Change, Store};
use crate::config::{Export, Format, StageConfig};
use crate::engine::Engine;
use crate::finding::{Finding, Outcome, Salt};
use crate::paths::RepoPath;
use crate::sys::confine::Confinement;
use crate::text::escape;

use self::command::Values;
use self::process::{Answer, Ended, Limits, Watch};

/// How long a tool may take to say which version it has.
const VERSION_TIME: Duration = Duration::from_secs(10);

/// What a stage is run over.
pub struct Task<'t> {
    /// The stage.
    pub stage: &'t StageConfig,
    /// Name of the gate.
    pub gate: &'t str,
    /// The net change.
    pub changes: &'t [Change],
    /// Those of its files that the stage is for.
    pub files: &'t [&'t RepoPath],
    /// Where its bytes are.
    pub store: &'t dyn Store,
    /// The exported files; the repository itself where the stage wants none.
    pub dir: &'t Path,
    /// A directory for the stage's own files, empty.
    pub room: &'t Path,
    /// The commit before the change, or the empty tree.
    pub base: &'t str,
    /// The commit that is looked at.
    pub head: &'t str,
    /// The variables of this process.
    pub environment: &'t Environment,
    /// When all stages must be over.
    pub until: Instant,
    /// Rules for secrets, to hide values in what is shown.
    pub secrets: &'t Engine,
    /// Key of the fingerprints.
    pub salt: &'t Salt,
    /// Bytes of a file that are looked at.
    pub limit: u64,
    /// Who follows it.
    pub follow: &'t dyn Follow,
}

/// Who follows a stage.
pub trait Follow: Sync {
    /// Whether it is called off.
    fn is_cancelled(&self) -> bool;
    /// The last whole line that it printed: for people, raw.
    fn line(&self, stage: &StageConfig, line: &[u8]);
}

/// What a stage gave.
#[derive(Debug)]
pub struct Ran {
    /// What became of it.
    pub outcome: Outcome,
    /// What it found.
    pub findings: Vec<Finding>,
}

impl Ran {
    const fn not(outcome: Outcome) -> Self {
        Self { outcome, findings: Vec::new() }
    }
}

/// Why a stage came to nothing.
enum Trouble {
    Missing(String),
    Failed(String),
    TimedOut,
    Cancelled,
}

impl From<Trouble> for Outcome {
    fn from(trouble: Trouble) -> Self {
        match trouble {
            Trouble::Missing(why) => Self::Missing(why),
            Trouble::Failed(why) => Self::Failed(why),
            Trouble::TimedOut => Self::TimedOut,
            Trouble::Cancelled => Self::Missing("called off".to_owned()),
        }
    }
}

/// What a program said in all its runs.
#[derive(Default)]
struct Heard {
    reported: Vec<Reported>,
    /// The files that it says it looked at, where it is to say so.
    seen: parse::Seen,
}

impl Heard {
    fn take(&mut self, read: &mut parse::Report) {
        self.reported.append(&mut read.reported);
        if let Some(seen) = read.seen.take() {
            self.seen.get_or_insert_default().extend(seen);
        }
    }
}

/// Runs a stage to its end.
pub fn run(task: &Task<'_>) -> Ran {
    let mut heard = Heard::default();
    let trouble = match hear(task, &mut heard) {
        Ok(()) => None,
        // What it found before it failed stands; that it failed does too.
        Err(trouble @ (Trouble::Failed(_) | Trouble::TimedOut)) => Some(trouble),
        Err(trouble) => return Ran::not(trouble.into()),
    };
    match findings(task, &heard.reported) {
        Ok(findings) => Ran { outcome: trouble.map_or(Outcome::Ran, Outcome::from), findings },
        Err(other) => Ran::not(trouble.unwrap_or(other).into()),
    }
}

fn findings(task: &Task<'_>, reported: &[Reported]) -> Result<Vec<Finding>, Trouble> {
    if reported.is_empty() {
        return Ok(Vec::new());
    }
    let reader = task.store.reader().map_err(|error| Trouble::Failed(error.to_string()))?;
    let changes = task.changes.iter().map(|change| (change.path.as_bytes(), change)).collect();
    let mut judge = judge::Judge {
        stage: task.stage,
        dir: task.dir,
        changes,
        reader,
        engine: task.secrets,
        salt: task.salt,
        limit: task.limit,
        files: HashMap::new(),
    };
    Ok(reported.iter().map(|reported| judge.finding(reported)).collect())
}

/// Runs the program over all files and reads every answer into `heard`. The first trouble of a run does not
/// keep the others from running, unless nothing more can.
fn hear(task: &Task<'_>, heard: &mut Heard) -> Result<(), Trouble> {
    let until = task.until.min(Instant::now() + task.stage.timeout);
    let program = located(task, &task.stage.command[0])?;
    for need in &task.stage.needs {
        let place = located(task, &need.tool)?;
        if let Some(least) = &need.least {
            check_version(task, &need.tool, &place, least)?;
        }
    }
    let mut first = None;
    let report = task.room.join("report");
    let values = Values { dir: task.dir, base: task.base, head: task.head, report: &report };
    for words in command::runs(task.stage, &values, task.files) {
        let _ = fs::remove_file(&report);
        let input = matches!(task.stage.format, Format::Plugin).then(|| request::written(task));
        let trouble = match start(task, &program, &words[1..], input, until) {
            Ok(answer) => answered(task, &answer, &report, heard).err(),
            Err(trouble @ Trouble::Failed(_)) => Some(trouble),
            Err(trouble) => return Err(trouble),
        };
        first = first.or(trouble);
    }
    let unseen = || heard.seen.as_ref().and_then(|seen| unseen(task, seen)).map(Trouble::Failed);
    first.or_else(unseen).map_or(Ok(()), Err)
}

/// That a file which the stage is for is not among those that the tool says it looked at.
fn unseen(task: &Task<'_>, seen: &[Vec<u8>]) -> Option<String> {
    let seen: HashSet<Vec<u8>> = seen.iter().map(|path| judge::within(task.dir, path)).collect();
    let is_seen = |path: &RepoPath| {
        let path = path.as_bytes();
        seen.contains(path) || seen.contains(&[b"/", path].concat())
    };
    let path = task.files.iter().find(|path| !is_seen(path))?;
    Some(format!("it did not look at `{path}`"))
}

fn located(task: &Task<'_>, name: &str) -> Result<PathBuf, Trouble> {
    match find_tool(name, task.environment.path(), task.dir) {
        Found::At(place) => Ok(place),
        Found::Nowhere(why) => Err(Trouble::Missing(why)),
    }
}

fn check_version(task: &Task<'_>, name: &str, program: &Path, least: &str) -> Result<(), Trouble> {
    let until = task.until.min(Instant::now() + VERSION_TIME);
    let answer = start(task, program, &[OsString::from("--version")], None, until)?;
    let printed = [&answer.stdout[..], b"\n", &answer.stderr].concat();
    match tool::version(&printed) {
        Some(version) if tool::reaches(&version, least) => Ok(()),
        Some(version) => Err(Trouble::Missing(format!("`{name}` is {version}, {least} or later is needed"))),
        None => Err(Trouble::Missing(format!("`{name} --version` tells no version, {least} or later is needed"))),
    }
}

struct Watched<'w>(&'w Task<'w>);

impl Watch for Watched<'_> {
    fn is_cancelled(&self) -> bool {
        self.0.follow.is_cancelled()
    }

    fn line(&self, line: &[u8]) {
        self.0.follow.line(self.0.stage, line);
    }
}

fn start(
    task: &Task<'_>,
    program: &Path,
    words: &[OsString],
    input: Option<Vec<u8>>,
    until: Instant,
) -> Result<Answer, Trouble> {
    let stage = task.stage;
    #[allow(clippy::disallowed_methods, reason = "external stages are what this module starts")]
    let mut command = Command::new(program);
    command.args(words).current_dir(task.dir).env_clear();
    // No one is there to read colours or answer questions.
    for (name, value) in [("TERM", "dumb"), ("NO_COLOR", "1"), ("GIT_TERMINAL_PROMPT", "0")] {
        command.env(name, value);
    }
    // What a stage leaves in its temporary directory goes with it, and no repository around that is found.
    command.env("TMPDIR", task.room);
    command.env("GIT_CEILING_DIRECTORIES", task.room.parent().unwrap_or(task.room));
    let home = task.room.join("home");
    let not_made = |error: io::Error| Trouble::Failed(format!("it cannot be given a home directory: {error}"));
    fs::create_dir_all(&home).map_err(not_made)?;
    let variables = task.environment.seen_by(stage, &home);
    command.envs(&variables);
    for (name, value) in [
        ("GATEHOOK_STAGE", stage.name.as_str()),
        ("GATEHOOK_GATE", task.gate),
        ("GATEHOOK_BASE", task.base),
        ("GATEHOOK_HEAD", task.head),
    ] {
        command.env(name, value);
    }
    let most = usize::try_from(stage.max_output << 20).unwrap_or(usize::MAX);
    let limits = Limits { until, output: most, memory: stage.memory.map(|mebibytes| mebibytes << 20) };
    // What cannot be held to its bounds where the system can do that is not started.
    let not_held = |error: io::Error| Trouble::Failed(format!("it cannot be confined: {error}"));
    let confinement = if stage.reach.confine {
        Some(Confinement::new(&bounds::of(task, program, &variables)).map_err(not_held)?)
    } else {
        None
    };
    let answer = process::run(command, input, limits, confinement, &Watched(task)).map_err(|error| {
        let name = escape(program.as_os_str().as_encoded_bytes()).to_string();
        match error.kind() {
            // A script whose interpreter is not there, or a file that is no program.
            io::ErrorKind::NotFound | io::ErrorKind::PermissionDenied => {
                Trouble::Missing(format!("`{name}` cannot be started: {error}"))
            }
            _ => Trouble::Failed(format!("`{name}` cannot be started: {error}")),
        }
    })?;
    match answer.ended {
        Ended::Exited(_) => Ok(answer),
        Ended::Killed(signal) => {
            Err(Trouble::Failed(format!("it was ended by signal {signal}{}", told(task, &answer))))
        }
        Ended::TimedOut => Err(Trouble::TimedOut),
        Ended::TooMuch => {
            Err(Trouble::Failed(format!("it printed more than the {} MiB of `max-output`", stage.max_output)))
        }
        Ended::Cancelled => Err(Trouble::Cancelled),
    }
}

/// What one run reports, into `heard`: also where it failed, as far as it has a report then.
fn answered(task: &Task<'_>, answer: &Answer, report: &Path, heard: &mut Heard) -> Result<(), Trouble> {
    let stage = task.stage;
    let Ended::Exited(code) = answer.ended else { return Ok(()) };
    if matches!(code, 126 | 127) && !stage.ok_exit_codes.contains(&code) {
        return Err(Trouble::Failed(format!("its program could not be started{}", told(task, answer))));
    }
    let ok = stage.ok_exit_codes.contains(&code);
    let any = stage.findings_exit_codes.is_empty() && !stage.format.has_report();
    let found = stage.findings_exit_codes.contains(&code) || (any && !ok);
    let failed = if let Some(line) = line_like(&stage.failed_if, stage, answer) {
        Some(Trouble::Failed(format!("it says: {}", shown(task.stage, task.secrets, line))))
    } else if !ok && !found {
        Some(Trouble::Failed(format!("it ended with exit code {code}{}", told(task, answer))))
    } else if !stage.looked_if.is_empty() && line_like(&stage.looked_if, stage, answer).is_none() {
        let due = stage.looked_if.iter().map(|pattern| format!("`{pattern}`")).collect::<Vec<_>>().join(" or ");
        Some(Trouble::Failed(format!("it looked at nothing, for it says nothing like {due}{}", told(task, answer))))
    } else {
        None
    };
    if !stage.format.has_report() {
        if failed.is_none() && !ok {
            heard.reported.push(by_code(task, code, answer));
        }
        return failed.map_or(Ok(()), Err);
    }
    match (failed, report_of(task, answer, report)) {
        (Some(trouble), Ok(mut read)) => {
            heard.take(&mut read);
            Err(trouble)
        }
        (Some(trouble), Err(_)) | (None, Err(trouble)) => Err(trouble),
        (None, Ok(mut read)) => {
            let found_any = !read.reported.is_empty();
            let fault = read.fault.take().or_else(|| unread(task, &read));
            heard.take(&mut read);
            if let Some(fault) = fault {
                let fault = shown(stage, task.secrets, fault.to_string().as_bytes());
                return Err(Trouble::Failed(format!("{fault}{}", told(task, answer))));
            }
            if read.files == Some(0) && !task.files.is_empty() {
                return Err(Trouble::Failed(format!("it looked at none of {} files", task.files.len())));
            }
            if ok || found_any { Ok(()) } else { Err(silent(task, code, answer)) }
        }
    }
}

/// A file that cannot be parsed is a finding to some tools: the rest of it was not looked at.
fn unread(task: &Task<'_>, read: &parse::Report) -> Option<ParseError> {
    let one = read.reported.iter().find(|one| task.stage.failed_rules.contains(&one.rule))?;
    let path = judge::within(task.dir, &one.path);
    let what = one.message.lines().next().unwrap_or_default();
    Some(ParseError::LeftOut(format!("`{}` at {}:{}: {what}", one.rule, escape(&path), one.line)))
}

/// The report of one run; an empty one where none is needed.
fn report_of(task: &Task<'_>, answer: &Answer, report: &Path) -> Result<parse::Report, Trouble> {
    let stage = task.stage;
    let written;
    let text = if stage.command.iter().any(|word| word.contains("{report}")) {
        written = of_file(report, stage.max_output << 20)?;
        &written
    } else {
        &answer.stdout
    };
    if text.trim_ascii().is_empty() {
        if stage.expects_report() {
            return Err(Trouble::Failed(format!(
                "it printed nothing where a report is expected{}",
                told(task, answer)
            )));
        }
        return Ok(parse::Report::default());
    }
    parse::read(stage, text).map_err(|error| Trouble::Failed(format!("{error}{}", told(task, answer))))
}

/// Its exit code says one thing, its report another.
fn silent(task: &Task<'_>, code: i32, answer: &Answer) -> Trouble {
    Trouble::Failed(format!(
        "exit code {code} says that it found something, its report has nothing{}",
        told(task, answer)
    ))
}

fn by_code(task: &Task<'_>, code: i32, answer: &Answer) -> Reported {
    let said = last_line(&answer.stderr).or_else(|| last_line(&answer.stdout)).unwrap_or_default();
    let message = format!("`{}` ends with exit code {code}", task.stage.name);
    Reported {
        message: if said.is_empty() { message } else { format!("{message}: {}", String::from_utf8_lossy(said)) },
        ..Reported::default()
    }
}

/// The report that the tool wrote to its file.
fn of_file(path: &Path, most: u64) -> Result<Vec<u8>, Trouble> {
    let about = fs::symlink_metadata(path).map_err(|_| Trouble::Failed("it wrote no report".to_owned()))?;
    if !about.is_file() {
        return Err(Trouble::Failed("what it wrote as its report is not a regular file".to_owned()));
    }
    let mut bytes = Vec::new();
    let read = fs::File::open(path).and_then(|file| file.take(most + 1).read_to_end(&mut bytes));
    read.map_err(|error| Trouble::Failed(format!("its report cannot be read: {error}")))?;
    if bytes.len() as u64 > most {
        return Err(Trouble::Failed(format!("its report is larger than the {} MiB of `max-output`", most >> 20)));
    }
    Ok(bytes)
}

/// The line that one of these is about: on standard error, and where the answer is made of lines, in it too.
fn line_like<'a>(patterns: &[String], stage: &StageConfig, answer: &'a Answer) -> Option<&'a [u8]> {
    let patterns: Vec<regex::bytes::Regex> =
        patterns.iter().filter_map(|pattern| regex::bytes::Regex::new(pattern).ok()).collect();
    if patterns.is_empty() {
        return None;
    }
    let of_lines = matches!(stage.format, Format::Regex(_) | Format::ExitCode | Format::JsonLines(_));
    let out: &[u8] = if of_lines { &answer.stdout } else { b"" };
    let lines = answer.stderr.split(|&byte| byte == b'\n').chain(out.split(|&byte| byte == b'\n'));
    lines.into_iter().find(|line| patterns.iter().any(|pattern| pattern.is_match(line)))
}

/// `: ` and what the tool says itself: the last line on standard error, else what its report says went wrong.
fn told(task: &Task<'_>, answer: &Answer) -> String {
    let line = last_line(&answer.stderr).map(<[u8]>::to_vec);
    let line = line.or_else(|| parse::trouble(task.stage, &answer.stdout).map(String::into_bytes));
    line.map(|line| format!(": {}", shown(task.stage, task.secrets, &line))).unwrap_or_default()
}

fn last_line(text: &[u8]) -> Option<&[u8]> {
    text.rsplit(|&byte| byte == b'\n').map(<[u8]>::trim_ascii).find(|line| !line.is_empty())
}

/// A tool's line as it may be shown: without colours, and without values that look like secrets.
pub fn shown(stage: &StageConfig, secrets: &Engine, line: &[u8]) -> String {
    if stage.secrets {
        return "(not shown: what it finds are secrets)".to_owned();
    }
    let masked = judge::masked(&without_escapes(&line[..line.len().min(2000)]), secrets);
    let text = String::from_utf8_lossy(&masked).trim().to_owned();
    escape(text.as_bytes()).to_string().chars().take(300).collect()
}

/// `line` without the escape sequences that colour it.
fn without_escapes(line: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(line.len());
    let mut at = 0;
    while at < line.len() {
        if line[at] == 0x1b {
            at += 1;
            match line.get(at) {
                // `ESC [ … letter`: colours and cursors.
                Some(b'[') => {
                    at += 1;
                    while line.get(at).is_some_and(|byte| !(0x40..=0x7e).contains(byte)) {
                        at += 1;
                    }
                    at += 1;
                }
                // `ESC ] … BEL` or `ESC \`: titles and links.
                Some(b']') => {
                    while line.get(at).is_some_and(|byte| !matches!(byte, 0x07 | 0x1b)) {
                        at += 1;
                    }
                    at += 1;
                }
                _ => at += 1,
            }
        } else {
            out.push(line[at]);
            at += 1;
        }
    }
    out
}

/// Whether the stage is for the file at `path`.
pub fn is_for(stage: &StageConfig, path: &RepoPath) -> bool {
    let any = |globs: &[String]| globs.iter().any(|glob| crate::paths::matches(glob, path.as_bytes()));
    (stage.files.is_empty() || any(&stage.files)) && !any(&stage.exclude)
}

/// Whether the stage works in an export of `path`.
pub fn is_exported(stage: &StageConfig, path: &RepoPath) -> bool {
    match stage.export {
        Export::Tree => true,
        Export::Files => stage.with.iter().any(|glob| crate::paths::matches(glob, path.as_bytes())),
        Export::None => false,
    }
}
