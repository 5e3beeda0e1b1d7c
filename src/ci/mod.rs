//! What a CI system tells of the change under review: environment and event payload in, ordered
//! candidates for base and head out.
//!
//! Pure: it reads no variable and no file, and knows nothing of git. Which of the candidates exists, and
//! what has to be fetched for it, is for `git::base` to find out.

mod event;
mod payload;
mod shard;
mod systems;

pub use event::{Base, BaseAt, Event, Review, System};
pub use shard::{BadShard, parse as parse_shard};

use payload::Payload;

/// What a CI job can see of itself.
pub struct Surroundings<'s> {
    /// A variable of the environment.
    pub variable: &'s dyn Fn(&str) -> Option<String>,
    /// The event that started the job, as JSON, where [`payload_file`] names one.
    pub payload: Option<&'s [u8]>,
}

impl Surroundings<'_> {
    /// A variable; an empty one counts as unset, as CI systems leave those behind that do not apply.
    fn get(&self, name: &str) -> Option<String> {
        (self.variable)(name).map(|value| value.trim().to_owned()).filter(|value| !value.is_empty())
    }

    /// Whether a variable says yes.
    fn says(&self, name: &str) -> bool {
        self.get(name).is_some_and(|value| !matches!(&value.to_ascii_lowercase()[..], "false" | "0" | "no"))
    }

    /// A variable that names a commit; the null id that some systems give for "none" is none.
    fn commit(&self, name: &str) -> Option<String> {
        self.get(name).filter(|id| !is_null(id))
    }
}

/// Whether an object id is the one that stands for "none".
fn is_null(id: &str) -> bool {
    id.bytes().all(|byte| byte == b'0')
}

/// The file that holds the event, where the system writes one.
pub fn payload_file(variable: &dyn Fn(&str) -> Option<String>) -> Option<String> {
    variable("GITHUB_EVENT_PATH").filter(|path| !path.is_empty())
}

/// What is under review here. `GATEHOOK_BASE` and `GATEHOOK_HEAD` win over what the system says;
/// `GATEHOOK_BASE_HINT` comes first, but gives way where it leads nowhere.
///
/// # Errors
///
/// [`BadShard`] where `GATEHOOK_SHARD` is none, or a system counts beyond its total.
pub fn review(around: &Surroundings<'_>) -> Result<Review, BadShard> {
    let payload = Payload::new(around.payload);
    let mut review = systems::review(around, &payload);
    if around.payload.is_some() && !payload.is_read() {
        review
            .notes
            .push("the event's payload is not a JSON object: what it says of base and head is not known".to_owned());
    }
    if let Some(base) = around.get("GATEHOOK_BASE_HINT").filter(|id| !is_null(id)) {
        review.base.insert(0, Base::named(BaseAt::Revision(base), "GATEHOOK_BASE_HINT"));
    }
    if let Some(base) = around.get("GATEHOOK_BASE") {
        review.base = vec![Base::told(base, "GATEHOOK_BASE")];
        // Whatever started the job, now there is a change to look at.
        if matches!(review.event, Event::Whole | Event::Unknown) {
            review.event = Event::Push;
        }
    }
    if let Some(head) = around.get("GATEHOOK_HEAD") {
        review.head = vec![(head, "GATEHOOK_HEAD")];
        review.unknown = None;
    }
    review.shard = shard::find(around)?;
    Ok(review)
}

#[cfg(test)]
mod tests;
