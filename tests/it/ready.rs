//! Ready-made stages with the real tools that `tests/tools.sh` puts into `target/tools`: scenarios under
//! `tests/ready/`, in which `[BIN]` stands for the directory of those tools.

use crate::scenarios::play;
use crate::support::{root, tool};

fn check(name: &str) {
    let Some(program) = tool(name, "the ready-made stage") else { return };
    let text = std::fs::read_to_string(root().join("tests/ready").join(format!("{name}.txt"))).unwrap();
    let bin = program.parent().unwrap().display().to_string();
    let (_, fault) = play(name, &text.replace("[BIN]", &bin));
    assert!(fault.is_none(), "\n{}", fault.unwrap_or_default());
}

#[test]
fn bandit_blocks_what_a_push_adds_and_is_never_clean_over_what_it_could_not_parse() {
    check("bandit");
}
