//! Test values for the mapped attributes.

use serde_json::{Value, json};

use super::world::World;
use crate::mapping::path::Path;
use crate::mapping::{Attribute, Flow, Kind};

/// Values for all plain attributes of a new resource. Canonical values of `/Schemas` count as the
/// allowed ones; `turn` selects among them, so that an update changes something.
pub(crate) fn all(world: &World, kind: Kind, tag: &str, turn: usize) -> Vec<(Path, Value)> {
    let rows = world.mapping.of(kind).into_iter().flat_map(|objects| objects.values());
    rows.map(|row| (row.target.clone(), one(world, kind, row, tag, turn))).collect()
}

/// A value for one attribute.
pub(crate) fn one(world: &World, kind: Kind, row: &Attribute, tag: &str, turn: usize) -> Value {
    let path = &row.target;
    if let Flow::Constant(value) = &row.flow {
        return value.clone();
    }
    let allowed = world.schemas.allowed(kind, path);
    if let Some(value) = allowed.get(turn % allowed.len().max(1)) {
        return value.clone();
    }
    let element = path.element().map(|(_, value)| value.to_ascii_lowercase()).unwrap_or_default();
    let turned = |values: [&str; 2]| json!(values.get(turn % 2));
    match (path.attribute(), path.sub().unwrap_or_default()) {
        ("active", _) => json!(true),
        ("userName", _) => json!(format!("check.{tag}@example.com")),
        ("emails", _) => json!(format!("check.{tag}.{element}@example.com")),
        ("phoneNumbers", _) => json!(format!("+1 (425) 555-{:04}", turn * 100 + element.len())),
        ("preferredLanguage" | "locale", _) => turned(["en-US", "fr-FR"]),
        ("timezone", _) => turned(["Europe/Paris", "America/Los_Angeles"]),
        ("profileUrl", _) => json!(format!("https://example.com/{tag}")),
        ("roles", "type") => json!("WindowsAzureActiveDirectoryRole"),
        ("roles", _) => json!("User"),
        (_, "country") => turned(["US", "FR"]),
        (name, sub) => match world.schemas.type_of(kind, path) {
            Some("boolean") => json!(turn.is_multiple_of(2)),
            Some("integer") => json!(1 + turn),
            Some("decimal") => json!(1.5),
            Some("dateTime") => json!("2026-01-01T00:00:00Z"),
            _ => json!(format!("{} {tag}", if sub.is_empty() { name } else { sub })),
        },
    }
}
