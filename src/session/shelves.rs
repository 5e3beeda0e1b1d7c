//! Where the files stand that a configuration extends: beside it, on disk or in git, or on the machine.

use std::path::{Component, Path, PathBuf};

use super::configuration::ConfigFrom;
use super::dirs::machine_dir;
use super::files::{is_missing, regular};
use crate::config::{self, Origin, Place, Shelf, Unread};
use crate::git;

/// Where the files stand that configurations extend.
pub(super) struct Shelves<'s> {
    pub(super) from: &'s ConfigFrom<'s>,
    /// The file that a flag names in place of the repository's.
    pub(super) flag: Option<&'s Path>,
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
                    return missing("", format!("`{}` is expected there", path.display()));
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
