//! What the module registry must know of a module before it runs.

/// A module that this one asks for.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Request {
    /// As written.
    pub specifier: String,
    /// The import attribute `type`.
    pub attribute: Option<String>,
    /// The other import attributes, which only linkers of the program's own look at.
    pub others: Vec<(String, String)>,
}

/// `export { imported as exported } from request`, also in its two-statement form.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct IndirectExport {
    /// The name it is exported under.
    pub exported: String,
    /// Index of the request.
    pub request: usize,
    /// The name in the other module; `None` is its namespace.
    pub imported: Option<String>,
}

/// The imports and exports of an ES module. Getters of local exports come from the code itself.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct ModuleRecord {
    /// Requested modules in source order, each once.
    pub requests: Vec<Request>,
    /// Names imported from a request, which must exist.
    pub imports: Vec<(usize, String)>,
    /// Names of local exports.
    pub locals: Vec<String>,
    /// Re-exports.
    pub indirect: Vec<IndirectExport>,
    /// Requests of `export *`.
    pub stars: Vec<usize>,
    /// Whether it awaits at top level.
    pub asynchronous: bool,
    /// Whether it has module syntax.
    pub declared: bool,
}

impl ModuleRecord {
    /// The index of a request, which is added where it is new.
    pub(crate) fn request(&mut self, specifier: &str, attributes: Vec<(String, String)>) -> usize {
        let (types, others): (Vec<_>, Vec<_>) =
            attributes.into_iter().partition(|(name, _)| name == "type");
        let attribute = types.into_iter().next().map(|(_, value)| value);
        let specifier = specifier.to_owned();
        let wanted = Request { specifier, attribute, others };
        let known = self.requests.iter().position(|request| *request == wanted);
        known.unwrap_or_else(|| {
            self.requests.push(wanted);
            self.requests.len() - 1
        })
    }
}
