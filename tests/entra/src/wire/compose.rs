//! The body of a POST, in Entra's form.

use serde_json::{Map, Value, json};

use crate::mapping::path::Path;
use crate::mapping::{Kind, Objects};

const ENTERPRISE: &str = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User";
/// What Entra adds to every group's schemas.
const GROUP: &str = "http://schemas.microsoft.com/2006/11/ResourceManagement/ADSCIM/2.0/Group";

/// A new resource with these values. Schemas of other extensions are not listed, although their
/// attributes are sent; mapped but empty roles are sent as an empty list.
#[must_use]
pub fn body<'a>(kind: Kind, objects: &Objects, values: impl IntoIterator<Item = (&'a Path, Value)>) -> Value {
    let mut body = Map::new();
    let second = match kind {
        Kind::User => ENTERPRISE,
        Kind::Group => GROUP,
    };
    body.insert("schemas".to_owned(), json!([kind.schema(), second]));
    for (path, value) in values {
        path.write(&mut body, value);
    }
    body.insert("meta".to_owned(), json!({ "resourceType": kind.name() }));
    let mapped = |name: &str| objects.attributes.iter().any(|row| row.target.attribute() == name);
    for empty in ["roles", "members"] {
        if mapped(empty) {
            body.entry(empty.to_owned()).or_insert_with(|| json!([]));
        }
    }
    Value::Object(body)
}
