//! Events of agents, read. Their forms: the documentation of Claude Code, Codex, Cursor, GitHub Copilot CLI, Gemini CLI and VS
//! Code on hooks. Names of tools differ and change, so what is about to happen is known by what the tool is given: a
//! `command` is run, a `content` is written, a `prompt` is sent.

use serde_json::{Map, Value};

use super::Agent;

/// What an agent is about to do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Event {
    /// Which agent.
    pub agent: Agent,
    /// What it is about to do.
    pub moment: Moment,
    /// Where it works, as it says.
    pub directory: Option<String>,
}

/// The moment that an event stands for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Moment {
    /// A command is about to run.
    Command(String),
    /// A file is about to be written, or was.
    Write {
        /// Its path, as the agent names it.
        path: String,
        /// What is written.
        pieces: Vec<Piece>,
    },
    /// A prompt is about to be sent.
    Prompt(String),
    /// Something that nothing is to be said of.
    Other,
}

/// A text that takes the place of another.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Piece {
    /// The new text.
    pub new: String,
    /// What it replaces; `None` where it is a whole file.
    pub old: Option<String>,
}

/// Why there is no event.
#[derive(Debug, thiserror::Error)]
pub enum NoEvent {
    /// It is no JSON object.
    #[error("the event is no JSON object")]
    Form,
    /// It says nothing that is known.
    #[error("the event names neither a hook, a tool nor a prompt")]
    Unknown,
    /// Its tool's input is not what it is of other tools.
    #[error("the event's tool has an input that cannot be read")]
    Input,
}

/// Reads an event. `agent` is who speaks where the call says so; without it the event's own form tells.
pub fn read(bytes: &[u8], agent: Option<Agent>) -> Result<Event, NoEvent> {
    let bytes = bytes.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(bytes);
    let Ok(Value::Object(event)) = serde_json::from_slice::<Value>(bytes) else { return Err(NoEvent::Form) };
    let text = |key: &str| event.get(key).and_then(Value::as_str);
    let name = text("hook_event_name").or_else(|| text("hookEventName")).unwrap_or_default();
    let agent = agent.unwrap_or_else(|| guessed(&event, name));
    let directory = text("cwd").map(str::to_owned);
    let tool = text("tool_name").or_else(|| text("toolName"));
    let input = input_of(&event)?;
    if name.is_empty()
        && tool.is_none()
        && input.is_none()
        && !["prompt", "command"].iter().any(|key| event.contains_key(*key))
    {
        return Err(NoEvent::Unknown);
    }
    let is_prompt = matches!(name, "UserPromptSubmit" | "beforeSubmitPrompt" | "userPromptSubmitted" | "BeforeAgent");
    let moment = match (&input, text("prompt")) {
        _ if is_prompt && text("prompt").is_none() => return Err(NoEvent::Input),
        (None, Some(prompt)) => Moment::Prompt(prompt.to_owned()),
        (Some(input), _) => of_tool(input)?,
        // Cursor gives a command, or edits, beside the event's name.
        (None, None) => of_tool(&event)?,
    };
    Ok(Event { agent, moment, directory })
}

/// What the tool is given: an object, or for Copilot its text.
fn input_of(event: &Map<String, Value>) -> Result<Option<Map<String, Value>>, NoEvent> {
    let given = ["tool_input", "toolInput", "toolArgs", "tool_args"].iter().find_map(|key| event.get(*key));
    match given {
        None | Some(Value::Null) => Ok(None),
        Some(Value::Object(input)) => Ok(Some(input.clone())),
        Some(Value::String(text)) => match serde_json::from_str(text) {
            Ok(Value::Object(input)) => Ok(Some(input)),
            // A tool that takes one text: a patch.
            _ => Ok(Some(Map::from_iter([("patch".to_owned(), Value::String(text.clone()))]))),
        },
        Some(_) => Err(NoEvent::Input),
    }
}

fn of_tool(input: &Map<String, Value>) -> Result<Moment, NoEvent> {
    let text = |keys: &[&str]| keys.iter().find_map(|key| input.get(*key).and_then(Value::as_str)).map(str::to_owned);
    if let Some(command) = ["command", "cmd", "script"].iter().find_map(|key| input.get(*key)) {
        return match command {
            Value::String(command) => Ok(Moment::Command(command.clone())),
            Value::Array(words) => {
                let words: Option<Vec<&str>> = words.iter().map(Value::as_str).collect();
                let words = words.ok_or(NoEvent::Input)?;
                match words[..] {
                    ["apply_patch", patch] => Ok(patched(patch)),
                    _ => Ok(Moment::Command(words.iter().map(|word| quoted(word)).collect::<Vec<_>>().join(" "))),
                }
            }
            _ => Err(NoEvent::Input),
        };
    }
    if let Some(patch) = text(&["patch", "input"]).filter(|_| text(PATHS).is_none()) {
        return Ok(patched(&patch));
    }
    let path = text(PATHS);
    let mut pieces = Vec::new();
    if let Some(Value::Array(edits)) = input.get("edits") {
        for edit in edits {
            pieces.extend(piece(edit.as_object().ok_or(NoEvent::Input)?));
        }
    }
    pieces.extend(piece(input));
    Ok(match path {
        Some(path) if !pieces.is_empty() => Moment::Write { path, pieces },
        _ => Moment::Other,
    })
}

/// Keys that name a file.
const PATHS: &[&str] = &["file_path", "filePath", "path", "notebook_path", "target_file"];

fn piece(given: &Map<String, Value>) -> Option<Piece> {
    let text = |keys: &[&str]| keys.iter().find_map(|key| given.get(*key).and_then(Value::as_str)).map(str::to_owned);
    let new = text(&["content", "new_string", "newString", "new_source", "new_str", "file_text", "contents"])?;
    Some(Piece { new, old: text(&["old_string", "oldString", "old_str"]) })
}

/// A patch in the form of `apply_patch`: `*** Update File: PATH` and lines with `+`. All of it is one text.
fn patched(patch: &str) -> Moment {
    let named = |line: &str| {
        ["*** Update File: ", "*** Add File: ", "*** Delete File: ", "+++ b/"]
            .iter()
            .find_map(|head| line.strip_prefix(head).map(str::to_owned))
    };
    let paths: Vec<String> = patch.lines().filter_map(named).collect();
    // A file of gatehook's own among several stands for all.
    let own = paths.iter().find(|path| super::command::is_own(path)).or_else(|| paths.first());
    let added: Vec<&str> =
        patch.lines().filter(|line| !line.starts_with("+++")).filter_map(|line| line.strip_prefix('+')).collect();
    let written = own.cloned().unwrap_or_else(|| "patch".to_owned());
    Moment::Write { path: written, pieces: vec![Piece { new: added.join("\n"), old: Some(String::new()) }] }
}

/// As a word of a shell.
fn quoted(word: &str) -> String {
    format!("'{}'", word.replace('\'', "'\\''"))
}

/// Whose form the event has.
fn guessed(event: &Map<String, Value>, name: &str) -> Agent {
    if event.contains_key("toolName") || event.contains_key("toolArgs") || name.is_empty() {
        return Agent::Copilot;
    }
    if name.starts_with(|first: char| first.is_ascii_lowercase()) {
        return Agent::Cursor;
    }
    if matches!(name, "BeforeTool" | "AfterTool" | "BeforeAgent" | "BeforeModel") {
        return Agent::Gemini;
    }
    Agent::Claude
}

#[cfg(test)]
mod tests {
    use super::*;

    fn moment(text: &str) -> (Agent, Moment) {
        let event = read(text.as_bytes(), None).unwrap();
        (event.agent, event.moment)
    }

    #[test]
    fn each_agents_form_is_read() {
        let command = Moment::Command("git push".to_owned());
        for (agent, text) in [
            (
                Agent::Claude,
                r#"{"hook_event_name":"PreToolUse","tool_name":"Bash","tool_input":{"command":"git push"},"cwd":"/x"}"#,
            ),
            (Agent::Cursor, r#"{"hook_event_name":"beforeShellExecution","command":"git push","cwd":""}"#),
            (Agent::Copilot, r#"{"timestamp":1,"cwd":"/x","toolName":"bash","toolArgs":"{\"command\":\"git push\"}"}"#),
            (
                Agent::Gemini,
                r#"{"hook_event_name":"BeforeTool","tool_name":"run_shell_command","tool_input":{"command":"git push"}}"#,
            ),
        ] {
            assert_eq!(moment(text), (agent, command.clone()), "{text}");
        }
        let write = |new: &str, old: Option<&str>| Moment::Write {
            path: "a.py".to_owned(),
            pieces: vec![Piece { new: new.to_owned(), old: old.map(str::to_owned) }],
        };
        let event = r#"{"hook_event_name":"PreToolUse","tool_name":"Edit","tool_input":{"file_path":"a.py","old_string":"a","new_string":"b"}}"#;
        assert_eq!(moment(event).1, write("b", Some("a")));
        let event =
            r#"{"hook_event_name":"PreToolUse","tool_name":"Write","tool_input":{"file_path":"a.py","content":"b"}}"#;
        assert_eq!(moment(event).1, write("b", None));
        let event = r#"{"hook_event_name":"PreToolUse","tool_name":"apply_patch","tool_input":{"command":["apply_patch","*** Begin Patch\n*** Update File: a.py\n+b\n*** End Patch"]}}"#;
        assert_eq!(moment(event).1, write("b", Some("")));
        let event = r#"{"hook_event_name":"UserPromptSubmit","prompt":"hello"}"#;
        assert_eq!(moment(event).1, Moment::Prompt("hello".to_owned()));
    }

    #[test]
    fn what_is_no_event_says_so() {
        for text in [
            "",
            "[]",
            "null",
            "{",
            "{}",
            r#"{"hook_event_name":"PreToolUse","tool_name":"Bash","tool_input":7}"#,
            r#"{"hook_event_name":"UserPromptSubmit"}"#,
            r#"{"toolName":"bash","toolArgs":"{\"command\":[1]}"}"#,
        ] {
            assert!(read(text.as_bytes(), None).is_err(), "{text}");
        }
        assert_eq!(moment(r#"{"hook_event_name":"SessionStart"}"#).1, Moment::Other);
    }
}
