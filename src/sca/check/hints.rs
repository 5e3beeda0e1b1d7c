//! Whether the project's code names the functions that an advisory names: said beside the finding, and no part of its verdict.

use std::collections::BTreeMap;

use super::{Checked, Standing, Tree};
use crate::sca::Ecosystem;
use crate::sca::reach::{Code, Named};

pub(super) fn name(head: &dyn Tree, checked: &mut Checked) {
    let mut read: BTreeMap<(String, Ecosystem), Code> = BTreeMap::new();
    for found in &mut checked.findings {
        let ecosystem = found.package.ecosystem;
        let is_told = matches!(ecosystem, Ecosystem::Go | Ecosystem::CratesIo) && !found.symbols.is_empty();
        if !is_told || found.standing == Standing::Existing {
            continue;
        }
        let folder = found.path.rsplit_once('/').map_or("", |(folder, _)| folder).to_owned();
        let code = read.entry((folder.clone(), ecosystem)).or_insert_with(|| Code::read(ecosystem, &folder, head));
        let hint = match code.names(ecosystem, &found.package.name, &found.symbols) {
            Named::At(symbol, path, line) => format!("`{symbol}` is named in {path}:{line}"),
            Named::Not => {
                "What the advisory says holds the flaw is not named in the code, which proves nothing".to_owned()
            }
            Named::Unknown => continue,
        };
        found.why.extend([" ", &hint, "."]);
    }
}
