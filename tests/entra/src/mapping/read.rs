//! Mappings from JSON.

use serde::Deserialize;
use serde_json::Value;

use super::expression::Expression;
use super::path::Path;
use super::{Attribute, Flow, Mapping, Objects};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    name: String,
    users: Rows,
    groups: Option<Rows>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Rows {
    attributes: Vec<Row>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Row {
    target: String,
    source: Option<String>,
    constant: Option<Value>,
    expression: Option<String>,
    default: Option<Value>,
    matching: Option<u32>,
    #[serde(default)]
    apply: Apply,
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Apply {
    #[default]
    Always,
    Create,
}

impl Mapping {
    /// A built-in mapping.
    #[must_use]
    pub fn builtin(name: &str) -> Option<Self> {
        let text = match name {
            "standard" => include_str!("../../mappings/standard.json"),
            "kintone" => include_str!("../../mappings/kintone.json"),
            "chatwork" => include_str!("../../mappings/chatwork.json"),
            "workgrid" => include_str!("../../mappings/workgrid.json"),
            "clarizen-one" => include_str!("../../mappings/clarizen-one.json"),
            _ => return None,
        };
        Self::parse(text).ok()
    }

    /// Reads a mapping.
    ///
    /// # Errors
    /// What is wrong with it, as text for the author.
    pub fn parse(text: &str) -> Result<Self, String> {
        let file: File = serde_json::from_str(text).map_err(|error| error.to_string())?;
        let users = objects(file.users).map_err(|error| format!("users: {error}"))?;
        let groups = file.groups.map(objects).transpose().map_err(|error| format!("groups: {error}"))?;
        Ok(Self { name: file.name, users, groups })
    }
}

fn objects(rows: Rows) -> Result<Objects, String> {
    let attributes: Vec<Attribute> = rows.attributes.into_iter().map(attribute).collect::<Result<_, _>>()?;
    let objects = Objects { attributes };
    if objects.matching().is_empty() {
        return Err("one attribute must have `\"matching\": 1`: by it an object is found again".to_owned());
    }
    Ok(objects)
}

fn attribute(row: Row) -> Result<Attribute, String> {
    let target = Path::parse(&row.target)?;
    let flow = match (row.source, row.constant, row.expression) {
        (Some(name), None, None) => Flow::Direct(name),
        (None, Some(value), None) => Flow::Constant(value),
        (None, None, Some(text)) => Flow::Expression(Expression::parse(&text)?),
        _ => return Err(format!("`{target}` needs one of `source`, `constant` and `expression`")),
    };
    if row.matching.is_some() && target.is_reference() {
        return Err(format!("nothing can be matched on the reference `{target}`"));
    }
    let create_only = matches!(row.apply, Apply::Create);
    Ok(Attribute { target, flow, default: row.default, matching: row.matching, create_only })
}

#[cfg(test)]
mod tests {
    use super::super::PROFILES;
    use super::*;

    #[test]
    fn every_built_in_mapping_can_be_read() {
        let counts: Vec<(usize, usize)> = PROFILES
            .iter()
            .map(|name| {
                let mapping = Mapping::builtin(name).unwrap_or_else(|| panic!("{name}"));
                assert_eq!(mapping.name, *name);
                assert!(mapping.users.target("active").is_some(), "{name}");
                let groups = mapping.groups.as_ref().map_or(0, |groups| groups.attributes.len());
                (mapping.users.attributes.len(), groups)
            })
            .collect();
        assert_eq!(counts, [(20, 3), (7, 0), (6, 0), (10, 3), (38, 3)]);
    }

    #[test]
    fn the_readmes_example_is_a_mapping() {
        let readme = include_str!("../../README.md");
        let text = readme.split("```json").find(|text| text.contains("\"ours\"")).unwrap();
        let mapping = Mapping::parse(text.split("```").next().unwrap()).unwrap();
        assert_eq!((mapping.users.attributes.len(), mapping.users.matching().len()), (7, 2));
    }

    #[test]
    fn what_is_wrong_with_a_mapping_is_said() {
        for (row, word) in [
            (r#"{"target": "userName", "source": "a"}"#, "matching"),
            (r#"{"target": "userName", "source": "a", "constant": 1, "matching": 1}"#, "one of"),
            (r#"{"target": "user Name", "source": "a", "matching": 1}"#, "`user Name`"),
            (r#"{"target": "userName", "expression": "X()", "matching": 1}"#, "`X`"),
            (r#"{"target": "userName", "sauce": "a", "matching": 1}"#, "`sauce`"),
            (r#"{"target": "manager", "source": "manager", "matching": 1}"#, "reference"),
        ] {
            let text = format!(r#"{{"name": "x", "users": {{"attributes": [{row}]}}}}"#);
            let error = Mapping::parse(&text).unwrap_err();
            assert!(error.contains(word), "{row}: {error}");
        }
    }
}
