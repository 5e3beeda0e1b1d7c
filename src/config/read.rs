//! A layer's text -> its raw form, with errors that say where and show no value.

use serde::de::DeserializeOwned;

use super::error::ConfigError;
use super::layer::Layer;
use super::raw::RawConfig;
use super::version::{self, Says};
use crate::text::escape;

/// Bytes that a configuration may have.
pub const MOST: u64 = 1 << 20;

/// The raw form of a file that may ask for a version of this program.
pub(super) trait Versioned: DeserializeOwned {
    /// The range that it asks for.
    fn required_version(&self) -> Option<&str>;
}

impl Versioned for RawConfig {
    fn required_version(&self) -> Option<&str> {
        self.required_version.as_deref()
    }
}

/// Reads a layer. `version` is this program's.
pub(super) fn read<T: Versioned>(layer: &Layer, version: &str) -> Result<T, ConfigError> {
    let form = |message: String| ConfigError::Form { origin: layer.origin.clone(), message };
    if layer.text.len() as u64 > MOST {
        return Err(form("too large".to_owned()));
    }
    let text = std::str::from_utf8(&layer.text).map_err(|error| form(format!("not UTF-8: {error}")))?;
    // Editors on Windows begin a file with it; TOML does not know it.
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    match toml::from_str::<T>(text) {
        Ok(raw) => check_version(raw.required_version(), layer, version).map(|()| raw),
        // What cannot be read may be for a younger version, and then that is what there is to say.
        Err(error) => {
            let table = text.parse::<toml::Table>().unwrap_or_default();
            check_version(table.get("required-version").and_then(toml::Value::as_str), layer, version)?;
            Err(form(told(text, &error)))
        }
    }
}

fn check_version(wanted: Option<&str>, layer: &Layer, version: &str) -> Result<(), ConfigError> {
    let Some(wanted) = wanted else { return Ok(()) };
    match version::check(wanted, version) {
        Says::Fits => Ok(()),
        Says::Other => Err(ConfigError::Version {
            origin: layer.origin.clone(),
            wanted: escape(wanted.as_bytes()).to_string(),
            found: version.to_owned(),
        }),
        Says::Nothing => Err(ConfigError::Values {
            origin: layer.origin.clone(),
            faults: vec![
                "`required-version` is not a range of versions: write \">=0.3\" or \">=0.3, <0.5\"".to_owned(),
            ],
        }),
    }
}

/// Line, column and cause of an error, without the line itself: it may hold a secret, and where the
/// file is a link it is not even the repository's.
fn told(text: &str, error: &toml::de::Error) -> String {
    let before = error.span().and_then(|span| text.get(..span.start)).unwrap_or_default();
    let line = before.matches('\n').count() + 1;
    let column = before.rsplit('\n').next().unwrap_or_default().chars().count() + 1;
    format!("line {line}, column {column}: {}", without_values(error.message()))
}

/// What a message quotes from the file, hidden: texts always, names unless they look like a key.
fn without_values(message: &str) -> String {
    let mut out = String::new();
    let mut rest = message;
    while let Some(at) = rest.find(['"', '`']) {
        let (before, quoted) = rest.split_at(at);
        let quote = &quoted[..1];
        let inner = &quoted[1..];
        // A text may hold its own quote, escaped or not: up to the last one.
        let end = if quote == "\"" { inner.rfind('"') } else { inner.find('`') };
        let Some(end) = end else { break };
        let name = &inner[..end];
        let known = |c: char| c.is_ascii_lowercase() || matches!(c, '-' | '_' | '.') || c.is_ascii_punctuation();
        let shown = if quote == "`" && name.len() <= 32 && name.chars().all(known) { name } else { "…" };
        out.extend([before, quote, shown, quote]);
        rest = &inner[end + 1..];
    }
    out.push_str(rest);
    out
}
