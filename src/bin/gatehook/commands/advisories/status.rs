//! `gatehook advisories status`.

use std::fmt::Write;
use std::io;
use std::path::Path;
use std::time::Duration;

use gatehook::finding::Exit;
use gatehook::sca::advisories::Index;
use gatehook::session::advisory_index::chain;
use gatehook::session::{self, ConfigFrom, clock};
use gatehook::store::{AdvisoryFile, advisory_path};
use gatehook::text::escape;
use serde_json::json;

use crate::args::{IndexStatus, Output};
use crate::say::{fail, say, say_json};
use crate::setup;

const HINT: &str = "gatehook advisories update";

pub(super) fn run(args: &IndexStatus) -> Exit {
    match told(args) {
        Ok((text, exit)) if args.format == "json" => exit.or(say_json(&text.trim_end())),
        Ok((text, exit)) => exit.or(say(&text)),
        Err(reason) => fail(&io::Error::other(reason), Some(HINT), Exit::NotScanned),
    }
}

fn told(args: &IndexStatus) -> Result<(String, Exit), String> {
    let dirs = session::dirs().ok_or("neither XDG_DATA_HOME nor HOME is set")?;
    let path = advisory_path(&dirs);
    let missing = || format!("there is no advisory index at `{}`", path.display());
    let file = AdvisoryFile::open(&dirs).map_err(|error| chain(&error))?.ok_or_else(missing)?;
    let index = Index::open(&file.map).map_err(|error| error.to_string())?;
    index.verify().map_err(|error| error.to_string())?;
    let loaded = setup::load(&ConfigFrom::Dir(Path::new(".")), &Output::default());
    let most = loaded.config.sca.max_age.as_secs() / 86_400;
    let age = file.days_old(index.created, std::time::SystemTime::now());
    let stale = age > most;
    let made = clock::stamp(Duration::from_secs(index.created)) + "Z";
    let exit = if stale || index.records == 0 { Exit::NotScanned } else { Exit::Clean };
    if args.format == "json" {
        let document = json!({
            "schema": 1,
            "path": path,
            "records": index.records,
            "packages": index.packages,
            "bytes": file.map.len(),
            "created": made,
            "age_days": age,
            "max_age_days": most,
            "stale": stale,
            "digest": index.digest(),
            "ecosystems": index.ecosystems.iter().map(|one| json!({
                "name": one.ecosystem.name(), "records": one.records, "packages": one.packages,
            })).collect::<Vec<_>>(),
            "sources": index.sources.iter().map(|one| json!({
                "name": one.name,
                "records": one.records,
                "newest": one.newest,
                "digest": one.digest,
                "imported": clock::stamp(Duration::from_secs(one.at)) + "Z",
            })).collect::<Vec<_>>(),
        });
        let text = serde_json::to_string_pretty(&document).map_err(|error| error.to_string())?;
        return Ok((text + "\n", exit));
    }
    let mut text = String::new();
    let _ = writeln!(text, "{} advisories of {} packages, {} KiB", index.records, index.packages, file.map.len() >> 10);
    let days = if age == 1 { "day" } else { "days" };
    let _ = writeln!(
        text,
        "made      {made}, {age} {days} old{}",
        if stale { format!(": older than `sca.max-age`, {most} days") } else { String::new() }
    );
    let _ = writeln!(text, "digest    {}", index.digest());
    for one in &index.ecosystems {
        let _ =
            writeln!(text, "covers    {}: {} advisories, {} packages", one.ecosystem.name(), one.records, one.packages);
    }
    for one in &index.sources {
        let newest = if one.newest.is_empty() {
            String::new()
        } else {
            format!(", newest of {}", &one.newest[..one.newest.len().min(10)])
        };
        let _ = writeln!(text, "source    {}: {} advisories{newest}", escape(one.name.as_bytes()), one.records);
    }
    if exit != Exit::Clean {
        let _ = writeln!(text, "hint: {HINT}");
    }
    Ok((text, exit))
}
