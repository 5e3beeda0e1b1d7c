//! `baseline`: the file of what was there before the gate.

use super::Config;
use super::layer_merge::LayerMerge;

pub(super) fn apply(config: &mut Config, path: Option<String>, merge: &mut LayerMerge<'_>) {
    let Some(path) = path else { return };
    let is_outside = |path: &str| path.contains('\\') || path.split('/').any(|part| matches!(part, "" | "." | ".."));
    if !path.is_empty() && is_outside(&path) {
        merge.fault(format!("`baseline` takes a path in the repository, as `.gatehook-baseline`, not `{path}`"));
    }
    let shown = format!("\"{path}\"");
    // None at all is the strictest; of two files it is not known how they compare.
    let looser = |new: &Option<String>, old: &Option<String>| new != old && new.as_deref() != Some("");
    merge.put("baseline", &mut config.baseline, Some(path), shown, looser);
}
