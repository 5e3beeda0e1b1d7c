//! The committed table of `tests/clean-code` is whole: it stands over all that is listed, and every bar holds in it.
//! Nothing is downloaded here; whoever changes rules runs the script.

use gatehook::rules::builtin;

use crate::support::root;

fn read(path: &str) -> String {
    std::fs::read_to_string(root().join(path)).unwrap()
}

/// The cells of a row of the table, without their spaces.
fn cells(row: &str) -> Vec<&str> {
    row.trim_matches('|').split('|').map(str::trim).collect()
}

#[test]
fn the_table_holds_every_listed_package() {
    let (list, table) = (read("tests/clean-code.list"), read("tests/clean-code.md"));
    let listed: Vec<Vec<&str>> =
        list.lines().filter(|line| !line.starts_with('#')).map(|line| line.split(' ').collect()).collect();
    let measured: Vec<Vec<&str>> = table
        .lines()
        .filter(|line| ["| crates |", "| npm |", "| pypi |"].iter().any(|start| line.starts_with(start)))
        .map(|row| cells(row)[..3].to_vec())
        .collect();
    assert_eq!(listed, measured, "`tests/clean-code` writes the table anew");
    for (registry, least) in [("crates", 40), ("npm", 25), ("pypi", 25)] {
        assert!(listed.iter().filter(|package| package[0] == registry).count() >= least, "{registry}");
    }
    assert!(listed.is_sorted(), "the list is sorted");
}

#[test]
fn every_bar_holds_in_the_table() {
    let table = read("tests/clean-code.md");
    let mut bars = 0;
    for row in table.lines().filter(|line| line.starts_with("| secrets |") || line.starts_with("| insecure |")) {
        let cells = cells(row);
        if let (Ok(rate), Ok(bar)) = (cells[3].parse::<f64>(), cells[4].parse::<f64>()) {
            assert!(rate <= bar, "over the bar: {row}");
            bars += 1;
        }
    }
    assert_eq!(bars, 3, "two bars for secrets, one for insecure patterns");
    let lines: u64 = table
        .lines()
        .find_map(|line| line.strip_suffix(" lines.")?.rsplit(' ').next())
        .and_then(|number| number.replace(',', "").parse().ok())
        .expect("the table says how many lines were scanned");
    assert!(lines >= 2_000_000, "{lines} lines");
}

#[test]
fn the_table_names_rules_that_exist() {
    let table = read("tests/clean-code.md");
    let rows: Vec<&str> = table.lines().filter(|line| line.starts_with("| `")).collect();
    assert!(!rows.is_empty());
    for row in rows {
        let id = cells(row)[0].trim_matches('`');
        assert!(builtin().iter().any(|rule| rule.is_called(id)), "`{id}` is no rule");
    }
}
