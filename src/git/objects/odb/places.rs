//! The directories that hold a repository's objects: its own, and those it borrows from.

use std::path::{Path, PathBuf};

use crate::git::repository::doubt::{Doubt, Sure};
use crate::git::repository::env::Env;
use crate::git::repository::layout::{path_of, small_file};

/// Repositories that borrow from each other in a chain, at most: git's limit.
const DEEPEST: usize = 5;

/// All object directories, in the order in which they are looked through.
pub(in crate::git) fn places(common_dir: &Path, env: &Env) -> Sure<Vec<PathBuf>> {
    let own = env.get("GIT_OBJECT_DIRECTORY").map_or_else(|| common_dir.join("objects"), PathBuf::from);
    let mut found = Vec::new();
    add(own, &mut found, 0)?;
    if let Some(named) = env.get("GIT_ALTERNATE_OBJECT_DIRECTORIES") {
        if named.as_encoded_bytes().contains(&b'"') {
            return Err(Doubt::new("GIT_ALTERNATE_OBJECT_DIRECTORIES is quoted"));
        }
        for place in std::env::split_paths(named).filter(|place| !place.as_os_str().is_empty()) {
            if !place.is_absolute() {
                return Err(Doubt::new("GIT_ALTERNATE_OBJECT_DIRECTORIES is relative"));
            }
            add(place, &mut found, 0)?;
        }
    }
    Ok(found)
}

fn add(place: PathBuf, found: &mut Vec<PathBuf>, depth: usize) -> Sure<()> {
    if depth > DEEPEST || found.contains(&place) {
        return Ok(());
    }
    let Some(lines) = small_file(&place.join("info/alternates"))? else {
        found.push(place);
        return Ok(());
    };
    found.push(place.clone());
    for line in lines.split(|&byte| byte == b'\n').filter(|line| !line.is_empty() && line[0] != b'#') {
        let named = path_of(line).filter(|_| line[0] != b'"').ok_or(Doubt::new("an alternate is quoted"))?;
        if named.is_relative() && depth > 0 {
            return Err(Doubt::new("an alternate's alternate is relative"));
        }
        add(place.join(named), found, depth + 1)?;
    }
    Ok(())
}
