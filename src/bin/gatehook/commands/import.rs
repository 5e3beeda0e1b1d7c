//! `gatehook import`.

use gatehook::finding::Exit;
use gatehook::session::import::{self, ImportRequest};

use crate::args::{Import, Tool};
use crate::say::ended;

pub(crate) fn run(args: &Import) -> Exit {
    let request = ImportRequest {
        files: args.files.clone(),
        from: args.from.map(tool),
        dry_run: args.dry_run,
        partial: args.partial,
        pre_commit: args.pre_commit,
    };
    ended(import::import(&request))
}

const fn tool(tool: Tool) -> import::Tool {
    match tool {
        Tool::Gitleaks => import::Tool::Gitleaks,
        Tool::DetectSecrets => import::Tool::DetectSecrets,
        Tool::Talisman => import::Tool::Talisman,
        Tool::GitSecrets => import::Tool::GitSecrets,
        Tool::PreCommit => import::Tool::PreCommit,
    }
}
