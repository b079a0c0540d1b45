//! A template as JSON: `!Ref X` becomes `{"Ref": "X"}`, `!Sub` and the others `{"Fn::Sub": …}`.

use std::path::Path;

use saphyr::{LoadableYamlNode, Scalar, Yaml};
use serde_json::Value;

/// Reads a template of the repository.
#[must_use]
pub fn read(path: &str) -> Value {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("..").join(path);
    let text = std::fs::read_to_string(&file).unwrap_or_else(|error| panic!("{path}: {error}"));
    let documents = Yaml::load_from_str(&text).unwrap_or_else(|error| panic!("{path}: {error}"));
    value(documents.first().unwrap_or_else(|| panic!("{path} is empty")))
}

fn value(node: &Yaml<'_>) -> Value {
    match node {
        Yaml::Value(Scalar::String(text)) => text.as_ref().into(),
        Yaml::Value(Scalar::Boolean(value)) => (*value).into(),
        Yaml::Value(Scalar::Integer(value)) => (*value).into(),
        Yaml::Value(Scalar::FloatingPoint(value)) => value.into_inner().into(),
        Yaml::Value(Scalar::Null) => Value::Null,
        Yaml::Sequence(nodes) => nodes.iter().map(value).collect(),
        Yaml::Mapping(pairs) => {
            pairs.iter().map(|(key, node)| (key.as_str().expect("a name").to_owned(), value(node))).collect()
        }
        Yaml::Tagged(tag, node) => {
            let prefix = if matches!(&*tag.suffix, "Ref" | "Condition") { "" } else { "Fn::" };
            [(format!("{prefix}{}", tag.suffix), value(node))].into_iter().collect()
        }
        other => panic!("a template has no {other:?}"),
    }
}
