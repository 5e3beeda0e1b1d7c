//! What a user would trust, shown before it is.

use std::fmt::Write;

use super::digest;
use crate::config::{Config, Export, StageConfig};
use crate::finding::Exit;
use crate::git::{self, Repo};
use crate::session::{ConfigFrom, Failure, Overrides, fail, load};
use crate::stage::external;
use crate::store::Trust;
use crate::text::escape;

/// What would be trusted, and how that is reported.
#[derive(Debug, Default)]
pub struct Pending {
    /// Stages and their digests.
    pub digests: Vec<(String, String)>,
    /// For people.
    pub told: String,
}

/// The repository's stages as they stand in HEAD, which a push looks at, and in the index, which the next commit brings.
pub fn pending(repo: &Repo, trust: &Trust) -> Result<Pending, Failure> {
    let mut pending = Pending::default();
    let head = git::ancestry::head(repo).ok().flatten();
    let mut places = vec![(None, ConfigFrom::Index(repo))];
    if let Some(head) = &head {
        places.insert(0, (Some(&head[..]), ConfigFrom::Commit(repo, head.clone())));
    }
    // What loosens a stage counts once the remote has it: until then the table runs that the remote has.
    let outgoing = git::unpushed(repo, None).map(|outgoing| outgoing.net).unwrap_or_default();
    for base in outgoing.iter().filter_map(|net| net.bases.first()) {
        places.extend([head.as_deref(), None].map(|at| (at, ConfigFrom::Commit(repo, base.to_string()))));
    }
    for (revision, from) in places {
        let loaded = load(&from, &Overrides::default());
        if let Some(failure) = loaded.failure {
            return Err(failure);
        }
        for stage in foreign(&loaded.config) {
            let Some((digest, files)) = digest(repo, revision, stage) else {
                let error =
                    std::io::Error::other(format!("the files that `{}` starts cannot be looked up", stage.name));
                return Err(fail(&error, Some("its links lead to each other, or git has no answer"), Exit::Usage));
            };
            let one = (stage.name.clone(), digest);
            if !pending.digests.contains(&one) {
                told(stage, trust.holds(&one.0, &one.1), &files, &mut pending.told);
                pending.digests.push(one);
            }
        }
    }
    Ok(pending)
}

/// All of `stage` that decides what starts, and what it may do then.
fn told(stage: &StageConfig, trusted: bool, files: &[String], out: &mut String) {
    let shown = |text: &str| escape(text.as_bytes()).to_string();
    let list = |texts: &[String]| texts.iter().map(|text| shown(text)).collect::<Vec<_>>().join(", ");
    let words: Vec<String> = stage.command.iter().map(|word| shown(word)).collect();
    let _ = writeln!(out, "{}: {words:?} ({})", stage.name, if trusted { "trusted" } else { "not trusted" });
    let mut line = |what: &str, text: String| {
        if !text.is_empty() {
            let _ = writeln!(out, "  {what}: {text}");
        }
    };
    line("sees the variables", list(&stage.env));
    let set: Vec<String> = stage.set_env.iter().map(|(name, value)| format!("{name}={value}")).collect();
    line("with", list(&set));
    let reach = [
        (stage.reach.home, "your home directory"),
        (stage.reach.network, "the network"),
        (!stage.reach.confine, "all that you may reach yourself"),
        (stage.export == Export::None, "the work tree"),
    ];
    let reach: Vec<String> = reach.iter().filter(|(may, _)| *may).map(|(_, what)| (*what).to_owned()).collect();
    line("reaches", list(&reach));
    line("pinned", list(files));
    line("not pinned", external::not_pinned(stage));
}

/// The stages that the repository itself brings.
fn foreign(config: &Config) -> impl Iterator<Item = &StageConfig> {
    config.stages.iter().filter(|stage| !stage.own)
}
