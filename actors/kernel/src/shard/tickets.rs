//! Calls made from this shard and answers given on it.

use std::{cell::Cell, task::Waker};

use dx_ring::{Key, Parcel};

use super::Shard;
use crate::{
    CallError,
    call::{Failure, TicketSlot, TicketState},
    mesh::Letter,
};

impl Shard {
    /// Reserves the place of a reply; `None` when too many are reserved.
    pub(crate) fn open_ticket(&self, callee: usize) -> Option<Key> {
        let credits = self.credits(callee);
        credits.set(credits.get().checked_sub(1)?);
        let slot = TicketSlot { callee, state: TicketState::Waiting(None) };
        Some(self.inner.tickets.borrow_mut().insert(slot))
    }

    /// Takes back a ticket whose message was refused.
    pub(crate) fn revoke_ticket(&self, slot: Key) {
        if let Some(ticket) = self.inner.tickets.borrow_mut().remove(slot) {
            self.return_credit(ticket.callee);
        }
    }

    fn credits(&self, callee: usize) -> &Cell<usize> {
        match &self.inner.peers[callee] {
            Some(peer) => &peer.credits,
            None => &self.inner.local_credits,
        }
    }

    fn return_credit(&self, callee: usize) {
        let credits = self.credits(callee);
        credits.set(credits.get() + 1);
    }

    /// Brings an answer to its caller.
    pub(crate) fn answer(&self, caller: usize, slot: Key, body: Parcel) {
        let Some(peer) = &self.inner.peers[caller] else {
            return self.complete_ticket(slot, body);
        };
        let letter = Letter { to: slot, reply_to: Key::NONE, body };
        let pushed = peer.replies_out.borrow_mut().push(letter);
        debug_assert!(pushed.is_ok(), "the caller reserved a place in the reply lane");
    }

    pub(crate) fn fail_call(&self, caller: usize, slot: Key, reason: CallError) {
        self.answer(caller, slot, Parcel::new(Failure(reason)));
    }

    pub(super) fn complete_ticket(&self, slot: Key, body: Parcel) {
        let mut tickets = self.inner.tickets.borrow_mut();
        let Some(ticket) = tickets.get_mut(slot) else { return };
        let callee = ticket.callee;
        match std::mem::replace(&mut ticket.state, TicketState::Ready(body)) {
            TicketState::Waiting(waker) => {
                drop(tickets);
                self.return_credit(callee);
                if let Some(waker) = waker {
                    waker.wake();
                }
            }
            TicketState::Abandoned => {
                let abandoned = tickets.remove(slot);
                drop(tickets);
                self.return_credit(callee);
                drop(abandoned);
            }
            TicketState::Ready(_) => debug_assert!(false, "a call is answered once"),
        }
    }

    pub(super) fn fail_tickets_of(&self, callee: usize) {
        let waiting: Vec<Key> = self
            .inner
            .tickets
            .borrow()
            .iter()
            .filter(|(_, ticket)| {
                ticket.callee == callee && !matches!(ticket.state, TicketState::Ready(_))
            })
            .map(|(slot, _)| slot)
            .collect();
        for slot in waiting {
            self.complete_ticket(slot, Parcel::new(Failure(CallError::ShardGone)));
        }
    }

    /// The answer if it is there; `Err` when the ticket was used up.
    pub(crate) fn take_answer(&self, slot: Key) -> Result<Option<Parcel>, ()> {
        let mut tickets = self.inner.tickets.borrow_mut();
        match tickets.get(slot).map(|ticket| &ticket.state) {
            None => Err(()),
            Some(TicketState::Ready(_)) => match tickets.remove(slot).map(|slot| slot.state) {
                Some(TicketState::Ready(body)) => Ok(Some(body)),
                _ => Err(()),
            },
            Some(_) => Ok(None),
        }
    }

    pub(crate) fn await_answer(&self, slot: Key, waker: &Waker) {
        if let Some(ticket) = self.inner.tickets.borrow_mut().get_mut(slot)
            && let TicketState::Waiting(place) = &mut ticket.state
        {
            *place = Some(waker.clone());
        }
    }

    pub(crate) fn abandon_ticket(&self, slot: Key) {
        let mut tickets = self.inner.tickets.borrow_mut();
        let Some(ticket) = tickets.get_mut(slot) else { return };
        // An answer may have a destructor that sends: it is dropped after the borrow.
        let dropped = match &mut ticket.state {
            TicketState::Ready(_) => tickets.remove(slot),
            state => {
                *state = TicketState::Abandoned;
                None
            }
        };
        drop(tickets);
        drop(dropped);
    }
}
