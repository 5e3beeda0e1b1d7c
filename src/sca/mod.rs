//! Dependencies: lock files to packages, packages against advisories, and what a change brings. Pure: bytes in, values out; it knows
//! neither git nor the network, and a file only where the index is opened and written.

#![allow(clippy::assigning_clones, reason = "a package is made empty and filled in: there is nothing to clone into")]
#![allow(clippy::case_sensitive_file_extension_comparisons, reason = "git's paths and URLs mind the case")]

pub mod advisories;
pub mod check;
pub mod document;
pub mod ecosystem;
pub mod licences;
pub mod lockfiles;
mod popular;
pub mod purl;
mod reach;
pub mod sbom;
pub mod versions;
pub mod vex;

pub use ecosystem::Ecosystem;

/// Text from a file, short enough for a message and without what a terminal would act on.
fn shown(text: &str) -> String {
    let short: String = text.chars().take(80).map(|c| if c.is_control() { '\u{fffd}' } else { c }).collect();
    if short.len() < text.len() && text.chars().count() > 80 { format!("{short}…") } else { short }
}
