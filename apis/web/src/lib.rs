//! Web platform APIs: fetch classes, streams, URL, encodings, events.
