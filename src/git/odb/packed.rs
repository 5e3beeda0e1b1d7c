//! Packed objects, through libgit2's object database alone: opening a repository would read its
//! configuration and more.

use std::path::PathBuf;

use git2::{ErrorCode, ObjectType, Odb};

use super::{Fault, Type};
use crate::change::{Loaded, Oid};

/// The database, opened with the first read.
#[derive(Default)]
pub(super) struct Packed(Option<Odb<'static>>);

impl Packed {
    pub(super) fn read(&mut self, places: &[PathBuf], id: Oid, wanted: Type, limit: u64) -> Result<Loaded, Fault> {
        if self.0.is_none() {
            self.0 = Some(open(places).map_err(|_| Fault::Unfit("the object database cannot be opened"))?);
        }
        let odb = self.0.as_ref().ok_or(Fault::Missing)?;
        let fault = |error: git2::Error| match error.code() {
            ErrorCode::NotFound => Fault::Missing,
            _ => Fault::Unfit("it cannot be read from its pack"),
        };
        let id = git2::Oid::from_bytes(id.as_bytes()).map_err(fault)?;
        let (size, kind) = odb.read_header(id).map_err(fault)?;
        let fits = matches!(
            (wanted, kind),
            (Type::Blob, ObjectType::Blob) | (Type::Tree, ObjectType::Tree) | (Type::Commit, ObjectType::Commit)
        );
        if !fits {
            return Err(Fault::Unfit("it is of another type"));
        }
        // libgit2 has no stream over a packed object: `git cat-file` gives the beginning of a large one.
        if size as u64 > limit {
            return Err(Fault::Unfit("it is larger than can be read here"));
        }
        let object = odb.read(id).map_err(fault)?;
        Ok(Loaded { bytes: object.data().to_vec(), size: size as u64 })
    }
}

fn open(places: &[PathBuf]) -> Result<Odb<'static>, git2::Error> {
    git2::opts::strict_hash_verification(false);
    let odb = Odb::new()?;
    for place in places {
        let place = place.to_str().ok_or_else(|| git2::Error::from_str("a path that is not UTF-8"))?;
        odb.add_disk_alternate(place)?;
    }
    Ok(odb)
}
