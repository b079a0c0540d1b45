//! Reads the target back and compares it with the source.

mod list;

use std::collections::BTreeSet;
use std::fmt::Write as _;

use futures_util::StreamExt;
use serde_json::Value;

use super::engine::Engine;
use super::object::same;
use super::plan::hash;
use crate::mapping::path::member;
use crate::mapping::{Kind, Objects};
use crate::source::{Directory, Group, Person};
use crate::wire::request::Request;

/// The result.
#[derive(Clone, Debug, Default)]
pub struct Verification {
    /// Resources that were read by their ids.
    pub resources: usize,
    /// Values that were compared.
    pub values: usize,
    /// Memberships that were compared.
    pub memberships: usize,
    /// The differences.
    pub differences: Vec<Difference>,
}

/// A difference.
#[derive(Clone, Debug, PartialEq)]
pub struct Difference {
    /// User or group.
    pub kind: Kind,
    /// Source id, or target id of a resource without a source.
    pub object: String,
    /// The attribute, or another property.
    pub what: String,
    /// The expected value.
    pub wanted: String,
    /// The actual value.
    pub there: String,
}

impl std::fmt::Display for Difference {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self { kind, object, what, wanted, there } = self;
        write!(f, "{} {object}: {what} must be {wanted} and is {there}", kind.name())
    }
}

impl Verification {
    /// The difference as text.
    #[must_use]
    pub fn summary(&self) -> String {
        let Self { resources, values, memberships, differences } = self;
        let mut text = format!(
            "verified: {resources} resources, {values} values, {memberships} memberships: {} differences\n",
            differences.len()
        );
        for difference in differences.iter().take(50) {
            let _ = writeln!(text, "  {difference}");
        }
        if differences.len() > 50 {
            let _ = writeln!(text, "  … and {} more", differences.len() - 50);
        }
        text
    }

    fn differs(&mut self, kind: Kind, object: &str, what: &str, wanted: impl ToString, there: impl ToString) {
        let (object, what) = (object.to_owned(), what.to_owned());
        let (wanted, there) = (wanted.to_string(), there.to_string());
        self.differences.push(Difference { kind, object, what, wanted, there });
    }

    fn merge(&mut self, other: Self) {
        self.resources += other.resources;
        self.values += other.values;
        self.memberships += other.memberships;
        self.differences.extend(other.differences);
    }

    fn compare(
        &mut self,
        kind: Kind,
        rows: &Objects,
        source: &str,
        lookup: &dyn Fn(&str) -> Option<Value>,
        resource: &Value,
    ) {
        for row in rows.values().filter(|row| !row.create_only) {
            let Some(wanted) = row.value(lookup) else { continue };
            self.values += 1;
            let there = row.target.read(resource);
            if !same(&wanted, there) {
                self.differs(
                    kind,
                    source,
                    row.target.text(),
                    &wanted,
                    there.map_or("absent".to_owned(), Value::to_string),
                );
            }
        }
    }
}

impl Engine {
    /// Compares every linked object, read by its id, and searches the lists for resources that
    /// appear twice and for unlinked ones.
    pub(crate) async fn verify(&self, directory: &Directory) -> Verification {
        self.progress.begin(self.tally().cycle, directory.people.len() + directory.groups.len());
        self.progress.doing("verifying");
        let people = directory.people.values().map(|person| self.verify_person(person));
        let mut all: Verification = fold(people.collect(), self.options.concurrency).await;
        let groups = directory.groups.values().map(|group| self.verify_group(group));
        all.merge(fold(groups.collect(), self.options.concurrency).await);
        for kind in [Kind::User, Kind::Group] {
            if let Some(rows) = self.options.mapping.of(kind) {
                self.verify_list(kind, rows, &mut all).await;
            }
        }
        self.progress.end();
        all
    }

    async fn verify_person(&self, person: &Person) -> Verification {
        let mut found = Verification::default();
        let link = self.store.with(|state| state.users.get(&person.id).cloned());
        let rows = &self.options.mapping.users;
        let gone = person.is_soft_deleted();
        let Some(link) = link else {
            if !gone {
                found.differs(Kind::User, &person.id, "the user", "at the target", "not");
            }
            self.progress.step();
            return found;
        };
        let result = self.get(Kind::User, &link.target).await;
        self.progress.step();
        let resource = match result {
            Ok(resource) => resource,
            Err(failure) => {
                found.differs(Kind::User, &person.id, "the answer to a GET", "the user", failure.message);
                return found;
            }
        };
        found.resources += 1;
        // Users who left keep the values last sent; later changes were not sent.
        let lookup = |name: &str| person.attribute(name);
        if !gone || link.attributes == Some(hash(&person.attributes)) {
            found.compare(Kind::User, rows, &person.id, &lookup, &resource);
        } else if let Some(row) = rows.target("active") {
            found.values += 1;
            let there = row.target.read(&resource);
            if !same(&Value::Bool(false), there) {
                found.differs(
                    Kind::User,
                    &person.id,
                    "active",
                    false,
                    there.map_or("absent".to_owned(), Value::to_string),
                );
            }
        }
        if let (false, Some(row)) = (gone, rows.reference("manager")) {
            found.values += 1;
            let wanted = self.store.with(|state| {
                person.manager.as_ref().and_then(|id| state.target(Kind::User, id).map(str::to_owned))
            });
            let there = row.target.read(&resource).and_then(|it| member(it, "value")).and_then(Value::as_str);
            if wanted.as_deref() != there {
                let shown = |id: Option<&str>| id.unwrap_or("none").to_owned();
                found.differs(Kind::User, &person.id, "manager", shown(wanted.as_deref()), shown(there));
            }
        }
        found
    }

    async fn verify_group(&self, group: &Group) -> Verification {
        let mut found = Verification::default();
        let Some(rows) = &self.options.mapping.groups else { return found };
        let target = self.store.with(|state| state.target(Kind::Group, &group.id).map(str::to_owned));
        let Some(target) = target else {
            if !group.gone {
                found.differs(Kind::Group, &group.id, "the group", "at the target", "not");
            }
            self.progress.step();
            return found;
        };
        let answer = self.call(&Request::get(format!("/Groups/{target}")), &[200]).await;
        self.progress.step();
        let resource = match answer.map(|answer| answer.json) {
            Ok(Some(resource)) => resource,
            Ok(None) => Value::Null,
            Err(failure) => {
                found.differs(Kind::Group, &group.id, "the answer to a GET", "the group", failure.message);
                return found;
            }
        };
        found.resources += 1;
        found.compare(Kind::Group, rows, &group.id, &|name| group.attribute(name), &resource);
        if rows.reference("members").is_some() {
            let wanted: BTreeSet<String> = self.store.with(|state| {
                group
                    .members
                    .iter()
                    .filter_map(|id| state.target(Kind::User, id).map(str::to_owned))
                    .collect()
            });
            let list = member(&resource, "members").and_then(Value::as_array).cloned().unwrap_or_default();
            let ids: Vec<String> =
                list.iter().filter_map(|it| member(it, "value")?.as_str().map(str::to_owned)).collect();
            let there: BTreeSet<String> = ids.iter().cloned().collect();
            found.memberships += wanted.len();
            for id in wanted.difference(&there) {
                found.differs(Kind::Group, &group.id, &format!("member {id}"), "there", "not");
            }
            for id in there.difference(&wanted) {
                found.differs(Kind::Group, &group.id, &format!("member {id}"), "absent", "there");
            }
            if ids.len() != there.len() {
                found.differs(Kind::Group, &group.id, "each member", "there once", "there twice");
            }
        }
        found
    }
}

async fn fold(work: Vec<impl Future<Output = Verification>>, concurrency: usize) -> Verification {
    let all = futures_util::stream::iter(work).buffer_unordered(concurrency);
    all.fold(Verification::default(), |mut all, one| async {
        all.merge(one);
        all
    })
    .await
}
