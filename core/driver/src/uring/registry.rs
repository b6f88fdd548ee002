//! Operations the kernel knows by their token: which descriptor they are on, to arm them again,
//! and of which sort they are, to cancel them.

use std::collections::hash_map::Entry;

use super::entries::Tag;
use crate::{Token, token_map::TokenMap};

/// An armed operation.
#[derive(Clone, Copy, Debug)]
pub(super) struct Armed {
    pub(super) descriptor: i32,
    pub(super) tag: Tag,
    /// Whether the owner asked for it to end: it is not armed again.
    pub(super) cancelled: bool,
}

/// All of them. Touched when one is armed, ends or is cancelled, not for each completion.
#[derive(Default)]
pub(super) struct Registry(TokenMap<Armed>);

impl Registry {
    /// Enters an operation; `false` where its token is taken.
    pub(super) fn insert(&mut self, token: Token, tag: Tag, descriptor: i32) -> bool {
        match self.0.entry(token.to_bits()) {
            Entry::Occupied(_) => false,
            Entry::Vacant(vacant) => {
                vacant.insert(Armed { descriptor, tag, cancelled: false });
                true
            }
        }
    }

    pub(super) fn get(&self, token: Token) -> Option<Armed> {
        self.0.get(&token.to_bits()).copied()
    }

    pub(super) fn remove(&mut self, token: Token) {
        self.0.remove(&token.to_bits());
    }

    /// Marks an operation as cancelled and says of which sort it is.
    pub(super) fn cancel(&mut self, token: Token) -> Option<Tag> {
        let armed = self.0.get_mut(&token.to_bits())?;
        armed.cancelled = true;
        Some(armed.tag)
    }
}

#[cfg(test)]
mod tests {
    use super::{Registry, Tag};
    use crate::Token;

    #[test]
    fn tokens_are_entered_once_and_found_again() {
        let mut registry = Registry::default();
        let token = Token::new(1, 2, 3);
        assert!(registry.insert(token, Tag::Receive, 5));
        assert!(!registry.insert(token, Tag::Accept, 6));
        let armed = registry.get(token).unwrap();
        assert_eq!((armed.descriptor, armed.tag, armed.cancelled), (5, Tag::Receive, false));
        assert_eq!(registry.cancel(token), Some(Tag::Receive));
        assert!(registry.get(token).unwrap().cancelled);
        registry.remove(token);
        assert!(registry.get(token).is_none() && registry.cancel(token).is_none());
    }
}
