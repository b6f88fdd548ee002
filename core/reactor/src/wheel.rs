//! A hierarchical timer wheel: setting and cancelling cost the same however many timers there are.
//!
//! Six levels of 64 slots. A slot of level 0 spans one tick (a millisecond), one of level `n`
//! spans 64 to the power of `n` ticks; 64^6 ticks are 2.1 years, and later deadlines wait in the
//! last slot and are put back. A timer sits in the level of the highest digit (base 64) in which
//! its deadline differs from the present, and moves down as the present reaches its slot.
//! Slots are doubly linked lists through a slab, so that a timer is unlinked where it is.
//!
//! Invariants: no timer fires before its deadline; timers of one tick fire in the order in which
//! they were set; a key whose timer has fired or been cancelled names nothing ever after (until
//! four billion timers later in the same slot of the slab).

const LEVELS: usize = 6;
const SLOTS: usize = 64;
const SLOT_BITS: u32 = 6;
const NONE: u32 = u32::MAX;

/// Ticks ahead that can be told apart: the circle of the last level but for the present's slot.
const FARTHEST: u64 = (SLOTS as u64 - 1) << (SLOT_BITS * (LEVELS as u32 - 1));

/// Names a timer, to cancel it.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct TimerKey {
    index: u32,
    generation: u32,
}

struct Node<T> {
    /// Absent in a free node.
    value: Option<T>,
    deadline: u64,
    previous: u32,
    /// The next timer of the slot, or the next free node.
    next: u32,
    generation: u32,
    /// Level and slot, packed.
    place: u16,
}

#[derive(Clone, Copy)]
struct List {
    first: u32,
    last: u32,
}

const EMPTY: List = List { first: NONE, last: NONE };

/// The wheel; times are ticks since its start.
pub(crate) struct Wheel<T> {
    nodes: Vec<Node<T>>,
    free: u32,
    lists: Box<[[List; SLOTS]; LEVELS]>,
    /// A bit for each slot that is not empty.
    occupied: [u64; LEVELS],
    now: u64,
    len: usize,
}

impl<T> Wheel<T> {
    pub(crate) fn new() -> Self {
        Self {
            nodes: Vec::new(),
            free: NONE,
            lists: Box::new([[EMPTY; SLOTS]; LEVELS]),
            occupied: [0; LEVELS],
            now: 0,
            len: 0,
        }
    }

    /// Timers set and neither fired nor cancelled.
    pub(crate) fn len(&self) -> usize {
        self.len
    }

    /// Sets a timer; a deadline that is past fires at the next tick.
    pub(crate) fn set(&mut self, deadline: u64, value: T) -> TimerKey {
        let deadline = deadline.max(self.now + 1);
        let index = self.take_node(deadline, value);
        self.link(index);
        self.len += 1;
        TimerKey { index, generation: self.nodes[index as usize].generation }
    }

    /// Forgets a timer; `None` where the key names none any more.
    pub(crate) fn cancel(&mut self, key: TimerKey) -> Option<T> {
        let node = self.nodes.get(key.index as usize)?;
        if node.generation != key.generation || node.value.is_none() {
            return None;
        }
        self.unlink(key.index);
        self.release(key.index)
    }

    /// The tick at which something has to be done: a deadline, or a slot to take apart. `None`
    /// where no timer is set.
    pub(crate) fn next_tick(&self) -> Option<u64> {
        let level = self.occupied.iter().position(|slots| *slots != 0)?;
        Some(self.slot_start(level, self.first_slot(level)))
    }

    /// Moves the present to `now`, handing each timer that is due to `fire`, earliest first.
    pub(crate) fn advance(&mut self, now: u64, mut fire: impl FnMut(T)) {
        while let Some(tick) = self.next_tick().filter(|tick| *tick <= now) {
            self.now = tick;
            self.take_apart(tick, &mut fire);
        }
        self.now = self.now.max(now);
    }

    /// Empties the first slot, which starts at the present: what is due fires, the rest moves
    /// down.
    fn take_apart(&mut self, tick: u64, fire: &mut impl FnMut(T)) {
        let Some(level) = self.occupied.iter().position(|slots| *slots != 0) else { return };
        let slot = self.first_slot(level);
        let list = std::mem::replace(&mut self.lists[level][slot], EMPTY);
        self.occupied[level] &= !(1 << slot);
        let mut index = list.first;
        while index != NONE {
            let next = self.nodes[index as usize].next;
            if self.nodes[index as usize].deadline > tick {
                self.link(index);
            } else if let Some(value) = self.release(index) {
                fire(value);
            }
            index = next;
        }
    }

    /// The first occupied slot of a level, seen from the present, round the level's circle.
    fn first_slot(&self, level: usize) -> usize {
        let present = (self.now >> (SLOT_BITS * level as u32)) as u32 % SLOTS as u32;
        let ahead = self.occupied[level].rotate_right(present).trailing_zeros();
        ((present + ahead) % SLOTS as u32) as usize
    }

    /// The first tick of an occupied slot. One behind the present belongs to the next circle,
    /// which happens on the last level only.
    fn slot_start(&self, level: usize, slot: usize) -> u64 {
        let shift = SLOT_BITS * level as u32;
        let circle = 1_u64 << (shift + SLOT_BITS);
        let start = (self.now & !(circle - 1)) + ((slot as u64) << shift);
        if start < self.now { start + circle } else { start }
    }

    /// Where a deadline belongs, seen from the present. One too far away waits in the last slot
    /// of the last level's circle.
    fn place(&self, deadline: u64) -> (usize, usize) {
        let deadline = deadline.min(self.now + FARTHEST);
        let differing = (self.now ^ deadline) | 1;
        let level = ((63 - differing.leading_zeros()) / SLOT_BITS) as usize;
        let level = level.min(LEVELS - 1);
        let slot = (deadline >> (SLOT_BITS * level as u32)) as usize % SLOTS;
        (level, slot)
    }

    fn link(&mut self, index: u32) {
        let (level, slot) = self.place(self.nodes[index as usize].deadline);
        let list = &mut self.lists[level][slot];
        let last = std::mem::replace(&mut list.last, index);
        if last == NONE {
            list.first = index;
        } else {
            self.nodes[last as usize].next = index;
        }
        let node = &mut self.nodes[index as usize];
        (node.previous, node.next) = (last, NONE);
        node.place = (level * SLOTS + slot) as u16;
        self.occupied[level] |= 1 << slot;
    }

    fn unlink(&mut self, index: u32) {
        let Node { previous, next, place, .. } = self.nodes[index as usize];
        let (level, slot) = (usize::from(place) / SLOTS, usize::from(place) % SLOTS);
        match previous {
            NONE => self.lists[level][slot].first = next,
            _ => self.nodes[previous as usize].next = next,
        }
        match next {
            NONE => self.lists[level][slot].last = previous,
            _ => self.nodes[next as usize].previous = previous,
        }
        if self.lists[level][slot].first == NONE {
            self.occupied[level] &= !(1 << slot);
        }
    }

    fn take_node(&mut self, deadline: u64, value: T) -> u32 {
        let index = self.free;
        if let Some(node) = self.nodes.get_mut(index as usize) {
            self.free = node.next;
            node.value = Some(value);
            node.deadline = deadline;
            return index;
        }
        let node = Node {
            value: Some(value),
            deadline,
            previous: NONE,
            next: NONE,
            generation: 0,
            place: 0,
        };
        self.nodes.push(node);
        (self.nodes.len() - 1) as u32
    }

    fn release(&mut self, index: u32) -> Option<T> {
        let node = &mut self.nodes[index as usize];
        node.generation = node.generation.wrapping_add(1);
        node.next = std::mem::replace(&mut self.free, index);
        self.len -= 1;
        node.value.take()
    }
}

#[cfg(test)]
mod tests {
    use super::{FARTHEST, Wheel};

    fn fired(wheel: &mut Wheel<u64>, now: u64) -> Vec<u64> {
        let mut values = Vec::new();
        wheel.advance(now, |value| values.push(value));
        values
    }

    #[test]
    fn timers_fire_in_order_and_never_early() {
        let mut wheel = Wheel::new();
        for deadline in [5, 70, 64, 63, 1, 4096, 5, 300_000, 0] {
            wheel.set(deadline, deadline);
        }
        assert_eq!(wheel.next_tick(), Some(1));
        assert_eq!(fired(&mut wheel, 1), [1, 0]);
        assert_eq!(fired(&mut wheel, 4), []);
        assert_eq!(fired(&mut wheel, 69), [5, 5, 63, 64]);
        assert_eq!(fired(&mut wheel, 4095), [70]);
        assert_eq!(fired(&mut wheel, 4096), [4096]);
        assert_eq!(fired(&mut wheel, 299_999), []);
        assert_eq!(fired(&mut wheel, 300_000), [300_000]);
        assert_eq!((wheel.len(), wheel.next_tick()), (0, None));
    }

    #[test]
    fn cancelled_timers_do_not_fire_and_keys_go_stale() {
        let mut wheel = Wheel::new();
        let keys: Vec<_> = (0..5).map(|number| wheel.set(10, number)).collect();
        assert_eq!(wheel.cancel(keys[0]), Some(0));
        assert_eq!(wheel.cancel(keys[2]), Some(2));
        assert_eq!(wheel.cancel(keys[4]), Some(4));
        assert_eq!(wheel.cancel(keys[2]), None);
        let reused = wheel.set(11, 9);
        assert_eq!(wheel.cancel(keys[4]), None);
        assert_eq!(fired(&mut wheel, 10), [1, 3]);
        assert_eq!(wheel.cancel(keys[1]), None);
        assert_eq!(wheel.cancel(reused), Some(9));
        assert_eq!((wheel.len(), wheel.next_tick()), (0, None));
    }

    #[test]
    fn deadlines_beyond_the_wheel_wait_their_turn() {
        let mut wheel = Wheel::new();
        wheel.advance(123_456_789, |_| ());
        let far = 123_456_789 + 3 * FARTHEST;
        wheel.set(far, 1);
        wheel.set(u64::MAX, 2);
        assert_eq!(fired(&mut wheel, far - 1), []);
        assert_eq!(fired(&mut wheel, far), [1]);
        assert_eq!(wheel.len(), 1);
    }

    /// Against the obvious model, over a million ticks of odd steps.
    #[test]
    fn agrees_with_a_sorted_list() {
        let mut wheel = Wheel::new();
        let mut model: Vec<(u64, u64, super::TimerKey)> = Vec::new();
        let (mut state, mut now, mut number) = (1_u64, 0_u64, 0_u64);
        let mut random = move || {
            state ^= state << 13;
            state ^= state >> 7;
            state ^= state << 17;
            state
        };
        for _ in 0..20_000 {
            for _ in 0..random() % 4 {
                let deadline = now + 1 + random() % (1 << (random() % 22));
                number += 1;
                model.push((deadline, number, wheel.set(deadline, number)));
            }
            if !model.is_empty() && random() % 3 == 0 {
                let (_, number, key) = model.remove((random() % model.len() as u64) as usize);
                assert_eq!(wheel.cancel(key), Some(number));
            }
            let next = model.iter().map(|timer| timer.0).min();
            assert!(wheel.next_tick() <= next || next.is_none());
            now += random() % 100;
            let mut due: Vec<_> = model.extract_if(.., |timer| timer.0 <= now).collect();
            due.sort_by_key(|timer| (timer.0, timer.1));
            let due: Vec<_> = due.iter().map(|timer| timer.1).collect();
            assert_eq!(fired(&mut wheel, now), due);
            assert_eq!(wheel.len(), model.len());
        }
    }
}
