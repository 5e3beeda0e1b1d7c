//! Variables and objects at one point of the program, and how two states become one.

use std::collections::HashMap;
use std::rc::Rc;

use super::value::{ObjId, Val};
use crate::sast::names::{PathId, Sym};

/// So many elements of a list are told apart.
pub(super) const LONGEST_LIST: usize = 64;
const MOST_FIELDS: usize = 96;

/// What an object holds.
#[derive(Clone, Debug, Default)]
pub(super) struct Obj {
    /// Elements by position, while they are known.
    pub(super) items: Option<Vec<Val>>,
    pub(super) fields: Vec<(Rc<str>, Val)>,
    /// What stands under keys that are not known.
    pub(super) rest: Option<Val>,
    /// Text that is appended to.
    pub(super) text: bool,
    /// Module and class of the program.
    pub(super) class: Option<(usize, usize)>,
    /// Made elsewhere: it may hold more than is known here.
    pub(super) open: bool,
}

impl Obj {
    pub(super) fn get(&self, key: &str) -> Option<&Val> {
        self.fields.iter().find(|(name, _)| &**name == key).map(|(_, value)| value)
    }

    pub(super) fn set(&mut self, key: &Rc<str>, value: Val) {
        match self.fields.iter().position(|(name, _)| name == key) {
            Some(at) => self.fields[at].1 = value,
            None if self.fields.len() < MOST_FIELDS => self.fields.push((key.clone(), value)),
            None => self.add(&value),
        }
    }

    /// Adds under a key that is not known.
    pub(super) fn add(&mut self, value: &Val) {
        match &mut self.rest {
            Some(rest) => rest.join(value),
            None => self.rest = Some(value.clone()),
        }
    }

    /// Forgets the order of the elements.
    pub(super) fn blur(&mut self) {
        if let Some(items) = self.items.take() {
            for each in items {
                self.add(&each);
            }
        }
    }

    fn join(&mut self, other: &Self) {
        match (&mut self.items, &other.items) {
            (Some(left), Some(right)) if left.len() == right.len() => {
                for (left, right) in left.iter_mut().zip(right) {
                    left.join(right);
                }
            }
            (None, None) => {}
            _ => {
                self.blur();
                for each in other.items.iter().flatten() {
                    self.add(each);
                }
            }
        }
        for (key, value) in &other.fields {
            match self.fields.iter_mut().find(|(name, _)| name == key) {
                Some((_, have)) => have.join(value),
                None => self.set(key, value.clone()),
            }
        }
        if let Some(rest) = &other.rest {
            self.add(rest);
        }
        self.text |= other.text;
        self.open |= other.open;
        self.class = self.class.or(other.class);
    }
}

pub(super) type Vars = HashMap<Sym, Val>;

/// All that holds at one point.
#[derive(Clone, Debug, Default)]
pub(super) struct State {
    pub(super) vars: Vars,
    pub(super) heap: HashMap<ObjId, Rc<Obj>>,
    /// Paths that a guard found safe for these kinds.
    pub(super) safe: HashMap<PathId, u64>,
    /// Control does not come here.
    pub(super) dead: bool,
}

impl State {
    /// Becomes what holds after either.
    pub(super) fn join(&mut self, other: Self) {
        if other.dead {
            return;
        }
        if self.dead {
            *self = other;
            return;
        }
        self.join_heap(&other.heap);
        #[allow(clippy::iter_over_hash_type, reason = "each variable is joined on its own")]
        for (name, value) in other.vars {
            match self.vars.get_mut(&name) {
                None => drop(self.vars.insert(name, value)),
                Some(have) => {
                    // Two objects become one that holds what both do.
                    if let (Some(left), Some(right)) = (have.obj, value.obj)
                        && left != right
                        && let Some(right) = self.heap.get(&right).cloned()
                        && let Some(left) = self.heap.get_mut(&left)
                    {
                        Rc::make_mut(left).join(&right);
                    }
                    have.join(&value);
                }
            }
        }
        self.safe.retain(|path, kinds| {
            *kinds &= other.safe.get(path).copied().unwrap_or(0);
            *kinds != 0
        });
    }

    pub(super) fn join_heap(&mut self, other: &HashMap<ObjId, Rc<Obj>>) {
        // The order does not matter: each object is joined with itself.
        #[allow(clippy::iter_over_hash_type, reason = "each entry is joined on its own")]
        for (at, obj) in other {
            match self.heap.get_mut(at) {
                None => drop(self.heap.insert(*at, obj.clone())),
                Some(have) if Rc::ptr_eq(have, obj) => {}
                Some(have) => Rc::make_mut(have).join(obj),
            }
        }
    }
}
