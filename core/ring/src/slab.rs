//! Values in slots named by an index and a generation.
//!
//! Insert, get and remove take constant time. A key is never valid twice: each tenant of a slot
//! has its own generation, and a slot whose generations are used up is not let again (one slot
//! lost in four thousand million tenants).

/// Names a value in a [`Slab`].
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct Key {
    /// Which slot.
    pub index: u32,
    /// Which tenant of the slot; never `u32::MAX`.
    pub generation: u32,
}

impl Key {
    /// A key no slab ever gives out.
    pub const NONE: Self = Self { index: u32::MAX, generation: u32::MAX };
}

/// The end of the list of free slots.
const NO_SLOT: u32 = u32::MAX;

#[derive(Debug)]
enum Slot<T> {
    Free { next: u32, generation: u32 },
    Used { value: T, generation: u32 },
}

/// Values in slots, the last freed reused first because its memory is warm.
#[derive(Debug)]
pub struct Slab<T> {
    slots: Vec<Slot<T>>,
    first_free: u32,
    used: usize,
}

impl<T> Default for Slab<T> {
    fn default() -> Self {
        Self::new()
    }
}

impl<T> Slab<T> {
    /// An empty slab; allocates nothing.
    #[must_use]
    pub const fn new() -> Self {
        Self { slots: Vec::new(), first_free: NO_SLOT, used: 0 }
    }

    /// An empty slab with room for `capacity` values.
    #[must_use]
    pub fn with_capacity(capacity: usize) -> Self {
        Self { slots: Vec::with_capacity(capacity), first_free: NO_SLOT, used: 0 }
    }

    /// How many values there are.
    #[must_use]
    pub const fn len(&self) -> usize {
        self.used
    }

    /// Whether there are none.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.used == 0
    }

    /// The key the next [`Slab::insert`] will return.
    #[must_use]
    pub fn next_key(&self) -> Key {
        match self.slots.get(self.first_free as usize) {
            Some(Slot::Free { generation, .. }) => {
                Key { index: self.first_free, generation: *generation }
            }
            _ => Key { index: self.slots.len() as u32, generation: 0 },
        }
    }

    /// Stores a value.
    ///
    /// # Panics
    /// When there are 2^32 - 1 slots.
    pub fn insert(&mut self, value: T) -> Key {
        let key = self.next_key();
        match self.slots.get_mut(key.index as usize) {
            Some(slot) => {
                if let Slot::Free { next, .. } = *slot {
                    self.first_free = next;
                }
                *slot = Slot::Used { value, generation: key.generation };
            }
            None => {
                assert!(key.index != NO_SLOT, "a slab holds at most 2^32 - 1 values");
                self.slots.push(Slot::Used { value, generation: key.generation });
            }
        }
        self.used += 1;
        key
    }

    /// The value, if the key's tenant still lives there.
    #[must_use]
    #[inline]
    pub fn get(&self, key: Key) -> Option<&T> {
        match self.slots.get(key.index as usize) {
            Some(Slot::Used { value, generation }) if *generation == key.generation => Some(value),
            _ => None,
        }
    }

    /// The value, to change it, if the key's tenant still lives there.
    #[must_use]
    #[inline]
    pub fn get_mut(&mut self, key: Key) -> Option<&mut T> {
        match self.slots.get_mut(key.index as usize) {
            Some(Slot::Used { value, generation }) if *generation == key.generation => Some(value),
            _ => None,
        }
    }

    /// Whether the key's tenant still lives there.
    #[must_use]
    pub fn contains(&self, key: Key) -> bool {
        self.get(key).is_some()
    }

    /// The key of the tenant of a slot, where it has one.
    #[must_use]
    #[inline]
    pub fn key_at(&self, index: u32) -> Option<Key> {
        match self.slots.get(index as usize) {
            Some(Slot::Used { generation, .. }) => Some(Key { index, generation: *generation }),
            _ => None,
        }
    }

    /// Takes the value out and ends the key's validity for ever.
    pub fn remove(&mut self, key: Key) -> Option<T> {
        self.get(key)?;
        let generation = key.generation.wrapping_add(1);
        // `u32::MAX` marks a retired slot: it is not put back into the list.
        let retired = generation == u32::MAX;
        let freed = Slot::Free { next: self.first_free, generation };
        let slot = std::mem::replace(&mut self.slots[key.index as usize], freed);
        if !retired {
            self.first_free = key.index;
        }
        self.used -= 1;
        match slot {
            Slot::Used { value, .. } => Some(value),
            Slot::Free { .. } => None,
        }
    }

    /// Every value with its key, by index.
    pub fn iter(&self) -> impl Iterator<Item = (Key, &T)> {
        self.slots.iter().enumerate().filter_map(|(index, slot)| match slot {
            Slot::Used { value, generation } => {
                Some((Key { index: index as u32, generation: *generation }, value))
            }
            Slot::Free { .. } => None,
        })
    }

    /// Takes every value out, by index.
    pub fn drain(&mut self) -> Vec<T> {
        let keys: Vec<Key> = self.iter().map(|(key, _)| key).collect();
        keys.into_iter().filter_map(|key| self.remove(key)).collect()
    }
}

#[cfg(all(test, not(loom)))]
mod tests {
    use super::*;

    #[test]
    fn a_removed_key_never_names_the_next_tenant() {
        let mut slab = Slab::new();
        let first = slab.insert("first");
        assert_eq!(slab.get(first), Some(&"first"));
        assert_eq!(slab.remove(first), Some("first"));
        assert_eq!(slab.remove(first), None);
        let second = slab.insert("second");
        assert_eq!(second.index, first.index);
        assert_ne!(second.generation, first.generation);
        assert!(slab.get(first).is_none() && slab.get_mut(first).is_none());
        assert_eq!(slab.get(second), Some(&"second"));
        assert_eq!(slab.len(), 1);
    }

    #[test]
    fn slots_are_reused_last_freed_first() {
        let mut slab = Slab::with_capacity(4);
        let keys: Vec<Key> = (0..4).map(|value| slab.insert(value)).collect();
        slab.remove(keys[1]);
        slab.remove(keys[3]);
        assert_eq!(slab.next_key().index, 3);
        assert_eq!(slab.insert(10).index, 3);
        assert_eq!(slab.insert(11).index, 1);
        assert_eq!(slab.insert(12).index, 4);
        let values: Vec<i32> = slab.iter().map(|(_, value)| *value).collect();
        assert_eq!(values, [0, 11, 2, 10, 12]);
        assert_eq!(slab.drain(), [0, 11, 2, 10, 12]);
        assert!(slab.is_empty());
    }

    #[test]
    fn a_slot_out_of_generations_is_retired() {
        let mut slab = Slab::new();
        let key = slab.insert(1);
        slab.slots[0] = Slot::Used { value: 2, generation: u32::MAX - 1 };
        assert!(slab.get(key).is_none());
        assert_eq!(slab.remove(Key { index: 0, generation: u32::MAX - 1 }), Some(2));
        let next = slab.insert(3);
        assert_eq!(next, Key { index: 1, generation: 0 });
        assert!(!slab.contains(Key::NONE));
    }

    #[test]
    fn random_use_agrees_with_a_map() {
        let mut slab = Slab::new();
        let mut model = std::collections::HashMap::new();
        let mut dead = Vec::new();
        let mut state = 0x9e37_79b9_u64;
        for step in 0..20_000_u64 {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
            if model.is_empty() || state >> 62 != 0 {
                let key = slab.insert(step);
                assert!(model.insert(key, step).is_none());
            } else {
                let key = *model.keys().nth((state >> 40) as usize % model.len()).unwrap();
                assert_eq!(slab.remove(key), model.remove(&key));
                dead.push(key);
            }
            assert_eq!(slab.len(), model.len());
        }
        assert!(model.iter().all(|(key, value)| slab.get(*key) == Some(value)));
        assert!(dead.iter().all(|key| !slab.contains(*key)));
    }
}
