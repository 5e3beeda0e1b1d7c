//! Where an edit's new lines go in a file whose examples are comments: a table behind the comments of the table
//! before it, a key in the place of its own example.
//!
//! A TOML library counts a comment to what stands below it. In a commented file a new table would therefore come
//! between a table and its own comments, and a key beside an example that can no longer be uncommented. Pure:
//! text in, text out.

/// `after` with the lines that it adds to `before` moved to where they belong. A text that differs in any other way
/// than by added lines comes back as it is.
pub(super) fn placed(before: &str, after: &str) -> String {
    let (old, new): (Vec<&str>, Vec<&str>) = (lines(before), lines(after));
    let start = old.iter().zip(&new).take_while(|(one, other)| one == other).count();
    let Some(added) = new.len().checked_sub(old.len()).filter(|&added| added > 0) else { return after.to_owned() };
    if old[start..] != new[start + added..] {
        return after.to_owned();
    }
    let (head, rest) = new.split_at(start);
    let (table, below) = rest.split_at(added);
    let comments = below.iter().take_while(|line| line.trim().is_empty() || line.starts_with('#')).count();
    let run = &below[..comments];
    if table.iter().find(|line| !line.trim().is_empty()).is_none_or(|line| !line.starts_with('[')) {
        return at_example(head, table, below, run).unwrap_or_else(|| after.to_owned());
    }
    // What stands right above a further table is about that one.
    let own = if comments == below.len() {
        comments
    } else {
        run.iter().rposition(|line| line.trim().is_empty()).unwrap_or(0)
    };
    if !run[..own].iter().any(|line| line.starts_with('#')) {
        return after.to_owned();
    }
    let mut out: String = [head, &below[..own]].concat().concat();
    if !out.ends_with('\n') {
        out.push('\n');
    }
    let mut table = table.concat();
    table = table.trim_matches('\n').to_owned() + "\n";
    if !out.ends_with("\n\n") {
        out.push('\n');
    }
    let below = below[own..].concat();
    let apart = if below.is_empty() || below.starts_with('\n') { "" } else { "\n" };
    format!("{out}{table}{apart}{below}")
}

/// The text with a key of one line in the place of its example, `# key = value`, where the comments below have one.
/// What the example says behind its value stays.
fn at_example(head: &[&str], added: &[&str], below: &[&str], run: &[&str]) -> Option<String> {
    let [line] = added else { return None };
    let (key, _) = line.split_once(" = ")?;
    let example = format!("# {key} = ");
    let at = run.iter().position(|comment| comment.starts_with(&example))?;
    let said = run[at][example.len()..].find("  #").map_or("", |from| run[at][example.len() + from..].trim());
    let apart = if said.is_empty() { "" } else { "  " };
    let line = format!("{}{apart}{said}\n", line.trim_end());
    Some([&head.concat(), &below[..at].concat(), line.as_str(), &below[at + 1..].concat()].concat())
}

/// The lines of a text, each with its end.
fn lines(text: &str) -> Vec<&str> {
    text.split_inclusive('\n').collect()
}

#[cfg(test)]
mod tests {
    use super::placed;

    #[test]
    fn a_table_goes_behind_the_comments_of_the_table_above() {
        let cases = [
            ("[a]\n# k = 1\n", "[a]\n\n[b]\nx = 1\n# k = 1\n", "[a]\n# k = 1\n\n[b]\nx = 1\n"),
            ("[a]\n# k = 1", "[a]\n\n[b]\n# k = 1", "[a]\n# k = 1\n\n[b]\n"),
            (
                "[a]\n# k = 1\n\n# about c\n[c]\n",
                "[a]\n\n[b]\n# k = 1\n\n# about c\n[c]\n",
                "[a]\n# k = 1\n\n[b]\n\n# about c\n[c]\n",
            ),
            ("# only\n", "[b]\n# only\n", "# only\n\n[b]\n"),
        ];
        for (before, after, expected) in cases {
            assert_eq!(placed(before, after), expected);
        }
    }

    #[test]
    fn a_key_takes_the_place_of_its_example() {
        let before = "[a]\n# j = 1\n# k = 1     # what k is\n# l = 1\n";
        let after = "[a]\nk = [2]\n# j = 1\n# k = 1     # what k is\n# l = 1\n";
        assert_eq!(placed(before, after), "[a]\n# j = 1\nk = [2]  # what k is\n# l = 1\n");
        assert_eq!(placed("[a]\n# k = 1", "[a]\nk = 2\n# k = 1"), "[a]\nk = 2\n");
    }

    #[test]
    fn all_else_stays() {
        let cases = [
            ("[a]\n# k1 = 1\n", "[a]\nk = 2\n# k1 = 1\n"),
            ("[a]\nk = 1\n", "[a]\nk = 2\n"),
            ("[a]\n# about c\n[c]\n", "[a]\n\n[b]\n# about c\n[c]\n"),
            ("[a]\n\n[c]\n# x\n", "[a]\n\n[b]\n\n[c]\n# x\n"),
            ("a", ""),
        ];
        for (before, after) in cases {
            assert_eq!(placed(before, after), after);
        }
    }
}
