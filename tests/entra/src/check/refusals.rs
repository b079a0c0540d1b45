//! Resources that already exist, do not exist, or were deleted; the same for users and groups.

use serde_json::{Value, json};

use super::connection::guid;
use super::finding::Fault;
use super::talk::Talk;
use super::values;
use crate::mapping::path::Path;
use crate::mapping::{Attribute, Kind};
use crate::wire::request::Request;

/// The unique attribute of this resource type.
fn name_of(kind: Kind) -> &'static str {
    match kind {
        Kind::User => "userName",
        Kind::Group => "displayName",
    }
}

/// A second resource with the same name, in the same and in other letter case.
pub(crate) async fn duplicate(talk: &mut Talk<'_>, kind: Kind) -> Option<()> {
    let made = talk.make(kind).await?;
    let path = Path::parse(name_of(kind)).ok()?;
    let row = talk.world.mapping.of(kind)?.target(path.text())?.clone();
    for name in [made.value(&row), made.value(&row).to_uppercase()] {
        // All other values differ: only the name is taken.
        let mut values = values::all(talk.world, kind, &talk.world.tag(), 0);
        values.iter_mut().filter(|(it, _)| *it == row.target).for_each(|it| it.1 = json!(name));
        let request = talk.creation(kind, &values);
        let answer = talk.send(&request).await?;
        match answer.status {
            409 => {}
            200..=299 => {
                answer.json.as_ref().and_then(|body| talk.register(kind, body));
                let what = format!(
                    "a second {} with the {path} `{name}` was answered {}",
                    kind.name(),
                    answer.status
                );
                talk.fault(Fault::DuplicateAccepted, what);
            }
            _ => talk.fault(Fault::DuplicateStatus, format!("it was answered {}", answer.summary())),
        }
    }
    Some(())
}

/// A name in capitals, where letter case does not count.
pub(crate) async fn other_case(talk: &mut Talk<'_>, kind: Kind) -> Option<()> {
    let made = talk.make(kind).await?;
    let row: Attribute = talk.world.mapping.of(kind)?.target(name_of(kind))?.clone();
    let value = made.value(&row).to_uppercase();
    talk.hits(&made, &row.target, &value, Fault::CaseSensitive).await.map(|_| ())
}

/// After a DELETE neither the id nor a filter finds the resource.
pub(crate) async fn delete(talk: &mut Talk<'_>, kind: Kind) -> Option<()> {
    let made = talk.make(kind).await?;
    talk.expect(&Request::delete(made.path()), &[204, 200, 202], Fault::Status).await?;
    talk.expect(&Request::get(made.path()), &[404], Fault::StillThere).await?;
    for row in talk.world.mapping.of(kind)?.matching() {
        let hits = talk.filter(kind, &row.target, &made.value(row)).await?;
        if !hits.is_empty() {
            talk.fault(Fault::StillThere, format!("a filter still finds the deleted {}", kind.name()));
        }
    }
    Some(())
}

/// The second DELETE is 404.
pub(crate) async fn delete_twice(talk: &mut Talk<'_>, kind: Kind) -> Option<()> {
    let made = talk.make(kind).await?;
    talk.expect(&Request::delete(made.path()), &[204, 200, 202], Fault::Status).await?;
    talk.expect(&Request::delete(made.path()), &[404], Fault::UnknownNot404).await.map(|_| ())
}

/// GET, PATCH and DELETE of an id that does not exist.
pub(crate) async fn unknown(talk: &mut Talk<'_>, kind: Kind) -> Option<()> {
    let path = format!("{}/{}", kind.endpoint(), guid());
    let operation: Value = json!({ "op": "Replace", "path": name_of(kind), "value": talk.world.tag() });
    for request in [Request::get(&path), Request::patch(&path, vec![operation]), Request::delete(&path)] {
        let _ = talk.expect(&request, &[404], Fault::UnknownNot404).await;
    }
    Some(())
}
