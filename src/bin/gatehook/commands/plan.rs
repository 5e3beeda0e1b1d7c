//! `gatehook plan`.

use std::fmt::Write;
use std::path::Path;

use gatehook::config::{Config, StageConfig};
use gatehook::finding::Exit;
use gatehook::git::{self, GitError, Net, Outgoing, Repo};
use gatehook::pipeline::lacks;
use gatehook::pipeline::plan::{Decision, Facts, Plan, plan};
use gatehook::rules::Gate;
use gatehook::session::{ConfigFrom, trust};
use gatehook::stage::external::Environment;
use gatehook::sys::confine;
use gatehook::text::escape;
use serde_json::json;

use crate::args::{self, Event, Output};
use crate::say::{fail, say, say_json};
use crate::setup;

/// Files named in a line, at most.
const NAMED: usize = 5;

pub(crate) fn run(args: &args::Plan) -> Exit {
    match planned(args) {
        Ok(exit) => exit,
        Err(error) => fail(&error, error.hint().as_deref(), Exit::NotScanned),
    }
}

fn planned(args: &args::Plan) -> Result<Exit, GitError> {
    let repo = Repo::discover(Path::new("."))?;
    let output = Output { config: args.config.clone(), ..Output::default() };
    let gate = match args.event {
        Event::Commit => Gate::Commit,
        Event::Push => Gate::Push,
        Event::Ci => Gate::Ci,
    };
    let (how, nets, from) = if args.event == Event::Commit {
        let staged = git::staged(&repo)?;
        let head = git::ancestry::head(&repo)?.and_then(|id| gatehook::change::Oid::from_hex(id.as_bytes()));
        let net = Net {
            head: head.unwrap_or(gatehook::change::Oid::sha1([0; 20])),
            bases: Vec::new(),
            changes: staged.changes,
        };
        (staged.scanned.how, vec![net], ConfigFrom::Index(&repo))
    } else {
        let Outgoing { every, net, .. } = git::plain_push(&repo, args.remote.as_deref())?;
        (every.scanned.how, net, ConfigFrom::Commit(&repo, "HEAD".to_owned()))
    };
    let loaded = setup::load(&from, &output);
    let config = &loaded.config;
    let trusted = trust::names(&repo, "HEAD", config);
    let environment = Environment::of_process();
    // Each head has a plan; with nothing outgoing the plan of nothing says why.
    let none = [Net { head: gatehook::change::Oid::sha1([0; 20]), bases: Vec::new(), changes: Vec::new() }];
    let nets = if nets.is_empty() { &none[..] } else { &nets[..] };
    let mut text = String::new();
    let mut documents = Vec::new();
    for net in nets {
        let facts = Facts {
            gate,
            only: None,
            skip: &[],
            is_trusted: &|stage: &StageConfig| trusted.contains(&stage.name),
            no_code: false,
            lacks: &|stage| lacks(stage, &environment),
        };
        let plan = plan(&facts, config, &net.changes);
        let head = (!net.head.is_null() && args.event != Event::Commit).then(|| net.head.to_string());
        if args.format == "json" {
            documents.push(json!({ "head": head, "how": how, "stages": steps(&plan) }));
        } else {
            let head = head.map(|head| format!("{head:.12}: ")).unwrap_or_default();
            let _ = writeln!(text, "{head}{how}");
            written(&plan, config, gate, &mut text);
        }
    }
    let confined = !config.stages.is_empty() && config.stages.iter().any(|stage| stage.reach.confine);
    let lack = if confined { confine::lack() } else { None };
    if let Some(lack) = &lack {
        let _ = writeln!(text, "note: {lack}");
    }
    let event = format!("{:?}", args.event).to_lowercase();
    let said = match &args.format[..] {
        "json" => say_json(&json!({ "schema": 1, "event": event, "plans": documents, "unconfined": lack })),
        _ => say(&text),
    };
    Ok(loaded.exit().or(said))
}

fn steps(plan: &Plan) -> Vec<serde_json::Value> {
    let each = |step: &gatehook::pipeline::plan::Step| {
        let (decision, reason) = match &step.decision {
            Decision::Run => ("run", None),
            Decision::Skip(why) => ("skip", Some(why)),
            Decision::Missing(why) | Decision::Off(why) => ("missing", Some(why)),
        };
        let files: Vec<_> = step.files.iter().map(|path| String::from_utf8_lossy(path.as_bytes())).collect();
        json!({ "name": step.name, "decision": decision, "reason": reason, "files": files, "after": step.after })
    };
    plan.steps.iter().map(each).collect()
}

fn written(plan: &Plan, config: &Config, gate: Gate, text: &mut String) {
    let width = plan.steps.iter().map(|step| step.name.len()).max().unwrap_or(0);
    for step in &plan.steps {
        let what = match &step.decision {
            Decision::Skip(why) => format!("has nothing to do: {why}"),
            Decision::Missing(why) | Decision::Off(why) => format!("cannot run: {why}"),
            Decision::Run if step.name == "secrets" && gate != Gate::Commit => {
                "runs over every outgoing commit".to_owned()
            }
            Decision::Run => format!("runs over {}", files(&step.files)),
        };
        let _ = write!(text, "  {:width$}  {what}", step.name);
        if let (Some(at), Decision::Run) = (step.external, &step.decision) {
            let stage = &config.stages[at];
            let after =
                if step.after.is_empty() { String::new() } else { format!(", after {}", step.after.join(", ")) };
            let words: Vec<String> = stage.command.iter().map(|word| escape(word.as_bytes()).to_string()).collect();
            let _ = write!(text, "{after}; at most {} s: {}", stage.timeout.as_secs_f64(), words.join(" "));
        }
        text.push('\n');
    }
}

fn files(files: &[gatehook::paths::RepoPath]) -> String {
    let named: Vec<String> = files.iter().take(NAMED).map(ToString::to_string).collect();
    let more = if files.len() > NAMED { format!(" and {} more", files.len() - NAMED) } else { String::new() };
    match files.len() {
        0 => "the whole change".to_owned(),
        1 => format!("1 file ({})", named.join(", ")),
        count => format!("{count} files ({}{more})", named.join(", ")),
    }
}
