//! What is asked of other machines: the only place that opens a socket.
//!
//! Nothing of it runs in a hook or gate: commands that a person starts ask for it by name, through a trait, so that
//! everything else can be tried without a network.

pub mod archives;
