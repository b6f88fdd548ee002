//! The environment a program is started with: what its parent gave, and what `.env` files add.
//!
//! Read once, when first asked for. A variable the parent gave is never changed by a file, and
//! of files the first that has a name counts.

use std::{
    cell::{OnceCell, RefCell},
    collections::HashMap,
    rc::Rc,
};

use crate::dotenv::{expand, parse};

/// Which files are read.
#[derive(Clone, Debug, Default)]
pub enum EnvironmentFiles {
    /// Those of the working directory, by `NODE_ENV`.
    #[default]
    Automatic,
    /// These, later ones first.
    Given(Vec<String>),
    /// None.
    None,
}

/// Names and values, in the order a program sees them.
pub type Variables = Rc<Vec<(String, String)>>;

/// The environment of an isolate's program.
#[derive(Default)]
pub struct Environment {
    files: RefCell<EnvironmentFiles>,
    variables: OnceCell<Variables>,
}

impl Environment {
    /// Chooses the files; to be called before the environment is first read.
    pub fn read_from(&self, files: EnvironmentFiles) {
        *self.files.borrow_mut() = files;
    }

    /// All variables.
    #[must_use]
    pub fn variables(&self) -> Variables {
        Rc::clone(self.variables.get_or_init(|| Rc::new(load(&self.files.borrow()))))
    }
}

/// The files of the working directory, the one that counts most first.
fn automatic_names(mode: &str) -> Vec<String> {
    let mode = if matches!(mode, "production" | "test") { mode } else { "development" };
    let mut names = vec![format!(".env.{mode}.local")];
    if mode != "test" {
        names.push(".env.local".to_owned());
    }
    names.extend([format!(".env.{mode}"), ".env".to_owned()]);
    names
}

fn load(files: &EnvironmentFiles) -> Vec<(String, String)> {
    let text = |text: std::ffi::OsString| text.to_string_lossy().into_owned();
    let mut variables: Vec<_> =
        std::env::vars_os().map(|(name, value)| (text(name), text(value))).collect();
    let names = match files {
        EnvironmentFiles::Automatic => {
            let mode = variables.iter().find(|(name, _)| name == "NODE_ENV");
            automatic_names(mode.map_or("", |(_, value)| value))
        }
        EnvironmentFiles::Given(names) => names.iter().rev().cloned().collect(),
        EnvironmentFiles::None => Vec::new(),
    };
    let texts = names.iter().filter_map(|name| std::fs::read_to_string(name).ok());
    let texts: Vec<_> = texts.collect();
    if texts.is_empty() {
        return variables;
    }
    let known: HashMap<_, _> = variables.iter().cloned().collect();
    let added = merge(&texts, &known);
    variables.extend(added);
    variables
}

/// What the files add to `known`, names replaced.
fn merge(texts: &[String], known: &HashMap<String, String>) -> Vec<(String, String)> {
    let mut added: Vec<(String, String)> = Vec::new();
    let mut places: HashMap<String, (usize, usize)> = HashMap::new();
    for (file, text) in texts.iter().enumerate() {
        for (name, value) in parse(text) {
            if known.contains_key(&name) {
                continue;
            }
            match places.get(&name) {
                // Within a file the last one counts.
                Some((first, place)) if *first == file => added[*place].1 = value,
                Some(_) => {}
                None => {
                    places.insert(name.clone(), (file, added.len()));
                    added.push((name, value));
                }
            }
        }
    }
    for place in 0..added.len() {
        let look_up = |name: &str| {
            let own = places.get(name).map(|(_, place)| added[*place].1.clone());
            own.or_else(|| known.get(name).cloned())
        };
        let value = expand(&added[place].1, &look_up);
        added[place].1 = value;
    }
    added
}

#[cfg(test)]
mod tests {
    use std::collections::HashMap;

    use super::{automatic_names, merge};

    #[test]
    fn the_first_file_and_the_last_line_count() {
        let known = HashMap::from([("HOME".to_owned(), "/root".to_owned())]);
        let texts = ["A=1\nA=2\n".to_owned(), "A=3\nB=$A$HOME\nHOME=x\n".to_owned()];
        let pair = |name: &str, value: &str| (name.to_owned(), value.to_owned());
        assert_eq!(merge(&texts, &known), [pair("A", "2"), pair("B", "2/root")]);
    }

    #[test]
    fn tests_have_no_local_file() {
        let names = [".env.test.local", ".env.test", ".env"];
        assert_eq!(automatic_names("test"), names);
        assert_eq!(automatic_names("").len(), 4);
    }
}
