//! `gatehook gate`: the release gate, and the check of its envelope.

use gatehook::finding::Exit;
use gatehook::session::files;
use gatehook::session::release::{self, ReleaseRequest, Signer, VerifyRequest};

use crate::args::{GateCommand, ReleaseGate, VerifyEnvelope};
use crate::door;
use crate::out;
use crate::say::{failed, say};

pub(crate) fn run(command: GateCommand) -> Exit {
    match command {
        GateCommand::Release(args) => release(args),
        GateCommand::Verify(args) => verify(args),
    }
}

fn release(args: ReleaseGate) -> Exit {
    let ReleaseGate { evidence, commit, require, max_age, key, signer, signer_key, output } = args;
    let signer = Signer::of(key, signer.zip(signer_key));
    let released = match release::decide(&ReleaseRequest { evidence, commit, require, max_age, signer }) {
        Ok(released) => released,
        Err(failure) => return failed(failure),
    };
    let written = match output.filter(|path| !out::is_stdout(path)) {
        Some(path) => files::write(&path, released.envelope.as_bytes()).map_or_else(failed, |()| Exit::Clean),
        None => say(&released.envelope),
    };
    // For people, on standard error: standard output may carry the envelope.
    released.lines().iter().for_each(|line| door::tell(line));
    released.judged.exit().or(written)
}

fn verify(args: VerifyEnvelope) -> Exit {
    let VerifyEnvelope { envelope, key, commit, max_age, policy, evidence } = args;
    release::verify(&VerifyRequest { envelope, key, commit, max_age, policy, evidence })
        .map_or_else(failed, |line| say(&line))
}
