//! Unpacked objects that others are made against, as long as there is room.

use std::collections::HashMap;
use std::sync::Arc;

use super::Type;

/// Bytes that are held, at most.
const ROOM: usize = 64 << 20;
/// Bytes of one object that is held, at most.
const LARGEST: usize = ROOM / 8;

/// An unpacked object.
pub(super) type Held = (Type, Arc<Vec<u8>>);

/// By pack and place in it.
#[derive(Default)]
pub(super) struct Bases {
    held: HashMap<(usize, usize), (Held, u64)>,
    bytes: usize,
    clock: u64,
}

impl Bases {
    pub(super) fn get(&mut self, place: (usize, usize)) -> Option<Held> {
        self.clock += 1;
        let (held, used) = self.held.get_mut(&place)?;
        *used = self.clock;
        Some(held.clone())
    }

    pub(super) fn put(&mut self, place: (usize, usize), held: &Held) {
        if held.1.len() > LARGEST {
            return;
        }
        self.clock += 1;
        self.bytes += held.1.len();
        if let Some((before, _)) = self.held.insert(place, (held.clone(), self.clock)) {
            self.bytes -= before.1.len();
        }
        if self.bytes > ROOM {
            self.shrink();
        }
    }

    /// Lets go of those that were not used longest, until half of the room is free.
    fn shrink(&mut self) {
        let mut order: Vec<(u64, (usize, usize))> =
            self.held.iter().map(|(place, (_, used))| (*used, *place)).collect();
        order.sort_unstable();
        for (_, place) in order {
            if self.bytes <= ROOM / 2 {
                return;
            }
            if let Some((held, _)) = self.held.remove(&place) {
                self.bytes -= held.1.len();
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_used_last_stays_within_the_room() {
        let mut bases = Bases::default();
        let held = |size: usize| (Type::Blob, Arc::new(vec![0; size]));
        for place in 0..40 {
            bases.put((0, place), &held(4 << 20));
            assert!(bases.bytes <= ROOM);
            assert!(bases.get((0, 0)).is_some(), "it is asked for all the time");
        }
        assert!(bases.get((0, 39)).is_some() && bases.get((0, 2)).is_none());
        bases.put((1, 0), &held(LARGEST + 1));
        assert!(bases.get((1, 0)).is_none());
        let before = bases.bytes;
        bases.put((0, 39), &held(4 << 20));
        assert_eq!(bases.bytes, before, "the same once more");
    }
}
