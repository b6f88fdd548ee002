//! The reactor on the real drivers.
