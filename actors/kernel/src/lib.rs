//! Actors: addresses, mailboxes, credits, supervision and topology.
