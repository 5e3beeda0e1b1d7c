//! The release gate: what CI jobs reported of one commit becomes a verdict, and the verdict a statement that others
//! can check: in-toto v1 with a SLSA verification summary, in a DSSE envelope.
//!
//! Pure: it is given bytes, reports and the time, and reads no file, clock or variable. Whoever calls it reads the
//! evidence and writes the envelope.

mod check;
mod envelope;
mod evidence;
mod judge;
mod key;
mod moment;
mod statement;
mod verify;

pub use envelope::{Envelope, EnvelopeError, PAYLOAD_TYPE};
pub use evidence::{Evidence, Reason, Wrong};
pub use judge::{Demands, Judgement, Proof, judge};
pub use key::{KeyError, PublicKey, SigningKey};
pub use moment::second;
pub use statement::{About, statement};
pub use verify::{Expected, Refused, Verified, verify};
