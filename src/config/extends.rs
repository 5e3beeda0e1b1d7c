//! `extends`: the files that a layer stands on, vendored or pinned by digest, and read without a network.
//!
//! Reads no file: a [`Shelf`] does, from where the naming file itself came.

use toml::Value;

use super::error::ConfigError;
use super::layer::{Layer, Origin, Rank};
use super::raw::RawConfig;
use super::read::read;
use crate::text::{escape, sha256};

/// Files that stand on each other, at most.
const DEEPEST: usize = 5;
/// Files in all, at most.
const MOST: usize = 16;

/// Where files that configurations name are read.
pub trait Shelf {
    /// Where `path` leads that the file of `from` names.
    fn locate(&self, from: &Origin, path: &str) -> Place;

    /// The text there.
    fn read(&self, origin: &Origin) -> Result<Vec<u8>, Unread>;
}

/// Where a named file stands.
#[derive(Clone, Debug)]
pub struct Place {
    /// The file.
    pub origin: Origin,
    /// Whether its place vouches for its content: vendored in the repository, or the machine's own. Any
    /// other file that a repository names is pinned by digest.
    pub vouched: bool,
}

/// Why a named file cannot be read.
#[derive(Clone, Debug)]
pub struct Unread {
    /// Why, as `there is no such file`.
    pub message: String,
    /// What to do, as a command where one helps.
    pub hint: String,
}

/// The shelf with nothing on it: for texts that stand alone.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Empty;

impl Shelf for Empty {
    fn locate(&self, _from: &Origin, path: &str) -> Place {
        Place { origin: Origin::File(path.into()), vouched: true }
    }

    fn read(&self, _origin: &Origin) -> Result<Vec<u8>, Unread> {
        Err(Unread { message: "no file is read here".to_owned(), hint: String::new() })
    }
}

/// The files that `extends` names, each with its digest where it has one: a path, a table, or a list of
/// these. By hand, for what serde says of a value that may be several things helps no one.
fn bases(value: Value) -> Result<Vec<(String, Option<String>)>, &'static str> {
    let list = match value {
        Value::Array(list) => list,
        one => vec![one],
    };
    list.into_iter()
        .map(base)
        .collect::<Option<_>>()
        .ok_or("`extends` takes a path, { path = \"…\", sha256 = \"…\" }, or a list of these")
}

fn base(value: Value) -> Option<(String, Option<String>)> {
    let mut table = match value {
        Value::String(path) => return Some((path, None)),
        Value::Table(table) => table,
        _ => return None,
    };
    let Some(Value::String(path)) = table.remove("path") else { return None };
    let sha256 = match table.remove("sha256") {
        None => None,
        Some(Value::String(sha256)) => Some(sha256),
        Some(_) => return None,
    };
    table.is_empty().then_some((path, sha256))
}

/// A layer that has been read.
#[derive(Debug)]
pub(super) struct Read {
    pub(super) rank: Rank,
    pub(super) origin: Origin,
    pub(super) raw: RawConfig,
}

/// Reads `layers` and all that they stand on, each behind its bases. A file that is named twice is read
/// once.
pub(super) fn gather(layers: &[Layer], version: &str, shelf: &dyn Shelf) -> Result<Vec<Read>, ConfigError> {
    let mut gathered = Gathered { version, shelf, chain: Vec::new(), read: Vec::new() };
    for layer in layers {
        gathered.add(layer)?;
    }
    let mut read = gathered.read;
    read.sort_by_key(|layer| layer.rank);
    Ok(read)
}

struct Gathered<'g> {
    version: &'g str,
    shelf: &'g dyn Shelf,
    /// The files that led here, outermost first.
    chain: Vec<Origin>,
    read: Vec<Read>,
}

impl Gathered<'_> {
    fn add(&mut self, layer: &Layer) -> Result<(), ConfigError> {
        let mut raw: RawConfig = read(layer, self.version)?;
        self.chain.push(layer.origin.clone());
        let bases = raw.extends.take().map_or(Ok(Vec::new()), bases);
        let bases = bases
            .map_err(|fault| ConfigError::Values { origin: layer.origin.clone(), faults: vec![fault.to_owned()] })?;
        for (path, sha256) in bases {
            self.base(layer, &path, sha256.as_deref())?;
        }
        self.chain.pop();
        self.read.push(Read { rank: layer.rank, origin: layer.origin.clone(), raw });
        Ok(())
    }

    fn base(&mut self, layer: &Layer, path: &str, pin: Option<&str>) -> Result<(), ConfigError> {
        let fail = |message: String, hint: String| {
            let (origin, path) = (layer.origin.clone(), escape(path.as_bytes()).to_string());
            let (message, hint) = (escape(message.as_bytes()).to_string(), escape(hint.as_bytes()).to_string());
            Err(ConfigError::Extends { origin, path, message, hint })
        };
        let Place { origin, vouched } = self.shelf.locate(&layer.origin, path);
        if self.chain.contains(&origin) {
            let chain: Vec<String> = self.chain.iter().chain([&origin]).map(ToString::to_string).collect();
            return fail(format!("that is a circle: {}", chain.join(" > ")), String::new());
        }
        if self.chain.len() >= DEEPEST {
            return fail(format!("more than {DEEPEST} files extend each other"), String::new());
        }
        let digest = format!("`{}` prints the digest", origin.digest_command());
        let pinned = |sha256: &str| format!("extends = {{ path = \"{path}\", sha256 = \"{sha256}\" }}");
        match pin {
            None if !vouched => {
                let message = "it is outside the repository, so it needs a `sha256`".to_owned();
                return fail(message, format!("{digest}; then: {}", pinned("…")));
            }
            Some(pin) if pin.len() != 64 || !pin.bytes().all(|byte| byte.is_ascii_hexdigit()) => {
                return fail("`sha256` takes 64 hexadecimal digits".to_owned(), digest);
            }
            _ => {}
        }
        if self.read.iter().any(|read| read.origin == origin) {
            return Ok(());
        }
        if self.read.len() + self.chain.len() >= MOST {
            return fail(format!("more than {MOST} files"), String::new());
        }
        let text = match self.shelf.read(&origin) {
            Ok(text) => text,
            Err(unread) => return fail(unread.message, unread.hint),
        };
        if let Some(pin) = pin {
            let found: String = sha256::digest(&text).iter().map(|byte| format!("{byte:02x}")).collect();
            if !found.eq_ignore_ascii_case(pin) {
                let message = "its content is another one than `sha256` says".to_owned();
                return fail(message, format!("{digest}; where the new content is wanted: {}", pinned("…")));
            }
        }
        // What a repository stands on speaks for its organisation.
        let rank = if layer.rank == Rank::Repository { Rank::Organisation } else { layer.rank };
        self.add(&Layer { rank, origin, text })
    }
}
