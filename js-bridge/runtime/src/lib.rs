//! The JavaScript shard: isolate, event loop, op dispatch.
