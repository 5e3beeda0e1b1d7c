//! A record summed up: how often what was let through, by what, whom, and when.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::{Bypass, BypassLog};

/// Counts of entries; where an entry names several rules or stages it counts for each.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Summary {
    /// How many entries there are.
    pub entries: usize,
    /// By kind: `skip`, `on-error`, `observed`, `bypass`.
    pub kinds: BTreeMap<String, usize>,
    /// By rule or stage.
    pub names: BTreeMap<String, usize>,
    /// By hook.
    pub hooks: BTreeMap<String, usize>,
    /// By person.
    pub people: BTreeMap<String, usize>,
    /// By day.
    pub days: BTreeMap<String, usize>,
    /// The newest entries, newest first.
    pub last: Vec<Bypass>,
    /// Lines of the record that cannot be read.
    pub damaged: usize,
}

impl Summary {
    /// Of the entries of `record` from `since` on (RFC 3339 in UTC, or its beginning), with the newest
    /// `last` of them.
    pub fn of(record: BypassLog, since: Option<&str>, last: usize) -> Self {
        let mut summary = Self { damaged: record.damaged, ..Self::default() };
        let entries: Vec<Bypass> =
            record.entries.into_iter().filter(|entry| since.is_none_or(|since| &entry.time[..] >= since)).collect();
        summary.entries = entries.len();
        for entry in &entries {
            let count = |counts: &mut BTreeMap<String, usize>, key: &str| {
                if !key.is_empty() {
                    *counts.entry(key.to_owned()).or_default() += 1;
                }
            };
            count(&mut summary.kinds, entry.what.word());
            entry.names.iter().for_each(|name| count(&mut summary.names, name));
            count(&mut summary.hooks, &entry.hook);
            count(&mut summary.people, &entry.who);
            count(&mut summary.days, entry.day());
        }
        summary.last = entries.into_iter().rev().take(last).collect();
        summary
    }

    /// As one JSON document, schema 1.
    pub fn json(&self) -> Value {
        let last: Vec<Value> = self
            .last
            .iter()
            .map(|entry| {
                json!({
                    "what": entry.what.word(), "time": entry.time, "hook": entry.hook, "names": entry.names,
                    "count": entry.count, "who": entry.who, "commits": entry.commits, "reason": entry.reason,
                })
            })
            .collect();
        json!({
            "schema": 1, "entries": self.entries, "unreadable": self.damaged,
            "by_kind": self.kinds, "by_name": self.names, "by_hook": self.hooks, "by_person": self.people,
            "by_day": self.days, "last": last,
        })
    }

    /// For people, a line each, not escaped for a terminal yet.
    pub fn lines(&self) -> Vec<String> {
        if self.entries == 0 && self.damaged == 0 {
            return vec!["Nothing was let through.".to_owned()];
        }
        let plural = if self.entries == 1 { "entry" } else { "entries" };
        let mut lines = vec![format!("{} {plural} of what was let through", self.entries)];
        let tables = [
            ("kind", &self.kinds),
            ("rule or stage", &self.names),
            ("hook", &self.hooks),
            ("person", &self.people),
            ("day", &self.days),
        ];
        for (title, counts) in tables.into_iter().filter(|(_, counts)| !counts.is_empty()) {
            lines.push(format!("by {title}:"));
            let mut rows: Vec<(&String, &usize)> = counts.iter().collect();
            if title != "day" {
                rows.sort_by_key(|(_, count)| std::cmp::Reverse(**count));
            }
            lines.extend(rows.into_iter().map(|(key, count)| format!("  {count:>5}  {key}")));
        }
        if !self.last.is_empty() {
            lines.push("newest:".to_owned());
            lines.extend(self.last.iter().map(|entry| format!("  {entry}")));
        }
        match self.damaged {
            0 => {}
            1 => lines.push("a line of the record cannot be read".to_owned()),
            more => lines.push(format!("{more} lines of the record cannot be read")),
        }
        lines
    }
}
