//! Lock files, manifests and SBOMs to packages, each with its line. Bytes in, packages out; no git, no network, no package manager.
//!
//! A file that does not parse, of an unknown version, with the marks of a merge, or without a package where it should name some is a
//! [`Fault`], never an empty list.

mod actions;
mod bun;
mod cargo;
mod composer;
mod cyclonedx;
mod dart;
mod deno;
mod dotnet;
mod elixir;
mod format;
mod go;
mod gradle;
mod haskell;
mod manifest;
mod maven;
mod native;
mod npm;
mod package;
mod pnpm;
mod poetry;
mod pylock;
mod r;
mod requirements;
mod ruby;
mod spdx;
mod yarn;

pub use format::Format;
pub use manifest::{Manifest, Want, manifest_of};
pub use package::{Lock, Package, Scope, Source};

use super::document::{Fault, conflict};

/// Largest file that is read.
pub const LARGEST: usize = 128 << 20;

/// Files beside the one that is read, by their path in the same tree.
pub type Beside<'a> = &'a dyn Fn(&str) -> Option<Vec<u8>>;

/// What a reader is given.
pub struct Input<'a> {
    /// The file's path in its tree, between slashes.
    pub path: &'a str,
    /// Its bytes.
    pub bytes: &'a [u8],
    /// What stands beside it.
    pub beside: Beside<'a>,
    /// Whether to find out which package requires which.
    pub graph: bool,
}

impl Input<'_> {
    /// The path of a file relative to the folder of this one; `None` where it leaves the tree.
    pub fn sibling(&self, relative: &str) -> Option<String> {
        let folder = self.path.rsplit_once('/').map_or("", |(folder, _)| folder);
        let mut parts: Vec<&str> = folder.split('/').filter(|part| !part.is_empty()).collect();
        for part in relative.split('/') {
            match part {
                "" | "." => {}
                ".." => {
                    parts.pop()?;
                }
                part => parts.push(part),
            }
        }
        Some(parts.join("/"))
    }

    fn read_beside(&self, relative: &str) -> Option<Vec<u8>> {
        self.sibling(relative).and_then(|path| (self.beside)(&path))
    }
}

/// Reads a file of a known format.
pub fn read(format: Format, input: &Input<'_>) -> Result<Lock, Fault> {
    if input.bytes.len() > LARGEST {
        return Err(Fault::whole(format!("is larger than {} MiB", LARGEST >> 20)));
    }
    if let Some(line) = conflict(input.bytes) {
        return Err(Fault::at(line, "holds the marks of a merge that is not resolved"));
    }
    if input.bytes.iter().all(u8::is_ascii_whitespace) && !format.may_be_empty() {
        return Err(Fault::at(1, "is empty"));
    }
    let mut lock = match format {
        Format::Npm => npm::read(input),
        Format::Yarn => yarn::read(input),
        Format::Pnpm => pnpm::read(input),
        Format::Bun => bun::read(input),
        Format::Deno => deno::read(input),
        Format::Cargo => cargo::read(input),
        Format::Requirements => requirements::read(input),
        Format::Poetry => poetry::poetry(input),
        Format::Pdm => poetry::pdm(input),
        Format::Uv => pylock::uv(input),
        Format::Pylock => pylock::pylock(input),
        Format::Pipfile => poetry::pipfile(input),
        Format::GoMod => go::read(input),
        Format::Pom => maven::pom(input),
        Format::GradleLock => gradle::lockfile(input),
        Format::GradleVerification => gradle::verification(input),
        Format::Gemfile => ruby::read(input),
        Format::Composer => composer::read(input),
        Format::NugetLock => dotnet::lock(input),
        Format::Project => dotnet::project(input),
        Format::PackagesConfig => dotnet::packages_config(input),
        Format::DepsJson => dotnet::deps_json(input),
        Format::Pubspec => dart::read(input),
        Format::Mix => elixir::read(input),
        Format::Conan => native::conan(input),
        Format::Swift => native::swift(input),
        Format::Podfile => native::podfile(input),
        Format::Renv => r::read(input),
        Format::StackLock => haskell::stack(input),
        Format::CabalFreeze => haskell::freeze(input),
        Format::Actions => actions::read(input),
        Format::CycloneDx => cyclonedx::read(input),
        Format::Spdx => spdx::read(input),
    }?;
    lock.format = format;
    let manifest = manifest_of(format, input);
    if let Some(manifest) = &manifest {
        lock.mark_direct(manifest);
    }
    lock.settle_scopes();
    if lock.packages.is_empty() {
        let named = manifest.map_or(0, |manifest| manifest.wants.len()).max(lock.expects);
        if named > 0 {
            return Err(Fault::whole(format!(
                "names no package, though {named} {} asked for",
                if named == 1 { "is" } else { "are" }
            )));
        }
    }
    Ok(lock)
}

#[cfg(test)]
mod tests;
