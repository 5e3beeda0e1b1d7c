//! `gatehook allow`.

use gatehook::finding::Exit;
use gatehook::session::allowing::{AllowRequest, allow};

use crate::args::Allow;
use crate::ask::{ask, is_interactive};
use crate::say::ended;

pub(crate) fn run(args: &Allow) -> Exit {
    let request = AllowRequest {
        fingerprints: args.fingerprints.clone(),
        reason: args.reason.clone(),
        owner: args.owner.clone(),
        expires: args.expires,
        rules: args.rules.clone(),
        paths: args.paths.clone(),
        unseen: args.unseen,
    };
    let ask = |question: &str| if is_interactive() { ask(question) } else { None };
    ended(allow(&request, &ask))
}
