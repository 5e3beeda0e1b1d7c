//! Flags of `gatehook ci`.

use std::time::Duration;

use clap::Args as Flags;
use gatehook::ci;
use gatehook::finding::Shard;

use super::Output;

/// What the job does, besides the reports.
#[derive(Debug, Flags)]
pub(crate) struct Ci {
    /// The base of the change; by default what the CI system's environment tells
    ///
    /// A commit, branch or tag. `GATEHOOK_BASE` does the same. A base that is named and not there is an
    /// error; one that is only hinted at by `GATEHOOK_BASE_HINT` gives way to what else is known.
    #[arg(long, value_name = "REV", allow_hyphen_values = true)]
    pub(crate) base: Option<String>,
    /// The head of the change; by default what the CI system's environment tells, or what is checked out
    #[arg(long, value_name = "REV", allow_hyphen_values = true)]
    pub(crate) head: Option<String>,
    /// Run only this stage; may be given several times
    #[arg(long, value_name = "STAGE")]
    pub(crate) only: Vec<String>,
    /// Leave out this stage or rule; may be given several times, and is named in the report
    #[arg(long, value_name = "NAME")]
    pub(crate) skip: Vec<String>,
    /// Look at one part of the change, as `2/4`; by default what the CI system's environment tells
    ///
    /// Commits and files are dealt out by their names, so that all parts together hold what one run does.
    /// `gatehook report merge` joins their JSON reports into one verdict.
    #[arg(long, value_name = "I/N", value_parser = shard)]
    pub(crate) shard: Option<Shard>,
    /// Who found it: the version and the digest of the rules, as a CI job's report names them
    ///
    /// The report then says both, and whether they explain a difference.
    #[arg(long, value_name = "VERSION/DIGEST", value_parser = found_by)]
    pub(crate) found_by: Option<(String, String)>,
    /// Print what the base already had as well
    #[arg(long)]
    pub(crate) all: bool,
    /// Fetch nothing, even where the clone is too shallow to know the change
    #[arg(long)]
    pub(crate) no_fetch: bool,
    /// How long fetching may take in all, as `90s` [default: `gate.ci.fetch-timeout` of the configuration, 60s]
    #[arg(long, value_name = "TIME", value_parser = time)]
    pub(crate) fetch_timeout: Option<Duration>,
    #[command(flatten)]
    pub(crate) output: Output,
}

fn shard(text: &str) -> Result<Shard, String> {
    ci::parse_shard(text).map_err(|error| error.to_string())
}

fn found_by(text: &str) -> Result<(String, String), String> {
    let parts = text.split_once('/').filter(|(version, digest)| !version.is_empty() && digest.len() >= 8);
    let (version, digest) = parts.ok_or_else(|| "it takes VERSION/DIGEST, as `0.1.0/c0085514a3c9`".to_owned())?;
    Ok((version.to_owned(), digest.to_owned()))
}

fn time(text: &str) -> Result<Duration, String> {
    gatehook::config::duration(text).ok_or_else(|| "a time is a number with `s`, `m` or `h` behind it".to_owned())
}
