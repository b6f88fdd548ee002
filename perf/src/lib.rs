//! Whole-program comparisons, the performance page and the tidy checks.
