//! Filter cases: `filter/*.json`. Creates the resources, sends the filter to the whole directory,
//! page by page, and checks only the case's own resources.

use std::collections::BTreeMap;
use std::path::PathBuf;

use libtest_mimic::Failed;
use serde::Deserialize;
use serde_json::Value;
use tests::corpus::read;
use tests::endpoint::Endpoint;
use tests::names::unique;
use tests::subset::Captures;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Case {
    name: String,
    source: String,
    #[serde(rename = "resourceType")]
    resource_type: String,
    filter: String,
    resources: BTreeMap<String, Value>,
    matches: Option<Vec<String>>,
    error: Option<Refusal>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Refusal {
    #[serde(rename = "scimType")]
    scim_type: String,
    #[serde(rename = "detail contains")]
    detail_contains: String,
}

/// Runs one case.
pub(crate) fn run(path: PathBuf) -> Result<(), Failed> {
    let (scim, case) = (Endpoint::shared(), read::<Case>(&path));
    let collection = format!("/{}s", case.resource_type);
    let mut captures = Captures::default();
    let suffix = unique();
    captures.set("<unique>", &suffix);
    captures.set("<UNIQUE>", &suffix.to_uppercase());
    let mut keys = BTreeMap::new();
    for (key, resource) in &case.resources {
        let id = scim.post(&collection, &captures.fill_json(resource)).send().expect(201).id();
        captures.set(&format!("<id:{key}>"), &id);
        keys.insert(id, key.clone());
    }
    let filter = captures.fill(&case.filter);
    let about = format!("{} ({})\n{filter}", case.name, case.source);
    if let Some(refusal) = case.error {
        let answer = scim.get(&collection).filter(&filter).send();
        answer.error(400, &refusal.scim_type);
        let detail = answer.json()["detail"].as_str().unwrap_or_default().to_owned();
        let found = detail.contains(&captures.fill(&refusal.detail_contains));
        return if found { Ok(()) } else { Err(format!("{about}\nthe detail is: {detail}").into()) };
    }
    let mut expected = case.matches.ok_or("a case has `matches` or `error`")?;
    expected.sort();
    let alone = found(scim, &collection, &filter, &keys);
    let ours = keys.keys().map(|id| format!("id eq \"{id}\"")).collect::<Vec<_>>().join(" or ");
    let together = match ours.is_empty() {
        true => alone.clone(),
        false => found(scim, &collection, &format!("({filter}) and ({ours})"), &keys),
    };
    let same = alone == expected && together == expected;
    let why =
        || format!("{about}\nexpected {expected:?}, found {alone:?}, and among these resources {together:?}");
    if same { Ok(()) } else { Err(why().into()) }
}

/// The case's resources that match the filter, on all pages.
fn found(scim: &Endpoint, collection: &str, filter: &str, keys: &BTreeMap<String, String>) -> Vec<String> {
    let (mut found, mut start) = (Vec::new(), 1);
    loop {
        let page = scim
            .get(&format!("{collection}?attributes=id&count=1000&startIndex={start}"))
            .filter(filter)
            .send();
        let ids = page.ids();
        found.extend(ids.iter().filter_map(|id| keys.get(id).cloned()));
        start += ids.len() as u64;
        if ids.is_empty() || start > page.total() {
            found.sort();
            return found;
        }
    }
}
