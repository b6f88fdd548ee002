//! Whole-program comparisons, the performance page and the tidy checks.

#![forbid(unsafe_code)]
