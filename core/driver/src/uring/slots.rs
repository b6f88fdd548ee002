//! What operations in flight own: the memory the kernel reads or writes until they end.
//!
//! A slab of slots. An operation that owns memory is known to the kernel by its slot and the
//! slot's generation; everything else by its [`Token`] alone. Slots may move as the slab grows,
//! so what the kernel points at always lies behind one more pointer: the heap block of a `Vec`,
//! a `Bytes` or a `CString`, or a [`Stable`] box.

use std::{ffi::CString, ptr::NonNull};

use dx_sys::{file::KernelStatus, socket::KernelAddress};

use crate::{Outgoing, Token};

/// A heap value that keeps its address and is reached by pointer only, while the kernel may
/// read or write it.
pub(super) struct Stable<T>(NonNull<T>);

impl<T> Stable<T> {
    pub(super) fn new(value: T) -> Self {
        Self(NonNull::from(Box::leak(Box::new(value))))
    }

    pub(super) fn as_ptr(&self) -> *mut T {
        self.0.as_ptr()
    }

    /// The value, once the kernel has let go of it.
    pub(super) fn into_inner(self) -> T {
        let pointer = self.0.as_ptr();
        std::mem::forget(self);
        // SAFETY: made by Box::leak in `new`, and forgotten above, so freed exactly once.
        *unsafe { Box::from_raw(pointer) }
    }
}

impl<T> Drop for Stable<T> {
    fn drop(&mut self) {
        // SAFETY: made by Box::leak in `new`; a Stable is dropped or taken apart once.
        drop(unsafe { Box::from_raw(self.0.as_ptr()) });
    }
}

/// A send on its way.
pub(super) struct Sending {
    pub(super) bytes: Outgoing,
    /// First byte not yet taken by the kernel.
    pub(super) at: usize,
    /// Bytes taken so far.
    pub(super) sent: usize,
    pub(super) socket: i32,
    /// Whether the owner asked for it to end early.
    pub(super) cancelled: bool,
    /// Whether the kernel is asked to take all of it at once, and then to say nothing.
    pub(super) quiet: bool,
    /// Outcome of a zero-copy send whose buffer the network still reads.
    pub(super) outcome: Option<i32>,
}

/// What a slot holds.
pub(super) enum Held {
    /// Nothing; the next free slot.
    Free(u32),
    Send(Sending),
    Connect(#[allow(dead_code)] Stable<KernelAddress>),
    Read(Vec<u8>),
    Write(Outgoing),
    Open(#[allow(dead_code)] CString),
    Status(#[allow(dead_code)] CString, Stable<KernelStatus>),
}

pub(super) struct Slot {
    pub(super) token: Token,
    pub(super) held: Held,
    generation: u32,
}

/// The name of a slot's tenant, as the kernel carries it: below 2 to the power of 60.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct SlotName(u64);

impl SlotName {
    /// 28 bits: a slot has to change tenants this often while one completion is under way
    /// before two could be mistaken for each other.
    const GENERATIONS: u32 = 1 << 28;

    fn new(index: u32, generation: u32) -> Self {
        Self(u64::from(generation % Self::GENERATIONS) << 32 | u64::from(index))
    }

    pub(super) fn from_bits(bits: u64) -> Self {
        Self(bits)
    }

    pub(super) fn to_bits(self) -> u64 {
        self.0
    }

    fn index(self) -> usize {
        self.0 as u32 as usize
    }

    fn generation(self) -> u32 {
        (self.0 >> 32) as u32
    }
}

const NO_SLOT: u32 = u32::MAX;

/// The slab.
pub(super) struct Slots {
    slots: Vec<Slot>,
    free: u32,
}

impl Slots {
    pub(super) fn new() -> Self {
        Self { slots: Vec::new(), free: NO_SLOT }
    }

    /// Takes a free slot; allocates only when more operations are in flight than ever before.
    pub(super) fn insert(&mut self, token: Token, held: Held) -> SlotName {
        let index = self.free;
        if let Some(slot) = self.slots.get_mut(index as usize) {
            let Held::Free(next) = slot.held else {
                unreachable!("the free list holds free slots")
            };
            self.free = next;
            slot.token = token;
            slot.held = held;
            return SlotName::new(index, slot.generation);
        }
        let index = self.slots.len() as u32;
        self.slots.push(Slot { token, held, generation: 0 });
        SlotName::new(index, 0)
    }

    /// The slot, where the name is that of its present tenant.
    pub(super) fn get_mut(&mut self, name: SlotName) -> Option<&mut Slot> {
        let slot = self.slots.get_mut(name.index())?;
        let present = !matches!(slot.held, Held::Free(_)) && slot.generation == name.generation();
        present.then_some(slot)
    }

    /// Empties a slot.
    pub(super) fn remove(&mut self, name: SlotName) -> Option<(Token, Held)> {
        let next = self.free;
        let slot = self.get_mut(name)?;
        let held = std::mem::replace(&mut slot.held, Held::Free(next));
        slot.generation = (slot.generation + 1) % SlotName::GENERATIONS;
        let token = slot.token;
        self.free = name.index() as u32;
        Some((token, held))
    }

    /// Looks for the operation of a token, by going through all slots: only for cancelling what
    /// owns memory, which is rare, and there are as many slots as such operations at the worst
    /// moment.
    pub(super) fn find(&mut self, token: Token) -> Option<SlotName> {
        let taken = |slot: &Slot| slot.token == token && !matches!(slot.held, Held::Free(_));
        let index = self.slots.iter().position(taken)?;
        Some(SlotName::new(index as u32, self.slots[index].generation))
    }
}

#[cfg(test)]
mod tests {
    use super::{Held, Slots};
    use crate::Token;

    #[test]
    fn slots_are_reused_under_new_names() {
        let mut slots = Slots::new();
        let token = Token::new(1, 2, 3);
        let first = slots.insert(token, Held::Read(vec![1]));
        let second = slots.insert(Token::new(1, 2, 4), Held::Read(vec![2]));
        assert_eq!(slots.find(token), Some(first));
        let (found, held) = slots.remove(first).unwrap();
        assert!(found == token && matches!(held, Held::Read(bytes) if bytes == [1]));
        assert!(slots.remove(first).is_none() && slots.find(token).is_none());
        let third = slots.insert(token, Held::Read(vec![3]));
        assert_ne!(third, first);
        assert_eq!(third.index(), first.index());
        assert!(slots.get_mut(first).is_none());
        assert!(slots.get_mut(second).is_some() && slots.get_mut(third).is_some());
    }
}
