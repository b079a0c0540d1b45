//! Members of groups.

use serde_json::{Value, json};

use super::finding::Fault;
use super::talk::{BOTH, Made, Talk};
use crate::mapping::Kind;
use crate::mapping::path::member;
use crate::wire::Dialect;
use crate::wire::patch::{add_members, remove_members};
use crate::wire::request::Request;

/// The sorted ids of a group's members.
pub(crate) async fn members(talk: &mut Talk<'_>, group: &Made) -> Option<Vec<String>> {
    let resource = talk.read(group).await?;
    let list = member(&resource, "members").and_then(Value::as_array).cloned().unwrap_or_default();
    let mut ids: Vec<String> =
        list.iter().filter_map(|it| member(it, "value")?.as_str().map(str::to_owned)).collect();
    ids.sort();
    Some(ids)
}

async fn people(talk: &mut Talk<'_>, count: usize) -> Option<Vec<String>> {
    let mut ids = Vec::new();
    for _ in 0..count {
        ids.push(talk.make(Kind::User).await?.id);
    }
    ids.sort();
    Some(ids)
}

/// Checks that a group has exactly these members.
async fn has(talk: &mut Talk<'_>, group: &Made, wanted: &[String], fault: Fault, after: &str) -> Option<()> {
    let there = members(talk, group).await?;
    let mut wanted = wanted.to_vec();
    wanted.sort();
    if there == wanted {
        return Some(());
    }
    let fault = match fault {
        // The remaining members show what was misread.
        Fault::MemberNotRemoved if there.len() < wanted.len() => Fault::MembersWiped,
        fault => fault,
    };
    talk.fault(fault, format!("after {after} the members must be {wanted:?} and are {there:?}"));
    None
}

/// Several at once, and one that is already a member, in both dialects.
pub(crate) async fn add(talk: &mut Talk<'_>) -> Option<()> {
    let ids = people(talk, 3).await?;
    for dialect in BOTH {
        let group = talk.make(Kind::Group).await?;
        talk.patch(&group, add_members(dialect, ids.get(..2)?)).await?;
        has(talk, &group, ids.get(..2)?, Fault::MemberNotAdded, "an `Add` of two").await?;
        talk.patch(&group, add_members(dialect, ids.get(1..)?)).await?;
        has(talk, &group, &ids, Fault::MemberNotAdded, "an `Add` of one new member and one old").await?;
    }
    Some(())
}

/// Removes one of three, in both dialects; then one that is not a member.
pub(crate) async fn remove(talk: &mut Talk<'_>) -> Option<()> {
    let ids = people(talk, 3).await?;
    for dialect in BOTH {
        let group = talk.make(Kind::Group).await?;
        talk.patch(&group, add_members(Dialect::Flag, &ids)).await?;
        has(talk, &group, &ids, Fault::MemberNotAdded, "an `add` of three").await?;
        let after = format!("a `Remove` of one of three in the {} dialect", dialect.name());
        for _ in 0..2 {
            talk.patch(&group, remove_members(dialect, ids.get(..1)?)).await?;
            has(talk, &group, ids.get(1..)?, Fault::MemberNotRemoved, &after).await?;
        }
    }
    Some(())
}

/// Creates a group and five members, as on-demand provisioning does.
pub(crate) async fn on_demand(talk: &mut Talk<'_>) -> Option<()> {
    let ids = people(talk, 5).await?;
    super::group_cases::create(talk).await?;
    let group = talk.make(Kind::Group).await?;
    talk.patch(&group, add_members(Dialect::Default, &ids)).await?;
    has(talk, &group, &ids, Fault::MemberNotAdded, "an `Add` of five").await
}

/// By id and by filter: without members when they are excluded, otherwise with them.
pub(crate) async fn excluded(talk: &mut Talk<'_>) -> Option<()> {
    let ids = people(talk, 1).await?;
    let group = talk.make(Kind::Group).await?;
    talk.patch(&group, add_members(Dialect::Default, &ids)).await?;
    has(talk, &group, &ids, Fault::MemberNotAdded, "an `Add` of one").await?;
    let request = Request::get(group.path()).with("excludedAttributes", "members");
    let body = talk.expect(&request, &[200], Fault::Status).await?.json?;
    if member(&body, "members").is_some() {
        talk.fault(Fault::MembersNotExcluded, format!("{} has `members`", request.line()));
    }
    for row in talk.world.mapping.groups.as_ref()?.matching() {
        talk.hits(&group, &row.target, &group.value(row), Fault::MatchMissed).await?;
    }
    Some(())
}

/// The older validator adds a member by `replace`.
pub(crate) async fn replace(talk: &mut Talk<'_>) -> Option<()> {
    let ids = people(talk, 2).await?;
    let group = talk.make(Kind::Group).await?;
    for wanted in [ids.get(..1)?, ids.as_slice(), &[]] {
        let list: Vec<Value> = wanted.iter().map(|id| json!({ "value": id })).collect();
        talk.patch(&group, vec![json!({ "op": "replace", "path": "members", "value": list })]).await?;
        has(talk, &group, wanted, Fault::MemberNotAdded, "a `replace` of `members`").await?;
    }
    Some(())
}

/// One member is added and one removed.
pub(crate) async fn several(talk: &mut Talk<'_>) -> Option<()> {
    let ids = people(talk, 2).await?;
    for dialect in BOTH {
        let group = talk.make(Kind::Group).await?;
        talk.patch(&group, add_members(dialect, ids.get(..1)?)).await?;
        let mut operations = add_members(dialect, ids.get(1..)?);
        operations.extend(remove_members(dialect, ids.get(..1)?));
        talk.patch(&group, operations).await?;
        has(talk, &group, ids.get(1..)?, Fault::MemberNotRemoved, "an `Add` and a `Remove` in one request")
            .await?;
    }
    Some(())
}
