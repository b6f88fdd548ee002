//! The parts of the Bun object that stand alone: hashes, digests, data formats, globs and so on.

use dx_ops::{Extension, Global, Op, PreludeModule, prelude_module};

use crate::{compress, data, digest, glob, hash};

/// What this part adds to an isolate.
pub(crate) const EXTENSION: Extension = Extension {
    name: "bun-helpers",
    modules: MODULES,
    ops: OPS,
    globals: GLOBALS,
    builtins: BUILTINS,
};

const MODULES: &[PreludeModule] = &[
    prelude_module!("bun/array-buffer-sink", "apis/bun/js/array-buffer-sink.js"),
    prelude_module!("bun/compress", "apis/bun/js/compress.js"),
    prelude_module!("bun/data/input", "apis/bun/js/data/input.js"),
    prelude_module!("bun/data/json5", "apis/bun/js/data/json5.js"),
    prelude_module!("bun/data/jsonc", "apis/bun/js/data/jsonc.js"),
    prelude_module!("bun/data/jsonl", "apis/bun/js/data/jsonl.js"),
    prelude_module!("bun/data/parsed", "apis/bun/js/data/parsed.js"),
    prelude_module!("bun/data/stringify", "apis/bun/js/data/stringify.js"),
    prelude_module!("bun/data/toml", "apis/bun/js/data/toml.js"),
    prelude_module!("bun/data/yaml", "apis/bun/js/data/yaml.js"),
    prelude_module!("bun/digest/crypto-hasher", "apis/bun/js/digest/crypto-hasher.js"),
    prelude_module!("bun/digest/password", "apis/bun/js/digest/password.js"),
    prelude_module!("bun/glob", "apis/bun/js/files/glob.js"),
    prelude_module!("bun/hash", "apis/bun/js/hash.js"),
    prelude_module!("bun/input-bytes", "apis/bun/js/input-bytes.js"),
    prelude_module!("bun/internal-for-testing", "apis/bun/js/internal-for-testing.js"),
    prelude_module!("bun/jest", "apis/bun/js/jest.js"),
    prelude_module!("bun/native-class", "apis/bun/js/native-class.js"),
    prelude_module!("bun/semver", "apis/bun/js/semver.js"),
    prelude_module!("bun/uuid", "apis/bun/js/uuid.js"),
];

const OPS: &[Op] = &[
    Op::sync("compressNow", compress::now),
    Op::asynchronous("compressElsewhere", compress::elsewhere),
    Op::sync("dataParse", data::parse),
    Op::sync("globMatch", glob::matches),
    Op::asynchronous("globScan", glob::scan_elsewhere),
    Op::sync("globScanNow", glob::scan_now),
    Op::sync("hash", hash::hash),
    Op::sync("hashLength", digest::length),
    Op::sync("hashOnce", digest::once),
    Op::sync("hasherClose", digest::close),
    Op::sync("hasherCopy", digest::copy),
    Op::sync("hasherDigest", digest::digest),
    Op::sync("hasherOpen", digest::open),
    Op::sync("hasherUpdate", digest::update),
    Op::asynchronous("passwordHash", digest::password_hash),
    Op::sync("passwordHashSync", digest::hash_now),
    Op::asynchronous("passwordVerify", digest::password_verify),
    Op::sync("passwordVerifySync", digest::verify_now),
];

const BUILTINS: &[(&str, &str)] = &[("bun:internal-for-testing", "bun/internal-for-testing")];

const GLOBALS: &[Global] = &[
    Global { name: "Bun.ArrayBufferSink", module: "bun/array-buffer-sink" },
    Global { name: "Bun.CryptoHasher", module: "bun/digest/crypto-hasher" },
    Global { name: "Bun.Glob", module: "bun/glob" },
    Global { name: "Bun.JSON5", module: "bun/data/json5" },
    Global { name: "Bun.JSONC", module: "bun/data/jsonc" },
    Global { name: "Bun.JSONL", module: "bun/data/jsonl" },
    Global { name: "Bun.MD4", module: "bun/digest/crypto-hasher" },
    Global { name: "Bun.MD5", module: "bun/digest/crypto-hasher" },
    Global { name: "Bun.SHA1", module: "bun/digest/crypto-hasher" },
    Global { name: "Bun.SHA224", module: "bun/digest/crypto-hasher" },
    Global { name: "Bun.SHA256", module: "bun/digest/crypto-hasher" },
    Global { name: "Bun.SHA384", module: "bun/digest/crypto-hasher" },
    Global { name: "Bun.SHA512", module: "bun/digest/crypto-hasher" },
    Global { name: "Bun.SHA512_256", module: "bun/digest/crypto-hasher" },
    Global { name: "Bun.TOML", module: "bun/data/toml" },
    Global { name: "Bun.YAML", module: "bun/data/yaml" },
    Global { name: "Bun.deflateSync", module: "bun/compress" },
    Global { name: "Bun.gunzipSync", module: "bun/compress" },
    Global { name: "Bun.gzipSync", module: "bun/compress" },
    Global { name: "Bun.hash", module: "bun/hash" },
    Global { name: "Bun.inflateSync", module: "bun/compress" },
    Global { name: "Bun.jest", module: "bun/jest" },
    Global { name: "Bun.password", module: "bun/digest/password" },
    Global { name: "Bun.randomUUIDv5", module: "bun/uuid" },
    Global { name: "Bun.randomUUIDv7", module: "bun/uuid" },
    Global { name: "Bun.semver", module: "bun/semver" },
    Global { name: "Bun.sha", module: "bun/digest/crypto-hasher" },
    Global { name: "Bun.zstdCompress", module: "bun/compress" },
    Global { name: "Bun.zstdCompressSync", module: "bun/compress" },
    Global { name: "Bun.zstdDecompress", module: "bun/compress" },
    Global { name: "Bun.zstdDecompressSync", module: "bun/compress" },
];
