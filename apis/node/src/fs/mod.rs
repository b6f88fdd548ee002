//! node:fs and node:fs/promises.
//!
//! Synchronous forms are system calls on the JavaScript shard. Asynchronous forms go through the
//! shard's ring where it has the operation, else to a pool of threads. A failure is a negative
//! number, made into an error by js/fs/common.js: operations throw for nothing but mistakes of
//! the JavaScript that calls them.

mod answer;
mod arguments;
mod calls;
mod copy;
mod data;
mod folders;
mod pool;
mod ring;
mod status;
mod testing;
mod watch;

use dx_ops::{Call, Exception, Extension, Op, PreludeModule, Value, prelude_module};
use dx_sys::errno;

/// What this family adds to an isolate.
pub(crate) const EXTENSION: Extension = Extension {
    name: "node-fs",
    modules: MODULES,
    ops: OPS,
    globals: &[],
    builtins: &[("node:fs", "node/fs"), ("node:fs/promises", "node/fs-promises")],
};

const MODULES: &[PreludeModule] = &[
    prelude_module!("node/fs", "apis/node/js/fs/index.js"),
    prelude_module!("node/fs-common", "apis/node/js/fs/common.js"),
    prelude_module!("node/fs-checks", "apis/node/js/fs/checks.js"),
    prelude_module!("node/fs-constants", "apis/node/js/fs/constants.js"),
    prelude_module!("node/fs-stats", "apis/node/js/fs/stats.js"),
    prelude_module!("node/fs-dirent", "apis/node/js/fs/dirent.js"),
    prelude_module!("node/fs-sync", "apis/node/js/fs/sync.js"),
    prelude_module!("node/fs-sync-data", "apis/node/js/fs/sync-data.js"),
    prelude_module!("node/fs-async", "apis/node/js/fs/async.js"),
    prelude_module!("node/fs-callbacks", "apis/node/js/fs/callbacks.js"),
    prelude_module!("node/fs-promises", "apis/node/js/fs/promises.js"),
    prelude_module!("node/fs-handle", "apis/node/js/fs/handle.js"),
    prelude_module!("node/fs-handle-iterate", "apis/node/js/fs/handle-iterate.js"),
    prelude_module!("node/fs-streams", "apis/node/js/fs/streams.js"),
    prelude_module!("node/fs-write-stream", "apis/node/js/fs/write-stream.js"),
    prelude_module!("node/fs-utf8-stream", "apis/node/js/fs/utf8-stream.js"),
    prelude_module!("node/fs-directory", "apis/node/js/fs/directory.js"),
    prelude_module!("node/fs-watch", "apis/node/js/fs/watch.js"),
    prelude_module!("node/fs-watch-file", "apis/node/js/fs/watch-file.js"),
    prelude_module!("node/fs-copy", "apis/node/js/fs/copy.js"),
    prelude_module!("node/fs-glob", "apis/node/js/fs/glob.js"),
    prelude_module!("node/fs-glob-pattern", "apis/node/js/fs/glob-pattern.js"),
    prelude_module!("node/fs-testing", "apis/node/js/fs/testing.js"),
];

/// An operation in both forms: at once, and on a thread of the pool.
macro_rules! operations {
    ($($now:literal, $later:literal => $prepare:path;)*; $($other:expr,)*) => {
        &[
            $(
                Op::sync($now, |call| Ok($prepare(call)?().into())),
                Op::asynchronous($later, |call, deferred| {
                    let job = $prepare(call)?;
                    pool::run(call, deferred, job);
                    Ok(())
                }),
            )*
            $($other,)*
        ]
    };
}

const OPS: &[Op] = operations! {
    "access", "accessAsync" => calls::access;
    "exists", "existsAsync" => calls::exists;
    "rename", "renameAsync" => calls::rename;
    "unlink", "unlinkAsync" => calls::unlink;
    "rmdir", "rmdirAsync" => calls::rmdir;
    "link", "linkAsync" => calls::link;
    "symlink", "symlinkAsync" => calls::symlink;
    "readlink", "readlinkAsync" => calls::readlink;
    "realpath", "realpathAsync" => calls::realpath;
    "chmod", "chmodAsync" => calls::chmod;
    "fchmod", "fchmodAsync" => calls::fchmod;
    "chown", "chownAsync" => calls::chown;
    "lchown", "lchownAsync" => calls::lchown;
    "fchown", "fchownAsync" => calls::fchown;
    "utimes", "utimesAsync" => calls::utimes;
    "lutimes", "lutimesAsync" => calls::lutimes;
    "futimes", "futimesAsync" => calls::futimes;
    "ftruncate", "ftruncateAsync" => calls::ftruncate;
    "truncate", "truncateAsync" => calls::truncate;
    "statfs", "statfsAsync" => calls::statfs;
    "readdir", "readdirAsync" => folders::readdir;
    "mkdir", "mkdirAsync" => folders::mkdir;
    "mkdirAll", "mkdirAllAsync" => folders::mkdir_all;
    "mkdtemp", "mkdtempAsync" => folders::mkdtemp;
    "remove", "removeAsync" => folders::remove;
    "copyFile", "copyFileAsync" => copy::copy_file;
    "statMode", "statModeAsync" => status::stat_mode;
    ;
    Op::sync("open", |call| Ok(calls::open(call)?().into())),
    Op::sync("close", |call| Ok(calls::close(call)?().into())),
    Op::sync("sync", |call| Ok(calls::sync(call)?().into())),
    Op::sync("statBig", |call| Ok(status::stat_big(call)?().into())),
    Op::sync("statInto", status::stat_into),
    Op::sync("readFileText", data::read_file_text),
    Op::sync("readFileInto", data::read_file_into),
    Op::sync("hastenCollection", data::hasten_collection),
    Op::sync("writeFile", data::write_file),
    Op::sync("read", data::read),
    Op::sync("write", data::write),
    Op::sync("writeText", data::write_text),
    Op::sync("readv", data::readv),
    Op::sync("writev", data::writev),
    Op::sync("describeError", describe_error),
    Op::sync("memfdCreate", testing::create_in_memory),
    Op::sync("limitContent", testing::limit_content),
    Op::sync("watchAdd", watch::add),
    Op::sync("watchRemove", watch::remove),
    Op::sync("watchKeepAlive", watch::keep_alive),
    Op::asynchronous("watchNext", watch::next),
    Op::asynchronous("openAsync", ring::open),
    Op::asynchronous("closeAsync", ring::close),
    Op::asynchronous("syncAsync", ring::sync),
    Op::asynchronous("statAsync", ring::stat),
    Op::asynchronous("readAsync", ring::read),
    Op::asynchronous("writeAsync", ring::write),
    Op::asynchronous("writevAsync", ring::writev),
    Op::asynchronous("readFileAsync", ring::read_file),
    Op::asynchronous("writeFileAsync", ring::write_file),
};

/// `describeError(errno)`: name and text.
fn describe_error(call: &mut Call<'_>) -> Result<Value, Exception> {
    let (name, text) = errno::describe(call.arguments.number(0) as i32);
    Ok(Value::Array(vec![name.into(), text.into()]))
}
