//! Groups: created, renamed, created again.

use super::finding::Fault;
use super::talk::{BOTH, Made, Talk};
use super::{user_cases, values};
use crate::mapping::Kind;
use crate::wire::request::Request;

/// Like a cycle: no hit, POST, then a hit.
pub(crate) async fn create(talk: &mut Talk<'_>) -> Option<()> {
    let world = talk.world;
    let values = values::all(world, Kind::Group, &world.tag(), 0);
    let rows = world.mapping.groups.as_ref()?.matching();
    let draft = Made { kind: Kind::Group, id: String::new(), values: values.clone() };
    for row in &rows {
        talk.misses(Kind::Group, &row.target, &draft.value(row)).await?;
    }
    let made = talk.make_with(Kind::Group, values).await?;
    for row in &rows {
        let hit = talk.hits(&made, &row.target, &made.value(row), Fault::MatchMissed).await?;
        talk.values(&made.values, &hit, "a match");
    }
    Some(())
}

/// All plain attributes change, and the group is found by its new name.
pub(crate) async fn update(talk: &mut Talk<'_>) -> Option<()> {
    let made = talk.make(Kind::Group).await?;
    for (turn, dialect) in (1..).zip(BOTH) {
        user_cases::change(talk, &made, dialect, turn, |_| true).await?;
    }
    Some(())
}

/// Deleted, then created again with the same name.
pub(crate) async fn restore(talk: &mut Talk<'_>) -> Option<()> {
    let made = talk.make(Kind::Group).await?;
    talk.expect(&Request::delete(made.path()), &[204, 200, 202], Fault::Status).await?;
    let again = talk.make_with(Kind::Group, made.values.clone()).await?;
    for row in talk.world.mapping.groups.as_ref()?.matching() {
        talk.hits(&again, &row.target, &again.value(row), Fault::MatchMissed).await?;
    }
    Some(())
}

/// A single POST.
pub(crate) async fn post(talk: &mut Talk<'_>) -> Option<()> {
    talk.make(Kind::Group).await.map(|_| ())
}

/// A `replace` of every plain attribute.
pub(crate) async fn patch(talk: &mut Talk<'_>) -> Option<()> {
    let made = talk.make(Kind::Group).await?;
    user_cases::every(talk, &made).await
}
