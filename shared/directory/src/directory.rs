//! The handle of one directory: every operation that a request may ask for, in one place. Each
//! delegates to the module that does it.

use std::collections::HashSet;
use std::sync::Arc;

use scim::model::doc::Doc;
use scim::model::resource_type::ResourceType;
use scim::patch::operation::Operation;
use serde_json::Value;

use crate::error::Error;
use crate::id::{CredentialId, DirectoryId, NewId};
use crate::members::page::{self, GroupsPage, MembersPage};
use crate::members::{change, create, delete, read};
use crate::query::{self, Page, Query};
use crate::recent::RecentLists;
use crate::resource::existing::{self, Existing, Unverified};
use crate::resource::prefetch::{self, Prefetched};
use crate::resource::stored::Resource;
use crate::resource::update::ChangeOptions;
use crate::tenant::{Tenant, Wants};
use table::Table;

/// One directory, on behalf of one credential. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Directory {
    tenant: Tenant,
}

impl Directory {
    /// The directory `id` in `table`, on behalf of the credential `by`.
    #[must_use]
    pub fn open(table: &Table, id: &DirectoryId, by: &CredentialId) -> Self {
        Self { tenant: Tenant::new(table.clone(), id.clone(), by.clone()) }
    }

    /// Accepts only existing users and groups of this directory as members of a group.
    #[must_use]
    pub fn demanding_members(self) -> Self {
        Self { tenant: Tenant { members_must_exist: true, ..self.tenant } }
    }

    /// Accepts the users and groups `ids` as members, although they are yet to be created. The
    /// caller makes sure that a member that was not created does not stay.
    #[must_use]
    pub fn expecting(self, ids: HashSet<String>) -> Self {
        Self { tenant: Tenant { expected: Arc::new(ids), ..self.tenant } }
    }

    /// Shares what this process remembers of groups. Otherwise a change of members reads the group first.
    #[must_use]
    pub fn remembering(self, lists: &Arc<RecentLists>) -> Self {
        Self { tenant: Tenant { lists: Some(Arc::clone(lists)), ..self.tenant } }
    }

    /// Lists the resources that `query` asks for, one page of them, in a stable order.
    ///
    /// # Errors
    /// [`Error::TooMany`] when the page would have to evaluate more than 200,000 resources or take more
    /// than 20 s, except that an unsorted page by cursor is short instead; [`Error::Costly`] when it would
    /// evaluate more than the query's allowance permits now; [`Error::Scim`] for a cursor that
    /// the service did not issue, that has expired, or that belongs to another query; the table's own.
    pub async fn list(&self, query: &Query) -> Result<Page, Error> {
        query::page::list(&self.tenant, query).await
    }

    /// The resource `id`, with what `wants` names.
    ///
    /// # Errors
    /// [`Error::NotFound`]; [`Error::TooMany`] for more members than a response can hold;
    /// [`Error::Busy`], [`Error::Throttled`], [`Error::Unavailable`].
    pub async fn get(&self, kind: &ResourceType, id: &str, wants: Wants) -> Result<Resource, Error> {
        read::get(&self.tenant, kind, id, wants).await
    }

    /// Some members of the group `id`, for people: at most `count` after the member `after`, with their resources.
    ///
    /// # Errors
    /// [`Error::NotFound`]; [`Error::Busy`], [`Error::Throttled`], [`Error::Unavailable`].
    pub async fn members_page(
        &self,
        id: &str,
        after: Option<&str>,
        count: u16,
    ) -> Result<MembersPage, Error> {
        page::members(&self.tenant, id, after, count).await
    }

    /// Some groups of the user `id`, for people: at most `count` after the group `after`. They may lag by some
    /// seconds. It is empty when the user does not exist or has none.
    ///
    /// # Errors
    /// [`Error::Busy`], [`Error::Throttled`], [`Error::Unavailable`].
    pub async fn groups_page(&self, id: &str, after: Option<&str>, count: u16) -> Result<GroupsPage, Error> {
        page::groups(&self.tenant, id, after, count).await
    }

    /// Reads resources that are about to be changed, each by type and id: as cheaply as one by one,
    /// but together. Of very large ones not all are read.
    ///
    /// # Errors
    /// [`Error::Busy`], [`Error::Throttled`], [`Error::Unavailable`].
    pub async fn prefetch<'a>(
        &self,
        wanted: impl IntoIterator<Item = (&'a ResourceType, &'a str)>,
    ) -> Result<Prefetched, Error> {
        prefetch::prefetch(&self.tenant, wanted).await
    }

    /// Creates the resource `id` from `doc`, a body in its normal form ([`scim::read`]), and returns
    /// it with its `members` as they were sent.
    ///
    /// # Errors
    /// [`Error::Taken`] when another resource has a unique value; `invalidValue` or
    /// [`Error::TooLarge`] when it does not fit; [`Error::Busy`], [`Error::Throttled`],
    /// [`Error::Unavailable`].
    pub async fn create(&self, kind: &ResourceType, id: NewId, doc: Doc) -> Result<Resource, Error> {
        create::create(&self.tenant, kind, id, doc).await
    }

    /// Applies `operations` to the resource `id`: all of them or none (RFC 7644 §3.5.2). When
    /// nothing changes, nothing is written.
    ///
    /// With `wants.members` in `options`, more than 100 members are left out of the result unless
    /// `wants.all_members`.
    ///
    /// # Errors
    /// [`Error::NotFound`], [`Error::PreconditionFailed`], [`Error::Excluded`], [`Error::Taken`],
    /// [`Error::TooMany`], [`Error::TooLarge`], those of [`apply`](scim::patch::apply::apply),
    /// [`Error::Busy`], [`Error::Throttled`], [`Error::Unavailable`].
    pub async fn patch(
        &self,
        kind: &ResourceType,
        id: &str,
        operations: &[Operation],
        options: ChangeOptions,
    ) -> Result<Resource, Error> {
        change::patch(&self.tenant, kind, id, operations, options).await
    }

    /// Replaces the resource `id` by `body` (RFC 7644 §3.5.1).
    ///
    /// # Errors
    /// Those of [`patch`](Self::patch), and of [`scim::read::replace`].
    pub async fn replace(
        &self,
        kind: &ResourceType,
        id: &str,
        body: &Value,
        options: ChangeOptions,
    ) -> Result<Resource, Error> {
        change::put(&self.tenant, kind, id, body, options).await
    }

    /// Deletes the resource `id`. The members of a group cannot be reached from then on, and a user
    /// leaves the groups.
    ///
    /// # Errors
    /// [`Error::NotFound`], [`Error::PreconditionFailed`], [`Error::Excluded`], [`Error::Busy`],
    /// [`Error::Throttled`], [`Error::Unavailable`].
    pub async fn delete(&self, kind: &ResourceType, id: &str, options: ChangeOptions) -> Result<(), Error> {
        delete::delete(&self.tenant, kind, id, options).await
    }

    /// The user `id` if the user was imported and not adopted yet.
    ///
    /// # Errors
    /// [`Error::Throttled`], [`Error::Unavailable`].
    pub async fn adoptable(&self, kind: &ResourceType, id: &str) -> Result<Option<Resource>, Error> {
        existing::adoptable(&self.tenant, kind, id).await
    }

    /// Takes over the existing `user` for a POST of `body`, as `existing` says, and only while the
    /// user has the version given. Returns the user, with what `wants` names.
    ///
    /// # Errors
    /// [`Error::PreconditionFailed`] when the user has changed, and always with
    /// [`Existing::Refuse`]; [`Error::NotFound`]; [`Error::Taken`]; what makes the attributes
    /// invalid; [`Error::Busy`], [`Error::Throttled`], [`Error::Unavailable`].
    pub async fn take_over(
        &self,
        kind: &ResourceType,
        user: &Resource,
        body: &Doc,
        existing: &Existing,
        wants: Wants,
    ) -> Result<Resource, Error> {
        let stored = existing::take_over(&self.tenant, kind, user, body, existing).await?;
        read::complete(&self.tenant, kind, stored, wants).await
    }

    /// The users among the next 100 after `after` who have an e-mail address that is not verified,
    /// and the id to continue after; `None` at the end.
    ///
    /// # Errors
    /// [`Error::Throttled`], [`Error::Unavailable`].
    pub async fn unverified(&self, after: Option<&str>) -> Result<(Vec<Unverified>, Option<String>), Error> {
        existing::unverified(&self.tenant, after).await
    }

    /// Records that the current e-mail addresses of the user `id` are verified; with `etag`, only
    /// at that version of the user.
    ///
    /// # Errors
    /// [`Error::NotFound`]; [`Error::PreconditionFailed`] when the user has changed;
    /// [`Error::Busy`], [`Error::Throttled`], [`Error::Unavailable`].
    pub async fn mark_verified(
        &self,
        kind: &ResourceType,
        id: &str,
        etag: Option<&str>,
    ) -> Result<(), Error> {
        existing::mark_verified(&self.tenant, kind, id, etag).await
    }
}
