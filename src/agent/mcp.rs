//! The Model Context Protocol, as far as a server of three tools speaks it: one JSON-RPC 2.0 message a line (specification
//! of 2025-06-18: lifecycle, ping, tools). What the tools do, others know.

use serde_json::{Value, json};

/// Version of the protocol that is spoken where the other side names none that is known.
const VERSION: &str = "2025-06-18";
/// Versions whose messages are the same as far as they are used here.
const KNOWN: &[&str] = &["2024-11-05", "2025-03-26", VERSION];

/// What a tool gives: a text, or what went wrong.
pub type Told = Result<String, String>;

/// What the server's tools do.
pub trait Tools {
    /// Looks at `text` as the content of `path`.
    fn scan_text(&self, text: &str, path: &str) -> Told;
    /// Looks at what is staged.
    fn scan_staged(&self) -> Told;
    /// Explains a rule.
    fn explain(&self, rule: &str) -> Told;
}

/// The answer to one message; `None` where it takes none.
pub fn respond(line: &[u8], tools: &dyn Tools) -> Option<Value> {
    let Ok(message) = serde_json::from_slice::<Value>(line) else {
        return Some(failed(&Value::Null, -32700, "this is no JSON"));
    };
    let Some(method) = message.get("method").and_then(Value::as_str) else {
        // An answer to something that was never asked.
        let is_answer = message.get("result").is_some() || message.get("error").is_some();
        return (!is_answer).then(|| failed(&Value::Null, -32600, "a message names a `method`"));
    };
    // A notification takes no answer.
    let id = message.get("id")?;
    let none = json!({});
    let params = message.get("params").unwrap_or(&none);
    let result = match method {
        "initialize" => Ok(initialized(params)),
        "ping" => Ok(json!({})),
        "tools/list" => Ok(listed()),
        "tools/call" => called(params, tools),
        _ => Err((-32601, format!("there is no method `{method}`"))),
    };
    Some(match result {
        Ok(result) => json!({ "jsonrpc": "2.0", "id": id, "result": result }),
        Err((code, message)) => failed(id, code, &message),
    })
}

fn failed(id: &Value, code: i32, message: &str) -> Value {
    json!({ "jsonrpc": "2.0", "id": id, "error": { "code": code, "message": message } })
}

fn initialized(params: &Value) -> Value {
    let asked = params.get("protocolVersion").and_then(Value::as_str).filter(|asked| KNOWN.contains(asked));
    json!({
        "protocolVersion": asked.unwrap_or(VERSION),
        "capabilities": { "tools": {} },
        "serverInfo": { "name": "gatehook", "version": env!("CARGO_PKG_VERSION") },
        "instructions": "Look at code before it is written or committed: scan_text for a text, scan_staged for what is staged.",
    })
}

fn listed() -> Value {
    let text = |about: &str| json!({ "type": "string", "description": about });
    json!({ "tools": [
        {
            "name": "scan_text",
            "description": "Look for hardcoded secrets and insecure patterns in a text",
            "inputSchema": {
                "type": "object",
                "properties": {
                    "text": text("The text"),
                    "path": text("The file that it is or will be, which tells its language; optional"),
                },
                "required": ["text"],
            },
        },
        {
            "name": "scan_staged",
            "description": "Look at what is staged in the git repository around the current directory, as the commit gate does",
            "inputSchema": { "type": "object", "properties": {} },
        },
        {
            "name": "explain",
            "description": "Say what a rule finds, why it matters and how to mend it",
            "inputSchema": {
                "type": "object",
                "properties": { "rule": text("The rule's id, as a finding names it") },
                "required": ["rule"],
            },
        },
    ] })
}

fn called(params: &Value, tools: &dyn Tools) -> Result<Value, (i32, String)> {
    let argument = |name: &str| params.get("arguments").and_then(|all| all.get(name)).and_then(Value::as_str);
    let due = |name: &str| argument(name).ok_or((-32602, format!("`{name}` takes a text")));
    let told = match params.get("name").and_then(Value::as_str).unwrap_or_default() {
        "scan_text" => tools.scan_text(due("text")?, argument("path").unwrap_or("text")),
        "scan_staged" => tools.scan_staged(),
        "explain" => tools.explain(due("rule")?),
        other => return Err((-32602, format!("there is no tool `{other}`"))),
    };
    let (text, wrong) = match told {
        Ok(text) => (text, false),
        Err(text) => (text, true),
    };
    Ok(json!({ "content": [{ "type": "text", "text": text }], "isError": wrong }))
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Echo;

    impl Tools for Echo {
        fn scan_text(&self, text: &str, path: &str) -> Told {
            Ok(format!("{path}: {text}"))
        }
        fn scan_staged(&self) -> Told {
            Err("nothing".to_owned())
        }
        fn explain(&self, rule: &str) -> Told {
            Ok(rule.to_owned())
        }
    }

    #[test]
    fn it_speaks_the_protocol() {
        let ask = |text: &str| respond(text.as_bytes(), &Echo);
        let hello =
            ask(r#"{"jsonrpc":"2.0","id":0,"method":"initialize","params":{"protocolVersion":"2025-03-26"}}"#).unwrap();
        assert_eq!(hello["result"]["protocolVersion"], "2025-03-26");
        assert_eq!(ask(r#"{"jsonrpc":"2.0","method":"notifications/initialized"}"#), None);
        let tools = ask(r#"{"jsonrpc":"2.0","id":"a","method":"tools/list"}"#).unwrap();
        assert_eq!((tools["id"].as_str(), tools["result"]["tools"].as_array().map(Vec::len)), (Some("a"), Some(3)));
        let call = |name: &str, arguments: &str| {
            ask(&format!(r#"{{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{{"name":"{name}","arguments":{arguments}}}}}"#)).unwrap()
        };
        assert_eq!(call("scan_text", r#"{"text":"x"}"#)["result"]["content"][0]["text"], "text: x");
        assert_eq!(call("scan_staged", "{}")["result"]["isError"], true);
        assert_eq!(call("scan_text", r#"{"text":7}"#)["error"]["code"], -32602);
        assert_eq!(call("rm", "{}")["error"]["code"], -32602);
        assert_eq!(ask("{").unwrap()["error"]["code"], -32700);
        assert_eq!(ask("[]").unwrap()["error"]["code"], -32600);
        assert_eq!(ask(r#"{"id":1,"method":"resources/list"}"#).unwrap()["error"]["code"], -32601);
    }
}
