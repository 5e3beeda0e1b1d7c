//! `gatehook ci`.

use gatehook::finding::Exit;
use gatehook::session::ci::{self, CiRequest};

use crate::args::Ci;
use crate::console::Console;
use crate::out::To;

pub(crate) fn run(args: &Ci) -> Exit {
    let request = CiRequest {
        base: args.base.clone(),
        head: args.head.clone(),
        shard: args.shard,
        only: args.only.clone(),
        skip: args.skip.clone(),
        no_fetch: args.no_fetch,
        fetch_timeout: args.fetch_timeout,
        found_by: args.found_by.clone(),
        overrides: args.output.overrides(),
    };
    let mut output = args.output.clone();
    output.reports.verbose |= args.all;
    ci::run(&request, &Console { output, to: To::Stdout })
}
