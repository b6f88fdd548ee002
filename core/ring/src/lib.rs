//! Lock-free rings, doorbells and generational slabs.
