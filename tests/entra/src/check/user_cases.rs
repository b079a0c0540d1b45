//! Users: created, changed, renamed.

use serde_json::{Map, Value, json};

use super::finding::Fault;
use super::talk::{BOTH, Made, Talk};
use super::values;
use crate::mapping::path::Path;
use crate::mapping::{Attribute, Flow, Kind};
use crate::wire::Dialect;
use crate::wire::patch::{Change, operations};

/// Like a cycle: no hit, POST, then a hit by every matching attribute.
pub(crate) async fn create(talk: &mut Talk<'_>) -> Option<()> {
    let world = talk.world;
    let values = values::all(world, Kind::User, &world.tag(), 0);
    let rows = world.mapping.users.matching();
    let draft = Made { kind: Kind::User, id: String::new(), values: values.clone() };
    for row in &rows {
        talk.misses(Kind::User, &row.target, &draft.value(row)).await?;
    }
    let made = talk.make_with(Kind::User, values).await?;
    for row in &rows {
        let hit = talk.hits(&made, &row.target, &made.value(row), Fault::MatchMissed).await?;
        talk.values(&made.values, &hit, "a match");
    }
    let resource = talk.read(&made).await?;
    talk.values(&made.values, &resource, "a GET");
    Some(())
}

/// All mapped attributes change, in one dialect after the other.
pub(crate) async fn update(talk: &mut Talk<'_>) -> Option<()> {
    let made = talk.make(Kind::User).await?;
    for (turn, dialect) in (1..).zip(BOTH) {
        change(talk, &made, dialect, turn, |_| true).await?;
    }
    Some(())
}

/// Sends new values of the attributes that `of` selects, and checks that they are kept.
pub(crate) async fn change(
    talk: &mut Talk<'_>,
    made: &Made,
    dialect: Dialect,
    turn: usize,
    of: impl Fn(&Attribute) -> bool,
) -> Option<()> {
    let world = talk.world;
    let tag = world.tag();
    let before = talk.read(made).await?;
    let rows = world.mapping.of(made.kind).into_iter().flat_map(|objects| objects.values());
    let rows =
        rows.filter(|row| row.target.text() != "active" && !matches!(row.flow, Flow::Constant(_)) && of(row));
    let changes: Vec<Change> = rows
        .map(|row| {
            let new = values::one(world, made.kind, row, &tag, turn);
            Change { path: row.target.clone(), old: row.target.read(&before).cloned(), new }
        })
        .filter(|change| change.old.as_ref() != Some(&change.new))
        .collect();
    if changes.is_empty() {
        return Some(());
    }
    talk.patch(made, operations(dialect, &changes)).await?;
    let after = talk.read(made).await?;
    let wanted: Vec<(Path, Value)> = changes.into_iter().map(|change| (change.path, change.new)).collect();
    talk.values(&wanted, &after, &format!("a PATCH in the {} dialect", dialect.name()));
    Some(())
}

/// A single POST.
pub(crate) async fn post(talk: &mut Talk<'_>) -> Option<()> {
    talk.make(Kind::User).await.map(|_| ())
}

/// A `replace` of every mapped attribute, one operation each.
pub(crate) async fn patch(talk: &mut Talk<'_>) -> Option<()> {
    let made = talk.make(Kind::User).await?;
    every(talk, &made).await
}

/// New values for every eligible attribute, as the harness makes them.
pub(crate) async fn every(talk: &mut Talk<'_>, made: &Made) -> Option<()> {
    let world = talk.world;
    let tag = world.tag();
    let rows = world.mapping.of(made.kind).into_iter().flat_map(|objects| objects.values());
    let rows = rows.filter(|row| {
        !matches!(row.target.attribute(), "active" | "roles" | "groups")
            && !matches!(row.flow, Flow::Constant(_))
    });
    let values: Vec<(Path, Value)> =
        rows.map(|row| (row.target.clone(), values::one(world, made.kind, row, &tag, 1))).collect();
    let one = |(path, value): &(Path, Value)| json!({ "op": "replace", "path": path.text(), "value": value });
    talk.patch(made, values.iter().map(one).collect()).await?;
    let after = talk.read(made).await?;
    talk.values(&values, &after, "a PATCH of every attribute");
    Some(())
}

/// Realistic names of people.
pub(crate) async fn special(talk: &mut Talk<'_>) -> Option<()> {
    let world = talk.world;
    let tag = world.tag();
    for kind in [Kind::User, Kind::Group] {
        let Some(row) =
            world.mapping.of(kind).and_then(|objects| objects.matching().first().copied().cloned())
        else {
            continue;
        };
        let value = match row.target.attribute() {
            "userName" | "emails" => format!("o'neil+{tag}@example.com"),
            _ => format!("R&D + \"Labs\" (50%) \\ é;{tag}"),
        };
        let mut values = values::all(world, kind, &world.tag(), 0);
        values.iter_mut().filter(|(path, _)| *path == row.target).for_each(|it| it.1 = json!(value));
        let made = talk.make_with(kind, values).await?;
        talk.hits(&made, &row.target, &value, Fault::MatchMissed).await?;
    }
    Some(())
}

/// Only the required attributes first, then all others by `Add`.
pub(crate) async fn add(talk: &mut Talk<'_>) -> Option<()> {
    let world = talk.world;
    let necessary = |path: &Path| {
        let matching = world.mapping.users.matching().iter().any(|row| row.target == *path);
        matching
            || matches!(path.text(), "userName" | "active")
            || world.schemas.is_required(Kind::User, path)
    };
    let all = values::all(world, Kind::User, &world.tag(), 0);
    let (first, later): (Vec<_>, Vec<_>) = all.into_iter().partition(|(path, _)| necessary(path));
    let made = talk.make_with(Kind::User, first).await?;
    let changes: Vec<Change> =
        later.iter().map(|(path, new)| Change { path: path.clone(), old: None, new: new.clone() }).collect();
    if changes.is_empty() {
        return Some(());
    }
    talk.patch(&made, operations(Dialect::Default, &changes)).await?;
    let resource = talk.read(&made).await?;
    talk.values(&later, &resource, "an `Add` of every attribute");
    Some(())
}

/// A new userName.
pub(crate) async fn rename(talk: &mut Talk<'_>) -> Option<()> {
    let made = talk.make(Kind::User).await?;
    let path = Path::parse("userName").ok()?;
    let Some(row) = talk.world.mapping.users.target("userName") else { return Some(()) };
    let (old, new) = (made.value(row), format!("renamed.{}@example.com", talk.world.tag()));
    let change = Change { path: path.clone(), old: Some(json!(old)), new: json!(new) };
    talk.patch(&made, operations(Dialect::Default, &[change])).await?;
    talk.hits(&made, &path, &new, Fault::MatchMissed).await?;
    talk.misses(Kind::User, &path, &old).await
}

/// Add, replace, remove and add again, in one request.
pub(crate) async fn several(talk: &mut Talk<'_>) -> Option<()> {
    let world = talk.world;
    let candidates = ["displayName", "title", "externalId"];
    let row = candidates
        .iter()
        .find_map(|name| world.mapping.users.target(name).filter(|row| row.matching.is_none()));
    let Some(row) = row else { return Some(()) };
    let path = &row.target;
    let made = talk.make(Kind::User).await?;
    let value = |turn: usize| values::one(world, Kind::User, row, &format!("{}{turn}", world.tag()), turn);
    let (first, last) = (value(1), value(2));
    let operation = |op: &str, value: Option<&Value>| {
        let mut operation = Map::new();
        operation.insert("op".to_owned(), json!(op));
        operation.insert("path".to_owned(), json!(path.text()));
        operation.extend(value.map(|value| ("value".to_owned(), value.clone())));
        Value::Object(operation)
    };
    let operations =
        vec![operation("Replace", Some(&first)), operation("Remove", None), operation("Add", Some(&last))];
    talk.patch(&made, operations).await?;
    let resource = talk.read(&made).await?;
    talk.values(&[(path.clone(), last)], &resource, "three operations on it");
    Some(())
}
