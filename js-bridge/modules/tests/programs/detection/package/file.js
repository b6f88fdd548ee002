globalThis.seen.inPackage = true;
