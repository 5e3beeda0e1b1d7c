//! The layers of configuration, read from where they belong: the machine's and the user's from disk, the
//! repository's from the work tree, the index or a commit, and what it extends from the same place.

use std::fs;
use std::io::{self, Read};
use std::path::{Component, Path, PathBuf};

use gatehook::config::{self, Config, Holding, Layer, Loosening, Origin, Place, Rank, Shelf, Unread};
use gatehook::finding::Exit;
use gatehook::git::{self, Repo};

use crate::args::Output;
use crate::commands::fail;
use crate::setup::user_dir;

/// From where the repository's configuration is read.
#[derive(Clone, Debug)]
pub(crate) enum ConfigFrom<'r> {
    /// A directory on disk.
    Dir(&'r Path),
    /// The index.
    Index(&'r Repo),
    /// A commit.
    Commit(&'r Repo, String),
    /// No file of the repository's: the defaults, the machine's and the user's.
    Nothing(&'r Repo),
    /// A commit on a server: the environment is that of whoever pushes, so it names no organisation.
    Server(&'r Repo, String),
}

impl<'r> ConfigFrom<'r> {
    const fn repo(&self) -> Option<&'r Repo> {
        match self {
            Self::Dir(_) => None,
            Self::Index(repo) | Self::Nothing(repo) | Self::Commit(repo, _) | Self::Server(repo, _) => Some(*repo),
        }
    }
}

/// A configuration, and the exit code where there was something wrong with it: then it is the
/// default one, so that what is found is still shown.
pub(crate) struct Loaded {
    pub(crate) config: Config,
    pub(crate) exit: Exit,
}

/// Reads the machine's, the user's and the repository's configuration.
pub(crate) fn load(from: &ConfigFrom<'_>, output: &Output) -> Loaded {
    match resolved(from, output) {
        Ok(config) => Loaded { config, exit: Exit::Clean },
        Err(fault) => Loaded { config: Config::default(), exit: fault.tell() },
    }
}

/// What stood before a change, whose configuration a loosening is held against.
#[derive(Clone, Debug)]
pub(crate) struct Base<'r> {
    /// From where it is read.
    pub(crate) from: ConfigFrom<'r>,
    /// Its configuration.
    pub(crate) config: Config,
}

/// The configuration of `head` as far as it holds for the change that brings it, which begins at one of `bases`:
/// at the one after which it loosens the least. With none, or none that can be read, all of it holds and what
/// it loosens is named.
pub(crate) fn load_after<'r>(
    bases: &[ConfigFrom<'r>],
    head: &ConfigFrom<'_>,
    output: &Output,
    holding: Holding,
) -> (Loaded, Option<Base<'r>>) {
    let loaded = load(head, output);
    if loaded.exit != Exit::Clean {
        return (loaded, None);
    }
    let bases = bases.iter().filter_map(|from| Some(Base { from: from.clone(), config: resolved(from, output).ok()? }));
    let after = bases.map(|base| (loaded.config.clone().after(&base.config, holding), base));
    let (config, base) = match after.min_by_key(|(config, _)| config.loosened.len()) {
        Some((config, base)) => (config, Some(base)),
        None => {
            let base = head.repo().and_then(|repo| resolved(&ConfigFrom::Nothing(repo), output).ok());
            (loaded.config.clone().after(&base.unwrap_or_default(), Holding::All), None)
        }
    };
    (Loaded { config, exit: Exit::Clean }, base)
}

/// What the configuration of `head` loosens after `base`, which alone counts. Nothing where it cannot be read.
pub(crate) fn loosened(base: &Config, head: &ConfigFrom<'_>, output: &Output) -> Vec<Loosening> {
    resolved(head, output).map(|head| head.after(base, Holding::Nothing).loosened).unwrap_or_default()
}

/// The configuration where nobody is told what is wrong with it: the default one then.
pub(crate) fn quietly(from: &ConfigFrom<'_>, output: &Output) -> Config {
    resolved(from, output).unwrap_or_default()
}

fn resolved(from: &ConfigFrom<'_>, output: &Output) -> Result<Config, Fault> {
    let shelves = Shelves { from, flag: output.config.as_deref() };
    Config::load(&layers(from, output)?, &gatehook::stage::program(), &shelves).map_err(Fault::from)
}

/// Why there is no configuration, and what to do.
struct Fault {
    error: Box<dyn std::error::Error>,
    hint: Option<String>,
    exit: Exit,
}

impl Fault {
    fn tell(self) -> Exit {
        fail(&*self.error, self.hint.as_deref(), self.exit)
    }
}

impl From<config::ConfigError> for Fault {
    fn from(error: config::ConfigError) -> Self {
        Self { hint: error.hint(), error: error.into(), exit: Exit::Usage }
    }
}

/// The configuration as it would be with another text of the file in `dir`.
pub(crate) fn load_with(dir: &Path, text: &str) -> Result<Config, Exit> {
    let (from, output) = (ConfigFrom::Dir(dir), Output::default());
    let mut layers = layers(&from, &output).map_err(Fault::tell)?;
    layers.retain(|layer| layer.rank != Rank::Repository);
    let origin = Origin::File(dir.join(config::FILE));
    layers.push(Layer { rank: Rank::Repository, origin, text: text.as_bytes().to_vec() });
    Config::load(&layers, &gatehook::stage::program(), &Shelves { from: &from, flag: None })
        .map_err(|error| fail(&error, Some("nothing was written"), Exit::Usage))
}

/// Where an organisation keeps files on a machine.
fn machine_dir() -> PathBuf {
    if cfg!(windows) {
        let data = std::env::var_os("ProgramData").unwrap_or_else(|| "C:\\ProgramData".into());
        return PathBuf::from(data).join("gatehook");
    }
    PathBuf::from("/etc/gatehook")
}

fn layers(from: &ConfigFrom<'_>, output: &Output) -> Result<Vec<Layer>, Fault> {
    let mut layers = Vec::new();
    layers.extend(on_disk(Rank::Organisation, &machine_dir().join("config.toml"))?);
    // Besides the machine's own, never in its place: what that one locks stays locked.
    let named = std::env::var_os("GATEHOOK_ORGANISATION").filter(|path| !path.is_empty());
    if let Some(path) = named.filter(|_| !matches!(from, ConfigFrom::Server(..))) {
        layers.push(due(Rank::Organisation, Path::new(&path))?);
    }
    if let Some(path) = user_dir("XDG_CONFIG_HOME", ".config").map(|dir| dir.join("gatehook").join("config.toml")) {
        layers.extend(on_disk(Rank::User, &path)?);
    }
    if let Some(path) = &output.config {
        layers.push(due(Rank::Repository, path)?);
        return Ok(layers);
    }
    layers.extend(match from {
        ConfigFrom::Dir(dir) => on_disk(Rank::Repository, &dir.join(config::FILE))?,
        ConfigFrom::Nothing(_) => None,
        ConfigFrom::Index(repo) => {
            let origin = Origin::Git { path: config::FILE.to_owned(), revision: None };
            in_git(git::staged_file(repo, config::FILE), origin)?
        }
        ConfigFrom::Commit(repo, revision) | ConfigFrom::Server(repo, revision) => {
            let origin = Origin::Git { path: config::FILE.to_owned(), revision: Some(revision.clone()) };
            in_git(git::file_at(repo, revision, config::FILE), origin)?
        }
    });
    Ok(layers)
}

fn in_git(text: Result<Option<Vec<u8>>, git::GitError>, origin: Origin) -> Result<Option<Layer>, Fault> {
    match text {
        Ok(text) => Ok(text.map(|text| Layer { rank: Rank::Repository, origin, text })),
        Err(error) => Err(Fault { hint: error.hint(), error: error.into(), exit: Exit::NotScanned }),
    }
}

/// A file that somebody named, so that it has to be there.
fn due(rank: Rank, path: &Path) -> Result<Layer, Fault> {
    on_disk(rank, path)?.ok_or_else(|| {
        let missing = io::Error::new(io::ErrorKind::NotFound, format!("there is no file `{}`", path.display()));
        Fault { error: missing.into(), hint: None, exit: Exit::Usage }
    })
}

fn on_disk(rank: Rank, path: &Path) -> Result<Option<Layer>, Fault> {
    match regular(path, config::MOST) {
        Ok(text) => Ok(Some(Layer { rank, origin: Origin::File(path.to_owned()), text })),
        Err(error) if is_missing(&error) => Ok(None),
        Err(error) => {
            let hint = Some(format!("make `{}` readable", path.display()));
            Err(Fault { error: error.into(), hint, exit: Exit::Usage })
        }
    }
}

pub(crate) fn is_missing(error: &io::Error) -> bool {
    matches!(error.kind(), io::ErrorKind::NotFound | io::ErrorKind::NotADirectory)
}

/// Only a regular file is read: a pipe would hold the gate up, a device has no end.
pub(crate) fn regular(path: &Path, most: u64) -> io::Result<Vec<u8>> {
    let about = fs::metadata(path)?;
    match about.len() {
        _ if !about.is_file() => Err(io::Error::other(format!("`{}` is no regular file", path.display()))),
        size if size > most => Err(io::Error::other(format!("`{}` is too large", path.display()))),
        // A size may be wrong: files of the kernel's have none.
        _ => {
            let mut text = Vec::new();
            gatehook::sys::open(path)?.0.take(most.saturating_add(1)).read_to_end(&mut text)?;
            if text.len() as u64 > most {
                Err(io::Error::other(format!("`{}` is too large", path.display())))
            } else {
                Ok(text)
            }
        }
    }
}

/// Where the files stand that configurations extend.
struct Shelves<'s> {
    from: &'s ConfigFrom<'s>,
    /// The file that a flag names in place of the repository's.
    flag: Option<&'s Path>,
}

impl Shelves<'_> {
    /// The directory that holds the repository's files.
    fn top(&self) -> &Path {
        match self.from {
            ConfigFrom::Dir(dir) => dir,
            ConfigFrom::Index(repo)
            | ConfigFrom::Nothing(repo)
            | ConfigFrom::Commit(repo, _)
            | ConfigFrom::Server(repo, _) => &repo.top,
        }
    }
}

impl Shelf for Shelves<'_> {
    fn locate(&self, from: &Origin, path: &str) -> Place {
        let named = Path::new(path);
        match from {
            Origin::Git { path: own, revision } => {
                let beside = Path::new(own).parent().unwrap_or(Path::new("")).join(named);
                match plain(&beside).filter(|plain| !plain.is_absolute() && !plain.starts_with("..")) {
                    Some(inside) => {
                        let parts: Vec<_> = inside.iter().map(|part| part.to_string_lossy()).collect();
                        let origin = Origin::Git { path: parts.join("/"), revision: revision.clone() };
                        Place { origin, vouched: true }
                    }
                    None => on_machine(self.top().join(beside)),
                }
            }
            Origin::File(own) => {
                let beside = own.parent().unwrap_or(Path::new("")).join(named);
                let beside = plain(&beside).unwrap_or(beside);
                // Whoever names a file by a flag, or has one of their own, answers for what it names.
                let own_file = self.flag.is_some() || !own.starts_with(self.top());
                if own_file || beside.starts_with(self.top()) {
                    return Place { origin: Origin::File(beside), vouched: true };
                }
                on_machine(beside)
            }
        }
    }

    fn read(&self, origin: &Origin) -> Result<Vec<u8>, Unread> {
        let missing = |place: &str, hint: String| Unread { message: format!("there is no such file {place}"), hint };
        match origin {
            Origin::File(path) => regular(path, config::MOST).map_err(|error| {
                if is_missing(&error) {
                    return missing("", format!("`{}` is due there", path.display()));
                }
                Unread { message: error.to_string(), hint: format!("make `{}` readable", path.display()) }
            }),
            Origin::Git { path, revision } => {
                let (ConfigFrom::Index(repo)
                | ConfigFrom::Nothing(repo)
                | ConfigFrom::Commit(repo, _)
                | ConfigFrom::Server(repo, _)) = self.from
                else {
                    return Err(missing("in git", String::new()));
                };
                let (read, place, hint) = match revision {
                    None => (git::staged_file(repo, path), "in the index", format!("git add {path}")),
                    Some(revision) => {
                        (git::file_at(repo, revision, path), "in that commit", format!("commit `{path}` too"))
                    }
                };
                match read {
                    Ok(Some(text)) => Ok(text),
                    Ok(None) => Err(missing(place, hint)),
                    Err(error) => Err(Unread { message: error.to_string(), hint: error.hint().unwrap_or_default() }),
                }
            }
        }
    }
}

/// A file outside the repository: the machine's own ones need no digest.
fn on_machine(path: PathBuf) -> Place {
    let path = plain(&path).unwrap_or(path);
    Place { vouched: path.starts_with(machine_dir()), origin: Origin::File(path) }
}

/// The path without `.` and with each `..` taken back; `None` where it would lead above its root. What
/// leads above a relative path's beginning stays in front.
fn plain(path: &Path) -> Option<PathBuf> {
    let mut out = PathBuf::new();
    for part in path.components() {
        match part {
            Component::CurDir => {}
            Component::ParentDir => match out.components().next_back() {
                Some(Component::Normal(_)) => {
                    out.pop();
                }
                Some(Component::RootDir | Component::Prefix(_)) => return None,
                _ => out.push(part),
            },
            _ => out.push(part),
        }
    }
    Some(out)
}
