//! Names as numbers, and access paths (`sqlite3.connect().cursor`) as numbers. Knows no language.

use std::collections::HashMap;
use std::rc::Rc;

/// An interned name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(super) struct Sym(u32);

/// An interned access path.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(super) struct PathId(pub(super) u32);

/// The longest path that is followed, in segments.
const DEEPEST: u8 = 10;
/// The longest name that is kept whole.
const LONGEST: usize = 200;

/// All names and paths of one run.
#[derive(Default)]
pub(super) struct Names {
    names: Vec<Rc<str>>,
    by_name: HashMap<Rc<str>, u32>,
    paths: Vec<(Rc<str>, u8)>,
    by_path: HashMap<Rc<str>, u32>,
    fields: HashMap<(PathId, Sym), Option<PathId>>,
    calls: HashMap<PathId, Option<PathId>>,
    parents: HashMap<PathId, PathId>,
}

impl Names {
    /// The name `text`.
    pub(super) fn sym(&mut self, text: &str) -> Sym {
        let text = match text.char_indices().nth(LONGEST) {
            Some((end, _)) => &text[..end],
            None => text,
        };
        if let Some(at) = self.by_name.get(text) {
            return Sym(*at);
        }
        let at = u32::try_from(self.names.len()).unwrap_or(u32::MAX);
        let text: Rc<str> = text.into();
        self.names.push(text.clone());
        self.by_name.insert(text, at);
        Sym(at)
    }

    /// What `sym` reads as.
    pub(super) fn text(&self, sym: Sym) -> &Rc<str> {
        &self.names[sym.0 as usize]
    }

    /// The path that reads `text`.
    pub(super) fn path(&mut self, text: &str) -> PathId {
        if let Some(at) = self.by_path.get(text) {
            return PathId(*at);
        }
        let at = u32::try_from(self.paths.len()).unwrap_or(u32::MAX);
        let depth = u8::try_from(text.bytes().filter(|byte| *byte == b'.').count()).unwrap_or(DEEPEST);
        let text: Rc<str> = text.into();
        self.paths.push((text.clone(), depth));
        self.by_path.insert(text, at);
        PathId(at)
    }

    /// What `path` reads as.
    pub(super) fn path_text(&self, path: PathId) -> &Rc<str> {
        &self.paths[path.0 as usize].0
    }

    /// The member `name` of `path`, unless that grows too long.
    pub(super) fn field(&mut self, path: PathId, name: Sym) -> Option<PathId> {
        if let Some(known) = self.fields.get(&(path, name)) {
            return *known;
        }
        let (text, depth) = &self.paths[path.0 as usize];
        let made =
            (*depth < DEEPEST && text.len() < 2 * LONGEST).then(|| format!("{text}.{}", self.names[name.0 as usize]));
        let made = made.map(|text| self.path(&text));
        if let Some(made) = made {
            self.parents.insert(made, path);
        }
        self.fields.insert((path, name), made);
        made
    }

    /// What a call of `path` gives.
    pub(super) fn call(&mut self, path: PathId) -> Option<PathId> {
        if let Some(known) = self.calls.get(&path) {
            return *known;
        }
        let text = &self.paths[path.0 as usize].0;
        let made = (!text.ends_with("()()")).then(|| format!("{text}()"));
        let made = made.map(|text| self.path(&text));
        if let Some(made) = made {
            self.parents.insert(made, path);
        }
        self.calls.insert(path, made);
        made
    }
}
