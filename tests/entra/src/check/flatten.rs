//! Schema discovery as Microsoft's harness does it: `/Schemas` becomes a list of target attributes,
//! which must contain every mapped one.

use serde_json::Value;

use crate::mapping::path::member;
use crate::mapping::{Kind, Mapping};

/// The target attributes that a `/Schemas` answer offers.
#[must_use]
pub fn flatten(schemas: &Value) -> Vec<String> {
    let mut names = Vec::new();
    for schema in member(schemas, "Resources").and_then(Value::as_array).into_iter().flatten() {
        let id = text(schema, "id");
        let core = [Kind::User, Kind::Group].iter().any(|kind| id.eq_ignore_ascii_case(kind.schema()));
        for attribute in list(schema, "attributes") {
            let name = text(attribute, "name");
            if matches!(name, "manager" | "members") {
                names.push(name.to_owned());
            } else if core {
                one(attribute, name, &mut names);
            } else {
                names.push(format!("{id}:{name}"));
            }
        }
    }
    names
}

/// An attribute of a core schema.
fn one(attribute: &Value, name: &str, names: &mut Vec<String>) {
    let (kind, subs) = (text(attribute, "type"), list(attribute, "subAttributes"));
    let many = member(attribute, "multiValued") == Some(&Value::Bool(true));
    if kind == "reference" {
        return;
    }
    if kind != "complex" {
        return names.push(name.to_owned());
    }
    let sub_names = |but: &'static [&'static str]| {
        subs.iter().map(|sub| text(sub, "name")).filter(move |name| !but.contains(name))
    };
    if !many {
        let plain = subs.iter().filter(|sub| !matches!(text(sub, "type"), "complex" | "reference"));
        return names.extend(plain.map(|sub| format!("{name}.{}", text(sub, "name"))));
    }
    let of_type = subs.iter().find(|sub| text(sub, "name") == "type");
    let values = of_type.map(|sub| list(sub, "canonicalValues")).unwrap_or_default();
    if values.is_empty() {
        names.extend(sub_names(&["primary"]).map(|sub| format!("{name}[primary eq \"True\"].{sub}")));
    }
    for value in values.iter().filter_map(Value::as_str) {
        let subs = sub_names(&["type", "primary"]);
        names.extend(subs.map(|sub| format!("{name}[type eq \"{value}\"].{sub}")));
    }
}

/// The mapped target attributes that are not in the list.
#[must_use]
pub fn missing(mapping: &Mapping, names: &[String]) -> Vec<String> {
    let names: Vec<String> = names.iter().map(|name| name.to_ascii_lowercase()).collect();
    let mapped = [Kind::User, Kind::Group].into_iter().filter_map(|kind| mapping.of(kind));
    let mapped = mapped.flat_map(|objects| &objects.attributes).map(|row| &row.target);
    let wanted = mapped.filter(|path| {
        let name = if path.is_reference() { path.attribute() } else { path.text() };
        !names.contains(&name.to_ascii_lowercase())
    });
    wanted.map(|path| path.text().to_owned()).collect()
}

fn text<'a>(value: &'a Value, name: &str) -> &'a str {
    member(value, name).and_then(Value::as_str).unwrap_or_default()
}

fn list<'a>(value: &'a Value, name: &str) -> &'a [Value] {
    member(value, name).and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn schemas() -> Value {
        let sub = |name: &str| json!({ "name": name, "type": "string" });
        json!({ "Resources": [
            { "id": "urn:ietf:params:scim:schemas:core:2.0:User", "attributes": [
                { "name": "userName", "type": "string", "multiValued": false },
                { "name": "profileUrl", "type": "reference" },
                { "name": "name", "type": "complex", "multiValued": false, "subAttributes": [
                    sub("givenName"), { "name": "x", "type": "reference" }, { "name": "y", "type": "complex" },
                ] },
                { "name": "emails", "type": "complex", "multiValued": true, "subAttributes": [
                    sub("value"), sub("display"), sub("primary"),
                    { "name": "type", "type": "string", "canonicalValues": ["work", "home"] },
                ] },
                { "name": "roles", "type": "complex", "multiValued": true, "subAttributes": [
                    sub("value"), sub("type"), sub("primary"),
                ] },
            ] },
            { "id": "urn:ietf:params:scim:schemas:core:2.0:Group", "attributes": [
                { "name": "displayName", "type": "string" },
                { "name": "members", "type": "complex", "multiValued": true, "subAttributes": [sub("value")] },
            ] },
            { "id": "urn:x:2.0:User", "attributes": [
                { "name": "department", "type": "string" },
                { "name": "manager", "type": "complex", "subAttributes": [sub("value")] },
            ] },
        ] })
    }

    #[test]
    fn as_the_harness_does_it() {
        let expected = [
            "userName",
            "name.givenName",
            "emails[type eq \"work\"].value",
            "emails[type eq \"work\"].display",
            "emails[type eq \"home\"].value",
            "emails[type eq \"home\"].display",
            "roles[primary eq \"True\"].value",
            "roles[primary eq \"True\"].type",
            "displayName",
            "members",
            "urn:x:2.0:User:department",
            "manager",
        ];
        assert_eq!(flatten(&schemas()), expected);
    }

    #[test]
    fn mapped_attributes_that_are_not_found() {
        let rows = |targets: &[&str]| {
            let row = |at, target: &&str| json!({ "target": target, "source": "x", "matching": (at == 0).then_some(1) });
            json!({ "attributes": targets.iter().enumerate().map(|(at, it)| row(at, it)).collect::<Vec<_>>() })
        };
        let text = json!({
            "name": "x",
            "users": rows(&["USERNAME", "emails[type eq \"work\"].Value", "emails[type eq \"other\"].value",
                "roles[primary eq \"True\"].value", "profileUrl", "urn:x:2.0:User:Department", "urn:x:2.0:User:manager"]),
            "groups": rows(&["displayName", "externalId", "members"]),
        });
        let mapping = Mapping::parse(&text.to_string()).unwrap();
        let expected = ["emails[type eq \"other\"].value", "profileUrl", "externalId"];
        assert_eq!(missing(&mapping, &flatten(&schemas())), expected);
    }
}
