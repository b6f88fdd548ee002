//! A load generator: closed and open loop, corrected latencies.
