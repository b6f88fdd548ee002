//! The bits that name an operation: a kind, a generation and an index, never a pointer.

/// Names the owner of an operation: `kind` says which part of the shard handles the completion,
/// `index` which slot of that part, `generation` which tenant of the slot.
///
/// A completion whose generation is not the slot's is stale and must be dropped by the owner.
/// Operations in flight at the same time on one driver need different tokens. Kinds from
/// [`Token::RESERVED_KINDS`] up belong to the reactor.
///
/// Sixty bits: the drivers pack four of their own beside them, so that the kernel hands a
/// completion back with all that is needed to name it and nothing has to be looked up.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct Token(u64);

impl Token {
    /// Generations wrap at this many tenants of one slot.
    pub const GENERATIONS: u32 = 1 << 20;
    /// Bits of the packed form that are used.
    pub const BITS: u32 = 60;
    /// Kinds from here up are the reactor's own.
    pub const RESERVED_KINDS: u8 = 0xF0;

    const GENERATION_SHIFT: u32 = 32;
    const KIND_SHIFT: u32 = 52;

    /// Packs the three parts; `generation` is taken modulo [`Token::GENERATIONS`].
    #[must_use]
    pub const fn new(kind: u8, generation: u32, index: u32) -> Self {
        let generation = (generation % Self::GENERATIONS) as u64;
        Self(
            (kind as u64) << Self::KIND_SHIFT | generation << Self::GENERATION_SHIFT | index as u64,
        )
    }

    /// The part of the shard that handles this completion.
    #[must_use]
    pub const fn kind(self) -> u8 {
        (self.0 >> Self::KIND_SHIFT) as u8
    }

    /// Which tenant of the slot submitted the operation.
    #[must_use]
    pub const fn generation(self) -> u32 {
        (self.0 >> Self::GENERATION_SHIFT) as u32 % Self::GENERATIONS
    }

    /// The slot.
    #[must_use]
    pub const fn index(self) -> u32 {
        self.0 as u32
    }

    /// The packed form, below 2 to the power of [`Token::BITS`].
    #[must_use]
    pub const fn to_bits(self) -> u64 {
        self.0
    }

    /// The inverse of [`Token::to_bits`]; bits beyond [`Token::BITS`] are dropped.
    #[must_use]
    pub const fn from_bits(bits: u64) -> Self {
        Self(bits & ((1 << Self::BITS) - 1))
    }
}

#[cfg(test)]
mod tests {
    use super::Token;

    #[test]
    fn parts_survive_packing() {
        let token = Token::new(u8::MAX, Token::GENERATIONS + 3, u32::MAX);
        assert_eq!((token.kind(), token.generation(), token.index()), (u8::MAX, 3, u32::MAX));
        assert_eq!(Token::from_bits(token.to_bits()), token);
        assert_eq!(Token::from_bits(token.to_bits() | 7 << Token::BITS), token);
        assert_eq!(token.to_bits() >> Token::BITS, 0);
    }
}
