//! Flags of the commands about dependencies.

use std::path::PathBuf;

use clap::{Args as Flags, Subcommand, ValueEnum};

#[derive(Debug, Subcommand)]
pub(crate) enum Advisories {
    /// Download OSV's archives and compile them
    ///
    /// Asks only for what changed since the last time, goes on where an earlier download stopped, and puts the new
    /// index in place of the old one when all of it is whole. Honours `HTTPS_PROXY` and `NO_PROXY`.
    Update(UpdateAdvisories),
    /// Compile advisories from files: OSV, `RustSec`, ruby-advisory-db, `FriendsOfPHP`
    ///
    /// What an earlier import of a file of the same name held is replaced; everything else stays. Where a record cannot be
    /// read the old index stays as it is.
    Import(ImportAdvisories),
    /// Tell what the index holds, how old it is, and whether it is whole; exits with 3 where it cannot be used
    Status(IndexStatus),
    /// Say which of two versions is older: `<`, `=`, `>`, or `?` for what cannot be read
    ///
    /// Without versions it reads pairs from standard input, a tab between the two, and prints a line for each.
    Compare(Compare),
}

#[derive(Debug, Flags)]
pub(crate) struct UpdateAdvisories {
    /// Ecosystems as OSV names them, such as `npm` or `crates.io`; by default those of the index, or of this repository
    pub(crate) ecosystems: Vec<String>,
    /// Where the archives lie, as `BASE/ECOSYSTEM/all.zip`: OSV's own storage or a mirror of it
    #[arg(
        long,
        value_name = "URL",
        env = "GATEHOOK_ADVISORIES_URL",
        default_value = "https://osv-vulnerabilities.storage.googleapis.com"
    )]
    pub(crate) url: String,
    /// Certificates to trust besides the usual ones, as PEM
    #[arg(long, value_name = "FILE", env = "SSL_CERT_FILE")]
    pub(crate) ca: Option<PathBuf>,
}

#[derive(Debug, Flags)]
pub(crate) struct ImportAdvisories {
    /// ZIP archives, directories or single records
    #[arg(required = true)]
    pub(crate) paths: Vec<PathBuf>,
}

#[derive(Debug, Flags)]
pub(crate) struct IndexStatus {
    /// `text` or `json`
    #[arg(long, default_value = "text", value_parser = ["text", "json"])]
    pub(crate) format: String,
}

#[derive(Debug, Flags)]
pub(crate) struct Compare {
    /// The ecosystem, such as `npm`, `PyPI`, `Debian`
    pub(crate) ecosystem: String,
    /// A version
    #[arg(requires = "b", allow_hyphen_values = true)]
    pub(crate) a: Option<String>,
    /// Another one
    #[arg(allow_hyphen_values = true)]
    pub(crate) b: Option<String>,
}

/// How an SBOM is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum SbomFormat {
    /// `CycloneDX` 1.6
    #[value(alias = "cyclonedx-json")]
    Cyclonedx,
    /// SPDX 2.3
    #[value(alias = "spdx-json")]
    Spdx,
}

#[derive(Debug, Flags)]
pub(crate) struct Sbom {
    /// Lock files, or directories to look for them in; by default this one
    pub(crate) paths: Vec<PathBuf>,
    /// How it is written
    #[arg(long, value_enum, default_value = "cyclonedx")]
    pub(crate) format: SbomFormat,
}
