//! `gatehook advisories update`.
use gatehook::finding::Exit;

use crate::args::UpdateAdvisories;

pub(super) fn run(args: &UpdateAdvisories) -> Exit {
    let _ = args;
    crate::commands::stop("not there yet", "gatehook advisories import")
}
