//! The connection test, schema discovery, and the response to a wrong token.

use super::finding::Fault;
use super::flatten;
use super::talk::Talk;
use super::world::schemas_request;
use crate::mapping::Kind;
use crate::wire::request::{Request, equals};

/// Random GUIDs for every matching attribute, of groups too.
pub(crate) async fn test(talk: &mut Talk<'_>) -> Option<()> {
    for kind in [Kind::User, Kind::Group] {
        let Some(objects) = talk.world.mapping.of(kind) else { continue };
        for row in objects.matching() {
            let guid = guid();
            // An error with one attribute says nothing about the next.
            let _ = talk.misses(kind, &row.target, &guid).await;
        }
    }
    Some(())
}

/// `/Schemas`, flattened; every mapped attribute must be in it.
pub(crate) async fn schemas(talk: &mut Talk<'_>) -> Option<()> {
    let answer = talk.expect(&schemas_request(), &[200], Fault::SchemasMissing).await?;
    let body = answer.json?;
    let names = flatten::flatten(&body);
    if names.is_empty() {
        talk.fault(Fault::SchemasMissing, "`Resources` holds no schema with attributes");
        return None;
    }
    let groups = talk.world.mapping.groups.is_some();
    if groups && !talk.world.schemas.has(Kind::Group.schema()) {
        talk.fault(Fault::GroupSchemaMissing, format!("`Resources` has no {}", Kind::Group.schema()));
    }
    for missing in flatten::missing(&talk.world.mapping, &names) {
        talk.fault(Fault::AttributeMissing, format!("`{missing}` is mapped and not found"));
    }
    Some(())
}

/// The connection test with a token that was never issued.
pub(crate) async fn wrong_token(talk: &mut Talk<'_>) -> Option<()> {
    let row = talk.world.mapping.users.matching().first().map(|row| row.target.text().to_owned())?;
    let request = Request::get("/Users").with("filter", &equals(&row, &guid()));
    let client = talk.world.client.with_token("this-is-no-token");
    let result = client.send(&request).await;
    talk.keep(super::report::Exchange::of(&request, &result));
    match result {
        Ok(answer) if answer.status == 401 => {
            for finding in super::inspect::answer(&request, &answer) {
                talk.fault(finding.fault, finding.what);
            }
        }
        Ok(answer) => talk.fault(Fault::WrongTokenAccepted, format!("it was answered {}", answer.summary())),
        Err(trouble) => talk.fault(Fault::NoAnswer, trouble.to_string()),
    }
    Some(())
}

pub(crate) fn guid() -> String {
    uuid::Builder::from_random_bytes(fastrand::u128(..).to_be_bytes()).into_uuid().to_string()
}
