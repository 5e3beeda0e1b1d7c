//! `gatehook agent`: the hooks of coding agents.

use std::io::{self, BufRead, Read};

use gatehook::agent::{self, Agent};
use gatehook::finding::Exit;
use gatehook::session::{Failure, Workspace, agents, fail as failure, files, stop as stopped};

use super::install::own_program;
use crate::args::{AgentCommand, AgentEvent, AgentInstall};
use crate::door;
use crate::say::{fail, failed, say, say_json, stop};

/// Bytes of an event, at most.
const MOST: u64 = 64 << 20;
/// Bytes of a file of settings, at most.
const MOST_SETTINGS: u64 = 4 << 20;

pub(crate) fn run(command: &AgentCommand) -> u8 {
    match command {
        AgentCommand::Event(args) => event(args),
        AgentCommand::Mcp => mcp().code(),
        AgentCommand::Install(args) => install(args).unwrap_or_else(failed).code(),
    }
}

fn event(args: &AgentEvent) -> u8 {
    let mut bytes = Vec::new();
    let read = io::stdin().lock().take(MOST + 1).read_to_end(&mut bytes);
    if let Err(error) = read {
        return fail(&error, Some("the event is JSON on standard input"), Exit::Usage).code();
    }
    if bytes.len() as u64 > MOST {
        return stop("the event is too large to be looked at", "write or send less at once").code();
    }
    let event = match agent::read(&bytes, args.agent.map(Agent::from)) {
        Ok(event) => event,
        Err(error) => return fail(&error, Some("`gatehook agent install` writes the call"), Exit::Usage).code(),
    };
    let here = std::env::current_dir().unwrap_or_default();
    let answer = agent::answer(event.agent, &event.moment, agents::judged(&event, &here));
    answer.remark.iter().for_each(|remark| door::tell(remark));
    answer.document.map_or(Exit::Clean, |document| say_json(&document)).code()
}

/// Answers message after message until the other side has no more.
fn mcp() -> Exit {
    let tools = agents::Here { dir: std::env::current_dir().unwrap_or_default() };
    let mut input = io::stdin().lock();
    loop {
        let mut line = Vec::new();
        match input.by_ref().take(MOST + 1).read_until(b'\n', &mut line) {
            Ok(0) => return Exit::Clean,
            Ok(_) if line.len() as u64 > MOST => return stop("a message is too large", "send less at once"),
            Ok(_) if line.trim_ascii().is_empty() => {}
            Ok(_) => {
                let answer = agent::mcp::respond(&line, &tools);
                if answer.is_some_and(|answer| say_json(&answer) != Exit::Clean) {
                    return Exit::NotScanned;
                }
            }
            Err(error) => return fail(&error, None, Exit::NotScanned),
        }
    }
}

fn install(args: &AgentInstall) -> Result<Exit, Failure> {
    let here = Workspace::open()?;
    let mut wanted: Vec<Agent> = args.agents.iter().copied().map(Agent::from).collect();
    if wanted.is_empty() {
        let is_there = |agent: &Agent| {
            let path = agent.settings().path;
            !path.starts_with(".github") && path.split('/').next().is_some_and(|dir| here.repo.top.join(dir).is_dir())
        };
        wanted = Agent::ALL.into_iter().filter(is_there).collect();
    }
    if wanted.is_empty() {
        return Err(stopped("no agent's directory is here", "name one: `gatehook agent install --for claude`"));
    }
    let program = gatehook::hooks::quoted(&own_program());
    let mut said = String::new();
    for agent in wanted {
        let settings = agent.settings();
        let path = here.repo.top.join(settings.path);
        let read = files::read_regular(&path, MOST_SETTINGS)
            .and_then(|text| String::from_utf8(text.unwrap_or_default()).map_err(io::Error::other));
        let text = read.map_err(|error| failure(&error, Some("nothing was written there"), Exit::Usage))?;
        let command = format!("{program} agent event --for {}", agent.word());
        let merged = agent::merged(agent, &text, &command).map_err(|error| {
            let hint = format!("nothing was written; add `{command}` to {} by hand", settings.path);
            failure(&error, Some(&hint), Exit::Usage)
        })?;
        let line = match merged {
            None => format!("{}: calls gatehook already\n", settings.path),
            Some(text) if args.dry_run => format!("{} would be:\n{text}", settings.path),
            Some(text) => {
                if let Some(dir) = path.parent() {
                    std::fs::create_dir_all(dir).map_err(|error| failure(&error, None, Exit::Usage))?;
                }
                files::write(&path, text.as_bytes())?;
                format!("{}: written\n", settings.path)
            }
        };
        said.push_str(&line);
    }
    Ok(say(&said))
}
