//! `gatehook baseline`.

use gatehook::finding::Exit;
use gatehook::session::baseline_file;

use super::audit;
use crate::args::Baseline;
use crate::say::{ended, failed};

pub(crate) fn run(command: &Baseline) -> Exit {
    match command {
        Baseline::Create(args) => {
            ended(baseline_file::create(args.file.baseline.as_deref(), args.baseline_from.as_deref()))
        }
        Baseline::Update(args) => ended(baseline_file::update(args.file.baseline.as_deref(), args.add)),
        Baseline::Audit(args) => audit::run(args).unwrap_or_else(failed),
    }
}
