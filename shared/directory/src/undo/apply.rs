//! Writing what undoes changes, or only saying what would be written.

use std::collections::BTreeMap;
use std::sync::Arc;

use futures_util::{FutureExt, StreamExt, TryStreamExt, stream};
use scim::model::member::Member;
use scim::model::profile::Profile;
use scim::model::resource_type::ResourceType;
use scim::patch::members::MemberChange;
use scim::patch::operation::{Op, Operation};
use scim::profile::Profiles;
use serde_json::{Map, Value, json};
use table::Table;

use super::outcome::{Options, Outcome, Undone};
use super::plan::Inverse;
use crate::error::Error;
use crate::id::{CredentialId, DirectoryId};
use crate::members::change::{change_members, patch};
use crate::registry::record;
use crate::resource::get::read;
use crate::resource::precondition::{Match, Preconditions};
use crate::resource::update::ChangeOptions;
use crate::tenant::Tenant;
use crate::transfer::import;
use crate::upkeep::profile_change::profile;

/// Resources that are restored at the same time.
const PARALLEL: usize = 8;

/// One call.
pub(super) struct Undo<'a> {
    tenant: Tenant,
    profiles: &'a Profiles,
    profile: Arc<Profile>,
    options: Options,
}

impl<'a> Undo<'a> {
    /// # Errors
    /// As [`undo`](super::undo).
    pub(super) async fn open(
        table: &Table,
        directory: &DirectoryId,
        by: &CredentialId,
        profiles: &'a Profiles,
        options: Options,
    ) -> Result<Self, Error> {
        let record = record::read(table, directory).await?.ok_or(Error::NotFound)?;
        let profile = profile(profiles, &record.profile)?;
        Ok(Self {
            tenant: Tenant::new(table.clone(), directory.clone(), by.clone()),
            profiles,
            profile,
            options,
        })
    }

    /// Whether the directory has resources of the type `kind`.
    pub(super) fn has(&self, kind: &str) -> bool {
        self.profile.resource_type(kind).is_some()
    }

    /// Undoes all of `inverses`. Resources that were deleted come first: they are members of the others.
    ///
    /// # Errors
    /// The table's own.
    pub(super) async fn all(
        &self,
        inverses: BTreeMap<(String, String), Inverse>,
    ) -> Result<Vec<Undone>, Error> {
        let created = self.create(&inverses).await?;
        let restored = inverses.iter().filter(|(_, inverse)| inverse.deleted.is_none());
        let restored = restored.map(|((kind, id), inverse)| self.restore(kind, id, inverse).boxed());
        let restored: Vec<_> = restored.collect();
        let restored: Vec<Undone> = stream::iter(restored).buffered(PARALLEL).try_collect().await?;
        Ok(created.into_iter().chain(restored).collect())
    }

    /// Creates the deleted resources again, under their ids.
    async fn create(&self, inverses: &BTreeMap<(String, String), Inverse>) -> Result<Vec<Undone>, Error> {
        let mut lines = Vec::new();
        let mut created = Vec::new();
        for ((kind, id), inverse) in inverses {
            let Some(deleted) = &inverse.deleted else { continue };
            let Some(kind) = self.profile.resource_type(kind) else { continue };
            lines.push(line(kind, deleted));
            created.push(Undone { resource_type: kind.name.clone(), id: id.clone(), ..Undone::default() });
        }
        let Tenant { table, directory, by, .. } = &self.tenant;
        let texts: Vec<&str> = lines.iter().map(String::as_str).collect();
        let options = import::Options { dry_run: !self.options.apply };
        let outcomes = import::lines(table, directory, by, self.profiles, &texts, options).await?;
        let tried = created.iter_mut().filter(|undone| undone.outcome == Outcome::Unchanged);
        for (undone, outcome) in tried.zip(outcomes) {
            (undone.outcome, undone.detail) = match outcome.outcome {
                import::Done::Created if undone.resource_type == ResourceType::group().name => (
                    Outcome::Created,
                    Some("without the members that it had before these changes".to_owned()),
                ),
                import::Done::Created => (Outcome::Created, None),
                import::Done::Unchanged | import::Done::MembersAdded => (Outcome::Unchanged, None),
                import::Done::Refused => (Outcome::Conflict, outcome.detail),
            };
        }
        for undone in &mut created {
            let name = (undone.resource_type.clone(), undone.id.clone());
            let members = inverses.get(&name).map(|inverse| &inverse.members);
            if let Some(members) = members.filter(|_| undone.outcome == Outcome::Created) {
                self.change_members(members, undone).await?;
            }
        }
        Ok(created)
    }

    /// Gives the resource `id` back what it had.
    async fn restore(&self, kind: &str, id: &str, inverse: &Inverse) -> Result<Undone, Error> {
        let mut undone = Undone { resource_type: kind.to_owned(), id: id.to_owned(), ..Undone::default() };
        if let Some(reason) = inverse.impossible {
            undone.outcome = Outcome::Impossible;
            undone.detail = Some(reason.to_owned());
            return Ok(undone);
        }
        let Some(kind) = self.profile.resource_type(kind) else { return Ok(undone) };
        match self.change(kind, &mut undone, inverse).await {
            Ok(()) => Ok(undone),
            Err(Error::NotFound) => Ok(conflict(undone, "it does not exist any more".to_owned())),
            Err(
                error @ (Error::PreconditionFailed
                | Error::Taken { .. }
                | Error::Scim(_)
                | Error::TooLarge(_)),
            ) => Ok(conflict(undone, error.to_string())),
            Err(error) => Err(error),
        }
    }

    async fn change(&self, kind: &ResourceType, undone: &mut Undone, inverse: &Inverse) -> Result<(), Error> {
        let current = read(&self.tenant, kind, &undone.id).await?.resource;
        let now = |name: &str| current.doc.get(name).cloned().unwrap_or_default();
        let mut operations = Vec::new();
        for (name, (left, before)) in &inverse.attributes {
            if now(name) == *before {
                continue;
            }
            if now(name) != *left && !self.options.force {
                let detail = format!("`{name}` was changed since");
                *undone = conflict(std::mem::take(undone), detail);
                return Ok(());
            }
            undone.attributes.push(name.clone());
            operations.push(operation(name, before));
        }
        if !operations.is_empty() {
            undone.outcome = Outcome::Restored;
        }
        if self.options.apply && !operations.is_empty() {
            let if_match = Some(Match::version_of(&current));
            let preconditions = Preconditions { if_match, ..Preconditions::default() };
            let options = ChangeOptions { preconditions, ..ChangeOptions::default() };
            patch(&self.tenant, kind, &undone.id, &operations, options).await?;
        }
        self.change_members(&inverse.members, undone).await
    }

    /// Adds and removes members of the group of `undone`.
    async fn change_members(
        &self,
        members: &BTreeMap<String, bool>,
        undone: &mut Undone,
    ) -> Result<(), Error> {
        let wanted = |wanted: bool| {
            let ids = members.iter().filter(move |(_, is_member)| **is_member == wanted);
            ids.map(|(id, _)| id.clone())
        };
        let member = |value| Member { value, kind: None, display: None };
        let added: Vec<Member> = wanted(true).map(member).collect();
        let removed: Vec<String> = wanted(false).collect();
        if added.is_empty() && removed.is_empty() {
            return Ok(());
        }
        if undone.outcome == Outcome::Unchanged {
            undone.outcome = Outcome::Restored;
        }
        (undone.added, undone.removed) = (added.len(), removed.len());
        if !self.options.apply {
            return Ok(());
        }
        let kind = ResourceType::group();
        if !added.is_empty() {
            change_members(&self.tenant, &kind, &undone.id, &MemberChange::Add(added)).await?;
        }
        if !removed.is_empty() {
            change_members(&self.tenant, &kind, &undone.id, &MemberChange::Remove(removed)).await?;
        }
        Ok(())
    }
}

fn conflict(undone: Undone, detail: String) -> Undone {
    let Undone { resource_type, id, .. } = undone;
    Undone { resource_type, id, outcome: Outcome::Conflict, detail: Some(detail), ..Undone::default() }
}

/// The operation that gives the attribute `name` the value `before`.
fn operation(name: &str, before: &Value) -> Operation {
    let path = Some(name.to_owned());
    match before {
        // A user without `active` is active.
        Value::Null if name == "active" => Operation { op: Op::Replace, path, value: Some(true.into()) },
        Value::Null => Operation { op: Op::Remove, path, value: None },
        before => Operation { op: Op::Replace, path, value: Some(before.clone()) },
    }
}

/// The line from which an import creates `deleted`.
fn line(kind: &ResourceType, deleted: &Map<String, Value>) -> String {
    let extensions = kind.extensions.iter().map(|extension| extension.schema.id.as_str());
    let present = extensions.filter(|urn| deleted.contains_key(*urn));
    let schemas: Vec<&str> = std::iter::once(kind.schema.id.as_str()).chain(present).collect();
    let mut line = deleted.clone();
    line.retain(|_, value| !value.is_null());
    line.insert("schemas".to_owned(), json!(schemas));
    Value::Object(line).to_string()
}
