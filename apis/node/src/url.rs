//! node:url, node:querystring and node:punycode.

use dx_ops::{Extension, PreludeModule, prelude_module};

/// What this family adds to an isolate.
pub(crate) const EXTENSION: Extension = Extension {
    name: "node-url",
    modules: MODULES,
    ops: &[],
    globals: &[],
    builtins: &[
        ("node:url", "node/url"),
        ("node:querystring", "node/querystring"),
        ("node:punycode", "node/punycode"),
    ],
};

const MODULES: &[PreludeModule] = &[
    prelude_module!("node/url", "apis/node/js/url/url.js"),
    prelude_module!("node/url-parse", "apis/node/js/url/url-parse.js"),
    prelude_module!("node/url-resolve", "apis/node/js/url/url-resolve.js"),
    prelude_module!("node/url-domains", "apis/node/js/url/url-domains.js"),
    prelude_module!("node/file-urls", "apis/node/js/url/file-urls.js"),
    prelude_module!("node/querystring", "apis/node/js/url/querystring.js"),
    prelude_module!("node/punycode", "apis/node/js/url/punycode.js"),
];
