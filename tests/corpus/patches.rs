//! PATCH cases: `patch/*.json`, whose keys `patch/README.md` explains: POST, PATCH, GET.

use std::path::PathBuf;

use libtest_mimic::Failed;
use serde::Deserialize;
use serde_json::{Map, Value};
use tests::call::Call;
use tests::corpus::read;
use tests::endpoint::Endpoint;
use tests::names::unique;
use tests::people::ENTERPRISE;
use tests::subset::Captures;

#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
struct Case {
    name: String,
    source: String,
    resource_type: String,
    before: Value,
    patch: Value,
    after: Option<Map<String, Value>>,
    error: Option<Refusal>,
    #[serde(default)]
    unchanged: bool,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
struct Refusal {
    status: u16,
    scim_type: Option<String>,
}

/// Runs one case.
pub(crate) fn run(path: PathBuf) -> Result<(), Failed> {
    let (scim, case) = (Endpoint::shared(), read::<Case>(&path));
    let mut captures = Captures::default();
    captures.set("<unique>", &unique());
    let collection = format!("/{}s", case.resource_type);
    let created = scim.post(&collection, &captures.fill_json(&case.before)).send();
    let path = format!("{collection}/{}", created.expect(201).id());
    let before = scim.get(&path).send().json();
    let answer = Call::new(scim, "PATCH", &path).json(&captures.fill_json(&case.patch)).send();
    let after = scim.get(&path).send().json();
    let about = format!("{} ({})\n{answer}", case.name, case.source);
    if let Some(refusal) = case.error {
        answer.error(refusal.status, refusal.scim_type.as_deref().unwrap_or_default());
        return if before == after {
            Ok(())
        } else {
            Err(format!("{about}\nchanged although refused: {after}").into())
        };
    }
    if !matches!(answer.status, 200 | 204) {
        return Err(about.into());
    }
    if answer.status == 200 && answer.json() != after {
        return Err(format!("{about}\nGET answers otherwise: {after}").into());
    }
    if case.unchanged && before["meta"] != after["meta"] {
        return Err(format!("{about}\nthe version moved: {} to {}", before["meta"], after["meta"]).into());
    }
    let mut expected = case.after.ok_or("a case has `after` or `error`")?;
    if case.resource_type == "User" {
        expected.entry("active").or_insert(Value::Bool(true));
    }
    let expected = captures.fill_json(&Value::Object(expected));
    let (expected, found) = (plain(expected), plain(after));
    if found == expected {
        Ok(())
    } else {
        Err(format!("{about}\nexpected {expected}\nfound    {found}").into())
    }
}

/// The attributes that a client writes: without those that the server adds, members by their ids.
fn plain(mut resource: Value) -> Value {
    if let Some(fields) = resource.as_object_mut() {
        fields.retain(|key, _| !matches!(key.as_str(), "schemas" | "id" | "meta" | "groups"));
    }
    drop_reference(resource.pointer_mut(&format!("/{ENTERPRISE}/manager")));
    if let Some(members) = resource.get_mut("members").and_then(Value::as_array_mut) {
        members.iter_mut().for_each(|member| drop_reference(Some(member)));
        members.sort_by_key(|member| member["value"].to_string());
    }
    resource
}

fn drop_reference(value: Option<&mut Value>) {
    if let Some(fields) = value.and_then(Value::as_object_mut) {
        fields.shift_remove("$ref");
    }
}
