//! A change of a resource's own attributes.

use std::collections::BTreeSet;

use scim::patch::apply::Patched;
use table::condition::equals;
use table::name::{DOC, MEMBERS_VERSION, USER_NAME_KEY, VERSION};
use table::write::Update;

use super::content::Content;
use super::index::{Entry, entries, user_name_key};
use super::stored::Stored;
use super::transaction::{Change, Outcome, commit_update};
use super::update::Request;
use crate::clock::now;
use crate::error::Error;

/// A change that is ready to be completed and committed.
#[derive(Debug)]
pub(crate) struct Draft {
    /// The update of the resource's item, under the condition that it has the version that was read.
    /// Where the client names versions, the members must have theirs, too.
    pub(crate) update: Update,
    /// The resource as it will be.
    pub(crate) after: Stored,
    /// Index entries that the resource gets.
    pub(crate) added: BTreeSet<Entry>,
    /// Index entries that it loses.
    pub(crate) removed: BTreeSet<Entry>,
}

impl Draft {
    /// The change from `stored` to the attributes of `patched`.
    ///
    /// # Errors
    /// [`Error::TooLarge`], and `invalidValue` for too many indexed values.
    pub(crate) fn new(request: &Request<'_>, stored: &Stored, patched: Patched) -> Result<Self, Error> {
        let before = entries(request.kind, &stored.resource.doc);
        let content = Content::new(request.kind, &patched.doc, before.len())?;
        let marks = stored
            .origin
            .as_ref()
            .map_or_else(Vec::new, |origin| origin.marks(&stored.resource.doc, &patched.doc, request.links));
        let mut after = stored.with(patched.doc);
        after.resource.last_modified = now();
        after.resource.version.attributes += 1;

        let mut update = request
            .update(&after.resource.id, &after.resource.last_modified)
            .set(DOC, content.text)
            .set(VERSION, after.resource.version.attributes)
            .when(equals(VERSION, stored.resource.version.attributes));
        if let Some(key) = user_name_key(&content.entries) {
            update = update.set(USER_NAME_KEY, key);
        }
        for mark in marks {
            update = update.set(mark, now());
        }
        if let (true, Some(members)) =
            (request.preconditions.names_versions(), stored.resource.version.members)
        {
            update = update.when(equals(MEMBERS_VERSION, members));
        }
        let (added, removed) = (&content.entries - &before, &before - &content.entries);
        Ok(Self { update, after, added, removed })
    }

    /// A change of `stored` that sets only when and by whom it is made, and that has no condition.
    pub(crate) fn without_attributes(request: &Request<'_>, mut stored: Stored) -> Self {
        stored.resource.last_modified = now();
        let update = request.update(&stored.resource.id, &stored.resource.last_modified);
        Self { update, after: stored, added: BTreeSet::new(), removed: BTreeSet::new() }
    }

    /// Everything that it writes, and the resource as it will be.
    ///
    /// # Errors
    /// As [`Change::update`].
    pub(crate) fn into_change(self, request: &Request<'_>) -> Result<(Change, Stored), Error> {
        let Self { update, after, added, removed } = self;
        let entries = (&added, &removed);
        let change = Change::update(request.tenant, request.kind, &after.resource.id, update, entries)?;
        Ok((change, after))
    }
}

/// Changes the attributes of `stored` to those of `patched`. When nothing changes, nothing is written.
///
/// # Errors
/// Those of [`Draft::new`] and [`commit_update`].
pub(crate) async fn change(request: &Request<'_>, stored: Stored, patched: Patched) -> Outcome<Stored> {
    if !patched.changed {
        return Ok(Ok(stored));
    }
    let (change, after) = Draft::new(request, &stored, patched)?.into_change(request)?;
    commit_update(request.tenant, request.kind, change, after, &request.write).await
}
