//! Programs made ready, kept on disk from one run to the next.
//!
//! Parsing and rewriting a bundle of several megabytes takes a tenth of a second, and its code is
//! the same each time. What long files become is kept in a folder of the user's: an entry for each
//! file and each way of reading it, which counts while the file's text and this executable are what
//! they were. A file that has changed replaces its entry, so the folder does not grow with edits.
//!
//! Owned by the [`crate::ModuleStore`] of an isolate; several processes may share the folder, as
//! entries are renamed into their place. Nothing fails: what cannot be read, or is not what was
//! written, is made anew, and what cannot be written is not kept.

use std::{
    ffi::OsString,
    fs,
    io::{self, Write as _},
    os::unix::{
        ffi::OsStrExt as _,
        fs::{DirBuilderExt as _, MetadataExt as _, OpenOptionsExt as _},
    },
    path::{Path, PathBuf},
    sync::atomic::{AtomicU32, Ordering},
};

use xxhash_rust::xxh3::xxh3_128;

use crate::{
    detect::Format,
    position::PositionMap,
    record::{IndirectExport, ModuleRecord, Request},
    transform::{Input, Output},
};

/// From this length, in bytes, programs are kept, as in Bun. Shorter ones are read and rewritten
/// in less time than an entry is.
pub(crate) const LENGTH_MIN: usize = 50 * 1024;

/// The variable that names the folder; empty or `0` keeps nothing.
const FOLDER_VARIABLE: &str = "BUN_RUNTIME_TRANSPILER_CACHE_PATH";

/// What an entry ends with.
const MARK: u128 = u128::from_le_bytes(*b"a program of dx\n");

/// Numbers at the end of an entry: the stamp, the code's length, the checksum and the mark.
const TRAILER: usize = 4;

/// How many of them the checksum does not cover.
const UNCHECKED: usize = 2;

/// Bytes of such a number.
const NUMBER: usize = size_of::<u128>();

/// The folder that programs are kept in.
pub(crate) struct Cache {
    folder: PathBuf,
    /// Tells one build of this executable from another.
    build: u128,
}

/// The place of a program in the cache.
pub(crate) struct Entry<'c> {
    cache: &'c Cache,
    name: String,
    /// Of the program's text and of the build.
    stamp: u128,
}

impl Cache {
    /// The cache that the environment asks for, or the user's own.
    pub(crate) fn of_environment() -> Option<Self> {
        let given = |name| std::env::var_os(name).filter(|value| !value.is_empty());
        let folder = match std::env::var_os(FOLDER_VARIABLE) {
            Some(folder) if folder.is_empty() || folder == *"0" => return None,
            Some(folder) => PathBuf::from(folder),
            None => given("XDG_CACHE_HOME")
                .map(PathBuf::from)
                .or_else(|| Some(Path::new(&given("HOME")?).join(".cache")))?
                .join("dx/programs"),
        };
        let build = fs::metadata("/proc/self/exe").ok()?;
        let figures = [build.dev(), build.ino(), build.size()].map(u128::from);
        let times = [build.mtime(), build.mtime_nsec()].map(|time| u128::from(time as u64));
        let bytes: Vec<_> = figures.into_iter().chain(times).flat_map(u128::to_le_bytes).collect();
        Some(Self { folder, build: xxh3_128(&bytes) })
    }

    /// The place of what [`crate::transform()`] makes of a program.
    pub(crate) fn entry(&self, input: Input<'_>, unparsed: bool) -> Entry<'_> {
        let Input { path, source, loader, settings, forced, package } = input;
        let way = format!("{unparsed} {forced:?} {package:?} {loader:?} {settings:?}");
        let mut key = OsString::from(path);
        key.push("\0");
        key.push(way);
        let name = format!("{:032x}.code", xxh3_128(key.as_bytes()));
        let stamp =
            xxh3_128(&[xxh3_128(source.as_bytes()), self.build].map(u128::to_le_bytes).concat());
        Entry { cache: self, name, stamp }
    }
}

impl Entry<'_> {
    /// What the program was made into before.
    pub(crate) fn read(&self) -> Option<Output> {
        let mut bytes = fs::read(self.cache.folder.join(&self.name)).ok()?;
        let end = bytes.len().checked_sub(TRAILER * NUMBER)?;
        let mut trailer = Reader { rest: &bytes[end..] };
        let (stamp, code_length) = (trailer.number()?, trailer.number()?);
        let (checksum, mark) = (trailer.number()?, trailer.number()?);
        let checked = &bytes[..bytes.len() - UNCHECKED * NUMBER];
        if (mark, stamp) != (MARK, self.stamp) || checksum != xxh3_128(checked) {
            return None;
        }
        let code_length = usize::try_from(code_length).ok()?;
        let mut output = Reader { rest: bytes.get(code_length..end)? }.output()?;
        bytes.truncate(code_length);
        output.code = String::from_utf8(bytes).ok()?;
        Some(output)
    }

    /// Keeps what the program was made into, unless that took no parsing.
    pub(crate) fn write(&self, output: &Output) {
        let is_free = output.unparsed && output.positions.is_some();
        if !is_free && let Some(bytes) = self.bytes(output) {
            // A cache that cannot be written is none.
            let _ = self.replace(&bytes);
        }
    }

    fn bytes(&self, output: &Output) -> Option<Vec<u8>> {
        let mut bytes = Vec::with_capacity(output.code.len() + output.code.len() / 16);
        bytes.extend_from_slice(output.code.as_bytes());
        put_output(&mut bytes, output)?;
        let figures = [self.stamp, output.code.len() as u128];
        bytes.extend(figures.into_iter().flat_map(u128::to_le_bytes));
        let checksum = xxh3_128(&bytes);
        bytes.extend([checksum, MARK].into_iter().flat_map(u128::to_le_bytes));
        Some(bytes)
    }

    /// Writes the entry beside its place and renames it.
    fn replace(&self, bytes: &[u8]) -> io::Result<()> {
        static WRITTEN: AtomicU32 = AtomicU32::new(0);
        let folder = &self.cache.folder;
        fs::DirBuilder::new().recursive(true).mode(0o700).create(folder)?;
        let number = WRITTEN.fetch_add(1, Ordering::Relaxed);
        let new = folder.join(format!("{}.{}.{number}.new", self.name, std::process::id()));
        let mut file =
            fs::OpenOptions::new().write(true).create_new(true).mode(0o600).open(&new)?;
        let written =
            file.write_all(bytes).and_then(|()| fs::rename(&new, folder.join(&self.name)));
        if written.is_err() {
            fs::remove_file(&new)?;
        }
        written
    }
}

fn put_number(bytes: &mut Vec<u8>, number: usize) {
    bytes.extend_from_slice(&(number as u128).to_le_bytes());
}

fn put_text(bytes: &mut Vec<u8>, text: &str) {
    put_number(bytes, text.len());
    bytes.extend_from_slice(text.as_bytes());
}

fn put_optional(bytes: &mut Vec<u8>, text: Option<&str>) {
    put_number(bytes, usize::from(text.is_some()));
    put_text(bytes, text.unwrap_or_default());
}

/// All of an output but its code; `None` where it knows positions that are not kept.
fn put_output(bytes: &mut Vec<u8>, output: &Output) -> Option<()> {
    let Output { format, code: _, record, link_end, unparsed, positions } = output;
    let columns = match positions {
        None => 0,
        Some(PositionMap::Shifted { columns }) => *columns as usize + 1,
        Some(_) => return None,
    };
    let is_module = *format == Format::EsModule;
    for number in [usize::from(is_module), *link_end, usize::from(*unparsed), columns] {
        put_number(bytes, number);
    }
    let ModuleRecord { requests, imports, locals, indirect, stars, asynchronous, declared } =
        record;
    put_number(bytes, usize::from(*asynchronous));
    put_number(bytes, usize::from(*declared));
    put_list(bytes, requests, |bytes, Request { specifier, attribute, others }| {
        put_text(bytes, specifier);
        put_optional(bytes, attribute.as_deref());
        put_list(bytes, others, |bytes, (name, value)| {
            put_text(bytes, name);
            put_text(bytes, value);
        });
    });
    put_list(bytes, imports, |bytes, (request, name)| {
        put_number(bytes, *request);
        put_text(bytes, name);
    });
    put_list(bytes, locals, |bytes, name| put_text(bytes, name));
    put_list(bytes, indirect, |bytes, IndirectExport { exported, request, imported }| {
        put_text(bytes, exported);
        put_number(bytes, *request);
        put_optional(bytes, imported.as_deref());
    });
    put_list(bytes, stars, |bytes, request| put_number(bytes, *request));
    Some(())
}

fn put_list<T>(bytes: &mut Vec<u8>, list: &[T], put: impl Fn(&mut Vec<u8>, &T)) {
    put_number(bytes, list.len());
    for item in list {
        put(bytes, item);
    }
}

/// Takes apart what was put together, in the same order.
struct Reader<'b> {
    rest: &'b [u8],
}

impl Reader<'_> {
    fn number(&mut self) -> Option<u128> {
        let (number, rest) = self.rest.split_first_chunk()?;
        self.rest = rest;
        Some(u128::from_le_bytes(*number))
    }

    fn index(&mut self) -> Option<usize> {
        usize::try_from(self.number()?).ok()
    }

    fn flag(&mut self) -> Option<bool> {
        Some(self.number()? != 0)
    }

    fn text(&mut self) -> Option<String> {
        let length = self.index()?;
        let (text, rest) = self.rest.split_at_checked(length)?;
        self.rest = rest;
        String::from_utf8(text.to_vec()).ok()
    }

    fn optional(&mut self) -> Option<Option<String>> {
        let is_there = self.flag()?;
        let text = self.text()?;
        Some(is_there.then_some(text))
    }

    fn list<T>(&mut self, mut item: impl FnMut(&mut Self) -> Option<T>) -> Option<Vec<T>> {
        (0..self.index()?).map(|_| item(self)).collect()
    }

    /// An output without its code.
    fn output(&mut self) -> Option<Output> {
        let format = if self.flag()? { Format::EsModule } else { Format::CommonJs };
        let (link_end, unparsed) = (self.index()?, self.flag()?);
        let columns = self.index()?.checked_sub(1).map(u32::try_from).transpose().ok()?;
        let positions = columns.map(|columns| PositionMap::Shifted { columns });
        let record = self.record()?;
        Some(Output { format, code: String::new(), record, link_end, unparsed, positions })
    }

    fn record(&mut self) -> Option<ModuleRecord> {
        let (asynchronous, declared) = (self.flag()?, self.flag()?);
        Some(ModuleRecord {
            asynchronous,
            declared,
            requests: self.list(|reader| {
                let (specifier, attribute) = (reader.text()?, reader.optional()?);
                let others = reader.list(|reader| Some((reader.text()?, reader.text()?)))?;
                Some(Request { specifier, attribute, others })
            })?,
            imports: self.list(|reader| Some((reader.index()?, reader.text()?)))?,
            locals: self.list(Self::text)?,
            indirect: self.list(|reader| {
                let (exported, request) = (reader.text()?, reader.index()?);
                Some(IndirectExport { exported, request, imported: reader.optional()? })
            })?,
            stars: self.list(Self::index)?,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{kind::Loader, settings::Settings, transform::transform};

    /// A folder of its own, removed with the test.
    struct Folder(PathBuf);

    impl Folder {
        fn new(name: &str) -> Self {
            let name = format!("dx-programs-{}-{name}", std::process::id());
            Self(std::env::temp_dir().join(name).join("below"))
        }

        fn cache(&self, build: u128) -> Cache {
            Cache { folder: self.0.clone(), build }
        }
    }

    impl Drop for Folder {
        fn drop(&mut self) {
            let _ = fs::remove_dir_all(self.0.parent().unwrap_or(&self.0));
        }
    }

    fn long(head: &str) -> String {
        let filler = "// The quick brown fox jumps over the lazy dog.\n".repeat(1200);
        format!("{head}\n{filler}")
    }

    fn input<'s>(source: &'s str, path: &'s str, settings: &'s Settings) -> Input<'s> {
        let path = Path::new(path);
        Input::new(path, source, Loader::of_path(path), settings)
    }

    #[test]
    fn what_was_kept_is_what_is_found() {
        let (folder, settings) = (Folder::new("found"), Settings::default());
        let cache = folder.cache(1);
        let programs = [
            ("a.js", "exports.a = async (b) => { await b; };"),
            ("b.cjs", "var e = 'await';"),
            (
                "c.ts",
                "import a, { b as c } from 'd' with { type: 'json', x: 'y' }; export * from 'e';\n\
                 export { f as g } from 'h'; export * as i from 'j'; import type k from 'l';\n\
                 export const m: number = await a(c); export default m;",
            ),
        ];
        for (path, head) in programs {
            let source = long(head);
            let input = input(&source, path, &settings);
            let entry = cache.entry(input, true);
            assert!(entry.read().is_none());
            let output = transform(input, true, false).expect("a program");
            entry.write(&output);
            let found = entry.read().expect("the entry");
            assert_eq!(format!("{found:?}"), format!("{output:?}"), "{path}");
        }
    }

    #[test]
    fn entries_of_other_texts_builds_and_ways_do_not_count() {
        let (folder, settings) = (Folder::new("others"), Settings::default());
        let (source, other) =
            (long("exports.a = async () => 1;"), long("exports.a = async () => 2;"));
        let cache = folder.cache(1);
        let input_of = |source| input(source, "a.js", &settings);
        let entry = cache.entry(input_of(&source), true);
        entry.write(&transform(input_of(&source), true, false).expect("a program"));
        assert!(entry.read().is_some());
        let is_found = |cache: &Cache, source, unparsed| {
            cache.entry(input_of(source), unparsed).read().is_some()
        };
        assert!(!is_found(&cache, &other, true));
        assert!(!is_found(&folder.cache(2), &source, true));
        assert!(!is_found(&cache, &source, false));
    }

    #[test]
    fn broken_entries_are_ignored_and_replaced() {
        let (folder, settings) = (Folder::new("broken"), Settings::default());
        let source = long("exports.a = async () => 1;");
        let cache = folder.cache(1);
        let input = input(&source, "a.js", &settings);
        let entry = cache.entry(input, true);
        let output = transform(input, true, false).expect("a program");
        let bytes = entry.bytes(&output).expect("an entry");
        entry.write(&output);
        let path = folder.0.join(&entry.name);
        for place in [0, output.code.len() + 1, bytes.len() - 1, bytes.len() - 3 * NUMBER] {
            let mut broken = bytes.clone();
            broken[place] ^= 1;
            fs::write(&path, broken).expect("a broken entry");
            assert!(entry.read().is_none(), "{place}");
        }
        for length in [0, NUMBER, bytes.len() - 1] {
            fs::write(&path, &bytes[..length]).expect("a short entry");
            assert!(entry.read().is_none(), "{length}");
        }
        entry.write(&output);
        assert!(entry.read().is_some());
        assert_eq!(fs::read_dir(&folder.0).expect("the folder").count(), 1);
    }

    #[test]
    fn a_folder_that_cannot_be_is_none() {
        let settings = Settings::default();
        let source = long("exports.a = async () => 1;");
        let cache = Cache { folder: PathBuf::from("/proc/self/status/below"), build: 1 };
        let input = input(&source, "a.js", &settings);
        let entry = cache.entry(input, true);
        entry.write(&transform(input, true, false).expect("a program"));
        assert!(entry.read().is_none());
    }
}
