//! The configuration of subdirectories (`DIR/gatehook.toml`), read from where the repository's own is read.

use std::collections::BTreeSet;

use super::configuration::{ConfigFrom, Overrides};
use super::files;
use crate::config::{self, Config, ConfigError, Holding, Layer, Origin, Rank, Subdirectory};
use crate::git;
use crate::stage;

/// What `DIR/gatehook.toml` is held against.
#[derive(Clone, Debug)]
pub enum Against<'r> {
    /// Nothing: what stands there holds, and nothing of it is new.
    Nothing,
    /// What stood before the change; with no such place all of it is new.
    Before(Option<ConfigFrom<'r>>, Holding),
}

/// `config` with what the files of `dirs` add; `None` where there are none.
///
/// # Errors
///
/// A file that cannot be read, or says what only the root's may say.
pub fn read(
    config: &Config,
    from: &ConfigFrom<'_>,
    against: &Against<'_>,
    dirs: &BTreeSet<String>,
    over: &Overrides,
) -> Result<Option<Config>, ConfigError> {
    // The file that a flag names takes the place of all of them.
    if over.config.is_some() {
        return Ok(None);
    }
    let here = dirs.iter().filter_map(|dir| file(from, dir).transpose()).collect::<Result<Vec<_>, _>>()?;
    let before: Vec<Subdirectory> = match against {
        Against::Before(Some(base), _) => dirs.iter().filter_map(|dir| file(base, dir).ok().flatten()).collect(),
        _ => Vec::new(),
    };
    if here.is_empty() {
        return Ok(None);
    }
    let compared = match against {
        Against::Nothing => None,
        Against::Before(_, holding) => Some((&before[..], *holding)),
    };
    config.with_subdirectories(&here, compared, &stage::program()).map(Some)
}

/// The file of one directory; `None` where there is none.
fn file(from: &ConfigFrom<'_>, dir: &str) -> Result<Option<Subdirectory>, ConfigError> {
    let path = format!("{dir}/{}", config::FILE);
    let (origin, text) = match from {
        ConfigFrom::Nothing(_) => return Ok(None),
        ConfigFrom::Dir(top) => {
            let path = top.join(&path);
            let text = match files::regular(&path, config::MOST) {
                Ok(text) => Ok(Some(text)),
                Err(error) if files::is_missing(&error) => Ok(None),
                Err(error) => Err(error.to_string()),
            };
            (Origin::File(path), text)
        }
        ConfigFrom::Index(repo) => {
            let text = git::staged_file(repo, &path).map_err(|error| error.to_string());
            (Origin::Git { path, revision: None }, text)
        }
        ConfigFrom::Commit(repo, revision) | ConfigFrom::Server(repo, revision) => {
            let text = git::file_at(repo, revision, &path).map_err(|error| error.to_string());
            (Origin::Git { path, revision: Some(revision.clone()) }, text)
        }
    };
    let text = text.map_err(|message| ConfigError::Form { origin: origin.clone(), message })?;
    let layer = |text| Layer { rank: Rank::Repository, origin, text };
    Ok(text.map(|text| Subdirectory { dir: dir.to_owned(), layer: layer(text) }))
}
