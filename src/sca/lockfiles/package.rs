//! A package as a lock file states it, and the list of them.

use std::collections::{BTreeSet, HashMap, VecDeque};

use super::{Format, Manifest};
use crate::sca::Ecosystem;

/// Where a package is taken from.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Source {
    /// The file does not say.
    #[default]
    Unstated,
    /// A registry or the archive that it gave, by its URL.
    Registry(String),
    /// A git repository.
    Git(String),
    /// A URL of an archive.
    Url(String),
    /// A path on disk, mostly the repository's own.
    Path(String),
}

impl Source {
    /// What kind a URL or path is. An archive of a package registry counts as the registry.
    pub fn of(text: &str) -> Self {
        let owned = text.to_owned();
        if text.is_empty() {
            Self::Unstated
        } else if text.starts_with("https://registry.npmjs.org/") {
            Self::Registry(owned)
        } else if text.starts_with("git")
            || text.contains(".git#")
            || text.ends_with(".git")
            || text.starts_with("ssh:")
        {
            Self::Git(owned)
        } else if text.starts_with("file:")
            || text.starts_with("link:")
            || text.starts_with('.')
            || text.starts_with('/')
        {
            Self::Path(owned)
        } else if text.contains("codeload.github.com")
            || (text.contains("://github.com/") && text.contains("/archive/"))
        {
            Self::Url(owned)
        } else {
            Self::Registry(owned)
        }
    }

    /// The host of a URL, in lower case, without user and port.
    pub fn host(&self) -> Option<String> {
        let (Self::Registry(text) | Self::Git(text) | Self::Url(text)) = self else { return None };
        let rest = text.split_once("://").map_or(text.as_str(), |(_, rest)| rest);
        let authority = rest.split(['/', '?', '#']).next().unwrap_or_default();
        let host = authority.rsplit('@').next().unwrap_or(authority).split(':').next().unwrap_or_default();
        (host.contains('.') || host == "localhost").then(|| host.to_ascii_lowercase())
    }

    /// The URL or path.
    pub fn text(&self) -> &str {
        match self {
            Self::Unstated => "",
            Self::Registry(text) | Self::Git(text) | Self::Url(text) | Self::Path(text) => text,
        }
    }
}

/// What a package is needed for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum Scope {
    /// To run.
    #[default]
    Runtime,
    /// To run, where it can be had.
    Optional,
    /// To develop or build.
    Dev,
    /// To test.
    Test,
}

/// One package.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Package {
    /// Its ecosystem.
    pub ecosystem: Ecosystem,
    /// Its name as the file writes it.
    pub name: String,
    /// Its version; empty where the file does not pin one.
    pub version: String,
    /// Where no version is pinned, the lowest one that may be installed; empty where that is not known either.
    pub at_least: String,
    /// The line that names it; 0 where there is none.
    pub line: u32,
    /// Where it is taken from.
    pub source: Source,
    /// Checksums, one blank between; empty where the file has none.
    pub integrity: String,
    /// What it is needed for.
    pub scope: Scope,
    /// Whether the project itself asks for it; `None` where nothing tells.
    pub direct: Option<bool>,
    /// Its licence as the file states it; empty where it does not.
    pub licence: String,
    /// Whether installing it runs code of it.
    pub scripts: bool,
    /// Places in the list of what it requires.
    pub requires: Vec<u32>,
    /// When the release was made, as RFC 3339; empty where the file does not say.
    pub released: String,
    /// The release of a distribution (`12` of Debian:12); empty elsewhere.
    pub release: String,
}

impl Package {
    /// One with a name and version at a line.
    pub fn new(ecosystem: Ecosystem, name: impl Into<String>, version: impl Into<String>, line: u32) -> Self {
        Self {
            ecosystem,
            name: name.into(),
            version: version.into(),
            at_least: String::new(),
            line,
            source: Source::Unstated,
            integrity: String::new(),
            scope: Scope::Runtime,
            direct: None,
            licence: String::new(),
            scripts: false,
            requires: Vec::new(),
            released: String::new(),
            release: String::new(),
        }
    }
}

/// What a file says.
#[derive(Clone, Debug, Default)]
pub struct Lock {
    /// Its format.
    pub format: Format,
    /// The packages, in the file's order.
    pub packages: Vec<Package>,
    /// How many packages the file itself says there should be at least.
    pub expects: usize,
    /// Packages that the project asks for, by their places, where the file tells.
    pub roots: Vec<u32>,
    /// Of these what it asks for only to develop, to test or as an option; until [`Lock::settle_scopes`].
    pub(super) aside: Vec<(u32, Scope)>,
    /// Whether the manifest beside the file says what a package is needed for, because the file does not and the
    /// manifest names all that the project asks for.
    pub scopes_by_manifest: bool,
    /// Names of the project's own packages (members of its workspace), which are linked and not installed.
    pub own: Vec<String>,
}

impl Lock {
    /// Adds a package and says its place.
    pub fn push(&mut self, package: Package) -> u32 {
        self.packages.push(package);
        u32::try_from(self.packages.len() - 1).unwrap_or(u32::MAX)
    }

    /// Notes that one package requires another.
    pub fn edge(&mut self, from: u32, to: u32) {
        if let Some(package) = self.packages.get_mut(from as usize)
            && from != to
            && !package.requires.contains(&to)
        {
            package.requires.push(to);
        }
    }

    /// Notes that the project asks for a package.
    pub fn root(&mut self, place: u32) {
        if let Some(package) = self.packages.get_mut(place as usize) {
            package.direct = Some(true);
            self.roots.push(place);
        }
    }

    /// Notes that the project asks for a package, and what for.
    pub fn root_for(&mut self, place: u32, scope: Scope) {
        if scope == Scope::Runtime {
            self.root(place);
        } else if let Some(package) = self.packages.get_mut(place as usize) {
            package.direct = Some(true);
            self.aside.push((place, scope));
        }
    }

    /// Once all edges are there: what is reached only from what the project asks for to develop is needed for that alone.
    /// Packages that nothing reaches stay as they are.
    pub(super) fn settle_scopes(&mut self) {
        let aside = std::mem::take(&mut self.aside);
        if aside.is_empty() {
            return;
        }
        let mut reached = vec![false; self.packages.len()];
        for scope in [Scope::Runtime, Scope::Optional, Scope::Dev, Scope::Test] {
            let asked = aside.iter().filter(|(_, other)| *other == scope).map(|(place, _)| *place);
            let mut wave: Vec<u32> = if scope == Scope::Runtime { self.roots.clone() } else { asked.collect() };
            while let Some(place) = wave.pop() {
                let Some(seen) = reached.get_mut(place as usize).filter(|seen| !**seen) else { continue };
                *seen = true;
                let package = &mut self.packages[place as usize];
                // What a file says itself holds where the graph says no less.
                if scope != Scope::Runtime {
                    package.scope = scope;
                }
                wave.extend(&package.requires);
            }
        }
        let known: BTreeSet<u32> = self.roots.iter().copied().collect();
        self.roots.extend(aside.into_iter().map(|(place, _)| place).filter(|place| !known.contains(place)));
    }

    /// Whether any package is known to be asked for by the project.
    pub(super) fn direct_is_known(&self) -> bool {
        !self.roots.is_empty() || !self.aside.is_empty()
    }

    /// Once the roots are known: the others are not direct.
    pub fn settle_direct(&mut self) {
        for package in &mut self.packages {
            package.direct.get_or_insert(false);
        }
    }

    /// Takes from the manifest which packages are direct, where the lock file does not tell, and what they are needed for.
    pub(super) fn mark_direct(&mut self, manifest: &Manifest) {
        if manifest.wants.is_empty() {
            return;
        }
        let mut wanted: HashMap<&str, Scope> = HashMap::new();
        for want in &manifest.wants {
            let scope = wanted.entry(want.name.as_str()).or_insert(want.scope);
            *scope = (*scope).min(want.scope);
        }
        let by_manifest = self.scopes_by_manifest && manifest.is_complete;
        let mut found = Vec::new();
        for (place, package) in self.packages.iter_mut().enumerate() {
            let scope = wanted.get(package.ecosystem.normalised(&package.name).as_ref()).copied();
            let known = package.direct;
            let direct = *package.direct.get_or_insert(scope.is_some());
            if direct && (known.is_none() || by_manifest) {
                found.push((u32::try_from(place).unwrap_or(u32::MAX), scope.unwrap_or_default()));
            }
        }
        if by_manifest {
            self.roots.clear();
            for (place, scope) in found {
                self.root_for(place, scope);
            }
        } else {
            self.roots.extend(found.into_iter().map(|(place, _)| place));
        }
    }

    /// The shortest path from a package that the project asks for to the one at `place`; empty where none is known.
    pub fn path_to(&self, place: usize) -> Vec<usize> {
        let mut from: HashMap<usize, usize> = HashMap::new();
        let mut queue: VecDeque<usize> = VecDeque::new();
        for root in &self.roots {
            let root = *root as usize;
            if from.insert(root, root).is_none() {
                queue.push_back(root);
            }
        }
        while let Some(at) = queue.pop_front() {
            if at == place {
                let mut path = vec![at];
                let mut step = at;
                while from[&step] != step {
                    step = from[&step];
                    path.push(step);
                }
                path.reverse();
                return path;
            }
            for next in self.packages.get(at).map_or(&[][..], |package| &package.requires) {
                let next = *next as usize;
                if let std::collections::hash_map::Entry::Vacant(e) = from.entry(next) {
                    e.insert(at);
                    queue.push_back(next);
                }
            }
        }
        Vec::new()
    }
}
