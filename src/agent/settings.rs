//! Where each agent keeps its hooks, and the text of that file with gatehook's call beside what is there.
//!
//! What a person wrote stays as it stands, byte by byte, but for the lists that gain an entry.

use std::fmt;

use serde::de::{MapAccess, Visitor};
use serde::{Deserialize, Deserializer};
use serde_json::value::RawValue;
use serde_json::{Value, json};

use super::Agent;

/// An agent's file of hooks, and the events that gatehook answers.
#[derive(Clone, Copy, Debug)]
pub struct Settings {
    /// The file, from the repository's root.
    pub path: &'static str,
    /// The events, each with the tools that it is asked for; empty where there is no such choice.
    events: &'static [(&'static str, &'static str)],
}

/// Why a file of settings cannot be written.
#[derive(Debug, thiserror::Error)]
pub enum NoSettings {
    /// It is not what the agent reads.
    #[error("it is no JSON object with lists of hooks")]
    Form,
}

impl Agent {
    /// Where its hooks stand.
    pub const fn settings(self) -> Settings {
        match self {
            Self::Claude => Settings {
                path: ".claude/settings.json",
                events: &[("PreToolUse", "Bash|Write|Edit|MultiEdit|NotebookEdit"), ("UserPromptSubmit", "")],
            },
            Self::Codex => {
                Settings { path: ".codex/hooks.json", events: &[("PreToolUse", ".*"), ("UserPromptSubmit", "")] }
            }
            Self::Cursor => Settings {
                path: ".cursor/hooks.json",
                events: &[("beforeShellExecution", ""), ("preToolUse", ""), ("beforeSubmitPrompt", "")],
            },
            Self::Copilot => Settings {
                path: ".github/hooks/gatehook.json",
                events: &[("preToolUse", ""), ("userPromptSubmitted", "")],
            },
            Self::Gemini => Settings {
                path: ".gemini/settings.json",
                events: &[("BeforeTool", "run_shell_command|write_file|replace"), ("BeforeAgent", "")],
            },
            Self::VsCode => Settings {
                path: ".github/hooks/gatehook-vscode.json",
                events: &[("PreToolUse", ""), ("UserPromptSubmit", "")],
            },
        }
    }
}

/// An object whose members keep their order and their text.
struct Members(Vec<(String, Box<RawValue>)>);

impl<'de> Deserialize<'de> for Members {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        struct InOrder;
        impl<'de> Visitor<'de> for InOrder {
            type Value = Members;

            fn expecting(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
                out.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Members, A::Error> {
                let mut members = Vec::new();
                while let Some(member) = map.next_entry()? {
                    members.push(member);
                }
                Ok(Members(members))
            }
        }
        from.deserialize_map(InOrder)
    }
}

/// `text` of `agent`'s file with a call of `command` for each event; `None` where all of them stand there.
pub fn merged(agent: Agent, text: &str, command: &str) -> Result<Option<String>, NoSettings> {
    let text = text.trim_start_matches('\u{feff}');
    let mut file = if text.trim().is_empty() { Members(Vec::new()) } else { parsed(text)? };
    if file.0.is_empty() && matches!(agent, Agent::Cursor | Agent::Copilot) {
        file.0.push(("version".to_owned(), raw("1".to_owned())?));
    }
    let hooks = file.0.iter().position(|(key, _)| key == "hooks");
    let mut events = match hooks {
        Some(at) => parsed(file.0[at].1.get())?,
        None => Members(Vec::new()),
    };
    let mut added = false;
    for (event, tools) in agent.settings().events {
        let call = entry(agent, tools, command);
        match events.0.iter_mut().find(|(key, _)| key == event) {
            Some((_, list)) => {
                let known: Vec<Value> = serde_json::from_str(list.get()).map_err(|_| NoSettings::Form)?;
                if known.iter().any(|own| own.to_string().contains("gatehook")) {
                    continue;
                }
                let inside = list.get().trim_end().strip_suffix(']').ok_or(NoSettings::Form)?.trim_end();
                let comma = if known.is_empty() { "" } else { "," };
                *list = raw(format!("{inside}{comma}\n      {call}\n    ]"))?;
            }
            None => events.0.push(((*event).to_owned(), raw(format!("[\n      {call}\n    ]"))?)),
        }
        added = true;
    }
    if !added {
        return Ok(None);
    }
    let hooks_text = raw(written(&events, "    ", "  "))?;
    match hooks {
        Some(at) => file.0[at].1 = hooks_text,
        None => file.0.push(("hooks".to_owned(), hooks_text)),
    }
    Ok(Some(written(&file, "  ", "") + "\n"))
}

fn parsed(text: &str) -> Result<Members, NoSettings> {
    serde_json::from_str(text).map_err(|_| NoSettings::Form)
}

fn raw(text: String) -> Result<Box<RawValue>, NoSettings> {
    RawValue::from_string(text).map_err(|_| NoSettings::Form)
}

fn written(members: &Members, indent: &str, close: &str) -> String {
    let lines = members.0.iter().map(|(key, value)| format!("{indent}{}: {}", json!(key), value.get()));
    format!("{{\n{}\n{close}}}", lines.collect::<Vec<_>>().join(",\n"))
}

fn entry(agent: Agent, tools: &str, command: &str) -> String {
    let call = match agent {
        Agent::Cursor => json!({ "command": command }),
        Agent::Copilot => json!({ "type": "command", "bash": command, "powershell": command }),
        Agent::VsCode => json!({ "type": "command", "command": command }),
        Agent::Claude | Agent::Codex | Agent::Gemini => {
            let call = json!([{ "type": "command", "command": command }]);
            if tools.is_empty() { json!({ "hooks": call }) } else { json!({ "matcher": tools, "hooks": call }) }
        }
    };
    call.to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_there_stays_and_a_second_time_changes_nothing() {
        let own = "{\n  \"z\":  [1,2],\n  \"hooks\": {\"PreToolUse\": [{\"matcher\": \"X\", \"hooks\": []}]},\n  \"a\": null\n}\n";
        for agent in Agent::ALL {
            for before in ["", "{}", own] {
                let text = merged(agent, before, "gatehook agent event").unwrap().unwrap();
                let read: Value = serde_json::from_str(&text).unwrap();
                for (event, _) in agent.settings().events {
                    assert!(read["hooks"][event].to_string().contains("gatehook agent event"), "{text}");
                }
                assert_eq!(merged(agent, &text, "gatehook agent event").unwrap(), None, "{text}");
                if before == own {
                    assert!(
                        text.contains("\"z\": [1,2]") && text.contains("{\"matcher\": \"X\", \"hooks\": []}"),
                        "{text}"
                    );
                }
            }
        }
    }

    #[test]
    fn what_the_agent_would_not_read_is_left_alone() {
        for text in ["[]", "{", "{\"hooks\": []}", "{\"hooks\": {\"PreToolUse\": {}}}", "// a comment\n{}"] {
            assert!(merged(Agent::Claude, text, "x").is_err(), "{text}");
        }
    }
}
