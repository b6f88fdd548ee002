//! What a package.json, comments and trailing commas allowed, says of scripts. Read once, by the
//! process that runs them.

use std::path::{Path, PathBuf};

use serde_json::{Map, Value};

/// A package.json, as far as scripts need it.
#[derive(Clone, Debug, Default)]
pub(crate) struct Package {
    /// The folder it lies in.
    pub(crate) directory: PathBuf,
    pub(crate) name: String,
    pub(crate) version: String,
    /// The file that is the package, for `dx .`.
    pub(crate) main: Option<String>,
    /// `config`: what `npm_package_config_*` says.
    pub(crate) config: Vec<(String, String)>,
    /// Scripts with their commands, in the order of the file; `None` where it has none.
    pub(crate) scripts: Option<Vec<(String, String)>>,
    /// Names of the packages it depends on.
    pub(crate) dependencies: Vec<String>,
    /// Globs of its workspaces' folders.
    pub(crate) workspaces: Option<Vec<String>>,
}

impl Package {
    /// Reads `directory`'s package.json; `None` where there is none or it is not understood.
    pub(crate) fn read(directory: &Path) -> Option<Self> {
        let text = std::fs::read_to_string(directory.join("package.json")).ok()?;
        let plain = dx_modules::plain_json(&text);
        let Value::Object(fields) = serde_json::from_str(&plain).ok()? else { return None };
        Some(Self::of_fields(directory, &fields))
    }

    /// The package of the folder or of the nearest one above it that has one.
    pub(crate) fn enclosing(directory: &Path) -> Option<Self> {
        directory.ancestors().find_map(Self::read)
    }

    fn of_fields(directory: &Path, fields: &Map<String, Value>) -> Self {
        let text = |name: &str| fields.get(name).and_then(Value::as_str).unwrap_or_default();
        let groups = ["dependencies", "devDependencies", "optionalDependencies"];
        let named = groups.iter().filter_map(|name| fields.get(*name)?.as_object());
        Self {
            directory: directory.to_path_buf(),
            name: text("name").to_owned(),
            version: text("version").to_owned(),
            main: Some(text("main").to_owned()).filter(|main| !main.is_empty()),
            config: texts_of(fields.get("config")).unwrap_or_default(),
            scripts: texts_of(fields.get("scripts")),
            dependencies: named.flat_map(|group| group.keys().cloned()).collect(),
            workspaces: workspaces_of(fields.get("workspaces")),
        }
    }

    /// The command of a script.
    pub(crate) fn script(&self, name: &str) -> Option<&str> {
        let scripts = self.scripts.as_deref().unwrap_or_default();
        scripts.iter().find(|(own, _)| own == name).map(|(_, command)| command.as_str())
    }
}

/// The members of an object that are texts.
fn texts_of(value: Option<&Value>) -> Option<Vec<(String, String)>> {
    let members = value?.as_object()?.iter();
    let texts =
        members.filter_map(|(name, value)| Some((name.clone(), value.as_str()?.to_owned())));
    Some(texts.collect())
}

/// A list, or `{packages: [..]}`.
fn workspaces_of(value: Option<&Value>) -> Option<Vec<String>> {
    let list = match value? {
        Value::Object(fields) => fields.get("packages")?.as_array()?,
        other => other.as_array()?,
    };
    Some(list.iter().filter_map(|item| item.as_str().map(str::to_owned)).collect())
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::Package;

    #[test]
    fn scripts_keep_their_order_and_workspaces_have_two_forms() {
        let text = r#"{"scripts": {"b": "1", "a": "2", "c": 3}, "workspaces": {"packages": ["x/*"]},
            "devDependencies": {"d": "*"}, "config": {"port": "1"}}"#;
        let fields = serde_json::from_str(text).expect("good JSON");
        let package = Package::of_fields(Path::new("/p"), &fields);
        let names: Vec<_> = package.scripts.iter().flatten().map(|(name, _)| name).collect();
        assert_eq!(names, ["b", "a"]);
        assert_eq!(package.script("a"), Some("2"));
        assert_eq!(package.workspaces.as_deref(), Some(&["x/*".to_owned()][..]));
        assert_eq!(package.dependencies, ["d"]);
    }
}
