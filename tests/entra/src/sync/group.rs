//! One group in one cycle, without its members.

use std::time::Instant;

use super::engine::Engine;
use super::failure::Failure;
use super::log::property;
use super::object::{Found, Object};
use super::user::{Done, staged_delete, updated};
use crate::mapping::Kind;
use crate::source::Group;

impl Engine {
    /// Evaluates one group.
    pub(crate) async fn group(&self, group: &Group, staged: bool) {
        let started = Instant::now();
        let result = if staged { Ok(staged_delete()) } else { self.evaluate_group(group).await };
        self.note(Kind::Group, &group.id, group.name(), started, result);
    }

    async fn evaluate_group(&self, group: &Group) -> Result<Done, Failure> {
        let Some(rows) = &self.options.mapping.groups else {
            return Ok(Done::skipped("groups are not mapped"));
        };
        let lookup = |name: &str| group.attribute(name);
        let object = Object { kind: Kind::Group, source: &group.id, rows, lookup: &lookup };
        let target = self.store.with(|state| state.target(Kind::Group, &group.id).map(str::to_owned));
        let Some(target) = target else {
            if group.gone {
                return Ok(Done::skipped("not in scope, and never was"));
            }
            return match self.provision(&object).await? {
                Found::Created { .. } => {
                    let values = rows.values().filter_map(|row| {
                        Some(property(row.target.text(), None, Some(row.value(object.lookup)?)))
                    });
                    Ok(Done::of("create", "Create", "created", values.collect()))
                }
                Found::Matched(resource) => {
                    let changes = object.changes(&resource);
                    let target =
                        self.store.with(|state| state.target(Kind::Group, &group.id).map(str::to_owned));
                    self.update(Kind::Group, &target.unwrap_or_default(), &changes).await?;
                    self.count("matched", 1);
                    Ok(updated(&changes, false))
                }
            };
        };
        if group.gone {
            self.delete(Kind::Group, &group.id, &target).await?;
            return Ok(Done::of("delete", "Delete", "deleted", Vec::new()));
        }
        let resource = self.get(Kind::Group, &target).await?;
        let changes = object.changes(&resource);
        self.update(Kind::Group, &target, &changes).await?;
        Ok(updated(&changes, false))
    }
}
