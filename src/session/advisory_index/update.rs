//! How the index is brought up to date from archives.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use crate::sca::Ecosystem;
use crate::sca::advisories::{Compiler, Index, Origin};
use crate::sca::lockfiles::{self, Format, Input, LARGEST};
use crate::service::archives::{Answer, Archives};
use crate::session::{self, clock, files};
use crate::store::AdvisoryFile;

use super::import::{archive, blake3, chain, place};

/// What is asked of the archives.
#[derive(Clone, Debug, Default)]
pub struct UpdateRequest {
    /// Ecosystems by name; with none, those of the index and of this directory's lock files.
    pub ecosystems: Vec<String>,
    /// Where the archives are.
    pub url: String,
    /// Certificates to trust besides the usual ones.
    pub ca: Option<PathBuf>,
}

/// Who follows an update.
pub trait FollowUpdate {
    /// Says a line.
    fn tell(&self, line: &str);
    /// Follows one archive: bytes done, and all of them where that is known.
    fn archive(&self, name: &str) -> Box<dyn FnMut(u64, Option<u64>)>;
}

/// Fetches what is newer and compiles it into the index. What it says is for people.
///
/// # Errors
///
/// Why the index stays as it was.
pub fn update(args: &UpdateRequest, follow: &dyn FollowUpdate) -> Result<String, String> {
    let dirs = session::dirs().ok_or("neither XDG_DATA_HOME nor HOME is set")?;
    let old = AdvisoryFile::open(&dirs).map_err(|error| chain(&error))?;
    let index = old.as_ref().and_then(|old| Index::open(&old.map).ok()).filter(|index| index.verify().is_ok());
    let ecosystems = wanted(args, index.as_ref())?;
    let ca = match &args.ca {
        Some(path) => Some(
            files::read_regular(path, 16 << 20)
                .map_err(|error| error.to_string())?
                .ok_or_else(|| format!("there is no file `{}`", path.display()))?,
        ),
        None => None,
    };
    let part = dirs.cache.join("advisories");
    let client = crate::service::archives::https(&args.url, ca.as_deref(), &part).map_err(|error| chain(&error))?;
    let mut fresh = Vec::new();
    let (mut same, mut names) = (0, Vec::new());
    for ecosystem in &ecosystems {
        let name = format!("osv:{}", ecosystem.name());
        let known = index.as_ref().and_then(|index| index.sources.iter().find(|source| source.name == name));
        let tag = known.map_or("", |source| source.tag.as_str());
        let mut bar = follow.archive(ecosystem.name());
        match client
            .fetch(ecosystem.name(), tag, &mut *bar)
            .map_err(|error| format!("{}: {}", ecosystem.name(), chain(&error)))?
        {
            Answer::Unchanged => {
                follow.tell(&format!("{}: unchanged", ecosystem.name()));
                same += 1;
            }
            Answer::New { bytes, tag } => {
                follow.tell(&format!("{}: {} KiB", ecosystem.name(), bytes.len() >> 10));
                names.push(name.clone());
                fresh.push((Origin { name, digest: blake3(&bytes), tag }, bytes));
            }
        }
    }
    let now = clock::seconds();
    let mut compiler = Compiler::default();
    if let Some(index) = &index {
        compiler.take_over(index, &names).map_err(|error| error.to_string())?;
    }
    for (origin, bytes) in fresh {
        let name = origin.name.clone();
        compiler.source(origin, now);
        let found = archive(&bytes, &mut compiler).map_err(|error| format!("{name}: {error}"))?;
        if found == 0 {
            return Err(format!("{name} holds no advisory"));
        }
    }
    let text = place(&dirs, compiler, now)?;
    Ok(if same == ecosystems.len() { format!("nothing is newer; {text}") } else { text })
}

/// What to ask for: what is named, what the index has from there already, or what this directory's lock files are of.
fn wanted(args: &UpdateRequest, index: Option<&Index<'_>>) -> Result<Vec<Ecosystem>, String> {
    let mut wanted = BTreeSet::new();
    for word in &args.ecosystems {
        wanted.insert(Ecosystem::from_word(word).ok_or_else(|| format!("there is no ecosystem `{word}`"))?);
    }
    if wanted.is_empty() {
        let sources = index.map_or(&[][..], |index| index.sources.as_slice());
        wanted.extend(sources.iter().filter_map(|source| Ecosystem::from_osv(source.name.strip_prefix("osv:")?)));
        wanted.extend(here());
    }
    if wanted.is_empty() {
        return Err(
            "no lock file here says which ecosystems are needed: name them, as `gatehook advisories update npm PyPI`"
                .to_owned(),
        );
    }
    Ok(wanted.into_iter().collect())
}

/// The ecosystems of the lock files below this directory.
fn here() -> BTreeSet<Ecosystem> {
    let mut found = BTreeSet::new();
    let walk = ignore::WalkBuilder::new(".")
        .hidden(false)
        .max_depth(Some(6))
        .filter_entry(|entry| entry.file_name() != ".git")
        .build();
    for entry in walk.filter_map(Result::ok) {
        let path = entry.path().to_string_lossy().into_owned();
        let Some(format) = Format::of(&path) else { continue };
        let Ok(Some(bytes)) = files::read_regular(entry.path(), LARGEST as u64) else { continue };
        let beside = |name: &str| files::read_regular(Path::new(name), LARGEST as u64).ok().flatten();
        if let Ok(lock) = lockfiles::read(format, &Input { path: &path, bytes: &bytes, beside: &beside, graph: false })
        {
            found.extend(lock.packages.iter().map(|package| package.ecosystem));
        }
    }
    found
}
