//! Names of other tools' rules and the rules of ours that look for the same values: a table, `names.txt`.

const TABLE: &str = include_str!("names.txt");

/// Rules of ours for a rule id of gitleaks; none where that is not known.
pub(super) fn of_gitleaks(id: &str) -> Vec<&'static str> {
    look_up("gitleaks", id)
}

/// Rules of ours for a secret type of detect-secrets; none where that is not known.
pub(super) fn of_detect_secrets(kind: &str) -> Vec<&'static str> {
    look_up("detect-secrets", kind)
}

/// Every tool, name and list of ours.
fn rows() -> impl Iterator<Item = (&'static str, &'static str, &'static str)> {
    let mut tool = "";
    TABLE.lines().filter_map(move |line| {
        if let Some(named) = line.strip_prefix('[').and_then(|line| line.strip_suffix(']')) {
            tool = named;
        }
        let (name, ours) = line.split_once(": ").filter(|_| !line.starts_with('#'))?;
        Some((tool, name, ours))
    })
}

fn look_up(tool: &str, name: &str) -> Vec<&'static str> {
    let row = rows().find(|(of, own, _)| *of == tool && *own == name);
    row.map(|(_, _, ours)| ours.split(' ').collect()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rules::builtin;

    #[test]
    fn each_name_leads_to_rules_that_there_are() {
        let mut wrong = Vec::new();
        for (tool, name, ours) in rows() {
            let unknown = ours.split(' ').filter(|id| !builtin().iter().any(|rule| rule.is_called(id)));
            wrong.extend(unknown.map(|id| format!("{tool} `{name}`: there is no rule `{id}`")));
        }
        assert!(wrong.is_empty(), "{wrong:#?}");
        assert_eq!(of_gitleaks("github-pat"), ["github-personal-access-token"]);
        assert_eq!(of_detect_secrets("Private Key").len(), 3);
        assert!(of_gitleaks("acme").is_empty() && of_gitleaks("Private Key").is_empty());
        assert!(of_detect_secrets("Secret Keyword").is_empty());
    }
}
