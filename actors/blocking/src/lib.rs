//! A bounded pool for calls that have no asynchronous form.
