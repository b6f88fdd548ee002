globalThis.seen.metaOnly = typeof import.meta.url;
