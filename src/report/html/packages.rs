//! The page's table of packages: one row for each package that findings speak of.

use std::collections::BTreeMap;
use std::io::{self, Write};

use super::Xml;
use crate::finding::{Finding, Severity};
use crate::report::words::Weight;
use crate::text::escape;

/// Rows of the table.
const MOST: usize = 2000;

struct Row<'f> {
    severity: Severity,
    weight: Weight,
    fixed: &'f str,
    ids: Vec<&'f str>,
}

/// Writes the table, where there is a finding about a package.
pub(super) fn table(chosen: &[(&Finding, Weight)], out: &mut dyn Write) -> io::Result<()> {
    let mut rows: BTreeMap<(&str, &str, String), Row<'_>> = BTreeMap::new();
    for (finding, weight) in chosen {
        let Some(package) = &finding.package else { continue };
        let key = (package.name.as_ref(), package.version.as_ref(), finding.path.to_string());
        let row = rows.entry(key).or_insert_with(|| Row {
            severity: finding.severity,
            weight: *weight,
            fixed: &package.fixed,
            ids: Vec::new(),
        });
        row.severity = row.severity.max(finding.severity);
        row.weight = row.weight.min(*weight);
        row.ids.push(finding.ids.first().unwrap_or(&finding.rule));
        if row.fixed.is_empty() {
            row.fixed = &package.fixed;
        }
    }
    if rows.is_empty() {
        return Ok(());
    }
    writeln!(
        out,
        "<h2 id=\"packages\">Packages</h2>\n<table>\n<thead><tr><th>Package</th><th>Version</th><th>Severity</th><th>Advisories</th><th>Mended in</th><th>File</th><th>State</th></tr></thead>\n<tbody>"
    )?;
    let all = rows.len();
    let mut rows: Vec<_> = rows.into_iter().collect();
    rows.sort_by_key(|(_, row)| (row.weight, std::cmp::Reverse(row.severity)));
    let shown = |text: &str| Xml(escape(text.as_bytes())).to_string();
    for ((name, version, path), mut row) in rows.into_iter().take(MOST) {
        row.ids.sort_unstable();
        row.ids.dedup();
        writeln!(
            out,
            "<tr><td class=\"mono\">{}</td><td class=\"mono\">{}</td><td>{}</td><td>{}</td><td class=\"mono\">{}</td><td class=\"mono\">{}</td><td>{}</td></tr>",
            shown(name),
            shown(version),
            row.severity.word(),
            shown(&row.ids.join(", ")),
            shown(row.fixed),
            Xml(path),
            row.weight.word()
        )?;
    }
    writeln!(out, "</tbody>\n</table>")?;
    if all > MOST {
        writeln!(out, "<p class=\"calm\">{} more packages are not in this table.</p>", all - MOST)?;
    }
    Ok(())
}
