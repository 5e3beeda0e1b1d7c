//! A judgement in the form that each agent reads. Forms: the agents' documentation of hooks.

use serde_json::{Value, json};

use super::{Agent, Moment};

/// What is said of an event.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Judgement {
    /// It may go on; what is to be said all the same, where there is something.
    Go(Option<String>),
    /// It may not, for this reason, which names what to do in its place.
    Stop(String),
}

/// What is printed, and the exit code.
#[derive(Clone, Debug, PartialEq)]
pub struct Answer {
    /// On standard output; `None` where nothing is said.
    pub document: Option<Value>,
    /// On standard error.
    pub remark: Option<String>,
}

/// The answer of `judgement` to what `agent` is about to do. The exit code is 0: what stops is in the document.
pub fn answer(agent: Agent, moment: &Moment, judgement: Judgement) -> Answer {
    let reason = match judgement {
        Judgement::Go(None) => return Answer { document: None, remark: None },
        Judgement::Go(Some(remark)) => {
            // Only Claude Code shows the person a message of a hook that lets go.
            let is_shown = matches!(agent, Agent::Claude);
            let document = is_shown.then(|| json!({ "systemMessage": remark }));
            return Answer { remark: document.is_none().then_some(remark), document };
        }
        Judgement::Stop(reason) => reason,
    };
    let is_prompt = matches!(moment, Moment::Prompt(_));
    let document = match agent {
        Agent::Claude | Agent::Codex | Agent::Copilot if is_prompt => json!({ "decision": "block", "reason": reason }),
        Agent::VsCode if is_prompt => json!({ "continue": false, "stopReason": reason }),
        Agent::Cursor if is_prompt => json!({ "continue": false, "user_message": reason }),
        Agent::Claude | Agent::Codex | Agent::VsCode => denied(&reason),
        Agent::Cursor => json!({ "permission": "deny", "user_message": reason, "agent_message": reason }),
        Agent::Copilot => json!({ "permissionDecision": "deny", "permissionDecisionReason": reason }),
        Agent::Gemini => json!({ "decision": "deny", "reason": reason }),
    };
    Answer { document: Some(document), remark: None }
}

fn denied(reason: &str) -> Value {
    json!({
        "hookSpecificOutput": {
            "hookEventName": "PreToolUse",
            "permissionDecision": "deny",
            "permissionDecisionReason": reason,
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_agent_is_stopped_in_its_own_form() {
        let command = Moment::Command(String::new());
        for agent in Agent::ALL {
            for moment in [&command, &Moment::Prompt(String::new())] {
                let answer = answer(agent, moment, Judgement::Stop("why".to_owned()));
                let text = answer.document.unwrap().to_string();
                assert!(
                    text.contains("why") && ["deny", "block", "false"].iter().any(|word| text.contains(word)),
                    "{text}"
                );
            }
            assert_eq!(answer(agent, &command, Judgement::Go(None)), Answer { document: None, remark: None });
        }
    }
}
