//! `gatehook.toml` edited: comments, order, formatting and line ends stay as they are.
//!
//! Pure: text in, text out. Whoever writes the file reads the new text as a configuration first.

use toml_edit::{ArrayOfTables, DocumentMut, InlineTable, Item, Table, TableLike, Value, value};

use super::{Allow, insertion};

/// A `[[rule]]` table to be: what other tools' rules can say.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct NewRule {
    /// Its id.
    pub id: String,
    /// One line that names it.
    pub title: String,
    /// Literals of which one stands in each match, or near it.
    pub keywords: Vec<String>,
    /// The pattern; empty where the paths alone speak.
    pub pattern: String,
    /// `line`, `lines` or `block`; empty for the default.
    pub window: &'static str,
    /// Patterns that drop a match where they match its line.
    pub veto: Vec<String>,
    /// Patterns that drop a match where they match its value.
    pub veto_value: Vec<String>,
    /// Least entropy of a value, in bits a character.
    pub entropy: Option<f64>,
    /// Globs of the files that it looks at; none stands for all.
    pub paths: Vec<String>,
    /// Why it matters, and where it comes from.
    pub why: String,
    /// The page of the tool that it comes from.
    pub reference: String,
}

/// Why a text could not be edited.
#[derive(Debug, thiserror::Error)]
pub enum EditError {
    /// It is no TOML.
    #[error("no TOML in line {line}")]
    Form {
        /// The line, from 1.
        line: usize,
    },
    /// A key stands there, but not as what it should be.
    #[error("`{0}` is written in a way that cannot be added to")]
    Shape(&'static str),
}

/// The text with an `[[allow]]` table more, behind those that are there.
pub fn add_allow(text: &str, allow: &Allow) -> Result<String, EditError> {
    edited(text, |document| {
        let tables = document.entry("allow").or_insert_with(|| Item::ArrayOfTables(ArrayOfTables::new()));
        match tables {
            Item::ArrayOfTables(tables) => {
                let mut table = Table::new();
                fill(&mut table, allow);
                tables.push(table);
            }
            Item::Value(Value::Array(array)) => {
                let mut table = InlineTable::new();
                fill(&mut table, allow);
                array.push(table);
            }
            _ => return Err(EditError::Shape("allow")),
        }
        Ok(())
    })
}

fn fill(table: &mut dyn TableLike, allow: &Allow) {
    let list = |texts: &[String]| match texts {
        [one] => value(in_one_line(one)),
        several => value(several.iter().map(|one| in_one_line(one)).collect::<toml_edit::Array>()),
    };
    if !allow.rules.is_empty() {
        table.insert("rule", list(&allow.rules));
    }
    if !allow.paths.is_empty() {
        table.insert("paths", value(allow.paths.iter().map(|one| in_one_line(one)).collect::<toml_edit::Array>()));
    }
    if !allow.fingerprints.is_empty() {
        table.insert("fingerprint", list(&allow.fingerprints));
    }
    if let Some(stage) = allow.stage {
        table.insert("stage", value(stage.word()));
    }
    table.insert("reason", value(in_one_line(&allow.reason)));
    if !allow.owner.is_empty() {
        table.insert("owner", value(in_one_line(&allow.owner)));
    }
    if let Some(day) = allow.expires {
        let date = toml_edit::Date { year: day.year, month: day.month, day: day.day };
        table.insert("expires", value(toml_edit::Datetime { date: Some(date), time: None, offset: None }));
    }
}

/// A salt looks like a secret and is none: who has the repository may know it.
const MARK: &str = " # gatehook:allow possible-secret -- keys the fingerprints, opens nothing";

/// The text with a `[[rule]]` table more, behind those that are there. Values are taken as they are: whatever
/// its pattern finds was a finding of the other tool too.
pub fn add_rule(text: &str, rule: &NewRule) -> Result<String, EditError> {
    let mut table = Table::new();
    let mut put = |key: &str, item: Item| drop(table.insert(key, item));
    let list = |texts: &[String]| value(texts.iter().map(|one| in_one_line(one)).collect::<toml_edit::Array>());
    put("id", value(in_one_line(&rule.id)));
    put("title", value(in_one_line(&rule.title)));
    put("severity", value("high"));
    if !rule.pattern.is_empty() {
        put("keywords", list(&rule.keywords));
        put("pattern", value(in_one_line(&rule.pattern)));
    }
    if !matches!(rule.window, "" | "line") {
        put("window", value(rule.window));
    }
    for (key, texts) in [("veto", &rule.veto), ("veto-value", &rule.veto_value), ("paths", &rule.paths)] {
        if !texts.is_empty() {
            put(key, list(texts));
        }
    }
    if let Some(entropy) = rule.entropy {
        put("entropy", value(entropy));
    }
    put("placeholders", value(false));
    put("why", value(in_one_line(&rule.why)));
    put("fix", value("read it from the environment or a secret manager, then `git add` the file"));
    put("reference", value(in_one_line(&rule.reference)));
    edited(text, |document| {
        let tables = document.entry("rule").or_insert_with(|| Item::ArrayOfTables(ArrayOfTables::new()));
        tables.as_array_of_tables_mut().ok_or(EditError::Shape("rule"))?.push(table);
        Ok(())
    })
}

/// The text with `id` in `rules.disable`.
pub fn add_disabled(text: &str, id: &str) -> Result<String, EditError> {
    edited(text, |document| {
        let rules = document.entry("rules").or_insert_with(|| Item::Table(Table::new()));
        let rules = rules.as_table_like_mut().ok_or(EditError::Shape("rules"))?;
        let list = rules.entry("disable").or_insert_with(|| value(toml_edit::Array::new()));
        list.as_array_mut().ok_or(EditError::Shape("rules.disable"))?.push(id);
        Ok(())
    })
}

/// The text with `table`, the TOML of `[stage.NAME]`, at its end, and `name` in `gate.push.stages`. Where the
/// text has no such list it becomes `stages` and `name`.
pub fn add_stage(text: &str, name: &str, table: &str, stages: &[&str]) -> Result<String, EditError> {
    let text = edited(text, |document| {
        let is_open =
            |item: &Item| item.as_table().is_some_and(|table| !table.is_dotted() && !table.contains_key(name));
        if !document.get("stage").is_none_or(is_open) {
            return Err(EditError::Shape("stage"));
        }
        let gate = document.entry("gate").or_insert_with(|| {
            let mut gate = Table::new();
            gate.set_implicit(true);
            Item::Table(gate)
        });
        let gate = gate.as_table_like_mut().ok_or(EditError::Shape("gate"))?;
        let push = gate.entry("push").or_insert_with(|| Item::Table(Table::new()));
        let push = push.as_table_like_mut().ok_or(EditError::Shape("gate.push"))?;
        let list = push.entry("stages").or_insert_with(|| value(stages.iter().copied().collect::<toml_edit::Array>()));
        let list = list.as_array_mut().ok_or(EditError::Shape("gate.push.stages"))?;
        if !list.iter().any(|stage| stage.as_str() == Some(name)) {
            list.push(name);
        }
        Ok(())
    })?;
    let end = if text.contains("\r\n") && !text.replace("\r\n", "").contains('\n') { "\r\n" } else { "\n" };
    let apart = if text.ends_with('\n') { end.to_owned() } else { end.repeat(2) };
    Ok(format!("{text}{apart}{}", table.replace("\r\n", "\n").replace('\n', end)))
}

/// The text with `fingerprint.salt`.
pub fn add_salt(text: &str, salt: &str) -> Result<String, EditError> {
    edited(text, |document| {
        let table = document.entry("fingerprint").or_insert_with(|| Item::Table(Table::new()));
        let inline = table.is_inline_table();
        let table = table.as_table_like_mut().ok_or(EditError::Shape("fingerprint"))?;
        let mut salt = Value::from(salt);
        if !inline {
            salt.decor_mut().set_suffix(MARK);
        }
        table.insert("salt", Item::Value(salt));
        Ok(())
    })
}

/// The text with the fingerprints of its `[[allow]]` tables replaced, where `new` knows another.
pub fn rename_fingerprints(text: &str, new: &dyn Fn(&str) -> Option<String>) -> Result<String, EditError> {
    edited(text, |document| {
        let rename = |table: &mut dyn TableLike| match table.get_mut("fingerprint") {
            Some(Item::Value(Value::Array(array))) => array.iter_mut().for_each(|own| replace(own, new)),
            Some(Item::Value(own)) => replace(own, new),
            _ => {}
        };
        match document.get_mut("allow") {
            Some(Item::ArrayOfTables(tables)) => tables.iter_mut().for_each(|table| rename(table)),
            Some(Item::Value(Value::Array(array))) => {
                array.iter_mut().filter_map(Value::as_inline_table_mut).for_each(|table| rename(table));
            }
            _ => {}
        }
        Ok(())
    })
}

/// A value that spans no lines, so that the line ends of the file are no part of it.
fn in_one_line(text: &str) -> Value {
    if !text.contains(['\n', '\r']) {
        return Value::from(text);
    }
    let mut quoted = String::from("\"");
    for character in text.chars() {
        match character {
            '\n' => quoted.push_str("\\n"),
            '\r' => quoted.push_str("\\r"),
            '"' | '\\' => quoted.extend(['\\', character]),
            control if control.is_control() => quoted.extend(format!("\\u{:04X}", u32::from(control)).chars()),
            other => quoted.push(other),
        }
    }
    quoted.push('"');
    quoted.parse().unwrap_or_else(|_| Value::from(text))
}

/// Puts another text into `own`, keeping what stands around it.
fn replace(own: &mut Value, new: &dyn Fn(&str) -> Option<String>) {
    if let Some(text) = own.as_str().and_then(new) {
        let around = own.decor().clone();
        *own = Value::from(text);
        *own.decor_mut() = around;
    }
}

fn edited(text: &str, edit: impl FnOnce(&mut DocumentMut) -> Result<(), EditError>) -> Result<String, EditError> {
    let mut document: DocumentMut = text.parse().map_err(|error: toml_edit::TomlError| {
        let before = error.span().and_then(|span| text.get(..span.start)).unwrap_or_default();
        EditError::Form { line: before.matches('\n').count() + 1 }
    })?;
    edit(&mut document)?;
    let text_after = insertion::placed(&text.replace("\r\n", "\n"), &document.to_string());
    // The library writes line feeds only. Where a file mixes both, no one can say which an added line takes.
    let windows = text.contains("\r\n") && !text.replace("\r\n", "").contains('\n');
    Ok(if windows { text_after.replace("\r\n", "\n").replace('\n', "\r\n") } else { text_after })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::{Day, Rank};

    fn allow() -> Allow {
        Allow {
            rules: vec!["generic-password".to_owned()],
            fingerprints: vec!["7f3c9a12".to_owned()],
            reason: "a \"fixture\"".to_owned(),
            expires: Day::parse("2027-06-30"),
            ..Allow::default()
        }
    }

    #[test]
    fn an_allowance_goes_behind_the_others_and_all_else_stays() {
        let text = "# ours\n[gate.commit] # gate\nblock  =  'high'\n\n[[allow]] # one\nrule = \"x\"   # why\nreason = \"y\"\n\n[rules]\ndisable = []\n# end\n";
        let after = add_allow(text, &allow()).unwrap();
        let added = "\n[[allow]]\nrule = \"generic-password\"\nfingerprint = \"7f3c9a12\"\nreason = 'a \"fixture\"'\nexpires = 2027-06-30\n";
        assert_eq!(after.replace(added, ""), text, "{after}");
        assert!(after.find(added).unwrap() < after.find("[rules]").unwrap(), "{after}");
    }

    #[test]
    fn every_form_of_a_file_is_added_to() {
        let one = add_allow("", &allow()).unwrap();
        assert!(one.starts_with("[[allow]]\n"), "{one}");
        assert_eq!(add_allow("# ours", &allow()).unwrap(), format!("# ours\n\n{one}"));
        let windows = add_allow("# a\r\n[rules]\r\ndisable = []\r\n", &allow()).unwrap();
        assert!(windows.contains("[[allow]]\r\n") && !windows.replace("\r\n", "").contains('\n'), "{windows:?}");
        let odd = Allow { reason: "one\r\ntwo \\ \"\u{1}".to_owned(), ..allow() };
        let read = add_allow("# a\r\n", &odd).unwrap().parse::<toml::Table>().unwrap();
        assert_eq!(read["allow"][0]["reason"].as_str(), Some(odd.reason.as_str()));
        let inline = add_allow("allow = [{ rule = \"x\", reason = \"y\" }]\n", &allow()).unwrap();
        assert!(inline.parse::<toml::Table>().unwrap()["allow"].as_array().unwrap().len() == 2, "{inline}");
        assert!(matches!(add_allow("allow = 1\n", &allow()), Err(EditError::Shape("allow"))));
        assert!(matches!(add_allow("a = 1\nb = \n", &allow()), Err(EditError::Form { line: 2 })));
    }

    #[test]
    fn a_rule_that_was_added_is_read_back_as_it_was_meant() {
        let rule = NewRule {
            id: "acme-token".to_owned(),
            title: "ACME \"token\"".to_owned(),
            keywords: vec!["acme_".to_owned()],
            pattern: r"(?P<secret>acme_'\d+)".to_owned(),
            window: "lines",
            veto_value: vec![r"(?i)x\.y".to_owned()],
            entropy: Some(3.5),
            why: "w".to_owned(),
            reference: "https://x.example".to_owned(),
            ..NewRule::default()
        };
        let text = add_disabled(&add_rule("# ours\n", &rule).unwrap(), "aws-access-key-id").unwrap();
        let text = add_disabled(&text, "private-key").unwrap();
        let origin = crate::config::Origin::File("x".into());
        let layer = crate::config::Layer { rank: Rank::Repository, origin, text: text.clone().into_bytes() };
        let config =
            crate::config::Config::from_layers(&[layer], &crate::config::Program::of_version("0.1.0")).unwrap();
        assert!(text.contains("# ours"), "{text}");
        assert_eq!(config.disabled, ["aws-access-key-id", "private-key"]);
        let own = &config.own_rules[0];
        assert_eq!((&*own.pattern, &*own.title, own.entropy), (&*rule.pattern, &*rule.title, 3.5));
        assert!(own.veto_value.iter().eq(rule.veto_value.iter()) && !own.placeholders);
        assert!(matches!(add_rule("rule = 1\n", &rule), Err(EditError::Shape("rule"))));
    }

    #[test]
    fn a_salt_is_put_in_once_and_fingerprints_follow_it() {
        let salted = add_salt("# x\n[rules]\ndisable = []\n", "s").unwrap();
        assert_eq!(salted, format!("# x\n[rules]\ndisable = []\n\n[fingerprint]\nsalt = \"s\"{MARK}\n"));
        assert_eq!(add_salt("fingerprint = {}\n", "s").unwrap(), "fingerprint = { salt = \"s\" }\n");
        let text = "[[allow]]\nfingerprint = [ \"aa\", # one\n  \"bb\" ]\n[[allow]]\nfingerprint = \"aa\" # two\n";
        let new = |own: &str| (own == "aa").then(|| "cc".to_owned());
        assert_eq!(rename_fingerprints(text, &new).unwrap(), text.replace("\"aa\"", "\"cc\""));
    }
    #[test]
    fn a_stage_goes_to_the_end_and_its_name_into_the_list() {
        let table = "# t\n[stage.x]\ncommand = [\"x\"]\n";
        let add = |text: &str| add_stage(text, "x", table, &["secrets"]);
        assert_eq!(add("").unwrap(), format!("[gate.push]\nstages = [\"secrets\", \"x\"]\n\n{table}"));
        let text = "# a\n[gate.push] # b\nstages = [\"y\"] # c\n[stage.y] # d\ncommand = [\"y\"]\n";
        let after = text.replace("[\"y\"] # c", "[\"y\", \"x\"] # c");
        assert_eq!(add(text).unwrap(), format!("{after}\n{table}"));
        let windows = add(&text.replace('\n', "\r\n")).unwrap();
        assert_eq!(windows, format!("{after}\n{table}").replace('\n', "\r\n"));
        for text in ["stage = {}\n", "stage.y.command = [\"y\"]\n", "[stage.x]\ncommand = []\n"] {
            assert!(matches!(add(text), Err(EditError::Shape("stage"))), "{text}");
        }
        assert!(matches!(add("gate.push.stages = 1\n"), Err(EditError::Shape("gate.push.stages"))));
    }
}
