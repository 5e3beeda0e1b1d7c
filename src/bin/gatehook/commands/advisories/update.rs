//! `gatehook advisories update`.

use std::collections::BTreeSet;
use std::io;
use std::path::Path;

use gatehook::finding::Exit;
use gatehook::sca::Ecosystem;
use gatehook::sca::advisories::{Compiler, Index, Origin};
use gatehook::sca::lockfiles::{self, Format, Input, LARGEST};
use gatehook::service::archives::{Answer, Archives};
use gatehook::session::{self, clock, files};
use gatehook::store::AdvisoryFile;

use super::import::{archive, blake3, chain, eprint, place};
use crate::args::UpdateAdvisories;
use crate::say::{fail, say};

pub(super) fn run(args: &UpdateAdvisories) -> Exit {
    match updated(args) {
        Ok(text) => say(&text),
        Err(reason) => {
            let hint = "the index is as it was before; `gatehook advisories import FILE` takes archives that were downloaded otherwise";
            fail(&io::Error::other(reason), Some(hint), Exit::NotScanned)
        }
    }
}

fn updated(args: &UpdateAdvisories) -> Result<String, String> {
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
    let client = gatehook::service::archives::https(&args.url, ca.as_deref(), &part).map_err(|error| chain(&error))?;
    let mut fresh = Vec::new();
    let (mut same, mut names) = (0, Vec::new());
    for ecosystem in &ecosystems {
        let name = format!("osv:{}", ecosystem.name());
        let known = index.as_ref().and_then(|index| index.sources.iter().find(|source| source.name == name));
        let tag = known.map_or("", |source| source.tag.as_str());
        let mut follow = progress(ecosystem.name());
        match client
            .fetch(ecosystem.name(), tag, &mut follow)
            .map_err(|error| format!("{}: {}", ecosystem.name(), chain(&error)))?
        {
            Answer::Unchanged => {
                eprint(&format!("{}: unchanged\n", ecosystem.name()));
                same += 1;
            }
            Answer::New { bytes, tag } => {
                eprint(&format!("{}: {} KiB\n", ecosystem.name(), bytes.len() >> 10));
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

/// A bar on a terminal, while it lasts.
fn progress(name: &str) -> impl FnMut(u64, Option<u64>) {
    let bar = indicatif::ProgressBar::hidden();
    if io::IsTerminal::is_terminal(&io::stderr()) {
        bar.set_draw_target(indicatif::ProgressDrawTarget::stderr());
    }
    let style = indicatif::ProgressStyle::with_template("{msg}: {bytes} of {total_bytes}, {bytes_per_sec} {wide_bar}");
    bar.set_style(style.unwrap_or_else(|_| indicatif::ProgressStyle::default_bar()));
    bar.set_message(name.to_owned());
    move |done, total| {
        bar.set_length(total.unwrap_or(done));
        bar.set_position(done);
        if total == Some(done) {
            bar.finish_and_clear();
        }
    }
}

/// What to ask for: what is named, what the index has from there already, or what this directory's lock files are of.
fn wanted(args: &UpdateAdvisories, index: Option<&Index<'_>>) -> Result<Vec<Ecosystem>, String> {
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
