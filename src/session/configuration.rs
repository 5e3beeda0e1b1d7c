//! The layers of configuration, read from where they belong: the machine's and the user's from disk, the
//! repository's from the work tree, the index or a commit, and what it extends from the same place.

use std::io;
use std::path::{Path, PathBuf};

use super::dirs::{machine_dir, user_dir};
use super::failure::{Failure, fail};
use super::files::{is_missing, regular};
use super::shelves::Shelves;
use crate::config::{self, Config, Holding, Layer, Loosening, Origin, Rank};
use crate::finding::Exit;
use crate::git::{self, Repo};
use crate::stage;

/// From where the repository's configuration is read.
#[derive(Clone, Debug)]
pub enum ConfigFrom<'r> {
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

/// The files that flags name in place of the repository's own.
#[derive(Clone, Debug, Default)]
pub struct Overrides {
    /// In place of its `gatehook.toml`.
    pub config: Option<PathBuf>,
    /// In place of its baseline.
    pub baseline: Option<PathBuf>,
}

/// A configuration. Where there was something wrong with it, it is the default one, so that what is found is still
/// shown.
pub struct Loaded {
    /// The configuration that holds.
    pub config: Config,
    /// What is wrong with the one that should hold.
    pub failure: Option<Failure>,
}

impl Loaded {
    /// How a run under it ends, at best.
    pub fn exit(&self) -> Exit {
        self.failure.as_ref().map_or(Exit::Clean, |failure| failure.exit)
    }
}

/// Reads the machine's, the user's and the repository's configuration.
pub fn load(from: &ConfigFrom<'_>, over: &Overrides) -> Loaded {
    match resolved(from, over) {
        Ok(config) => Loaded { config, failure: None },
        Err(failure) => Loaded { config: Config::default(), failure: Some(failure) },
    }
}

/// What stood before a change, whose configuration a loosening is held against.
#[derive(Clone, Debug)]
pub struct Base<'r> {
    /// From where it is read.
    pub from: ConfigFrom<'r>,
    /// Its configuration.
    pub config: Config,
}

/// The configuration of `head` as far as it holds for the change that brings it, which begins at one of `bases`:
/// at the one after which it loosens the least. With none, or none that can be read, all of it holds and what
/// it loosens is named.
pub fn load_after<'r>(
    bases: &[ConfigFrom<'r>],
    head: &ConfigFrom<'_>,
    over: &Overrides,
    holding: Holding,
) -> (Loaded, Option<Base<'r>>) {
    let loaded = load(head, over);
    if loaded.failure.is_some() {
        return (loaded, None);
    }
    let bases = bases.iter().filter_map(|from| Some(Base { from: from.clone(), config: resolved(from, over).ok()? }));
    let after = bases.map(|base| (loaded.config.clone().after(&base.config, holding), base));
    let (config, base) = match after.min_by_key(|(config, _)| config.loosened.len()) {
        Some((config, base)) => (config, Some(base)),
        None => {
            let base = head.repo().and_then(|repo| resolved(&ConfigFrom::Nothing(repo), over).ok());
            (loaded.config.clone().after(&base.unwrap_or_default(), Holding::All), None)
        }
    };
    (Loaded { config, failure: None }, base)
}

/// What the configuration of `head` loosens after `base`, which alone counts. Nothing where it cannot be read.
pub fn loosened(base: &Config, head: &ConfigFrom<'_>, over: &Overrides) -> Vec<Loosening> {
    resolved(head, over).map(|head| head.after(base, Holding::Nothing).loosened).unwrap_or_default()
}

/// The configuration where no one learns what is wrong with it: the default one then.
pub fn quietly(from: &ConfigFrom<'_>, over: &Overrides) -> Config {
    resolved(from, over).unwrap_or_default()
}

fn resolved(from: &ConfigFrom<'_>, over: &Overrides) -> Result<Config, Failure> {
    let shelves = Shelves { from, flag: over.config.as_deref() };
    Config::load(&layers(from, over)?, &stage::program(), &shelves)
        .map_err(|error| fail(&error, error.hint().as_deref(), Exit::Usage))
}

/// The configuration as it would be with another text of the file in `dir`.
pub fn load_with(dir: &Path, text: &str) -> Result<Config, Failure> {
    let (from, over) = (ConfigFrom::Dir(dir), Overrides::default());
    let mut layers = layers(&from, &over)?;
    layers.retain(|layer| layer.rank != Rank::Repository);
    let origin = Origin::File(dir.join(config::FILE));
    layers.push(Layer { rank: Rank::Repository, origin, text: text.as_bytes().to_vec() });
    Config::load(&layers, &stage::program(), &Shelves { from: &from, flag: None })
        .map_err(|error| fail(&error, Some("nothing was written"), Exit::Usage))
}

fn layers(from: &ConfigFrom<'_>, over: &Overrides) -> Result<Vec<Layer>, Failure> {
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
    if let Some(path) = &over.config {
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

fn in_git(text: Result<Option<Vec<u8>>, git::GitError>, origin: Origin) -> Result<Option<Layer>, Failure> {
    match text {
        Ok(text) => Ok(text.map(|text| Layer { rank: Rank::Repository, origin, text })),
        Err(error) => Err(fail(&error, error.hint().as_deref(), Exit::NotScanned)),
    }
}

/// A file that somebody named, so that it has to be there.
fn due(rank: Rank, path: &Path) -> Result<Layer, Failure> {
    on_disk(rank, path)?.ok_or_else(|| {
        let missing = io::Error::new(io::ErrorKind::NotFound, format!("there is no file `{}`", path.display()));
        fail(&missing, None, Exit::Usage)
    })
}

fn on_disk(rank: Rank, path: &Path) -> Result<Option<Layer>, Failure> {
    match regular(path, config::MOST) {
        Ok(text) => Ok(Some(Layer { rank, origin: Origin::File(path.to_owned()), text })),
        Err(error) if is_missing(&error) => Ok(None),
        Err(error) => Err(fail(&error, Some(&format!("make `{}` readable", path.display())), Exit::Usage)),
    }
}
