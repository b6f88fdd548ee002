globalThis.ran = true;
