globalThis.seen ??= {}; globalThis.seen.nothing = 1;
