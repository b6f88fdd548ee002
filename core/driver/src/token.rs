//! The 64 bits that name an operation: a kind, a generation and an index, never a pointer.

/// Names the owner of an operation: `kind` says which part of the shard handles the completion,
/// `index` which slot of that part, `generation` which tenant of the slot.
///
/// A completion whose generation is not the slot's is stale and must be dropped by the owner.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct Token(u64);

impl Token {
    /// Generations wrap at this many tenants of one slot.
    pub const GENERATIONS: u32 = 1 << 24;

    /// Packs the three parts; `generation` is taken modulo [`Token::GENERATIONS`].
    #[must_use]
    pub const fn new(kind: u8, generation: u32, index: u32) -> Self {
        let generation = (generation % Self::GENERATIONS) as u64;
        Self((kind as u64) << 56 | generation << 32 | index as u64)
    }

    /// The part of the shard that handles this completion.
    #[must_use]
    pub const fn kind(self) -> u8 {
        (self.0 >> 56) as u8
    }

    /// Which tenant of the slot submitted the operation.
    #[must_use]
    pub const fn generation(self) -> u32 {
        (self.0 >> 32) as u32 % Self::GENERATIONS
    }

    /// The slot.
    #[must_use]
    pub const fn index(self) -> u32 {
        self.0 as u32
    }

    /// The packed form.
    #[must_use]
    pub const fn to_bits(self) -> u64 {
        self.0
    }

    /// The inverse of [`Token::to_bits`].
    #[must_use]
    pub const fn from_bits(bits: u64) -> Self {
        Self(bits)
    }
}

#[cfg(test)]
mod tests {
    use super::Token;

    #[test]
    fn parts_survive_packing() {
        let token = Token::new(7, Token::GENERATIONS + 3, u32::MAX);
        assert_eq!((token.kind(), token.generation(), token.index()), (7, 3, u32::MAX));
        assert_eq!(Token::from_bits(token.to_bits()), token);
    }
}
