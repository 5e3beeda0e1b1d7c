//! JSON pointers (RFC 6901), relative ones (`1/name`: a level up, then `name`), and `*` for every member.

use serde_json::Value;

/// A pointer that was read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Pointer {
    /// So many levels up, then down by these names.
    Path(usize, Vec<String>),
    /// A text that stands for itself: `=text`.
    Literal(String),
}

impl Pointer {
    /// Reads `/a/b`, `2/a`, `=text`.
    pub(super) fn parse(text: &str) -> Self {
        if let Some(literal) = text.strip_prefix('=') {
            return Self::Literal(literal.to_owned());
        }
        let digits = text.bytes().take_while(u8::is_ascii_digit).count();
        let up = text[..digits].parse().unwrap_or(0);
        let names = text[digits..].split('/').skip(1).map(|name| name.replace("~1", "/").replace("~0", "~")).collect();
        Self::Path(up, names)
    }

    /// What it leads to from the last of `trail`, which begins with the document's root.
    pub(super) fn resolve<'v>(&self, trail: &[&'v Value]) -> Option<&'v Value> {
        let Self::Path(up, names) = self else { return None };
        let mut here = *trail.get(trail.len().checked_sub(up + 1)?)?;
        for name in names {
            here = member(here, name)?;
        }
        Some(here)
    }

    /// Calls `each` with the trail to every value that it leads to from `root`.
    pub(super) fn each<'v>(&self, root: &'v Value, each: &mut dyn FnMut(&[&'v Value])) {
        if let Self::Path(_, names) = self {
            walk(names, &mut vec![root], each);
        }
    }
}

fn walk<'v>(names: &[String], trail: &mut Vec<&'v Value>, each: &mut dyn FnMut(&[&'v Value])) {
    let Some(here) = trail.last().copied() else { return };
    let Some((name, rest)) = names.split_first() else {
        // A list at the end stands for its members.
        if let Value::Array(members) = here {
            for value in members {
                trail.push(value);
                each(trail);
                trail.pop();
            }
        } else {
            each(trail);
        }
        return;
    };
    let mut step = |value: &'v Value| {
        trail.push(value);
        walk(rest, trail, each);
        trail.pop();
    };
    match (&name[..], here) {
        ("*", Value::Array(members)) => members.iter().for_each(&mut step),
        ("*", Value::Object(members)) => members.values().for_each(&mut step),
        _ => {
            if let Some(value) = member(here, name) {
                step(value);
            }
        }
    }
}

fn member<'v>(value: &'v Value, name: &str) -> Option<&'v Value> {
    match value {
        Value::Object(members) => members.get(name),
        Value::Array(members) => members.get(name.parse::<usize>().ok()?),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn pointers_go_down_up_and_through_all() {
        let root = json!({ "deps": [{ "name": "a", "vulns": [{ "id": 1 }, { "id": 2 }] }, { "name": "b", "vulns": [] }],
            "x/y": { "~": 3 } });
        let mut found = Vec::new();
        Pointer::parse("/deps/*/vulns").each(&root, &mut |trail| {
            let text =
                |pointer: &str| Pointer::parse(pointer).resolve(trail).map(ToString::to_string).unwrap_or_default();
            found.push((text("2/name"), text("/id"), text("9/x"), text("")));
        });
        assert_eq!(found.len(), 2);
        assert_eq!(found[1], ("\"a\"".to_owned(), "2".to_owned(), String::new(), "{\"id\":2}".to_owned()));
        assert_eq!(Pointer::parse("/x~1y/~0").resolve(&[&root]), Some(&json!(3)));
        assert_eq!(Pointer::parse("=1/a"), Pointer::Literal("1/a".to_owned()));
    }
}
