globalThis.runs = (globalThis.runs ?? 0) + 1; exports.parentIsMain = module.parent === require.main; exports.id = module.id === __filename;
