//! The baselines that count, read from where the configuration is read.

use super::configuration::{Base, ConfigFrom, Overrides};
use super::files::read_regular;
use super::limits;
use crate::config::Config;
use crate::git;
use crate::policy::baseline;

/// Reads the baseline from where the configuration is read from. None is there unless somebody made
/// one; one that is named and missing is an error.
pub fn of(from: &ConfigFrom<'_>, config: &Config, over: &Overrides) -> Result<Vec<baseline::Source>, String> {
    let whole = |error: &dyn std::error::Error| {
        let causes = std::iter::successors(error.source(), |cause| cause.source());
        causes.fold(error.to_string(), |text, cause| format!("{text}: {cause}"))
    };
    if let Some(path) = &over.baseline {
        let missing = || format!("there is no file `{}`", path.display());
        let text = read_regular(path, limits::BASELINE).map_err(|error| whole(&error))?.ok_or_else(missing)?;
        return Ok(vec![baseline::Source { name: path.display().to_string(), text, kept: true, before: None }]);
    }
    let name = config.baseline.as_deref().unwrap_or(baseline::FILE);
    if name.is_empty() {
        return Ok(Vec::new());
    }
    let (text, told) = match from {
        ConfigFrom::Dir(dir) => {
            (read_regular(&dir.join(name), limits::BASELINE).map_err(|error| whole(&error))?, name.to_owned())
        }
        ConfigFrom::Nothing(_) => return Ok(Vec::new()),
        ConfigFrom::Index(repo) => {
            (git::staged_text(repo, name).map_err(|error| whole(&error))?, format!("{name} (staged)"))
        }
        ConfigFrom::Commit(repo, revision) | ConfigFrom::Server(repo, revision) => {
            let short = &revision[..revision.len().min(12)];
            (git::file_at(repo, revision, name).map_err(|error| whole(&error))?, format!("{name} at {short}"))
        }
    };
    match text {
        Some(text) if text.len() as u64 > limits::BASELINE => Err(format!("`{told}` is too large")),
        Some(text) => Ok(vec![baseline::Source { name: told, text, kept: true, before: None }]),
        None if config.baseline.is_some() => Err(format!("`{told}` is named as the baseline and is not there")),
        None => Ok(Vec::new()),
    }
}

/// The same, each with what it was in `base` where that is another: lines that a change adds are reported.
pub fn after(
    base: Option<&Base<'_>>,
    from: &ConfigFrom<'_>,
    config: &Config,
    over: &Overrides,
) -> Result<Vec<baseline::Source>, String> {
    let mut sources = of(from, config, over)?;
    let Some(base) = base.filter(|_| over.baseline.is_none()) else { return Ok(sources) };
    // Where there was none, or none that can be read, every line is new.
    let before = of(&base.from, &base.config, over).ok().and_then(|mut before| before.pop());
    let before = before.map(|source| source.text).unwrap_or_default();
    for source in &mut sources {
        source.before = (source.text != before).then(|| before.clone());
    }
    Ok(sources)
}
