//! Changing a resource: PUT and PATCH (RFC 7644 §3.5).
//!
//! Read, apply, write under the condition that the version is still the one read. When
//! it moved, the refusal carries the resource as it is now, and the change is applied
//! again: a PATCH is pure, so that it can be.

use scim::error::Error as ScimError;
use scim::model::doc::Doc;
use scim::model::resource_type::ResourceType;
use scim::patch::apply::{Patched, apply};
use scim::patch::members::MemberChange;
use scim::patch::operation::Operation;
use scim::read;
use serde_json::Value;

use crate::error::Error;
use crate::id::WriteId;
use crate::members::{SMALL, taken_from};
use crate::resource::prefetch::Prior;
use crate::resource::stored::{Conditions, Resource, Stored};
use crate::tenant::{Tenant, Wants};
use table::retry::Attempts;

/// A stored resource may have so many bytes of JSON: DynamoDB's items end at 400 KB.
pub(crate) const LARGEST: usize = 350 * 1024;

/// What a change makes of the attributes that it finds. Behind a reference, because
/// a future that holds a closure of its own type is not known to be `Send`.
pub(crate) type Apply<'a> = &'a (dyn Fn(&Doc) -> Result<Patched, ScimError> + Sync);

/// How one attempt at a change ended.
pub(crate) enum Attempt {
    /// It is done; the resource as it is now, complete where that was cheap to know.
    Done(Stored, Completeness),
    /// The resource has moved on; this is it now.
    Moved(Stored),
}

/// Whether an answer's members are there already.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Completeness {
    /// `members` are what they should be, or known to be too many.
    Complete,
    /// What is wanted has yet to be read.
    Bare,
}

/// On which terms a resource is changed.
#[derive(Debug, Default)]
pub struct Terms {
    /// What is demanded of the version that is found.
    pub conditions: Conditions,
    /// What is going to be answered.
    pub wants: Wants,
    /// The resource, where it has just been read: spares reading it once more.
    pub prior: Option<Prior>,
    /// Whether an imported user is linked by it ([`crate::resource::existing`]).
    pub links: bool,
}

/// What every attempt at one change needs.
pub(crate) struct Request<'a> {
    pub(crate) kind: &'a ResourceType,
    pub(crate) conditions: &'a Conditions,
    pub(crate) wants: Wants,
    pub(crate) write: WriteId,
    pub(crate) links: bool,
}

impl Tenant {
    /// Applies `operations` to the resource `id`: all of them or none (RFC 7644 §3.5.2).
    /// A change to what is there already writes nothing.
    ///
    /// With `wants.members` in `terms`, more than 100 members are left out of the answer unless
    /// `wants.all_members`.
    ///
    /// # Errors
    /// [`Error::NotFound`], those of [`Conditions::check`] and [`apply`],
    /// [`Error::Taken`], [`Error::Busy`], the table's own.
    pub async fn patch(
        &self,
        kind: &ResourceType,
        id: &str,
        operations: &[Operation],
        terms: Terms,
    ) -> Result<Resource, Error> {
        self.change(kind, id, terms, &|doc| apply(kind, doc, operations)).await
    }

    /// Replaces the resource `id` by `body` (RFC 7644 §3.5.1).
    ///
    /// # Errors
    /// Those of [`patch`](Self::patch), and of [`read::replace`].
    pub async fn replace(
        &self,
        kind: &ResourceType,
        id: &str,
        body: &Value,
        terms: Terms,
    ) -> Result<Resource, Error> {
        let replace = |current: &Doc| -> Result<Patched, ScimError> {
            let mut doc = read::replace(kind, current, body.clone())?;
            let sent = doc.shift_remove("members");
            let members = if kind.has_members() {
                vec![MemberChange::Replace(taken_from(sent.as_ref()))]
            } else {
                Vec::new()
            };
            Ok(Patched { changed: doc != *current, doc, members })
        };
        self.change(kind, id, terms, &replace).await
    }

    pub(crate) async fn change(
        &self,
        kind: &ResourceType,
        id: &str,
        terms: Terms,
        apply: Apply<'_>,
    ) -> Result<Resource, Error> {
        let Terms { conditions, wants, prior, links } = terms;
        let mut stored = self.found(kind, id, prior).await?;
        let mut request = Request { kind, conditions: &conditions, wants, write: WriteId::new(), links };
        let mut attempts = Attempts::default();
        loop {
            conditions.check(&stored.resource)?;
            let patched = apply(&stored.resource.doc)?;
            let attempt = if patched.members.is_empty() {
                self.change_attributes(&request, stored, patched).await?
            } else {
                self.change_group(&mut request, stored, patched).await?
            };
            stored = match attempt {
                Attempt::Done(stored, Completeness::Complete) => return Ok(stored.resource),
                Attempt::Done(stored, Completeness::Bare) => return self.answer(kind, stored, wants).await,
                Attempt::Moved(now) => now,
            };
            request.write.advance();
            if !attempts.at_once().await? {
                stored = self.stored(kind, id).await?;
            }
        }
    }
}

impl Tenant {
    /// The answer to a change: with the members of a small group, unless all are wanted.
    async fn answer(&self, kind: &ResourceType, mut stored: Stored, wants: Wants) -> Result<Resource, Error> {
        if !kind.has_members() || !wants.members || wants.all_members {
            return self.complete(kind, stored, wants).await;
        }
        if stored.size > SMALL as i64 || !self.show_members(kind, &mut stored, SMALL).await? {
            stored.resource.members_omitted = true;
        }
        Ok(stored.resource)
    }
}

/// `doc` as it is stored.
///
/// # Errors
/// [`Error::TooLarge`] over 350 KiB.
pub(crate) fn checked_text(doc: &Doc) -> Result<String, Error> {
    let text = serde_json::to_string(doc).map_err(|e| Error::Unavailable(e.into()))?;
    if text.len() <= LARGEST {
        return Ok(text);
    }
    Err(Error::TooLarge(format!(
        "the resource would take {} KiB; at most {} KiB are possible",
        text.len().div_ceil(1024),
        LARGEST / 1024
    )))
}
