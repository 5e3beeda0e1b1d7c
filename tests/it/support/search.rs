//! What a search says of a text.

use gatehook::engine::{Engine, FileFacts, Input};
use gatehook::finding::Tier;
use gatehook::paths::RepoPath;

/// The best that is said of a secret in the text.
pub(crate) fn tier(engine: &Engine, path: &str, text: &str) -> Option<Tier> {
    let path = RepoPath::from(path);
    let facts = FileFacts::of(&path, text.as_bytes());
    let whole: Vec<_> = std::iter::once(0..text.len()).collect();
    let found = engine.search(&Input { text: text.as_bytes(), added: &whole, facts, path: path.as_bytes() });
    let secrets = || found.matches.iter().filter(|found| found.secret.is_some());
    let blocks = secrets().any(|found| found.tier == Tier::Block);
    secrets().next().map(|found| if blocks { Tier::Block } else { found.tier })
}
