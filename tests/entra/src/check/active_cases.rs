//! Users lose their access, and get it back.

use serde_json::{Value, json};

use super::finding::Fault;
use super::talk::{BOTH, Made, Talk};
use crate::mapping::Kind;
use crate::mapping::path::{Path, member};
use crate::wire::Dialect;
use crate::wire::patch::{self, Change, operations};
use crate::wire::request::Request;

fn active(value: bool) -> Vec<Change> {
    let path = Path::parse("active").ok();
    path.into_iter().map(|path| Change { path, old: Some(json!(!value)), new: json!(value) }).collect()
}

/// Sets `active`, and checks that it changed and that the user can still be found.
async fn set_active(talk: &mut Talk<'_>, made: &Made, dialect: Dialect, value: bool) -> Option<()> {
    talk.patch(made, operations(dialect, &active(value))).await?;
    let fault = if value { Fault::NotRestored } else { Fault::NotDisabled };
    let request = Request::get(made.path());
    let hidden = if value { Fault::Status } else { Fault::InactiveHidden };
    let resource = talk.expect(&request, &[200], hidden).await?.json?;
    let there = member(&resource, "active");
    if !crate::sync::same(&json!(value), there) {
        let there = there.map_or_else(|| "absent".to_owned(), Value::to_string);
        talk.fault(fault, format!("after a PATCH in the {} dialect `active` is {there}", dialect.name()));
        return None;
    }
    for row in talk.world.mapping.users.matching() {
        let missed = if value { Fault::MatchMissed } else { Fault::InactiveHidden };
        talk.hits(made, &row.target, &made.value(row), missed).await?;
    }
    Some(())
}

/// `active` false, in both dialects.
pub(crate) async fn disable(talk: &mut Talk<'_>) -> Option<()> {
    let made = talk.make(Kind::User).await?;
    for dialect in BOTH {
        set_active(talk, &made, dialect, false).await?;
        // In between, so that each dialect has something to change.
        talk.patch(&made, operations(Dialect::Flag, &active(true))).await?;
    }
    Some(())
}

/// Disabled, then assigned again: everything must be as before, memberships too.
pub(crate) async fn restore(talk: &mut Talk<'_>) -> Option<()> {
    let made = talk.make(Kind::User).await?;
    let group = match talk.world.mapping.groups {
        Some(_) => {
            let group = talk.make(Kind::Group).await?;
            talk.patch(&group, patch::add_members(Dialect::Default, std::slice::from_ref(&made.id))).await?;
            Some(group)
        }
        None => None,
    };
    for dialect in BOTH {
        set_active(talk, &made, dialect, false).await?;
        set_active(talk, &made, dialect, true).await?;
    }
    let resource = talk.read(&made).await?;
    talk.values(&made.values, &resource, "a restore");
    if let Some(group) = group {
        let members = super::member_cases::members(talk, &group).await?;
        if members != [made.id.clone()] {
            talk.fault(Fault::MembershipsLost, format!("{} has the members {members:?}", group.path()));
        }
    }
    Some(())
}
